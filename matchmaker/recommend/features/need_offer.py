"""Need–offer fit: what one says it needs and the other says it offers, both ways."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.elements import Node
from matchmaker.model.reference import STAGE_NAMES
from matchmaker.model.suggestion import Fact
from matchmaker.model.vocabulary import Label, ResourceTerm, StageTerm, TieType, Visibility, WblType
from matchmaker.recommend.evidence import Evidence, joined
from matchmaker.recommend.facts import NodeFacts
from matchmaker.recommend.organizations import Organizations
from matchmaker.recommend.rows import Numbers, Rows, chained, crossed, identity, rows_of_pairs, united
from matchmaker.recommend.visibility import state_fact, strictest

Floats = NDArray[np.float64]
Nodes = NDArray[np.integer]

OFFERED_AS: Mapping[WblType, ResourceTerm] = MappingProxyType(
    {
        WblType.GUEST_SPEAKER: ResourceTerm.GUEST_SPEAKERS,
        WblType.WORKPLACE_TOUR: ResourceTerm.FIELD_SITES,
        WblType.JOB_SHADOW: ResourceTerm.JOB_SHADOWS,
        WblType.MENTORING: ResourceTerm.MENTORS,
        WblType.INTERNSHIP: ResourceTerm.INTERNSHIPS,
    }
)
"""Work-based learning that an employer states it offers, as the resource it meets a need for."""

PLAIN_WEIGHT = 0.6
STAGE_WEIGHT = 0.2
TOPIC_WEIGHT = 0.2


@dataclass(frozen=True, slots=True)
class Statement:
    """One need or offer.

    Attributes
    ----------
    resource
        What it concerns.
    stage, topic
        What it is narrowed to; empty where it isn't. A topic is a CIP code.
    holder
        Index of who states it.
    node
        Index of the Need or Offer; that of the holder where the offer is a property of it (``wbl_offered``).
    """

    resource: str
    stage: str
    topic: str
    holder: int
    node: int


@dataclass(frozen=True, slots=True, eq=False)
class Statements:
    """All needs, or all offers, and whose they are; a program has its operators' too.

    Attributes
    ----------
    rows
        For each node the statements that are its own or its operators'.
    resource, stage, topic
        Shape (statements,): what each concerns and is narrowed to, as places in ``words``; 0 where it isn't.
    holder, node
        Shape (statements,): who states it, and the Need or Offer (or the holder) it stands in.
    resources
        Shape (nodes,): the resources that a node's statements concern, as bits by place in ``words``, modulo 64.
    words
        Ids of resources, stages and fields of topics; the first is empty.
    """

    rows: Rows
    resource: Numbers
    stage: Numbers
    topic: Numbers
    holder: Numbers
    node: Numbers
    resources: NDArray[np.uint64]
    words: tuple[str, ...]

    def __getitem__(self, index: int) -> list[Statement]:
        """Return a node's statements."""
        words = self.words
        return [
            Statement(
                words[self.resource[one]],
                words[self.stage[one]],
                words[self.topic[one]],
                int(self.holder[one]),
                int(self.node[one]),
            )
            for one in self.rows.of(index).tolist()
        ]

    def stated(self, nodes: Nodes) -> NDArray[np.bool_]:
        """Return which nodes have a statement."""
        found: NDArray[np.bool_] = self.rows.lengths(nodes) > 0
        return found

    def by_resource(self) -> list[Numbers]:
        """Return the nodes that state each word of ``words`` as a resource, ascending."""
        places, statements = self.rows.expand(np.arange(len(self.rows)))
        held = rows_of_pairs(len(self.words), self.resource[statements], places)
        return [held.of(word) for word in range(len(self.words))]

    def naming(self, resources: frozenset[str]) -> NDArray[np.bool_]:
        """Return which nodes state one of some resources; shape (nodes,)."""
        wanted = np.array([word in resources for word in self.words])[self.resource]
        found = np.zeros(len(self.rows), dtype=bool)
        places, statements = self.rows.expand(np.arange(len(self.rows)))
        found[places[wanted[statements]]] = True
        return found


