"""Files that mean harm, or were harmed: each gets a clear answer in bounded time and memory, and changes nothing.

All of them are made here. The answers are those of ``matchmaker import FILE --into hub --strict --json``.
"""

import gzip
import io
import json
import os
import re
import resource
import shutil
import sqlite3
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import xlsxwriter

from matchmaker.cli.exit_codes import INVALID, NOT_FOUND, OK, SOME_REFUSED
from matchmaker.cli.main import run
from matchmaker.errors import InvalidInput
from matchmaker.exchange.reading import Format, ReadOptions
from matchmaker.exchange.recognition import FORMATS, probe_path, recognize

MOST_SECONDS = 30.0
MOST_KILOBYTES = 600_000
"""By how much one file may raise the most memory ever taken; a bomb that goes off takes gigabytes."""

Make = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Case:
    """A file: its name, how it is made, and the answer: words of the refusal, or how many rows are loaded."""

    name: str
    make: Make
    says: str = ""
    loads: int = -1


CASES: dict[str, Case] = {}


def case(title: str, name: str, make: Make | bytes | str, says: str = "", loads: int = -1) -> None:
    assert title not in CASES
    content = make.encode() if isinstance(make, str) else make
    CASES[title] = Case(name, content if callable(content) else written(content), says, loads)


def written(data: bytes) -> Make:
    return later(lambda: data)


def later(build: Callable[[], bytes]) -> Make:
    """Make the bytes only when they are wanted: some are large."""

    def make(path: Path) -> None:
        path.write_bytes(build())

    return make


def folder(**files: str) -> Make:
    def make(path: Path) -> None:
        path.mkdir()
        for name, text in files.items():
            (path / f"{name}.csv").write_text(text, encoding="utf-8")

    return make


