"""Rules on where the two are: within reach of each other, or (for peers) elsewhere."""

import numpy as np

from matchmaker.recommend.features.geography import (
    county_evidence,
    distance_evidence,
    distance_words,
    uses_miles,
)
from matchmaker.recommend.network_reach import measure_reach
from matchmaker.recommend.organizations import Mask
from matchmaker.recommend.pairs import Pairs, RoleRows
from matchmaker.recommend.rules.rule import JudgedPair, Rule, Said


def _within_reach(rows: RoleRows) -> Mask:
    return rows.pairs.holds("within_reach", _are_within_reach)[rows.rows]


def _are_within_reach(pairs: Pairs) -> Mask:
    index = pairs.index
    distance, county = pairs.measure("distance_km"), pairs.measure("same_county")
    known = ~np.isnan(distance)
    near = known & (np.nan_to_num(distance, nan=np.inf) <= index.reach_km)
    mask: Mask = near | (county == 1.0) | (~known & _may_be_near(pairs))
    numbers = index.networks.numbers
    for networks, others in ((pairs.others, pairs.subjects), (pairs.subjects, pairs.others)):
        asked = np.flatnonzero(numbers[networks] >= 0)
        if len(asked):
            ends = networks[asked], others[asked]
            mask[asked] = measure_reach(index.snapshot, index.networks, index.places, index.reach_km, ends)
    return mask


def _may_be_near(pairs: Pairs) -> Mask:
    """Say of pairs whose distance isn't recorded whether they may be taken to be near.

    In an ecosystem's scope, where both are its members or in its counties or reach; in the public one, where nothing
    recorded of their counties or regions puts them apart.
    """
    snapshot = pairs.index.snapshot
    if snapshot.scope.ecosystem is not None:
        inside: Mask = snapshot.reachable[pairs.others] & snapshot.reachable[pairs.subjects]
        return inside
    regions = pairs.index.places.regions
    own, others = regions[pairs.subjects], regions[pairs.others]
    same: Mask = (own == 0) | (others == 0) | (own == others)
    return same


def _say_reach(pair: JudgedPair) -> Said:
    index, snapshot = pair.index, pair.index.snapshot
    source, target = pair.ends
    limit = distance_words(index.reach_km, miles=uses_miles(snapshot, (source, target))).removeprefix("about ")
    km = pair.distance_km
    county = [
        fact
        for one in county_evidence(snapshot, index.places, index.organizations, source, target)
        for fact in one.facts
    ]
    if not np.isnan(km):
        apart = distance_evidence(snapshot, source, target, km)[0]
        sentence = f"{apart.facts[0].sentence} Within reach is {limit}{', or the same county' if county else ''}."
        return Said(sentence, (*apart.facts, *county))
    if county:
        return Said(f"They are in the same county: {county[0].sentence}", tuple(county))
    if pair.met:
        return Said("How far apart they are isn't recorded, and nothing recorded says that they are out of reach.")
    return Said(f"Nothing recorded puts the two within reach of each other ({limit}, or the same county).")


def _elsewhere(rows: RoleRows) -> Mask:
    snapshot, index = rows.index.snapshot, rows.index
    distance = np.nan_to_num(rows.measure("distance_km"), nan=np.inf)
    near = (distance <= index.reach_km) | (rows.measure("same_county") == 1.0)
    if snapshot.scope.ecosystem is not None:
        near |= snapshot.member[rows.others] & snapshot.member[rows.subjects]
    apart: Mask = ~near
    return apart


def _say_elsewhere(pair: JudgedPair) -> Said:
    (first, second), (source, target), index = pair.names, pair.ends, pair.index
    facts = [
        fact
        for one in county_evidence(index.snapshot, index.places, index.organizations, source, target)
        for fact in one.facts
    ]
    km = pair.distance_km
    if not np.isnan(km):
        facts += distance_evidence(index.snapshot, source, target, km)[0].facts
    if pair.met:
        return Said(f"Nothing recorded puts {first} and {second} in the same area.", tuple(facts))
    return Said(
        f"{first} and {second} are in the same area; this kind of link is for programs elsewhere.", tuple(facts)
    )


WITHIN_REACH = Rule("within_reach", _within_reach, _say_reach)
ELSEWHERE = Rule("elsewhere", _elsewhere, _say_elsewhere)
