"""Reasons in words: for each side its own, with the facts behind them, and none without its fact."""

import ast
import inspect
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from matchmaker.model.freshness import Dated, Freshness
from matchmaker.model.suggestion import Fact, Suggestion
from matchmaker.model.vocabulary import Confidence, Label, PatternName, Side, TieType, Visibility
from matchmaker.recommend import patterns
from matchmaker.recommend.explanation import with_age
from matchmaker.recommend.pipeline import explain, suggest
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.testing.world import World

N = PatternName
FORBIDDEN = re.compile(
    r"desert|at[- ]risk|disadvantag|hard[- ]to[- ]reach|low[- ]perform|weak partner|underserved|\bsafe\b|vetted|cleared"
    r"|calibrated|\blacks?\b|\bpoor\b|\bdeficien",
    re.IGNORECASE,
)
LACKING = (
    "needs",
    "offers",
    "stages",
    "its exact place",
    "a description",
    "fields",
    "whom it intends to serve",
    "whether it can take on more",
)
PACKAGE = Path(inspect.getfile(patterns)).parent


def first(world: World, subject: str, pattern: PatternName, other: str, ecosystem: str = "") -> Suggestion:
    listed = suggest(world.snapshot(ecosystem), subject, SuggestionRequest(pattern, limit=100)).suggestions
    return next(one for one in listed if other in {one.source, one.target})


def sentences(one: Suggestion, feature: str) -> tuple[list[str], list[str]]:
    source, target = (
        [reason.sentence for reason in one.reasons[side] if reason.feature == feature]
        for side in (Side.SOURCE, Side.TARGET)
    )
    return source, target


def pair(**fields: str) -> World:
    world = World()
    world.partner("school", "k12_school", country="US", **fields)
    world.partner("museum", "museum", country="US", **fields)
    return world


def test_a_need_that_is_met_is_told_to_each_side_in_its_own_words() -> None:
    world = pair()
    need = world.need("school", "guest_speakers", stage="grades_6_8")
    offer = world.offer("museum", "guest_speakers", stage="grades_6_8")
    one = first(world, "school", N.SCHOOL_INFORMAL, "museum")
    assert sentences(one, "source_needs_met") == (
        ["They offer guest speakers for grades 6 to 8, which you need."],
        ["They need guest speakers for grades 6 to 8, which you offer."],
    )
    facts = one.reasons[Side.SOURCE][0].facts
    assert [fact.sentence for fact in facts] == [
        "School needs guest speakers for grades 6 to 8 (2026-01).",
        "Museum offers guest speakers for grades 6 to 8 (2026-01).",
    ]
    assert {need, offer} <= {element for fact in facts for element in fact.elements}
    assert [fact.visibility for fact in facts] == [Visibility.ECOSYSTEM, Visibility.ECOSYSTEM]
    assert [fact.parties for fact in facts] == [("school",), ("museum",)]


def test_the_introducer_is_named_with_both_ties() -> None:
    world = pair()
    world.partner("library", "library")
    ties = {world.tie(TieType.PARTNERS_WITH, end, "library", since="2022") for end in ("school", "museum")}
    one = first(world, "school", N.SCHOOL_INFORMAL, "museum")
    assert sentences(one, "two_steps") == (
        ["Library works with both of you."],
        ["Library works with both of you."],
    )
    facts = next(reason for reason in one.reasons[Side.SOURCE] if reason.feature == "two_steps").facts
    assert {element for fact in facts for element in fact.elements} == {*ties, "library"}
    assert facts[0].sentence == "Library works with School (since 2022)."


def test_several_in_common_are_named_together_the_least_tied_first() -> None:
    world = pair()
    for name in ("a", "b", "c", "d"):
        world.partner(name, "community_organization")
        for end in ("school", "museum"):
            world.tie(TieType.PARTNERS_WITH, end, name)
    world.partner("x", "funder")
    world.tie(TieType.FUNDS, "x", "a")
    one = first(world, "school", N.SCHOOL_INFORMAL, "museum")
    assert sentences(one, "two_steps")[0] == ["You are both tied to B, C and 2 others."]


def test_a_path_of_three_steps_is_told_from_either_end_by_what_the_ties_say() -> None:
    world = pair()
    world.partner("house", "community_organization")
    world.program("club", "club", "house")
    world.tie(TieType.OFFERED_AT, "club", "school")
    world.tie(TieType.PARTNERS_WITH, "house", "museum")
    one = first(world, "school", N.SCHOOL_INFORMAL, "museum")
    assert sentences(one, "three_steps") == (
        ["Club is hosted by you and is run by House, which works with them."],
        ["Club is hosted by them and is run by House, which works with you."],
    )


def test_a_program_is_called_by_its_name() -> None:
    world = World()
    world.partner("house", "youth_organization")
    world.program("club", "club", "house")
    world.partner("works", "employer")
    world.partner("library", "library")
    world.tie(TieType.PARTNERS_WITH, "house", "library")
    world.tie(TieType.OFFERED_AT, "club", "library")
    world.tie(TieType.PARTNERS_WITH, "library", "works")
    one = first(world, "club", N.PROGRAM_EMPLOYER, "works")
    assert sentences(one, "two_steps") == (
        ["Library hosts Club and works with them."],
        ["Library hosts Club and works with you."],
    )


