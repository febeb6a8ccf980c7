"""The ties between two nodes, found in the shorter of their rows."""

import numpy as np

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.elements import Tie
from matchmaker.model.vocabulary import TieType


def ties_between(snapshot: Snapshot, source: int, target: int, type: TieType) -> tuple[Tie, ...]:
    """Return the ties of a type from one node to another, in the order of their numbers.

    Costs two look-ups in a sorted row, however many ties the two have.
    """
    forward, backward = snapshot.adjacency(type), snapshot.adjacency(type, backward=True)
    shorter = forward.of(source), forward.ties_of(source), target
    if len(backward.of(target)) < len(shorter[0]):
        shorter = backward.of(target), backward.ties_of(target), source
    row, ties, wanted = shorter
    first, last = np.searchsorted(row, [wanted, wanted + 1])
    return tuple(snapshot.ties[tie] for tie in ties[first:last].tolist())
