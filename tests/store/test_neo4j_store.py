"""The contract on a real Neo4j, and what only this store promises: its layout, and who waits for whom."""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import neo4j
import pytest

from matchmaker.graph.neo4j import Neo4jStore
from matchmaker.graph.neo4j.founding import CONSTRAINTS, Constraint
from matchmaker.graph.neo4j.reading import CHUNK, read_elements
from matchmaker.graph.neo4j.writing import CHANGES_A_NODE
from matchmaker.model.canonical import Value
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import Node, Record, Tie, make_tie
from matchmaker.model.ids import NodeId, Owner, Revision
from matchmaker.model.reference import REFERENCE_NODES
from matchmaker.model.vocabulary import Label, PatternName, SuggestionState, TieType
from matchmaker.testing.contract.examples import ALPHA, partner, partners_with, put_example, said_by, topic
from matchmaker.testing.contract.place import raw_hashes
from matchmaker.testing.neo4j_server import Neo4jAccess
from matchmaker.testing.store_contract import RawReader, StoreContract, StorePlace

PATTERN, STATE = next(iter(PatternName)), next(iter(SuggestionState))
CYPHER = Path(__file__).parents[2] / "cypher"
RawReading = Callable[[neo4j.Driver, str], RawReader]


class Neo4jPlace:
    """The one database of a server, emptied for each test."""

    def __init__(self, access: Neo4jAccess, driver: neo4j.Driver, raw: RawReader) -> None:
        self.access, self.driver, self.raw = access, driver, raw
        self.marked = False

    def open(self, *, allow_incomplete: bool = False) -> Neo4jStore:
        store = Neo4jStore.open(
            self.access.uri,
            auth=(self.access.user, self.access.password),
            database=self.access.database,
            allow_incomplete=allow_incomplete,
        )
        # The mark by which tests know a database of their own would be a foreign node where a store is to be made.
        if self.marked:
            self.rows("MERGE (:MatchmakerTestDatabase)")
        return store

    def clear(self) -> None:
        self.marked = self.marked or bool(self.rows("MATCH (n:MatchmakerTestDatabase) RETURN n.id"))
        self.rows("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS")

    def raw_nodes(self) -> Sequence[Node]:
        return self.raw.raw_nodes()

    def raw_records(self) -> Sequence[Record]:
        return self.raw.raw_records()

    def raw_ties(self) -> Sequence[Tie]:
        return self.raw.raw_ties()

    def rows(self, statement: str) -> list[list[Any]]:
        with self.driver.session(database=self.access.database) as session:
            return session.run(statement).values()


@pytest.fixture
def emptied(neo4j_server: Neo4jAccess, neo4j_driver: neo4j.Driver, raw_neo4j: RawReading) -> Neo4jPlace:
    place = Neo4jPlace(neo4j_server, neo4j_driver, raw_neo4j(neo4j_driver, neo4j_server.database))
    place.clear()
    return place


@pytest.fixture
def store(emptied: Neo4jPlace) -> Iterator[Neo4jStore]:
    with closing(emptied.open()) as opened:
        yield opened


class TestNeo4jStore(StoreContract):
    @pytest.fixture
    def place(self, emptied: Neo4jPlace) -> StorePlace:
        return emptied


# What anyone sees who looks at the database with Cypher.


def test_nodes_carry_their_labels(store: Neo4jStore, emptied: Neo4jPlace) -> None:
    put_example(store)
    rows = emptied.rows("MATCH (n:Entity) WHERE n.version > 0 RETURN n.id, labels(n)")
    assert {id: sorted(labels) for id, labels in rows} == {
        "library-a": ["Entity", "Partner"],
        "museum-b": ["Entity", "Partner"],
        "club-c": ["Entity", "Program"],
        "topic:robotics": ["Entity", "Topic"],
    }
    described = emptied.rows("MATCH (r:Record)-[:DESCRIBES]->(n:Entity) WHERE r.about = n.id RETURN n.id")
    assert sorted(id for (id,) in described) == ["club-c", "library-a", "museum-b"]
    state = emptied.rows(
        "MATCH (s:Store {id: 'store'}) RETURN s.product, s.schema, s.revision, s.graph_sum, s.content_sum"
    )
    hashes = store.hashes()
    assert state == [["matchmaker", 1, 1, hashes.graph, hashes.content]]


