"""From a suggestion's id to the suggestion: the stored one, or the pair that would make it now."""

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from matchmaker.errors import Finding, InvalidInput, NotFound
from matchmaker.graph.applying import GraphReader
from matchmaker.graph.contents import Stored
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot
from matchmaker.graph.store import GraphStore
from matchmaker.model.decision import Life, answer_id, life_of
from matchmaker.model.elements import Node
from matchmaker.model.ids import EcosystemId, NodeId, is_id
from matchmaker.model.suggestion import suggestion_id
from matchmaker.model.vocabulary import Label, PatternName, Side, SuggestionState
from matchmaker.recommend.explanation import PatternExplanation
from matchmaker.recommend.index import SnapshotIndex, index_snapshot
from matchmaker.recommend.patterns import PATTERNS, Form, LinkPattern
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.services.exposure import with_exposure
from matchmaker.services.snapshots import SnapshotCache
from matchmaker.services.suggesting import explain_pair, suggest_for

_SUGGESTION_ID = re.compile(r"suggestion:[0-9a-f]{32}")
MAXIMUM_SEARCHED = 1_000_000
"""How many pairs are looked through for an id that isn't stored, where nobody says whose list showed it."""


SHOWN_LIMIT = 50
"""How long a list is made to find the place that a suggestion has in it."""


@dataclass(frozen=True, slots=True)
class Hub:
    """Whose staff work here, on which day, over which store."""

    snapshots: SnapshotCache
    ecosystem: EcosystemId
    today: datetime.date

    @property
    def store(self) -> GraphStore:
        """The store behind the snapshots."""
        return self.snapshots.store

    def snapshot(self) -> Snapshot:
        """Return the ecosystem as it is today."""
        return self.snapshots.get(Scope(self.ecosystem), self.today)

    def request(self) -> SuggestionRequest:
        """Return what a list is asked for with, to find a suggestion's place: the model in use, and what was shown."""
        return with_exposure(self.store.operations(), self.snapshot(), SuggestionRequest(limit=SHOWN_LIMIT))


@dataclass(frozen=True, slots=True)
class StoredSuggestion:
    """A suggestion as the store holds it.

    Attributes
    ----------
    node, version
        The node, and the revision at which it last changed.
    answers
        Each side's answer, where it has given one.
    """

    node: Node
    version: int
    answers: Mapping[Side, Stored[Node]] = field(default_factory=dict)

    @property
    def life(self) -> Life:
        """Where it stands."""
        return life_of(self.node, {side: answer.element for side, answer in self.answers.items()})

    @property
    def pattern(self) -> PatternName:
        """Its link pattern."""
        return PatternName(self.node.get_text("pattern"))

    @property
    def ends(self) -> Mapping[Side, NodeId]:
        """The ids of its ends."""
        return {side: NodeId(self.node.get_text(side.value)) for side in Side}


def find_stored(store: GraphStore, ecosystem: EcosystemId, id: str) -> StoredSuggestion | None:
    """Return an ecosystem's stored suggestion, or None: another one's isn't there."""
    if not is_id(id):
        return None
    return store.look_up(lambda reader: read_stored(reader, ecosystem, id))


def read_stored(reader: GraphReader, ecosystem: EcosystemId, id: str) -> StoredSuggestion | None:
    """Return an ecosystem's stored suggestion as a reader of the graph sees it, or None."""
    ids = {side: answer_id(id, side) for side in Side}
    found = reader.nodes({NodeId(id), *ids.values()})
    stored = found.get(NodeId(id))
    if stored is None or stored.element.label is not Label.SUGGESTION or str(stored.element.owner) != ecosystem:
        return None
    answers = {side: found[answer] for side, answer in ids.items() if answer in found}
    return StoredSuggestion(stored.element, stored.version, answers)


def list_stored(hub: Hub, state: SuggestionState | None = None) -> list[Node]:
    """Return an ecosystem's stored suggestions, in id order; only those in a state where one is given."""
    found = [node for _, node in hub.snapshot().iter_nodes(Label.SUGGESTION) if str(node.owner) == hub.ecosystem]
    return sorted(
        (node for node in found if state is None or node.get_text("state") == state), key=lambda node: node.id
    )


