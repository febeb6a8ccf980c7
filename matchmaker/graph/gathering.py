"""Rows on their way into arrays: what one owner may see at one day, before it is worked out what its scope holds."""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matchmaker.graph.decoding import NodeRow, RecordRow, TieRow, corrupt, decode_properties, join_told
from matchmaker.graph.tables import join
from matchmaker.graph.texts import References, Texts, TextsBuilder
from matchmaker.model.dates import day_of, first_day
from matchmaker.model.ids import PUBLIC, Owner
from matchmaker.model.vocabulary import Label, TieType

Codes = NDArray[np.int8]
Days = NDArray[np.int32]
Digests = NDArray[np.uint64]

CHUNK = 10_000
"""Rows taken at a time."""

LABEL_NAMES: Mapping[str, int] = {label.value: code for code, label in enumerate(Label)}
TYPE_NAMES: Mapping[str, int] = {type.value: code for code, type in enumerate(TieType)}
_NO_DIGESTS = np.empty((0, 2), dtype=np.uint64)
_NO_CODES = np.empty(0, dtype=np.int8)
_NO_NUMBERS = np.empty(0, dtype=np.int32)

Row = TypeVar("Row", NodeRow, RecordRow, TieRow)


@dataclass(frozen=True, slots=True)
class NodeTable:
    """Nodes that no Records add up to: columns of one length."""

    labels: Codes
    owners: Codes
    texts: References
    told: References
    rows: References


@dataclass(frozen=True, slots=True)
class RecordTable:
    """Records: columns of one length."""

    digests: Digests
    origins: References
    labels: Codes
    owners: Codes
    texts: References
    told: References
    rows: References


@dataclass(frozen=True, slots=True)
class TieTable:
    """Ties between nodes that are there, by the nodes' numbers: columns of one length."""

    digests: Digests
    types: Codes
    sources: References
    targets: References
    owners: Codes
    episodes: References
    texts: References
    told: References
    rows: References


class Gathering:
    """Takes rows, nodes and Records before ties, and keeps what an owner may see at a day.

    Attributes
    ----------
    visible
        The owners whose elements count, public first; elements say whose they are by their place in it.
    nodes, records, ties
        The texts of properties, by what they are of.
    told, rows, episodes, origins
        The texts of shared provenance, rows of sources, episodes, and former ids.
    """

    def __init__(self, owner: Owner, as_of: datetime.date) -> None:
        self.visible = (PUBLIC, owner) if owner != PUBLIC else (PUBLIC,)
        self.as_of = as_of
        self.nodes, self.records, self.ties = TextsBuilder(), TextsBuilder(0), TextsBuilder()
        self.told, self.rows, self.episodes, self.origins = (TextsBuilder() for _ in range(4))
        self._owners: dict[str, int] = {owner: code for code, owner in enumerate(self.visible)}
        self._observed: dict[str | None, bool] = {None: True}

    def take_nodes(self, rows: Iterable[NodeRow]) -> tuple[list[str], NodeTable]:
        """Return the visible ones of some nodes, and their ids."""
        ids: list[str] = []
        parts = [NodeTable(_NO_CODES, _NO_CODES, _NO_NUMBERS, _NO_NUMBERS, _NO_NUMBERS)]
        for chunk in _chunks(rows):
            seen = [row for row in chunk if row[2] in self._owners]
            if not seen:
                continue
            names, labels, owners, texts, *told = zip(*seen, strict=True)
            ids += names
            codes = _coded("node", names, labels, LABEL_NAMES), self._owner_codes(owners)
            parts.append(NodeTable(*codes, self.nodes.add(texts), *self._provenance(told)))
        return ids, join(parts)

    def take_records(self, rows: Iterable[RecordRow]) -> tuple[list[str], RecordTable]:
        """Return the Records that are visible and were observed by the day, and what each is about."""
        abouts: list[str] = []
        none = (_NO_NUMBERS, _NO_NUMBERS, _NO_NUMBERS)
        parts = [RecordTable(_NO_DIGESTS, _NO_NUMBERS, _NO_CODES, _NO_CODES, *none)]
        for chunk in _chunks(rows):
            seen = [row for row in chunk if row[4] in self._owners and self._is_observed(row[8])]
            if not seen:
                continue
            ids, names, origins, labels, owners, texts, *told = zip(*seen, strict=True)
            abouts += names
            known = self.origins.add("" if origin is None else origin for origin in origins)
            codes = _coded("Record", ids, labels, LABEL_NAMES), self._owner_codes(owners)
            said = self.records.add(texts), *self._provenance(told)
            parts.append(RecordTable(_digests("record:", ids), known, *codes, *said))
        return abouts, join(parts)

    def take_ties(self, rows: Iterable[TieRow], numbers: Mapping[str, int]) -> TieTable:
        """Return the visible ones of some ties, whether or not they are present at the day.

        ``numbers`` are those of the nodes that are there, by id.
        """
        none = (_NO_NUMBERS, _NO_NUMBERS)
        parts = [TieTable(_NO_DIGESTS, _NO_CODES, *none, _NO_CODES, *none, *none)]
        for chunk in _chunks(rows):
            seen, sources, targets = self._tied(chunk, numbers)
            if not seen:
                continue
            ids, types, _, _, owned, episodes, texts, *told = zip(*seen, strict=True)
            types_seen, owned_by = _coded("tie", ids, types, TYPE_NAMES), self._owner_codes(owned)
            said = self.episodes.add(episodes), self.ties.add(texts), *self._provenance(told)
            parts.append(TieTable(_digests("tie:", ids), types_seen, sources, targets, owned_by, *said))
        return join(parts)

    def _tied(self, chunk: list[TieRow], numbers: Mapping[str, int]) -> tuple[list[TieRow], References, References]:
        """Return the rows of visible ties between nodes that are there, and the numbers of both ends."""
        owners, size = self._owners, len(chunk)
        sources = np.fromiter((numbers.get(row[2], -1) for row in chunk), np.int32, size)
        targets = np.fromiter((numbers.get(row[3], -1) for row in chunk), np.int32, size)
        there = (sources >= 0) & (targets >= 0) & np.fromiter((row[4] in owners for row in chunk), np.bool_, size)
        if there.all():
            return chunk, sources, targets
        return [chunk[at] for at in np.flatnonzero(there).tolist()], sources[there], targets[there]

    def texts(self) -> tuple[Texts, Texts, Texts, Texts, Texts, Texts, Texts]:
        """Return the texts of nodes, Records, ties, shared provenance, rows, episodes, origins; nothing comes after."""
        own, records, ties, told = self.nodes.texts(), self.records.texts(), self.ties.texts(), self.told.texts()
        return own, records, ties, told, self.rows.texts(), self.episodes.texts(), self.origins.texts()

    def _owner_codes(self, owners: Sequence[str]) -> Codes:
        return np.fromiter(map(self._owners.__getitem__, owners), np.int8, len(owners))

    def _is_observed(self, day: str | None) -> bool:
        found = self._observed.get(day)
        if found is None:
            found = not day or first_day(day) <= self.as_of
            self._observed[day] = found
        return found

    def _provenance(self, columns: Sequence[Sequence[str]]) -> tuple[References, References]:
        source, source_row, observed_on, confidence, batch = columns
        shared = list(zip(source, observed_on, confidence, batch, strict=True))
        joined = {parts: join_told(*parts) for parts in set(shared)}
        return self.told.add(joined[parts] for parts in shared), self.rows.add(source_row)


