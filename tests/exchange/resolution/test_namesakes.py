"""What two alike names tell is bounded by how many others share their words."""

from dataclasses import replace
from math import exp, log
from typing import Final

import pytest

from matchmaker.exchange.resolution import weights
from matchmaker.exchange.resolution.matching import Match, find_matches
from matchmaker.exchange.resolution.name_comparison import compare_names
from matchmaker.exchange.resolution.names import parse_name
from matchmaker.exchange.resolution.namesakes import count_namesakes
from matchmaker.exchange.resolution.profiles import Profile
from matchmaker.exchange.resolution.shares import WordShares
from matchmaker.model.vocabulary import OrganizationType

CLUB: Final = Profile(
    "a",
    "Boys & Girls Club of Parker",
    types=(OrganizationType.YOUTH_ORGANIZATION,),
    zip="30301",
    city="atlanta",
    state="GA",
)


def _words(*names: str) -> list[frozenset[str]]:
    return [frozenset(name.split()) for name in names]


def _find(matches: list[Match], first: str, second: str) -> Match | None:
    return next((match for match in matches if (match.first, match.second) == (first, second)), None)


def test_the_two_that_are_compared_are_not_their_own_namesakes() -> None:
    names = _words("elk club", "elk club", "elk club hall", "fox club", "elk hall")
    namesakes = count_namesakes(names)
    assert namesakes.count_others(["elk", "club"], (names[0], names[1])) == 1
    assert namesakes.count_others(["elk", "club"], (names[0], names[3])) == 2
    assert namesakes.count_others(["club", "elk"], (names[3], names[4])) == 3
    assert namesakes.count_others(["heron"], (names[0], names[1])) == 0


def test_words_that_nobody_else_has_tell_what_they_told() -> None:
    assert count_namesakes(_words("elk club")).bound(9.5, 0) == 9.5


def test_the_bound_is_the_share_of_namesakes() -> None:
    namesakes = count_namesakes(_words(*["elk club"] * 3_000))
    # 2,000 names of which exp(-9) hold the words are added to the 3,000 at hand.
    assert namesakes.bound(9.0, 12) == pytest.approx(-log((2_000 * exp(-9.0) + 12) / 5_000))
    assert namesakes.bound(2.0, 12) == 2.0


def test_shared_words_are_told_in_their_usual_spelling() -> None:
    shares = WordShares({"walker": 40, "museum": 900}, 2_000)
    found = compare_names(parse_name("Wlaker Museum"), parse_name("Walker Museum"), shares)
    assert found.words == ("museum", "walker")
    assert found.gain == pytest.approx(found.weight)


def test_a_set_phrase_counts_once() -> None:
    stems = ("Adams", "Baker", "Carter", "Davis", "Evans", "Foster", "Gray", "Hall")
    others = [
        replace(CLUB, id=f"c{place:03d}", name=f"Boys & Girls Club of {stems[place % 8]}", zip="", city=f"town {place}")
        for place in range(400)
    ]
    namesake = replace(CLUB, id="b", name="Boys & Girls Club of Parker Berfin")
    few = _find(find_matches([CLUB], [namesake]), "a", "b")
    # With the two alone at hand, four shared words and the place are enough to ask; among 400 clubs they aren't.
    assert few is not None
    assert (
        _find(find_matches([CLUB], [namesake, *(replace(one, name=f"{one.name} Parker") for one in others)]), "a", "b")
        is None
    )
    twin = _find(find_matches([CLUB], [replace(CLUB, id="b"), *others]), "a", "b")
    assert twin is not None
    assert twin.score > 0


def test_the_words_say_how_many_more_there_are() -> None:
    others = [replace(CLUB, id=f"c{place}", zip="", city=f"town {place}", state="TX") for place in range(5)]
    match = _find(find_matches([CLUB], [replace(CLUB, id="b"), *others]), "a", "b")
    assert match is not None
    told = {field.field: field for field in match.fields}
    assert told["name"].words == "the names agree; 5 more have the words that both have"
    # Five of the seven at hand; of the 2,000 names beside them next to none are expected to have these words.
    assert told["name"].weight == pytest.approx(-log(5 / 2_007), abs=0.01)


def test_more_partners_make_the_prior_less(monkeypatch: pytest.MonkeyPatch) -> None:
    one = replace(CLUB, id="b")
    plain = find_matches([CLUB], [one])[0]
    monkeypatch.setattr(weights, "PRIOR_SIZE", 1)
    match = find_matches([CLUB], [one])[0]
    told = {field.field: field for field in match.fields}
    assert told["population"].weight == pytest.approx(-log(2))
    assert match.score == pytest.approx(plain.score - log(2))
    assert "population" not in {field.field for field in plain.fields}
