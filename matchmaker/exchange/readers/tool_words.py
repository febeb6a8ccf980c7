"""The words that other tools use for initiatives, stages, things needed or offered and roles of contacts."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from matchmaker.exchange.mapping import fold_words
from matchmaker.exchange.readers.type_words import compiled, first_found, look_up, words_of
from matchmaker.model.vocabulary import ContactRole, InitiativeType, ResourceTerm, StageTerm

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

_INITIATIVE_OF = MappingProxyType(words_of(_INITIATIVES))
_STAGE_OF = MappingProxyType(words_of(_STAGES))
_RESOURCE_OF = MappingProxyType(words_of(_RESOURCES))
_ROLES = compiled(_ROLE_PATTERNS)


def find_initiative_type(word: str) -> str:
    """Return the initiative type that a word means; empty where it can't be told."""
    return look_up(_INITIATIVE_OF, word)


def find_stages(word: str) -> tuple[str, ...]:
    """Return the stages that a word means, none where it means none.

    >>> find_stages("Elementary"), find_stages("Grades 6–8"), find_stages("robots")
    (('k_2', 'grades_3_5'), ('grades_6_8',), ())
    """
    if fold_words(word) in {"elementary", "elementary school", "k 5", "grades k 5"}:
        return (StageTerm.K_2.value, StageTerm.GRADES_3_5.value)
    term = look_up(_STAGE_OF, word)
    return (term,) if term else ()


def find_resource(word: str) -> str:
    """Return the thing needed or offered that a word means; empty where it can't be told."""
    return look_up(_RESOURCE_OF, word)


def find_role(text: str) -> str:
    """Return the role of a work contact with that title or department; ``general`` where it says no other."""
    return first_found(_ROLES, text) or ContactRole.GENERAL.value


def stages_of_ages(youngest: float | None, oldest: float | None) -> tuple[str, ...]:
    """Return the stages whose middle age lies between both limits; none where one is missing or adults are served.

    >>> stages_of_ages(11, 14), stages_of_ages(12, 100), stages_of_ages(None, 12)
    (('grades_6_8',), (), ())
    """
    if youngest is None or oldest is None or oldest > OLDEST_LEARNER:
        return ()
    return tuple(stage.value for stage, age in _AGES.items() if youngest <= age <= oldest)
