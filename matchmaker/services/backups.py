"""Backing up a store, and restoring it into an empty one of whichever kind."""

from pathlib import Path

from matchmaker.graph.backup import BackupSummary, drop_restore, read_backup, restore_backup, write_backup
from matchmaker.graph.store import GraphStore
from matchmaker.services.job_records import Progress, no_progress


def back_up(store: GraphStore, path: Path, progress: Progress = no_progress) -> BackupSummary:
    """Write everything but secrets to one file, and read it back before it is called good.

    ``progress`` is told of elements written.

    Raises
    ------
    InvalidInput
        There is something else at ``path``, or it can't be written.
    Unsupported
        A restore into the store is unfinished.
    StoreCorrupt
        The store's contents don't add up to its hashes.
    """
    write_backup(store, path, progress)
    return read_backup(path)


def restore(path: Path, store: GraphStore, progress: Progress = no_progress) -> BackupSummary:
    """Restore a backup into an empty store, or finish a restore of the same file that was interrupted.

    The store is opened with ``allow_incomplete`` where it is to be finished.

    Raises
    ------
    NotFound
        There is no such file.
    InvalidInput
        It is no backup, or damaged. Nothing was changed.
    Unsupported
        A newer version wrote it, the store isn't empty, or another restore into it is unfinished. Nothing was changed.
    StoreCorrupt
        What was restored isn't what was backed up; the store stays marked.
    """
    return restore_backup(path, store, progress)


def drop_unfinished_restore(store: GraphStore) -> None:
    """Empty a store whose restore was interrupted; no other store is ever emptied.

    Raises
    ------
    Unsupported
        No restore into it is unfinished.
    """
    drop_restore(store)
