"""The words that people and tools use for types of organizations and programs, and what they mean here.

A word that could mean several things isn't in a table: who uses it says in a mapping which is meant.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from matchmaker.exchange.mapping import fold_words
from matchmaker.model.vocabulary import SECTOR_OF, OrganizationType, ProgramType, Sector

Term = TypeVar("Term", bound=StrEnum)

_ORGANIZATIONS: Final[Mapping[OrganizationType, str]] = {
    OrganizationType.EARLY_LEARNING_PROVIDER: (
        "preschool, pre school, pre k, prek, head start, early head start, child care, childcare, child care center, "
        "day care, daycare, nursery school, early childhood provider, vpk provider"
    ),
    OrganizationType.SCHOOL_DISTRICT: (
        "district, public school district, unified school district, lea, local education agency, local educational "
        "agency, public school system, public schools, county schools, school board, school system, k 12 district, "
        "county public schools"
    ),
    OrganizationType.K12_SCHOOL: (
        "school, public school, elementary school, primary school, middle school, junior high school, high school, "
        "secondary school, charter school, magnet school, k 8 school, senior high, junior high, k 8 center, elem "
        "school, technical high school, alternative school"
    ),
    OrganizationType.PRIVATE_SCHOOL: (
        "independent school, parochial school, catholic school, preparatory school, prep school, day school, "
        "montessori school"
    ),
    OrganizationType.EDUCATION_SERVICE_DISTRICT: (
        "esd, educational service district, boces, intermediate school district, regional education agency, regional "
        "education service center, county office of education, regional education service, educational service "
        "center, intermediate unit"
    ),
    OrganizationType.AFTERSCHOOL_PROVIDER: (
        "after school provider, out of school time provider, ost provider, after school program provider"
    ),
    OrganizationType.SUMMER_PROVIDER: "summer camp, camp, summer program provider",
    OrganizationType.YOUTH_ORGANIZATION: (
        "youth serving organization, youth development organization, youth group, youth program provider, youth "
        "nonprofit, youth org, boys and girls club, ymca, ywca"
    ),
    OrganizationType.TWO_YEAR_COLLEGE: (
        "community college, junior college, technical college, 2 year college, technical school, vocational school, "
        "career and technical college, trade school"
    ),
    OrganizationType.FOUR_YEAR_COLLEGE: (
        "university, 4 year college, 4 year university, four year university, liberal arts college, state university, "
        "research university, univ, universities, state college, college and university"
    ),
    OrganizationType.UNIVERSITY_CENTER: (
        "university department, college department, university institute, research center, university extension, "
        "cooperative extension, university lab, academic department"
    ),
    OrganizationType.MUSEUM: (
        "children s museum, childrens museum, history museum, art museum, natural history museum, museum gallery, "
        "historical society"
    ),
    OrganizationType.SCIENCE_CENTER: (
        "science museum, planetarium, discovery center, science and technology center, observatory, science centre"
    ),
    OrganizationType.ZOO_AQUARIUM_GARDEN: (
        "zoo, aquarium, botanical garden, arboretum, nature center, garden, botanic garden, zoo aquarium, botanic "
        "gardens, tropical garden, wildlife park, zoological garden, zoological park"
    ),
    OrganizationType.LIBRARY: (
        "public library, library system, library branch, libraries, branch library, regional library"
    ),
    OrganizationType.MAKERSPACE: "maker space, fab lab, hackerspace, maker lab, fablab, tinkering studio, tech shop",
    OrganizationType.COMMUNITY_ORGANIZATION: (
        "community based organization, cbo, nonprofit, non profit, nonprofit organization, non profit organization, "
        "not for profit, ngo, 501c3, community partner, community group, community center, charity, 501 c 3, "
        "community org, civic organization, social service agency, npo"
    ),
    OrganizationType.FAMILY_ORGANIZATION: (
        "parent organization, parent group, pta, pto, family partner, parent teacher association, parent teacher "
        "organization, ptsa, ptso, parents association"
    ),
    OrganizationType.FAITH_ORGANIZATION: (
        "faith based organization, church, mosque, synagogue, temple, congregation, faith based, fbo"
    ),
    OrganizationType.STUDENT_OR_YOUTH_LED: (
        "student organization, student group, youth led organization, student led organization, youth led, student led"
    ),
    OrganizationType.PROFESSIONAL_ASSOCIATION: (
        "professional society, scientific society, learned society, teachers association, professional organization"
    ),
    OrganizationType.EMPLOYER: (
        "business, company, corporation, corporate, corporate partner, business partner, industry partner, private "
        "company, startup, firm, hospital, utility, health system, small business, manufacturer, business industry, "
        "tech company"
    ),
    OrganizationType.RESEARCH_LABORATORY: (
        "national laboratory, research lab, laboratory, lab, research institute, national lab, research institution"
    ),
    OrganizationType.CHAMBER_OR_INDUSTRY_ASSOCIATION: (
        "chamber of commerce, chamber, industry association, trade association, industry group, economic development "
        "organization, business association, business council"
    ),
    OrganizationType.LABOR_ORGANIZATION: "union, labor union, trade union, jatc",
    OrganizationType.FUNDER: (
        "foundation, philanthropy, grantmaker, grant maker, private foundation, community foundation, sponsor, donor, "
        "corporate foundation"
    ),
    OrganizationType.GOVERNMENT_AGENCY: (
        "government, agency, public agency, local government, city government, county government, state agency, "
        "federal agency, municipality, city department, parks and recreation, parks department, federal government, "
        "government office, county department"
    ),
    OrganizationType.WORKFORCE_BOARD: (
        "workforce development board, workforce agency, workforce investment board, wib, wdb"
    ),
    OrganizationType.STATE_EDUCATION_AGENCY: "sea, state department of education, department of education",
    OrganizationType.TRIBAL_NATION: "tribe, tribal government, sovereign nation",
    OrganizationType.TRIBAL_EDUCATION_DEPARTMENT: "tribal education agency",
    OrganizationType.HUB: "stem hub, regional hub, backbone organization, regional stem hub",
    OrganizationType.INTERMEDIARY: "intermediary organization",
    OrganizationType.TECHNICAL_ASSISTANCE_PROVIDER: (
        "technical assistance, ta provider, professional development provider, pd provider"
    ),
    OrganizationType.ACCREDITOR: "accrediting organization, accrediting agency, accrediting body, accreditation agency",
}
_ORGANIZATIONS_IN_A_COLUMN: Final[Mapping[OrganizationType, str]] = {
    OrganizationType.K12_SCHOOL: "elementary, charter, magnet, es, ms, hs, academy, public k 12, middle, high",
    OrganizationType.AFTERSCHOOL_PROVIDER: "afterschool program, after school program, 21st cclc",
    OrganizationType.SUMMER_PROVIDER: "summer program, summer learning",
    OrganizationType.YOUTH_ORGANIZATION: "youth development, youth program, youth services, 4 h, 4h, scouts, youth",
    OrganizationType.TWO_YEAR_COLLEGE: "state college 2 year, cc",
    OrganizationType.UNIVERSITY_CENTER: "university program, university outreach, extension",
    OrganizationType.MUSEUM: "informal ed",
    OrganizationType.SCIENCE_CENTER: "isl, informal science, environmental center",
    OrganizationType.COMMUNITY_ORGANIZATION: "housing organization",
    OrganizationType.FAMILY_ORGANIZATION: "family services, family resource center",
    OrganizationType.FAITH_ORGANIZATION: "ministry",
    OrganizationType.STUDENT_OR_YOUTH_LED: "student club",
    OrganizationType.PROFESSIONAL_ASSOCIATION: "society, association",
    OrganizationType.EMPLOYER: "for profit, health care, healthcare",
    OrganizationType.RESEARCH_LABORATORY: "research",
    OrganizationType.CHAMBER_OR_INDUSTRY_ASSOCIATION: "economic development, edc",
    OrganizationType.LABOR_ORGANIZATION: "labor, apprenticeship council",
    OrganizationType.GOVERNMENT_AGENCY: "city, county, parks, military",
    OrganizationType.WORKFORCE_BOARD: "workforce development, careersource, workforce, career center",
    OrganizationType.TRIBAL_EDUCATION_DEPARTMENT: "ted, tribal education",
    OrganizationType.HUB: "stem ecosystem, ecosystem lead, network hub",
    OrganizationType.INTERMEDIARY: (
        "network, coalition, collaborative, alliance, collective impact, partnership, consortium, education "
        "foundation network, afterschool network"
    ),
    OrganizationType.TECHNICAL_ASSISTANCE_PROVIDER: "consultant, evaluator, consulting",
    OrganizationType.ACCREDITOR: "accreditation",
}
"""Words that stand for a type of organization only where it is known that one is meant, as in a column of types."""

_SECTORS: Final[Mapping[Sector, str]] = {
    Sector.EARLY_LEARNING: "early learning, early childhood, early education",
    Sector.K12: "k12, k 12, k 12 education, education k 12, schools, public education",
    Sector.OUT_OF_SCHOOL_TIME: "out of school time, out of school, ost, afterschool, after school, expanded learning",
    Sector.HIGHER_EDUCATION: "higher education, higher ed, postsecondary, post secondary, college, "
    "college or university, college university, institution of higher education, ihe",
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
"""The type that a word for a sector stands for where nothing else tells."""

_USUAL_IN_A_COLUMN: Final[Mapping[Sector, OrganizationType]] = {
    **_SECTOR_DEFAULTS,
    Sector.K12: OrganizationType.K12_SCHOOL,
    Sector.HIGHER_EDUCATION: OrganizationType.FOUR_YEAR_COLLEGE,
    Sector.INFORMAL_LEARNING: OrganizationType.MUSEUM,
    Sector.BACKBONE: OrganizationType.HUB,
}
"""The same for people's sheets, where a type that is a little off does less harm than a row that is refused."""

