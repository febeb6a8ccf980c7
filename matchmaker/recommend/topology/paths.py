"""Measures of a pair by the paths of two and three steps between the two, for many pairs at once.

Every measure takes a graph and the two ends of the pairs and returns one number per pair, 0 where nothing joins the
two. The pair's own tie is never used: degrees and paths are as if it weren't there, and this is exact. Pairs whose
subject is the same should stand together; one subject is a batch of one, and a batch gives the same numbers.

Cost: for each subject the slots within two steps, or the rows of the others where these are fewer; measures that are
asked for together share that work. Three-step measures add the rows of the others.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommend.topology.pairs import PairPaths
from matchmaker.recommend.topology.reach import runs_of
from matchmaker.recommend.topology.relation import Floats, RelationGraph

Ends = NDArray[np.integer]

EPSILON = 0.01
"""How much a three-step path counts beside a two-step one in the local path index."""

BETA = 0.05
"""How much a step costs in the Katz index."""

POPULARITY = 0.6
"""By which power of the other end's strength a walk is divided in RP3β."""


def _ratio(top: Floats, bottom: Floats) -> Floats:
    return np.divide(top, bottom, out=np.zeros(len(top)), where=bottom > 0.0)


def _jaccard(paths: PairPaths) -> Floats:
    (here, there), common = paths.degrees(), paths.two_steps("one")
    return _ratio(common, here + there - common)


def _sorensen(paths: PairPaths) -> Floats:
    here, there = paths.degrees()
    return _ratio(2.0 * paths.two_steps("one"), here + there)


def _salton(paths: PairPaths) -> Floats:
    here, there = paths.degrees()
    return _ratio(paths.two_steps("one"), np.sqrt(here * there))


def _hub_promoted(paths: PairPaths) -> Floats:
    return _ratio(paths.two_steps("one"), np.minimum(*paths.degrees()))


def _hub_depressed(paths: PairPaths) -> Floats:
    return _ratio(paths.two_steps("one"), np.maximum(*paths.degrees()))


def _leicht_holme_newman(paths: PairPaths) -> Floats:
    here, there = paths.degrees()
    return _ratio(paths.two_steps("one"), here * there)


def _preferential_attachment(paths: PairPaths) -> Floats:
    here, there = paths.degrees()
    return here * there


def _weighted_sum(share: str) -> Callable[[PairPaths], Floats]:
    return lambda paths: paths.two_steps(share, near=True) + paths.two_steps(share, far=True)


MEASURES: Mapping[str, Callable[[PairPaths], Floats]] = MappingProxyType(
    {
        "subject_degree": lambda paths: paths.degrees()[0],
        "other_degree": lambda paths: paths.degrees()[1],
        "preferential_attachment": _preferential_attachment,
        "common_neighbours": lambda paths: paths.two_steps("one"),
        "adamic_adar": lambda paths: paths.two_steps("log_degree"),
        "resource_allocation": lambda paths: paths.two_steps("degree"),
        "jaccard": _jaccard,
        "sorensen": _sorensen,
        "salton": _salton,
        "hub_promoted": _hub_promoted,
        "hub_depressed": _hub_depressed,
        "leicht_holme_newman": _leicht_holme_newman,
        "weighted_common_neighbours": _weighted_sum("one"),
        "weighted_adamic_adar": _weighted_sum("log_strength"),
        "weighted_resource_allocation": _weighted_sum("strength"),
        "resource_flow": lambda paths: paths.two_steps("strength", near=True, far=True),
        "three_step_paths": lambda paths: paths.three_steps("one"),
        "rp3beta": lambda paths: paths.walks(3, POPULARITY),
        "l3": lambda paths: paths.three_steps("root_degree"),
        "weighted_l3": lambda paths: paths.three_steps("root_strength", weighted=True),
        "local_path": lambda paths: paths.two_steps("one") + EPSILON * paths.three_steps("one"),
        "katz": lambda paths: BETA**2 * paths.two_steps("one") + BETA**3 * paths.three_steps("one"),
    }
)
"""Every measure by name; what each is stands at the function of its name."""

