"""A refreshed snapshot is the one that would be built, or there is none."""

import datetime
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.graph.contents import Update
from matchmaker.graph.refreshing import refresh_snapshot
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot, build_snapshot
from matchmaker.model.elements import make_tie
from matchmaker.model.ids import PUBLIC, EcosystemId, NodeId, Owner, Revision
from matchmaker.model.vocabulary import RECORD_LABELS, Label, TieType
from matchmaker.testing.random_changes import KINDS, Change, update_between
from matchmaker.testing.random_contents import random_contents
from matchmaker.testing.world import World

DAY = datetime.date(2026, 9, 1)
SCOPES = (Scope(), Scope(EcosystemId("hub")), Scope(EcosystemId("other")))


def seen_of(snapshot: Snapshot) -> dict[str, object]:
    """Everything a snapshot says, by ids rather than by places."""
    ids = list(snapshot.ids)
    flags = {name: getattr(snapshot, name).tolist() for name in ("labels", "sectors", "member", "reachable")}
    columns = {name: getattr(snapshot, f"tie_{name}").tolist() for name in ("types", "since", "until", "levels")}
    ends = zip(snapshot.tie_sources.tolist(), snapshot.tie_targets.tolist(), strict=True)
    rows = {
        (type, backward, ids[index]): [
            (ids[other], snapshot.ties[int(tie)])
            for other, tie in zip(found.of(index), found.ties_of(index), strict=True)
        ]
        for type in TieType
        for backward in (False, True)
        for found in [snapshot.adjacency(type, backward=backward)]
        for index in range(len(snapshot))
    }
    return {
        "revision": snapshot.revision,
        "hash": snapshot.graph_hash,
        "nodes": {node.id: node for node in snapshot.nodes},
        "by index": {id: snapshot.nodes[snapshot.index_of(id)] for id in ids},
        "records": {id: snapshot.records(id) for id in ids},
        "sites": {id: snapshot.sites(index) for index, id in enumerate(ids)},
        "flags": {id: [flags[name][index] for name in flags] for index, id in enumerate(ids)},
        "ties": {tie.id: tie for tie in snapshot.ties},
        "by id": {tie.id: snapshot.ties[snapshot.find_tie_index(tie.id) or 0] for tie in snapshot.ties},
        "columns": {tie.id: [columns[name][slot] for name in columns] for slot, tie in enumerate(snapshot.ties)},
        "ends": [
            (tie.source, tie.target) == (ids[one], ids[two])
            for tie, (one, two) in zip(snapshot.ties, ends, strict=True)
        ],
        "rows": {key: sorted(row, key=lambda pair: (pair[0], pair[1].id)) for key, row in rows.items()},
        "facts": {id: snapshot.facts(index, Label.SUGGESTION) for index, id in enumerate(ids)},
        "suggestions": [node for _, node in snapshot.iter_nodes(Label.SUGGESTION)],
    }


@given(st.integers(0, 1_000_000), st.sampled_from(SCOPES), st.lists(st.sampled_from(KINDS), min_size=1, max_size=8))
def test_refreshed_is_what_would_be_built(seed: int, scope: Scope, kinds: list[Callable[[Change], None]]) -> None:
    contents = random_contents(seed, 5)
    snapshot = build_snapshot(contents, scope, DAY)
    for number, kind in enumerate(kinds):
        change = Change(contents, seed + number)
        kind(change)
        after = change.contents()
        built = build_snapshot(after, scope, DAY)
        before = seen_of(snapshot)
        refreshed = refresh_snapshot(snapshot, update_between(contents, after))
        assert seen_of(snapshot) == before
        if refreshed is not None:
            assert seen_of(refreshed) == seen_of(built)
            differences = refreshed.differences_from(snapshot)
            assert differences is not None
            assert len(differences) == 1
        contents, snapshot = after, built if refreshed is None else refreshed


def town() -> World:
    world = World()
    world.ecosystem("hub")
    for id, type in (("school", "k12_school"), ("museum", "museum"), ("works", "employer"), ("library", "library")):
        world.partner(id, type, north=1.0)
        world.tie(TieType.MEMBER_OF, id, "hub")
    world.tie(TieType.PARTNERS_WITH, "museum", "school", level_by_source=2)
    world.initiative("network", "school")
    return world


def refreshed_by(change: Callable[[World], object]) -> tuple[Snapshot, Snapshot | None, Snapshot]:
    """The snapshot before a change, the refreshed one, and the one that is built."""
    world, scope = town(), Scope(EcosystemId("hub"))
    before = world.contents()
    change(world)
    after = replace(world.contents(), revision=Revision(2))
    old = build_snapshot(before, scope, DAY)
    return old, refresh_snapshot(old, update_between(before, after)), build_snapshot(after, scope, DAY)


