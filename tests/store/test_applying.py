"""What a batch does, worked out on a graph in dicts: every number and every word is written out here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.errors import Conflict, InvalidInput
from matchmaker.graph.applying import Effects, StoreState, effects_of, founding_state
from matchmaker.graph.contents import Stored
from matchmaker.model.canonical import HASH_MODULUS, add_digests
from matchmaker.model.changes import MAXIMUM_ELEMENTS, Change, ChangeSet
from matchmaker.model.elements import Node, Record, Tie, TieKey, make_tie
from matchmaker.model.ids import NodeId, RecordId, Revision
from matchmaker.model.records import resolve_stored
from matchmaker.model.reference import REFERENCE_NODES
from matchmaker.model.vocabulary import TieType
from matchmaker.testing.contract.examples import (
    ALPHA,
    BETA,
    about,
    agreement,
    correction,
    partner,
    partners_with,
    program,
    said_by,
    topic,
)


class Graph:
    """A graph in dicts, as `effects_of` reads it; it counts what it is asked."""

    def __init__(self) -> None:
        self.state = founding_state()
        self.known_nodes = {node.id: Stored(node, 0) for node in REFERENCE_NODES}
        self.known_records: dict[RecordId, Stored[Record]] = {}
        self.known_ties: dict[TieKey, Stored[Tie]] = {}
        self.asked: list[str] = []

    def nodes(self, ids: Collection[NodeId]) -> Mapping[NodeId, Stored[Node]]:
        self.asked.append("nodes")
        return {id: self.known_nodes[id] for id in ids if id in self.known_nodes}

    def records(self, ids: Collection[RecordId]) -> Mapping[RecordId, Stored[Record]]:
        self.asked.append("records")
        return {id: self.known_records[id] for id in ids if id in self.known_records}

    def records_about(self, ids: Collection[NodeId]) -> Mapping[NodeId, Sequence[Stored[Record]]]:
        self.asked.append("records_about")
        about = {id: [kept for kept in self.known_records.values() if kept.element.about == id] for id in ids}
        return {id: known for id, known in about.items() if known}

    def ties(self, keys: Collection[TieKey]) -> Mapping[TieKey, Stored[Tie]]:
        self.asked.append("ties")
        return {key: self.known_ties[key] for key in keys if key in self.known_ties}

    def ties_between(self, keys: Collection[TieKey]) -> Sequence[Stored[Tie]]:
        self.asked.append("ties_between")
        asked = {replace(key, episode="") for key in keys}
        return [kept for key, kept in self.known_ties.items() if replace(key, episode="") in asked]

    def ties_at(self, ids: Collection[NodeId]) -> Sequence[Stored[Tie]]:
        self.asked.append("ties_at")
        return [kept for key, kept in self.known_ties.items() if {key.source, key.target} & set(ids)]

    def ties_from(self, ids: Collection[NodeId], type: TieType) -> Sequence[Stored[Tie]]:
        self.asked.append("ties_from")
        return [kept for key, kept in self.known_ties.items() if key.source in ids and key.type is type]

    def effects(self, changes: ChangeSet) -> Effects:
        return effects_of(changes, self, self.state)

    def apply(self, changes: ChangeSet) -> Effects:
        effects = self.effects(changes)
        for node_id in effects.removed_nodes:
            del self.known_nodes[node_id]
        for record_id in effects.removed_records:
            del self.known_records[record_id]
        for key in effects.removed_ties:
            del self.known_ties[key]
        revision = effects.state.revision
        self.known_nodes |= {node.id: Stored(node, revision) for node in effects.nodes}
        self.known_records |= {record.id: Stored(record, revision) for record in effects.records}
        self.known_ties |= {tie.key: Stored(tie, revision) for tie in effects.ties}
        self.state = effects.state
        return effects

    def findings(self, changes: ChangeSet) -> list[str]:
        with pytest.raises(InvalidInput) as caught:
            self.effects(changes)
        return [finding.sentence() for finding in caught.value.findings]


@pytest.fixture
def graph() -> Graph:
    """Two partners, a program and a topic; the library runs the club."""
    made = Graph()
    made.apply(
        ChangeSet(
            nodes=(topic("robotics"),),
            records=(partner("library"), partner("museum", "museum"), program("club")),
            ties=(make_tie(TieType.OPERATES, ("library", "club")),),
        )
    )
    return made


def test_a_new_store_holds_the_sums_of_its_reference_data() -> None:
    state = founding_state()
    assert state.revision == 0
    assert state.graph_sum == sum(node.graph_digest() for node in REFERENCE_NODES) % HASH_MODULUS
    assert state.content_sum == sum(node.content_digest() for node in REFERENCE_NODES) % HASH_MODULUS


def test_effects_name_every_write_the_log_and_the_new_state(graph: Graph) -> None:
    record, tie = partner("shop"), partners_with("shop", "library", level_by_source=3)
    effects = graph.effects(ChangeSet(nodes=(topic("art", name="Art"),), records=(record,), ties=(tie,)))
    shop = resolve_stored([record])
    assert shop is not None
    assert effects.nodes == (topic("art", name="Art"), shop)
    assert (effects.records, effects.ties) == ((record,), (tie,))
    assert (effects.removed_nodes, effects.removed_records, effects.removed_ties) == ((), (), ())
    assert effects.changes == (
        Change(Revision(2), "node", "art", removed=False),
        Change(Revision(2), "node", "shop", removed=False),
        Change(Revision(2), "record", record.id, removed=False),
        Change(Revision(2), "tie", tie.id, removed=False),
    )
    graph_sum = (
        graph.state.graph_sum + topic("art", name="Art").graph_digest() + shop.graph_digest() + tie.graph_digest()
    )
    assert effects.state.revision == 2
    assert effects.state.graph_sum == graph_sum % HASH_MODULUS


def test_a_batch_without_effect_leaves_the_state_as_it_is(graph: Graph) -> None:
    for changes in (
        ChangeSet(),
        ChangeSet(nodes=(topic("robotics"),), records=(partner("library"),)),
        ChangeSet(removed_nodes=(NodeId("none"),), removed_records=(RecordId("record:0"),)),
    ):
        effects = graph.effects(changes)
        assert effects == Effects(graph.state, (), (), (), (), (), (), ())


def test_a_changed_node_swaps_its_digest(graph: Graph) -> None:
    before = graph.state
    graph.apply(ChangeSet(nodes=(topic("robotics", name="Rockets"),)))
    old, new = topic("robotics"), topic("robotics", name="Rockets")
    assert graph.state.graph_sum == (before.graph_sum - old.graph_digest() + new.graph_digest()) % HASH_MODULUS
    graph.apply(ChangeSet(nodes=(old,)))
    assert graph.state == StoreState(Revision(3), before.graph_sum, before.content_sum)


def test_canonical_elements_are_what_is_written(graph: Graph) -> None:
    messy = partner("shop", name="  Cafe\u0301 ", aliases=("b", "a", "b", ""), latitude=-0.0)
    (written,) = graph.effects(ChangeSet(records=(messy,))).records
    assert dict(written.properties) == {
        "aliases": ("a", "b"),
        "latitude": 0.0,
        "name": "Caf\xe9",
        "organization_type": "library",
        "organization_types": ("library",),
    }
    assert str(written.properties["latitude"]) == "0.0"


def test_the_reader_is_asked_a_fixed_number_of_times(graph: Graph) -> None:
    counts = []
    for size in (1, 50):
        graph.asked.clear()
        records = tuple(partner(f"p{number}") for number in range(size))
        graph.effects(ChangeSet(records=records, ties=tuple(partners_with(one.about, "library") for one in records)))
        counts.append(len(graph.asked))
    assert counts[0] == counts[1] <= 10


def test_size_is_checked_before_anything_is_read(graph: Graph) -> None:
    graph.asked.clear()
    many = tuple(NodeId(f"n{number}") for number in range(MAXIMUM_ELEMENTS + 1))
    assert graph.findings(ChangeSet(removed_nodes=many)) == [
        "the batch: too many elements (got '50001'); valid: at most 50000; larger loads are jobs of batches"
    ]
    assert graph.asked == []
    assert graph.effects(ChangeSet(removed_nodes=many[1:])).changes == ()


def test_conflicts_come_before_findings(graph: Graph) -> None:
    changes = ChangeSet(nodes=(topic("Not an id"),), expect={NodeId("robotics"): 7})
    with pytest.raises(Conflict, match="robotics has changed: expected version 7, found version 1"):
        graph.effects(changes)
    with pytest.raises(Conflict, match="the store has changed: expected version 9, found version 1"):
        graph.effects(replace(changes, if_revision=Revision(9)))


def test_the_first_conflict_by_key_is_the_one_reported(graph: Graph) -> None:
    keys = [NodeId("museum"), NodeId("library"), NodeId("robotics")]
    for given_keys in (keys, keys[::-1]):
        with pytest.raises(Conflict) as caught:
            graph.effects(ChangeSet(expect=dict.fromkeys(given_keys, 5)))
        assert caught.value.element == "library"


def test_keys_that_can_not_be_are_absent(graph: Graph) -> None:
    odd = NodeId("\ud800 not an id")
    odd_tie = TieKey(TieType.FUNDS, odd, NodeId("library"))
    assert graph.effects(ChangeSet(expect_absent=frozenset({odd, odd_tie}), removed_nodes=(odd,))).changes == ()
    with pytest.raises(Conflict, match="found no such element"):
        graph.effects(ChangeSet(expect={odd: 1}))


def test_findings_of_elements_and_of_the_graph_come_together(graph: Graph) -> None:
    changes = ChangeSet(
        nodes=(topic("t", code="14.1"),),
        records=(partner("shop", locale="downtown"),),
        ties=(about("library", "nowhere"), make_tie(TieType.OPERATES, ("library", "robotics")), about("shop", "t")),
    )
    assert graph.findings(changes) == [
        "Topic t: code is malformed (got '14.1'); valid: NN.NNNN, NN.NN or a two-digit family NN",
        "Partner shop: locale is not a known term (got 'downtown'); valid: city, suburb, town, rural",
        "library ABOUT nowhere: nowhere is not known here; valid: the id of something already there",
        "library OPERATES robotics: these ends are not allowed (got 'Partner → Topic'); valid: Partner → Program",
    ]


def test_a_tie_with_a_fault_of_its_own_has_its_ends_looked_for_too(graph: Graph) -> None:
    tie = partners_with("library", "nowhere", level_by_source=9)
    assert graph.findings(ChangeSet(ties=(tie,))) == [
        "library PARTNERS_WITH nowhere: level_by_source is out of range (got '9'); valid: a whole number from 0 to 5",
        "library PARTNERS_WITH nowhere: nowhere is not known here; valid: the id of something already there",
    ]
    itself = agreement("library", "library")
    assert graph.findings(ChangeSet(ties=(itself,))) == [
        "library HAS_AGREEMENT_WITH library: ties a thing to itself; valid: two different ends"
    ]


def test_what_hangs_on_a_refused_element_is_not_blamed_as_well(graph: Graph) -> None:
    changes = ChangeSet(
        records=(partner("shop", organization_type="castle"), correction("shop", said_by("desk"), name="Shop")),
        ties=(make_tie(TieType.HOSTS_WBL, ("shop", "club")), partners_with("shop", "library")),
    )
    (finding,) = graph.findings(changes)
    assert finding.startswith("Partner shop: organization_type is not a known term (got 'castle')")


def test_a_refused_tie_does_not_overlap(graph: Graph) -> None:
    sound = agreement("library", "museum", episode="one", since="2012")
    faulty = agreement("library", "museum", episode="two", until="20-12")
    (finding,) = graph.findings(ChangeSet(ties=(sound, faulty)))
    assert "until is not an ISO date" in finding


def test_of_many_overlapping_episodes_each_is_named_once(graph: Graph) -> None:
    ties = tuple(
        agreement("library", "museum", episode=f"e{number:02d}", since=str(2000 + number)) for number in range(6)
    )
    findings = graph.findings(ChangeSet(ties=ties))
    assert len(findings) == 5
    assert findings[0] == (
        "library HAS_AGREEMENT_WITH museum (e00): two episodes overlap (got 'e00 and e01'); valid: since and until "
        "that don't overlap, or one episode"
    )


def test_a_long_episode_is_compared_with_all_that_follow(graph: Graph) -> None:
    spans = {
        "long": ("2000", "2010"),
        "short": ("2010", "2011"),
        "inside": ("2012", "2013"),
        "over": ("2009-12-31", "2010"),
    }
    ties = {name: agreement("library", "museum", episode=name, since=a, until=b) for name, (a, b) in spans.items()}
    fine = tuple(ties[name] for name in ("inside", "long", "short"))
    assert len(graph.effects(ChangeSet(ties=fine)).ties) == 3
    assert len(graph.findings(ChangeSet(ties=tuple(ties.values())))) == 1


def test_an_episode_may_be_moved_within_one_batch(graph: Graph) -> None:
    first = agreement("library", "museum", episode="one", since="2012", until="2014")
    second = agreement("library", "museum", episode="two", since="2014", until="2016")
    graph.apply(ChangeSet(ties=(first, second)))
    moved = (
        agreement("library", "museum", episode="one", since="2012", until="2015"),
        agreement("library", "museum", episode="two", since="2015", until="2016"),
    )
    assert len(graph.effects(ChangeSet(ties=moved)).ties) == 2
    assert len(graph.findings(ChangeSet(ties=moved[:1]))) == 1


def test_an_overlay_changes_no_public_version(graph: Graph) -> None:
    effects = graph.effects(ChangeSet(records=(correction("library", said_by("staff"), ALPHA, name="Ours"),)))
    assert effects.nodes == ()
    assert [change.kind for change in effects.changes] == ["record"]
    assert effects.state.graph_sum == graph.state.graph_sum
    assert effects.state.content_sum != graph.state.content_sum


def test_ties_that_were_there_are_looked_at_again_only_where_it_matters(graph: Graph) -> None:
    graph.asked.clear()
    graph.effects(ChangeSet(records=(partner("library", name="Another name"),)))
    calm = graph.asked.count("ties_at")
    with pytest.raises(InvalidInput, match="library OPERATES club: library is not known here"):
        graph.effects(ChangeSet(records=(partner("library", owner=BETA),), removed_records=(partner("library").id,)))
    assert calm <= 2


def test_a_merge_may_take_along_its_ties(graph: Graph) -> None:
    moved = partner("library", website="https://library.example.org")
    moved = replace(moved, about=NodeId("museum"), origin=NodeId("library"))
    old = make_tie(TieType.OPERATES, ("library", "club"))
    (finding,) = graph.findings(ChangeSet(records=(moved,)))
    assert finding.startswith("library OPERATES club: library can't go while this tie points at it")
    effects = graph.apply(
        ChangeSet(records=(moved,), ties=(make_tie(TieType.OPERATES, ("museum", "club")),), removed_ties=(old.key,))
    )
    assert effects.removed_nodes == ("library",)
    assert [node.id for node in effects.nodes] == ["museum"]


def test_a_batch_that_would_not_be_the_same_twice_is_refused(graph: Graph) -> None:
    changes = ChangeSet(records=(partner("shop"),), removed_nodes=(NodeId("shop"),))
    assert graph.findings(changes) == ["shop: is both put and removed in one batch; valid: one of the two"]


@given(st.permutations(range(6)), st.lists(st.integers(1, 3), min_size=3, max_size=6))
def test_sums_of_digests_do_not_depend_on_order_or_batching(order: list[int], sizes: list[int]) -> None:
    records = [partner(f"p{number}", name=f"Partner {number}") for number in range(6)]
    whole, parts = Graph(), Graph()
    whole.apply(ChangeSet(records=tuple(records)))
    waiting = [records[index] for index in order]
    while waiting:
        size = sizes.pop() if sizes else 1
        parts.apply(ChangeSet(records=tuple(waiting[:size])))
        waiting = waiting[size:]
    assert (whole.state.graph_sum, whole.state.content_sum) == (parts.state.graph_sum, parts.state.content_sum)
    kept = [kept.element for kept in whole.known_nodes.values()]
    assert whole.state.graph_sum == add_digests(node.graph_digest() for node in kept)
