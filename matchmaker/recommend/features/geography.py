"""Where two are: straight-line distance of their nearest sites, and counties."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.graph.geography import EARTH_RADIUS_KM, KM_PER_MILE
from matchmaker.graph.snapshot import LABEL_CODES, Snapshot
from matchmaker.model.elements import Tie
from matchmaker.model.vocabulary import Label, PlaceKind, TieType
from matchmaker.recommend.evidence import Evidence
from matchmaker.recommend.facts import NodeFacts
from matchmaker.recommend.organizations import Organizations
from matchmaker.recommend.rows import (
    Numbers,
    Rows,
    chained,
    first_known,
    only_where,
    rows_of,
    rows_of_adjacency,
    rows_where,
    spread,
    united,
)
from matchmaker.recommend.visibility import state_fact

Floats = NDArray[np.float64]
Nodes = NDArray[np.integer]
Mask = NDArray[np.bool_]

COUNTRY_WITH_MILES = "US"

KM_PER_DEGREE = EARTH_RADIUS_KM * np.pi / 180.0
"""Of latitude."""


@dataclass(frozen=True, slots=True, eq=False)
class PlaceColumns:
    """Where every node is.

    Attributes
    ----------
    starts
        Shape (nodes + 1,): the sites of node ``i`` are ``starts[i]:starts[i + 1]``.
    points
        Shape (sites, 2): latitude and longitude in degrees.
    globe
        Shape (sites, 3): the same on the unit sphere.
    counties
        For each node its counties by their index, ascending.
    only
        Shape (nodes, 2): latitude and longitude in degrees of those partners and programs with exactly one site; NaN.
    county
        Shape (nodes,): the county of those with at most one, -1 for none; -2 for several.
    placed
        Shape (nodes,): whether it has a known site.
    regions
        Shape (nodes,): its region, or its county's or operator's, by its place in ``region_names``.
    region_names
        Regions (ISO 3166-2); the first is empty: not recorded.
    """

    starts: NDArray[np.int64]
    points: Floats
    globe: Floats
    counties: Rows
    only: NDArray[np.float32]
    county: Numbers
    placed: Mask
    regions: Numbers
    region_names: tuple[str, ...]

    def region(self, index: int) -> str:
        """Return a node's region; empty where it isn't recorded."""
        return self.region_names[int(self.regions[index])]


def build_places(snapshot: Snapshot, facts: NodeFacts, organizations: Organizations) -> PlaceColumns:
    """Return where the nodes of a snapshot are."""
    starts, points = np.asarray(snapshot.site_starts, dtype=np.int64), np.asarray(snapshot.site_points)
    counties = _counties(snapshot, facts, organizations)
    regions, names = _regions(facts, organizations, counties)
    sizes = np.diff(starts)
    return PlaceColumns(
        starts, points, on_globe(points), counties, _only(starts, points), _county(counties), sizes > 0, regions, names
    )


def _only(starts: NDArray[np.int64], points: Floats) -> NDArray[np.float32]:
    found = np.full((len(starts) - 1, 2), np.nan, dtype=np.float32)
    one = np.flatnonzero(np.diff(starts) == 1)
    found[one] = points[starts[one]]
    return found


def _county(counties: Rows) -> Numbers:
    sizes = np.diff(counties.starts)
    found = np.where(sizes == 0, -1, -2).astype(np.int32)
    one = np.flatnonzero(sizes == 1)
    found[one] = counties.values[counties.starts[one]]
    return found


def surely_apart(columns: PlaceColumns, reach_km: float, subjects: Nodes, others: Nodes) -> Mask:
    """Say of which pairs a glance shows that they are farther apart than ``reach_km`` and in no county together.

    Of two with one site each, by the difference of latitudes alone, or of longitudes far from the poles; all others may
    be near. Shape (pairs,).
    """
    band = reach_km / KM_PER_DEGREE + 0.001
    here, there = columns.only[subjects], columns.only[others]
    apart: Mask = np.abs(here[:, 0] - there[:, 0]) > band
    level = np.flatnonzero(~apart)
    here, there = here[level], there[level]
    across = np.abs(here[:, 1] - there[:, 1])
    highest = np.maximum(np.abs(here[:, 0]), np.abs(there[:, 0])) + band
    wide = band / np.cos(np.radians(np.minimum(highest, 80.0)))
    apart[level] = (highest < 80.0) & (across > wide) & (across < 360.0 - wide)
    asked = np.flatnonzero(apart)
    own, their = columns.county[subjects[asked]], columns.county[others[asked]]
    apart[asked] = (own != -2) & (their != -2) & ((own != their) | (own == -1))
    return apart


def on_globe(points: Floats) -> Floats:
    """Return points in degrees on the unit sphere; shape (points, 3)."""
    phi, lam = np.radians(points[:, 0]), np.radians(points[:, 1])
    return np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])


def arc_km(first: Floats, second: Floats) -> Floats:
    """Return the great-circle distance between points of the unit sphere in km; shape (pairs,).

    From the chord: ``2 R asin(|p − q| / 2)``, which is exact for near points too.

    >>> arc_km(on_globe(np.array([[0.0, 0.0]])), on_globe(np.array([[0.0, 180.0]]))).round().tolist()
    [20015.0]
    """
    chord = first - second
    half = np.sqrt(np.einsum("ij,ij->i", chord, chord)) / 2.0
    found: Floats = 2.0 * EARTH_RADIUS_KM * np.arcsin(np.minimum(half, 1.0))
    return found


def measure_distance(columns: PlaceColumns, subjects: Nodes, others: Nodes) -> Floats:
    """Return the straight-line distance in km of the nearest sites of both; shape (pairs,), NaN where not recorded."""
    starts = columns.starts
    first, second = starts[subjects], starts[others]
    several = (starts[subjects + 1] - first) * (starts[others + 1] - second)
    found = np.full(len(first), np.nan)
    plain = np.flatnonzero(several == 1)
    found[plain] = arc_km(columns.globe[first[plain]], columns.globe[second[plain]])
    many = np.flatnonzero(several > 1)
    if len(many):
        found[many] = _nearest(columns, subjects[many], others[many])
    return found


def _nearest(columns: PlaceColumns, subjects: Nodes, others: Nodes) -> Floats:
    here, there, begins = _crossed(columns.starts, subjects, others)
    found: Floats = np.minimum.reduceat(arc_km(columns.globe[here], columns.globe[there]), begins)
    return found


def measure_county(columns: PlaceColumns, subjects: Nodes, others: Nodes) -> Floats:
    """Return 1 for two in one county, 0 for two in different ones; shape (pairs,), NaN where not recorded."""
    rows = columns.counties
    own, their = rows.lengths(subjects), rows.lengths(others)
    found = np.full(len(own), np.nan)
    plain = np.flatnonzero((own == 1) & (their == 1))
    found[plain] = rows.values[rows.starts[subjects[plain]]] == rows.values[rows.starts[others[plain]]]
    many = np.flatnonzero(own * their > 1)
    if len(many):
        here, there, begins = _crossed(rows.starts, subjects[many], others[many])
        found[many] = np.maximum.reduceat(rows.values[here] == rows.values[there], begins)
    return found


def _crossed(starts: NDArray[np.int64], subjects: Nodes, others: Nodes) -> tuple[Nodes, Nodes, Nodes]:
    """Return every slot of the one with every slot of the other, and where each pair's begin."""
    theirs = starts[others + 1] - starts[others]
    sizes = (starts[subjects + 1] - starts[subjects]) * theirs
    slots, places = spread(np.zeros(len(sizes), dtype=np.int64), sizes)
    here = starts[subjects][places] + slots // theirs[places]
    there = starts[others][places] + slots % theirs[places]
    return here, there, np.cumsum(sizes) - sizes