_NAME_PATTERNS: Final[tuple[tuple[str, OrganizationType], ...]] = (
    (r"foundation$", OrganizationType.FUNDER),
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
    (r"(zoo|aquarium|arboretum|botanic(al)? gardens?|nature center)", OrganizationType.ZOO_AQUARIUM_GARDEN),
    (r"museum", OrganizationType.MUSEUM),
    (r"makerspace|maker space|fab lab", OrganizationType.MAKERSPACE),
    (
        r"(elementary|middle|high|primary|charter|magnet) school|elementary|senior high|k 8 center",
        OrganizationType.K12_SCHOOL,
    ),
    (r"boys (and )?girls clubs?|girl scouts|boy scouts|4 h|ymca|ywca|girls inc", OrganizationType.YOUTH_ORGANIZATION),
    (r"national laboratory", OrganizationType.RESEARCH_LABORATORY),
    (r"university|polytechnic institute", OrganizationType.FOUR_YEAR_COLLEGE),
    (r"church|mosque|synagogue", OrganizationType.FAITH_ORGANIZATION),
    (r"(city|county|state) of |department of ", OrganizationType.GOVERNMENT_AGENCY),
    (r"(parent teacher|pta|pto)", OrganizationType.FAMILY_ORGANIZATION),
)
_UNSURE_NAMES: Final = re.compile(
    r"\b(friends of|foundation for|education foundation|students|(?<!teacher )(?<!christian )association|center for"
    r"|alumni|press)\b"
)
"""Names with these words say what they are near to, not what they are."""

