"""Reads spreadsheets about organizations, as people have them, by a mapping of their columns."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

from matchmaker.errors import Finding, InvalidInput
from matchmaker.exchange.findings import Spot, shown
from matchmaker.exchange.mapping import TARGETS, ColumnMapping, MappingProposal, Target, fold_words
from matchmaker.exchange.places import find_zip
from matchmaker.exchange.readers.documents import source_name
from matchmaker.exchange.readers.spreadsheet.columns import propose_columns
from matchmaker.exchange.readers.spreadsheet.delimited import open_delimited
from matchmaker.exchange.readers.spreadsheet.header import LOOKED_AT, Header, find_header
from matchmaker.exchange.readers.spreadsheet.joining import TieTeller, WholeRows
from matchmaker.exchange.readers.spreadsheet.lines import Lines
from matchmaker.exchange.readers.spreadsheet.naming import NameIndex
from matchmaker.exchange.readers.spreadsheet.sheet_row import KEY_TARGETS, TIE_TARGETS, RowSorter, SheetRow
from matchmaker.exchange.readers.spreadsheet.table import Table
from matchmaker.exchange.readers.spreadsheet.translating import Origin, Translator
from matchmaker.exchange.readers.spreadsheet.values import says_nothing, split_items
from matchmaker.exchange.readers.spreadsheet.workbook import open_workbook
from matchmaker.exchange.reading import Format, Probe, Reading, ReadOptions, Region, SourceRow
from matchmaker.exchange.roster import check_columns

DELIMITED_TERM, WORKBOOK_TERM = "spreadsheet_csv", "spreadsheet_xlsx"
DELIMITED_SUFFIXES = frozenset({".csv", ".tsv", ".tab", ".txt"})
WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})
BLOCK = 1 << 20
"""Bytes of a file digested at once."""


def open_table(path: Path, sheet: str = "") -> Table:
    """Open a sheet and find its header; what is wrong with it is among the findings of its lines and its header.

    Raises
    ------
    InvalidInput
        There is no such file.
    """
    if not path.is_file():
        valid = "a file with comma-separated values, or an .xlsx workbook"
        raise InvalidInput([Finding("there is no such file", "the path", shown(str(path)), valid)])
    lines = open_workbook(path, sheet) if _is_workbook(path) else open_delimited(path)
    header = find_header(lines)
    people = _check_people(lines, header)
    return Table(lines, Header((), frozenset(), header.first, header.last, findings=(people,)) if people else header)


def propose_mapping(path: Path, sheet: str = "") -> MappingProposal:
    """Return what the columns of a sheet seem to mean, to be confirmed by a person.

    Raises
    ------
    InvalidInput
        There is no such file.
    """
    table = open_table(path, sheet)
    lines, header = table.lines, table.header
    findings = _findings(table)
    columns = () if findings else propose_columns(table.headings, table.columns())
    proposal = MappingProposal(
        lines.file, lines.sheet, header.last, columns, (), findings, (*lines.notices, *header.notices)
    )
    return replace(proposal, unknown_types=_unknown_types(table, proposal)) if columns else proposal


def mentioned_names(path: Path, options: ReadOptions) -> tuple[str, ...]:
    """Return the organizations that a sheet names as partners or as parents and has no row for, in order.

    The mapping's own ``names`` aren't among them.
    """
    table, mapping = open_table(path, options.sheet), options.mapping
    if mapping is None or _findings(table) or mapping.check():
        return ()
    sorter = RowSorter(table.headings, mapping, TIE_TARGETS)
    ties = TieTeller(mapping, _names_of(table, mapping, options.namespace))
    found: dict[str, None] = {}
    for row in table.iter_rows():
        found |= dict.fromkeys(ties.unknown(sorter.sort(row)))
    return tuple(sorted(found))


def read_spreadsheet(term: str, path: Path, options: ReadOptions) -> Reading:
    """Open a sheet for reading by ``options.mapping``; without one, the reading says how to confirm the columns."""
    table = open_table(path, options.sheet)
    mapping = options.mapping
    name = (mapping.source if mapping is not None else "") or shown(source_name(path))
    digest = _digest(path, table.lines.sheet)
    findings = _findings(table)
    if not findings:
        findings = (_unconfirmed(table),) if mapping is None else _misfits(table, mapping)
    if findings or mapping is None:
        return Reading(term, name, digest, lambda: iter(()), 0, findings, table.lines.notices)
    mapping = _with_kept(mapping, options.keep, table)
    notices = (*table.lines.notices, *table.header.notices, *_unmapped(table, mapping))
    sheet = f"[{table.lines.sheet}]" if table.lines.sheet else ""
    origin = Origin(name, f"{shown(source_name(path) + path.suffix)}{sheet}")
    rows = partial(_iter_rows, table, mapping, origin, options)
    return Reading(term, name, digest, rows, table.lines.estimate, (), notices)


def _check_people(lines: Lines, header: Header) -> Finding | None:
    """Return the finding that refuses a list of people whole, however its header was found."""
    first = [line.cells for line in islice(lines.read(), LOOKED_AT) if not line.fault]
    found = check_columns(first[0], first[1:], lines.file) if first else None
    return found or check_columns(header.headings, [line.cells for line in header.sample], lines.file)


def _is_workbook(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(8)
    zipped, older = head.startswith(b"PK\x03\x04"), head.startswith(b"\xd0\xcf\x11\xe0")
    return zipped or older or path.suffix.lower() in WORKBOOK_SUFFIXES


def _findings(table: Table) -> tuple[Finding, ...]:
    return table.lines.findings or table.header.findings


def _digest(path: Path, sheet: str) -> str:
    state = hashlib.sha256(f"{sheet}\n".encode())
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            state.update(block)
    return state.hexdigest()


def _unconfirmed(table: Table) -> Finding:
    message = "its columns are not those of a known format; what they mean needs confirming once"
    propose = f'matchmaker mapping propose "{table.lines.file}"'
    valid = f"{propose} shows it, --save NAME keeps it; import --yes takes it as shown"
    return Finding(message, "columns", ", ".join(table.headings)[:200], valid, table.lines.title, table.header.last)


def _misfits(table: Table, mapping: ColumnMapping) -> tuple[Finding, ...]:
    """Return why a mapping can't be used for this table."""
    findings = list(mapping.check())
    if not findings and all(mapping.target_of(heading) is not Target.NAME for heading in table.headings):
        wanted = next(heading for heading, target in mapping.columns.items() if target is Target.NAME)
        shown_headings = ", ".join(table.headings)[:200]
        findings.append(Finding("the sheet has no column with the partner's name", wanted, shown_headings, wanted))
    return tuple(replace(finding, file=table.lines.title, line=table.header.last) for finding in findings)


