"""How long a snapshot takes and how much memory, against a bare read of the same rows in the same run.

Usage: bench_snapshot.py [--neo4j] [PARTNERS]: the size of the ecosystem, which has two programs and ten ties for each
partner. Each measurement runs in a process of its own, so that its memory is its own. With ``--neo4j`` the same
ecosystem goes into a real Neo4j as well, which takes many times longer to load. Prints seconds for orientation and
ratios for comparison: machines differ, ratios travel.
"""

import datetime
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import neo4j

from matchmaker.graph.neo4j import Neo4jStore
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot_file import SnapshotFiles
from matchmaker.graph.sqlite import Durability, SqliteStore
from matchmaker.graph.store import GraphStore
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import make_tie
from matchmaker.model.vocabulary import TieType
from matchmaker.recommend.pipeline import suggest
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.services.snapshots import SnapshotCache
from matchmaker.testing.large_ecosystem import LARGE, LargeEcosystem
from matchmaker.testing.neo4j_server import Neo4jAccess, Neo4jServer

PARTNERS = 10_000
CHANGED = 20
DAY = datetime.date(2026, 9, 1)
SCOPE = Scope(LARGE)
MEGABYTE = 1e6

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Measured:
    """A snapshot: nodes and ties in it, seconds, the process's memory afterwards and at most, in bytes."""

    nodes: int
    ties: int
    seconds: float
    resident: int
    peak: int


def peak_memory() -> int:
    """Return the most memory that this process has had, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def resident_memory() -> int:
    """Return the memory that this process has now, in bytes; where the system doesn't tell, the most it has had."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * resource.getpagesize() if status.exists() else peak_memory()


def timed(work: Callable[[], Result]) -> tuple[Result, float]:
    """Return what a work returns, and how many seconds it takes."""
    began = time.perf_counter()
    result = work()
    return result, time.perf_counter() - began


def load(store: GraphStore, partners: int) -> float:
    """Load the ecosystem and return how many seconds it took."""
    began = time.perf_counter()
    for batch in LargeEcosystem(partners).batches():
        store.apply(batch)
    return time.perf_counter() - began


def open_sqlite(path: Path) -> SqliteStore:
    """Open the embedded store."""
    return SqliteStore.open(path, durability=Durability.NORMAL)


def open_neo4j(access: Neo4jAccess) -> Neo4jStore:
    """Open the store in the server."""
    return Neo4jStore.open(access.uri, auth=(access.user, access.password), database=access.database)


def load_sqlite(path: Path, partners: int) -> float:
    """Load a new embedded store."""
    with closing(open_sqlite(path)) as store:
        return load(store, partners)


def load_neo4j(access: Neo4jAccess, partners: int) -> float:
    """Load an empty Neo4j."""
    with closing(open_neo4j(access)) as store:
        return load(store, partners)


def read_sqlite(path: Path) -> float:
    """Read every row of the three tables, and do nothing with it."""
    with closing(sqlite3.connect(path)) as connection:
        began = time.perf_counter()
        for row in connection.execute("SELECT * FROM nodes"):
            del row
        for row in connection.execute("SELECT * FROM records"):
            del row
        for row in connection.execute("SELECT * FROM ties"):
            del row
        return time.perf_counter() - began


def read_neo4j(access: Neo4jAccess) -> float:
    """Read every node, Record and tie, and do nothing with it."""
    statements = (
        "MATCH (n:Entity) RETURN labels(n), properties(n)",
        "MATCH (r:Record) RETURN properties(r)",
        "MATCH (a:Entity)-[tie]->(b:Entity) RETURN type(tie), a.id, b.id, properties(tie)",
    )
    driver = neo4j.GraphDatabase.driver(access.uri, auth=(access.user, access.password))
    with driver, driver.session(database=access.database) as reading:
        began = time.perf_counter()
        for statement in statements:
            for row in reading.run(statement):
                del row
        return time.perf_counter() - began


def measured(store: GraphStore) -> Measured:
    """Build a snapshot and measure it."""
    snapshot, seconds = timed(lambda: store.snapshot(SCOPE, DAY))
    return Measured(len(snapshot), len(snapshot.ties), seconds, resident_memory(), peak_memory())


def snapshot_sqlite(path: Path) -> Measured:
    """Measure a snapshot from the embedded store."""
    with closing(open_sqlite(path)) as store:
        return measured(store)


def snapshot_neo4j(access: Neo4jAccess) -> Measured:
    """Measure a snapshot from the server."""
    with closing(open_neo4j(access)) as store:
        return measured(store)


