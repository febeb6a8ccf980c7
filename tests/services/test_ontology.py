"""The ontology as a document, and its page."""

import json
import shutil
import subprocess
import sys
from itertools import groupby
from pathlib import Path

from matchmaker.model.ontology import PROPERTIES, TIES
from matchmaker.model.vocabulary import GapKind, Label, PatternName, StageTerm, SuggestionState, TieType
from matchmaker.services.ontology import LABEL_WORDS, describe_ontology, enumerations, ontology_page

REPOSITORY = Path(__file__).resolve().parents[2]


def test_the_page_is_current() -> None:
    page = (REPOSITORY / "docs" / "ontology.md").read_text(encoding="utf-8")
    assert page == ontology_page(), "run scripts/generate-docs"


def test_the_script_writes_the_page(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "docs").mkdir()
    script = shutil.copy(REPOSITORY / "scripts" / "generate-docs", tmp_path / "scripts" / "generate-docs")
    subprocess.run(
        [script], check=True, env={"PYTHON": sys.executable, "PATH": "/usr/bin:/bin", "PYTHONPATH": str(REPOSITORY)}
    )
    assert (tmp_path / "docs" / "ontology.md").read_text(encoding="utf-8") == ontology_page()


def entries(part: str) -> list[dict[str, object]]:
    found = describe_ontology()[part]
    assert isinstance(found, list)
    return found


def test_everything_of_the_vocabulary_is_in_the_document() -> None:
    assert [entry["label"] for entry in entries("labels")] == [label.value for label in Label]
    assert {entry["type"] for entry in entries("ties")} == {type.value for type in TieType}
    assert {entry["pattern"] for entry in entries("link_patterns")} == {name.value for name in PatternName}
    assert [entry["stage"] for entry in entries("stages")] == [stage.value for stage in StageTerm]
    assert [entry["state"] for entry in entries("suggestion_life")] == [state.value for state in SuggestionState]
    assert len(entries("enumerations")) == len(enumerations()) >= 40
    assert set(LABEL_WORDS) == set(Label)
    kinds = describe_ontology()["gap_kinds"]
    assert isinstance(kinds, list)
    assert GapKind.STAGE_COVERAGE.value in kinds
    assert len(kinds) == 6


def test_properties_carry_what_is_valid_and_who_sees_them() -> None:
    for entry in entries("labels"):
        properties = entry["properties"]
        assert isinstance(properties, list)
        assert [spec["name"] for spec in properties] == [spec.name for spec in PROPERTIES[Label(str(entry["label"]))]]
        assert all(spec["valid"] for spec in properties)
    partner = {spec["name"]: spec for spec in entries("labels")[0]["properties"]}  # type: ignore[attr-defined]
    assert partner["request_limit"]["visibility"] == "staff"
    assert partner["organization_type"]["enumeration"] == "OrganizationType"
    assert partner["sector"]["derived"] is True


def test_ties_carry_their_ends() -> None:
    ties = {entry["type"]: entry for entry in entries("ties")}
    assert ties["RECOGNIZES"]["ends"] == [{"source": "Partner (higher_education)", "target": "Program"}]
    assert ties["HOSTS_WBL"]["ends"] == [
        {"source": "Employer", "target": "Program"},
        {"source": "Employer", "target": "Partner"},
    ]
    assert ties["PARTNERS_WITH"]["directed"] is False
    assert all(len(ties[type.value]["ends"]) == len(spec.ends) for type, spec in TIES.items())  # type: ignore[arg-type]


def test_the_document_is_plain_json_and_always_the_same() -> None:
    first = json.dumps(describe_ontology())
    assert json.loads(first) == describe_ontology()
    assert json.dumps(describe_ontology()) == first


def test_every_table_of_the_page_is_whole() -> None:
    tables = [list(lines) for is_row, lines in groupby(ontology_page().splitlines(), _is_row) if is_row]
    assert len(tables) > 40
    for table in tables:
        assert len({row.replace("\\|", "").count("|") for row in table}) == 1, table[0]
        assert set(table[1]) == {"|", "-"}


def _is_row(line: str) -> bool:
    return line.startswith("|")
