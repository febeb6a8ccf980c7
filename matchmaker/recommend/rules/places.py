"""Rules on where the two are: within reach of each other, or (for peers) elsewhere."""

import numpy as np

from matchmaker.model.ids import PUBLIC
from matchmaker.model.vocabulary import Label, TieType
from matchmaker.recommend.features.geography import (
    county_evidence,
    distance_evidence,
    distance_words,
    uses_miles,
)
from matchmaker.recommend.organizations import Mask
from matchmaker.recommend.patterns import Pool
from matchmaker.recommend.rules.rule import JudgedPair, Rule, Said
from matchmaker.recommend.subject import Subject

_NETWORKS = frozenset({Label.INITIATIVE, Label.ECOSYSTEM})


def _within_reach(subject: Subject, pool: Pool) -> Mask:
    index, snapshot = subject.index, subject.index.snapshot
    if snapshot.nodes[subject.number].label in _NETWORKS:
        return np.array([_network_reaches(subject, subject.number, int(other)) for other in pool.others], dtype=bool)
    others = pool.others
    networks = np.array([snapshot.nodes[other].label in _NETWORKS for other in others], dtype=bool)
    distance, county = subject.distance_km[others], subject.same_county[others]
    known = ~np.isnan(distance)
    near = known & (np.nan_to_num(distance, nan=np.inf) <= index.reach_km)
    mask: Mask = near | (county == 1.0) | (~known & _may_be_near(subject, pool))
    for place in np.flatnonzero(networks):
        mask[place] = _network_reaches(subject, int(others[place]), subject.number)
    return mask


def _may_be_near(subject: Subject, pool: Pool) -> Mask:
    """Say of pairs whose distance isn't recorded whether they may be taken to be near.

    In an ecosystem's scope, where both are its members or in its counties or reach; in the public one, where nothing
    recorded of their counties or regions puts them apart.
    """
    snapshot, places, others, own = subject.index.snapshot, subject.index.places, pool.others, subject.number
    if snapshot.scope.ecosystem is not None:
        inside: Mask = snapshot.reachable[others] & snapshot.reachable[own]
        return inside
    regions = np.array([places.regions[other] for other in others])
    same: Mask = np.isin(regions, [places.regions[own], ""])
    return same if places.regions[own] else np.ones(len(others), dtype=bool)


def _network_reaches(subject: Subject, network: int, other: int) -> bool:
    """Say whether an initiative or ecosystem has someone within reach of ``other``.

    An initiative of which no member is recorded is open to anyone; such an ecosystem reaches its own region.
    """
    index, snapshot = subject.index, subject.index.snapshot
    own_network = snapshot.find_index(snapshot.scope.ecosystem or "")
    if network == own_network:
        return bool(snapshot.reachable[other]) or snapshot.nodes[other].label in _NETWORKS
    belonging = [*snapshot.sources(network, TieType.MEMBER_OF), *snapshot.sources(network, TieType.PARTICIPATES_IN)]
    members = sorted({member for member, _ in belonging})
    if snapshot.nodes[network].owner == snapshot.scope.owner != PUBLIC:
        return True
    if not members:
        region = index.places.regions[network]
        anyone = snapshot.nodes[network].label is Label.INITIATIVE
        return anyone or bool(region and region == index.places.regions[other])
    if own_network in members:
        return True
    known = [member for member in members if index.places.placed[member] or index.places.counties[member]]
    return any(_near(subject, member, other) for member in known) or (
        not known and bool(snapshot.reachable[members].any())
    )


def _near(subject: Subject, first: int, second: int) -> bool:
    places = subject.index.places
    if not places.counties[first].keys().isdisjoint(places.counties[second].keys()):
        return True
    km = subject.index.snapshot.distance_km(first, second)
    return km is not None and km <= subject.index.reach_km


def _say_reach(pair: JudgedPair) -> Said:
    index, snapshot = pair.index, pair.index.snapshot
    source, target = pair.ends
    limit = distance_words(index.reach_km, miles=uses_miles(snapshot, (source, target))).removeprefix("about ")
    km = float(pair.subject.distance_km[pair.other])
    county = [fact for one in county_evidence(snapshot, index.places, source, target) for fact in one.facts]
    if not np.isnan(km):
        apart = distance_evidence(snapshot, source, target, km)[0]
        sentence = f"{apart.facts[0].sentence} Within reach is {limit}{', or the same county' if county else ''}."
        return Said(sentence, (*apart.facts, *county))
    if county:
        return Said(f"They are in the same county: {county[0].sentence}", tuple(county))
    if pair.met:
        return Said("How far apart they are isn't recorded, and nothing recorded says that they are out of reach.")
    return Said(f"Nothing recorded puts the two within reach of each other ({limit}, or the same county).")


def _elsewhere(subject: Subject, pool: Pool) -> Mask:
    snapshot, others = subject.index.snapshot, pool.others
    distance = np.nan_to_num(subject.distance_km[others], nan=np.inf)
    near = (distance <= subject.index.reach_km) | (subject.same_county[others] == 1.0)
    if snapshot.scope.ecosystem is not None:
        near |= snapshot.member[others] & snapshot.member[subject.number]
    apart: Mask = ~near
    return apart


def _say_elsewhere(pair: JudgedPair) -> Said:
    (first, second), (source, target), index = pair.names, pair.ends, pair.index
    facts = [fact for one in county_evidence(index.snapshot, index.places, source, target) for fact in one.facts]
    km = float(pair.subject.distance_km[pair.other])
    if not np.isnan(km):
        facts += distance_evidence(index.snapshot, source, target, km)[0].facts
    if pair.met:
        return Said(f"Nothing recorded puts {first} and {second} in the same area.", tuple(facts))
    return Said(
        f"{first} and {second} are in the same area; this kind of link is for programs elsewhere.", tuple(facts)
    )


WITHIN_REACH = Rule("within_reach", _within_reach, _say_reach)
ELSEWHERE = Rule("elsewhere", _elsewhere, _say_elsewhere)
