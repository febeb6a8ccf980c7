"""Which rows of a bundle may go into a store: what they name exists and fits, and nothing else is in the way.

The rules are those of `matchmaker.graph.applying`, run against an image of the store to which the admitted rows are
added one after the other. So the store never refuses what was admitted here, unless it changed in between.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from matchmaker.errors import Finding, InvalidInput
from matchmaker.exchange.bundle import Shape
from matchmaker.exchange.edits import Edit, changes_of
from matchmaker.exchange.findings import Refusal, Spot
from matchmaker.exchange.image import GraphImage
from matchmaker.exchange.readers.bundle import BundleReading
from matchmaker.exchange.readers.rows import BundleRow
from matchmaker.model.changes import ElementKey
from matchmaker.model.elements import Node, Tie
from matchmaker.model.ids import PUBLIC, NodeId, Owner
from matchmaker.model.vocabulary import TieType

GROUP = 1000
"""Rows judged at once; a group with a fault in it is halved until the faulty rows are found."""

UNKNOWN_RULE = "an id of this bundle, of the store or of the reference data"
_STATEMENT_TIES = frozenset({TieType.HAS, TieType.STATES, TieType.CONCERNS})


@dataclass(frozen=True, slots=True)
class Admission:
    """What a bundle does to a store.

    Attributes
    ----------
    edits
        One group for each row that changes something, in the order of loading.
    loaded
        How many rows are in: those and the ones that are there already.
    refusals
        The rows that are not, in order of file and line.
    """

    edits: tuple[tuple[Edit, ...], ...]
    loaded: int
    refusals: tuple[Refusal, ...]

    @property
    def changed(self) -> int:
        """How many rows change something."""
        return len(self.edits)


def admit(reading: BundleReading, image: GraphImage, owner: Owner) -> Admission:
    """Judge the rows of a bundle against the image of a store, and add to the image what is admitted.

    ``owner`` is whose statements the bundle's are. A group with a faulty row in it is judged about ten times.
    """
    return _Admitting(reading, image, owner).admission()


class _Admitting:
    """A bundle being admitted."""

    def __init__(self, reading: BundleReading, image: GraphImage, owner: Owner) -> None:
        self.reading, self.image, self.owner = reading, image, owner
        self.refusals: list[Refusal] = list(reading.refusals)
        self.refused_ids: dict[str, Spot] = {refusal.id: refusal.spot for refusal in reversed(self.refusals)}
        self.edits: list[tuple[Edit, ...]] = []
        self.loaded = 0
        self.places: dict[ElementKey, Spot] = {}

    def admission(self) -> Admission:
        for _, rows in groupby(self.reading.rows, key=lambda row: row.shape):
            for group in _groups(list(rows)):
                self._admit([row for row in group if self._screen(row)])
        refusals = tuple(sorted(self.refusals, key=lambda refusal: refusal.spot))
        return Admission(tuple(self.edits), self.loaded, refusals)

    def _screen(self, row: BundleRow) -> bool:
        """Settle what can be settled without the rules; say whether the row goes on to them."""
        findings = [self._unknown(row, column, id) for column, id in row.references if not self._is_known(row, id)]
        findings += self._repeated(row)
        if row.shape is Shape.THING and row.node is not None and not findings:
            held = self._held_by_all(row.node)
            if held is not None and not _says_other(row.node, held):
                self.loaded += 1
                return False
            if held is not None:
                findings.append(_belongs_to_all(row, self.owner))
        if findings:
            self._refuse(row, findings)
            return False
        self.places |= dict.fromkeys(_keys(row), row.spot)
        return True

    def _is_known(self, row: BundleRow, id: NodeId) -> bool:
        owner = row.ties[0].owner if row.ties else self.owner
        return self.image.find_visible(id, owner) is not None

    def _unknown(self, row: BundleRow, column: str, id: NodeId) -> Finding:
        spot = self.refused_ids.get(id)
        why = f" (its own row is refused: {spot})" if spot is not None else ""
        return row.spot.finding(f"is not known here{why}", column, id, UNKNOWN_RULE)

    def _repeated(self, row: BundleRow) -> list[Finding]:
        places = {self.places[key] for key in _keys(row) if key in self.places}
        column = "type" if row.shape is Shape.TIE else "id"
        return [row.spot.finding(f"{spot} has this already", column, row.id, "once") for spot in sorted(places)]

    def _held_by_all(self, node: Node) -> Node | None:
        """Return the public node of that id, where this bundle may use it but not change it."""
        if self.owner in {PUBLIC, str(node.id)}:
            return None
        held = self.image.find_node(node.id)
        return held if held is not None and held.label is node.label and held.owner == PUBLIC else None

    def _admit(self, rows: Sequence[BundleRow]) -> None:
        if not rows:
            return
        edits = [self._edits(row) for row in rows]
        try:
            self.image.apply(changes_of(edit for group in edits for edit in group))
        except InvalidInput as refused:
            if len(rows) == 1:
                self._refuse(rows[0], [_placed(rows[0], finding) for finding in refused.findings])
                return
            middle = len(rows) // 2
            self._admit(rows[:middle])
            self._admit(rows[middle:])
        else:
            self.loaded += len(rows)
            self.edits += [group for group in edits if group]

    def _edits(self, row: BundleRow) -> tuple[Edit, ...]:
        """Return what the row changes; a statement's ties to what it no longer says go."""
        pairs = [(self.image.find(element), element) for element in row.elements]
        edits = [Edit(before, after) for before, after in pairs if before != after]
        if row.shape is Shape.STATEMENT and self.image.find_node(NodeId(row.id)) is not None:
            kept = {tie.key for tie in row.ties}
            edits += [Edit(tie, None) for tie in self._own_ties(NodeId(row.id)) if tie.key not in kept]
        return tuple(edits)

    def _own_ties(self, id: NodeId) -> list[Tie]:
        ties = [stored.element for stored in self.image.ties_at({id})]
        mine = [tie for tie in ties if tie.type in _STATEMENT_TIES and tie.owner == self.owner]
        return sorted(mine, key=lambda tie: tie.id)

    def _refuse(self, row: BundleRow, findings: Sequence[Finding]) -> None:
        for key in _keys(row):
            if self.places.get(key) == row.spot:
                del self.places[key]
        if row.id:
            self.refused_ids.setdefault(row.id, row.spot)
        self.refusals.append(Refusal(row.spot, row.id, tuple(dict.fromkeys(findings))))


