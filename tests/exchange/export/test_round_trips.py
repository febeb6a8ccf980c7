"""What was published is what is loaded: the formats that carry everything, and what the others lose."""

import datetime
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.exchange.cells import escape_xml, guard_cell, unescape_xml, unguard_cell
from matchmaker.exchange.published import FILE_OF, Published
from matchmaker.exchange.readers.bundle import read_bundle
from matchmaker.exchange.readers.geojson import is_geojson, read_geojson
from matchmaker.exchange.readers.gexf import is_gexf, read_gexf
from matchmaker.exchange.readers.graphml import is_graphml, read_graphml
from matchmaker.exchange.readers.workbook_bundle import is_workbook_bundle, read_workbook_bundle
from matchmaker.exchange.reading import Probe, Reading, ReadOptions
from matchmaker.graph.contents import Contents
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import build_snapshot
from matchmaker.graph.sqlite import Durability, SqliteStore
from matchmaker.graph.store import GraphStore
from matchmaker.model.changes import ChangeSet
from matchmaker.model.checking import check_node, check_record, check_tie
from matchmaker.model.elements import Node, Record, Tie, make_tie
from matchmaker.model.ids import PUBLIC, EcosystemId, NodeId, Owner, Revision
from matchmaker.model.ontology import TIES, fits_end
from matchmaker.model.reference import REFERENCE_NODES
from matchmaker.model.vocabulary import RECORD_LABELS, Audience, Label, TieType
from matchmaker.services.exporting import FORMATS, ExportFormat, export, publish, publish_snapshot
from matchmaker.services.snapshots import SnapshotCache
from matchmaker.testing import elements as made

Loader = Callable[[GraphStore, Reading], None]


def read_zipped_bundle(path: Path, options: ReadOptions) -> Reading:
    folder = path.with_suffix("")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    return read_bundle(folder, options)


READERS: Final = {
    ExportFormat.BUNDLE: read_zipped_bundle,
    ExportFormat.XLSX: read_workbook_bundle,
    ExportFormat.GRAPHML: read_graphml,
    ExportFormat.GEXF: read_gexf,
}
"""The formats that carry everything, but for the script that a database runs."""


def write_and_load(published: Published, format: ExportFormat, folder: Path, load: Loader) -> str:
    """Return the graph hash of an empty store into which the export was loaded."""
    path = folder / f"out{FORMATS[format].suffix}"
    export(published, format, path)
    store = SqliteStore.open(folder / "loaded.db", durability=Durability.NORMAL)
    try:
        load(store, READERS[format](path, ReadOptions()))
        return store.hashes().graph
    finally:
        store.close()


@pytest.mark.parametrize("format", READERS)
@pytest.mark.parametrize("audience", list(Audience))
def test_what_was_published_is_what_is_loaded(
    example: tuple[SnapshotCache, EcosystemId],
    day: datetime.date,
    tmp_path: Path,
    load: Loader,
    audience: Audience,
    format: ExportFormat,
) -> None:
    published = publish(*example, audience, day)
    assert published.by_id[NodeId(example[1])].label is Label.ECOSYSTEM
    assert write_and_load(published, format, tmp_path, load) == published.graph_hash


def test_a_folder_of_files_is_a_bundle_as_well(
    examples: dict[str, SnapshotCache], day: datetime.date, tmp_path: Path, empty: GraphStore, load: Loader
) -> None:
    published = publish(examples["tiny"], EcosystemId("tiny"), Audience.STAFF, day)
    written = export(published, ExportFormat.BUNDLE, tmp_path / "tiny")
    names = {entry.name for entry in (tmp_path / "tiny").iterdir()}
    assert names == {"ABOUT.txt", "ties.csv", *(FILE_OF[node.label].name for node in published.nodes)}
    assert written.size == sum(entry.stat().st_size for entry in (tmp_path / "tiny").iterdir())
    load(empty, read_bundle(tmp_path / "tiny", ReadOptions()))
    assert empty.hashes().graph == published.graph_hash


def test_equal_graphs_give_equal_files(examples: dict[str, SnapshotCache], day: datetime.date, tmp_path: Path) -> None:
    for format, spec in FORMATS.items():
        published = publish(examples["tiny"], EcosystemId("tiny"), Audience.STAFF, day)
        for name in ("first", "second"):
            export(published, format, tmp_path / f"{name}{spec.suffix}")
        first, second = ((tmp_path / f"{name}{spec.suffix}").read_bytes() for name in ("first", "second"))
        assert first == second, format


def test_geojson_carries_what_has_a_position_and_nothing_else(
    examples: dict[str, SnapshotCache], day: datetime.date, tmp_path: Path, empty: GraphStore, load: Loader
) -> None:
    published = publish(examples["portland"], EcosystemId("portland-metro-stem"), Audience.PUBLIC, day)
    export(published, ExportFormat.GEOJSON, tmp_path / "map.geojson")
    load(empty, read_geojson(tmp_path / "map.geojson", ReadOptions()))
    loaded = {stored.element.id: stored.element for stored in empty.iter_nodes()}
    placed = {
        node.id: node.properties
        for label in (Label.PARTNER, Label.PLACE)
        for node in published.labelled(label)
        if {"latitude", "longitude"} <= node.properties.keys()
    }
    assert len(placed) > 80
    assert {id: dict(loaded[id].properties) for id in placed} == {id: dict(held) for id, held in placed.items()}
    assert list(empty.iter_ties()) == []
    assert {node.label for node in loaded.values()} <= {
        Label.PARTNER,
        Label.PLACE,
        Label.PROGRAM,
        Label.STAGE,
        Label.RESOURCE,
    }


