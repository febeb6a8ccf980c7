"""The programs of a world: one for every stage in every covered county but the missing one, and what else there is."""

from dataclasses import dataclass

from matchmaker.model.vocabulary import ProgramType, StageTerm
from matchmaker.testing.ecosystem.cast import (
    SCHOOL_STAGES,
    County,
    CountyRole,
    Course,
    Latent,
    Organization,
    Site,
    Standing,
    World,
    Zip,
)
from matchmaker.testing.ecosystem.draws import Draws
from matchmaker.testing.ecosystem.names import slug

S, T = StageTerm, ProgramType

EDUCATOR_PROGRAMS = frozenset({T.EDUCATOR_NETWORK, T.EDUCATOR_WORKSHOP})

SITES_OF_THE_WIDEST = 10
"""Schools at which one provider's program is held."""

LADDER: tuple[tuple[StageTerm, str, ProgramType, str], ...] = (
    (S.PREK, "early_learning_provider", T.FAMILY_PROGRAM, "First Puzzles"),
    (S.K_2, "afterschool_provider", T.AFTERSCHOOL_PROGRAM, "Little Builders"),
    (S.GRADES_3_5, "afterschool_provider", T.AFTERSCHOOL_PROGRAM, "Makers Hour"),
    (S.GRADES_6_8, "afterschool_provider", T.CLUB, "Robot Club"),
    (S.GRADES_9_12, "high", T.COURSE, "Engineering Projects"),
    (S.APPRENTICESHIP_OR_CREDENTIAL, "employer", T.APPRENTICESHIP, "Technician Apprenticeship"),
    (S.EARLY_CAREER, "employer", T.COURSE, "New Technicians Course"),
    (S.INCUMBENT_WORKER, "employer", T.COURSE, "Skills for Working Adults"),
    (S.POSTSECONDARY_TWO_YEAR, "two_year_college", T.COURSE, "Applied Technology Year"),
    (S.POSTSECONDARY_FOUR_YEAR, "four_year_college", T.COURSE, "Undergraduate Research Year"),
    (S.GRADUATE, "four_year_college", T.COURSE, "Teaching Fellows"),
)
"""Stage, who runs it, type, name: one program for one stage each, so that every program has a next step."""


@dataclass(frozen=True, slots=True)
class Idea:
    """A kind of program that organizations of a kind may run."""

    words: str
    type: ProgramType
    stages: tuple[StageTerm, ...]
    share: float
    hours: int
    setting: str = "afterschool"
    season: str = "fall|spring"


