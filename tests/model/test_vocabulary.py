"""The vocabulary's tables, written out once more, so that a word that drifts is noticed."""

import itertools
from enum import StrEnum

import pytest

from matchmaker.model import vocabulary as v
from matchmaker.model.identifiers import IDENTIFIERS
from matchmaker.model.ontology import PROPERTIES, TIES, is_employer, node_properties, tie_properties
from matchmaker.model.reference import NEXT_STAGES, REFERENCE_NODES, STAGE_ISCED, STEP_OF_WBL, WORK_BASED_STEPS
from matchmaker.model.suggestion import NEXT_STATES
from matchmaker.model.vocabulary import Label, TieType, Visibility

SECTORS = {
    "early_learning": "early_learning_provider",
    "k12": "school_district k12_school private_school education_service_district",
    "out_of_school_time": "afterschool_provider summer_provider youth_organization",
    "higher_education": "two_year_college four_year_college university_center",
    "informal_learning": "museum science_center zoo_aquarium_garden library makerspace",
    "community": "community_organization family_organization faith_organization student_or_youth_led "
    "professional_association",
    "industry": "employer research_laboratory chamber_or_industry_association labor_organization",
    "philanthropy": "funder",
    "government": "government_agency workforce_board state_education_agency",
    "tribal_nation": "tribal_nation tribal_education_department",
    "backbone": "hub intermediary technical_assistance_provider accreditor",
}

TERMS: list[tuple[type[StrEnum], str]] = [
    (
        v.StageTerm,
        (
            "prek k_2 grades_3_5 grades_6_8 grades_9_12 apprenticeship_or_credential postsecondary_two_year "
            "postsecondary_four_year graduate early_career incumbent_worker"
        ),
    ),
    (
        v.ProgramType,
        (
            "pcsp afterschool_program summer_program course club competition field_trip "
            "internship apprenticeship mentoring "
            "educator_workshop educator_network family_program bridge_program"
        ),
    ),
    (v.Setting, "school_day afterschool weekend summer online home workplace community_site"),
    (v.FamilyCost, "free free_if_eligible sliding fee"),
    (v.CareerStep, "career_awareness career_exploration career_preparation career_training"),
    (
        v.WblType,
        (
            "guest_speaker career_fair workplace_tour informational_interview job_shadow mentoring industry_project "
            "simulated_workplace school_based_enterprise internship clinical cooperative_education pre_apprenticeship "
            "youth_apprenticeship registered_apprenticeship educator_externship"
        ),
    ),
    (
        v.ResourceTerm,
        (
            "mentors volunteers guest_speakers space equipment curriculum "
            "professional_development funding transportation "
            "learners internships job_shadows field_sites evaluation data translation meals "
            "admissions_pathway scholarships "
            "coaching credentialing outreach leadership technical_assistance co_design"
        ),
    ),
    (v.Intent, "learn exchange co_deliver recruit_learners fund hire share_data"),
    (v.CapacityStatus, "open limited waitlist closed unknown"),
    (v.Assessor, "certified_observer external self"),
    (v.FundingStream, "title_i title_iv_b_21st_cclc perkins_v wioa_youth state philanthropy fee other"),
    (
        v.ConditionTerm,
        (
            "background_check training supervision mandatory_reporting_briefing insurance agreement facility_use "
            "child_labor_rules transport_rule photo_consent"
        ),
    ),
    (v.Requirement, "required not_required unknown"),
    (
        v.ContactRole,
        "admissions principal afterschool_lead community_relations volunteer_coordinator partnerships general",
    ),
    (
        v.CriterionTerm,
        (
            "high_school out_of_school stem_intensive no_financial_barrier intentional_service college_going_support "
            "established"
        ),
    ),
    (v.CriterionStatus, "met not_met unknown"),
    (v.AccreditationStatus, "not_started candidate self_study under_review accredited lapsed"),
    (v.DesignationCode, "hbcu tribal hsi aanapisi pbi annh nasnti"),
    (v.DesignationBasis, "statutory eligible grantee enrollment_threshold"),
    (v.CountKind, "enrolled reached resident"),
    (v.CollaborationLevel, "none networking cooperation coordination coalition collaboration"),
    (v.Participation, "invited participating paused withdrawn"),
    (v.Visibility, "public ecosystem parties staff"),
    (v.Audience, "staff partner board public"),
    (
        v.PatternName,
        (
            "pcsp_college school_out_of_school program_employer employer_school program_next_step school_informal "
            "early_learning_k2 college_employer partner_funder partner_initiative educator_learning program_community "
            "pcsp_peer pcsp_commitment ecosystem_pcsp ecosystem_peer ecosystem_coach cross_sector"
        ),
    ),
    (
        v.SuggestionState,
        "suggested shortlisted asked agreed_to_meet introduced met agreed active ended declined snoozed expired",
    ),
    (v.AnswerTerm, "interested not_now no no_answer"),
    (v.DeclineReason, "no_capacity not_relevant timing distance cost already_connected values_fit other"),
    (v.ContributionTag, "source target pair"),
    (v.LikelihoodBasis, "prior local"),
    (v.LikelihoodBand, "low medium high"),
    (v.PairRuleTerm, "must_not_match already_met rematch_after"),
    (
        v.GapKind,
        (
            "stage_coverage transition sector_pair place_access seat_supply content season "
            "equity_reach tie_depth brokerage "
            "fragility isolation unmet_need capacity accreditation workforce_alignment data_quality"
        ),
    ),
    (v.Pillar, "partnerships systems teaching_and_learning measurement workforce"),
    (v.ActDecision, "adopt adapt abandon"),
]

