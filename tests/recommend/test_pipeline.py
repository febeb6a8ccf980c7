"""Whole lists: what they hold, in which order, and what changes none of it."""

import json
from dataclasses import asdict, replace
from itertools import combinations
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.graph.contents import Contents
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import build_snapshot
from matchmaker.model.canonical import Value
from matchmaker.model.elements import Tie, make_tie
from matchmaker.model.ids import EcosystemId, NodeId
from matchmaker.model.suggestion import Suggestion, SuggestionList
from matchmaker.model.vocabulary import (
    REFERENCE_LABELS,
    Label,
    OrganizationType,
    PatternName,
    ProgramType,
    Side,
    TieType,
)
from matchmaker.recommend.candidates import Depth, Way, find_rows, find_ways
from matchmaker.recommend.eligibility import find_eligible
from matchmaker.recommend.index import index_snapshot
from matchmaker.recommend.pairs import RoleRows
from matchmaker.recommend.pipeline import explain, suggest
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.testing.world import World

N = PatternName
WHOLE = SuggestionRequest(limit=200)
WORDS = ("robotics", "gardens", "coding", "rivers", "stars", "bridges", "maps", "robots", "health", "music")
RESOURCES = ("mentors", "guest_speakers", "space", "learners", "funding", "curriculum")


def random_world(seed: int) -> World:
    """A town with something of everything that a feature reads."""
    draw, world = Random(seed), World()
    world.ecosystem("eco", country="US")
    world.place("county")
    world.place("other-county")
    partners = []
    for number in range(14):
        fields: dict[str, Value] = {"region": "US-OR", "country": "US"}
        if draw.random() < 0.6:
            fields["description"] = " ".join(draw.sample(WORDS, 4))
        if draw.random() < 0.4:
            fields["intends_to_serve"] = tuple(sorted(draw.sample(["girls_and_women", "rural", "low_income"], 2)))
        if draw.random() < 0.5:
            fields |= {"capacity_status": draw.choice(["open", "limited"]), "capacity_updated_on": "2026-08"}
        if draw.random() < 0.3:
            fields["stem_roles"] = tuple(sorted(draw.sample(["17-2061", "15-1252", "29-1141"], 2)))
        north = draw.choice([None, 0.0, 1.5, 4.0, 12.0])
        partners.append(world.partner(f"p{number}", draw.choice(list(OrganizationType)).value, north=north, **fields))
        world.tie(TieType.LOCATED_IN, partners[-1], draw.choice(["county", "other-county"]))
        if draw.random() < 0.6:
            world.serve(partners[-1], *draw.sample(["k_2", "grades_6_8", "grades_9_12"], 2))
        if draw.random() < 0.5:
            world.need(partners[-1], draw.choice(RESOURCES))
            world.offer(partners[-1], draw.choice(RESOURCES))
    world.participate("eco", *partners)
    programs = []
    for number in range(7):
        type = draw.choice(list(ProgramType)).value
        stages = tuple(draw.sample(["k_2", "grades_6_8", "grades_9_12", "postsecondary_four_year"], 2))
        programs.append(world.program(f"g{number}", type, draw.choice(partners), stages=stages))
        world.about(programs[-1], draw.choice(["11.0701", "26.0101"]), "a field")
        world.tie(TieType.OFFERED_AT, programs[-1], draw.choice(partners))
    for first, second in draw.sample(sorted(combinations(partners, 2)), 14):
        world.tie(TieType.PARTNERS_WITH, first, second)
    world.initiative("circle", *draw.sample(partners, 4))
    world.initiative("ring", *draw.sample(partners, 4))
    return world


def shape(listed: SuggestionList) -> list[tuple[object, ...]]:
    return [(one.pattern, one.source, one.target, one.score, one.priority) for one in listed.suggestions]


def text_of(listed: SuggestionList) -> str:
    plain = [asdict(one) for one in listed.suggestions]
    return json.dumps(plain, sort_keys=True, default=str)