def distance_evidence(snapshot: Snapshot, source: int, target: int, km: float) -> list[Evidence]:
    """Return how far apart two are, in words."""
    words = distance_words(km, miles=uses_miles(snapshot, (source, target)))
    first, second = snapshot.nodes[source].name, snapshot.nodes[target].name
    fact = state_fact(
        snapshot,
        f"{first} and {second} are {words} apart (straight line, nearest sites).",
        [source, target, *_site_nodes(snapshot, (source, target))],
        [tie for index in (source, target) for _, tie in snapshot.targets(index, TieType.OFFERED_AT)],
        ["latitude", "longitude"],
    )
    sentence = f"You are {words} apart (straight line)."
    return [Evidence("place", sentence, sentence, (fact,))]


def county_evidence(
    snapshot: Snapshot, columns: PlaceColumns, organizations: Organizations, source: int, target: int
) -> list[Evidence]:
    """Return the county that two share, in words."""
    shared = sorted(set(columns.counties[source]) & set(columns.counties[target]))
    if not shared:
        return []
    county = shared[0]
    ties = {tie.id: tie for end in (source, target) for tie in leading_to(snapshot, organizations, end, county)}
    first, second, name = (snapshot.nodes[index].name for index in (source, target, county))
    fact = state_fact(snapshot, f"{first} and {second} are in {name}.", [county], [ties[id] for id in sorted(ties)])
    sentence = f"You are both in {name}."
    return [Evidence("place", sentence, sentence, (fact,))]


def distance_words(km: float, *, miles: bool) -> str:
    """Return a distance in words.

    >>> distance_words(5.15, miles=True), distance_words(5.15, miles=False), distance_words(0.01, miles=True)
    ('about 3.2 miles', 'about 5.2 km', 'less than 0.1 miles')
    """
    value, unit = (km / KM_PER_MILE, "miles") if miles else (km, "km")
    return f"about {value:.1f} {unit}" if value >= 0.1 else f"less than 0.1 {unit}"


def uses_miles(snapshot: Snapshot, ends: Iterable[int]) -> bool:
    """Say whether people there count in miles: by the ecosystem's country, else by an end's."""
    ecosystem = snapshot.find_index(snapshot.scope.ecosystem or "")
    asked = [*([ecosystem] if ecosystem is not None else []), *ends]
    countries = (snapshot.nodes[index].get_text("country") for index in asked)
    return next((country for country in countries if country), "") == COUNTRY_WITH_MILES


