"""What may leave: an ecosystem's graph as one audience may have it, on its way into a file."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from matchmaker.exchange.bundle import FILES, FileSpec
from matchmaker.model.canonical import add_digests, show_hash
from matchmaker.model.elements import Node, Tie
from matchmaker.model.ids import EcosystemId, NodeId
from matchmaker.model.reference import REFERENCE_NODES
from matchmaker.model.vocabulary import REFERENCE_LABELS, Audience, Label, TieType

FILE_OF: Mapping[Label, FileSpec] = MappingProxyType(
    {spec.label: spec for spec in FILES.values() if spec.label is not None}
)
"""The file of the bundle that holds the nodes of each label."""

PUBLISHED_LABELS = frozenset(FILE_OF)
"""The labels of facts. What was suggested, answered, ruled out, planned or merged is no fact, and never leaves."""

STATEMENT_TIES = frozenset({TieType.HAS, TieType.STATES, TieType.CONCERNS})
"""The ties that a statement consists of."""


@dataclass(frozen=True)
class Published:
    """A graph that may leave, closed in itself: every end of a tie and every id that a property names is in it.

    Built by `matchmaker.services.exporting.publish`. Every element stands for itself: loaded into an empty store in
    any format that carries everything, the store's ``hashes().graph`` is `graph_hash`.

    Attributes
    ----------
    title
        The ecosystem's name.
    ecosystem
        Its id; it is among the nodes.
    as_of
        The day that is looked at.
    audience
        Whom it may be given to.
    nodes
        In id order, without the reference data (`matchmaker.model.reference`), which every store has. All carry
        provenance, Partners, Programs and Places that of the Records behind them taken together.
    ties
        In order of type, source, target and episode; their ends are among the nodes or the reference data.
    suppressed
        How many counts of people were left out for being small, or because a small one could be worked out from them.
    """

    title: str
    ecosystem: EcosystemId
    as_of: datetime.date
    audience: Audience
    nodes: tuple[Node, ...]
    ties: tuple[Tie, ...]
    suppressed: int = 0

    @cached_property
    def graph_hash(self) -> str:
        """The graph hash of a store that holds this and nothing else beside the reference data."""
        digests = [node.graph_digest() for node in (*REFERENCE_NODES, *self.nodes)]
        return show_hash(add_digests([*digests, *(tie.graph_digest() for tie in self.ties)]))

    @cached_property
    def by_id(self) -> Mapping[NodeId, Node]:
        """Every node by id, the reference data included."""
        return MappingProxyType({node.id: node for node in (*REFERENCE_NODES, *self.nodes)})

    def labelled(self, label: Label) -> tuple[Node, ...]:
        """Return the nodes of a label, in id order; Stages and Resources from the reference data."""
        nodes = REFERENCE_NODES if label in REFERENCE_LABELS else self.nodes
        return tuple(node for node in nodes if node.label is label)

    def typed(self, type: TieType) -> tuple[Tie, ...]:
        """Return the ties of a type, in order of source, target and episode."""
        return tuple(tie for tie in self.ties if tie.type is type)