def refresh_sqlite(path: Path, partners: int) -> list[float]:
    """Return how many seconds each changed tie takes from the store's acknowledgement until a snapshot holds it."""
    with closing(open_sqlite(path)) as store:
        return refreshed(store, partners)


def refresh_neo4j(access: Neo4jAccess, partners: int) -> list[float]:
    """Return the same of the server."""
    with closing(open_neo4j(access)) as store:
        return refreshed(store, partners)


def refreshed(store: GraphStore, partners: int) -> list[float]:
    """Change one tie after the other and return the seconds until each is seen."""
    cache = SnapshotCache(store)
    before, taken = cache.get(SCOPE, DAY), []
    for number in range(CHANGED):
        ends = f"partner:{number}", f"partner:{partners - 1 - number}"
        tie = make_tie(TieType.PARTNERS_WITH, ends, {"since": "2026-03"}, episode="bench")
        store.apply(ChangeSet(ties=(tie,)))
        after, seconds = timed(lambda: cache.get(SCOPE, DAY))
        seen = after.find_tie_index(tie.id)
        if seen is None or after.ties[seen] != tie or after.differences_from(before) is None:
            message = f"the tie {tie.id} isn't in the refreshed snapshot"
            raise RuntimeError(message)
        taken.append(seconds)
    return taken


def start_cold(path: Path) -> tuple[float, float]:
    """Return how many seconds it takes to open the store and have the snapshot, and then until one suggestion."""

    def begin() -> SqliteStore:
        store = open_sqlite(path)
        store.keep_snapshots(SnapshotFiles(path.with_name("kept"), smallest=0))
        return store

    began = time.perf_counter()
    with closing(begin()) as store:
        snapshot = store.snapshot(SCOPE, DAY)
        opened = time.perf_counter() - began
        _, suggesting = timed(lambda: suggest(snapshot, "partner:1", SuggestionRequest(limit=10)))
    return opened, suggesting


def alone(work: Callable[..., Result], *given: object) -> Result:
    """Return what a work returns in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *given).result()


def show(name: str, bare: float, found: Measured, seen: list[float]) -> None:
    """Print the lines of one store."""
    print(f"{name}: {found.nodes:,} nodes, {found.ties:,} ties")
    print(f"  bare read of the rows    {bare:8.2f} s")
    print(f"  snapshot                 {found.seconds:8.2f} s   {found.seconds / bare:6.2f} times the bare read")
    print(f"  memory of the process    {found.resident / MEGABYTE:8.0f} MB  at most {found.peak / MEGABYTE:.0f} MB")
    middle = statistics.median(seen)
    print(
        f"  one changed tie, p50     {middle * 1e3:8.1f} ms  {found.seconds / middle:6.0f} times faster than building"
    )
    print(f"  one changed tie, most    {max(seen) * 1e3:8.1f} ms")


def bench_sqlite(folder: Path, partners: int) -> None:
    """Print the table of the embedded store."""
    path = folder / "bench.db"
    print(f"loaded in {alone(load_sqlite, path, partners):.0f} s")
    bare, found = alone(read_sqlite, path), alone(snapshot_sqlite, path)
    show("SQLite", bare, found, alone(refresh_sqlite, path, partners))
    first, again = alone(start_cold, path), alone(start_cold, path)
    print(f"  first start, file kept   {first[0]:8.2f} s   then one suggestion {first[1]:.2f} s")
    print(f"  cold start from the file {again[0]:8.2f} s   then one suggestion {again[1]:.2f} s")
    size = sum(file.stat().st_size for file in (folder / "kept").iterdir())
    print(f"  the files                {size / MEGABYTE:8.0f} MB")


def bench_neo4j(partners: int) -> None:
    """Print the table of the server."""
    with Neo4jServer() as server:
        access = server.access
        print(f"loaded in {alone(load_neo4j, access, partners):.0f} s")
        bare, found = alone(read_neo4j, access), alone(snapshot_neo4j, access)
        show("Neo4j", bare, found, alone(refresh_neo4j, access, partners))


def main() -> None:
    """Print the tables."""
    sizes = [int(word) for word in sys.argv[1:] if word != "--neo4j"]
    partners = sizes[0] if sizes else PARTNERS
    with tempfile.TemporaryDirectory() as folder:
        bench_sqlite(Path(folder), partners)
    if "--neo4j" in sys.argv[1:]:
        bench_neo4j(partners)


if __name__ == "__main__":
    main()
