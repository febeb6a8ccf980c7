import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import pytest

from matchmaker.errors import InvalidInput, NotFound, StoreCorrupt, StoreIncomplete, StoreUnavailable, Unsupported
from matchmaker.graph import backup as backup_module
from matchmaker.graph.sqlite import SqliteStore
from matchmaker.graph.store import GraphStore
from matchmaker.model.canonical import Value
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import Node, Provenance, Record, make_tie
from matchmaker.model.ids import PUBLIC, NodeId, Owner
from matchmaker.model.reference import REFERENCE_NODES
from matchmaker.model.vocabulary import Confidence, Label, TieType
from matchmaker.services.backups import back_up, drop_unfinished_restore, restore
from matchmaker.services.importing import import_file
from matchmaker.services.jobs import Runner, list_jobs, undo_job
from matchmaker.services.loading import ImportOptions

Write = Callable[[Mapping[str, str]], Path]
SECRET = "an-access-key-nobody-may-read"


class Place(Protocol):
    def open(self, *, allow_incomplete: bool = False) -> GraphStore: ...


def fill(store: GraphStore, runner: Runner, write_bundle: Write) -> None:
    """A store with a job of two batches, another ecosystem's own, a merged Record, odd values, and operations."""
    partners = "".join(f"p{number},Partner {number},museum\n" for number in range(9))
    ties = "".join(f"p{number},PARTNERS_WITH,p{number + 1},{number % 6},2012-0{number + 1}\n" for number in range(8))
    folder = write_bundle(
        {
            "ecosystems.csv": "id,name,reach_km\nhub,The Hub,60\n",
            "partners.csv": f"id,name,organization_type\n{partners}",
            "ties.csv": f"source,type,target,level_by_source,since\n{ties}",
            "counts.csv": "subject,kind,year,value\np0,reached,2023,44\n",
        }
    )
    import_file(store, folder, ImportOptions(batch_size=12), runner)
    text = "Name 🛰 with “quotes”, a \t tab,\na line break and \u2028 another"
    own = Provenance("The hub's sheet", "row 3", "2012-09", Confidence.PARTNER, "batch-of-old")
    properties: dict[str, Value] = {
        "name": text,
        "organization_type": "museum",
        "latitude": 0.0,
        "longitude": -122.0,
        "aliases": ("b", "ä"),
    }
    store.apply(
        ChangeSet(
            records=(
                Record(NodeId("p0"), Label.PARTNER, properties, Owner("hub"), own),
                Record(NodeId("p1"), Label.PARTNER, {"description": "Moved here"}, PUBLIC, own, NodeId("p99")),
            ),
            nodes=(
                Node(NodeId("p99"), Label.REDIRECT, {"to": "p1"}),
                Node(NodeId("figure"), Label.STATISTIC, {"kind": "openings", "year": 2020, "value": 1.0}, Owner("hub")),
            ),
            ties=(
                make_tie(TieType.PARTNERS_WITH, ("p0", "p5"), {"intents": ("fund", "learn")}, "hub", "grant 7", own),
            ),
        )
    )
    operations = store.operations()
    operations.put_new("drafts", "first", {"n": 1, "share": 1.0, "yes": True, "text": "é"}, 1_900_000_000)
    operations.put_new("secret-keys", "key", {"value": SECRET})
    operations.append("audit", [{"who": "Ana", "number": number} for number in range(3)])
    operations.append("secret-log", [{"value": SECRET}])


def assert_equal_stores(first: GraphStore, second: GraphStore) -> None:
    assert second.hashes() == first.hashes()
    mine, theirs = first.contents(None), second.contents(None)
    assert (theirs.nodes, theirs.records, theirs.ties) == (mine.nodes, mine.records, mine.ties)
    for old, new in ((mine.nodes, theirs.nodes), (mine.records, theirs.records), (mine.ties, theirs.ties)):
        assert [element.provenance.batch for element in new] == [element.provenance.batch for element in old]


