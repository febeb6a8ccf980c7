"""Suggestions on the shipped fixtures, as staff and partners get them."""

import datetime
import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from matchmaker.errors import NotFound
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot
from matchmaker.graph.sqlite.store import SqliteStore
from matchmaker.model.ids import EcosystemId, NodeId
from matchmaker.model.suggestion import Suggestion, SuggestionList
from matchmaker.model.vocabulary import Audience, Label, Participation, PatternName, Side, TieType
from matchmaker.recommend.equity import NOT_CONFIRMED
from matchmaker.recommend.index import index_snapshot
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.services.gaps import gap_value_of
from matchmaker.services.importing import import_file
from matchmaker.services.job_records import Runner
from matchmaker.services.loading import ImportOptions
from matchmaker.services.naming import find_in_scope
from matchmaker.services.snapshots import SnapshotCache
from matchmaker.services.suggesting import Reader, explain_pair, suggest_for

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
AS_OF = datetime.date(2026, 11, 1)
BEAVERTON = "or-district:2243"
N = PatternName


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    opened = SqliteStore.open(tmp_path_factory.mktemp("suggesting") / "store.db")
    for name in ("portland", "riverbend"):
        outcome = import_file(opened, FIXTURES / name, ImportOptions(), Runner("tests", clock=lambda: int(time.time())))
        assert outcome.all_loaded
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def portland(store: SqliteStore) -> Snapshot:
    return store.snapshot(Scope(EcosystemId("portland-metro-stem")), AS_OF)


@pytest.fixture(scope="module")
def riverbend(store: SqliteStore) -> Snapshot:
    return store.snapshot(Scope(EcosystemId("riverbend")), AS_OF)


def elements_of(one: Suggestion) -> set[str]:
    return {
        element
        for reasons in one.reasons.values()
        for reason in reasons
        for fact in reason.facts
        for element in fact.elements
    }


def other_of(listed: SuggestionList, one: Suggestion) -> str:
    return str(one.target if one.source == listed.subject else one.source)


def test_a_real_district_is_told_real_partners_of_other_sectors_with_reasons_from_recorded_facts(
    store: SqliteStore, portland: Snapshot
) -> None:
    found = find_in_scope(SnapshotCache(store), "Beaverton School District 48J", AS_OF)
    assert (found.node.id, found.snapshot.scope) == (BEAVERTON, portland.scope)
    listed = suggest_for(portland, found.node.id, SuggestionRequest(limit=5))
    assert len(listed.suggestions) == 5
    recorded = {str(node.id) for node in portland.nodes} | {str(tie.id) for tie in portland.ties}
    sectors = index_snapshot(portland).organizations.sector
    own = sectors[portland.index_of(BEAVERTON)]
    for one in listed.suggestions:
        other = other_of(listed, one)
        assert sectors[portland.index_of(other)] != own
        assert portland.reachable[portland.index_of(other)]
        assert elements_of(one) <= recorded
        assert all(2 <= len(reasons) <= 4 for reasons in one.reasons.values())
        assert any(f"Not recorded for {one.source_name}: needs" in words for words in one.unknowns)
        assert one.notes
        assert one.notes[-1].endswith("is not yet asked.")


def test_nothing_invented_stands_behind_a_reason_of_portland(portland: Snapshot) -> None:
    """No needs, offers or capacities are recorded there, so none is ever told."""
    listed = suggest_for(portland, BEAVERTON, SuggestionRequest(limit=100))
    features = {reason.feature for one in listed.suggestions for reason in one.reasons[Side.SOURCE]}
    assert features.isdisjoint({"source_needs_met", "target_needs_met", "capacity_source", "capacity_target"})
    assert {"initiatives", "stage_fit"} <= features


def pcsps(snapshot: Snapshot) -> list[str]:
    return [
        str(node.id)
        for index, node in snapshot.iter_nodes(Label.PROGRAM)
        if node.get_text("program_type") == "pcsp" and snapshot.member[index]
    ]


def test_colleges_are_listed_with_the_rule_that_makes_them_so_and_those_not_confirmed_apart(
    riverbend: Snapshot,
) -> None:
    lists = [suggest_for(riverbend, id, SuggestionRequest(N.PCSP_COLLEGE, limit=50)) for id in pcsps(riverbend)]
    confirmed: set[NodeId] = set()
    context: set[NodeId] = set()
    for listed in lists:
        order = [one.confirmed for one in listed.suggestions]
        assert order == sorted(order, reverse=True)
        for one in listed.suggestions:
            rule = one.notes[0]
            (confirmed if one.confirmed else context).add(one.target)
            assert rule.startswith("Equity-focused by " if one.confirmed else "Enrolls many ")
            assert (NOT_CONFIRMED in rule) != one.confirmed
            assert one.reasons[Side.SOURCE][0].sentence == rule
    assert len(confirmed) >= 4
    assert len(context) >= 2
    nodes = [riverbend.get_node(id) for id in confirmed | context]
    assert all(node.get_text("control") in {"public", "private_nonprofit"} for node in nodes)
    listed = suggest_for(riverbend, pcsps(riverbend)[0], SuggestionRequest(N.PCSP_COLLEGE, context_colleges=False))
    assert all(one.confirmed for one in listed.suggestions)