def _unmapped(table: Table, mapping: ColumnMapping) -> Iterator[Finding]:
    spot = Spot(table.lines.title, table.header.last)
    for heading in table.headings:
        target = mapping.target_of(heading)
        if target is None:
            yield spot.finding("the column is new since the mapping was made, and is not read", heading)
        elif target is Target.IGNORED:
            yield spot.finding("the column is not read", heading)
    if table.header.unnamed:
        yield spot.finding(f"{len(table.header.unnamed)} columns without a heading are not read")
    folded = {fold_words(heading) for heading in table.headings}
    for heading, target in mapping.columns.items():
        if target is not Target.IGNORED and fold_words(heading) not in folded:
            yield spot.finding(f"the sheet has no such column any more ({TARGETS[target].title})", heading)


def _with_kept(mapping: ColumnMapping, keep: frozenset[str], table: Table) -> ColumnMapping:
    wanted = {fold_words(name) for name in keep}
    columns = {**dict.fromkeys(table.headings, Target.IGNORED), **mapping.columns}
    kept = {
        heading: Target.KEPT
        for heading, target in columns.items()
        if target is Target.IGNORED and fold_words(heading) in wanted
    }
    return replace(mapping, columns={**mapping.columns, **kept}) if kept else mapping


def _unknown_types(table: Table, proposal: MappingProposal) -> tuple[str, ...]:
    """Return the words in the type column that aren't understood, of the rows looked at."""
    headings = proposal.headings()
    sorter = RowSorter(headings, proposal.mapping())
    typed = [column for column in proposal.columns if column.target is Target.TYPE]
    if not typed:
        return ()
    values = table.columns()[headings.index(typed[0].heading)]
    unknown = (value for value in values if not says_nothing(value) and sorter.stated_type(value) is None)
    return tuple(dict.fromkeys(map(shown, unknown)))


