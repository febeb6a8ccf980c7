"""Which mapping a spreadsheet is read by: the one that is named, one that was saved for its headings, or a new one."""

from dataclasses import dataclass, replace
from pathlib import Path

from matchmaker.exchange.readers.spreadsheet.reader import FORMATS, mentioned_names, propose_mapping
from matchmaker.exchange.recognition import recognize
from matchmaker.graph.store import GraphStore
from matchmaker.services.loading import ImportOptions
from matchmaker.services.mappings import find_mapping_for, get_mapping, with_known_names

_TERMS = frozenset(format.term for format in FORMATS)


@dataclass(frozen=True, slots=True)
class MappingChoice:
    """How a mapping is chosen.

    Attributes
    ----------
    name
        A saved one; empty: one that fits the sheet's headings.
    accept
        Where none fits, take what the columns seem to mean, as `matchmaker mapping propose` shows it.
    """

    name: str = ""
    accept: bool = False


def with_mapping(
    store: GraphStore | None, path: Path, options: ImportOptions, choice: MappingChoice
) -> tuple[ImportOptions, str]:
    """Return the options with the mapping that a sheet is read by, and the name of a saved one; any other file's as is.

    Organizations that the sheet names without having a row for them are looked for in the store, by name.

    Raises
    ------
    NotFound
        There is no mapping of the name.
    InvalidInput
        There is no such file, or its format isn't known.
    """
    if recognize(path, options.format).term not in _TERMS or options.read.mapping is not None:
        return options, ""
    named = get_mapping(store.operations(), choice.name) if store is not None and choice.name else None
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
        read = replace(read, mapping=with_known_names(store, mapping, mentioned_names(path, read)))
    return replace(options, read=read), named.name if named is not None else ""
