"""The rows of a table under its header, without totals, footnotes and repeated headers."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from matchmaker.errors import Finding
from matchmaker.exchange.findings import Spot
from matchmaker.exchange.mapping import fold_words
from matchmaker.exchange.readers.spreadsheet.header import Header
from matchmaker.exchange.readers.spreadsheet.headings import HEADINGS
from matchmaker.exchange.readers.spreadsheet.lines import Line, Lines

_TOTAL = re.compile(
    r"(grand |sub ?)?totals?( (number )?(of )?(organizations|partners|schools|programs|rows|members|students))?"
    r"|sum|count|average|number of (organizations|partners|schools|programs|members)"
)
_FOOTNOTE = re.compile(
    r"(source|sources|note|notes|last updated|updated|prepared by|generated|revised|as of|end of)\b.*"
)
ALIKE = 0.8
"""The share of cells that must be headings for a row to be a header."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table.

    Attributes
    ----------
    spot
        Where it stands.
    cells
        Its filled cells by heading.
    findings
        Why it can't be read.
    notices
        What was put right or left out.
    left_out
        It says nothing about an organization: a total, a footnote, the header again.
    """

    spot: Spot
    cells: Mapping[str, str]
    findings: tuple[Finding, ...] = ()
    notices: tuple[Finding, ...] = ()
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """An opened table with its header."""

    lines: Lines
    header: Header

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings, those of columns without one aside."""
        return tuple(heading for index, heading in enumerate(self.header.headings) if index not in self.header.unnamed)

    def columns(self) -> list[list[str]]:
        """Return the cells of the sample by column, for the columns with a heading."""
        rows = [row for row in map(self._row, self.header.sample) if not row.left_out and not row.findings]
        return [[row.cells.get(heading, "") for row in rows] for heading in self.headings]

    def iter_rows(self) -> Iterator[TableRow]:
        """Yield the rows under the header, one at a time, up to where a second table begins."""
        for line in self.lines.read():
            if line.number <= self.header.last:
                continue
            row = self._row(line)
            yield row
            if row.findings and row.findings[0].message.startswith(_SECOND):
                return

    def _row(self, line: Line) -> TableRow:
        spot = Spot(self.lines.title, line.number)
        if line.fault:
            return TableRow(spot, {}, (spot.finding(line.fault, valid="a row of cells"),))
        pairs = list(zip(self.header.headings, line.cells, strict=False))
        why = self._reason_to_leave_out(pairs)
        if why:
            return TableRow(spot, {}, notices=(spot.finding(f"the row is left out: {why}"),), left_out=True)
        if self._begins_another(line):
            valid = "one table a sheet; put the others on sheets of their own"
            return TableRow(spot, {}, (spot.finding(f"{_SECOND}, so nothing from here on is read", valid=valid),))
        cells = {heading: cell for heading, cell in pairs if cell}
        return TableRow(spot, cells, (), tuple(self._notices(line, spot)))

    def _notices(self, line: Line, spot: Spot) -> Iterator[Finding]:
        for index, words in line.mended:
            if index < len(self.header.headings):
                yield spot.finding(words, self.header.headings[index])
        beyond = sum(1 for cell in line.cells[len(self.header.headings) :] if cell)
        if beyond:
            yield spot.finding(f"{beyond} cells beyond the last column are not read")

    def _reason_to_leave_out(self, pairs: list[tuple[str, str]]) -> str:
        filled = [(heading, cell) for heading, cell in pairs if cell]
        if not filled:
            return "it is empty under the headings"
        first = fold_words(filled[0][1])
        if _TOTAL.fullmatch(first):
            return "it is a total"
        if len(filled) == 1 and len(pairs) >= 1 and (_FOOTNOTE.fullmatch(first) or filled[0][1].startswith("*")):
            return "it is a footnote"
        again = len(filled) > 1 and _mostly(fold_words(cell) in _heading_words(heading) for heading, cell in filled)
        return "it is the header again" if again else ""

    def _begins_another(self, line: Line) -> bool:
        filled = [cell for cell in line.cells if cell]
        if len(filled) < 3 or not _mostly(fold_words(cell) in HEADINGS for cell in filled):
            return False
        known = {HEADINGS[folded] for cell in filled if (folded := fold_words(cell)) in HEADINGS}
        return len(known) >= 3 and len(known) >= ALIKE * len(filled)


_SECOND = "a second table seems to begin here"


def _mostly(answers: Iterable[bool]) -> bool:
    """Say whether most are true; rows of data are told by the first few cells."""
    right = wrong = 0
    for answer in answers:
        right, wrong = right + answer, wrong + (not answer)
        if wrong > 2 and wrong > right:
            return False
    return right >= ALIKE * (right + wrong)


@cache
def _heading_words(heading: str) -> frozenset[str]:
    return frozenset({fold_words(heading), *(fold_words(part) for part in heading.split(" / "))})
