"""One row of a source as elements of the graph, or everything that is wrong with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from matchmaker.errors import Finding
from matchmaker.exchange.bundle import FILES, TIES_FILE, FileSpec, Shape, columns_of, provenance_columns
from matchmaker.exchange.findings import Refusal, Spot
from matchmaker.exchange.reading import Part, SourceRow
from matchmaker.model.canonical import Value, ValueRefused
from matchmaker.model.checking import check_node, check_record, check_tie
from matchmaker.model.elements import Node, Provenance, Record, Tie, make_tie, statement_id
from matchmaker.model.ids import PUBLIC, NodeId, Owner, is_id
from matchmaker.model.ontology import KEPT_PREFIX, node_properties, tie_properties
from matchmaker.model.properties import Kind, PropertySpec
from matchmaker.model.vocabulary import RECORD_LABELS, Confidence, Label, ResourceTerm, TieType

_SOURCE = PropertySpec("source")
_SOURCE_ROW = PropertySpec("source_row")
_OBSERVED_ON = PropertySpec("observed_on", Kind.DATE)
_CONFIDENCE = PropertySpec("confidence", Kind.TERM, terms=Confidence)
_ID = PropertySpec("id", Kind.ID)
_RESOURCE = PropertySpec("resource", Kind.TERM, terms=ResourceTerm)
_EPISODE = PropertySpec("episode")

GROUND_FILES = frozenset({"places.csv", "topics.csv"})
"""Files whose parts stand in the first row that needs them, and are needed by later ones."""

KEPT_PROVENANCES = 64
"""How many provenances are kept to be met again: the parts of one row have the same."""

Provenances = dict[tuple[str | None, ...], Provenance]

GROUND_LABELS = frozenset({Label.PLACE, Label.TOPIC})


@dataclass(frozen=True, slots=True)
class BundleRow:
    """A part of a row that is sound by itself.

    Attributes
    ----------
    spot
        Where it stands.
    shape
        What it became.
    id
        The id of its node; empty for a tie.
    key_column
        The column that says what no other row may have: an id, or a tie's type and ends.
    node, record, ties
        Its elements: at most one of node and record.
    references
        What must exist for it, by column.
    """

    spot: Spot
    shape: Shape
    id: str
    key_column: str
    node: Node | None
    record: Record | None
    ties: tuple[Tie, ...]
    references: tuple[tuple[str, NodeId], ...]

    @property
    def elements(self) -> tuple[Node | Record | Tie, ...]:
        """All of its elements, ends before ties."""
        first = tuple(element for element in (self.node, self.record) if element is not None)
        return (*first, *self.ties)


@dataclass(frozen=True, slots=True)
class SoundRow:
    """A row of a source whose every part is sound by itself.

    Attributes
    ----------
    spot
        Where it stands.
    parts
        What it became, ends before ties.
    if_known
        It is left out where what it names isn't there.
    ground
        It is what a refused row would have brought for others to stand on: places and topics. It isn't counted.
    """

    spot: Spot
    parts: tuple[BundleRow, ...]
    if_known: bool = False
    ground: bool = False

    @property
    def id(self) -> str:
        """What its first part would be called; empty for a tie."""
        return self.parts[0].id

    @property
    def shape(self) -> Shape:
        """What its first part becomes."""
        return self.parts[0].shape


class RowsReader:
    """Reads the rows of one source, whichever files of the bundle their parts are of.

    Parameters
    ----------
    owner
        Whose statements they are.
    source
        The source of rows that name none.
    """

    def __init__(self, owner: Owner, source: str) -> None:
        self._owner, self._source = owner, source
        self._readers: dict[str, RowReader] = {}
        self._provenances: Provenances = {}

    def read(self, row: SourceRow) -> SoundRow | Refusal:
        """Return a row with parts as elements, or everything that is wrong with it."""
        found: list[BundleRow] = []
        findings = list(row.findings)
        if row.refused:
            return Refusal(row.spot, next(map(_readable_id, row.parts), ""), tuple(findings))
        bad = frozenset(finding.where for finding in findings)
        id = ""
        for part in row.parts:
            read = self._reader(part.file).read(row.spot, part, bad)
            id = id or (read.id if isinstance(read, BundleRow) else _readable_id(part))
            if isinstance(read, Refusal):
                findings += read.findings
            else:
                found.append(read)
        if findings or not found:
            return Refusal(row.spot, id, tuple(dict.fromkeys(findings)))
        return SoundRow(row.spot, tuple(found), row.if_known)

    def read_ground(self, row: SourceRow) -> SoundRow | None:
        """Return what a refused row brings for others to stand on; None where that is nothing, or is at fault too."""
        parts = ground_parts(row.parts)
        read = self.read(SourceRow(row.spot, parts)) if parts and not row.refused else None
        return replace(read, ground=True) if isinstance(read, SoundRow) else None

    def _reader(self, file: str) -> "RowReader":
        if file not in self._readers:
            self._readers[file] = RowReader(FILES[file], self._owner, self._source, self._provenances)
        return self._readers[file]


def ground_parts(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Return the places and topics among parts, and the ties between these."""
    held = tuple(parts)
    ids = {part.cells.get("id") for part in held if part.file in GROUND_FILES}
    return tuple(
        part
        for part in held
        if part.file in GROUND_FILES
        or (part.file == TIES_FILE and part.cells.get("source") in ids and part.cells.get("target") in ids)
    )