def zipped(members: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", method) as archive:
        warnings.simplefilter("ignore", UserWarning)
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def workbook(*rows: list[object]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows or ([["name", "organization_type"], ["Reef Lab", "museum"]])):
        sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def patched(part: str, change: Callable[[bytes], bytes]) -> Callable[[], bytes]:
    def build() -> bytes:
        with zipfile.ZipFile(io.BytesIO(workbook())) as book:
            parts = {name: book.read(name) for name in book.namelist()}
        return zipped([(name, change(data) if name == part else data) for name, data in parts.items()])

    return build


def pipe(path: Path) -> None:
    os.mkfifo(path)


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def database(path: Path) -> None:
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE t (a)")
    made.close()


# Tables

HEAD = "id,name,organization_type\n"
ROW = "reef,Reef Lab,museum\n"
PLACED = "id,name,organization_type,latitude,longitude\n"
DATED = "id,name,organization_type,since\n"
TIES = "source,type,target\n"
TWO = HEAD + "reef,Reef Lab,museum\ntide,Tide Bank,employer\n"
SCRIPTS = ["Musée de l’Île", "Музей науки", "科学博物館", "متحف العلوم", "מוזיאון המדע", "विज्ञान संग्रहालय", "과학관"]
SCRIPTS += ["ሙዚየም", "พิพิธภัณฑ์", "Þjóðminjasafn", "ᏣᎳᎩ ᎠᏰᎵ", "Μουσείο", "Mixteco Ñuu Savi", "𐐔𐐯𐑅𐐨𐑉𐐯𐐻", "🛰 Space"]

case("an empty file", "partners.csv", b"", "empty")
case("only blank lines", "partners.csv", b"\n\r\n \n", "empty")
case("only a byte order mark", "partners.csv", b"\xef\xbb\xbf", "empty")
case("only a header", "partners.csv", HEAD, loads=0)
case("a column twice", "partners.csv", "id,name,name,organization_type\nreef,A,B,museum\n", "more than once")
case("a missing column", "partners.csv", "id,label\nreef,Reef Lab\n", "name")
case("an unclosed quote", "partners.csv", HEAD + 'reef,"Reef,museum\ntide,Tide,museum\n', "quote")
case("text after a quote", "partners.csv", HEAD + 'reef,"Reef"Lab,museum\n', "quote")
case("too many cells", "partners.csv", HEAD + "reef,Reef,Lab,museum\n", "cells")
case("too few cells", "partners.csv", HEAD + "reef,Reef\n", "cells")
case("mixed delimiters", "partners.csv", "id,name,organization_type\nreef;Reef Lab;museum\n", "cells")
case("a cell of ten megabytes", "partners.csv", HEAD + "reef," + "x" * 10_000_000 + ",museum\n", "too long")
case("NUL bytes", "partners.csv", HEAD + "re\0ef,Reef\0Lab,museum\n", "re")
case("an id with control characters", "partners.csv", HEAD + "re\x1b[31mef,Reef Lab,museum\n", "id")
case("an id of 200 characters", "partners.csv", HEAD + "r" * 200 + ",Reef Lab,museum\n", "id")
case("an id in capitals with a space", "partners.csv", HEAD + "Reef Lab,Reef Lab,museum\n", "id")
case("an id that looks like another", "partners.csv", HEAD + "r\u0435ef,Reef Lab,museum\n", "id")
case("an id twice", "partners.csv", HEAD + ROW + "reef,Another,museum\n", "once")
case("an unknown type", "partners.csv", HEAD + "reef,Reef Lab,musem\n", "museum")
case("Latin-1", "partners.csv", (HEAD + "reef,Café Lab,museum\n").encode("latin-1"), "UTF-8")
case("UTF-16", "partners.csv", (HEAD + ROW).encode("utf-16"), "UTF-16")
case("UTF-16 without a mark", "partners.csv", (HEAD + ROW).encode("utf-16-le"), "needs confirming")
case("UTF-32", "partners.csv", (HEAD + ROW).encode("utf-32"), "needs confirming")
case("half characters", "partners.csv", HEAD.encode() + b"reef,\xed\xa0\x80 Lab,museum\n", "UTF-8")
case("overlong characters", "partners.csv", HEAD.encode() + b"reef,\xc0\xaf Lab,museum\n", "UTF-8")
case("a picture", "partners.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 4, "isn't a text file")
case("something packed", "partners.csv", gzip.compress((HEAD + ROW).encode(), mtime=0), "isn't a text file")
case("a database", "partners.csv", database, "isn't a text file")
case("a folder named like a file", "partners.csv", Path.mkdir, "format isn't recognised")
case("a link that leads to itself", "partners.csv", loop, "can't be read")
case("a pipe", "partners.csv", pipe, "file")
case("a hundred thousand columns", "partners.csv", later(lambda: wide(100_000)), "more than 1,000")
case("a hundred thousand equal columns", "partners.csv", later(lambda: b"a," * 100_000 + b"a\n"), "more than 1,000")
case("a latitude of 1e400", "partners.csv", PLACED + "reef,Reef Lab,museum,1e400,-80\n", "latitude")
case("a latitude of NaN", "partners.csv", PLACED + "reef,Reef Lab,museum,NaN,-80\n", "latitude")
case("a latitude of 91", "partners.csv", PLACED + "reef,Reef Lab,museum,91,-80\n", "latitude")
case("a latitude in other digits", "partners.csv", PLACED + "reef,Reef Lab,museum,٢٥,-80\n", "latitude")
case("a negative zero", "partners.csv", PLACED + "reef,Reef Lab,museum,-0.0,-0\n", loads=1)
case("the 30th of February", "partners.csv", DATED + "reef,Reef Lab,museum,2024-02-30\n", "since")
case("no leap day", "partners.csv", DATED + "reef,Reef Lab,museum,2023-02-29\n", "since")
case("a leap day", "partners.csv", DATED + "reef,Reef Lab,museum,2024-02-29\n", loads=1)
case("the year 10000", "partners.csv", DATED + "reef,Reef Lab,museum,10000-01-01\n", "since")
case("an American date", "partners.csv", DATED + "reef,Reef Lab,museum,02/03/2024\n", "since")
case("line ends of old", "partners.csv", (HEAD + ROW).replace("\n", "\r"), loads=1)
case(
    "formulas",
    "partners.csv",
    HEAD + 'reef,"=HYPERLINK(""http://a.example"",""x"")",museum\ntide,@SUM(1),museum\n',
    loads=2,
)
case(
    "every script",
    "partners.csv",
    HEAD + "".join(f"p{number},{name},museum\n" for number, name in enumerate(SCRIPTS)),
    loads=len(SCRIPTS),
)
case("a thousand marks on a letter", "partners.csv", HEAD + "reef,Z" + "\u0301" * 1000 + ",museum\n", loads=1)
case("text in two directions", "partners.csv", HEAD + "reef,\u202eseum\u202c Reef,museum\n", loads=1)
case("a tie to nobody", "ties.csv", TIES + "nobody,PARTNERS_WITH,noone\n", "nobody")
case("a tie to itself", "bundle", folder(partners=TWO, ties=TIES + "reef,PARTNERS_WITH,reef\n"), "to itself")
case("an unknown tie", "bundle", folder(partners=TWO, ties=TIES + "reef,LOVES,tide\n"), "PARTNERS_WITH")
case(
    "parts in a circle",
    "bundle",
    folder(partners=TWO, ties=TIES + "reef,PART_OF,tide\ntide,PART_OF,reef\n"),
    "PART_OF",
)
case(
    "more people than there are",
    "bundle",
    folder(partners=TWO, counts="subject,kind,all_stages,year,value\nreef,enrolled,true,2024," + "9" * 400 + "\n"),
    "value",
)
case(
    "fewer people than none",
    "bundle",
    folder(partners=TWO, counts="subject,kind,all_stages,year,value\nreef,enrolled,true,2024,-5\n"),
    "value",
)


def wide(columns: int) -> bytes:
    return (",".join(f"c{number}" for number in range(columns)) + "\n" + "," * (columns - 1) + "\n").encode()


# Zip files and workbooks

LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><graphml>&b;</graphml>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/hostname">]><graphml>&x;</graphml>'
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000)
TABLES = [("organizations.csv", b"id,name,description\n1,Reef,Lab\n"), ("services.csv", b"id,organization_id,name\n")]
SHEET = "xl/worksheets/sheet1.xml"

case("a truncated zip file", "hsds.zip", zipped(TABLES)[:-20], "truncated")
case(
    "a zip bomb", "hsds.zip", later(lambda: zipped([("organizations.csv", bytes(60 << 20)), *TABLES[1:]])), "250 times"
)
case("a zip file that leads out", "hsds.zip", zipped([("../organizations.csv", b"id,name\n"), *TABLES]), "leads out")
case("a zip file with a name twice", "hsds.zip", zipped([*TABLES, TABLES[0]]), "one name")
case("a zip file in a zip file", "hsds.zip", zipped([("organizations.zip", zipped(TABLES)), *TABLES]), "packed file")
case("an empty workbook file", "p.xlsx", b"", "empty")
case("an old workbook", "p.xls", OLD, ".xlsx")
case("an old workbook under a new name", "p.xlsx", OLD, ".xlsx")
case("a protected workbook", "p.xlsx", OLD + "EncryptedPackage".encode("utf-16-le") + bytes(600), "password")
case("a web page as a workbook", "p.xls", b"<html><table><tr><td>id</td></tr></table></html>", ".xlsx")
case("a table as a workbook", "p.xlsx", HEAD + ROW, "is no Excel workbook")
case("a truncated workbook", "p.xlsx", workbook()[:-30], "truncated")
case(
    "a workbook of a million columns",
    "p.xlsx",
    later(patched(SHEET, lambda s: s.replace(b"</row>", b"<c/>" * 10**6 + b"</row>", 1))),
    "column",
)
case(
    "a workbook that reaches far",
    "p.xlsx",
    later(patched(SHEET, lambda s: re.sub(b'ref="[^"]*"', b'ref="A1:XFD1048576"', s))),
    "reaches beyond",
)
case("a workbook that laughs", "p.xlsx", later(patched(SHEET, lambda _: LAUGHS)), "document type or entities")
case(
    "a workbook with macros",
    "p.xlsm",
    zipped([("[Content_Types].xml", b"<Types/>"), ("xl/vbaProject.bin", b"")]),
    "macros",
)

# Documents


def kumu(elements: bytes) -> bytes:
    return b'{"elements": ' + elements + b', "connections": []}'


case("JSON nested 100,000 deep", "map.json", kumu(b"[" * 100_000 + b"]" * 100_000), "deep inside")
case("JSON cut off", "map.json", kumu(b"[")[:20], "valid JSON")
case("JSON with a name twice", "map.json", kumu(b'[{"label": "A", "label": "B"}]'), "stands twice")
case("JSON with NaN", "map.json", kumu(b'[{"label": "A", "x": NaN}]'), "no number")
case("JSON with 1e400", "map.json", kumu(b'[{"label": "A", "x": 1e400}]'), "too large")
case("JSON with half a character", "map.json", kumu(b'[{"label": "\\ud800"}]'), "half of a character")
case("JSON with a number of 5,000 digits", "map.json", kumu(b"[" + b"9" * 5000 + b"]"), "5,000 characters")
case("JSON in UTF-16", "map.json", kumu(b"[]").decode().encode("utf-16"), "isn't recognised")
case("JSON of nothing", "map.json", b"null", "isn't recognised")
case("JSON of five million values", "map.json", later(lambda: kumu(b"[" + b"{}," * 5_000_000 + b"{}]")), "values")
case(
    "JSON with other types everywhere",
    "map.json",
    b'{"elements": {"a": 1}, "connections": "x", "maps": 3}',
    "isn't recognised",
)
case("XML that laughs", "net.graphml", LAUGHS, "document type or entities")
case("XML from outside", "net.graphml", OUTSIDE, "document type or entities")
case("XML 100,000 deep", "net.graphml", b"<graphml>" + b"<graph>" * 100_000, "deep inside")
case(
    "XML cut off",
    "net.graphml",
    b'<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph><node id="a">',
    "well-formed",
)
case("GEXF that laughs", "net.gexf", LAUGHS.replace(b"graphml>", b"gexf>"), "document type or entities")

# Lists of people; every one of them is invented

case("a list of learners", "list.csv", "Student ID,First name,Last name,Grade\n7,Zora,Quimby,5\n", "list of people")
case(
    "a bundle with birth dates",
    "partners.csv",
    "id,name,organization_type,dob\nreef,Zora,museum,2015-03-14\n",
    "list of people",
)
case(
    "learners in a workbook",
    "p.xlsx",
    later(lambda: workbook(["Robotics club"], ["Student name", "DOB"], ["Zora Quimby", "3/14/2015"])),
    "list of people",
)
case(
    "learners in JSON", "map.json", kumu(b'[{"label": "Zora Quimby", "type": "Student", "grade": 5}]'), "list of people"
)
GRAPHML = '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
KEYED = GRAPHML + '<key id="d0" for="node" attr.name="studentId"/><graph><node id="z"><data key="d0">Zora</data></node>'
case("learners in a graph", "net.graphml", KEYED + "</graph></graphml>", "list of people")
SECRETS = ("Zora", "Quimby", "2015-03-14", "3/14/2015")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that holds an ecosystem and nothing else."""
    made = tmp_path_factory.mktemp("hub")
    (made / "ecosystems.csv").write_text("id,name\nhub,Hub\n", encoding="utf-8")
    assert run(["import", str(made / "ecosystems.csv"), "--store", f"sqlite:///{made / 'hub.db'}"]) == OK
    return made / "hub.db"


@pytest.fixture
def store(hub: Path, tmp_path: Path) -> str:
    copy = tmp_path / "copy.db"
    shutil.copy(hub, copy)
    return f"sqlite:///{copy}"


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def content_hash(store: str, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert run(["stats", "--store", store, "--json"]) == OK
    return str(json.loads(capsys.readouterr().out)["content_hash"])


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 80


@pytest.mark.parametrize("title", CASES)
def test_a_hostile_file_is_answered(title: str, store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hostile = CASES[title]
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / hostile.name
    hostile.make(path)
    before, held, started = content_hash(store, capsys), peak(), time.monotonic()
    code = run(["import", str(path), "--into", "hub", "--strict", "--json", "--store", store, "--as", "test"])
    took, printed = time.monotonic() - started, capsys.readouterr()
    told = printed.out + printed.err
    assert took < MOST_SECONDS
    assert peak() - held < MOST_KILOBYTES
    assert "Traceback" not in told
    if hostile.loads >= 0:
        assert (code, json.loads(printed.out)["loaded"]) == (OK, hostile.loads), told
        assert (content_hash(store, capsys) == before) is (hostile.loads == 0)
        return
    assert code in {SOME_REFUSED, INVALID, NOT_FOUND}, told
    assert hostile.says in told
    assert len(told) < 20_000
    assert hostile.name in told
    assert [secret for secret in SECRETS if secret in told] == []
    assert content_hash(store, capsys) == before


def formats_for(path: Path) -> Iterator[Format]:
    try:
        probe = probe_path(path)
    except InvalidInput:
        return
    yield from (format for format in FORMATS if format.matches(probe))


@pytest.mark.parametrize("title", CASES)
def test_every_reader_that_would_take_it_gives_rows_or_refuses(title: str, tmp_path: Path) -> None:
    path = tmp_path / CASES[title].name
    CASES[title].make(path)
    for format in formats_for(path):
        try:
            reading = format.read(path, ReadOptions())
            rows = sum(1 for _ in reading.rows())
        except InvalidInput as refused:
            answer = refused.findings
        else:
            answer = reading.findings
            assert rows >= 0
        assert all(finding.message for finding in answer)
    try:
        assert recognize(path).term
    except InvalidInput as refused:
        assert refused.findings[0].message  # noqa: PT017 - either outcome is right
