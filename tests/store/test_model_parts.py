"""The model that a batch rests on: values, dates, identifiers, elements, checks, and what Records add up to."""

import datetime
import math
import unicodedata
from dataclasses import replace
from random import Random
from typing import TypeVar

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from matchmaker.errors import Finding
from matchmaker.model.canonical import (
    HASH_MODULUS,
    MAXIMUM_TEXT,
    ValueRefused,
    add_digests,
    canonical_float,
    canonical_integer,
    canonical_text,
    element_digest,
    show_hash,
    shown,
)
from matchmaker.model.checking import check_node, check_record, check_tie
from matchmaker.model.dates import canonical_date, first_day, is_present, overlap
from matchmaker.model.elements import Node, Provenance, Record, Tie, make_tie, statement_id, swap_sides, tie_key
from matchmaker.model.identifiers import IDENTIFIERS, is_identifier
from matchmaker.model.ids import PUBLIC, NodeId, digest_of, is_id
from matchmaker.model.ontology import PROPERTIES, TIES, node_properties, tie_properties
from matchmaker.model.properties import Kind, PropertySpec
from matchmaker.model.records import resolve, resolve_stored, why_fact
from matchmaker.model.vocabulary import UNDIRECTED, Confidence, Label, StageTerm, TieType
from matchmaker.testing.contract.examples import ALPHA, BETA, correction, partner, said_by
from matchmaker.testing.elements import (
    HOSTILE_TEXTS,
    IDENTIFIER_EXAMPLES,
    REFUSED_TEXTS,
    ids,
    nodes,
    partial_dates,
    records,
    texts,
    ties,
    values,
)

Element = TypeVar("Element", Node, Record, Tie)

# Canonical values


@given(texts())
def test_canonical_text_is_composed_stripped_and_stays_so(text: str) -> None:
    clean = canonical_text(text)
    assert clean == canonical_text(clean) == unicodedata.normalize("NFC", clean) == clean.strip()


