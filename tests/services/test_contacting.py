"""The do-not-contact list: on it by a link or by staff, off it by staff, and still there after all that may happen."""

from pathlib import Path

import pytest

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.graph.sqlite import SqliteStore
from matchmaker.graph.store import GraphStore
from matchmaker.model.ids import PUBLIC, EcosystemId, NodeId
from matchmaker.model.vocabulary import Side, SuggestionState
from matchmaker.services.backups import back_up, restore
from matchmaker.services.contacting import (
    LOG,
    Stop,
    StopKind,
    add_stop,
    find_stop,
    list_stops,
    partner_of_token,
    remove_stop,
    stop_by_link,
    stop_token,
)
from matchmaker.services.deciding import take_back
from matchmaker.services.job_records import Runner
from matchmaker.services.merging import merge
from matchmaker.testing.hubs import ANA, NOON, hub_of, put_world, step, suggestion_of, town
from matchmaker.testing.world import World

NORTH, SOUTH, LIBRARY = EcosystemId("north"), EcosystemId("south"), NodeId("library")


def test_a_stop_link_counts_everywhere_and_says_nothing_of_whom_it_is(store: GraphStore) -> None:
    operations = store.operations()
    token = stop_token(operations, LIBRARY)
    assert stop_token(operations, LIBRARY) == token
    assert len(token) == 32
    assert "library" not in token
    assert stop_token(operations, NodeId("museum")) != token
    assert partner_of_token(operations, token) == "library"
    assert find_stop(operations, NORTH, {"library"}) is None
    stop = stop_by_link(operations, token, NOON)
    assert stop == Stop(LIBRARY, everywhere=True, kind=StopKind.STOP_LINK, since=NOON)
    stop_by_link(operations, token, NOON)
    for ecosystem in (NORTH, SOUTH):
        assert list_stops(operations, ecosystem) == [stop]
    with pytest.raises(NotFound):
        stop_by_link(operations, "nobody-s", NOON)


def test_what_staff_enter_counts_in_their_ecosystem_with_who_and_why(store: GraphStore) -> None:
    operations = store.operations()
    stop = add_stop(operations, NORTH, LIBRARY, "said so on the phone", ANA)
    assert (stop.kind, stop.who, stop.note, stop.since) == (StopKind.STAFF, "Ana", "said so on the phone", NOON)
    assert add_stop(operations, NORTH, LIBRARY, "again", Runner("Bea", lambda: NOON + 5)) == stop
    assert list_stops(operations, NORTH) == [stop]
    assert list_stops(operations, SOUTH) == []
    with pytest.raises(InvalidInput):
        add_stop(operations, SOUTH, LIBRARY, " ", ANA)


def test_one_that_wants_to_hear_again_is_written_to_again_by_those_it_told_until_it_stops_anew(
    embedded: GraphStore,
) -> None:
    operations = embedded.operations()
    token = stop_token(operations, LIBRARY)
    stop_by_link(operations, token, NOON)
    with pytest.raises(InvalidInput):
        remove_stop(operations, NORTH, LIBRARY, "", ANA)
    remove_stop(operations, NORTH, LIBRARY, "wrote to us again", ANA)
    assert find_stop(operations, NORTH, {"library"}) is None
    assert find_stop(operations, SOUTH, {"library"}) is not None
    stop_by_link(operations, token, NOON + 100)
    assert find_stop(operations, NORTH, {"library"}) is not None
    remove_stop(operations, NORTH, LIBRARY, "and again", ANA)
    with pytest.raises(NotFound):
        remove_stop(operations, NORTH, LIBRARY, "twice", ANA)
    told = [(fields["scope"], fields["kind"], fields.get("note")) for _, fields in operations.iter_log(LOG)]
    assert told == [
        ("everywhere", "stop_link", None),
        ("north", "allowed", "wrote to us again"),
        ("everywhere", "stop_link", None),
        ("north", "allowed", "and again"),
    ]


def test_the_list_outlives_undo_reload_merge_backup_and_restore(embedded: GraphStore, tmp_path: Path) -> None:
    put_world(embedded, town())
    hub = hub_of(embedded)
    id = suggestion_of(hub, "school-0", "library")
    asked = step(hub, id, SuggestionState.ASKED, Side.TARGET, shown_for="library")
    stop_by_link(embedded.operations(), stop_token(embedded.operations(), LIBRARY), NOON)
    take_back(embedded, asked.job.id, ANA)
    put_world(embedded, town())
    world = World()
    world.partner("central-library", "library", north=1.0)
    world.participate("north", "central-library")
    put_world(embedded, world)
    merge(embedded, LIBRARY, NodeId("central-library"), PUBLIC, ANA)
    file = tmp_path / "all.zip"
    back_up(embedded, file)
    other = SqliteStore.open(tmp_path / "other.db")
    try:
        restore(file, other)
        again = hub_of(other)
        merged = suggestion_of(again, "school-0", "central-library")
        with pytest.raises(InvalidInput) as caught:
            step(again, merged, SuggestionState.ASKED, Side.TARGET, shown_for="central-library")
        assert [finding.message for finding in caught.value.findings] == [
            "Central Library asked by its stop link to get no more messages"
        ]
        assert partner_of_token(other.operations(), stop_token(other.operations(), LIBRARY)) == "library"
    finally:
        other.close()
