"""What one ecosystem may see, who its members are, and what is within its reach. Tenancy is enforced here.

A scope holds the ecosystem's own and the public elements, never another ecosystem's own. Of the public ones it keeps
those in its counties or within its reach, and those that patterns without distance may name.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from matchmaker.graph.candidates import LABEL_CODES, SECTOR_CODES, Candidates, Mask, Points
from matchmaker.graph.gathering import TYPE_NAMES, Codes
from matchmaker.graph.geography import is_within
from matchmaker.graph.texts import References
from matchmaker.model.dates import first_day
from matchmaker.model.ids import PUBLIC, EcosystemId, Owner
from matchmaker.model.vocabulary import Label, Participation, Sector, TieType

REACH_KM = 60.0
"""How far from a member public partners count, where the ecosystem says nothing else."""

FACT_LABELS = frozenset(
    {
        Label.NEED,
        Label.OFFER,
        Label.COUNT,
        Label.STATISTIC,
        Label.CONTACT,
        Label.DESIGNATION,
        Label.CONDITION,
        Label.CRITERION,
        Label.QUALITY_EVIDENCE,
        Label.RATING,
        Label.ANSWER,
    }
)
"""Nodes that say something about another one, and are nothing without it."""

WALKED = frozenset(
    {
        TieType.HAS,
        TieType.LOCATED_IN,
        TieType.MEMBER_OF,
        TieType.OFFERED_AT,
        TieType.OPERATES,
        TieType.PARTICIPATES_IN,
        TieType.PART_OF,
        TieType.STATES,
    }
)
"""The ties that decide what a scope holds; whatever the others say changes no scope."""

_RESERVE = (Participation.INVITED, Participation.PARTICIPATING, Participation.PAUSED, Participation.WITHDRAWN)
"""Which status counts where two begin on one day: the last."""

_ANYWHERE_SECTORS = (Sector.HIGHER_EDUCATION, Sector.PHILANTHROPY, Sector.BACKBONE)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose view it is: an ecosystem's, or (None) what is public."""

    ecosystem: EcosystemId | None = None

    @property
    def owner(self) -> Owner:
        """The owner whose own elements are visible beside the public ones."""
        return Owner(self.ecosystem) if self.ecosystem is not None else PUBLIC


