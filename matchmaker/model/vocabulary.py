"""Every enumeration of the vocabulary. One word, one meaning: the values are what is stored, sent and shown."""

from enum import StrEnum
from types import MappingProxyType


class Label(StrEnum):
    """What a node is."""

    PARTNER = "Partner"
    PROGRAM = "Program"
    PLACE = "Place"
    STAGE = "Stage"
    PATHWAY = "Pathway"
    ECOSYSTEM = "Ecosystem"
    INITIATIVE = "Initiative"
    TOPIC = "Topic"
    OCCUPATION = "Occupation"
    RESOURCE = "Resource"
    NEED = "Need"
    OFFER = "Offer"
    COUNT = "Count"
    STATISTIC = "Statistic"
    CONTACT = "Contact"
    DESIGNATION = "Designation"
    CONDITION = "Condition"
    CRITERION = "Criterion"
    QUALITY_EVIDENCE = "QualityEvidence"
    RATING = "Rating"
    COVERAGE = "Coverage"
    SUGGESTION = "Suggestion"
    ANSWER = "Answer"
    PAIR_RULE = "PairRule"
    IMPROVEMENT_CYCLE = "ImprovementCycle"
    REDIRECT = "Redirect"


RECORD_LABELS = frozenset({Label.PARTNER, Label.PROGRAM, Label.PLACE})
"""The labels whose nodes are what their Records add up to."""

REFERENCE_LABELS = frozenset({Label.STAGE, Label.RESOURCE})
"""The labels that ship as reference data and are never imported."""

EMPLOYER_LABEL = "Employer"
"""The second label of a partner that is an employer, or states roles or work-based learning."""


class TieType(StrEnum):
    """What a tie says."""

    PARTNERS_WITH = "PARTNERS_WITH"
    OPERATES = "OPERATES"
    OFFERED_AT = "OFFERED_AT"
    SERVES = "SERVES"
    FEEDS_INTO = "FEEDS_INTO"
    RECRUITS_FROM = "RECRUITS_FROM"
    RECOGNIZES = "RECOGNIZES"
    ACCREDITS = "ACCREDITS"
    HOSTS_WBL = "HOSTS_WBL"
    HIRES_FOR = "HIRES_FOR"
    PREPARES_FOR = "PREPARES_FOR"
    FUNDS = "FUNDS"
    COACHES = "COACHES"
    HAS_AGREEMENT_WITH = "HAS_AGREEMENT_WITH"
    MEMBER_OF = "MEMBER_OF"
    LOCATED_IN = "LOCATED_IN"
    PART_OF = "PART_OF"
    STATES = "STATES"
    CONCERNS = "CONCERNS"
    ABOUT = "ABOUT"
    INCLUDES = "INCLUDES"
    LEADS_TO = "LEADS_TO"
    COMMITTED_TO = "COMMITTED_TO"
    PEERS_WITH = "PEERS_WITH"
    PARTICIPATES_IN = "PARTICIPATES_IN"
    HAS = "HAS"


CoveredTerm = StrEnum("CoveredTerm", [(term.name, term.value) for terms in (Label, TieType) for term in terms])  # type: ignore[misc]  # the labels and the tie types, word for word
"""What a coverage statement may speak of: a label or a tie type."""

UNDIRECTED = frozenset({TieType.PARTNERS_WITH, TieType.PEERS_WITH})
"""Stored once, lower id first."""


class Sector(StrEnum):
    """The sector of an organization, derived from its primary type."""

    EARLY_LEARNING = "early_learning"
    K12 = "k12"
    OUT_OF_SCHOOL_TIME = "out_of_school_time"
    HIGHER_EDUCATION = "higher_education"
    INFORMAL_LEARNING = "informal_learning"
    COMMUNITY = "community"
    INDUSTRY = "industry"
    PHILANTHROPY = "philanthropy"
    GOVERNMENT = "government"
    TRIBAL_NATION = "tribal_nation"
    BACKBONE = "backbone"


