"""Why a fact is as it is; what a store holds; who is in a network."""

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.graph.scoping import Scope
from matchmaker.graph.sqlite.store import SqliteStore
from matchmaker.model.canonical import Value
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import Node, Provenance, Record, make_tie
from matchmaker.model.freshness import Dated, Freshness
from matchmaker.model.ids import EcosystemId, NodeId, Owner
from matchmaker.model.reference import REFERENCE_NODES
from matchmaker.model.vocabulary import Confidence, Label, Sector, StageTerm, TieType
from matchmaker.services.facts import stats, why_fact
from matchmaker.services.network import find_network

AS_OF = datetime.date(2026, 9, 1)
MILL = Scope(EcosystemId("mill"))
SCHOOL = NodeId("school")


def says(source: str, observed_on: str, confidence: Confidence = Confidence.STATED) -> Provenance:
    return Provenance(source, f"{source}.csv row 2", observed_on, confidence)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore.open(tmp_path / "facts.db")
    own = Owner("mill")
    school: dict[str, Value] = {
        "name": "Mill High School",
        "organization_type": "k12_school",
        "latitude": 45.0,
        "longitude": -122.0,
    }
    register = says("State register", "2024", Confidence.REGISTER)
    records = (
        Record(SCHOOL, Label.PARTNER, school, provenance=register),
        Record(SCHOOL, Label.PARTNER, {"name": "Mill High"}, own, says("The school", "2025", Confidence.PARTNER)),
        Record(SCHOOL, Label.PARTNER, {"name": "Mill HS"}, own, says("A list", "2026-10", Confidence.STAFF)),
        Record(NodeId("museum"), Label.PARTNER, {"name": "Mill Museum", "organization_type": "museum"}, own),
        Record(NodeId("club"), Label.PROGRAM, {"name": "Robot Club", "program_type": "club"}, own),
    )
    ties = [
        make_tie(TieType.PARTICIPATES_IN, ("school", "mill"), {"status": "participating"}, own),
        make_tie(TieType.MEMBER_OF, ("museum", "mill"), owner=own),
        make_tie(TieType.OPERATES, ("museum", "club"), owner=own),
        make_tie(TieType.OFFERED_AT, ("club", "school"), {"seats": 12}, own),
        make_tie(TieType.SERVES, ("club", "grades_9_12"), owner=own),
        make_tie(TieType.PARTNERS_WITH, ("school", "museum"), owner=own),
        make_tie(TieType.HAS, ("mill", "coverage:1"), owner=own),
    ]
    coverage: dict[str, Value] = {"covers": "Partner", "share_answered": 1.0, "as_of": "2026"}
    nodes = (
        Node(NodeId("mill"), Label.ECOSYSTEM, {"name": "Mill"}),
        Node(NodeId("coverage:1"), Label.COVERAGE, coverage, own, says("A survey", "2026")),
        Node(NodeId("old-school"), Label.REDIRECT, {"to": "school"}),
    )
    store.apply(ChangeSet(nodes, records, tuple(ties)))
    yield store
    store.close()


def test_every_source_of_a_field_is_told_with_why_it_won_or_lost(store: SqliteStore) -> None:
    found = why_fact(store.snapshot(MILL, AS_OF), "school", "name")
    assert found.value == "Mill High"
    assert [(source.value, source.won) for source in found.sources] == [
        ("Mill High", True),
        ("Mill High School", False),
    ]
    assert found.sources[0].reason == "in use: the partner's own word"
    assert found.sources[1].reason == "the partner's own word comes before a register for name"
    assert found.sources[1].record.provenance.source_row == "State register.csv row 2"
    assert found.rule.startswith("Identifiers and published figures: the newest register")
    assert [found.dated(source) for source in found.sources] == [
        Dated("2025", Freshness.FRESH),
        Dated("2024", Freshness.FRESH),
    ]
    assert found.question == ""


def test_a_later_day_shows_later_records_and_the_public_sees_public_ones(store: SqliteStore) -> None:
    later = why_fact(store.snapshot(MILL, datetime.date(2026, 10, 1)), "school", "name")
    assert [source.value for source in later.sources] == ["Mill High", "Mill HS", "Mill High School"]
    public = why_fact(store.snapshot(Scope(), AS_OF), "school", "name")
    assert (public.value, len(public.sources)) == ("Mill High School", 1)
    assert public.sources[0].reason == "the only source: a register"
    with pytest.raises(NotFound):
        why_fact(store.snapshot(Scope(EcosystemId("another")), AS_OF), "museum", "name")


