"""What isn't recorded of a pair and would have mattered, in words. It is never held against anybody."""

import math
from collections.abc import Callable, Iterable, Mapping

import numpy as np

from matchmaker.model.vocabulary import Side
from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.reasons import PairSeen


def find_unknowns(pair: PairSeen, features: Iterable[str]) -> tuple[str, ...]:
    """Return what is missing for the given features, in one sentence for each end that lacks something."""
    missing = {name for name in features if math.isnan(pair.values[name])}
    if not missing:
        return ()
    said = []
    for end, side in ((pair.source, Side.SOURCE), (pair.target, Side.TARGET)):
        words = [
            words for words, names, lacks in _LACKING if not missing.isdisjoint(names[side]) and lacks(pair.index, end)
        ]
        if words:
            said.append(f"Not recorded for {pair.index.name(end)}: {', '.join(words)}.")
    return tuple(said)


def _either(*names: str) -> Mapping[Side, tuple[str, ...]]:
    return dict.fromkeys(Side, names)


def _own(of_source: str, of_target: str) -> Mapping[Side, tuple[str, ...]]:
    return {Side.SOURCE: (of_source,), Side.TARGET: (of_target,)}


_LACKING: tuple[tuple[str, Mapping[Side, tuple[str, ...]], Callable[[SnapshotIndex, int], bool]], ...] = (
    ("needs", _own("source_needs_met", "target_needs_met"), lambda index, end: not index.needs.needs[end]),
    ("offers", _own("target_needs_met", "source_needs_met"), lambda index, end: not index.needs.offers[end]),
    ("stages", _either("stage_fit"), lambda index, end: not index.stages.known(end)),
    ("its exact place", _either("distance_km"), lambda index, end: not index.places.placed[end]),
    ("a description", _either("content_likeness"), lambda index, end: not index.content.described[end]),
    ("fields", _either("shared_fields"), lambda index, end: not index.content.fields.rows[end]),
    ("whom it intends to serve", _either("intends_to_serve"), lambda index, end: not index.service.intends.rows[end]),
    (
        "whether it can take on more",
        _own("capacity_source", "capacity_target"),
        lambda index, end: bool(np.isnan(index.capacity.left[end])),
    ),
)
"""What may be lacking, in words; the features it matters for, by side; whether an end lacks it."""
