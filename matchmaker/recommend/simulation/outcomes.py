"""What a simulation ends in: how evenly ties are spread, and whose networks grew, at equally many links formed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommend.simulation.rounds import Method, SimulatedRun, SimulationSettings, run_method
from matchmaker.recommend.simulation.world import Floats, SimulatedWorld
from matchmaker.recommend.topology.relation import RelationGraph


@dataclass(frozen=True, slots=True)
class BandOutcome:
    """How one band of partners fared: how many they are, and their mean number of ties at the start and at the end."""

    name: str
    partners: int
    ties_before: float
    ties_after: float


@dataclass(frozen=True, slots=True)
class MethodOutcome:
    """What one method led to when as many links had formed as under every other one.

    Attributes
    ----------
    gini
        Of the active partners' numbers of ties (0 equal, 1 all with one).
    formed
        How many links all its rounds formed.
    rounds, questions
        After how many rounds and questions it had formed the links compared.
    top_share
        The share of the new ends that went to the tenth of the active partners with the most ties at the start.
    """

    method: Method
    gini: float
    formed: int
    rounds: int
    questions: int
    top_share: float
    bands: tuple[BandOutcome, ...]


@dataclass(frozen=True, slots=True)
class SimulationOutcome:
    """All methods side by side.

    Attributes
    ----------
    links
        How many links are compared: as many as the slowest method formed.
    gini_before
        At the start.
    """

    settings: SimulationSettings
    partners: int
    pairs: int
    links: int
    gini_before: float
    methods: tuple[MethodOutcome, ...]

    def get(self, method: Method) -> MethodOutcome:
        """Return one method's outcome."""
        return next(one for one in self.methods if one.method is method)


def simulate(world: SimulatedWorld, settings: SimulationSettings) -> SimulationOutcome:
    """Run every method on the same world with the same planted answers, and compare them at equal links formed."""
    runs = [run_method(world, settings, method) for method in Method]
    links = min(len(run.links) for run in runs)
    before = _degrees(world, np.zeros((0, 2), dtype=np.int32))
    return SimulationOutcome(
        settings,
        int(world.active.sum()),
        len(np.unique(np.sort(np.stack([world.subjects, world.others], axis=1), axis=1), axis=0)),
        links,
        gini(before[world.active]),
        tuple(_outcome(world, run, links, before) for run in runs),
    )


def gini(values: Floats | Sequence[float]) -> float:
    """Return the Gini coefficient of some numbers, 0 or more each: half their mean difference over their mean.

    C. Gini, *Variabilità e mutabilità*, 1912. 0 where all are equal, also where all are 0; rounded to 6 digits.

    >>> gini([1.0, 1.0, 1.0]), gini([0.0, 0.0, 0.0, 4.0])
    (0.0, 0.75)
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    total = ordered.sum()
    if not total:
        return 0.0
    ranks = 2.0 * np.arange(1, len(ordered) + 1) - len(ordered) - 1
    return round(float((ranks * ordered).sum() / (len(ordered) * total)), 6)


def _outcome(world: SimulatedWorld, run: SimulatedRun, links: int, before: Floats) -> MethodOutcome:
    formed = run.links[:links]
    after = _degrees(world, formed)
    most = np.sort(before[world.active])[-max(int(world.active.sum()) // 10, 1)]
    ends = formed.ravel()
    top = (world.active & (before >= most))[ends].sum() / max(int(world.active[ends].sum()), 1)
    return MethodOutcome(
        run.method,
        gini(after[world.active]),
        len(run.links),
        int(run.rounds[links - 1]) if links else 0,
        int(run.questions[links - 1]) if links else 0,
        round(float(top), 4),
        tuple(_band(name, mask & world.active, before, after) for name, mask in world.bands.items()),
    )


def _band(name: str, mask: NDArray[np.bool_], before: Floats, after: Floats) -> BandOutcome:
    if not mask.any():
        return BandOutcome(name, 0, 0.0, 0.0)
    means = (round(float(values[mask].mean()), 4) for values in (before, after))
    return BandOutcome(name, int(mask.sum()), *means)


def _degrees(world: SimulatedWorld, links: NDArray[np.int32]) -> Floats:
    first, second = np.concatenate([world.first, links[:, 0]]), np.concatenate([world.second, links[:, 1]])
    return RelationGraph.from_pairs(len(world), first, second).degrees.astype(np.float64)