@dataclass(frozen=True, slots=True, eq=False)
class NeedOfferColumns:
    """The needs and offers of every node; the words of both are the same."""

    needs: Statements
    offers: Statements

    def offered(self, index: int) -> set[str]:
        """Return the resources that a node offers."""
        return {statement.resource for statement in self.offers[index]}


def build_need_offer(snapshot: Snapshot, facts: NodeFacts, organizations: Organizations) -> NeedOfferColumns:
    """Return the needs and offers stated in a snapshot."""
    held: dict[Label, list[Statement]] = {Label.NEED: [], Label.OFFER: []}
    states = snapshot.adjacency(TieType.STATES)
    holders = np.repeat(np.arange(len(snapshot)), np.diff(states.starts)).tolist()
    for holder, number in zip(holders, states.others.tolist(), strict=True):
        held[snapshot.nodes[number].label].extend(_statements(snapshot, holder, number))
    for index, offered in facts.lists("wbl_offered").items():
        terms = [OFFERED_AS.get(WblType(term)) for term in offered]
        held[Label.OFFER].extend(Statement(term.value, "", "", index, index) for term in terms if term is not None)
    stated = (*held[Label.NEED], *held[Label.OFFER])
    words = ("", *sorted({word for one in stated for word in (one.resource, one.stage, one.topic)} - {""}))
    needs, offers = (_columns(len(snapshot), held[label], organizations, words) for label in held)
    return NeedOfferColumns(needs, offers)


def _columns(size: int, held: list[Statement], organizations: Organizations, words: tuple[str, ...]) -> Statements:
    code = {word: place for place, word in enumerate(words)}
    listed = [(code[one.resource], code[one.stage], code[one.topic], one.holder, one.node) for one in held]
    resource, stage, topic, holder, node = np.array(listed, dtype=np.int32).reshape(-1, 5).T.copy()
    own = rows_of_pairs(size, holder, np.arange(len(held)))
    rows = chained(united(identity(size), organizations.operators), own)
    resources = np.zeros(size, dtype=np.uint64)
    places, statements = rows.expand(np.arange(size))
    np.bitwise_or.at(resources, places, np.uint64(1) << (resource[statements] % 64).astype(np.uint64))
    return Statements(rows, resource, stage, topic, holder, node, resources, words)


def measure_met(columns: NeedOfferColumns, needing: Nodes, offering: Nodes) -> Floats:
    """Return how far offers of the one meet needs of the other; shape (pairs,), 0 or more, NaN where not recorded.

    Each kind of thing that is needed counts once, with its best match: 0.6 where the resource is equal, 0.2 more where
    both name the same stage, 0.2 more where both name the same topic (CIP, by its field of two digits); stages or
    topics that differ don't match. NaN where the one has no needs or the other no offers recorded.
    """
    needs, offers = columns.needs, columns.offers
    wanted, given = needs.resources[needing], offers.resources[offering]
    found = np.where((wanted == 0) | (given == 0), np.nan, 0.0)
    fitting = np.flatnonzero(wanted & given)
    if len(fitting):
        found[fitting] = _met(columns, needing[fitting], offering[fitting])
    return found


