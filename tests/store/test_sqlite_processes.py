"""Several processes at one file: killed in the middle of a load, and writing and reading at once."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from matchmaker.graph.sqlite import SqliteStore
from matchmaker.model.ids import Revision
from matchmaker.testing.contract.place import raw_hashes
from matchmaker.testing.contract.racing import is_whole, make_batch
from matchmaker.testing.store_contract import StorePlace

SCRIPT = Path(__file__).with_name("store_processes.py")
SIZE = 40
KILLS = 20


def test_a_process_killed_at_20_random_moments_leaves_whole_batches(sqlite_place: StorePlace, tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    sqlite_place.open().close()
    inside, revisions = 0, [0]
    command = [sys.executable, str(SCRIPT), "kill", str(path), "20260101", str(KILLS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        for _ in range(KILLS):
            told = json.loads(nursery.stdout.readline())
            assert told["signal"] == 9
            inside += told["inside"]
            revisions.append(check_after_kill(sqlite_place, path))
            nursery.stdin.write("on\n")
            nursery.stdin.flush()
        nursery.stdin.close()
        assert nursery.wait(timeout=60) == 0
    assert inside >= KILLS // 2, "hardly any kill came in the middle of a batch"
    # Every loader says when its first batch is through, so each life adds at least that one.
    assert all(later > earlier for earlier, later in pairwise(revisions))


def check_after_kill(place: StorePlace, path: Path) -> int:
    """See that the file is sound and holds a whole number of batches; return how many."""
    with closing(SqliteStore.open(path)) as store:
        contents, hashes = store.contents(None), store.hashes()
        assert is_whole(contents, SIZE)
        assert (hashes.graph, hashes.content) == raw_hashes(place)
        changes = sum(1 for change in store.changes_since(Revision(0)) if change.id)
        assert changes == len(make_batch(0, SIZE)) * contents.revision + SIZE * contents.revision
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    return contents.revision


@pytest.mark.parametrize("turn", [1, 2])
def test_readers_and_writers_in_several_processes(sqlite_place: StorePlace, tmp_path: Path, turn: int) -> None:
    path = tmp_path / "store.db"
    if turn == 2:  # in the first turn the processes also race to make the file
        sqlite_place.open().close()
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "share", str(path)], capture_output=True, text=True, timeout=200, check=False
    )
    assert done.stderr == ""
    told: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    readers = [one for one in told if one["role"] == "reader"]
    operators = [one for one in told if one["role"] == "operator"]
    assert told[-1] == {"role": "all", "statuses": [0] * 6}
    assert [one["whole"] for one in readers] == [True] * 3
    assert min(one["revisions"] for one in readers) > 1
    assert sum(one["won"] for one in operators) == 20
    with closing(SqliteStore.open(path)) as store:
        numbers = [number for number, _ in store.operations().iter_log("audit")]
        assert numbers == list(range(1, 2 * 20 + 12 + 1))
        own = sorted(number for one in operators for number in one["numbers"])
        batches = [number for number, fields in store.operations().iter_log("audit") if "batch" in fields]
        assert sorted([*own, *batches]) == numbers
        hashes = store.hashes()
        assert (hashes.graph, hashes.content) == raw_hashes(sqlite_place)
