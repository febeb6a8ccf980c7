"""Which rows may go into a store: what they name exists and fits, and nothing else is in the way.

Rows are judged some at a time, by the rules of `matchmaker.graph.applying`, so a load of any size needs little memory.
Rows that seem right go to the store at once, which judges them in writing; only where it refuses, or nothing is to be
written, are they judged here one after the other, laid over the store's graph.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from matchmaker.errors import Finding, InvalidInput
from matchmaker.exchange.bundle import Shape
from matchmaker.exchange.edits import Edit, Element, changes_of
from matchmaker.exchange.findings import Refusal, Spot
from matchmaker.exchange.readers.rows import GROUND_LABELS, BundleRow, SoundRow
from matchmaker.graph.applying import GraphReader
from matchmaker.graph.contents import Stored
from matchmaker.graph.sqlite.scratch import Scratch
from matchmaker.model.changes import ElementKey
from matchmaker.model.elements import Node, Record, Tie, make_tie
from matchmaker.model.ids import PUBLIC, NodeId, Owner, short_number
from matchmaker.model.vocabulary import RECORD_LABELS, Label, TieType

GROUP = 1000
"""Rows judged at once; a group with a fault in it is halved until the faulty rows are found."""

UNKNOWN_RULE = "an id of the same load, of the store or of the reference data"
_STATEMENT_TIES = frozenset({TieType.HAS, TieType.STATES, TieType.CONCERNS})

AnyStored = Stored[Node] | Stored[Record] | Stored[Tie]


@dataclass(frozen=True, slots=True)
class RowEdits:
    """What one row changes.

    Attributes
    ----------
    row
        The row.
    edits
        Nothing where it is there already.
    versions
        Of what is there before.
    adds
        Whether what the row is about is new.
    new_partners
        The partners that weren't there before.
    """

    row: SoundRow
    edits: tuple[Edit, ...]
    versions: Mapping[ElementKey, int] = field(default_factory=dict)
    adds: bool = False
    new_partners: tuple[NodeId, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """Rows that may go in, in order, those that may not, and how many were left out without harm."""

    admitted: tuple[RowEdits, ...]
    refusals: tuple[Refusal, ...]
    left_out: int = 0


class Admission:
    """The rows of one load being judged, some at a time and in order.

    Parameters
    ----------
    owner
        Whose statements they are.
    """

    def __init__(self, owner: Owner) -> None:
        self.owner = owner
        self._spots: dict[int, Spot] = {}
        self._refused_ids: dict[str, Spot] = {}

    def note_refusal(self, refusal: Refusal) -> None:
        """Remember a row that is refused, so that what hangs on it can say why."""
        if refusal.id:
            self._refused_ids.setdefault(refusal.id, refusal.spot)

    def take(self, row: SoundRow) -> SoundRow | Refusal:
        """Return the row without the parts that an earlier row has already, or the refusal of a repeated row.

        Every row of a load comes by here once, in order: of two with one id the first counts.
        """
        fresh: list[BundleRow] = []
        for part in row.parts:
            held = self._held(part, row.spot)
            if held is None:
                fresh.append(part)
            elif part is row.parts[0] and (len(row.parts) == 1 or held.file == row.spot.file):
                words = f"line {held.line}" if held.file == row.spot.file else str(held)
                finding = row.spot.finding(f"{words} has this already", part.key_column, _shown_key(part), "once")
                refusal = Refusal(row.spot, row.id, (finding,))
                self.note_refusal(refusal)
                return refusal
        if len(fresh) == len(row.parts):
            return row
        return replace(row, parts=tuple(fresh) or row.parts[:1])

    def _held(self, part: BundleRow, spot: Spot) -> Spot | None:
        """Return the earlier place of what a part puts; note the part's own where there is none."""
        for key in _keys(part):
            held = self._spots.setdefault(short_number(key), spot)
            if held is not spot:
                return held
        return None

    def propose(self, rows: Sequence[SoundRow], reader: GraphReader) -> Judged:
        """Say what rows change, without the rules that a store applies in writing."""
        ground = _Ground(rows, reader, self.owner)
        refusals: list[Refusal] = []
        admitted: list[RowEdits] = []
        left_out = 0
        for row in ground.rows:
            if row.if_known and not ground.knows_all(row):
                left_out += 1
                continue
            findings = self._screen(row, ground)
            if findings:
                refusals.append(Refusal(row.spot, row.id, findings))
            else:
                admitted.append(ground.edits(row))
        return Judged(tuple(admitted), tuple(refusals), left_out)

    def judge(self, rows: Sequence[SoundRow], reader: GraphReader, scratch: Scratch) -> Judged:
        """Judge rows by all the rules, and lay what is admitted over the graph that ``reader`` reads."""
        admitted: list[RowEdits] = []
        refusals: list[Refusal] = []
        left_out = 0
        for _, same in groupby(rows, key=lambda row: row.shape):
            for group in _groups(list(same)):
                proposed = self.propose(group, scratch.over(reader))
                refusals += proposed.refusals
                left_out += proposed.left_out
                for refusal in proposed.refusals:
                    self.note_refusal(refusal)
                refused = {refusal.spot for refusal in proposed.refusals}
                ground = _grounds_of(row for row in group if row.spot in refused)
                self._lay(self.propose(ground, scratch.over(reader)).admitted, (reader, scratch), admitted, refusals)
                self._lay(proposed.admitted, (reader, scratch), admitted, refusals)
        return Judged(tuple(admitted), tuple(refusals), left_out)

    def _lay(
        self,
        rows: Sequence[RowEdits],
        ground: tuple[GraphReader, Scratch],
        admitted: list[RowEdits],
        refusals: list[Refusal],
    ) -> None:
        if not rows:
            return
        reader, scratch = ground
        try:
            scratch.lay(changes_of(edit for row in rows for edit in row.edits), reader)
        except InvalidInput as refused:
            if len(rows) == 1:
                row = rows[0].row
                findings = tuple(dict.fromkeys(_placed(row, finding) for finding in refused.findings))
                refusal = Refusal(row.spot, row.id, findings)
                self.note_refusal(refusal)
                refusals.append(refusal)
                kept = self.propose(_grounds_of([row]), scratch.over(reader)).admitted
                self._lay(kept, ground, admitted, refusals)
                return
            middle = len(rows) // 2
            self._lay(rows[:middle], ground, admitted, refusals)
            self._lay(rows[middle:], ground, admitted, refusals)
        else:
            admitted += rows

    def _screen(self, row: SoundRow, ground: "_Ground") -> tuple[Finding, ...]:
        """Return what can be said against a row without the rules."""
        findings = [
            self._unknown(row, column, id)
            for part in row.parts
            for column, id in part.references
            if not ground.is_known(id, part)
        ]
        if not findings:
            findings = [_belongs_to_all(row, part, self.owner) for part in row.parts if ground.is_held_by_all(part)]
        return tuple(dict.fromkeys(findings))

    def _unknown(self, row: SoundRow, column: str, id: NodeId) -> Finding:
        spot = self._refused_ids.get(id)
        why = f" (its own row is refused: {spot})" if spot is not None else ""
        return row.spot.finding(f"is not known here{why}", column, id, UNKNOWN_RULE)