class OrganizationType(StrEnum):
    """What kind of organization a partner is."""

    EARLY_LEARNING_PROVIDER = "early_learning_provider"
    SCHOOL_DISTRICT = "school_district"
    K12_SCHOOL = "k12_school"
    PRIVATE_SCHOOL = "private_school"
    EDUCATION_SERVICE_DISTRICT = "education_service_district"
    AFTERSCHOOL_PROVIDER = "afterschool_provider"
    SUMMER_PROVIDER = "summer_provider"
    YOUTH_ORGANIZATION = "youth_organization"
    TWO_YEAR_COLLEGE = "two_year_college"
    FOUR_YEAR_COLLEGE = "four_year_college"
    UNIVERSITY_CENTER = "university_center"
    MUSEUM = "museum"
    SCIENCE_CENTER = "science_center"
    ZOO_AQUARIUM_GARDEN = "zoo_aquarium_garden"
    LIBRARY = "library"
    MAKERSPACE = "makerspace"
    COMMUNITY_ORGANIZATION = "community_organization"
    FAMILY_ORGANIZATION = "family_organization"
    FAITH_ORGANIZATION = "faith_organization"
    STUDENT_OR_YOUTH_LED = "student_or_youth_led"
    PROFESSIONAL_ASSOCIATION = "professional_association"
    EMPLOYER = "employer"
    RESEARCH_LABORATORY = "research_laboratory"
    CHAMBER_OR_INDUSTRY_ASSOCIATION = "chamber_or_industry_association"
    LABOR_ORGANIZATION = "labor_organization"
    FUNDER = "funder"
    GOVERNMENT_AGENCY = "government_agency"
    WORKFORCE_BOARD = "workforce_board"
    STATE_EDUCATION_AGENCY = "state_education_agency"
    TRIBAL_NATION = "tribal_nation"
    TRIBAL_EDUCATION_DEPARTMENT = "tribal_education_department"
    HUB = "hub"
    INTERMEDIARY = "intermediary"
    TECHNICAL_ASSISTANCE_PROVIDER = "technical_assistance_provider"
    ACCREDITOR = "accreditor"


_TYPES_OF_SECTOR: dict[Sector, str] = {
    Sector.EARLY_LEARNING: "early_learning_provider",
    Sector.K12: "school_district k12_school private_school education_service_district",
    Sector.OUT_OF_SCHOOL_TIME: "afterschool_provider summer_provider youth_organization",
    Sector.HIGHER_EDUCATION: "two_year_college four_year_college university_center",
    Sector.INFORMAL_LEARNING: "museum science_center zoo_aquarium_garden library makerspace",
    Sector.COMMUNITY: "community_organization family_organization faith_organization "
    "student_or_youth_led professional_association",
    Sector.INDUSTRY: "employer research_laboratory chamber_or_industry_association labor_organization",
    Sector.PHILANTHROPY: "funder",
    Sector.GOVERNMENT: "government_agency workforce_board state_education_agency",
    Sector.TRIBAL_NATION: "tribal_nation tribal_education_department",
    Sector.BACKBONE: "hub intermediary technical_assistance_provider accreditor",
}

SECTOR_OF = MappingProxyType(
    {OrganizationType(term): sector for sector, terms in _TYPES_OF_SECTOR.items() for term in terms.split()}
)
"""The sector of each organization type."""


class StageTerm(StrEnum):
    """The steps of a student's pathway, in order."""

    PREK = "prek"
    K_2 = "k_2"
    GRADES_3_5 = "grades_3_5"
    GRADES_6_8 = "grades_6_8"
    GRADES_9_12 = "grades_9_12"
    APPRENTICESHIP_OR_CREDENTIAL = "apprenticeship_or_credential"
    POSTSECONDARY_TWO_YEAR = "postsecondary_two_year"
    POSTSECONDARY_FOUR_YEAR = "postsecondary_four_year"
    GRADUATE = "graduate"
    EARLY_CAREER = "early_career"
    INCUMBENT_WORKER = "incumbent_worker"


