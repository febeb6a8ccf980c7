"""Need–offer fit: what one says it needs and the other says it offers, both ways."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.elements import Node
from matchmaker.model.reference import STAGE_NAMES
from matchmaker.model.suggestion import Fact
from matchmaker.model.vocabulary import Label, ResourceTerm, StageTerm, TieType, Visibility, WblType
from matchmaker.recommend.evidence import Evidence, joined
from matchmaker.recommend.organizations import Organizations
from matchmaker.recommend.visibility import state_fact, strictest

Floats = NDArray[np.float64]

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


@dataclass(frozen=True, slots=True)
class NeedOfferColumns:
    """The needs and offers of every node; a program has its operators' too.

    ``needing`` and ``offering`` list, by resource, who needs or offers it with which statement.
    """

    needs: tuple[tuple[Statement, ...], ...]
    offers: tuple[tuple[Statement, ...], ...]
    needing: Mapping[str, tuple[tuple[int, Statement], ...]] = field(default_factory=dict)
    offering: Mapping[str, tuple[tuple[int, Statement], ...]] = field(default_factory=dict)

    def offered(self, index: int) -> set[str]:
        """Return the resources that a node offers."""
        return {statement.resource for statement in self.offers[index]}


def build_need_offer(snapshot: Snapshot, organizations: Organizations) -> NeedOfferColumns:
    """Return the needs and offers stated in a snapshot."""
    needs: list[list[Statement]] = [[] for _ in range(len(snapshot))]
    offers: list[list[Statement]] = [[] for _ in range(len(snapshot))]
    for tie in snapshot.ties:
        if tie.type is TieType.STATES:
            holder, number = snapshot.index_of(tie.source), snapshot.index_of(tie.target)
            kept = needs if snapshot.nodes[number].label is Label.NEED else offers
            kept[holder].extend(_statements(snapshot, holder, number))
    for index, node in snapshot.iter_nodes(Label.PARTNER):
        terms = [OFFERED_AS.get(WblType(term)) for term in node.get_texts("wbl_offered")]
        offers[index].extend(Statement(term.value, "", "", index, index) for term in terms if term is not None)
    for program in map(int, snapshot.indices(Label.PROGRAM)):
        for operator in organizations.operators[program]:
            needs[program].extend(one for one in needs[operator] if one.holder == operator)
            offers[program].extend(one for one in offers[operator] if one.holder == operator)
    return NeedOfferColumns(_whole(needs), _whole(offers), _by_resource(needs), _by_resource(offers))


def measure_met(columns: NeedOfferColumns, subject: int, *, subject_needs: bool) -> Floats:
    """Return how far offers of the one meet needs of the other; shape (nodes,), 0 or more, NaN where not recorded.

    Each kind of thing that is needed counts once, with its best match: 0.6 where the resource is equal, 0.2 more where
    both name the same stage, 0.2 more where both name the same topic (CIP, by its field of two digits); stages or
    topics that differ don't match. NaN where the one has no needs or the other no offers recorded.

    Parameters
    ----------
    subject_needs
        True for the subject's needs and the others' offers, False for the others' needs and the subject's offers.
    """
    own = (columns.needs if subject_needs else columns.offers)[subject]
    others = columns.offers if subject_needs else columns.needs
    index = columns.offering if subject_needs else columns.needing
    value = np.array([0.0 if stated and own else np.nan for stated in others])
    best: dict[tuple[int, str], float] = defaultdict(float)
    for statement in own:
        for other, counter in index.get(statement.resource, ()):
            weight = match_weight(statement, counter)
            key = (other, statement.resource)
            best[key] = max(best[key], weight)
    for (other, _), weight in sorted(best.items()):
        value[other] += weight
    return value


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
    return [
        Statement(snapshot.nodes[resource].id, node.get_text("stage"), node.get_text("topic"), holder, number)
        for resource, _ in snapshot.targets(number, TieType.CONCERNS)
    ]


def _whole(held: list[list[Statement]]) -> tuple[tuple[Statement, ...], ...]:
    return tuple(tuple(statements) for statements in held)


def _by_resource(held: list[list[Statement]]) -> Mapping[str, tuple[tuple[int, Statement], ...]]:
    found: dict[str, list[tuple[int, Statement]]] = defaultdict(list)
    for index, statements in enumerate(held):
        for statement in statements:
            found[statement.resource].append((index, statement))
    return {resource: tuple(pairs) for resource, pairs in found.items()}