class _Ground:
    """What a graph holds of everything that some rows speak of, looked up at once."""

    def __init__(self, rows: Sequence[SoundRow], reader: GraphReader, owner: Owner) -> None:
        self._owner, self._reader = owner, reader
        parts = [part for row in rows for part in row.parts]
        self._nodes = dict(reader.nodes({*_ids_in(parts)}))
        self.rows = self._followed(rows)
        parts = [part for row in self.rows for part in row.parts]
        self._records = reader.records({part.record.id for part in parts if part.record is not None})
        self._ties = reader.ties({tie.key for part in parts for tie in part.ties})
        self._coming = {part.id for part in parts if part.id}
        self._hidden = self._visible_ids()
        self._statement_ties = self._ties_of_statements(parts)

    def _followed(self, rows: Sequence[SoundRow]) -> Sequence[SoundRow]:
        """Return the rows with ids that were merged into others replaced by those."""
        merged = self._redirects()
        return [_redirected(row, merged) for row in rows] if merged else rows

    def _redirects(self) -> dict[NodeId, NodeId]:
        merged: dict[NodeId, NodeId] = {}
        new = {id: stored.element for id, stored in self._nodes.items() if stored.element.label is Label.REDIRECT}
        while new:
            merged |= {id: NodeId(str(node.properties["to"])) for id, node in new.items()}
            found = self._reader.nodes({to for to in merged.values() if to not in self._nodes})
            self._nodes |= found
            new = {id: stored.element for id, stored in found.items() if stored.element.label is Label.REDIRECT}
        for id in merged:
            end, seen = merged[id], {id}
            while end in merged and end not in seen:
                seen.add(end)
                end = merged[end]
            merged[id] = end
        return merged

    def _visible_ids(self) -> set[NodeId]:
        """Return the nodes of other ecosystems about which the owner has no Record either."""
        private = {id for id, stored in self._nodes.items() if stored.element.owner not in {PUBLIC, self._owner}}
        described = {id for id in private if self._nodes[id].element.label in RECORD_LABELS}
        about = self._reader.records_about(described)
        own = {id for id in described if any(stored.element.owner == self._owner for stored in about.get(id, ()))}
        return private - own

    def _ties_of_statements(self, parts: Iterable[BundleRow]) -> Mapping[str, list[Stored[Tie]]]:
        statements = {NodeId(part.id) for part in parts if part.shape is Shape.STATEMENT}
        found: defaultdict[str, list[Stored[Tie]]] = defaultdict(list)
        for stored in self._reader.ties_at({id for id in statements if id in self._nodes}):
            tie = stored.element
            if tie.type in _STATEMENT_TIES and tie.owner == self._owner:
                for end in (tie.source, tie.target):
                    if end in statements:
                        found[end].append(stored)
        return found

    def is_known(self, id: NodeId, part: BundleRow) -> bool:
        """Say whether what a part names is there for whoever says so, or comes in one of the rows."""
        if id in self._coming:
            return True
        if id not in self._nodes or id in self._hidden:
            return False
        owner = part.ties[0].owner if part.ties else self._owner
        return owner != PUBLIC or self._nodes[id].element.owner == PUBLIC

    def knows_all(self, row: SoundRow) -> bool:
        """Say whether everything that a row names is there."""
        return all(self.is_known(id, part) for part in row.parts for _, id in part.references)

    def is_held_by_all(self, part: BundleRow) -> bool:
        """Say whether a part would change a public node that its owner may use but not change."""
        node = part.node
        if node is None or part.shape is not Shape.THING or self._owner in {PUBLIC, str(node.id)}:
            return False
        held = self._nodes.get(node.id)
        if held is None or held.element.label is not node.label or held.element.owner != PUBLIC:
            return False
        return dict(node.properties) != dict(held.element.properties)

    def edits(self, row: SoundRow) -> RowEdits:
        """Return what a row changes; a statement's ties to what it no longer says go."""
        found: list[Edit] = []
        versions: dict[ElementKey, int] = {}
        for part in row.parts:
            for element in self._elements(part):
                stored = self._find(element)
                before = stored.element if stored is not None else None
                if before != element:
                    found.append(Edit(before, element))
                    if stored is not None:
                        versions[found[-1].key] = stored.version
            kept = {tie.key for tie in part.ties}
            for stored_tie in self._statement_ties.get(part.id, ()) if part.shape is Shape.STATEMENT else ():
                if stored_tie.element.key not in kept:
                    found.append(Edit(stored_tie.element, None))
                    versions[stored_tie.element.key] = stored_tie.version
        adds = bool(found) and self._is_new(row.parts[0])
        records = (part.record for part in row.parts if part.record is not None)
        new = [record.about for record in records if record.label is Label.PARTNER and record.about not in self._nodes]
        return RowEdits(row, tuple(found), versions, adds, tuple(new))

    def _is_new(self, part: BundleRow) -> bool:
        if part.id:
            return NodeId(part.id) not in self._nodes
        return not any(tie.key in self._ties for tie in part.ties)

    def _elements(self, part: BundleRow) -> tuple[Element, ...]:
        """Return a part's elements but for a public thing that is there already and stays as it is."""
        if part.node is not None and part.shape is Shape.THING and self._owner not in {PUBLIC, str(part.id)}:
            held = self._nodes.get(part.node.id)
            if held is not None and held.element.label is part.node.label and held.element.owner == PUBLIC:
                return part.ties
        return part.elements

    def _find(self, element: Element) -> AnyStored | None:
        if isinstance(element, Tie):
            return self._ties.get(element.key)
        return self._records.get(element.id) if isinstance(element, Record) else self._nodes.get(element.id)