def test_a_backup_restores_into_every_kind_of_store(
    store: GraphStore, embedded: GraphStore, runner: Runner, write_bundle: Write, tmp_path: Path
) -> None:
    fill(embedded, runner, write_bundle)
    done: list[tuple[int, int]] = []
    summary = back_up(embedded, tmp_path / "one.zip")
    assert restore(tmp_path / "one.zip", store, lambda *step: done.append(step)) == summary
    assert (summary.nodes, summary.records, summary.ties) == (4, 11, 10)
    assert (summary.entries, summary.log_entries) == (2, 9)
    assert summary.hashes == embedded.hashes()
    assert done == [(25, 25)]
    assert_equal_stores(embedded, store)
    assert store.restoring() is None
    entry = store.operations().find("drafts", "first")
    assert entry is not None
    assert (dict(entry.fields), entry.expires_at) == ({"n": 1, "share": 1.0, "yes": True, "text": "é"}, 1_900_000_000)
    assert [type(entry.fields[name]) for name in ("n", "share", "yes")] == [int, float, bool]
    assert [number for number, _ in store.operations().iter_log("audit")] == [1, 2, 3]
    assert store.operations().find("secret-keys", "key") is None

    back_up(store, tmp_path / "two.zip")
    assert (tmp_path / "two.zip").read_bytes() == (tmp_path / "one.zip").read_bytes()


def test_a_job_can_be_taken_back_after_a_restore_into_another_kind_of_store(
    store: GraphStore, embedded: GraphStore, runner: Runner, write_bundle: Write, tmp_path: Path
) -> None:
    empty = embedded.hashes()
    import_file(store, write_bundle({"topics.csv": "id,name\na,A\nb,B\n"}), ImportOptions(batch_size=1), runner)
    first = store.hashes()
    import_file(store, write_bundle({"topics.csv": "id,name\na,Ä\nc,C\n"}), ImportOptions(), runner)
    back_up(store, tmp_path / "one.zip")
    restore(tmp_path / "one.zip", embedded)
    undo_job(embedded, "job-2", runner)
    assert embedded.hashes() == first
    undo_job(embedded, "job-1", runner)
    assert embedded.hashes() == empty
    assert [job.id for job in list_jobs(embedded.operations())] == ["job-1", "job-2"]


def test_no_secret_is_in_the_file(embedded: GraphStore, runner: Runner, write_bundle: Write, tmp_path: Path) -> None:
    fill(embedded, runner, write_bundle)
    back_up(embedded, tmp_path / "one.zip")
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert archive.namelist()[-1] == "manifest.json"
        texts = [archive.read(name) for name in archive.namelist()]
    assert any(b"drafts" in text for text in texts)
    assert not any(SECRET.encode() in text or b"secret-" in text for text in texts)


def test_an_empty_store_has_a_backup_too(embedded: GraphStore, tmp_path: Path) -> None:
    summary = back_up(embedded, tmp_path / "one.zip")
    assert (summary.nodes, summary.records, summary.ties, summary.entries, summary.log_entries) == (0, 0, 0, 0, 0)
    assert restore(tmp_path / "one.zip", embedded) == summary


def stop_after_the_first(done: int, total: int) -> None:
    assert done < total
    raise StoreUnavailable("The plug was pulled.")


def interrupted(
    place: Place, runner: Runner, write_bundle: Write, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, GraphStore]:
    """A store with half a restore in it, and the backup's file and store."""
    source = SqliteStore.open(folder / "source.db")
    fill(source, runner, write_bundle)
    back_up(source, folder / "one.zip")
    monkeypatch.setattr(backup_module, "BATCH", 6)
    target = place.open()
    with pytest.raises(StoreUnavailable):
        restore(folder / "one.zip", target, stop_after_the_first)
    assert target.revision() == 1
    target.close()
    with pytest.raises(StoreIncomplete, match=r"one\.zip"):
        place.open()
    return folder / "one.zip", source