@dataclass(frozen=True, slots=True)
class TieFacts:
    """What the arrays of ties say of each: days as ordinals, 0 where there is none, and the level, -1 where unknown."""

    since: Days
    until: Days
    levels: Codes


def read_tie_facts(texts: TextsBuilder) -> TieFacts:
    """Return the facts in the properties of ties, text by text; raise `StoreCorrupt` where one is no JSON."""
    since, until = np.zeros(len(texts), np.int32), np.zeros(len(texts), np.int32)
    levels = np.full(len(texts), -1, np.int8)
    for number in range(len(texts)):
        text = texts[number]
        try:
            held = decode_properties(text)
        except (ValueError, AttributeError) as error:
            raise corrupt("tie", f"with the properties {text[:100]}", error) from error
        since[number], until[number] = day_of(held.get("since")), day_of(held.get("until"))
        sides = (held.get("level_by_source"), held.get("level_by_target"))
        levels[number] = min((side for side in sides if isinstance(side, int)), default=-1)
    return TieFacts(since, until, levels)


def is_there(since: Days, until: Days, as_of: datetime.date) -> NDArray[np.bool_]:
    """Say what is valid at a day, from ordinals in which 0 is an open bound; shape as theirs."""
    day = as_of.toordinal()
    there: NDArray[np.bool_] = (since <= day) & ((until == 0) | (day < until))
    return there


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    waiting = iter(rows)
    while chunk := list(islice(waiting, CHUNK)):
        yield chunk


def _coded(kind: str, ids: Sequence[str], names: Sequence[str], codes: Mapping[str, int]) -> Codes:
    try:
        return np.fromiter(map(codes.__getitem__, names), np.int8, len(names))
    except KeyError as error:
        at = next(number for number, name in enumerate(names) if name not in codes)
        raise corrupt(kind, ids[at], error) from error


def _digests(prefix: str, ids: Sequence[str]) -> Digests:
    """Return the digests that ids are made of, as pairs of numbers that sort as the ids do; shape (ids, 2)."""
    try:
        data = bytes.fromhex("".join(ids).replace(prefix, ""))
        return np.frombuffer(data, ">u8").reshape(len(ids), 2).astype(np.uint64)
    except ValueError as error:
        raise corrupt("id", "of a Record or tie", error) from error
