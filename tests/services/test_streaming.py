"""A file of any length needs about the same memory, whether it is planned or written."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from matchmaker.graph.sqlite import Durability, SqliteStore
from matchmaker.services.importing import import_file, plan_import
from matchmaker.services.job_records import Runner
from matchmaker.services.jobs import undo_job
from matchmaker.services.loading import ImportOptions

OPTIONS = ImportOptions(batch_size=500)


def sheet(path: Path, rows: int) -> Path:
    lines = [f"t{number},Topic number {number}\n" for number in range(rows)]
    path.write_text("id,name\n" + "".join(lines), encoding="utf-8")
    return path


def peak_of(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("what", ["plan", "write", "undo"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, what: str, runner: Runner) -> None:
    peaks = []
    for rows in (1_000, 10_000):
        folder = tmp_path / str(rows)
        folder.mkdir()
        path = sheet(folder / "topics.csv", rows)
        store = SqliteStore.open(folder / "store.db", durability=Durability.NORMAL)
        if what == "plan":
            peaks.append(peak_of(lambda: plan_import(store, path, OPTIONS, runner)))  # noqa: B023 - called at once
        else:
            write = peak_of(lambda: import_file(store, path, OPTIONS, runner))  # noqa: B023 - called at once
            back = peak_of(lambda: undo_job(store, "job-1", runner))  # noqa: B023 - called at once
            peaks.append(write if what == "write" else back)
        store.close()
    assert peaks[1] < 3 * peaks[0], peaks
