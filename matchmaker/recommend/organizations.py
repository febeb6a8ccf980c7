"""Who the partners and programs of a snapshot are, in columns: types, operators, parts, standing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matchmaker.graph.snapshot import LABEL_CODES, SECTOR_CODES, Snapshot
from matchmaker.model.dates import day_of
from matchmaker.model.vocabulary import (
    Label,
    OrganizationType,
    Participation,
    PartKind,
    ProgramType,
    StageTerm,
    TieType,
)
from matchmaker.recommend.codes import mask_of
from matchmaker.recommend.facts import NodeFacts
from matchmaker.recommend.patterns import EndSpec
from matchmaker.recommend.rows import (
    Rows,
    chained,
    identity,
    inverted,
    only_where,
    rows_of,
    rows_of_adjacency,
    rows_of_pairs,
    united,
)

Mask = NDArray[np.bool_]
Codes = NDArray[np.int8]
Term = TypeVar("Term")

TYPE_CODES = {term: code for code, term in enumerate(OrganizationType)}
STAGE_CODES = {term: code for code, term in enumerate(StageTerm)}
PROGRAM_CODES = {term: code for code, term in enumerate(ProgramType)}
STANDINGS = tuple(Participation)

_TYPE_TEXTS = {term.value: code for term, code in TYPE_CODES.items()}
_PROGRAM_TEXTS = {term.value: code for term, code in PROGRAM_CODES.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Standings:
    """For each partner its latest standing in the scope's ecosystem; None for one that is only listed.

    ``codes`` has shape (nodes,): the place in `STANDINGS`, -1 for none.
    """

    codes: Codes

    def __getitem__(self, index: int) -> Participation | None:
        """Return the standing of a node."""
        code = int(self.codes[index])
        return STANDINGS[code] if code >= 0 else None


@dataclass(frozen=True, slots=True, eq=False)
class Organizations:
    """Columns over a snapshot's nodes, in its order.

    Attributes
    ----------
    sector
        Shape (nodes,): a partner's sector; for a program that of its first operator; -1 for none.
    types
        Shape (nodes,): which organization types a partner has, as bits of `TYPE_CODES`.
    employer
        Shape (nodes,): whether it has the second label Employer.
    program_type
        Shape (nodes,): a program's type, -1 for none.
    operates
        Shape (nodes,): of which types a partner runs programs, as bits of `PROGRAM_CODES`.
    operators, programs
        For each program who runs it; for each partner what it runs.
    wholes, parts
        For each partner what it is part of, all the way up; for a district its schools.
    within
        For each partner all that is part of it, directly or further down.
    own
        For each node what is its own: who runs it, what these are part of, what is part of them, their programs.
    selves
        For each node those whose ties count as its own: who runs it, what it runs, a district's schools; itself too.
    running
        For each node itself and what it runs: whom a rule on it holds for.
    counted
        For each node those that have it among their `selves`.
    is_partner
        Shape (nodes,): whether it is a Partner.
    standing
        For each partner its latest standing in the scope's ecosystem; None for one that is only listed.
    """

    sector: Codes
    types: NDArray[np.uint64]
    employer: Mask
    program_type: Codes
    operates: NDArray[np.uint64]
    operators: Rows
    programs: Rows
    wholes: Rows
    parts: Rows
    within: Rows
    own: Rows
    selves: Rows
    counted: Rows
    running: Rows
    is_partner: Mask
    standing: Standings

    def bodies(self, index: int) -> tuple[int, ...]:
        """Return the organizations behind a node: a program's operators, or itself."""
        return self.operators[index] or (index,)

    def counted_for(self, index: int) -> frozenset[int]:
        """Return the nodes that have ``index`` among their `selves`."""
        return frozenset(self.counted[index])

    def related(self, index: int) -> frozenset[int]:
        """Return what is a node's own: who runs it, what these are part of, what is part of them, their programs."""
        return frozenset(self.own[index])


def build_organizations(snapshot: Snapshot, facts: NodeFacts) -> Organizations:
    """Return the columns of a snapshot, from what was read of its nodes and arrays of ties."""
    size = len(snapshot)
    is_partner = snapshot.labels == LABEL_CODES[Label.PARTNER]
    counted = is_partner | (snapshot.labels == LABEL_CODES[Label.PROGRAM])
    operators = rows_of_adjacency(snapshot.adjacency(TieType.OPERATES, backward=True), counted)
    programs = rows_of_adjacency(snapshot.adjacency(TieType.OPERATES), counted)
    parents = rows_of_adjacency(snapshot.adjacency(TieType.PART_OF), counted)
    children = rows_of_adjacency(snapshot.adjacency(TieType.PART_OF, backward=True), counted)
    types, employer = _types(snapshot, facts)
    program_type = _program_types(snapshot, facts)
    parts = _schools(snapshot, types, children)
    wholes, within = _onwards(parents), _onwards(children)
    selves = united(identity(size), operators, programs, parts)
    return Organizations(
        _sectors(snapshot, operators),
        types,
        employer,
        program_type,
        _operated(programs, program_type),
        operators,
        programs,
        wholes,
        parts,
        within,
        _own(operators, programs, wholes, within),
        selves,
        inverted(selves, size),
        united(identity(size), programs),
        is_partner,
        _standing(snapshot),
    )


