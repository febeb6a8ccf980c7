"""Values on entry: text, numbers, dates, identifiers, and what each property takes or refuses."""

import datetime
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.model.canonical import (
    Scalar,
    Value,
    ValueRefused,
    add_digests,
    canonical_float,
    canonical_integer,
    canonical_text,
    element_digest,
    show_hash,
)
from matchmaker.model.dates import canonical_date, first_day, is_present, overlap
from matchmaker.model.identifiers import is_identifier
from matchmaker.model.ids import digest_of, is_id, short_digest
from matchmaker.model.ontology import node_properties, tie_properties
from matchmaker.model.properties import Kind, PropertySpec
from matchmaker.model.vocabulary import Intent, Label, TieType
from matchmaker.testing.elements import partial_dates, texts, values

ALL_SPECS = [spec for label in Label for spec in node_properties(label).values() if not spec.derived] + [
    spec for type in TieType for spec in tie_properties(type).values()
]


def test_text_is_composed_and_stripped() -> None:
    assert canonical_text(" Cafe\u0301\n") == "Caf\xe9"
    assert canonical_text("two\nlines\tand a tab") == "two\nlines\tand a tab"
    assert type(canonical_text(Intent.LEARN)) is str


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\ud800b", "a\x7fb", "x" * 100_001])
def test_text_that_no_store_keeps_is_refused(text: str) -> None:
    with pytest.raises(ValueRefused):
        canonical_text(text)


def test_numbers_are_finite_and_fit() -> None:
    assert math.copysign(1, canonical_float(-0.0)) == 1.0
    assert canonical_integer(2**63 - 1) == 2**63 - 1
    for number in (math.nan, math.inf, -math.inf):
        with pytest.raises(ValueRefused, match="finite"):
            canonical_float(number)
    with pytest.raises(ValueRefused, match="too large"):
        canonical_float(10**400)
    with pytest.raises(ValueRefused, match="64 bits"):
        canonical_integer(2**63)