FAR = frozenset({"three_step_paths", "rp3beta", "l3", "weighted_l3", "local_path", "katz"})
"""The measures that take three steps."""


def measure_paths(graph: RelationGraph, subjects: Ends, others: Ends, names: Sequence[str]) -> Floats:
    """Return several measures of pairs at once, sharing the work; shape (pairs, names).

    Parameters
    ----------
    subjects, others
        Shape (pairs,): the ends; pairs of one subject should stand together.
    names
        Of `MEASURES`.

    Examples
    --------
    A square 0–1–2–3 with a tie 3–4 at its corner.

    >>> graph = RelationGraph.from_pairs(5, [0, 1, 2, 0, 3], [1, 2, 3, 3, 4])
    >>> subjects, others = np.array([0, 0, 4]), np.array([2, 4, 1])
    >>> measure_paths(graph, subjects, others, ["common_neighbours", "resource_allocation", "l3"]).round(3).tolist()
    [[2.0, 0.833, 0.0], [1.0, 0.333, 0.0], [0.0, 0.0, 0.816]]
    """
    subjects, others = np.asarray(subjects), np.asarray(others)
    found = np.zeros((len(subjects), len(names)))
    far = not FAR.isdisjoint(names)
    for runs, pairs in runs_of(subjects).split(graph):
        paths = PairPaths(graph, runs, others[pairs], far=far)
        for column, name in enumerate(names):
            found[pairs, column] = MEASURES[name](paths)
    return found


def _measure(graph: RelationGraph, subjects: Ends, others: Ends, name: str) -> Floats:
    column: Floats = measure_paths(graph, subjects, others, (name,))[:, 0]
    return column


def measure_common_neighbours(graph: RelationGraph, subjects: Ends, others: Ends) -> Floats:
    """Return how many nodes are tied to both.

    >>> graph = RelationGraph.from_pairs(4, [0, 1, 0, 2], [1, 3, 2, 3])
    >>> measure_common_neighbours(graph, np.array([0]), np.array([3])).tolist()
    [2.0]
    """
    return _measure(graph, subjects, others, "common_neighbours")


def measure_adamic_adar(graph: RelationGraph, subjects: Ends, others: Ends) -> Floats:
    """Return Σ 1 / ln k over common neighbours, k being their degree.

    L. Adamic and E. Adar, *Friends and neighbors on the web*, Social Networks 25, 2003.

    >>> graph = RelationGraph.from_pairs(3, [0, 1], [1, 2])
    >>> measure_adamic_adar(graph, np.array([0]), np.array([2])).round(3).tolist()
    [1.443]
    """
    return _measure(graph, subjects, others, "adamic_adar")


def measure_resource_allocation(graph: RelationGraph, subjects: Ends, others: Ends) -> Floats:
    """Return Σ 1 / k over common neighbours.

    T. Zhou, L. Lü and Y.-C. Zhang, *Predicting missing links via local information*, European Physical Journal B 71,
    2009.

    >>> graph = RelationGraph.from_pairs(4, [0, 1, 1], [1, 2, 3])
    >>> measure_resource_allocation(graph, np.array([0]), np.array([2])).round(3).tolist()
    [0.333]
    """
    return _measure(graph, subjects, others, "resource_allocation")


def measure_weighted_resource_allocation(graph: RelationGraph, subjects: Ends, others: Ends) -> Floats:
    """Return Σ (w_sz + w_zo) / S_z over common neighbours z, S being the strength.

    L. Lü and T. Zhou, *Link prediction in weighted networks: the role of weak ties*, Europhysics Letters 89, 2010;
    ``weighted_common_neighbours`` and ``weighted_adamic_adar`` (with ln(1 + S)) are of the same paper.

    >>> graph = RelationGraph.from_pairs(3, [0, 1], [1, 2], [1.0, 3.0])
    >>> measure_weighted_resource_allocation(graph, np.array([0]), np.array([2])).tolist()
    [1.0]
    """
    return _measure(graph, subjects, others, "weighted_resource_allocation")


