"""The journal of a job: what every element was before the job changed it, so that the job can be taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matchmaker.errors import StoreCorrupt
from matchmaker.exchange.edits import Edit, Element
from matchmaker.graph.encoding import NotAnElement, decode_element, encode_element
from matchmaker.graph.store import Fields, OperationsStore
from matchmaker.model.canonical import Scalar

PART = 50_000
"""Characters of an element's text in one field; longer ones are cut into parts."""


@dataclass(frozen=True, slots=True)
class MadeBatch:
    """A batch of a job: its number, its edits, and the store's revision after it (0 where that isn't certain)."""

    batch: int
    edits: tuple[Edit, ...]
    revision: int


def write_journal(operations: OperationsStore, job: str, batch: int, edits: Sequence[Edit]) -> None:
    """Write down a batch's edits, before it is made."""
    operations.append(_collection(job), [_fields(batch, edit) for edit in edits])


def write_made(operations: OperationsStore, job: str, batch: int, revision: int) -> None:
    """Write down that a batch was made, and the revision after it."""
    operations.append(_collection(job), [{"batch": batch, "revision": revision}])


def read_journal(operations: OperationsStore, job: str) -> list[MadeBatch]:
    """Return the batches that were written down, oldest first.

    One without a revision was interrupted: whether it was made, only the store's contents can tell.
    """
    edits: dict[int, list[Edit]] = {}
    revisions: dict[int, int] = {}
    for _, fields in operations.iter_log(_collection(job)):
        batch, revision = fields.get("batch"), fields.get("revision")
        if not isinstance(batch, int):
            raise StoreCorrupt(f"An entry of the journal of {job} names no batch.")
        if isinstance(revision, int):
            revisions[batch] = revision
            continue
        try:
            edit = Edit(_element("before", fields), _element("after", fields))
        except NotAnElement as error:
            raise StoreCorrupt(f"The journal of {job} holds {error}; it can't be taken back.") from error
        edits.setdefault(batch, []).append(edit)
    return [MadeBatch(batch, tuple(known), revisions.get(batch, 0)) for batch, known in sorted(edits.items())]


def _collection(job: str) -> str:
    return f"journal-{job}"


def _fields(batch: int, edit: Edit) -> Fields:
    fields: dict[str, Scalar] = {"batch": batch}
    for name, element in (("before", edit.before), ("after", edit.after)):
        if element is not None:
            fields |= _parts(name, encode_element(element))
    return fields


def _parts(name: str, text: str) -> Mapping[str, str]:
    """Return text in parts; brackets keep the spaces at their ends."""
    cuts = range(0, len(text), PART)
    return {f"{name}_{number}": f"[{text[start : start + PART]}]" for number, start in enumerate(cuts)}


def _element(name: str, fields: Fields) -> Element | None:
    text, number = "", 0
    while isinstance(part := fields.get(f"{name}_{number}"), str):
        text += part[1:-1]
        number += 1
    return decode_element(text) if text else None
