"""Elements as plain JSON objects and back: one form for journals and backups, whichever store they come from."""

import json
from collections.abc import Mapping
from typing import Any

from matchmaker.model.canonical import Value
from matchmaker.model.elements import Node, Provenance, Record, Tie, TieKey
from matchmaker.model.ids import NodeId, Owner
from matchmaker.model.vocabulary import Confidence, Label, TieType

Element = Node | Record | Tie


class NotAnElement(ValueError):
    """What was read is no element; the message says why."""


def encode_element(element: Element) -> str:
    """Return an element on one line of ASCII JSON, keys sorted: equal elements of one batch give equal text."""
    if isinstance(element, Node):
        form: dict[str, object] = {"id": element.id, "label": element.label.value, "owner": element.owner}
    elif isinstance(element, Record):
        form = {"about": element.about, "label": element.label.value, "owner": element.owner}
        if element.origin is not None:
            form["origin"] = element.origin
    else:
        key = element.key
        form = {"type": key.type.value, "source": key.source, "target": key.target, "owner": key.owner}
        if key.episode:
            form["episode"] = key.episode
    form["properties"] = dict(element.properties)
    form["provenance"] = _provenance_form(element.provenance)
    return encode_form(form)


def encode_form(form: Mapping[str, object]) -> str:
    """Return a JSON object on one line of ASCII, keys sorted."""
    return json.dumps(dict(form), sort_keys=True, separators=(",", ":"), allow_nan=False)


def decode_element(text: str) -> Element:
    """Return the element that `encode_element` wrote.

    Raises
    ------
    NotAnElement
        The text is no element.
    """
    try:
        form = json.loads(text)
        properties = _properties(form["properties"])
        owner, provenance = Owner(_text(form["owner"])), _provenance(form["provenance"])
        if "about" in form:
            origin = form.get("origin")
            known_as = None if origin is None else NodeId(_text(origin))
            return Record(NodeId(_text(form["about"])), Label(form["label"]), properties, owner, provenance, known_as)
        if "id" in form:
            return Node(NodeId(_text(form["id"])), Label(form["label"]), properties, owner, provenance)
        source, target = NodeId(_text(form["source"])), NodeId(_text(form["target"]))
        key = TieKey(TieType(form["type"]), source, target, owner, _text(form.get("episode", "")))
        return Tie(key, properties, provenance)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        message = f"not an element ({type(error).__name__}: {str(error)[:200]})"
        raise NotAnElement(message) from error


def _provenance_form(provenance: Provenance) -> dict[str, str]:
    form = {
        "source": provenance.source,
        "source_row": provenance.source_row,
        "observed_on": provenance.observed_on or "",
        "confidence": provenance.confidence.value,
        "batch": provenance.batch,
    }
    return {name: value for name, value in form.items() if value}


def _provenance(form: Mapping[str, Any]) -> Provenance:
    return Provenance(
        _text(form.get("source", "")),
        _text(form.get("source_row", "")),
        _text(form.get("observed_on", "")) or None,
        Confidence(form["confidence"]),
        _text(form.get("batch", "")),
    )


def _properties(form: Mapping[str, Any]) -> dict[str, Value]:
    return {_text(name): tuple(value) if isinstance(value, list) else _scalar(value) for name, value in form.items()}


def _scalar(value: object) -> str | int | float | bool:
    if isinstance(value, str | int | float):
        return value
    message = "a property is text, a number, true or false, or a list of one of these"
    raise TypeError(message)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    message = "text is expected here"
    raise TypeError(message)
