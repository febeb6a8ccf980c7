"""Who can be asked now, in columns: open, with room for a request."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.dates import first_day
from matchmaker.model.vocabulary import Participation
from matchmaker.recommend.facts import NodeFacts
from matchmaker.recommend.ledger import OPEN_REQUEST_LIMIT, Ledger
from matchmaker.recommend.organizations import STANDINGS, Mask, Organizations
from matchmaker.recommend.rows import pairs_of

_AWAY = [STANDINGS.index(standing) for standing in (Participation.PAUSED, Participation.WITHDRAWN)]


@dataclass(frozen=True, slots=True, eq=False)
class StandingColumns:
    """Who can be asked now.

    Attributes
    ----------
    open
        Shape (nodes,): it, or one of those who run it, is neither closed nor paused nor withdrawn.
    limits
        Shape (nodes,): how many open requests it accepts.
    """

    open: Mask
    limits: NDArray[np.int32]


def build_standing(snapshot: Snapshot, facts: NodeFacts, organizations: Organizations) -> StandingColumns:
    """Return who can be asked at the snapshot's day."""
    limits = np.full(len(snapshot), OPEN_REQUEST_LIMIT, dtype=np.int32)
    away = np.isin(organizations.standing.codes, _AWAY)
    for index, closed in facts.texts("closed_on").items():
        away[index] |= first_day(closed) <= snapshot.as_of
    for index, stated in facts.numbers("request_limit").items():
        limits[index] = min(int(stated), np.iinfo(np.int32).max)
    return StandingColumns(_of_bodies(organizations, ~away), limits)


def find_accepting(organizations: Organizations, limits: NDArray[np.int32], ledger: Ledger) -> Mask:
    """Return which nodes accept one more request, as those who run them do."""
    busy = limits <= 0
    for index, count in ledger.open_requests.items():
        busy[index] = count >= limits[index]
    accepts = ~busy
    programs, operators = pairs_of(organizations.operators)
    accepts[programs[busy[operators]]] = False
    return accepts


def _of_bodies(organizations: Organizations, held: Mask) -> Mask:
    """Return what holds of one of those who run a node, or of itself where nobody does."""
    found = np.where(organizations.operators.holding(), False, held)
    programs, operators = pairs_of(organizations.operators)
    found[programs[held[operators]]] = True
    return found