def _met(columns: NeedOfferColumns, needing: Nodes, offering: Nodes) -> Floats:
    """Return the sum over resources of the best match of every pair."""
    needs, offers = columns.needs, columns.offers
    pairs, need, offer = crossed(needs.rows, needing, offers.rows, offering)
    weight = _weights(needs, need, offers, offer)
    matching = np.flatnonzero(weight)
    key = pairs[matching] * len(needs.words) + needs.resource[need[matching]]
    weight = weight[matching]
    order = np.lexsort((weight, key))
    last = np.append(np.diff(key[order]) > 0, [True] * bool(len(order)))
    best = order[last.astype(bool)]
    summed: Floats = np.bincount(key[best] // len(needs.words), weight[best], len(needing)).astype(np.float64)
    return summed


def _weights(needs: Statements, need: Numbers, offers: Statements, offer: Numbers) -> Floats:
    """Return `match_weight` for many statements at once."""
    weight = np.where(needs.resource[need] == offers.resource[offer], PLAIN_WEIGHT, 0.0)
    for first, second, more in (
        (needs.stage[need], offers.stage[offer], STAGE_WEIGHT),
        (needs.topic[need], offers.topic[offer], TOPIC_WEIGHT),
    ):
        both = (first > 0) & (second > 0)
        weight = np.where(both & (first != second), 0.0, weight + more * (both & (weight > 0.0)))
    return weight


def match_weight(need: Statement, offer: Statement) -> float:
    """Return how specifically an offer meets a need, 0 or 0.6..1.

    >>> match_weight(Statement("mentors", "k_2", "", 0, 0), Statement("mentors", "", "", 1, 1))
    0.6
    >>> match_weight(Statement("mentors", "k_2", "", 0, 0), Statement("mentors", "grades_6_8", "", 1, 1))
    0.0
    """
    if need.resource != offer.resource:
        return 0.0
    weight = PLAIN_WEIGHT
    if need.stage and offer.stage:
        if need.stage != offer.stage:
            return 0.0
        weight += STAGE_WEIGHT
    if need.topic and offer.topic:
        if need.topic[:2] != offer.topic[:2]:
            return 0.0
        weight += TOPIC_WEIGHT
    return weight


def need_offer_evidence(
    snapshot: Snapshot, columns: NeedOfferColumns, needing: int, offering: int, *, source_needs: bool
) -> list[Evidence]:
    """Return the needs that are met, in words; one piece of evidence for each level of visibility."""
    groups: dict[Visibility, list[tuple[str, tuple[Fact, ...]]]] = {}
    for need, offer in _best_matches(columns, needing, offering):
        pair = (_fact(snapshot, need, "needs"), _fact(snapshot, offer, "offers"))
        seen = strictest(fact.visibility for fact in pair)
        groups.setdefault(seen, []).append((_words(need, offer), pair))
    found = []
    for group in groups.values():
        words = joined([words for words, _ in group])
        facts = tuple(dict.fromkeys(fact for _, behind in group for fact in behind))
        they_offer, they_need = f"They offer {words}, which you need.", f"They need {words}, which you offer."
        sides = (they_offer, they_need) if source_needs else (they_need, they_offer)
        found.append(Evidence("source_needs_met" if source_needs else "target_needs_met", *sides, facts))
    return found


def _best_matches(columns: NeedOfferColumns, needing: int, offering: int) -> list[tuple[Statement, Statement]]:
    best: dict[str, tuple[float, Statement, Statement]] = {}
    for need in columns.needs[needing]:
        for offer in columns.offers[offering]:
            weight = match_weight(need, offer)
            if weight > best.get(need.resource, (0.0, need, offer))[0]:
                best[need.resource] = (weight, need, offer)
    ordered = sorted(best.values(), key=lambda match: (-match[0], match[1].resource))
    return [(need, offer) for _, need, offer in ordered]


def _words(need: Statement, offer: Statement) -> str:
    words = need.resource.replace("_", " ")
    stage = need.stage if need.stage and need.stage == offer.stage else ""
    return f"{words} for {STAGE_NAMES[StageTerm(stage)]}" if stage else words


def _fact(snapshot: Snapshot, statement: Statement, verb: str) -> Fact:
    holder, node = snapshot.nodes[statement.holder], snapshot.nodes[statement.node]
    words = statement.resource.replace("_", " ")
    stage = f" for {STAGE_NAMES[StageTerm(statement.stage)]}" if statement.stage else ""
    sentence = f"{holder.name} {verb} {words}{stage}{_dated(node)}."
    if statement.node == statement.holder:
        return state_fact(snapshot, sentence, [statement.node], (), ["wbl_offered"])
    ties = [tie for _, tie in snapshot.sources(statement.node, TieType.STATES)]
    return state_fact(snapshot, sentence, [statement.node, statement.holder], ties)


def _dated(node: Node) -> str:
    since = node.get_text("since") or node.provenance.observed_on
    return f" ({since})" if since and node.label in {Label.NEED, Label.OFFER} else ""


def _statements(snapshot: Snapshot, holder: int, number: int) -> list[Statement]:
    node = snapshot.nodes[number]
    topic = node.get_text("topic")[:2]
    return [
        Statement(snapshot.nodes[resource].id, node.get_text("stage"), topic, holder, number)
        for resource in snapshot.adjacency(TieType.CONCERNS).of(number).tolist()
    ]
