"""Sheets and other tools' files on their way into a store: which mapping they are read by, and loading them again."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.exchange.mapping import ColumnMapping, Target
from matchmaker.exchange.reading import ReadOptions
from matchmaker.graph.store import GraphStore
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import Node
from matchmaker.model.ids import EcosystemId, NodeId
from matchmaker.model.vocabulary import Label, OrganizationType, ProgramType, TieType
from matchmaker.services.importing import import_file, plan_import
from matchmaker.services.job_records import Runner
from matchmaker.services.loading import ImportOptions
from matchmaker.services.mappings import put_mapping
from matchmaker.services.sheets import MappingChoice, with_mapping

HEAD = "Organization,Type,ZIP,Programs,Partners,Needs,Last updated"
ROWS = [
    "Coral Gables Senior High School,school,33134,Robotics club,Lowe Art Museum,mentors,2024-03-05",
    "Lowe Art Museum,museum,33146,,Coral Gables Senior High; Tinker Works,,2024-02-01",
    "Tinker Works,makerspace,33127,Open Lab Club,,space,",
    "Lincoln,school,33133,,,,",
    "Lincoln,school,33134,,,,",
]
MIAMI = EcosystemId("miami")


def sheet(folder: Path, *rows: str) -> Path:
    path = folder / "members.csv"
    path.write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    return path


@pytest.fixture
def hub(embedded: GraphStore) -> GraphStore:
    """A store with one ecosystem."""
    node = Node(NodeId("miami"), Label.ECOSYSTEM, {"name": "Miami", "region": "US-FL", "country": "US"})
    embedded.apply(ChangeSet(nodes=(node,)))
    return embedded


def options(store: GraphStore, path: Path) -> ImportOptions:
    return with_mapping(store, path, ImportOptions(into=MIAMI), MappingChoice(accept=True))[0]


def test_a_sheet_that_was_sorted_or_grew_changes_nothing_of_the_same_rows(
    hub: GraphStore, runner: Runner, tmp_path: Path
) -> None:
    path = sheet(tmp_path, *ROWS)
    first = import_file(hub, path, options(hub, path), runner)
    assert (first.added, first.refused) == (len(ROWS) + 2, 0)
    assert len(list(hub.iter_ties(TieType.PARTNERS_WITH))) == 2
    hashes = hub.hashes()
    for rows in (ROWS[::-1], [*ROWS[2:], *ROWS[:2]]):
        path = sheet(tmp_path, *rows)
        plan = plan_import(hub, path, options(hub, path), runner)
        assert (plan.unchanged, plan.added, plan.changed, plan.changes) == (len(ROWS) + 2, 0, 0, ())
    path = sheet(tmp_path, "A New Zoo,zoo,33177,,,,", *ROWS)
    grown = plan_import(hub, path, options(hub, path), runner)
    assert (grown.unchanged, grown.added, grown.changed) == (len(ROWS) + 2, 1, 0)
    import_file(hub, sheet(tmp_path, *ROWS[::-1]), options(hub, path), runner)
    assert hub.hashes() == hashes


def test_two_ecosystems_partners_of_one_name_stay_apart(hub: GraphStore, runner: Runner, tmp_path: Path) -> None:
    hub.apply(ChangeSet(nodes=(Node(NodeId("tampa"), Label.ECOSYSTEM, {"name": "Tampa"}),)))
    path = sheet(tmp_path, *ROWS)
    import_file(hub, path, options(hub, path), runner)
    other = replace(options(hub, path), into=EcosystemId("tampa"))
    assert import_file(hub, path, other, runner).refused == 0
    ids = {stored.element.id for stored in hub.iter_nodes(Label.PARTNER)}
    assert {"miami:tinker-works-33127", "tampa:tinker-works-33127"} <= ids


def test_a_sheet_is_tied_to_what_an_earlier_sheet_brought(hub: GraphStore, runner: Runner, tmp_path: Path) -> None:
    path = sheet(tmp_path, *ROWS)
    import_file(hub, path, options(hub, path), runner)
    path = sheet(tmp_path, "Bay Lab,lab,33149,,Coral Gables Sr. High,,")
    assert import_file(hub, path, options(hub, path), runner).notices == ()
    ends = {(tie.element.source, tie.element.target) for tie in hub.iter_ties(TieType.PARTNERS_WITH)}
    assert ("miami:bay-lab-33149", "miami:coral-gables-senior-high-school-33134") in ends


KUMU = {"elements": [{"label": "Tinker Works", "type": "STEM shop"}, {"label": "Kindness", "type": "Program"}]}
HSDS = {
    "id": "11f1f1f1-0000-4000-8000-000000000001",
    "name": "Works",
    "description": "tinkers",
    "legal_status": "STEM shop",
    "services": [{"id": "11f1f1f1-0000-4000-8000-000000000002", "name": "Kindness", "status": "active"}],
}
WORDS = ColumnMapping({}, program_type=ProgramType.CLUB, words={"STEM shop": OrganizationType.MAKERSPACE})


@pytest.mark.parametrize("document", [KUMU, HSDS])
def test_a_named_mapping_says_what_words_mean_in_other_tools_files(
    hub: GraphStore, runner: Runner, tmp_path: Path, document: dict[str, object]
) -> None:
    put_mapping(hub.operations(), "our-words", WORDS)
    path = tmp_path / "file.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    mapped, name = with_mapping(hub, path, ImportOptions(into=MIAMI), MappingChoice("our-words"))
    assert name == "our-words"
    assert import_file(hub, path, mapped, runner).refused == 0
    types = [stored.element.get_text("organization_type") for stored in hub.iter_nodes(Label.PARTNER)]
    programs = [stored.element.get_text("program_type") for stored in hub.iter_nodes(Label.PROGRAM)]
    assert (types, programs) == (["makerspace"], ["club"])
    assert with_mapping(hub, path, ImportOptions(), MappingChoice()) == (ImportOptions(), "")


def test_a_mapping_that_is_not_there_or_not_needed(hub: GraphStore, tmp_path: Path) -> None:
    path = sheet(tmp_path, *ROWS)
    for store in (hub, None):
        with pytest.raises(NotFound, match="No mapping called 'nobodys'"):
            with_mapping(store, path, ImportOptions(), MappingChoice("nobodys"))
    register = tmp_path / "ecosystems.csv"
    register.write_text("id,name\nhub,The Hub\n", encoding="utf-8")
    put_mapping(hub.operations(), "our-words", WORDS)
    with pytest.raises(InvalidInput, match="a file of this format needs no mapping"):
        with_mapping(hub, tmp_path, ImportOptions(format="bundle"), MappingChoice("our-words"))


def test_a_mapping_that_was_given_is_taken_as_it_is(hub: GraphStore, tmp_path: Path) -> None:
    given = ImportOptions(read=ReadOptions(mapping=ColumnMapping({"Organization": Target.NAME})))
    assert with_mapping(hub, sheet(tmp_path, *ROWS), given, MappingChoice("nobodys")) == (given, "")
