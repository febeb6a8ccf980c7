"""Measures of pairs from their joint work with others: paths, recency, groups, likeness of peers, topics, places.

All are taken on the eve of a day and of work that had begun by then. Two who work together already are not measured
against each other: nothing here leaves out a pair's own joint work, since new pairs have none.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from matchmaker.recommend.features.joint_history import GROUP_YEARS, JointHistory
from matchmaker.recommend.topology.paths import measure_paths
from matchmaker.recommend.topology.relation import RelationGraph
from matchmaker.recommend.topology.similarity import measure_dot
from matchmaker.recommend.topology.walks import measure_random_walk

Floats = NDArray[np.float64]
Nodes = NDArray[np.int64]

SUBJECTS_AT_ONCE = 256

NEAR_PEERS = 100
"""How many of the likest peers count as near."""


class JointPairs:
    """Pairs of some subjects, measured together.

    Parameters
    ----------
    subjects, others
        Shape (pairs,): the ends; pairs of one subject stand together.
    """

    def __init__(self, history: JointHistory, subjects: Nodes, others: Nodes) -> None:
        self.history, self.subjects, self.others = history, subjects, others
        self.distinct, self.runs = np.unique(subjects, return_inverse=True)
        self._paths: dict[str, Floats] = {}
        self._peers: Floats | None = None

    def paths(self, name: str) -> Floats:
        """Return a measure of the plain graph; all of `PLAIN` are taken at once."""
        if name not in self._paths:
            found = measure_paths(self.history.plain, self.subjects, self.others, PLAIN)
            self._paths = dict(zip(PLAIN, found.T, strict=True))
        return self._paths[name]

    def flow(self, graph: RelationGraph) -> Floats:
        """Return what flows over common neighbours in proportion to ties."""
        return measure_paths(graph, self.subjects, self.others, ("resource_flow",))[:, 0]

    def flow_over(self, ends: Nodes) -> Floats:
        """Return what flows over common neighbours of the kind of an end of each pair."""
        kinds, graph = self.history.work.kinds, self.history.gentle
        found = np.zeros(len(self.subjects))
        for kind in np.unique(kinds[ends]).tolist():
            rows = np.flatnonzero(kinds[ends] == kind)
            between = graph.with_between(kinds == kind)
            found[rows] = measure_paths(between, self.subjects[rows], self.others[rows], ("resource_flow",))[:, 0]
        return found

    def pick(self, block: csr_array) -> Floats:
        """Return the entries of a matrix (distinct subjects, nodes) at the pairs."""
        return np.asarray(block.toarray()[self.runs, self.others])

    def closure(self, *, faded: bool, ahead: bool) -> Floats:
        """Return how much of a group that one belongs to the other knows, summed over groups.

        Σ over work of (how many of its members the one has worked with)² / members: of the subject and the other's work
        (``ahead``), or of the other and the subject's work. ``faded``: work counts less by `GROUP_YEARS`.
        """
        history, rows = self.history, self.distinct
        weights = np.exp(-history.age / GROUP_YEARS) if faded else np.ones(len(history.age))
        incidence = csr_array(history.work.incidence @ diags_array(weights))
        if ahead:
            return self.pick(csr_array(history.closeness[rows] @ incidence.T))
        return self.pick(csr_array(incidence[rows] @ history.closeness.T))

    def reach(self, *, ahead: bool) -> Floats:
        """Return which share of a group that one belongs to the other knows, summed over groups; see `closure`."""
        history, rows = self.history, self.distinct
        incidence = csr_array(history.work.incidence @ diags_array(1.0 / history.work.counts))
        if ahead:
            return self.pick(csr_array(history.reaches[rows] @ incidence.T))
        return self.pick(csr_array(incidence[rows] @ history.reaches.T))

    def peers(self, most: int | None = None) -> Floats:
        """Return how much the subject's peers work with the other: Σ cos(subject, x) over x of the subject's kind.

        Peers are alike in whom they work with. With ``most``, only so many of the likest count, and those as like as
        the last of them.
        """
        if self._peers is None:
            history, rows = self.history, self.distinct
            kinds, roots = history.work.kinds, history.inverse_roots
            near = (history.tied[rows] @ history.tied).toarray() * roots * roots[rows][:, None]
            near *= kinds[None, :] == kinds[rows][:, None]
            near[np.arange(len(rows)), rows] = 0.0
            self._peers = near.round(12)
        near = self._peers
        if most is not None and most < near.shape[1]:
            least = -np.partition(-near, most - 1, axis=1)[:, most - 1 : most]
            near = np.where(near >= least, near, 0.0)
        return np.asarray((self.history.tied @ near.T)[self.others, self.runs])

    def peers_of_other(self) -> Floats:
        """Return how much the other's peers work with the subject: Σ cos(x, other) over x of the other's kind."""
        history, rows = self.history, self.distinct
        kinds, roots = history.work.kinds, history.inverse_roots
        found = np.zeros(len(self.others))
        for kind in np.unique(kinds[self.others]).tolist():
            alike = diags_array(np.where(kinds == kind, roots, 0.0))
            near = (history.tied[rows] @ alike @ history.tied).toarray()
            at = np.flatnonzero(kinds[self.others] == kind)
            found[at] = (history.tied @ near.T)[self.others[at], self.runs[at]] * roots[self.others[at]]
        return found

    def regained(self) -> Floats:
        """Return the item-to-item model's score; NaN where the other is none of its items."""
        items, weights = self.history.ease
        held = csr_array(self.history.work.incidence[items])
        own = (self.history.work.incidence[self.distinct] @ held.T).toarray() @ weights
        places = np.minimum(np.searchsorted(items, self.others), max(len(items) - 1, 0))
        known = items[places] == self.others
        return np.where(known, own[self.runs, places], np.nan)

    def shares(self, amounts: Floats, codes: Nodes, of: Nodes, to: Nodes) -> Floats:
        """Return which share of one end's faded work is with the block of the other end; NaN where it isn't known."""
        whole, block = amounts.sum(axis=1)[of], codes[to]
        found = np.divide(amounts[of, block], whole, out=np.zeros(len(of)), where=whole > 0.0)
        return np.where(block >= 0, found, np.nan)

    def towards(self, amounts: Floats, codes: Nodes) -> Floats:
        """Return the other's faded work with the block of the subject; NaN where it isn't known."""
        block = codes[self.subjects]
        return np.where(block >= 0, amounts[self.others, block], np.nan)

    def topics_shared(self, *, faded: bool, log: bool) -> Floats:
        """Return how much the other works on the subject's topics, each by its share in the subject's work."""
        said = self.history.topics[1 if faded else 0]
        whole = said.sum(axis=1, keepdims=True)
        share = np.divide(said, whole, out=np.zeros_like(said), where=whole > 0.0)
        amounts = np.log1p(said) if log else said
        return np.asarray(np.einsum("ij,ij->i", share[self.subjects], amounts[self.others]))

    def topics_alike(self) -> Floats:
        """Return the cosine of the two's topics."""
        said = self.history.topics[0]
        norms = np.sqrt((said**2).sum(axis=1))
        product = norms[self.subjects] * norms[self.others]
        dots = np.einsum("ij,ij->i", said[self.subjects], said[self.others])
        return np.asarray(np.divide(dots, product, out=np.zeros(len(dots)), where=product > 0.0))


