"""How fast suggestions are at 10,000 to 1,000,000 ties: a whole answer, retrieval against peers, all in one batch.

Prints milliseconds for orientation and ratios for comparison: machines differ, ratios travel. Retrieval is the ten best
by Adamic and Adar's index in a made-up graph of as many nodes as partners and ten times as many ties, and peers do it
on the same graph in the same run: NetworkX, a loop in C (where there is a compiler), and Cypher on a real Neo4j (where
there is Java and Maven; `--no-neo4j` leaves it out).
"""

import argparse
import ctypes
import datetime
import multiprocessing
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import neo4j
import networkx as nx
import numpy as np
from numpy.typing import NDArray

from matchmaker.graph.contents import Contents, Update
from matchmaker.graph.refreshing import refresh_snapshot
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot, build_snapshot
from matchmaker.model.elements import Node, Record, Tie, make_tie
from matchmaker.model.ids import Revision
from matchmaker.model.reference import REFERENCE_NODES
from matchmaker.model.vocabulary import Label, TieType
from matchmaker.recommend.batch import hold_index, suggest_all_with
from matchmaker.recommend.index import SnapshotIndex, index_snapshot
from matchmaker.recommend.pipeline import suggest
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.recommend.scoring.prior import prior_model
from matchmaker.recommend.topology.relation import RelationGraph
from matchmaker.recommend.topology.retrieval import retrieve_two_steps
from matchmaker.testing.large_ecosystem import LARGE, LargeEcosystem
from matchmaker.testing.neo4j_server import Neo4jServer

SIZES = (1_000, 10_000, 100_000)
SUBJECTS = 200
DAY = datetime.date(2026, 11, 1)
LIST = SuggestionRequest(limit=10)
WORKERS = 2

LOOP = """
#include <math.h>
#include <stdlib.h>
/* Adamic-Adar of one node with all nodes two steps away; returns the best one. */
int best(int s, const long *starts, const long *ends, const int *others, double *sum, int *seen, int size) {
    int count = 0, best = -1;
    for (long i = starts[s]; i < ends[s]; i++) {
        int z = others[i];
        double share = 1.0 / log(ends[z] - starts[z] > 2 ? (double)(ends[z] - starts[z]) : 2.0);
        for (long j = starts[z]; j < ends[z]; j++) {
            int o = others[j];
            if (sum[o] == 0.0 && count < size) seen[count++] = o;
            sum[o] += share;
        }
    }
    for (long i = starts[s]; i < ends[s]; i++) sum[others[i]] = -1.0;
    sum[s] = -1.0;
    for (int i = 0; i < count; i++) if (sum[seen[i]] > 0.0 && (best < 0 || sum[seen[i]] > sum[best])) best = seen[i];
    for (int i = 0; i < count; i++) sum[seen[i]] = 0.0;
    for (long i = starts[s]; i < ends[s]; i++) sum[others[i]] = 0.0;
    sum[s] = 0.0;
    return best;
}
"""

QUERY = """
MATCH (a:Benchmark {number: $number})-[:TIED]-(z:Benchmark)-[:TIED]-(o:Benchmark)
WHERE o <> a AND NOT EXISTS { (a)-[:TIED]-(o) }
RETURN o.number AS other, sum(z.share) AS score ORDER BY score DESC, other LIMIT 10
"""


def large_snapshot(partners: int) -> Snapshot:
    """Return the snapshot of a made-up ecosystem of so many partners."""
    nodes: list[Node] = [*REFERENCE_NODES]
    records: list[Record] = []
    ties: list[Tie] = []
    for batch in LargeEcosystem(partners).batches():
        nodes += batch.nodes
        records += batch.records
        ties += batch.ties
    held = (tuple(sorted(part, key=lambda element: element.id)) for part in (nodes, records, ties))
    return build_snapshot(Contents(Revision(1), *held), Scope(LARGE), DAY)  # type: ignore[arg-type]  # sorted as given


