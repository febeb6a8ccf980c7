"""Text files however they are written: encodings, delimiters, quotes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from matchmaker.exchange.readers.spreadsheet import propose_mapping
from matchmaker.exchange.readers.spreadsheet.delimited import find_encoding
from matchmaker.testing.spreadsheets import read_sheet

Write = Callable[..., Path]
PARTNERS = "Organization,Type,ZIP\nMuseo de la Niñez,museum,33132\nPeñón Café & Ciencia,non-profit,33135\n"
NAMES = ["Museo de la Niñez", "Peñón Café & Ciencia"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"])
def test_any_usual_encoding_is_read(text_file: Write, encoding: str) -> None:
    read = read_sheet(text_file(PARTNERS, encoding))
    assert [cells["name"] for cells in read.cells("partners.csv")] == NAMES


def test_windows_quotes_and_dashes_are_read_and_the_guess_is_told(text_file: Write) -> None:
    path = text_file("Organization,Type,ZIP\nThe “Lab” – Café,makerspace,33127\n", "cp1252")
    read = read_sheet(path)
    assert read.cells("partners.csv")[0]["name"] == "The “Lab” – Café"
    assert [notice.message for notice in read.reading.notices] == [
        "the file is not UTF-8; it was read as Windows-1252 (Western European, as Latin-1)"
    ]


def test_utf_8_is_told_from_the_whole_file(text_file: Write, tmp_path: Path) -> None:
    late = tmp_path / "late.csv"
    late.write_bytes(b"Organization\n" + b"Zoo\n" * 200_000 + "Café".encode("cp1252"))
    assert find_encoding(late).name == "cp1252"
    assert find_encoding(text_file(PARTNERS)).name == "utf-8"


@pytest.mark.parametrize(("delimiter", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_the_delimiter_is_found_and_told(text_file: Write, delimiter: str, name: str) -> None:
    rows = [
        ["Organization", "Type", "ZIP"],
        ["Zoo Miami, Inc.", "zoo", "33177"],
        ["Lowe Art Museum", "museum", "33146"],
    ]
    path = text_file("\n".join(delimiter.join(row) for row in rows))
    read = read_sheet(path)
    assert [cells["name"] for cells in read.cells("partners.csv")] == ["Zoo Miami, Inc.", "Lowe Art Museum"]
    assert [notice.message for notice in read.reading.notices] == [f"its cells are separated by {name}"]


def test_line_breaks_and_delimiters_inside_quotes(text_file: Write) -> None:
    path = text_file(
        'Organization,Type,Description\r\n"Zoo, Miami",zoo,"first\r\nsecond, ""third"""\r\nLowe,museum,x\r\n'
    )
    read = read_sheet(path)
    assert [(cells["name"], cells["description"]) for cells in read.cells("partners.csv")] == [
        ("Zoo, Miami", 'first\nsecond, "third"'),
        ("Lowe", "x"),
    ]
    assert [cells["source_row"] for cells in read.cells("partners.csv")] == [
        "partners.csv, Zoo, Miami",
        "partners.csv, Lowe",
    ]
    assert [row.spot.line for row in read.rows] == [2, 4]


def test_carriage_returns_alone_end_lines(text_file: Write) -> None:
    assert read_sheet(text_file(PARTNERS.replace("\n", "\r"))).ids() == [
        "museo-de-la-ninez-33132",
        "penon-cafe-and-ciencia-33135",
    ]


def test_a_quote_that_is_never_closed_refuses_what_comes_after(text_file: Write) -> None:
    read = read_sheet(text_file('Organization,Type\nZoo,zoo\n"Lowe,museum\nFrost,museum\n'))
    assert read.ids() == ["zoo"]
    assert [(line, message) for line, _, message, _ in read.faults()] == [
        (3, "a quoted cell is opened and never closed, so nothing after it can be read")
    ]


def test_text_after_a_closing_quote_refuses_that_line_only(text_file: Write) -> None:
    read = read_sheet(text_file('Organization,Type\n"Zoo"x,zoo\nLowe,museum\n'))
    assert read.ids() == ["lowe"]
    assert [line for line, _, _, _ in read.faults()] == [2]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the table is empty"),
        (b"\n\n  \n", "the table is empty"),
        (b"a\0b,c\n1,2\n", "the file holds NUL bytes, so it isn't a text file"),
        (b"\xff\xfeO\x00r\x00g\x00\n", "the file can't be read as UTF-16"),
        (b"1,2,3\n4,5,6\n", "no row looks like a header with the columns' names"),
        (b"x" * 200_000 + b",y\n", "a cell is too long to be read (is a quote left open?)"),
        (b",".join(b"c%d" % n for n in range(1001)) + b"\n", "the line has 1,001 cells, more than 1,000"),
    ],
)
def test_what_is_no_table_is_refused_in_words(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "partners.csv"
    path.write_bytes(content)
    assert [finding.message for finding in propose_mapping(path).findings] == [message]


def test_two_columns_of_one_name_are_refused(text_file: Write) -> None:
    findings = propose_mapping(text_file("Organization,Phone,phone\nZoo,1,2\n")).findings
    assert [(finding.where, finding.message) for finding in findings] == [
        ("Phone", "the column is there more than once"),
        ("phone", "the column is there more than once"),
    ]
