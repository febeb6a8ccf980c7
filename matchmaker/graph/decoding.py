"""Rows as stores hand them over, and the elements that they stand for.

A row is flat text: what is kept of an element in memory is its row, not the element.
"""

import json
from collections.abc import Iterator
from typing import cast

from matchmaker.errors import StoreCorrupt
from matchmaker.graph.contents import Contents
from matchmaker.model.canonical import Value
from matchmaker.model.elements import Node, Provenance, Record, Tie
from matchmaker.model.vocabulary import Confidence

Told = tuple[str, str, str | None, str, str]
"""Provenance: source, row of the source, day of observation, confidence, batch."""

NodeRow = tuple[str, str, str, str, str, str, str | None, str, str]
"""Id, label, owner, properties as canonical JSON, provenance."""

RecordRow = tuple[str, str, str | None, str, str, str, str, str, str | None, str, str]
"""Id, what it is about, the id the source knew that by, label, owner, properties as canonical JSON, provenance."""

TieRow = tuple[str, str, str, str, str, str, str, str, str, str | None, str, str]
"""Id, type, source, target, owner, episode, properties as canonical JSON, provenance."""

_CONFIDENCES = {confidence.value: confidence for confidence in Confidence}
_BETWEEN = "\x1f"


def decode_properties(text: str) -> dict[str, Value]:
    """Return the properties whose canonical JSON a row holds.

    >>> decode_properties('{"a":[1,2],"b":"c"}')
    {'a': (1, 2), 'b': 'c'}
    """
    if text == "{}":
        return {}
    held = json.loads(text)
    return {name: tuple(value) if isinstance(value, list) else value for name, value in held.items()}


def join_told(source: str, observed_on: str | None, confidence: str, batch: str) -> str:
    """Return the part of a provenance that many elements share, as one text."""
    return _BETWEEN.join((observed_on or "", confidence, batch, source))


def split_told(shared: str, source_row: str) -> Provenance:
    """Return the provenance of what `join_told` made, and the row of the source."""
    observed_on, confidence, batch, source = shared.split(_BETWEEN, 3)
    return Provenance(source, source_row, observed_on or None, _CONFIDENCES[confidence], batch)


def corrupt(kind: str, id: str, error: Exception) -> StoreCorrupt:
    """Return the error for a row that stands for no element."""
    return StoreCorrupt(f"The {kind} {id} doesn't decode ({type(error).__name__}: {error}); restore a backup.")


def node_rows(contents: Contents) -> Iterator[NodeRow]:
    """Yield the rows of the nodes that no Records add up to."""
    return map(row_of_node, contents.nodes)


def record_rows(contents: Contents) -> Iterator[RecordRow]:
    """Yield the rows of the Records."""
    return map(row_of_record, contents.records)


def tie_rows(contents: Contents) -> Iterator[TieRow]:
    """Yield the rows of the ties."""
    return map(row_of_tie, contents.ties)


def row_of_node(node: Node) -> NodeRow:
    """Return a node's row."""
    return (node.id, node.label.value, node.owner, node.properties_json, *_told(node.provenance))


def row_of_record(record: Record) -> RecordRow:
    """Return a Record's row."""
    head = (record.id, record.about, cast("str | None", record.origin), record.label.value, record.owner)
    return (*head, record.properties_json, *_told(record.provenance))


def row_of_tie(tie: Tie) -> TieRow:
    """Return a tie's row."""
    key = tie.key
    head = (key.id, key.type.value, key.source, key.target, key.owner, key.episode)
    return (*head, tie.properties_json, *_told(tie.provenance))


def _told(provenance: Provenance) -> Told:
    return (
        provenance.source,
        provenance.source_row,
        provenance.observed_on,
        provenance.confidence.value,
        provenance.batch,
    )