ENDS = {
    "PARTNERS_WITH": "Partner-Partner",
    "OPERATES": "Partner-Program",
    "OFFERED_AT": "Program-Partner Program-Place",
    "SERVES": "Partner-Stage Program-Stage",
    "FEEDS_INTO": "Program-Program Program-Partner",
    "RECRUITS_FROM": "Partner-Partner Partner-Program Program-Partner Program-Program",
    "RECOGNIZES": "Partner-Program",
    "ACCREDITS": "Partner-Program Partner-Initiative",
    "HOSTS_WBL": "Partner-Program Partner-Partner",
    "HIRES_FOR": "Partner-Occupation",
    "PREPARES_FOR": "Program-Occupation",
    "FUNDS": "Partner-Partner Partner-Program Partner-Initiative Partner-Ecosystem",
    "COACHES": "Partner-Ecosystem Partner-Partner",
    "HAS_AGREEMENT_WITH": "Partner-Partner",
    "MEMBER_OF": "Partner-Ecosystem Partner-Initiative Program-Ecosystem Program-Initiative Ecosystem-Ecosystem "
    "Ecosystem-Initiative",
    "LOCATED_IN": "Partner-Place Program-Place",
    "PART_OF": "Partner-Partner Place-Place",
    "STATES": "Partner-Need Partner-Offer Program-Need Program-Offer Ecosystem-Need Ecosystem-Offer",
    "CONCERNS": "Need-Resource Offer-Resource",
    "ABOUT": "Program-Topic Partner-Topic",
    "INCLUDES": "Pathway-Program Pathway-Stage",
    "LEADS_TO": "Pathway-Occupation Pathway-Stage Pathway-Topic",
    "COMMITTED_TO": "Partner-Initiative Partner-Program",
    "PEERS_WITH": "Ecosystem-Ecosystem Program-Program",
    "PARTICIPATES_IN": "Partner-Ecosystem",
}

TIE_PROPERTIES = {
    "PARTNERS_WITH": "intents level_by_source level_by_target trust_by_source trust_by_target value_by_source "
    "value_by_target",
    "OFFERED_AT": "days start end season stages mode seats",
    "RECOGNIZES": "flags_applications fee_waiver scholarship credit",
    "ACCREDITS": "status",
    "HOSTS_WBL": "wbl_type stage seats hours paid minimum_age",
    "FUNDS": "amount",
    "COACHES": "hours",
    "HAS_AGREEMENT_WITH": "kind",
    "MEMBER_OF": "role",
    "LOCATED_IN": "primary",
    "PART_OF": "kind",
    "INCLUDES": "position",
    "COMMITTED_TO": "link",
    "PARTICIPATES_IN": "status",
}

