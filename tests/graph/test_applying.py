"""What could slip past a batch's checks: overlays, changed types, keys the wrong way round, cycles, moved Records."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import pytest

from matchmaker.errors import Conflict, InvalidInput
from matchmaker.graph.applying import Effects, effects_of, founding_state
from matchmaker.graph.contents import Stored
from matchmaker.model.canonical import Value
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import Node, Provenance, Record, Tie, TieKey, make_tie
from matchmaker.model.ids import PUBLIC, NodeId, Owner, RecordId
from matchmaker.model.records import resolve_stored
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


class Image:
    """A graph in memory, read as `effects_of` reads one."""

    def __init__(self, *elements: Node | Record | Tie) -> None:
        self._records = [Stored(one, 1) for one in elements if isinstance(one, Record)]
        self._ties = [Stored(one, 1) for one in elements if isinstance(one, Tie)]
        known = [*REFERENCE_NODES, *(one for one in elements if isinstance(one, Node))]
        described = {stored.element.about for stored in self._records}
        known += [node for id in described if (node := resolve_stored(self._about(id))) is not None]
        self._nodes = {node.id: Stored(node, 1) for node in known}

    def _about(self, id: NodeId) -> list[Record]:
        return [stored.element for stored in self._records if stored.element.about == id]

    def nodes(self, ids: Collection[NodeId]) -> Mapping[NodeId, Stored[Node]]:
        return {id: self._nodes[id] for id in ids if id in self._nodes}

    def records(self, ids: Collection[RecordId]) -> Mapping[RecordId, Stored[Record]]:
        return {stored.element.id: stored for stored in self._records if stored.element.id in ids}

    def records_about(self, ids: Collection[NodeId]) -> Mapping[NodeId, Sequence[Stored[Record]]]:
        found: dict[NodeId, list[Stored[Record]]] = {}
        for stored in self._records:
            if stored.element.about in ids:
                found.setdefault(stored.element.about, []).append(stored)
        return found

    def ties(self, keys: Collection[TieKey]) -> Mapping[TieKey, Stored[Tie]]:
        return {stored.element.key: stored for stored in self._ties if stored.element.key in keys}

    def ties_between(self, keys: Collection[TieKey]) -> Sequence[Stored[Tie]]:
        groups = {replace(key, episode="") for key in keys}
        return [stored for stored in self._ties if replace(stored.element.key, episode="") in groups]

    def ties_at(self, ids: Collection[NodeId]) -> Sequence[Stored[Tie]]:
        return [stored for stored in self._ties if {stored.element.source, stored.element.target} & set(ids)]

    def ties_from(self, ids: Collection[NodeId], type: TieType) -> Sequence[Stored[Tie]]:
        return [stored for stored in self._ties if stored.element.source in ids and stored.element.type is type]


def effects(there: Image, changes: ChangeSet) -> Effects:
    return effects_of(changes, there, founding_state())


def refusals(there: Image, changes: ChangeSet) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        effects(there, changes)
    return [finding.message for finding in caught.value.findings]


def test_a_public_record_can_not_go_from_under_an_overlay() -> None:
    public = partner("a")
    there = Image(public, overlay("a", website="https://a.example"))
    assert refusals(there, ChangeSet(removed_records=(public.id,))) == [
        "name is missing",
        "organization_type is missing",
    ]


def test_a_public_record_can_not_go_from_under_the_ties_of_others() -> None:
    public, own, other = partner("a"), partner("a", owner=HUB), partner("b")
    ties = [make_tie(TieType.PARTNERS_WITH, ("a", "b"), {}, owner) for owner in (PUBLIC, HUB, OTHER)]
    there = Image(public, own, other, *ties)
    assert refusals(there, ChangeSet(removed_records=(public.id,))) == ["a is not known here"] * 2
    gone = effects(there, ChangeSet(removed_records=(public.id,), removed_ties=(ties[0].key, ties[2].key)))
    assert [node.owner for node in gone.nodes] == [HUB]


@pytest.mark.parametrize("owner", [PUBLIC, HUB])
def test_a_type_can_not_change_under_a_tie_that_rests_on_it(owner: Owner) -> None:
    college = partner("a", "four_year_college")
    there = Image(college, program("c"), make_tie(TieType.RECOGNIZES, ("a", "c"), {}, owner))
    museum = replace(partner("a", "museum"), provenance=college.provenance)
    assert refusals(there, ChangeSet(records=(museum,))) == ["these ends are not allowed"]


def test_an_overlay_changes_what_its_own_ties_rest_on_and_no_others() -> None:
    overlaid = overlay("a", wbl_offered=("job_shadow",))
    there = Image(partner("a"), program("c"), overlaid)
    own, public = (make_tie(TieType.HOSTS_WBL, ("a", "c"), {}, owner) for owner in (HUB, PUBLIC))
    assert effects(there, ChangeSet(ties=(own,))).ties == (own,)
    assert refusals(there, ChangeSet(ties=(public,))) == ["these ends are not allowed"]
    tied = Image(partner("a"), program("c"), overlaid, own)
    assert refusals(tied, ChangeSet(removed_records=(overlaid.id,))) == ["these ends are not allowed"]


def test_another_ecosystems_own_can_not_be_tied_to_or_told_from_nothing() -> None:
    there = Image(partner("secret", owner=OTHER), partner("b"))
    for end in ("secret", "nothing"):
        tie = make_tie(TieType.PARTNERS_WITH, ("b", end), {}, HUB)
        assert refusals(there, ChangeSet(ties=(tie,))) == [f"{end} is not known here"]


def test_one_id_may_be_public_and_two_ecosystems_own_but_of_one_label() -> None:
    there = Image(partner("a", owner=HUB))
    assert effects(there, ChangeSet(records=(partner("a"),))).nodes[0].owner == PUBLIC
    assert [record.owner for record in effects(there, ChangeSet(records=(partner("a", owner=OTHER),))).records] == [
        OTHER
    ]
    assert refusals(there, ChangeSet(records=(program("a"),))) == ["the id is taken"]
    assert refusals(there, ChangeSet(nodes=(Node(NodeId("a"), Label.TOPIC, {"name": "A"}),))) == ["the id is taken"]


def test_an_undirected_key_counts_whichever_way_round_it_is_given() -> None:
    tie = make_tie(TieType.PARTNERS_WITH, ("a", "b"))
    backward = replace(tie.key, source=tie.target, target=tie.source)
    there = Image(partner("a"), partner("b"), tie)
    assert effects(there, ChangeSet(expect={backward: 1})).changes == ()
    with pytest.raises(Conflict) as caught:
        effects(there, ChangeSet(expect_absent=frozenset({backward})))
    assert (caught.value.expected, caught.value.found) == (0, 1)
    assert effects(there, ChangeSet(removed_ties=(backward,))).removed_ties == (tie.key,)
    assert refusals(there, ChangeSet(ties=(tie,), removed_ties=(backward,))) == ["is both put and removed in one batch"]
    directed = make_tie(TieType.FUNDS, ("b", "a"))
    there = Image(partner("a"), partner("b"), directed)
    assert (
        effects(there, ChangeSet(removed_ties=(replace(directed.key, source=NodeId("a"), target=NodeId("b")),))).changes
        == ()
    )


def test_an_episode_counts_however_it_is_spaced_or_composed() -> None:
    tie = make_tie(TieType.FUNDS, ("a", "b"), {}, PUBLIC, "Caf\xe9")
    there = Image(partner("a"), partner("b"), tie)
    assert effects(there, ChangeSet(removed_ties=(replace(tie.key, episode=" Cafe\u0301 "),))).removed_ties == (
        tie.key,
    )


def test_odd_values_are_refused_and_not_stumbled_over() -> None:
    odd: list[object] = [{"a": 1}, [["a"]], [{"a"}], object(), b"a", (None,), 1j]
    for value in odd:
        record = overlay("a", aliases=value)  # type: ignore[arg-type]  # what an edge may hand on
        assert len(refusals(Image(partner("a")), ChangeSet(records=(record,)))) == 1


def test_a_merge_moves_records_and_leaves_a_redirect_and_an_unmerge_takes_it_back() -> None:
    first, second = partner("a", source="one"), partner("b", source="two", website="https://b.example")
    there = Image(first, second)
    moved = replace(second, about=NodeId("a"), origin=NodeId("b"))
    merged = effects(there, ChangeSet(records=(moved,)))
    assert (merged.removed_nodes, [record.id for record in merged.records]) == ((NodeId("b"),), [second.id])
    assert merged.nodes[0].properties["website"] == "https://b.example"
    redirect = Node(NodeId("b"), Label.REDIRECT, {"to": "a"})
    there = Image(first, moved)
    assert effects(there, ChangeSet(nodes=(redirect,))).nodes == (redirect,)
    there = Image(first, moved, redirect)
    assert effects(there, ChangeSet(removed_nodes=(NodeId("b"),))).removed_nodes == (NodeId("b"),)
    back = effects(Image(first, moved), ChangeSet(records=(second,)))
    assert [node.id for node in back.nodes] == ["a", "b"]
    assert [(record.about, record.origin) for record in back.records] == [(NodeId("b"), None)]


def test_a_whole_job_of_records_takes_few_reads() -> None:
    class Counting(Image):
        reads = 0

        def records_about(self, ids: Collection[NodeId]) -> Mapping[NodeId, Sequence[Stored[Record]]]:
            Counting.reads += 1
            return super().records_about(ids)

    there = Counting()
    done = effects(there, ChangeSet(records=tuple(partner(f"p{number}") for number in range(2000))))
    assert len(done.nodes) == len(done.records) == 2000
    assert Counting.reads <= 3


def test_a_merge_is_one_batch() -> None:
    first, second = partner("a"), partner("b", source="elsewhere")
    redirect = Node(NodeId("b"), Label.REDIRECT, {"to": "a"})
    moved = replace(second, about=NodeId("a"), origin=NodeId("b"))
    done = effects(Image(first, second), ChangeSet(nodes=(redirect,), records=(moved,)))
    assert done.nodes == (redirect,)
    assert done.records == (moved,)
    assert done.removed_nodes == ()
    assert refusals(Image(first, second), ChangeSet(nodes=(redirect,))) == ["the id is taken"]


def part_of(part: str, whole: str, owner: str = PUBLIC) -> Tie:
    return make_tie(TieType.PART_OF, (part, whole), {"kind": "parent"}, owner)


def test_nothing_is_a_part_of_itself() -> None:
    partners = [partner(id) for id in "abcd"]
    there = Image(*partners, part_of("a", "b"), part_of("b", "c"))
    with pytest.raises(InvalidInput) as caught:
        effects(there, ChangeSet(ties=(part_of("c", "a"),)))
    (finding,) = caught.value.findings
    assert (finding.message, finding.value) == ("it would be a part of itself", "c → a → b → c")
    ring = ChangeSet(ties=(part_of("a", "b"), part_of("b", "c"), part_of("c", "a")))
    assert refusals(Image(*partners), ring) == ["it would be a part of itself"] * 3
    assert len(effects(there, ChangeSet(ties=(part_of("a", "c"), part_of("d", "a")))).ties) == 2
    away = ChangeSet(ties=(part_of("c", "a"),), removed_ties=(part_of("a", "b").key,))
    assert len(effects(there, away).ties) == 1


def test_an_ecosystem_sees_no_ring_and_learns_of_no_other_ones() -> None:
    partners = [partner(id) for id in "ab"]
    own = Image(*partners, part_of("a", "b"))
    assert refusals(own, ChangeSet(ties=(part_of("b", "a", HUB),))) == ["it would be a part of itself"]
    others = Image(*partners, part_of("a", "b", OTHER))
    assert len(effects(others, ChangeSet(ties=(part_of("b", "a", HUB),))).ties) == 1
    assert len(effects(others, ChangeSet(ties=(part_of("b", "a"),))).ties) == 1