def skewed_graph(nodes: int) -> RelationGraph:
    """Return a graph of so many nodes and ten times as many ties, of which few nodes have many."""
    draws = np.random.default_rng(0)
    ends = (nodes * draws.random((2, 11 * nodes)) ** 1.5).astype(np.int64)
    keys = np.unique(np.minimum(*ends) * nodes + np.maximum(*ends))
    chosen = draws.permutation(keys)[: 10 * nodes]
    numbers = draws.permutation(nodes)
    return RelationGraph.from_pairs(nodes, numbers[chosen // nodes], numbers[chosen % nodes])


def times_ms(work: Callable[[int], object], subjects: Sequence[int], warm: bool = True) -> list[float]:  # noqa: FBT001, FBT002 - of a benchmark
    """Return the milliseconds of a work for each subject, ascending; ``warm`` does all once before."""
    for subject in subjects if warm else ():
        work(subject)
    found = []
    for subject in subjects:
        began = time.perf_counter()
        work(subject)
        found.append((time.perf_counter() - began) * 1e3)
    return sorted(found)


def at(times: Sequence[float], share: float) -> float:
    """Return a quantile of ascending times."""
    return times[min(len(times) - 1, int(len(times) * share))]


@contextmanager
def compiled_loop(graph: RelationGraph) -> Iterator[Callable[[int], object] | None]:
    """Yield the loop in C over a graph; None where there is no compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        source, library = Path(folder) / "loop.c", Path(folder) / "loop.so"
        source.write_text(LOOP)
        subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", library, source, "-lm"], check=True)  # noqa: S603
        best = ctypes.CDLL(str(library)).best
        total, seen = np.zeros(len(graph)), np.zeros(len(graph), dtype=np.int32)
        arrays = [column.ctypes for column in (graph.starts, graph.ends, graph.others, total, seen)]
        held = [ctypes.c_void_p(array.data) for array in arrays]
        yield lambda subject: best(ctypes.c_int(subject), *held, ctypes.c_int(len(seen)))


@contextmanager
def cypher(graph: RelationGraph) -> Iterator[Callable[[int], object]]:
    """Yield a tuned query over the same graph on a Neo4j of its own, its nodes' shares being stored."""
    first = np.repeat(np.arange(len(graph)), graph.degrees)
    second = np.concatenate([graph.neighbours(node) for node in np.flatnonzero(graph.degrees).tolist()])
    once = first < second
    shares = 1.0 / np.log(np.maximum(graph.degrees, 2))
    nodes = [{"n": n, "s": float(shares[n])} for n in np.flatnonzero(graph.degrees).tolist()]
    ties = [{"a": a, "b": b} for a, b in zip(first[once].tolist(), second[once].tolist(), strict=True)]
    with Neo4jServer() as server:
        auth = (server.access.user, server.access.password)
        with neo4j.GraphDatabase.driver(server.access.uri, auth=auth) as driver, driver.session() as session:
            session.run("CREATE CONSTRAINT FOR (n:Benchmark) REQUIRE n.number IS UNIQUE").consume()
            for part in (nodes[i : i + 20_000] for i in range(0, len(nodes), 20_000)):
                session.run("UNWIND $rows AS r CREATE (:Benchmark {number: r.n, share: r.s})", rows=part).consume()
            tie = "MATCH (a:Benchmark {number: r.a}), (b:Benchmark {number: r.b}) CREATE (a)-[:TIED]->(b)"
            for part in (ties[i : i + 20_000] for i in range(0, len(ties), 20_000)):
                session.run(f"UNWIND $rows AS r {tie}", rows=part).consume()
            yield lambda subject: session.run(QUERY, number=subject).values()


def batch_a_second(index: SnapshotIndex, subjects: NDArray[np.int32]) -> float:
    """Return for how many subjects a second all are worked out on `WORKERS` processes, starting these not counted."""
    context, model = multiprocessing.get_context("fork"), prior_model()
    with ProcessPoolExecutor(
        WORKERS, mp_context=context, initializer=hold_index, initargs=(index, model, LIST)
    ) as pool:
        suggest_all_with(pool, WORKERS, subjects[: 64 * WORKERS], LIST.limit)
        began = time.perf_counter()
        suggest_all_with(pool, WORKERS, subjects, LIST.limit)
        return len(subjects) / (time.perf_counter() - began)


def refresh_ms(snapshot: Snapshot, subjects: Sequence[int]) -> list[float]:
    """Return the milliseconds from a changed tie to an index that holds it, ascending."""
    found, current = [], snapshot
    index_snapshot(current)
    for first, second in zip(subjects[:20], subjects[20:40], strict=True):
        ends = snapshot.ids[first], snapshot.ids[second]
        tie = make_tie(TieType.PARTNERS_WITH, ends, {"since": "2026-10"}, episode="benchmark")
        update = Update(current.revision, Revision(current.revision + 1), {}, {}, {}, {tie.id: tie})
        began = time.perf_counter()
        refreshed = refresh_snapshot(current, update)
        if refreshed is None or second not in index_snapshot(refreshed).topology.neighbours(first):
            raise SystemExit("A changed tie isn't there after the refresh.")
        found.append((time.perf_counter() - began) * 1e3)
        current = refreshed
    return sorted(found)


def measure(partners: int, *, with_neo4j: bool) -> float:
    """Print the figures of one size and return the median of a warm suggestion in ms."""
    began = time.perf_counter()
    snapshot = large_snapshot(partners)
    made = time.perf_counter()
    index = index_snapshot(snapshot)
    built = time.perf_counter()
    members = [one for one in snapshot.indices(Label.PARTNER).tolist() if snapshot.member[one]]
    subjects = members[:: max(1, len(members) // SUBJECTS)][:SUBJECTS]
    print(f"\n{len(snapshot):,} nodes, {len(snapshot.ties):,} ties, {len(subjects)} subjects")
    print(f"  generate and snapshot {made - began:8.1f} s; index {built - made:6.1f} s")
    whole = times_ms(lambda one: suggest(snapshot, snapshot.ids[one], LIST), subjects)
    print(f"  suggestion, warm      p50 {at(whole, 0.5):7.2f} ms, p95 {at(whole, 0.95):7.2f} ms")
    graph, near = skewed_graph(partners), list(range(0, partners, max(1, partners // SUBJECTS)))[:SUBJECTS]
    own = times_ms(lambda one: retrieve_two_steps(graph, np.array([one]), 10), near)
    print(f"  retrieval             p50 {at(own, 0.5):7.3f} ms, p95 {at(own, 0.95):7.3f} ms")
    peers(graph, near, statistics.median(own), with_neo4j=with_neo4j)
    chosen = np.array(members[:20_000], dtype=np.int32)
    print(f"  all in one batch      {batch_a_second(index, chosen):9,.0f} partners a second on {WORKERS} processes")
    changed = refresh_ms(snapshot, subjects)
    print(f"  a changed tie, seen   p50 {at(changed, 0.5):7.2f} ms, p95 {at(changed, 0.95):7.2f} ms")
    return at(whole, 0.5)


def peers(graph: RelationGraph, subjects: Sequence[int], own: float, *, with_neo4j: bool) -> None:
    """Print what the same retrieval takes others, and how many times ours that is."""
    plain = nx.Graph()
    plain.add_edges_from((n, o) for n in range(len(graph)) for o in graph.neighbours(n).tolist() if n < o)
    near = subjects[:40]

    def with_networkx(subject: int) -> object:
        if subject not in plain:
            return []
        reached = {other for z in plain[subject] for other in plain[z]} - {subject, *plain[subject]}
        found = nx.adamic_adar_index(plain, [(subject, other) for other in reached])
        return sorted(found, key=lambda one: -one[2])[:10]

    found = {"NetworkX": times_ms(with_networkx, near)}
    with compiled_loop(graph) as loop:
        if loop is not None:
            found["a loop in C"] = times_ms(loop, near)
    if with_neo4j:
        with cypher(graph) as query:
            found["Cypher on Neo4j"] = times_ms(query, near)
    for name, times in found.items():
        print(f"    {name:18} p50 {at(times, 0.5):9.3f} ms: {at(times, 0.5) / own:8.2f} times ours")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("partners", nargs="*", type=int, default=SIZES)
    parser.add_argument("--no-neo4j", action="store_true")
    asked = parser.parse_args()
    sizes = sorted(asked.partners)
    medians = [measure(size, with_neo4j=not asked.no_neo4j) for size in sizes]
    growth = ", ".join(f"{one:,}: {median / medians[0]:.2f}" for one, median in zip(sizes, medians, strict=True))
    print(f"\nA warm suggestion against that of the smallest, by partners: {growth}")


if __name__ == "__main__":
    main()