@given(st.characters())
def test_exactly_control_characters_and_surrogates_are_refused(character: str) -> None:
    text = f"a{character}b"
    refused = unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\t"
    if refused:
        with pytest.raises(ValueRefused, match=f"U\\+{ord(character):04X}"):
            canonical_text(text)
    else:
        assert canonical_text(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("text", REFUSED_TEXTS, ids=lambda text: ascii(text)[:30])
def test_texts_that_are_refused(text: str) -> None:
    with pytest.raises(ValueRefused):
        canonical_text(text)


def test_the_length_of_a_text_is_that_of_its_canonical_form() -> None:
    assert len(canonical_text("e\u0301" * MAXIMUM_TEXT)) == MAXIMUM_TEXT
    assert canonical_text(" " * MAXIMUM_TEXT + "a") == "a"


def test_numbers_keep_to_their_bounds() -> None:
    assert [canonical_integer(number) for number in (-(2**63), 0, 2**63 - 1)] == [-(2**63), 0, 2**63 - 1]
    for number in (2**63, -(2**63) - 1):
        with pytest.raises(ValueRefused, match="does not fit 64 bits"):
            canonical_integer(number)
    for odd in (math.nan, math.inf, -math.inf):
        with pytest.raises(ValueRefused, match="is not a finite number"):
            canonical_float(odd)
    with pytest.raises(ValueRefused, match="is too large"):
        canonical_float(10**400)
    assert math.copysign(1.0, canonical_float(-0.0)) == 1.0


def test_a_refused_value_is_shown_short() -> None:
    assert shown(10**5000) == "a whole number of 16610 bits"
    assert shown(-7) == "-7"
    assert shown("x" * 999) == "x" * 200


def test_digests_tell_types_apart_and_ignore_the_order_of_keys() -> None:
    different = [1, 1.0, True, "1", (1,), None, {"a": 1}, {"a": 1.0}]
    assert len({element_digest(value) for value in different}) == len(different)
    assert element_digest({"a": 1, "b": 2}) == element_digest({"b": 2, "a": 1})
    assert element_digest("ab", "c") != element_digest("a", "bc")


@given(st.lists(st.integers(0, HASH_MODULUS - 1), max_size=8), st.randoms(use_true_random=False))
def test_sums_of_digests_are_free_of_order_and_can_be_taken_back(digests: list[int], random: Random) -> None:
    shuffled = list(digests)
    random.shuffle(shuffled)
    total = add_digests(digests)
    assert total == add_digests(shuffled)
    assert add_digests([-digest for digest in digests], total) == 0
    assert int(show_hash(total), 16) == total
    assert len(show_hash(total)) == 64


# Ids


@given(
    st.lists(st.text(st.characters(), max_size=4), max_size=4),
    st.lists(st.text(st.characters(), max_size=4), max_size=4),
)
def test_no_two_lists_of_parts_share_a_digest(first: list[str], second: list[str]) -> None:
    assert (digest_of(*first) == digest_of(*second)) == (first == second)


def test_a_digest_is_that_of_length_prefixed_parts() -> None:
    # printf '1:a2:\xc3\xa9' | sha256sum
    assert digest_of("a", "é") == "7109eab322e40417f68c2324b32fc46083de5559b26afa84ad8bec35a870d871"


@pytest.mark.parametrize(
    ("text", "valid"),
    [("a", True), ("9", True), ("unitid:209807", True), ("a" * 128, True), ("a" * 129, False), ("", False),
     ("A", False), (".a", False), ("a b", False), ("a\n", False), ("é", False), ("٣", False), ("a/b", False)],
)  # fmt: skip
def test_ids(text: str, valid: bool) -> None:
    assert is_id(text) is valid


@given(ids("need:"))
def test_drawn_ids_are_ids(id: NodeId) -> None:
    assert is_id(id)
    assert id.startswith("need:")


# Dates


@pytest.mark.parametrize(
    ("text", "day"),
    [("2012", (2012, 1, 1)), ("2012-09", (2012, 9, 1)), ("2012-09-30", (2012, 9, 30)), ("2012-02-29", (2012, 2, 29)),
     ("0001", (1, 1, 1)), ("9999-12-31", (9999, 12, 31))],
)  # fmt: skip
def test_the_first_day_of_a_partial_date(text: str, day: tuple[int, int, int]) -> None:
    assert first_day(canonical_date(text)) == datetime.date(*day)


@pytest.mark.parametrize(
    "text", ["", "12", "2012-9", "2012-13", "2011-02-29", "0000", "2012-09-31", "２０１２", "2012/09", "20120930"]
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(ValueRefused):
        canonical_date(text)


Bounds = tuple[str | None, str | None]
bounds = st.tuples(st.one_of(st.none(), partial_dates()), st.one_of(st.none(), partial_dates()))
months = st.tuples(*[st.one_of(st.none(), st.integers(1, 12).map("2020-{:02d}".format))] * 2)


@given(months, months)
def test_two_intervals_overlap_where_they_share_a_day(first: Bounds, second: Bounds) -> None:
    for since, until in (first, second):
        assume(since is None or until is None or since < until)
    days = [datetime.date(2019, 1, 1) + datetime.timedelta(days=7 * week) for week in range(160)]
    shared = any(is_present(*first, day) and is_present(*second, day) for day in days)
    assert overlap(first, second) is overlap(second, first) is shared


@given(bounds, st.dates())
def test_presence_is_half_open(interval: Bounds, day: datetime.date) -> None:
    since, until = interval
    begun = since is None or first_day(since) <= day
    ended = until is not None and first_day(until) <= day
    assert is_present(since, until, day) is (begun and not ended)


# Identifiers


def test_every_scheme_has_examples_that_it_takes() -> None:
    assert set(IDENTIFIER_EXAMPLES) == set(IDENTIFIERS)
    for scheme, examples in IDENTIFIER_EXAMPLES.items():
        for example in examples:
            assert is_identifier(scheme, example), (scheme, example)
            assert not is_identifier(scheme, f"{example} "), scheme
            assert not is_identifier(scheme, ""), scheme


@pytest.mark.parametrize(
    ("scheme", "text"),
    [("leaid", "0301920"), ("leaid", "410192"), ("ncessch", "990192000001"), ("unitid", "２０９８０７"),
     ("ror", "00yn2fy03"), ("ror", "10yn2fy02"), ("ror", "00yn2iy02"),
     ("fscs", "or0001"), ("web_domain", "-a.org"), ("web_domain", "a"),
     ("web_domain", "HTTPS://a.org"), ("soc", "172061"), ("cip", "14.010"), ("zip", "9700"), ("county_fips", "03001"),
     ("region", "US"), ("country", "us"), ("language", "english"), ("isced", "9")],
)  # fmt: skip
def test_malformed_identifiers(scheme: str, text: str) -> None:
    assert not is_identifier(scheme, text)


def test_a_ror_checksum_catches_every_single_wrong_character() -> None:
    good, letters = "00yn2fy02", "0123456789abcdefghjkmnpqrstvwxyz"
    wrong = [
        good[:place] + letter + good[place + 1 :]
        for place in range(1, 7)
        for letter in letters
        if letter != good[place]
    ]
    assert not [text for text in wrong if is_identifier("ror", text)]


# Properties


ALL_SPECS = [(label.value, spec) for label in PROPERTIES for spec in node_properties(label).values()]
ALL_SPECS += [(type.value, spec) for type in TIES for spec in tie_properties(type).values()]


@pytest.mark.parametrize(("where", "spec"), ALL_SPECS, ids=[f"{where}.{spec.name}" for where, spec in ALL_SPECS])
def test_every_property_takes_its_values_and_says_what_is_valid(where: str, spec: PropertySpec) -> None:
    @given(values(spec))
    def check(value: object) -> None:
        clean = spec.canonical(value)
        if clean is not None:
            assert repr(spec.canonical(clean)) == repr(clean)
            assert isinstance(clean, tuple) is spec.many

    check()
    assert spec.valid()
    assert where


@pytest.mark.parametrize(
    ("spec", "value", "message"),
    [
        (PropertySpec("n", Kind.INTEGER), True, "is not a number"),
        (PropertySpec("n", Kind.INTEGER), 1.5, "is not a whole number"),
        (PropertySpec("n", Kind.INTEGER), math.inf, "is not a whole number"),
        (PropertySpec("n", Kind.INTEGER, minimum=0), -1, "is out of range"),
        (PropertySpec("n", Kind.FLOAT, maximum=1), 1.01, "is out of range"),
        (PropertySpec("n", Kind.FLOAT), "1", "is not a number"),
        (PropertySpec("n", Kind.BOOLEAN), 1, "is neither true nor false"),
        (PropertySpec("n"), 1, "is not text"),
        (PropertySpec("n", many=True), "one", "is not a list"),
        (PropertySpec("n", Kind.ID), "No Id", "is not a valid id"),
        (PropertySpec("n", Kind.TERM, terms=StageTerm), "grade 3", "is not a known term"),
        (PropertySpec("n", Kind.IDENTIFIER, scheme="zip"), "1", "is malformed"),
        (PropertySpec("n", Kind.DATE), "yesterday", "is not an ISO date"),
    ],
)  # fmt: skip
def test_values_that_a_property_refuses(spec: PropertySpec, value: object, message: str) -> None:
    with pytest.raises(ValueRefused, match=message):
        spec.canonical(value)


@pytest.mark.parametrize(
    ("spec", "cell", "value"),
    [
        (PropertySpec("n", Kind.INTEGER), " 42 ", 42),
        (PropertySpec("n", Kind.FLOAT), "-0", 0.0),
        (PropertySpec("n", Kind.FLOAT), "1e3", 1000.0),
        (PropertySpec("n", Kind.BOOLEAN), "Yes", True),
        (PropertySpec("n", Kind.BOOLEAN), "0", False),
        (PropertySpec("n", many=True), "b | a || b", ("a", "b")),
        (PropertySpec("n", many=True, ordered=True), "b|a|b", ("b", "a", "b")),
        (PropertySpec("n"), "   ", None),
        (PropertySpec("n", many=True), " | ", None),
        (PropertySpec("n", Kind.DATE), "2012-09", "2012-09"),
    ],
)  # fmt: skip
def test_cells_of_text(spec: PropertySpec, cell: str, value: object) -> None:
    assert repr(spec.parse(cell)) == repr(value)


# Elements


@given(st.sampled_from(TieType), st.sampled_from(["a", "b", "c"]), st.sampled_from(["a", "b", "c"]), st.integers(1, 5))
def test_an_undirected_tie_is_the_same_from_both_sides(type: TieType, first: str, second: str, level: int) -> None:
    one = make_tie(type, (first, second), {"level_by_source": level})
    other = make_tie(type, (second, first), {"level_by_target": level})
    assert (one == other) is (type in UNDIRECTED and first != second)
    assert one.key == tie_key(type, NodeId(first), NodeId(second))
    assert swap_sides(swap_sides(one.properties)) == dict(one.properties)
    if type in UNDIRECTED:
        assert one.source <= one.target


def test_a_records_id_is_that_of_who_says_it_where_and_when() -> None:
    record = partner("a", provenance=Provenance("S", "row 1", "2020", Confidence.REGISTER, "load-1"))
    assert record.id == record.id == replace(record, properties={"name": "Other"}).id
    assert record.id == replace(record, provenance=replace(record.provenance, batch="load-2")).id
    assert record.id == replace(record, about=NodeId("b"), origin=NodeId("a")).id
    changed = [
        replace(record, owner=ALPHA),
        replace(record, about=NodeId("b")),
        replace(record, provenance=replace(record.provenance, source="T")),
        replace(record, provenance=replace(record.provenance, source_row="row 2")),
        replace(record, provenance=replace(record.provenance, observed_on="2021")),
        replace(record, provenance=replace(record.provenance, confidence=Confidence.STATED)),
    ]
    assert len({record.id, *(other.id for other in changed)}) == 7


def test_an_id_that_was_asked_for_is_no_part_of_the_value() -> None:
    asked, fresh = partner("a"), partner("a")
    assert asked.id.startswith("record:")
    assert asked == fresh
    assert repr(asked) == repr(fresh)
    key, other = make_tie(TieType.FUNDS, ("a", "b")).key, make_tie(TieType.FUNDS, ("a", "b")).key
    assert key.id == key.id
    assert (key, hash(key)) == (other, hash(other))


def test_a_batch_is_no_part_of_an_element() -> None:
    one, other = partner("a", provenance=said_by(batch="1")), partner("a", provenance=said_by(batch="2"))
    assert one == other
    assert one.content_digest() == other.content_digest()


def test_graph_and_content_digests_cover_what_they_say() -> None:
    node = Node(NodeId("t"), Label.TOPIC, {"name": "T"})
    for other, graph, content in (
        (replace(node, owner=ALPHA), True, False),
        (replace(node, provenance=said_by("S")), True, False),
        (replace(node, properties={"name": "U"}), False, False),
        (replace(node, label=Label.OCCUPATION), False, False),
    ):
        assert (node.graph_digest() == other.graph_digest()) is graph
        assert (node.content_digest() == other.content_digest()) is content


def test_a_statements_id_depends_on_its_fields_not_their_order() -> None:
    one = statement_id("need", "alpha", "library", {"stage": "k_2", "quantity": 3})
    assert one == statement_id("need", "alpha", "library", {"quantity": 3, "stage": "k_2"})
    assert is_id(one)
    assert one.startswith("need:")
    assert len({one, statement_id("need", "alpha", "library", {"quantity": 3.0, "stage": "k_2"})}) == 2
    assert one != statement_id("need", "beta", "library", {"quantity": 3, "stage": "k_2"})


# Checks


def assert_stays(clean: Element, checked: tuple[Element, list[Finding]]) -> None:
    again, findings = checked
    assert findings == []
    assert again == clean
    assert repr(sorted(again.properties.items())) == repr(sorted(clean.properties.items()))


@given(nodes())
def test_a_valid_node_has_no_findings_and_stays_as_it_is(node: Node) -> None:
    clean, findings = check_node(node)
    assert findings == []
    assert_stays(clean, check_node(clean))


@given(records("a"))
def test_a_valid_record_has_no_findings_and_stays_as_it_is(record: Record) -> None:
    clean, findings = check_record(record)
    assert findings == []
    assert_stays(clean, check_record(clean))
    assert clean.properties["organization_type"] in clean.properties["organization_types"]  # type: ignore[operator]  # a tuple


@given(st.data(), st.sampled_from(TieType))
def test_a_valid_tie_has_no_findings_and_stays_as_it_is(data: st.DataObject, type: TieType) -> None:
    tie: Tie = data.draw(ties(type, ("b", "a")))
    clean, findings = check_tie(tie)
    assert findings == []
    assert_stays(clean, check_tie(clean))


@given(st.sampled_from(HOSTILE_TEXTS + REFUSED_TEXTS), st.sampled_from(HOSTILE_TEXTS + REFUSED_TEXTS))
def test_checking_never_fails_otherwise_than_by_findings(one: str, other: str) -> None:
    provenance = Provenance(one, other, one, Confidence.STATED, other)
    node = Node(NodeId(one), Label.TOPIC, {other: one, "name": other}, provenance=provenance)
    record = Record(NodeId(one), Label.PARTNER, {other: one}, provenance=provenance)
    tie = make_tie(TieType.PARTNERS_WITH, (one, other), {other: one}, other, one, provenance)
    for findings in (check_node(node)[1], check_record(record)[1], check_tie(tie)[1]):
        assert findings
        assert all(finding.sentence() and len(finding.value) <= 200 for finding in findings)
    assert len(record.id) == len("record:") + 32


# What Records add up to

FIELDS = ["name", "website", "unitid", "country"]
facts = st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(["one", "two", "three"]), min_size=1)
drawn_records = st.lists(
    st.builds(
        lambda held, owner, source, observed_on, confidence: Record(
            NodeId("a"), Label.PARTNER, held, owner, Provenance(source, "", observed_on, confidence)
        ),
        facts,
        st.sampled_from([PUBLIC, ALPHA, BETA]),
        st.sampled_from(["s1", "s2"]),
        st.sampled_from([None, "2019", "2020", "2020-06"]),
        st.sampled_from(Confidence),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda record: record.id,
)


@given(drawn_records, st.randoms(use_true_random=False))
def test_the_order_of_records_never_matters(drawn: list[Record], random: Random) -> None:
    shuffled = list(drawn)
    random.shuffle(shuffled)
    assert resolve(drawn) == resolve(shuffled)
    assert resolve_stored(drawn) == resolve_stored(shuffled)
    for name in FIELDS:
        assert why_fact(name, drawn) == why_fact(name, shuffled)


@given(drawn_records)
def test_every_field_is_somebodys_and_the_winner_is_explained(drawn: list[Record]) -> None:
    node = resolve(drawn)
    assert node is not None
    assert set(node.properties) == {name for record in drawn for name in record.properties}
    for name, value in node.properties.items():
        told = why_fact(name, drawn)
        assert [fact.won for fact in told] == [True] + [False] * (len(told) - 1)
        assert told[0].value == value
        assert len(told) == sum(name in record.properties for record in drawn)
        assert all(fact.reason for fact in told)


@given(drawn_records)
def test_a_record_more_changes_only_what_it_says(drawn: list[Record]) -> None:
    one = correction("a", said_by("new", "2024", Confidence.PARTNER), website="https://new.example.org")
    before, after = resolve(drawn), resolve([*drawn, one])
    assert before is not None
    assert after is not None
    changed = {name for name in after.properties if after.properties[name] != before.properties.get(name)}
    assert changed <= {"website"}


def test_nothing_adds_up_to_nothing() -> None:
    assert resolve([]) is None
    assert resolve_stored([]) is None
    assert why_fact("name", []) == []
    assert why_fact("website", [partner("a")]) == []


def test_the_stored_node_is_what_is_public_or_else_everything() -> None:
    public, ours = partner("a", name="Public"), partner("a", owner=ALPHA, name="Ours")
    node = resolve_stored([public, ours])
    assert node is not None
    assert (node.name, node.owner) == ("Public", PUBLIC)
    both = resolve([public, ours])
    assert both is not None
    assert (both.name, both.owner) == ("Ours", PUBLIC)
    alone = resolve_stored([ours])
    assert alone is not None
    assert (alone.name, alone.owner) == ("Ours", ALPHA)


def test_ties_of_standing_go_by_date_then_owner_then_id() -> None:
    older = correction("a", said_by("s", "2019"), name="Older")
    newer = correction("a", said_by("s", "2020-02"), name="Newer")
    ours = correction("a", said_by("s", "2020-02"), ALPHA, name="Ours")
    twins = [correction("a", said_by(source, "2020-02"), ALPHA, name=source) for source in ("x", "y")]
    lower = min(twins, key=lambda record: record.id)

    def winner(*given: Record) -> str:
        node = resolve(given)
        assert node is not None
        return node.name

    assert winner(older, newer) == "Newer"
    assert winner(newer, ours) == "Ours"
    assert winner(*twins) == lower.properties["name"]
    reasons = [fact.reason for fact in why_fact("name", [older, newer, ours])]
    assert reasons == [
        "in use: a named source",
        "the ecosystem's own Record comes before the public one",
        "2020-02 is newer than 2019",
    ]
