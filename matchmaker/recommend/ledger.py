"""What hub staff have ruled on pairs, and how many requests are open at each partner."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.dates import first_day
from matchmaker.model.vocabulary import Label, PairRuleTerm, SuggestionState

OPEN_REQUEST_LIMIT = 2
"""How many requests may be open at a partner that states no ``request_limit``."""

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Rules and open requests in a snapshot.

    Attributes
    ----------
    ruled
        Pairs of nodes, lower index first, that may not be suggested today, with the index of the pair rule.
    open_requests
        How many suggestions stand at ``asked`` by node.
    """

    ruled: Mapping[Pair, int]
    open_requests: Mapping[int, int]


def build_ledger(snapshot: Snapshot) -> Ledger:
    """Return the pair rules in force at the snapshot's day, and the open requests."""
    ruled: dict[Pair, int] = {}
    for number, node in snapshot.iter_nodes(Label.PAIR_RULE):
        first, second = snapshot.find_index(node.get_text("first")), snapshot.find_index(node.get_text("second"))
        if first is not None and second is not None and _in_force(snapshot, node.get_text("rule"), number):
            ruled[min(first, second), max(first, second)] = number
    asked: Counter[int] = Counter()
    for _, node in snapshot.iter_nodes(Label.SUGGESTION):
        if node.get_text("state") == SuggestionState.ASKED:
            ends = (snapshot.find_index(node.get_text(end)) for end in ("source", "target"))
            asked.update(end for end in ends if end is not None)
    return Ledger(ruled, asked)


def _in_force(snapshot: Snapshot, rule: str, number: int) -> bool:
    after = snapshot.nodes[number].get_text("rematch_after")
    if rule == PairRuleTerm.REMATCH_AFTER and after:
        return snapshot.as_of < first_day(after)
    return True