def test_the_second_label_of_employers_comes_and_goes(store: Neo4jStore, emptied: Neo4jPlace) -> None:
    def employers() -> list[str]:
        return sorted(id for (id,) in emptied.rows("MATCH (n:Employer:Partner:Entity) RETURN n.id"))

    roles = said_by("a survey")
    offers = partner("hospital-b", "government_agency", provenance=roles, wbl_offered=("job_shadow",))
    store.apply(ChangeSet(records=(partner("maker-a", "employer"), partner("hospital-b", "government_agency"))))
    assert employers() == ["maker-a"]
    store.apply(ChangeSet(records=(offers,)))
    assert employers() == ["hospital-b", "maker-a"]
    store.apply(ChangeSet(removed_records=(offers.id,)))
    assert employers() == ["maker-a"]


def test_values_are_native(store: Neo4jStore, emptied: Neo4jPlace) -> None:
    held: dict[str, Value] = {
        "latitude": 45.0,
        "request_limit": 2,
        "degree_granting": True,
        "languages": ("en", "es"),
        "closed_on": "2019-06",
    }
    store.apply(ChangeSet(records=(replace(partner("a"), properties=dict(partner("a").properties) | held),)))
    for row in emptied.rows(
        "MATCH (n:Entity|Record) WHERE 'a' IN [n.id, n.about] "
        "RETURN n.latitude, n.request_limit, n.degree_granting, n.languages, n.closed_on"
    ):
        assert row == [45.0, 2, True, ["en", "es"], "2019-06"]
        assert [type(value) for value in row] == [float, int, bool, list, str]
    assert emptied.rows("MATCH (n:Entity|Record) WHERE n.latitude = 45.0 RETURN count(n)") == [[2]]


def test_ties_are_relationships_with_an_id_an_owner_and_a_version(store: Neo4jStore, emptied: Neo4jPlace) -> None:
    store.apply(ChangeSet(records=(partner("a"), partner("b"))))
    tie = make_tie(TieType.FUNDS, ("b", "a"), {"amount": 5000.0}, ALPHA, "grant 7", said_by("a report", "2020"))
    store.apply(ChangeSet(ties=(tie,)))
    rows = emptied.rows("MATCH (a:Partner)-[r:FUNDS]->(b:Partner) RETURN a.id, b.id, properties(r)")
    assert rows == [
        [
            "b",
            "a",
            {
                "id": tie.id,
                "owner": ALPHA,
                "episode": "grant 7",
                "version": 2,
                "amount": 5000.0,
                "source": "a report",
                "source_row": "row 1",
                "observed_on": "2020",
                "confidence": "stated",
            },
        ]
    ]


def test_a_property_with_a_name_of_ours_keeps_its_value(store: Neo4jStore, emptied: Neo4jPlace) -> None:
    # Whom a suggestion is for is called its source, and so is whoever says something.
    held: dict[str, Value] = {"source": "a", "target": "b", "pattern": PATTERN.value, "state": STATE.value}
    suggestion = Node(NodeId("suggestion:1"), Label.SUGGESTION, held, provenance=said_by("the pipeline"))
    store.apply(ChangeSet(nodes=(suggestion,)))
    assert store.get_node(suggestion.id).element == suggestion
    assert emptied.rows("MATCH (n:Suggestion) RETURN n.source, n.source_") == [["the pipeline", "a"]]


