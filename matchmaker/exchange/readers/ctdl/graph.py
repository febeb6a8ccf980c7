"""A CTDL document as a graph: every object by its id, whether it is a graph, nested, or a registry envelope."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from matchmaker.exchange.readers.documents import fields_of, items_of, text_of

_PREFIX: Final = re.compile(r"^(?:[a-z]+:|https?://[^\s#]*[/#])(?=[A-Za-z])")
BLANK: Final = "_:"
"""How ids begin that mean nothing outside their document."""

_SOC: Final = re.compile(r"(?<!\d)(\d{2}-\d{4})(?:\.\d{2})?(?!\d)", re.ASCII)
_CIP: Final = re.compile(r"(?<!\d)(\d{2}\.\d{2}(?:\d{2})?)(?!\d)", re.ASCII)
_ENVELOPE_FIELDS: Final = ("decoded_resource", "decodedResource", "resource")


class CtdlGraph:
    """The objects of a document in its order, by id, each with its properties under their local names."""

    def __init__(self, document: object) -> None:
        self.nodes: dict[str, Mapping[str, object]] = {}
        self._blank = 0
        for item in items_of(document):
            self._add(self._with_ids(_opened(item)))

    def of_type(self, *types: str) -> Iterator[tuple[str, Mapping[str, object]]]:
        """Yield the objects of any of the types, with their ids, in the document's order."""
        for key, node in self.nodes.items():
            if types_of(node) & set(types):
                yield key, node

    def references(self, node: Mapping[str, object], *names: str) -> list[str]:
        """Return the ids that properties name, in order and without repeats."""
        found = [key for name in names for item in items_of(node.get(name)) if (key := reference_of(item))]
        return list(dict.fromkeys(found))

    def _with_ids(self, value: object) -> object:
        """Return a value in which every object with a type has an id: where it had none, a blank one."""
        if isinstance(value, list):
            return [self._with_ids(item) for item in value]
        if not isinstance(value, dict):
            return value
        copy = {name: self._with_ids(item) for name, item in value.items()}
        if types_of(copy) and not reference_of(copy):
            self._blank += 1
            copy["@id"] = f"{BLANK}{self._blank}"
        return copy

    def _add(self, value: object) -> None:
        """Add an object and all that is nested in it."""
        if isinstance(value, list):
            for item in value:
                self._add(item)
            return
        if not isinstance(value, dict):
            return
        node = {local_name(name): item for name, item in value.items()}
        key = reference_of(value)
        if key and types_of(node):
            self.nodes[key] = {**self.nodes.get(key, {}), **node}
        for name, item in node.items():
            if name not in {"@context", "context"}:
                self._add(item)


def _opened(item: object) -> object:
    """Return what a registry envelope holds, or the object itself."""
    fields = fields_of(item)
    for name in _ENVELOPE_FIELDS:
        if isinstance(fields.get(name), dict | list):
            return fields[name]
    return item


def local_name(name: str) -> str:
    """Return the name of a property or type without its prefix.

    >>> local_name("ceterms:hasPart"), local_name("https://purl.org/ctdl/terms/name"), local_name("@id")
    ('hasPart', 'name', '@id')
    """
    return _PREFIX.sub("", name)


def types_of(node: Mapping[str, object]) -> set[str]:
    """Return the local names of an object's types."""
    given = node.get("@type", node.get("type"))
    return {local_name(text) for item in items_of(given) if isinstance(item, str) and (text := item.strip())}


def reference_of(value: object) -> str:
    """Return the id that a reference or an object names; blank where it has none."""
    if isinstance(value, str):
        return value.strip()
    fields = fields_of(value)
    for name in ("@id", "id", "ceterms:ctid", "ctid"):
        if isinstance(fields.get(name), str):
            return text_of(fields[name])
    return ""


def language_text(value: object) -> str:
    """Return a text from a text, a language map, or a list of either; English before other languages.

    >>> language_text({"es": "Robótica", "en-US": "Robotics"}), language_text([{"@value": "X", "@language": "en"}])
    ('Robotics', 'X')
    """
    for item in items_of(value):
        if isinstance(item, str):
            return item.strip()
        fields = fields_of(item)
        if "@value" in fields:
            return text_of(fields["@value"])
        named = {name.lstrip("@").lower(): text_of(next(iter(items_of(text)), None)) for name, text in fields.items()}
        english = [text for name, text in sorted(named.items()) if name.split("-")[0] == "en" and text]
        others = [text for _, text in sorted(named.items()) if text]
        if english or others:
            return (english or others)[0]
    return ""


def coded(node: Mapping[str, object], *names: str) -> Iterator[tuple[Mapping[str, object], str]]:
    """Yield the alignments of properties (objects that name a term of a framework), with all that may hold the code."""
    for name in names:
        for item in items_of(node.get(name)):
            fields = {local_name(key): value for key, value in fields_of(item).items()}
            text = " ".join(text_of(fields.get(key)) for key in ("codedNotation", "targetNode", "targetNodeName"))
            yield fields, text if fields else text_of(item)


def soc_of(text: str) -> str:
    """Return the SOC code in a text; empty where there is none.

    >>> soc_of("15-1252.00"), soc_of("https://www.onetonline.org/link/summary/17-2141.01"), soc_of("151252")
    ('15-1252', '17-2141', '')
    """
    match = _SOC.search(text)
    return match.group(1) if match else ""


def cip_of(text: str) -> str:
    """Return the CIP code in a text; empty where there is none."""
    match = _CIP.search(text)
    return match.group(1) if match else ""
