"""Mappings of spreadsheets' columns, saved by name and found again by the sheet's headings."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from matchmaker.errors import Finding, InvalidInput, NotFound
from matchmaker.exchange.mapping import (
    ColumnMapping,
    Target,
    fold_words,
    mapping_from_json,
    mapping_to_json,
    signature_of,
)
from matchmaker.graph.store import Entry, GraphStore, OperationsStore
from matchmaker.model.ids import is_id
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

    Raises
    ------
    InvalidInput
        The name is none, or the mapping can't be used.
    """
    findings = list(mapping.check())
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


def with_known_names(store: GraphStore, mapping: ColumnMapping, names: Iterable[str]) -> ColumnMapping:
    """Return the mapping with the ids of the partners in the store that go by these names or have them as aliases.

    A name that several partners have is left open. Every partner is looked at once.
    """
    wanted = {fold_words(name) for name in names} - set(map(fold_words, mapping.names))
    found: dict[str, set[str]] = {}
    for stored in store.iter_nodes(Label.PARTNER) if wanted else ():
        aliases = stored.element.properties.get("aliases")
        called = (stored.element.name, *(aliases if isinstance(aliases, tuple) else ()))
        for name in wanted & {fold_words(str(each)) for each in called}:
            found.setdefault(name, set()).add(stored.element.id)
    known = {name: next(iter(ids)) for name, ids in sorted(found.items()) if len(ids) == 1}
    return replace(mapping, names={**known, **mapping.names})


def _iter_mappings(operations: OperationsStore) -> Iterator[NamedMapping]:
    return map(_named, operations.iter_entries(COLLECTION))


def _named(entry: Entry) -> NamedMapping:
    return NamedMapping(entry.key, mapping_from_json(str(entry.fields.get("text", ""))))


def _columns_read(mapping: ColumnMapping) -> int:
    return sum(1 for target in mapping.columns.values() if target is not Target.IGNORED)
