"""The shipped prior: a documented judgement per pattern, fitted to nothing; people see it as low, medium, high."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from matchmaker.model.vocabulary import LikelihoodBasis, PatternName
from matchmaker.recommend.scoring.additive import PatternModel, PiecewiseTable, ScoringModel

PRIOR_ID = "prior-1"

_T = PiecewiseTable

TABLES: Mapping[str, PiecewiseTable] = MappingProxyType(
    {
        "common_neighbours": _T((0.0, 1.0, 3.0, 10.0), (0.0, 0.1, 0.2, 0.3)),
        "adamic_adar": _T((0.0, 0.5, 1.5, 4.0), (0.0, 0.1, 0.25, 0.4)),
        "resource_allocation": _T((0.0, 0.1, 0.5, 1.5), (0.0, 0.1, 0.3, 0.5)),
        "three_step_paths": _T((0.0, 0.1, 0.5, 2.0), (0.0, 0.15, 0.4, 0.7)),
        "source_needs_met": _T((0.0, 0.6, 1.2, 3.0), (0.0, 0.8, 1.2, 1.6)),
        "target_needs_met": _T((0.0, 0.6, 1.2, 3.0), (0.0, 0.8, 1.2, 1.6)),
        "stage_fit": _T((0.0, 0.5, 1.0), (-0.4, 0.2, 0.4)),
        "content_likeness": _T((0.0, 0.1, 0.3, 0.7), (0.0, 0.1, 0.35, 0.5)),
        "shared_fields": _T((0.0, 1.0, 3.0), (0.0, 0.25, 0.4)),
        "shared_occupations": _T((0.0, 1.0, 3.0), (0.0, 0.4, 0.6)),
        "distance_km": _T((0.0, 5.0, 15.0, 40.0, 100.0), (0.6, 0.35, 0.0, -0.5, -0.9), log=True),
        "same_county": _T((0.0, 1.0), (0.0, 0.15)),
        "intends_to_serve": _T((0.0, 1.0, 3.0), (0.0, 0.25, 0.5)),
        "shared_initiatives": _T((0.0, 1.0, 3.0), (0.0, 0.35, 0.6)),
        "agreement_in_place": _T((0.0, 1.0), (0.0, 0.6)),
        "capacity_source": _T((0.0, 0.5, 1.0), (0.0, 0.15, 0.3)),
        "capacity_target": _T((0.0, 0.5, 1.0), (0.0, 0.15, 0.3)),
    }
)
"""What each feature contributes by itself, before a pattern weighs it.

