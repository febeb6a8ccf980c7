"""Elements as a store returns them."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from matchmaker.model.elements import Node, Record, Tie
from matchmaker.model.ids import Revision

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