def _keys(row: BundleRow) -> Iterator[ElementKey]:
    """Yield what no two rows may both put: ids of nodes whatever their label, and keys of ties."""
    if row.id:
        yield NodeId(row.id)
    yield from (tie.key for tie in row.ties)


def _groups(rows: list[BundleRow]) -> Iterator[list[BundleRow]]:
    for start in range(0, len(rows), GROUP):
        yield rows[start : start + GROUP]


def _says_other(node: Node, held: Node) -> bool:
    return dict(node.properties) != dict(held.properties)


def _belongs_to_all(row: BundleRow, owner: Owner) -> Finding:
    valid = f"another id, the same words, or a load without --into {owner}"
    return row.spot.finding("is public already and says something else, so it isn't changed", "id", row.id, valid)


_COLUMN_OF_MESSAGE = {
    "the id is taken": "id",
    "these ends are not allowed": "type",
    "two episodes overlap": "episode",
    "it ends before it starts": "until",
}


def _placed(row: BundleRow, finding: Finding) -> Finding:
    """Return a finding about an element as one about the row that it came from."""
    column = _COLUMN_OF_MESSAGE.get(finding.message, "")
    if row.shape is Shape.STATEMENT and column == "type":
        column = "subject"
    message = finding.message if column else f"{finding.where} {finding.message}"
    if row.shape is Shape.THING and column in {"type", "episode"}:
        message, column = f"{finding.where}: {finding.message} any more", ""
    value = finding.value or (row.id if column == "id" else "")
    return row.spot.finding(message, column, value, finding.valid)