@pytest.mark.parametrize(
    ("country", "words"), [("US", "about 3.2 miles"), ("CA", "about 5.1 km"), ("", "about 5.1 km")]
)
def test_distances_are_in_the_ecosystem_s_unit_and_called_straight(country: str, words: str) -> None:
    world = World()
    world.ecosystem("eco", **({"country": country} if country else {}))
    world.partner("school", "k12_school", north=0.0)
    world.partner("museum", "museum", north=5.1)
    world.participate("eco", "school", "museum")
    one = first(world, "school", N.SCHOOL_INFORMAL, "museum", "eco")
    assert sentences(one, "place") == ([f"You are {words} apart (straight line)."],) * 2


def test_two_far_apart_are_given_no_reason_of_distance() -> None:
    world = World()
    world.partner("school", "k12_school", north=0.0)
    world.partner("museum", "museum", north=50.0)
    one = first(world, "school", N.SCHOOL_INFORMAL, "museum")
    share = next(part.share for part in one.contributions if part.feature == "distance_km")
    assert share < 0.0
    assert sentences(one, "place") == ([], [])


def test_what_is_inferred_says_so() -> None:
    world = pair()
    world.serve("school", "grades_6_8")
    world.serve("museum", "grades_6_8")
    sure = first(world, "school", N.SCHOOL_INFORMAL, "museum")
    ties = [
        replace(tie, provenance=replace(tie.provenance, confidence=Confidence.INFERRED))
        if tie.source == "school"
        else tie
        for tie in world.ties
    ]
    guess = first(World(world.nodes, world.records, ties), "school", N.SCHOOL_INFORMAL, "museum")
    said = [[fact.sentence for fact in one.reasons[Side.SOURCE][0].facts] for one in (sure, guess)]
    assert said == [
        ["School serves grades 6 to 8.", "Museum serves grades 6 to 8."],
        ["School serves grades 6 to 8 (inferred).", "Museum serves grades 6 to 8."],
    ]


def test_what_is_stale_says_so_and_from_when() -> None:
    world = pair()
    world.initiative("old-circle")
    world.initiative("new-circle")
    for circle, dates in (("old-circle", ("2012", "2014-05")), ("new-circle", ("2013", "2026-01"))):
        for member, date in zip(("school", "museum"), dates, strict=True):
            world.tie(TieType.MEMBER_OF, member, circle, observed_on=date)
    one = first(world, "school", N.SCHOOL_INFORMAL, "museum")
    reason = next(reason for reason in one.reasons[Side.SOURCE] if reason.feature == "initiatives")
    assert reason.sentence == "You both belong to New Circle and Old Circle (in part from 2012, stale)."
    assert {fact.sentence: (fact.dated.date, fact.dated.freshness.value) for fact in reason.facts} == {
        "School belongs to Old Circle (from 2012, stale).": ("2012", "stale"),
        "Museum belongs to Old Circle (from 2014-05, stale).": ("2014-05", "stale"),
        "School belongs to New Circle (from 2013, stale).": ("2013", "stale"),
        "Museum belongs to New Circle.": ("2026-01", "fresh"),
    }
    fresh = pair()
    fresh.initiative("old-circle", "school", "museum")
    again = first(fresh, "school", N.SCHOOL_INFORMAL, "museum")
    old = pair()
    old.initiative("old-circle")
    for member in ("school", "museum"):
        old.tie(TieType.MEMBER_OF, member, "old-circle", observed_on="2012")
    whole = first(old, "school", N.SCHOOL_INFORMAL, "museum")
    assert sentences(whole, "initiatives")[0] == ["You both belong to Old Circle (from 2012, stale)."]
    assert sentences(again, "initiatives")[0] == ["You both belong to Old Circle."]
    assert whole.score == again.score


def test_an_age_is_told_once() -> None:
    stale = Fact("It is so.", (), dated=Dated("2012", Freshness.STALE))
    assert with_age("They say so (2012).", [stale]) == "They say so (2012) (stale)."
    assert with_age("They say so.", [stale, Fact("And so.", ())]) == "They say so (in part from 2012, stale)."
    assert with_age("They say so.", [Fact("And so.", (), dated=Dated("2020", Freshness.AGEING))]) == "They say so."


def test_what_is_not_recorded_is_named_once_for_each_side_without_blame() -> None:
    world = pair()
    world.need("school", "space")
    one = first(world, "school", N.SCHOOL_INFORMAL, "museum")
    assert one.unknowns == (
        f"Not recorded for School: {', '.join(LACKING[1:])}.",
        f"Not recorded for Museum: {', '.join(LACKING)}.",
    )


def needs_world() -> World:
    world = pair()
    world.need("school", "space")
    world.offer("museum", "space")
    return world


