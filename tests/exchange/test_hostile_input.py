"""Whatever stands in a file: nothing but findings comes of it, and what is admitted the rules of the stores accept."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given
from hypothesis import strategies as st

from matchmaker.errors import InvalidInput
from matchmaker.exchange.admission import Admission, RowEdits
from matchmaker.exchange.bundle import FILES, columns_of
from matchmaker.exchange.edits import changes_of
from matchmaker.exchange.findings import Refusal
from matchmaker.exchange.readers.bundle import read_bundle
from matchmaker.exchange.readers.rows import RowsReader, SoundRow
from matchmaker.exchange.reading import ReadOptions
from matchmaker.graph.applying import GraphReader
from matchmaker.graph.sqlite.scratch import Scratch
from matchmaker.model.ids import PUBLIC, Owner

IDS = ["a", "b", "c", "hub", "grades_9_12", "mentors"]
WORDS = [
    *IDS,
    *[
        "",
        "A B",
        "Æther",
        "nan",
        "-0.0",
        "1e999",
        "1_0",
        "٣",
        "12",
        "-1",
        "0.5",
        "true",
        "2012",
        "2012-13",
        "2012-02-30",
    ],
    *["museum", "employer", "club", "county", "mentors", "enrolled", "PARTNERS_WITH", "HAS", "SERVES", "MEMBER_OF"],
    *[
        "x|y",
        "|",
        "hbcu",
        "statutory",
        "general",
        "participating",
        "grades_9_12|k_2",
        "soc:17",
        "17-2051",
        "\x00",
        "\ud800",
    ],
    *["=cmd()", '"', "\u2028", "e\u0301", "🛰", "x" * 300],
]


@dataclass(frozen=True)
class Judgement:
    """What became of a bundle's rows."""

    read: int
    admitted: tuple[RowEdits, ...]
    refusals: tuple[Refusal, ...]


def admit(folder: Path, owner: Owner, reader: GraphReader, scratch: Scratch) -> Judgement:
    """Judge every row of a bundle and lay what is admitted over a graph."""
    reading = read_bundle(folder, ReadOptions(frozenset({"extra"})))
    rows_reader, admission = RowsReader(owner, reading.name), Admission(owner)
    read, sound = 0, list[SoundRow]()
    refusals = list[Refusal]()
    for row in reading.rows():
        read += 1
        taken = rows_reader.read(row)
        taken = admission.take(taken) if isinstance(taken, SoundRow) else taken
        if isinstance(taken, Refusal):
            admission.note_refusal(taken)
            refusals.append(taken)
        else:
            sound.append(taken)
    judged = admission.judge(sound, reader, scratch)
    return Judgement(read, judged.admitted, (*refusals, *judged.refusals))


def judge(folder: Path, owner: Owner = PUBLIC) -> Judgement | None:
    """Read and admit; check that all that was admitted may be written, in batches of any size."""
    try:
        reading = read_bundle(folder, ReadOptions(frozenset({"extra"})))
    except InvalidInput:
        return None
    with Scratch() as new, Scratch() as scratch, Scratch() as single, Scratch() as whole:
        reader = new.as_new_store()
        judged = admit(folder, owner, reader, scratch)
        for row in judged.admitted:
            single.lay(changes_of(row.edits), reader)
        whole.lay(changes_of(edit for row in judged.admitted for edit in row.edits), reader)
        again = admit(folder, owner, single.over(reader), scratch)
        assert [row.edits for row in again.admitted] == [() for _ in judged.admitted]
    assert judged.read == len(judged.admitted) + len(judged.refusals)
    faulty = {finding.file for finding in reading.findings}
    for refusal in judged.refusals:
        assert refusal.findings or refusal.spot.file in faulty
        for finding in refusal.findings:
            assert (finding.file, finding.line) == (refusal.spot.file, refusal.spot.line)
            assert finding.message
            assert finding.valid
            finding.sentence().encode("utf-8")
    return judged


@given(name=st.sampled_from(sorted(FILES)), data=st.binary(max_size=400))
@example(name="partners.csv", data=b'id,name,organization_type\na,"')
@example(name="partners.csv", data=b"\xff\xfei\x00d\x00")
@example(name="ties.csv", data=b"source,type,target\r\r\na,b\x00,c\xff\n")
def test_any_bytes(name: str, data: bytes) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(data)
        judge(Path(folder))


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, str]:
    """A file with a right header, and rows of words that are sometimes right."""
    spec = FILES[draw(st.sampled_from(sorted(FILES)))]
    columns = [column.name for column in columns_of(spec)]
    required = [column.name for column in columns_of(spec) if column.required]
    header = required + draw(st.lists(st.sampled_from(columns), unique=True, max_size=6).map(sorted))
    header = [*dict.fromkeys(header), "extra"]
    cells = st.one_of(st.sampled_from(WORDS), st.text(max_size=8))
    rows = draw(st.lists(st.lists(cells, min_size=len(header), max_size=len(header)), max_size=8))
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    return spec.name, out.getvalue()


