"""How far initiatives and ecosystems reach: to wherever one of their members is near."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from matchmaker.graph.geography import EARTH_RADIUS_KM
from matchmaker.graph.snapshot import LABEL_CODES, Snapshot
from matchmaker.model.ids import PUBLIC
from matchmaker.model.vocabulary import Label, TieType
from matchmaker.recommend.features.geography import PlaceColumns, arc_km, on_globe
from matchmaker.recommend.rows import Numbers, Rows, among, chained, rows_of_adjacency, spread, united

Mask = NDArray[np.bool_]
Nodes = NDArray[np.integer]

NETWORKS = (Label.INITIATIVE, Label.ECOSYSTEM)
CELL_DEGREES = 0.1
"""The size of the cells for which it is known beforehand whether a network reaches them."""

MOST_CELLS = 4_000_000
"""Cells times networks are kept below this by coarser cells."""

_NONE, _ASK, _ALL = 0, 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class NetworkReach:
    """Whom each initiative and ecosystem reaches.

    Attributes
    ----------
    numbers
        Shape (nodes,): the number of a network, -1 for what is none.
    anyone
        Shape (networks,): it is open to anyone.
    own
        The number of the scope's ecosystem, which reaches whoever is reachable in its scope; -1 in the public scope.
    region
        Shape (networks,): where no member is recorded, the region that it reaches instead; 0 where it doesn't.
    members, counties
        For each network its members whose place is known, and the counties of these.
    cells
        Shape (sites,): the cell of each site of `PlaceColumns`.
    reached
        Shape (networks, cells): 0 none, 2 all of a cell is within reach of a member, 1 it has to be measured.
    """

    numbers: Numbers
    anyone: Mask
    own: int
    region: Numbers
    members: Rows
    counties: Rows
    cells: Numbers
    reached: NDArray[np.int8]


def build_network_reach(snapshot: Snapshot, places: PlaceColumns, reach_km: float) -> NetworkReach:
    """Return whom the networks of a snapshot reach."""
    networks = np.concatenate([snapshot.indices(label) for label in NETWORKS]).astype(np.int64)
    numbers = np.full(len(snapshot), -1, dtype=np.int32)
    numbers[networks] = np.arange(len(networks))
    kinds = (TieType.MEMBER_OF, TieType.PARTICIPATES_IN)
    members = united(*(rows_of_adjacency(snapshot.adjacency(kind, backward=True)) for kind in kinds))
    members = _picked(members, networks)
    own = snapshot.find_index(snapshot.scope.ecosystem or "")
    known = _kept(members, places.placed | places.counties.holding())
    sizes, knowing = np.diff(members.starts), np.diff(known.starts) > 0
    initiative = snapshot.labels[networks] == LABEL_CODES[Label.INITIATIVE]
    anyone = (sizes == 0) & initiative
    anyone |= np.array([snapshot.nodes[one].owner == snapshot.scope.owner != PUBLIC for one in networks], dtype=bool)
    if own is not None:
        anyone |= np.diff(_kept(members, np.arange(len(snapshot)) == own).starts) > 0
    anyone |= ~knowing & (np.diff(_kept(members, snapshot.reachable).starts) > 0)
    region = np.where((sizes == 0) & ~initiative, places.regions[networks], 0).astype(np.int32)
    cells, reached = _cells(places, known, reach_km)
    own_number = int(numbers[own]) if own is not None else -1
    return NetworkReach(numbers, anyone, own_number, region, known, chained(known, places.counties), cells, reached)


def measure_reach(
    snapshot: Snapshot, columns: NetworkReach, places: PlaceColumns, reach_km: float, pairs: tuple[Nodes, Nodes]
) -> Mask:
    """Return whether each network has someone within reach of a node; shape (pairs,).

    Parameters
    ----------
    pairs
        The networks and the others, as nodes; each of shape (pairs,).
    """
    networks, others = columns.numbers[pairs[0]], pairs[1]
    found: Mask = columns.anyone[networks]
    region = columns.region[networks]
    found = found | ((region > 0) & (region == places.regions[others]))
    found |= _share_county(columns, places, networks, others)
    asked = np.flatnonzero(~found)
    found[asked] = _near(columns, places, reach_km, networks[asked], others[asked])
    own = networks == columns.own
    found[own] = (snapshot.reachable[others] | (columns.numbers[others] >= 0))[own]
    return found


def _share_county(columns: NetworkReach, places: PlaceColumns, networks: Numbers, others: Nodes) -> Mask:
    size = np.int64(len(places.regions))
    distinct = np.unique(networks)
    holding, counties = columns.counties.expand(distinct)
    pair, county = places.counties.expand(others)
    hit = among(networks[pair] * size + county, distinct[holding] * size + counties)
    found = np.zeros(len(networks), dtype=bool)
    found[pair[hit]] = True
    return found


def _near(columns: NetworkReach, places: PlaceColumns, reach_km: float, networks: Numbers, others: Nodes) -> Mask:
    """Say whether a site of each other is within reach of a member's, from its cell or measured."""
    sites, pair = spread(places.starts[others], places.starts[others + 1] - places.starts[others])
    said = columns.reached[networks[pair], columns.cells[sites]]
    found = np.zeros(len(networks), dtype=bool)
    found[pair[said == _ALL]] = True
    for place in np.flatnonzero(said == _ASK).tolist():
        one = int(pair[place])
        if not found[one]:
            own, _ = _member_sites(columns.members.of(int(networks[one])), places)
            there = np.broadcast_to(places.globe[sites[place]], (len(own), 3))
            found[one] = bool((arc_km(places.globe[own], there) <= reach_km).any())
    return found


