"""Keeping models, using one, going back: the same on either store, private to an ecosystem, in backups."""

import datetime
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from matchmaker.errors import Conflict, InvalidInput, NotFound, StoreCorrupt
from matchmaker.graph.scoping import Scope
from matchmaker.graph.sqlite import Durability, SqliteStore
from matchmaker.graph.store import Entry, GraphStore, OperationsStore
from matchmaker.model.ids import EcosystemId
from matchmaker.model.vocabulary import LikelihoodBasis, PatternName
from matchmaker.recommend.learning.model_card import ModelCard
from matchmaker.recommend.learning.model_json import FORMAT, ModelFile, model_to_json
from matchmaker.recommend.learning.model_training import TrainingRequest
from matchmaker.recommend.learning.windows import make_windows
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.recommend.scoring.prior import PRIOR_ID, prior_model
from matchmaker.services import models
from matchmaker.services.backups import back_up, restore
from matchmaker.services.exposure import with_exposure
from matchmaker.services.importing import import_file
from matchmaker.services.jobs import Runner
from matchmaker.services.loading import ImportOptions
from matchmaker.services.models import (
    Change,
    add_model,
    current_model,
    get_model,
    iter_history,
    list_models,
    put_model,
    roll_back_model,
    use_model,
)
from matchmaker.services.suggesting import suggest_for
from matchmaker.services.training import train

FIXTURES = Path(__file__).parents[2] / "fixtures"
ECO, RIVAL, RIVERBEND = EcosystemId("eco"), EcosystemId("rival"), EcosystemId("riverbend")
DAY = datetime.date(2026, 1, 1)
N = PatternName
PRIOR = prior_model()


def made(seed: int = 0, ecosystem: str = "eco") -> ModelFile:
    moved = replace(PRIOR.patterns[N.CROSS_SECTOR], intercept=-1.0 - seed)
    card = ModelCard("Eco — “the” hub", make_windows(DAY, 3), (), ())
    patterns = {**PRIOR.patterns, N.CROSS_SECTOR: moved}
    return ModelFile(FORMAT, ecosystem, PRIOR.id, patterns, "0" * 64, "1" * 64, "content-1", {}, seed, card)


def by(at: int, who: str = "Ana", why: str = "") -> Change:
    return Change(who, at, why)


@pytest.fixture
def operations(store: GraphStore) -> OperationsStore:
    return store.operations()


def test_the_prior_is_used_until_a_model_is(operations: OperationsStore) -> None:
    assert current_model(operations, ECO) == PRIOR
    assert current_model(operations, None) == PRIOR
    assert list_models(operations, ECO) == []
    kept = put_model(operations, made(), by(5, why="first"))
    assert kept.kept == Change("Ana", 5, "first")
    assert not kept.in_use
    assert current_model(operations, ECO) == PRIOR
    assert use_model(operations, ECO, kept.id, by(6)) == PRIOR_ID
    used = current_model(operations, ECO)
    assert used.id == made().id
    assert used.patterns[N.CROSS_SECTOR].intercept == -1.0
    assert [one.in_use for one in list_models(operations, ECO)] == [True]


def test_what_was_kept_is_read_back_whole_however_long(
    operations: OperationsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "PAGE", 97)
    put_model(operations, made(), by(1))
    found = get_model(operations, ECO, made().id)
    assert model_to_json(found) == model_to_json(made())
    put_model(operations, made(), by(9, "Bo"))
    assert [one.kept.who for one in list_models(operations, ECO)] == ["Ana"]


def test_going_back_goes_all_the_way_to_the_prior(operations: OperationsStore) -> None:
    ids = [put_model(operations, made(seed), by(seed)).id for seed in range(3)]
    for at, id in enumerate(ids):
        use_model(operations, ECO, id, by(10 + at))
    assert roll_back_model(operations, ECO, by(20, "Bo", "worse")) == (ids[2], ids[1])
    assert current_model(operations, ECO).id == ids[1]
    assert roll_back_model(operations, ECO, by(21)) == (ids[1], ids[0])
    assert roll_back_model(operations, ECO, by(22)) == (ids[0], PRIOR_ID)
    assert current_model(operations, ECO) == PRIOR
    with pytest.raises(NotFound):
        roll_back_model(operations, ECO, by(23))
    told = [(one.action, one.was, one.model, one.change.who, one.change.why) for one in iter_history(operations, ECO)]
    assert told[0] == ("use", PRIOR_ID, ids[0], "Ana", "")
    assert told[3] == ("roll_back", ids[2], ids[1], "Bo", "worse")
    assert len(told) == 6


def test_using_what_is_used_changes_nothing_and_the_prior_can_be_named(operations: OperationsStore) -> None:
    id = put_model(operations, made(), by(1)).id
    use_model(operations, ECO, id, by(2))
    assert use_model(operations, ECO, id, by(3)) == id
    assert len(list(iter_history(operations, ECO))) == 1
    assert use_model(operations, ECO, PRIOR_ID, by(4)) == id
    assert current_model(operations, ECO) == PRIOR
    assert roll_back_model(operations, ECO, by(5)) == (PRIOR_ID, id)


