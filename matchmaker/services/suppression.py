"""Small counts of people stay at home: those below a minimum, and those from which such a one could be worked out.

A count is *small* where it is below the minimum and either tells people apart by a trait, or is about a program, or
isn't a total that an agency published itself. Seats, hours, organizations and ties aren't counts of people.

A small count can be worked out from a total and its other parts. Where the parts that are held back number one, or
come to less than the minimum together, the smallest other part is held back too, again and again until nothing can be.
Parts of a total are: populations of everybody; stages of all stages; the programs of who runs them; and what is part of
a partner or place.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from matchmaker.errors import Finding, InvalidInput
from matchmaker.model.elements import Node, Tie
from matchmaker.model.ids import NodeId
from matchmaker.model.vocabulary import Confidence, Label, TieType

LOWEST_MINIMUM = 5
"""No setting may go below this."""

_EVERYBODY, _ALL_STAGES = "", ""


@dataclass(frozen=True, slots=True)
class _Cell:
    """What a count is about: one cell of the tables that counts make up."""

    subject: NodeId
    kind: str
    stage: str
    population: str
    year: int

    def with_subject(self, subject: NodeId) -> "_Cell":
        return _Cell(subject, self.kind, self.stage, self.population, self.year)

    def of_everybody(self) -> "_Cell":
        return _Cell(self.subject, self.kind, self.stage, _EVERYBODY, self.year)

    def of_all_stages(self) -> "_Cell":
        return _Cell(self.subject, self.kind, _ALL_STAGES, self.population, self.year)


def find_suppressed(nodes: Mapping[NodeId, Node], ties: Iterable[Tie], minimum: int) -> frozenset[NodeId]:
    """Return the ids of the counts that stay at home.

    Parameters
    ----------
    nodes
        By id; counts and what they are about.
    ties
        Those among them.
    minimum
        The smallest number of people that is shown.

    Raises
    ------
    InvalidInput
        The minimum is below `LOWEST_MINIMUM`.
    """
    if minimum < LOWEST_MINIMUM:
        raise InvalidInput([Finding("is too small", "minimum", str(minimum), f"{LOWEST_MINIMUM} or more")])
    known = [tie for tie in ties if tie.type in {TieType.HAS, TieType.OPERATES, TieType.PART_OF}]
    subjects: defaultdict[NodeId, list[NodeId]] = defaultdict(list)
    for tie in known:
        if tie.type is TieType.HAS and nodes[tie.target].label is Label.COUNT:
            subjects[tie.target].append(tie.source)
    cells = {id: [_cell(nodes[id], subject) for subject in found] for id, found in subjects.items()}
    hidden = {id for id, found in subjects.items() if _is_small(nodes[id], [nodes[one] for one in found], minimum)}
    families = _families(cells, known)
    while True:
        more = {id for total, parts in families for id in _complement(nodes, hidden, (total, parts), minimum)}
        if more <= hidden:
            return frozenset(hidden)
        hidden |= more


def _is_small(count: Node, subjects: Sequence[Node], minimum: int) -> bool:
    if _people(count) >= minimum:
        return False
    published = count.provenance.confidence is Confidence.REGISTER
    of_program = any(subject.label is Label.PROGRAM for subject in subjects)
    return bool(count.get_text("population")) or of_program or not published


def _cell(count: Node, subject: NodeId) -> _Cell:
    stage = _ALL_STAGES if count.properties.get("all_stages") is True else count.get_text("stage")
    year = count.properties.get("year")
    return _Cell(
        subject, count.get_text("kind"), stage, count.get_text("population"), year if isinstance(year, int) else 0
    )


def _families(
    cells: Mapping[NodeId, Sequence[_Cell]], ties: Iterable[Tie]
) -> list[tuple[tuple[NodeId, ...], tuple[NodeId, ...]]]:
    """Return each total with its parts, as the ids of the counts that say them."""
    above: defaultdict[NodeId, set[NodeId]] = defaultdict(set)
    for tie in ties:
        if tie.type is TieType.OPERATES:
            above[tie.target].add(tie.source)
        elif tie.type is TieType.PART_OF:
            above[tie.source].add(tie.target)
    holding: defaultdict[_Cell, set[NodeId]] = defaultdict(set)
    parts: defaultdict[tuple[str, _Cell], set[NodeId]] = defaultdict(set)
    for id, found in cells.items():
        for cell in found:
            holding[cell].add(id)
            if cell.population:
                parts["population", cell.of_everybody()].add(id)
            if cell.stage:
                parts["stage", cell.of_all_stages()].add(id)
            for whole in above[cell.subject]:
                parts["subject", cell.with_subject(whole)].add(id)
    return [
        (tuple(sorted(holding[total])), tuple(sorted(found)))
        for (_, total), found in sorted(parts.items(), key=lambda item: (item[0][0], str(item[0][1])))
        if total in holding
    ]


def _complement(
    nodes: Mapping[NodeId, Node],
    hidden: Collection[NodeId],
    family: tuple[tuple[NodeId, ...], tuple[NodeId, ...]],
    minimum: int,
) -> set[NodeId]:
    """Return the part that has to be held back as well, where the total is shown and would give a small one away."""
    totals, parts = family
    gone = [id for id in parts if id in hidden]
    shown = sorted((id for id in parts if id not in hidden), key=lambda part: (_people(nodes[part]), part))
    if not gone or not shown or all(id in hidden for id in totals):
        return set()
    if len(gone) > 1 and sum(_people(nodes[id]) for id in gone) >= minimum:
        return set()
    return {shown[0]}


def _people(count: Node) -> int:
    value = count.properties.get("value")
    return value if isinstance(value, int) else 0