PLAIN = ("common_neighbours", "adamic_adar", "resource_allocation", "l3", "three_step_paths")

Measure = Callable[[JointPairs], Floats]


def _of_other(column: Callable[[JointHistory], Floats]) -> Measure:
    return lambda pairs: column(pairs.history)[pairs.others]


def _plain(name: str) -> Measure:
    return lambda pairs: pairs.paths(name)


JOINT_MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        **{name: _plain(name) for name in PLAIN},
        "work_flow": lambda p: p.flow(p.history.counted),
        "recent_flow": lambda p: p.flow(p.history.recent),
        "gentle_flow": lambda p: p.flow(p.history.gentle),
        "small_group_flow": lambda p: p.flow(p.history.small),
        "flow_over_peers": lambda p: p.flow_over(p.subjects),
        "flow_over_peers_of_other": lambda p: p.flow_over(p.others),
        "group_closure": lambda p: p.closure(faded=False, ahead=True),
        "recent_group_closure": lambda p: p.closure(faded=True, ahead=True),
        "group_closure_of_other": lambda p: p.closure(faded=False, ahead=False),
        "recent_group_closure_of_other": lambda p: p.closure(faded=True, ahead=False),
        "group_reach": lambda p: p.reach(ahead=True),
        "group_reach_of_other": lambda p: p.reach(ahead=False),
        "peer_ties": lambda p: p.peers(),
        "near_peer_ties": lambda p: p.peers(NEAR_PEERS),
        "peer_ties_of_other": lambda p: p.peers_of_other(),
        "random_walk": lambda p: measure_random_walk(p.history.counted, p.subjects, p.others, beta=0.0),
        "spectral": lambda p: measure_dot(p.subjects, p.others, *p.history.spectral),
        "ease": lambda p: p.regained(),
        "topics_alike": lambda p: p.topics_alike(),
        "topic_activity": lambda p: p.topics_shared(faded=False, log=True),
        "recent_topic_activity": lambda p: p.topics_shared(faded=True, log=True),
        "partners": _of_other(lambda h: h.degrees),
        "works": _of_other(lambda h: h.work.amounts),
        "new_partners": _of_other(lambda h: h.degrees - h.earlier_degrees),
        "late_works": _of_other(lambda h: h.late_works),
        "leads": _of_other(lambda h: h.roles[0]),
        "is_associate": _of_other(lambda h: h.roles[1]),
        "same_region": lambda p: _same(p.history.work.regions, p.subjects, p.others),
        "region_affinity": lambda p: p.history.region_affinity.measure(p.subjects, p.others),
        "kind_affinity": lambda p: p.history.kind_affinity.measure(p.subjects, p.others),
        "kind_share": lambda p: p.shares(p.history.to_kinds, p.history.work.kinds, p.subjects, p.others),
        "region_share": lambda p: p.shares(p.history.to_regions, p.history.work.regions, p.subjects, p.others),
        "ties_to_kind": lambda p: p.towards(p.history.to_kinds, p.history.work.kinds),
        "ties_to_region": lambda p: p.towards(p.history.to_regions, p.history.work.regions),
    }
)
"""Every measure by name; seen from the subject."""