def _member_sites(members: Nodes, places: PlaceColumns) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return spread(places.starts[members], places.starts[members + 1] - places.starts[members])


def _cells(places: PlaceColumns, members: Rows, reach_km: float) -> tuple[Numbers, NDArray[np.int8]]:
    """Return the cell of every site, and for each network what is known of each cell."""
    size = CELL_DEGREES
    while True:
        corners = np.floor(places.points / size).astype(np.int64)
        distinct, cells = np.unique(corners, axis=0, return_inverse=True)
        if len(distinct) * len(members) <= MOST_CELLS or size > 90.0:
            break
        size *= 2.0
    middle = ((distinct + 0.5) * size).astype(np.float64)
    middle[:, 0] = np.clip(middle[:, 0], -90.0, 90.0)
    around = EARTH_RADIUS_KM * np.radians(size) * np.sqrt(0.5) * 1.001
    reached = np.zeros((len(members), len(distinct)), dtype=np.int8)
    globe = on_globe(middle)
    for number in range(len(members)):
        own, _ = _member_sites(members.of(number), places)
        if len(own) and len(globe):
            chord, _ = KDTree(places.globe[own]).query(globe)
            km = 2.0 * EARTH_RADIUS_KM * np.arcsin(np.minimum(chord / 2.0, 1.0))
            reached[number] = np.where(km + around <= reach_km, _ALL, np.where(km - around > reach_km, _NONE, _ASK))
    return cells.ravel().astype(np.int32), reached


def _picked(rows: Rows, wanted: Nodes) -> Rows:
    _, values = rows.expand(wanted)
    starts = np.zeros(len(wanted) + 1, dtype=np.int64)
    np.cumsum(rows.lengths(wanted), out=starts[1:])
    return Rows(starts, values)


def _kept(rows: Rows, held: Mask) -> Rows:
    """Return rows with those numbers only that are held."""
    keys = np.repeat(np.arange(len(rows)), np.diff(rows.starts))
    kept = held[rows.values]
    starts = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum(np.bincount(keys[kept], minlength=len(rows)), out=starts[1:])
    return Rows(starts, rows.values[kept])
