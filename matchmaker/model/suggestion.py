"""A suggestion: what it is, why, and the life it may lead."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from matchmaker.errors import Finding
from matchmaker.model.freshness import UNDATED, Dated
from matchmaker.model.ids import NodeId, short_digest
from matchmaker.model.vocabulary import (
    AnswerTerm,
    ContributionTag,
    LikelihoodBand,
    LikelihoodBasis,
    PatternName,
    Side,
    SuggestionState,
    TieType,
    Visibility,
)

_S = SuggestionState
_ASIDE = (_S.DECLINED, _S.SNOOZED, _S.EXPIRED)

NEXT_STATES: Mapping[SuggestionState, tuple[SuggestionState, ...]] = MappingProxyType(
    {
        _S.SUGGESTED: (_S.SHORTLISTED, _S.ASKED, *_ASIDE),
        _S.SHORTLISTED: (_S.ASKED, *_ASIDE),
        _S.ASKED: (_S.AGREED_TO_MEET, *_ASIDE),
        _S.AGREED_TO_MEET: (_S.INTRODUCED, *_ASIDE),
        _S.INTRODUCED: (_S.MET, *_ASIDE),
        _S.MET: (_S.AGREED, *_ASIDE),
        _S.AGREED: (_S.ACTIVE, _S.DECLINED, _S.EXPIRED),
        _S.ACTIVE: (_S.ENDED,),
        _S.ENDED: (),
        _S.DECLINED: (),
        _S.SNOOZED: (_S.SUGGESTED, _S.SHORTLISTED, _S.EXPIRED),
        _S.EXPIRED: (_S.SUGGESTED,),
    }
)
"""Where a suggestion may go from each state. ``introduced`` also needs both sides' answer to be ``interested``."""


def check_move(state: SuggestionState, to: SuggestionState, answers: Mapping[Side, AnswerTerm]) -> list[Finding]:
    """Return what forbids a suggestion to go from one state to another; nothing where it may.

    Parameters
    ----------
    state, to
        Where it is and where it would go.
    answers
        The latest answer of each side that has answered.
    """
    where = f"{state.value} to {to.value}"
    if to not in NEXT_STATES[state]:
        valid = ", ".join(next.value for next in NEXT_STATES[state]) or "nothing: its life is over"
        return [Finding("a suggestion can't go this way", where=where, value=to.value, valid=valid)]
    if to is not _S.INTRODUCED:
        return []
    return [
        Finding(
            f"the {side.value} has not said that it is interested",
            where=where,
            value=answers[side].value if side in answers else "",
            valid="interested",
        )
        for side in Side
        if answers.get(side) is not AnswerTerm.INTERESTED
    ]


def suggestion_id(ecosystem: str, pattern: PatternName, ends: tuple[str, str], round_number: int = 0) -> str:
    """Return a suggestion's id: the digest of ecosystem, pattern, ends and round; the same for either side's list."""
    return short_digest("suggestion", ecosystem, pattern.value, *sorted(ends), str(round_number))


@dataclass(frozen=True, slots=True)
class Fact:
    """One recorded fact behind a reason.

    Attributes
    ----------
    sentence
        The fact in plain words.
    elements
        Ids of the nodes and ties that hold it.
    visibility
        The strictest visibility among them.
    parties
        The partners it is about, who may always see their own facts that are for ``parties``.
    dated
        The date it goes by, and how fresh it is: those of the least fresh thing among them.
    """

    sentence: str
    elements: tuple[str, ...]
    visibility: Visibility = Visibility.PUBLIC
    parties: tuple[NodeId, ...] = ()
    dated: Dated = UNDATED


@dataclass(frozen=True, slots=True)
class Contribution:
    """One feature's additive share of a score, in log-odds.

    Attributes
    ----------
    feature
        Its name in ``docs/scoring.md``.
    tag
        Whose fact it rests on.
    value
        What was measured, in the feature's own unit; None where it isn't known (then ``share`` is exactly 0).
    share
        What it adds to the score.
    facts
        What the measurement rests on.
    """

    feature: str
    tag: ContributionTag
    value: float | None
    share: float
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """A contribution in words, for one side.

    ``hidden_facts`` counts the facts behind it that this reader may not see.
    """

    feature: str
    sentence: str
    facts: tuple[Fact, ...]
    hidden_facts: int = 0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One link that may be suggested, scored and explained.

    Attributes
    ----------
    id
        See `suggestion_id`.
    pattern, tie
        The link pattern, and the tie that is written when it becomes active.
    source, target
        The ends, as the pattern orders them; with their names.
    score
        Log-odds that the link forms if introduced: the intercept and all contributions.
    likelihood, band, basis
        The score as a chance (0..1); how it is shown while it rests on the shipped prior; what it rests on.
    gap_value
        How much of the ecosystem's named gaps it closes (0..1).
    priority
        What the list is sorted by.
    reasons
        Why, for each side, the strongest first.
    unknowns
        What isn't recorded and would have mattered, in words.
    notes
        The rules that apply, such as what makes a college equity-focused; practice not confirmed.
    confirmed
        False for those listed after, as context only (practice not confirmed).
    """

    id: str
    pattern: PatternName
    tie: TieType
    source: NodeId
    target: NodeId
    source_name: str
    target_name: str
    score: float
    intercept: float
    likelihood: float
    band: LikelihoodBand
    basis: LikelihoodBasis
    gap_value: float
    priority: float
    contributions: tuple[Contribution, ...]
    reasons: Mapping[Side, tuple[Reason, ...]]
    unknowns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class SuggestionList:
    """An answer to "who should this partner meet?", with all that is needed to get the same list again."""

    subject: NodeId
    subject_name: str
    suggestions: tuple[Suggestion, ...]
    policy: str
    model: str
    seed: int
    graph_hash: str
    ledger_hash: str
    as_of: str
    ecosystem: str = ""
    notes: tuple[str, ...] = ()
