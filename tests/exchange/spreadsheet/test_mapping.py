"""Mappings as values, the words they are made with, and files that are damaged."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.errors import InvalidInput
from matchmaker.exchange.mapping import (
    TARGETS,
    ColumnMapping,
    Target,
    mapping_from_json,
    mapping_to_json,
    parse_target,
    signature_of,
)
from matchmaker.exchange.readers.spreadsheet import propose_mapping
from matchmaker.exchange.readers.spreadsheet.columns import propose_columns
from matchmaker.exchange.readers.spreadsheet.days import read_date
from matchmaker.exchange.readers.spreadsheet.grades import read_stages
from matchmaker.exchange.readers.spreadsheet.naming import NameIndex, RowKey, slug_of
from matchmaker.exchange.readers.spreadsheet.reader import read_spreadsheet
from matchmaker.exchange.readers.spreadsheet.terms import RESOURCES, find_term
from matchmaker.exchange.readers.spreadsheet.values import split_items
from matchmaker.exchange.readers.type_words import ORGANIZATIONS
from matchmaker.exchange.reading import ReadOptions
from matchmaker.model.ids import is_id
from matchmaker.model.vocabulary import Confidence, OrganizationType, ResourceTerm

MESSY = Path(__file__).parent / "data" / "miami_partners.csv"
DOCS = Path(__file__).parents[3] / "docs" / "spreadsheets.md"

texts = st.text(min_size=1, max_size=20)
mappings = st.builds(
    ColumnMapping,
    st.dictionaries(texts, st.sampled_from(list(Target)), max_size=8),
    st.none() | st.sampled_from(list(OrganizationType)),
    confidence=st.sampled_from(list(Confidence)),
    source=st.text(max_size=10),
    words=st.dictionaries(texts, st.sampled_from(list(OrganizationType)), max_size=3),
    names=st.dictionaries(texts, texts, max_size=3),
)


@given(mappings)
def test_a_mapping_is_the_same_after_being_written(mapping: ColumnMapping) -> None:
    assert mapping_from_json(mapping_to_json(mapping)) == mapping


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"columns": [["a", "colour"]]}', "[" * 10])
def test_what_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="is not a mapping of columns"):
        mapping_from_json(text)


@given(st.lists(texts, max_size=6).flatmap(lambda items: st.tuples(st.just(items), st.permutations(items))))
def test_the_order_of_headings_does_not_change_their_signature(pair: tuple[list[str], list[str]]) -> None:
    assert signature_of(pair[0]) == signature_of(pair[1])


def test_every_target_is_documented_and_understood_by_term_and_title() -> None:
    page = DOCS.read_text(encoding="utf-8")
    assert set(TARGETS) == set(Target)
    for target, spec in TARGETS.items():
        assert f"| {spec.title} | `{target.value}` | {spec.about}" in page
        assert parse_target(target.value) is parse_target(spec.title) is target


def test_a_column_is_known_by_what_it_holds() -> None:
    headings = ["A", "B", "C", "D", "E", "F", "G"]
    columns = [
        ["Zoo Miami", "Lowe Art Museum", "MAST Academy"],
        ["33177", "33146", "33149"],
        ["zoo@example.org", "lowe@example.org", "mast@example.org"],
        ["25.6098", "25.7196", "25.7405"],
        ["-80.4011", "-80.2755", "-80.1662"],
        ["www.zoomiami.org", "https://lowe.example.edu", "mast.example.org"],
        ["K-5", "PK-8", "high school"],
    ]
    proposals = propose_columns(headings, columns)
    assert [proposal.target for proposal in proposals] == [
        Target.NAME,
        Target.ZIP,
        Target.CONTACT_EMAIL,
        Target.LATITUDE,
        Target.LONGITUDE,
        Target.WEBSITE,
        Target.STAGES,
    ]
    assert proposals[0].confidence == 0.5
    assert [proposal.examples for proposal in proposals][2] == ()


def test_of_two_columns_for_one_target_the_surer_has_it() -> None:
    first, second = propose_columns(["Organization", "School name"], [["A b c"], ["D e f"]])
    assert (first.target, second.target) == (Target.NAME, Target.IGNORED)
    assert second.why.endswith("but Organization is the partner name already")


@pytest.mark.parametrize("seed", range(3))
def test_a_heading_that_its_values_contradict_is_doubted(seed: int) -> None:
    heading = ["Zip", "Website", "Latitude"][seed]
    [_, doubted] = propose_columns(["Organization", heading], [["A b", "C d"], ["maybe", "perhaps so"]])
    assert doubted.target is Target.IGNORED
    assert doubted.why.endswith("but hardly any value looks so")


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("Elementary school", OrganizationType.K12_SCHOOL),
        ("non-profit", OrganizationType.COMMUNITY_ORGANIZATION),
        ("Univ.", OrganizationType.FOUR_YEAR_COLLEGE),
        ("Community College", OrganizationType.TWO_YEAR_COLLEGE),
        ("Local business", OrganizationType.EMPLOYER),
        ("Scince Center", OrganizationType.SCIENCE_CENTER),
        ("PTA", OrganizationType.FAMILY_ORGANIZATION),
        ("purple", None),
        ("", None),
    ],
)
def test_words_for_types(text: str, term: OrganizationType | None) -> None:
    assert find_term(text, ORGANIZATIONS) is term


def test_every_term_is_its_own_word() -> None:
    assert {find_term(term.value, ORGANIZATIONS) for term in OrganizationType} == set(OrganizationType)
    assert {find_term(term.value.replace("_", " "), RESOURCES) for term in ResourceTerm} == set(ResourceTerm)


@pytest.mark.parametrize(
    ("text", "stages"),
    [
        ("PK-12", ["prek", "k_2", "grades_3_5", "grades_6_8", "grades_9_12"]),
        ("K–2", ["k_2"]),
        ("4-8", ["grades_3_5", "grades_6_8"]),
        ("Grades 9 to 12", ["grades_9_12"]),
        ("7th grade", ["grades_6_8"]),
        ("6+", ["grades_6_8", "grades_9_12"]),
        ("6,7,8", ["grades_6_8"]),
        ("12-Sep", ["grades_9_12"]),
        ("elementary & middle school", ["k_2", "grades_3_5", "grades_6_8"]),
        ("undergraduates", ["postsecondary_four_year"]),
        ("all ages", []),
    ],
)
def test_grades(text: str, stages: list[str]) -> None:
    assert [term.value for term in read_stages(text).terms] == stages


@pytest.mark.parametrize("text", ["13/13/2024", "2024-02-30", "soon", "45", "March", "1/2", "March 3 2024 2025"])
def test_what_is_no_day(text: str) -> None:
    assert read_date(text).wrong == "is not a date"


@given(texts)
def test_any_name_has_an_id(name: str) -> None:
    assert is_id(slug_of(name))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Zoo", "zoo!", "Lowe"]),
            st.builds(RowKey, st.sampled_from(["", "33139", "97201"]), st.sampled_from(["", "museum", "library"])),
        ),
        min_size=1,
        max_size=8,
    ).flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows)))
)
def test_ids_do_not_depend_on_the_order_of_rows(
    pair: tuple[list[tuple[str, RowKey]], list[tuple[str, RowKey]]],
) -> None:
    ids = []
    for rows in pair:
        index = NameIndex()
        for name, key in rows:
            index.add(name, key)
        ids.append({(name, key): index.id_of(name, key) for name, key in rows})
    assert ids[0] == ids[1]
    for (first, one), id in ids[0].items():
        for (second, other), same in ids[0].items():
            if slug_of(first) == slug_of(second) and one.zip and other.zip:
                assert (id == same) == (one.zip == other.zip)


@given(st.text(max_size=60))
def test_items_of_a_list_are_filled_and_different(text: str) -> None:
    items = split_items(text)
    assert all(items)
    assert len(items) == len(set(items))


@given(st.binary(max_size=300), st.sampled_from(["a.csv", "a.xlsx"]))
def test_no_bytes_raise_anything_foreign(tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str) -> None:
    path = tmp_path_factory.mktemp("bytes") / name
    path.write_bytes(data)
    mapping = ColumnMapping({"Organization": Target.NAME})
    proposal = propose_mapping(path)
    assert all(finding.sentence() for finding in (*proposal.findings, *proposal.notices))
    for chosen in (mapping, proposal.mapping()):
        reading = read_spreadsheet("spreadsheet", path, ReadOptions(mapping=chosen))
        assert not (reading.findings and list(reading.rows()))
        assert all(row.spot.line > 0 for row in reading.rows())


@given(st.integers(0, 3000), st.integers(0, 255))
def test_a_damaged_sheet_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, place: int, byte: int) -> None:
    data = bytearray(MESSY.read_bytes())
    data[place] = byte
    path = tmp_path_factory.mktemp("damaged") / "partners.csv"
    path.write_bytes(data[:4000])
    proposal = propose_mapping(path)
    reading = read_spreadsheet("spreadsheet", path, ReadOptions(mapping=proposal.mapping()))
    assert reading.findings or sum(1 for _ in reading.rows()) > 0
