"""The elements of the graph: nodes, Records and ties. All are immutable values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar, cast

from matchmaker.model.canonical import Properties, Value, canonical_json, joined_json, json_digest
from matchmaker.model.ids import PUBLIC, NodeId, Owner, RecordId, TieId, digest_of, short_digest
from matchmaker.model.vocabulary import UNDIRECTED, Confidence, Label, TieType


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a fact comes from.

    Attributes
    ----------
    source
        Who says so.
    source_row
        Where they say so: file and row, page, or citation.
    observed_on
        When it was observed: a partial date, or None when unknown.
    confidence
        Who stands behind it.
    batch
        The load that brought it. Not part of equality or of any hash.
    """

    source: str = ""
    source_row: str = ""
    observed_on: str | None = None
    confidence: Confidence = Confidence.STATED
    batch: str = field(default="", compare=False)

    def facts(self) -> tuple[str, str, str, str]:
        """Return what of the provenance is hashed: everything but the batch."""
        return (self.source, self.source_row, self.observed_on or "", self.confidence.value)


NO_PROVENANCE = Provenance()


@dataclass(frozen=True, slots=True)
class Node:
    """A node.

    Nodes of the labels Partner, Program and Place are computed from Records and carry no provenance of their
    own; their ``owner`` is ``public`` when any of their Records is.
    """

    id: NodeId
    label: Label
    properties: Properties = field(default_factory=dict)
    owner: Owner = PUBLIC
    provenance: Provenance = NO_PROVENANCE
    _json: str | None = field(default=None, init=False, repr=False, compare=False)
    _checked: bool = field(default=False, init=False, repr=False, compare=False)

    @property
    def properties_json(self) -> str:
        """The properties as canonical JSON."""
        return _json_of(self)

    def get_text(self, name: str) -> str:
        """Return a text property, or an empty text."""
        value = self.properties.get(name)
        return value if isinstance(value, str) else ""

    def get_texts(self, name: str) -> tuple[str, ...]:
        """Return a property that is a list of texts, or an empty tuple."""
        value = self.properties.get(name)
        return tuple(str(item) for item in value) if isinstance(value, tuple) else ()

    def find_number(self, name: str) -> float | None:
        """Return a numeric property as float, or None."""
        value = self.properties.get(name)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    @property
    def name(self) -> str:
        """The name, or the id where there is none."""
        return self.get_text("name") or self.id

    def graph_digest(self) -> int:
        """Return the digest of what everybody resolves to: label, id and properties."""
        return json_digest(joined_json(("node", self.label.value, self.id), self.properties_json))

    def content_digest(self) -> int:
        """Return the digest of the above with owner and provenance."""
        head, tail = ("node", self.label.value, self.id), (self.owner, self.provenance.facts())
        return json_digest(joined_json(head, self.properties_json, tail))


@dataclass(frozen=True, slots=True)
class Record:
    """What one source says about one Partner, Program or Place.

    ``about`` is the id of the node it describes. A correction is a Record with one field.
    """

    about: NodeId
    label: Label
    properties: Properties
    owner: Owner = PUBLIC
    provenance: Provenance = NO_PROVENANCE
    origin: NodeId | None = None
    """The id the source knew it by, where a merge has moved the Record under another node."""
    _id: RecordId | None = field(default=None, init=False, repr=False, compare=False)
    _json: str | None = field(default=None, init=False, repr=False, compare=False)
    _checked: bool = field(default=False, init=False, repr=False, compare=False)

    @property
    def properties_json(self) -> str:
        """The properties as canonical JSON."""
        return _json_of(self)

    @property
    def id(self) -> RecordId:
        """The digest of owner, source, row, date and the id as the source knew it: stable under a merge."""
        if self._id is None:
            head = (self.owner, self.origin or self.about, self.label.value)
            object.__setattr__(self, "_id", RecordId(short_digest("record", *head, *self.provenance.facts())))
        return cast(RecordId, self._id)

    def content_digest(self) -> int:
        """Return the digest of everything but the batch."""
        head = ("record", self.label.value, self.about, self.origin or "")
        return json_digest(joined_json(head, self.properties_json, (self.owner, self.provenance.facts())))


@dataclass(frozen=True, slots=True)
class TieKey:
    """What makes a tie the same tie: (type, source, target, owner, episode).

    Build it with `tie_key`, which puts the lower id first for undirected types.
    """

    type: TieType
    source: NodeId
    target: NodeId
    owner: Owner = PUBLIC
    episode: str = ""
    _id: TieId | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def id(self) -> TieId:
        """The digest of the key."""
        if self._id is None:
            parts = (self.type.value, self.source, self.target, self.owner, self.episode)
            object.__setattr__(self, "_id", TieId(short_digest("tie", *parts)))
        return cast(TieId, self._id)


def tie_key(type: TieType, source: NodeId, target: NodeId, owner: Owner = PUBLIC, episode: str = "") -> TieKey:
    """Return the key of a tie, lower id first where the type is undirected."""
    if type in UNDIRECTED and target < source:
        source, target = target, source
    return TieKey(type, source, target, owner, episode)


