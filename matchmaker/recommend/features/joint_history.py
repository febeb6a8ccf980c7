"""What was known of joint work on the eve of a day: who worked with whom, how lately, and what is fitted to it."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from matchmaker.recommend.features.joint_work import YEAR, JointWork, as_relation
from matchmaker.recommend.topology.blocks import BlockAffinity, fit_block_affinity
from matchmaker.recommend.topology.relation import RelationGraph
from matchmaker.recommend.topology.similarity import fit_ease, fit_spectral

Floats = NDArray[np.float64]
Nodes = NDArray[np.int64]

RECENT_YEARS, GENTLE_YEARS, GROUP_YEARS = 1.0, 2.0, 1.5
"""After how many years joint work counts for 1/e: where only the latest matters, where older work fades gently, and for
whole groups."""

DIMENSIONS = 64
EASE_RIDGE = 30.0
EASE_ITEMS = 6_000
"""For how many partners, those of the most work, the item-to-item model is fitted."""

LEAST_WORKS = 2
"""Partners of less joint work are no items of that model."""


class JointHistory:
    """What was known of joint work on the eve of a day, with what is fitted to it; each part at first use.

    Parameters
    ----------
    work
        All joint work; what began on the day or later is left out here.
    day
        As `datetime.date.toordinal`.
    """

    def __init__(self, work: JointWork, day: int) -> None:
        self.day, self.work = day, work.before(day)
        self.age = (day - self.work.began) / YEAR
        self.others = np.maximum(self.work.counts - 1, 1).astype(np.float64)

    @cached_property
    def together(self) -> csr_array:
        """How much work two share; shape (nodes, nodes)."""
        return self.work.weighted(np.ones(len(self.age)))

    @cached_property
    def tied(self) -> csr_array:
        """1 where two share work; shape (nodes, nodes)."""
        held = self.together.copy()
        held.data[:] = 1.0
        return held

    @cached_property
    def lately(self) -> csr_array:
        """Shared work, faded by `RECENT_YEARS`; shape (nodes, nodes)."""
        return self.work.weighted(np.exp(-self.age / RECENT_YEARS))

    @cached_property
    def plain(self) -> RelationGraph:
        """Joins two who share work."""
        return as_relation(self.tied)

    @cached_property
    def counted(self) -> RelationGraph:
        """The same, weighted by how much work."""
        return as_relation(self.together)

    @cached_property
    def recent(self) -> RelationGraph:
        """The same, faded by `RECENT_YEARS`."""
        return as_relation(self.lately)

    @cached_property
    def gentle(self) -> RelationGraph:
        """The same, faded by `GENTLE_YEARS` and divided by the root of the number of others."""
        return as_relation(self.work.weighted(np.exp(-self.age / GENTLE_YEARS) / np.sqrt(self.others)))

    @cached_property
    def small(self) -> RelationGraph:
        """The same, divided by the number of others: M. Newman, Physical Review E 64, 016132, 2001."""
        return as_relation(self.work.weighted(1.0 / self.others))

    @cached_property
    def degrees(self) -> Floats:
        """With how many others each node shares work; shape (nodes,)."""
        return np.asarray(np.diff(self.together.indptr), dtype=np.float64)

    @cached_property
    def earlier_degrees(self) -> Floats:
        """The same a year before; shape (nodes,)."""
        earlier = self.work.weighted((self.age >= 1.0).astype(np.float64))
        return np.asarray(np.diff(earlier.indptr), dtype=np.float64)

    @cached_property
    def late_works(self) -> Floats:
        """In how much work of the last year each takes part; shape (nodes,)."""
        return np.asarray(self.work.incidence @ (self.age < 1.0).astype(np.float64))

    @cached_property
    def roles(self) -> tuple[Floats, Floats]:
        """In which share of its work each leads, and in which it is an associate; each of shape (nodes,)."""
        held, amounts = self.work.memberships, np.maximum(self.work.amounts, 1.0)
        leads, rest = (np.bincount(held.nodes[held.roles == role], minlength=self.work.size) for role in (1, -1))
        return leads / amounts, rest / amounts

    @cached_property
    def topics(self) -> tuple[Floats, Floats]:
        """How often each said that its work is about each topic, and the same faded; each (nodes, topics)."""
        said = self.work.statements
        faded = np.where(said.since > 0, np.exp(-(self.day - said.since) / YEAR / RECENT_YEARS), 0.0)
        return self._by_topic(np.ones(len(said.nodes))), self._by_topic(faded)

    @cached_property
    def to_kinds(self) -> Floats:
        """Faded work of each with partners of each kind; shape (nodes, kinds)."""
        return self._by_block(self.work.kinds)

    @cached_property
    def to_regions(self) -> Floats:
        """Faded work of each with partners in each region; shape (nodes, regions)."""
        return self._by_block(self.work.regions)

    @cached_property
    def kind_affinity(self) -> BlockAffinity:
        """How much oftener kinds of partners share work than expected."""
        return fit_block_affinity(self.plain, self.work.kinds)

    @cached_property
    def region_affinity(self) -> BlockAffinity:
        """How much oftener regions share work than expected."""
        return fit_block_affinity(self.plain, self.work.regions)

    @cached_property
    def spectral(self) -> tuple[Floats, Floats]:
        """Vectors of the gently faded graph; each of shape (nodes, dimensions)."""
        return fit_spectral(self.gentle, DIMENSIONS)

    @cached_property
    def ease(self) -> tuple[Nodes, Floats]:
        """The items of the item-to-item model, ascending, and its weights; shapes (items,) and (items, items)."""
        order = np.lexsort((np.arange(self.work.size), -self.work.amounts))
        items = np.sort(order[: min(EASE_ITEMS, int((self.work.amounts >= LEAST_WORKS).sum()))])
        return items, fit_ease(csr_array(self.work.incidence[items].T), EASE_RIDGE)

    @cached_property
    def reaches(self) -> csr_array:
        """How many of a node's partners take part in each work; shape (nodes, works)."""
        return csr_array(self.tied @ self.work.incidence)

    @cached_property
    def closeness(self) -> csr_array:
        """The square of `reaches`, over the number of members; shape (nodes, works)."""
        return csr_array(self.reaches.power(2) @ diags_array(1.0 / self.work.counts))

    @cached_property
    def inverse_roots(self) -> Floats:
        """1 / √degree; shape (nodes,)."""
        return np.divide(1.0, np.sqrt(self.degrees), out=np.zeros(self.work.size), where=self.degrees > 0)

    def _by_topic(self, weights: Floats) -> Floats:
        said, shape = self.work.statements, (self.work.size, max(self.work.topics, 1))
        return np.asarray(csr_array((weights, (said.nodes, said.topics)), shape=shape).toarray())

    def _by_block(self, blocks: Nodes) -> Floats:
        held = np.flatnonzero(blocks >= 0)
        shape = (self.work.size, int(blocks.max(initial=0)) + 1)
        return np.asarray((self.lately @ csr_array((np.ones(len(held)), (held, blocks[held])), shape=shape)).toarray())