@given(st.integers(0, 100_000))
def test_each_pair_stands_once_and_contributions_sum(seed: int) -> None:
    snapshot = random_world(seed).snapshot("eco")
    for subject in ("p0", "g0", "eco", "circle"):
        listed = suggest(snapshot, subject, WHOLE)
        others = [one.target if one.source == subject else one.source for one in listed.suggestions]
        assert len(set(others)) == len(others)
        assert subject not in others
        for one in listed.suggestions:
            total = one.intercept + sum(part.share for part in one.contributions)
            assert one.score == pytest.approx(total, abs=1e-9)
            assert all(part.share == 0.0 for part in one.contributions if part.value is None)


@given(st.integers(0, 100_000))
def test_either_side_sees_the_same_score_reasons_and_id(seed: int) -> None:
    snapshot = random_world(seed).snapshot("eco")
    mine = {one.id: one for one in suggest(snapshot, "p0", WHOLE).suggestions}
    for id, one in mine.items():
        other = one.target if one.source == "p0" else one.source
        theirs = {found.id: found for found in suggest(snapshot, other, WHOLE).suggestions}[id]
        assert (theirs.score, theirs.pattern, theirs.tie) == (one.score, one.pattern, one.tie)
        if (theirs.source, theirs.target) == (one.source, one.target):
            assert theirs.reasons == one.reasons
            assert theirs.unknowns == one.unknowns
        else:
            mirrored = sorted(_mirrored(reason.feature) for reason in theirs.reasons[Side.SOURCE])
            assert mirrored == sorted(reason.feature for reason in one.reasons[Side.TARGET])


def _mirrored(feature: str) -> str:
    ends = {"source": "target", "target": "source"}
    return "_".join(ends.get(word, word) for word in feature.split("_"))


def shuffled(world: World, seed: int) -> Contents:
    draw, contents = Random(seed), world.contents()
    nodes = tuple(draw.sample(contents.nodes, len(contents.nodes)))
    records = tuple(draw.sample(contents.records, len(contents.records)))
    return Contents(contents.revision, nodes, records, tuple(draw.sample(contents.ties, len(contents.ties))))


@given(st.integers(0, 100_000))
def test_the_order_of_loading_changes_nothing(seed: int) -> None:
    world = random_world(seed)
    again = build_snapshot(shuffled(world, seed), Scope(EcosystemId("eco")), world.snapshot().as_of)
    first = suggest(world.snapshot("eco"), "p0", WHOLE)
    assert suggest(again, "p0", WHOLE) == first
    assert text_of(first) == text_of(suggest(again, "p0", WHOLE))


def renamed(world: World, seed: int) -> tuple[World, dict[str, str]]:
    """Return the world with every id but those of reference data and topics exchanged for another one."""
    ids = sorted({str(node.id) for node in world.nodes if node.label not in {*REFERENCE_LABELS, Label.TOPIC}})
    ids += sorted({str(record.about) for record in world.records})
    numbers = list(range(len(ids)))
    Random(seed).shuffle(numbers)
    new = {old: f"n{number:04d}" for old, number in zip(ids, numbers, strict=True)}

    def name(id: str) -> NodeId:
        return NodeId(new.get(id, id))

    nodes = [replace(node, id=name(node.id)) for node in world.nodes]
    records = [replace(record, about=name(record.about)) for record in world.records]
    ties = [
        make_tie(
            tie.type, (name(tie.source), name(tie.target)), tie.properties, tie.owner, tie.key.episode, tie.provenance
        )
        for tie in world.ties
    ]
    return World(nodes, records, ties), new


