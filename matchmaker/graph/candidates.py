"""The nodes that are there for one owner at one day, their Records resolved: columns to work out a scope from."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeGuard, cast

import numpy as np
from numpy.typing import NDArray

from matchmaker.graph.decoding import corrupt, decode_properties, split_told
from matchmaker.graph.gathering import Codes, Gathering, NodeTable, RecordTable
from matchmaker.graph.tables import row_starts, select
from matchmaker.graph.texts import References
from matchmaker.model.canonical import HASH_MODULUS, Value, canonical_json
from matchmaker.model.dates import day_of
from matchmaker.model.elements import Record
from matchmaker.model.ids import PUBLIC, NodeId
from matchmaker.model.ontology import PROPERTIES
from matchmaker.model.records import complete_properties, resolve
from matchmaker.model.vocabulary import RECORD_LABELS, Label, PlaceKind, ProgramType, Sector

Mask = NDArray[np.bool_]
Points = NDArray[np.float64]

LABELS: Sequence[Label] = tuple(Label)
LABEL_CODES: Mapping[Label, int] = {label: code for code, label in enumerate(Label)}
SECTOR_CODES: Mapping[Sector, int] = {sector: code for code, sector in enumerate(Sector)}

NAMES_IN: Mapping[Label, tuple[str, ...]] = {
    Label.SUGGESTION: ("source", "target"),
    Label.PAIR_RULE: ("first", "second"),
    Label.RATING: ("rater",),
}
"""The properties by which a node speaks of partners; it goes with any of them that asked to be left out."""

_REQUIRED = {
    label: frozenset(spec.name for spec in specs if spec.required)
    for label, specs in PROPERTIES.items()
    if label in RECORD_LABELS
}
_EVERYWHERE = "withdrawn_everywhere"
_LOCATING = frozenset({PlaceKind.ZIP.value, PlaceKind.TRACT.value, PlaceKind.CITY.value})
QUOTED = json.JSONEncoder(ensure_ascii=False).encode
"""Returns a text as canonical JSON has it."""

_QUICK = "organization_type"
_LIMBS = 8

Held = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Nodes in id order; every array has their number as its first length.

    Attributes
    ----------
    ids
        Their ids.
    labels, sectors, owners
        Codes; -1 for no sector; 0 public, 1 the scope's own.
    texts
        The number of each one's properties among the node texts; -1 where they are what its one Record says.
    told, rows
        Provenance; -1 for what Records add up to.
    digests
        Shape (nodes, 8): graph digests as numbers of 32 bits, the highest first.
    points
        Shape (nodes, 2): latitude and longitude in degrees, NaN where not known.
    counties, locating, pcsp, withdrawn
        Which are counties; places small enough to say where something is; PCSPs; asked to be left out everywhere.
    record_starts
        Shape (nodes + 1,): the Records of node ``i`` are ``record_order[record_starts[i]:record_starts[i + 1]]``.
    record_order
        Rows of the Record table.
    naming
        Of nodes that speak of partners, by number: the ids that they name.
    reach_km
        What the scope's ecosystem says of its reach.
    """

    ids: list[str]
    labels: Codes
    sectors: Codes
    owners: Codes
    texts: References
    told: References
    rows: References
    digests: NDArray[np.uint32]
    points: Points
    counties: Mask
    locating: Mask
    pcsp: Mask
    withdrawn: Mask
    record_starts: References
    record_order: References
    naming: Mapping[int, tuple[str, ...]]
    reach_km: float | None


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was gathered of nodes and Records: ids of nodes, what each Record is about, and their columns."""

    ids: list[str]
    nodes: NodeTable
    abouts: list[str]
    records: RecordTable


def find_candidates(gathering: Gathering, gathered: Gathered, ecosystem: str | None) -> Candidates:
    """Return the nodes that are there: present at the day, and whole where Records add up to them.

    ``ecosystem`` is the scope's.
    """
    return _Resolving(gathering, gathered, ecosystem).candidates()


class _Resolving:
    """The nodes while they are put together, one place for each id."""

    def __init__(self, gathering: Gathering, gathered: Gathered, ecosystem: str | None) -> None:
        self.gathering, self.gathered, self.ecosystem = gathering, gathered, ecosystem
        self.ids = sorted({*gathered.ids, *gathered.abouts})
        self.number = {id: number for number, id in enumerate(self.ids)}
        size = len(self.ids)
        self.day = gathering.as_of.toordinal()
        self.there = np.zeros(size, dtype=bool)
        self.labels, self.sectors = np.zeros(size, np.int8), np.full(size, -1, np.int8)
        self.owners = np.zeros(size, np.int8)
        self.refs, self.told, self.rows = (np.full(size, -1, np.int32) for _ in range(3))
        self.points = np.full((size, 2), np.nan)
        self.counties, self.locating, self.pcsp, self.withdrawn = (np.zeros(size, dtype=bool) for _ in range(4))
        self.digests: dict[int, bytes] = {}
        self.naming: dict[int, tuple[str, ...]] = {}
        self.reach_km: float | None = None

    def candidates(self) -> Candidates:
        order, starts = self._grouped()
        self._take_nodes()
        self._take_described(order, starts)
        there = np.flatnonzero(self.there)
        new = np.cumsum(self.there) - 1
        return Candidates(
            ids=[self.ids[number] for number in there.tolist()],
            labels=self.labels[there],
            sectors=self.sectors[there],
            owners=self.owners[there],
            texts=self.refs[there],
            told=self.told[there],
            rows=self.rows[there],
            digests=read_digests(b"".join(self.digests[number] for number in there.tolist())),
            points=self.points[there],
            counties=self.counties[there],
            locating=self.locating[there],
            pcsp=self.pcsp[there],
            withdrawn=self.withdrawn[there],
            record_starts=row_starts(np.diff(starts)[there]),
            record_order=order[np.repeat(self.there, np.diff(starts))],
            naming={int(new[number]): named for number, named in self.naming.items() if self.there[number]},
            reach_km=self.reach_km,
        )

    def _grouped(self) -> tuple[References, References]:
        """Return the rows of Records in order of what they are about and their ids, and where each node's begin."""
        known, digests = self.gathered.abouts, self.gathered.records.digests
        abouts = np.fromiter(map(self.number.__getitem__, known), np.int32, len(known))
        order = np.lexsort((digests[:, 1], digests[:, 0], abouts)).astype(np.int32)
        return order, row_starts(np.bincount(abouts, minlength=len(self.ids)))

    def _take_nodes(self) -> None:
        table, texts = self.gathered.nodes, self.gathering.nodes
        columns = zip(
            self.gathered.ids, table.labels.tolist(), table.owners.tolist(), table.texts.tolist(), strict=True
        )
        told, rows = table.told.tolist(), table.rows.tolist()
        for place, (id, code, owner, ref) in enumerate(columns):
            text = texts[ref]
            held = _decoded("node", id, text)
            if self._is_present(held):
                number = self.number[id]
                self._put(number, LABELS[code], owner, held, text)
                self.refs[number], self.told[number], self.rows[number] = ref, told[place], rows[place]

    def _take_described(self, order: References, starts: References) -> None:
        records, texts = select(self.gathered.records, order), self.gathering.records
        refs, owners, labels = records.texts.tolist(), records.owners.tolist(), records.labels.tolist()
        begins = starts.tolist()
        for number in np.flatnonzero(np.diff(starts)).tolist():
            begin, end = begins[number], begins[number + 1]
            label = LABELS[labels[begin]]
            if end - begin > 1:
                self._take_sum(number, label, order[begin:end])
                continue
            text = texts[refs[begin]]
            held = _decoded("Record about", self.ids[number], text)
            if label is Label.PARTNER or _QUICK in text:
                held = complete_properties(label, held)
                text = canonical_json(held)
            if self._is_whole(label, held):
                self._put(number, label, owners[begin], held, text)
                self.refs[number] = self.told[number] = self.rows[number] = -1
                self.withdrawn[number] = held.get(_EVERYWHERE) is True

    def _take_sum(self, number: int, label: Label, rows: References) -> None:
        """Take the node that several Records add up to."""
        known = [self._record(int(row)) for row in rows]
        node = resolve(known)
        if node is not None and self._is_whole(label, node.properties):
            text = node.properties_json
            self._put(number, label, 0 if node.owner == PUBLIC else 1, node.properties, text)
            self.refs[number] = self.gathering.nodes.add([text])[0]
            self.told[number] = self.rows[number] = -1
            self.withdrawn[number] = is_withdrawn_everywhere(node.properties, known)

    def _record(self, row: int) -> Record:
        table, gathering = self.gathered.records, self.gathering
        id = self.gathered.abouts[row]
        origin = gathering.origins[table.origins[row]]
        return Record(
            NodeId(id),
            LABELS[table.labels[row]],
            _decoded("Record about", id, gathering.records[table.texts[row]]),
            gathering.visible[table.owners[row]],
            split_told(gathering.told[table.told[row]], gathering.rows[table.rows[row]]),
            NodeId(origin) if origin else None,
        )

    def _is_present(self, held: Held) -> bool:
        since, until = held.get("since"), held.get("until")
        if since is None and until is None:
            return True
        return day_of(since) <= self.day and (not isinstance(until, str) or self.day < day_of(until))

    def _is_whole(self, label: Label, held: Held) -> bool:
        """Say whether Records observed by the day add up to a thing that is present: else it isn't there yet."""
        return is_whole(label, held) and self._is_present(held)

    def _put(self, number: int, label: Label, owner: int, held: Held, text: str) -> None:
        self.there[number], self.labels[number], self.owners[number] = True, LABEL_CODES[label], owner
        sector, latitude, longitude = held.get("sector"), held.get("latitude"), held.get("longitude")
        self.sectors[number] = SECTOR_CODES[Sector(sector)] if isinstance(sector, str) and sector else -1
        if _is_number(latitude) and _is_number(longitude):
            self.points[number] = latitude, longitude
        kind = held.get("kind")
        self.counties[number] = label is Label.PLACE and kind == PlaceKind.COUNTY.value
        self.locating[number] = kind in _LOCATING
        self.pcsp[number] = label is Label.PROGRAM and held.get("program_type") == ProgramType.PCSP.value
        self.withdrawn[number] = False
        self.digests[number] = digest_node(label, self.ids[number], text)
        named = [held.get(name) for name in NAMES_IN.get(label, ())]
        if named:
            self.naming[number] = tuple(name for name in named if isinstance(name, str))
        if self.ids[number] == self.ecosystem and _is_number(held.get("reach_km")):
            self.reach_km = float(cast(float, held["reach_km"]))


