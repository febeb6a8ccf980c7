"""Reads: each by id, all in order, whole revisions only."""

import datetime

import pytest

from matchmaker.errors import NotFound, StoreError, StoreIncomplete
from matchmaker.graph.contents import Update
from matchmaker.graph.refreshing import refresh_snapshot
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import build_snapshot
from matchmaker.graph.store import GraphStore
from matchmaker.graph.updating import MOST_CHANGES
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import TieKey, make_tie, tie_key
from matchmaker.model.ids import PUBLIC, EcosystemId, NodeId, Owner, RecordId, Revision
from matchmaker.model.reference import REFERENCE_NODES
from matchmaker.model.vocabulary import Label, TieType
from matchmaker.testing.contract.examples import (
    ALPHA,
    BETA,
    REFERENCE_IDS,
    about,
    agreement,
    ecosystem,
    own_ids,
    partner,
    partners_with,
    program,
    put_example,
    topic,
)
from matchmaker.testing.contract.place import PlaceContract, StorePlace

ODD_ORDER = ["a", "a-b", "a.b", "a0", "a:b", "aa", "a_b", "b", "0", "9z", "z" * 128]
"""Ids whose order differs between code points and the collations of languages."""


class ReadingContract(PlaceContract):
    """What the reads promise."""

    def test_each_element_is_found_by_its_key(self, store: GraphStore) -> None:
        batch = put_example(store)
        for record in batch.records:
            found = store.find_record(record.id)
            assert found is not None
            assert (found.element, found.version) == (record, 1)
        for tie in batch.ties:
            kept = store.find_tie(tie.key)
            assert kept is not None
            assert (kept.element, kept.version) == (tie, 1)
        assert store.get_node(NodeId("topic:robotics")).element == batch.nodes[0]
        assert store.find_node(NodeId("topic:robotics")) == store.get_node(NodeId("topic:robotics"))

    def test_what_is_not_there_is_none_or_not_found(self, store: GraphStore) -> None:
        put_example(store)
        assert store.find_node(NodeId("nobody")) is None
        assert store.find_record(RecordId("record:0")) is None
        assert store.find_tie(tie_key(TieType.OPERATES, NodeId("museum-b"), NodeId("club-c"))) is None
        assert store.find_tie(tie_key(TieType.OPERATES, NodeId("library-a"), NodeId("club-c"), ALPHA)) is None
        assert list(store.iter_records(NodeId("nobody"))) == []
        with pytest.raises(NotFound, match="nobody"):
            store.get_node(NodeId("nobody"))

    @pytest.mark.parametrize(
        "text", ["", "'", "Robert'); --", "a\x00b", "\ud800", "\U0001f9ea", "x" * 100_000, "*", "%"]
    )
    def test_asking_for_what_can_not_be_is_no_error(self, store: GraphStore, text: str) -> None:
        assert store.find_node(NodeId(text)) is None
        assert store.find_record(RecordId(text)) is None
        assert list(store.iter_records(NodeId(text))) == []
        assert store.find_tie(TieKey(TieType.FUNDS, NodeId(text), NodeId(text), Owner(text), text)) is None
        assert len(store.contents(Owner(text)).nodes) == len(REFERENCE_NODES)
        with pytest.raises(NotFound):
            store.get_node(NodeId(text))

    def test_an_undirected_tie_is_stored_once_with_its_sides_swapped(
        self, store: GraphStore, place: StorePlace
    ) -> None:
        store.apply(ChangeSet(records=(partner("a"), partner("b"))))
        given = partners_with("b", "a", level_by_source=4, trust_by_target=2, intents=("learn",))
        store.apply(ChangeSet(ties=(given,)))
        (kept,) = place.raw_ties()
        assert (kept.source, kept.target) == ("a", "b")
        assert dict(kept.properties) == {"intents": ("learn",), "level_by_target": 4, "trust_by_source": 2}
        same = partners_with("a", "b", level_by_target=4, trust_by_source=2, intents=("learn",))
        assert store.apply(ChangeSet(ties=(same,))) == 2
        for first, second in (("a", "b"), ("b", "a")):
            found = store.find_tie(tie_key(TieType.PARTNERS_WITH, NodeId(first), NodeId(second)))
            assert found is not None
            assert found.element == kept

    def test_a_directed_tie_and_its_reverse_are_two(self, store: GraphStore) -> None:
        store.apply(ChangeSet(records=(partner("a"), partner("b"))))
        store.apply(ChangeSet(ties=(agreement("a", "b"), agreement("b", "a"))))
        assert {(kept.element.source, kept.element.target) for kept in store.iter_ties()} == {("a", "b"), ("b", "a")}

    def test_everything_comes_in_id_order(self, store: GraphStore) -> None:
        partners = [partner(id) for id in ODD_ORDER]
        topics = [topic(f"t{id}"[:128]) for id in ODD_ORDER]
        ties = [about(record.about, node.id) for record in partners for node in topics[:4]]
        store.apply(ChangeSet(nodes=tuple(topics), records=tuple(partners), ties=tuple(ties)))
        assert own_ids(store) == sorted([*ODD_ORDER, *(node.id for node in topics)])
        assert [kept.element.id for kept in store.iter_nodes()] == sorted([*own_ids(store), *REFERENCE_IDS])
        assert [kept.element.id for kept in store.iter_records()] == sorted(record.id for record in partners)
        assert [kept.element.id for kept in store.iter_ties()] == sorted(tie.id for tie in ties)
        contents = store.contents(None)
        assert [node.id for node in contents.nodes] == sorted([*REFERENCE_IDS, *(node.id for node in topics)])
        assert [record.id for record in contents.records] == sorted(record.id for record in partners)
        assert [tie.id for tie in contents.ties] == sorted(tie.id for tie in ties)

    def test_one_label_or_type_at_a_time(self, store: GraphStore) -> None:
        batch = put_example(store)
        by_label = {label: [kept.element.id for kept in store.iter_nodes(label)] for label in Label}
        assert by_label[Label.PARTNER] == ["library-a", "museum-b"]
        assert by_label[Label.PROGRAM] == ["club-c"]
        assert by_label[Label.TOPIC] == ["topic:robotics"]
        assert by_label[Label.NEED] == []
        assert sum(map(len, by_label.values())) == len(list(store.iter_nodes()))
        by_type = {type: [kept.element for kept in store.iter_ties(type)] for type in TieType}
        assert by_type[TieType.OPERATES] == [batch.ties[1]]
        assert sum(map(len, by_type.values())) == 3

    def test_records_about_one_node_come_in_id_order(self, store: GraphStore) -> None:
        batch = put_example(store)
        extra = [partner("library-a", owner=owner) for owner in (ALPHA, BETA)]
        store.apply(ChangeSet(records=tuple(extra)))
        found = [kept.element for kept in store.iter_records(NodeId("library-a"))]
        assert found == sorted([batch.records[0], *extra], key=lambda record: record.id)

    def test_contents_are_nodes_without_records_records_and_ties(self, store: GraphStore) -> None:
        batch = put_example(store)
        contents = store.contents(PUBLIC)
        assert contents.revision == 1
        assert contents.nodes == tuple(sorted([*REFERENCE_NODES, *batch.nodes], key=lambda node: node.id))
        assert contents.records == tuple(sorted(batch.records, key=lambda record: record.id))
        assert contents.ties == tuple(sorted(batch.ties, key=lambda tie: tie.id))
        assert store.contents(None) == contents

    def test_contents_of_an_unknown_owner_are_what_is_public(self, store: GraphStore) -> None:
        put_example(store)
        store.apply(ChangeSet(nodes=(topic("topic:ours", owner=ALPHA),)))
        assert store.contents(Owner("nobody")) == store.contents(PUBLIC)
        assert store.contents(ALPHA) == store.contents(None)

    @pytest.mark.parametrize("scope", [Scope(), Scope(EcosystemId(ALPHA)), Scope(EcosystemId(BETA))])
    def test_a_snapshot_is_made_of_the_scopes_contents(self, store: GraphStore, scope: Scope) -> None:
        put_example(store)
        hubs = tuple(ecosystem(owner) for owner in (ALPHA, BETA))
        own = tuple(program(f"own-of-{owner}", owner=owner) for owner in (ALPHA, BETA))
        store.apply(ChangeSet(nodes=hubs, records=own))
        as_of = datetime.date(2024, 6, 1)
        snapshot, built = store.snapshot(scope, as_of), build_snapshot(store.contents(scope.owner), scope, as_of)
        assert (snapshot.graph_hash, snapshot.nodes, snapshot.ties) == (built.graph_hash, built.nodes, built.ties)
        assert (snapshot.scope, snapshot.as_of, snapshot.revision) == (scope, as_of, 2)
        seen = {owner for owner in (ALPHA, BETA) if snapshot.find_index(f"own-of-{owner}") is not None}
        assert seen == {scope.owner} - {PUBLIC}

    def test_an_update_holds_what_changed_as_it_is_now(self, store: GraphStore) -> None:
        batch = put_example(store)
        assert store.update_since(Revision(1)) == Update(Revision(1), Revision(1), {}, {}, {}, {})
        assert store.update_since(Revision(2)) is None
        own, word = topic("topic:ours", owner=ALPHA), partner("library-a", owner=ALPHA)
        tie = about("museum-b", "topic:ours", owner=ALPHA)
        store.apply(ChangeSet(nodes=(own,), records=(word,), ties=(tie,), removed_ties=(batch.ties[1].key,)))
        update = store.update_since(Revision(1))
        known = tuple(kept.element for kept in store.iter_records(NodeId("library-a")))
        assert update is not None
        assert (update.since, update.revision, update.nodes) == (1, 2, {own.id: own})
        assert (update.records, update.ties) == ({word.id: word}, {tie.id: tie, batch.ties[1].id: None})
        assert {id: sorted(one.id for one in found) for id, found in update.about.items()} == {
            "library-a": [record.id for record in known]
        }

    def test_a_large_update_is_none(self, store: GraphStore) -> None:
        store.apply(ChangeSet(nodes=tuple(topic(f"t{number:04d}") for number in range(MOST_CHANGES + 1))))
        assert store.update_since(Revision(0)) is None
        store.apply(ChangeSet(nodes=(topic("t"),)))
        found = store.update_since(Revision(1))
        assert found is not None
        assert list(found.nodes) == ["t"]

    def test_everyone_who_owns_anything_is_an_owner(self, store: GraphStore) -> None:
        assert store.owners() == {PUBLIC}
        put_example(store)
        store.apply(ChangeSet(records=(partner("library-a", owner=ALPHA),)))
        assert store.owners() == {PUBLIC, ALPHA}
        tie = about("museum-b", "topic:robotics", owner=BETA)
        store.apply(ChangeSet(ties=(tie,)))
        assert store.owners() == {PUBLIC, ALPHA, BETA}
        store.apply(ChangeSet(removed_ties=(tie.key,)))
        assert store.owners() == {PUBLIC, ALPHA}

    def test_a_refreshed_snapshot_is_the_one_that_would_be_built(self, store: GraphStore) -> None:
        put_example(store)
        scope, as_of = Scope(EcosystemId(ALPHA)), datetime.date(2024, 6, 1)
        before = store.snapshot(scope, as_of)
        tie = make_tie(TieType.PARTNERS_WITH, ("library-a", "museum-b"), {"since": "2020"}, ALPHA, "again")
        store.apply(ChangeSet(ties=(tie,)))
        update = store.update_since(before.revision)
        refreshed = None if update is None else refresh_snapshot(before, update)
        built = store.snapshot(scope, as_of)
        assert refreshed is not None
        assert (refreshed.revision, refreshed.graph_hash) == (built.revision, built.graph_hash)
        assert {one.id for one in refreshed.ties} == {one.id for one in built.ties}

    def test_an_iterator_sees_one_revision(self, store: GraphStore) -> None:
        store.apply(ChangeSet(nodes=tuple(topic(f"t{number:04d}") for number in range(300))))
        before = [kept.element for kept in store.iter_nodes()]
        reading = store.iter_nodes()
        seen = [next(reading).element for _ in range(10)]
        renamed = tuple(topic(f"t{number:04d}", name="Renamed") for number in range(300))
        store.apply(ChangeSet(nodes=renamed))
        after = [kept.element for kept in store.iter_nodes()]
        seen += [kept.element for kept in reading]
        assert seen in (before, after)
        assert before != after

    def test_an_iterator_may_be_dropped(self, store: GraphStore) -> None:
        put_example(store)
        for _ in range(50):
            assert next(store.iter_nodes()).version == 0 or next(store.iter_ties()).version == 1
        assert store.apply(ChangeSet(nodes=(topic("t2"),))) == 2

    def test_changes_since_a_revision_to_come_are_none(self, store: GraphStore) -> None:
        put_example(store)
        assert list(store.changes_since(Revision(7))) == []
        assert list(store.changes_since(Revision(2**70))) == []

    def test_two_handles_are_the_same_store(self, store: GraphStore, place: StorePlace) -> None:
        other = place.open()
        try:
            put_example(store)
            assert other.contents(None) == store.contents(None)
            other.apply(ChangeSet(nodes=(topic("t2"),)))
            assert store.revision() == 2
            assert store.hashes() == other.hashes()
            other.operations().put_new("jobs", "one", {"state": "running"})
            assert store.operations().find("jobs", "one") is not None
        finally:
            other.close()

    def test_closing_twice_is_no_error_and_a_closed_store_says_so(self, store: GraphStore) -> None:
        store.close()
        store.close()
        with pytest.raises(StoreError):
            store.revision()
        with pytest.raises(StoreError):
            store.apply(ChangeSet(nodes=(topic("t"),)))
        with pytest.raises(StoreError):
            store.operations().append("log", [{"a": 1}])

    def test_a_store_whose_restore_is_unfinished_does_not_open(self, store: GraphStore, place: StorePlace) -> None:
        put_example(store)
        hashes = store.hashes()
        assert store.restoring() is None
        store.mark_restoring("backup of Monday, 3 of 7 parts")
        store.mark_restoring("backup of Monday, 4 of 7 parts")
        assert (store.revision(), store.hashes()) == (1, hashes)
        store.close()
        with pytest.raises(StoreIncomplete, match="backup of Monday, 4 of 7 parts"):
            place.open()
        unfinished = place.open(allow_incomplete=True)
        try:
            assert unfinished.restoring() == "backup of Monday, 4 of 7 parts"
            unfinished.mark_restoring(None)
            assert unfinished.restoring() is None
        finally:
            unfinished.close()
        finished = place.open()
        assert (finished.revision(), finished.hashes()) == (1, hashes)
        finished.close()

    def test_looking_up_many_at_once(self, store: GraphStore) -> None:
        batch = put_example(store)
        ids = {record.about for record in batch.records} | {NodeId("nobody")}
        keys = {tie.key for tie in batch.ties}
        nodes, records, ties = store.look_up(
            lambda reader: (reader.nodes(ids), reader.records_about(ids), reader.ties(keys))
        )
        assert nodes == {id: store.get_node(id) for id in ids - {NodeId("nobody")}}
        described = {stored.element.id for found in records.values() for stored in found}
        assert described == {record.id for record in batch.records}
        assert {stored.element.key for stored in ties.values()} == keys
        for tie in batch.ties:
            found = store.look_up(lambda reader, tie=tie: reader.ties_from({tie.source}, tie.type))  # type: ignore[misc]  # bound now
            assert tie in [stored.element for stored in found]
            assert {(one.element.source, one.element.type) for one in found} == {(tie.source, tie.type)}

    def test_nothing_is_looked_up_among_nothing(self, store: GraphStore) -> None:
        put_example(store)
        assert store.look_up(lambda reader: dict(reader.nodes(()))) == {}
        assert store.look_up(lambda reader: list(reader.ties_from((), TieType.PART_OF))) == []
        assert store.look_up(lambda reader: list(reader.ties_at(()))) == []