@given(st.integers(0, 100_000))
def test_renaming_ids_changes_only_ids(seed: int) -> None:
    world = random_world(seed)
    other, new = renamed(world, seed)
    first = suggest(world.snapshot("eco"), "p0", WHOLE)
    second = suggest(other.snapshot(new["eco"]), new["p0"], WHOLE)
    old = {value: key for key, value in new.items()}

    def pairs(listed: SuggestionList, names: dict[str, str]) -> list[tuple[object, ...]]:
        found = [
            (one.priority, one.pattern, names[one.source], names[one.target], one.score) for one in listed.suggestions
        ]
        return sorted(found, key=str)

    assert pairs(second, old) == pairs(first, {id: id for id in new})
    assert [one.priority for one in second.suggestions] == [one.priority for one in first.suggestions]


def with_fields(world: World, id: str, **fields: Value) -> World:
    records = [
        replace(record, properties={**record.properties, **fields}) if record.about == id else record
        for record in world.records
    ]
    return World(list(world.nodes), records, list(world.ties))


NO_FEATURES: dict[str, dict[str, Value]] = {
    "size": {"capacity_maximum": 900, "capacity_available": 400, "capacity_unit": "learners"},
    "size_by_a_kept_column": {"x_staff": "4,000", "x_budget": "12 million"},
    "place": {"locale": "rural"},
    "money": {"pell_share": 0.9},
    "asked_at_most": {"request_limit": 40},
}


@given(st.integers(0, 100_000), st.sampled_from(sorted(NO_FEATURES)))
def test_size_budget_and_the_like_are_no_features(seed: int, kind: str) -> None:
    world = random_world(seed)
    first = shape(suggest(world.snapshot("eco"), "p0", SuggestionRequest(limit=200)))
    for id in ("p0", "p1", "p2", "p3"):
        world = with_fields(world, id, **NO_FEATURES[kind])
    assert shape(suggest(world.snapshot("eco"), "p0", WHOLE)) == first


@given(st.integers(0, 100_000))
def test_ratings_declines_counts_and_a_place_s_people_are_no_features(seed: int) -> None:
    world = random_world(seed)
    first = shape(suggest(world.snapshot("eco"), "p0", WHOLE))
    for number in range(14):
        world.fact(f"p{number}", Label.RATING, f"rating:{number}", rater="p1", measure="trust", level=number % 6)
        world.fact(f"p{number}", Label.COUNT, f"count:{number}", kind="enrolled", year=2025, value=number * 1000)
    for place, value in (("county", 90_000), ("other-county", 12)):
        world.fact(
            place, Label.COUNT, f"count:{place}", kind="resident", population="low_income", year=2025, value=value
        )
    for number in range(3, 6):
        id = f"suggestion:{number}"
        world.fact(
            "eco", Label.SUGGESTION, id, pattern="cross_sector", source="p0", target=f"p{number}", state="declined"
        )
        world.fact(id, Label.ANSWER, f"answer:{number}", side="target", answer="no", decline_reason="no_capacity")
    ties = [replace(tie, properties={**tie.properties, **_levels(tie)}) for tie in world.ties]
    rated = World(world.nodes, world.records, ties)
    assert shape(suggest(rated.snapshot("eco"), "p0", WHOLE)) == first


def _levels(tie: Tie) -> dict[str, Value]:
    if tie.type is not TieType.PARTNERS_WITH:
        return {}
    return {"level_by_source": 1, "level_by_target": 5, "trust_by_source": 0, "value_by_target": 5}


def town() -> World:
    world = World()
    world.ecosystem("eco", country="US")
    world.partner("school", "k12_school", north=0.0)
    for number in range(6):
        world.partner(f"museum-{number}", "museum", north=1.0 + number)
    world.partner("library", "library", north=9.0)
    world.partner("company", "employer", north=10.0)
    world.partner("house", "afterschool_provider", north=12.0)
    world.program("club", "afterschool_program", "house")
    world.program("camp", "summer_program", "house")
    world.participate("eco", "school", *(f"museum-{number}" for number in range(6)), "library", "company", "house")
    return world