_PROGRAMS: Final[Mapping[ProgramType, str]] = {
    ProgramType.PCSP: "precollege stem program, pre college program, stem pipeline program",
    ProgramType.AFTERSCHOOL_PROGRAM: (
        "after school program, after school, afterschool, after school care, out of school time program, extended "
        "learning program, afterschool club program, aftercare, homework help, saturday program, saturday academy, "
        "weekend program"
    ),
    ProgramType.SUMMER_PROGRAM: (
        "summer camp, summer school, summer learning program, day camp, camp, summer academy, summer institute, "
        "spring break camp, camps, summer bootcamp"
    ),
    ProgramType.COURSE: "class, dual credit course, dual enrollment, curriculum",
    ProgramType.CLUB: (
        "robotics club, science club, coding club, after school club, robotics team, stem club, math club, 4 h club"
    ),
    ProgramType.COMPETITION: (
        "science fair, robotics competition, olympiad, hackathon, contest, tournament, science olympiad, science bowl"
    ),
    ProgramType.FIELD_TRIP: "school visit, museum visit",
    ProgramType.INTERNSHIP: (
        "internship program, work experience, student internship, research experience, summer internship"
    ),
    ProgramType.APPRENTICESHIP: (
        "apprenticeship program, youth apprenticeship, pre apprenticeship, registered apprenticeship"
    ),
    ProgramType.MENTORING: "mentoring program, mentorship, mentor program, tutoring",
    ProgramType.EDUCATOR_WORKSHOP: (
        "teacher workshop, teacher training, professional development, professional development program, educator "
        "training, teacher professional development, teacher institute, workshop for teachers"
    ),
    ProgramType.EDUCATOR_NETWORK: "teacher network, educator community",
    ProgramType.FAMILY_PROGRAM: (
        "family night, family stem night, family engagement program, parent program, family workshop, parent "
        "workshop, stem night, family science night"
    ),
    ProgramType.BRIDGE_PROGRAM: (
        "summer bridge, summer bridge program, college bridge, transition program, upward bound, talent search, "
        "college readiness, college preparation"
    ),
}
_PROGRAMS_IN_A_COLUMN: Final[Mapping[ProgramType, str]] = {
    ProgramType.PCSP: "precollege",
    ProgramType.AFTERSCHOOL_PROGRAM: "ost, out of school time, extended day, extracurricular",
    ProgramType.SUMMER_PROGRAM: "summer",
    ProgramType.COURSE: (
        "classes, training course, workshop series, in school, school day, bootcamp, academy, lessons, ap course, "
        "elective, distance learning, magnet program"
    ),
    ProgramType.CLUB: "team, chapter, girls who code",
    ProgramType.COMPETITION: "challenge, fair, league, first robotics",
    ProgramType.FIELD_TRIP: (
        "tour, tours, visit, visits, outreach visit, field study, excursion, field experience, assembly, outreach"
    ),
    ProgramType.INTERNSHIP: "summer jobs, externship, youth employment, interns, summer interns",
    ProgramType.MENTORING: "mentor, mentors",
    ProgramType.EDUCATOR_WORKSHOP: "pd",
    ProgramType.EDUCATOR_NETWORK: (
        "professional learning community, plc, community of practice, teacher cohort, educator collaboratory"
    ),
    ProgramType.FAMILY_PROGRAM: "family, family engagement, family day, storytime, community day",
    ProgramType.BRIDGE_PROGRAM: "college prep, college access, trio",
}
"""The same of programs."""

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