def end_mask(
    snapshot: Snapshot, columns: Organizations, end: EndSpec, stages: NDArray[np.uint16], offers: Mask
) -> Mask:
    """Return which nodes may stand at a pattern's end; shape (nodes,).

    Parameters
    ----------
    stages
        Shape (nodes,): which stages each serves, as bits of `STAGE_CODES`; 0 is not recorded.
    offers
        Shape (nodes,): which nodes state that they offer one of the resources that the end asks for.
    """
    mask: Mask = snapshot.labels == LABEL_CODES[end.label]
    if end.sectors:
        mask = mask & np.isin(columns.sector, [SECTOR_CODES[sector] for sector in end.sectors])
    if end.types:
        mask = mask & _any_bit(columns.types, end.types, TYPE_CODES)
    if end.employer:
        mask = mask & columns.employer
    if end.program_types:
        mask = mask & np.isin(columns.program_type, [PROGRAM_CODES[term] for term in end.program_types])
    if end.without_programs:
        mask = mask & ~_any_bit(columns.operates, end.without_programs, PROGRAM_CODES)
    if end.stages:
        wanted = stages & np.uint16(mask_of([term.value for term in end.stages], _by_value(STAGE_CODES)))
        mask = mask & ((wanted != 0) | (stages == 0))
    return mask & offers if end.offers else mask


def _any_bit(held: NDArray[np.uint64], terms: frozenset[Term], codes: Mapping[Term, int]) -> Mask:
    found: Mask = (held & np.uint64(sum(1 << codes[term] for term in terms))) != 0
    return found


def _by_value(codes: Mapping[StageTerm, int]) -> dict[str, int]:
    return {term.value: code for term, code in codes.items()}


def _own(operators: Rows, programs: Rows, wholes: Rows, within: Rows) -> Rows:
    """Return what is each node's own: itself, who runs it, what these are part of or made of, the programs of these."""
    itself = identity(len(operators))
    bodies = united(itself, operators)
    house = united(bodies, chained(bodies, wholes), chained(bodies, within))
    return united(house, chained(house, programs))


def _operated(programs: Rows, program_type: Codes) -> NDArray[np.uint64]:
    found = np.zeros(len(programs), dtype=np.uint64)
    keys = np.repeat(np.arange(len(programs)), np.diff(programs.starts))
    kinds = program_type[programs.values]
    held = kinds >= 0
    np.bitwise_or.at(found, keys[held], np.uint64(1) << kinds[held].astype(np.uint64))
    return found


def _schools(snapshot: Snapshot, types: NDArray[np.uint64], children: Rows) -> Rows:
    """Return for each district its schools, by the kind of the ties that say so."""
    bit = np.uint64(1 << TYPE_CODES[OrganizationType.SCHOOL_DISTRICT])
    districts = np.flatnonzero(((types & bit) != 0) & children.holding())
    pairs = [
        (index, other)
        for index in map(int, districts)
        for other, tie in snapshot.sources(index, TieType.PART_OF)
        if tie.properties.get("kind") in {None, PartKind.DISTRICT.value}
    ]
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return rows_of_pairs(len(snapshot), ends[:, 0], ends[:, 1])


def _onwards(steps: Rows) -> Rows:
    """Return for each node all that some steps lead to, the nearest first; never itself."""
    held = np.flatnonzero(steps.holding())
    further = steps.holding()[steps.values]
    if not further.any():
        return only_where(steps, steps.holding())
    rows: list[tuple[int, ...]] = [()] * len(steps)
    for index in map(int, held):
        found: dict[int, None] = {}
        waiting = list(steps[index])
        while waiting:
            current = waiting.pop(0)
            if current != index and current not in found:
                found[current] = None
                waiting.extend(steps[current])
        rows[index] = tuple(found)
    return rows_of(rows)


def _sectors(snapshot: Snapshot, operators: Rows) -> Codes:
    sector = snapshot.sectors.copy()
    programs = snapshot.indices(Label.PROGRAM)
    sector[programs] = -1
    run = programs[operators.lengths(programs) > 0]
    sector[run] = snapshot.sectors[operators.values[operators.starts[run]]]
    return sector


def _types(snapshot: Snapshot, facts: NodeFacts) -> tuple[NDArray[np.uint64], Mask]:
    types = np.zeros(len(snapshot), dtype=np.uint64)
    employer = np.zeros(len(snapshot), dtype=bool)
    for index, type in facts.texts("organization_type").items():
        types[index] = 1 << _TYPE_TEXTS[type]
        employer[index] = type == OrganizationType.EMPLOYER
    for index, several in facts.lists("organization_types").items():
        types[index] |= np.uint64(mask_of(several, _TYPE_TEXTS))
    for name in ("stem_roles", "wbl_offered"):
        employer[list(facts.lists(name))] = True
    return types, employer & (snapshot.labels == LABEL_CODES[Label.PARTNER])


def _program_types(snapshot: Snapshot, facts: NodeFacts) -> Codes:
    found = np.full(len(snapshot), -1, dtype=np.int8)
    types = facts.texts("program_type")
    found[list(types)] = [_PROGRAM_TEXTS[type] for type in types.values()]
    return found


def _standing(snapshot: Snapshot) -> Standings:
    codes = np.full(len(snapshot), -1, dtype=np.int8)
    latest: dict[int, tuple[int, str]] = {}
    ecosystem = snapshot.find_index(snapshot.scope.ecosystem or "")
    if ecosystem is not None:
        for index, tie in snapshot.sources(ecosystem, TieType.PARTICIPATES_IN):
            entry = (day_of(tie.properties.get("since")), str(tie.properties["status"]))
            latest[index] = max(latest.get(index, entry), entry)
    for index, (_, status) in latest.items():
        codes[index] = STANDINGS.index(Participation(status))
    return Standings(codes)
