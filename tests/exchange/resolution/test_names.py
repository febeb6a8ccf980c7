"""Names are compared in one form, whoever wrote them."""

import pytest

from matchmaker.exchange.resolution.addresses import Address, parse_address
from matchmaker.exchange.resolution.name_comparison import compare_names
from matchmaker.exchange.resolution.names import parse_name, split_name
from matchmaker.exchange.resolution.shares import UNUSUAL_SHARE, USUAL_SHARE, WordShares, count_words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Baker SD 5J", "Baker School District 5J"),
        ("Miami-Dade County Public Schools", "Miami Dade Co. School District"),
        ("Univ. of St. Thomas", "UNIVERSITY OF SAINT THOMAS"),
        ("Kansas St. Univ.", "Kansas State University"),
        ("Mt. Hood Comm. Coll.", "Mount Hood Community College"),
        ("Lincoln HS", "Lincoln High School"),
        ("St. Mary's Elem. Sch.", "Saint Marys Elementary School"),
        ("P.S. 12", "PS 12"),
        ("PS 012 - Main Campus", "P.S. 012"),
        ("Boys & Girls Club of Portland, Inc.", "The Boys and Girls Club of Portland"),
        ("Museum of Art, Lowe", "Lowe Art Museum"),
        ("Pérez Art Museum", "Perez Art Museum"),
        ("First Baptist Church", "1st Baptist Church"),
        ("U.S. Army Museum", "US Army Museum"),
    ],
)
def test_ways_of_writing_one_name_have_one_key(one: str, other: str) -> None:
    assert parse_name(one).key == parse_name(other).key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("PS 12", "PS 21"),
        ("Lincoln Elementary School", "Lincoln Middle School"),
        ("North Salem High School", "South Salem High School"),
        ("Evans Library", "Evan Library"),
    ],
)
def test_different_names_have_different_keys(one: str, other: str) -> None:
    assert parse_name(one).key != parse_name(other).key


def test_former_names_are_told_apart() -> None:
    assert split_name("Dixie State College (formerly Dixie College)") == ("Dixie State College", "Dixie College")
    assert split_name("Acme Labs d/b/a Science Now") == ("Acme Labs", "Science Now")
    assert split_name("Plain Name") == ("Plain Name",)


@pytest.mark.parametrize("text", ["", "—", "'''", "   "])
def test_a_name_without_letters_has_no_words(text: str) -> None:
    assert parse_name(text).tokens == ()


def test_names_in_other_scripts_are_kept() -> None:
    assert parse_name("東京大学").tokens == ("東京大学",)
    assert parse_name("Музей науки").tokens == ("музеи", "науки")


def test_what_a_word_tells_is_the_logarithm_of_its_share() -> None:
    shares = WordShares()
    assert USUAL_SHARE["museum"] == 0.205
    assert shares.telling("museum") == pytest.approx(1.5847, abs=1e-4)  # ln(1 / 0.205)
    assert shares.telling("vizcaya") == 8.5
    assert UNUSUAL_SHARE == 5e-5


def test_names_at_hand_make_a_local_word_tell_less() -> None:
    shares = count_words([("vizcaya", "museum")] * 2_000)
    assert shares.share("vizcaya") == pytest.approx((5e-5 * 2_000 + 2_000) / 4_000)
    assert shares.telling("vizcaya") == pytest.approx(0.6931, abs=1e-3)  # ln 2


def test_agreement_of_names_is_summed_by_hand() -> None:
    # 0.8 * (8.5 + 1.5847) for the shared words; garden, 0.95 % of names, is missing on one side: 0.35 * 4.6565.
    found = compare_names(parse_name("Vizcaya Museum"), parse_name("Vizcaya Museum & Gardens"), WordShares())
    assert found.agreed == pytest.approx(10.0847, abs=1e-3)
    assert found.extra == ((), ("garden",))
    assert found.weight == pytest.approx(0.8 * 10.0847 - 0.35 * 4.6565 - 1.0, abs=1e-3)
    assert found.contained


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("PS 12", "PS 21", "different numbers"),
        ("Lincoln Elementary School", "Lincoln High School", "schools for different ages"),
        ("North Salem High School", "South Salem High School", "north and south"),
        ("Lowe Art Museum", "Friends of Lowe Art Museum", "one supports the other"),
        ("Broward College", "Broward College - South Campus", "one is a branch"),
    ],
)
def test_contrasts_are_named(one: str, other: str, why: str) -> None:
    assert compare_names(parse_name(one), parse_name(other), WordShares()).contrast == why


def test_a_slip_counts_less_than_agreement_and_more_than_another_word() -> None:
    name = parse_name("Westervelt Museum")
    whole = compare_names(name, parse_name("Westervelt Museum"), WordShares()).weight
    slip = compare_names(name, parse_name("Westervlet Museum"), WordShares()).weight
    other = compare_names(name, parse_name("Eastbrook Museum"), WordShares()).weight
    assert whole == pytest.approx(0.8 * 10.0847, abs=1e-3)
    assert slip == pytest.approx(0.8 * (0.6 * 8.5 + 1.5847), abs=1e-3)
    assert other == pytest.approx(0.8 * 1.5847 - 0.5 * 17.0, abs=1e-3)


def test_initials_agree_with_what_they_stand_for() -> None:
    long = parse_name("Oregon Museum of Science and Industry")
    assert compare_names(parse_name("OMSI"), long, WordShares()).weight == pytest.approx(4 * 1.6)


def test_addresses_have_one_form() -> None:
    assert parse_address("101 W. Flagler St.") == parse_address("101 West Flagler Street, Suite 200")
    assert parse_address("5th Avenue") == Address("", ("5", "avenue"))
    assert parse_address("P.O. Box 751") is None
    assert parse_address("") is None
