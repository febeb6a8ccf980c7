"""A published graph as the bundle's tables: which columns each file needs, and its rows."""

from collections.abc import Iterable
from dataclasses import dataclass

from matchmaker.exchange.bundle import FILES, FileSpec, columns_of
from matchmaker.exchange.graph_rows import graph_of, parts_of_graph
from matchmaker.exchange.published import Published
from matchmaker.exchange.reading import Part


@dataclass(frozen=True, slots=True)
class Table:
    """One file of the bundle.

    Attributes
    ----------
    spec
        Which.
    columns
        The required ones and those that any row fills, in the bundle's order; what was kept from sheets comes last.
    rows
        In the order of loading.
    """

    spec: FileSpec
    columns: tuple[str, ...]
    rows: tuple[Part, ...]


def tables_of(published: Published) -> tuple[Table, ...]:
    """Return the files that a published graph fills, in the order of loading."""
    rows: dict[str, list[Part]] = {name: [] for name in FILES}
    for _, part in parts_of_graph(*graph_of(published)):
        rows[part.file].append(part)
    return tuple(
        Table(FILES[name], _columns(FILES[name], parts), tuple(parts)) for name, parts in rows.items() if parts
    )


def _columns(spec: FileSpec, rows: Iterable[Part]) -> tuple[str, ...]:
    used = {column for row in rows for column in row.cells}
    known = {column.name: column.required for column in columns_of(spec)}
    return (*(name for name, required in known.items() if required or name in used), *sorted(used - known.keys()))


def about(published: Published) -> tuple[tuple[str, str], ...]:
    """Return what a file says of itself: what it is, of which day, for whom, and what was left out."""
    return (
        ("Title", published.title),
        ("Ecosystem", published.ecosystem),
        ("As of", published.as_of.isoformat()),
        ("Audience", published.audience.value),
        ("Nodes", str(len(published.nodes))),
        ("Ties", str(len(published.ties))),
        ("Small counts left out", str(published.suppressed)),
        ("Graph hash", published.graph_hash),
    )