class ProgramType(StrEnum):
    """What kind of program it is."""

    PCSP = "pcsp"
    AFTERSCHOOL_PROGRAM = "afterschool_program"
    SUMMER_PROGRAM = "summer_program"
    COURSE = "course"
    CLUB = "club"
    COMPETITION = "competition"
    FIELD_TRIP = "field_trip"
    INTERNSHIP = "internship"
    APPRENTICESHIP = "apprenticeship"
    MENTORING = "mentoring"
    EDUCATOR_WORKSHOP = "educator_workshop"
    EDUCATOR_NETWORK = "educator_network"
    FAMILY_PROGRAM = "family_program"
    BRIDGE_PROGRAM = "bridge_program"


class Setting(StrEnum):
    """When or where a program meets its learners."""

    SCHOOL_DAY = "school_day"
    AFTERSCHOOL = "afterschool"
    WEEKEND = "weekend"
    SUMMER = "summer"
    ONLINE = "online"
    HOME = "home"
    WORKPLACE = "workplace"
    COMMUNITY_SITE = "community_site"


class Season(StrEnum):
    """The part of the year."""

    FALL = "fall"
    WINTER = "winter"
    SPRING = "spring"
    SUMMER = "summer"
    YEAR_ROUND = "year_round"


class FamilyCost(StrEnum):
    """What a family pays."""

    FREE = "free"
    FREE_IF_ELIGIBLE = "free_if_eligible"
    SLIDING = "sliding"
    FEE = "fee"


class CareerStep(StrEnum):
    """Career-connected learning: about, for, through and at work; work-based learning is the last two."""

    CAREER_AWARENESS = "career_awareness"
    CAREER_EXPLORATION = "career_exploration"
    CAREER_PREPARATION = "career_preparation"
    CAREER_TRAINING = "career_training"


class WblType(StrEnum):
    """Kinds of work-based and career-connected learning that an employer hosts."""

    GUEST_SPEAKER = "guest_speaker"
    CAREER_FAIR = "career_fair"
    WORKPLACE_TOUR = "workplace_tour"
    INFORMATIONAL_INTERVIEW = "informational_interview"
    JOB_SHADOW = "job_shadow"
    MENTORING = "mentoring"
    INDUSTRY_PROJECT = "industry_project"
    SIMULATED_WORKPLACE = "simulated_workplace"
    SCHOOL_BASED_ENTERPRISE = "school_based_enterprise"
    INTERNSHIP = "internship"
    CLINICAL = "clinical"
    COOPERATIVE_EDUCATION = "cooperative_education"
    PRE_APPRENTICESHIP = "pre_apprenticeship"
    YOUTH_APPRENTICESHIP = "youth_apprenticeship"
    REGISTERED_APPRENTICESHIP = "registered_apprenticeship"
    EDUCATOR_EXTERNSHIP = "educator_externship"


class ResourceTerm(StrEnum):
    """Things that may be needed or offered."""

    MENTORS = "mentors"
    VOLUNTEERS = "volunteers"
    GUEST_SPEAKERS = "guest_speakers"
    SPACE = "space"
    EQUIPMENT = "equipment"
    CURRICULUM = "curriculum"
    PROFESSIONAL_DEVELOPMENT = "professional_development"
    FUNDING = "funding"
    TRANSPORTATION = "transportation"
    LEARNERS = "learners"
    INTERNSHIPS = "internships"
    JOB_SHADOWS = "job_shadows"
    FIELD_SITES = "field_sites"
    EVALUATION = "evaluation"
    DATA = "data"
    TRANSLATION = "translation"
    MEALS = "meals"
    ADMISSIONS_PATHWAY = "admissions_pathway"
    SCHOLARSHIPS = "scholarships"
    COACHING = "coaching"
    CREDENTIALING = "credentialing"
    OUTREACH = "outreach"
    LEADERSHIP = "leadership"
    TECHNICAL_ASSISTANCE = "technical_assistance"
    CO_DESIGN = "co_design"


class Intent(StrEnum):
    """What a partner wants of a partnership."""

    LEARN = "learn"
    EXCHANGE = "exchange"
    CO_DELIVER = "co_deliver"
    RECRUIT_LEARNERS = "recruit_learners"
    FUND = "fund"
    HIRE = "hire"
    SHARE_DATA = "share_data"