def test_a_partner_without_a_single_tie_gets_a_list_by_nearness() -> None:
    listed = suggest(town().snapshot(), "school", SuggestionRequest(N.SCHOOL_INFORMAL, limit=3)).suggestions
    assert [one.target for one in listed] == ["museum-0", "museum-1", "museum-2"]


def test_half_of_a_list_at_most_is_of_one_sector_or_pattern_and_one_of_each_organization() -> None:
    listed = suggest(town().snapshot("eco"), "school", SuggestionRequest(limit=4)).suggestions
    assert [one.pattern for one in listed].count(N.SCHOOL_INFORMAL) == 2
    assert len({one.target for one in listed} & {"club", "camp", "house"}) == 1
    assert [one.priority for one in listed] == sorted((one.priority for one in listed), reverse=True)
    whole = suggest(town().snapshot("eco"), "school", SuggestionRequest(limit=10)).suggestions
    assert len(whole) == 10


def test_a_gap_that_a_link_closes_lifts_it_by_the_stated_policy() -> None:
    def value(pattern: PatternName, source: NodeId, target: NodeId) -> float:
        return 1.0 if (pattern, source, target) == (N.SCHOOL_INFORMAL, "school", "museum-5") else 0.0

    snapshot = town().snapshot("eco")
    plain = suggest(snapshot, "school", SuggestionRequest(N.SCHOOL_INFORMAL))
    lifted = suggest(snapshot, "school", SuggestionRequest(N.SCHOOL_INFORMAL), value)
    first = lifted.suggestions[0]
    assert (first.target, first.gap_value) == ("museum-5", 1.0)
    assert first.priority == pytest.approx(first.score + 1.5)
    assert {one.target: one.score for one in plain.suggestions} == {one.target: one.score for one in lifted.suggestions}
    likely = suggest(snapshot, "school", SuggestionRequest(N.SCHOOL_INFORMAL, policy="likely"), value)
    assert [one.target for one in likely.suggestions] == [one.target for one in plain.suggestions]
    assert (likely.policy.label, likely.policy.weights["gap"]) == ("likely", 0.0)


def test_equal_ones_go_by_id() -> None:
    world = World()
    world.partner("school", "k12_school")
    for name in ("zebra", "apple", "mango"):
        world.partner(name, "museum")
    listed = suggest(world.snapshot(), "school", SuggestionRequest()).suggestions
    assert [one.target for one in listed] == ["apple", "mango", "zebra"]
    assert len({one.score for one in listed}) == 1


def test_a_result_names_all_that_is_needed_to_get_it_again() -> None:
    snapshot = town().snapshot("eco")
    listed = suggest(snapshot, "school", SuggestionRequest(seed=7))
    assert (listed.seed, listed.policy.label, listed.ecosystem, listed.as_of) == (7, "balanced", "eco", "2026-09-01")
    assert listed.graph_hash == snapshot.graph_hash
    assert listed.model.startswith("prior-1+content-")
    assert len(listed.ledger_hash) == 64
    world = town()
    world.fact("eco", Label.PAIR_RULE, "rule", first="school", second="library", rule="must_not_match")
    assert suggest(world.snapshot("eco"), "school", SuggestionRequest()).ledger_hash != listed.ledger_hash


def test_what_is_fitted_to_the_snapshot_is_part_of_the_model_s_version() -> None:
    world = town()
    plain = suggest(world.snapshot(), "school", SuggestionRequest()).model
    described = with_fields(world, "library", description="Stories and stars")
    assert suggest(described.snapshot(), "school", SuggestionRequest()).model != plain


@pytest.mark.parametrize(
    "request_", [SuggestionRequest(limit=0), SuggestionRequest(limit=201), SuggestionRequest(policy="none")]
)
def test_a_request_out_of_range_is_refused(request_: SuggestionRequest) -> None:
    with pytest.raises(InvalidInput):
        suggest(town().snapshot(), "school", request_)


def test_everything_wrong_with_a_request_is_said_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        suggest(town().snapshot(), "school", SuggestionRequest(limit=0, policy="none"))
    assert [finding.where for finding in refused.value.findings] == ["limit", "policy"]


