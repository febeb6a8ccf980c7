"""The recorded history: which good pairs have met, since when, and which links ended or came back."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from matchmaker.model.vocabulary import OrganizationType, PatternName, Sector, StageTerm
from matchmaker.testing.ecosystem.cast import Course, Organization, Standing, World
from matchmaker.testing.ecosystem.chances import PairChance, chance_of, rough_km, unit_of
from matchmaker.testing.ecosystem.colleges import CollegeStanding
from matchmaker.testing.ecosystem.draws import Draws
from matchmaker.testing.ecosystem.history import Episodes, History, Link, ordered
from matchmaker.testing.ecosystem.programs import EDUCATOR_PROGRAMS

P, S, Org = PatternName, StageTerm, OrganizationType

OUTSIDE_PAIRS = 4
"""How many organizations of other counties each organization is tried with."""


class Historian:
    """Works out the history of a world.

    Parameters
    ----------
    world
        With organizations and programs.
    draws
        Where chance comes from.
    apart
        Pairs of sectors that never meet.
    standings
        Of the colleges, by id.
    """

    def __init__(
        self,
        world: World,
        draws: Draws,
        apart: Iterable[frozenset[Sector]],
        standings: dict[str, CollegeStanding],
    ) -> None:
        self.world, self.draws, self.standings = world, draws, standings
        self.apart = frozenset(apart)
        self.history = History()
        self.episodes = Episodes(draws)
        self.units = {one.id: unit_of(one) for one in world.organizations}
        self.units |= {one.id: unit_of(one) for one in world.programs}
        self.by_id = {one.id: one for one in world.organizations}
        self._teaching = {one.operator.id for one in world.programs if one.type in EDUCATOR_PROGRAMS}

    def may_meet(self, first: str, second: str) -> bool:
        """Say whether a tie between two organizations leaves the planted sectors apart."""
        return frozenset({self.by_id[first].sector, self.by_id[second].sector}) not in self.apart

    def put(self, link: Link, first: str, second: str) -> None:
        """Record a tie through which two organizations meet, unless their sectors are to stay apart."""
        if self.may_meet(first, second):
            self.history.links.append(link)

    def truth(self, pattern: PatternName, source: str, target: str) -> PairChance:
        """Work out what is true of a pair, keep it, and return it."""
        pair = chance_of(self.draws, pattern, self.units[source], self.units[target])
        self.history.pairs.append(pair)
        return pair

    def met(self, pair: PairChance) -> bool:
        """Say whether a good pair has found each other already."""
        first, second = self.units[pair.source], self.units[pair.target]
        circle = first.latent.circle == second.latent.circle and first.county == second.county
        likely = 0.4 + 0.25 * circle + 0.15 * (rough_km(first, second) < 3.0)
        return pair.good and self.draws.chance(likely, "met", pair.pattern, pair.source, pair.target)

    def active(self) -> list[Organization]:
        """Return those who take part in anything, in a fixed order."""
        return [one for one in self.world.organizations if not one.isolated and one.county is not None]

    def groups(self) -> Iterator[list[Organization]]:
        """Yield the active organizations county by county."""
        groups: dict[str, list[Organization]] = defaultdict(list)
        for one in self.active():
            if one.county is not None:
                groups[one.county.id].append(one)
        yield from groups.values()

    def programs_by_county(self) -> Iterator[tuple[list[Organization], list[Course]]]:
        """Yield the active organizations and the programs county by county."""
        programs: dict[str, list[Course]] = defaultdict(list)
        for course in self.world.programs:
            programs[course.county.id if course.county is not None else ""].append(course)
        for group in self.groups():
            county = group[0].county
            yield group, programs[county.id if county is not None else ""]

    def partners_too(self, first: str, second: str) -> None:
        """Let two organizations that meet through a program be partners, unless they are or may not be."""
        if first != second and self.may_meet(first, second):
            self.history.put_partners(self.episodes.lasting(first, second))

    def _pairs_of_organizations(self) -> Iterator[tuple[Organization, Organization]]:
        for group in self.groups():
            yield from ((first, second) for place, first in enumerate(group) for second in group[place + 1 :])
        inside = [one for one in self.active() if one.standing is not Standing.ELSEWHERE]
        tried = set()
        for first in inside:
            for number in range(OUTSIDE_PAIRS):
                second = self.draws.pick(inside, first.id, "outside", number)
                key = ordered(first.id, second.id)
                if first.county is not second.county and key not in tried:
                    tried.add(key)
                    yield first, second

    def partnerships(self) -> None:
        """Record the partnerships of organizations."""
        for first, second in self._pairs_of_organizations():
            if frozenset({first.sector, second.sector}) in self.apart:
                self._learn_of_apart(first, second)
            elif first.sector is second.sector:
                if self._are_alike_partners(first, second):
                    self.history.put_partners(self.episodes.lasting(first.id, second.id))
            else:
                self._try_partners(first, second)

    def _learn_of_apart(self, first: Organization, second: Organization) -> None:
        pattern = self._pattern(first, second)
        if pattern is not None:
            self.truth(pattern, first.id, second.id)

    def _are_alike_partners(self, first: Organization, second: Organization) -> bool:
        if first.county is not second.county:
            return False
        in_district = Org.SCHOOL_DISTRICT in {first.type, second.type}
        return self.draws.chance(0.35 if in_district else 0.05, "alike", first.id, second.id)

    def _try_partners(self, first: Organization, second: Organization) -> None:
        pattern = self._pattern(first, second)
        if pattern is None:
            return
        pair = self.truth(pattern, first.id, second.id)
        if self.met(pair):
            self.history.put_partners(self.episodes.lasting(first.id, second.id))
        elif not pair.good and self.draws.chance(pair.visible * 0.15, "tried", first.id, second.id):
            self.history.put_partners(self.episodes.ended(first.id, second.id))

    def _pattern(self, first: Organization, second: Organization) -> PatternName | None:
        sectors = {first.sector, second.sector}
        if sectors == {Sector.EARLY_LEARNING, Sector.K12}:
            school = first if first.sector is Sector.K12 else second
            return P.EARLY_LEARNING_K2 if S.K_2 in school.stages else P.CROSS_SECTOR
        if sectors == {Sector.K12, Sector.INFORMAL_LEARNING}:
            return P.SCHOOL_INFORMAL
        if sectors == {Sector.K12, Sector.OUT_OF_SCHOOL_TIME} or Sector.PHILANTHROPY in sectors:
            return None
        if Sector.K12 in sectors and {first.id, second.id} & self._teaching:
            return P.EDUCATOR_LEARNING
        if (first.is_employer or second.is_employer) and sectors & {Sector.K12, Sector.HIGHER_EDUCATION}:
            return P.COLLEGE_EMPLOYER if Sector.HIGHER_EDUCATION in sectors else None
        return P.CROSS_SECTOR
