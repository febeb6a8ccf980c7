"""Processes that work on one SQLite store, forked from here so that each starts in milliseconds.

Called as a script: ``kill`` forks one loader after another and kills each in the middle of its work; ``share`` forks
writers and readers that work at the same time; ``nobody`` works without any rights. What happened is printed, one JSON
object a line.
"""

import json
import os
import pwd
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from matchmaker.errors import MatchmakerError
from matchmaker.graph.sqlite import Durability, SqliteStore
from matchmaker.graph.store import GraphStore
from matchmaker.testing.contract.examples import own_ids
from matchmaker.testing.contract.racing import is_whole, make_batch

SIZE = 40
BATCHES = 12
READERS = 3


def say(**told: object) -> None:
    os.write(sys.stdout.fileno(), f"{json.dumps(told)}\n".encode())  # in one piece: others write here too


def fork(work: Callable[[], None]) -> int:
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        work()
        status = 0
    finally:
        os._exit(status)


def load_forever(path: Path, progress: int) -> None:
    store = SqliteStore.open(path)
    while True:
        batch = make_batch(store.revision(), SIZE)
        os.write(progress, b"[")
        store.apply(batch)
        os.write(progress, b"]")


def kill_loaders(path: Path, seed: int, times: int) -> None:
    moments = random.Random(seed)
    for _ in range(times):
        reading, writing = os.pipe()
        child = fork(lambda: load_forever(path, writing))  # noqa: B023 - the child runs within this turn of the loop
        os.close(writing)
        while os.read(reading, 1) == b"[":
            pass
        time.sleep(moments.uniform(0.0, 0.06))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        with os.fdopen(reading, "rb") as progress:
            last = progress.read()[-1:]
        say(signal=os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, inside=last == b"[")
        sys.stdin.readline()


def write(path: Path, read_once: int) -> None:
    store = SqliteStore.open(path)
    for number in range(BATCHES):
        if number == 4:  # every reader begins while there is still something to come
            for _ in range(READERS):
                os.read(read_once, 1)
        store.apply(make_batch(number, SIZE))
        store.operations().append("audit", [{"batch": number}])
    store.close()


def read(path: Path, began: int) -> None:
    store = SqliteStore.open(path)
    seen: set[int] = set()
    whole = True
    while BATCHES not in seen:
        contents = store.contents(None)
        whole = whole and is_whole(contents, SIZE)
        if not seen:
            os.write(began, b".")
        seen.add(contents.revision)
    say(role="reader", whole=whole, revisions=len(seen))
    store.close()


def write_operations(path: Path) -> None:
    store: GraphStore = SqliteStore.open(path, durability=Durability.NORMAL)
    numbers = [store.operations().append("audit", [{"by": os.getpid()}]) for _ in range(20)]
    won = sum(store.operations().put_new("leases", f"k{number}", {"by": os.getpid()}) for number in range(20))
    say(role="operator", numbers=numbers, won=won)
    store.close()


def share(path: Path) -> None:
    reading, writing = os.pipe()
    work = [
        lambda: write(path, reading),
        *[lambda: read(path, writing)] * READERS,
        *[lambda: write_operations(path)] * 2,
    ]
    children = [fork(one) for one in work]
    statuses = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    say(role="all", statuses=statuses)


def work_as_nobody(path: Path) -> None:
    """Say what a user who owns nothing can do with a store: permissions don't hold back root."""
    with (
        tempfile.TemporaryDirectory() as folder
    ):  # everything is loaded before the interpreter's files are out of reach
        store = SqliteStore.open(Path(folder) / "other.db")
        store.apply(make_batch(0, 3))
        store.close()
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(pwd.getpwnam("nobody").pw_gid)
        os.setuid(pwd.getpwnam("nobody").pw_uid)
    try:
        store = SqliteStore.open(path)
        say(read=own_ids(store))
        store.apply(make_batch(0, 3))
        say(wrote=True)
    except MatchmakerError as error:
        say(error=type(error).__name__, message=str(error))


if __name__ == "__main__":
    if sys.argv[1] == "kill":
        kill_loaders(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    elif sys.argv[1] == "share":
        share(Path(sys.argv[2]))
    else:
        work_as_nobody(Path(sys.argv[2]))
