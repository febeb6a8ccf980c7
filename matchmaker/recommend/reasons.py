"""Evidence for a pair, family by family: what every feature saw, in words, with the facts behind it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from matchmaker.model.suggestion import Fact
from matchmaker.model.vocabulary import PatternName
from matchmaker.recommend.evidence import Evidence
from matchmaker.recommend.features.capacity import capacity_evidence
from matchmaker.recommend.features.content import fields_evidence, likeness_evidence, occupations_evidence
from matchmaker.recommend.features.geography import county_evidence, distance_evidence
from matchmaker.recommend.features.need_offer import need_offer_evidence
from matchmaker.recommend.features.service import agreement_evidence, initiative_evidence, intends_evidence
from matchmaker.recommend.features.stages import next_evidence, shared_evidence
from matchmaker.recommend.features.topology import three_step_evidence, two_step_evidence
from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.patterns import LinkPattern, StageDemand
from matchmaker.recommend.visibility import state_fact


@dataclass(frozen=True, slots=True)
class PairSeen:
    """A pair under a pattern, and its measures by feature (NaN where not recorded)."""

    index: SnapshotIndex
    pattern: LinkPattern
    source: int
    target: int
    values: Mapping[str, float]


def find_evidence(pair: PairSeen, family: str) -> list[Evidence]:
    """Return the evidence of a family of features, one piece for each level of visibility; none where there is none."""
    return _FAMILIES[family](pair)


def pattern_evidence(pair: PairSeen) -> Evidence:
    """Return what the kind of link is, in words for each side; it speaks for every pair of the pattern."""
    to_source, to_target = pair.pattern.each_side
    facts = tuple(_kind_fact(pair.index, end) for end in (pair.source, pair.target))
    if pair.pattern.name is PatternName.CROSS_SECTOR:
        theirs, ours = (_sector_words(pair.index, end) for end in (pair.target, pair.source))
        to_source, to_target = f"They work in {theirs}, you in {ours}.", f"They work in {ours}, you in {theirs}."
    return Evidence("pattern", to_source, to_target, facts)


def kind_words(index: SnapshotIndex, number: int) -> str:
    """Return what a node is, in words."""
    node = index.snapshot.nodes[number]
    for name in ("organization_type", "program_type", "initiative_type"):
        if node.get_text(name):
            return node.get_text(name).replace("k12_", "").replace("_", " ").replace("pcsp", "pre-college STEM program")
    return node.label.value.lower()


def _kind_fact(index: SnapshotIndex, number: int) -> Fact:
    words = kind_words(index, number)
    article = "an" if words[0] in "aeiou" else "a"
    names = ["organization_type", "program_type", "initiative_type"]
    return state_fact(index.snapshot, f"{index.name(number)} is {article} {words}.", [number], (), names)


def _sector_words(index: SnapshotIndex, number: int) -> str:
    return index.snapshot.nodes[number].get_text("sector").replace("_", " ").replace("k12", "schools")


def _stages(pair: PairSeen) -> list[Evidence]:
    columns, snapshot = pair.index.stages, pair.index.snapshot
    if pair.pattern.stage_demand is StageDemand.NEXT:
        return next_evidence(snapshot, columns, pair.source, pair.target)
    return shared_evidence(snapshot, columns, pair.source, pair.target)


def _place(pair: PairSeen) -> list[Evidence]:
    km = pair.values["distance_km"]
    if not math.isnan(km):
        return distance_evidence(pair.index.snapshot, pair.source, pair.target, km)
    index = pair.index
    return county_evidence(index.snapshot, index.places, index.organizations, pair.source, pair.target)


_FAMILIES: Mapping[str, Callable[[PairSeen], list[Evidence]]] = MappingProxyType(
    {
        "two_steps": lambda p: two_step_evidence(p.index.snapshot, p.index.topology, p.source, p.target),
        "three_steps": lambda p: three_step_evidence(p.index.snapshot, p.index.topology, p.source, p.target),
        "source_needs_met": lambda p: need_offer_evidence(
            p.index.snapshot, p.index.needs, p.source, p.target, source_needs=True
        ),
        "target_needs_met": lambda p: need_offer_evidence(
            p.index.snapshot, p.index.needs, p.target, p.source, source_needs=False
        ),
        "stage_fit": _stages,
        "content": lambda p: likeness_evidence(p.index.snapshot, p.index.content, p.source, p.target),
        "fields": lambda p: fields_evidence(p.index.snapshot, p.source, p.target),
        "occupations": lambda p: occupations_evidence(p.index.snapshot, p.index.organizations, p.source, p.target),
        "place": _place,
        "intends": lambda p: intends_evidence(p.index.snapshot, p.index.organizations, p.source, p.target),
        "initiatives": lambda p: initiative_evidence(
            p.index.snapshot, p.index.service, p.index.organizations, p.source, p.target
        ),
        "agreement": lambda p: agreement_evidence(p.index.snapshot, p.index.service, p.source, p.target),
        "capacity_source": lambda p: capacity_evidence(
            p.index.snapshot, p.index.organizations, p.index.capacity, p.source, of_source=True
        ),
        "capacity_target": lambda p: capacity_evidence(
            p.index.snapshot, p.index.organizations, p.index.capacity, p.target, of_source=False
        ),
    }
)
"""How each family tells what it saw."""
