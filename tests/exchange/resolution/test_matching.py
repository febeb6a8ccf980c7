"""Which partners are one organization, possibly one, or parts of one another."""

import random
from dataclasses import replace
from typing import Final

import pytest

from matchmaker.exchange.resolution import blocking, weights
from matchmaker.exchange.resolution.addresses import Address
from matchmaker.exchange.resolution.matching import Match, Verdict, find_matches
from matchmaker.exchange.resolution.profiles import Profile
from matchmaker.model.vocabulary import OrganizationType
from matchmaker.testing.duplicates import plant_duplicates

SCHOOL: Final = (OrganizationType.K12_SCHOOL,)
MUSEUM: Final = (OrganizationType.MUSEUM,)
COLLEGE: Final = (OrganizationType.FOUR_YEAR_COLLEGE,)
PROJECT: Final = (OrganizationType.COMMUNITY_ORGANIZATION,)
VIZCAYA: Final = Profile("a", "Vizcaya Museum", types=MUSEUM, zip="33129", city="miami", state="FL")


def find_one(one: Profile, other: Profile) -> Match | None:
    found = find_matches([one], [other])
    assert len(found) <= 1
    return found[0] if found else None


def test_a_score_is_the_sum_of_the_prior_and_the_fields() -> None:
    match = find_one(VIZCAYA, replace(VIZCAYA, id="b", name="The Vizcaya Museum, Inc."))
    assert match is not None
    told = {field.field: (field.weight, field.words) for field in match.fields}
    assert told["place"] == (5.5, "the same ZIP, 33129")
    assert told["type"] == (0.8, "the same type of organization")
    # Both words are in both names: shares (5e-5 * 2000 + 2) / 2002 and (0.205 * 2000 + 2) / 2002.
    assert told["name"][0] == pytest.approx(0.8 * (6.8596 + 1.5808), abs=1e-3)
    assert match.score == pytest.approx(-10.8 + 5.5 + 0.8 + 0.8 * (6.8596 + 1.5808), abs=1e-3)
    assert match.probability == pytest.approx(0.9056, abs=1e-3)
    assert match.verdict is Verdict.POSSIBLE


def test_name_and_place_alone_never_merge() -> None:
    twin = replace(VIZCAYA, id="b", position=(25.744, -80.21), address=Address("3251", ("miami", "avenue")))
    match = find_one(replace(twin, id="a"), twin)
    assert match is not None
    assert match.probability > weights.SAME_AT
    assert match.verdict is Verdict.POSSIBLE


def test_an_agreeing_identifier_and_a_like_name_are_the_same() -> None:
    match = find_one(
        replace(VIZCAYA, identifiers={"mid": "8401200001"}),
        replace(VIZCAYA, id="b", name="Vizcaya Museum and Gardens", zip="", identifiers={"mid": "8401200001"}),
    )
    assert match is not None
    assert match.verdict is Verdict.SAME


def test_an_identifier_with_another_name_is_asked_about() -> None:
    one = Profile("a", "Dade Heights School", types=SCHOOL, identifiers={"ncessch": "120039000001"})
    match = find_one(one, replace(one, id="b", name="Barack Obama Academy"))
    assert match is not None
    assert match.verdict is Verdict.POSSIBLE


def test_a_tax_number_that_nobody_else_has_merges_with_a_like_name() -> None:
    match = find_one(
        replace(VIZCAYA, evidence={"ein": "590000001"}), replace(VIZCAYA, id="b", evidence={"ein": "590000001"})
    )
    assert match is not None
    assert match.verdict is Verdict.SAME


def test_a_tax_number_counts_less_the_more_share_it() -> None:
    others = [
        Profile(f"c{number}", f"Project {name}", types=PROJECT, zip="97201", evidence={"ein": "590000001"})
        for number, name in enumerate(("Alder", "Birch", "Cedar"))
    ]
    one = replace(VIZCAYA, evidence={"ein": "590000001"})
    found = find_matches([replace(one, id="b")], [one, *others])
    match = next(match for match in found if (match.first, match.second) == ("a", "b"))
    told = {field.field: field for field in match.fields}
    # Seven, less twice ln 4: three more have it.
    assert told["ein"].weight == pytest.approx(7.0 - 2 * 1.3863, abs=1e-3)
    assert told["ein"].words == "the same tax number (EIN), which 3 more share"
    assert match.verdict is Verdict.POSSIBLE


