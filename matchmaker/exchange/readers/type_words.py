"""The words that other tools use for kinds of organization, program, initiative and thing, and what they mean here.

A word that could mean several things isn't in a table: who uses it says in a mapping which is meant.
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from matchmaker.exchange.mapping import fold_words
from matchmaker.model.vocabulary import (
    SECTOR_OF,
    ContactRole,
    InitiativeType,
    OrganizationType,
    ProgramType,
    ResourceTerm,
    Sector,
    StageTerm,
)

_ORGANIZATIONS: Final[Mapping[OrganizationType, str]] = {
    OrganizationType.EARLY_LEARNING_PROVIDER: "preschool, pre school, pre k, prek, head start, early head start, "
    "child care, childcare, child care center, day care, daycare, nursery school, early childhood provider",
    OrganizationType.SCHOOL_DISTRICT: "district, public school district, unified school district, lea, "
    "local education agency, local educational agency, public school system",
    OrganizationType.K12_SCHOOL: "school, k 12 school, public school, elementary school, primary school, "
    "middle school, junior high school, high school, secondary school, charter school, magnet school, k 8 school",
    OrganizationType.PRIVATE_SCHOOL: "independent school, parochial school",
    OrganizationType.EDUCATION_SERVICE_DISTRICT: "esd, educational service district, boces, intermediate school "
    "district, regional education agency, regional education service center, county office of education",
    OrganizationType.AFTERSCHOOL_PROVIDER: "after school provider, out of school time provider, ost provider, "
    "after school program provider",
    OrganizationType.SUMMER_PROVIDER: "summer camp, camp, summer program provider",
    OrganizationType.YOUTH_ORGANIZATION: "youth serving organization, youth development organization, youth group, "
    "youth program provider, youth nonprofit",
    OrganizationType.TWO_YEAR_COLLEGE: "community college, junior college, technical college, 2 year college",
    OrganizationType.FOUR_YEAR_COLLEGE: "university, 4 year college, 4 year university, four year university, "
    "liberal arts college, state university, research university",
    OrganizationType.UNIVERSITY_CENTER: "university department, college department, university institute, "
    "research center, university extension, cooperative extension",
    OrganizationType.MUSEUM: "children s museum, childrens museum, history museum, art museum, natural history museum",
    OrganizationType.SCIENCE_CENTER: "science museum, planetarium, discovery center, science and technology center",
    OrganizationType.ZOO_AQUARIUM_GARDEN: "zoo, aquarium, botanical garden, arboretum, nature center, garden",
    OrganizationType.LIBRARY: "public library, library system, library branch",
    OrganizationType.MAKERSPACE: "maker space, fab lab, hackerspace, maker lab",
    OrganizationType.COMMUNITY_ORGANIZATION: "community based organization, cbo, nonprofit, non profit, "
    "nonprofit organization, non profit organization, not for profit, ngo, 501c3, community partner, "
    "community group, community center, charity",
    OrganizationType.FAMILY_ORGANIZATION: "parent organization, parent group, pta, pto, family partner, "
    "parent teacher association, parent teacher organization",
    OrganizationType.FAITH_ORGANIZATION: "faith based organization, church, mosque, synagogue, temple, congregation",
    OrganizationType.STUDENT_OR_YOUTH_LED: "student organization, student group, youth led organization, "
    "student led organization, youth led, student led",
    OrganizationType.PROFESSIONAL_ASSOCIATION: "professional society, scientific society, learned society",
    OrganizationType.EMPLOYER: "business, company, corporation, corporate, corporate partner, business partner, "
    "industry partner, private company, startup, firm, hospital, utility",
    OrganizationType.RESEARCH_LABORATORY: "national laboratory, research lab, laboratory, lab, observatory, "
    "research institute",
    OrganizationType.CHAMBER_OR_INDUSTRY_ASSOCIATION: "chamber of commerce, chamber, industry association, "
    "trade association, industry group, economic development organization",
    OrganizationType.LABOR_ORGANIZATION: "union, labor union, trade union",
    OrganizationType.FUNDER: "foundation, philanthropy, grantmaker, grant maker, private foundation, "
    "community foundation, sponsor, donor",
    OrganizationType.GOVERNMENT_AGENCY: "government, agency, public agency, local government, city government, "
    "county government, state agency, federal agency, municipality, city department, parks and recreation",
    OrganizationType.WORKFORCE_BOARD: "workforce development board, workforce agency, workforce investment board",
    OrganizationType.STATE_EDUCATION_AGENCY: "sea, state department of education, department of education",
    OrganizationType.TRIBAL_NATION: "tribe, tribal government",
    OrganizationType.TRIBAL_EDUCATION_DEPARTMENT: "tribal education agency",
    OrganizationType.HUB: "stem hub, regional hub, backbone organization",
    OrganizationType.INTERMEDIARY: "intermediary organization",
    OrganizationType.TECHNICAL_ASSISTANCE_PROVIDER: "technical assistance",
    OrganizationType.ACCREDITOR: "accrediting organization, accrediting agency",
}
_SECTORS: Final[Mapping[Sector, str]] = {
    Sector.EARLY_LEARNING: "early learning, early childhood, early education",
    Sector.K12: "k12, k 12, k 12 education, education k 12, schools, public education",
    Sector.OUT_OF_SCHOOL_TIME: "out of school time, out of school, ost, afterschool, after school, expanded learning",
    Sector.HIGHER_EDUCATION: "higher education, higher ed, postsecondary, college, college or university, "
    "college university, institution of higher education, ihe",
    Sector.INFORMAL_LEARNING: "informal learning, informal education, informal science, stem rich institution, "
    "cultural institution",
    Sector.COMMUNITY: "community",
    Sector.INDUSTRY: "industry, private sector, business and industry",
    Sector.PHILANTHROPY: "funding, philanthropic",
    Sector.GOVERNMENT: "public sector",
    Sector.TRIBAL_NATION: "tribal",
    Sector.BACKBONE: "backbone",
}
_SECTOR_DEFAULTS: Final[Mapping[Sector, OrganizationType]] = {
    Sector.EARLY_LEARNING: OrganizationType.EARLY_LEARNING_PROVIDER,
    Sector.OUT_OF_SCHOOL_TIME: OrganizationType.AFTERSCHOOL_PROVIDER,
    Sector.COMMUNITY: OrganizationType.COMMUNITY_ORGANIZATION,
    Sector.INDUSTRY: OrganizationType.EMPLOYER,
    Sector.PHILANTHROPY: OrganizationType.FUNDER,
    Sector.GOVERNMENT: OrganizationType.GOVERNMENT_AGENCY,
    Sector.TRIBAL_NATION: OrganizationType.TRIBAL_NATION,
}
_NAME_PATTERNS: Final[tuple[tuple[str, OrganizationType], ...]] = (
    (r"tribal education", OrganizationType.TRIBAL_EDUCATION_DEPARTMENT),
    (r"confederated tribes|tribal nation|tribe of|nation of .* indians", OrganizationType.TRIBAL_NATION),
    (
        r"(education|educational) service district|boces|county office of education",
        OrganizationType.EDUCATION_SERVICE_DISTRICT,
    ),
    (r"(department|dept) of education$", OrganizationType.STATE_EDUCATION_AGENCY),
    (r"school district|(county|city|unified|public) schools$|school dist", OrganizationType.SCHOOL_DISTRICT),
    (r"chamber of commerce", OrganizationType.CHAMBER_OR_INDUSTRY_ASSOCIATION),
    (r"workforce (development |investment )?board", OrganizationType.WORKFORCE_BOARD),
    (r"preschool|head start|child care|early learning", OrganizationType.EARLY_LEARNING_PROVIDER),
    (r"(community|technical|junior) college", OrganizationType.TWO_YEAR_COLLEGE),
    (r"library|libraries", OrganizationType.LIBRARY),
    (r"science (center|museum)|planetarium|museum of science|museum of discovery", OrganizationType.SCIENCE_CENTER),
    (r"(zoo|aquarium|arboretum|botanical gardens?|nature center)", OrganizationType.ZOO_AQUARIUM_GARDEN),
    (r"museum", OrganizationType.MUSEUM),
    (r"makerspace|maker space|fab lab", OrganizationType.MAKERSPACE),
    (r"(elementary|middle|high|primary|charter|magnet) school", OrganizationType.K12_SCHOOL),
    (r"boys (and )?girls clubs?|girl scouts|boy scouts|4 h|ymca|ywca|girls inc", OrganizationType.YOUTH_ORGANIZATION),
    (r"national laboratory", OrganizationType.RESEARCH_LABORATORY),
    (r"university|polytechnic institute", OrganizationType.FOUR_YEAR_COLLEGE),
    (r"church|mosque|synagogue", OrganizationType.FAITH_ORGANIZATION),
    (r"(city|county|state) of |department of ", OrganizationType.GOVERNMENT_AGENCY),
    (r"(parent teacher|pta|pto)", OrganizationType.FAMILY_ORGANIZATION),
)
_PROGRAMS: Final[Mapping[ProgramType, str]] = {
    ProgramType.PCSP: "pre college stem program, precollege stem program, pre college program, stem pipeline program",
    ProgramType.AFTERSCHOOL_PROGRAM: "after school program, after school, afterschool, after school care, "
    "out of school time program, extended learning program, afterschool club program",
    ProgramType.SUMMER_PROGRAM: "summer camp, summer school, summer learning program, day camp, camp, summer academy",
    ProgramType.COURSE: "class, course, dual credit course, dual enrollment, curriculum",
    ProgramType.CLUB: "robotics club, science club, coding club, after school club, robotics team",
    ProgramType.COMPETITION: "science fair, robotics competition, olympiad, hackathon, contest",
    ProgramType.FIELD_TRIP: "field trips, school visit, museum visit",
    ProgramType.INTERNSHIP: "internship program, work experience, student internship",
    ProgramType.APPRENTICESHIP: "apprenticeship program, youth apprenticeship, pre apprenticeship",
    ProgramType.MENTORING: "mentoring program, mentorship, mentor program",
    ProgramType.EDUCATOR_WORKSHOP: "teacher workshop, teacher training, professional development, "
    "professional development program, educator training",
    ProgramType.EDUCATOR_NETWORK: "teacher network, educator community",
    ProgramType.FAMILY_PROGRAM: "family night, family stem night, family engagement program, parent program",
    ProgramType.BRIDGE_PROGRAM: "summer bridge, summer bridge program, college bridge, transition program",
}
_PROGRAM_PATTERNS: Final[tuple[tuple[str, ProgramType], ...]] = (
    (r"pre ?college", ProgramType.PCSP),
    (r"summer bridge|bridge program", ProgramType.BRIDGE_PROGRAM),
    (r"summer (camp|school|program|academy|institute|learning)|day camps?|camps?", ProgramType.SUMMER_PROGRAM),
    (r"after ?school|out of school time", ProgramType.AFTERSCHOOL_PROGRAM),
    (r"(pre ?)?apprenticeships?", ProgramType.APPRENTICESHIP),
    (r"internships?", ProgramType.INTERNSHIP),
    (r"mentor(ing|ship)?", ProgramType.MENTORING),
    (r"(teacher|educator) (workshops?|training|institute)", ProgramType.EDUCATOR_WORKSHOP),
    (r"(teacher|educator) network", ProgramType.EDUCATOR_NETWORK),
    (r"field trips?", ProgramType.FIELD_TRIP),
    (r"science fair|competition|olympiad|hackathon", ProgramType.COMPETITION),
    (r"family (night|program|workshop)s?", ProgramType.FAMILY_PROGRAM),
    (r"clubs?|robotics team", ProgramType.CLUB),
    (r"course|classes", ProgramType.COURSE),
)
_INITIATIVES: Final[Mapping[InitiativeType, str]] = {
    InitiativeType.EDUCATOR_COLLABORATORY: "collaboratory, community educator collaboratory",
    InitiativeType.COMMUNITY_OF_PRACTICE: "communities of practice, cop, learning community",
    InitiativeType.IMPROVEMENT_COMMUNITY: "networked improvement community, nic",
    InitiativeType.FUNDED_PROJECT: "project, grant, grant project, collaborative project",
    InitiativeType.WORKSHOP_SERIES: "series of workshops",
    InitiativeType.CAREER_CONNECTED_LEARNING: "career connected learning initiative",
    InitiativeType.STATE_INVESTMENT: "state initiative, state program",
    InitiativeType.ACCREDITATION_PROGRAM: "accreditation",
}
_STAGES: Final[Mapping[StageTerm, str]] = {
    StageTerm.PREK: "pre k, prekindergarten, pre kindergarten, preschool, early childhood, early learning",
    StageTerm.K_2: "k 2, grades k 2, kindergarten, lower elementary, early elementary",
    StageTerm.GRADES_3_5: "3 5, grades 3 5, upper elementary",
    StageTerm.GRADES_6_8: "6 8, grades 6 8, middle school, middle grades, junior high",
    StageTerm.GRADES_9_12: "9 12, grades 9 12, high school, secondary school",
    StageTerm.APPRENTICESHIP_OR_CREDENTIAL: "apprenticeship, credential, certificate",
    StageTerm.POSTSECONDARY_TWO_YEAR: "community college, two year college, associate degree",
    StageTerm.POSTSECONDARY_FOUR_YEAR: "university, four year college, undergraduate, bachelor s degree",
    StageTerm.GRADUATE: "graduate school, graduate students",
    StageTerm.EARLY_CAREER: "",
    StageTerm.INCUMBENT_WORKER: "incumbent workers",
}
_RESOURCES: Final[Mapping[ResourceTerm, str]] = {
    ResourceTerm.MENTORS: "mentor, mentoring, mentorship",
    ResourceTerm.VOLUNTEERS: "volunteer, volunteering",
    ResourceTerm.GUEST_SPEAKERS: "guest speaker, speakers, speaker, role models, classroom visits",
    ResourceTerm.SPACE: "room, rooms, facility, facilities, meeting space, venue",
    ResourceTerm.EQUIPMENT: "materials, supplies, technology, devices, kits, computers, laptops",
    ResourceTerm.CURRICULUM: "lesson plans, curricula, learning materials",
    ResourceTerm.PROFESSIONAL_DEVELOPMENT: "pd, teacher training, training, educator training",
    ResourceTerm.FUNDING: "funds, money, grants, grant funding, sponsorship, donations",
    ResourceTerm.TRANSPORTATION: "transport, buses, bus",
    ResourceTerm.LEARNERS: "students, participants, youth, recruitment",
    ResourceTerm.INTERNSHIPS: "internship, internship placements, placements",
    ResourceTerm.JOB_SHADOWS: "job shadow, job shadowing",
    ResourceTerm.FIELD_SITES: "field site, field trips, field trip sites, worksite tours, tours",
    ResourceTerm.EVALUATION: "evaluator, program evaluation",
    ResourceTerm.DATA: "data sharing, data access",
    ResourceTerm.TRANSLATION: "interpretation, interpreters, translators",
    ResourceTerm.MEALS: "food, snacks",
    ResourceTerm.ADMISSIONS_PATHWAY: "admissions pathways, guaranteed admission",
    ResourceTerm.SCHOLARSHIPS: "scholarship, financial aid",
    ResourceTerm.COACHING: "coach, coaches",
    ResourceTerm.CREDENTIALING: "credentials, certification",
    ResourceTerm.OUTREACH: "marketing, publicity, communications",
    ResourceTerm.LEADERSHIP: "governance",
    ResourceTerm.TECHNICAL_ASSISTANCE: "consulting, technical support",
    ResourceTerm.CO_DESIGN: "co creation, codesign",
}
_ROLE_PATTERNS: Final[tuple[tuple[str, ContactRole], ...]] = (
    (r"admissions?|enrollment", ContactRole.ADMISSIONS),
    (r"vice principal|assistant principal", ContactRole.GENERAL),
    (r"principal|head of school", ContactRole.PRINCIPAL),
    (r"after ?school", ContactRole.AFTERSCHOOL_LEAD),
    (r"volunteers?", ContactRole.VOLUNTEER_COORDINATOR),
    (r"partnerships?", ContactRole.PARTNERSHIPS),
    (r"community (relations|engagement|outreach)|public relations", ContactRole.COMMUNITY_RELATIONS),
)
_AGES: Final[Mapping[StageTerm, int]] = {
    StageTerm.PREK: 4,
    StageTerm.K_2: 6,
    StageTerm.GRADES_3_5: 9,
    StageTerm.GRADES_6_8: 12,
    StageTerm.GRADES_9_12: 16,
}
"""An age in the middle of each stage."""

OLDEST_LEARNER: Final = 21
"""An upper age limit above this says that adults are served, and nothing of stages."""


def title_of(term: str) -> str:
    """Return a term as people read it.

    >>> title_of("k12_school"), title_of("pcsp"), title_of("grades_6_8")
    ('K-12 school', 'Pre-college STEM program', 'Grades 6-8')
    """
    titles = {
        "k12_school": "K-12 school",
        "pcsp": "Pre-college STEM program",
        "prek": "Pre-K",
        "k_2": "Grades K-2",
        "grades_3_5": "Grades 3-5",
        "grades_6_8": "Grades 6-8",
        "grades_9_12": "Grades 9-12",
    }
    return titles.get(term) or term.replace("_", " ").capitalize()


def _folded(words: Mapping[str, str]) -> dict[str, str]:
    table = {fold_words(word): term for term, listed in words.items() for word in listed.split(", ") if word}
    for term in words:
        table[fold_words(term)] = table[fold_words(title_of(term))] = term
    return table


def _compiled(patterns: Iterable[tuple[str, str]]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(rf"(?<!\w)(?:{pattern})(?!\w)"), term) for pattern, term in patterns)


_ORGANIZATION_OF = MappingProxyType(_folded({term.value: words for term, words in _ORGANIZATIONS.items()}))
_SECTOR_WORDS = MappingProxyType(_folded({term.value: words for term, words in _SECTORS.items()}))
_PROGRAM_OF = MappingProxyType(_folded({term.value: words for term, words in _PROGRAMS.items()}))
_INITIATIVE_OF = MappingProxyType(_folded({term.value: words for term, words in _INITIATIVES.items()}))
_STAGE_OF = MappingProxyType(_folded({term.value: words for term, words in _STAGES.items()}))
_RESOURCE_OF = MappingProxyType(_folded({term.value: words for term, words in _RESOURCES.items()}))
_NAMED = _compiled(_NAME_PATTERNS)
_PROGRAM_NAMED = _compiled(_PROGRAM_PATTERNS)
_ROLES = _compiled(_ROLE_PATTERNS)


def _look_up(table: Mapping[str, str], text: str) -> str:
    folded = fold_words(text)
    return table.get(folded) or table.get(folded.removesuffix("s"), "")


def find_organization_type(word: str, name: str = "") -> str:
    """Return the organization type that a word means, with the organization's name where it names a sector only.

    Returns an empty text where it can't be told.

    >>> find_organization_type("Non-profit"), find_organization_type("Higher Ed", "Mt. Hood Community College")
    ('community_organization', 'two_year_college')
    >>> find_organization_type("Higher Ed", "Reed")
    ''
    """
    term = _look_up(_ORGANIZATION_OF, word)
    sector = _look_up(_SECTOR_WORDS, word)
    if term or not sector:
        return term
    guessed = guess_organization_type(name)
    if guessed and SECTOR_OF[OrganizationType(guessed)] == sector:
        return guessed
    default = _SECTOR_DEFAULTS.get(Sector(sector))
    return default.value if default else ""


def guess_organization_type(name: str) -> str:
    """Return the organization type that a name says by itself; empty where it doesn't.

    >>> guess_organization_type("Multnomah County Library"), guess_organization_type("Saturday Academy of Art Inc")
    ('library', '')
    """
    return _first(_NAMED, name)


def find_program_type(word: str) -> str:
    """Return the program type that a word means; empty where it can't be told."""
    return _look_up(_PROGRAM_OF, word)


