"""What an audience may see of a finished result. The ranking is the same for everybody; the words are not.

=========  ==================================================================================================
audience   sees
=========  ==================================================================================================
staff      everything in its scope
partner    reasons in words from facts that are public, the ecosystem's, or for the parties where it is one;
           no figures, no contributions, no staff rules; nobody who doesn't participate; what would bring
           it forward only where that is a fact of its own, without places in a list; nothing of showings
board      properties that are public or the ecosystem's; no suggestion, only how many there are of each kind
public     public properties only; no suggestion, only how many there are of each kind
=========  ==================================================================================================
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from matchmaker.errors import NotFound
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.elements import Node, Record, Tie
from matchmaker.model.ids import PUBLIC, NodeId
from matchmaker.model.ontology import SHARED
from matchmaker.model.records import resolve
from matchmaker.model.suggestion import (
    NOT_SHOWN,
    Counterfactual,
    Fact,
    Introducer,
    Reason,
    Suggestion,
    SuggestionList,
)
from matchmaker.model.vocabulary import Audience, Label, LikelihoodBand, Participation, Side, Visibility
from matchmaker.recommend.explanation import EQUITY_RULE, MAXIMUM_REASONS, PairExplanation, PatternExplanation
from matchmaker.recommend.index import index_snapshot
from matchmaker.recommend.rules.rule import RuleOutcome
from matchmaker.recommend.visibility import (
    node_visibility,
    parties_of,
    property_visibility,
    tie_property_visibility,
    tie_visibility,
)

HIDDEN = "hidden"
"""The feature name of the reason that counts what isn't shown."""

SHARED_NAMES = frozenset(spec.name for spec in SHARED)
"""Properties that say nothing by themselves, such as when a thing began."""

STAFF_RULES = frozenset({"no_pair_rule", "accepts_requests", "not_under_way", "not_frozen"})
"""Rules that are the staff's own business, met or not."""

_CLEARED: Mapping[Audience, frozenset[Visibility]] = MappingProxyType(
    {
        Audience.STAFF: frozenset(Visibility),
        Audience.PARTNER: frozenset({Visibility.PUBLIC, Visibility.ECOSYSTEM}),
        Audience.BOARD: frozenset({Visibility.PUBLIC, Visibility.ECOSYSTEM}),
        Audience.PUBLIC: frozenset({Visibility.PUBLIC}),
    }
)
_LISTED = frozenset({Audience.STAFF, Audience.PARTNER})


def shows_figures(audience: Audience) -> bool:
    """Say whether an audience sees scores, likelihoods, priorities and contributions."""
    return audience is Audience.STAFF


def may_see(visibility: Visibility, audience: Audience, *, party: bool = False) -> bool:
    """Say whether an audience may see something; ``party``: the reader is one of those it is about.

    >>> may_see(Visibility.PARTIES, Audience.PARTNER, party=True)
    True
    >>> may_see(Visibility.STAFF, Audience.PARTNER, party=True)
    False
    """
    if visibility in _CLEARED[audience]:
        return True
    return audience is Audience.PARTNER and visibility is Visibility.PARTIES and party


def disclose_node(
    node: Node, audience: Audience, *, party: bool = False, records: Sequence[Record] = ()
) -> Node | None:
    """Return a node with the properties that an audience may see; None where it may not know of it.

    Parameters
    ----------
    party
        The reader is one of the partners that the node is about.
    records
        The Records behind it, where there are any: a value that an ecosystem says of a public partner isn't public. The
        public gets what the public Records add up to.
    """
    if audience is Audience.STAFF:
        return node
    if not may_see(node_visibility(node, records), audience, party=party):
        return None
    if audience is Audience.PUBLIC and records:
        known = resolve([record for record in records if record.owner == PUBLIC])
        return disclose_node(known, audience, party=party) if known is not None else None
    shown = {
        name: value
        for name, value in node.properties.items()
        if may_see(property_visibility(node, name, records), audience, party=party)
    }
    said, told = (properties.keys() - SHARED_NAMES for properties in (node.properties, shown))
    return replace(node, properties=shown) if told or not said else None


def disclose_tie(tie: Tie, audience: Audience, *, party: bool = False) -> Tie | None:
    """Return a tie with the properties that an audience may see; None where it may not know of it."""
    if audience is Audience.STAFF:
        return tie
    if not may_see(tie_visibility(tie), audience, party=party):
        return None
    shown = {
        name: value
        for name, value in tie.properties.items()
        if may_see(tie_property_visibility(tie, name), audience, party=party)
    }
    return replace(tie, properties=shown)