def initiative_world() -> World:
    world = pair()
    world.initiative("circle", "school", "museum")
    return world


def agreement_world() -> World:
    world = pair()
    world.tie(TieType.HAS_AGREEMENT_WITH, "school", "museum", kind="data_sharing")
    return world


def field_world() -> World:
    world = pair()
    for end in ("school", "museum"):
        world.about(end, "26.0101", "biology")
    return world


def intends_world() -> World:
    world = World()
    for id, type in (("school", "k12_school"), ("museum", "museum")):
        world.partner(id, type, intends_to_serve=("rural",))
    return world


CASES: list[tuple[Callable[[], World], str, str]] = [
    (needs_world, "source_needs_met", "They offer space, which you need."),
    (initiative_world, "initiatives", "You both belong to Circle."),
    (
        agreement_world,
        "agreement",
        "An agreement (data sharing) between School and Museum is in place and covers you both.",
    ),
    (field_world, "fields", "You both work in biology."),
    (intends_world, "intends", "You both say that you intend to serve rural learners."),
]


@pytest.mark.parametrize(("make", "feature", "sentence"), CASES)
def test_deleting_a_fact_takes_its_reason_away(make: Callable[[], World], feature: str, sentence: str) -> None:
    world = make()
    one = first(world, "school", N.SCHOOL_INFORMAL, "museum")
    assert sentences(one, feature)[0] == [sentence]
    share = sum(part.share for part in one.contributions)
    facts = next(reason for reason in one.reasons[Side.SOURCE] if reason.feature == feature).facts
    for element in {element for fact in facts for element in fact.elements} - {"school", "museum"}:
        bare = World(
            [node for node in world.nodes if node.id != element],
            list(world.records),
            [tie for tie in world.ties if element not in {tie.id, tie.source, tie.target}],
        )
        without = first(bare, "school", N.SCHOOL_INFORMAL, "museum")
        assert sentences(without, feature) == ([], []), element
        assert sum(part.share for part in without.contributions) < share


def test_reasons_are_the_largest_contributions_first() -> None:
    world = needs_world()
    world.initiative("circle", "school", "museum")
    world.about("school", "26.0101", "biology")
    world.about("museum", "26.0101", "biology")
    [one] = [
        found.suggestion
        for found in explain(world.snapshot(), "school", "museum").patterns
        if found.pattern is N.SCHOOL_INFORMAL
    ]
    order = [reason.feature for reason in one.reasons[Side.SOURCE]]
    assert order[0] == "source_needs_met"
    assert order[-1] == "pattern"
    shares = {part.feature: part.share for part in one.contributions}
    assert shares["source_needs_met"] > shares["shared_initiatives"] > shares["shared_fields"] > 0.0
    assert order.index("initiatives") < order.index("fields")


def test_both_sides_always_have_a_reason() -> None:
    one = first(pair(), "school", N.SCHOOL_INFORMAL, "museum")
    assert sentences(one, "pattern") == (
        ["They are a place of learning outside school that your students could use."],
        ["They are a school or district whose students you could reach."],
    )
    facts = one.reasons[Side.SOURCE][0].facts
    assert [fact.sentence for fact in facts] == ["School is a school.", "Museum is a museum."]


def test_a_hidden_introducer_is_kept_apart_from_those_who_may_be_named() -> None:
    world = pair()
    for name, visibility in (("library", "public"), ("secret", "staff")):
        world.partner(name, "community_organization")
        world.tie(TieType.PARTNERS_WITH, "school", name)
        world.tie(TieType.PARTNERS_WITH, "museum", name, visibility=visibility)
    one = first(world, "school", N.SCHOOL_INFORMAL, "museum")
    seen = {
        reason.sentence: {fact.visibility for fact in reason.facts}
        for reason in one.reasons[Side.SOURCE]
        if reason.feature == "two_steps"
    }
    assert seen == {
        "Library works with both of you.": {Visibility.PUBLIC},
        "Secret works with both of you.": {Visibility.PUBLIC, Visibility.STAFF},
    }


def test_no_sentence_of_the_package_uses_a_word_that_blames() -> None:
    sources = sorted(PACKAGE.rglob("*.py"))
    assert len(sources) > 20
    for path in sources:
        for words in said_in(ast.parse(path.read_text(encoding="utf-8"))):
            assert not FORBIDDEN.search(words), f"{path.name}: {words}"


def said_in(tree: ast.Module) -> list[str]:
    """Return every text of a module but what documents it."""
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [str(node.value) for node in texts if id(node) not in told]


def test_no_label_is_a_subject_without_a_name() -> None:
    world = pair()
    world.ecosystem("eco", country="US")
    world.initiative("circle", "school")
    one = first(world, "circle", N.PARTNER_INITIATIVE, "museum")
    assert sentences(one, "pattern") == (
        ["It is an initiative that you could join."],
        ["They could join your initiative."],
    )
    assert Label.INITIATIVE.value == "Initiative"
