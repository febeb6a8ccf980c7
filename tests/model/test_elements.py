"""Elements, what adds up of Records, and everything a check says of one."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.model.canonical import Value
from matchmaker.model.changes import ChangeSet
from matchmaker.model.checking import check_node, check_record, check_resolved, check_tie
from matchmaker.model.elements import (
    Node,
    Provenance,
    Record,
    Tie,
    TieKey,
    level,
    make_tie,
    statement_id,
    swap_sides,
    tie_key,
)
from matchmaker.model.gap import gap_id
from matchmaker.model.ids import PUBLIC, NodeId, Owner
from matchmaker.model.records import resolve, resolve_stored, why_fact
from matchmaker.model.suggestion import NEXT_STATES, check_move, suggestion_id
from matchmaker.model.vocabulary import (
    AnswerTerm,
    Confidence,
    GapKind,
    Label,
    PatternName,
    Side,
    SuggestionState,
    TieType,
)
from matchmaker.testing.elements import records

HUB = Owner("hub")
S = SuggestionState


def said(
    confidence: Confidence = Confidence.STATED, observed_on: str | None = None, owner: str = PUBLIC, **fields: Value
) -> Record:
    source = f"{confidence.value} {observed_on} {sorted(fields.items())}"
    return Record(NodeId("p"), Label.PARTNER, fields, Owner(owner), Provenance(source, "1", observed_on, confidence))


def test_undirected_ties_are_stored_once_lower_id_first() -> None:
    one_way = make_tie(TieType.PARTNERS_WITH, ("b", "a"), {"level_by_source": 3, "trust_by_target": 1})
    other_way = make_tie(TieType.PARTNERS_WITH, ("a", "b"), {"level_by_target": 3, "trust_by_source": 1})
    assert one_way == other_way
    assert tie_key(TieType.PEERS_WITH, NodeId("b"), NodeId("a")).source == "a"
    directed = make_tie(TieType.FUNDS, ("b", "a"))
    assert (directed.source, directed.target) == ("b", "a")


@given(
    st.dictionaries(st.sampled_from(["level_by_source", "level_by_target", "since", "by_source"]), st.integers(0, 5))
)
def test_swapping_sides_twice_changes_nothing(held: dict[str, int]) -> None:
    assert swap_sides(swap_sides(held)) == held


def test_a_tie_is_named_by_type_ends_owner_and_episode() -> None:
    key = TieKey(TieType.FUNDS, NodeId("a"), NodeId("b"), PUBLIC, "grant 7")
    others = [
        TieKey(TieType.COACHES, NodeId("a"), NodeId("b"), PUBLIC, "grant 7"),
        TieKey(TieType.FUNDS, NodeId("b"), NodeId("a"), PUBLIC, "grant 7"),
        TieKey(TieType.FUNDS, NodeId("a"), NodeId("b"), HUB, "grant 7"),
        TieKey(TieType.FUNDS, NodeId("a"), NodeId("b"), PUBLIC, "grant 8"),
    ]
    assert len({key.id, *(other.id for other in others)}) == 5
    assert Tie(key, {"amount": 1.0}).id == Tie(key).id == key.id


@pytest.mark.parametrize(
    ("sides", "expected"),
    [((None, None), None), ((3, None), 3), ((None, 0), 0), ((4, 2), 2), ((0, 5), 0)],
)
def test_the_level_is_the_lower_of_the_known_sides(sides: tuple[int | None, int | None], expected: int | None) -> None:
    names = ("level_by_source", "level_by_target")
    held = {name: side for name, side in zip(names, sides, strict=True) if side is not None}
    assert level(make_tie(TieType.PARTNERS_WITH, ("a", "b"), held)) == expected


def test_a_record_keeps_its_id_when_it_is_moved() -> None:
    record = Record(NodeId("old"), Label.PARTNER, {"name": "N"})
    moved = Record(NodeId("new"), Label.PARTNER, {"name": "N"}, origin=NodeId("old"))
    assert moved.id == record.id
    assert moved.content_digest() != record.content_digest()
    assert Record(NodeId("old"), Label.PARTNER, {"name": "Other"}).id == record.id
    assert Record(NodeId("old"), Label.PARTNER, {"name": "N"}, HUB).id != record.id


def test_a_batch_counts_neither_for_equality_nor_for_hashes() -> None:
    one = Record(NodeId("a"), Label.PARTNER, {"name": "N"}, provenance=Provenance("s", batch="1"))
    two = Record(NodeId("a"), Label.PARTNER, {"name": "N"}, provenance=Provenance("s", batch="2"))
    assert one == two
    assert one.content_digest() == two.content_digest()


def test_a_statement_without_an_id_is_named_by_owner_subject_and_fields() -> None:
    told: list[dict[str, Value]] = [{"quantity": 1}, {"quantity": 2}, {"quantity": 1, "stage": "prek"}]
    ids = {
        statement_id("need", owner, subject, fields)
        for owner in ("public", "hub")
        for subject in ("a", "b")
        for fields in told
    }
    assert len(ids) == 12
    assert statement_id("need", "hub", "a", {"b": 1, "a": 2}) == statement_id("need", "hub", "a", {"a": 2, "b": 1})


def test_what_a_digest_covers() -> None:
    node = Node(NodeId("n"), Label.TOPIC, {"name": "N"})
    owned = Node(NodeId("n"), Label.TOPIC, {"name": "N"}, HUB)
    assert node.graph_digest() == owned.graph_digest()
    assert node.content_digest() != owned.content_digest()
    assert node.graph_digest() != Node(NodeId("n"), Label.PATHWAY, {"name": "N"}).graph_digest()
    tie, again = make_tie(TieType.FUNDS, ("a", "b")), make_tie(TieType.FUNDS, ("a", "b"), episode="2")
    assert tie.graph_digest() != again.graph_digest()


ORDER = [Confidence.PARTNER, Confidence.STAFF, Confidence.STATED, Confidence.REGISTER, Confidence.INFERRED]


@pytest.mark.parametrize(("better", "worse"), [*itertools.pairwise(ORDER)])
def test_standing_comes_before_date(better: Confidence, worse: Confidence) -> None:
    node = resolve([said(worse, "2025", website="worse"), said(better, "2010", website="better")])
    assert node is not None
    assert node.properties["website"] == "better"


def test_registers_know_identifiers_best_the_newest_first() -> None:
    told = [
        said(Confidence.PARTNER, "2022", unitid="111111"),
        said(Confidence.REGISTER, "2019", unitid="222222"),
        said(Confidence.REGISTER, "2020", unitid="333333"),
        said(Confidence.REGISTER, None, unitid="444444"),
    ]
    assert [fact.value for fact in why_fact("unitid", told)] == ["333333", "222222", "111111", "444444"]


def test_the_newer_date_then_the_own_record_wins() -> None:
    older, newer = said(observed_on="2020-01", website="older"), said(observed_on="2020-02", website="newer")
    own = said(observed_on="2020-02", owner=HUB, website="own")
    told = why_fact("website", [older, newer, own])
    assert [(fact.value, fact.won, fact.reason) for fact in told] == [
        ("own", True, "in use: a named source"),
        ("newer", False, "the ecosystem's own Record comes before the public one"),
        ("older", False, "2020-02 is newer than 2020-01"),
    ]
    assert why_fact("website", [older])[0].reason == "the only source: a named source"
    register = said(Confidence.REGISTER, "2024", website="listed")
    assert why_fact("website", [older, register])[1].reason == "a named source comes before a register for website"
    twin = said(observed_on="2020-01", website="twin")
    assert why_fact("website", [older, twin])[1].reason == "equal in standing and date; the lower Record id wins"
    assert why_fact("ein", [older]) == []


def test_a_store_keeps_what_the_public_records_say() -> None:
    public, own = said(website="public"), said(Confidence.PARTNER, owner=HUB, website="own")
    kept, seen, alone = resolve_stored([own, public]), resolve([own, public]), resolve_stored([own])
    assert (kept and kept.properties["website"], kept and kept.owner) == ("public", PUBLIC)
    assert (seen and seen.properties["website"], seen and seen.owner) == ("own", PUBLIC)
    assert (alone and alone.properties["website"], alone and alone.owner) == ("own", HUB)
    assert resolve([]) is None


def test_the_primary_type_is_among_the_types_and_gives_the_sector() -> None:
    types = said(Confidence.PARTNER, organization_types=("makerspace", "museum"))
    node = resolve([types, said(organization_type="library")])
    assert node is not None
    assert node.properties["organization_types"] == ("library", "makerspace", "museum")
    assert node.properties["sector"] == "informal_learning"


@given(
    st.lists(records("p", owners=(PUBLIC, HUB)), min_size=1, max_size=5, unique_by=lambda record: record.id), st.data()
)
def test_what_records_add_up_to_depends_on_no_order_and_no_batch(known: list[Record], data: st.DataObject) -> None:
    shuffled = [
        replace(record, provenance=replace(record.provenance, batch="again"))
        for record in data.draw(st.permutations(known))
    ]
    assert resolve(shuffled) == resolve(known)
    for name in {name for record in known for name in record.properties}:
        assert [fact.record.id for fact in why_fact(name, shuffled)] == [
            fact.record.id for fact in why_fact(name, known)
        ]


def messages(findings: object) -> list[str]:
    assert isinstance(findings, list)
    return sorted(finding.message for finding in findings)


def test_everything_wrong_with_a_record_is_said_at_once() -> None:
    record = Record(
        NodeId("Bad Id"),
        Label.PARTNER,
        {
            "locale": "downtown",
            "unitid": "1",
            "latitude": 90.5,
            "longitude": float("nan"),
            "sector": "k12",
            "nonsense": 1,
            "since": "2020",
            "until": "2019",
            "ncessch": "410192000001",
            "leaid": "4100001",
            "country": "CA",
            "region": "US-OR",
        },
        Owner("No Owner"),
        Provenance("a\x00", observed_on="soon"),
    )
    _, findings = check_record(record)
    assert messages(findings) == [
        "it ends before it starts",
        "latitude is out of range",
        "locale is not a known term",
        "longitude is not a finite number",
        "ncessch contradicts leaid",
        "nonsense is not a property here",
        "observed_on is not an ISO date",
        "region contradicts country",
        "sector is not a property here",
        "source holds the control character U+0000",
        "the id is not valid",
        "the owner is not valid",
        "unitid is malformed",
    ]
    assert all(finding.valid for finding in findings if "control" not in finding.message)


def test_a_correction_may_hold_one_field_but_what_it_adds_up_to_must_be_whole() -> None:
    clean, findings = check_record(said(website=" https://a.example "))
    assert findings == []
    assert clean.properties == {"website": "https://a.example"}
    node = resolve([clean])
    assert node is not None
    assert messages(check_resolved(node)) == ["name is missing", "organization_type is missing"]


def test_the_primary_type_joins_the_types() -> None:
    clean, _ = check_record(said(organization_type="museum", organization_types=["library"]))  # type: ignore[arg-type]  # a list, as edges give it
    assert clean.properties["organization_types"] == ("library", "museum")


@pytest.mark.parametrize(
    ("node", "message"),
    [
        (Node(NodeId("n"), Label.PARTNER, {"name": "N", "organization_type": "library"}), "is made of Records"),
        (Node(NodeId("n"), Label.STAGE, {"name": "N", "position": 1}), "is reference data"),
        (Node(NodeId("public"), Label.ECOSYSTEM, {"name": "N"}), "the id is reserved"),
        (
            Node(NodeId("n"), Label.CONTACT, {"role": "general", "name": "N"}),
            "a person is named without their agreement",
        ),
        (Node(NodeId("n"), Label.TOPIC, {}), "name is missing"),
        (
            Node(NodeId("n"), Label.COUNT, {"kind": "reached", "year": 1, "value": 1}),
            "year is out of range",
        ),
        (
            Node(
                NodeId("n"),
                Label.COUNT,
                {"kind": "reached", "year": 2020, "value": 1, "stage": "prek", "all_stages": True},
            ),
            "stage contradicts all_stages",
        ),
        (
            Node(NodeId("n"), Label.COVERAGE, {"covers": "Everything", "share_answered": 1.0, "as_of": "2020"}),
            "covers is not a known term",
        ),
    ],
)
def test_a_node_that_is_refused(node: Node, message: str) -> None:
    assert messages(check_node(node)[1]) == [message]


def test_everything_wrong_with_a_tie_is_said_at_once() -> None:
    tie = Tie(
        TieKey(TieType.PARTNERS_WITH, NodeId("b"), NodeId("A"), PUBLIC, "e\x07"),
        {"level_by_source": 6, "trust_by_target": -1, "intents": ["marry"], "since": "x"},  # type: ignore[dict-item]  # a list, as edges give it
    )
    assert messages(check_tie(tie)[1]) == [
        "episode holds the control character U+0007",
        "intents is not a known term",
        "is stored the wrong way round",
        "level_by_source is out of range",
        "since is not an ISO date",
        "the id is not valid",
        "trust_by_target is out of range",
    ]
    both = make_tie(TieType.PARTNERS_WITH, ("a", "b"), {"level_by_source": 0, "level_by_target": 0})
    assert messages(check_tie(both)[1]) == ["both sides rate it 0, so there is no tie"]
    assert check_tie(make_tie(TieType.PARTNERS_WITH, ("a", "b"), {"level_by_source": 0}))[1] == []
    assert messages(check_tie(make_tie(TieType.FUNDS, ("a", "a")))[1]) == ["ties a thing to itself"]


def test_a_batch_counts_what_it_puts_and_removes() -> None:
    tie = make_tie(TieType.FUNDS, ("a", "b"))
    changes = ChangeSet((Node(NodeId("n"), Label.TOPIC),), (said(),), (tie,), (NodeId("x"),), (), (tie.key,))
    assert len(changes) == 5


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("to", S)
def test_a_suggestion_moves_along_its_life_only(state: SuggestionState, to: SuggestionState) -> None:
    both = dict.fromkeys(Side, AnswerTerm.INTERESTED)
    findings = check_move(state, to, both)
    assert (findings == []) == (to in NEXT_STATES[state])
    assert all(finding.valid for finding in findings)


@pytest.mark.parametrize("source", [None, *AnswerTerm])
@pytest.mark.parametrize("target", [None, *AnswerTerm])
def test_nobody_is_introduced_before_both_are_interested(source: AnswerTerm | None, target: AnswerTerm | None) -> None:
    given_answers = {Side.SOURCE: source, Side.TARGET: target}
    answers = {side: answer for side, answer in given_answers.items() if answer is not None}
    findings = check_move(S.AGREED_TO_MEET, S.INTRODUCED, answers)
    unwilling = [side for side in Side if answers.get(side) != AnswerTerm.INTERESTED]
    assert [finding.message for finding in findings] == [
        f"the {side.value} has not said that it is interested" for side in unwilling
    ]
    assert check_move(S.AGREED_TO_MEET, S.DECLINED, answers) == []


def test_ids_of_suggestions_and_gaps() -> None:
    first = suggestion_id("hub", PatternName.PCSP_COLLEGE, ("a", "b"))
    assert first == suggestion_id("hub", PatternName.PCSP_COLLEGE, ("b", "a"))
    others = {
        suggestion_id("other", PatternName.PCSP_COLLEGE, ("a", "b")),
        suggestion_id("hub", PatternName.CROSS_SECTOR, ("a", "b")),
        suggestion_id("hub", PatternName.PCSP_COLLEGE, ("a", "c")),
        suggestion_id("hub", PatternName.PCSP_COLLEGE, ("a", "b"), 1),
    }
    assert len({first, *others}) == 5
    gaps = {gap_id("hub", GapKind.TRANSITION, *subject) for subject in (("a", "b"), ("b", "a"), ("ab",), ("a",))}
    assert len(gaps) == 4
