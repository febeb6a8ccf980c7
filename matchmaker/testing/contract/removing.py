"""Removals: what goes, what goes with it, and what can't go yet."""

from dataclasses import replace

import pytest

from matchmaker.errors import Conflict, NotFound
from matchmaker.graph.store import GraphStore
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import Node, TieKey, make_tie
from matchmaker.model.ids import NodeId, RecordId, Revision
from matchmaker.model.vocabulary import Label, TieType
from matchmaker.testing.contract.examples import (
    ALPHA,
    own_ids,
    partner,
    partners_with,
    put_example,
    said_by,
    topic,
)
from matchmaker.testing.contract.place import PlaceContract, StorePlace
from matchmaker.testing.contract.refusing import only_finding, refused


class RemovalContract(PlaceContract):
    """What removing promises."""

    def test_a_node_goes(self, store: GraphStore, place: StorePlace) -> None:
        store.apply(ChangeSet(nodes=(topic("t1"), topic("t2"))))
        assert store.apply(ChangeSet(removed_nodes=(NodeId("t1"),))) == 2
        assert own_ids(store) == ["t2"]
        assert store.find_node(NodeId("t1")) is None
        with pytest.raises(NotFound, match="t1"):
            store.get_node(NodeId("t1"))
        assert "t1" not in {node.id for node in place.raw_nodes()}

    def test_removing_what_is_not_there_changes_nothing(self, store: GraphStore) -> None:
        batch = put_example(store)
        absent = ChangeSet(
            removed_nodes=(NodeId("none"), NodeId("Not an id"), NodeId("\ud800")),
            removed_records=(RecordId("record:none"), RecordId("\ud800")),
            removed_ties=(partners_with("a", "b", episode="\ud800").key,),
        )
        assert store.apply(absent) == 1
        assert store.apply(ChangeSet(removed_ties=(batch.ties[0].key,))) == 2
        assert store.apply(ChangeSet(removed_ties=(batch.ties[0].key,))) == 2

    def test_a_node_can_not_go_while_a_tie_points_at_it(self, store: GraphStore) -> None:
        batch = put_example(store)
        finding = only_finding(store, ChangeSet(removed_nodes=(NodeId("topic:robotics"),)))
        assert finding.message == "topic:robotics can't go while this tie points at it"
        assert (finding.where, finding.valid) == ("club-c ABOUT topic:robotics", "removing the tie as well")
        both = ChangeSet(removed_nodes=(NodeId("topic:robotics"),), removed_ties=(batch.ties[2].key,))
        assert store.apply(both) == 2
        assert own_ids(store) == ["club-c", "library-a", "museum-b"]

    def test_every_tie_that_would_dangle_is_named(self, store: GraphStore) -> None:
        batch = put_example(store)
        ours = partners_with("museum-b", "library-a", owner=ALPHA)
        store.apply(ChangeSet(ties=(ours,)))
        library = batch.records[0].id
        findings = refused(store, ChangeSet(removed_records=(library,)))
        assert [finding.where for finding in findings] == [
            "library-a OPERATES club-c",
            "library-a PARTNERS_WITH museum-b",
            "library-a PARTNERS_WITH museum-b",
        ]

    def test_a_tie_can_not_be_put_at_what_the_same_batch_removes(self, store: GraphStore) -> None:
        batch = put_example(store)
        store.apply(ChangeSet(records=(partner("shop-d"),)))
        shop = partner("shop-d").id
        changes = ChangeSet(removed_records=(shop,), ties=(partners_with("shop-d", "library-a"),))
        assert only_finding(store, changes).message == "shop-d is not known here"
        again = ChangeSet(removed_nodes=(NodeId("topic:robotics"),), ties=(batch.ties[2],))
        assert only_finding(store, again).message == "topic:robotics is not known here"

    def test_a_node_goes_with_its_last_record(self, store: GraphStore, place: StorePlace) -> None:
        record = partner("shop-d")
        store.apply(ChangeSet(records=(record,)))
        finding = only_finding(store, ChangeSet(removed_nodes=(NodeId("shop-d"),)))
        assert (finding.message, finding.valid) == ("goes only with its Records", "removing every Record about it")
        assert store.apply(ChangeSet(removed_records=(record.id,))) == 2
        assert own_ids(store) == []
        assert list(place.raw_records()) == []
        assert [(change.kind, change.removed) for change in store.changes_since(Revision(1))] == [
            ("node", True),
            ("record", True),
        ]

    def test_a_tie_goes_and_leaves_its_ends(self, store: GraphStore, place: StorePlace) -> None:
        batch = put_example(store)
        store.apply(ChangeSet(removed_ties=tuple(tie.key for tie in batch.ties)))
        assert list(store.iter_ties()) == []
        assert list(place.raw_ties()) == []
        assert own_ids(store) == ["club-c", "library-a", "museum-b", "topic:robotics"]

    def test_an_undirected_tie_goes_by_either_of_its_two_keys(self, store: GraphStore) -> None:
        put_example(store)
        backward = TieKey(TieType.PARTNERS_WITH, NodeId("museum-b"), NodeId("library-a"), episode=" ")
        with pytest.raises(Conflict, match="expected no such element, found version 1"):
            store.apply(ChangeSet(expect_absent=frozenset({backward})))
        assert store.apply(ChangeSet(removed_ties=(backward,), expect={backward: 1})) == 2
        assert list(store.iter_ties(TieType.PARTNERS_WITH)) == []

    def test_all_can_go_in_one_batch(self, store: GraphStore) -> None:
        hashes = store.hashes()
        batch = put_example(store)
        gone = ChangeSet(
            removed_nodes=(batch.nodes[0].id,),
            removed_records=tuple(record.id for record in batch.records),
            removed_ties=tuple(tie.key for tie in batch.ties),
        )
        assert store.apply(gone) == 2
        assert own_ids(store) == []
        assert store.hashes() == hashes

    def test_an_end_can_not_lose_what_its_tie_rests_on(self, store: GraphStore) -> None:
        put_example(store)
        employer = partner("library-a", wbl_offered=("job_shadow",))
        hosts = make_tie(TieType.HOSTS_WBL, ("library-a", "club-c"))
        store.apply(ChangeSet(records=(employer,), ties=(hosts,)))
        finding = only_finding(store, ChangeSet(records=(partner("library-a"),)))
        assert (finding.message, finding.where) == ("these ends are not allowed", "library-a HOSTS_WBL club-c")
        assert store.apply(ChangeSet(records=(partner("library-a"),), removed_ties=(hosts.key,))) == 3

    def test_a_merged_node_is_a_redirect_until_it_comes_back(self, store: GraphStore) -> None:
        kept, gone = (
            partner("a", provenance=said_by("X")),
            partner("b", provenance=said_by("Y"), website="https://b.org"),
        )
        store.apply(ChangeSet(records=(kept, gone)))
        before = store.hashes()
        redirect = Node(NodeId("b"), Label.REDIRECT, {"to": "a"})
        moved = replace(gone, about=NodeId("a"), origin=NodeId("b"))
        merge = ChangeSet(nodes=(redirect,), records=(moved,))
        store.apply(merge)
        assert store.get_node(NodeId("b")).element == redirect
        assert store.get_node(NodeId("a")).element.get_text("website") == "https://b.org"
        assert [stored.element for stored in store.iter_nodes(Label.REDIRECT)] == [redirect]
        assert [stored.element.id for stored in store.iter_nodes(Label.PARTNER)] == ["a"]
        assert store.apply(merge) == store.revision() == 2
        back = ChangeSet(records=(gone,))
        store.apply(back)
        assert store.get_node(NodeId("b")).element.label is Label.PARTNER
        assert list(store.iter_nodes(Label.REDIRECT)) == []
        assert (store.hashes(), store.apply(back)) == (before, 3)