NODE_PROPERTIES = {
    "Partner": "name aliases organization_type organization_types sector description leaid ncessch pss_id unitid mid "
    "fscs ror ein opeid web_domain naics isic latitude longitude locale country capacity_available capacity_maximum "
    "capacity_unit capacity_updated_on capacity_status request_limit intents languages website stem_roles wbl_offered "
    "withdrawn_everywhere intends_to_serve",
    "Program": "name program_type setting season hours family_cost languages accessibility transport meals "
    "intends_to_serve funding_streams latitude longitude description",
    "Stage": "position next",
    "Pathway": "name career_cluster_framework career_cluster_code",
    "Ecosystem": "name region country",
    "Initiative": "name initiative_type",
    "Place": "kind latitude longitude locale zip county_fips tract",
    "Count": "kind stage all_stages population year value",
    "Topic": "code name",
    "Occupation": "code isco name",
    "Need": "stage topic quantity since until",
    "Offer": "stage topic quantity since until",
    "Contact": "role email phone language name agreed_on",
    "Designation": "code basis year",
    "Condition": "condition requirement link stated_on",
    "Criterion": "criterion status fact",
    "QualityEvidence": "tool assessed_by assessed_on",
    "Rating": "rater level rated_on",
    "Coverage": "covers sectors place share_answered as_of",
    "Suggestion": "pattern source target round state staff_owner",
    "Answer": "side answer decline_reason answered_by answered_on answered_how",
    "PairRule": "first second rule rematch_after",
    "ImprovementCycle": "aim driver change_idea prediction measure plan do study act",
    "Redirect": "to",
}


@pytest.mark.parametrize(("terms", "words"), TERMS, ids=lambda value: getattr(value, "__name__", ""))
def test_every_enumeration_has_its_words_in_order(terms: type[StrEnum], words: str) -> None:
    assert [term.value for term in terms] == words.split()


def test_every_organization_type_has_its_sector() -> None:
    expected = {term: sector for sector, terms in SECTORS.items() for term in terms.split()}
    assert {term.value: sector.value for term, sector in v.SECTOR_OF.items()} == expected
    assert {term.value for term in v.OrganizationType} == set(expected)
    assert [sector.value for sector in v.Sector] == list(SECTORS)


def test_populations_and_places_have_the_words_named() -> None:
    named = (
        "girls_and_women multilingual_learners learners_with_disabilities first_generation low_income foster unhoused "
        "migrant military_connected justice_involved tribal_citizens rural"
    )
    assert set(named.split()) <= {term.value for term in v.Population}
    assert {"zip", "tract", "county", "district_area", "metro"} <= {term.value for term in v.PlaceKind}


def test_every_tie_type_has_its_ends() -> None:
    ends = {
        type.value: {f"{first.label.value}-{second.label.value}" for first, second in spec.ends}
        for type, spec in TIES.items()
        if type is not TieType.HAS
    }
    assert ends == {type: set(pairs.split()) for type, pairs in ENDS.items()}
    assert {type.value for type in TieType} == {*ENDS, "HAS"}


def test_every_repeating_fact_is_had() -> None:
    had = {second.label for _, second in TIES[TieType.HAS].ends}
    facts = "Contact Designation Condition Criterion QualityEvidence Rating Count Statistic Coverage Suggestion Answer"
    assert had == {Label(word) for word in f"{facts} PairRule ImprovementCycle".split()}


def test_narrowed_ends_say_whom_they_allow() -> None:
    assert TIES[TieType.RECOGNIZES].allowed() == "Partner (higher_education) → Program"
    assert TIES[TieType.ACCREDITS].allowed() == "Partner (accreditor) → Program; Partner (accreditor) → Initiative"
    assert TIES[TieType.HOSTS_WBL].allowed() == "Employer → Program; Employer → Partner"
    assert TIES[TieType.HIRES_FOR].allowed() == "Employer → Occupation"


def test_the_undirected_ties_are_two() -> None:
    assert {type.value for type in v.UNDIRECTED} == {"PARTNERS_WITH", "PEERS_WITH"}


def test_every_tie_may_have_an_interval_and_its_own_properties() -> None:
    for type in TieType:
        expected = {*TIE_PROPERTIES.get(type.value, "").split(), "since", "until", "visibility"}
        assert expected <= set(tie_properties(type)), type
        assert set(tie_properties(type)) - expected <= {"link"}, type


def test_every_label_has_its_properties() -> None:
    assert set(PROPERTIES) == set(Label)
    for label, words in NODE_PROPERTIES.items():
        assert {*words.split(), "since", "until", "visibility"} <= set(node_properties(Label(label))), label