def _site_nodes(snapshot: Snapshot, ends: Iterable[int]) -> list[int]:
    """Return the hosts, places and operators that a position may come from, beside the ends themselves."""
    found: dict[int, None] = {}
    for index in ends:
        if "latitude" in snapshot.nodes[index].properties and snapshot.nodes[index].label is Label.PARTNER:
            continue
        around = snapshot.targets(index, TieType.OFFERED_AT) or snapshot.targets(index, TieType.LOCATED_IN)
        if not around and "latitude" not in snapshot.nodes[index].properties:
            around = snapshot.sources(index, TieType.OPERATES)
        found.update({other: None for other, _ in around if "latitude" in snapshot.nodes[other].properties})
    return list(found)


def leading_to(snapshot: Snapshot, organizations: Organizations, index: int, county: int) -> tuple[Tie, ...]:
    """Return the ties that put a node into a county: its own, or those of whom it is part of, its host or operator."""
    own = _own_way(snapshot, index, county)
    if own is not None:
        return own
    around = snapshot.targets(index, TieType.PART_OF) or [
        (host, tie)
        for host, tie in snapshot.targets(index, TieType.OFFERED_AT)
        if snapshot.nodes[host].label is Label.PARTNER
    ]
    for other, tie in around or snapshot.sources(index, TieType.OPERATES):
        onwards = _own_way(snapshot, other, county)
        if onwards is not None:
            return (tie, *onwards)
    ways = [_own_way(snapshot, whole, county) for whole in organizations.wholes[index]]
    return next((way for way in reversed(ways) if way is not None), ())


def _own_way(snapshot: Snapshot, index: int, county: int) -> tuple[Tie, ...] | None:
    """Return the ties that lead from a node over its own places to a county, the fewest first."""
    waiting: list[tuple[int, tuple[Tie, ...]]] = [
        (place, (tie,))
        for type in (TieType.LOCATED_IN, TieType.OFFERED_AT)
        for place, tie in snapshot.targets(index, type)
        if snapshot.nodes[place].label is Label.PLACE
    ]
    seen: set[int] = set()
    while waiting:
        place, ties = waiting.pop(0)
        if place == county:
            return ties
        if place not in seen:
            seen.add(place)
            waiting.extend((above, (*ties, tie)) for above, tie in snapshot.targets(place, TieType.PART_OF))
    return None


def _counties(snapshot: Snapshot, facts: NodeFacts, organizations: Organizations) -> Rows:
    """Return the counties of every partner and program.

    Its own places', else those of whom it is part of, or who hosts it, or who runs it; else what it is part of further
    up.
    """
    labels = snapshot.labels
    is_place = labels == LABEL_CODES[Label.PLACE]
    is_node = organizations.is_partner | (labels == LABEL_CODES[Label.PROGRAM])
    located = rows_of_adjacency(snapshot.adjacency(TieType.LOCATED_IN))
    hosted = rows_of_adjacency(snapshot.adjacency(TieType.OFFERED_AT))
    above = rows_of_adjacency(snapshot.adjacency(TieType.PART_OF), is_node)
    own = chained(united(located, hosted), _counties_of_places(snapshot, facts, is_place))
    counties = only_where(own, is_node)
    hosts = rows_where(hosted, organizations.is_partner)
    around = united(
        above,
        only_where(hosts, ~above.holding()),
        only_where(organizations.operators, ~above.holding() & ~hosts.holding()),
    )
    for further in (around, organizations.wholes):
        lacking = is_node & ~counties.holding()
        counties = united(counties, only_where(chained(further, own), lacking))
    return counties


def _counties_of_places(snapshot: Snapshot, facts: NodeFacts, is_place: Mask) -> Rows:
    """Return for every place the counties that it is, or lies in."""
    is_county = np.zeros(len(snapshot), dtype=bool)
    is_county[[index for index, kind in facts.texts("kind").items() if kind == PlaceKind.COUNTY]] = True
    is_county &= is_place
    above = snapshot.adjacency(TieType.PART_OF)
    found: list[tuple[int, ...]] = [()] * len(snapshot)
    for index in np.flatnonzero(is_place).tolist():
        seen, waiting = {index}, [index]
        while waiting:
            further = [other for other in above.of(waiting.pop()).tolist() if other not in seen]
            seen.update(further)
            waiting.extend(further)
        found[index] = tuple(sorted(place for place in seen if is_county[place]))
    return rows_of(found)


def _regions(facts: NodeFacts, organizations: Organizations, counties: Rows) -> tuple[Numbers, tuple[str, ...]]:
    stated = facts.texts("region")
    names = ("", *sorted(set(stated.values())))
    codes = np.zeros(len(counties), dtype=np.int32)
    order = {name: code for code, name in enumerate(names)}
    codes[list(stated)] = [order[region] for region in stated.values()]
    found = codes
    for further in (counties, organizations.operators, organizations.wholes):
        found = np.where(found == 0, first_known(further, codes), found)
    return found, names
