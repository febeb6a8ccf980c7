"""A suggestion: what it is, why, and the life it may lead."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
        _S.EXPIRED: (),
    }
)
"""Where a suggestion may go from each state.

``agreed_to_meet`` and ``introduced`` also need both sides' answer to be ``interested``. What is declined or expired
comes back as a new suggestion, of the next round.
"""


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
    if to not in {_S.AGREED_TO_MEET, _S.INTRODUCED}:
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
class Introducer:
    """A partner tied to both who could introduce them.

    Attributes
    ----------
    id, name
        Who.
    to_source, to_target
        The sentence for each side, which it addresses as "you".
    facts
        The two ties.
    """

    id: NodeId
    name: str
    to_source: str
    to_target: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """The one change of what is recorded that would move a suggestion up its list the most.

    Attributes
    ----------
    feature
        Whose value would change.
    about
        Whose fact would change.
    position
        Where the suggestion would stand then, counted from 1.
    sentence
        For staff, with the position.
    to_party
        For the one it is about, without figures.
    facts
        What is recorded now, where something is.
    """

    feature: str
    about: NodeId
    position: int
    sentence: str
    to_party: str
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Showing:
    """How a suggestion came to stand where it stands, for learning from what people do with it.

    Attributes
    ----------
    position
        Its place in the list, counted from 1; 0 where it stands in none.
    propensity
        The chance with which its slot got it: 1 unless the slot was drawn.
    kept
        Whether it stands in a slot kept for those who haven't been shown in the cycle.
    drawn
        Whether its slot was drawn by chance.
    times_shown
        How often the other had been shown in the cycle before.
    """

    position: int = 0
    propensity: float = 1.0
    kept: bool = False
    drawn: bool = False
    times_shown: int = 0


NOT_SHOWN = Showing()
"""A suggestion outside of any list."""


@dataclass(frozen=True, slots=True)
class LocalLikelihood:
    """How sure a likelihood is that was fitted here; only such a one is called calibrated.

    Attributes
    ----------
    low, high
        Between which chances it lies, 95 times of 100.
    evidence
        On how many links that formed, or decisions, it rests.
    about
        What it is the chance of, in words.
    """

    low: float
    high: float
    evidence: int
    about: str

    def sentence(self, likelihood: float) -> str:
        """Return it in words, for staff.

        >>> LocalLikelihood(0.08, 0.171, 214, "such a link forms within a year").sentence(0.12)
        '12% (8–17%) that such a link forms within a year, calibrated on n = 214'
        """
        low, middle, high = (_percent(chance) for chance in (self.low, likelihood, self.high))
        return f"{middle}% ({low}–{high}%) that {self.about}, calibrated on n = {self.evidence}"


@dataclass(frozen=True, slots=True)
class SideLikelihood:
    """The chance that one side says it is interested; only where both sides' answers to many suggestions are recorded.

    Attributes
    ----------
    likelihood, low, high
        The chance, and between which it lies, 95 times of 100.
    evidence
        To how many suggestions both sides' answers are recorded.
    """

    likelihood: float
    low: float
    high: float
    evidence: int

    def sentence(self, name: str) -> str:
        """Return it in words, for staff.

        >>> SideLikelihood(0.62, 0.5, 0.73, 64).sentence("Intel")
        'Intel would say yes: 62% (50–73%), calibrated on n = 64'
        """
        low, middle, high = (_percent(chance) for chance in (self.low, self.likelihood, self.high))
        return f"{name} would say yes: {middle}% ({low}–{high}%), calibrated on n = {self.evidence}"


def _percent(chance: float) -> str:
    return f"{100 * chance:.0f}" if chance >= 0.095 else f"{100 * chance:.2g}"


NO_SIDES: Mapping[Side, SideLikelihood] = MappingProxyType({})


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
    introducer
        A partner tied to both, where there is one.
    counterfactual
        What would move it up, where one change of what is recorded would.
    showing
        Its place in the list and how it came there.
    local
        For a likelihood that was fitted here: how sure it is; None for the prior's.
    sides
        The chance that each side says it is interested, where enough answers of both are recorded.
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
    introducer: Introducer | None = None
    counterfactual: Counterfactual | None = None
    showing: Showing = NOT_SHOWN
    local: LocalLikelihood | None = None
    sides: Mapping[Side, SideLikelihood] = field(default_factory=lambda: NO_SIDES)

    def likelihood_words(self) -> str:
        """Return the likelihood as staff read it: a word for the prior's, a calibrated number where fitted here."""
        if self.local is None:
            return f"likelihood {self.band.value} ({self.basis.value})"
        return f"likelihood {self.local.sentence(self.likelihood)}"


@dataclass(frozen=True, slots=True)
class PolicyUsed:
    """The priority policy by which a list was sorted.

    Attributes
    ----------
    name, version
        Of the named policy.
    weights
        Every weight that was used.
    digest
        Of the weights, where the caller moved one; else empty.
    """

    name: str
    version: int
    weights: Mapping[str, float]
    digest: str = ""

    @property
    def label(self) -> str:
        """The name, with the digest where weights were moved."""
        return f"{self.name}-{self.digest}" if self.digest else self.name


@dataclass(frozen=True, slots=True)
class JustBelow:
    """One that a list ends before, and what would bring it in.

    Attributes
    ----------
    other, name
        Who.
    place
        Where it stands in the order, counted from 1, before any list rule.
    counterfactual
        The one change that would bring it highest.
    """

    other: NodeId
    name: str
    place: int
    counterfactual: Counterfactual


@dataclass(frozen=True, slots=True)
class SuggestionList:
    """An answer to "who should this partner meet?", with all that is needed to get the same list again.

    Attributes
    ----------
    policy
        What it is sorted by.
    graph_hash, ledger_hash
        Digests of the graph, and of what was asked, answered, ruled and shown.
    cycle
        The cycle whose showings counted.
    kept_cost
        How much priority the slots kept for those not yet shown cost this list, 0 or more.
    just_below
        Those that one change would bring into the list.
    """

    subject: NodeId
    subject_name: str
    suggestions: tuple[Suggestion, ...]
    policy: PolicyUsed
    model: str
    seed: int
    graph_hash: str
    ledger_hash: str
    as_of: str
    ecosystem: str = ""
    notes: tuple[str, ...] = ()
    cycle: str = ""
    kept_cost: float = 0.0
    just_below: tuple[JustBelow, ...] = ()

    @property
    def id(self) -> str:
        """The list's id: the digest of all that it was made from and of what it holds."""
        policy = [f"{name} {weight!r}" for name, weight in sorted(self.policy.weights.items())]
        made_of = (self.subject, self.ecosystem, self.as_of, self.model, str(self.seed), self.graph_hash)
        return short_digest("list", *made_of, self.ledger_hash, *policy, *(one.id for one in self.suggestions))