_ELEMENTARY, _OLDER = (S.K_2, S.GRADES_3_5), (S.GRADES_6_8, S.GRADES_9_12)
_AFTERSCHOOL = (
    Idea("Tinker Club", T.AFTERSCHOOL_PROGRAM, (S.GRADES_3_5, S.GRADES_6_8), 1.0, 60),
    Idea("Code Studio", T.AFTERSCHOOL_PROGRAM, _OLDER, 0.6, 48),
)
IDEAS: dict[str, tuple[Idea, ...]] = {
    "early_learning_provider": (Idea("Family Science Mornings", T.FAMILY_PROGRAM, (S.PREK,), 0.7, 20, "weekend"),),
    "elementary": (Idea("Garden Lab", T.CLUB, _ELEMENTARY, 0.2, 30),),
    "middle": (Idea("Bridge Builders", T.CLUB, (S.GRADES_6_8,), 0.5, 40),),
    "high": (
        Idea("Computer Science Course", T.COURSE, (S.GRADES_9_12,), 0.5, 120, "school_day"),
        Idea("Robotics Team", T.COMPETITION, (S.GRADES_9_12,), 0.5, 90),
    ),
    "afterschool_provider": _AFTERSCHOOL,
    "summer_provider": (
        Idea("River Camp", T.SUMMER_PROGRAM, (S.GRADES_3_5, S.GRADES_6_8), 1.0, 60, "summer", "summer"),
    ),
    "youth_organization": (
        Idea("Young Inventors", T.AFTERSCHOOL_PROGRAM, _OLDER, 0.9, 50),
        Idea("Mentor Circle", T.MENTORING, (S.GRADES_9_12,), 0.5, 30, "community_site", "year_round"),
    ),
    "museum": (
        Idea("Gallery Lab Visits", T.FIELD_TRIP, (S.GRADES_3_5, S.GRADES_6_8), 1.0, 4, "school_day"),
        Idea("Summer Workshop", T.SUMMER_PROGRAM, (S.GRADES_6_8,), 0.8, 40, "summer", "summer"),
    ),
    "science_center": (
        Idea("Star Hall Visits", T.FIELD_TRIP, _ELEMENTARY, 1.0, 3, "school_day"),
        Idea("Night Sky Club", T.CLUB, _OLDER, 0.6, 30),
    ),
    "zoo_aquarium_garden": (Idea("Pond Explorers", T.FIELD_TRIP, (S.PREK, S.K_2), 1.0, 3, "school_day"),),
    "library": (Idea("Story and Science", T.FAMILY_PROGRAM, (S.PREK, S.K_2), 0.8, 15, "community_site"),),
    "makerspace": (Idea("Open Bench", T.CLUB, _OLDER, 1.0, 60, "community_site", "year_round"),),
    "community_organization": (Idea("Neighborhood Homework Lab", T.AFTERSCHOOL_PROGRAM, _ELEMENTARY, 0.5, 80),),
    "family_organization": (Idea("Families Build Together", T.FAMILY_PROGRAM, _ELEMENTARY, 0.7, 16, "weekend"),),
    "tribal_education_department": (Idea("Water Keepers Camp", T.SUMMER_PROGRAM, _OLDER, 1.0, 60, "summer", "summer"),),
    "employer": (Idea("Paid Summer Internship", T.INTERNSHIP, (S.GRADES_9_12,), 0.35, 160, "workplace", "summer"),),
    "hospital": (Idea("Clinical Careers Internship", T.INTERNSHIP, (S.GRADES_9_12,), 1.0, 120, "workplace", "summer"),),
    "labor_organization": (
        Idea(
            "Electrical Pre-Apprenticeship", T.APPRENTICESHIP, (S.APPRENTICESHIP_OR_CREDENTIAL,), 1.0, 200, "workplace"
        ),
    ),
    "research_laboratory": (Idea("Lab Internship", T.INTERNSHIP, (S.POSTSECONDARY_FOUR_YEAR,), 1.0, 200, "workplace"),),
    "workforce_board": (Idea("Youth at Work", T.INTERNSHIP, (S.APPRENTICESHIP_OR_CREDENTIAL,), 1.0, 100, "workplace"),),
    "two_year_college": (
        Idea("Summer Start", T.BRIDGE_PROGRAM, (S.POSTSECONDARY_TWO_YEAR,), 0.8, 60, "summer", "summer"),
    ),
    "four_year_college": (
        Idea("First-Year Bridge", T.BRIDGE_PROGRAM, (S.POSTSECONDARY_FOUR_YEAR,), 0.8, 80, "summer", "summer"),
    ),
    "hub": (
        Idea("Educator Network", T.EDUCATOR_NETWORK, (), 1.0, 24, "afterschool", "year_round"),
        Idea("Equity in Teaching Workshops", T.EDUCATOR_WORKSHOP, (), 1.0, 18, "weekend"),
    ),
    "education_service_district": (Idea("Science Teachers Network", T.EDUCATOR_NETWORK, (), 1.0, 20),),
    "intermediary": (Idea("Facilitator Workshops", T.EDUCATOR_WORKSHOP, (), 1.0, 16),),
}
"""What organizations of a kind may run besides."""

PCSP_OPERATORS = (
    "four_year_college",
    "museum",
    "tribal_education_department",
    "youth_organization",
    "two_year_college",
)
"""Who runs a pre-college STEM program, in this order, where the county has one of that kind."""


def add_programs(world: World, draws: Draws) -> None:
    """Put the programs of every county into the world, with sites and seats."""
    for index, county in enumerate(world.counties):
        here = [one for one in world.organizations if one.county is county]
        made: list[Course] = []
        if county.role is not CountyRole.UNSTATED:
            made += _ladder(draws, county, here)
            made += _pcsps(draws, county, here, 4 if index == 0 else 2)
        made += _extras(draws, county, here)
        if index == 0:
            _spread(draws, here, made)
        if county.is_covered:
            _fill_places(draws, county, made)
        world.programs += made


def missing_before(county: County) -> StageTerm | None:
    """Return the school stage before the one that the county lacks."""
    if county.missing_stage is None:
        return None
    return SCHOOL_STAGES[SCHOOL_STAGES.index(county.missing_stage) - 1]


def _course(
    draws: Draws, operator: Organization, words: str, type: ProgramType, stages: tuple[StageTerm, ...]
) -> Course:
    name = f"{operator.name.rsplit(' ', len(operator.name.split()) - 1)[0]} {words}"
    id = f"{operator.id}.{slug(words)}"
    hidden = operator.latent
    latent = Latent(
        0.8 * hidden.openness + 0.6 * draws.normal(id, "openness"), hidden.culture, hidden.commitment, hidden.circle
    )
    topics = tuple(sorted({draws.pick(operator.topics, id, "topic"), draws.pick(operator.topics, id, "second topic")}))
    return Course(id, name, type, operator, latent, stages, topics, operator.populations)


