"""Batches: atomic, idempotent, counted, and in conflict with what changed since."""

from dataclasses import replace

import pytest

from matchmaker.errors import Conflict, InvalidInput
from matchmaker.graph.store import GraphStore
from matchmaker.model.changes import MAXIMUM_ELEMENTS, Change, ChangeSet, ElementKey
from matchmaker.model.elements import Record, tie_key
from matchmaker.model.ids import NodeId, Revision
from matchmaker.model.reference import REFERENCE_NODES
from matchmaker.model.vocabulary import TieType
from matchmaker.testing.contract.examples import (
    REFERENCE_IDS,
    own_ids,
    partner,
    partners_with,
    put_example,
    said_by,
    topic,
)
from matchmaker.testing.contract.place import PlaceContract, StorePlace, raw_hashes, raw_picture


class BatchContract(PlaceContract):
    """What `GraphStore.apply` promises of a whole batch."""

    def test_new_store_holds_the_reference_data_and_nothing_else(self, store: GraphStore, place: StorePlace) -> None:
        assert store.revision() == 0
        assert [stored.element for stored in store.iter_nodes()] == list(REFERENCE_NODES)
        assert {stored.version for stored in store.iter_nodes()} == {0}
        assert list(store.iter_records()) == []
        assert list(store.iter_ties()) == []
        assert list(store.changes_since(Revision(0))) == []
        assert sorted(node.id for node in place.raw_nodes()) == sorted(REFERENCE_IDS)

    def test_hashes_of_a_new_store_are_those_of_the_reference_data(self, store: GraphStore, place: StorePlace) -> None:
        hashes = store.hashes()
        assert (hashes.graph, hashes.content) == raw_hashes(place)
        assert len(hashes.graph) == len(hashes.content) == 64
        assert hashes.graph != hashes.content

    def test_a_batch_is_one_revision_and_every_element_gets_it_as_version(self, store: GraphStore) -> None:
        put_example(store)
        assert store.revision() == 1
        assert own_ids(store) == ["club-c", "library-a", "museum-b", "topic:robotics"]
        versions = {stored.version for stored in store.iter_nodes() if stored.element.id not in REFERENCE_IDS}
        versions |= {stored.version for stored in store.iter_records()}
        versions |= {stored.version for stored in store.iter_ties()}
        assert versions == {1}

    def test_apply_returns_the_revision_after_the_batch(self, store: GraphStore) -> None:
        assert store.apply(ChangeSet(nodes=(topic("t1"),))) == 1
        assert store.apply(ChangeSet(nodes=(topic("t2"),))) == 2
        assert store.apply(ChangeSet()) == 2

    def test_what_was_put_is_kept(self, store: GraphStore, place: StorePlace) -> None:
        batch = put_example(store)
        assert sorted(place.raw_records(), key=lambda kept: kept.id) == sorted(batch.records, key=lambda put: put.id)
        assert sorted(place.raw_ties(), key=lambda kept: kept.id) == sorted(batch.ties, key=lambda put: put.id)
        assert batch.nodes[0] in place.raw_nodes()

    def test_one_bad_element_and_nothing_of_the_batch_is_written(self, store: GraphStore, place: StorePlace) -> None:
        put_example(store)
        before, hashes = raw_picture(place), store.hashes()
        good = tuple(partner(f"p{number}") for number in range(20))
        bad = partners_with("p3", "nobody")
        with pytest.raises(InvalidInput):
            store.apply(ChangeSet(records=good, ties=(partners_with("p1", "p2"), bad)))
        assert raw_picture(place) == before
        assert (store.revision(), store.hashes()) == (1, hashes)
        assert list(store.changes_since(Revision(1))) == []

    def test_the_same_batch_twice_changes_nothing(self, store: GraphStore, place: StorePlace) -> None:
        batch = put_example(store)
        before, hashes = raw_picture(place), store.hashes()
        assert store.apply(batch) == 1
        assert raw_picture(place) == before
        assert (store.revision(), store.hashes()) == (1, hashes)
        assert list(store.changes_since(Revision(1))) == []

    def test_the_batch_that_brought_an_element_is_not_part_of_it(self, store: GraphStore) -> None:
        first = partner("library-a", provenance=said_by(batch="load-1"))
        again = partner("library-a", provenance=said_by(batch="load-2"))
        store.apply(ChangeSet(records=(first,)))
        hashes = store.hashes()
        assert store.apply(ChangeSet(records=(again,))) == 1
        assert store.hashes() == hashes

    def test_only_what_changed_gets_the_new_version(self, store: GraphStore) -> None:
        put_example(store)
        store.apply(ChangeSet(nodes=(topic("topic:robotics", name="Rockets"),), records=(partner("library-a"),)))
        assert store.get_node(NodeId("topic:robotics")).version == 2
        assert store.get_node(NodeId("library-a")).version == 1
        assert [change.id for change in store.changes_since(Revision(1))] == ["topic:robotics"]

    def test_expecting_the_version_that_is_there_goes_through(self, store: GraphStore) -> None:
        put_example(store)
        batch = ChangeSet(nodes=(topic("topic:robotics", name="Rockets"),), expect={NodeId("topic:robotics"): 1})
        assert store.apply(batch) == 2

    def test_conflict_names_both_versions_and_writes_nothing(self, store: GraphStore, place: StorePlace) -> None:
        put_example(store)
        store.apply(ChangeSet(nodes=(topic("topic:robotics", name="Rockets"),)))
        before = raw_picture(place)
        late = ChangeSet(nodes=(topic("topic:robotics", name="Late"),), expect={NodeId("topic:robotics"): 1})
        with pytest.raises(Conflict, match="expected version 1, found version 2") as caught:
            store.apply(late)
        assert (caught.value.element, caught.value.expected, caught.value.found) == ("topic:robotics", 1, 2)
        assert raw_picture(place) == before

    def test_expecting_what_is_gone_is_a_conflict(self, store: GraphStore) -> None:
        with pytest.raises(Conflict, match="expected version 3, found no such element"):
            store.apply(ChangeSet(expect={NodeId("topic:none"): 3}))

    def test_expecting_absence_of_what_is_there_is_a_conflict(self, store: GraphStore) -> None:
        batch = put_example(store)
        keys: list[ElementKey] = [batch.nodes[0].id, batch.records[0].id, batch.ties[0].key]
        for key in keys:
            with pytest.raises(Conflict, match="expected no such element, found version 1"):
                store.apply(ChangeSet(expect_absent=frozenset({key})))
        absent = tie_key(TieType.OPERATES, NodeId("museum-b"), NodeId("club-c"))
        assert store.apply(ChangeSet(expect_absent=frozenset({NodeId("other"), absent}))) == 1

    def test_records_and_ties_have_versions_to_expect(self, store: GraphStore) -> None:
        batch = put_example(store)
        record, tie = batch.records[0], batch.ties[0]
        assert store.apply(ChangeSet(nodes=(topic("t2"),), expect={record.id: 1, tie.key: 1})) == 2
        changed = replace(tie, properties={"level_by_source": 5})
        assert store.apply(ChangeSet(ties=(changed,))) == 3
        with pytest.raises(Conflict, match="expected version 1, found version 3"):
            store.apply(ChangeSet(expect={tie.key: 1}))

    def test_if_revision_is_held_against_the_store(self, store: GraphStore) -> None:
        put_example(store)
        with pytest.raises(Conflict) as caught:
            store.apply(ChangeSet(nodes=(topic("t2"),), if_revision=Revision(0)))
        assert (caught.value.expected, caught.value.found) == (0, 1)
        assert store.apply(ChangeSet(nodes=(topic("t2"),), if_revision=Revision(1))) == 2

    def test_more_than_the_largest_batch_is_refused(self, store: GraphStore, place: StorePlace) -> None:
        nodes = tuple(topic(f"t{number}") for number in range(MAXIMUM_ELEMENTS + 1))
        with pytest.raises(InvalidInput, match="too many elements"):
            store.apply(ChangeSet(nodes=nodes))
        assert len(place.raw_nodes()) == len(REFERENCE_IDS)

    def test_changes_are_reported_oldest_first_and_by_kind_and_id(self, store: GraphStore) -> None:
        batch = put_example(store)
        store.apply(ChangeSet(removed_ties=(batch.ties[0].key,), nodes=(topic("topic:art", name="Art"),)))
        nodes = ["club-c", "library-a", "museum-b", "topic:robotics"]
        records, ties = sorted(record.id for record in batch.records), sorted(tie.id for tie in batch.ties)
        first = [Change(Revision(1), "node", id, removed=False) for id in nodes]
        first += [Change(Revision(1), "record", id, removed=False) for id in records]
        first += [Change(Revision(1), "tie", id, removed=False) for id in ties]
        second = [
            Change(Revision(2), "node", "topic:art", removed=False),
            Change(Revision(2), "tie", batch.ties[0].id, removed=True),
        ]
        assert list(store.changes_since(Revision(0))) == first + second
        assert list(store.changes_since(Revision(1))) == second
        assert list(store.changes_since(Revision(2))) == []

    def test_hashes_are_kept_equal_to_what_is_kept(self, store: GraphStore, place: StorePlace) -> None:
        batch = put_example(store)
        steps: list[ChangeSet] = [
            ChangeSet(records=(partner("library-a", name="Another name"),)),
            ChangeSet(ties=(replace(batch.ties[0], properties={}),)),
            ChangeSet(removed_ties=(batch.ties[2].key,), removed_nodes=(NodeId("topic:robotics"),)),
            ChangeSet(records=(partner("library-a", owner="alpha-hub", name="Ours"),)),
        ]
        seen = set()
        for step in steps:
            store.apply(step)
            hashes = store.hashes()
            assert (hashes.graph, hashes.content) == raw_hashes(place)
            seen.add(hashes.content)
        assert len(seen) == len(steps)

    def test_a_store_opened_again_is_the_same(self, store: GraphStore, place: StorePlace) -> None:
        put_example(store)
        hashes, contents, changes = store.hashes(), store.contents(None), list(store.changes_since(Revision(0)))
        store.close()
        again = place.open()
        try:
            assert (again.revision(), again.hashes()) == (1, hashes)
            assert again.contents(None) == contents
            assert list(again.changes_since(Revision(0))) == changes
        finally:
            again.close()

    def test_any_order_of_loading_gives_the_same_hashes(self, store: GraphStore, place: StorePlace) -> None:
        batch = put_example(store)
        hashes, picture = store.hashes(), raw_picture(place)
        store.close()
        place.clear()
        again = place.open()
        try:
            for record in reversed(batch.records):
                again.apply(ChangeSet(records=(record,)))
            again.apply(ChangeSet(nodes=batch.nodes))
            for tie in reversed(batch.ties):
                again.apply(ChangeSet(ties=(tie,)))
            assert again.revision() == 7
            assert again.hashes() == hashes
            assert raw_picture(place) == picture
        finally:
            again.close()

    def test_an_element_that_comes_back_gives_the_hash_it_had(self, store: GraphStore) -> None:
        put_example(store)
        hashes = store.hashes()
        extra: Record = partner("extra-d")
        store.apply(ChangeSet(records=(extra,)))
        assert store.hashes() != hashes
        store.apply(ChangeSet(removed_records=(extra.id,)))
        assert store.hashes() == hashes
        assert store.revision() == 3