class CapacityStatus(StrEnum):
    """Whether a partner can take on more."""

    OPEN = "open"
    LIMITED = "limited"
    WAITLIST = "waitlist"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class Population(StrEnum):
    """Populations a partner may state that it intends to serve; local terms are allowed beside these."""

    AMERICAN_INDIAN_OR_ALASKA_NATIVE = "american_indian_or_alaska_native"
    ASIAN = "asian"
    BLACK_OR_AFRICAN_AMERICAN = "black_or_african_american"
    HISPANIC_OR_LATINO = "hispanic_or_latino"
    NATIVE_HAWAIIAN_OR_PACIFIC_ISLANDER = "native_hawaiian_or_pacific_islander"
    WHITE = "white"
    TWO_OR_MORE_RACES = "two_or_more_races"
    GIRLS_AND_WOMEN = "girls_and_women"
    MULTILINGUAL_LEARNERS = "multilingual_learners"
    LEARNERS_WITH_DISABILITIES = "learners_with_disabilities"
    FIRST_GENERATION = "first_generation"
    LOW_INCOME = "low_income"
    FOSTER = "foster"
    UNHOUSED = "unhoused"
    MIGRANT = "migrant"
    MILITARY_CONNECTED = "military_connected"
    JUSTICE_INVOLVED = "justice_involved"
    TRIBAL_CITIZENS = "tribal_citizens"
    RURAL = "rural"


class FundingStream(StrEnum):
    """Where the money of a program comes from."""

    TITLE_I = "title_i"
    TITLE_IV_B_21ST_CCLC = "title_iv_b_21st_cclc"
    PERKINS_V = "perkins_v"
    WIOA_YOUTH = "wioa_youth"
    STATE = "state"
    PHILANTHROPY = "philanthropy"
    FEE = "fee"
    OTHER = "other"


class ConditionTerm(StrEnum):
    """What a receiving organization may require first."""

    BACKGROUND_CHECK = "background_check"
    TRAINING = "training"
    SUPERVISION = "supervision"
    MANDATORY_REPORTING_BRIEFING = "mandatory_reporting_briefing"
    INSURANCE = "insurance"
    AGREEMENT = "agreement"
    FACILITY_USE = "facility_use"
    CHILD_LABOR_RULES = "child_labor_rules"
    TRANSPORT_RULE = "transport_rule"
    PHOTO_CONSENT = "photo_consent"


class Requirement(StrEnum):
    """Whether a condition is required."""

    REQUIRED = "required"
    NOT_REQUIRED = "not_required"
    UNKNOWN = "unknown"


class ContactRole(StrEnum):
    """The role of a work contact."""

    ADMISSIONS = "admissions"
    PRINCIPAL = "principal"
    AFTERSCHOOL_LEAD = "afterschool_lead"
    COMMUNITY_RELATIONS = "community_relations"
    VOLUNTEER_COORDINATOR = "volunteer_coordinator"
    PARTNERSHIPS = "partnerships"
    GENERAL = "general"


class CriterionTerm(StrEnum):
    """What makes a program a pre-college STEM program."""

    HIGH_SCHOOL = "high_school"
    OUT_OF_SCHOOL = "out_of_school"
    STEM_INTENSIVE = "stem_intensive"
    NO_FINANCIAL_BARRIER = "no_financial_barrier"
    INTENTIONAL_SERVICE = "intentional_service"
    COLLEGE_GOING_SUPPORT = "college_going_support"
    ESTABLISHED = "established"


