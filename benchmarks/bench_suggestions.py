"""How long a suggestion takes once the snapshot is there, against NetworkX on the same graph in the same run.

Prints milliseconds for orientation and ratios for comparison: machines differ, ratios travel.
"""

import datetime
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import networkx as nx

from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot
from matchmaker.graph.sqlite import Durability, SqliteStore
from matchmaker.model.ids import EcosystemId
from matchmaker.model.vocabulary import Label, TieType
from matchmaker.recommend.pipeline import suggest
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.services.importing import import_file
from matchmaker.services.jobs import Runner
from matchmaker.services.loading import ImportOptions
from matchmaker.testing.ecosystem import EcosystemSettings, generate_ecosystem, write_bundle

PARTNERS = 2_000
SUBJECTS = 50
DAY = datetime.date(2026, 11, 1)


def timed(work: Callable[[], object]) -> float:
    """Return how many seconds a work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def load(folder: Path, partners: int) -> tuple[Snapshot, float, float]:
    """Generate, load and snapshot an ecosystem; return the snapshot, seconds to load, seconds to snapshot."""
    generated = generate_ecosystem(EcosystemSettings(seed=1, partners=partners, id="bench", name="Bench"))
    write_bundle(generated, folder / "bundle")
    with closing(SqliteStore.open(folder / "bench.db", durability=Durability.NORMAL)) as store:
        runner = Runner("bench", lambda: 0)
        loading = timed(lambda: import_file(store, folder / "bundle", ImportOptions(), runner))
        began = time.perf_counter()
        snapshot = store.snapshot(Scope(EcosystemId("bench")), DAY)
        return snapshot, loading, time.perf_counter() - began


def retrieve_with_networkx(graph: "nx.Graph[str]", subject: str) -> list[tuple[str, str, float]]:
    """Return the ten best pairs of one subject by Adamic and Adar's index, as NetworkX computes it."""
    others = [(subject, other) for other in graph if other != subject and not graph.has_edge(subject, other)]
    return sorted(nx.adamic_adar_index(graph, others), key=lambda found: -found[2])[:10]


def main() -> None:
    """Print the table."""
    partners = int(sys.argv[1]) if len(sys.argv) > 1 else PARTNERS
    with tempfile.TemporaryDirectory() as folder:
        snapshot, loading, building = load(Path(folder), partners)
    members = [node.id for index, node in snapshot.iter_nodes(Label.PARTNER) if snapshot.member[index]]
    subjects = members[:: max(1, len(members) // SUBJECTS)][:SUBJECTS]
    graph = nx.Graph([(tie.source, tie.target) for tie in snapshot.ties if tie.type is TieType.PARTNERS_WITH])
    graph.add_nodes_from(members)
    request = SuggestionRequest(limit=10)
    first = timed(lambda: suggest(snapshot, subjects[0], request))
    whole = sorted(timed(partial(suggest, snapshot, subject, request)) for subject in subjects)
    peer = sorted(timed(partial(retrieve_with_networkx, graph, subject)) for subject in subjects)
    middle, peers = statistics.median(whole), statistics.median(peer)
    print(f"{len(snapshot):,} nodes, {len(snapshot.ties):,} ties, {len(subjects)} subjects")
    print(f"load                       {loading:8.2f} s")
    print(f"snapshot                   {building:8.2f} s   {building / loading:6.2f} of the load")
    print(f"first suggestion           {first * 1e3:8.1f} ms  {first / middle:6.2f} of a warm one")
    print(f"suggestion, warm, p50      {middle * 1e3:8.1f} ms")
    print(f"suggestion, warm, p95      {whole[int(len(whole) * 0.95)] * 1e3:8.1f} ms")
    print(f"NetworkX, one score only   {peers * 1e3:8.1f} ms  {peers / middle:6.2f} of our whole answer with reasons")


if __name__ == "__main__":
    main()
