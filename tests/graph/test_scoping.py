"""What a scope holds: tenancy, time, membership and reach, on a graph that one can check by hand."""

import datetime
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.errors import NotFound
from matchmaker.graph.contents import Contents
from matchmaker.graph.derived import program_accreditation, program_seats
from matchmaker.graph.geography import distance_km, distances_km, is_within
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import SECTOR_CODES, Snapshot, build_snapshot
from matchmaker.model.canonical import Value
from matchmaker.model.elements import Node, Provenance, Record, Tie, make_tie
from matchmaker.model.ids import PUBLIC, EcosystemId, NodeId, Owner, Revision
from matchmaker.model.reference import REFERENCE_NODES
from matchmaker.model.vocabulary import AccreditationStatus, Label, Sector, TieType

DAY = datetime.date(2026, 6, 1)
HUB, OTHER = EcosystemId("hub"), EcosystemId("other")


def partner(id: str, type: str = "k12_school", owner: str = PUBLIC, observed: str = "", **fields: Value) -> Record:
    properties: dict[str, Value] = {"name": id.title(), "organization_type": type, **fields}
    return Record(
        NodeId(id), Label.PARTNER, properties, Owner(owner), Provenance("test", id, observed_on=observed or None)
    )


def program(id: str, type: str = "club", **fields: Value) -> Record:
    return Record(NodeId(id), Label.PROGRAM, {"name": id.title(), "program_type": type, **fields})


def place(id: str, kind: str) -> Record:
    return Record(NodeId(id), Label.PLACE, {"name": id.title(), "kind": kind})


def ecosystem(id: str, **fields: Value) -> Node:
    return Node(NodeId(id), Label.ECOSYSTEM, {"name": id.title(), **fields})


def snapshot(
    records: Sequence[Record],
    ties: Sequence[Tie] = (),
    nodes: Sequence[Node] = (),
    scope: Scope = Scope(HUB),  # noqa: B008 - an immutable value
    day: datetime.date = DAY,
) -> Snapshot:
    hubs = (ecosystem("hub"), ecosystem("other"))
    held = Contents(Revision(1), (*REFERENCE_NODES, *hubs, *nodes), tuple(records), tuple(ties))
    return build_snapshot(held, scope, day)


def names(snapshot: Snapshot) -> set[str]:
    return {node.id for node in snapshot.nodes if node.label in {Label.PARTNER, Label.PROGRAM}}


def member(id: str) -> Tie:
    return make_tie(TieType.MEMBER_OF, (id, "hub"))


def test_another_ecosystems_own_is_never_in_a_scope() -> None:
    records = [partner("ours", owner=HUB), partner("theirs", owner=OTHER), partner("open")]
    ties = [
        member("open"),
        make_tie(TieType.PARTNERS_WITH, ("ours", "open"), {}, HUB),
        make_tie(TieType.PARTNERS_WITH, ("open", "theirs"), {}, OTHER),
    ]
    seen = snapshot(records, ties)
    assert names(seen) == {"ours", "open"}
    assert [tie.owner for tie in seen.ties if tie.type is TieType.PARTNERS_WITH] == [Owner(HUB)]
    assert names(snapshot(records, ties, scope=Scope())) == {"open"}


def test_an_ecosystems_record_overlays_a_public_partner_in_its_scope_only() -> None:
    records = [
        partner("open", website="https://old.example", observed="2020"),
        Record(
            NodeId("open"),
            Label.PARTNER,
            {"website": "https://new.example"},
            Owner(HUB),
            Provenance("us", observed_on="2021"),
        ),
    ]
    ties = [member("open")]
    assert snapshot(records, ties).get_node("open").properties["website"] == "https://new.example"
    public = snapshot(records, ties, scope=Scope())
    assert public.get_node("open").properties["website"] == "https://old.example"
    assert len(public.records("open")) == 1