def measure_resource_flow(graph: RelationGraph, subjects: Ends, others: Ends) -> Floats:
    """Return Σ w_sz w_zo / S_z over common neighbours: what arrives if each passes on in proportion to its ties.

    With all weights 1 this is resource allocation; T. Zhou, J. Ren, M. Medo and Y.-C. Zhang, *Bipartite network
    projection and personal recommendation*, Physical Review E 76, 2007, for the projection.

    >>> graph = RelationGraph.from_pairs(3, [0, 1], [1, 2], [1.0, 3.0])
    >>> measure_resource_flow(graph, np.array([0]), np.array([2])).tolist()
    [0.75]
    """
    return _measure(graph, subjects, others, "resource_flow")


def measure_jaccard(graph: RelationGraph, subjects: Ends, others: Ends) -> Floats:
    """Return the common neighbours as a share of the nodes tied to either (P. Jaccard, 1901).

    Its kin, all of common neighbours c and degrees k: ``sorensen`` 2c / (k_s + k_o), ``salton`` c / √(k_s k_o),
    ``hub_promoted`` c / min k, ``hub_depressed`` c / max k, ``leicht_holme_newman`` c / (k_s k_o); the list is that of
    L. Lü and T. Zhou, *Link prediction in complex networks: a survey*, Physica A 390, 2011.

    >>> graph = RelationGraph.from_pairs(4, [0, 1, 2], [1, 2, 3])
    >>> measure_jaccard(graph, np.array([0]), np.array([2])).tolist()
    [0.5]
    """
    return _measure(graph, subjects, others, "jaccard")


def measure_preferential_attachment(graph: RelationGraph, subjects: Ends, others: Ends) -> Floats:
    """Return the product of the degrees (A.-L. Barabási and R. Albert, Science 286, 1999).

    >>> graph = RelationGraph.from_pairs(4, [0, 1, 2], [1, 2, 3])
    >>> measure_preferential_attachment(graph, np.array([0, 1]), np.array([2, 2])).tolist()
    [2.0, 1.0]
    """
    return _measure(graph, subjects, others, "preferential_attachment")


def measure_l3(graph: RelationGraph, subjects: Ends, others: Ends) -> Floats:
    """Return Σ 1 / √(k_u k_v) over paths subject–u–v–other.

    I. Kovács et al., *Network-based prediction of protein interactions*, Nature Communications 10, 2019;
    ``three_step_paths`` counts these paths, ``weighted_l3`` takes the three weights and strengths for degrees.

    >>> graph = RelationGraph.from_pairs(4, [0, 1, 2], [1, 2, 3])
    >>> measure_l3(graph, np.array([0]), np.array([3])).round(12).tolist()
    [0.5]
    """
    return _measure(graph, subjects, others, "l3")


def measure_local_path(graph: RelationGraph, subjects: Ends, others: Ends, epsilon: float = EPSILON) -> Floats:
    """Return the paths of two steps and ``epsilon`` times those of three.

    L. Lü, C.-H. Jin and T. Zhou, *Similarity index based on local paths*, Physical Review E 80, 2009.

    >>> graph = RelationGraph.from_pairs(4, [0, 1, 2, 0, 1], [1, 2, 3, 2, 3])
    >>> measure_local_path(graph, np.array([0]), np.array([3])).tolist()
    [2.02]
    """
    both = measure_paths(graph, subjects, others, ("common_neighbours", "three_step_paths"))
    total: Floats = both[:, 0] + epsilon * both[:, 1]
    return total


def measure_katz(graph: RelationGraph, subjects: Ends, others: Ends, beta: float = BETA) -> Floats:
    """Return Σ β^steps over the walks of two and three steps.

    L. Katz, *A new status index derived from sociometric analysis*, Psychometrika 18, 1953, cut off after three steps;
    without the pair's own tie these walks are the paths.

    >>> graph = RelationGraph.from_pairs(4, [0, 1, 2, 0, 1], [1, 2, 3, 2, 3])
    >>> measure_katz(graph, np.array([0]), np.array([3]), beta=0.1).round(4).tolist()
    [0.022]
    """
    return beta**2 * measure_local_path(graph, subjects, others, beta)
