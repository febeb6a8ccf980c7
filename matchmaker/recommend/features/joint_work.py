"""Joint work over time: who took part in what, and since when, as arrays.

A piece of joint work is an initiative with its members, or a dated tie between two partners. What programs take part
in counts for the partners that operate them. Measures of pairs are made of it in
`matchmaker.recommend.features.joint_measures`.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from matchmaker.graph.snapshot import LABEL_CODES, TIE_CODES, Snapshot
from matchmaker.model.vocabulary import Label, TieType
from matchmaker.recommend.organizations import TYPE_CODES
from matchmaker.recommend.topology.ranges import slots_in
from matchmaker.recommend.topology.relation import RelationGraph

Floats = NDArray[np.float64]
Days = NDArray[np.int64]
Mask = NDArray[np.bool_]

MOST_MEMBERS = 40
"""Joint work of more members says little about any two of them, and is left out."""

YEAR = 365.25

LEAD, ASSOCIATE = "coordinator", "partner"
"""Roles in an initiative that are told apart: who leads it, and who takes part without a share of its own."""

BETWEEN_PARTNERS = (
    TieType.PARTNERS_WITH,
    TieType.FEEDS_INTO,
    TieType.RECRUITS_FROM,
    TieType.RECOGNIZES,
    TieType.HOSTS_WBL,
    TieType.OFFERED_AT,
    TieType.HAS_AGREEMENT_WITH,
    TieType.FUNDS,
    TieType.COACHES,
)
"""Ties that are joint work of the two at their ends."""


@dataclass(frozen=True, slots=True, eq=False)
class Memberships:
    """Who takes part in what.

    Attributes
    ----------
    nodes, works
        Shape (memberships,): who, and in which work.
    roles
        Shape (memberships,): 1 for who leads it, -1 for an associate, 0 otherwise.
    """

    nodes: NDArray[np.int64]
    works: NDArray[np.int64]
    roles: NDArray[np.int8]

    def where(self, kept: Mask | NDArray[np.int64]) -> "Memberships":
        """Return those that are kept, given by a mask or by their places."""
        return Memberships(self.nodes[kept], self.works[kept], self.roles[kept])


@dataclass(frozen=True, slots=True, eq=False)
class Statements:
    """What partners said that they work on.

    Attributes
    ----------
    nodes, topics, since
        Shape (statements,): who, what, and since which day.
    """

    nodes: NDArray[np.int64]
    topics: NDArray[np.int64]
    since: Days

    def before(self, day: int) -> "Statements":
        """Return what was said before a day."""
        kept = self.since < day
        return Statements(self.nodes[kept], self.topics[kept], self.since[kept])


@dataclass(frozen=True, eq=False)
class JointWork:
    """All joint work that is dated and of 2 to `MOST_MEMBERS` members.

    Attributes
    ----------
    size
        The number of nodes of the snapshot.
    memberships
        Who takes part in what; each pair once.
    began
        Shape (works,): on which day, as `datetime.date.toordinal`.
    counts
        Shape (works,): how many members.
    statements
        Topics with dates; without one a statement counts as made ever since.
    topics
        The number of topics.
    kinds
        Shape (nodes,): code of a partner's primary type, or of its sector; -1 for any other node.
    regions
        Shape (nodes,): code of a partner's country, -1 where it isn't known.
    region_names
        The countries, by code.
    """

    size: int
    memberships: Memberships
    began: Days
    counts: NDArray[np.int64]
    statements: Statements
    topics: int
    kinds: NDArray[np.int64]
    regions: NDArray[np.int64]
    region_names: tuple[str, ...]

    def before(self, day: int) -> "JointWork":
        """Return what was known on the eve of a day: only work that had begun, only what had been said."""
        kept = self.began < day
        held = self.memberships.where(kept[self.memberships.works])
        return replace(
            self,
            memberships=Memberships(held.nodes, (np.cumsum(kept) - 1)[held.works], held.roles),
            began=self.began[kept],
            counts=self.counts[kept],
            statements=self.statements.before(day),
        )

    def between(self, start: int, end: int) -> "JointWork":
        """Return the work that began from one day to before another."""
        return replace(self, began=np.where(self.began >= start, self.began, end)).before(end)

    @cached_property
    def incidence(self) -> csr_array:
        """Shape (nodes, works): 1 where a node takes part."""
        held = self.memberships
        shape = (self.size, len(self.began))
        return csr_array((np.ones(len(held.nodes)), (held.nodes, held.works)), shape=shape)

    @cached_property
    def amounts(self) -> Floats:
        """Shape (nodes,): in how many works each takes part."""
        return np.bincount(self.memberships.nodes, minlength=self.size).astype(np.float64)

    def weighted(self, weights: Floats) -> csr_array:
        """Return the sum of the weights of all work that two share; shape (nodes, nodes), nothing on the diagonal."""
        product = csr_array(self.incidence @ diags_array(weights) @ self.incidence.T)
        product.setdiag(0.0)
        product.eliminate_zeros()
        return product


def as_relation(matrix: csr_array) -> RelationGraph:
    """Return a symmetric sparse array as a relation graph.

    >>> as_relation(csr_array([[0.0, 2.0], [2.0, 0.0]])).strengths.tolist()
    [2.0, 2.0]
    """
    rows, held = matrix.tocoo(), matrix.tocoo().row < matrix.tocoo().col
    return RelationGraph.from_pairs(matrix.shape[0], rows.row[held], rows.col[held], rows.data[held])


def build_joint_work(snapshot: Snapshot, *, by_sector: bool = False, most: int = MOST_MEMBERS) -> JointWork:
    """Return the dated joint work in a snapshot.

    Parameters
    ----------
    by_sector
        Whether partners of one sector are of one kind, or those of one primary type.
    most
        Work of more members is left out, and work of one.
    """
    organizers = _Operators(snapshot)
    parts = [_of_initiatives(snapshot, organizers)] + [
        _of_ties(snapshot, organizers, type) for type in BETWEEN_PARTNERS
    ]
    nodes, works, roles, began, offset = [], [], [], [], 0
    for members, days in parts:
        nodes.append(members.nodes)
        works.append(members.works + offset)
        roles.append(members.roles)
        began.append(days)
        offset += len(days)
    members = Memberships(np.concatenate(nodes), np.concatenate(works), np.concatenate(roles))
    members = _distinct(members, len(snapshot))
    counts = np.bincount(members.works, minlength=offset)
    kept = (counts >= 2) & (counts <= most)
    members = members.where(kept[members.works])
    numbers = np.cumsum(kept) - 1
    statements, topics = _statements(snapshot)
    kinds, regions, names = _who(snapshot)
    if by_sector:
        kinds = np.where(snapshot.labels == LABEL_CODES[Label.PARTNER], snapshot.sectors, -1).astype(np.int64)
    return JointWork(
        size=len(snapshot),
        memberships=Memberships(members.nodes, numbers[members.works], members.roles),
        began=np.concatenate(began)[kept],
        counts=counts[kept],
        statements=statements,
        topics=topics,
        kinds=kinds,
        regions=regions,
        region_names=names,
    )


class _Operators:
    """The partners behind programs."""

    def __init__(self, snapshot: Snapshot) -> None:
        operated = snapshot.adjacency(TieType.OPERATES, backward=True)
        self.partner = snapshot.labels == LABEL_CODES[Label.PARTNER]
        self._starts, self._others = operated.starts, operated.others

    def behind(self, nodes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the partners that stand for some nodes, and for which of them; a partner stands for itself."""
        own = np.flatnonzero(self.partner[nodes])
        rest = np.flatnonzero(~self.partner[nodes])
        begins, lengths = self._starts[nodes[rest]], np.diff(self._starts)[nodes[rest]]
        found = self._others[slots_in(begins, lengths)].astype(np.int64)
        return np.concatenate([nodes[own], found]), np.concatenate([own, np.repeat(rest, lengths)])


