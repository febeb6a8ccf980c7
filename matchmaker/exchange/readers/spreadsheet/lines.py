"""A table as numbered lines of text cells, whatever file it is in."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from matchmaker.errors import Finding

MAXIMUM_COLUMNS = 1_000
"""More columns than any sheet about organizations has: a file with more is refused before they are taken apart."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table.

    Attributes
    ----------
    number
        Where it starts, counted from 1: the physical line of a text file, the row of a workbook.
    cells
        Its cells, stripped, without empty ones at the end; nothing where the line is blank.
    fault
        Why it can't be read; empty where it can.
    mended
        What the program that made the file did to cells, by their index, and what became of that.
    """

    number: int
    cells: tuple[str, ...]
    fault: str = ""
    mended: tuple[tuple[int, str], ...] = ()

    @property
    def filled(self) -> int:
        """How many cells aren't empty."""
        return sum(1 for cell in self.cells if cell)


@dataclass(frozen=True, slots=True)
class Lines:
    """A table that was opened.

    Attributes
    ----------
    file, sheet
        Which table; ``sheet`` is empty for a text file.
    read
        Yields its lines that aren't blank, anew with every call, one at a time.
    estimate
        About how many lines there are.
    findings
        What keeps it from being read; there are no lines then.
    notices
        What was assumed about the file.
    """

    file: str
    sheet: str
    read: Callable[[], Iterator[Line]]
    estimate: int = 0
    findings: tuple[Finding, ...] = ()
    notices: tuple[Finding, ...] = ()

    @property
    def title(self) -> str:
        """The file's name, with the sheet where there is one, as it is shown with a line's number."""
        return f"{self.file}[{self.sheet}]" if self.sheet else self.file


def refused(file: str, sheet: str, *findings: Finding) -> Lines:
    """Return a table that can't be read."""
    return Lines(file, sheet, lambda: iter(()), findings=findings)


def trimmed(cells: Iterable[str]) -> tuple[str, ...]:
    """Return stripped cells without the empty ones at the end; lines inside them end as lines do here.

    >>> trimmed([" a ", "", "b", " ", ""])
    ('a', '', 'b')
    """
    stripped = [cell.strip().replace("\r\n", "\n").replace("\r", "\n") for cell in cells]
    while stripped and not stripped[-1]:
        stripped.pop()
    return tuple(stripped)