def _same(codes: Nodes, subjects: Nodes, others: Nodes) -> Floats:
    here, there = codes[subjects], codes[others]
    return np.where((here >= 0) & (there >= 0), here == there, np.nan)


def measure_joint(history: JointHistory, subjects: Nodes, others: Nodes, names: Sequence[str]) -> Floats:
    """Return measures of pairs; shape (pairs, names), NaN where not recorded.

    Parameters
    ----------
    subjects, others
        Shape (pairs,): the ends; pairs of one subject stand together.
    names
        Of `JOINT_MEASURES`.
    """
    found = np.zeros((len(subjects), len(names)))
    for rows in _blocks(subjects):
        worked = history.work.amounts[subjects[rows]] > 0.0
        pairs = JointPairs(history, subjects[rows], others[rows])
        for column, name in enumerate(names):
            if worked.any() or name not in OF_WORK:
                found[rows, column] = JOINT_MEASURES[name](pairs)
    return found


def _blocks(subjects: Nodes) -> Iterator[slice]:
    """Yield slices of at most `SUBJECTS_AT_ONCE` subjects."""
    if not len(subjects):
        return
    begins = np.concatenate([[0], np.flatnonzero(np.diff(subjects)) + 1, [len(subjects)]])
    for first in range(0, len(begins) - 1, SUBJECTS_AT_ONCE):
        yield slice(int(begins[first]), int(begins[min(first + SUBJECTS_AT_ONCE, len(begins) - 1)]))


OF_WORK = frozenset(
    {
        *PLAIN,
        *("work_flow", "recent_flow", "gentle_flow", "small_group_flow", "flow_over_peers", "flow_over_peers_of_other"),
        *("group_closure", "recent_group_closure", "group_closure_of_other", "recent_group_closure_of_other"),
        *("group_reach", "group_reach_of_other", "peer_ties", "near_peer_ties", "peer_ties_of_other", "random_walk"),
        *("ease", "spectral"),
    }
)
"""The measures that are 0 for a subject without joint work, and needn't be taken."""

LOGARITHMIC = (OF_WORK - {"ease", "spectral"}) | {
    *("partners", "works", "new_partners", "late_works", "ties_to_kind", "ties_to_region"),
}
"""The measures that are amounts: twice as much says about equally more wherever one starts."""
