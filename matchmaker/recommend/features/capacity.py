"""Capacity: whether a partner says, with a date, that it can take on more."""

import datetime
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.dates import first_day
from matchmaker.model.elements import Node
from matchmaker.model.vocabulary import CapacityStatus
from matchmaker.recommend.evidence import Evidence
from matchmaker.recommend.facts import NodeFacts
from matchmaker.recommend.organizations import Organizations
from matchmaker.recommend.rows import pairs_of
from matchmaker.recommend.visibility import state_fact

Floats = NDArray[np.float64]

STALE_AFTER_DAYS = 365
"""A statement of capacity that is older says nothing about today."""

LEFT = {CapacityStatus.OPEN.value: 1.0, CapacityStatus.LIMITED.value: 0.5}
"""How a status counts; how much there is doesn't, since that would be size."""

CAPACITY_NAMES = ("capacity_status", "capacity_available", "capacity_unit", "capacity_updated_on")


@dataclass(frozen=True, slots=True, eq=False)
class CapacityColumns:
    """Whether each node has capacity left.

    Attributes
    ----------
    left
        Shape (nodes,): 1 open, 0.5 limited, NaN where not recorded, undated or older than a year.
    full
        Shape (nodes,): it (or everyone who runs it) says that it takes on no more: closed, or nothing left.
    """

    left: Floats
    full: NDArray[np.bool_]


def build_capacity(snapshot: Snapshot, facts: NodeFacts, organizations: Organizations) -> CapacityColumns:
    """Return the capacities stated in a snapshot; a program has its operators'."""
    left = np.full(len(snapshot), np.nan)
    full = np.zeros(len(snapshot), dtype=bool)
    dates = facts.texts("capacity_updated_on")
    for index, status in facts.texts("capacity_status").items():
        full[index] = status == CapacityStatus.CLOSED
        left[index] = _left(status, dates.get(index, ""), snapshot.as_of)
    full[[index for index, available in facts.numbers("capacity_available").items() if available == 0.0]] = True
    left[full] = np.nan
    programs, operators = pairs_of(organizations.operators)
    np.fmax.at(left, programs, left[operators])
    run = organizations.operators.holding()
    with_room = np.zeros(len(snapshot), dtype=bool)
    with_room[programs[~full[operators]]] = True
    full[run] = ~with_room[run]
    return CapacityColumns(left, full)


def is_full(node: Node) -> bool:
    """Say whether a partner states that it takes on no more."""
    return node.get_text("capacity_status") == CapacityStatus.CLOSED or node.find_number("capacity_available") == 0.0


def capacity_evidence(
    snapshot: Snapshot, organizations: Organizations, columns: CapacityColumns, index: int, *, of_source: bool
) -> list[Evidence]:
    """Return the capacity of one side, in words."""
    stating = [one for one in organizations.bodies(index) if not np.isnan(columns.left[one])]
    if not stating:
        return []
    node = snapshot.nodes[stating[0]]
    dated, words = node.get_text("capacity_updated_on"), _words(node)
    fact = state_fact(snapshot, f"{node.name} says it {words} ({dated}).", stating[:1], (), CAPACITY_NAMES)
    they, you = f"They say they {words} ({dated}).", f"You say you {words} ({dated})."
    sides = (you, they) if of_source else (they, you)
    return [Evidence("capacity_source" if of_source else "capacity_target", *sides, (fact,))]


def _words(node: Node) -> str:
    available, unit = node.find_number("capacity_available"), node.get_text("capacity_unit")
    if available is not None and unit:
        return f"can take on {available:g} more {unit.removesuffix('s') if available == 1 else unit}"
    return "can take on more" if node.get_text("capacity_status") == CapacityStatus.OPEN else "can take on a few more"


def _left(status: str, updated: str, as_of: datetime.date) -> float:
    if not updated or not 0 <= (as_of - first_day(updated)).days <= STALE_AFTER_DAYS:
        return float("nan")
    return LEFT.get(status, float("nan"))
