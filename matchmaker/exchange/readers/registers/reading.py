"""A register's file as a `Reading`: what all registers share between the file and the rule for its rows."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from matchmaker.errors import Finding
from matchmaker.exchange.findings import Spot
from matchmaker.exchange.readers.registers.drafting import faulty
from matchmaker.exchange.readers.registers.table import Entry, Table, open_table
from matchmaker.exchange.reading import Format, Probe, Reading, ReadOptions, SourceRow

RowRule = Callable[[Entry], SourceRow]
"""Says what a row means; made anew for every pass over the file, since it remembers what was named before."""

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def register_format(
    term: str,
    title: str,
    columns: str,
    start: Callable[[Table, ReadOptions], RowRule],
    *,
    without: str = "",
    notices: Callable[[Table], list[Finding]] | None = None,
) -> Format:
    """Return the format of a register's file, which is recognised by its header.

    Parameters
    ----------
    term, title
        Its name for machines and for people.
    columns
        The columns that it must have, in lower case, separated by blanks.
    start
        Makes the rule for the rows of one pass.
    without
        Columns that a file of this format never has.
    notices
        What is to be said of the file as a whole.
    """
    wanted, unwanted = columns.split(), without.split()

    def matches(probe: Probe) -> bool:
        return frozenset(wanted) <= frozenset(probe.columns) and frozenset(unwanted).isdisjoint(probe.columns)

    def read(path: Path, options: ReadOptions) -> Reading:
        table = open_table(path)
        missing = [_missing(table, name) for name in wanted if name not in table.columns]
        findings = (*table.findings, *missing)
        if findings:
            return Reading(term, table.name, table.digest, _no_rows, 0, findings)

        def rows() -> Iterator[SourceRow]:
            rule = start(table, options)
            for entry in table.iter_entries():
                yield faulty(entry) if entry.fault else rule(entry)

        said = tuple(notices(table)) if notices is not None else ()
        return Reading(term, table.name, table.digest, rows, table.lines, (), said)

    return Format(term, title, matches, read, public=True)


def _missing(table: Table, column: str) -> Finding:
    spot = Spot(table.name, 1)
    return spot.finding("the column is missing, so no row is loaded", column.upper(), valid="the register's own header")


def _no_rows() -> Iterator[SourceRow]:
    return iter(())


def year_in(name: str) -> str:
    """Return the first year in a file's name; empty where there is none.

    >>> year_in("hd2020.csv"), year_in("ccd_sch_029_2223.csv")
    ('2020', '')
    """
    found = _YEAR.search(name)
    return found.group() if found else ""


def undated(table: Table) -> list[Finding]:
    """Return a notice where the file's name doesn't say of which year it is."""
    if year_in(table.name):
        return []
    message = "the file's name has no year, so its facts are undated"
    return [Finding(message, valid="a name with the year, such as hd2020.csv", file=table.name)]