@dataclass(frozen=True, slots=True)
class Tie:
    """A tie between two nodes. Build it with `make_tie`."""

    key: TieKey
    properties: Properties = field(default_factory=dict)
    provenance: Provenance = NO_PROVENANCE
    _json: str | None = field(default=None, init=False, repr=False, compare=False)
    _checked: bool = field(default=False, init=False, repr=False, compare=False)

    @property
    def properties_json(self) -> str:
        """The properties as canonical JSON."""
        return _json_of(self)

    @property
    def id(self) -> TieId:
        """The digest of the key."""
        return self.key.id

    @property
    def type(self) -> TieType:
        """What the tie says."""
        return self.key.type

    @property
    def source(self) -> NodeId:
        """Where it starts; the lower id where it is undirected."""
        return self.key.source

    @property
    def target(self) -> NodeId:
        """Where it ends."""
        return self.key.target

    @property
    def owner(self) -> Owner:
        """Whose statement it is."""
        return self.key.owner

    def graph_digest(self) -> int:
        """Return the digest of type, ends, episode and properties."""
        return json_digest(joined_json(self._digest_head(), self.properties_json))

    def content_digest(self) -> int:
        """Return the digest of the above with owner and provenance."""
        tail = (self.key.owner, self.provenance.facts())
        return json_digest(joined_json(self._digest_head(), self.properties_json, tail))

    def _digest_head(self) -> tuple[str, ...]:
        key = self.key
        return ("tie", key.type.value, key.source, key.target, key.episode)


Element = TypeVar("Element", Node, Record, Tie)


def _json_of(element: Node | Record | Tie) -> str:
    if element._json is None:  # noqa: SLF001 - of this module
        object.__setattr__(element, "_json", canonical_json(element.properties))
    return cast(str, element._json)  # noqa: SLF001 - of this module


def is_checked(element: Node | Record | Tie) -> bool:
    """Say whether the element came out of a check without a finding; it is immutable, so it needs no other one."""
    return element._checked  # noqa: SLF001 - of this module


def mark_checked(element: Element) -> Element:
    """Return the element, marked as one that a check found nothing wrong with."""
    object.__setattr__(element, "_checked", True)
    return element


def with_batch(element: Node | Record | Tie, batch: str) -> Node | Record | Tie:
    """Return the element as one that a load's batch brings; what is known of it stays known."""
    told = element.provenance
    provenance = Provenance(told.source, told.source_row, told.observed_on, told.confidence, batch)
    tagged: Node | Record | Tie
    if isinstance(element, Tie):
        tagged = Tie(element.key, element.properties, provenance)
    elif isinstance(element, Record):
        tagged = Record(element.about, element.label, element.properties, element.owner, provenance, element.origin)
        object.__setattr__(tagged, "_id", element._id)  # noqa: SLF001 - of this module
    else:
        tagged = Node(element.id, element.label, element.properties, element.owner, provenance)
    object.__setattr__(tagged, "_json", element._json)  # noqa: SLF001 - of this module
    object.__setattr__(tagged, "_checked", element._checked)  # noqa: SLF001 - of this module
    return tagged


def make_tie(
    type: TieType,
    ends: tuple[str, str],
    properties: Mapping[str, Value] | None = None,
    owner: str = PUBLIC,
    episode: str = "",
    provenance: Provenance = NO_PROVENANCE,
) -> Tie:
    """Return a tie; where an undirected one is given higher id first, its ends and both sides' properties swap.

    >>> tie = make_tie(TieType.PARTNERS_WITH, ("b", "a"), {"level_by_source": 3})
    >>> tie.source, dict(tie.properties)
    ('a', {'level_by_target': 3})
    """
    source, target = NodeId(ends[0]), NodeId(ends[1])
    held = dict(properties or {})
    if type in UNDIRECTED and target < source:
        source, target = target, source
        held = swap_sides(held)
    return Tie(TieKey(type, source, target, Owner(owner), episode), held, provenance)


def level(tie: Tie) -> int | None:
    """Return the collaboration level that formulas use: the lower of the known sides, None where neither is known.

    >>> level(make_tie(TieType.PARTNERS_WITH, ("a", "b"), {"level_by_source": 4, "level_by_target": 2}))
    2
    """
    sides = (tie.properties.get("level_by_source"), tie.properties.get("level_by_target"))
    return min((side for side in sides if isinstance(side, int)), default=None)


def swap_sides(properties: Mapping[str, Value]) -> dict[str, Value]:
    """Return properties with ``…_by_source`` and ``…_by_target`` exchanged."""
    return {_swapped(name): value for name, value in properties.items()}


def _swapped(name: str) -> str:
    if name.endswith("_by_source"):
        return name.removesuffix("source") + "target"
    return name.removesuffix("target") + "source" if name.endswith("_by_target") else name


def statement_id(prefix: str, owner: str, subject: str, properties: Mapping[str, Value]) -> NodeId:
    """Return the id of a statement without one: the digest of its owner, subject and fields."""
    fields = [f"{name}={properties[name]!r}" for name in sorted(properties)]
    return NodeId(f"{prefix}:{digest_of(owner, subject, *fields)[:32]}")