def test_every_file_is_known_by_what_is_in_it(
    examples: dict[str, SnapshotCache], day: datetime.date, tmp_path: Path
) -> None:
    published = publish(examples["tiny"], EcosystemId("tiny"), Audience.STAFF, day)
    tests = {
        ExportFormat.XLSX: is_workbook_bundle,
        ExportFormat.GRAPHML: is_graphml,
        ExportFormat.GEXF: is_gexf,
        ExportFormat.GEOJSON: is_geojson,
    }
    for format in tests:
        path = tmp_path / f"out{FORMATS[format].suffix}"
        export(published, format, path)
        members = tuple(zipfile.ZipFile(path).namelist()) if format is ExportFormat.XLSX else ()
        probe = Probe(path, path.read_bytes()[:1000], (), members)
        assert [known for known, matches in tests.items() if matches(probe)] == [format]


# Worlds of every label and tie type, with values that go wrong where text is built or types are guessed.

ECOSYSTEM: Final = NodeId("eco")
ENDS: Final = {
    Label.PARTNER: ("p0", "p1", "p2"),
    Label.PROGRAM: ("g0", "g1"),
    Label.PLACE: ("place0", "place1"),
    Label.ECOSYSTEM: ("eco",),
}


@st.composite
def graphs(draw: st.DrawFn, owners: tuple[str, ...]) -> Contents:
    """Return a valid graph of one ecosystem, which belongs to the public or to it."""
    pick = st.sampled_from(owners)
    nodes: dict[NodeId, Node] = {node.id: node for node in REFERENCE_NODES}
    records: list[Record] = []
    for label in sorted(RECORD_LABELS):
        for id in ENDS[label]:
            record = draw(made.records(id, label, owners))
            held = {name: value for name, value in record.properties.items() if name not in {"since", "until"}}
            held.pop("withdrawn_everywhere", None)
            record, findings = check_record(Record(record.about, label, held, record.owner, record.provenance))
            assert findings == []
            records.append(record)
            nodes[NodeId(id)] = Node(NodeId(id), label, record.properties, record.owner)
    eco = draw(made.nodes([Label.ECOSYSTEM]))
    kept = {name: value for name, value in eco.properties.items() if name not in {"since", "until", "visibility"}}
    nodes[ECOSYSTEM] = Node(ECOSYSTEM, Label.ECOSYSTEM, kept, PUBLIC, eco.provenance)
    labels = [label for label in FILE_OF if label not in RECORD_LABELS | {Label.ECOSYSTEM}]
    for node in draw(st.lists(made.nodes(labels, owners), min_size=3, max_size=8, unique_by=lambda node: node.id)):
        nodes[node.id] = node
    ties = {tie.key: tie for tie in (draw(made.ties(type, ends, draw(pick))) for type, ends in draw(_pairs(nodes)))}
    checked = [check_tie(tie)[0] for tie in ties.values() if not check_tie(tie)[1]]
    plain = [
        check_node(node)[0] for node in nodes.values() if node.label in FILE_OF and node.label not in RECORD_LABELS
    ]
    return Contents(Revision(1), tuple(plain), tuple(records), tuple(_without_overlaps(checked, nodes)))


def _pairs(nodes: dict[NodeId, Node]) -> st.SearchStrategy[list[tuple[TieType, tuple[str, str]]]]:
    """Return every statement with a subject and a resource, every partner's place in the ecosystem, and some others."""
    allowed = [
        (type, (first.id, second.id))
        for type, spec in TIES.items()
        for source, target in spec.ends
        for first in nodes.values()
        for second in nodes.values()
        if first.id != second.id
        and fits_end(source, first.label, first.properties)
        and fits_end(target, second.label, second.properties)
        and type is not TieType.PART_OF
    ]
    needed: dict[tuple[TieType, str], list[tuple[TieType, tuple[str, str]]]] = {}
    for type, (source, target) in allowed:
        if type in {TieType.HAS, TieType.STATES, TieType.CONCERNS, TieType.PARTICIPATES_IN}:
            stated = target if type in {TieType.HAS, TieType.STATES} else source
            needed.setdefault((type, stated), []).append((type, (source, target)))
    given = [st.sampled_from(pairs) for pairs in needed.values()]
    some = st.lists(st.sampled_from(allowed), min_size=3, max_size=12, unique=True)
    return st.tuples(some, st.tuples(*given)).map(lambda drawn: list(dict.fromkeys([*drawn[0], *drawn[1]])))