def test_time_filters_nodes_ties_and_records() -> None:
    records = [
        partner("a", observed="2020"),
        partner("b", since="2010", until="2026-06-01"),
        partner("c", observed="2027"),
        partner("d"),
    ]
    ties = [
        *map(member, "abcd"),
        make_tie(TieType.PARTNERS_WITH, ("a", "d"), {"since": "2012", "until": "2016"}, episode="first"),
        make_tie(TieType.PARTNERS_WITH, ("a", "d"), {"since": "2020"}, episode="second"),
    ]
    seen = snapshot(records, ties)
    assert names(seen) == {"a", "d"}
    assert [tie.key.episode for tie in seen.ties if tie.type is TieType.PARTNERS_WITH] == ["second"]
    assert names(snapshot(records, ties, day=datetime.date(2026, 5, 31))) == {"a", "b", "d"}
    earlier = snapshot(records, ties, day=datetime.date(2013, 1, 1))
    assert [tie for tie in earlier.ties if tie.type is TieType.PARTNERS_WITH] == []
    assert names(earlier) == {"b", "d"}


def test_members_are_those_that_belong_their_parts_and_their_programs() -> None:
    records = [partner("district", "school_district"), partner("school"), partner("provider", "afterschool_provider")]
    records += [program("club"), partner("stranger")]
    ties = [
        member("district"),
        make_tie(TieType.PART_OF, ("school", "district"), {"kind": "district"}),
        make_tie(TieType.PARTICIPATES_IN, ("provider", "hub"), {"status": "invited"}),
        make_tie(TieType.OPERATES, ("provider", "club")),
    ]
    seen = snapshot(records, ties)
    assert {node.id for node, own in zip(seen.nodes, seen.member, strict=True) if own} == {
        "district",
        "school",
        "provider",
        "club",
    }
    assert "stranger" not in names(seen)


def test_the_withdrawn_leave_with_their_programs_and_facts() -> None:
    records = [partner("stays"), partner("leaves"), program("club"), partner("gone", withdrawn_everywhere=True)]
    need = Node(NodeId("need:1"), Label.NEED, {}, Owner(HUB))
    ties = [
        member("stays"),
        member("leaves"),
        make_tie(TieType.PARTICIPATES_IN, ("leaves", "hub"), {"status": "participating", "since": "2020"}, episode="1"),
        make_tie(TieType.PARTICIPATES_IN, ("leaves", "hub"), {"status": "withdrawn", "since": "2025"}, episode="2"),
        make_tie(TieType.OPERATES, ("leaves", "club")),
        make_tie(TieType.STATES, ("leaves", "need:1"), {}, HUB),
    ]
    seen = snapshot(records, ties, [need])
    assert names(seen) == {"stays"}
    assert seen.find_index("need:1") is None
    before = snapshot(records, ties, [need], day=datetime.date(2024, 1, 1))
    assert names(before) == {"stays", "leaves", "club"}
    assert before.find_index("need:1") is not None
    assert names(snapshot(records, ties, scope=Scope())) == {"stays", "leaves", "club"}


def test_reach_is_by_county_and_by_distance() -> None:
    records = [
        partner("m", latitude=45.0, longitude=-122.0),
        partner("near", latitude=45.5, longitude=-122.0),
        partner("far", latitude=46.0, longitude=-122.0),
        partner("county"),
        partner("elsewhere"),
        partner("college", "four_year_college", latitude=30.0, longitude=-90.0),
        place("here", "county"),
    ]
    ties = [member("m"), *(make_tie(TieType.LOCATED_IN, (id, "here")) for id in ("m", "county"))]
    seen = snapshot(records, ties)
    assert names(seen) == {"m", "near", "county", "college"}
    reach = {node.id for node, within in zip(seen.nodes, seen.reachable, strict=True) if within}
    assert reach == {"m", "near", "county"}
    wide = build_snapshot(
        Contents(Revision(1), (*REFERENCE_NODES, ecosystem("hub", reach_km=120.0)), tuple(records), tuple(ties)),
        Scope(HUB),
        DAY,
    )
    assert "far" in names(wide)