def is_whole(label: Label, held: Held) -> bool:
    """Say whether what Records add up to has all that its label requires."""
    return _REQUIRED[label] <= held.keys()


def is_withdrawn_everywhere(held: Held, records: Sequence[Record]) -> bool:
    """Say whether a partner asked to be left out: no ecosystem's own Record can take back what it said in public."""
    if held.get(_EVERYWHERE) is True:
        return True
    said = [record for record in records if record.owner == PUBLIC and _EVERYWHERE in record.properties]
    public = resolve(said)
    return public is not None and public.properties[_EVERYWHERE] is True


def digest_node(label: Label, id: str, properties: str) -> bytes:
    """Return the digest that `Node.graph_digest` gives, as bytes."""
    return sha256(f'["node","{label.value}",{QUOTED(id)},{properties}]'.encode()).digest()


def sum_digests(digests: NDArray[np.uint32]) -> int:
    """Return the sum of digests, modulo 2**256; they come as numbers of 32 bits, the highest first: shape (…, 8).

    >>> sum_digests(np.array([[0, 0, 0, 0, 0, 0, 0, 2**32 - 1], [0, 0, 0, 0, 0, 0, 0, 2]], dtype=np.uint32)) - 2**32
    1
    """
    columns: list[int] = digests.sum(axis=0, dtype=np.uint64).tolist()
    return sum(total << 32 * place for place, total in enumerate(reversed(columns))) % HASH_MODULUS


def read_digests(data: bytes) -> NDArray[np.uint32]:
    """Return the digests that follow each other in some bytes, as `sum_digests` takes them."""
    return np.frombuffer(data, ">u4").reshape(-1, _LIMBS).astype(np.uint32)


def _decoded(kind: str, id: str, text: str) -> dict[str, Value]:
    try:
        return decode_properties(text)
    except (ValueError, AttributeError) as error:
        raise corrupt(kind, id, error) from error


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