def _without_overlaps(ties: list[Tie], nodes: dict[NodeId, Node]) -> Iterator[Tie]:
    """Yield one tie of a type, ends and owner, whose owner may know both ends."""
    seen = set()
    for tie in ties:
        key = (tie.type, tie.source, tie.target, tie.owner)
        owners = {nodes[end].owner for end in (tie.source, tie.target)}
        if key not in seen and owners <= {PUBLIC, tie.owner} and tie.properties.get("status") != "withdrawn":
            seen.add(key)
            yield tie


@pytest.mark.parametrize("format", READERS)
@settings(max_examples=max(10, settings().max_examples // 2))
@given(contents=graphs((PUBLIC, "eco")), audience=st.sampled_from(Audience))
def test_any_graph_comes_back_as_it_was_published(
    load: Loader, format: ExportFormat, contents: Contents, audience: Audience
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        store = SqliteStore.open(place / "store.db", durability=Durability.NORMAL)
        store.apply(ChangeSet(contents.nodes, contents.records, contents.ties))
        published = publish(SnapshotCache(store), EcosystemId(ECOSYSTEM), audience, datetime.date(2026, 9, 1))
        store.close()
        assert {node.id for node in published.nodes} >= {ECOSYSTEM}
        assert write_and_load(published, format, place, load) == published.graph_hash


def test_a_statement_keeps_what_only_its_tie_said() -> None:
    partner = Record(NodeId("p"), Label.PARTNER, {"name": "P", "organization_type": "museum"})
    need = Node(NodeId("need:1"), Label.NEED, {"quantity": 2})
    ties = (
        make_tie(TieType.STATES, ("p", "need:1"), {"since": "2024", "visibility": "staff"}, episode="spring"),
        make_tie(TieType.CONCERNS, ("need:1", "mentors")),
        make_tie(TieType.PARTICIPATES_IN, ("p", "eco"), {"status": "participating"}),
    )
    ecosystem = Node(ECOSYSTEM, Label.ECOSYSTEM, {"name": "Eco"})
    contents = Contents(Revision(1), (*REFERENCE_NODES, ecosystem, need), (partner,), ties)
    shown = build_snapshot(contents, Scope(EcosystemId("eco")), datetime.date(2026, 9, 1))
    published = publish_snapshot(shown, Audience.STAFF)
    said = dict(published.by_id[need.id].properties)
    assert said == {"quantity": 2, "since": "2024", "visibility": "staff"}
    assert [(tie.type, tie.key.episode, dict(tie.properties)) for tie in published.typed(TieType.STATES)] == [
        (TieType.STATES, "", {})
    ]


def test_what_the_public_and_the_ecosystem_both_say_is_one_tie() -> None:
    partners = tuple(
        Record(NodeId(id), Label.PARTNER, {"name": id, "organization_type": "museum"}) for id in ("a", "b", "c")
    )
    eco = Owner("eco")
    ties = (
        make_tie(TieType.PARTNERS_WITH, ("a", "b"), {"link": "https://example.org", "since": "2020"}),
        make_tie(TieType.PARTNERS_WITH, ("a", "b"), {"level_by_source": 3}, eco),
        make_tie(TieType.PARTNERS_WITH, ("b", "c"), {"link": "https://example.org"}, PUBLIC, "grant 1"),
        make_tie(TieType.PARTNERS_WITH, ("b", "c"), {"since": "2024"}, eco, "grant 2"),
        *(make_tie(TieType.PARTICIPATES_IN, (id, "eco"), {"status": "participating"}) for id in ("a", "b", "c")),
    )
    ecosystem = Node(ECOSYSTEM, Label.ECOSYSTEM, {"name": "Eco"})
    contents = Contents(Revision(1), (*REFERENCE_NODES, ecosystem), partners, ties)
    shown = build_snapshot(contents, Scope(EcosystemId("eco")), datetime.date(2026, 9, 1))
    said = publish_snapshot(shown, Audience.STAFF).typed(TieType.PARTNERS_WITH)
    assert [(tie.source, tie.target, tie.key.episode, dict(tie.properties)) for tie in said] == [
        ("a", "b", "", {"level_by_source": 3, "link": "https://example.org", "since": "2020"}),
        ("b", "c", "grant 2", {"since": "2024"}),
    ]


FORMULA_STARTS: Final = "=+-@\t\r"
ANY: Final = st.characters(exclude_categories=["Cs"])


@given(st.text(ANY, max_size=8) | st.text("'=+-@\t\ra1", max_size=6))
def test_guarding_is_undone_and_leaves_no_formula(text: str) -> None:
    assert unguard_cell(guard_cell(text)) == text
    assert not guard_cell(text).startswith(tuple(FORMULA_STARTS))
    if not text.startswith(("'", *FORMULA_STARTS)):
        assert guard_cell(text) == text


@given(st.text(ANY, max_size=8) | st.text("_x0FE\uffff\ufffe5\x00", max_size=12))
def test_escaping_for_xml_is_undone_and_leaves_only_what_xml_holds(text: str) -> None:
    escaped = escape_xml(text)
    assert unescape_xml(escaped) == text
    assert not set(escaped) & {*map(chr, range(9)), "\x0b", "\x0c", "\x0d", "\ufffe", "\uffff"}
