"""How many requests an organization gets: an atomic budget across ecosystems, without saying which.

Every request is written down under the organization's id before it is sent, by compare-and-set, so that no order of
calls and no number of callers exceeds what it accepts. What is written down counts only as far as the graph bears it
out: a request that was taken back, or whose writer died, frees its place by itself.
"""

import datetime
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from matchmaker.errors import Conflict, Finding, InvalidInput, StoreCorrupt
from matchmaker.graph.applying import GraphReader
from matchmaker.graph.store import Entry, Fields, GraphStore, OperationsStore
from matchmaker.model.canonical import Scalar
from matchmaker.model.decision import waiting_sides
from matchmaker.model.elements import Node
from matchmaker.model.ids import NodeId, digest_of
from matchmaker.model.vocabulary import Side
from matchmaker.recommend.exposure import cycle_of
from matchmaker.recommend.ledger import OPEN_REQUEST_LIMIT

COLLECTION = "request-budgets"
TERM_REQUEST_LIMIT = 4
"""How many requests an organization that states no ``request_limit`` gets in a term, a quarter of the calendar year."""

IN_FLIGHT_S = 120
"""How long a place is held for a request that isn't in the graph yet, in seconds."""

_ATTEMPTS = 1000


@dataclass(frozen=True, slots=True)
class RequestLimit:
    """How many requests an organization accepts: open at once, and in a term."""

    open: int = OPEN_REQUEST_LIMIT
    term: int = TERM_REQUEST_LIMIT


def limit_of(stated: float | None) -> RequestLimit:
    """Return an organization's limit: its own number of open requests and twice that in a term, else the default.

    >>> limit_of(None), limit_of(1)
    (RequestLimit(open=2, term=4), RequestLimit(open=1, term=2))
    """
    return RequestLimit() if stated is None else RequestLimit(int(stated), 2 * int(stated))


@dataclass(frozen=True, slots=True)
class Recipient:
    """An organization that is asked.

    Attributes
    ----------
    id, name
        Which one.
    limit
        What it accepts.
    former
        The ids that were merged into its own: what they were asked counts.
    """

    id: NodeId
    name: str
    limit: RequestLimit = RequestLimit()
    former: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """A request to one side of a suggestion, on a day."""

    suggestion: str
    side: Side
    day: datetime.date

    @property
    def field(self) -> str:
        """The name under which it is written down once it is in the graph."""
        return f"ask_{digest_of(self.suggestion, self.side.value, self.day.isoformat())[:32]}"


@dataclass(frozen=True, slots=True)
class HeldPlace:
    """A place that is held for a request on its way, under a name of its own."""

    recipient: Recipient
    request: Request
    field: str


@dataclass(frozen=True, slots=True)
class Load:
    """How many requests are open at an organization, and how many it got in a term."""

    open: int
    term: int


def measure_load(store: GraphStore, recipient: Recipient, day: datetime.date, now: int) -> Load:
    """Return an organization's load at a day, over all ecosystems.

    Parameters
    ----------
    now
        The time in whole seconds since 1970: requests on their way count too.
    """
    return _load(_counting(store, recipient, _written(store, recipient.id), now).values(), day)


def find_full(
    store: GraphStore, limits: Callable[[NodeId], RequestLimit | None], day: datetime.date, now: int
) -> frozenset[NodeId]:
    """Return the organizations that would get no further request today, whichever ecosystem asked them.

    Costs one look-up for every organization that was ever asked.

    Parameters
    ----------
    limits
        Returns what an organization accepts; None for one that doesn't matter here.
    """
    found = set()
    for entry in store.operations().iter_entries(COLLECTION):
        id = NodeId(entry.key)
        limit = limits(id)
        if limit is not None:
            load = _load(_counting(store, Recipient(id, id, limit), entry.fields, now).values(), day)
            if load.open >= limit.open or load.term >= limit.term:
                found.add(id)
    return frozenset(found)


def reserve(store: GraphStore, recipient: Recipient, request: Request, now: int, *, new: bool = True) -> HeldPlace:
    """Hold a place for a request, to be confirmed once it is in the graph, or released.

    Parameters
    ----------
    now
        The time in whole seconds since 1970.
    new
        False for a request of old whose answer is being taken back: the term counts it already.

    Raises
    ------
    InvalidInput
        The organization has as many open requests as it accepts, or got as many as it accepts in this term.
    """
    operations, place = store.operations(), HeldPlace(recipient, request, f"try_{secrets.token_hex(12)}")
    for _ in range(_ATTEMPTS):
        entry = operations.find(COLLECTION, recipient.id)
        fields: Fields = entry.fields if entry is not None else {}
        counting = _counting(store, recipient, fields, now)
        _check_room(
            recipient, _load((one for one in counting.values() if one.request != request), request.day), new=new
        )
        kept: dict[str, Scalar] = {name: line for name, line in fields.items() if name in counting}
        if _put(operations, recipient.id, entry, {**kept, place.field: _line(request, max(now, 1))}):
            return place
    raise _too_many(recipient)


