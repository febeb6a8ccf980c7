from pathlib import Path

import pytest

from matchmaker.exchange.readers.sheets import Row, iter_rows, open_sheet


def rows_of(path: Path) -> list[Row]:
    return list(iter_rows(open_sheet(path)))


def test_a_row_stands_where_it_starts_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "partners.csv"
    path.write_bytes(b'id,name\r\na,"first\nof two\nor three lines"\r\n\r\n,\r\nb,second\r\n')
    rows = rows_of(path)
    assert [(row.spot.line, row.cells) for row in rows] == [
        (2, {"id": "a", "name": "first\nof two\nor three lines"}),
        (7, {"id": "b", "name": "second"}),
    ]
    assert all(row.findings == () for row in rows)


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    path = tmp_path / "partners.csv"
    path.write_bytes(b"\xef\xbb\xbfID , Name\na,Caf\xc3\xa9\n")
    sheet = open_sheet(path)
    assert sheet.columns == ("id", "name")
    assert rows_of(path)[0].cells == {"id": "a", "name": "Café"}


def test_only_the_row_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "partners.csv"
    path.write_bytes(b"id,name\na,Caf\xe9\nb,plain\n")
    first, second = rows_of(path)
    assert first.findings[0].message == "is not UTF-8 text"
    assert (first.findings[0].where, first.findings[0].value, first.findings[0].line) == ("name", "Caf\\xe9", 2)
    assert first.findings[0].valid == "a CSV file saved as UTF-8"
    assert second.findings == ()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_utf16_file_is_named_as_such(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "partners.csv"
    path.write_bytes("\ufeffid,name\na,b\n".encode(encoding))
    assert [finding.message for finding in open_sheet(path).findings] == ["the file is UTF-16"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,name\na\n", "the row doesn't fit the header"),
        ("id,name\na,b,c\n", "the row doesn't fit the header"),
        (
            'id,name\na,"b"c\n',
            "there is text after a closing quote (a quote inside quoted text is written twice)",
        ),
        ('id,name\na,"b\nc,d\n', "a quoted cell is opened and never closed, so nothing after it can be read"),
        (f"id,name\na,{'b' * 140_000}\n", "a cell is too long to be read (is a quote left open?)"),
    ],
)
def test_a_row_that_cannot_be_read_is_one_fault_on_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "partners.csv"
    path.write_text(text, encoding="utf-8")
    (row,) = rows_of(path)
    assert [finding.message for finding in row.findings] == [message]
    assert (row.findings[0].file, row.findings[0].line) == ("partners.csv", 2)


def test_rows_after_an_unreadable_one_are_read(tmp_path: Path) -> None:
    path = tmp_path / "partners.csv"
    path.write_text(f'id,name\na,"b"c\nd,e\nf,{"g" * 140_000}\nh,i\n', encoding="utf-8")
    rows = rows_of(path)
    assert [(row.spot.line, bool(row.findings)) for row in rows] == [(2, True), (3, False), (4, True), (5, False)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("\n\n", "the file is empty"),
        ("id,name,ID\n", "the column is there more than once"),
        ('"id\n', "a quoted cell is opened and never closed, so nothing after it can be read"),
    ],
)
def test_a_header_that_cannot_be_used_is_a_fault_of_the_file(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "partners.csv"
    path.write_text(text, encoding="utf-8")
    assert [finding.message for finding in open_sheet(path).findings] == [message]


def test_a_folder_with_a_files_name_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "partners.csv").mkdir()
    (finding,) = open_sheet(tmp_path / "partners.csv").findings
    assert finding.message.startswith("the file can't be read (")
