"""The reasons of a list: how many, in which order, and that each stands and falls with its facts."""

import datetime
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.errors import NotFound
from matchmaker.graph.contents import Contents
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot, build_snapshot
from matchmaker.graph.sqlite import Durability, SqliteStore
from matchmaker.model.canonical import Value
from matchmaker.model.elements import Node
from matchmaker.model.ids import EcosystemId, Owner
from matchmaker.model.suggestion import Fact, Reason, Suggestion
from matchmaker.model.vocabulary import Label, Side, TieType
from matchmaker.recommend.explanation import EQUITY_RULE, MAXIMUM_REASONS
from matchmaker.recommend.pipeline import explain, suggest
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.recommend.visibility import strictest
from matchmaker.services.importing import import_file
from matchmaker.services.job_records import Runner
from matchmaker.services.loading import ImportOptions
from matchmaker.testing.random_town import random_town

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
AS_OF = datetime.date(2026, 11, 1)
TEN = SuggestionRequest(limit=10)
CASES = [
    ("portland", "portland-metro-stem", "or-district:2243"),
    ("portland", "portland-metro-stem", "intel"),
    ("riverbend", "riverbend", "rb-alderfleet-elementary-school"),
    ("riverbend", "riverbend", "riverbend"),
]


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Contents]]:
    path = tmp_path_factory.mktemp("reasons") / "store.db"
    store = SqliteStore.open(path, durability=Durability.NORMAL)
    for name in ("portland", "riverbend"):
        import_file(store, FIXTURES / name, ImportOptions(), Runner("tests", clock=lambda: int(time.time())))
    yield {eco: store.contents(Owner(eco)) for eco in ("portland-metro-stem", "riverbend")}
    store.close()


def snapshot_of(held: Contents, ecosystem: str) -> Snapshot:
    return build_snapshot(held, Scope(EcosystemId(ecosystem)), AS_OF)


def without(held: Contents, element: str) -> Contents:
    """The same without one tie, or without one node, its Records and its ties."""
    return Contents(
        held.revision,
        tuple(node for node in held.nodes if node.id != element),
        tuple(record for record in held.records if record.about != element),
        tuple(tie for tie in held.ties if element not in {tie.id, tie.source, tie.target}),
    )


def told(one: Suggestion) -> set[tuple[str, tuple[Fact, ...]]]:
    return {(reason.sentence, reason.facts) for reasons in one.reasons.values() for reason in reasons}


@pytest.mark.parametrize(("_bundle", "ecosystem", "subject"), CASES)
def test_deleting_a_fact_changes_the_reason_that_used_it(
    contents: dict[str, Contents], _bundle: str, ecosystem: str, subject: str
) -> None:
    held = contents[ecosystem]
    listed = suggest(snapshot_of(held, ecosystem), subject, replace(TEN, limit=3))
    ends = {end for one in listed.suggestions for end in (one.source, one.target)}
    tried = 0
    for one in listed.suggestions:
        reasons = {reason for reasons in one.reasons.values() for reason in reasons}
        used = sorted({element for reason in reasons for fact in reason.facts for element in fact.elements} - ends)
        for element in used[:6]:
            left = left_after(snapshot_of(without(held, element), ecosystem), one)
            for reason in reasons:
                if any(element in fact.elements for fact in reason.facts):
                    assert (reason.sentence, reason.facts) not in left
                    tried += 1
    assert tried > 0


def left_after(snapshot: Snapshot, one: Suggestion) -> set[tuple[str, tuple[Fact, ...]]]:
    """The reasons that are still told of a pair; none where it isn't even there any more."""
    try:
        after = explain(snapshot, one.source, one.target)
    except NotFound:
        return set()
    return {pair for pattern in after.patterns if pattern.eligible for pair in told(pattern.suggestion)}


@given(st.integers(0, 100_000))
def test_reasons_of_a_list_are_two_to_four_where_there_are_as_many(seed: int) -> None:
    snapshot = random_town(seed).snapshot("eco")
    for one in suggest(snapshot, "p0", TEN).suggestions:
        other = one.target if one.source == "p0" else one.source
        whole = next(
            found.suggestion for found in explain(snapshot, "p0", other).patterns if found.pattern is one.pattern
        )
        for side in Side:
            assert len(one.reasons[side]) >= min(len(whole.reasons[side]), MAXIMUM_REASONS, 2)
            assert one.reasons[side] == whole.reasons[side][: len(one.reasons[side])]


@given(st.integers(0, 100_000))
def test_no_two_reasons_are_of_one_family_and_visibility_and_the_strongest_come_first(seed: int) -> None:
    snapshot = random_town(seed).snapshot("eco")
    for one in suggest(snapshot, "p0", TEN).suggestions:
        for reasons in one.reasons.values():
            kinds = [(reason.feature, strictest(fact.visibility for fact in reason.facts)) for reason in reasons]
            assert len(set(kinds)) == len(kinds)
            assert all(reason.facts for reason in reasons)
            shares = [share_of(one, reason) for reason in reasons if reason.feature not in {EQUITY_RULE, "pattern"}]
            assert shares == sorted(shares, reverse=True)


FAMILIES = {
    "two_steps": ("common_neighbours", "adamic_adar", "resource_allocation"),
    "three_steps": ("three_step_paths",),
    "content": ("content_likeness",),
    "fields": ("shared_fields",),
    "occupations": ("shared_occupations",),
    "place": ("distance_km", "same_county"),
    "intends": ("intends_to_serve",),
    "initiatives": ("shared_initiatives",),
    "agreement": ("agreement_in_place",),
}


def share_of(one: Suggestion, reason: Reason) -> float:
    names = FAMILIES.get(reason.feature, (reason.feature,))
    return round(sum(part.share for part in one.contributions if part.feature in names), 9)


@pytest.mark.parametrize(("_bundle", "ecosystem", "subject"), CASES)
def test_changing_who_lives_at_places_changes_no_ranking(
    contents: dict[str, Contents], _bundle: str, ecosystem: str, subject: str
) -> None:
    held = contents[ecosystem]
    people = {Label.COUNT, Label.STATISTIC}
    places = {record.about for record in held.records if record.label is Label.PLACE}
    stated = {tie.target for tie in held.ties if tie.type is TieType.HAS and tie.source in places}

    def turned(node: Node) -> Node:
        if node.label not in people or node.id not in stated:
            return node
        fields = {**node.properties, "value": 987_654}
        return replace(node, properties=fields | ({"population": "low_income"} if "population" in fields else {}))

    nodes = tuple(map(turned, held.nodes))
    extra = tuple(
        Node(held.nodes[0].id.__class__(f"count:made-{number}"), Label.COUNT, {**MADE, "value": 10_000 * number})
        for number in range(3)
    )
    other = Contents(held.revision, tuple(sorted((*nodes, *extra), key=lambda node: node.id)), held.records, held.ties)
    plain, changed = (suggest(snapshot_of(one, ecosystem), subject, replace(TEN, limit=50)) for one in (held, other))
    assert [(one.id, one.score, one.priority) for one in changed.suggestions] == [
        (one.id, one.score, one.priority) for one in plain.suggestions
    ]
    assert len(plain.suggestions) > 0


MADE: dict[str, Value] = {"kind": "resident", "all_stages": True, "population": "foster", "year": 2024}