class CriterionStatus(StrEnum):
    """Whether a criterion is met."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


class AccreditationStatus(StrEnum):
    """Where a program stands with an accreditor."""

    NOT_STARTED = "not_started"
    CANDIDATE = "candidate"
    SELF_STUDY = "self_study"
    UNDER_REVIEW = "under_review"
    ACCREDITED = "accredited"
    LAPSED = "lapsed"


class DesignationCode(StrEnum):
    """Designations of colleges."""

    HBCU = "hbcu"
    TRIBAL = "tribal"
    HSI = "hsi"
    AANAPISI = "aanapisi"
    PBI = "pbi"
    ANNH = "annh"
    NASNTI = "nasnti"


STATUTORY_DESIGNATIONS = frozenset({DesignationCode.HBCU, DesignationCode.TRIBAL})
"""Designations that are a mission by statute; the others describe enrolment and are context."""


class DesignationBasis(StrEnum):
    """What a designation rests on."""

    STATUTORY = "statutory"
    ELIGIBLE = "eligible"
    GRANTEE = "grantee"
    ENROLLMENT_THRESHOLD = "enrollment_threshold"


class Assessor(StrEnum):
    """Who gave quality evidence."""

    CERTIFIED_OBSERVER = "certified_observer"
    EXTERNAL = "external"
    SELF = "self"


class CountKind(StrEnum):
    """What a count counts."""

    ENROLLED = "enrolled"
    REACHED = "reached"
    RESIDENT = "resident"


class PlaceKind(StrEnum):
    """What kind of place it is."""

    ZIP = "zip"
    TRACT = "tract"
    CITY = "city"
    COUNTY = "county"
    DISTRICT_AREA = "district_area"
    METRO = "metro"


class Locale(StrEnum):
    """The kind of surroundings."""

    CITY = "city"
    SUBURB = "suburb"
    TOWN = "town"
    RURAL = "rural"


class InitiativeType(StrEnum):
    """What kind of initiative it is."""

    EDUCATOR_COLLABORATORY = "educator_collaboratory"
    COMMUNITY_OF_PRACTICE = "community_of_practice"
    IMPROVEMENT_COMMUNITY = "improvement_community"
    FUNDED_PROJECT = "funded_project"
    WORKSHOP_SERIES = "workshop_series"
    CAREER_CONNECTED_LEARNING = "career_connected_learning"
    STATE_INVESTMENT = "state_investment"
    ACCREDITATION_PROGRAM = "accreditation_program"


class CollegeControl(StrEnum):
    """Who controls a college."""

    PUBLIC = "public"
    PRIVATE_NONPROFIT = "private_nonprofit"
    PRIVATE_FOR_PROFIT = "private_for_profit"


class Participation(StrEnum):
    """A partner's standing in an ecosystem; no statement at all is *listed*."""

    INVITED = "invited"
    PARTICIPATING = "participating"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"


class Visibility(StrEnum):
    """Who may see a fact."""

    PUBLIC = "public"
    ECOSYSTEM = "ecosystem"
    PARTIES = "parties"
    STAFF = "staff"


class Audience(StrEnum):
    """Who an output is for."""

    STAFF = "staff"
    PARTNER = "partner"
    BOARD = "board"
    PUBLIC = "public"


class Confidence(StrEnum):
    """Who stands behind a fact."""

    PARTNER = "partner"
    STAFF = "staff"
    REGISTER = "register"
    STATED = "stated"
    INFERRED = "inferred"


class CollaborationLevel(StrEnum):
    """The names of the collaboration levels 0–5, in order."""

    NONE = "none"
    NETWORKING = "networking"
    COOPERATION = "cooperation"
    COORDINATION = "coordination"
    COALITION = "coalition"
    COLLABORATION = "collaboration"


class OfferMode(StrEnum):
    """How a program is held at a site."""

    IN_PERSON = "in_person"
    ONLINE = "online"
    HYBRID = "hybrid"


class PartKind(StrEnum):
    """In which way one organization is part of another."""

    DISTRICT = "district"
    UNIVERSITY = "university"
    FISCAL_SPONSOR = "fiscal_sponsor"
    SYSTEM = "system"
    PARENT = "parent"


