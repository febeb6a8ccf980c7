"""Where two are: straight-line distance of their nearest sites, and counties."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.graph.geography import KM_PER_MILE, distances_km
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.elements import Tie
from matchmaker.model.vocabulary import Label, PlaceKind, TieType
from matchmaker.recommend.evidence import Evidence
from matchmaker.recommend.organizations import Organizations
from matchmaker.recommend.visibility import state_fact

Floats = NDArray[np.float64]

COUNTRY_WITH_MILES = "US"


@dataclass(frozen=True, slots=True)
class CountyRow:
    """One county that a node is in, and the ties that lead there."""

    name: str
    ties: tuple[Tie, ...]


@dataclass(frozen=True, slots=True)
class PlaceColumns:
    """Where every node is.

    Attributes
    ----------
    latitudes, longitudes, owner
        Shape (sites,): every known site in degrees, and whose it is.
    placed
        Shape (nodes,): whether it has a known site.
    counties
        For each node its counties by their id.
    regions
        For each node its region (ISO 3166-2), or its county's or operator's; empty where it isn't recorded.
    """

    latitudes: Floats
    longitudes: Floats
    owner: NDArray[np.int64]
    placed: NDArray[np.bool_]
    counties: tuple[dict[str, CountyRow], ...]
    regions: tuple[str, ...]


def build_places(snapshot: Snapshot, organizations: Organizations) -> PlaceColumns:
    """Return where the nodes of a snapshot are."""
    rows = [(index, site) for index in range(len(snapshot)) for site in snapshot.sites(index)]
    placed = np.zeros(len(snapshot), dtype=bool)
    placed[[index for index, _ in rows]] = True
    counties: list[dict[str, CountyRow]] = [{} for _ in range(len(snapshot))]
    for label in (Label.PARTNER, Label.PROGRAM):
        for index in snapshot.indices(label):
            counties[index] = _counties(snapshot, organizations, int(index))
    regions = tuple(_region(snapshot, organizations, index, counties[index]) for index in range(len(snapshot)))
    return PlaceColumns(
        np.array([site[0] for _, site in rows], dtype=np.float64),
        np.array([site[1] for _, site in rows], dtype=np.float64),
        np.array([index for index, _ in rows], dtype=np.int64),
        placed,
        tuple(counties),
        regions,
    )


def measure_distance(snapshot: Snapshot, columns: PlaceColumns, subject: int) -> Floats:
    """Return the straight-line distance in km of each node's nearest site to the subject's; NaN where not recorded."""
    nearest = np.full(len(snapshot), np.inf)
    for site in snapshot.sites(subject):
        np.minimum.at(nearest, columns.owner, distances_km(site, columns.latitudes, columns.longitudes))
    nearest[np.isinf(nearest)] = np.nan
    return nearest


def measure_county(columns: PlaceColumns, subject: int) -> Floats:
    """Return 1 for a node in one of the subject's counties, 0 for one in another, NaN where not recorded."""
    own = columns.counties[subject].keys()
    return np.array(
        [float(not own.isdisjoint(found)) if own and found else np.nan for found in columns.counties],
        dtype=np.float64,
    )


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


def county_evidence(snapshot: Snapshot, columns: PlaceColumns, source: int, target: int) -> list[Evidence]:
    """Return the county that two share, in words."""
    shared = sorted(columns.counties[source].keys() & columns.counties[target].keys())
    if not shared:
        return []
    here, there = columns.counties[source][shared[0]], columns.counties[target][shared[0]]
    ties = {tie.id: tie for tie in (*here.ties, *there.ties)}
    place = snapshot.find_index(shared[0])
    first, second = snapshot.nodes[source].name, snapshot.nodes[target].name
    fact = state_fact(
        snapshot,
        f"{first} and {second} are in {here.name}.",
        [place] if place is not None else [],
        [ties[id] for id in sorted(ties)],
    )
    sentence = f"You are both in {here.name}."
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
    countries = [country for index in asked if (country := snapshot.nodes[index].get_text("country"))]
    return bool(countries) and countries[0] == COUNTRY_WITH_MILES


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


def _counties(snapshot: Snapshot, organizations: Organizations, index: int) -> dict[str, CountyRow]:
    own = _own_counties(snapshot, index)
    if own:
        return own
    around = snapshot.targets(index, TieType.PART_OF) or [
        (host, tie)
        for host, tie in snapshot.targets(index, TieType.OFFERED_AT)
        if snapshot.nodes[host].label is Label.PARTNER
    ]
    around = around or [(other, tie) for other, tie in snapshot.sources(index, TieType.OPERATES)]
    found: dict[str, CountyRow] = {}
    for other, tie in around:
        for id, row in _own_counties(snapshot, other).items():
            found.setdefault(id, CountyRow(row.name, (tie, *row.ties)))
    for whole in organizations.wholes[index] if not found else ():
        found.update(_own_counties(snapshot, whole))
    return found


def _own_counties(snapshot: Snapshot, index: int) -> dict[str, CountyRow]:
    """Return the counties that a node's own places are, or lie in."""
    found: dict[str, CountyRow] = {}
    waiting: list[tuple[int, tuple[Tie, ...]]] = [
        (place, (tie,))
        for type in (TieType.LOCATED_IN, TieType.OFFERED_AT)
        for place, tie in snapshot.targets(index, type)
        if snapshot.nodes[place].label is Label.PLACE
    ]
    seen: set[int] = set()
    while waiting:
        place, ties = waiting.pop(0)
        if place in seen:
            continue
        seen.add(place)
        if snapshot.nodes[place].get_text("kind") == PlaceKind.COUNTY:
            found.setdefault(snapshot.nodes[place].id, CountyRow(snapshot.nodes[place].name, ties))
        waiting.extend((above, (*ties, tie)) for above, tie in snapshot.targets(place, TieType.PART_OF))
    return found


def _region(snapshot: Snapshot, organizations: Organizations, index: int, counties: dict[str, CountyRow]) -> str:
    asked = [index, *(snapshot.index_of(county) for county in counties)]
    asked += [*organizations.operators[index], *organizations.wholes[index]]
    return next((region for one in asked if (region := snapshot.nodes[one].get_text("region"))), "")