def test_a_part_without_a_place_is_where_the_whole_is() -> None:
    records = [partner("m"), partner("district", "school_district"), partner("school"), place("here", "county")]
    ties = [
        member("m"),
        make_tie(TieType.LOCATED_IN, ("m", "here")),
        make_tie(TieType.LOCATED_IN, ("district", "here")),
        make_tie(TieType.PART_OF, ("school", "district")),
    ]
    assert names(snapshot(records, ties)) == {"m", "district", "school"}


def test_a_program_is_at_its_sites_and_distance_is_to_the_nearest() -> None:
    records = [
        partner("provider", "afterschool_provider", latitude=44.0, longitude=-122.0),
        partner("one", latitude=45.0, longitude=-122.0),
        partner("two", latitude=45.2, longitude=-122.0),
        partner("asks", latitude=45.3, longitude=-122.0),
        program("club"),
    ]
    ties = [
        *map(member, ("provider", "one", "two", "asks")),
        make_tie(TieType.OPERATES, ("provider", "club")),
        make_tie(TieType.OFFERED_AT, ("club", "one"), {"seats": 10}),
        make_tie(TieType.OFFERED_AT, ("club", "two"), {"seats": 10}),
    ]
    seen = snapshot(records, ties)
    assert seen.sites(seen.index_of("club")) == ((45.0, -122.0), (45.2, -122.0))
    assert seen.distance_km(seen.index_of("asks"), seen.index_of("club")) == pytest.approx(11.12, abs=0.01)
    assert seen.distance_km(seen.index_of("asks"), seen.index_of("hub")) is None


def test_arrays_say_what_the_ties_say() -> None:
    records = [partner("a"), partner("b", "museum"), partner("c", "employer")]
    ties = [*map(member, "abc"), *(make_tie(TieType.PARTNERS_WITH, ends) for ends in (("a", "b"), ("c", "a")))]
    seen = snapshot(records, ties)
    a, b, c = (seen.index_of(id) for id in "abc")
    assert [other for other, _ in seen.both(a, TieType.PARTNERS_WITH)] == [b, c]
    assert seen.adjacency(TieType.PARTNERS_WITH).of(a).tolist() == [b, c]
    assert seen.adjacency(TieType.PARTNERS_WITH, backward=True).degrees().sum() == 2
    assert seen.sectors[b] == SECTOR_CODES[Sector.INFORMAL_LEARNING]
    assert not seen.member.flags.writeable
    with pytest.raises(NotFound):
        seen.index_of("zzz")


def test_the_hash_depends_on_what_is_seen_and_on_nothing_else() -> None:
    records = [partner("a"), partner("b"), partner("hidden", owner=OTHER)]
    ties = [member("a"), member("b"), make_tie(TieType.PARTNERS_WITH, ("a", "b"))]
    first = snapshot(records, ties)
    assert snapshot(records[::-1], ties[::-1]).graph_hash == first.graph_hash
    assert snapshot(records[:2], ties).graph_hash == first.graph_hash
    assert snapshot(records, ties[:2]).graph_hash != first.graph_hash


def test_distances_are_great_circles() -> None:
    assert distance_km((45.0, -122.0), (46.0, -122.0)) == pytest.approx(111.195, abs=0.001)
    assert distance_km((90.0, 0.0), (-90.0, 0.0)) == pytest.approx(np.pi * 6371.0088)
    assert np.isnan(distances_km((0.0, 0.0), np.array([np.nan]), np.array([1.0]))[0])


def test_where_no_membership_is_recorded_the_ecosystems_own_sheets_count() -> None:
    records = [partner("ours", owner=HUB), partner("open")]
    seen = snapshot(records)
    assert [node.id for node, own in zip(seen.nodes, seen.member, strict=True) if own] == ["ours"]
    stated = snapshot(records, [member("open")])
    assert [node.id for node, own in zip(stated.nodes, stated.member, strict=True) if own] == ["open"]
    assert "ours" in names(stated)


