"""The budget of requests by itself: places held, confirmed, given back, and freed by time."""

import datetime
import threading

import pytest

from matchmaker.errors import InvalidInput, StoreCorrupt
from matchmaker.graph.store import GraphStore
from matchmaker.model.canonical import Value
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import Node
from matchmaker.model.ids import NodeId
from matchmaker.model.vocabulary import Label, Side
from matchmaker.services.requests import (
    COLLECTION,
    IN_FLIGHT_S,
    HeldPlace,
    Load,
    Recipient,
    Request,
    RequestLimit,
    confirm,
    find_full,
    limit_of,
    measure_load,
    release,
    reserve,
)

DAY = datetime.date(2026, 9, 15)
NOW = 1_789_473_600
LIBRARY = Recipient(NodeId("library"), "Library")


def request(number: int, day: datetime.date = DAY) -> Request:
    return Request(f"suggestion:{number}", Side.TARGET, day)


def ask(store: GraphStore, *requests: Request, waiting: bool = True) -> None:
    """Put suggestions into the graph that bear requests out."""
    nodes = []
    for one in requests:
        held: dict[str, Value] = {"pattern": "cross_sector", "source": "school", "target": "library", "state": "asked"}
        asked: dict[str, Value] = {"target_asked_on": (one.day.isoformat(),), "first_side": "target"}
        open: dict[str, Value] = {"waiting_for": ("target",)} if waiting else {}
        nodes.append(Node(NodeId(one.suggestion), Label.SUGGESTION, {**held, **asked, **open}))
    store.apply(ChangeSet(tuple(nodes)))


def load(store: GraphStore, now: int = NOW, day: datetime.date = DAY) -> Load:
    return measure_load(store, LIBRARY, day, now)


def test_a_place_counts_while_its_request_is_on_its_way_and_no_longer(store: GraphStore) -> None:
    reserve(store, LIBRARY, request(1), NOW)
    assert load(store) == Load(1, 1)
    assert load(store, NOW + IN_FLIGHT_S - 1) == Load(1, 1)
    assert load(store, NOW + IN_FLIGHT_S) == Load(0, 0)


def test_a_confirmed_request_counts_as_the_graph_says(store: GraphStore) -> None:
    place = reserve(store, LIBRARY, request(1), NOW)
    ask(store, request(1))
    assert confirm(store, place)
    assert not confirm(store, place)
    assert load(store, NOW + 9_999) == Load(1, 1)
    ask(store, request(1), waiting=False)
    assert load(store) == Load(0, 1)
    store.apply(ChangeSet(removed_nodes=(NodeId("suggestion:1"),)))
    assert load(store) == Load(0, 0)


def test_a_released_place_is_free_at_once_unless_its_request_got_into_the_graph(store: GraphStore) -> None:
    place = reserve(store, LIBRARY, request(1), NOW)
    release(store, place)
    assert load(store) == Load(0, 0)
    other = reserve(store, LIBRARY, request(2), NOW)
    ask(store, request(2))
    release(store, other)
    assert load(store) == Load(1, 1)


def test_one_request_that_two_write_down_counts_once(store: GraphStore) -> None:
    one = Recipient(LIBRARY.id, "Library", RequestLimit(1, 2))
    first, second = reserve(store, one, request(1), NOW), reserve(store, one, request(1), NOW)
    assert load(store) == Load(1, 1)
    release(store, second)
    assert load(store) == Load(1, 1)
    with pytest.raises(InvalidInput):
        reserve(store, one, request(2), NOW)
    release(store, first)
    assert isinstance(reserve(store, one, request(2), NOW), HeldPlace)


def test_the_default_and_a_partner_s_own_number() -> None:
    assert [limit_of(stated) for stated in (None, 0.0, 1.0, 5.0)] == [
        RequestLimit(2, 4),
        RequestLimit(0, 0),
        RequestLimit(1, 2),
        RequestLimit(5, 10),
    ]


def test_who_accepts_none_is_never_asked(store: GraphStore) -> None:
    none = Recipient(LIBRARY.id, "Library", limit_of(0))
    with pytest.raises(InvalidInput) as caught:
        reserve(store, none, request(1), NOW)
    assert [finding.valid for finding in caught.value.findings] == [
        "at most 0 open at once; wait for answers",
        "at most 0 in a quarter of the year",
    ]
    assert load(store) == Load(0, 0)


def test_a_term_is_a_quarter_of_the_calendar_year(store: GraphStore) -> None:
    days = [datetime.date(2026, 9, 30)] * 4 + [datetime.date(2026, 10, 1)]
    for number, day in enumerate(days[:4]):
        place = reserve(store, LIBRARY, request(number, day), NOW)
        ask(store, request(number, day), waiting=False)
        confirm(store, place)
    with pytest.raises(InvalidInput):
        reserve(store, LIBRARY, request(9, days[3]), NOW)
    reserve(store, LIBRARY, request(9, days[4]), NOW)
    assert (load(store), load(store, day=days[4])) == (Load(1, 4), Load(1, 1))


def test_what_a_merged_organization_was_asked_counts(store: GraphStore) -> None:
    for number in range(2):
        place = reserve(store, LIBRARY, request(number), NOW)
        ask(store, request(number))
        confirm(store, place)
    merged = Recipient(NodeId("central"), "Central", former=("library",))
    assert measure_load(store, merged, DAY, NOW) == Load(2, 2)
    with pytest.raises(InvalidInput):
        reserve(store, merged, request(3), NOW)


def test_of_many_at_once_as_many_get_a_place_as_there_are(store: GraphStore) -> None:
    gate, got = threading.Barrier(16), []

    def try_one(number: int) -> None:
        gate.wait()
        try:
            got.append(reserve(store, LIBRARY, request(number), NOW))
        except InvalidInput:
            return

    threads = [threading.Thread(target=try_one, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 2
    assert load(store) == Load(2, 2)


def test_who_gets_no_further_request_today_is_known(store: GraphStore) -> None:
    for number, id in enumerate(["library", "library", "museum", "school"]):
        reserve(store, Recipient(NodeId(id), id), request(number), NOW)
    limits = {"library": RequestLimit(), "museum": RequestLimit(), "school": RequestLimit(1, 2)}
    full = find_full(store, lambda partner: limits.get(str(partner)), DAY, NOW)
    assert full == {"library", "school"}
    assert find_full(store, lambda one: RequestLimit() if one == "school" else None, DAY, NOW) == set()


def test_what_can_not_be_read_is_told(embedded: GraphStore) -> None:
    embedded.operations().put_new(COLLECTION, "library", {"ask_1": "nothing of ours"})
    with pytest.raises(StoreCorrupt, match="requests to library"):
        load(embedded)
