"""Backup and restore: everything a store holds but secrets, in one portable file, whichever kind of store it is."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from matchmaker.errors import InvalidInput, StoreCorrupt, Unsupported
from matchmaker.graph.applying import founding_state
from matchmaker.graph.backup_file import BackupFile, Manifest, refused, write_file
from matchmaker.graph.contents import Contents
from matchmaker.graph.encoding import Element, decode_element, encode_element, encode_form
from matchmaker.graph.entries import is_secret
from matchmaker.graph.store import Fields, GraphStore, OperationsStore, StoreHashes
from matchmaker.model.canonical import HASH_MODULUS, add_digests, show_hash
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import Node, Record, Tie
from matchmaker.model.records import resolve_stored
from matchmaker.model.vocabulary import REFERENCE_LABELS

BATCH = 10_000
"""Elements restored or removed at once."""

TOLD_EVERY = 1_000
"""Elements written between two words of progress."""

Progress = Callable[[int, int], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BackupSummary:
    """What a backup holds: how many of each, and the hashes of the store it was made of."""

    nodes: int
    records: int
    ties: int
    entries: int
    log_entries: int
    hashes: StoreHashes


def write_backup(store: GraphStore, path: Path, progress: Progress | None = None) -> BackupSummary:
    """Write everything but secrets to one file, the graph as it is at one revision.

    ``progress`` is told how many elements are written, and of how many.

    The file is written beside ``path`` and moved there when it is whole. An older backup there is replaced; any other
    file isn't.

    Raises
    ------
    InvalidInput
        There is something else at ``path``, or it can't be written.
    Unsupported
        A restore into the store is unfinished.
    StoreCorrupt
        The store's contents don't add up to its hashes.
    """
    if store.restoring() is not None:
        raise Unsupported("A restore into this store is unfinished, so it can't be backed up. Finish it or drop it.")
    _check_target(path)
    contents = store.contents(None)
    hashes, said = _hashes_of(contents), store.hashes()
    if store.revision() == contents.revision and hashes != said:
        raise StoreCorrupt("The store's contents don't add up to its hashes, so it isn't backed up.")
    nodes, records = _own_nodes(contents), sorted(contents.records, key=lambda record: (record.about, record.id))
    told = _Told(len(nodes) + len(records) + len(contents.ties), progress)
    operations = store.operations()
    members = {
        "nodes.jsonl": map(encode_element, told.each(nodes)),
        "records.jsonl": map(encode_element, told.each(records)),
        "ties.jsonl": map(encode_element, told.each(contents.ties)),
        "entries.jsonl": _entry_lines(operations),
        "logs.jsonl": _log_lines(operations),
    }
    return _summary(write_file(path, members, hashes, _reference_hashes()))


class _Told:
    """Tells how many elements have gone by, now and then and at the end."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._done, self._total, self._progress = 0, total, progress

    def each(self, elements: Iterable[T]) -> Iterator[T]:
        for element in elements:
            yield element
            self._done += 1
            if self._progress is not None and (self._done % TOLD_EVERY == 0 or self._done == self._total):
                self._progress(self._done, self._total)


def read_backup(path: Path) -> BackupSummary:
    """Check a backup whole, as a restore does before it begins, and say what it holds.

    Raises
    ------
    NotFound
        There is no such file.
    InvalidInput
        It is no backup, or damaged.
    Unsupported
        A newer version wrote it.
    """
    with BackupFile(path) as backup:
        backup.verify()
        return _summary(backup.manifest)