def test_an_interrupted_restore_is_finished(
    place: Place, runner: Runner, write_bundle: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, source = interrupted(place, runner, write_bundle, tmp_path, monkeypatch)
    half = place.open(allow_incomplete=True)
    with pytest.raises(Unsupported, match="can't be backed up"):
        back_up(half, tmp_path / "half.zip")
    assert not (tmp_path / "half.zip").exists()
    restore(path, half)
    half.close()
    whole = place.open()
    assert_equal_stores(source, whole)
    whole.close()
    source.close()


def test_an_interrupted_restore_is_dropped(
    place: Place, runner: Runner, write_bundle: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, source = interrupted(place, runner, write_bundle, tmp_path, monkeypatch)
    half = place.open(allow_incomplete=True)
    half.operations().put_new("secret-keys", "mine", {"value": "x"})
    drop_unfinished_restore(half)
    half.close()
    empty = place.open()
    contents = empty.contents(None)
    assert (contents.nodes, contents.records, contents.ties) == (REFERENCE_NODES, (), ())
    assert empty.operations().find("secret-keys", "mine") is not None
    with pytest.raises(Unsupported, match="nothing to drop"):
        drop_unfinished_restore(empty)
    restore(path, empty)
    assert_equal_stores(source, empty)
    empty.close()
    source.close()


def test_a_restore_interrupted_among_the_logs_is_finished_without_repeating_any(
    embedded: GraphStore, runner: Runner, write_bundle: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = SqliteStore.open(tmp_path / "source.db")
    fill(source, runner, write_bundle)
    back_up(source, tmp_path / "one.zip")
    append = embedded.operations().append

    def fail(collection: str, entries: list[Mapping[str, str]]) -> int:
        if collection == "journal-job-1.1":
            append(collection, entries[:1])
            raise StoreUnavailable("The plug was pulled.")
        return append(collection, entries)

    with monkeypatch.context() as patched:
        patched.setattr(embedded.operations(), "append", fail)
        with pytest.raises(StoreUnavailable):
            restore(tmp_path / "one.zip", embedded)
    restore(tmp_path / "one.zip", embedded)
    for log in ("audit", "journal-job-1.0", "journal-job-1.1"):
        assert list(embedded.operations().iter_log(log)) == list(source.operations().iter_log(log))
    source.close()


def test_another_backup_does_not_finish_a_restore(
    embedded: GraphStore, runner: Runner, write_bundle: Write, tmp_path: Path
) -> None:
    other = SqliteStore.open(tmp_path / "other.db")
    back_up(other, tmp_path / "other.zip")
    import_file(other, write_bundle({"topics.csv": "id,name\na,A\n"}), ImportOptions(), runner)
    back_up(other, tmp_path / "one.zip")
    embedded.mark_restoring("from somewhere, backup 0123")
    with pytest.raises(Unsupported, match="Another restore into this store is unfinished"):
        restore(tmp_path / "one.zip", embedded)
    assert (embedded.restoring(), embedded.revision()) == ("from somewhere, backup 0123", 0)
    other.close()


@pytest.mark.parametrize("what", ["a node", "an entry", "a log"])
def test_a_store_that_holds_anything_is_refused(
    store: GraphStore, runner: Runner, write_bundle: Write, tmp_path: Path, what: str
) -> None:
    source = SqliteStore.open(tmp_path / "source.db")
    fill(source, runner, write_bundle)
    back_up(source, tmp_path / "one.zip")
    source.close()
    if what == "a node":
        store.apply(ChangeSet(nodes=(Node(NodeId("art"), Label.TOPIC, {"name": "Art"}),)))
    elif what == "an entry":
        store.operations().put_new("drafts", "mine", {"n": 1})
    else:
        store.operations().append("audit", [{"who": "Bo"}])
    before = (store.hashes(), store.revision())
    with pytest.raises(Unsupported, match="Give a new store"):
        restore(tmp_path / "one.zip", store)
    assert (store.hashes(), store.revision()) == before
    assert store.restoring() is None


def spans_of_members(path: Path) -> list[tuple[int, int]]:
    """Where the compressed bytes of each member lie."""
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        starts = [info.header_offset + 30 + len(info.filename) + 20 for info in infos]
    return [(start, start + info.compress_size) for start, info in zip(starts, infos, strict=True)]


def test_a_file_that_is_cut_short_or_damaged_changes_nothing(
    embedded: GraphStore, runner: Runner, write_bundle: Write, tmp_path: Path
) -> None:
    source = SqliteStore.open(tmp_path / "source.db")
    fill(source, runner, write_bundle)
    back_up(source, tmp_path / "one.zip")
    source.close()
    whole = (tmp_path / "one.zip").read_bytes()
    bad = tmp_path / "bad.zip"
    damaged = [whole[:length] for length in (0, 1, len(whole) // 3, len(whole) // 2, len(whole) - 1)]
    for start, end in spans_of_members(tmp_path / "one.zip"):
        middle = (start + end) // 2
        damaged.append(whole[:middle] + bytes([whole[middle] ^ 0x55]) + whole[middle + 1 :])
    assert len(damaged) == 5 + 6
    for data in damaged:
        bad.write_bytes(data)
        with pytest.raises(InvalidInput) as caught:
            restore(bad, embedded)
        assert caught.value.findings[0].valid == "a whole file that `matchmaker backup` wrote"
        assert (embedded.revision(), embedded.restoring()) == (0, None)


def rewrite(path: Path, change: Callable[[dict[str, object]], object]) -> Path:
    """A copy of a backup with another manifest."""
    copy = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "manifest.json":
                manifest = json.loads(data)
                change(manifest)
                data = json.dumps(manifest).encode()
            new.writestr(name, data)
    return copy


def test_a_newer_format_is_named_and_other_archives_refused(embedded: GraphStore, tmp_path: Path) -> None:
    back_up(embedded, tmp_path / "one.zip")
    with pytest.raises(Unsupported, match="its format is 2, this one knows 1"):
        restore(rewrite(tmp_path / "one.zip", lambda manifest: manifest.update(version=2, extra=1)), embedded)
    for change in (
        lambda manifest: manifest.update(format="other"),
        lambda manifest: manifest.update(version="1.0"),
        lambda manifest: manifest.pop("graph_hash"),
        lambda manifest: manifest["members"].pop("ties.jsonl"),
        lambda manifest: manifest.update(content_hash="no hash"),
    ):
        with pytest.raises(InvalidInput, match="backup"):
            restore(rewrite(tmp_path / "one.zip", change), embedded)
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.writestr("photo.txt", "x")
    with pytest.raises(InvalidInput, match="this is no backup"):
        restore(tmp_path / "photos.zip", embedded)
    with pytest.raises(NotFound, match="backup"):
        restore(tmp_path / "none.zip", embedded)
    assert (embedded.revision(), embedded.restoring()) == (0, None)


def test_what_does_not_add_up_stays_closed(embedded: GraphStore, tmp_path: Path) -> None:
    back_up(embedded, tmp_path / "one.zip")
    lying = rewrite(tmp_path / "one.zip", lambda manifest: manifest.update(content_hash="0" * 64))
    with pytest.raises(StoreCorrupt, match="isn't what was backed up"):
        restore(lying, embedded)
    assert embedded.restoring() is not None
    drop_unfinished_restore(embedded)
    assert embedded.restoring() is None


def test_reference_data_of_another_version_is_no_difference(
    embedded: GraphStore, runner: Runner, write_bundle: Write, tmp_path: Path
) -> None:
    source = SqliteStore.open(tmp_path / "source.db")
    fill(source, runner, write_bundle)
    back_up(source, tmp_path / "one.zip")
    source.close()

    def other_terms(manifest: dict[str, object]) -> None:
        for name in ("graph", "content"):
            for key in (f"{name}_hash", f"reference_{name}_hash"):
                manifest[key] = f"{(int(str(manifest[key]), 16) + 12345) % 2**256:064x}"

    restore(rewrite(tmp_path / "one.zip", other_terms), embedded)
    assert embedded.restoring() is None


def test_only_an_older_backup_is_replaced(embedded: GraphStore, tmp_path: Path) -> None:
    sheet = tmp_path / "partners.csv"
    sheet.write_text("id,name\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="there is something else at this place"):
        back_up(embedded, sheet)
    assert sheet.read_text(encoding="utf-8") == "id,name\n"
    back_up(embedded, tmp_path / "one.zip")
    before = (tmp_path / "one.zip").read_bytes()
    embedded.apply(ChangeSet(nodes=(Node(NodeId("art"), Label.TOPIC, {"name": "Art"}),)))
    assert back_up(embedded, tmp_path / "one.zip").nodes == 1
    assert (tmp_path / "one.zip").read_bytes() != before
    with pytest.raises(InvalidInput, match="the file can't be written"):
        back_up(embedded, tmp_path / "no folder" / "one.zip")
    assert [path.name for path in tmp_path.glob(".*")] == []