def test_different_identifiers_tell_two_apart() -> None:
    one = replace(VIZCAYA, identifiers={"mid": "8401200001"})
    assert find_one(one, replace(one, id="b", name="Vizcaya Art Museum", identifiers={"mid": "8401200002"})) is None


def test_a_register_that_counted_one_twice_is_asked_about() -> None:
    spot = replace(VIZCAYA, name="Bailey-Matthews Shell Museum", position=(26.44, -82.08))
    spot = replace(spot, address=Address("3075", ("sanibel", "captiva", "road")), evidence={"web_domain": "shell.org"})
    match = find_one(
        replace(spot, identifiers={"mid": "1111111111"}), replace(spot, id="b", identifiers={"mid": "2222222222"})
    )
    assert match is not None
    assert match.verdict is Verdict.POSSIBLE


def test_a_branch_is_no_duplicate() -> None:
    one = replace(VIZCAYA, evidence={"web_domain": "vizcaya.org"})
    match = find_one(one, replace(one, id="b", name="Vizcaya Museum - Homestead Branch"))
    assert match is not None
    assert (match.verdict, match.whole) == (Verdict.PART_OF, "a")
    assert find_one(VIZCAYA, replace(VIZCAYA, id="b", name="Vizcaya Museum - Homestead Branch")) is None


def test_schools_of_one_name_in_two_districts_are_two() -> None:
    one = Profile("a", "Lincoln Elementary School", types=SCHOOL, county="41051", parents=frozenset({"leaid:4100001"}))
    assert find_one(one, replace(one, id="b", parents=frozenset({"leaid:4100002"}))) is None
    assert find_one(one, replace(one, id="b", city="salem", county="41047", parents=frozenset())) is None


def test_ten_schools_on_one_domain_are_ten() -> None:
    names = ["Alder", "Birch", "Cedar", "Dogwood", "Elder", "Fir", "Ginkgo", "Hazel", "Ironwood", "Juniper"]
    schools = [
        Profile(f"s{place}", f"{name} Elementary School", types=SCHOOL, zip="97201", evidence={"web_domain": "pps.net"})
        for place, name in enumerate(names)
    ]
    assert find_matches(schools) == []


def test_a_school_on_its_districts_domain_is_a_part() -> None:
    district = Profile(
        "d",
        "Alder School District",
        types=(OrganizationType.SCHOOL_DISTRICT,),
        zip="97201",
        evidence={"web_domain": "x.net"},
    )
    school = Profile("s", "Birch Elementary School", types=SCHOOL, zip="97201", evidence={"web_domain": "x.net"})
    match = find_one(school, district)
    assert match is not None
    assert (match.verdict, match.whole) == (Verdict.PART_OF, "d")
    assert find_one(replace(school, parents=frozenset({"d"})), district) is None


def test_two_projects_of_one_fiscal_sponsor_are_two() -> None:
    one = Profile("a", "Tidepool Collective", types=PROJECT, zip="97201", evidence={"ein": "931111111"})
    match = find_one(one, replace(one, id="b", name="Starlight Collective"))
    assert match is not None
    assert (match.verdict, match.whole) == (Verdict.PART_OF, "")


def test_a_center_with_its_universitys_unitid_is_a_part() -> None:
    university = Profile("u", "Portland State University", types=COLLEGE, zip="97201", identifiers={"unitid": "209807"})
    center = replace(
        university, id="c", name="Portland State University STEM Center", types=(OrganizationType.UNIVERSITY_CENTER,)
    )
    match = find_one(center, university)
    assert match is not None
    assert (match.verdict, match.whole) == (Verdict.PART_OF, "u")


def test_parts_and_wholes_that_are_known_are_left_alone() -> None:
    whole = replace(VIZCAYA, id="w", name="Vizcaya Museum System", identifiers={"fscs": "FL0025"})
    assert find_one(replace(VIZCAYA, parents=frozenset({"w"})), whole) is None


def test_two_ecosystems_own_partners_are_not_compared() -> None:
    match = find_one(replace(VIZCAYA, owner="eco:one"), replace(VIZCAYA, id="b"))
    assert match is not None
    assert find_one(replace(VIZCAYA, owner="eco:one"), replace(VIZCAYA, id="b", owner="eco:two")) is None


def test_former_names_are_found() -> None:
    match = find_one(replace(VIZCAYA, name="Deering Estate (formerly Vizcaya Museum)"), replace(VIZCAYA, id="b"))
    assert match is not None
    assert match.verdict is Verdict.POSSIBLE


