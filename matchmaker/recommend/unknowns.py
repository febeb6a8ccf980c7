"""What isn't recorded of a pair and would have mattered, in words. It is never held against anybody."""

import math
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.reasons import PairSeen


def find_unknowns(pair: PairSeen, features: Iterable[str]) -> tuple[str, ...]:
    """Return what is missing for those of the given features that couldn't be measured, each said once."""
    missing = [name for name in features if math.isnan(pair.values[name])]
    said = [sentence for name in missing if name in _SAID for sentence in _SAID[name](pair)]
    return tuple(dict.fromkeys(said))


def _of_each(known: Callable[[SnapshotIndex, int], object], words: str) -> Callable[[PairSeen], list[str]]:
    def say(pair: PairSeen) -> list[str]:
        return [words.format(pair.index.name(end)) for end in (pair.source, pair.target) if not known(pair.index, end)]

    return say


def _needs(needing: str, offering: str) -> Callable[[PairSeen], list[str]]:
    def say(pair: PairSeen) -> list[str]:
        ends = {"source": pair.source, "target": pair.target}
        said = []
        if not pair.index.needs.needs[ends[needing]]:
            said.append(f"No needs are recorded for {pair.index.name(ends[needing])}.")
        if not pair.index.needs.offers[ends[offering]]:
            said.append(f"No offers are recorded for {pair.index.name(ends[offering])}.")
        return said

    return say


def _capacity(end: str) -> Callable[[PairSeen], list[str]]:
    def say(pair: PairSeen) -> list[str]:
        name = pair.index.name(pair.source if end == "source" else pair.target)
        return [f"Whether {name} can take on more isn't recorded, or not lately."]

    return say


_SAID: Mapping[str, Callable[[PairSeen], list[str]]] = MappingProxyType(
    {
        "source_needs_met": _needs("source", "target"),
        "target_needs_met": _needs("target", "source"),
        "stage_fit": _of_each(lambda index, end: index.stages.known[end], "Which stages {} serves isn't recorded."),
        "distance_km": _of_each(lambda index, end: index.places.placed[end], "Where {} is isn't recorded."),
        "content_likeness": _of_each(
            lambda index, end: index.content.described[end], "No description of {} is recorded."
        ),
        "shared_fields": _of_each(
            lambda index, end: index.content.fields[end].names, "The fields that {} works in aren't recorded."
        ),
        "intends_to_serve": _of_each(
            lambda index, end: index.service.intends[end], "Whom {} intends to serve isn't recorded."
        ),
        "capacity_source": _capacity("source"),
        "capacity_target": _capacity("target"),
    }
)
"""How each feature says what it lacked; the others always have a value, or seldom matter."""
