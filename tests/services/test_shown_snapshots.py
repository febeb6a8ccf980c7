"""What an audience sees, carried over small changes, is what it would be shown."""

import datetime
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.graph.contents import Contents
from matchmaker.graph.refreshing import refresh_snapshot
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot, build_snapshot
from matchmaker.model.canonical import Value
from matchmaker.model.elements import Node, make_tie
from matchmaker.model.ids import EcosystemId, NodeId, Owner
from matchmaker.model.vocabulary import Audience, Label, TieType
from matchmaker.services.disclosure_views import carry_shown, show_snapshot
from matchmaker.testing.random_changes import KINDS, Change, update_between
from matchmaker.testing.random_contents import HUB, random_contents

DAY = datetime.date(2026, 9, 1)
SCOPES = (Scope(), Scope(EcosystemId(HUB)))
OTHERS = [audience for audience in Audience if audience is not Audience.STAFF]


def seen_of(snapshot: Snapshot) -> dict[str, object]:
    flags = zip(snapshot.member.tolist(), snapshot.reachable.tolist(), snapshot.labels.tolist(), strict=True)
    return {
        "hash": (snapshot.revision, snapshot.graph_hash),
        "nodes": {node.id: node for node in snapshot.nodes},
        "ties": {tie.id: tie for tie in snapshot.ties},
        "records": {id: snapshot.records(id) for id in snapshot.ids},
        "flags": dict(zip(snapshot.ids, flags, strict=True)),
    }


def changed(contents: Contents, kind: Callable[[Change], None], seed: int) -> Contents:
    change = Change(contents, seed)
    kind(change)
    return change.contents()


@given(
    st.integers(0, 1_000_000),
    st.sampled_from(SCOPES),
    st.sampled_from(OTHERS),
    st.lists(st.sampled_from(KINDS), min_size=1, max_size=5),
)
def test_carried_is_what_would_be_shown(
    seed: int, scope: Scope, audience: Audience, kinds: list[Callable[[Change], None]]
) -> None:
    contents = random_contents(seed, 5)
    whole = build_snapshot(contents, scope, DAY)
    shown = show_snapshot(whole, audience)
    for number, kind in enumerate(kinds):
        after = changed(contents, kind, seed + number)
        newer = refresh_snapshot(whole, update_between(contents, after)) or build_snapshot(after, scope, DAY)
        expected, carried = show_snapshot(newer, audience), carry_shown(shown, whole, newer, audience)
        if carried is not None:
            assert seen_of(carried) == seen_of(expected)
        contents, whole, shown = after, newer, expected if carried is None else carried


@pytest.mark.parametrize("audience", OTHERS)
def test_a_tie_and_a_suggestion_are_carried(audience: Audience) -> None:
    contents = random_contents(3, 5)
    before = build_snapshot(contents, SCOPES[1], DAY)
    shown = show_snapshot(before, audience)
    one, other = [node.id for _, node in before.iter_nodes(Label.PARTNER)][:2]
    change = Change(contents, 1)
    tie = make_tie(TieType.PARTNERS_WITH, (one, other), {"level_by_source": 2}, Owner(HUB), "new")
    change.draft.ties[tie.id] = tie
    named: dict[str, Value] = {"pattern": "cross_sector", "state": "suggested", "source": one, "target": other}
    change.draft.nodes["s:new"] = Node(NodeId("s:new"), Label.SUGGESTION, named, Owner(HUB))
    had = make_tie(TieType.HAS, (HUB, "s:new"), {}, Owner(HUB))
    change.draft.ties[had.id] = had
    after = change.contents()
    newer = refresh_snapshot(before, update_between(contents, after))
    assert newer is not None
    carried = carry_shown(shown, before, newer, audience)
    assert carried is not None
    assert seen_of(carried) == seen_of(show_snapshot(newer, audience))
    assert carry_shown(shown, build_snapshot(contents, SCOPES[1], DAY), newer, audience) is None
