"""The script makes the store that loading would have made, on a real server."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import neo4j
import pytest

from matchmaker.exchange.writers.cypher import contents_of, write_cypher
from matchmaker.graph.neo4j import Neo4jStore
from matchmaker.graph.neo4j.script import END, iter_script, literal
from matchmaker.graph.sqlite import SqliteStore
from matchmaker.graph.store import GraphStore
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import Node, Provenance, Record, make_tie
from matchmaker.model.ids import EcosystemId, NodeId, Owner, Revision
from matchmaker.model.vocabulary import Audience, Label, TieType
from matchmaker.services.exporting import publish
from matchmaker.services.snapshots import SnapshotCache
from matchmaker.testing.elements import HOSTILE_FLOATS, HOSTILE_INTEGERS, HOSTILE_TEXTS
from matchmaker.testing.neo4j_server import Neo4jAccess

OWN: Final = Owner("eco")


@pytest.fixture
def driver(empty_neo4j: Neo4jAccess) -> Iterator[neo4j.Driver]:
    """A driver for the server, which is empty."""
    auth = (empty_neo4j.user, empty_neo4j.password)
    with neo4j.GraphDatabase.driver(empty_neo4j.uri, auth=auth, notifications_min_severity="OFF") as opened:
        yield opened


def run_script(driver: neo4j.Driver, access: Neo4jAccess, script: str) -> None:
    """Run a script as ``cypher-shell`` does: each statement by itself, up to the semicolon at the end of a line."""
    statements = [statement for statement in script.split(END) if statement.strip()]
    with driver.session(database=access.database) as runs:
        for statement in statements:
            runs.run(statement).consume()


def open_store(access: Neo4jAccess) -> Neo4jStore:
    auth = (access.user, access.password)
    return Neo4jStore.open(access.uri, auth=auth, database=access.database, create=False)


@pytest.mark.parametrize(
    ("name", "audience"), [("tiny", Audience.PUBLIC), ("riverbend", Audience.STAFF), ("portland", Audience.STAFF)]
)
def test_the_script_makes_the_published_graph(
    driver: neo4j.Driver,
    empty_neo4j: Neo4jAccess,
    examples: dict[str, SnapshotCache],
    tmp_path: Path,
    name: str,
    audience: Audience,
) -> None:
    ecosystem = EcosystemId({"portland": "portland-metro-stem"}.get(name, name))
    published = publish(examples[name], ecosystem, audience, datetime.date(2026, 11, 1))
    write_cypher(published, tmp_path / "graph.cypher")
    run_script(driver, empty_neo4j, (tmp_path / "graph.cypher").read_text(encoding="utf-8"))
    store = open_store(empty_neo4j)
    try:
        assert store.hashes().graph == published.graph_hash
        held = contents_of(published)
        read = store.contents(None)
        assert read.records == held.records
        assert read.ties == held.ties
        assert [node for node in read.nodes if node.label not in {Label.STAGE, Label.RESOURCE}] == list(held.nodes)
        assert {record.owner for record in read.records} <= {"public" if audience is Audience.PUBLIC else ecosystem}
    finally:
        store.close()


def make_hostile(store: GraphStore | None = None) -> ChangeSet:
    """Return a graph of every text, float and integer that goes wrong where a statement is built."""
    texts = sorted({text.strip() for text in HOSTILE_TEXTS} - {"Espan\u0303a and Cafe\u0301"})
    nodes = [Node(NodeId("eco"), Label.ECOSYSTEM, {"name": "Eco"})]
    nodes += [
        Node(NodeId(f"statistic:{number}"), Label.STATISTIC, {"kind": "k", "year": 2000, "value": value}, OWN)
        for number, value in enumerate(HOSTILE_FLOATS)
    ]
    nodes += [
        Node(NodeId(f"count:{number}"), Label.COUNT, {"kind": "enrolled", "year": 2000, "value": value}, OWN)
        for number, value in enumerate(HOSTILE_INTEGERS)
    ]
    records = [
        Record(
            NodeId(f"p{number}"),
            Label.PARTNER,
            {
                "name": text,
                "organization_type": "museum",
                "organization_types": ("museum",),
                "aliases": tuple(sorted({text, "plain"})),
                "x_a.b:c-d": text,
            },
            OWN,
            Provenance(text, text),
        )
        for number, text in enumerate(texts)
    ]
    ties = [
        make_tie(TieType.PARTNERS_WITH, ("p0", f"p{number}"), {"link": text}, OWN, text)
        for number, text in enumerate(texts)
        if number
    ]
    changes = ChangeSet(tuple(nodes), tuple(records), tuple(ties))
    if store is not None:
        store.apply(changes)
    return changes


def test_hostile_values_are_written_as_they_are(
    driver: neo4j.Driver, empty_neo4j: Neo4jAccess, empty: SqliteStore
) -> None:
    make_hostile(empty)
    contents = empty.contents(None)
    plain = tuple(node for node in contents.nodes if node.label not in {Label.STAGE, Label.RESOURCE})
    held = type(contents)(Revision(1), plain, contents.records, contents.ties)
    run_script(driver, empty_neo4j, "".join(iter_script(held)))
    store = open_store(empty_neo4j)
    try:
        assert store.contents(None) == contents
        assert store.hashes() == empty.hashes()
        assert store.revision() == 1
        assert list(store.changes_since(Revision(0))) == list(empty.changes_since(Revision(0)))
    finally:
        store.close()


def test_the_store_of_a_script_takes_changes_like_any_other(
    driver: neo4j.Driver, empty_neo4j: Neo4jAccess, empty: SqliteStore
) -> None:
    make_hostile(empty)
    contents = empty.contents(None)
    plain = tuple(node for node in contents.nodes if node.label not in {Label.STAGE, Label.RESOURCE})
    run_script(
        driver,
        empty_neo4j,
        "".join(iter_script(type(contents)(Revision(1), plain, contents.records, contents.ties))),
    )
    change = ChangeSet(
        removed_ties=(contents.ties[0].key,), nodes=(Node(NodeId("eco"), Label.ECOSYSTEM, {"name": "B"}),)
    )
    store = open_store(empty_neo4j)
    try:
        assert store.apply(change) == empty.apply(change) == 2
        assert store.hashes() == empty.hashes()
    finally:
        store.close()


def test_literals_are_written_out() -> None:
    assert literal("it's a \\ and\ta\nline") == r"'it\'s a \\ and\ta\nline'"
    assert literal("\\u0041") == r"'\\' + 'u0041'"
    assert literal([True, 1, 1.5, 1e16, 5e-324]) == "[true, 1, 1.5, 1e16, 5e-324]"
    assert literal({"a": ("x",), "x_a.b": 2}) == "{a: ['x'], `x_a.b`: 2}"
    assert literal([None, "a"]) == "[null, 'a']"
    with pytest.raises(TypeError, match="no literal of type object"):
        literal(object())
