"""What each audience may see of nodes, ties, lists, explanations and gaps."""

import json
from dataclasses import asdict, replace

import pytest

from matchmaker.errors import NotFound
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.canonical import Value
from matchmaker.model.elements import Node, Record, Tie, make_tie
from matchmaker.model.ids import PUBLIC, NodeId, Owner
from matchmaker.model.ontology import PROPERTIES, SHARED, TIES
from matchmaker.model.properties import PropertySpec
from matchmaker.model.records import resolve
from matchmaker.model.suggestion import SuggestionList
from matchmaker.model.vocabulary import (
    Audience,
    GapKind,
    Label,
    LikelihoodBand,
    PatternName,
    Side,
    TieType,
    Visibility,
)
from matchmaker.recommend.pipeline import explain, suggest
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.services.disclosure import (
    HIDDEN,
    disclose,
    disclose_explanation,
    disclose_node,
    disclose_tie,
    may_see,
    shows_figures,
)
from matchmaker.services.disclosure_views import disclose_report, show_snapshot
from matchmaker.services.gaps import GapReport, report_gaps
from matchmaker.testing.world import World

A, V = Audience, Visibility
SEEN = {
    A.STAFF: {V.PUBLIC, V.ECOSYSTEM, V.PARTIES, V.STAFF},
    A.PARTNER: {V.PUBLIC, V.ECOSYSTEM},
    A.BOARD: {V.PUBLIC, V.ECOSYSTEM},
    A.PUBLIC: {V.PUBLIC},
}
NODE_FIELDS = [(label, spec) for label, specs in PROPERTIES.items() for spec in specs]
TIE_FIELDS = [(type, spec) for type, tie in TIES.items() for spec in tie.properties]
SHARED_FIELDS = {spec.name for spec in SHARED}


@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize("visibility", list(Visibility))
def test_each_audience_sees_what_it_is_cleared_for(audience: Audience, visibility: Visibility) -> None:
    assert may_see(visibility, audience) == (visibility in SEEN[audience])
    party = visibility is V.PARTIES and audience is A.PARTNER
    assert may_see(visibility, audience, party=True) == (visibility in SEEN[audience] or party)
    assert shows_figures(audience) == (audience is A.STAFF)


@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize(("label", "spec"), NODE_FIELDS, ids=lambda part: getattr(part, "name", str(part)))
def test_every_property_of_every_label_is_shown_to_whom_it_is_for(
    label: Label, spec: PropertySpec, audience: Audience
) -> None:
    """The value goes to the audiences of its visibility, and with it the node where it says nothing else."""
    node = Node(NodeId("node"), label, {spec.name: "a marker", "since": "2020"})
    shown = disclose_node(node, audience)
    allowed = spec.visibility in SEEN[audience]
    assert (shown is not None) == allowed
    assert shown is None or shown.properties == {spec.name: "a marker", "since": "2020"}


@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize(("type", "spec"), TIE_FIELDS, ids=lambda part: getattr(part, "name", str(part)))
def test_every_property_of_every_tie_is_shown_to_whom_it_is_for(
    type: TieType, spec: PropertySpec, audience: Audience
) -> None:
    shown = disclose_tie(make_tie(type, ("a", "b"), {spec.name: "a marker"}), audience)
    assert shown is not None
    assert (spec.name in shown.properties) == (spec.visibility in SEEN[audience])


@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize("visibility", list(Visibility))
@pytest.mark.parametrize("owner", [PUBLIC, "eco"])
def test_an_element_s_own_visibility_and_owner_are_the_stricter_word(
    audience: Audience, visibility: Visibility, owner: str
) -> None:
    strict = visibility if owner == PUBLIC or visibility is not V.PUBLIC else V.ECOSYSTEM
    properties: dict[str, Value] = {"name": "A", "visibility": visibility.value}
    node: Node | Tie | None = disclose_node(Node(NodeId("a"), Label.PARTNER, properties, Owner(owner)), audience)
    tie = disclose_tie(make_tie(TieType.OPERATES, ("a", "b"), {"visibility": visibility.value}, owner), audience)
    assert (node is not None) == (tie is not None) == (strict in SEEN[audience])