def _ladder(draws: Draws, county: County, here: list[Organization]) -> list[Course]:
    made = []
    for stage, kind, type, words in LADDER:
        operator = next((one for one in here if one.kind == kind), None)
        if operator is None or stage is county.missing_stage:
            continue
        operator.needed = True
        course = _course(draws, operator, words, type, (stage,))
        course.cells |= {"setting": "workplace" if kind == "employer" else "afterschool", "hours": "60"}
        _hold(draws, course, operator)
        made.append(course)
    return made


def _pcsps(draws: Draws, county: County, here: list[Organization], number: int) -> list[Course]:
    if county.missing_stage is S.GRADES_9_12:
        return []
    operators = [one for kind in PCSP_OPERATORS for one in here if one.kind == kind]
    made = []
    for operator in operators[:number]:
        operator.needed = True
        course = _course(draws, operator, "Pre-College Summer of Science", T.PCSP, (S.GRADES_9_12,))
        hours = draws.whole(9, 16, course.id, "hours") * 10
        course.cells |= {"setting": "summer|weekend", "season": "summer", "hours": str(hours), "family_cost": "free"}
        _hold(draws, course, operator)
        made.append(course)
    return made


def _extras(draws: Draws, county: County, here: list[Organization]) -> list[Course]:
    made = []
    for operator in here:
        for idea in IDEAS.get(operator.kind, ()):
            stages = _allowed(county, idea.stages)
            if operator.isolated or (idea.stages and not stages):
                continue
            if not draws.chance(idea.share, operator.id, "idea", idea.words):
                continue
            course = _course(draws, operator, idea.words, idea.type, stages)
            course.cells |= {"setting": idea.setting, "season": idea.season, "hours": str(idea.hours)}
            _hold(draws, course, operator)
            made.append(course)
    return made


def _allowed(county: County, stages: tuple[StageTerm, ...]) -> tuple[StageTerm, ...]:
    """Return the stages a program may serve here: not the missing one, and the one before it only by itself."""
    left = tuple(stage for stage in stages if stage is not county.missing_stage)
    before = missing_before(county)
    return (before,) if before in left else left


def _hold(draws: Draws, course: Course, host: Organization) -> None:
    """Hold the program at a host, unless that would fill a place whose lack of it is planted."""
    assert host.zip is not None
    if may_be_held(course, host.zip):
        seats = draws.whole(4, 16, course.id, "seats", host.id) * 2
        course.sites.append(Site(host.id, host.latitude, host.longitude, seats, host.zip))
        return
    _hold_in(draws, course, next(zip for zip in _zips(course) if may_be_held(course, zip)))


def _hold_in(draws: Draws, course: Course, zip: Zip) -> None:
    seats = draws.whole(4, 16, course.id, "seats", zip.id) * 2
    course.sites.append(Site(zip.id, zip.latitude, zip.longitude, seats, zip))


def _zips(course: Course) -> tuple[Zip, ...]:
    assert course.county is not None
    return course.county.zips


def may_be_held(course: Course, zip: Zip) -> bool:
    """Say whether holding a program in a ZIP leaves the planted gaps as they are."""
    county = course.county
    if county is None:
        return True
    if zip not in county.zips or (zip.far and county.seatless):
        return False
    return zip.city != county.quiet_city or county.quiet_stage not in course.stages


def _spread(draws: Draws, here: list[Organization], made: list[Course]) -> None:
    """Hold one provider's program at ten schools."""
    course = next(one for one in made if one.type is T.AFTERSCHOOL_PROGRAM and one.name.endswith("Makers Hour"))
    schools = [one for one in here if one.kind in {"elementary", "middle", "private_school"} and not one.isolated]
    for school in schools:
        if len(course.sites) >= SITES_OF_THE_WIDEST:
            break
        if school.zip is not None and may_be_held(course, school.zip):
            _hold(draws, course, school)


def _fill_places(draws: Draws, county: County, made: list[Course]) -> None:
    """See that every stage that isn't planted as missing has a site in the county's center and in its cities."""
    made = [course for course in made if course.operator.standing is Standing.PARTICIPATING]
    cities = [city for city, _ in county.cities] or [""]
    for city in cities:
        zips = [zip for zip in county.zips if zip.city == city and not zip.far]
        for stage in SCHOOL_STAGES:
            if any(site.zip in zips for course in made if stage in course.stages for site in course.sites):
                continue
            able = [one for one in made if one.stages == (stage,) and may_be_held(one, zips[0])]
            for course in able[:1]:
                _hold_in(draws, course, zips[0])
    if not county.seatless:
        course = next(one for one in made if one.type is T.AFTERSCHOOL_PROGRAM)
        _hold_in(draws, course, county.zips[4])