def test_a_membership_that_ended_is_not_in_force() -> None:
    records = [partner("a"), partner("b"), partner("c")]
    ties = [
        make_tie(TieType.MEMBER_OF, ("a", "hub"), {"until": "2026"}),
        make_tie(
            TieType.PARTICIPATES_IN, ("b", "hub"), {"status": "participating", "since": "2020", "until": "2026-06-01"}
        ),
        make_tie(TieType.PARTICIPATES_IN, ("c", "hub"), {"status": "participating", "since": "2026-06-01"}),
    ]
    assert names(snapshot(records, ties)) == {"c"}
    assert names(snapshot(records, ties, day=datetime.date(2025, 12, 31))) == {"a", "b"}


@pytest.mark.parametrize("other", ["invited", "participating", "paused"])
def test_of_two_standings_of_one_day_the_withdrawal_counts(other: str) -> None:
    ties = [
        member("b"),
        make_tie(TieType.PARTICIPATES_IN, ("a", "hub"), {"status": other, "since": "2025"}, HUB),
        make_tie(TieType.PARTICIPATES_IN, ("a", "hub"), {"status": "withdrawn", "since": "2025-01-01"}),
    ]
    assert names(snapshot([partner("a"), partner("b")], ties)) == {"b"}
    assert names(snapshot([partner("a"), partner("b")], ties[::-1])) == {"b"}


def test_a_withdrawal_of_unknown_date_counts_until_it_ends() -> None:
    back = make_tie(TieType.PARTICIPATES_IN, ("a", "hub"), {"status": "participating", "since": "2025"}, HUB)
    gone = make_tie(TieType.PARTICIPATES_IN, ("a", "hub"), {"status": "withdrawn"})
    ended = make_tie(TieType.PARTICIPATES_IN, ("a", "hub"), {"status": "withdrawn", "until": "2025"})
    assert names(snapshot([partner("a")], [back, gone])) == set()
    assert names(snapshot([partner("a")], [back, ended])) == {"a"}


def test_no_own_record_takes_back_what_a_partner_said_in_public() -> None:
    public = partner("a", withdrawn_everywhere=True)
    own = Record(
        NodeId("a"), Label.PARTNER, {"withdrawn_everywhere": False}, Owner(HUB), Provenance("us", observed_on="2026")
    )
    assert names(snapshot([public, own], [member("a")])) == set()
    told_here = partner("a", owner=HUB, withdrawn_everywhere=True)
    assert names(snapshot([partner("a"), told_here], [member("a")])) == set()
    assert names(snapshot([partner("a"), told_here], [member("a")], scope=Scope(OTHER))) == set()
    assert names(snapshot([partner("a"), told_here], scope=Scope())) == {"a"}


@pytest.mark.parametrize("scope", [Scope(), Scope(HUB)])
def test_who_is_withdrawn_everywhere_leaves_with_its_programs_and_all_that_names_it(scope: Scope) -> None:
    records = [partner("gone", withdrawn_everywhere=True), partner("stays"), program("theirs"), program("shared")]
    nodes = [
        Node(NodeId("s:1"), Label.SUGGESTION, {"pattern": "cross_sector", "source": "gone", "target": "stays"}),
        Node(NodeId("r:1"), Label.PAIR_RULE, {"first": "stays", "second": "gone", "rule": "already_met"}),
        Node(NodeId("g:1"), Label.RATING, {"rater": "gone", "measure": "m", "level": 3}),
        Node(NodeId("answer:1"), Label.ANSWER, {"side": "source", "answer": "no"}),
        Node(NodeId("s:2"), Label.SUGGESTION, {"pattern": "cross_sector", "source": "stays", "target": "shared"}),
    ]
    ties = [
        member("gone"),
        member("stays"),
        make_tie(TieType.OPERATES, ("gone", "theirs")),
        make_tie(TieType.OPERATES, ("gone", "shared")),
        make_tie(TieType.OPERATES, ("stays", "shared")),
        make_tie(TieType.HAS, ("hub", "s:1")),
        make_tie(TieType.HAS, ("hub", "r:1")),
        make_tie(TieType.HAS, ("stays", "g:1")),
        make_tie(TieType.HAS, ("s:1", "answer:1")),
        make_tie(TieType.HAS, ("hub", "s:2")),
    ]
    seen = snapshot(records, ties, nodes, scope)
    assert names(seen) == {"stays", "shared"}
    assert [node.id for node in seen.nodes if node.label in {node.label for node in nodes}] == ["s:2"]


