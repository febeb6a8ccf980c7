"""From an empty store to a region: four registers, a messy sheet and a map, with no partner twice; on both stores."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from matchmaker.cli.main import run
from matchmaker.exchange.resolution.names import parse_name
from matchmaker.testing.neo4j_server import Neo4jAccess

SHEET = Path(__file__).parents[1] / "exchange" / "spreadsheet" / "data" / "miami_partners.csv"
REGISTERS = (
    ("colleges/hd2020.csv", "ipeds_hd"),
    ("schools_florida/fl_public_schools_hifld.csv", "hifld_schools"),
    ("libraries_florida/pls_outlets_fl_2017.csv", "pls_outlets"),
    ("museums/mudf14q3pub.csv", "imls_museums"),
)
MAP: dict[str, Any] = {
    "elements": [
        {"_id": "elem-a", "attributes": {"label": "Zoo Miami", "element type": "Zoo"}},
        {"_id": "elem-b", "attributes": {"label": "Overtown Makers (invented)", "element type": "Makerspace"}},
        {"_id": "elem-c", "attributes": {"label": "Gables Robotics Boosters (invented)", "element type": "Nonprofit"}},
    ],
    "connections": [
        {"_id": "conn-1", "from": "elem-a", "to": "elem-b", "attributes": {"connection type": "Partners with"}}
    ],
    "maps": [],
}
DAY = "2026-11-01"


class Console:
    """The command line on one store, as a newcomer types it."""

    def __init__(self, capsys: pytest.CaptureFixture[str], store: str) -> None:
        self._capsys, self._store = capsys, store

    def type(self, *words: str, expected: tuple[int, ...] = (0,)) -> Mapping[str, Any]:
        self._capsys.readouterr()
        code = run([*words, "--store", self._store, "--json"])
        printed = self._capsys.readouterr()
        assert code in expected, printed.err
        told: Mapping[str, Any] = json.loads(printed.out)
        return told


@pytest.fixture(params=["sqlite", pytest.param("neo4j", marks=pytest.mark.neo4j)])
def console(
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Console:
    if request.param == "sqlite":
        return Console(capsys, f"sqlite:///{tmp_path}/miami.db")
    access: Neo4jAccess = request.getfixturevalue("empty_neo4j")
    monkeypatch.setenv("MATCHMAKER_NEO4J_USER", access.user)
    monkeypatch.setenv("MATCHMAKER_NEO4J_PASSWORD", access.password)
    return Console(capsys, access.uri)


@pytest.mark.real_data
def test_a_region_is_loaded_from_registers_a_sheet_and_a_map(console: Console, real_data: Path, tmp_path: Path) -> None:
    console.type("ecosystem", "add", "miami", "--name", "Miami-Dade STEM", "--region", "US-FL")
    for name, format in REGISTERS:
        near = ("--near", "Miami-Dade County, FL", "--within", "60km")
        told = console.type("import", str(real_data / name), *near)
        assert (told["format"], told["refused"]) == (format, 0)
        assert told["loaded"] > 90
        assert told["loaded"] + told["outside"] == told["read"]
    before = console.type("stats")

    plan = console.type("import", str(SHEET), "--into", "miami", "--yes", "--dry-run", expected=(3,))
    assert (plan["written"], plan["refused"]) == (False, 2)
    assert console.type("stats") == before
    loaded = console.type("import", str(SHEET), "--into", "miami", "--yes", "--plan", plan["plan"], expected=(3,))
    assert (loaded["added"], loaded["refused"]) == (plan["added"], 2)
    assert [(pair["first"], pair["second"]) for pair in loaded["merged"]] == [
        (pair["first"], pair["second"]) for pair in plan["merged"]
    ]
    assert len(loaded["merged"]) >= 10
    again = console.type("import", str(SHEET), "--into", "miami", "--yes", expected=(3,))
    assert (again["added"], again["changed"], again["job"]) == (0, 0, None)

    drawn = tmp_path / "map.json"
    drawn.write_text(json.dumps(MAP), encoding="utf-8")
    assert console.type("import", str(drawn), "--into", "miami")["loaded"] == 4

    review = console.type("duplicates", "list", "--into", "miami")["pairs"]
    assert 0 < len(review) < 60
    own = {pair["first"] for pair in review} | {pair["second"] for pair in review}
    partners = console.type("partners", "--ecosystem", "miami", "--limit", "100", "--members")["partners"]
    twice = Counter(parse_name(partner["name"]).key for partner in partners if partner["id"] not in own)
    assert [name for name, times in twice.items() if times > 1] == []

    listed = console.type("suggest", "Coral Way K-8 Center", "--ecosystem", "miami", "--as-of", DAY)["suggestions"]
    assert len(listed) >= 3
    assert all(suggestion["reasons"]["source"] and suggestion["reasons"]["target"] for suggestion in listed)
    gaps = console.type("gaps", "miami", "--as-of", DAY)
    assert gaps["gaps"] or gaps["not_known"]

    book = tmp_path / "miami.xlsx"
    written = console.type("export", "miami", "--format", "xlsx", "--to", str(book), "--as-of", DAY)
    sheets = openpyxl.load_workbook(book, read_only=True)
    assert {"About", "Partners", "Ties"} <= set(sheets.sheetnames)
    assert written["graph_hash"]

    undone = console.type("undo", loaded["job"])
    assert undone["state"] == "cancelled"
    assert console.type("import", str(SHEET), "--into", "miami", "--yes", expected=(3,))["added"] == plan["added"]
