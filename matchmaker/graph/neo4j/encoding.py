"""Elements as properties of Neo4j's nodes and relationships, and back: native values only, never JSON."""

from collections.abc import Collection, Mapping
from typing import Any

from matchmaker.errors import StoreCorrupt
from matchmaker.graph.contents import Stored
from matchmaker.graph.decoding import NodeRow, RecordRow, TieRow, Told
from matchmaker.model.canonical import Scalar, Value, canonical_json
from matchmaker.model.elements import NO_PROVENANCE, Node, Provenance, Record, Tie, TieKey
from matchmaker.model.ids import NodeId, Owner, short_digest
from matchmaker.model.ontology import is_employer
from matchmaker.model.vocabulary import EMPLOYER_LABEL, RECORD_LABELS, Confidence, Label, TieType

Row = dict[str, Any]
"""A map as the driver takes and gives it."""

ENTITY = "Entity"
RESERVED = frozenset(
    {
        "id",
        "label",
        "owner",
        "source",
        "source_row",
        "observed_on",
        "confidence",
        "batch",
        "version",
        "about",
        "origin",
        "episode",
    }
)
"""Names that say something about the element; a property of the same name is kept with a ``_`` behind it."""

_LABELS = {label.value: label for label in Label}
_TYPES = {type.value: type for type in TieType}
_CONFIDENCES = {confidence.value: confidence for confidence in Confidence}
_FIELD = "field_"


def row_of_node(node: Node, version: int) -> Row:
    """Return the row that ``nodes/put`` takes."""
    held = _held(node.id, node.owner, node.properties, version)
    if node.label not in RECORD_LABELS:
        held |= _provenance(node.provenance)
    labels = [ENTITY, node.label.value]
    if is_employer(node.label, node.properties):
        labels.append(EMPLOYER_LABEL)
    return {"id": node.id, "labels": labels, "properties": held}


def row_of_record(record: Record, version: int) -> Row:
    """Return the row that ``records/put`` takes."""
    id = record.id
    held = _held(id, record.owner, record.properties, version) | _provenance(record.provenance)
    held |= {"about": record.about, "label": record.label.value}
    if record.origin is not None:
        held["origin"] = record.origin
    return {"id": id, "about": record.about, "properties": held}


def row_of_key(key: TieKey) -> Row:
    """Return the row that finds or removes a tie."""
    return {"id": key.id, "type": key.type.value, "source": key.source, "target": key.target, "owner": key.owner}


def row_of_tie(tie: Tie, version: int) -> Row:
    """Return the row that ``ties/create`` and ``ties/replace`` take."""
    row = row_of_key(tie.key)
    held = _held(row["id"], tie.owner, tie.properties, version) | _provenance(tie.provenance)
    if tie.key.episode:
        held["episode"] = tie.key.episode
    return row | {"properties": held}


def node_of_row(labels: Collection[str], held: Mapping[str, Any]) -> Stored[Node]:
    """Return the node of a row of ``nodes/find`` or ``nodes/list``."""
    try:
        (label,) = (_LABELS[name] for name in labels if name in _LABELS)
        provenance = NO_PROVENANCE if label in RECORD_LABELS else _provenance_of(held)
        node = Node(NodeId(held["id"]), label, _properties_of(held), Owner(held["owner"]), provenance)
        return Stored(node, held["version"])
    except (KeyError, ValueError, TypeError) as error:
        raise _corrupt("node", held, error) from error


def record_of_row(held: Mapping[str, Any]) -> Stored[Record]:
    """Return the Record of a row of ``records/…``."""
    try:
        origin = held.get("origin")
        record = Record(
            NodeId(held["about"]),
            _LABELS[held["label"]],
            _properties_of(held),
            Owner(held["owner"]),
            _provenance_of(held),
            None if origin is None else NodeId(origin),
        )
        _check_id(record.id, held)
        return Stored(record, held["version"])
    except (KeyError, ValueError, TypeError) as error:
        raise _corrupt("Record", held, error) from error


def tie_of_row(type: str, source: str, target: str, held: Mapping[str, Any]) -> Stored[Tie]:
    """Return the tie of a row of ``ties/…``."""
    try:
        key = TieKey(_TYPES[type], NodeId(source), NodeId(target), Owner(held["owner"]), held.get("episode", ""))
        _check_id(key.id, held)
        return Stored(Tie(key, _properties_of(held), _provenance_of(held)), held["version"])
    except (KeyError, ValueError, TypeError) as error:
        raise _corrupt("tie", held, error) from error


