"""Pairs that may be merged by themselves never put two values of one identifier on one partner."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import permutations
from typing import Final

from matchmaker.exchange.resolution.clusters import find_contradicting
from matchmaker.exchange.resolution.matching import Verdict, find_matches
from matchmaker.exchange.resolution.profiles import Profile
from matchmaker.model.vocabulary import OrganizationType

HELD: Final[Mapping[str, Mapping[str, str]]] = {
    "a": {"mid": "1"},
    "b": {},
    "c": {"mid": "2"},
    "d": {"mid": "2", "ror": "x"},
    "e": {"ror": "x"},
    "f": {"ror": "x", "mid": "3"},
}
MUSEUM: Final = Profile("m", "Vizcaya Museum", types=(OrganizationType.MUSEUM,), zip="33129", city="miami", state="FL")


def test_pairs_that_fit_together_are_left_alone() -> None:
    assert find_contradicting([("a", "b")], HELD) == set()
    assert find_contradicting([("c", "d"), ("d", "e"), ("b", "c")], HELD) == set()
    assert find_contradicting([], HELD) == set()


def test_two_values_of_one_identifier_are_not_merged_through_a_third() -> None:
    # C and D agree on an identifier themselves.
    assert find_contradicting([("a", "b"), ("b", "c"), ("c", "d")], HELD) == {("a", "b"), ("b", "c")}


def test_pairs_that_agree_on_an_identifier_may_contradict_one_another_too() -> None:
    assert find_contradicting([("d", "e"), ("e", "f")], HELD) == {("d", "e"), ("e", "f")}


def test_the_order_of_pairs_changes_nothing() -> None:
    pairs = [("a", "b"), ("b", "c"), ("c", "d"), ("e", "f")]
    assert {frozenset(find_contradicting(order, HELD)) for order in permutations(pairs)} == {
        frozenset({("a", "b"), ("b", "c")})
    }


def test_a_row_between_two_museums_is_asked_about() -> None:
    row = replace(MUSEUM, id="row", evidence={"ein": "590000001", "web_domain": "vizcaya.org"})
    one = replace(MUSEUM, id="one", identifiers={"mid": "8401200001"}, evidence={"ein": "590000001"})
    other = replace(MUSEUM, id="two", identifiers={"mid": "8401200002"}, evidence={"web_domain": "vizcaya.org"})
    alone = find_matches([row], [one])
    assert [(match.first, match.second, match.verdict) for match in alone] == [("one", "row", Verdict.SAME)]
    both = {(match.first, match.second): match.verdict for match in find_matches([row], [one, other])}
    assert both == {("one", "row"): Verdict.POSSIBLE, ("row", "two"): Verdict.POSSIBLE}
