"""Snapshots in files: the same snapshot, of this scope, day and state of the store only."""

import datetime
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from matchmaker.bootstrap import open_store
from matchmaker.graph.column_file import load_columns, save_columns
from matchmaker.graph.refreshing import refresh_snapshot
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot
from matchmaker.graph.snapshot_file import SnapshotFiles, companion_of
from matchmaker.graph.sqlite import Durability, SqliteStore
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import make_tie
from matchmaker.model.ids import EcosystemId
from matchmaker.model.vocabulary import TieType
from matchmaker.settings import DurabilityChoice, Settings
from matchmaker.testing.large_ecosystem import LARGE, LargeEcosystem

DAY = datetime.date(2026, 9, 1)
SCOPE = Scope(LARGE)


@pytest.fixture
def files(tmp_path: Path) -> SnapshotFiles:
    return SnapshotFiles(tmp_path / "kept", smallest=100)


@pytest.fixture
def store(tmp_path: Path, files: SnapshotFiles) -> Iterator[SqliteStore]:
    with closing(SqliteStore.open(tmp_path / "store.db", durability=Durability.NORMAL)) as opened:
        for batch in LargeEcosystem(partners=100).batches():
            opened.apply(batch)
        opened.keep_snapshots(files)
        yield opened


def kept(files: SnapshotFiles) -> list[str]:
    return sorted(file.name for file in files.folder.iterdir()) if files.folder.exists() else []


def check_same(found: Snapshot, built: Snapshot) -> None:
    assert (found.nodes, found.ties, found.graph_hash) == (built.nodes, built.ties, built.graph_hash)
    assert (found.scope, found.as_of, found.revision) == (built.scope, built.as_of, built.revision)
    assert [found.records(id) for id in found.ids] == [built.records(id) for id in built.ids]
    assert [found.sites(index) for index in range(len(found))] == [built.sites(index) for index in range(len(built))]
    for name in ("labels", "sectors", "member", "reachable", "tie_since", "tie_levels", "tie_sources"):
        assert np.array_equal(getattr(found, name), getattr(built, name))
    for type in TieType:
        for backward in (False, True):
            one, other = found.adjacency(type, backward=backward), built.adjacency(type, backward=backward)
            assert np.array_equal(one.starts, other.starts)
            assert np.array_equal(one.others, other.others)
            assert np.array_equal(one.ties, other.ties)


def test_a_snapshot_is_taken_from_its_file(store: SqliteStore, files: SnapshotFiles) -> None:
    built = store.snapshot(SCOPE, DAY)
    assert len(kept(files)) == 1
    found = store.snapshot(SCOPE, DAY)
    assert isinstance(found.columns.points.base, np.ndarray)
    assert found.file == built.file == files.folder / kept(files)[0]
    check_same(found, built)


def test_another_state_scope_or_day_is_another_snapshot(store: SqliteStore, files: SnapshotFiles) -> None:
    built = store.snapshot(SCOPE, DAY)
    other_day = store.snapshot(SCOPE, DAY + datetime.timedelta(1))
    public = store.snapshot(Scope(), DAY)
    assert len(kept(files)) == 3
    assert len({one.file for one in (built, other_day, public)}) == 3
    tie = make_tie(TieType.FUNDS, ("partner:1", "partner:2"))
    store.apply(ChangeSet(ties=(tie,)))
    after = store.snapshot(SCOPE, DAY)
    assert len(after.ties) == len(built.ties) + 1
    assert after.file == built.file
    assert kept(files) == [after.file.name if after.file else ""]
    check_same(store.snapshot(SCOPE, DAY), after)


def test_one_that_was_mapped_is_refreshed(store: SqliteStore) -> None:
    store.snapshot(SCOPE, DAY)
    mapped = store.snapshot(SCOPE, DAY)
    tie = make_tie(TieType.FUNDS, ("partner:1", "partner:2"))
    store.apply(ChangeSet(ties=(tie,)))
    update = store.update_since(mapped.revision)
    assert update is not None
    refreshed = refresh_snapshot(mapped, update)
    assert refreshed is not None
    assert refreshed.ties[-1] == tie
    assert refreshed.graph_hash == store.snapshot(SCOPE, DAY).graph_hash
    assert (mapped.file is None, refreshed.file) == (False, None)