def test_every_type_of_tie_has_a_unique_id() -> None:
    unique = {(one.entity, one.of, one.properties) for one in map(Constraint.of_statement, CONSTRAINTS)}
    assert {("RELATIONSHIP", type.value, ("id",)) for type in TieType} <= unique
    assert {("NODE", "Entity", ("id",)), ("NODE", "Record", ("id",)), ("NODE", "Store", ("id",))} <= unique
    assert ("NODE", "Change", ("revision", "part")) in unique
    assert ("NODE", "Operation", ("collection", "key")) in unique


def test_a_record_and_a_node_may_have_the_same_id(store: Neo4jStore, emptied: Neo4jPlace) -> None:
    record = partner("a")
    store.apply(ChangeSet(records=(record,)))
    store.apply(ChangeSet(nodes=(topic(record.id),)))
    assert store.get_node(NodeId(record.id)).element.label is Label.TOPIC
    found = store.find_record(record.id)
    assert found is not None
    assert found.element == record
    store.apply(ChangeSet(removed_nodes=(NodeId(record.id),)))
    assert store.find_record(record.id) == found
    assert (store.hashes().graph, store.hashes().content) == raw_hashes(emptied)


def test_a_batch_larger_than_any_chunk_is_whole(store: Neo4jStore, emptied: Neo4jPlace) -> None:
    size = CHUNK + 1
    records = tuple(partner(f"p{number:05d}") for number in range(size))
    ties = tuple(partners_with("p00000", f"p{number:05d}") for number in range(1, size))
    store.apply(ChangeSet(records=records, ties=ties))
    parts = emptied.rows("MATCH (c:Change) RETURN c.part, size(c.ids) ORDER BY c.part")
    assert [part for part, _ in parts] == list(range(len(parts)))
    assert sum(length for _, length in parts) == 3 * size - 1
    assert max(length for _, length in parts) == CHANGES_A_NODE
    log = list(store.changes_since(Revision(0)))
    assert [(change.kind, change.id) for change in log] == sorted((change.kind, change.id) for change in log)
    assert len(log) == 3 * size - 1
    assert (store.hashes().graph, store.hashes().content) == raw_hashes(emptied)
    contents = store.contents(None)
    assert (len(contents.records), len(contents.ties)) == (size, size - 1)
    gone = ChangeSet(removed_records=tuple(one.id for one in records), removed_ties=tuple(tie.key for tie in ties))
    assert store.apply(gone) == 2
    assert [stored.element for stored in store.iter_nodes()] == list(REFERENCE_NODES)
    assert emptied.rows("MATCH (r:Record) RETURN count(r)") == [[0]]


# A scan for each row that a statement is given turns a load of thousands into hours, and is what the server plans for a
# store that is nearly empty unless it is told not to.

MAY_SCAN = {
    "collections/list": "NodeByLabelScan",
    "entries/expiring": "NodeByLabelScan",
    "nodes/list": "NodeByLabelScan",
    "nodes/owners": "NodeByLabelScan",
    "records/list": "NodeByLabelScan",
    "records/owners": "NodeByLabelScan",
    "ties/list": "DirectedAllRelationshipsScan",
    "ties/owners": "DirectedAllRelationshipsScan",
}


def operators(plan: dict[str, Any]) -> Iterator[str]:
    yield plan["operatorType"].partition("@")[0]
    for child in plan.get("children", []):
        yield from operators(child)


def scans_of(place: Neo4jPlace, file: Path) -> set[str]:
    text = file.read_text(encoding="utf-8")
    (named,) = re.findall(r"^// parameters: (.*)$", text, flags=re.MULTILINE)
    given: dict[str, object] = dict.fromkeys(named.split(", ")) | {
        "rows": [{"id": "a"}],
        "ids": ["a"],
        "types": ["HAS"],
    }
    given |= {
        "records": ["a"],
        "nodes": ["a"],
        "collection": "jobs",
        "key": "a",
        "prefix": "",
        "revision": 0,
        "after": 0,
    }
    with place.driver.session(database=place.access.database) as session:
        plan = session.run("EXPLAIN " + text, given).consume().plan
    assert plan is not None
    return {name for name in operators(plan) if "Scan" in name or "Join" in name}


