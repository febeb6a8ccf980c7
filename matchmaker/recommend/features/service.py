"""Whom two intend to serve, the initiatives they share, and the agreements that are in place."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matchmaker.graph.snapshot import LABEL_CODES, Snapshot
from matchmaker.model.elements import Tie
from matchmaker.model.suggestion import Fact
from matchmaker.model.vocabulary import Label, Population, TieType, Visibility
from matchmaker.recommend.between import ties_between
from matchmaker.recommend.codes import CodeSets, code_sets
from matchmaker.recommend.evidence import Evidence, joined
from matchmaker.recommend.facts import NodeFacts
from matchmaker.recommend.organizations import Organizations
from matchmaker.recommend.rows import (
    Rows,
    among,
    chained,
    crossed,
    identity,
    inverted,
    only_where,
    rows_of_adjacency,
    rows_where,
    united,
)
from matchmaker.recommend.visibility import state_fact, strictest

Floats = NDArray[np.float64]
Nodes = NDArray[np.integer]

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


@dataclass(frozen=True, slots=True, eq=False)
class ServiceColumns:
    """Statements of service and standing bonds.

    Attributes
    ----------
    intends
        For each node whom it states it intends to serve; a program that doesn't say has its operators' words.
    initiatives
        For each node the initiatives that it (or who runs it) belongs to.
    agreed
        For each partner those with whom it has a recorded agreement.
    covered_by
        For each node the partners whose agreements cover it: itself, who runs it, its district.
    agreeing
        Shape (nodes,): whether some agreement covers it.
    covers
        For each partner the nodes that its agreements cover: itself, its schools, the programs of these.
    """

    intends: CodeSets
    initiatives: Rows
    agreed: Rows
    covered_by: Rows
    agreeing: NDArray[np.bool_]
    covers: Rows


def build_service(snapshot: Snapshot, facts: NodeFacts, organizations: Organizations) -> ServiceColumns:
    """Return the statements and bonds of a snapshot."""
    own = facts.lists("intends_to_serve")
    intends = {index: list(said) for index, said in own.items()}
    for index, said in own.items():
        for program in organizations.programs[index]:
            if program not in own:
                intends.setdefault(program, []).extend(said)
    size = len(snapshot)
    with_operators = united(identity(size), organizations.operators)
    memberships = rows_of_adjacency(snapshot.adjacency(TieType.MEMBER_OF))
    belonging = rows_where(memberships, snapshot.labels == LABEL_CODES[Label.INITIATIVE])
    type = TieType.HAS_AGREEMENT_WITH
    agreed = united(*(rows_of_adjacency(snapshot.adjacency(type, backward=back)) for back in (False, True)))
    schools = united(identity(size), organizations.parts)
    covered_by = _covered_by(organizations)
    return ServiceColumns(
        code_sets(size, intends),
        chained(with_operators, belonging),
        agreed,
        covered_by,
        chained(covered_by, agreed).holding(),
        united(schools, chained(schools, organizations.programs)),
    )


def _covered_by(organizations: Organizations) -> Rows:
    """Return for each node itself, who runs it, and the districts of these: of a program only its operators' ones."""
    itself, operators = identity(len(organizations.operators)), organizations.operators
    districts = inverted(organizations.parts, len(itself))
    bodies = united(only_where(itself, ~operators.holding()), operators)
    return united(itself, bodies, chained(bodies, districts))


def measure_intends(columns: ServiceColumns, subjects: Nodes, others: Nodes) -> Floats:
    """Return how many populations both state they intend to serve; shape (pairs,), NaN where either says nothing."""
    return columns.intends.shared(subjects, others)


def measure_initiatives(columns: ServiceColumns, subjects: Nodes, others: Nodes) -> Floats:
    """Return how many initiatives both belong to; shape (pairs,)."""
    rows = columns.initiatives
    found = np.zeros(len(subjects))
    both = np.flatnonzero((rows.lengths(subjects) > 0) & (rows.lengths(others) > 0))
    if len(both):
        pairs, here, there = crossed(rows, subjects[both], rows, others[both])
        found[both] = np.bincount(pairs[here == there], minlength=len(both))
    return found