def _of_initiatives(snapshot: Snapshot, operators: _Operators) -> tuple[Memberships, Days]:
    """Return who belongs to initiatives; each began with its first dated member, and undated ones count then."""
    ties = np.flatnonzero(
        (snapshot.tie_types == TIE_CODES[TieType.MEMBER_OF])
        & (snapshot.labels[snapshot.tie_targets] == LABEL_CODES[Label.INITIATIVE])
    )
    initiatives, works = np.unique(snapshot.tie_targets[ties], return_inverse=True)
    days = snapshot.tie_since[ties].astype(np.int64)
    began = np.full(len(initiatives), np.iinfo(np.int64).max)
    np.minimum.at(began, works[days > 0], days[days > 0])
    texts = [snapshot.ties[tie].properties.get("role") for tie in ties.tolist()]
    roles = np.array([(text == LEAD) - (text == ASSOCIATE) for text in texts], dtype=np.int8)
    nodes, places = operators.behind(snapshot.tie_sources[ties].astype(np.int64))
    dated = began[works[places]] < np.iinfo(np.int64).max
    members = Memberships(nodes, works[places].astype(np.int64), roles[places]).where(dated)
    return members, began


def _of_ties(snapshot: Snapshot, operators: _Operators, type: TieType) -> tuple[Memberships, Days]:
    """Return the dated ties of a type, each as the work of those behind its ends."""
    ties = np.flatnonzero((snapshot.tie_types == TIE_CODES[type]) & (snapshot.tie_since > 0))
    members = [operators.behind(ends[ties].astype(np.int64)) for ends in (snapshot.tie_sources, snapshot.tie_targets)]
    nodes, works = (np.concatenate(column).astype(np.int64) for column in zip(*members, strict=True))
    return Memberships(nodes, works, np.zeros(len(nodes), dtype=np.int8)), snapshot.tie_since[ties].astype(np.int64)


