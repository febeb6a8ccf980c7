"""Rows about what connects organizations beyond pairs: the history, initiatives, pathways, ratings, coaching."""

from matchmaker.model.vocabulary import OrganizationType, ProgramType, StageTerm, TieType
from matchmaker.testing.ecosystem.cast import CountyRole, Standing, World
from matchmaker.testing.ecosystem.colleges import CollegeStanding
from matchmaker.testing.ecosystem.draws import Draws
from matchmaker.testing.ecosystem.history import History, Link
from matchmaker.testing.ecosystem.region_rows import INITIATIVES, PLEDGE
from matchmaker.testing.ecosystem.settings import EcosystemSettings
from matchmaker.testing.ecosystem.tables import SOURCE, Tables

Org, S = OrganizationType, StageTerm

MEASURES = ("shared decisions", "follow-through", "families have a say")
"""Labels of our own, of no instrument."""

_GOVERNING = (Org.FAMILY_ORGANIZATION, Org.TRIBAL_NATION, Org.SCHOOL_DISTRICT, Org.HUB)


class NetworkRows:
    """Writes the rows about what connects organizations."""

    def __init__(self, tables: Tables, draws: Draws, settings: EcosystemSettings) -> None:
        self.tables, self.draws, self.settings = tables, draws, settings

    def write(self, world: World, history: History, standings: dict[str, CollegeStanding]) -> None:
        """Write every row about the network."""
        for links in history.partners.values():
            for link in links:
                self._link(link)
        for link in history.links:
            self._link(link)
        self._initiatives(world, standings)
        self._hires(world)
        self._pathways(world)
        self._self_assessment(world)
        self._coaching(world)

    def _link(self, link: Link) -> None:
        ends = (link.source, link.target)
        if link.type is TieType.PARTNERS_WITH:
            ends = (min(ends), max(ends))
        cells = {"since": link.since, "until": link.until, "episode": link.episode, **link.cells}
        if link.type is TieType.PARTNERS_WITH and self.draws.chance(0.03, *ends, "shown to the two"):
            cells["visibility"] = "parties"
        self.tables.tie(link.type, ends, cells)

    def _initiative(self, word: str) -> str:
        return f"{self.settings.prefix}-{word}"

    def _initiatives(self, world: World, standings: dict[str, CollegeStanding]) -> None:
        for word, name, kind in INITIATIVES:
            cells = {"id": self._initiative(word), "name": f"{self.settings.name} {name}", "initiative_type": kind}
            self.tables.add("initiatives.csv", cells | {"description": f"{name} (invented)"})
            self.tables.tie(TieType.MEMBER_OF, (self.settings.id, self._initiative(word)), {"role": "lead"})
        able = [one for one in world.members() if one.standing is Standing.PARTICIPATING and not one.isolated]
        for word, _, _ in INITIATIVES[:6]:
            for one in able:
                if self.draws.chance(0.07, one.id, word, "joins"):
                    since = str(self.draws.whole(2016, 2025, one.id, word))
                    self.tables.tie(TieType.MEMBER_OF, (one.id, self._initiative(word)), {"since": since})
        for id, standing in standings.items():
            if "commitment" in standing.practice:
                cells = {"since": "2024-05-01", "link": f"https://{id}.example/pledge"}
                self.tables.tie(TieType.COMMITTED_TO, (id, self._initiative(PLEDGE)), cells)
        for type in _GOVERNING:
            for one in [member for member in world.members() if member.type is type][:1]:
                self.tables.tie(
                    TieType.MEMBER_OF, (one.id, self.settings.id), {"role": "governance", "since": "2019-09"}
                )

    def _hires(self, world: World) -> None:
        for one in world.organizations:
            for soc in filter(None, one.cells.get("stem_roles", "").split("|")):
                self.tables.tie(TieType.HIRES_FOR, (one.id, f"soc:{soc}"))
        employers = [one for one in world.members() if one.type is Org.EMPLOYER]
        for one in employers[:2]:
            self.tables.tie(TieType.HIRES_FOR, (one.id, "soc:51-8031"))

    def _pathways(self, world: World) -> None:
        for word, name, topic, soc in (
            ("water", "From river science to water technology", "03.0103", "19-4042"),
            ("code", "From code clubs to software", "11.0701", "15-1252"),
            ("health", "From first aid to nursing", "51.0000", "29-1141"),
        ):
            id = f"pathway:{self.settings.prefix}-{word}"
            cells = {"id": id, "name": name, "description": f"{name} (invented)", "career_cluster_framework": SOURCE}
            self.tables.add("pathways.csv", cells | {"career_cluster_code": word})
            steps = [course for course in world.programs if topic in course.topics and course.operator.is_member]
            for position, stage in enumerate((S.GRADES_6_8, S.GRADES_9_12, S.POSTSECONDARY_TWO_YEAR), start=1):
                self.tables.tie(TieType.INCLUDES, (id, stage.value), {"position": str(position)})
                for course in [one for one in steps if one.stages[:1] == (stage,)][:2]:
                    self.tables.tie(TieType.INCLUDES, (id, course.id), {"position": str(position)})
            self.tables.tie(TieType.LEADS_TO, (id, f"soc:{soc}"))
            self.tables.tie(TieType.LEADS_TO, (id, f"cip:{topic}"))

    def _self_assessment(self, world: World) -> None:
        """Ratings of the ecosystem by its members: seven on two measures, three on the last, too few to be shown."""
        raters = [one for one in world.members() if one.standing is Standing.PARTICIPATING and not one.isolated]
        chosen = self.draws.sample(raters, 7, "raters")
        for measure in MEASURES:
            for one in chosen if measure != MEASURES[2] else chosen[:3]:
                level = str(self.draws.whole(1, 5, one.id, measure))
                cells = {"subject": self.settings.id, "rater": one.id, "measure": measure, "level": level}
                self.tables.add("ratings.csv", cells | {"rated_on": "2026-04"})
        rated = [course for course in world.programs if course.operator.is_member][:6]
        for course in rated:
            for one in self.draws.sample(raters, 2, course.id, "raters"):
                level = str(self.draws.whole(2, 5, one.id, course.id))
                cells = {"subject": course.id, "rater": one.id, "measure": "worth recommending", "level": level}
                self.tables.add("ratings.csv", cells | {"rated_on": "2026-05"})

    def _coaching(self, world: World) -> None:
        funder = next(one for one in world.organizations if one.type is Org.FUNDER and one.county is None)
        for target, amount in ((self.settings.id, "150000.0"), (self._initiative("river-data"), "80000.0")):
            cells = {"amount": amount, "since": "2024-07-01", "episode": "grant 2024"}
            self.tables.tie(TieType.FUNDS, (funder.id, target), cells)
        coach = next(one for one in world.organizations if one.kind == "technical_assistance_provider")
        for county in world.counties:
            if county.role is CountyRole.NEIGHBOR:
                self.tables.tie(TieType.COACHES, (coach.id, county.ecosystem), {"hours": "24.0", "since": "2024-09"})
        pcsps = [course for course in world.programs if course.type is ProgramType.PCSP and course.operator.is_member]
        for course in pcsps[::2]:
            self.tables.tie(TieType.MEMBER_OF, (course.id, self.settings.id), {"since": "2023-01"})
