"""Writes a published graph as a CSV bundle: a folder, or a zip file of one."""

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from matchmaker.exchange.cells import guarded
from matchmaker.exchange.graph_rows import find_spec
from matchmaker.exchange.published import Published
from matchmaker.exchange.writers.tables import Table, about, tables_of

ABOUT_FILE = "ABOUT.txt"
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip file can say: equal graphs give equal files."""


def write_bundle(published: Published, path: Path) -> None:
    """Write one CSV file for each label that there is, ``ties.csv`` and what it all is; UTF-8, with line feeds.

    Parameters
    ----------
    path
        A folder, which is made where it isn't there; with the suffix ``.zip`` a zip file.
    """
    files = _files(published)
    if path.suffix.lower() == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in files:
                archive.writestr(_member(name), text.encode("utf-8"), zipfile.ZIP_DEFLATED)
        return
    path.mkdir(exist_ok=True)
    for name, text in files:
        (path / name).write_text(text, encoding="utf-8", newline="")


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _FIXED_TIME)
    info.external_attr = 0o644 << 16
    return info


def _files(published: Published) -> Iterator[tuple[str, str]]:
    yield ABOUT_FILE, "".join(f"{name}: {' '.join(value.split())}\n" for name, value in about(published))
    for table in tables_of(published):
        yield table.spec.name, _csv_text(table)


def _csv_text(table: Table) -> str:
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow(
            guarded(text, find_spec(row, column)) if (text := row.cells.get(column, "")) else ""
            for column in table.columns
        )
    return file.getvalue()
