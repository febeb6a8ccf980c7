"""Elements as rows of the tables, and back."""

import json
from collections.abc import Mapping
from typing import Any

from matchmaker.errors import StoreCorrupt
from matchmaker.graph.contents import Stored
from matchmaker.model.canonical import Scalar, Value
from matchmaker.model.elements import Node, Provenance, Record, Tie, TieKey
from matchmaker.model.ids import NodeId, Owner
from matchmaker.model.vocabulary import Confidence, Label, TieType

Row = tuple[Any, ...]
"""A row as the database module gives it."""

_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
_LABELS = {label.value: label for label in Label}
_TIE_TYPES = {type.value: type for type in TieType}
_CONFIDENCES = {confidence.value: confidence for confidence in Confidence}


def decode_properties(text: str) -> dict[str, Value]:
    """Return the properties whose canonical JSON a row holds."""
    held = json.loads(text)
    return {name: tuple(value) if isinstance(value, list) else value for name, value in held.items()}


def encode_fields(fields: Mapping[str, Scalar]) -> str:
    """Return the fields of an operations entry as canonical JSON."""
    return _JSON.encode(dict(fields))


def decode_fields(text: str) -> dict[str, Scalar]:
    """Return the fields that `encode_fields` wrote."""
    try:
        fields: dict[str, Scalar] = json.loads(text)
    except ValueError as error:
        raise StoreCorrupt(f"An operations entry doesn't decode: {error}") from error
    return fields


def row_of_node(node: Node, version: int) -> Row:
    """Return a node in the order of the columns of ``nodes``."""
    return (node.id, node.label.value, node.owner, node.properties_json, *_provenance(node.provenance), version)


def row_of_record(record: Record, version: int) -> Row:
    """Return a Record in the order of the columns of ``records``."""
    head = (record.id, record.about, record.origin, record.label.value, record.owner)
    return (*head, record.properties_json, *_provenance(record.provenance), version)


def row_of_tie(tie: Tie, version: int) -> Row:
    """Return a tie in the order of the columns of ``ties``."""
    key = tie.key
    head = (key.id, key.type.value, key.source, key.target, key.owner, key.episode)
    return (*head, tie.properties_json, *_provenance(tie.provenance), version)


def node_of_row(row: Row) -> Stored[Node]:
    """Return the node of a row of ``nodes``."""
    id, label, owner, properties, *provenance, version = row
    try:
        node = Node(NodeId(id), _LABELS[label], decode_properties(properties), Owner(owner), _provenance_of(provenance))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _corrupt("node", id, error) from error
    return Stored(node, version)


def record_of_row(row: Row) -> Stored[Record]:
    """Return the Record of a row of ``records``."""
    id, about, origin, label, owner, properties, *provenance, version = row
    try:
        record = Record(
            NodeId(about),
            _LABELS[label],
            decode_properties(properties),
            Owner(owner),
            _provenance_of(provenance),
            None if origin is None else NodeId(origin),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _corrupt("Record", id, error) from error
    return Stored(record, version)


def tie_of_row(row: Row) -> Stored[Tie]:
    """Return the tie of a row of ``ties``."""
    id, type, source, target, owner, episode, properties, *provenance, version = row
    try:
        key = TieKey(_TIE_TYPES[type], NodeId(source), NodeId(target), Owner(owner), episode)
        tie = Tie(key, decode_properties(properties), _provenance_of(provenance))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _corrupt("tie", id, error) from error
    return Stored(tie, version)


def _provenance(provenance: Provenance) -> Row:
    return (
        provenance.source,
        provenance.source_row,
        provenance.observed_on,
        provenance.confidence.value,
        provenance.batch,
    )


def _provenance_of(columns: list[Any]) -> Provenance:
    source, source_row, observed_on, confidence, batch = columns
    return Provenance(source, source_row, observed_on, _CONFIDENCES[confidence], batch)


def _corrupt(kind: str, id: str, error: Exception) -> StoreCorrupt:
    return StoreCorrupt(f"The {kind} {id} doesn't decode ({type(error).__name__}: {error}); restore a backup.")