def test_a_damaged_file_is_written_anew(store: SqliteStore, files: SnapshotFiles) -> None:
    built = store.snapshot(SCOPE, DAY)
    path = files.folder / kept(files)[0]
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    check_same(store.snapshot(SCOPE, DAY), built)
    assert path.read_bytes() == whole


def test_few_days_are_kept_with_what_was_computed_of_them(store: SqliteStore, files: SnapshotFiles) -> None:
    first = store.snapshot(SCOPE, DAY)
    companion = companion_of(first, "index")
    assert companion is not None
    save_columns(companion, {"x": np.arange(3)}, {"graph_hash": first.graph_hash})
    assert load_columns(companion, {"graph_hash": first.graph_hash}) is not None
    days = [store.snapshot(SCOPE, DAY + datetime.timedelta(days)).as_of for days in range(1, 5)]
    assert [name[-len("2026-09-01.snapshot") :] for name in kept(files)] == [f"{day}.snapshot" for day in days[-3:]]
    assert not companion.exists()
    store.snapshot(Scope(), DAY)
    assert len(kept(files)) == 4


def test_what_was_computed_goes_with_an_older_state(store: SqliteStore) -> None:
    companion = companion_of(store.snapshot(SCOPE, DAY), "index")
    assert companion is not None
    save_columns(companion, {"x": np.arange(3)}, {})
    store.apply(ChangeSet(ties=(make_tie(TieType.FUNDS, ("partner:1", "partner:2")),)))
    store.snapshot(SCOPE, DAY)
    assert not companion.exists()
    with pytest.raises(ValueError, match="not a name"):
        companion_of(store.snapshot(SCOPE, DAY), "../x")


def test_small_ones_are_not_kept(store: SqliteStore, files: SnapshotFiles) -> None:
    store.keep_snapshots(SnapshotFiles(files.folder))
    assert store.snapshot(SCOPE, DAY).file is None
    assert kept(files) == []


def test_a_folder_that_cannot_be_made_costs_nothing_but_time(store: SqliteStore, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    store.keep_snapshots(SnapshotFiles(tmp_path / "taken" / "kept", smallest=100))
    assert len(store.snapshot(SCOPE, DAY)) > 300


def test_no_file_holds_what_its_scope_does_not(store: SqliteStore, files: SnapshotFiles) -> None:
    gone = make_tie(TieType.PARTICIPATES_IN, ("partner:7", LARGE), {"status": "withdrawn", "x_note": "zzgone"})
    own = make_tie(TieType.FUNDS, ("partner:1", "partner:2"), {"x_note": "zzother"}, "other")
    store.apply(ChangeSet(ties=(gone, own)))
    seen = store.snapshot(SCOPE, DAY)
    assert seen.find_index("partner:7") is None
    data = (files.folder / kept(files)[0]).read_bytes()
    assert b"partner:6" in data
    assert b"partner:7\x00" not in data
    assert b"zz" not in data
    assert b"zzother" in _file_of(store, Scope(EcosystemId("other")))


def _file_of(store: SqliteStore, scope: Scope) -> bytes:
    file = store.snapshot(scope, DAY).file
    assert file is not None
    return file.read_bytes()


@pytest.mark.parametrize(("setting", "place"), [("", "store.db.snapshots"), ("elsewhere", "elsewhere"), ("off", None)])
@pytest.mark.usefixtures("store")
def test_the_settings_say_where(tmp_path: Path, setting: str, place: str | None) -> None:
    folder = str(tmp_path / setting) if setting == "elsewhere" else setting
    settings = Settings(
        store=f"sqlite:///{tmp_path / 'store.db'}", durability=DurabilityChoice.NORMAL, snapshots=folder
    )
    with closing(open_store(settings=settings)) as opened:
        files = opened._snapshots if isinstance(opened, SqliteStore) else None
    assert (None if files is None else files.folder) == (None if place is None else tmp_path / place)
