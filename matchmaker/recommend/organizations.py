"""Who the partners and programs of a snapshot are, in columns: types, operators, parts, standing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.graph.snapshot import LABEL_CODES, SECTOR_CODES, Snapshot
from matchmaker.model.dates import first_day
from matchmaker.model.elements import Tie
from matchmaker.model.ontology import is_employer
from matchmaker.model.vocabulary import (
    Label,
    OrganizationType,
    Participation,
    PartKind,
    ProgramType,
    StageTerm,
    TieType,
)
from matchmaker.recommend.patterns import EndSpec

Mask = NDArray[np.bool_]
Codes = NDArray[np.int8]

TYPE_CODES = {term: code for code, term in enumerate(OrganizationType)}
STAGE_CODES = {term: code for code, term in enumerate(StageTerm)}
PROGRAM_CODES = {term: code for code, term in enumerate(ProgramType)}

Neighbours = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Organizations:
    """Columns over a snapshot's nodes, in its order.

    Attributes
    ----------
    sector
        Shape (nodes,): a partner's sector; for a program that of its first operator; -1 for none.
    types
        Shape (nodes, organization types): which types a partner has.
    employer
        Shape (nodes,): whether it has the second label Employer.
    program_type
        Shape (nodes,): a program's type, -1 for none.
    operates
        Shape (nodes, program types): whether a partner runs a program of the type.
    operators, programs
        For each program who runs it; for each partner what it runs.
    wholes, parts
        For each partner what it is part of, all the way up; for a district its schools.
    within
        For each partner all that is part of it, directly or further down.
    is_partner
        Shape (nodes,): whether it is a Partner.
    standing
        For each partner its latest standing in the scope's ecosystem; None for one that is only listed.
    """

    sector: Codes
    types: Mask
    employer: Mask
    program_type: Codes
    operates: Mask
    operators: Neighbours
    programs: Neighbours
    wholes: Neighbours
    parts: Neighbours
    within: Neighbours
    is_partner: Mask
    standing: tuple[Participation | None, ...]

    def bodies(self, index: int) -> tuple[int, ...]:
        """Return the organizations behind a node: a program's operators, or itself."""
        return self.operators[index] or (index,)

    def related(self, index: int) -> frozenset[int]:
        """Return what is a node's own: who runs it, what these are part of, what is part of them, their programs."""
        bodies = {index, *self.bodies(index)}
        bodies |= {other for body in bodies for other in (*self.wholes[body], *self.within[body])}
        return frozenset(bodies | {program for body in bodies for program in self.programs[body]})

    def selves(self, index: int) -> frozenset[int]:
        """Return the nodes whose ties count as a node's own: who runs it, what it runs, a district's schools."""
        return frozenset({index, *self.operators[index], *self.programs[index], *self.parts[index]})

    def counted_for(self, index: int) -> frozenset[int]:
        """Return the nodes that have ``index`` among their `selves`: the other direction."""
        above = {whole for whole in self.wholes[index] if index in self.parts[whole]}
        return frozenset({index, *self.operators[index], *self.programs[index], *above})


def build_organizations(snapshot: Snapshot) -> Organizations:
    """Return the columns of a snapshot; one pass over its nodes and the ties that say who runs what."""
    operators = _neighbours(snapshot, TieType.OPERATES, backward=True)
    programs = _neighbours(snapshot, TieType.OPERATES, backward=False)
    parents = _neighbours(snapshot, TieType.PART_OF, backward=False)
    children = _neighbours(snapshot, TieType.PART_OF, backward=True)
    program_type = _program_types(snapshot)
    operates = np.zeros((len(snapshot), len(PROGRAM_CODES)), dtype=bool)
    for index, owned in enumerate(programs):
        operates[index, [program_type[program] for program in owned]] = True
    return Organizations(
        _sectors(snapshot, operators),
        _types(snapshot),
        np.array([is_employer(node.label, node.properties) for node in snapshot.nodes], dtype=bool),
        program_type,
        operates,
        operators,
        programs,
        tuple(_onwards(index, parents) for index in range(len(snapshot))),
        _schools(snapshot),
        tuple(_onwards(index, children) for index in range(len(snapshot))),
        snapshot.labels == LABEL_CODES[Label.PARTNER],
        _standing(snapshot),
    )


