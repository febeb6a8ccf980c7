"""What leaves for another tool is read back as it was, but for what the table in docs/other-tools.md names."""

import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import pytest

from matchmaker.exchange.published import Published
from matchmaker.exchange.readers.hsds import is_document, is_package, read_json, read_tabular
from matchmaker.exchange.readers.kumu import is_blueprint, read_blueprint
from matchmaker.exchange.reading import Reading, ReadOptions
from matchmaker.exchange.recognition import probe_path
from matchmaker.exchange.writers.hsds import hsds_lists, write_hsds
from matchmaker.exchange.writers.kumu import kumu_document, write_kumu
from matchmaker.graph.sqlite import Durability, SqliteStore
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import Node, Record, Tie
from matchmaker.model.ontology import derived_properties
from matchmaker.model.vocabulary import Label, TieType

Say = Callable[[Reading], Any]
EXAMPLES: Final = ("tiny", "riverbend", "portland")
DRAWN: Final = {
    Label.PARTNER,
    Label.PROGRAM,
    Label.INITIATIVE,
    Label.ECOSYSTEM,
    Label.PATHWAY,
    Label.TOPIC,
    Label.OCCUPATION,
}
NOT_IN_KUMU: Final = {TieType.HAS, TieType.STATES, TieType.CONCERNS, TieType.LOCATED_IN}


def node_values(elements: Iterable[Node | Record | Tie]) -> dict[str, dict[str, object]]:
    return {
        (element.about if isinstance(element, Record) else element.id): dict(element.properties)
        for element in elements
        if not isinstance(element, Tie)
    }


def tie_values(ties: Iterable[Tie]) -> dict[tuple[str, ...], dict[str, object]]:
    return {(tie.type.value, tie.source, tie.target, tie.key.episode): dict(tie.properties) for tie in ties}


def expected_nodes(published: Published, labels: set[Label]) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for node in published.nodes:
        if node.label in labels:
            derived = derived_properties(node.label, node.properties)
            found[str(node.id)] = {name: value for name, value in node.properties.items() if name not in derived}
    return found


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_blueprint_comes_back_with_every_drawn_thing_and_tie(
    name: str, published: Mapping[str, Published], tmp_path: Path, say: Say
) -> None:
    write_kumu(published[name], tmp_path / "map.json")
    assert is_blueprint(probe_path(tmp_path / "map.json"))
    said = say(read_blueprint(tmp_path / "map.json", ReadOptions()))
    assert said.findings == []
    nodes = expected_nodes(published[name], DRAWN)
    back = node_values(said.elements)
    assert {id: back[id] for id in nodes} == nodes
    labels = {str(node.id): node.label for node in published[name].nodes}
    drawn = {
        key: values
        for key, values in tie_values(published[name].ties).items()
        if TieType(key[0]) not in NOT_IN_KUMU
        and labels.get(key[1]) in DRAWN
        and (labels.get(key[2]) in DRAWN or key[0] == "SERVES")
    }
    ties = tie_values(element for element in said.elements if isinstance(element, Tie))
    assert {key: ties.get(key) for key in drawn} == drawn
    assert len(drawn) > 10


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("file", ["services.zip", "services.json"])
def test_hsds_comes_back_with_every_partner_and_program(
    name: str, file: str, published: Mapping[str, Published], tmp_path: Path, say: Say
) -> None:
    write_hsds(published[name], tmp_path / file)
    probe = probe_path(tmp_path / file)
    is_zip = file.endswith(".zip")
    assert (is_package(probe), is_document(probe)) == (is_zip, not is_zip)
    said = say((read_tabular if is_zip else read_json)(tmp_path / file, ReadOptions()))
    assert said.findings == []
    nodes = expected_nodes(published[name], {Label.PARTNER, Label.PROGRAM})
    back = node_values(said.elements)
    assert {id: back[id] for id in nodes} == nodes
    for type in (TieType.OPERATES, TieType.SERVES):
        assert said.ties(type.value) == {(tie.source, tie.target) for tie in published[name].typed(type)}


@pytest.mark.parametrize("name", EXAMPLES)
def test_hsds_is_valid_by_its_own_schemas(name: str, published: Mapping[str, Published], real_data: Path) -> None:
    base = "https://hsds.example/"
    schemas = {path.name: json.loads(path.read_text()) for path in (real_data / "hsds" / "schema").glob("*.json")}
    resources = [(base + file, schema) for file, schema in schemas.items()]
    registry = jsonschema_rs.Registry(resources, draft=jsonschema_rs.Draft202012)
    for table, entries in hsds_lists(published[name]).items():
        file = f"{table.removesuffix('s')}.json"
        validator = jsonschema_rs.Draft202012Validator(
            schemas[file], registry=registry, base_uri=base + file, validate_formats=True
        )
        assert not validator.is_valid({"id": "no uuid", "name": "x", "description": "x", "status": "active"})
        assert not validator.is_valid({**entries[0], "attributes": [{"id": 5}]})
        assert [error.message for entry in entries for error in validator.iter_errors(entry)] == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_store_takes_what_comes_back(name: str, published: Mapping[str, Published], tmp_path: Path, say: Say) -> None:
    write_kumu(published[name], tmp_path / "map.json")
    write_hsds(published[name], tmp_path / "services.zip")
    readings = (
        read_blueprint(tmp_path / "map.json", ReadOptions()),
        read_tabular(tmp_path / "services.zip", ReadOptions()),
    )
    for number, reading in enumerate(readings):
        elements = say(reading).elements
        store = SqliteStore.open(tmp_path / f"{number}.db", durability=Durability.NORMAL)
        store.apply(
            ChangeSet(
                tuple(one for one in elements if isinstance(one, Node)),
                tuple(one for one in elements if isinstance(one, Record)),
                tuple(one for one in elements if isinstance(one, Tie)),
            )
        )
        names = {stored.element.name for stored in store.iter_nodes() if stored.element.label is Label.PARTNER}
        store.close()
        assert names == {node.name for node in published[name].labelled(Label.PARTNER)}


def test_the_same_graph_gives_the_same_bytes(published: Mapping[str, Published], tmp_path: Path) -> None:
    for write, name in ((write_kumu, "a.json"), (write_hsds, "a.zip"), (write_hsds, "b.json")):
        write(published["tiny"], tmp_path / name)
        first = (tmp_path / name).read_bytes()
        write(published["tiny"], tmp_path / name)
        assert (tmp_path / name).read_bytes() == first
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.namelist() == ["organizations.json", "services.json"]


def test_an_element_as_kumu_shows_it(published: Mapping[str, Published]) -> None:
    document = kumu_document(published["riverbend"])
    element = next(entry for entry in document["elements"] if entry["label"] == "Alderfleet High School")
    assert element["type"] == "K-12 school"
    assert element["tags"] == ["Grades 9-12"]
    assert (element["id"], element["Matchmaker ID"]) == ("rb-alderfleet-high-school",) * 2
    assert element["Sector"] == "K12"
    directions = {(entry["type"], entry["direction"]) for entry in document["connections"]}
    assert ("Partners with", "undirected") in directions
    assert ("Operates", "directed") in directions
    ids = [entry["id"] for entry in (*document["elements"], *document["connections"])]
    assert len(ids) == len(set(ids))


def test_no_ones_name_is_in_what_leaves_as_hsds(published: Mapping[str, Published]) -> None:
    names = {node.get_text("name") for node in published["riverbend"].labelled(Label.CONTACT)} - {""}
    assert names
    text = json.dumps(hsds_lists(published["riverbend"]))
    assert not [name for name in names if name in text]
