"""Which gaps are planted, and the truth about them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import comb

from matchmaker.model.vocabulary import GapKind, ProgramType, Sector, TieType
from matchmaker.testing.ecosystem.cast import County, CountyRole, Organization, Standing, World
from matchmaker.testing.ecosystem.draws import Draws
from matchmaker.testing.ecosystem.history import History
from matchmaker.testing.ecosystem.programs import missing_before
from matchmaker.testing.ecosystem.resources import CAN_BE_UNMET
from matchmaker.testing.ecosystem.truths import PlantedGap

Residents = Mapping[tuple[str, str], int]
"""Learners by (place, stage)."""

_MAY_STAY_APART = (
    (Sector.EARLY_LEARNING, Sector.INDUSTRY),
    (Sector.EARLY_LEARNING, Sector.HIGHER_EDUCATION),
    (Sector.EARLY_LEARNING, Sector.INFORMAL_LEARNING),
    (Sector.INFORMAL_LEARNING, Sector.INDUSTRY),
    (Sector.OUT_OF_SCHOOL_TIME, Sector.GOVERNMENT),
)
"""Pairs of sectors, none of which the county without stated coverage has."""


@dataclass(frozen=True, slots=True)
class UnmetNeed:
    """A need that nobody answers."""

    id: str
    subject: Organization
    resource: str
    quantity: int
    closed: bool = False


def sectors_apart(draws: Draws) -> tuple[frozenset[Sector], ...]:
    """Return the two pairs of sectors that never meet."""
    return tuple(frozenset(pair) for pair in draws.shuffle(_MAY_STAY_APART, "apart")[:2])


def unmet_needs(world: World, draws: Draws) -> list[UnmetNeed]:
    """Return needs for what nobody offers.

    Two in every county with gaps, one in a county without stated coverage (whether anybody there offers it isn't
    known), and one in every complete county that has ended since.
    """
    found = []
    for county in world.counties:
        able = [
            one
            for one in world.organizations
            if one.county is county
            and one.standing is Standing.PARTICIPATING
            and not one.isolated
            and one.sector in CAN_BE_UNMET
        ]
        number = {CountyRole.GAPS: 2, CountyRole.NEIGHBOR: 0}.get(county.role, 1)
        for one in draws.sample(able, number, county.id, "unmet"):
            resource = draws.pick(CAN_BE_UNMET[one.sector], one.id, "unmet")
            quantity = draws.whole(1, 6, one.id, "unmet quantity")
            closed = county.role is CountyRole.COMPLETE
            found.append(UnmetNeed(f"{one.id}.needs-{resource}", one, resource, quantity, closed))
    return found


def connected_members(world: World, history: History) -> set[tuple[str, str]]:
    """Return the pairs of members that are tied now, directly or through programs, lower id first."""
    owner = {one.id: one.id for one in world.organizations} | {one.id: one.operator.id for one in world.programs}
    standing = {one.id: one for one in world.organizations}
    met = [(first, second) for first, second in history.partners if history.has_current(first, second)]
    kinds = {
        TieType.HOSTS_WBL,
        TieType.FUNDS,
        TieType.RECOGNIZES,
        TieType.FEEDS_INTO,
        TieType.HAS_AGREEMENT_WITH,
        TieType.RECRUITS_FROM,
    }
    met += [(link.source, link.target) for link in history.links if link.type in kinds and link.is_current]
    met += [(course.id, site.id) for course in world.programs for site in course.sites if site.id in standing]
    pairs = ((owner[first], owner[second]) for first, second in met)
    return {
        (min(pair), max(pair))
        for pair in pairs
        if pair[0] != pair[1] and standing[pair[0]].is_member and standing[pair[1]].is_member
    }


def planted_gaps(
    world: World,
    history: History,
    residents: Residents,
    apart: Iterable[frozenset[Sector]],
    needs: Iterable[UnmetNeed],
) -> tuple[PlantedGap, ...]:
    """Return the planted gaps, by kind and subject."""
    found = [gap for county in world.counties if county.is_covered for gap in _county_gaps(county, residents)]
    found += _transitions(world, history)
    found += _sector_gaps(world, history, apart)
    found += [
        PlantedGap(GapKind.ISOLATION, (one.id,), 1.0, "ties")
        for one in world.members()
        if one.isolated and one.county is not None and one.county.is_covered
    ]
    found += [
        PlantedGap(GapKind.UNMET_NEED, (need.id,), float(need.quantity), need.resource)
        for need in needs
        if not need.closed and need.subject.county is not None and need.subject.county.is_covered
    ]
    return tuple(sorted(found, key=lambda gap: (gap.kind, gap.subject)))


def _county_gaps(county: County, residents: Residents) -> Iterator[PlantedGap]:
    for place, stage in ((county.id, county.missing_stage), (county.quiet_city, county.quiet_stage)):
        if stage is not None:
            learners = residents[place, stage]
            yield PlantedGap(GapKind.STAGE_COVERAGE, (place, stage.value), 1.0, "providers", learners)
    if county.seatless:
        far = county.zips[4].id
        learners = sum(value for (place, _), value in residents.items() if place == far)
        yield PlantedGap(GapKind.PLACE_ACCESS, (far,), float(learners), "seats", learners)


def _transitions(world: World, history: History) -> Iterator[PlantedGap]:
    leaving = {link.source for link in history.links if link.type is TieType.FEEDS_INTO}
    for course in world.programs:
        county = course.county
        before = missing_before(county) if county is not None else None
        if before in course.stages and course.operator.is_member and course.id not in leaving:
            yield PlantedGap(GapKind.TRANSITION, (course.id, str(before)), float(course.seats), "seats")


def _sector_gaps(world: World, history: History, apart: Iterable[frozenset[Sector]]) -> Iterator[PlantedGap]:
    members = world.members()
    tied, pairs = len(connected_members(world, history)), comb(len(members), 2)
    for together in apart:
        first, second = (sector for sector in Sector if sector in together)
        counts = [sum(one.sector is sector for one in members) for sector in (first, second)]
        expected = round(tied * counts[0] * counts[1] / pairs, 9)
        if expected >= 1:
            yield PlantedGap(GapKind.SECTOR_PAIR, (first, second), expected, "ties", None, expected)


def unrecognized_programs(world: World, history: History) -> tuple[str, ...]:
    """Return the pre-college STEM programs of members that no other operator's college recognizes."""
    outside = {link.target: link.source for link in history.links if link.type is TieType.RECOGNIZES}
    return tuple(
        course.id
        for course in world.programs
        if course.type is ProgramType.PCSP
        and course.operator.is_member
        and outside.get(course.id, course.operator.id) == course.operator.id
    )