def _ids_in(parts: Iterable[BundleRow]) -> Iterator[NodeId]:
    for part in parts:
        if part.id:
            yield NodeId(part.id)
        for _, id in part.references:
            yield id
        for tie in part.ties:
            yield tie.source
            yield tie.target


def _redirected(row: SoundRow, merged: Mapping[NodeId, NodeId]) -> SoundRow:
    if not any(id in merged for id in _ids_in(row.parts)):
        return row
    return replace(row, parts=tuple(_redirected_part(part, merged) for part in row.parts))


def _redirected_part(part: BundleRow, merged: Mapping[NodeId, NodeId]) -> BundleRow:
    record = part.record
    if record is not None and record.about in merged:
        record = replace(record, about=merged[record.about], origin=record.origin or record.about)
    ties = tuple(
        make_tie(
            tie.type,
            (merged.get(tie.source, tie.source), merged.get(tie.target, tie.target)),
            tie.properties,
            tie.owner,
            tie.key.episode,
            tie.provenance,
        )
        for tie in part.ties
    )
    references = tuple((column, merged.get(id, id)) for column, id in part.references)
    id = merged.get(NodeId(part.id), NodeId(part.id)) if record is not None else part.id
    # What two merged partners were to each other, one partner isn't to itself.
    ties = tuple(tie for tie in ties if tie.source != tie.target)
    return replace(part, id=id, record=record, ties=ties, references=references)


