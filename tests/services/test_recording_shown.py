"""Recording what was shown: once a list, by ecosystem and cycle, on both stores, and only where somebody says so."""

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from matchmaker.errors import InvalidInput
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot
from matchmaker.graph.store import GraphStore
from matchmaker.model.ids import EcosystemId, NodeId
from matchmaker.model.suggestion import SuggestionList
from matchmaker.recommend.exposure import Exposure
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.services.exposure import (
    ShownList,
    ShownSuggestion,
    iter_shown,
    read_exposure,
    record_list,
    record_shown,
    report_exposure,
    shown_of,
    with_exposure,
)
from matchmaker.services.importing import import_file
from matchmaker.services.job_records import Runner
from matchmaker.services.loading import ImportOptions
from matchmaker.services.suggesting import suggest_for

TINY = Path(__file__).resolve().parents[2] / "fixtures" / "tiny"
DAY = datetime.date(2026, 9, 1)
DISTRICT = "d1"
THREE = SuggestionRequest(limit=3)


def view(store: GraphStore, day: datetime.date = DAY) -> Snapshot:
    if not list(store.iter_ties()):
        import_file(store, TINY, ImportOptions(into=EcosystemId("tiny")), Runner("tests", lambda: 0))
    return store.snapshot(Scope(EcosystemId("tiny")), day)


def list_of(store: GraphStore, snapshot: Snapshot) -> SuggestionList:
    return suggest_for(snapshot, DISTRICT, with_exposure(store.operations(), snapshot, THREE))


def test_a_list_counts_once_however_often_it_is_recorded(store: GraphStore) -> None:
    snapshot, operations = view(store), store.operations()
    listed = list_of(store, snapshot)
    assert record_list(operations, listed, snapshot, "Ana", 10)
    assert not record_list(operations, listed, snapshot, "Ben", 20)
    others = {one.target if one.source == DISTRICT else one.source for one in listed.suggestions}
    assert read_exposure(operations, "tiny", "2026-q3") == Exposure("2026-q3", dict.fromkeys(sorted(others), 1))
    [shown] = iter_shown(operations, "tiny")
    assert (shown.id, shown.subject, shown.cycle, shown.policy, shown.by, shown.at) == (
        listed.id,
        DISTRICT,
        "2026-q3",
        "balanced",
        "Ana",
        10,
    )
    assert shown.shown == shown_of(listed)
    assert [one.position for one in shown.shown] == list(range(1, len(listed.suggestions) + 1))


def test_the_next_list_knows_of_the_last_one_and_is_another_list(store: GraphStore) -> None:
    snapshot, operations = view(store), store.operations()
    first = list_of(store, snapshot)
    record_list(operations, first, snapshot, "Ana", 10)
    second = list_of(store, snapshot)
    assert [one.showing.times_shown for one in second.suggestions] == [1] * len(second.suggestions)
    assert second.ledger_hash != first.ledger_hash
    assert second.graph_hash == first.graph_hash
    assert record_list(operations, second, snapshot, "Ana", 20)
    assert max(read_exposure(operations, "tiny", "2026-q3").counts.values()) == 2


def test_another_cycle_and_another_ecosystem_begin_anew(store: GraphStore) -> None:
    snapshot, operations = view(store), store.operations()
    record_list(operations, list_of(store, snapshot), snapshot, "Ana", 10)
    assert read_exposure(operations, "tiny", "2026-q4") == Exposure("2026-q4", {})
    assert read_exposure(operations, "tin", "2026-q3").counts == {}
    later = view(store, datetime.date(2026, 10, 1))
    assert with_exposure(operations, later, THREE).exposure == Exposure("2026-q4", {})


def test_reading_a_list_records_nothing(store: GraphStore) -> None:
    snapshot = view(store)
    for _ in range(3):
        list_of(store, snapshot)
    assert list(iter_shown(store.operations(), "tiny")) == []


def test_outside_an_ecosystem_nothing_is_recorded(store: GraphStore) -> None:
    view(store)
    public = store.snapshot(Scope(), DAY)
    assert with_exposure(store.operations(), public, THREE).exposure == Exposure()


def test_what_cannot_be_is_refused_all_at_once(store: GraphStore) -> None:
    snapshot, operations = view(store), store.operations()
    wrong = ShownList(
        "not-a-list",
        "",
        "2026-q3",
        NodeId(DISTRICT),
        "balanced",
        0,
        (
            ShownSuggestion("suggestion:1", NodeId("nobody"), 1, 1.0),
            ShownSuggestion("suggestion:2", NodeId("a1"), 1, 0.0),
            ShownSuggestion("suggestion:3", NodeId("a2"), 201, 1.0),
        ),
        "Ana",
        10,
    )
    with pytest.raises(InvalidInput) as refused:
        record_shown(operations, wrong, snapshot)
    assert [finding.where for finding in refused.value.findings] == [
        "ecosystem",
        "list",
        "shown 1",
        "shown 2",
        "shown 3",
        "shown",
    ]
    with pytest.raises(InvalidInput):
        record_shown(operations, replace(wrong, ecosystem="tiny", id=list_of(store, snapshot).id, shown=()), snapshot)
    assert list(iter_shown(operations, "tiny")) == []


def test_the_report_says_who_waits(store: GraphStore) -> None:
    snapshot, operations = view(store), store.operations()
    before = report_exposure(operations, snapshot)
    assert (before.lists, before.exposure.counts) == (0, {})
    assert {node.id for node in before.waiting} >= {"a1", "a2", DISTRICT, "e1"}
    listed = list_of(store, snapshot)
    record_list(operations, listed, snapshot, "Ana", 10)
    after = report_exposure(operations, snapshot)
    shown = set(after.exposure.counts)
    assert after.lists == 1
    assert {node.id for node in after.waiting} == {node.id for node in before.waiting} - shown
