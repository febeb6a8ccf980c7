"""The one boundary where SQLite's errors become ours."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from matchmaker.errors import (
    StoreAuthFailed,
    StoreCorrupt,
    StoreError,
    StoreOutOfMemory,
    StoreReadOnly,
    StoreSchemaError,
    StoreTimeout,
    StoreUnavailable,
)

_WROTE_NOTHING = "Nothing was half-written."

FAULTS: Mapping[int, tuple[type[StoreError], str]] = MappingProxyType(
    {
        sqlite3.SQLITE_PERM: (StoreReadOnly, "can't be written: the system doesn't allow it"),
        sqlite3.SQLITE_ABORT: (StoreUnavailable, "broke off a statement"),
        sqlite3.SQLITE_BUSY: (StoreTimeout, "is being written by someone else and stayed locked for too long"),
        sqlite3.SQLITE_LOCKED: (StoreTimeout, "is in use and stayed locked"),
        sqlite3.SQLITE_NOMEM: (StoreOutOfMemory, "ran out of memory; use smaller batches"),
        sqlite3.SQLITE_READONLY: (StoreReadOnly, "can only be read: its file or its folder is read-only"),
        sqlite3.SQLITE_INTERRUPT: (StoreTimeout, "was interrupted"),
        sqlite3.SQLITE_IOERR: (StoreUnavailable, "can't be read or written: the disk reports an error"),
        sqlite3.SQLITE_CORRUPT: (StoreCorrupt, "is damaged; restore a backup"),
        sqlite3.SQLITE_FULL: (StoreUnavailable, "can't grow: the disk is full"),
        sqlite3.SQLITE_CANTOPEN: (StoreUnavailable, "can't be opened: is the folder there, and may you write to it?"),
        sqlite3.SQLITE_PROTOCOL: (StoreTimeout, "couldn't be locked, too many others are at work"),
        sqlite3.SQLITE_SCHEMA: (StoreUnavailable, "was changed by someone else in the meantime; try again"),
        sqlite3.SQLITE_TOOBIG: (StoreUnavailable, "can't take a value of that size"),
        sqlite3.SQLITE_CONSTRAINT: (StoreCorrupt, "holds something that doesn't fit the rest"),
        sqlite3.SQLITE_MISMATCH: (StoreCorrupt, "holds a value of the wrong type"),
        sqlite3.SQLITE_NOLFS: (StoreUnavailable, "is larger than this system can read"),
        sqlite3.SQLITE_AUTH: (StoreAuthFailed, "was refused"),
        sqlite3.SQLITE_FORMAT: (StoreCorrupt, "is damaged; restore a backup"),
        sqlite3.SQLITE_NOTADB: (StoreSchemaError, "is not a matchmaker store, or is damaged from its first page on"),
        sqlite3.SQLITE_ERROR: (StoreCorrupt, "lacks a part of its tables"),
    }
)
"""What each of SQLite's primary result codes means here. Any other one is the store being unavailable."""


def fault_of(error: sqlite3.Error, path: Path) -> StoreError:
    """Return our error for one of SQLite's.

    Python's own errors of the module (a connection that is closed, a value it can't bind) have no result code.
    """
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return StoreUnavailable(f"The store {path} can't be used: {error}. {_WROTE_NOTHING}")
    kind, words = FAULTS.get(code & 0xFF, (StoreUnavailable, "can't be used"))
    return kind(f"The store {path} {words} (SQLite says: {error}). {_WROTE_NOTHING}")


@contextmanager
def mapped(path: Path) -> Iterator[None]:
    """Turn every error of SQLite inside the block into one of ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise fault_of(error, path) from error