def guess_program_type(*texts: str) -> str:
    """Return the program type that a name or description says, the first text that says one deciding; or empty.

    >>> guess_program_type("Robots & You", "A summer camp for girls"), guess_program_type("Community Counselling")
    ('summer_program', '')
    """
    return next((term for text in texts if (term := _first(_PROGRAM_NAMED, text))), "")


def find_initiative_type(word: str) -> str:
    """Return the initiative type that a word means; empty where it can't be told."""
    return _look_up(_INITIATIVE_OF, word)


def find_stages(word: str) -> tuple[str, ...]:
    """Return the stages that a word means, none where it means none.

    >>> find_stages("Elementary"), find_stages("Grades 6–8"), find_stages("robots")
    (('k_2', 'grades_3_5'), ('grades_6_8',), ())
    """
    if fold_words(word) in {"elementary", "elementary school", "k 5", "grades k 5"}:
        return (StageTerm.K_2.value, StageTerm.GRADES_3_5.value)
    term = _look_up(_STAGE_OF, word)
    return (term,) if term else ()


def find_resource(word: str) -> str:
    """Return the thing needed or offered that a word means; empty where it can't be told."""
    return _look_up(_RESOURCE_OF, word)


def find_role(text: str) -> str:
    """Return the role of a work contact with that title or department; ``general`` where it says no other."""
    return _first(_ROLES, text) or ContactRole.GENERAL.value


def stages_of_ages(youngest: float | None, oldest: float | None) -> tuple[str, ...]:
    """Return the stages whose middle age lies between both limits; none where one is missing or adults are served.

    >>> stages_of_ages(11, 14), stages_of_ages(12, 100), stages_of_ages(None, 12)
    (('grades_6_8',), (), ())
    """
    if youngest is None or oldest is None or oldest > OLDEST_LEARNER:
        return ()
    return tuple(stage.value for stage, age in _AGES.items() if youngest <= age <= oldest)


def _first(patterns: Iterable[tuple[re.Pattern[str], str]], text: str) -> str:
    folded = fold_words(text)
    return next((str(term) for pattern, term in patterns if pattern.search(folded)), "")
