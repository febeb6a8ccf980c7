"""Whom two intend to serve, the initiatives they share, and the agreements that are in place."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.elements import Tie
from matchmaker.model.suggestion import Fact
from matchmaker.model.vocabulary import Label, Population, TieType, Visibility
from matchmaker.recommend.evidence import Evidence, joined
from matchmaker.recommend.organizations import Organizations
from matchmaker.recommend.visibility import state_fact, strictest

Floats = NDArray[np.float64]

_GROUPS = {
    Population.AMERICAN_INDIAN_OR_ALASKA_NATIVE: "American Indian or Alaska Native",
    Population.ASIAN: "Asian",
    Population.BLACK_OR_AFRICAN_AMERICAN: "Black or African American",
    Population.HISPANIC_OR_LATINO: "Hispanic or Latino",
    Population.NATIVE_HAWAIIAN_OR_PACIFIC_ISLANDER: "Native Hawaiian or Pacific Islander",
    Population.WHITE: "White",
    Population.FIRST_GENERATION: "first-generation",
    Population.LOW_INCOME: "low-income",
    Population.UNHOUSED: "unhoused",
    Population.MIGRANT: "migrant",
    Population.MILITARY_CONNECTED: "military-connected",
    Population.JUSTICE_INVOLVED: "justice-involved",
    Population.RURAL: "rural",
}
POPULATION_WORDS: Mapping[str, str] = MappingProxyType(
    {
        **{term.value: f"{words} learners" for term, words in _GROUPS.items()},
        Population.TWO_OR_MORE_RACES.value: "learners of two or more races",
        Population.FOSTER.value: "learners in foster care",
    }
)
"""How populations are shown to people; local terms, and those not here, as they are."""


@dataclass(frozen=True, slots=True)
class ServiceColumns:
    """Statements of service and standing bonds.

    Attributes
    ----------
    intends
        For each node whom it states it intends to serve; a program that doesn't say has its operators' words.
    stated_by
        For each node who made that statement.
    initiatives
        For each node the initiatives that it (or who runs it) belongs to, with the ties that say so.
    agreements
        Pairs of partners, lower index first, with the agreements between them.
    """

    intends: tuple[frozenset[str], ...]
    stated_by: tuple[tuple[int, ...], ...]
    initiatives: tuple[Mapping[int, tuple[Tie, ...]], ...]
    agreements: Mapping[tuple[int, int], tuple[Tie, ...]]


def build_service(snapshot: Snapshot, organizations: Organizations) -> ServiceColumns:
    """Return the statements and bonds of a snapshot."""
    own = [frozenset(node.get_texts("intends_to_serve")) for node in snapshot.nodes]
    stated_by: list[tuple[int, ...]] = [(index,) if own[index] else () for index in range(len(snapshot))]
    for program in map(int, snapshot.indices(Label.PROGRAM)):
        if not own[program]:
            stated_by[program] = tuple(one for one in organizations.operators[program] if own[one])
    intends = tuple(frozenset().union(*(own[one] for one in said)) for said in stated_by)
    agreements: dict[tuple[int, int], tuple[Tie, ...]] = {}
    for tie in snapshot.ties:
        if tie.type is TieType.HAS_AGREEMENT_WITH:
            first, second = sorted((snapshot.index_of(tie.source), snapshot.index_of(tie.target)))
            agreements[first, second] = (*agreements.get((first, second), ()), tie)
    initiatives = tuple(_initiatives(snapshot, organizations, index) for index in range(len(snapshot)))
    return ServiceColumns(intends, tuple(stated_by), initiatives, agreements)


def measure_intends(columns: ServiceColumns, subject: int) -> Floats:
    """Return how many populations both state they intend to serve; shape (nodes,), NaN where either says nothing."""
    own = columns.intends[subject]
    return np.array([float(len(own & said)) if own and said else np.nan for said in columns.intends])


def measure_initiatives(columns: ServiceColumns, subject: int) -> Floats:
    """Return how many initiatives both belong to; shape (nodes,)."""
    own = columns.initiatives[subject].keys()
    return np.array([float(len(own & found.keys())) for found in columns.initiatives])


def measure_agreement(columns: ServiceColumns, organizations: Organizations, subject: int) -> Floats:
    """Return 1 where an agreement covers the pair, else 0; shape (nodes,).

    It covers the two that signed it, the schools of a district that did, and the programs that either runs.
    """
    value = np.zeros(len(columns.intends))
    own = covered_by(organizations, subject)
    for first, second in columns.agreements:
        for here, there in ((first, second), (second, first)):
            if here in own:
                value[list(_covers(organizations, there))] = 1.0
    value[subject] = 0.0
    return value


def covered_by(organizations: Organizations, index: int) -> frozenset[int]:
    """Return the partners whose agreements cover a node: itself, who runs it, its district."""
    bodies = organizations.bodies(index)
    districts = {whole for body in bodies for whole in organizations.wholes[body] if body in organizations.parts[whole]}
    return frozenset({index, *bodies, *districts})


def _covers(organizations: Organizations, index: int) -> frozenset[int]:
    under = {index, *organizations.parts[index]}
    return frozenset(under | {program for one in under for program in organizations.programs[one]})


def intends_evidence(snapshot: Snapshot, columns: ServiceColumns, source: int, target: int) -> list[Evidence]:
    """Return whom both intend to serve, in words."""
    shared = sorted(columns.intends[source] & columns.intends[target])
    if not shared:
        return []
    words = joined([POPULATION_WORDS.get(term, term.replace("_", " ")) for term in shared])
    sentence = f"You both say that you intend to serve {words}."
    facts = tuple(
        state_fact(
            snapshot, f"{snapshot.nodes[one].name} says it intends to serve {words}.", [one], (), ["intends_to_serve"]
        )
        for index in (source, target)
        for one in columns.stated_by[index]
    )
    return [Evidence("intends", sentence, sentence, facts)]


def initiative_evidence(snapshot: Snapshot, columns: ServiceColumns, source: int, target: int) -> list[Evidence]:
    """Return the initiatives that two share, in words; one piece of evidence for each level of visibility."""
    groups: dict[Visibility, list[tuple[int, tuple[Fact, ...]]]] = {}
    for initiative in sorted(columns.initiatives[source].keys() & columns.initiatives[target].keys()):
        name = snapshot.nodes[initiative].name
        facts = tuple(
            state_fact(
                snapshot,
                f"{snapshot.nodes[index].name} belongs to {name}.",
                [initiative],
                columns.initiatives[index][initiative],
            )
            for index in (source, target)
        )
        groups.setdefault(strictest(fact.visibility for fact in facts), []).append((initiative, facts))
    found = []
    for group in groups.values():
        sentence = f"You both belong to {joined([snapshot.nodes[one].name for one, _ in group])}."
        found.append(Evidence("initiatives", sentence, sentence, tuple(fact for _, facts in group for fact in facts)))
    return found


def agreement_evidence(
    snapshot: Snapshot, columns: ServiceColumns, organizations: Organizations, source: int, target: int
) -> list[Evidence]:
    """Return the agreements that cover a pair, in words."""
    found = []
    for here in sorted(covered_by(organizations, source)):
        for there in sorted(covered_by(organizations, target)):
            for tie in columns.agreements.get((min(here, there), max(here, there)), ()):
                kind = str(tie.properties["kind"]).replace("_", " ")
                first, second = snapshot.nodes[here].name, snapshot.nodes[there].name
                fact = state_fact(
                    snapshot, f"{first} and {second} have an agreement ({kind}).", [here, there], [tie], ["kind"]
                )
                sentence = f"An agreement ({kind}) between {first} and {second} is in place and covers you both."
                found.append(Evidence("agreement", sentence, sentence, (fact,)))
    return found[:1]


def _initiatives(snapshot: Snapshot, organizations: Organizations, index: int) -> Mapping[int, tuple[Tie, ...]]:
    found: dict[int, tuple[Tie, ...]] = {}
    for one in dict.fromkeys((index, *organizations.operators[index])):
        for other, tie in snapshot.targets(one, TieType.MEMBER_OF):
            if snapshot.nodes[other].label is Label.INITIATIVE:
                found[other] = (*found.get(other, ()), tie)
    return found