def _readable_id(part: Part) -> str:
    id = part.cells.get("id", "")
    return id if is_id(id) else ""


_TIE_TYPES = {type.value: type for type in TieType}
_REQUIRED: dict[int, Mapping[str, PropertySpec]] = {}


def _required_of(specs: Mapping[str, PropertySpec]) -> Mapping[str, PropertySpec]:
    """Return the properties that have to be given; kept for each label and tie type, whose tables never change."""
    found = _REQUIRED.get(id(specs))
    if found is None:
        found = {name: spec for name, spec in specs.items() if spec.required and not spec.derived}
        _REQUIRED[id(specs)] = found
    return found


class _Cells:
    """The cells of a part being read, and what is wrong with them so far."""

    def __init__(self, spot: Spot, cells: Mapping[str, str], bad: Iterable[str]) -> None:
        self.spot, self.cells = spot, cells
        self.findings: list[Finding] = []
        self._bad = set(bad)

    def parse(self, column: str, spec: PropertySpec, *, required: bool = False) -> Value | None:
        text = self.cells.get(column, "")
        if not text:
            if required:
                self.findings.append(self.spot.finding("is missing", column, valid=spec.valid()))
            return None
        if column in self._bad:
            return None
        try:
            return spec.parse(text)
        except ValueRefused as refused:
            self.add(str(refused), column, spec.valid())
            return None

    def parse_text(self, column: str, spec: PropertySpec, *, required: bool = False) -> str:
        value = self.parse(column, spec, required=required)
        return value if isinstance(value, str) else ""

    def add(self, message: str, column: str, valid: str = "") -> None:
        self._bad.add(column)
        self.findings.append(self.spot.finding(message, column, self.cells.get(column, ""), valid))

    def add_checked(self, findings: Iterable[Finding], names: Iterable[str]) -> None:
        """Add what a check of the whole element found; what is missing is known already."""
        columns = tuple(names)
        for finding in findings:
            if not finding.message.endswith(" is missing"):
                column = _column_in(finding.message, columns)
                self.findings.append(self.spot.finding(finding.message, column, finding.value, finding.valid))


_COLUMN_OF_MESSAGE = {
    "it ends before it starts": "until",
    "a person is named without their agreement": "agreed_on",
    "ties a thing to itself": "target",
    "both sides rate it 0, so there is no tie": "level_by_source",
}


def _column_in(message: str, names: tuple[str, ...]) -> str:
    first = message.split(" ", 1)[0]
    return _COLUMN_OF_MESSAGE.get(message, first if first in names else "")