class PatternName(StrEnum):
    """The link patterns; their table is in ``matchmaker.recommend.patterns``."""

    PCSP_COLLEGE = "pcsp_college"
    SCHOOL_OUT_OF_SCHOOL = "school_out_of_school"
    PROGRAM_EMPLOYER = "program_employer"
    EMPLOYER_SCHOOL = "employer_school"
    PROGRAM_NEXT_STEP = "program_next_step"
    SCHOOL_INFORMAL = "school_informal"
    EARLY_LEARNING_K2 = "early_learning_k2"
    COLLEGE_EMPLOYER = "college_employer"
    PARTNER_FUNDER = "partner_funder"
    PARTNER_INITIATIVE = "partner_initiative"
    EDUCATOR_LEARNING = "educator_learning"
    PROGRAM_COMMUNITY = "program_community"
    PCSP_PEER = "pcsp_peer"
    PCSP_COMMITMENT = "pcsp_commitment"
    ECOSYSTEM_PCSP = "ecosystem_pcsp"
    ECOSYSTEM_PEER = "ecosystem_peer"
    ECOSYSTEM_COACH = "ecosystem_coach"
    CROSS_SECTOR = "cross_sector"


class SuggestionState(StrEnum):
    """The life of a suggestion."""

    SUGGESTED = "suggested"
    SHORTLISTED = "shortlisted"
    ASKED = "asked"
    AGREED_TO_MEET = "agreed_to_meet"
    INTRODUCED = "introduced"
    MET = "met"
    AGREED = "agreed"
    ACTIVE = "active"
    ENDED = "ended"
    DECLINED = "declined"
    SNOOZED = "snoozed"
    EXPIRED = "expired"


class AnswerTerm(StrEnum):
    """One side's answer."""

    INTERESTED = "interested"
    NOT_NOW = "not_now"
    NO = "no"
    NO_ANSWER = "no_answer"


class Side(StrEnum):
    """A side of a suggestion."""

    SOURCE = "source"
    TARGET = "target"


class DeclineReason(StrEnum):
    """Why a side declines."""

    NO_CAPACITY = "no_capacity"
    NOT_RELEVANT = "not_relevant"
    TIMING = "timing"
    DISTANCE = "distance"
    COST = "cost"
    ALREADY_CONNECTED = "already_connected"
    VALUES_FIT = "values_fit"
    OTHER = "other"


class PairRuleTerm(StrEnum):
    """What hub staff say of a pair."""

    MUST_NOT_MATCH = "must_not_match"
    ALREADY_MET = "already_met"
    REMATCH_AFTER = "rematch_after"


class ContributionTag(StrEnum):
    """Whose fact a contribution rests on."""

    SOURCE = "source"
    TARGET = "target"
    PAIR = "pair"


class LikelihoodBasis(StrEnum):
    """What a likelihood rests on."""

    PRIOR = "prior"
    LOCAL = "local"


class LikelihoodBand(StrEnum):
    """How a likelihood whose basis is ``prior`` is shown to people."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class GapKind(StrEnum):
    """Kinds of gap."""

    STAGE_COVERAGE = "stage_coverage"
    TRANSITION = "transition"
    SECTOR_PAIR = "sector_pair"
    PLACE_ACCESS = "place_access"
    SEAT_SUPPLY = "seat_supply"
    CONTENT = "content"
    SEASON = "season"
    EQUITY_REACH = "equity_reach"
    TIE_DEPTH = "tie_depth"
    BROKERAGE = "brokerage"
    FRAGILITY = "fragility"
    ISOLATION = "isolation"
    UNMET_NEED = "unmet_need"
    CAPACITY = "capacity"
    ACCREDITATION = "accreditation"
    WORKFORCE_ALIGNMENT = "workforce_alignment"
    DATA_QUALITY = "data_quality"


class Knowledge(StrEnum):
    """Whether a detector can answer from stated coverage."""

    KNOWN = "known"
    NOT_KNOWN = "not_known"


class Pillar(StrEnum):
    """The five pillars of an ecosystem."""

    PARTNERSHIPS = "partnerships"
    SYSTEMS = "systems"
    TEACHING_AND_LEARNING = "teaching_and_learning"
    MEASUREMENT = "measurement"
    WORKFORCE = "workforce"


class ActDecision(StrEnum):
    """How an improvement cycle ends."""

    ADOPT = "adopt"
    ADAPT = "adapt"
    ABANDON = "abandon"
