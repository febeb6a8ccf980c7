"""Which mapping a file is read by: the one that is named, one that was saved for a sheet's headings, or a new one."""

from dataclasses import dataclass, replace
from pathlib import Path

from matchmaker.errors import Finding, InvalidInput, NotFound
from matchmaker.exchange.mapping import ColumnMapping, fold_words
from matchmaker.exchange.readers import ctdl, hsds, kumu
from matchmaker.exchange.readers.spreadsheet.reader import FORMATS, mentioned_names, propose_mapping
from matchmaker.exchange.recognition import recognize
from matchmaker.graph.store import GraphStore
from matchmaker.services.loading import ImportOptions
from matchmaker.services.mappings import NamedMapping, find_mapping_for, get_mapping, with_known_names

_SHEETS = frozenset(format.term for format in FORMATS)
_WITH_WORDS = frozenset(format.term for format in (*kumu.FORMATS, *hsds.FORMATS, *ctdl.FORMATS))
"""Formats whose fields are known but not the words in them."""


@dataclass(frozen=True, slots=True)
class MappingChoice:
    """How a mapping is chosen.

    Attributes
    ----------
    name
        A saved one; empty: one that fits a sheet's headings.
    accept
        Where none fits, take what the columns seem to mean, as `matchmaker mapping propose` shows it.
    """

    name: str = ""
    accept: bool = False


def with_mapping(
    store: GraphStore | None, path: Path, options: ImportOptions, choice: MappingChoice
) -> tuple[ImportOptions, str]:
    """Return the options with the mapping that a file is read by, and the name of a saved one.

    Of a Kumu map, HSDS or CTDL a named mapping says what words mean and which types to take where none is said. Any
    other file that isn't a sheet needs none. Organizations that a sheet names without having a row for them are looked
    for in the store, by name.

    Raises
    ------
    NotFound
        There is no mapping of the name.
    InvalidInput
        There is no such file, its format isn't known, or it can't be read by a mapping.
    """
    term = recognize(path, options.format).term
    if options.read.mapping is not None:
        return options, ""
    if term in _SHEETS:
        return _with_columns(store, path, options, choice)
    if not choice.name:
        return options, ""
    if term not in _WITH_WORDS:
        valid = "a spreadsheet, a Kumu map, HSDS or CTDL"
        raise InvalidInput([Finding("a file of this format needs no mapping", "mapping", choice.name[:200], valid)])
    named = _get_named(store, choice.name)
    return replace(options, read=replace(options.read, mapping=_of_words(named.mapping))), named.name


def _get_named(store: GraphStore | None, name: str) -> NamedMapping:
    if store is None:
        raise NotFound("mapping", name)
    return get_mapping(store.operations(), name)


def _with_columns(
    store: GraphStore | None, path: Path, options: ImportOptions, choice: MappingChoice
) -> tuple[ImportOptions, str]:
    named = _get_named(store, choice.name) if choice.name else None
    proposal = propose_mapping(path, options.read.sheet)
    if named is None and store is not None and not proposal.findings:
        named = find_mapping_for(store.operations(), proposal.headings())
    if named is not None:
        mapping = named.mapping
    elif choice.accept and not proposal.findings:
        mapping = proposal.mapping()
    else:
        return options, ""
    read = replace(options.read, mapping=mapping)
    if store is not None:
        known = with_known_names(store, mapping, mentioned_names(path, read), options.into)
        read = replace(read, mapping=known)
    return replace(options, read=read), named.name if named is not None else ""


def _of_words(mapping: ColumnMapping) -> ColumnMapping:
    """Return a mapping with its words as readers look for them."""
    return replace(mapping, words={fold_words(word): term for word, term in mapping.words.items()})