def test_valid_time_counts_for_ties_and_the_day_of_observation_for_records() -> None:
    late = Provenance("a survey", observed_on="2026")
    tie = make_tie(TieType.PARTNERS_WITH, ("a", "b"), {"since": "2012"}, provenance=late)
    unknown = make_tie(TieType.FUNDS, ("a", "b"), provenance=late)
    seen = snapshot(
        [partner("a"), partner("b")], [member("a"), member("b"), tie, unknown], day=datetime.date(2015, 1, 1)
    )
    assert {found.type for found in seen.ties} == {TieType.MEMBER_OF, TieType.PARTNERS_WITH, TieType.FUNDS}


def test_what_was_not_whole_by_the_day_is_not_there_yet() -> None:
    correction = Record(NodeId("a"), Label.PARTNER, {"website": "w"}, provenance=Provenance("us", observed_on="2020"))
    records = [partner("a", observed="2024"), correction]
    assert names(snapshot(records, [member("a")], day=datetime.date(2022, 1, 1))) == set()
    assert names(snapshot(records, [member("a")], day=datetime.date(2024, 1, 1))) == {"a"}


def test_circles_of_parts_places_and_redirects_end() -> None:
    records = [partner("a"), partner("b"), place("x", "city"), place("y", "county")]
    circles = [("a", "b"), ("b", "a"), ("x", "y"), ("y", "x")]
    nodes = [Node(NodeId("r1"), Label.REDIRECT, {"to": "r2"}), Node(NodeId("r2"), Label.REDIRECT, {"to": "r1"})]
    ties = [member("a"), *(make_tie(TieType.PART_OF, ends) for ends in circles)]
    seen = snapshot(records, [*ties, make_tie(TieType.LOCATED_IN, ("b", "x"))], nodes)
    assert names(seen) == {"a", "b"}
    assert seen.member[seen.index_of("b")]


def test_seats_and_accreditation_follow_from_ties() -> None:
    records = [partner("one"), partner("two"), partner("body", "accreditor"), program("club"), program("new")]
    ties = [
        *map(member, ("one", "two", "club", "new")),
        make_tie(TieType.OFFERED_AT, ("club", "one"), {"seats": 12}),
        make_tie(TieType.OFFERED_AT, ("club", "two"), {"seats": 8}),
        make_tie(TieType.OFFERED_AT, ("new", "two")),
        make_tie(TieType.ACCREDITS, ("body", "club"), {"status": "candidate", "since": "2020"}, episode="1"),
        make_tie(TieType.ACCREDITS, ("body", "club"), {"status": "accredited", "since": "2023"}, episode="2"),
    ]
    seen = snapshot(records, ties)
    club, new = seen.index_of("club"), seen.index_of("new")
    assert (program_seats(seen, club), program_seats(seen, new)) == (20, None)
    assert (program_accreditation(seen, club), program_accreditation(seen, new)) == (
        AccreditationStatus.ACCREDITED,
        None,
    )


