"""Grants, recognition by colleges, and signed agreements."""

from collections import Counter

from matchmaker.model.vocabulary import OrganizationType, PatternName, ProgramType, Sector, TieType
from matchmaker.testing.ecosystem.cast import Course, Organization
from matchmaker.testing.ecosystem.history import LAST_YEAR, Link
from matchmaker.testing.ecosystem.links import Historian

P, Org = PatternName, OrganizationType

GRANT_YEARS = 5
_FUNDED = frozenset({Sector.OUT_OF_SCHOOL_TIME, Sector.INFORMAL_LEARNING, Sector.COMMUNITY, Sector.EARLY_LEARNING})


def link_givers(historian: Historian) -> None:
    """Record grants, recognition and agreements."""
    _funding(historian)
    _recognition(historian)
    _agreements(historian)


def _funding(historian: Historian) -> None:
    for group in historian.groups():
        for funder in (one for one in group if one.type is Org.FUNDER):
            for one in group:
                if one.sector in _FUNDED:
                    pair = historian.truth(P.PARTNER_FUNDER, one.id, funder.id)
                    if historian.met(pair):
                        _fund(historian, funder.id, one.id)


def _fund(historian: Historian, funder: str, other: str) -> None:
    year, _ = historian.episodes.since("grant", funder, other)
    amount = historian.draws.whole(2, 30, "amount", funder, other) * 2500
    ended = year <= LAST_YEAR - GRANT_YEARS
    cells = {"amount": f"{amount}.0"}
    until = f"{year + GRANT_YEARS}-07-01" if ended else ""
    link = Link(TieType.FUNDS, funder, other, f"{year}-07-01", until, f"grant {year}", cells)
    historian.put(link, funder, other)


def _recognition(historian: Historian) -> None:
    """Let equity-focused colleges recognize the programs of others, each of them about as many."""
    pcsps = [one for one in historian.world.programs if one.type is ProgramType.PCSP]
    colleges = [id for id in sorted(historian.standings) if historian.standings[id].qualifies]
    members = [id for id in colleges if historian.by_id[id].is_member]
    recognizing: Counter[str] = Counter()
    for number, course in enumerate(pcsps):
        pairs = [historian.truth(P.PCSP_COLLEGE, course.id, id) for id in _tried(historian, course, colleges)]
        best = [pair.target for pair in sorted(pairs, key=lambda pair: (-pair.probability, pair.target))]
        own = course.operator.id
        if _is_unrecognized(historian, number, course):
            chosen = [own] if own in members else []
        else:
            outside = [id for id in best if id in members and id != own]
            chosen = sorted(outside, key=recognizing.__getitem__)[:1]
        for college in chosen:
            recognizing[college] += 1
            _recognize(historian, college, course)


def _tried(historian: Historian, course: Course, colleges: list[str]) -> list[str]:
    """Return the colleges that a program is tried with: those of its county, those far away, a few others."""
    homes = {id: historian.by_id[id].county for id in colleges}
    near = {id for id, county in homes.items() if county is None or county is course.county}
    members = [id for id in colleges if historian.by_id[id].is_member]
    return sorted(near | {historian.draws.pick(members, course.id, "college", place) for place in range(8)})


def _is_unrecognized(historian: Historian, number: int, course: Course) -> bool:
    """Say whether no other operator's college recognizes a pre-college program: planted in the first county."""
    if course.county is None:
        return number % 2 == 0
    return course.county is historian.world.counties[0] and number % 2 == 0


def _recognize(historian: Historian, college: str, course: Course) -> None:
    year, _ = historian.episodes.since("recognizes", college, course.id)
    year = max(year, 2020)
    offers = ["flags_applications", "fee_waiver", "scholarship", "credit"]
    kept = historian.draws.sample(offers, 2, "recognition", college, course.id)
    cells = dict.fromkeys(kept, "true")
    link = Link(TieType.RECOGNIZES, college, course.id, f"{year}-09", "", "", cells)
    historian.put(link, college, course.operator.id)


def _agreements(historian: Historian) -> None:
    """Colleges of a county with transfer agreements, districts that share data, high schools that send learners."""
    for group, programs in historian.programs_by_county():
        for first in (one for one in group if _has_practice(historian, one, "agreement")):
            _agree(historian, first.id, _transfer_partner(historian, group, first), "transfer")
        district = next((one for one in group if one.type is Org.SCHOOL_DISTRICT), None)
        for course in (one for one in programs if one.type is ProgramType.PCSP):
            if district is not None:
                _agree(historian, district.id, course.operator.id, "data_sharing")
            for school in [one for one in group if one.kind == "high"][:2]:
                link = Link(TieType.RECRUITS_FROM, course.id, school.id, "2021")
                historian.put(link, course.operator.id, school.id)


def _has_practice(historian: Historian, one: Organization, practice: str) -> bool:
    standing = historian.standings.get(one.id)
    return standing is not None and practice in standing.practice


def _transfer_partner(historian: Historian, group: list[Organization], college: Organization) -> str:
    """Return the college nearest to home that is equity-focused anyway: an agreement is practice on both sides."""
    here = [one.id for one in group]
    fitting = [id for id, standing in historian.standings.items() if standing.qualifies and id != college.id]
    return min(fitting, key=lambda other: (other not in here, historian.by_id[other].county is None, other))


def _agree(historian: Historian, first: str, second: str, kind: str) -> None:
    year, _ = historian.episodes.since("agreement", first, second)
    cells = {"kind": kind, "link": f"https://{first}.example/agreements/{kind}"}
    historian.put(
        Link(TieType.HAS_AGREEMENT_WITH, first, second, f"{max(year, 2019)}-08", "", kind, cells), first, second
    )
