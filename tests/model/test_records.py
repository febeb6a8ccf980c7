"""Which Record wins a field: registers for what they publish unless they are old; when a closing is only a question."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.model.canonical import Value
from matchmaker.model.elements import Provenance, Record
from matchmaker.model.ids import PUBLIC, NodeId, Owner
from matchmaker.model.records import REGISTERED_FIELDS, find_contested_closing, ranked_for, resolve, why_fact
from matchmaker.model.vocabulary import Confidence, Label

C = Confidence
SOURCES = (C.PARTNER, C.STAFF, C.STATED)


def said(confidence: Confidence, observed_on: str | None, owner: str = PUBLIC, **fields: Value) -> Record:
    provenance = Provenance(f"{confidence.value} {observed_on}", "row 2", observed_on, confidence)
    return Record(NodeId("p"), Label.PARTNER, fields, Owner(owner), provenance)


def value_of(name: str, *records: Record) -> Value | None:
    found = {repr(resolve(order)) for order in itertools.permutations(records)}
    assert len(found) == 1
    node = resolve(records)
    assert node is not None
    return node.properties.get(name)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    ("registered", "said_on", "wins"),
    [
        ("2022-03-01", "2025-03-01", "register"),
        ("2022-02-28", "2025-03-01", "source"),
        ("2022", "2025", "register"),
        ("2021", "2025", "source"),
        ("2021-02-28", "2024-02-29", "register"),
        ("2021-02-27", "2024-02-29", "source"),
        ("2024", None, "register"),
        (None, "2010", "source"),
        (None, None, "register"),
    ],
)
@pytest.mark.parametrize("name", ["unitid", "pell_share"])
def test_a_register_knows_best_what_it_publishes_for_three_years(
    name: str, registered: str | None, said_on: str | None, wins: str, source: Confidence
) -> None:
    register, other = said(C.REGISTER, registered, **{name: "register"}), said(source, said_on, **{name: "source"})
    assert value_of(name, register, other) == wins


def test_an_old_register_comes_before_an_inference_and_a_newer_register_before_all() -> None:
    old, newer = said(C.REGISTER, "2012", unitid="old"), said(C.REGISTER, "2024", unitid="newer")
    staff, guess = said(C.STAFF, "2025", unitid="staff"), said(C.INFERRED, "2026", unitid="guess")
    assert value_of("unitid", old, guess) == "old"
    assert value_of("unitid", old, newer) == "newer"
    assert [fact.value for fact in why_fact("unitid", [guess, old, staff, newer])] == ["newer", "staff", "old", "guess"]
    reasons = {fact.value: fact.reason for fact in why_fact("unitid", [guess, old, staff])}
    assert reasons == {
        "staff": "in use: hub staff's word",
        "old": "a register that is more than three years older than a later source doesn't override hub staff's word",
        "guess": "hub staff's word comes before an inference for unitid",
    }
    undated = said(C.REGISTER, None, unitid="undated")
    assert why_fact("unitid", [undated, staff])[1].reason == (
        "a register that is undated doesn't override hub staff's word"
    )


def test_an_old_register_is_old_beside_whoever_speaks_last() -> None:
    """The partner's word is older than the register, but hub staff's isn't: the register overrides neither."""
    partner, register = said(C.PARTNER, "2018", unitid="partner"), said(C.REGISTER, "2019", unitid="register")
    assert value_of("unitid", partner, register) == "register"
    assert value_of("unitid", partner, register, said(C.STAFF, "2023", unitid="staff")) == "partner"


def test_the_name_in_use_is_the_partners_own_then_staffs_then_the_newest() -> None:
    register = said(C.REGISTER, "2026", name="Register", country="US")
    older, newer = said(C.STATED, "2020", name="Older"), said(C.STATED, "2021", name="Newer")
    assert value_of("name", register, older, newer) == "Newer"
    assert value_of("name", register, newer, said(C.STAFF, "2015", name="Staff")) == "Staff"
    assert (
        value_of("name", register, newer, said(C.PARTNER, None, name="Own"), said(C.STAFF, "2026", name="S")) == "Own"
    )


