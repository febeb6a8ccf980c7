"""Mappings of files' columns and words, saved by name; those of spreadsheets are found again by the headings."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from matchmaker.errors import Finding, InvalidInput, NotFound
from matchmaker.exchange.mapping import (
    ColumnMapping,
    Target,
    fold_words,
    mapping_from_json,
    mapping_to_json,
    signature_of,
)
from matchmaker.exchange.readers.spreadsheet.naming import match_key
from matchmaker.graph.store import Entry, GraphStore, OperationsStore
from matchmaker.model.elements import Record
from matchmaker.model.ids import PUBLIC, EcosystemId, NodeId, is_id
from matchmaker.model.vocabulary import Label

COLLECTION = "mappings"
NAME_RULE = "1 to 128 of a-z 0-9 . _ : -, starting with a letter or digit, such as miami-partners"


@dataclass(frozen=True, slots=True)
class NamedMapping:
    """A mapping that was saved.

    Attributes
    ----------
    name
        What it is called.
    mapping
        What the columns mean.
    """

    name: str
    mapping: ColumnMapping

    def fits(self, headings: Iterable[str]) -> bool:
        """Say whether a sheet with these headings has every column that the mapping reads, and no doubtful one.

        Columns that the mapping doesn't read may come and go.
        """
        folded = {fold_words(heading) for heading in headings}
        wanted = {fold_words(name) for name, target in self.mapping.columns.items() if target is not Target.IGNORED}
        return bool(wanted) and wanted <= folded


def put_mapping(operations: OperationsStore, name: str, mapping: ColumnMapping) -> None:
    """Save a mapping under a name; one that has the name already is replaced.

    A mapping without columns is one of words and types, for files whose fields have names of their own.

    Raises
    ------
    InvalidInput
        The name is none, or the mapping can't be used.
    """
    findings = list(mapping.check()) if mapping.columns or not _says_types(mapping) else []
    if not is_id(name):
        findings.insert(0, Finding("is not a name for a mapping", "name", name[:200], NAME_RULE))
    if findings:
        raise InvalidInput(findings)
    fields = {"signature": mapping.signature, "text": mapping_to_json(mapping)}
    while True:
        held = operations.find(COLLECTION, name)
        if held is None:
            done = operations.put_new(COLLECTION, name, fields)
        else:
            done = operations.compare_and_set(COLLECTION, name, held.version, fields)
        if done:
            return


def get_mapping(operations: OperationsStore, name: str) -> NamedMapping:
    """Return the mapping of a name, or raise `NotFound`."""
    held = operations.find(COLLECTION, name)
    if held is None:
        raise NotFound("mapping", name, [entry.key for entry in operations.iter_entries(COLLECTION)][:10])
    return _named(held)


def list_mappings(operations: OperationsStore) -> list[NamedMapping]:
    """Return every saved mapping, in order of their names."""
    return list(_iter_mappings(operations))


def find_mapping_for(operations: OperationsStore, headings: Sequence[str]) -> NamedMapping | None:
    """Return the saved mapping for a sheet with these headings, or None.

    One that was made for exactly these headings comes first; else one that finds every column that it reads, of several
    the one that reads most. Equally good ones go by name.
    """
    signature = signature_of(headings)
    fitting = [named for named in _iter_mappings(operations) if named.fits(headings)]
    exact = next((named for named in fitting if named.mapping.signature == signature), None)
    return exact or max(fitting, key=lambda named: _columns_read(named.mapping), default=None)


def remove_mapping(operations: OperationsStore, name: str) -> None:
    """Remove a saved mapping, or raise `NotFound`."""
    if not operations.remove(COLLECTION, name):
        get_mapping(operations, name)


def with_known_names(
    store: GraphStore, mapping: ColumnMapping, names: Iterable[str], into: EcosystemId | None = None
) -> ColumnMapping:
    """Return the mapping with the ids of the partners in the store that go by these names.

    A partner goes by what any source calls it, also one that was merged into it. Names that are only written otherwise
    count, after the very names. First are the ecosystem's own partners, then the public ones of its state or of no
    stated one; a public one of another state is found by its very name only, and other ecosystems' own never. Where
    several are equally good the name is left open. Every Record is looked at once.

    Parameters
    ----------
    into
        The ecosystem that the sheet is loaded into; None: it is public.
    """
    saved = set(map(fold_words, mapping.names))
    wanted = [name for name in names if fold_words(name) not in saved]
    if not wanted:
        return mapping
    found = _Candidates(wanted, into, _region_of(store, into))
    for stored in store.iter_records():
        found.take(stored.element)
    known = {name: id for name, ids in sorted(found.best().items()) for id in ids if len(ids) == 1}
    return replace(mapping, names={**known, **mapping.names})


class _Rank(IntEnum):
    """How well a partner fits a name, the best first."""

    OWN = 0
    OWN_ALIKE = 1
    NEAR = 2
    NEAR_ALIKE = 3
    FAR = 4


class _Candidates:
    """The partners that go by names which are looked for, as Records are looked at one by one."""

    def __init__(self, names: Iterable[str], into: EcosystemId | None, region: str) -> None:
        self._into, self._region = into, region
        self._alike: dict[str, set[str]] = {}
        for name in names:
            self._alike.setdefault(match_key(name), set()).add(fold_words(name))
        self._exact = frozenset(name for folded in self._alike.values() for name in folded)
        self._found: dict[str, dict[_Rank, set[NodeId]]] = {}

    def take(self, record: Record) -> None:
        """Look at what one source calls a partner."""
        if record.label is not Label.PARTNER or record.owner not in {PUBLIC, self._into}:
            return
        aliases = record.properties.get("aliases")
        called = [record.properties.get("name"), *(aliases if isinstance(aliases, tuple) else ())]
        for text in called:
            if isinstance(text, str):
                self._take_name(record, text)

    def _take_name(self, record: Record, text: str) -> None:
        folded = fold_words(text)
        if folded in self._exact:
            self._add(folded, record, exact=True)
        for name in self._alike.get(match_key(text), ()):
            self._add(name, record, exact=False)

    def _add(self, name: str, record: Record, *, exact: bool) -> None:
        region = record.properties.get("region")
        if record.owner != PUBLIC:
            rank = _Rank.OWN if exact else _Rank.OWN_ALIKE
        elif not self._region or region in {None, self._region}:
            rank = _Rank.NEAR if exact else _Rank.NEAR_ALIKE
        elif exact:
            rank = _Rank.FAR
        else:
            return
        self._found.setdefault(name, {}).setdefault(rank, set()).add(record.about)

    def best(self) -> dict[str, set[NodeId]]:
        """Return those that fit each name best."""
        return {name: ranked[min(ranked)] for name, ranked in self._found.items()}


def _region_of(store: GraphStore, into: EcosystemId | None) -> str:
    held = store.find_node(NodeId(into)) if into is not None else None
    return held.element.get_text("region") if held is not None else ""


def _says_types(mapping: ColumnMapping) -> bool:
    return bool(mapping.words or mapping.organization_type or mapping.program_type)


def _iter_mappings(operations: OperationsStore) -> Iterator[NamedMapping]:
    return map(_named, operations.iter_entries(COLLECTION))


def _named(entry: Entry) -> NamedMapping:
    return NamedMapping(entry.key, mapping_from_json(str(entry.fields.get("text", ""))))


def _columns_read(mapping: ColumnMapping) -> int:
    return sum(1 for target in mapping.columns.values() if target is not Target.IGNORED)