class RowReader:
    """Reads parts that are rows of one file of the bundle.

    Parameters
    ----------
    spec
        Which file.
    owner
        Whose statements they are.
    source
        The source of rows that name none.
    provenances
        Those read lately, to be shared by the parts of one row.
    """

    def __init__(self, spec: FileSpec, owner: Owner, source: str, provenances: Provenances | None = None) -> None:
        self.spec, self.source = spec, source
        self.owner = PUBLIC if spec.label is Label.ECOSYSTEM else owner
        self.columns = tuple(column.name for column in columns_of(spec))
        self._provenance_columns = provenance_columns(spec)
        self._named = frozenset({"source", "type", "target", "episode", *self._provenance_columns})
        self._provenances = provenances if provenances is not None else {}

    def read(self, spot: Spot, part: Part, bad: Iterable[str] = ()) -> BundleRow | Refusal:
        """Return the part's elements, or everything that is wrong with it but for the columns known to be ``bad``."""
        cells = _Cells(spot, part.cells, bad)
        if self.spec.label is None:
            read = self._read_tie(cells)
        elif self.spec.shape is Shape.THING:
            read = self._read_thing(cells, self.spec.label)
        else:
            read = self._read_statement(cells, self.spec.label)
        if cells.findings or read is None:
            return Refusal(spot, _readable_id(part), tuple(dict.fromkeys(cells.findings)))
        return read

    def _read_thing(self, cells: _Cells, label: Label) -> BundleRow:
        id = NodeId(cells.parse_text("id", _ID, required=True))
        properties = self._properties(cells, node_properties(label))
        provenance = self._provenance(cells)
        node: Node | None = None
        record: Record | None = None
        if label in RECORD_LABELS:
            record, findings = check_record(
                Record(id or NodeId("x"), label, properties, self.owner, provenance), parsed=True
            )
        else:
            node, findings = check_node(Node(id or NodeId("x"), label, properties, self.owner, provenance), parsed=True)
        cells.add_checked(findings, self.columns)
        return BundleRow(cells.spot, Shape.THING, id, "id", node, record, (), ())

    def _read_statement(self, cells: _Cells, label: Label) -> BundleRow:
        subject = NodeId(cells.parse_text("subject", _ID, required=True))
        resource = cells.parse_text("resource", _RESOURCE, required=True) if self.spec.names_a_resource else ""
        given = cells.parse_text("id", _ID)
        specs = node_properties(label)
        properties = self._properties(cells, specs)
        if label is Label.COUNT and "stage" not in properties and "stage" not in cells.cells:
            properties.setdefault("all_stages", True)
        provenance = self._provenance(cells)
        id = given or self._digest_id(label, subject, properties, resource)
        node, findings = check_node(Node(NodeId(id), label, properties, self.owner, provenance), parsed=True)
        cells.add_checked(findings, self.columns)
        ties = [make_tie(self.spec.subject_tie, (subject, id), None, self.owner, "", provenance)]
        references = [("subject", subject)]
        if resource:
            ties.append(make_tie(TieType.CONCERNS, (id, resource), None, self.owner, "", provenance))
        references += [
            (name, NodeId(str(value)))
            for name, value in node.properties.items()
            if name in specs and specs[name].kind is Kind.ID
        ]
        key_column = "id" if given else "subject"
        return BundleRow(cells.spot, Shape.STATEMENT, id, key_column, node, None, tuple(ties), tuple(references))

    def _digest_id(self, label: Label, subject: str, properties: Mapping[str, Value], resource: str) -> str:
        fields = {**properties, "resource": resource} if resource else properties
        return statement_id(label.name.lower(), self.owner, subject, fields)

    def _read_tie(self, cells: _Cells) -> BundleRow | None:
        source = cells.parse_text("source", _ID, required=True)
        target = cells.parse_text("target", _ID, required=True)
        episode = cells.parse_text("episode", _EPISODE)
        provenance = self._provenance(cells)
        type = self._tie_type(cells)
        if type is None:
            return None
        specs = tie_properties(type)
        self._refuse_foreign(cells, specs, type)
        properties = self._properties(cells, specs)
        if not source or not target:
            return None
        made = make_tie(type, (source, target), properties, self.owner, episode, provenance)
        tie, findings = check_tie(made, parsed=True)
        cells.add_checked(findings, self.columns)
        references = (("source", NodeId(source)), ("target", NodeId(target)))
        return BundleRow(cells.spot, Shape.TIE, "", "type", None, None, (tie,), references)

    def _tie_type(self, cells: _Cells) -> TieType | None:
        text = cells.cells.get("type", "")
        type = _TIE_TYPES.get(text)
        if type is None and not text:
            cells.findings.append(cells.spot.finding("is missing", "type", valid=", ".join(_TIE_TYPES)))
        elif type is None:
            cells.add("is not a known tie type", "type", ", ".join(_TIE_TYPES))
        return type

    def _refuse_foreign(self, cells: _Cells, specs: Mapping[str, PropertySpec], type: TieType) -> None:
        """Refuse filled cells in columns that belong to other tie types."""
        for column in cells.cells:
            if column not in specs and column not in self._named and column in self.columns:
                cells.add(f"is not a property of {type.value}", column, ", ".join(specs))

    def _properties(self, cells: _Cells, specs: Mapping[str, PropertySpec]) -> dict[str, Value]:
        properties: dict[str, Value] = {}
        for name, spec in _required_of(specs).items():
            if not cells.cells.get(name):
                cells.parse(name, spec, required=True)
        for column in cells.cells:
            held = specs.get(column)
            if held is None and column.startswith(KEPT_PREFIX):
                held = PropertySpec(column)
            if held is not None and not held.derived:
                value = cells.parse(column, held)
                if value is not None:
                    properties[column] = value
        return properties

    def _provenance(self, cells: _Cells) -> Provenance:
        by, row, day, standing = self._provenance_columns
        told = tuple(map(cells.cells.get, self._provenance_columns))
        known = self._provenances.get(told)
        if known is not None and known.source_row:
            return known
        source, source_row = cells.parse_text(by, _SOURCE), cells.parse_text(row, _SOURCE_ROW)
        if not source and not source_row:
            source_row = cells.spot.file
        confidence = cells.parse_text(standing, _CONFIDENCE) or Confidence.STATED
        observed_on = cells.parse_text(day, _OBSERVED_ON) or None
        found = Provenance(source or self.source, source_row, observed_on, Confidence(confidence))
        if not cells.findings and (told[0] or told[1]):
            if len(self._provenances) >= KEPT_PROVENANCES:
                self._provenances.clear()
            self._provenances[told] = found
        return found