@dataclass(frozen=True, slots=True)
class Ends:
    """Ties between candidates, by their numbers: three columns of one length."""

    types: Codes
    sources: References
    targets: References

    def of(self, type: TieType) -> tuple[References, References]:
        """Return sources and targets of the ties of a type."""
        chosen = np.flatnonzero(self.types == TYPE_NAMES[type.value])
        return self.sources[chosen], self.targets[chosen]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a tie says of a partner's standing in the scope's ecosystem: who, which status, since when."""

    partner: int
    status: str
    since: str | None


@dataclass(frozen=True, slots=True)
class ScopedGraph:
    """What is left of the candidates in one scope.

    ``kept``, ``members`` and ``reachable`` have shape (candidates,). The latter two are Partners and Programs: those
    that belong to the ecosystem, and those in its counties or within its reach. What is in neither is there for
    patterns without distance only. Candidate ``i`` is at ``points[starts[i]:starts[i + 1]]`` (latitude, longitude).
    """

    kept: Mask
    members: Mask
    reachable: Mask
    starts: References
    points: Points


def scope_graph(nodes: Candidates, ties: Ends, standings: Iterable[Standing], scope: Scope) -> ScopedGraph:
    """Return what a scope holds of what its owner may see at its day.

    Parameters
    ----------
    nodes
        What is there.
    ties
        The ties that are present at the day.
    standings
        What those of them that end at the scope's ecosystem say of partners' standing.
    scope
        Whose view it is.
    """
    gone = nodes.withdrawn.copy()
    gone[_withdrawn(standings)] = True
    graph = _Graph(nodes, ties, gone)
    gone |= graph.left_alone(gone, ties)
    kept = ~gone
    ecosystem = graph.find(scope.ecosystem)
    members = graph.members(ecosystem, scope) & kept if scope.ecosystem else kept & graph.organizations
    reach_km = REACH_KM if nodes.reach_km is None else nodes.reach_km
    starts, points = graph.sites()
    reachable = graph.reachable(members, starts, points, reach_km) & kept if scope.ecosystem else members
    if scope.ecosystem is not None:
        kept &= members | reachable | graph.anywhere() | graph.own(scope.owner)
        kept |= graph.operated_by(kept) & ~gone
    kept[graph.naming(gone)] = False
    kept &= ~graph.is_fact() | graph.has_subject_in(kept)
    return ScopedGraph(kept, members & kept, reachable & kept, starts, points)


def _withdrawn(standings: Iterable[Standing]) -> list[int]:
    """Return the partners whose standing is to be withdrawn: the latest counts, on one day the most reserved.

    A withdrawal of unknown date counts as the latest until its ``until``: a wish is honoured while in doubt.
    """
    latest: dict[int, tuple[int, int]] = {}
    for standing in standings:
        status = Participation(standing.status)
        unknown = first_day("9999-12-31").toordinal() if status is Participation.WITHDRAWN else 0
        day = first_day(standing.since).toordinal() if standing.since is not None else unknown
        entry = (day, _RESERVE.index(status))
        latest[standing.partner] = max(latest.get(standing.partner, entry), entry)
    return [partner for partner, (_, place) in latest.items() if _RESERVE[place] is Participation.WITHDRAWN]


class _Graph:
    """The visible graph while its scope is worked out: all nodes, and the ties between those that aren't gone."""

    def __init__(self, nodes: Candidates, ties: Ends, gone: Mask) -> None:
        self.nodes, self.size = nodes, len(nodes.ids)
        left = ~(gone[ties.sources] | gone[ties.targets])
        walked = np.isin(ties.types, [TYPE_NAMES[type.value] for type in WALKED])
        chosen = np.flatnonzero(left & walked)
        self.ties = Ends(ties.types[chosen], ties.sources[chosen], ties.targets[chosen])
        self.programs, self.places = self._labelled(Label.PROGRAM), self._labelled(Label.PLACE)
        self.organizations = self.programs | self._labelled(Label.PARTNER)

    def find(self, id: str | None) -> int | None:
        """Return the number of a node, or None."""
        ids = self.nodes.ids
        at = bisect_left(ids, id) if id else len(ids)
        return at if at < len(ids) and ids[at] == id else None

    def _labelled(self, label: Label) -> Mask:
        found: Mask = self.nodes.labels == LABEL_CODES[label]
        return found

    def _mask(self, numbers: References) -> Mask:
        mask = np.zeros(self.size, dtype=bool)
        mask[numbers] = True
        return mask

    def own(self, owner: Owner) -> Mask:
        """Return what belongs to an owner."""
        code = 0 if owner == PUBLIC else 1
        found: Mask = self.nodes.owners == code
        return found

    def left_alone(self, gone: Mask, ties: Ends) -> Mask:
        """Return the programs whose every operator is gone."""
        sources, targets = ties.of(TieType.OPERATES)
        _, staying = self.ties.of(TieType.OPERATES)
        return self._mask(targets[gone[sources]]) & ~self._mask(staying)

    def members(self, ecosystem: int | None, scope: Scope) -> Mask:
        """Return who participates in or belongs to the ecosystem, their parts and their programs.

        Where nobody's membership is recorded, whoever stands in the ecosystem's own sheets counts.
        """
        first = np.zeros(self.size, dtype=bool)
        for type in (TieType.PARTICIPATES_IN, TieType.MEMBER_OF):
            sources, targets = self.ties.of(type)
            first |= self._mask(sources[targets == ecosystem]) if ecosystem is not None else False
        first &= self.organizations
        if not first.any():
            first = self.own(scope.owner) & self.organizations
        parts, wholes = self.ties.of(TieType.PART_OF)
        found = self._led_to(wholes, parts, first)
        return found | self.operated_by(found)

    def operated_by(self, some: Mask) -> Mask:
        """Return the programs that any of some partners runs."""
        sources, targets = self.ties.of(TieType.OPERATES)
        return self._mask(targets[some[sources]])

    def anywhere(self) -> Mask:
        """Return what patterns without distance may name, and everything that isn't an organization or program."""
        sectors = [SECTOR_CODES[sector] for sector in _ANYWHERE_SECTORS]
        partners = self.organizations & ~self.programs & np.isin(self.nodes.sectors, sectors)
        sources, targets = self.ties.of(TieType.OPERATES)
        operators = self._mask(sources[self.nodes.pcsp[targets]])
        return partners | self.nodes.pcsp | ~self.organizations | operators

    def is_fact(self) -> Mask:
        """Say which nodes are nothing without another one."""
        found: Mask = np.isin(self.nodes.labels, [LABEL_CODES[label] for label in FACT_LABELS])
        return found

    def has_subject_in(self, kept: Mask) -> Mask:
        """Say what is stated or had by anything that is kept."""
        found = np.zeros(self.size, dtype=bool)
        for type in (TieType.HAS, TieType.STATES):
            sources, targets = self.ties.of(type)
            found |= self._mask(targets[kept[sources]])
        return found

    def naming(self, gone: Mask) -> list[int]:
        """Return the nodes that speak of anything that is gone."""
        ids = self.nodes.ids
        names = {ids[number] for number in np.flatnonzero(gone).tolist()}
        return [number for number, named in self.nodes.naming.items() if not names.isdisjoint(named)]

    def sites(self) -> tuple[References, Points]:
        """Return where partners, programs and places are: their own position, else their sites', else their places'."""
        own = self.nodes.points
        known = ~np.isnan(own[:, 0])
        single = self._single_sites(known)
        programs, hosts = self.ties.of(TieType.OFFERED_AT)
        held = self.programs[programs] & ~np.isnan(single[hosts, 0])
        programs, hosts = programs[held], hosts[held]
        offered = self._mask(programs)
        operators, run = self.ties.of(TieType.OPERATES)
        fallback = self.programs[run] & ~offered[run] & ~known[run] & ~np.isnan(single[operators, 0])
        alone = np.flatnonzero(~offered & ~np.isnan(single[:, 0]) & (known | ~self.programs))
        owners = np.concatenate([programs, run[fallback], alone])
        points = single[np.concatenate([hosts, operators[fallback], alone])]
        rows = np.unique(np.column_stack([owners, points]), axis=0)
        starts = np.zeros(self.size + 1, np.int32)
        np.cumsum(np.bincount(rows[:, 0].astype(np.int64), minlength=self.size), out=starts[1:])
        return starts, np.ascontiguousarray(rows[:, 1:])

    def _single_sites(self, known: Mask) -> Points:
        """Return each node's own position, else that of the first of its small places; NaN where there is none."""
        found = self.nodes.points.copy()
        sources, targets = self.ties.of(TieType.LOCATED_IN)
        locating = known[targets] & self.nodes.locating[targets] & ~known[sources]
        order = np.lexsort((targets[locating], sources[locating]))
        sources, targets = sources[locating][order], targets[locating][order]
        first = np.concatenate([[True], sources[1:] != sources[:-1]]) if len(sources) else np.zeros(0, dtype=bool)
        found[sources[first]] = self.nodes.points[targets[first]]
        return found

    def reachable(self, members: Mask, starts: References, points: Points, reach_km: float) -> Mask:
        """Return who is in a member's county or within ``reach_km`` of a member, members included."""
        holders = np.repeat(np.arange(self.size, dtype=np.int32), np.diff(starts))
        others = (self.organizations & ~members)[holders]
        here = np.unique(points[members[holders]], axis=0)
        near = is_within(here, points[others], reach_km)
        found = self._mask(holders[others][near])
        found |= self._in_counties_of(members) & self.organizations & ~members
        return found | self.operated_by(found) | members

    def _in_counties_of(self, members: Mask) -> Mask:
        """Return what is in the counties of any member."""
        sources, targets = self._up()
        counties = self._led_to(sources, targets, members) & self.nodes.counties
        return self._led_to(targets, sources, counties)

    def _up(self) -> tuple[References, References]:
        """Return the ties from everything to what says where it is: its own places or else what it is part of."""
        located, places = self.ties.of(TieType.LOCATED_IN)
        parts, wholes = self.ties.of(TieType.PART_OF)
        operators, run = self.ties.of(TieType.OPERATES)
        by_place = ~self.places[located]
        has_place = self._mask(located[by_place])
        by_whole = self.places[parts] | ~has_place[parts]
        has_whole = self._mask(parts)
        by_operator = ~(self.places[run] | has_place[run] | has_whole[run])
        return (
            np.concatenate([located[by_place], parts[by_whole], run[by_operator]]),
            np.concatenate([places[by_place], wholes[by_whole], operators[by_operator]]),
        )

    def _led_to(self, sources: References, targets: References, first: Mask) -> Mask:
        """Return what can be reached from some nodes along ties, those nodes included."""
        seeds = np.flatnonzero(first)
        rows = np.concatenate([sources, np.full(len(seeds), self.size)])
        columns = np.concatenate([targets, seeds])
        shape = (self.size + 1, self.size + 1)
        matrix = sparse.csr_array((np.ones(len(rows), np.int8), (rows, columns)), shape=shape)
        found = csgraph.breadth_first_order(matrix, self.size, return_predecessors=False)
        return self._mask(found[found < self.size])