def test_a_derived_field_points_at_what_it_follows_from(store: SqliteStore) -> None:
    found = why_fact(store.snapshot(MILL, AS_OF), "school", "sector")
    assert (found.value, found.derived_from) == ("k12", "organization_type")
    assert [source.value for source in found.sources] == ["k12_school"]


def test_a_merged_id_is_followed_and_an_empty_field_has_no_sources(store: SqliteStore) -> None:
    found = why_fact(store.snapshot(MILL, AS_OF), "old-school", "website")
    assert (found.node.id, found.value, found.sources) == ("school", None, ())


def test_a_contested_closing_is_a_question_and_no_value(store: SqliteStore) -> None:
    closed = says("Closings", "2024-06", Confidence.REGISTER)
    store.apply(ChangeSet(records=(Record(SCHOOL, Label.PARTNER, {"closed_on": "2024-05"}, provenance=closed),)))
    own = why_fact(store.snapshot(MILL, AS_OF), "school", "closed_on")
    assert (own.value, [(source.value, source.won) for source in own.sources]) == (None, [("2024-05", False)])
    assert own.question == (
        "Is it still open? A register (Closings) says that it closed on 2024-05, but the partner's own word "
        "(The school) describes it later, on 2025. Until that is settled it counts as open."
    )
    public = why_fact(store.snapshot(Scope(), AS_OF), "school", "closed_on")
    assert (public.value, public.question, public.sources[0].won) == ("2024-05", "", True)


def test_nodes_without_records_have_one_source(store: SqliteStore) -> None:
    found = why_fact(store.snapshot(MILL, AS_OF), "coverage:1", "share_answered")
    assert [(source.value, source.record.provenance.source) for source in found.sources] == [(1.0, "A survey")]
    assert found.dated(found.sources[0]) == Dated("2026", Freshness.FRESH)


def test_an_unknown_field_is_refused_with_those_there_are(store: SqliteStore) -> None:
    with pytest.raises(InvalidInput) as refused:
        why_fact(store.snapshot(MILL, AS_OF), "school", "mascot")
    assert refused.value.findings[0].message == "a Partner has no such field"
    assert "organization_type" in refused.value.findings[0].valid
    assert why_fact(store.snapshot(MILL, AS_OF), "school", "x_mascot").sources == ()


def test_stats_count_labels_and_tie_types(store: SqliteStore) -> None:
    found = stats(store)
    reference = {label: sum(node.label is label for node in REFERENCE_NODES) for label in (Label.STAGE, Label.RESOURCE)}
    assert dict(found.nodes) == {
        Label.PARTNER: 2,
        Label.PROGRAM: 1,
        Label.ECOSYSTEM: 1,
        Label.COVERAGE: 1,
        Label.REDIRECT: 1,
        **reference,
    }
    assert dict(found.ties) == {
        TieType.PARTNERS_WITH: 1,
        TieType.OPERATES: 1,
        TieType.OFFERED_AT: 1,
        TieType.SERVES: 1,
        TieType.MEMBER_OF: 1,
        TieType.PARTICIPATES_IN: 1,
        TieType.HAS: 1,
    }
    assert (found.records, found.revision) == (5, 1)
    assert found.hashes == store.hashes()


def test_a_network_is_its_members_and_the_ties_among_them(store: SqliteStore) -> None:
    snapshot = store.snapshot(MILL, AS_OF)
    network = find_network(snapshot)
    assert [(node.node.id, node.sector, node.degree) for node in network.nodes] == [
        ("club", None, 2),
        ("museum", Sector.INFORMAL_LEARNING, 2),
        ("school", Sector.K12, 2),
    ]
    assert [node.stages for node in network.nodes] == [(StageTerm.GRADES_9_12,), (), ()]
    assert network.nodes[0].position == network.nodes[2].position == (45.0, -122.0)
    assert network.nodes[1].position is None
    assert {tie.type for tie in network.ties} == {TieType.OPERATES, TieType.OFFERED_AT, TieType.PARTNERS_WITH}
    assert [tie.id for tie in network.ties] == sorted(tie.id for tie in network.ties)
    assert (network.ecosystem, network.as_of) == ("mill", "2026-09-01")
    assert network.graph_hash == snapshot.graph_hash


def test_another_ecosystem_sees_nothing_of_the_network(store: SqliteStore) -> None:
    network = find_network(store.snapshot(Scope(EcosystemId("another")), AS_OF))
    assert (network.nodes, network.ties) == ((), ())
