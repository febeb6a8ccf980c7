"""Ties of programs: schools that host them, employers that open their doors, next steps, co-designers."""

from collections.abc import Iterator

from matchmaker.model.reference import NEXT_STAGES
from matchmaker.model.vocabulary import OrganizationType, PatternName, ProgramType, Sector, StageTerm, TieType
from matchmaker.testing.ecosystem.cast import Course, Organization, Site
from matchmaker.testing.ecosystem.history import Link
from matchmaker.testing.ecosystem.links import Historian
from matchmaker.testing.ecosystem.programs import may_be_held, missing_before

P, S, Org = PatternName, StageTerm, OrganizationType

OUT_OF_SCHOOL = frozenset({ProgramType.AFTERSCHOOL_PROGRAM, ProgramType.SUMMER_PROGRAM})
_KINDS_OF_WORKPLACE = (
    "job_shadow",
    "workplace_tour",
    "guest_speaker",
    "internship",
    "industry_project",
    "mentoring",
)
_COMMUNITY = frozenset({Sector.COMMUNITY, Sector.TRIBAL_NATION})


def link_programs(historian: Historian) -> None:
    """Record the ties of programs."""
    _sites(historian)
    _workplaces(historian)
    _next_steps(historian)
    _co_designers(historian)


def _sites(historian: Historian) -> None:
    """Hold afterschool and summer programs at schools."""
    for group, programs in historian.programs_by_county():
        schools = [one for one in group if one.type in {Org.K12_SCHOOL, Org.PRIVATE_SCHOOL}]
        for school in schools:
            for course in programs:
                if course.type in OUT_OF_SCHOOL and course.operator is not school:
                    _try_site(historian, school, course)


def _try_site(historian: Historian, school: Organization, course: Course) -> None:
    held = any(site.id == school.id for site in course.sites)
    pair = historian.truth(P.SCHOOL_OUT_OF_SCHOOL, school.id, course.id)
    if held or (historian.met(pair) and school.zip is not None and may_be_held(course, school.zip)):
        if not held:
            seats = historian.draws.whole(4, 12, course.id, "seats", school.id) * 2
            course.sites.append(Site(school.id, school.latitude, school.longitude, seats, school.zip))
        if (
            historian.draws.chance(0.6, "partners too", school.id, course.id)
            and school.sector is not course.operator.sector
        ):
            historian.partners_too(school.id, course.operator.id)


def _workplaces(historian: Historian) -> None:
    """Let employers host learning at work, for schools and for programs of older learners."""
    older = {S.GRADES_6_8, S.GRADES_9_12}
    for group, programs in historian.programs_by_county():
        hosts = [(one, one.id) for one in group if one.sector is Sector.K12 and older & set(one.stages)]
        hosts += [(course.operator, course.id) for course in programs if older & set(course.stages)]
        for employer in (one for one in group if one.is_employer):
            for owner, other in hosts:
                if owner.sector is not employer.sector:
                    _try_workplace(historian, employer, owner, other)


def _try_workplace(historian: Historian, employer: Organization, owner: Organization, other: str) -> None:
    pattern = P.EMPLOYER_SCHOOL if owner.id == other else P.PROGRAM_EMPLOYER
    if historian.met(historian.truth(pattern, employer.id, other)):
        kind = historian.draws.pick(_KINDS_OF_WORKPLACE, "wbl", employer.id, other)
        _host(historian, employer.id, other, owner.id, kind)


def _host(historian: Historian, employer: str, other: str, owner: str, kind: str) -> None:
    year, month = historian.episodes.since("wbl", employer, other)
    seats = historian.draws.whole(1, 12, "wbl seats", employer, other)
    cells = {"wbl_type": kind, "stage": S.GRADES_9_12.value, "seats": str(seats)}
    if kind == "internship":
        cells |= {"hours": "120", "paid": "true", "minimum_age": "16"}
    since = f"{year}-{month:02d}"
    historian.put(Link(TieType.HOSTS_WBL, employer, other, since, "", kind, cells), employer, owner)
    if other in historian.by_id:
        historian.partners_too(employer, other)


def _next_steps(historian: Historian) -> None:
    for _, programs in historian.programs_by_county():
        for course in programs:
            county = course.county
            if county is None or missing_before(county) in course.stages:
                continue
            after = {next for stage in course.stages for next in NEXT_STAGES[stage]}
            for other in programs:
                if other is not course and after & set(other.stages):
                    pair = historian.truth(P.PROGRAM_NEXT_STEP, course.id, other.id)
                    if historian.met(pair):
                        _feed(historian, course, other)
    for course, other in _routes_out(historian):
        _feed(historian, course, other)


def _feed(historian: Historian, source: Course, target: Course) -> None:
    year, _ = historian.episodes.since("feeds", source.id, target.id)
    link = Link(TieType.FEEDS_INTO, source.id, target.id, str(year))
    historian.put(link, source.operator.id, target.operator.id)


def _routes_out(historian: Historian) -> Iterator[tuple[Course, Course]]:
    """Yield, for counties that lack a stage, one program whose learners have a next step far away after all."""
    first = historian.world.counties[0]
    for county in historian.world.counties:
        before = missing_before(county)
        stuck = [one for one in historian.world.programs if one.county is county and before in one.stages]
        if before is not None and len(stuck) > 1:
            far = (one for one in historian.world.programs if one.county is first)
            yield stuck[-1], next(one for one in far if county.missing_stage in one.stages)


def _co_designers(historian: Historian) -> None:
    for group, programs in historian.programs_by_county():
        community = [one for one in group if one.sector in _COMMUNITY]
        for course in programs:
            for one in community:
                if one is course.operator or course.operator.sector is one.sector:
                    continue
                pair = historian.truth(P.PROGRAM_COMMUNITY, course.id, one.id)
                if historian.met(pair):
                    historian.partners_too(course.operator.id, one.id)