def restore_backup(path: Path, store: GraphStore, progress: Progress | None = None) -> BackupSummary:
    """Restore a backup into an empty store of whichever kind.

    The file is checked whole before anything is written. Until the end the store is marked, so that nobody opens it by
    mistake; calling this again with the same file finishes a restore that was interrupted.

    Raises
    ------
    NotFound, InvalidInput, Unsupported
        Of the file, as in `read_backup`. `Unsupported` also where the store isn't empty, or another backup's restore
        into it is unfinished. Nothing was changed.
    StoreCorrupt
        What was restored isn't what was backed up; the store stays marked.
    """
    with BackupFile(path) as backup:
        backup.verify()
        held = store.restoring()
        if held is None:
            _check_empty(store)
        elif not held.endswith(backup.digest):
            raise Unsupported(
                f"Another restore into this store is unfinished ({held}). Finish it with that file, or drop it."
            )
        _check_logs(backup, store.operations())
        store.mark_restoring(f"from {path.name[:200]}, backup {backup.digest}")
        _restore_graph(backup, store, progress)
        _restore_operations(backup, store.operations())
        _check_restored(backup.manifest, store.hashes())
        store.mark_restoring(None)
        return _summary(backup.manifest)


def drop_restore(store: GraphStore) -> None:
    """Empty a store whose restore was interrupted, so that it can be used, or restored into. Secrets stay.

    Raises
    ------
    Unsupported
        No restore into it is unfinished: what it holds isn't for this to remove.
    """
    if store.restoring() is None:
        raise Unsupported("No restore into this store is unfinished, so there is nothing to drop.")
    contents = store.contents(None)
    for ties in _chunks(contents.ties):
        store.apply(ChangeSet(removed_ties=tuple(tie.key for tie in ties)))
    for records in _chunks(contents.records):
        store.apply(ChangeSet(removed_records=tuple(record.id for record in records)))
    for nodes in _chunks(_own_nodes(contents)):
        store.apply(ChangeSet(removed_nodes=tuple(node.id for node in nodes)))
    operations = store.operations()
    for collection in _collections(operations):
        for key in [entry.key for entry in operations.iter_entries(collection)]:
            operations.remove(collection, key)
    store.mark_restoring(None)


def _check_target(path: Path) -> None:
    if not path.exists():
        return
    try:
        with BackupFile(path):
            return
    except (InvalidInput, Unsupported) as error:
        message = "there is something else at this place, and it isn't replaced"
        raise refused(path, message, "a new file, or an older backup") from error


def _summary(manifest: Manifest) -> BackupSummary:
    names = ("nodes.jsonl", "records.jsonl", "ties.jsonl", "entries.jsonl", "logs.jsonl")
    nodes, records, ties, entries, log_entries = (manifest.count(name) for name in names)
    return BackupSummary(nodes, records, ties, entries, log_entries, manifest.hashes())


def _own_nodes(contents: Contents) -> list[Node]:
    return [node for node in contents.nodes if node.label not in REFERENCE_LABELS]


def _collections(operations: OperationsStore) -> list[str]:
    return sorted(name for name in operations.collections() if not is_secret(name))


def _hashes_of(contents: Contents) -> StoreHashes:
    records = sorted(contents.records, key=lambda record: record.about)
    resolved = [resolve_stored(list(about)) for _, about in itertools.groupby(records, key=lambda record: record.about)]
    nodes = [*contents.nodes, *(node for node in resolved if node is not None)]
    graph = add_digests(node.graph_digest() for node in nodes)
    graph = add_digests((tie.graph_digest() for tie in contents.ties), graph)
    content = add_digests(node.content_digest() for node in nodes)
    content = add_digests((record.content_digest() for record in records), content)
    content = add_digests((tie.content_digest() for tie in contents.ties), content)
    return StoreHashes(show_hash(graph), show_hash(content))


def _reference_hashes() -> StoreHashes:
    founding = founding_state()
    return StoreHashes(show_hash(founding.graph_sum), show_hash(founding.content_sum))


def _entry_lines(operations: OperationsStore) -> Iterator[str]:
    for collection in _collections(operations):
        for entry in operations.iter_entries(collection):
            form: dict[str, object] = {"collection": collection, "key": entry.key, "fields": dict(entry.fields)}
            if entry.expires_at is not None:
                form["expires_at"] = entry.expires_at
            yield encode_form(form)