def test_what_isn_t_there_isn_t_found_and_a_place_is_refused() -> None:
    world = town()
    world.place("county")
    with pytest.raises(NotFound):
        suggest(world.snapshot(), "nobody", SuggestionRequest())
    with pytest.raises(InvalidInput):
        suggest(world.snapshot(), "county", SuggestionRequest())
    with pytest.raises(InvalidInput):
        explain(world.snapshot(), "school", "county")


def test_a_subject_that_takes_on_no_more_gets_an_empty_list_that_says_so() -> None:
    world = with_fields(town(), "school", capacity_status="closed")
    listed = suggest(world.snapshot(), "school", SuggestionRequest())
    assert listed.suggestions == ()
    assert listed.notes == ("Nobody here meets every rule; explain a pair to see which one fails.",)


def test_from_a_large_pool_those_are_compared_to_whom_something_leads() -> None:
    world = World()
    world.partner("school", "k12_school", north=0.0)
    world.partner("friend", "community_organization")
    world.partner("far-friend", "museum", north=50.0)
    world.tie(TieType.PARTNERS_WITH, "school", "friend")
    world.tie(TieType.PARTNERS_WITH, "friend", "far-friend")
    world.partner("meets-a-need", "museum")
    world.need("school", "space")
    world.offer("meets-a-need", "space")
    world.partner("nothing-leads-there", "museum")
    index, subject = index_snapshot(world.snapshot()), np.array([world.snapshot().index_of("school")], dtype=np.int32)

    def found(all_up_to: int) -> RoleRows:
        return find_eligible(find_rows(index, subject, N.SCHOOL_INFORMAL, Depth(all_up_to)))

    names = [index.snapshot.nodes[other].id for other in found(2).others]
    assert names == ["far-friend", "meets-a-need"]
    ways = find_ways(found(2).compacted().pairs)
    led = {name: {way for way, mask in ways.items() if mask[row]} for row, name in enumerate(names)}
    assert led == {"far-friend": {Way.TWO_STEPS, Way.NEAR}, "meets-a-need": {Way.NEED_MET}}
    whole = [index.snapshot.nodes[other].id for other in found(3).others]
    assert whole == ["far-friend", "meets-a-need", "nothing-leads-there"]


def test_an_explanation_and_a_list_say_the_same_of_a_pair() -> None:
    snapshot = random_world(3).snapshot("eco")
    for one in suggest(snapshot, "p0", WHOLE).suggestions:
        other = one.target if one.source == "p0" else one.source
        explained = explain(snapshot, "p0", other)
        found = explained.patterns[0]
        assert explained.best is found.pattern is one.pattern
        assert _same(found.suggestion, one)
        assert {pattern for pattern, _ in explained.not_fitting}.isdisjoint(
            {pattern.pattern for pattern in explained.patterns}
        )


def _same(explained: Suggestion, listed: Suggestion) -> bool:
    """Say whether a list tells the beginning of what an explanation tells."""
    told = all(reasons == explained.reasons[side][: len(reasons)] for side, reasons in listed.reasons.items())
    shares = [[(part.feature, part.value, part.share) for part in one.contributions] for one in (explained, listed)]
    return told and shares[0] == shares[1] and explained.score == listed.score


def test_an_excluded_pair_is_explained_too_with_its_contributions() -> None:
    world = town()
    tie = world.tie(TieType.PARTNERS_WITH, "school", "museum-0")
    explained = explain(world.snapshot("eco"), "school", "museum-0")
    found = explained.patterns[0]
    assert explained.best is None
    assert not found.eligible
    assert tie in next(rule for rule in found.rules if not rule.met).facts[0].elements
    distance = next(part for part in found.suggestion.contributions if part.feature == "distance_km")
    assert distance.value == pytest.approx(1.0, abs=1e-3)
    assert np.isfinite(found.suggestion.score)