def test_nothing_is_found_in_nothing() -> None:
    assert find_matches([]) == []
    assert find_matches([Profile("a", "")], [Profile("b", "—")]) == []
    assert find_matches([], [VIZCAYA, replace(VIZCAYA, id="b")]) == []


def test_the_order_of_what_is_given_changes_nothing() -> None:
    planted = plant_duplicates(seed=5, size=150)
    shuffled = [list(planted.new), list(planted.known)]
    for part in shuffled:
        random.Random(3).shuffle(part)
    assert find_matches(*shuffled) == find_matches(planted.new, planted.known)


def test_ids_name_partners_and_say_nothing_else() -> None:
    planted = plant_duplicates(seed=6, size=150)

    def rename(profile: Profile) -> Profile:
        # Reversed, so that the order of two ids changes as well.
        return replace(profile, id=profile.id[::-1])

    plain = find_matches(planted.new, planted.known)
    renamed = find_matches([rename(one) for one in planted.new], [rename(one) for one in planted.known])
    expected = {(*sorted((match.first[::-1], match.second[::-1])), match.score, match.verdict) for match in plain}
    assert {(match.first, match.second, match.score, match.verdict) for match in renamed} == expected
    assert all(match.first < match.second for match in renamed)
    assert len(expected) > 20


def test_new_and_known_may_change_places() -> None:
    planted = plant_duplicates(seed=7, size=150)
    both = find_matches([*planted.new, *planted.known])
    assert set(find_matches(planted.new, planted.known)) <= set(both)
    one_way = {match for match in both if match.first[:5] != "known" or match.second[:5] != "known"}
    assert set(find_matches(planted.new, planted.known)) == one_way


@pytest.mark.parametrize("seed", [11, 12])
def test_planted_duplicates_are_found(seed: int) -> None:
    planted = plant_duplicates(seed, 5_000)
    matches = find_matches(planted.new, planted.known)
    found = {(match.first, match.second) for match in matches if match.verdict is not Verdict.PART_OF}
    merged = {(match.first, match.second) for match in matches if match.verdict is Verdict.SAME}
    right = len(found & planted.same.keys())
    assert right / len(found) >= 0.99
    assert right / len(planted.same) >= 0.95
    assert merged <= planted.same.keys()
    assert len(merged) / len(planted.same) > 0.3


def test_few_new_ones_are_compared_as_many_are(monkeypatch: pytest.MonkeyPatch) -> None:
    planted = plant_duplicates(seed=13, size=1_500)
    new = [*planted.new[-40:], *planted.new[-340:-320], *planted.new[:10]]
    quickly = find_matches(new, planted.known)
    monkeypatch.setattr(blocking, "FEW_AMONG", 1_000_000)
    assert find_matches(new, planted.known) == quickly
    assert len(quickly) >= 20
    assert len({match.verdict for match in quickly}) == 3


def test_an_identifier_is_mistyped_where_place_and_name_say_so() -> None:
    one = Profile("a", "Melner Community College", types=COLLEGE, state="GA", identifiers={"unitid": "971474"})
    other = Profile("b", "University of Lincoln", types=COLLEGE, state="VA", identifiers={"unitid": "971474"})
    assert find_one(one, other) is None
    renamed = find_one(one, replace(other, state="GA"))
    assert renamed is not None
    assert renamed.verdict is Verdict.POSSIBLE
    moved = find_one(one, replace(other, name="Melner Community College"))
    assert moved is not None
    assert moved.verdict is Verdict.POSSIBLE


def test_two_centers_of_one_university_are_not_merged() -> None:
    center = (OrganizationType.UNIVERSITY_CENTER,)
    one = Profile("a", "University of Larrad Data Center", types=center, zip="97201", identifiers={"unitid": "264412"})
    for name in ("University of Larrad Data Center", "University of Larrad Marine Center"):
        match = find_one(one, replace(one, id="b", name=name))
        assert match is not None
        assert match.verdict is not Verdict.SAME


def test_an_agreeing_identifier_does_not_merge_names_with_words_of_their_own() -> None:
    one = replace(VIZCAYA, name="Vizcaya Museum of Art", identifiers={"mid": "8401200001"})
    match = find_one(one, replace(one, id="b", name="Vizcaya Museum of Science"))
    assert match is not None
    assert match.verdict is Verdict.POSSIBLE