Needs that are met count most, since somebody asked. Ties in common count moderately and with diminishing returns: they
feed the already well tied. Likeness counts little: partners of two sectors are seldom alike. Only stages and distance
may speak against a pair, and only where they are recorded.
"""


@dataclass(frozen=True, slots=True)
class PatternPrior:
    """The judgement on one pattern.

    Attributes
    ----------
    intercept
        Log-odds that such a link forms if introduced, with nothing else recorded.
    why
        The reasoning, in a sentence.
    weights
        By how much features count more or less than in `TABLES`; 0 leaves one out.
    """

    intercept: float
    why: str
    weights: Mapping[str, float] = field(default_factory=dict)


_NO_PLACE = {"distance_km": 0.0, "same_county": 0.0}
_NO_STAGE = {"stage_fit": 0.0}
_N = PatternName

PRIOR: Mapping[PatternName, PatternPrior] = MappingProxyType(
    {
        _N.PCSP_COLLEGE: PatternPrior(
            -1.8,
            "Recognition in admission needs several offices of a college to agree, wherever it is; a shared field and "
            "people in common help most.",
            {**_NO_PLACE, **_NO_STAGE, "shared_fields": 1.5},
        ),
        _N.SCHOOL_OUT_OF_SCHOOL: PatternPrior(
            -1.2,
            "Schools often host programs after school; equal stages and a short way decide, since learners must get "
            "there.",
            {"distance_km": 1.3, "stage_fit": 1.3},
        ),
        _N.PROGRAM_EMPLOYER: PatternPrior(
            -1.6,
            "Employers join where the occupations are theirs and the way is short; it takes longer than among "
            "educators.",
            {**_NO_STAGE, "shared_occupations": 1.3},
        ),
        _N.EMPLOYER_SCHOOL: PatternPrior(
            -1.6,
            "As with programs; a school's needs for speakers, shadowing or internships say most.",
            _NO_STAGE,
        ),
        _N.PROGRAM_NEXT_STEP: PatternPrior(
            -1.3,
            "Two programs gain by passing learners on; the closer the steps, and the fields, the better.",
            {"stage_fit": 1.5, "shared_fields": 1.3},
        ),
        _N.SCHOOL_INFORMAL: PatternPrior(
            -1.2, "Visits and outreach are routine for both sides; distance is what mostly stops them."
        ),
        _N.EARLY_LEARNING_K2: PatternPrior(
            -1.4,
            "The children go on to the schools nearby whether or not the two talk; nearness decides.",
            {"distance_km": 1.5},
        ),
        _N.COLLEGE_EMPLOYER: PatternPrior(
            -1.7,
            "Colleges and employers meet through their fields and occupations; distance matters less.",
            {**_NO_STAGE, "distance_km": 0.7, "shared_occupations": 1.3},
        ),
        _N.PARTNER_FUNDER: PatternPrior(
            -2.4,
            "Most requests for money are declined; a stated need for funding met by a stated offer changes that.",
            {**_NO_STAGE, "distance_km": 0.4, "common_neighbours": 0.7},
        ),
        _N.PARTNER_INITIATIVE: PatternPrior(
            -1.4,
            "Joining an initiative costs little; people in common are how it happens.",
            {**_NO_STAGE, **_NO_PLACE, "shared_initiatives": 0.0, "three_step_paths": 1.2},
        ),
        _N.EDUCATOR_LEARNING: PatternPrior(
            -1.3,
            "Educators' learning is easy to agree on; equal stages and a short way help.",
            {"distance_km": 0.7},
        ),
        _N.PROGRAM_COMMUNITY: PatternPrior(
            -1.5,
            "Designing together takes trust; whom both intend to serve and who knows both say most.",
            {**_NO_STAGE, "intends_to_serve": 1.5},
        ),
        _N.PCSP_PEER: PatternPrior(
            -1.1,
            "Peers of one field exchange readily, and mostly at a distance.",
            {**_NO_PLACE, "agreement_in_place": 0.5},
        ),
        _N.PCSP_COMMITMENT: PatternPrior(
            -2.2,
            "A public commitment passes several desks; it comes from those who know the program already.",
            {**_NO_STAGE, "distance_km": 0.5},
        ),
        _N.ECOSYSTEM_PCSP: PatternPrior(
            -1.4,
            "A program within reach usually agrees to be counted; people in common make the call easy.",
            {**_NO_STAGE, **_NO_PLACE},
        ),
        _N.ECOSYSTEM_PEER: PatternPrior(
            -1.2,
            "Ecosystems exchange readily, mostly through networks that both belong to.",
            {**_NO_STAGE, **_NO_PLACE},
        ),
        _N.ECOSYSTEM_COACH: PatternPrior(
            -1.6,
            "Coaching is bought or granted; a stated need met by a stated offer says most.",
            {**_NO_STAGE, **_NO_PLACE},
        ),
        _N.CROSS_SECTOR: PatternPrior(
            -1.9, "With no particular purpose declared, something recorded has to speak for the pair."
        ),
    }
)
"""The judgement on every pattern."""


@cache
def prior_model() -> ScoringModel:
    """Return the shipped prior as a scoring model; the same one each time."""
    return ScoringModel(
        PRIOR_ID,
        LikelihoodBasis.PRIOR,
        MappingProxyType({name: _pattern_model(prior) for name, prior in PRIOR.items()}),
    )


def _pattern_model(prior: PatternPrior) -> PatternModel:
    weights = {name: prior.weights.get(name, 1.0) for name in TABLES}
    tables = {name: TABLES[name].scaled(weight) for name, weight in weights.items() if weight}
    return PatternModel(prior.intercept, MappingProxyType(tables))