def test_levels_run_from_0_to_5() -> None:
    sides = [f"{kind}_by_{side}" for kind in ("level", "trust", "value") for side in ("source", "target")]
    specs = [tie_properties(TieType.PARTNERS_WITH)[name] for name in sides]
    assert {(spec.minimum, spec.maximum, spec.visibility) for spec in specs} == {(0, 5, Visibility.STAFF)}


@pytest.mark.parametrize(
    ("visibility", "label", "names"),
    [
        (Visibility.ECOSYSTEM, Label.NEED, "stage topic quantity description"),
        (Visibility.ECOSYSTEM, Label.OFFER, "stage topic quantity description"),
        (Visibility.ECOSYSTEM, Label.PARTNER, "capacity_available capacity_maximum capacity_unit capacity_status"),
        (Visibility.ECOSYSTEM, Label.ANSWER, "side answer answered_on"),
        (Visibility.STAFF, Label.ANSWER, "decline_reason answered_by answered_how"),
        (Visibility.STAFF, Label.CONTACT, "role email phone name agreed_on"),
        (Visibility.STAFF, Label.RATING, "rater measure level rated_on"),
        (Visibility.STAFF, Label.QUALITY_EVIDENCE, "tool assessed_by assessed_on"),
        (Visibility.PUBLIC, Label.PARTNER, "name organization_type unitid latitude website"),
    ],
)
def test_who_may_see_what_by_default(visibility: Visibility, label: Label, names: str) -> None:
    assert {node_properties(label)[name].visibility for name in names.split()} == {visibility}


def test_amounts_are_for_the_ecosystem() -> None:
    assert tie_properties(TieType.FUNDS)["amount"].visibility is Visibility.ECOSYSTEM


def test_coverage_speaks_of_labels_and_tie_types() -> None:
    assert [term.value for term in v.CoveredTerm] == [term.value for terms in (Label, TieType) for term in terms]


def test_employers_are_partners_that_state_it() -> None:
    assert is_employer(Label.PARTNER, {"organization_type": "employer"})
    assert is_employer(Label.PARTNER, {"organization_type": "library", "stem_roles": ("17-2061",)})
    assert is_employer(Label.PARTNER, {"organization_type": "school_district", "wbl_offered": ("internship",)})
    assert not is_employer(Label.PARTNER, {"organization_type": "library", "organization_types": ("employer",)})
    assert not is_employer(Label.PROGRAM, {"wbl_offered": ("internship",)})


def test_reference_data_is_the_stages_and_resources() -> None:
    assert {node.id for node in REFERENCE_NODES} == {
        *(stage.value for stage in v.StageTerm),
        *(term.value for term in v.ResourceTerm),
    }
    assert set(NEXT_STAGES) == set(STAGE_ISCED) == set(v.StageTerm)
    assert v.StageTerm.POSTSECONDARY_FOUR_YEAR in NEXT_STAGES[v.StageTerm.POSTSECONDARY_TWO_YEAR]
    assert all(code in "012345678" for codes in STAGE_ISCED.values() for code in codes)


def test_work_based_learning_is_the_last_two_steps() -> None:
    assert [step for step in v.CareerStep if step in WORK_BASED_STEPS] == list(v.CareerStep)[2:]
    assert set(v.WblType) - set(STEP_OF_WBL) == {v.WblType.EDUCATOR_EXTERNSHIP}


def test_the_life_of_a_suggestion_runs_straight_or_aside() -> None:
    straight = ["suggested", "shortlisted", "asked", "agreed_to_meet", "introduced", "met", "agreed", "active", "ended"]
    for first, second in itertools.pairwise(straight):
        assert v.SuggestionState(second) in NEXT_STATES[v.SuggestionState(first)]
    assert set(NEXT_STATES) == set(v.SuggestionState)


def test_every_identifier_named_is_known() -> None:
    named = (
        "leaid ncessch pss_id unitid mid fscs ror ein opeid web_domain naics isic soc isco cip isced zip county_fips"
    )
    assert {*named.split(), "tract", "country", "region", "language"} == set(IDENTIFIERS)
    unique = {scheme for scheme, rule in IDENTIFIERS.items() if rule.unique}
    assert unique == {"leaid", "ncessch", "pss_id", "unitid", "mid", "fscs", "ror"}
