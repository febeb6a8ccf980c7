"""What could slip past a batch's checks: overlays, changed types, keys the wrong way round, cycles, moved Records."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import pytest

from matchmaker.errors import Conflict, InvalidInput
from matchmaker.exchange.image import GraphImage
from matchmaker.graph.applying import Effects, effects_of, founding_state
from matchmaker.graph.contents import Contents, Stored
from matchmaker.model.canonical import Value
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import Node, Provenance, Record, Tie, make_tie
from matchmaker.model.ids import PUBLIC, NodeId, Owner, Revision
from matchmaker.model.reference import REFERENCE_NODES
from matchmaker.model.vocabulary import Label, TieType

HUB, OTHER = Owner("hub"), Owner("other")


def partner(id: str, type: str = "library", owner: str = PUBLIC, source: str = "", **fields: Value) -> Record:
    held: dict[str, Value] = {"name": id, "organization_type": type, "organization_types": (type,), **fields}
    return Record(NodeId(id), Label.PARTNER, held, Owner(owner), Provenance(source or owner))


def program(id: str) -> Record:
    return Record(NodeId(id), Label.PROGRAM, {"name": id, "program_type": "club"})


def overlay(id: str, owner: Owner = HUB, **fields: Value) -> Record:
    return Record(NodeId(id), Label.PARTNER, fields, owner, Provenance("overlay"))


def image(*elements: Node | Record | Tie) -> GraphImage:
    nodes = [*REFERENCE_NODES, *(one for one in elements if isinstance(one, Node))]
    records = tuple(one for one in elements if isinstance(one, Record))
    return GraphImage(
        Contents(Revision(1), tuple(nodes), records, tuple(one for one in elements if isinstance(one, Tie)))
    )


def effects(there: GraphImage, changes: ChangeSet) -> Effects:
    return effects_of(changes, there, founding_state())


def refusals(there: GraphImage, changes: ChangeSet) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        effects(there, changes)
    return [finding.message for finding in caught.value.findings]


def test_a_public_record_can_not_go_from_under_an_overlay() -> None:
    public = partner("a")
    there = image(public, overlay("a", website="https://a.example"))
    assert refusals(there, ChangeSet(removed_records=(public.id,))) == [
        "name is missing",
        "organization_type is missing",
    ]


def test_a_public_record_can_not_go_from_under_the_ties_of_others() -> None:
    public, own, other = partner("a"), partner("a", owner=HUB), partner("b")
    ties = [make_tie(TieType.PARTNERS_WITH, ("a", "b"), {}, owner) for owner in (PUBLIC, HUB, OTHER)]
    there = image(public, own, other, *ties)
    assert refusals(there, ChangeSet(removed_records=(public.id,))) == ["a is not known here"] * 2
    gone = effects(there, ChangeSet(removed_records=(public.id,), removed_ties=(ties[0].key, ties[2].key)))
    assert [node.owner for node in gone.nodes] == [HUB]


@pytest.mark.parametrize("owner", [PUBLIC, HUB])
def test_a_type_can_not_change_under_a_tie_that_rests_on_it(owner: Owner) -> None:
    college = partner("a", "four_year_college")
    there = image(college, program("c"), make_tie(TieType.RECOGNIZES, ("a", "c"), {}, owner))
    museum = replace(partner("a", "museum"), provenance=college.provenance)
    assert refusals(there, ChangeSet(records=(museum,))) == ["these ends are not allowed"]


def test_an_overlay_changes_what_its_own_ties_rest_on_and_no_others() -> None:
    overlaid = overlay("a", wbl_offered=("job_shadow",))
    there = image(partner("a"), program("c"), overlaid)
    own, public = (make_tie(TieType.HOSTS_WBL, ("a", "c"), {}, owner) for owner in (HUB, PUBLIC))
    assert effects(there, ChangeSet(ties=(own,))).ties == (own,)
    assert refusals(there, ChangeSet(ties=(public,))) == ["these ends are not allowed"]
    tied = image(partner("a"), program("c"), overlaid, own)
    assert refusals(tied, ChangeSet(removed_records=(overlaid.id,))) == ["these ends are not allowed"]


def test_another_ecosystems_own_can_not_be_tied_to_or_told_from_nothing() -> None:
    there = image(partner("secret", owner=OTHER), partner("b"))
    for end in ("secret", "nothing"):
        tie = make_tie(TieType.PARTNERS_WITH, ("b", end), {}, HUB)
        assert refusals(there, ChangeSet(ties=(tie,))) == [f"{end} is not known here"]


def test_one_id_may_be_public_and_two_ecosystems_own_but_of_one_label() -> None:
    there = image(partner("a", owner=HUB))
    assert effects(there, ChangeSet(records=(partner("a"),))).nodes[0].owner == PUBLIC
    assert [record.owner for record in effects(there, ChangeSet(records=(partner("a", owner=OTHER),))).records] == [
        OTHER
    ]
    assert refusals(there, ChangeSet(records=(program("a"),))) == ["the id is taken"]
    assert refusals(there, ChangeSet(nodes=(Node(NodeId("a"), Label.TOPIC, {"name": "A"}),))) == ["the id is taken"]


def test_an_undirected_key_counts_whichever_way_round_it_is_given() -> None:
    tie = make_tie(TieType.PARTNERS_WITH, ("a", "b"))
    backward = replace(tie.key, source=tie.target, target=tie.source)
    there = image(partner("a"), partner("b"), tie)
    assert effects(there, ChangeSet(expect={backward: 1})).changes == ()
    with pytest.raises(Conflict) as caught:
        effects(there, ChangeSet(expect_absent=frozenset({backward})))
    assert (caught.value.expected, caught.value.found) == (0, 1)
    assert effects(there, ChangeSet(removed_ties=(backward,))).removed_ties == (tie.key,)
    assert refusals(there, ChangeSet(ties=(tie,), removed_ties=(backward,))) == ["is both put and removed in one batch"]
    directed = make_tie(TieType.FUNDS, ("b", "a"))
    there = image(partner("a"), partner("b"), directed)
    assert (
        effects(there, ChangeSet(removed_ties=(replace(directed.key, source=NodeId("a"), target=NodeId("b")),))).changes
        == ()
    )


def test_an_episode_counts_however_it_is_spaced_or_composed() -> None:
    tie = make_tie(TieType.FUNDS, ("a", "b"), {}, PUBLIC, "Caf\xe9")
    there = image(partner("a"), partner("b"), tie)
    assert effects(there, ChangeSet(removed_ties=(replace(tie.key, episode=" Cafe\u0301 "),))).removed_ties == (
        tie.key,
    )


def test_odd_values_are_refused_and_not_stumbled_over() -> None:
    odd: list[object] = [{"a": 1}, [["a"]], [{"a"}], object(), b"a", (None,), 1j]
    for value in odd:
        record = overlay("a", aliases=value)  # type: ignore[arg-type]  # what an edge may hand on
        assert len(refusals(image(partner("a")), ChangeSet(records=(record,)))) == 1


def test_a_merge_moves_records_and_leaves_a_redirect_and_an_unmerge_takes_it_back() -> None:
    first, second = partner("a", source="one"), partner("b", source="two", website="https://b.example")
    there = image(first, second)
    moved = replace(second, about=NodeId("a"), origin=NodeId("b"))
    merged = effects(there, ChangeSet(records=(moved,)))
    assert (merged.removed_nodes, [record.id for record in merged.records]) == ((NodeId("b"),), [second.id])
    assert merged.nodes[0].properties["website"] == "https://b.example"
    redirect = Node(NodeId("b"), Label.REDIRECT, {"to": "a"})
    there = image(first, moved)
    assert effects(there, ChangeSet(nodes=(redirect,))).nodes == (redirect,)
    there = image(first, moved, redirect)
    assert effects(there, ChangeSet(removed_nodes=(NodeId("b"),))).removed_nodes == (NodeId("b"),)
    back = effects(image(first, moved), ChangeSet(records=(second,)))
    assert [node.id for node in back.nodes] == ["a", "b"]
    assert [(record.about, record.origin) for record in back.records] == [(NodeId("b"), None)]


def test_a_whole_job_of_records_takes_few_reads() -> None:
    class Counting(GraphImage):
        reads = 0

        def records_about(self, ids: Collection[NodeId]) -> Mapping[NodeId, Sequence[Stored[Record]]]:
            Counting.reads += 1
            return super().records_about(ids)

    there = Counting(Contents(Revision(0), REFERENCE_NODES, (), ()))
    done = effects(there, ChangeSet(records=tuple(partner(f"p{number}") for number in range(2000))))
    assert len(done.nodes) == len(done.records) == 2000
    assert Counting.reads <= 3
