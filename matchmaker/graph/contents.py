"""Elements as a store returns them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from matchmaker.model.elements import Node, Record, Tie
from matchmaker.model.ids import NodeId, RecordId, Revision, TieId

Element = TypeVar("Element", Node, Record, Tie)


@dataclass(frozen=True, slots=True)
class Stored(Generic[Element]):
    """An element and its version: the revision at which it last changed."""

    element: Element
    version: int


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything visible to one owner (or to all), read at one revision, each in id order.

    ``nodes`` are those that no Records add up to; Partners, Programs and Places are in ``records`` only.
    """

    revision: Revision
    nodes: tuple[Node, ...]
    records: tuple[Record, ...]
    ties: tuple[Tie, ...]


@dataclass(frozen=True, slots=True)
class Update:
    """What changed in a store after a revision, whoever owns it: every element as it is now, None where it is gone.

    Attributes
    ----------
    since, revision
        After which revision, and the revision now.
    nodes
        Nodes that no Records add up to, and ids that are gone.
    records
        Records.
    about
        All Records about whatever a changed Record is or was about, as far as that can be known.
    ties
        Ties; also those that didn't change at a changed node of ``nodes``.
    """

    since: Revision
    revision: Revision
    nodes: Mapping[NodeId, Node | None]
    records: Mapping[RecordId, Record | None]
    about: Mapping[NodeId, tuple[Record, ...]]
    ties: Mapping[TieId, Tie | None]