def _distinct(members: Memberships, size: int) -> Memberships:
    """Return each pair of a node and a work once, with the role that says most, in order of works."""
    order = np.lexsort((-members.roles, members.nodes, members.works))
    ordered = members.where(order.astype(np.int64))
    keys = ordered.works * size + ordered.nodes
    return ordered.where(np.concatenate([np.ones(min(1, len(keys)), dtype=bool), np.diff(keys) != 0]))


def _statements(snapshot: Snapshot) -> tuple[Statements, int]:
    """Return what partners said that their work is about, and the number of topics."""
    ties = np.flatnonzero(snapshot.tie_types == TIE_CODES[TieType.ABOUT])
    ties = ties[snapshot.labels[snapshot.tie_sources[ties]] == LABEL_CODES[Label.PARTNER]]
    topics, places = np.unique(snapshot.tie_targets[ties], return_inverse=True)
    since = snapshot.tie_since[ties].astype(np.int64)
    return Statements(snapshot.tie_sources[ties].astype(np.int64), places.astype(np.int64), since), len(topics)


def _who(snapshot: Snapshot) -> tuple[NDArray[np.int64], NDArray[np.int64], tuple[str, ...]]:
    """Return the primary type and the country of every partner, as codes, and the countries by code."""
    kinds = np.full(len(snapshot), -1, dtype=np.int64)
    countries: dict[str, int] = {}
    regions = np.full(len(snapshot), -1, dtype=np.int64)
    names = {term.value: code for term, code in TYPE_CODES.items()}
    for index, node in snapshot.iter_nodes(Label.PARTNER):
        kinds[index] = names.get(node.get_text("organization_type"), -1)
        country = node.get_text("country")
        if country:
            regions[index] = countries.setdefault(country, len(countries))
    return kinds, regions, tuple(countries)