@pytest.mark.parametrize("text", ["", "12", "2012-13", "2012-02-30", "2012-9", "0000", "2012/09/01", "2012-09-01T00"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueRefused):
        canonical_date(text)


def test_intervals_are_half_open_and_unknown_since_is_present() -> None:
    day = datetime.date(2016, 1, 1)
    assert is_present("2016", None, day)
    assert not is_present("2012", "2016-01-01", day)
    assert is_present(None, "2016-01-02", day)
    assert is_present(None, None, datetime.date.min)
    assert not is_present("2016-01-02", None, day)
    assert first_day("2012-09") == datetime.date(2012, 9, 1)


@given(partial_dates(), partial_dates(), partial_dates(), partial_dates())
def test_overlap_is_symmetric_and_means_a_shared_day(a: str, b: str, c: str, d: str) -> None:
    one, other = (
        (min(a, b, key=first_day), max(a, b, key=first_day)),
        (min(c, d, key=first_day), max(c, d, key=first_day)),
    )
    overlaps = overlap((one[0], one[1]), (other[0], other[1]))
    assert overlaps == overlap((other[0], other[1]), (one[0], one[1]))
    later = max(first_day(one[0]), first_day(other[0]))
    shared = later < first_day(one[1]) and later < first_day(other[1])
    if first_day(one[0]) < first_day(one[1]) and first_day(other[0]) < first_day(other[1]):
        assert overlaps == shared


IDENTIFIED = [
    ("leaid", "4101920", "4101 4301920 410192 41019200 ٤101920"),
    ("leaid", "6300010", "6200010"),
    ("ncessch", "410192000001", "430192000001 41019200001"),
    ("pss_id", "A1234567", "a1234567 A123456"),
    ("unitid", "209807", "20980 2098070 20980x"),
    ("mid", "8400100001", "840010001"),
    ("fscs", "OR0001-002", "OR001-002 or0001-002 OR0001-02"),
    ("ror", "00yn2fy02", "00yn2fy03 00yn2fy0 10yn2fy02 https://ror.org/00yn2fy02"),
    ("ein", "930386860", "93-0386860 93038686"),
    ("opeid", "00321600", "003216"),
    ("web_domain", "pdx.edu", "pdx http://pdx.edu PDX.edu"),
    ("naics", "541715", "5 5417150"),
    ("naics", "31-33", "31-3"),
    ("isic", "P8530", "Z85 8"),
    ("isic", "8530", "85300"),
    ("soc", "17-2061", "172061 17-2061.00"),
    ("isco", "2512", "25120"),
    ("cip", "14.0101", "14.010 140101"),
    ("zip", "97005-1234", "9700 97005-123"),
    ("county_fips", "41051", "43051 58001 4105"),
    ("tract", "41051000100", "4105100010 43051000100"),
    ("country", "US", "us USA ZZ"),
    ("region", "US-OR", "OR ZZ-OR US_OR"),
    ("isced", "8", "9 10"),
    ("language", "es-MX", "Spanish e"),
]


@pytest.mark.parametrize(("scheme", "valid", "invalid"), IDENTIFIED)
def test_identifiers_are_checked(scheme: str, valid: str, invalid: str) -> None:
    assert is_identifier(scheme, valid)
    assert [text for text in invalid.split() if is_identifier(scheme, text)] == []
    assert not is_identifier(scheme, f"{valid}\n")
    assert not is_identifier(scheme, "")


def test_ids() -> None:
    assert all(map(is_id, ["a", "0", "unitid:209807", "a" * 128, "a._:-"]))
    assert not any(map(is_id, ["", "A", "-a", ".a", "a b", "a" * 129, "a\n", "ä"]))
    assert digest_of("ab", "c") != digest_of("a", "bc") != digest_of("abc")
    assert short_digest("gap", "x") == "gap:" + digest_of("x")[:32]


REFUSALS: list[tuple[PropertySpec, object, str]] = [
    (PropertySpec("p"), 7, "is not text"),
    (PropertySpec("p"), {"a": 1}, "is not text"),
    (PropertySpec("p"), b"a", "is not text"),
    (PropertySpec("p", many=True), "a", "is not a list"),
    (PropertySpec("p", many=True), {"a": 1}, "is not a list"),
    (PropertySpec("p", Kind.INTEGER, many=True), b"ab", "is not a list"),
    (PropertySpec("p", many=True, ordered=True), {"a", "b"}, "is not a list"),
    (PropertySpec("p", many=True), [["a"]], "is not text"),
    (PropertySpec("p", many=True), [None], "is not text"),
    (PropertySpec("p", Kind.INTEGER), True, "is not a number"),
    (PropertySpec("p", Kind.INTEGER), 1.5, "is not a whole number"),
    (PropertySpec("p", Kind.INTEGER), "1", "is not a number"),
    (PropertySpec("p", Kind.INTEGER, minimum=0, maximum=5), 6, "is out of range"),
    (PropertySpec("p", Kind.FLOAT, minimum=-90, maximum=90), -90.1, "is out of range"),
    (PropertySpec("p", Kind.FLOAT), math.nan, "is not a finite number"),
    (PropertySpec("p", Kind.BOOLEAN), 1, "is neither true nor false"),
    (PropertySpec("p", Kind.DATE), datetime.date(2020, 1, 1), "is not text"),
    (PropertySpec("p", Kind.DATE), "2020-13", "is no day of the calendar"),
    (PropertySpec("p", Kind.TERM, terms=Intent), "Learn", "is not a known term"),
    (PropertySpec("p", Kind.ID), "A", "is not a valid id"),
    (PropertySpec("p", Kind.IDENTIFIER, scheme="unitid"), "1", "is malformed"),
]


@pytest.mark.parametrize(("spec", "value", "why"), REFUSALS)
def test_a_property_refuses_what_it_is_not(spec: PropertySpec, value: object, why: str) -> None:
    with pytest.raises(ValueRefused, match=why):
        spec.canonical(value)


@pytest.mark.parametrize(
    ("spec", "text", "expected"),
    [
        (PropertySpec("p"), "  ", None),
        (PropertySpec("p", many=True), " b | a||b ", ("a", "b")),
        (PropertySpec("p", many=True, ordered=True), "wed|mon", ("wed", "mon")),
        (PropertySpec("p", Kind.INTEGER), "-7", -7),
        (PropertySpec("p", Kind.FLOAT), "1e3", 1000.0),
        (PropertySpec("p", Kind.FLOAT), ".5", 0.5),
        (PropertySpec("p", Kind.BOOLEAN), "Yes", True),
        (PropertySpec("p", Kind.BOOLEAN), "0", False),
        (PropertySpec("p", Kind.DATE), "2012-09", "2012-09"),
        (PropertySpec("p", Kind.TERM, many=True, terms=Intent), "learn|hire", ("hire", "learn")),
    ],
)
def test_a_cell_of_text_is_read(spec: PropertySpec, text: str, expected: Value | None) -> None:
    read = spec.parse(text)
    assert read == expected
    assert type(read) is type(expected)


@pytest.mark.parametrize("text", ["1_000", "٣", "nan", "inf", "1,5", "0x10", "1 000", "--1", "1e999"])
def test_numbers_are_read_as_written_or_not_at_all(text: str) -> None:
    for kind in (Kind.INTEGER, Kind.FLOAT):
        with pytest.raises(ValueRefused):
            PropertySpec("p", kind).parse(text)


def written(value: Value) -> str:
    """Return a value as a cell of a sheet."""
    if isinstance(value, tuple):
        return "|".join(map(written, value))
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


@given(st.data())
def test_canonical_is_idempotent_and_what_is_written_reads_back(data: st.DataObject) -> None:
    spec = data.draw(st.sampled_from(ALL_SPECS))
    once = spec.canonical(data.draw(values(spec)))
    if once is None:
        return
    assert spec.canonical(once) == once
    parts = once if isinstance(once, tuple) else (once,)
    if not any(isinstance(part, str) and "|" in part for part in parts) or not spec.many:
        assert spec.parse(written(once)) == once


@given(texts())
def test_canonical_text_is_idempotent(text: str) -> None:
    assert canonical_text(canonical_text(text)) == canonical_text(text)


SCALARS: st.SearchStrategy[Scalar] = st.one_of(
    st.text('ab\u00e9\U0001f9ea 1"\\', max_size=5),
    st.integers(-5, 5),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
)


@given(st.dictionaries(st.sampled_from("abc"), SCALARS), st.sampled_from("abc"), SCALARS)
def test_a_digest_differs_when_any_field_differs(held: dict[str, Scalar], name: str, value: Scalar) -> None:
    def shape(fields: dict[str, Scalar]) -> dict[str, tuple[str, str]]:
        return {key: (type(field).__name__, repr(field)) for key, field in fields.items()}

    changed = {**held, name: value}
    assert (element_digest(held) == element_digest(changed)) == (shape(held) == shape(changed))
    assert element_digest(dict(reversed(held.items()))) == element_digest(held)


@given(st.lists(st.integers(0, 2**256 - 1)))
def test_sums_of_digests_know_no_order(digests: list[int]) -> None:
    assert add_digests(digests) == add_digests(reversed(digests))
    assert add_digests([-digest for digest in digests], add_digests(digests)) == 0
    assert len(show_hash(add_digests(digests))) == 64