def end_mask(
    snapshot: Snapshot,
    columns: Organizations,
    end: EndSpec,
    stages: Mask,
    offers: Callable[[int], Iterable[str]],
) -> Mask:
    """Return which nodes may stand at a pattern's end; shape (nodes,).

    Parameters
    ----------
    stages
        Shape (nodes, stages): which stages each serves; a row of False is not recorded.
    offers
        Returns the resources that a node states it offers.
    """
    mask: Mask = snapshot.labels == LABEL_CODES[end.label]
    if end.sectors:
        mask = mask & np.isin(columns.sector, [SECTOR_CODES[sector] for sector in end.sectors])
    if end.types:
        mask = mask & columns.types[:, [TYPE_CODES[term] for term in end.types]].any(axis=1)
    if end.employer:
        mask = mask & columns.employer
    if end.program_types:
        mask = mask & np.isin(columns.program_type, [PROGRAM_CODES[term] for term in end.program_types])
    if end.without_programs:
        mask = mask & ~columns.operates[:, [PROGRAM_CODES[term] for term in end.without_programs]].any(axis=1)
    if end.stages:
        wanted = stages[:, [STAGE_CODES[stage] for stage in end.stages]].any(axis=1)
        mask = mask & (wanted | ~stages.any(axis=1))
    if end.offers:
        offering = [index for index in np.flatnonzero(mask) if not end.offers.isdisjoint(offers(int(index)))]
        mask = np.zeros(len(snapshot), dtype=bool)
        mask[offering] = True
    return mask


def _neighbours(snapshot: Snapshot, type: TieType, *, backward: bool) -> Neighbours:
    adjacency = snapshot.adjacency(type, backward=backward)
    same = {Label.PARTNER, Label.PROGRAM}
    return tuple(
        tuple(dict.fromkeys(int(other) for other in adjacency.of(index))) if snapshot.nodes[index].label in same else ()
        for index in range(len(snapshot))
    )


def _schools(snapshot: Snapshot) -> Neighbours:
    found: list[tuple[int, ...]] = [()] * len(snapshot)
    for index, node in snapshot.iter_nodes(Label.PARTNER):
        if OrganizationType.SCHOOL_DISTRICT in node.get_texts("organization_types"):
            ties = snapshot.sources(index, TieType.PART_OF)
            kinds = {None, PartKind.DISTRICT.value}
            found[index] = tuple(dict.fromkeys(other for other, tie in ties if tie.properties.get("kind") in kinds))
    return tuple(found)


def _onwards(index: int, steps: Neighbours) -> tuple[int, ...]:
    found: dict[int, None] = {}
    waiting = list(steps[index])
    while waiting:
        current = waiting.pop(0)
        if current != index and current not in found:
            found[current] = None
            waiting.extend(steps[current])
    return tuple(found)


def _sectors(snapshot: Snapshot, operators: Neighbours) -> Codes:
    sector = snapshot.sectors.copy()
    for program in snapshot.indices(Label.PROGRAM):
        run_by = operators[program]
        sector[program] = snapshot.sectors[run_by[0]] if run_by else -1
    return sector


def _types(snapshot: Snapshot) -> Mask:
    types = np.zeros((len(snapshot), len(TYPE_CODES)), dtype=bool)
    for index, node in snapshot.iter_nodes(Label.PARTNER):
        held = {node.get_text("organization_type"), *node.get_texts("organization_types")} - {""}
        types[index, [TYPE_CODES[OrganizationType(term)] for term in held]] = True
    return types


def _program_types(snapshot: Snapshot) -> Codes:
    found = np.full(len(snapshot), -1, dtype=np.int8)
    for index, node in snapshot.iter_nodes(Label.PROGRAM):
        found[index] = PROGRAM_CODES[ProgramType(node.get_text("program_type"))]
    return found


def _standing(snapshot: Snapshot) -> tuple[Participation | None, ...]:
    latest: dict[int, tuple[int, str]] = {}
    ecosystem = snapshot.find_index(snapshot.scope.ecosystem or "")
    if ecosystem is not None:
        for index, tie in snapshot.sources(ecosystem, TieType.PARTICIPATES_IN):
            entry = (_day(tie), str(tie.properties["status"]))
            latest[index] = max(latest.get(index, entry), entry)
    return tuple(Participation(latest[index][1]) if index in latest else None for index in range(len(snapshot)))


def _day(tie: Tie) -> int:
    since = tie.properties.get("since")
    return first_day(since).toordinal() if isinstance(since, str) else 0
