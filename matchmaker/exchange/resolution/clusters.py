"""What may be merged must fit together: no merged partner may hold two different values of one identifier.

Each pair is judged by itself. Two pairs can both be certain and contradict one another: a row without an identifier
that looks like two museums with different ones. Then none of those pairs is merged without asking.
"""

from collections.abc import Callable, Iterable, Mapping

Pair = tuple[str, str]
"""Two ids."""


def find_contradicting(pairs: Iterable[Pair], identifiers: Mapping[str, Mapping[str, str]]) -> set[Pair]:
    """Return the pairs that must not be merged by themselves, whatever the order they come in.

    Parameters
    ----------
    pairs
        Pairs that are judged to be the same.
    identifiers
        Of each partner, the values of identifiers of one organization by scheme.

    Returns
    -------
    set of pair
        Where pairs lead from one partner to another with a different value of one identifier: all pairs on the way of
        which the two don't agree on an identifier themselves; where that isn't enough, the others as well.

    Examples
    --------
    >>> held = {"a": {"mid": "1"}, "b": {}, "c": {"mid": "2"}, "d": {"mid": "2"}}
    >>> sorted(find_contradicting([("a", "b"), ("b", "c"), ("c", "d")], held))
    [('a', 'b'), ('b', 'c')]
    """
    remaining = sorted(set(pairs))
    found: set[Pair] = set()

    def share_identifier(pair: Pair) -> bool:
        one, other = (identifiers.get(id, {}) for id in pair)
        return any(other.get(scheme) == value for scheme, value in one.items())

    tests: tuple[Callable[[Pair], bool], ...] = (share_identifier, lambda _: False)
    for is_kept in tests:
        at_odds = _find_at_odds(remaining, identifiers)
        found.update(pair for pair in remaining if pair[0] in at_odds and not is_kept(pair))
        remaining = [pair for pair in remaining if pair not in found]
    return found


def _find_at_odds(pairs: Iterable[Pair], identifiers: Mapping[str, Mapping[str, str]]) -> set[str]:
    """Return the members of clusters that hold two values of one identifier."""
    cluster: dict[str, set[str]] = {}
    for one, other in pairs:
        joined = cluster.get(one, {one}) | cluster.get(other, {other})
        cluster.update(dict.fromkeys(joined, joined))
    at_odds: set[str] = set()
    for members in {min(members): members for members in cluster.values()}.values():
        values = {value for id in members for value in identifiers.get(id, {}).items()}
        if len(values) > len({scheme for scheme, _ in values}):
            at_odds |= members
    return at_odds