@given(
    st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), max_size=8),
    st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), max_size=8),
    st.floats(0, 20_100),
)
def test_being_within_reach_is_having_a_short_distance(
    origins: list[tuple[float, float]], points: list[tuple[float, float]], reach: float
) -> None:
    expected = [any(distance_km(origin, point) <= reach for origin in origins) for point in points]
    assert is_within(origins, points, reach).tolist() == expected


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Record], list[Tie]]:
    """Return Records and ties of three owners; every text says whose it is."""
    records, ids = [], ["p1", "p2", "p3", "p4"]
    for id in ids:
        for owner in draw(st.lists(st.sampled_from([PUBLIC, HUB, OTHER]), min_size=1, max_size=3, unique=True)):
            kind = draw(st.sampled_from(["library", "four_year_college", "employer"]))
            records.append(partner(id, kind, owner, description=f"mark-{owner}", x_note=f"mark-{owner}"))
    ties = [make_tie(TieType.MEMBER_OF, (id, "hub"), {"role": "mark-public"}) for id in ids]
    for one, other in (("p1", "p2"), ("p2", "p3"), ("p3", "p4")):
        owner = draw(st.sampled_from([PUBLIC, HUB, OTHER]))
        ties.append(make_tie(TieType.PARTNERS_WITH, (one, other), {"link": f"mark-{owner}"}, owner))
    return records, ties


def texts_in(seen: Snapshot) -> set[str]:
    elements: list[Node | Tie | Record] = [*seen.nodes, *seen.ties]
    elements += [record for node in seen.nodes for record in seen.records(node.id)]
    return {str(value) for element in elements for value in (*element.properties.values(), element.owner)}


@given(worlds())
def test_no_field_of_another_owner_is_in_a_scope(world: tuple[list[Record], list[Tie]]) -> None:
    for scope, foreign in ((Scope(HUB), {OTHER}), (Scope(OTHER), {HUB}), (Scope(), {HUB, OTHER})):
        seen = texts_in(snapshot(*world, scope=scope)) - {"Hub", "Other"}
        assert not {f"mark-{owner}" for owner in foreign} & seen
        assert not set(map(str, foreign)) & seen


@given(worlds(), st.data())
def test_the_order_of_contents_changes_no_array(world: tuple[list[Record], list[Tie]], data: st.DataObject) -> None:
    one = snapshot(*world)
    two = snapshot(data.draw(st.permutations(world[0])), data.draw(st.permutations(world[1])))
    assert one.graph_hash == two.graph_hash
    assert (one.nodes, one.ties) == (two.nodes, two.ties)
    assert [one.records(node.id) for node in one.nodes] == [two.records(node.id) for node in two.nodes]
    for name in ("labels", "sectors", "member", "reachable"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
    for type in TieType:
        assert np.array_equal(one.adjacency(type).others, two.adjacency(type).others)


@given(worlds())
def test_renaming_ids_renames_and_changes_nothing_else(world: tuple[list[Record], list[Tie]]) -> None:
    def renamed(id: NodeId) -> NodeId:
        return NodeId(f"q{id}") if id in {"p1", "p2", "p3", "p4"} else id

    def flags(seen: Snapshot, name: str) -> dict[NodeId, object]:
        return {node.id: flag for node, flag in zip(seen.nodes, getattr(seen, name).tolist(), strict=True)}

    records = [replace(record, about=renamed(record.about)) for record in world[0]]
    ties = [
        replace(tie, key=replace(tie.key, source=renamed(tie.source), target=renamed(tie.target))) for tie in world[1]
    ]
    one, two = snapshot(*world), snapshot(records, ties)
    for name in ("member", "reachable", "sectors", "labels"):
        assert {renamed(id): flag for id, flag in flags(one, name).items()} == flags(two, name)
    was = {(renamed(tie.source), tie.type, renamed(tie.target), tie.owner) for tie in one.ties}
    assert was == {(tie.source, tie.type, tie.target, tie.owner) for tie in two.ties}