def end_partnership(world: World) -> str:
    tie = next(tie for tie in world.ties if tie.type is TieType.PARTNERS_WITH)
    world.ties.remove(tie)
    return tie.id


def take_back(world: World) -> str:
    world.ties = [tie for tie in world.ties if tie.source != "library"]
    return world.records.pop().about


CARRIED: dict[str, Callable[[World], object]] = {
    "a partnership": lambda world: world.tie(TieType.PARTNERS_WITH, "school", "works", level_by_source=3, since="2026"),
    "another level": lambda world: (
        end_partnership(world) + world.tie(TieType.PARTNERS_WITH, "museum", "school", level_by_source=4)
    ),
    "an end": end_partnership,
    "a member of a network": lambda world: world.tie(TieType.MEMBER_OF, "museum", "network"),
    "a suggestion": lambda world: world.fact(
        "hub", Label.SUGGESTION, "s:1", pattern="cross_sector", source="school", target="works", state="suggested"
    ),
    "a rule": lambda world: world.fact(
        "hub", Label.PAIR_RULE, "r:1", first="school", second="works", rule="already_met"
    ),
    "a capacity": lambda world: world.records.__setitem__(
        0, replace(world.records[0], properties={**world.records[0].properties, "capacity_available": 3})
    ),
    "another ecosystem's own": lambda world: world.partner("theirs", "museum", owner="other"),
}


@pytest.mark.parametrize("kind", CARRIED)
def test_what_decides_nothing_about_the_scope_is_carried_over(kind: str) -> None:
    _, refreshed, built = refreshed_by(CARRIED[kind])
    assert refreshed is not None
    assert seen_of(refreshed) == seen_of(built)


REBUILT: dict[str, Callable[[World], object]] = {
    "a member": lambda world: world.partner("new", "museum") and world.tie(TieType.MEMBER_OF, "new", "hub"),
    "a withdrawal": lambda world: world.tie(TieType.PARTICIPATES_IN, "school", "hub", status="withdrawn"),
    "a program": lambda world: world.program("club", "club", "school"),
    "a place": lambda world: world.place("county") and world.tie(TieType.LOCATED_IN, "school", "county"),
    "a move": lambda world: world.records.__setitem__(
        0, replace(world.records[0], properties={**world.records[0].properties, "latitude": 12.0})
    ),
    "a reach": lambda world: world.nodes.__setitem__(
        0, replace(world.nodes[0], properties={**world.nodes[0].properties, "reach_km": 1.0})
    ),
    "a need": lambda world: world.need("school", "mentors"),
    "a record that went": take_back,
}


@pytest.mark.parametrize("kind", REBUILT)
def test_what_may_alter_the_scope_is_not(kind: str) -> None:
    _, refreshed, _ = refreshed_by(REBUILT[kind])
    assert refreshed is None


def test_an_update_of_another_revision_is_not_taken() -> None:
    contents = town().contents()
    snapshot = build_snapshot(contents, Scope(EcosystemId("hub")), DAY)
    assert refresh_snapshot(snapshot, Update(Revision(7), Revision(8), {}, {}, {}, {})) is None
    nothing = refresh_snapshot(snapshot, Update(Revision(1), Revision(8), {}, {}, {}, {}))
    assert nothing is not None
    assert (nothing.revision, nothing.graph_hash) == (8, snapshot.graph_hash)


def test_the_columns_that_nothing_changed_are_shared() -> None:
    old, refreshed, _ = refreshed_by(CARRIED["a partnership"])
    assert refreshed is not None
    assert refreshed.labels is old.labels
    assert refreshed.adjacency(TieType.MEMBER_OF).others is old.adjacency(TieType.MEMBER_OF).others
    assert np.array_equal(refreshed.tie_types[:-1], old.tie_types)
    (difference,) = refreshed.differences_from(old) or ()
    (tie,) = difference.ties
    assert (tie.index, tie.before) == (None, None)
    assert tie.after == make_tie(
        TieType.PARTNERS_WITH,
        ("school", "works"),
        {"level_by_source": 3, "since": "2026"},
        Owner(PUBLIC),
        "",
        refreshed.ties[len(old.ties)].provenance,
    )
    assert old.differences_from(refreshed) is None
    assert refreshed.find_index(NodeId("school")) == old.find_index("school")
    assert {node.label for node in refreshed.nodes} >= {Label.PARTNER, *RECORD_LABELS} - {Label.PROGRAM, Label.PLACE}
