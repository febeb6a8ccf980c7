"""Places: where learners are counted and few seats are within reach."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from matchmaker.gaps import wording
from matchmaker.gaps.counts import Learners, find_learners
from matchmaker.gaps.coverage import Question, Support
from matchmaker.gaps.ground import Ground
from matchmaker.gaps.options import DEFAULT_OPTIONS, GapOptions
from matchmaker.gaps.territory import STUDIED_PLACES, Site
from matchmaker.graph.geography import distances_km
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.elements import Node
from matchmaker.model.gap import Gap
from matchmaker.model.ids import NodeId
from matchmaker.model.vocabulary import GapKind, Label, PatternName, Sector, TieType

SEATS = (Label.PROGRAM, TieType.OFFERED_AT)


def place_access(snapshot: Snapshot, options: GapOptions = DEFAULT_OPTIONS) -> list[Gap]:
    """Return each place with counted learners and no seats in it or near its centre.

    Near is within `GapOptions.access_km` in a straight line. Places are those that hold a member or a site of a
    member's program, or lie in a county, city or district area that does. Size: one seat for each learner counted
    (residents, else those enrolled). A site whose seats aren't recorded, or a site or place without position, leaves
    the answer open.
    """
    ground = Ground(snapshot, options)
    sites = _Sites(ground)
    studied = _studied(ground, sites.all)
    found: list[Gap] = []
    for index, node in snapshot.iter_nodes(Label.PLACE):
        learners = find_learners(snapshot, index)
        if learners is None or learners.number == 0 or not _is_studied(ground, index, studied):
            continue
        near = sites.near(index, node.id)
        if any(site.seats for site in near):
            continue
        support = _seat_support(ground, index)
        why = _why_unclear(ground, sites, (index, near), support=support, learners=learners)
        if support is not None and not why:
            found.append(_place_gap(ground, node, (learners, near), support))
        else:
            found.append(_place_not_known(ground, node, near, why))
    return found


class _Sites:
    """Every site of a program for learners that meets in person, ready for distances."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.all = [site for site in ground.territory.sites() if not site.online]
        self.unplaced = [site for site in self.all if site.position is None and ground.snapshot.reachable[site.program]]
        self._placed = [site for site in self.all if site.position is not None]
        self._positions = np.array([site.position for site in self._placed], dtype=np.float64).reshape(-1, 2)

    def near(self, index: int, place: NodeId) -> list[Site]:
        """Return the sites in a place, inferred or not, and those near its centre."""
        inside = [site for site in self.all if place in site.places]
        centre = self.centre(index)
        if centre is None:
            return inside
        away = distances_km(centre, self._positions[:, 0], self._positions[:, 1])
        close = away <= self.ground.options.access_km
        taken = {id(site) for site in inside}
        return inside + [
            site for site, is_close in zip(self._placed, close, strict=True) if is_close and id(site) not in taken
        ]

    def centre(self, index: int) -> tuple[float, float] | None:
        """Return a place's own position."""
        positions = self.ground.snapshot.sites(index)
        return positions[0] if positions else None


def _studied(ground: Ground, sites: Sequence[Site]) -> set[NodeId]:
    studied = {place for index in ground.members for place in ground.territory.of(index)}
    return studied | {place for site in sites if ground.snapshot.member[site.program] for place in site.places}


def _is_studied(ground: Ground, index: int, studied: Collection[NodeId]) -> bool:
    node = ground.snapshot.nodes[index]
    around = {
        place
        for place in ground.territory.of(index)
        if place == node.id or ground.snapshot.get_node(place).get_text("kind") in STUDIED_PLACES
    }
    return not around.isdisjoint(studied)


def _seat_support(ground: Ground, index: int) -> Support | None:
    places = frozenset(ground.territory.of(index))
    return ground.coverage.find_support(Question(SEATS, ground.member_sectors, None, places))


def _why_unclear(
    ground: Ground,
    sites: _Sites,
    at: tuple[int, Sequence[Site]],
    *,
    support: Support | None,
    learners: Learners,
) -> str:
    index, near = at
    if support is None:
        return wording.not_stated_words(SEATS)
    unclear = sorted({site.program for site in near if site.seats is None})
    if unclear:
        return wording.SEATS_UNCLEAR.format(names=wording.joined(ground.names(unclear)))
    if sites.centre(index) is None or sites.unplaced:
        return wording.POSITION_UNCLEAR
    return "" if learners.stated else wording.ONLY_INFERRED


def _partners_in(ground: Ground, place: NodeId) -> list[int]:
    return [index for index in ground.members if place in ground.territory.of(index)]


def _place_gap(ground: Ground, node: Node, found: tuple[Learners, Sequence[Site]], support: Support) -> Gap:
    learners, near = found
    present = _present(ground, node.id, near)
    said = wording.sentence(
        "place_access",
        present=wording.present_words(node.name, present),
        place=node.name,
        distance=ground.distance(ground.options.access_km),
        complete=wording.complete_words(support.as_of),
    )
    return replace(
        ground.known(GapKind.PLACE_ACCESS, (node.id,), said),
        size=float(learners.number),
        unit="seats",
        observed=0.0,
        learners=learners.number,
        confidence=support.confidence,
        freshness=support.as_of.freshness,
        coverage=support.statements,
        evidence=(node.id, *learners.counts, *sorted({site.tie for site in near if site.tie})),
        present=present,
        patterns=(PatternName.SCHOOL_OUT_OF_SCHOOL, PatternName.SCHOOL_INFORMAL),
        closers=_closers(ground, node.id),
    )


def _present(ground: Ground, place: NodeId, near: Sequence[Site]) -> tuple[str, ...]:
    programs = {site.program for site in near if place in site.places}
    return ground.names(programs or _partners_in(ground, place))


def _closers(ground: Ground, place: NodeId) -> tuple[NodeId, ...]:
    """Return possible hosts in the place, schools first, then programs nearest to it."""
    snapshot, half = ground.snapshot, ground.options.closers // 2
    index = snapshot.index_of(place)
    hosts = sorted(_partners_in(ground, place), key=lambda at: (ground.sector(at) is not Sector.K12, ground.id(at)))

    def nearness(program: int) -> tuple[float, str]:
        away = snapshot.distance_km(index, program)
        return (float("inf") if away is None else away, ground.id(program))

    programs = sorted({site.program for site in ground.territory.sites() if snapshot.reachable[site.program]})
    return tuple(ground.id(at) for at in hosts[:half] + sorted(programs, key=nearness)[:half])


def _place_not_known(ground: Ground, node: Node, near: Sequence[Site], why: str) -> Gap:
    said = wording.sentence("place_access_not_known", place=node.name, why=why)
    operators = {operator for site in near for operator in ground.operators(site.program)}
    ask = ground.names(operators) if operators else ground.districts(node.id)
    gap = ground.not_known(GapKind.PLACE_ACCESS, (node.id,), said, ask)
    return replace(gap, present=_present(ground, node.id, near), patterns=(PatternName.SCHOOL_OUT_OF_SCHOOL,))