def confirm(store: GraphStore, place: HeldPlace) -> bool:
    """Say that a request is in the graph; return False where its place was given away meanwhile."""
    return _close(store, place, {place.request.field: _line(place.request, 0)})


def release(store: GraphStore, place: HeldPlace) -> None:
    """Give back the place of a request that came to nothing; one that is in the graph after all goes on counting."""
    _close(store, place, {place.field: _line(place.request, 0)})


@dataclass(frozen=True, slots=True)
class _Counting:
    """A request that counts, and whether its answer is waited for."""

    request: Request
    open: bool


def _check_room(recipient: Recipient, load: Load, *, new: bool) -> None:
    limit, findings = recipient.limit, []
    if load.open >= limit.open:
        message = f"{recipient.name} has as many open requests as it accepts"
        findings.append(
            Finding(message, "asked", str(load.open), f"at most {limit.open} open at once; wait for answers")
        )
    if new and load.term >= limit.term:
        message = f"{recipient.name} got as many requests as it accepts in this term"
        findings.append(Finding(message, "asked", str(load.term), f"at most {limit.term} in a quarter of the year"))
    if findings:
        raise InvalidInput(findings)


def _load(counting: Iterable[_Counting], day: datetime.date) -> Load:
    known = list(counting)
    term = {one.request for one in known if cycle_of(one.request.day) == cycle_of(day)}
    return Load(len({one.request for one in known if one.open}), len(term))


def _counting(store: GraphStore, recipient: Recipient, fields: Fields, now: int) -> dict[str, _Counting]:
    """Return the requests that count, by the name they are written under, those to former ids included."""
    lines = {name: _parse(recipient.id, str(line)) for name, line in fields.items()}
    for former in recipient.former:
        lines |= {name: _parse(former, str(line)) for name, line in _written(store, former).items()}
    nodes = _find_nodes(store, {NodeId(request.suggestion) for request, _ in lines.values()})
    found = {}
    for name, (request, pending) in lines.items():
        node = nodes.get(NodeId(request.suggestion))
        asked = node is not None and request.day.isoformat() in node.get_texts(f"{request.side.value}_asked_on")
        on_its_way = pending > 0 and now - pending < IN_FLIGHT_S
        if asked or on_its_way:
            waits = node is not None and asked and request.side in waiting_sides(node)
            found[name] = _Counting(request, on_its_way or waits)
    return found


def _find_nodes(store: GraphStore, ids: Collection[NodeId]) -> Mapping[NodeId, Node]:
    def look(reader: GraphReader) -> Mapping[NodeId, Node]:
        return {id: stored.element for id, stored in reader.nodes(ids).items()}

    return store.look_up(look) if ids else {}


def _written(store: GraphStore, id: str) -> Fields:
    entry = store.operations().find(COLLECTION, id)
    return entry.fields if entry is not None else {}


def _close(store: GraphStore, place: HeldPlace, instead: Fields) -> bool:
    """Write what stands in place of a held place; return False, writing nothing, where it isn't held any more."""
    operations, id = store.operations(), place.recipient.id
    for _ in range(_ATTEMPTS):
        entry = operations.find(COLLECTION, id)
        if entry is None or place.field not in entry.fields:
            return False
        others = {name: line for name, line in entry.fields.items() if name != place.field}
        if _put(operations, id, entry, {**others, **instead}):
            return True
    raise _too_many(place.recipient)


def _put(operations: OperationsStore, id: NodeId, entry: Entry | None, fields: Fields) -> bool:
    if entry is None:
        return operations.put_new(COLLECTION, id, fields)
    return operations.compare_and_set(COLLECTION, id, entry.version, fields)


def _too_many(recipient: Recipient) -> Conflict:
    return Conflict(recipient.id, 0, 0, f"Too many write to {recipient.name} at once. Try again.")


def _line(request: Request, pending: int) -> str:
    return " ".join((str(pending), request.day.isoformat(), request.side.value, request.suggestion))


def _parse(id: str, line: str) -> tuple[Request, int]:
    try:
        pending, day, side, suggestion = line.split(" ")
        return Request(suggestion, Side(side), datetime.date.fromisoformat(day)), int(pending)
    except ValueError as error:
        raise StoreCorrupt(f"What is recorded of the requests to {id} can't be read ({line[:100]!r}).") from error
