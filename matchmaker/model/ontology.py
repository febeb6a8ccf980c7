"""What may be said: the properties of every label and tie type, and which ends a tie may have."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from matchmaker.model import vocabulary as v
from matchmaker.model.properties import Kind, PropertySpec
from matchmaker.model.vocabulary import Label, OrganizationType, Sector, TieType, Visibility

P = PropertySpec

KEPT_PREFIX = "x_"
"""A column kept from a sheet that the model has no word for is a text property with this prefix."""


def _text(
    name: str, about: str = "", *, many: bool = False, ordered: bool = False, required: bool = False
) -> PropertySpec:
    return P(name, many=many, ordered=ordered, required=required, about=about)


def _term(
    name: str,
    terms: type[StrEnum],
    about: str = "",
    *,
    many: bool = False,
    required: bool = False,
    derived: bool = False,
) -> PropertySpec:
    return P(name, Kind.TERM, many=many, terms=terms, required=required, derived=derived, about=about)


def _code(name: str, scheme: str = "", about: str = "", *, many: bool = False) -> PropertySpec:
    return P(name, Kind.IDENTIFIER, scheme=scheme or name, about=about, many=many)


def _whole(name: str, about: str = "", maximum: float | None = None) -> PropertySpec:
    return P(name, Kind.INTEGER, minimum=0, maximum=maximum, about=about)


def _date(name: str, about: str = "") -> PropertySpec:
    return P(name, Kind.DATE, about=about)


def _seen_by(visibility: Visibility, *specs: PropertySpec) -> tuple[PropertySpec, ...]:
    return tuple(replace(spec, visibility=visibility) for spec in specs)


NAME = P("name", required=True, about="the name in use")
SHARED = (
    _date("since", "present from this day"),
    _date("until", "present before this day"),
    _term("visibility", Visibility, "who may see it, where stricter than its label's"),
)
POSITION = (
    P("latitude", Kind.FLOAT, minimum=-90, maximum=90, about="degrees north, WGS 84"),
    P("longitude", Kind.FLOAT, minimum=-180, maximum=180, about="degrees east, WGS 84"),
)
REGION = (_code("country"), _code("region"))
DESCRIPTION = _text("description", "in a sentence or two")
WEBSITE = _text("website", "address of the public page")
LANGUAGES = _code("languages", "language", "languages spoken with families and partners", many=True)
INTENDS = _text("intends_to_serve", "the partner's own statement; vocabulary terms or local ones", many=True)
STAGE = _term("stage", v.StageTerm)
STAGES = _term("stages", v.StageTerm, many=True)

_PARTNER = (
    NAME,
    _term("organization_type", OrganizationType, "the primary type", required=True),
    _term("organization_types", OrganizationType, "all types, the primary among them", many=True),
    _term("sector", Sector, "of the primary type", derived=True),
    _text("aliases", "other names in use, former names", many=True),
    DESCRIPTION,
    WEBSITE,
    _text("address", "street address, as the source writes it"),
    *(_code(name) for name in ("leaid", "ncessch", "pss_id", "unitid", "mid", "fscs", "ror", "ein", "opeid")),
    _code("web_domain"),
    _code("naics"),
    _code("isic"),
    _term("control", v.CollegeControl, "of a college"),
    P("degree_granting", Kind.BOOLEAN, about="of a college"),
    _date("closed_on", "the day it closed"),
    _code("cip_fields", "cip", "fields of study with awards", many=True),
    P(
        "pell_share",
        Kind.FLOAT,
        minimum=0,
        maximum=1,
        about="share of undergraduates with a Pell grant: context only",
    ),
    P("need_based_aid", Kind.BOOLEAN, about="the college states that it meets need with grants"),
    *POSITION,
    _term("locale", v.Locale),
    *REGION,
    LANGUAGES,
    _term("intents", v.Intent, many=True),
    INTENDS,
    _code("stem_roles", "soc", "occupations it employs people in", many=True),
    _term("wbl_offered", v.WblType, "work-based learning it offers", many=True),
    *_seen_by(
        Visibility.ECOSYSTEM,
        _whole("capacity_available", "what it can still take on, in its own unit"),
        _whole("capacity_maximum", "what it can take on at most"),
        _text("capacity_unit", "such as partners, learners or visits"),
        _date("capacity_updated_on"),
        _term("capacity_status", v.CapacityStatus),
    ),
    *_seen_by(Visibility.STAFF, _whole("request_limit", "open requests it accepts")),
    P(
        "withdrawn_everywhere",
        Kind.BOOLEAN,
        about="it asked to be left out everywhere; an ecosystem's own Record says so in that ecosystem only",
    ),
)
_PROGRAM = (
    NAME,
    _term("program_type", v.ProgramType, required=True),
    _term("setting", v.Setting, many=True),
    _term("season", v.Season, many=True),
    P("hours", Kind.FLOAT, minimum=0, about="hours with one learner over a season or year"),
    _term("family_cost", v.FamilyCost),
    LANGUAGES,
    _text("accessibility", "what it provides", many=True),
    P("transport", Kind.BOOLEAN, about="transport is provided"),
    P("meals", Kind.BOOLEAN, about="meals are provided"),
    INTENDS,
    _term("funding_streams", v.FundingStream, many=True),
    _term("career_step", v.CareerStep),
    *POSITION,
    DESCRIPTION,
    WEBSITE,
)

PROPERTIES: Mapping[Label, tuple[PropertySpec, ...]] = MappingProxyType(
    {
        Label.PARTNER: _PARTNER,
        Label.PROGRAM: _PROGRAM,
        Label.PLACE: (
            NAME,
            _term("kind", v.PlaceKind, required=True),
            _code("zip"),
            _code("county_fips"),
            _code("tract"),
            *REGION,
            *POSITION,
            _term("locale", v.Locale),
        ),
        Label.STAGE: (
            NAME,
            P("position", Kind.INTEGER, minimum=1, required=True),
            _term("next", v.StageTerm, "stages a learner may go on to", many=True),
        ),
        Label.PATHWAY: (
            NAME,
            DESCRIPTION,
            _text("career_cluster_framework", "such as National Career Clusters Framework 2024"),
            _text("career_cluster_code"),
        ),
        Label.ECOSYSTEM: (
            NAME,
            DESCRIPTION,
            WEBSITE,
            *REGION,
            P(
                "reach_km",
                Kind.FLOAT,
                minimum=0,
                maximum=20_100,
                about="how far from a member public partners count",
            ),
        ),
        Label.INITIATIVE: (
            NAME,
            _term("initiative_type", v.InitiativeType, required=True),
            DESCRIPTION,
            WEBSITE,
        ),
        Label.TOPIC: (NAME, _code("code", "cip", "CIP")),
        Label.OCCUPATION: (NAME, _code("code", "soc", "SOC"), _code("isco", about="where SOC isn't in use")),
        Label.RESOURCE: (NAME,),
        Label.NEED: _seen_by(
            Visibility.ECOSYSTEM, STAGE, _code("topic", "cip"), _whole("quantity"), _text("description")
        ),
        Label.OFFER: _seen_by(
            Visibility.ECOSYSTEM, STAGE, _code("topic", "cip"), _whole("quantity"), _text("description")
        ),
        Label.COUNT: (
            _term("kind", v.CountKind, required=True),
            STAGE,
            P("all_stages", Kind.BOOLEAN),
            _text("population", "vocabulary terms, or the source's own"),
            P("year", Kind.INTEGER, minimum=1800, maximum=2200, required=True, about="the year it starts in"),
            P("value", Kind.INTEGER, minimum=0, required=True, about="people"),
        ),
        Label.STATISTIC: (
            _text("kind", "such as annual_openings or employment", required=True),
            P("area", Kind.ID, about="a place"),
            P("year", Kind.INTEGER, minimum=1800, maximum=2200, required=True),
            P("value", Kind.FLOAT, required=True),
        ),
        Label.CONTACT: _seen_by(
            Visibility.STAFF,
            _term("role", v.ContactRole, required=True),
            _text("email"),
            _text("phone"),
            _code("language"),
            _text("name", "only where that person agreed"),
            _date("agreed_on", "the day that person agreed to be named"),
        ),
        Label.DESIGNATION: (
            _term("code", v.DesignationCode, required=True),
            _term("basis", v.DesignationBasis, required=True),
            P("year", Kind.INTEGER, minimum=1800, maximum=2200, required=True),
        ),
        Label.CONDITION: (
            _term("condition", v.ConditionTerm, required=True),
            _term("requirement", v.Requirement, required=True),
            _text("link"),
            _date("stated_on"),
        ),
        Label.CRITERION: (
            _term("criterion", v.CriterionTerm, required=True),
            _term("status", v.CriterionStatus, required=True),
            _text("fact", "what it rests on"),
            _text("link"),
        ),
        Label.QUALITY_EVIDENCE: _seen_by(
            Visibility.STAFF,
            _text("tool", required=True),
            _term("assessed_by", v.Assessor, required=True),
            _date("assessed_on"),
        ),
        Label.RATING: _seen_by(
            Visibility.STAFF,
            P("rater", Kind.ID, required=True, about="who rates"),
            _text("measure", "a label of our own", required=True),
            P("level", Kind.INTEGER, minimum=0, maximum=5, required=True),
            _date("rated_on"),
        ),
        Label.COVERAGE: (
            _term("covers", v.CoveredTerm, "a label or a tie type", required=True),
            _term("sectors", Sector, "empty: all", many=True),
            STAGES,
            P("place", Kind.ID, about="empty: the whole ecosystem"),
            P("share_answered", Kind.FLOAT, minimum=0, maximum=1, required=True),
            P("as_of", Kind.DATE, required=True),
            DESCRIPTION,
        ),
        Label.SUGGESTION: _seen_by(
            Visibility.ECOSYSTEM,
            _term("pattern", v.PatternName, required=True),
            P("source", Kind.ID, required=True),
            P("target", Kind.ID, required=True),
            _whole("round"),
            _term("state", v.SuggestionState, required=True),
            _text("staff_owner", "who on the hub's staff looks after it"),
            _date("changed_on", "the day of the last step"),
            *(_date(f"{state.value}_on", f"the latest day it became {state.value}") for state in v.SuggestionState),
        )
        + _seen_by(
            Visibility.STAFF,
            *(P(f"{side.value}_asked_on", Kind.DATE, many=True, about="the days it was asked") for side in v.Side),
            _term("waiting_for", v.Side, "the sides that were asked and haven't answered", many=True),
            _term("first_side", v.Side, "the side that is asked first"),
            _date("frozen_until", "from this day on the pair may be suggested again"),
            _term("decline_reason", v.DeclineReason, "of staff, or of the side that declined"),
            _text("note", "of the last step"),
            _text("changed_by", "who made the last step"),
            _term("tie", TieType, "the tie that is written when it becomes active"),
            _term("tie_from", v.Side, "the side at which the tie starts"),
            P("tie_source", Kind.ID, about="where the tie that was written starts"),
            P("tie_target", Kind.ID, about="where it ends"),
            _text("tie_episode", "the episode of the tie that was written"),
            P("score", Kind.FLOAT, about="as it was at the first step"),
            P("likelihood", Kind.FLOAT, minimum=0, maximum=1, about="as it was at the first step"),
            _term("basis", v.LikelihoodBasis, "what the likelihood rested on"),
            P("gap_value", Kind.FLOAT, minimum=0, maximum=1, about="as it was at the first step"),
            P("priority", Kind.FLOAT, about="as it was at the first step"),
            P("position", Kind.INTEGER, minimum=1, about="its place in the list at the first step"),
            P("propensity", Kind.FLOAT, minimum=0, maximum=1, about="the chance with which its slot got it"),
            P("shown_for", Kind.ID, about="whose list that was"),
            _text("policy", "the policy of that list"),
            _text("model", "the version of the model that scored it"),
        ),
        Label.ANSWER: (
            *_seen_by(
                Visibility.ECOSYSTEM,
                _term("side", v.Side, required=True),
                _term("answer", v.AnswerTerm, required=True),
                _date("answered_on"),
            ),
            *_seen_by(
                Visibility.STAFF,
                _term("decline_reason", v.DeclineReason),
                _text("answered_by"),
                _text("answered_how"),
            ),
        ),
        Label.PAIR_RULE: _seen_by(
            Visibility.STAFF,
            P("first", Kind.ID, required=True),
            P("second", Kind.ID, required=True),
            _term("rule", v.PairRuleTerm, required=True),
            _date("rematch_after"),
        ),
        Label.IMPROVEMENT_CYCLE: _seen_by(
            Visibility.ECOSYSTEM,
            *(_text(name) for name in ["aim", "driver", "change_idea", "prediction", "measure", "plan", "do", "study"]),
            _term("act", v.ActDecision),
        ),
        Label.REDIRECT: (P("to", Kind.ID, required=True, about="the id it goes by now"),),
    }
)


@dataclass(frozen=True, slots=True)
class End:
    """What may stand at one end of a tie.

    ``types`` and ``sectors`` narrow a Partner to those that have one of the types, or a type of the sectors;
    ``employer`` to those with the second label Employer.
    """

    label: Label
    types: frozenset[OrganizationType] = frozenset()
    sectors: frozenset[Sector] = frozenset()
    employer: bool = False

    def words(self) -> str:
        """Say it in words."""
        if self.employer:
            return v.EMPLOYER_LABEL
        narrowed = sorted(self.types) + sorted(self.sectors)
        return f"{self.label.value} ({', '.join(narrowed)})" if narrowed else self.label.value


@dataclass(frozen=True, slots=True)
class TieSpec:
    """One tie type: the pairs of ends that it allows, and its properties."""

    ends: tuple[tuple[End, End], ...]
    properties: tuple[PropertySpec, ...] = ()
    about: str = ""

    def allowed(self) -> str:
        """Say which ends are allowed."""
        return "; ".join(f"{first.words()} → {second.words()}" for first, second in self.ends)


def _ends(sources: str, targets: str) -> tuple[tuple[End, End], ...]:
    return tuple((End(Label(a)), End(Label(b))) for a in sources.split() for b in targets.split())


_EMPLOYER = End(Label.PARTNER, employer=True)
_PARTNER_END, _PROGRAM_END = End(Label.PARTNER), End(Label.PROGRAM)
_COLLEGE = End(Label.PARTNER, sectors=frozenset({Sector.HIGHER_EDUCATION}))
_ACCREDITOR = End(Label.PARTNER, types=frozenset({OrganizationType.ACCREDITOR}))


def _sides(name: str, visibility: Visibility) -> tuple[PropertySpec, PropertySpec]:
    first, second = (
        P(f"{name}_by_{side}", Kind.INTEGER, minimum=0, maximum=5, visibility=visibility)
        for side in ("source", "target")
    )
    return first, second


TIES: Mapping[TieType, TieSpec] = MappingProxyType(
    {
        TieType.PARTNERS_WITH: TieSpec(
            _ends("Partner", "Partner"),
            (
                _term("intents", v.Intent, many=True),
                *_sides("level", Visibility.STAFF),
                *_sides("trust", Visibility.STAFF),
                *_sides("value", Visibility.STAFF),
                _text("link"),
            ),
            "two organizations work together",
        ),
        TieType.OPERATES: TieSpec(_ends("Partner", "Program"), about="runs the program"),
        TieType.OFFERED_AT: TieSpec(
            _ends("Program", "Partner Place"),
            (
                _text("days", many=True, ordered=True),
                _text("start", "time of day"),
                _text("end", "time of day"),
                _term("season", v.Season, many=True),
                STAGES,
                _term("mode", v.OfferMode),
                _whole("seats", "learners it can take at this site"),
            ),
            "is held at this site",
        ),
        TieType.SERVES: TieSpec(_ends("Partner Program", "Stage"), about="serves learners of this stage"),
        TieType.FEEDS_INTO: TieSpec(_ends("Program", "Program Partner"), about="its learners go on to"),
        TieType.RECRUITS_FROM: TieSpec(_ends("Partner Program", "Partner Program"), about="finds its learners there"),
        TieType.RECOGNIZES: TieSpec(
            ((_COLLEGE, _PROGRAM_END),),
            (
                P("flags_applications", Kind.BOOLEAN),
                P("fee_waiver", Kind.BOOLEAN),
                P("scholarship", Kind.BOOLEAN),
                P("credit", Kind.BOOLEAN),
                _text("link"),
            ),
            "counts the program in admission",
        ),
        TieType.ACCREDITS: TieSpec(
            ((_ACCREDITOR, _PROGRAM_END), (_ACCREDITOR, End(Label.INITIATIVE))),
            (_term("status", v.AccreditationStatus, required=True),),
            "where the program stands with the accreditor",
        ),
        TieType.HOSTS_WBL: TieSpec(
            ((_EMPLOYER, _PROGRAM_END), (_EMPLOYER, _PARTNER_END)),
            (
                _term("wbl_type", v.WblType),
                STAGE,
                _whole("seats"),
                P("hours", Kind.FLOAT, minimum=0),
                P("paid", Kind.BOOLEAN),
                _whole("minimum_age", maximum=120),
            ),
            "hosts work-based learning",
        ),
        TieType.HIRES_FOR: TieSpec(((_EMPLOYER, End(Label.OCCUPATION)),), about="employs people in"),
        TieType.PREPARES_FOR: TieSpec(_ends("Program", "Occupation"), about="prepares learners for"),
        TieType.FUNDS: TieSpec(
            _ends("Partner", "Partner Program Initiative Ecosystem"),
            _seen_by(Visibility.ECOSYSTEM, P("amount", Kind.FLOAT, minimum=0, about="in the ecosystem's currency")),
            "gives money",
        ),
        TieType.COACHES: TieSpec(
            _ends("Partner", "Ecosystem Partner"), (P("hours", Kind.FLOAT, minimum=0),), "gives coaching"
        ),
        TieType.HAS_AGREEMENT_WITH: TieSpec(
            _ends("Partner", "Partner"),
            (
                _text("kind", "such as data_sharing, facility_use, transfer, articulation", required=True),
                _text("link"),
            ),
            "has a signed agreement; a district's covers its schools",
        ),
        TieType.MEMBER_OF: TieSpec(
            _ends("Partner Program Ecosystem", "Ecosystem Initiative"),
            (_text("role", "such as lead, co_lead, governance, participant"),),
            "belongs to",
        ),
        TieType.LOCATED_IN: TieSpec(
            _ends("Partner Program", "Place"), (P("primary", Kind.BOOLEAN),), "is in this place"
        ),
        TieType.PART_OF: TieSpec(
            (*_ends("Partner", "Partner"), *_ends("Place", "Place")),
            (_term("kind", v.PartKind),),
            "is part of, as a school of its district or a ZIP of its county",
        ),
        TieType.STATES: TieSpec(_ends("Partner Program Ecosystem", "Need Offer"), about="says so of itself"),
        TieType.CONCERNS: TieSpec(_ends("Need Offer", "Resource"), about="is about this thing"),
        TieType.ABOUT: TieSpec(_ends("Program Partner", "Topic"), about="teaches or works in"),
        TieType.INCLUDES: TieSpec(_ends("Pathway", "Program Stage"), (_whole("position"),), "has this step"),
        TieType.LEADS_TO: TieSpec(_ends("Pathway", "Occupation Stage Topic"), about="leads to"),
        TieType.COMMITTED_TO: TieSpec(
            _ends("Partner", "Initiative Program"), (_text("link"),), "has publicly committed to"
        ),
        TieType.PEERS_WITH: TieSpec(
            (*_ends("Ecosystem", "Ecosystem"), *_ends("Program", "Program")),
            about="has a standing exchange with",
        ),
        TieType.PARTICIPATES_IN: TieSpec(
            _ends("Partner", "Ecosystem"),
            (_term("status", v.Participation, required=True),),
            "its standing in the ecosystem",
        ),
        TieType.HAS: TieSpec(
            (
                *_ends("Partner Program", "Contact"),
                *_ends("Partner", "Designation Condition"),
                *_ends("Program", "Criterion QualityEvidence"),
                *_ends("Partner Program Ecosystem", "Rating"),
                *_ends("Partner Program Place Ecosystem Initiative", "Count"),
                *_ends("Occupation", "Statistic"),
                *_ends("Ecosystem", "Coverage Suggestion PairRule ImprovementCycle"),
                *_ends("Suggestion", "Answer"),
            ),
            about="its repeating facts",
        ),
    }
)

_BY_NAME = {
    label: MappingProxyType({spec.name: spec for spec in (*specs, *SHARED)}) for label, specs in PROPERTIES.items()
}
_BY_TIE_NAME = {
    type: MappingProxyType({spec.name: spec for spec in (*tie.properties, *SHARED)}) for type, tie in TIES.items()
}


def node_properties(label: Label) -> Mapping[str, PropertySpec]:
    """Return every property that a node of ``label`` may have, by name, shared ones included."""
    return _BY_NAME[label]


def tie_properties(type: TieType) -> Mapping[str, PropertySpec]:
    """Return every property that a tie of ``type`` may have, by name, shared ones included."""
    return _BY_TIE_NAME[type]


def derived_properties(label: Label, properties: Mapping[str, object]) -> dict[str, v.Sector]:
    """Return what follows from a node's other properties: a partner's ``sector``."""
    term = properties.get("organization_type")
    if label is not Label.PARTNER or not isinstance(term, str):
        return {}
    return {"sector": v.SECTOR_OF[OrganizationType(term)]}


def is_employer(label: Label, properties: Mapping[str, object]) -> bool:
    """Say whether a node has the second label Employer."""
    if label is not Label.PARTNER:
        return False
    return (
        properties.get("organization_type") == OrganizationType.EMPLOYER
        or bool(properties.get("stem_roles"))
        or bool(properties.get("wbl_offered"))
    )


def fits_end(end: End, label: Label, properties: Mapping[str, object]) -> bool:
    """Say whether a node may stand at ``end``."""
    if label is not end.label:
        return False
    listed = properties.get("organization_types")
    types = {OrganizationType(str(term)) for term in listed} if isinstance(listed, tuple) else set()
    primary = properties.get("organization_type")
    if isinstance(primary, str):
        types.add(OrganizationType(primary))
    if end.employer:
        return is_employer(label, properties)
    if end.types:
        return bool(types & end.types)
    return not end.sectors or bool({v.SECTOR_OF[term] for term in types} & end.sectors)
