"""Several at once: one of two conflicting batches wins, and readers see whole batches."""

import threading

from matchmaker.errors import Conflict
from matchmaker.graph.contents import Contents
from matchmaker.graph.store import GraphStore
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import Record
from matchmaker.model.ids import NodeId, Revision
from matchmaker.testing.contract.examples import (
    REFERENCE_IDS,
    own_ids,
    partner,
    partners_with,
    topic,
)
from matchmaker.testing.contract.operating import at_once
from matchmaker.testing.contract.place import PlaceContract, StorePlace, raw_hashes

BATCH = 12
BATCHES = 12


def make_batch(number: int, size: int = BATCH) -> ChangeSet:
    """Return batch ``number`` of a load: topics, partners, and a ring of ties between them, ``size`` of each."""
    partners: list[Record] = [partner(f"p{number:04d}-{index:03d}") for index in range(size)]
    ring = [partners_with(partners[index - 1].about, one.about) for index, one in enumerate(partners)]
    topics = [topic(f"t{number:04d}-{index:03d}") for index in range(size)]
    return ChangeSet(nodes=tuple(topics), records=tuple(partners), ties=tuple(ring))


def is_whole(contents: Contents, size: int = BATCH) -> bool:
    """Say whether contents are those of exactly the batches that their revision counts."""
    ids = {f"p{number:04d}-{index:03d}" for number in range(contents.revision) for index in range(size)}
    topics = {node.id for node in contents.nodes if node.id not in REFERENCE_IDS}
    return (
        {record.about for record in contents.records} == ids
        and topics == {f"t{id.removeprefix('p')}" for id in ids}
        and len(contents.ties) == len(ids)
        and {tie.source for tie in contents.ties} | {tie.target for tie in contents.ties} == ids
    )


class ConcurrencyContract(PlaceContract):
    """What holds when several work at once."""

    def test_of_two_conflicting_batches_exactly_one_wins(self, store: GraphStore) -> None:
        for number in range(5):
            key = NodeId(f"t{number}")
            store.apply(ChangeSet(nodes=(topic(key),)))
            version = store.get_node(key).version

            def rename(index: int, key: NodeId = key, version: int = version) -> Revision | Conflict:
                changes = ChangeSet(nodes=(topic(key, name=f"Name {index}"),), expect={key: version})
                try:
                    return store.apply(changes)
                except Conflict as conflict:
                    return conflict

            answers = at_once(3, rename)
            winners = [index for index, answer in enumerate(answers) if not isinstance(answer, Conflict)]
            losers = [answer for answer in answers if isinstance(answer, Conflict)]
            assert len(winners) == 1
            assert store.get_node(key).element.name == f"Name {winners[0]}"
            assert [(one.element, one.expected, one.found) for one in losers] == [(key, version, version + 1)] * 2
        assert store.revision() == 10

    def test_of_two_who_create_exactly_one_wins(self, store: GraphStore, place: StorePlace) -> None:
        others = [store, place.open()]

        def create(index: int) -> bool:
            record = partner("a", name=f"Name {index}")
            try:
                others[index].apply(ChangeSet(records=(record,), expect_absent=frozenset({NodeId("a")})))
            except Conflict:
                return False
            return True

        try:
            won = at_once(2, create)
            assert sorted(won) == [False, True]
            assert store.get_node(NodeId("a")).element.name == f"Name {won.index(True)}"
        finally:
            others[1].close()

    def test_batches_of_many_writers_all_arrive(self, store: GraphStore, place: StorePlace) -> None:
        def write(index: int) -> list[int]:
            return [store.apply(make_batch(index * 4 + number)) for number in range(4)]

        revisions = at_once(3, write)
        assert sorted(number for own in revisions for number in own) == list(range(1, 13))
        assert is_whole(store.contents(None))
        assert (store.hashes().graph, store.hashes().content) == raw_hashes(place)

    def test_readers_see_whole_batches_while_one_writes(self, store: GraphStore, place: StorePlace) -> None:
        done = threading.Event()
        other = place.open()

        def write() -> list[tuple[int, bool]]:
            try:
                for number in range(BATCHES):
                    store.apply(make_batch(number))
            finally:
                done.set()
            return []

        def read(handle: GraphStore) -> list[tuple[int, bool]]:
            seen: list[tuple[int, bool]] = []
            last_round = False
            while not last_round:
                last_round = done.is_set()
                contents = handle.contents(None)
                seen.append((contents.revision, is_whole(contents)))
            return seen

        try:
            _, near, far = at_once(3, lambda index: write() if index == 0 else read(store if index == 1 else other))
        finally:
            other.close()
        for seen in (near, far):
            assert [entry for entry in seen if not entry[1]] == []
            assert [revision for revision, _ in seen] == sorted(revision for revision, _ in seen)
            assert seen[-1] == (BATCHES, True)
        assert len(own_ids(store)) == 2 * BATCH * BATCHES

    def test_changes_since_lose_nothing_to_a_writer(self, store: GraphStore) -> None:
        done = threading.Event()

        def work(index: int) -> list[str]:
            if index == 0:
                try:
                    for number in range(BATCHES):
                        store.apply(make_batch(number))
                finally:
                    done.set()
                return []
            found: list[str] = []
            at, last_round = Revision(0), False
            while not last_round:
                last_round = done.is_set()
                for change in store.changes_since(at):
                    found.append(change.id)
                    at = change.revision
            return found

        followed = at_once(2, work)[1]
        assert followed == [change.id for change in store.changes_since(Revision(0))]
        assert len(followed) == BATCHES * BATCH * 4