def test_every_pattern_that_riverbend_has_ends_for_is_suggested_to_somebody(riverbend: Snapshot) -> None:
    found: set[PatternName] = set()
    for node in riverbend.nodes:
        if node.label in {Label.PARTNER, Label.PROGRAM, Label.ECOSYSTEM}:
            found |= {one.pattern for one in suggest_for(riverbend, node.id, SuggestionRequest(limit=20)).suggestions}
    assert found == set(PatternName)


def test_nobody_who_withdrew_paused_or_is_linked_is_suggested(riverbend: Snapshot) -> None:
    organizations = index_snapshot(riverbend).organizations
    for index, node in list(riverbend.iter_nodes(Label.PARTNER))[:40]:
        linked = {riverbend.nodes[other].id for other, _ in riverbend.both(index, TieType.PARTNERS_WITH)}
        listed = suggest_for(riverbend, node.id, SuggestionRequest(limit=100))
        for one in listed.suggestions:
            other = riverbend.index_of(other_of(listed, one))
            assert organizations.standing[other] not in {Participation.PAUSED, Participation.WITHDRAWN}
            assert one.pattern is N.PARTNER_INITIATIVE or riverbend.nodes[other].id not in linked


def test_closing_a_gap_counts_in_an_ecosystem_and_not_in_the_public_scope(
    store: SqliteStore, riverbend: Snapshot
) -> None:
    value = gap_value_of(riverbend)
    lists = [suggest_for(riverbend, node.id) for _, node in list(riverbend.iter_nodes(Label.PARTNER))[::4]]
    closing = [one for listed in lists for one in listed.suggestions if one.gap_value > 0.0]
    assert closing
    for one in closing:
        assert one.gap_value == value(one.pattern, one.source, one.target)
        assert one.priority == pytest.approx(one.score + 1.5 * one.gap_value, abs=1e-9)
    public = store.snapshot(Scope(), AS_OF)
    assert {one.gap_value for one in suggest_for(public, BEAVERTON).suggestions} == {0.0}


def test_a_partner_gets_words_of_those_who_take_part(riverbend: Snapshot) -> None:
    school = next(
        node.id
        for index, node in riverbend.iter_nodes(Label.PARTNER)
        if node.get_text("organization_type") == "k12_school"
        and index_snapshot(riverbend).organizations.standing[index] is Participation.PARTICIPATING
        and len(suggest_for(riverbend, node.id).suggestions) == 10
    )
    staff = suggest_for(riverbend, school)
    partner = suggest_for(riverbend, school, reader=Reader(Audience.PARTNER, school))
    assert [one.id for one in partner.suggestions] == [
        one.id for one in staff.suggestions if one.id in {shown.id for shown in partner.suggestions}
    ]
    assert partner.suggestions
    assert all(one.contributions == () and one.score == 0.0 for one in partner.suggestions)
    with pytest.raises(NotFound):
        suggest_for(riverbend, BEAVERTON)


def test_any_pair_is_explained_also_an_excluded_one(portland: Snapshot) -> None:
    school = next(
        portland.nodes[other].id for other, _ in portland.sources(portland.index_of(BEAVERTON), TieType.PART_OF)
    )
    explained = explain_pair(portland, BEAVERTON, "mid:8404100328")
    assert explained.patterns[0].pattern is N.SCHOOL_INFORMAL
    assert explained.best is N.SCHOOL_INFORMAL
    assert len(explained.patterns) + len(explained.not_fitting) == len(PatternName)
    excluded = explain_pair(portland, BEAVERTON, school)
    assert excluded.best is None
    failed = [rule.name for one in excluded.patterns for rule in one.rules if not rule.met]
    assert "not_own" in failed


def test_results_can_be_written_and_are_the_same_again(store: SqliteStore, riverbend: Snapshot) -> None:
    again = store.snapshot(Scope(EcosystemId("riverbend")), AS_OF)
    assert again is not riverbend
    for _, node in list(riverbend.iter_nodes(Label.PARTNER))[::20]:
        first, second = suggest_for(riverbend, node.id), suggest_for(again, node.id)
        assert json.dumps(asdict(first)) == json.dumps(asdict(second))
