"""All detectors, and the order of their answers."""

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

from matchmaker.gaps.needs import unmet_need
from matchmaker.gaps.network import isolation, sector_pair
from matchmaker.gaps.options import DEFAULT_OPTIONS, GapOptions
from matchmaker.gaps.places import place_access
from matchmaker.gaps.stages import stage_coverage, transition
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.gap import Gap
from matchmaker.model.vocabulary import GapKind, Knowledge

Detector = Callable[[Snapshot, GapOptions], list[Gap]]

DETECTORS: Mapping[GapKind, Detector] = MappingProxyType(
    {
        GapKind.STAGE_COVERAGE: stage_coverage,
        GapKind.TRANSITION: transition,
        GapKind.SECTOR_PAIR: sector_pair,
        GapKind.PLACE_ACCESS: place_access,
        GapKind.ISOLATION: isolation,
        GapKind.UNMET_NEED: unmet_need,
    }
)
"""The kinds of gap that can be detected, in the order in which they are told."""


def detect(
    snapshot: Snapshot, kinds: Collection[GapKind] = (), options: GapOptions = DEFAULT_OPTIONS
) -> tuple[Gap, ...]:
    """Return the gaps among the members of a snapshot's ecosystem, and what isn't known.

    By kind in the order of `DETECTORS`; within a kind what is known first, the largest first, then by id.

    Parameters
    ----------
    snapshot
        In the scope of an ecosystem: without one there are no coverage statements, and nothing is known.
    kinds
        The kinds to look for; empty for all. Kinds without a detector give nothing.
    """
    found: list[Gap] = []
    for kind, detector in DETECTORS.items():
        if not kinds or kind in kinds:
            found += sorted(detector(snapshot, options), key=_order)
    return tuple(found)


def _order(gap: Gap) -> tuple[bool, float, str]:
    return (gap.knowledge is Knowledge.NOT_KNOWN, -(gap.size or 0.0), gap.id)
