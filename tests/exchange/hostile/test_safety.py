"""What the safe openers take and refuse, and in which words."""

import io
import json
import os
import re
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.errors import InvalidInput
from matchmaker.exchange.reading import HEAD_BYTES
from matchmaker.exchange.safety import check_workbook, load_json, open_zip, parse_json, parse_xml, read_head
from matchmaker.exchange.safety.limits import JSON_DEPTH, SHEET_COLUMNS

Opening = Callable[[Path], object]
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"


def told(path: Path, opening: Opening) -> str:
    """The one sentence with which a file is refused."""
    with pytest.raises(InvalidInput) as caught:
        opening(path)
    assert [finding.file for finding in caught.value.findings] == [path.name]
    assert caught.value.findings[0].valid
    return caught.value.findings[0].sentence()


def outcome(opening: Callable[[], object]) -> tuple[object, list[str]]:
    """What is given, or the files that findings name; any other exception fails the test."""
    try:
        return opening(), []
    except InvalidInput as refused:
        return None, [finding.file for finding in refused.findings]


def made(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def zipped(members: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", method) as archive:
        warnings.simplefilter("ignore", UserWarning)
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def unpacked(path: Path) -> dict[str, bytes]:
    with open_zip(path) as archive:
        return {name: archive.read(name) for name in archive.names}


def workbook(write: Callable[[xlsxwriter.Workbook], None] | None = None) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    if write is not None:
        write(book)
    else:
        book.add_worksheet().write_row(0, 0, ["name", "ZIP"])
    book.close()
    return out.getvalue()


def patched(part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with one of its parts changed."""
    with zipfile.ZipFile(io.BytesIO(workbook())) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts[part] = change(parts[part])
    return zipped(parts.items())


# JSON


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the file is empty"),
        (b" \n", "the file is empty"),
        (b"[" * 100_000, "has lists or objects more than 100 deep inside each other"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "has lists or objects more than 100 deep inside each other"),
        (b'{"a": 1, "b": {"c": 1, "c": 2}}', "c: the name stands twice in one object"),
        (
            b"{" + b"".join(b'"%d": 1,' % number for number in range(300_000)) + b'"299999": 2}',
            "299999: the name stands twice in one object",
        ),
        (b"[NaN]", "NaN is no number in JSON"),
        (b"[-Infinity]", "-Infinity is no number in JSON"),
        (b"[1e400]", "the number 1e400 is too large"),
        (b"[" + b"9" * 5_000 + b"]", "a number has 5,000 characters"),
        (b'["\\ud83d"]', "half of a character is escaped"),
        (b'["\\ude00 \\ud83d"]', "half of a character is escaped"),
        (b'{"a": [1, 2', "isn't valid JSON at line 1, column 12"),
        (b"{'a': 1}", "isn't valid JSON at line 1, column 2"),
        (b'"' + b'\\"' * 100_000, "isn't valid JSON at line 1, column 1"),
        ('{"a": 1}'.encode("utf-16"), "the file is UTF-16 or UTF-32"),
        ('{"a": 1}'.encode("utf-16-le"), "the file is UTF-16 or UTF-32"),
        ('{"a": "é"}'.encode("latin-1"), "is not UTF-8 text (byte 8)"),
        (b"[" + b"{}," * 4_000_000 + b"{}]", "has more than 4,000,000 values"),
        (b'"' * 17_000_000, "has more than 4,000,000 values"),
        (b'"' + b"a" * (64 << 20) + b'"', "is larger than 64 MB"),
    ],
    ids=lambda value: value[:12] if isinstance(value, bytes) else "",
)
def test_json_that_is_refused(tmp_path: Path, data: bytes, words: str) -> None:
    assert words in told(made(tmp_path, "map.json", data), load_json)


def test_json_that_is_taken(tmp_path: Path) -> None:
    deep: object = "[[{\\"
    for _ in range(JSON_DEPTH):
        deep = [deep]
    for value in (deep, {"a": ["\U0001f680", "\\ud800", -0.0, 1e308, 2**70, None, True]}, 7):
        path = made(tmp_path, "map.json", b"\xef\xbb\xbf" + json.dumps(value).encode())
        assert load_json(path) == value


@given(data=st.binary(max_size=60))
def test_any_bytes_as_json(data: bytes) -> None:
    value, files = outcome(lambda: parse_json(data, "a.json"))
    assert files == ["a.json"] or value == json.loads(data)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(value=json_values, ascii=st.booleans())
def test_any_json_comes_back(value: object, ascii: bool) -> None:
    assert parse_json(json.dumps(value, ensure_ascii=ascii).encode(), "a.json") == value


# XML

LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><graphml>&b;</graphml>'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "isn't well-formed XML"),
        (LAUGHS, "declares a document type or entities"),
        (b'<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/hostname">]><l>&x;</l>', "declares a document type or entities"),
        (b'<!DOCTYPE l SYSTEM "http://127.0.0.1:9/x.dtd"><l/>', "declares a document type or entities"),
        (b"<a>" * 100_000, "has elements more than 100 deep inside each other"),
        (b"<a><b></a>", "isn't well-formed XML (mismatched tag: line 1, column 8)"),
        (b"<a><b>", "isn't well-formed XML"),
        (b"<a>\x00</a>", "isn't well-formed XML"),
        (b"<a>&#0;</a>", "isn't well-formed XML"),
        (b"<a>\xff</a>", "isn't well-formed XML"),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', "is in an encoding that can't be read"),
        (b'<?xml version="1.0" encoding="shift_jis"?><a/>', "is in an encoding that can't be read"),
        (b"<a>" + b"<b/>" * 1_000_000 + b"</a>", "has more than 1,000,000 elements"),
    ],
    ids=lambda value: value[:12] if isinstance(value, bytes) else "",
)
def test_xml_that_is_refused(tmp_path: Path, data: bytes, words: str) -> None:
    assert words in told(made(tmp_path, "net.graphml", data), parse_xml)


def test_xml_that_is_taken(tmp_path: Path) -> None:
    root = parse_xml(made(tmp_path, "net.graphml", '<?xml version="1.0"?><g><n id="a">é &amp; z</n></g>'.encode()))
    assert (root.tag, root[0].get("id"), root[0].text) == ("g", "a", "é & z")
    wide = "<g><n id='ü'/></g>".encode("utf-16")
    assert parse_xml(made(tmp_path, "net.gexf", wide))[0].get("id") == "ü"


# Zip files and folders

GOOD = zipped([("partners.csv", b"id,name\na,A\n" * 50), ("more/ties.csv", b"source,type,target\n")])


def locked() -> bytes:
    """A zip file that says that its members are encrypted."""
    data = bytearray(GOOD)
    for found in re.finditer(b"PK\x01\x02", GOOD):
        data[found.start() + 8] |= 1
    return bytes(data)


def lying(size: int) -> bytes:
    """A zip file whose table of contents gives the first member another size."""
    data = bytearray(GOOD)
    struct.pack_into("<L", data, GOOD.index(b"PK\x01\x02") + 24, size)
    return bytes(data)


def claiming(directory: int) -> bytes:
    data = bytearray(GOOD)
    struct.pack_into("<L", data, GOOD.index(b"PK\x05\x06") + 12, directory)
    return bytes(data)


def linked() -> bytes:
    link = zipfile.ZipInfo("partners.csv")
    link.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(link, "/etc/hostname")
    return out.getvalue()


BROKEN_ZIPS: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "is no zip file, or a truncated one"),
    "text": (lambda: b"id,name\n", "is no zip file, or a truncated one"),
    "end cut off": (lambda: GOOD[:-10], "is no zip file, or a truncated one"),
    "middle cut out": (lambda: GOOD[:40] + GOOD[-150:], "the zip file is"),
    "damaged": (lambda: GOOD[:45] + b"\xff" * 9 + GOOD[54:], "partners.csv: the zip file is damaged"),
    "bomb": (lambda: zipped([("a.csv", bytes(40 << 20))]), "packed more than 250 times smaller than it is"),
    "many small bombs": (lambda: zipped((f"{n}.csv", bytes(15 << 20)) for n in range(70)), "is larger than 1024 MB"),
    "larger than said": (lambda: lying(10), "partners.csv: the zip file is damaged"),
    "huge by its own word": (lambda: lying(0xFFFFFFF0), "what it unpacks to: is larger than 1024 MB"),
    "endless directory": (lambda: claiming(0xFFFFFF00), "holds more than 10,000 files"),
    "many members": (lambda: zipped(((str(n), b"") for n in range(10_001)), 0), "holds more than 10,000 files"),
    "way out": (lambda: zipped([("../../partners.csv", b"")]), "has a name that leads out of the zip file"),
    "absolute": (lambda: zipped([("/partners.csv", b"")]), "has a name that leads out of the zip file"),
    "drive": (lambda: zipped([("C:\\partners.csv", b"")]), "has a name that leads out of the zip file"),
    "control": (lambda: zipped([("part\x1bners.csv", b"")]), "has a name with control characters"),
    "one name twice": (lambda: zipped([("a.csv", b"1"), ("a.csv", b"2")]), "holds two files of one name"),
    "zip inside": (lambda: zipped([("a.zip", GOOD)]), "a packed file inside the zip file"),
    "zip inside under another name": (lambda: zipped([("a.csv", GOOD)]), "a packed file inside the zip file"),
    "rare packing": (lambda: zipped([("a.csv", b"1")], zipfile.ZIP_LZMA), "it is packed in an unusual way"),
    "password": (locked, "it is protected with a password"),
    "link": (linked, "is a link to another place"),
}


@pytest.mark.parametrize("name", BROKEN_ZIPS)
def test_a_zip_file_that_is_refused(tmp_path: Path, name: str) -> None:
    build, words = BROKEN_ZIPS[name]
    assert words in told(made(tmp_path, "hsds.zip", build()), unpacked)


def test_a_zip_file_that_is_taken(tmp_path: Path) -> None:
    data = zipped([("a/", b""), ("a/b.csv", b"1\n2\n"), ("__MACOSX/a/._b.csv", b"x"), ("a/.DS_Store", b"x")])
    path = made(tmp_path, "hsds.zip", data)
    assert unpacked(path) == {"a/b.csv": b"1\n2\n"}
    with open_zip(path) as archive:
        assert list(io.TextIOWrapper(archive.open("a/b.csv"))) == ["1\n", "2\n"]
        assert "there is no such file in it" in told(path, lambda _: archive.open("b.csv"))
        assert "a/b.csv: is larger than 0 MB" in told(path, lambda _: archive.read("a/b.csv", limit=3))


def test_a_folder_is_read_like_a_zip_file(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    made(tmp_path, "b.csv", b"b")
    made(tmp_path / "more", "a.csv", b"a")
    made(tmp_path, ".hidden", b"x")
    assert unpacked(tmp_path) == {"b.csv": b"b", "more/a.csv": b"a"}
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    with open_zip(tmp_path) as archive, pytest.raises(InvalidInput, match=r"loop\.csv: the file can't be read"):
        archive.open("loop.csv")


@given(at=st.integers(0, len(GOOD) - 1), byte=st.integers(0, 255), cut=st.integers(0, len(GOOD)))
def test_a_changed_or_cut_zip_file_is_read_or_refused(at: int, byte: int, cut: int) -> None:
    with TemporaryDirectory() as folder:
        for data in (GOOD[:at] + bytes([byte]) + GOOD[at + 1 :], GOOD[:cut], GOOD[cut:]):
            path = made(Path(folder), "a.zip", data)
            members, files = outcome(partial(unpacked, path))
            assert files == ["a.zip"] or isinstance(members, dict)


# Workbooks

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000)
PROTECTED = OLD + "EncryptedPackage".encode("utf-16-le") + bytes(600)


def row(cells: bytes) -> Callable[[bytes], bytes]:
    return lambda sheet: sheet.replace(b"</sheetData>", b'<row r="2">' + cells + b"</row></sheetData>")


def merged(reference: bytes) -> Callable[[bytes], bytes]:
    part = b'</sheetData><mergeCells count="1"><mergeCell ref="' + reference + b'"/></mergeCells>'
    return lambda sheet: sheet.replace(b"</sheetData>", part)


BROKEN_WORKBOOKS: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "the file is empty"),
    "old": (lambda: OLD, "is a workbook of the older kind (.xls)"),
    "protected": (lambda: PROTECTED, "is protected with a password"),
    "page": (lambda: b"\xef\xbb\xbf\n<HTML><table><tr>", "is a web page or XML under an Excel name"),
    "xml of 2003": (lambda: b'<?xml version="1.0"?><Workbook/>', "is a web page or XML under an Excel name"),
    "csv": (lambda: b"id,name\n", "is no Excel workbook"),
    "other zip": (lambda: GOOD, "is a zip file, but no Excel workbook"),
    "cut off": (lambda: workbook()[:-100], "is no zip file, or a truncated one"),
    "ods": (
        lambda: zipped([("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")], 0),
        "is an OpenDocument file (.ods)",
    ),
    "macros": (
        lambda: zipped([("[Content_Types].xml", b"<Types/>"), ("xl/vbaProject.bin", b"")]),
        "is a workbook with macros",
    ),
    "binary": (
        lambda: zipped([("[Content_Types].xml", b"<Types/>"), ("xl/workbook.bin", b"")]),
        "is a binary workbook (.xlsb)",
    ),
    "laughs": (lambda: patched(SHEET, lambda _: LAUGHS), "declares a document type or entities"),
    "laughs in its relations": (
        lambda: patched("_rels/.rels", lambda _: LAUGHS),
        "declares a document type or entities",
    ),
    "cut sheet": (lambda: patched(SHEET, lambda sheet: sheet[:-20]), "isn't well-formed XML"),
    "utf-16 sheet": (
        lambda: patched(SHEET, lambda sheet: sheet.decode().replace("UTF-8", "UTF-16").encode("utf-16")),
        "has a part that isn't UTF-8",
    ),
    "ebcdic sheet": (
        lambda: patched(SHEET, lambda sheet: sheet.replace(b"UTF-8", b"cp037")),
        "is neither UTF-8 nor Latin-1",
    ),
    "a million columns": (
        lambda: patched(SHEET, row(b"<c/>" * 1_000_000)),
        f"has a cell beyond column {SHEET_COLUMNS:,}",
    ),
    "a far column": (lambda: patched(SHEET, row(b'<c r="XFD2"/>')), f"has a cell beyond column {SHEET_COLUMNS:,}"),
    "a hidden column": (lambda: patched(SHEET, row(b'<c r="&#88;FD2"/>')), "is written in an unusual way"),
    "prefixed cells": (
        lambda: patched(SHEET, row(b'<x:c xmlns:x="a"/>' * 2_001)),
        f"has a cell beyond column {SHEET_COLUMNS:,}",
    ),
    "a far row": (
        lambda: patched(SHEET, lambda sheet: row(b'<c r="A1048576"/>')(sheet).replace(b'r="2"', b'r="1048576"')),
        "ends far beyond the rows that it holds",
    ),
    "beyond the last row": (
        lambda: patched(SHEET, lambda sheet: row(b"<c/>")(sheet).replace(b'r="2"', b'r="99999999"')),
        "has more than 1,048,576 rows",
    ),
    "a wide dimension": (
        lambda: patched(SHEET, lambda sheet: re.sub(b'ref="[^"]*"', b'ref="A1:XFD1048576"', sheet)),
        "says that it reaches beyond column 2,000",
    ),
    "a vast dimension": (
        lambda: patched(SHEET, lambda sheet: re.sub(b'ref="[^"]*"', b'ref="A1:ZZ1048576"', sheet)),
        "ends far beyond the rows that it holds",
    ),
    "a vast merge": (lambda: patched(SHEET, merged(b"A1:ZZ1048576")), "merges or links more than 200,000 cells"),
    "a huge text": (
        lambda: patched(STRINGS, lambda texts: texts.replace(b"<t>", b"<t>" + b"x" * 10_000_000, 1)),
        "holds a text or a cell of more than a million characters",
    ),
    "a huge attribute": (
        lambda: patched(SHEET, lambda sheet: sheet.replace(b"<row ", b'<row x="' + b"y" * 10_000_000 + b'" ', 1)),
        "holds a text or a cell of more than a million characters",
    ),
    "too many styles": (
        lambda: patched("xl/styles.xml", lambda styles: styles.replace(b"<cellXfs", b"<xf/>" * 300_001 + b"<cellXfs")),
        "has more than 300,000 XML tags",
    ),
    "deep styles": (
        lambda: patched("xl/styles.xml", lambda _: b"<a>" * 50_000 + b"</a>" * 50_000),
        "has elements more than 100 deep inside each other",
    ),
}


@pytest.mark.parametrize("name", BROKEN_WORKBOOKS)
def test_a_workbook_that_is_refused(tmp_path: Path, name: str) -> None:
    build, words = BROKEN_WORKBOOKS[name]
    assert words in told(made(tmp_path, "partners.xlsx", build()), check_workbook)


@pytest.mark.parametrize("name", ["old", "protected", "page", "ods", "macros", "csv"])
def test_what_to_do_with_another_kind_of_workbook_is_said(tmp_path: Path, name: str) -> None:
    sentence = told(made(tmp_path, "partners.xls", BROKEN_WORKBOOKS[name][0]()), check_workbook)
    assert "save it as .xlsx" in sentence


def test_a_workbook_that_is_taken(tmp_path: Path) -> None:
    def write(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Partners")
        sheet.merge_range("A1:F1", "Our partners", book.add_format({"bold": True}))
        sheet.write_row(1, 0, ["Name", "ZIP", 'r="XFD1"', "<c>", "&", "\U0001f680"])
        for number in range(2, 3000):
            sheet.write_row(number, 0, [f"Partner {number}", number, number / 7, True, None, "x" * 32_000])
        sheet.write_url(1, 7, "https://example.org")
        sheet.write_comment("A2", "a note")
        book.add_worksheet("Empty")

    check_workbook(made(tmp_path, "partners.xlsx", workbook(write)))
    trailing = patched(SHEET, lambda sheet: row(b"")(sheet).replace(b'r="2"', b'r="1048576"'))
    check_workbook(made(tmp_path, "formatted.xlsx", trailing))


BOOK = workbook()


@given(at=st.integers(0, len(BOOK) - 1), byte=st.integers(0, 255), cut=st.integers(0, len(BOOK)))
def test_a_changed_or_cut_workbook_is_taken_or_refused(at: int, byte: int, cut: int) -> None:
    with TemporaryDirectory() as folder:
        for data in (BOOK[:at] + bytes([byte]) + BOOK[at + 1 :], BOOK[:cut]):
            path = made(Path(folder), "a.xlsx", data)
            assert outcome(partial(check_workbook, path))[1] in ([], ["a.xlsx"])


# Files of any kind


@pytest.mark.parametrize("opening", [load_json, parse_xml, open_zip, check_workbook, read_head])
def test_what_is_no_ordinary_file_is_refused(tmp_path: Path, opening: Opening) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    assert "is no ordinary file" in told(tmp_path / "pipe", opening)
    assert "the file can't be read" in told(tmp_path / "loop", opening)
    assert "the file can't be read" in told(tmp_path / "missing", opening)
    with pytest.raises(InvalidInput, match="the file can't be read"):
        opening(tmp_path / ("x" * 300))


@pytest.mark.parametrize("opening", [load_json, parse_xml, check_workbook])
def test_a_folder_named_like_a_file_is_refused(tmp_path: Path, opening: Opening) -> None:
    (tmp_path / "map.json").mkdir()
    assert opening is check_workbook or "is a folder" in told(tmp_path / "map.json", opening)
    with pytest.raises(InvalidInput):
        opening(tmp_path / "map.json")


def test_the_head_of_a_file(tmp_path: Path) -> None:
    assert read_head(made(tmp_path, "a.csv", b"x" * 100_000)) == b"x" * HEAD_BYTES
    assert read_head(tmp_path) == b""