@given(files=st.lists(tables(), max_size=5), owner=st.sampled_from([PUBLIC, Owner("hub")]))
def test_any_cells(files: list[tuple[str, str]], owner: Owner) -> None:
    with TemporaryDirectory() as folder:
        for name, text in files:
            (Path(folder) / name).write_bytes(text.encode("utf-8", "surrogatepass"))
        judge(Path(folder), owner)


IDS_AT_HAND = st.sampled_from(["a", "b", "c", "d", "grades_9_12", "missing"])
YEARS = st.sampled_from(["", "2012", "2014", "2016"])
TYPES = ["PARTNERS_WITH", "OPERATES", "HOSTS_WBL", "RECOGNIZES", "SERVES", "PART_OF"]
ENDS = {
    "PARTNERS_WITH": "museum employer four_year_college → museum employer four_year_college",
    "OPERATES": "museum employer four_year_college → club",
    "HOSTS_WBL": "employer → museum employer four_year_college club",
    "RECOGNIZES": "four_year_college → club",
    "SERVES": "museum employer four_year_college club → stage",
    "PART_OF": "museum employer four_year_college → museum employer four_year_college",
}
"""Which kinds may be the ends, written out by hand."""

TieRow = tuple[str, str, str, str, str, str]


def expected_lines(partners: list[tuple[str, str]], programs: list[str], ties: list[TieRow]) -> list[tuple[str, int]]:
    """The rows that should be in, one row after the other, by rules that know nothing of the code under test."""
    kinds: dict[str, str] = {"grades_9_12": "stage"}
    lines: list[tuple[str, int]] = []
    for file, rows in (("partners.csv", partners), ("programs.csv", [(id, "club") for id in programs])):
        for line, (id, kind) in enumerate(rows, start=2):
            if id not in kinds:
                kinds[id] = kind
                lines.append((file, line))
    seen: set[tuple[str, ...]] = set()
    accepted: list[tuple[tuple[str, ...], str, str]] = []
    for line, (source, type, target, episode, since, until) in enumerate(ties, start=2):
        ends = tuple(sorted((source, target))) if type == "PARTNERS_WITH" else (source, target)
        if source == target or (since and until and until <= since) or (type, *ends, episode) in seen:
            continue
        seen.add((type, *ends, episode))
        first, second = ENDS[type].split(" → ")
        fits = kinds.get(source, "?") in first.split() and kinds.get(target, "?") in second.split()
        overlaps = any(
            other == (type, *ends) and (since or "0") < (ended or "9") and (began or "0") < (until or "9")
            for other, began, ended in accepted
        )
        if fits and not overlaps:
            accepted.append(((type, *ends), since, until))
            lines.append(("ties.csv", line))
    return lines


@given(
    partners=st.lists(st.tuples(IDS_AT_HAND, st.sampled_from(["museum", "employer", "four_year_college"])), max_size=6),
    programs=st.lists(IDS_AT_HAND, max_size=3),
    ties=st.lists(
        st.tuples(
            IDS_AT_HAND, st.sampled_from(TYPES), IDS_AT_HAND, st.sampled_from(["", "first", "second"]), YEARS, YEARS
        ),
        max_size=14,
    ),
)
@example(
    partners=[("a", "museum"), ("b", "museum")],
    programs=[],
    ties=[("a", "PARTNERS_WITH", "b", "", "2012", "2014"), ("b", "PARTNERS_WITH", "a", "first", "2014", "")],
)
@example(
    partners=[("a", "employer"), ("missing", "museum"), ("a", "museum")],
    programs=["c"],
    ties=[("a", "HOSTS_WBL", "c", "", "", ""), ("a", "HOSTS_WBL", "c", "first", "2012", "2014")],
)
def test_exactly_the_right_rows_of_any_mixture_are_admitted(
    partners: list[tuple[str, str]], programs: list[str], ties: list[TieRow]
) -> None:
    with TemporaryDirectory() as folder:
        texts = {
            "partners.csv": ["id,name,organization_type", *(f"{id},N,{type}" for id, type in partners)],
            "programs.csv": ["id,name,program_type", *(f"{id},N,club" for id in programs)],
            "ties.csv": ["source,type,target,episode,since,until", *(",".join(tie) for tie in ties)],
        }
        for name, lines in texts.items():
            (Path(folder) / name).write_text("\n".join(lines), encoding="utf-8")
        judged = judge(Path(folder))
        assert judged is not None
        admitted = [(edits.row.spot.file, edits.row.spot.line) for edits in judged.admitted]
        assert admitted == expected_lines(partners, programs, ties)