def _names_of(table: Table, mapping: ColumnMapping, namespace: str) -> NameIndex:
    sorter = RowSorter(table.headings, mapping, KEY_TARGETS)
    names = NameIndex(namespace, frozenset({mapping.member_of}), kindly=_names_others(mapping))
    for raw in table.iter_rows():
        row = sorter.sort(raw)
        name = " ".join(row.text(Target.NAME).split())
        if name:
            aliases = tuple(item for text in row.cells.get(Target.ALIASES, ()) for item in split_items(text[1]))
            names.add(name, sorter.key(row), row.text(Target.ID).strip().lower(), aliases)
    return names


def _names_others(mapping: ColumnMapping) -> bool:
    return bool({Target.PARTNERS, Target.PART_OF} & set(mapping.columns.values()))


def _iter_rows(table: Table, mapping: ColumnMapping, origin: Origin, options: ReadOptions) -> Iterator[SourceRow]:
    """Yield partners with what hangs on them; then the ties between them, which may name a later row."""
    sorter = RowSorter(table.headings, mapping)
    names = _names_of(table, mapping, options.namespace)
    translator = Translator(mapping, sorter, names, origin)
    whole, ties = WholeRows(names), TieTeller(mapping, names)
    for raw in table.iter_rows():
        row = sorter.sort(raw)
        if row.findings or raw.left_out:
            yield _source_row(row)
            continue
        if not _is_inside(row, options.region):
            yield SourceRow(row.spot, ())
            continue
        joined = whole.join(row, translator.tell(row))
        if not row.findings and row.text(Target.NAME):
            ties.weigh(SheetRow(row.spot, row.cells), translator)
        yield joined
    if not _names_others(mapping):
        return
    sorter = RowSorter(table.headings, mapping, TIE_TARGETS)
    for raw in table.iter_rows():
        row = sorter.sort(raw)
        refused = row.findings or row.spot.line in whole.refused
        if not refused and not raw.left_out and row.text(Target.NAME) and _is_inside(row, options.region):
            tied = ties.tell(SheetRow(row.spot, row.cells), translator)
            if tied is not None:
                yield tied


def _source_row(row: SheetRow) -> SourceRow:
    return SourceRow(row.spot, (), tuple(row.findings), tuple(row.notices))


def _is_inside(row: SheetRow, region: Region | None) -> bool:
    if region is None:
        return True
    area = find_zip(row.text(Target.ZIP)) if Target.ZIP in row.cells else None
    return region.holds(area.position if area else None, area.state if area else "")


def _is_delimited(probe: Probe) -> bool:
    return probe.path.is_file() and not probe.members and probe.suffix in DELIMITED_SUFFIXES


def _is_xlsx(probe: Probe) -> bool:
    return probe.suffix in WORKBOOK_SUFFIXES or "xl/workbook.xml" in probe.members


FORMATS: tuple[Format, ...] = (
    Format(WORKBOOK_TERM, "a spreadsheet in a workbook (.xlsx)", _is_xlsx, partial(read_spreadsheet, WORKBOOK_TERM)),
    Format(
        DELIMITED_TERM,
        "a spreadsheet as text (.csv, with commas, semicolons, tabs or bars)",
        _is_delimited,
        partial(read_spreadsheet, DELIMITED_TERM),
    ),
)
"""Any sheet, by a confirmed mapping: the last to be tried, after every format that has a header of its own."""