def disclose(
    found: SuggestionList, snapshot: Snapshot, audience: Audience, reader: NodeId | None = None
) -> SuggestionList:
    """Return a list as an audience may see it.

    Where it sees no figures (`shows_figures`), they are all 0 and the band is ``low``: nothing to be shown.

    Parameters
    ----------
    snapshot
        The one that the list was made from.
    reader
        The partner that reads, for the partner audience; the subject itself where it is None. A partner gets lists for
        itself and its programs only.

    Raises
    ------
    NotFound
        The audience may not know of the subject, or the list isn't the reader's.
    """
    own = parties_of(snapshot, snapshot.index_of(found.subject))
    parties = {reader} if reader is not None else own
    _check_subject(found, snapshot, audience, parties, own)
    if audience not in _LISTED:
        return replace(
            _without_showings(found),
            subject_name=_name(snapshot, found.subject, audience),
            suggestions=(),
            notes=_counted(found),
        )
    if audience is Audience.STAFF:
        return replace(found, suggestions=tuple(map(trim_reasons, found.suggestions)))
    shown = [one for one in found.suggestions if _may_name(snapshot, audience, parties, one)]
    held = len(found.suggestions) - len(shown)
    notes = (*found.notes, f"Not shown here: {held}.") if held else found.notes
    disclosed = tuple(_disclosed(one, snapshot, parties, MAXIMUM_REASONS) for one in shown)
    return replace(_without_showings(found), suggestions=disclosed, notes=notes)


def _without_showings(found: SuggestionList) -> SuggestionList:
    """Return a list without what was shown to staff, and without those just below it."""
    return replace(found, cycle="", kept_cost=0.0, just_below=())


def disclose_suggestion(
    one: Suggestion, snapshot: Snapshot, audience: Audience, reader: NodeId | None = None
) -> Suggestion | None:
    """Return one suggestion as an audience may see it; None where it may not know of it.

    Parameters
    ----------
    reader
        The partner that reads, for the partner audience: it sees its own suggestions only.
    """
    if audience is Audience.STAFF:
        return trim_reasons(one)
    own = {party for end in (one.source, one.target) for party in parties_of(snapshot, snapshot.index_of(end))}
    parties = {reader} if reader is not None else set()
    if audience not in _LISTED or not parties & own or not _may_name(snapshot, audience, parties, one):
        return None
    return _disclosed(one, snapshot, parties, MAXIMUM_REASONS)


def disclose_explanation(
    explained: PairExplanation, snapshot: Snapshot, audience: Audience, reader: NodeId | None = None
) -> PairExplanation:
    """Return an explanation as an audience may see it.

    A partner sees the patterns whose failing rules it may all see, with reasons and without figures; the board and the
    public see the patterns' names only. Raises `NotFound` as `disclose` does.
    """
    if audience is Audience.STAFF:
        return explained
    explained = replace(explained, place=0, cycle="", times_shown=(0, 0))
    ends = (explained.source, explained.target)
    own = {party for end in ends for party in parties_of(snapshot, snapshot.index_of(end))}
    parties = {reader} if reader is not None else own
    if not all(_is_visible(snapshot, end, audience, parties) for end in ends):
        raise NotFound("pair", " and ".join(ends))
    if audience not in _LISTED or not parties & own:
        names = [_name(snapshot, end, audience) for end in ends]
        return replace(explained, source_name=names[0], target_name=names[1], patterns=(), best=None)
    patterns = tuple(
        _disclosed_pattern(one, snapshot, parties)
        for one in explained.patterns
        if _may_name(snapshot, audience, parties, one.suggestion)
        and all(_may_tell(rule, audience, parties) for rule in one.rules if not rule.met)
    )
    best = explained.best if any(one.pattern is explained.best and one.eligible for one in patterns) else None
    return replace(explained, patterns=patterns, best=best)


def _check_subject(
    found: SuggestionList,
    snapshot: Snapshot,
    audience: Audience,
    parties: Collection[NodeId],
    own: Collection[NodeId],
) -> None:
    theirs = audience is not Audience.PARTNER or bool(set(parties) & set(own))
    if not theirs or not _is_visible(snapshot, found.subject, audience, parties):
        raise NotFound("partner", found.subject)


def _counted(found: SuggestionList) -> tuple[str, ...]:
    counts = Counter(one.pattern.value for one in found.suggestions)
    if not counts:
        return ("No suggestion is open.",)
    return tuple(f"{pattern}: {number} open." for pattern, number in sorted(counts.items()))


def _is_visible(snapshot: Snapshot, id: NodeId, audience: Audience, parties: Collection[NodeId]) -> bool:
    index = snapshot.index_of(id)
    party = bool(parties_of(snapshot, index) & set(parties))
    return disclose_node(snapshot.nodes[index], audience, party=party, records=snapshot.records(id)) is not None


def _may_name(snapshot: Snapshot, audience: Audience, parties: Collection[NodeId], one: Suggestion) -> bool:
    """Say whether a suggestion's ends may be named: to partners only those who participate, or are themselves."""
    if audience is Audience.STAFF:
        return True
    ends = (one.source, one.target)
    if not all(_is_visible(snapshot, end, audience, parties) for end in ends):
        return False
    return all(is_in_portal(snapshot, end, parties) for end in ends)