def _log_lines(operations: OperationsStore) -> Iterator[str]:
    for collection in _collections(operations):
        for _, fields in operations.iter_log(collection):
            yield encode_form({"collection": collection, "fields": dict(fields)})


def _check_empty(store: GraphStore) -> None:
    operations = store.operations()
    used = [name for name in _collections(operations) if next(iter(operations.iter_entries(name)), None) is not None]
    if store.hashes() != _reference_hashes() or used:
        raise Unsupported(
            "A backup is restored into an empty store only, and this one holds data. Nothing was changed. "
            "Give a new store, or back this one up and remove it first."
        )


def _check_logs(backup: BackupFile, operations: OperationsStore) -> None:
    """A log can't be shortened, so what an earlier try has left of one must be how the backup's begins."""
    for collection, fields in _logs(backup):
        there = [dict(entry) for _, entry in operations.iter_log(collection)]
        if there != fields[: len(there)]:
            raise Unsupported(f"This store holds a log named {collection} that isn't the backup's. Give a new store.")


def _logs(backup: BackupFile) -> Iterator[tuple[str, list[Fields]]]:
    for collection, forms in itertools.groupby(backup.forms("logs.jsonl"), key=lambda form: form["collection"]):
        yield collection, [form["fields"] for form in forms]


def _restore_graph(backup: BackupFile, store: GraphStore, progress: Progress | None) -> None:
    total = sum(backup.manifest.count(name) for name in ("nodes.jsonl", "records.jsonl", "ties.jsonl"))
    done, revision = 0, store.revision()
    for elements in _batches(backup):
        changes = ChangeSet(
            nodes=tuple(element for element in elements if isinstance(element, Node)),
            records=tuple(element for element in elements if isinstance(element, Record)),
            ties=tuple(element for element in elements if isinstance(element, Tie)),
            if_revision=revision,
            who="restore",
        )
        revision = store.apply(changes)
        done += len(elements)
        if progress is not None:
            progress(done, total)


def _batches(backup: BackupFile) -> Iterator[list[Element]]:
    """Yield the elements in batches, ends before ties; what is said about one thing is never split between two."""
    batch: list[Element] = []
    for name in ("nodes.jsonl", "records.jsonl", "ties.jsonl"):
        elements = map(decode_element, backup.lines(name))
        for _, group in itertools.groupby(elements, key=_thing):
            together = list(group)
            if batch and len(batch) + len(together) > BATCH:
                yield batch
                batch = []
            batch += together
    if batch:
        yield batch


def _thing(element: Element) -> object:
    return element.about if isinstance(element, Record) else element


def _restore_operations(backup: BackupFile, operations: OperationsStore) -> None:
    for form in backup.forms("entries.jsonl"):
        operations.put_new(form["collection"], form["key"], form["fields"], form.get("expires_at"))
    for collection, fields in _logs(backup):
        there = sum(1 for _ in operations.iter_log(collection))
        for missing in _chunks(fields[there:]):
            operations.append(collection, missing)


def _check_restored(manifest: Manifest, hashes: StoreHashes) -> None:
    """Hold the store's hashes against the backup's; the reference data, which each version brings itself, left out."""
    reference = _reference_hashes()
    expected = (
        _difference(manifest.graph_hash, manifest.reference_graph_hash),
        _difference(manifest.content_hash, manifest.reference_content_hash),
    )
    found = (_difference(hashes.graph, reference.graph), _difference(hashes.content, reference.content))
    if expected != found:
        raise StoreCorrupt("What was restored isn't what was backed up. The store stays closed: drop the restore.")


def _difference(whole: str, part: str) -> int:
    return (int(whole, 16) - int(part, 16)) % HASH_MODULUS


def _chunks(items: Sequence[T] | Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(itertools.islice(iterator, BATCH)):
        yield chunk
