"""What a load would change, field by field, and a digest of all that this rests on."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from matchmaker.exchange.admission import Judged, RowEdits
from matchmaker.exchange.edits import Edit
from matchmaker.graph.applying import GraphReader
from matchmaker.graph.contents import Stored
from matchmaker.model.canonical import Value, add_digests, element_digest
from matchmaker.model.checking import tie_words
from matchmaker.model.elements import Node, Record, Tie, TieKey
from matchmaker.model.ids import NodeId, RecordId
from matchmaker.model.vocabulary import TieType


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of something that is there already, before and after.

    Attributes
    ----------
    id
        The node's id, or the tie in words.
    name
        The node's name before; empty for a tie.
    field
        Which property.
    before, after
        None: absent.
    """

    id: str
    name: str
    field: str
    before: Value | None
    after: Value | None


class PlanReader:
    """A graph's reader that keeps a digest of everything it was asked for and what version each had.

    The digest is a sum, so it doesn't depend on the order of the questions; what isn't there counts as version 0.
    """

    def __init__(self, beneath: GraphReader) -> None:
        self._beneath = beneath
        self.digest = 0

    def nodes(self, ids: Collection[NodeId]) -> Mapping[NodeId, Stored[Node]]:
        found = self._beneath.nodes(ids)
        self._note("node", ((id, found[id].version if id in found else 0) for id in set(ids)))
        return found

    def records(self, ids: Collection[RecordId]) -> Mapping[RecordId, Stored[Record]]:
        found = self._beneath.records(ids)
        self._note("record", ((id, found[id].version if id in found else 0) for id in set(ids)))
        return found

    def records_about(self, ids: Collection[NodeId]) -> Mapping[NodeId, Sequence[Stored[Record]]]:
        found = self._beneath.records_about(ids)
        known = [stored for about in found.values() for stored in about]
        self._note("record", ((stored.element.id, stored.version) for stored in known))
        return found

    def ties(self, keys: Collection[TieKey]) -> Mapping[TieKey, Stored[Tie]]:
        found = self._beneath.ties(keys)
        self._note("tie", ((key.id, found[key].version if key in found else 0) for key in set(keys)))
        return found

    def ties_between(self, keys: Collection[TieKey]) -> Sequence[Stored[Tie]]:
        return self._noted(self._beneath.ties_between(keys))

    def ties_at(self, ids: Collection[NodeId]) -> Sequence[Stored[Tie]]:
        return self._noted(self._beneath.ties_at(ids))

    def ties_from(self, ids: Collection[NodeId], type: TieType) -> Sequence[Stored[Tie]]:
        return self._noted(self._beneath.ties_from(ids, type))

    def _noted(self, found: Sequence[Stored[Tie]]) -> Sequence[Stored[Tie]]:
        self._note("tie", ((stored.element.id, stored.version) for stored in found))
        return found

    def _note(self, kind: str, versions: Iterable[tuple[str, int]]) -> None:
        self.digest = add_digests((element_digest(kind, id, version) for id, version in versions), self.digest)


def field_changes(judged: Judged, before: Mapping[NodeId, Node], after: Mapping[NodeId, Node]) -> list[FieldChange]:
    """Return what admitted rows change of what is there already, in the order of the rows.

    Parameters
    ----------
    judged
        The rows.
    before, after
        The nodes that Records in the rows are about, as they add up.
    """
    return [change for row in judged.admitted for change in _of_row(row, before, after)]


def _of_row(row: RowEdits, before: Mapping[NodeId, Node], after: Mapping[NodeId, Node]) -> Iterator[FieldChange]:
    for edit in row.edits:
        element = edit.element
        if isinstance(element, Record):
            old, new = before.get(element.about), after.get(element.about)
            if old is not None and new is not None:
                yield from _differences(old.id, old.name, old.properties, new.properties)
        elif edit.before is not None:
            yield from _of_edit(edit)


def _of_edit(edit: Edit) -> Iterator[FieldChange]:
    element, before, after = edit.element, edit.before, edit.after
    words = tie_words(element) if isinstance(element, Tie) else element.id if isinstance(element, Node) else ""
    name = element.name if isinstance(element, Node) else ""
    old = before.properties if before is not None else {}
    new = after.properties if after is not None else {}
    yield from _differences(words, name, old, new)


def _differences(id: str, name: str, old: Mapping[str, Value], new: Mapping[str, Value]) -> Iterator[FieldChange]:
    for field in sorted({*old, *new}):
        if old.get(field) != new.get(field):
            yield FieldChange(id, name, field, old.get(field), new.get(field))


def subjects_of(rows: Iterable[RowEdits]) -> set[NodeId]:
    """Return the nodes that Records in the rows are about."""
    return {edit.element.about for row in rows for edit in row.edits if isinstance(edit.element, Record)}