@pytest.mark.parametrize("filled", [False, True])
def test_nothing_is_looked_up_by_scanning(store: Neo4jStore, emptied: Neo4jPlace, *, filled: bool) -> None:
    if filled:
        put_example(store)
    emptied.rows("CALL db.clearQueryCaches()")
    files = [file for file in sorted(CYPHER.glob("*/*.cypher")) if file.parent.name not in {"constraints", "server"}]
    found = {f"{file.parent.name}/{file.stem}": scans_of(emptied, file) for file in files}
    assert len(found) > 30
    assert {name: scans for name, scans in found.items() if scans} == {name: {scan} for name, scan in MAY_SCAN.items()}


# Who waits for whom.


def test_readers_do_not_wait_for_a_batch_that_is_being_written(store: Neo4jStore, emptied: Neo4jPlace) -> None:
    put_example(store)
    before = store.contents(None)
    with emptied.driver.session() as session, session.begin_transaction() as other:
        other.run("MATCH (s:Store {id: 'store'}) SET s.locked = true").consume()
        other.run("MATCH (r:Record) DETACH DELETE r").consume()
        assert store.contents(None) == before
        assert store.get_node(NodeId("library-a")).version == 1
        assert store.operations().put_new("jobs", "a", {"state": "running"}) is True
        other.rollback()


def test_readers_wait_while_a_batch_is_being_committed(store: Neo4jStore, emptied: Neo4jPlace) -> None:
    put_example(store)
    with ThreadPoolExecutor(1) as pool, emptied.driver.session() as session:
        with session.begin_transaction() as other:
            other.run("MATCH (g:Store {id: 'gate'}) SET g.locked = true").consume()
            read = pool.submit(store.get_node, NodeId("library-a"))
            with pytest.raises(TimeoutError):
                read.result(timeout=0.3)
            assert store.revision() == 1
            other.rollback()
        assert read.result(timeout=30).version == 1


def test_a_long_read_that_writers_keep_disturbing_is_whole_in_the_end(store: Neo4jStore) -> None:
    put_example(store)
    reads: list[int] = []

    def read(transaction: neo4j.Transaction) -> tuple[tuple[Node, ...], tuple[Record, ...], tuple[Tie, ...]]:
        reads.append(store.revision())
        elements = read_elements(transaction, None)
        if len(reads) < 4:
            store.apply(ChangeSet(nodes=(topic(f"t{len(reads)}"),)))
        return elements

    revision, (nodes, _, _) = store._connections.stable(read)
    assert reads == [1, 2, 3, 4]
    assert revision == 4
    assert {"t1", "t2", "t3"} <= {node.id for node in nodes}


def test_of_many_who_make_the_store_at_once_one_does(emptied: Neo4jPlace) -> None:
    ready = threading.Barrier(4)

    def make(_: int) -> tuple[int, str, str]:
        ready.wait()
        with closing(emptied.open()) as opened:
            hashes = opened.hashes()
            return opened.revision(), hashes.graph, hashes.content

    with ThreadPoolExecutor(4) as pool:
        seen = set(pool.map(make, range(4)))
    assert seen == {(0, *raw_hashes(emptied))}
    assert emptied.rows("MATCH (s:Store) RETURN count(s)") == [[2]]
    assert len(emptied.raw_nodes()) == len(REFERENCE_NODES)


def test_a_store_reads_what_it_wrote_from_any_thread(store: Neo4jStore) -> None:
    def put_and_read(number: int) -> bool:
        store.apply(ChangeSet(nodes=(topic(f"t{number}", owner=ALPHA),)))
        return f"t{number}" in {node.id for node in store.contents(Owner(ALPHA)).nodes}

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(put_and_read, range(12))) == [True] * 12