def _name(snapshot: Snapshot, id: NodeId, audience: Audience) -> str:
    """Return the name that an audience may see: the public one isn't always the ecosystem's."""
    shown = disclose_node(snapshot.get_node(id), audience, records=snapshot.records(id))
    return shown.name if shown is not None else id


def is_in_portal(snapshot: Snapshot, id: NodeId, parties: Collection[NodeId]) -> bool:
    """Say whether partners may be told of a node: it is theirs, or whoever runs it participates in the ecosystem."""
    organizations, index = index_snapshot(snapshot).organizations, snapshot.index_of(id)
    bodies = [body for body in organizations.bodies(index) if snapshot.nodes[body].label is Label.PARTNER]
    if snapshot.scope.ecosystem is None or not bodies:
        return True
    return any(
        snapshot.nodes[body].id in parties or organizations.standing[body] is Participation.PARTICIPATING
        for body in bodies
    )


def _disclosed(one: Suggestion, snapshot: Snapshot, parties: Collection[NodeId], most: int) -> Suggestion:
    """Return a suggestion as partners may see it, with ``most`` reasons for either side at most."""
    audience = Audience.PARTNER
    return replace(
        one,
        score=0.0,
        intercept=0.0,
        likelihood=0.0,
        band=LikelihoodBand.LOW,
        gap_value=0.0,
        priority=0.0,
        contributions=(),
        reasons={side: _readable(reasons, audience, parties, most) for side, reasons in one.reasons.items()},
        notes=_notes(one, audience, parties),
        introducer=_shown_introducer(one.introducer, snapshot, parties),
        counterfactual=_own_counterfactual(one.counterfactual, snapshot, parties),
        showing=NOT_SHOWN,
        local=None,
        sides={},
    )


def _shown_introducer(
    introducer: Introducer | None, snapshot: Snapshot, parties: Collection[NodeId]
) -> Introducer | None:
    """Return an introducer whose ties partners may see, and who takes part."""
    if introducer is None or not all(_may_read(fact, Audience.PARTNER, parties) for fact in introducer.facts):
        return None
    seen = _is_visible(snapshot, introducer.id, Audience.PARTNER, parties)
    return introducer if seen and is_in_portal(snapshot, introducer.id, parties) else None


def _own_counterfactual(
    told: Counterfactual | None, snapshot: Snapshot, parties: Collection[NodeId]
) -> Counterfactual | None:
    """Return what the reader itself could change, without the place that it would bring."""
    if told is None or parties_of(snapshot, snapshot.index_of(told.about)).isdisjoint(parties):
        return None
    if not all(_may_read(fact, Audience.PARTNER, parties) for fact in told.facts):
        return None
    return replace(told, position=0, sentence=told.to_party)


def trim_reasons(one: Suggestion) -> Suggestion:
    """Return a suggestion with as many reasons for either side as are shown."""
    reasons = {side: reasons[:MAXIMUM_REASONS] for side, reasons in one.reasons.items()}
    return replace(one, reasons=reasons)


def _readable(
    reasons: Sequence[Reason], audience: Audience, parties: Collection[NodeId], most: int
) -> tuple[Reason, ...]:
    """Return the reasons whose every fact may be seen, and one that counts the facts that may not."""
    shown = [reason for reason in reasons if all(_may_read(fact, audience, parties) for fact in reason.facts)]
    hidden = {fact for reason in reasons for fact in reason.facts if not _may_read(fact, audience, parties)}
    if not hidden:
        return tuple(shown[:most])
    words = "one fact" if len(hidden) == 1 else f"{len(hidden)} facts"
    return (*shown[:most], Reason(HIDDEN, f"And {words} we can't show.", (), len(hidden)))


def _may_read(fact: Fact, audience: Audience, parties: Collection[NodeId]) -> bool:
    return may_see(fact.visibility, audience, party=not set(parties).isdisjoint(fact.parties))


def _notes(one: Suggestion, audience: Audience, parties: Collection[NodeId]) -> tuple[str, ...]:
    """Return the rule that makes a college equity-focused, or that it can't be shown; other notes are for staff."""
    rules = [reason for reason in one.reasons.get(Side.SOURCE, ()) if reason.feature == EQUITY_RULE]
    return tuple(
        rule.sentence
        if all(_may_read(fact, audience, parties) for fact in rule.facts)
        else "It counts as equity-focused by a rule whose facts we can't show."
        for rule in rules
    )


def _may_tell(rule: RuleOutcome, audience: Audience, parties: Collection[NodeId]) -> bool:
    return rule.name not in STAFF_RULES and all(_may_read(fact, audience, parties) for fact in rule.facts)


def _disclosed_pattern(one: PatternExplanation, snapshot: Snapshot, parties: Collection[NodeId]) -> PatternExplanation:
    rules = tuple(rule for rule in one.rules if _may_tell(rule, Audience.PARTNER, parties))
    most = max(len(reasons) for reasons in one.suggestion.reasons.values())
    return replace(one, rules=rules, found_by=(), suggestion=_disclosed(one.suggestion, snapshot, parties, most))