def _keys(part: BundleRow) -> Iterator[str]:
    """Yield what no two rows may both put: the id of a node whatever its label, or else the keys of ties."""
    if part.id:
        yield part.id
    else:
        yield from (tie.id for tie in part.ties)


def _shown_key(part: BundleRow) -> str:
    if part.id:
        return part.id
    tie = part.ties[0]
    return f"{tie.source} {tie.type.value} {tie.target} {tie.key.episode}".strip()


def _grounds_of(rows: Iterable[SoundRow]) -> list[SoundRow]:
    """Return what refused rows of several parts would have brought for others to stand on."""
    found: list[SoundRow] = []
    for row in rows:
        things = tuple(part for part in row.parts if _is_ground(part))
        ids = {part.id for part in things}
        ties = (part for part in row.parts if part.shape is Shape.TIE and _joins(part, ids))
        if things and len(things) < len(row.parts):
            found.append(SoundRow(row.spot, (*things, *ties), ground=True))
    return found


def _is_ground(part: BundleRow) -> bool:
    element = part.record if part.record is not None else part.node
    return element is not None and element.label in GROUND_LABELS


def _joins(part: BundleRow, ids: Collection[str]) -> bool:
    return all(tie.source in ids and tie.target in ids for tie in part.ties)


def _groups(rows: list[SoundRow]) -> Iterator[list[SoundRow]]:
    for start in range(0, len(rows), GROUP):
        yield rows[start : start + GROUP]


def _belongs_to_all(row: SoundRow, part: BundleRow, owner: Owner) -> Finding:
    valid = f"another id, the same words, or a load without --into {owner}"
    return row.spot.finding("is public already and says something else, so it isn't changed", "id", part.id, valid)


_COLUMN_OF_MESSAGE = {
    "the id is taken": "id",
    "these ends are not allowed": "type",
    "two episodes overlap": "episode",
    "it ends before it starts": "until",
}


def _placed(row: SoundRow, finding: Finding) -> Finding:
    """Return a finding about an element as one about the row that it came from."""
    column = _COLUMN_OF_MESSAGE.get(finding.message, "")
    if row.shape is Shape.STATEMENT and column == "type":
        column = "subject"
    message = finding.message if column else f"{finding.where} {finding.message}"
    if row.shape is Shape.THING and column in {"type", "episode"}:
        message, column = f"{finding.where}: {finding.message} any more", ""
    value = finding.value or (row.id if column == "id" else "")
    return row.spot.finding(message, column, value, finding.valid)