def test_a_kept_column_is_for_staff() -> None:
    node = Node(NodeId("a"), Label.PARTNER, {"name": "A", "x_notes": "a marker"})
    shown = disclose_node(node, A.BOARD)
    assert shown is not None
    assert dict(shown.properties) == {"name": "A"}


def test_an_ecosystem_s_word_on_a_public_partner_is_not_public() -> None:
    def record(owner: str, observed_on: str, **fields: Value) -> Record:
        base = Record(NodeId("a"), Label.PARTNER, fields, Owner(owner))
        return replace(base, provenance=replace(base.provenance, observed_on=observed_on))

    records = [
        record(PUBLIC, "2020", name="Name", description="Public words", organization_type="museum"),
        record("eco", "2024", description="Our words", website="https://a.example"),
    ]
    node = resolve(records)
    assert node is not None
    assert node.get_text("description") == "Our words"
    for audience in (A.PARTNER, A.BOARD):
        shown = disclose_node(node, audience, records=records)
        assert shown is not None
        assert shown.get_text("description") == "Our words"
    public = disclose_node(node, A.PUBLIC, records=records)
    assert public is not None
    assert (public.get_text("description"), "website" in public.properties) == ("Public words", False)
    own = resolve(records[1:])
    assert own is not None
    assert disclose_node(own, A.PUBLIC, records=records[1:]) is None


def town() -> World:
    world = World()
    world.ecosystem("eco", country="US")
    world.partner("school", "k12_school", north=0.0, country="US")
    world.partner("museum", "museum", north=2.0, capacity_status="open", capacity_updated_on="2026-08")
    world.partner("listed", "library", north=3.0)
    world.partner("secret", "makerspace", north=4.0, visibility="staff")
    world.participate("eco", "school", "museum", "secret")
    world.need("school", "space")
    world.offer("museum", "space", description="the big hall")
    world.partner("friend", "community_organization")
    world.tie(TieType.PARTNERS_WITH, "school", "friend")
    world.tie(TieType.PARTNERS_WITH, "museum", "friend", visibility="parties")
    world.participate("eco", "friend")
    world.fact("school", Label.RATING, "rating:1", rater="museum", measure="trust", level=2)
    return world


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return town().snapshot("eco")


@pytest.fixture(scope="module")
def whole(snapshot: Snapshot) -> SuggestionList:
    return suggest(snapshot, "school", SuggestionRequest(PatternName.SCHOOL_INFORMAL))


def test_staff_see_all_with_four_reasons_a_side_at_most(snapshot: Snapshot, whole: SuggestionList) -> None:
    shown = disclose(whole, snapshot, A.STAFF)
    assert [one.target for one in shown.suggestions] == ["museum", "listed", "secret"]
    assert [one.score for one in shown.suggestions] == [one.score for one in whole.suggestions]
    longest = max(len(one.reasons[Side.SOURCE]) for one in whole.suggestions)
    assert longest > 4
    for one, full in zip(shown.suggestions, whole.suggestions, strict=True):
        for side in Side:
            assert one.reasons[side] == full.reasons[side][:4]


def test_a_partner_reads_words_and_no_figures_and_only_of_those_who_take_part(
    snapshot: Snapshot, whole: SuggestionList
) -> None:
    shown = disclose(whole, snapshot, A.PARTNER, NodeId("school"))
    assert [one.target for one in shown.suggestions] == ["museum"]
    assert shown.notes[-1] == "Not shown here: 2."
    one = shown.suggestions[0]
    assert (one.score, one.intercept, one.likelihood, one.priority, one.gap_value) == (0.0, 0.0, 0.0, 0.0, 0.0)
    assert (one.band, one.contributions) == (LikelihoodBand.LOW, ())
    features = [reason.feature for reason in one.reasons[Side.SOURCE]]
    assert features[0] == "source_needs_met"
    assert "two_steps" not in features
    last = one.reasons[Side.SOURCE][-1]
    assert (last.feature, last.sentence, last.hidden_facts) == (HIDDEN, "And one fact we can't show.", 1)
    assert last.facts == ()


