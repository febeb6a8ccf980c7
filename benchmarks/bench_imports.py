"""How fast registers load and how much memory that takes, against a bare loop of csv and executemany.

Usage: bench_imports.py [--neo4j] [FOLDER]: the folder with the registers' files; else the one of the tests. Each load
runs in a process of its own, so that its peak memory is its own. With ``--neo4j`` the same files go into a real Neo4j
as well. Prints seconds for orientation and ratios for comparison: machines differ, ratios travel.
"""

import csv
import os
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from matchmaker.graph.neo4j import Neo4jStore
from matchmaker.graph.sqlite import SqliteStore
from matchmaker.graph.store import GraphStore
from matchmaker.services.importing import import_file
from matchmaker.services.job_records import Runner
from matchmaker.services.loading import ImportOptions
from matchmaker.testing.neo4j_server import Neo4jAccess, Neo4jServer

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"
REGISTERS = (
    "colleges/hd2020.csv",
    "schools_florida/fl_public_schools_hifld.csv",
    "libraries_florida/pls_outlets_fl_2017.csv",
    "libraries_florida/pls_systems_fl_2017.csv",
    "museums/mudf14q3pub.csv",
)
ROWS_OF_ONE = (10_000, 100_000)
"""Rows of one file, to see whether memory grows with it."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A load: rows read, elements written, seconds, and the process's peak memory in bytes."""

    rows: int
    elements: int
    seconds: float
    peak: int


def measured(store: GraphStore, paths: Sequence[Path]) -> Measured:
    """Load files and measure it."""
    began, rows = time.perf_counter(), 0
    for path in paths:
        rows += import_file(store, path, ImportOptions(), Runner("bench", lambda: 0)).read
    seconds, peak = time.perf_counter() - began, peak_memory()
    elements = sum(1 for _ in store.iter_nodes()) + sum(1 for _ in store.iter_records())
    elements += sum(1 for _ in store.iter_ties())
    return Measured(rows, elements, seconds, peak)


def peak_memory() -> int:
    """Return the most memory that this process has had, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def load_sqlite(paths: Sequence[Path]) -> Measured:
    """Load files into a new embedded store."""
    with tempfile.TemporaryDirectory() as folder, closing(SqliteStore.open(Path(folder) / "store.db")) as store:
        return measured(store, paths)


def load_neo4j(paths: Sequence[Path], access: Neo4jAccess) -> Measured:
    """Load files into an empty Neo4j."""
    auth = (access.user, access.password)
    with closing(Neo4jStore.open(access.uri, auth=auth, database=access.database)) as store:
        return measured(store, paths)


def load_bare(paths: Sequence[Path]) -> Measured:
    """Read the same rows with csv and insert them with executemany, one table a file, and do nothing else."""
    began, rows = time.perf_counter(), 0
    with tempfile.TemporaryDirectory() as folder, closing(sqlite3.connect(Path(folder) / "bare.db")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        for number, path in enumerate(paths):
            with path.open(encoding="latin-1", newline="") as file:
                reader = csv.DictReader(file)
                names = list(reader.fieldnames or ())
                columns = ", ".join(f"c{position} TEXT" for position in range(len(names)))
                connection.execute(f"CREATE TABLE t{number} ({columns})")
                marks = ", ".join("?" * len(names))
                found = [tuple(row[name] for name in names) for row in reader]
                connection.executemany(f"INSERT INTO t{number} VALUES ({marks})", found)  # noqa: S608 - numbers only
                connection.commit()
                rows += len(found)
    return Measured(rows, rows, time.perf_counter() - began, peak_memory())


TABLES = ("nodes", "records", "ties", "changes")


def load_tables(paths: Sequence[Path]) -> Measured:
    """Write the very rows of the tables that a load of the files writes, from csv by executemany, and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "store.db", Path(folder) / "bare.db"
        with closing(SqliteStore.open(source)) as store:
            measured(store, paths)
        SqliteStore.open(target).close()
        with closing(sqlite3.connect(source)) as connection:
            for table in TABLES:
                with (Path(folder) / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
                    csv.writer(file).writerows(connection.execute(f"SELECT * FROM {table}"))  # noqa: S608 - of ours
        began, rows = time.perf_counter(), 0
        with closing(sqlite3.connect(target)) as connection:
            connection.execute("DELETE FROM nodes")
            for table in TABLES:
                with (Path(folder) / f"{table}.csv").open(encoding="utf-8", newline="") as file:
                    found = list(csv.reader(file))
                marks = ", ".join("?" * len(found[0]))
                connection.executemany(f"INSERT INTO {table} VALUES ({marks})", found)  # noqa: S608 - of ours
                rows += len(found)
            connection.commit()
        return Measured(rows, rows, time.perf_counter() - began, peak_memory())


def alone(work: Callable[..., Measured], *given: object) -> Measured:
    """Return what a work measures in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *given).result()


def write_rows(path: Path, rows: int) -> Path:
    """Write one file of a bundle with that many partners."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "name", "organization_type", "latitude", "longitude", "website", "description"])
        for number in range(rows):
            place = (f"{25 + number / 1e5:.5f}", f"{-80 - number / 1e5:.5f}", f"https://p{number}.example.org")
            writer.writerow([f"p{number}", f"Partner {number} of many", "museum", *place, "Says what it does. " * 5])
    return path


def say(name: str, found: Measured, base: Measured | None = None) -> None:
    """Print one measurement."""
    ratio = f"  {found.seconds / base.seconds:5.1f} times its base" if base is not None else ""
    rate = found.rows / found.seconds
    size = f"{found.rows:9,} rows {found.seconds:7.1f} s {rate:9,.0f} rows/s {found.peak / 1e6:6,.0f} MB"
    print(f"{name:24}{size}{ratio}")


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    named = [argument for argument in arguments if argument != "--neo4j"]
    folder = Path(named[0]) if named else Path(os.environ.get("MATCHMAKER_REAL_DATA", FOLDER))
    paths = [folder / name for name in REGISTERS]
    missing = [path.name for path in paths if not path.is_file()]
    if missing:
        print(f"Not there: {', '.join(missing)} in {folder}. Give the folder of the registers' files.")
        return
    bare = alone(load_bare, paths)
    say("bare csv + executemany", bare)
    tables = alone(load_tables, paths)
    say("bare, the tables' rows", tables)
    embedded = alone(load_sqlite, paths)
    say("SQLite", embedded, bare)
    ratio = embedded.seconds / tables.seconds
    print(f"  {ratio:.1f} times the bare loop over the {tables.rows:,} rows of tables that it writes")
    if "--neo4j" in arguments:
        with Neo4jServer() as server:
            say("Neo4j", alone(load_neo4j, paths, server.access), embedded)
    with tempfile.TemporaryDirectory() as small:
        one, many = (alone(load_sqlite, [write_rows(Path(small) / "partners.csv", rows)]) for rows in ROWS_OF_ONE)
    say("one file", one)
    say("one file, ten times it", many, one)
    print(f"  peak memory {many.peak / one.peak:.2f} times for {many.rows / one.rows:.0f} times the rows")


if __name__ == "__main__":
    main(sys.argv[1:])
