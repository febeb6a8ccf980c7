"""The recorded history: which good pairs have met, since when, and which links ended or came back."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from matchmaker.model.reference import NEXT_STAGES
from matchmaker.model.vocabulary import OrganizationType, PatternName, ProgramType, Sector, StageTerm, TieType
from matchmaker.testing.ecosystem.cast import Course, Organization, Site, Standing, World
from matchmaker.testing.ecosystem.chances import PairChance, Unit, chance_of, rough_km, unit_of
from matchmaker.testing.ecosystem.colleges import CollegeStanding
from matchmaker.testing.ecosystem.draws import Draws
from matchmaker.testing.ecosystem.programs import EDUCATOR_PROGRAMS, may_be_held, missing_before

P, S, O = PatternName, StageTerm, OrganizationType

FIRST_YEAR, LAST_YEAR = 2015, 2025
OUTSIDE_PAIRS = 4
"""How many organizations of other counties each organization is tried with."""

OUT_OF_SCHOOL = frozenset({ProgramType.AFTERSCHOOL_PROGRAM, ProgramType.SUMMER_PROGRAM})

_COMMUNITY = frozenset({Sector.COMMUNITY, Sector.TRIBAL_NATION})
_FUNDED = frozenset({Sector.OUT_OF_SCHOOL_TIME, Sector.INFORMAL_LEARNING, Sector.COMMUNITY, Sector.EARLY_LEARNING})


@dataclass(frozen=True, slots=True)
class Link:
    """One recorded tie: its period and whatever else it says."""

    type: TieType
    source: str
    target: str
    since: str = ""
    until: str = ""
    episode: str = ""
    cells: dict[str, str] = field(default_factory=dict)

    @property
    def is_current(self) -> bool:
        """Whether it goes on."""
        return not self.until


@dataclass(slots=True)
class History:
    """All recorded ties between partners and programs, and the truth about every pair that was tried."""

    links: list[Link] = field(default_factory=list)
    pairs: list[PairChance] = field(default_factory=list)
    partners: dict[tuple[str, str], list[Link]] = field(default_factory=dict)

    def has_current(self, first: str, second: str) -> bool:
        """Say whether two partners work together now."""
        return any(link.is_current for link in self.partners.get(_ordered(first, second), ()))

    def put_partners(self, links: Sequence[Link]) -> None:
        """Record the episodes of one partnership, unless one is there already."""
        key = _ordered(links[0].source, links[0].target)
        if key not in self.partners:
            self.partners[key] = list(links)


def _ordered(first: str, second: str) -> tuple[str, str]:
    return (first, second) if first < second else (second, first)


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
        self.units = {one.id: unit_of(one) for one in [*world.organizations, *world.programs]}
        self.by_id = {one.id: one for one in world.organizations}
        self._teaching = {one.operator.id for one in world.programs if one.type in EDUCATOR_PROGRAMS}

    def write(self) -> History:
        """Return the whole history."""
        self._partnerships()
        self._sites()
        self._workplaces()
        self._next_steps()
        self._co_designers()
        self._funding()
        self._recognition()
        self._agreements()
        return self.history

    def may_meet(self, first: str, second: str) -> bool:
        """Say whether a tie between two organizations leaves the planted sectors apart."""
        return frozenset({self.by_id[first].sector, self.by_id[second].sector}) not in self.apart

    def _put(self, link: Link, first: str, second: str) -> None:
        """Record a tie through which two organizations meet, unless their sectors are to stay apart."""
        if self.may_meet(first, second):
            self.history.links.append(link)

    def _truth(self, pattern: PatternName, source: str, target: str) -> PairChance:
        pair = chance_of(self.draws, pattern, self.units[source], self.units[target])
        self.history.pairs.append(pair)
        return pair

    def _met(self, pair: PairChance) -> bool:
        first, second = self.units[pair.source], self.units[pair.target]
        circle = first.latent.circle == second.latent.circle and first.county == second.county
        likely = 0.3 + 0.25 * circle + 0.15 * (rough_km(first, second) < 3.0)
        return pair.good and self.draws.chance(likely, "met", pair.pattern, pair.source, pair.target)

    def active(self) -> list[Organization]:
        """Return those who take part in anything, in a fixed order."""
        return [one for one in self.world.organizations if not one.isolated and one.county is not None]

    def _groups(self) -> Iterator[list[Organization]]:
        groups: dict[str, list[Organization]] = defaultdict(list)
        for one in self.active():
            if one.county is not None:
                groups[one.county.id].append(one)
        yield from groups.values()

    def _pairs_of_organizations(self) -> Iterator[tuple[Organization, Organization]]:
        for group in self._groups():
            yield from ((first, second) for place, first in enumerate(group) for second in group[place + 1 :])
        inside = [one for one in self.active() if one.standing is not Standing.ELSEWHERE]
        tried = set()
        for first in inside:
            for number in range(OUTSIDE_PAIRS):
                second = self.draws.pick(inside, first.id, "outside", number)
                key = _ordered(first.id, second.id)
                if first.county is not second.county and key not in tried:
                    tried.add(key)
                    yield first, second

    def _partnerships(self) -> None:
        for first, second in self._pairs_of_organizations():
            if frozenset({first.sector, second.sector}) in self.apart:
                self._learn_of_apart(first, second)
            elif first.sector is second.sector:
                if self._are_alike_partners(first, second):
                    self.history.put_partners(self._episodes(first.id, second.id))
            else:
                self._try_partners(first, second)

    def _learn_of_apart(self, first: Organization, second: Organization) -> None:
        pattern = self._pattern(first, second)
        if pattern is not None:
            self._truth(pattern, first.id, second.id)

    def _are_alike_partners(self, first: Organization, second: Organization) -> bool:
        if first.county is not second.county:
            return False
        in_district = O.SCHOOL_DISTRICT in {first.type, second.type}
        return self.draws.chance(0.35 if in_district else 0.05, "alike", first.id, second.id)

    def _try_partners(self, first: Organization, second: Organization) -> None:
        pattern = self._pattern(first, second)
        if pattern is None:
            return
        pair = self._truth(pattern, first.id, second.id)
        if self._met(pair):
            self.history.put_partners(self._episodes(first.id, second.id))
        elif not pair.good and self.draws.chance(pair.visible * 0.15, "tried", first.id, second.id):
            self.history.put_partners(self._ended(first.id, second.id))

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

    def _since(self, *name: object) -> tuple[int, int]:
        year = self.draws.whole(FIRST_YEAR, LAST_YEAR, "year", *name)
        return year, self.draws.whole(1, 12, "month", *name)

    def _ended(self, first: str, second: str) -> list[Link]:
        year, month = self._since(first, second)
        year = min(year, LAST_YEAR - 2)
        until = f"{year + self.draws.whole(1, 2, 'lasted', first, second)}-{month:02d}"
        return [_partners(first, second, f"{year}-{month:02d}", until)]

    def _episodes(self, first: str, second: str) -> list[Link]:
        fate = self.draws.share("fate", first, second)
        if fate < 0.08:
            return self._ended(first, second)
        if fate < 0.14:
            [ended] = self._ended(first, second)
            again = f"{min(int(ended.until[:4]) + 1, LAST_YEAR)}-{ended.until[5:]}"
            cells = self._ratings(first, second)
            return [
                Link(ended.type, first, second, ended.since, ended.until, "first"),
                Link(ended.type, first, second, again, "", "resumed", cells),
            ]
        year, month = self._since(first, second)
        since = "" if fate > 0.97 else f"{year}-{month:02d}"
        return [Link(TieType.PARTNERS_WITH, first, second, since, "", "", self._ratings(first, second))]

    def _ratings(self, first: str, second: str) -> dict[str, str]:
        """Return what each side says of it; the two agree within one, and either may have said nothing."""
        low, high = _ordered(first, second)
        true = self.draws.whole(1, 5, "level", low, high)
        cells = {}
        for side, share in (("source", 0.7), ("target", 0.6)):
            own = max(1, min(5, true + self.draws.whole(-1, 1, "own level", low, high, side)))
            if self.draws.chance(share, "rated", low, high, side):
                cells[f"level_by_{side}"] = str(own)
                if self.draws.chance(0.4, "trusted", low, high, side):
                    cells[f"trust_by_{side}"] = str(max(0, own - self.draws.whole(0, 2, "trust", low, high, side)))
                    cells[f"value_by_{side}"] = str(min(5, own + self.draws.whole(0, 1, "value", low, high, side)))
        if self.draws.chance(0.3, "intents", low, high):
            cells["intents"] = self.draws.pick(
                ["co_deliver", "exchange|learn", "recruit_learners", "share_data"], low, high
            )
        return cells

    def _sites(self) -> None:
        """Hold afterschool and summer programs at schools."""
        for group, programs in self._programs_by_county():
            schools = [one for one in group if one.type in {O.K12_SCHOOL, O.PRIVATE_SCHOOL}]
            for school in schools:
                for course in programs:
                    if course.type in OUT_OF_SCHOOL and course.operator is not school:
                        self._try_site(school, course)

    def _try_site(self, school: Organization, course: Course) -> None:
        held = any(site.id == school.id for site in course.sites)
        pair = self._truth(P.SCHOOL_OUT_OF_SCHOOL, school.id, course.id)
        if held or (self._met(pair) and school.zip is not None and may_be_held(course, school.zip)):
            if not held:
                seats = self.draws.whole(4, 12, course.id, "seats", school.id) * 2
                course.sites.append(Site(school.id, school.latitude, school.longitude, seats, school.zip))
            if (
                self.draws.chance(0.6, "partners too", school.id, course.id)
                and school.sector is not course.operator.sector
            ):
                self._partners_too(school.id, course.operator.id)

    def _partners_too(self, first: str, second: str) -> None:
        if first != second and self.may_meet(first, second):
            self.history.put_partners(self._episodes(first, second))

    def _programs_by_county(self) -> Iterator[tuple[list[Organization], list[Course]]]:
        programs: dict[str, list[Course]] = defaultdict(list)
        for course in self.world.programs:
            programs[course.county.id if course.county is not None else ""].append(course)
        for group in self._groups():
            county = group[0].county
            yield group, programs[county.id if county is not None else ""]

    def _workplaces(self) -> None:
        kinds = ["job_shadow", "workplace_tour", "guest_speaker", "internship", "industry_project", "mentoring"]
        for group, programs in self._programs_by_county():
            employers = [one for one in group if one.is_employer]
            schools = [
                one for one in group if one.sector is Sector.K12 and {S.GRADES_6_8, S.GRADES_9_12} & set(one.stages)
            ]
            older = [course for course in programs if {S.GRADES_6_8, S.GRADES_9_12} & set(course.stages)]
            for employer in employers:
                for other in [*schools, *older]:
                    owner = other.operator if isinstance(other, Course) else other
                    if owner.sector is employer.sector:
                        continue
                    pattern = P.PROGRAM_EMPLOYER if isinstance(other, Course) else P.EMPLOYER_SCHOOL
                    pair = self._truth(pattern, employer.id, other.id)
                    if self._met(pair):
                        kind = self.draws.pick(kinds, "wbl", employer.id, other.id)
                        self._host(employer.id, other.id, owner.id, kind)

    def _host(self, employer: str, other: str, owner: str, kind: str) -> None:
        year, month = self._since("wbl", employer, other)
        seats = self.draws.whole(1, 12, "wbl seats", employer, other)
        cells = {"wbl_type": kind, "stage": S.GRADES_9_12.value, "seats": str(seats)}
        if kind == "internship":
            cells |= {"hours": "120", "paid": "true", "minimum_age": "16"}
        since = f"{year}-{month:02d}"
        self._put(Link(TieType.HOSTS_WBL, employer, other, since, "", kind, cells), employer, owner)
        if other in self.by_id:
            self._partners_too(employer, other)

    def _next_steps(self) -> None:
        for _, programs in self._programs_by_county():
            for course in programs:
                county = course.county
                if county is None or missing_before(county) in course.stages:
                    continue
                after = {next for stage in course.stages for next in NEXT_STAGES[stage]}
                for other in programs:
                    if other is not course and after & set(other.stages):
                        pair = self._truth(P.PROGRAM_NEXT_STEP, course.id, other.id)
                        if self._met(pair):
                            self._feed(course, other)
        for course, other in self._routes_out():
            self._feed(course, other)

    def _feed(self, source: Course, target: Course) -> None:
        year, _ = self._since("feeds", source.id, target.id)
        link = Link(TieType.FEEDS_INTO, source.id, target.id, str(year))
        self._put(link, source.operator.id, target.operator.id)

    def _routes_out(self) -> Iterator[tuple[Course, Course]]:
        """Yield, for counties that lack a stage, one program whose learners have a next step far away after all."""
        first = self.world.counties[0]
        for county in self.world.counties:
            before = missing_before(county)
            stuck = [one for one in self.world.programs if one.county is county and before in one.stages]
            if before is not None and len(stuck) > 1:
                far = [one for one in self.world.programs if one.county is first and county.missing_stage in one.stages]
                yield stuck[-1], far[0]

    def _co_designers(self) -> None:
        for group, programs in self._programs_by_county():
            community = [one for one in group if one.sector in _COMMUNITY]
            for course in programs:
                for one in community:
                    if one is course.operator or course.operator.sector is one.sector:
                        continue
                    pair = self._truth(P.PROGRAM_COMMUNITY, course.id, one.id)
                    if self._met(pair):
                        self._partners_too(course.operator.id, one.id)

    def _funding(self) -> None:
        for group in self._groups():
            for funder in (one for one in group if one.type is O.FUNDER):
                for one in group:
                    if one.sector in _FUNDED:
                        pair = self._truth(P.PARTNER_FUNDER, one.id, funder.id)
                        if self._met(pair):
                            self._fund(funder.id, one.id)

    def _fund(self, funder: str, other: str) -> None:
        year, _ = self._since("grant", funder, other)
        amount = self.draws.whole(2, 30, "amount", funder, other) * 2500
        ended = year < LAST_YEAR - 3
        cells = {"amount": f"{amount}.0"}
        until = f"{year + 3}-07-01" if ended else ""
        link = Link(TieType.FUNDS, funder, other, f"{year}-07-01", until, f"grant {year}", cells)
        self._put(link, funder, other)

    def _recognition(self) -> None:
        pcsps = [one for one in self.world.programs if one.type is ProgramType.PCSP]
        colleges = sorted(self.standings)
        for number, course in enumerate(pcsps):
            open_to = [id for id in colleges if self.standings[id].qualifies and self.by_id[id].is_member]
            outside = [id for id in open_to if id != course.operator.id]
            pairs = [self._truth(P.PCSP_COLLEGE, course.id, id) for id in colleges if self.standings[id].qualifies]
            best = sorted(pairs, key=lambda pair: (-pair.probability, pair.target))
            if self.is_unrecognized(number, course):
                if course.operator.id in open_to:
                    self._recognize(course.operator.id, course)
                continue
            for pair in [one for one in best if one.target in outside][:1]:
                self._recognize(pair.target, course)

    def is_unrecognized(self, number: int, course: Course) -> bool:
        """Say whether no other operator's college recognizes a pre-college program: planted in the first county."""
        if course.county is None:
            return number % 2 == 0
        return course.county is self.world.counties[0] and number % 2 == 0

    def _recognize(self, college: str, course: Course) -> None:
        year, _ = self._since("recognizes", college, course.id)
        year = max(year, 2020)
        offers = ["flags_applications", "fee_waiver", "scholarship", "credit"]
        kept = self.draws.sample(offers, 2, "recognition", college, course.id)
        cells = {term: "true" for term in kept}
        link = Link(TieType.RECOGNIZES, college, course.id, f"{year}-09", "", "", cells)
        self._put(link, college, course.operator.id)

    def _agreements(self) -> None:
        """Colleges of a county with transfer agreements, districts that share data, high schools that send learners."""
        for group, programs in self._programs_by_county():
            for first in (one for one in group if self._has_practice(one, "agreement")):
                others = [one for one in group if one.sector is Sector.HIGHER_EDUCATION and one is not first]
                for other in others[:1]:
                    self._agree(first.id, other.id, "transfer")
            district = next((one for one in group if one.type is O.SCHOOL_DISTRICT), None)
            for course in (one for one in programs if one.type is ProgramType.PCSP):
                if district is not None:
                    self._agree(district.id, course.operator.id, "data_sharing")
                for school in [one for one in group if one.kind == "high"][:2]:
                    link = Link(TieType.RECRUITS_FROM, course.id, school.id, "2021")
                    self._put(link, course.operator.id, school.id)

    def _has_practice(self, one: Organization, practice: str) -> bool:
        standing = self.standings.get(one.id)
        return standing is not None and practice in standing.practice

    def _agree(self, first: str, second: str, kind: str) -> None:
        year, _ = self._since("agreement", first, second)
        cells = {"kind": kind, "link": f"https://{first}.example/agreements/{kind}"}
        self._put(Link(TieType.HAS_AGREEMENT_WITH, first, second, f"{max(year, 2019)}-08", "", kind, cells), first, second)


def _partners(first: str, second: str, since: str, until: str) -> Link:
    return Link(TieType.PARTNERS_WITH, first, second, since, until)