def test_a_party_to_a_fact_may_read_it(snapshot: Snapshot) -> None:
    """The tie between museum and friend is for the two: the museum reads the reason that the school may not."""
    found = suggest(snapshot, "museum", SuggestionRequest(PatternName.SCHOOL_INFORMAL))
    shown = disclose(found, snapshot, A.PARTNER)
    reasons = shown.suggestions[0].reasons[Side.TARGET]
    assert "Friend works with both of you." in [reason.sentence for reason in reasons]
    assert all(reason.feature != HIDDEN for reason in reasons)


def test_a_need_that_only_staff_may_see_gives_a_partner_no_reason() -> None:
    world = town()
    world.need("school", "mentors", visibility="staff")
    world.offer("museum", "mentors")
    snapshot = world.snapshot("eco")
    found = suggest(snapshot, "school", SuggestionRequest(PatternName.SCHOOL_INFORMAL))

    def told(audience: Audience) -> list[str]:
        reasons = disclose(found, snapshot, audience).suggestions[0].reasons[Side.SOURCE]
        return [reason.sentence for reason in reasons if reason.feature == "source_needs_met"]

    assert sorted(told(A.STAFF)) == ["They offer mentors, which you need.", "They offer space, which you need."]
    assert told(A.PARTNER) == ["They offer space, which you need."]


def test_a_partner_reads_only_its_own_lists(snapshot: Snapshot, whole: SuggestionList) -> None:
    with pytest.raises(NotFound):
        disclose(whole, snapshot, A.PARTNER, NodeId("museum"))


@pytest.mark.parametrize("audience", [A.BOARD, A.PUBLIC])
def test_the_board_and_the_public_read_how_many_there_are(
    snapshot: Snapshot, whole: SuggestionList, audience: Audience
) -> None:
    shown = disclose(whole, snapshot, audience)
    assert (shown.suggestions, shown.notes) == ((), ("school_informal: 3 open.",))


def test_what_an_audience_may_not_know_of_is_not_found(snapshot: Snapshot) -> None:
    hidden = suggest(snapshot, "secret", SuggestionRequest())
    for audience in (A.PARTNER, A.BOARD, A.PUBLIC):
        with pytest.raises(NotFound):
            disclose(hidden, snapshot, audience)
    explained = explain(snapshot, "school", "secret")
    for audience in (A.PARTNER, A.BOARD, A.PUBLIC):
        with pytest.raises(NotFound):
            disclose_explanation(explained, snapshot, audience)
    assert disclose_explanation(explained, snapshot, A.STAFF).patterns[0].suggestion.target == "secret"


def test_a_partner_s_explanation_has_words_and_the_rules_that_it_may_know(snapshot: Snapshot) -> None:
    explained = explain(snapshot, "school", "museum")
    shown = disclose_explanation(explained, snapshot, A.PARTNER, NodeId("school"))
    assert shown.best is PatternName.SCHOOL_INFORMAL
    found = shown.patterns[0]
    assert {rule.name for rule in found.rules}.isdisjoint({"no_pair_rule", "accepts_requests"})
    assert (found.found_by, found.suggestion.contributions, found.suggestion.score) == ((), (), 0.0)
    other = disclose_explanation(explained, snapshot, A.PARTNER, NodeId("friend"))
    assert (other.patterns, other.best) == ((), None)
    assert disclose_explanation(explained, snapshot, A.BOARD).patterns == ()


