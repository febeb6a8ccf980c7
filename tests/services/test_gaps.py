"""Gap reports of the shipped fixtures: the planted ones found, and of real organizations nothing asserted."""

import datetime
import json
import re
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import pytest

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.gaps.closing import GapValues
from matchmaker.gaps.detect import detect
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot
from matchmaker.graph.sqlite.store import SqliteStore
from matchmaker.model.ids import EcosystemId
from matchmaker.model.vocabulary import GapKind, Knowledge, Label, TieType
from matchmaker.recommend.pipeline import suggest
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.services.gaps import GapReport, gap_value_of, report_gaps
from matchmaker.services.importing import import_file
from matchmaker.services.job_records import Runner
from matchmaker.services.loading import ImportOptions
from matchmaker.testing.ecosystem.generation import generate_ecosystem
from matchmaker.testing.ecosystem.settings import EcosystemSettings
from matchmaker.testing.ecosystem.tables import write_files

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
AS_OF = datetime.date(2026, 11, 1)

ASSERTS_LACK = re.compile(
    r"\b(has|have|had|with|offers?|runs?|serves?|there (is|are)) (no|not any|none|zero|few|too few)\b"
    r"|\b(no|zero|without( a| any)?) (\w+ )?(partners?|partnerships?|programs?|seats?|sites?|ties?|next step)\b"
    r"|\b(lacks?|missing|isolated|not yet connected|unconnected|unserved|does(n't| not) (have|offer|serve))\b"
    r"|\bnone (is|are|of)\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    store = SqliteStore.open(tmp_path_factory.mktemp("gaps") / "gaps.db")
    for name in ("portland", "riverbend"):
        load(store, FIXTURES / name)
    yield store
    store.close()


def load(store: SqliteStore, bundle: Path) -> None:
    outcome = import_file(store, bundle, ImportOptions(), Runner("tests", clock=lambda: int(time.time())))
    assert outcome.all_loaded, outcome.findings[:3]


def snapshot_of(store: SqliteStore, ecosystem: str) -> Snapshot:
    return store.snapshot(Scope(EcosystemId(ecosystem)), AS_OF)


@pytest.fixture(scope="module")
def riverbend(store: SqliteStore) -> GapReport:
    return report_gaps(snapshot_of(store, "riverbend"))


@pytest.fixture(scope="module")
def portland(store: SqliteStore) -> GapReport:
    return report_gaps(snapshot_of(store, "portland-metro-stem"))


@pytest.fixture(scope="module")
def truths() -> dict[str, list[dict[str, object]]]:
    loaded: dict[str, list[dict[str, object]]] = json.loads(
        (FIXTURES / "riverbend" / "truths.json").read_text(encoding="utf-8")
    )
    return loaded


def texts_of(value: object) -> Iterator[str]:
    """Yield every text in nested data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for held in value.values():
            yield from texts_of(held)
    elif isinstance(value, list | tuple):
        for held in value:
            yield from texts_of(held)


def test_every_planted_gap_of_riverbend_is_found_and_nothing_else(
    riverbend: GapReport, truths: dict[str, list[dict[str, object]]]
) -> None:
    found = {
        (gap.kind.value, gap.subject): (gap.size, gap.unit, gap.learners, gap.expected)
        for gap in (closable.gap for closable in riverbend.gaps)
    }
    planted: dict[object, object] = {
        (gap["kind"], tuple(gap["subject"])): (  # type: ignore[arg-type]  # JSON: a list
            gap["size"],
            gap["unit"],
            gap.get("learners"),
            gap.get("expected"),
        )
        for gap in truths["gaps"]
    }
    assert found == planted
    assert {kind for kind, _ in found} == {kind.value for kind in riverbend.kinds}


@pytest.mark.parametrize("seed", [11, 12])
def test_every_planted_gap_of_other_generated_ecosystems_is_found(tmp_path: Path, seed: int) -> None:
    world = generate_ecosystem(EcosystemSettings(seed=seed, partners=60))
    write_files(tmp_path / "bundle", world.files())
    with closing(SqliteStore.open(tmp_path / "store.db")) as store:
        load(store, tmp_path / "bundle")
        gaps = detect(snapshot_of(store, world.truths.ecosystem))
    found = [(gap.kind, gap.subject, gap.size) for gap in gaps if gap.knowledge is Knowledge.KNOWN]
    planted = [(gap.kind, gap.subject, gap.size) for gap in world.truths.gaps]
    assert len(planted) > 5
    assert sorted(found) == sorted(planted)


def test_on_riverbends_complete_part_there_is_no_gap_and_everything_is_known(
    store: SqliteStore, riverbend: GapReport, truths: dict[str, list[dict[str, object]]]
) -> None:
    complete = {str(place) for place in truths["complete_places"]}
    assert complete
    snapshot = snapshot_of(store, "riverbend")
    told = [closable.gap for closable in riverbend.gaps] + list(riverbend.not_known)
    for gap in told:
        assert not complete & set(gap.subject)
        if gap.kind in {GapKind.ISOLATION, GapKind.TRANSITION} and gap.knowledge is Knowledge.KNOWN:
            subject = snapshot.index_of(gap.subject[0])
            places = {snapshot.nodes[at].id for at, _ in snapshot.targets(subject, TieType.LOCATED_IN)}
            assert not complete & places


def test_where_riverbend_states_no_coverage_nothing_is_known_and_the_hub_is_asked(
    riverbend: GapReport, truths: dict[str, list[dict[str, object]]]
) -> None:
    unstated = {str(place) for place in truths["unstated_places"]}
    asked = {gap.subject[0] for gap in riverbend.not_known if gap.kind is GapKind.STAGE_COVERAGE}
    assert asked == unstated
    assert all(gap.ask.endswith("STEM Hub") for gap in riverbend.not_known)
    assert not unstated & {subject for closable in riverbend.gaps for subject in closable.gap.subject}


def test_of_portland_nothing_is_asserted_to_be_missing(portland: GapReport) -> None:
    assert portland.gaps == ()
    assert portland.not_known
    assert all(gap.sentence.startswith("Not known: ") for gap in portland.not_known)
    told = [text for gap in portland.not_known for text in texts_of(asdict(gap))]
    assert len(told) > 50
    for text in told:
        assert ASSERTS_LACK.search(text) is None, text


def test_no_sentence_about_portland_says_anything_of_one_named_organization(
    store: SqliteStore, portland: GapReport
) -> None:
    snapshot = snapshot_of(store, "portland-metro-stem")
    places = "|".join(node.name for _, node in snapshot.iter_nodes(Label.PLACE))
    names = [
        name
        for label in (Label.PARTNER, Label.PROGRAM)
        for _, node in snapshot.iter_nodes(label)
        for name in (node.name, *node.get_texts("aliases"))
        if len(name) > 4 and name not in places
    ]
    assert len(names) > 600
    for gap in portland.not_known:
        assert [name for name in names if name in gap.sentence] == []


def test_the_scan_finds_the_sentences_it_is_there_for() -> None:
    for text in (
        "Mill School has no partner.",
        "There are no seats at the museum.",
        "The club serves grades 6 to 8 without a next step.",
        "Mill School is a member and not yet connected.",
        "Mill lacks a program.",
        "none is recorded in it",
        "Mill School has few partners",
    ):
        assert ASSERTS_LACK.search(text), text
    assert ASSERTS_LACK.search("Not known: whether colleges work with employers") is None


def test_portland_asks_those_who_know(portland: GapReport) -> None:
    answers = {(gap.kind, gap.subject): gap for gap in portland.not_known}
    washington = answers[GapKind.STAGE_COVERAGE, ("county:41067",)]
    assert "Beaverton School District 48J" in washington.ask
    assert washington.ask.endswith("and Portland Metro STEM Partnership")
    assert len(portland.not_known) < 25
    assert {gap.kind for gap in portland.not_known} >= {GapKind.SECTOR_PAIR, GapKind.ISOLATION, GapKind.TRANSITION}


def test_riverbends_contacts_are_never_named(store: SqliteStore, riverbend: GapReport) -> None:
    private = {
        text
        for stored in store.iter_nodes(Label.CONTACT)
        for text in (stored.element.get_text(name) for name in ("name", "email", "phone"))
        if text
    }
    assert private
    told = "\n".join(
        text
        for gap in [*(closable.gap for closable in riverbend.gaps), *riverbend.not_known]
        for text in texts_of(asdict(gap))
    )
    assert [text for text in sorted(private) if text in told] == []


def test_a_report_says_what_it_was_computed_from(store: SqliteStore, riverbend: GapReport) -> None:
    snapshot = snapshot_of(store, "riverbend")
    assert (riverbend.ecosystem, riverbend.as_of) == ("riverbend", "2026-11-01")
    assert riverbend.graph_hash == snapshot.graph_hash
    used = {id for closable in riverbend.gaps for id in closable.gap.coverage}
    assert used <= {statement.id for statement in riverbend.coverage}
    pairs = {(pair.first.value, pair.second.value): pair for pair in riverbend.pairs}
    for closable in riverbend.gaps:
        if closable.gap.kind is GapKind.SECTOR_PAIR:
            assert closable.gap.expected == pytest.approx(pairs[closable.gap.subject].expected)  # type: ignore[index]
    assert report_gaps(snapshot) == riverbend


def test_gaps_come_with_the_suggestions_that_would_close_them(store: SqliteStore, riverbend: GapReport) -> None:
    snapshot = snapshot_of(store, "riverbend")
    values = GapValues(snapshot, [closable.gap for closable in riverbend.gaps])
    helped = {closable.gap.kind for closable in riverbend.gaps if closable.suggestions}
    assert helped >= {GapKind.STAGE_COVERAGE, GapKind.SECTOR_PAIR, GapKind.PLACE_ACCESS, GapKind.UNMET_NEED}
    for closable in riverbend.gaps:
        shares = [values.closure(closable.gap, one.pattern, one.source, one.target) for one in closable.suggestions]
        assert all(0 < share <= 1 for share in shares)
        assert shares == sorted(shares, reverse=True)
        assert len(shares) <= 3
        assert bool(closable.note) is not bool(shares)
        for one in closable.suggestions:
            assert one.pattern in closable.gap.patterns
            assert one.gap_value == pytest.approx(values.value(one.pattern, one.source, one.target))


def test_a_suggestion_of_a_gap_is_the_one_of_the_partners_own_list(store: SqliteStore, riverbend: GapReport) -> None:
    snapshot = snapshot_of(store, "riverbend")
    closable = next(one for one in riverbend.gaps if one.suggestions)
    wanted = closable.suggestions[0]
    request = SuggestionRequest(pattern=wanted.pattern, limit=50)
    own = suggest(snapshot, wanted.source, request, gap_value_of(snapshot))
    assert wanted in own.suggestions


def test_one_kind_may_be_asked_for(store: SqliteStore, riverbend: GapReport) -> None:
    some = report_gaps(snapshot_of(store, "riverbend"), [GapKind.ISOLATION])
    assert some.kinds == (GapKind.ISOLATION,)
    assert some.gaps == tuple(one for one in riverbend.gaps if one.gap.kind is GapKind.ISOLATION)
    assert some.pairs == ()


def test_before_the_coverage_was_stated_nothing_was_known(store: SqliteStore) -> None:
    early = report_gaps(store.snapshot(Scope(EcosystemId("riverbend")), datetime.date(2026, 5, 31)))
    assert early.gaps == ()
    assert early.coverage == ()


def test_an_unknown_ecosystem_and_a_kind_without_detector_are_refused(store: SqliteStore) -> None:
    with pytest.raises(NotFound):
        report_gaps(snapshot_of(store, "nowhere"))
    with pytest.raises(NotFound):
        report_gaps(snapshot_of(store, "or-district:2243"))
    with pytest.raises(InvalidInput) as refused:
        report_gaps(snapshot_of(store, "riverbend"), [GapKind.FRAGILITY])
    assert refused.value.findings[0].valid.startswith("stage_coverage, transition")


def test_what_is_not_known_gives_links_no_value(store: SqliteStore, portland: GapReport) -> None:
    snapshot = snapshot_of(store, "portland-metro-stem")
    values = GapValues(snapshot, portland.not_known)
    partners = [node.id for _, node in snapshot.iter_nodes(Label.PARTNER)][:20]
    patterns = {pattern for gap in portland.not_known for pattern in gap.patterns}
    assert patterns
    assert {
        values.value(pattern, first, second) for pattern in patterns for first in partners for second in partners
    } == {0.0}