def test_models_are_private_to_their_ecosystem(operations: OperationsStore) -> None:
    id = put_model(operations, made(), by(1)).id
    use_model(operations, ECO, id, by(2))
    assert list_models(operations, RIVAL) == []
    assert current_model(operations, RIVAL) == PRIOR
    assert list(iter_history(operations, RIVAL)) == []
    with pytest.raises(NotFound):
        get_model(operations, RIVAL, id)
    with pytest.raises(NotFound):
        use_model(operations, RIVAL, id, by(3))
    with pytest.raises(InvalidInput, match="another ecosystem"):
        add_model(operations, RIVAL, model_to_json(made()), by(3))
    # An id that begins like another's is nobody else's key.
    assert list_models(operations, EcosystemId("ec")) == []


def test_a_file_is_checked_before_it_is_kept(operations: OperationsStore) -> None:
    with pytest.raises(InvalidInput):
        add_model(operations, ECO, '{"format": "x"}', by(1))
    assert list_models(operations, ECO) == []
    assert add_model(operations, ECO, model_to_json(made()), by(1)).id == made().id


def test_a_damaged_page_is_noticed(operations: OperationsStore) -> None:
    put_model(operations, made(7), by(1))
    [page] = operations.iter_entries(models.PAGES)
    text = str(page.fields["page"]).replace("-8.0", "-8.5")
    assert text != page.fields["page"]
    operations.compare_and_set(models.PAGES, page.key, page.version, {"page": text})
    with pytest.raises(StoreCorrupt):
        get_model(operations, ECO, made(7).id)


def test_two_who_change_it_at_once_are_told(operations: OperationsStore, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [put_model(operations, made(seed), by(seed)).id for seed in range(2)]
    use_model(operations, ECO, ids[0], by(1))
    stale = operations.find(models.IN_USE, ECO)
    assert stale is not None
    operations.compare_and_set(models.IN_USE, ECO, stale.version, {"model": ids[0], "before": "x"})
    real = operations.find

    def find(where: str, key: str) -> Entry | None:
        return stale if where == models.IN_USE else real(where, key)

    monkeypatch.setattr(operations, "find", find)
    with pytest.raises(Conflict, match="Somebody else changed which model is used"):
        use_model(operations, ECO, ids[1], by(2))


def test_a_backup_holds_models_and_which_is_used(store: GraphStore, tmp_path: Path) -> None:
    id = put_model(store.operations(), made(), by(1)).id
    use_model(store.operations(), ECO, id, by(2))
    back_up(store, tmp_path / "backup.zip")
    with closing(SqliteStore.open(tmp_path / "other.db", durability=Durability.NORMAL)) as other:
        restore(tmp_path / "backup.zip", other)
        assert current_model(other.operations(), ECO).id == id
        assert len(list(iter_history(other.operations(), ECO))) == 1


@pytest.fixture(scope="module")
def riverbend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    with closing(SqliteStore.open(tmp_path_factory.mktemp("rb") / "rb.db", durability=Durability.NORMAL)) as store:
        import_file(store, FIXTURES / "riverbend", ImportOptions(into=RIVERBEND), Runner("test", lambda: 0))
        yield store


@pytest.fixture(scope="module")
def trained(riverbend: SqliteStore) -> ModelFile:
    return train(riverbend, RIVERBEND, TrainingRequest(DAY))


def test_riverbend_teaches_what_it_can_and_says_what_it_cannot(trained: ModelFile) -> None:
    cards = {card.name: card for card in trained.card.patterns}
    assert trained.patterns[N.CROSS_SECTOR].basis is LikelihoodBasis.LOCAL or cards[N.CROSS_SECTOR].refused
    assert cards[N.PCSP_COLLEGE].refused.endswith("50 are needed")
    assert any(card.moved for card in cards.values())
    assert trained.card.title == "Riverbend STEM Ecosystem"
    assert sum(card.all_links for card in cards.values()) > 150
    shown = [band for band in trained.card.bands if band.links is not None]
    assert all(band.links >= 10 for band in shown if band.links is not None)


def test_the_same_history_gives_the_same_model(riverbend: SqliteStore, trained: ModelFile) -> None:
    again = train(riverbend, RIVERBEND, TrainingRequest(DAY))
    assert again.id == trained.id
    assert model_to_json(again) == model_to_json(trained)


def test_suggestions_use_the_model_in_use(riverbend: SqliteStore, trained: ModelFile) -> None:
    operations = riverbend.operations()
    snapshot = riverbend.snapshot(Scope(RIVERBEND), DAY)
    subject = "rb-fulmergarth-makerspace"

    def ask() -> tuple[str, list[tuple[str, float]]]:
        listed = suggest_for(snapshot, subject, with_exposure(operations, snapshot, SuggestionRequest(limit=50)))
        return listed.model, [(one.id, one.score) for one in listed.suggestions]

    before = ask()
    assert before[0].startswith(f"{PRIOR_ID}+")
    put_model(operations, trained, by(1))
    use_model(operations, RIVERBEND, trained.id, by(2))
    after = ask()
    assert after[0].startswith(f"{trained.id}+")
    assert after[1] != before[1]
    roll_back_model(operations, RIVERBEND, by(3))
    assert ask() == before


def test_an_ecosystem_without_history_is_refused_with_a_reason_for_each_kind(riverbend: SqliteStore) -> None:
    with pytest.raises(InvalidInput) as refused:
        train(riverbend, EcosystemId("rb-gorsestow"), TrainingRequest(DAY, windows=3))
    assert {finding.where for finding in refused.value.findings} <= {name.value for name in PatternName}
    assert all("50 are needed" in finding.message for finding in refused.value.findings)
