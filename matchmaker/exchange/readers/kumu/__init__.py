"""Reads Kumu maps: JSON blueprints and project exports, and the sheets (CSV, XLSX) that Kumu imports.

What becomes of which element, connection and field stands in ``docs/other-tools.md``.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from matchmaker.errors import Finding
from matchmaker.exchange.findings import shown
from matchmaker.exchange.readers.documents import file_digest, find_member, source_name
from matchmaker.exchange.readers.kumu.connections import ConnectionReader, is_tie_field
from matchmaker.exchange.readers.kumu.elements import LABEL_FILES, ElementReader, is_kept, is_read
from matchmaker.exchange.readers.kumu.entries import (
    KumuFile,
    is_connection_head,
    is_element_head,
    list_heads,
    open_blueprint,
    open_delimited,
    open_workbook,
)
from matchmaker.exchange.reading import Format, Probe, Reading, ReadOptions, SourceRow

_LISTS: Final = re.compile(rb'"(?:elements|connections)"\s*:\s*\[')
_MARKS: Final = re.compile(rb'"(?:label|from|element type)"\s*:')


def is_blueprint(probe: Probe) -> bool:
    """Say whether a file is a blueprint or an export of a Kumu project."""
    return probe.suffix == ".json" and bool(_LISTS.search(probe.head) and _MARKS.search(probe.head))


def is_sheets(probe: Probe) -> bool:
    """Say whether a file or folder holds the sheets that Kumu imports: its first columns are Label, or From and To."""
    if probe.suffix == ".xlsx" and probe.head:
        heads = list_heads(probe.path)
        return any(is_connection_head(head) or (is_element_head(head) and "type" in head) for head in heads)
    if not probe.head and probe.members:
        return bool(find_member(probe.members, "elements").lower().endswith(".csv"))
    return is_connection_head(probe.columns) or (is_element_head(probe.columns) and "type" in probe.columns)


def read_blueprint(path: Path, options: ReadOptions) -> Reading:
    """Read a JSON blueprint or project export."""
    return _reading("kumu_blueprint", path, options, open_blueprint)


def read_sheets(path: Path, options: ReadOptions) -> Reading:
    """Read the sheets that Kumu imports: a CSV file, a folder with both, or a workbook."""
    return _reading("kumu_sheets", path, options, open_workbook if path.suffix.lower() == ".xlsx" else open_delimited)


def _reading(term: str, path: Path, options: ReadOptions, opener: Callable[[Path], KumuFile]) -> Reading:
    digest = file_digest(path)
    file = opener(path)
    name = source_name(path)

    def rows() -> Iterator[SourceRow]:
        elements = ElementReader(name, options)
        for entry in file.elements():
            yield elements.read(entry).row()
        connections = ConnectionReader(elements, splits_ends=file.splits_ends)
        for entry in file.connections():
            yield connections.read(entry).row()

    if file.findings:
        return Reading(term, name, digest, lambda: iter(()), findings=file.findings)
    count, notices = _look_over(path, file, options)
    return Reading(term, name, digest, rows, count, notices=notices)


def _look_over(path: Path, file: KumuFile, options: ReadOptions) -> tuple[int, tuple[Finding, ...]]:
    """Return how many entries there are, and a notice for each field that nothing is read from."""
    count = 0
    unread: dict[str, int] = {}
    for entry in file.elements():
        count += 1
        for name in entry.fields:
            if name not in unread and not is_read(name, LABEL_FILES) and not is_kept(name, options.keep):
                unread[name] = count
    for entry in file.connections():
        count += 1
        for name in entry.fields:
            if name not in unread and not is_tie_field(name) and not is_kept(name, options.keep):
                unread[name] = count
    valid = "--keep with its name keeps it as a property of its own"
    notices = [Finding("the field is dropped", shown(name), valid=valid, file=path.name) for name in unread]
    if options.region is not None:
        notices.append(Finding("a map is read whole, whatever region is asked for", file=path.name))
    return count, tuple(notices)


FORMATS: Final[tuple[Format, ...]] = (
    Format("kumu_blueprint", "Kumu blueprint (JSON)", is_blueprint, read_blueprint),
    Format("kumu_sheets", "Kumu sheets (CSV or XLSX)", is_sheets, read_sheets),
)
