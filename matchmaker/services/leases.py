"""Leases: at most one process does a thing at a time, and one that dies doesn't block it for long."""

import os
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

from matchmaker.errors import Conflict
from matchmaker.graph.store import Entry, OperationsStore

COLLECTION = "leases"
DURATION_S = 120
"""How long a lease holds without being renewed, in seconds."""

Clock = Callable[[], int]
"""The time in whole seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lease: one run of one process on one machine."""

    host: str = field(default_factory=socket.gethostname)
    process: int = field(default_factory=os.getpid)
    run: str = field(default_factory=lambda: secrets.token_hex(8))

    def fields(self) -> dict[str, str | int]:
        """Return the holder as the fields of an entry."""
        return {"host": self.host, "process": self.process, "run": self.run}


class Lease:
    """The right to do one named thing, held until `release` or until it isn't renewed in time.

    Parameters
    ----------
    operations
        Where leases are kept.
    key
        The thing.
    clock
        The time.
    """

    def __init__(self, operations: OperationsStore, key: str, clock: Clock) -> None:
        self._operations, self._key, self._clock = operations, key, clock
        self._holder = Holder()
        self._version = 0

    def take(self) -> None:
        """Take the lease, also from a holder who let it expire, or died on this machine.

        Raises
        ------
        Conflict
            Somebody else holds it.
        """
        now = self._clock()
        held = self._operations.find(COLLECTION, self._key)
        if held is None:
            taken = self._operations.put_new(COLLECTION, self._key, self._holder.fields(), now + DURATION_S)
            self._version = 1
        elif _has_ended(held, now):
            taken = self._set(held.version)
        else:
            taken = False
        if not taken:
            raise _busy(self._key, held or self._operations.find(COLLECTION, self._key))

    def renew(self) -> None:
        """Hold it for `DURATION_S` from now.

        Raises
        ------
        Conflict
            It expired and somebody else took it.
        """
        if not self._set(self._version):
            raise _busy(self._key, self._operations.find(COLLECTION, self._key))

    def release(self) -> None:
        """Give it back; where it was lost to somebody else, leave it to them."""
        held = self._operations.find(COLLECTION, self._key)
        if held is not None and held.fields.get("run") == self._holder.run:
            self._operations.remove(COLLECTION, self._key)

    def _set(self, version: int) -> bool:
        expires_at = self._clock() + DURATION_S
        done = self._operations.compare_and_set(COLLECTION, self._key, version, self._holder.fields(), expires_at)
        if done:
            self._version = version + 1
        return done


def is_held(operations: OperationsStore, key: str, now: int) -> bool:
    """Say whether somebody is at work on a thing."""
    held = operations.find(COLLECTION, key)
    return held is not None and not _has_ended(held, now)


def _has_ended(held: Entry, now: int) -> bool:
    if held.expires_at is not None and held.expires_at <= now:
        return True
    process = held.fields.get("process")
    return held.fields.get("host") == socket.gethostname() and isinstance(process, int) and not _is_running(process)


def _is_running(process: int) -> bool:
    """Say whether a process of this machine runs. Elsewhere than on POSIX nobody can ask without harm: assume so."""
    if os.name != "posix" or process <= 0:
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _busy(key: str, held: Entry | None) -> Conflict:
    fields = held.fields if held is not None else {}
    message = (
        f"{key} is being worked on by process {fields.get('process', '?')} on {fields.get('host', 'another machine')}. "
        f"Wait until it is done; if that process is gone, try again in {DURATION_S} seconds."
    )
    return Conflict(key, 0, held.version if held is not None else 1, message)
