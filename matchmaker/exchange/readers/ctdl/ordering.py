"""In which order the components of a pathway come: those that lead to others first."""

from collections.abc import Mapping
from typing import Final

from matchmaker.exchange.readers.ctdl.graph import CtdlGraph, local_name
from matchmaker.exchange.readers.documents import fields_of, items_of

CONDITION_DEPTH: Final = 20
"""Conditions inside conditions; deeper ones are passed over."""

BEFORE: Final = ("hasChild", "precededBy", "isPrecededBy", "prerequisite")
"""Properties that name what comes before."""

AFTER: Final = ("isChildOf", "precedes", "preceeds")
"""Properties that name what comes after; the second spelling is an older one of the schema's own."""


def members_of(graph: CtdlGraph, pathway: str) -> list[str]:
    """Return the ids of a pathway's components: those it names, those that name it, and all that lead to them."""
    node = graph.nodes[pathway]
    found = graph.references(node, "hasPart", "hasChild", "hasDestinationComponent")
    found += [
        key
        for key, other in graph.nodes.items()
        if pathway in graph.references(other, "isPartOf", "isChildOf", "isDestinationComponentOf")
    ]
    members = dict.fromkeys(key for key in found if key != pathway)
    waiting = list(members)
    while waiting:
        for key in earlier_of(graph, waiting.pop()):
            if key not in members and key != pathway:
                members[key] = None
                waiting.append(key)
    return list(members)


def earlier_of(graph: CtdlGraph, key: str) -> list[str]:
    """Return the components that a component names as coming before it."""
    node = graph.nodes.get(key, {})
    return list(dict.fromkeys([*graph.references(node, *BEFORE), *_targets(graph, node, CONDITION_DEPTH)]))


def _targets(graph: CtdlGraph, node: Mapping[str, object], depth: int) -> list[str]:
    found: list[str] = []
    for item in items_of(node.get("hasCondition")):
        condition = {local_name(name): value for name, value in fields_of(item).items()}
        found += graph.references(condition, "targetComponent")
        if depth:
            found += _targets(graph, condition, depth - 1)
    return found


def steps_between(graph: CtdlGraph, members: list[str]) -> list[tuple[str, str]]:
    """Return the pairs of members of which the first comes right before the second, in the members' order."""
    known = set(members)
    pairs: list[tuple[str, str]] = []
    for key in members:
        node = graph.nodes.get(key, {})
        pairs += [(other, key) for other in earlier_of(graph, key) if other in known]
        pairs += [(key, other) for other in graph.references(node, *AFTER) if other in known]
    return list(dict.fromkeys(pair for pair in pairs if pair[0] != pair[1]))


def positions_of(members: list[str], pairs: list[tuple[str, str]]) -> tuple[dict[str, int], bool]:
    """Return each member's position from 1, later than all before it, and whether the order has no circle.

    Members on a circle come after all others, in the order in which they are named.
    """
    before: dict[str, set[str]] = {key: set() for key in members}
    after: dict[str, list[str]] = {key: [] for key in members}
    for first, second in pairs:
        before[second].add(first)
        after[first].append(second)
    positions: dict[str, int] = {}
    ready = [key for key in members if not before[key]]
    step = 1
    while ready:
        positions |= dict.fromkeys(ready, step)
        following = dict.fromkeys(other for key in ready for other in after[key])
        for other in following:
            before[other] -= set(ready)
        ready = [other for other in following if not before[other]]
        step += 1
    circled = [key for key in members if key not in positions]
    return positions | dict.fromkeys(circled, step), not circled