def test_a_staff_ruling_is_not_told_to_partners() -> None:
    world = town()
    world.fact("eco", Label.PAIR_RULE, "rule", first="school", second="museum", rule="must_not_match")
    snapshot = world.snapshot("eco")
    explained = explain(snapshot, "school", "museum")
    staff = disclose_explanation(explained, snapshot, A.STAFF)
    told = {rule.name: rule.met for one in staff.patterns for rule in one.rules}
    assert told["no_pair_rule"] is False
    assert disclose_explanation(explained, snapshot, A.PARTNER).patterns == ()


def test_a_hidden_rule_of_a_college_is_said_to_be_hidden() -> None:
    world = World()
    world.ecosystem("eco")
    world.partner("house", "youth_organization")
    world.program("pcsp", "pcsp", "house")
    world.partner("college", "four_year_college")
    world.participate("eco", "house", "college")
    world.initiative("pledge")
    world.tie(
        TieType.COMMITTED_TO, "college", "pledge", since="2025", link="https://college.example/p", visibility="staff"
    )
    snapshot = world.snapshot("eco")
    found = suggest(snapshot, "pcsp", SuggestionRequest(PatternName.PCSP_COLLEGE))
    shown = disclose(found, snapshot, A.PARTNER).suggestions[0]
    assert shown.notes == ("It counts as equity-focused by a rule whose facts we can't show.",)
    assert "Pledge" not in json.dumps(asdict(shown), default=str)


def short_town(*, beside_secret: bool = False) -> World:
    """The town in a county whose records are stated to be complete, with one member that knows nobody."""
    world = town()
    world.place("county")
    world.partner("lonely", "library", north=5.0)
    world.participate("eco", "lonely")
    for partner in ("school", "lonely", *(["secret"] if beside_secret else [])):
        world.tie(TieType.LOCATED_IN, partner, "county")
    for covers in ("Program", "OFFERED_AT", "SERVES", "PARTNERS_WITH"):
        world.fact("eco", Label.COVERAGE, f"coverage:{covers}", covers=covers, share_answered=1.0, as_of="2026")
    return world


def told_of(world: World, audience: Audience) -> GapReport:
    snapshot = world.snapshot("eco")
    return disclose_report(report_gaps(snapshot), snapshot, show_snapshot(snapshot, audience), audience)


def kinds(report: GapReport) -> set[GapKind]:
    return {one.gap.kind for one in report.gaps}


def test_a_gap_is_told_without_what_only_staff_are_given() -> None:
    told = {audience: told_of(short_town(), audience) for audience in A}
    assert kinds(told[A.STAFF]) == kinds(told[A.PARTNER]) == {GapKind.STAGE_COVERAGE, GapKind.ISOLATION}
    assert kinds(told[A.BOARD]) == kinds(told[A.PUBLIC]) == {GapKind.STAGE_COVERAGE}
    first = told[A.STAFF].gaps[0].gap
    assert (first.evidence[0], first.closers[0]) == ("county", "school")
    for audience in (A.PARTNER, A.BOARD, A.PUBLIC):
        shown = told[audience].gaps[0]
        assert (shown.gap.sentence, shown.gap.evidence, shown.gap.closers) == (first.sentence, (), ())
        assert (shown.suggestions, shown.note) == ((), "")


def test_a_gap_whose_words_name_what_an_audience_may_not_know_is_not_told() -> None:
    world = short_town(beside_secret=True)
    assert "Secret" in told_of(world, A.STAFF).gaps[0].gap.sentence
    assert kinds(told_of(world, A.PARTNER)) == {GapKind.ISOLATION}
    assert kinds(told_of(world, A.BOARD)) == kinds(told_of(world, A.PUBLIC)) == set()


def test_the_pairs_of_sectors_are_not_for_the_public() -> None:
    world = short_town()
    assert told_of(world, A.STAFF).pairs
    assert told_of(world, A.PUBLIC).pairs == ()