def flat_node(labels: Collection[str], held: Mapping[str, Any]) -> NodeRow:
    """Return a node that no Records add up to, of a row of ``nodes/list``, as flat text."""
    try:
        (label,) = (name for name in labels if name in _LABELS)
        return (held["id"], label, held["owner"], canonical_json(_properties_of(held)), *_told(held))
    except (KeyError, ValueError, TypeError) as error:
        raise _corrupt("node", held, error) from error


def flat_record(held: Mapping[str, Any]) -> RecordRow:
    """Return the Record of a row of ``records/list`` as flat text."""
    try:
        properties, told = canonical_json(_properties_of(held)), _told(held)
        known, owner, label = held.get("origin") or held["about"], held["owner"], held["label"]
        facts = (told[0], told[1], told[2] or "", told[3])
        _check_id(short_digest("record", owner, known, label, *facts), held)
        return (held["id"], held["about"], held.get("origin"), label, owner, properties, *told)
    except (KeyError, ValueError, TypeError) as error:
        raise _corrupt("Record", held, error) from error


def flat_tie(type: str, source: str, target: str, held: Mapping[str, Any]) -> TieRow:
    """Return the tie of a row of ``ties/list`` as flat text."""
    try:
        owner, episode = held["owner"], held.get("episode", "")
        _check_id(short_digest("tie", type, source, target, owner, episode), held)
        properties = canonical_json(_properties_of(held))
        return (held["id"], type, source, target, owner, episode, properties, *_told(held))
    except (KeyError, ValueError, TypeError) as error:
        raise _corrupt("tie", held, error) from error


def encode_fields(fields: Mapping[str, Scalar]) -> Row:
    """Return the fields of an operations entry as properties."""
    return {f"{_FIELD}{name}": value for name, value in fields.items()}


def decode_fields(held: Mapping[str, Any]) -> dict[str, Scalar]:
    """Return the fields that `encode_fields` made properties of, in name order."""
    found = {name.removeprefix(_FIELD): value for name, value in held.items() if name.startswith(_FIELD)}
    if not all(isinstance(value, Scalar) for value in found.values()):
        raise StoreCorrupt("An operations entry holds a value of the wrong kind; restore a backup.")
    return dict(sorted(found.items()))


def _held(id: str, owner: str, properties: Mapping[str, Value], version: int) -> Row:
    held: Row = {f"{name}_" if name in RESERVED else name: value for name, value in properties.items()}
    return held | {"id": id, "owner": owner, "version": version}


def _properties_of(held: Mapping[str, Any]) -> dict[str, Value]:
    # The server gives them in any order; in that of their names they look the same from every store.
    named = {
        name[:-1] if name.endswith("_") and name[:-1] in RESERVED else name: _value(value)
        for name, value in held.items()
        if name not in RESERVED
    }
    return dict(sorted(named.items()))


def _value(value: object) -> Value:
    if isinstance(value, list):
        kinds = {type(item) for item in value}
        if len(kinds) == 1 and kinds <= {str, int, float, bool}:
            return tuple(value)
    elif isinstance(value, Scalar):
        return value
    raise ValueError(f"a value of type {type(value).__name__}")


def _provenance(provenance: Provenance) -> Row:
    named = {
        "source": provenance.source,
        "source_row": provenance.source_row,
        "observed_on": provenance.observed_on,
        "batch": provenance.batch,
    }
    return {name: value for name, value in named.items() if value} | {"confidence": provenance.confidence.value}


def _provenance_of(held: Mapping[str, Any]) -> Provenance:
    return Provenance(
        held.get("source", ""),
        held.get("source_row", ""),
        held.get("observed_on"),
        _CONFIDENCES[held["confidence"]],
        held.get("batch", ""),
    )


def _told(held: Mapping[str, Any]) -> Told:
    return (
        held.get("source", ""),
        held.get("source_row", ""),
        held.get("observed_on"),
        held["confidence"],
        held.get("batch", ""),
    )


def _check_id(id: str, held: Mapping[str, Any]) -> None:
    if id != held["id"]:
        raise ValueError("its id is not the digest of its fields")


def _corrupt(kind: str, held: Mapping[str, Any], error: Exception) -> StoreCorrupt:
    said = f"{type(error).__name__}: {error}"
    return StoreCorrupt(f"The {kind} {held.get('id', 'without an id')} doesn't decode ({said}); restore a backup.")