@dataclass(frozen=True, slots=True)
class Located:
    """A pair that would be suggested under an id now, with everything that speaks for it and the form that it fits."""

    explained: PatternExplanation
    form: Form
    round: int


def locate(hub: Hub, id: str, shown_for: str = "") -> Located:
    """Return the pair whose suggestion would have an id today.

    Parameters
    ----------
    shown_for
        The partner, program or ecosystem in whose list it was shown: that list is looked at first, then its pairs.
        Where it is empty, all pairs of the ecosystem's own are looked through.

    Raises
    ------
    NotFound
        No pair of this ecosystem has it.
    InvalidInput
        There are too many to look through.
    """
    if not _SUGGESTION_ID.fullmatch(id):
        raise NotFound("suggestion", id)
    snapshot = hub.snapshot()
    index = index_snapshot(snapshot)
    listed = suggest_for(snapshot, shown_for, hub.request()).suggestions if shown_for else ()
    for one in listed:
        if one.id == id:
            number = index.ledger.round_of(one.pattern, snapshot.index_of(one.source), snapshot.index_of(one.target))
            return _explained(hub, PATTERNS[one.pattern], (one.source, one.target), number)
    for pattern, source, target in _pairs(index, _subjects(index, shown_for)):
        number = index.ledger.round_of(pattern.name, source, target)
        ends = (snapshot.nodes[source].id, snapshot.nodes[target].id)
        if suggestion_id(hub.ecosystem, pattern.name, ends, number) == id:
            return _explained(hub, pattern, ends, number)
    raise NotFound("suggestion", id)


def _explained(hub: Hub, pattern: LinkPattern, ends: tuple[NodeId, NodeId], number: int) -> Located:
    """Return a pair with all that speaks for it; the ends of a symmetric pattern in the order of their ids."""
    snapshot = hub.snapshot()
    first, second = sorted(ends) if pattern.symmetric else ends
    source, target = snapshot.index_of(first), snapshot.index_of(second)
    index = index_snapshot(snapshot)
    forms = [one for one in pattern.forms if index.fits(one.source)[source] and index.fits(one.target)[target]]
    explained = explain_pair(snapshot, first, second, request=hub.request()).patterns
    found = [one for one in explained if one.pattern is pattern.name and one.suggestion.source == first]
    if not (forms and found):
        raise NotFound("suggestion", suggestion_id(hub.ecosystem, pattern.name, ends, number))
    return Located(found[0], forms[0], number)


def _subjects(index: SnapshotIndex, shown_for: str) -> list[int]:
    snapshot = index.snapshot
    if shown_for:
        return [snapshot.index_of(shown_for)]
    own = np.flatnonzero(snapshot.member).tolist()
    ecosystem = snapshot.find_index(snapshot.scope.ecosystem or "")
    return [*([] if ecosystem is None else [ecosystem]), *(int(one) for one in own)]


def _pairs(index: SnapshotIndex, subjects: list[int]) -> Iterator[tuple[LinkPattern, int, int]]:
    """Yield the pairs whose ends fit, one of them among some subjects, subject by subject.

    Raises
    ------
    InvalidInput
        They are more than `MAXIMUM_SEARCHED`.
    """
    left = MAXIMUM_SEARCHED
    for subject in subjects:
        for pattern, form, side in _ROLES:
            mine, theirs = (form.source, form.target) if side is Side.SOURCE else (form.target, form.source)
            if not index.fits(mine)[subject]:
                continue
            others = np.flatnonzero(index.fits(theirs)).tolist()
            left -= len(others)
            if left < 0:
                raise _too_many()
            for other in others:
                yield (pattern, *((subject, other) if side is Side.SOURCE else (other, subject)))


_ROLES = tuple(
    (pattern, form, side)
    for pattern in PATTERNS.values()
    for form in pattern.forms
    for side in ((Side.SOURCE,) if pattern.symmetric else Side)
)
"""Every way in which a subject may stand in a suggestion."""


def _too_many() -> InvalidInput:
    message = "the ecosystem has too many pairs to look through for a suggestion that isn't stored yet"
    return InvalidInput([Finding(message, "for", valid="the id of a partner in whose list it was shown")])