def closed(confidence: Confidence = C.REGISTER, observed_on: str | None = "2022", on: str = "2020-05-08") -> Record:
    return said(confidence, observed_on, name="College", closed_on=on)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("flag", [C.REGISTER, C.INFERRED])
def test_a_closing_that_a_later_word_speaks_against_is_asked_about(flag: Confidence, source: Confidence) -> None:
    for later in ("2020-06", "2021", "2026-01-31", None):
        word = said(source, later, website="https://college.example")
        assert value_of("closed_on", closed(flag), word) is None
        found = find_contested_closing([word, closed(flag)])
        assert found is not None
        assert (found.flag, found.contested_by) == (closed(flag), word)
        told = why_fact("closed_on", [closed(flag), word])
        assert [(fact.value, fact.won, fact.reason) for fact in told] == [
            ("2020-05-08", False, f"not applied: {found.against}")
        ]


def test_the_question_says_who_says_what() -> None:
    found = find_contested_closing([closed(), said(C.STAFF, "2026-01", website="w")])
    assert found is not None
    assert found.question == (
        "Is it still open? A register (register 2022) says that it closed on 2020-05-08, but hub staff's word "
        "(staff 2026-01) describes it later, on 2026-01. Until that is settled it counts as open."
    )
    undated = find_contested_closing([closed(), said(C.PARTNER, None, website="w")])
    assert undated is not None
    assert "the partner's own word (partner None) describes it without a date." in undated.question


@pytest.mark.parametrize(
    "others",
    [
        [],
        [said(C.STAFF, "2020-05-08", website="w")],
        [said(C.PARTNER, "2019", website="w")],
        [said(C.REGISTER, "2026", website="w")],
        [said(C.INFERRED, "2026", website="w")],
        [said(C.STAFF, "2021", closed_on="2020-05-08"), said(C.PARTNER, "2026", website="w")],
    ],
)
def test_a_closing_that_nobody_who_knows_speaks_against_is_applied(others: list[Record]) -> None:
    assert value_of("closed_on", closed(), *others) == "2020-05-08"
    assert find_contested_closing([closed(), *others]) is None


FIELDS = ["name", "unitid", "pell_share", "website"]
DATES = [None, "2015", "2018-06", "2019", "2021-06-30", "2022", "2024-02-29", "2025"]
drawn_records = st.lists(
    st.builds(
        lambda confidence, on, owner, held, flag: said(
            confidence, on, owner, **held, **({"closed_on": flag} if flag else {})
        ),
        st.sampled_from(Confidence),
        st.sampled_from(DATES),
        st.sampled_from([PUBLIC, "hub"]),
        st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(["one", "two", "three"]), min_size=1),
        st.sampled_from([None, None, "2018", "2020-05-08"]),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda record: record.id,
)


@given(drawn_records, st.data())
def test_the_winner_is_the_one_explained_whatever_the_order(drawn: list[Record], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(drawn))
    node = resolve(drawn)
    assert node is not None
    assert resolve(shuffled) == node
    assert find_contested_closing(shuffled) == find_contested_closing(drawn)
    for name in {name for record in drawn for name in record.properties}:
        told = why_fact(name, drawn)
        assert why_fact(name, shuffled) == told
        assert node.properties.get(name) == (told[0].value if told[0].won else None)
        assert told[0].won or (name == "closed_on" and len(drawn) > 1)


@given(drawn_records)
def test_no_old_register_overrides_and_no_lower_standing_does(drawn: list[Record]) -> None:
    standing = {term: place for place, term in enumerate((*SOURCES, C.REGISTER, C.INFERRED))}
    for name in FIELDS:
        ranked = ranked_for(name, drawn)
        for winner, record in itertools.pairwise(ranked):
            first, second = winner.provenance, record.provenance
            if name not in REGISTERED_FIELDS:
                assert standing[first.confidence] <= standing[second.confidence]
            if first.confidence is C.REGISTER and second.confidence in SOURCES:
                assert name in REGISTERED_FIELDS
                assert first.observed_on is not None or second.observed_on is None
                assert not (second.observed_on and first.observed_on) or (
                    int(second.observed_on[:4]) - int(first.observed_on[:4]) <= 3
                )