def measure_agreement(columns: ServiceColumns, subjects: Nodes, others: Nodes) -> Floats:
    """Return 1 where an agreement covers the pair, else 0; shape (pairs,).

    It covers the two that signed it, the schools of a district that did, and the programs that either runs.
    """
    found = np.zeros(len(subjects))
    signs = columns.agreeing[subjects]
    if signs.any():
        distinct, places = np.unique(subjects, return_inverse=True)
        own, signing = columns.covered_by.expand(distinct)
        first, partners = columns.agreed.expand(signing)
        second, covered = columns.covers.expand(partners)
        size = len(columns.agreed)
        found[among(places * size + others, own[first][second] * size + covered)] = 1.0
        found[subjects == others] = 0.0
    return found


def intends_evidence(snapshot: Snapshot, organizations: Organizations, source: int, target: int) -> list[Evidence]:
    """Return whom both intend to serve, in words."""
    own, theirs = (_stating(snapshot, organizations, end) for end in (source, target))
    shared = sorted(_populations(snapshot, own) & _populations(snapshot, theirs))
    if not shared:
        return []
    words = joined([POPULATION_WORDS.get(term, term.replace("_", " ")) for term in shared])
    sentence = f"You both say that you intend to serve {words}."
    facts = tuple(
        state_fact(
            snapshot, f"{snapshot.nodes[one].name} says it intends to serve {words}.", [one], (), ["intends_to_serve"]
        )
        for one in (*own, *theirs)
    )
    return [Evidence("intends", sentence, sentence, facts)]


def _stating(snapshot: Snapshot, organizations: Organizations, index: int) -> tuple[int, ...]:
    """Return who says whom a node intends to serve: itself, else those of its operators who do."""
    bodies = (index,) if snapshot.nodes[index].get_texts("intends_to_serve") else organizations.operators[index]
    return tuple(one for one in bodies if snapshot.nodes[one].get_texts("intends_to_serve"))


def _populations(snapshot: Snapshot, stating: tuple[int, ...]) -> set[str]:
    return {term for one in stating for term in snapshot.nodes[one].get_texts("intends_to_serve")}


def initiative_evidence(
    snapshot: Snapshot, columns: ServiceColumns, organizations: Organizations, source: int, target: int
) -> list[Evidence]:
    """Return the initiatives that two share, in words; one piece of evidence for each level of visibility."""
    groups: dict[Visibility, list[tuple[int, tuple[Fact, ...]]]] = {}
    for initiative in sorted(set(columns.initiatives[source]) & set(columns.initiatives[target])):
        name = snapshot.nodes[initiative].name
        facts = tuple(
            state_fact(
                snapshot,
                f"{snapshot.nodes[index].name} belongs to {name}.",
                [initiative],
                _belonging(snapshot, organizations, index, initiative),
            )
            for index in (source, target)
        )
        groups.setdefault(strictest(fact.visibility for fact in facts), []).append((initiative, facts))
    found = []
    for group in groups.values():
        sentence = f"You both belong to {joined([snapshot.nodes[one].name for one, _ in group])}."
        found.append(Evidence("initiatives", sentence, sentence, tuple(fact for _, facts in group for fact in facts)))
    return found


def _belonging(snapshot: Snapshot, organizations: Organizations, index: int, initiative: int) -> tuple[Tie, ...]:
    """Return the ties by which a node, or who runs it, belongs to an initiative."""
    bodies = dict.fromkeys((index, *organizations.operators[index]))
    return tuple(tie for one in bodies for tie in ties_between(snapshot, one, initiative, TieType.MEMBER_OF))


def agreement_evidence(snapshot: Snapshot, columns: ServiceColumns, source: int, target: int) -> list[Evidence]:
    """Return the agreements that cover a pair, in words."""
    for here in sorted(columns.covered_by[source]):
        signed = set(columns.agreed[here])
        for there in sorted(columns.covered_by[target]):
            if there in signed:
                return [_agreement(snapshot, here, there)]
    return []


def _agreement(snapshot: Snapshot, here: int, there: int) -> Evidence:
    both = [*_agreements(snapshot, here, there), *_agreements(snapshot, there, here)]
    tie = min(both, key=lambda tie: tie.id)
    kind = str(tie.properties["kind"]).replace("_", " ")
    first, second = snapshot.nodes[here].name, snapshot.nodes[there].name
    fact = state_fact(snapshot, f"{first} and {second} have an agreement ({kind}).", [here, there], [tie], ["kind"])
    sentence = f"An agreement ({kind}) between {first} and {second} is in place and covers you both."
    return Evidence("agreement", sentence, sentence, (fact,))


def _agreements(snapshot: Snapshot, first: int, second: int) -> tuple[Tie, ...]:
    return ties_between(snapshot, first, second, TieType.HAS_AGREEMENT_WITH)