def compiled(patterns: Iterable[tuple[str, str]]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return patterns that find whole words, each with its term."""
    return tuple((re.compile(rf"(?<!\w)(?:{pattern})(?!\w)"), term) for pattern, term in patterns)


def words_of(words: Mapping[Term, str]) -> dict[str, Term]:
    """Return the terms by the folded words for them, their own names and titles among them."""
    table = {fold_words(word): term for term, listed in words.items() for word in listed.split(", ") if word}
    for term in words:
        table[fold_words(term.value)] = table[fold_words(title_of(term.value))] = term
    return table


def look_up(table: Mapping[str, Term], text: str) -> str:
    """Return the term that a word or its plural means; empty where the table has neither."""
    folded = fold_words(text)
    term = table.get(folded) or table.get(folded.removesuffix("s"))
    return term.value if term is not None else ""


def first_found(patterns: Iterable[tuple[re.Pattern[str], str]], text: str) -> str:
    """Return the term of the first pattern that a text has; empty where it has none."""
    folded = fold_words(text)
    return next((str(term) for pattern, term in patterns if pattern.search(folded)), "")


_ORGANIZATION_OF = MappingProxyType({**words_of(_ORGANIZATIONS)})
_SECTOR_WORDS = MappingProxyType(words_of(_SECTORS))
_PROGRAM_OF = MappingProxyType(words_of(_PROGRAMS))
_NAMED = compiled(_NAME_PATTERNS)
_PROGRAM_NAMED = compiled(_PROGRAM_PATTERNS)

ORGANIZATIONS: Mapping[str, OrganizationType] = MappingProxyType(
    {
        **{word: _USUAL_IN_A_COLUMN[sector] for word, sector in _SECTOR_WORDS.items() if sector in _USUAL_IN_A_COLUMN},
        **words_of(_ORGANIZATIONS_IN_A_COLUMN),
        **_ORGANIZATION_OF,
    }
)
"""The types of organization by the words for them in a column of types, folded."""

PROGRAMS: Mapping[str, ProgramType] = MappingProxyType({**words_of(_PROGRAMS_IN_A_COLUMN), **_PROGRAM_OF})
"""The types of program by the words for them in a column of types, folded."""


def find_organization_type(word: str, name: str = "") -> str:
    """Return the organization type that a word means, with the organization's name where it names a sector only.

    Returns an empty text where it can't be told.

    >>> find_organization_type("Non-profit"), find_organization_type("Higher Ed", "Mt. Hood Community College")
    ('community_organization', 'two_year_college')
    >>> find_organization_type("Higher Ed", "Reed")
    ''
    """
    term = look_up(_ORGANIZATION_OF, word)
    sector = look_up(_SECTOR_WORDS, word)
    if term or not sector:
        return term
    guessed = guess_organization_type(name)
    if guessed and SECTOR_OF[OrganizationType(guessed)] == sector:
        return guessed
    default = _SECTOR_DEFAULTS.get(Sector(sector))
    return default.value if default else ""


def guess_organization_type(name: str) -> str:
    """Return the organization type that a name says by itself; empty where it doesn't.

    >>> guess_organization_type("Multnomah County Library"), guess_organization_type("Friends of the Library")
    ('library', '')
    """
    return "" if _UNSURE_NAMES.search(fold_words(name)) else first_found(_NAMED, name)


def is_sector(word: str) -> bool:
    """Say whether a word names a whole sector, so that the organization's name says more.

    >>> is_sector("Higher Ed"), is_sector("Community college")
    (True, False)
    """
    return bool(look_up(_SECTOR_WORDS, word)) and not look_up(_ORGANIZATION_OF, word)


def find_program_type(word: str) -> str:
    """Return the program type that a word means; empty where it can't be told."""
    return look_up(_PROGRAM_OF, word)


def guess_program_type(*texts: str) -> str:
    """Return the program type that a name or description says, the first text that says one deciding; or empty.

    >>> guess_program_type("Robots & You", "A summer camp for girls"), guess_program_type("Community Counselling")
    ('summer_program', '')
    """
    return next((term for text in texts if (term := first_found(_PROGRAM_NAMED, text))), "")
