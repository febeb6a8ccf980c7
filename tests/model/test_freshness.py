"""How fresh a fact is: by kind of fact, source and date, to the day."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.model.canonical import Value
from matchmaker.model.elements import Node, Provenance, Record, make_tie
from matchmaker.model.freshness import FIELDS, Dated, Freshness, dated, dated_node, dated_tie, oldest
from matchmaker.model.identifiers import IDENTIFIERS
from matchmaker.model.ids import NodeId
from matchmaker.model.ontology import PROPERTIES
from matchmaker.model.vocabulary import RECORD_LABELS, Confidence, Label, TieType
from matchmaker.testing.elements import partial_dates, records

C, F = Confidence, Freshness


def on(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def said(observed_on: str | None, confidence: Confidence = C.STATED, **fields: Value) -> Record:
    return Record(NodeId("a"), Label.PARTNER, fields, provenance=Provenance("s", "", observed_on, confidence))


@pytest.mark.parametrize(
    ("field", "confidence", "ageing_from", "stale_from"),
    [
        ("capacity_status", C.PARTNER, "2020-12-16", "2021-06-16"),
        ("capacity_status", C.INFERRED, "2020-12-16", "2021-06-16"),
        ("website", C.STATED, "2021-06-16", "2022-06-16"),
        ("website", C.REGISTER, "2022-06-16", "2024-06-16"),
        ("description", C.STAFF, "2022-06-16", "2024-06-16"),
        ("x_note", C.STAFF, "2022-06-16", "2024-06-16"),
        ("name", C.PARTNER, "2023-06-16", "2025-06-16"),
        ("unitid", C.REGISTER, "2023-06-16", "2025-06-16"),
        ("unitid", C.INFERRED, "2022-06-16", "2024-06-16"),
        ("pell_share", C.REGISTER, "2022-06-16", "2024-06-16"),
    ],
)
def test_a_field_ages_by_its_kind_and_source(
    field: str, confidence: Confidence, ageing_from: str, stale_from: str
) -> None:
    record, day = said("2020-06-15", confidence), datetime.timedelta(days=1)
    for term, first, last in (
        (F.FRESH, on("2020-06-15"), on(ageing_from) - day),
        (F.AGEING, on(ageing_from), on(stale_from) - day),
        (F.STALE, on(stale_from), on("2099-01-01")),
    ):
        assert dated(field, record, first) == dated(field, record, last) == Dated("2020-06-15", term)


@pytest.mark.parametrize(
    ("observed_on", "last_fresh"),
    [("2020", "2021-12-31"), ("2020-02", "2021-02-28"), ("2020-02-29", "2021-02-28"), ("2019-02", "2020-02-29")],
)
def test_a_partial_date_counts_to_its_end(observed_on: str, last_fresh: str) -> None:
    last = on(last_fresh)
    assert dated("website", said(observed_on), last).freshness is F.FRESH
    assert dated("website", said(observed_on), last + datetime.timedelta(days=1)).freshness is F.AGEING


def test_what_has_no_date_is_unknown_and_not_stale() -> None:
    assert dated("name", said(None), on("2026-01-01")) == Dated("", F.UNKNOWN)
    assert dated_tie(make_tie(TieType.FUNDS, ("a", "b")), on("2026-01-01")) == Dated("", F.UNKNOWN)
    assert dated_node(Node(NodeId("n"), Label.NEED), on("2026-01-01")) == Dated("", F.UNKNOWN)


def test_capacity_goes_by_the_day_it_was_stated_for() -> None:
    record = said("2026-01", capacity_updated_on="2024-03-01", capacity_status="open")
    assert dated("capacity_status", record, on("2026-02-01")) == Dated("2024-03-01", F.STALE)
    assert dated("description", record, on("2026-02-01")) == Dated("2026-01", F.FRESH)


@pytest.mark.parametrize(
    ("label", "properties", "date", "stale_from"),
    [
        (Label.DESIGNATION, {"year": 2020}, "2020", "2023-01-01"),
        (Label.COUNT, {"year": 2020}, "2020", "2025-01-01"),
        (Label.COVERAGE, {"as_of": "2020-06"}, "2020-06", "2022-07-01"),
        (Label.NEED, {"quantity": 3}, "2021-05-01", "2023-05-02"),
        (Label.CONTACT, {"role": "general"}, "2021-05-01", "2023-05-02"),
        (Label.RATING, {"rated_on": "2019"}, "2019", "2024-01-01"),
    ],
)
@pytest.mark.parametrize("confidence", [C.STAFF, C.INFERRED])
def test_statements_and_facts_go_by_their_own_date(
    label: Label, properties: dict[str, Value], date: str, stale_from: str, confidence: Confidence
) -> None:
    node = Node(NodeId("n"), label, properties, provenance=Provenance("s", "", "2021-05-01", confidence))
    first = on(stale_from)
    assert dated_node(node, first) == Dated(date, F.STALE)
    assert dated_node(node, first - datetime.timedelta(days=1)).freshness is F.AGEING


def test_a_designation_lasts_two_years_in_a_register_too() -> None:
    told = Provenance("register", "", "2025", C.REGISTER)
    node = Node(NodeId("n"), Label.DESIGNATION, {"year": 2020}, provenance=told)
    assert [dated_node(node, on(day)).freshness for day in ("2022-12-31", "2023-01-01")] == [F.AGEING, F.STALE]


def test_ties_age_by_type() -> None:
    told = Provenance("s", "", "2022-01-01")
    day = on("2024-06-01")
    for type, term in (
        (TieType.SERVES, F.FRESH),
        (TieType.PARTNERS_WITH, F.AGEING),
        (TieType.OFFERED_AT, F.STALE),
    ):
        assert dated_tie(make_tie(type, ("a", "b"), provenance=told), day).freshness is term, type


def test_the_oldest_of_several_is_the_least_fresh() -> None:
    fresh, ageing = Dated("2010", F.FRESH), Dated("2011", F.AGEING)
    stale, staler = Dated("2013", F.STALE), Dated("2012", F.STALE)
    assert oldest([fresh, stale, Dated(), staler, ageing]) == staler
    assert oldest([fresh, Dated(), ageing]) == ageing
    assert oldest([Dated(), Dated()]) == oldest([]) == Dated("", F.UNKNOWN)


def test_every_field_of_the_table_is_a_field() -> None:
    known = {spec.name for label in RECORD_LABELS for spec in PROPERTIES[label]}
    assert FIELDS.keys() - known <= IDENTIFIERS.keys()


@given(records("a"), partial_dates(), st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 1, 1)))
def test_nothing_grows_fresher_with_time(record: Record, observed_on: str, day: datetime.date) -> None:
    order = list(F)
    told = Record(record.about, record.label, record.properties, provenance=Provenance(observed_on=observed_on))
    for field in record.properties:
        now, later = (dated(field, told, when).freshness for when in (day, day + datetime.timedelta(days=400)))
        assert order.index(now) <= order.index(later)
