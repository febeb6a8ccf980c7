"""The journal of a job: what every element was before the job changed it, so that the job can be taken back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matchmaker.errors import StoreCorrupt
from matchmaker.exchange.edits import Edit, Element
from matchmaker.graph.encoding import NotAnElement, decode_element, encode_element
from matchmaker.graph.store import Fields, OperationsStore

PAGE = 90_000
"""Characters of the journal in one entry; a batch has many."""

_ABSENT = ""
_BETWEEN = "\t"
"""Between an element before and after: their text is JSON, which holds no tab."""


@dataclass(frozen=True, slots=True)
class MadeBatch:
    """A batch of a job: its number, its edits, and the store's revision after it (0 where that isn't certain)."""

    batch: int
    edits: tuple[Edit, ...]
    revision: int


def write_journal(operations: OperationsStore, job: str, batch: int, edits: Sequence[Edit]) -> None:
    """Write down a batch's edits, before it is made."""
    text = "\n".join(_line(edit) for edit in edits)
    pages = [text[start : start + PAGE] for start in range(0, len(text), PAGE)]
    # Brackets keep the white space at a page's ends; what was written in an attempt that failed doesn't count.
    entries: list[Fields] = [{"pages": len(pages)}, *({"page": f"[{page}]"} for page in pages)]
    operations.append(_collection(job, batch), entries)


def write_made(operations: OperationsStore, job: str, batch: int, revision: int) -> None:
    """Write down that a batch was made, and the revision after it."""
    operations.append(_collection(job, batch), [{"revision": revision}])


def write_dropped(operations: OperationsStore, job: str, batch: int) -> None:
    """Write down that the store refused a batch, so that nothing of it is there to be taken back."""
    operations.append(_collection(job, batch), [{"pages": 0}])


def iter_journal_backward(operations: OperationsStore, job: str, batches: int) -> Iterator[MadeBatch]:
    """Yield the batches below number ``batches`` that were written down, newest first, one at a time in memory.

    One without a revision was interrupted: whether it was made, only the store's contents can tell.
    """
    for batch in reversed(range(batches)):
        made = _read(operations, job, batch)
        if made is not None:
            yield made


def _read(operations: OperationsStore, job: str, batch: int) -> MadeBatch | None:
    pages: list[str] = []
    expected: int | None = None
    revision = 0
    for _, fields in operations.iter_log(_collection(job, batch)):
        if isinstance(fields.get("pages"), int):
            expected, pages = int(fields["pages"]), []
        elif isinstance(fields.get("revision"), int):
            revision = int(fields["revision"])
        elif isinstance(page := fields.get("page"), str):
            pages.append(page[1:-1])
        else:
            raise StoreCorrupt(f"An entry of the journal of {job} says nothing.")
    if expected is None:
        return None
    if expected != len(pages):
        raise StoreCorrupt(f"The journal of {job} lacks pages of batch {batch}; it can't be taken back.")
    lines = "".join(pages).split("\n") if pages else []
    try:
        edits = tuple(_edit(line) for line in lines)
    except NotAnElement as error:
        raise StoreCorrupt(f"The journal of {job} holds {error}; it can't be taken back.") from error
    return MadeBatch(batch, edits, revision)


def _collection(job: str, batch: int) -> str:
    return f"journal-{job}.{batch}"


def _line(edit: Edit) -> str:
    return _BETWEEN.join(encode_element(side) if side is not None else _ABSENT for side in (edit.before, edit.after))


def _edit(line: str) -> Edit:
    before, _, after = line.partition(_BETWEEN)
    return Edit(_element(before), _element(after))


def _element(text: str) -> Element | None:
    return decode_element(text) if text else None
