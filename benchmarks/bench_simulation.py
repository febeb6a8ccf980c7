"""What lists do to a network over 20 rounds: ours against popularity, Adamic–Adar and random, at equal links formed.

A few hundred partners are made up with planted chances; the default policy and the one that is made to spread ties are
run against the same baselines on the same seeds. Prints a table, and with a file's name as its argument writes the
figures there as JSON. Fails where the policy that is made to spread ties ends less even than the most even baseline.
"""

import datetime
import json
import sys
import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from statistics import mean

from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot
from matchmaker.graph.sqlite import Durability, SqliteStore
from matchmaker.model.ids import EcosystemId
from matchmaker.recommend.index import index_snapshot
from matchmaker.recommend.policies import get_policy
from matchmaker.recommend.scoring.prior import prior_model
from matchmaker.recommend.simulation.gathering import gather_world
from matchmaker.recommend.simulation.outcomes import MethodOutcome, simulate
from matchmaker.recommend.simulation.rounds import Method, SimulationSettings
from matchmaker.services.importing import import_file
from matchmaker.services.job_records import Runner
from matchmaker.services.loading import ImportOptions
from matchmaker.testing.ecosystem.generation import generate_ecosystem, write_bundle
from matchmaker.testing.ecosystem.settings import EcosystemSettings
from matchmaker.testing.ecosystem.truths import AS_OF

PARTNERS = 300
SEEDS = range(1, 6)
PLAIN, SPREADING = "balanced", "new_and_small"


def make_snapshot(partners: int, seed: int) -> Snapshot:
    """Return the snapshot of a made-up ecosystem."""
    made = generate_ecosystem(EcosystemSettings(seed=seed, partners=partners))
    own = EcosystemId("riverbend")
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / "bundle"
        write_bundle(made, bundle)
        with closing(SqliteStore.open(Path(folder) / "made.db", durability=Durability.NORMAL)) as store:
            import_file(store, bundle, ImportOptions(into=own), Runner("benchmark", lambda: 0))
            return store.snapshot(Scope(own), datetime.date.fromisoformat(AS_OF))


def run_all(snapshot: Snapshot) -> dict[str, list[MethodOutcome]]:
    """Return the outcomes of both policies and of the baselines by name, one for each seed."""
    found: dict[str, list[MethodOutcome]] = {}
    for seed in SEEDS:
        world = gather_world(index_snapshot(snapshot), prior_model(), seed)
        for name in (PLAIN, SPREADING):
            outcome = simulate(world, SimulationSettings(seed=seed, policy=get_policy(name)))
            for one in outcome.methods:
                if one.method is Method.MATCHMAKER:
                    found.setdefault(f"ours, {name}", []).append(one)
                elif name == SPREADING:
                    found.setdefault(one.method.value, []).append(one)
    return found


def figures_of(outcomes: list[MethodOutcome]) -> dict[str, float]:
    """Return the means over the seeds."""
    figures = {
        "gini": mean(one.gini for one in outcomes),
        "questions": mean(one.questions for one in outcomes),
        "top_share": mean(one.top_share for one in outcomes),
    }
    for place, band in enumerate(outcomes[0].bands):
        figures[f"ties of {band.name}"] = mean(one.bands[place].ties_after for one in outcomes)
    return figures


def print_table(figures: Mapping[str, Mapping[str, float]]) -> None:
    """Print one line for each way of sorting."""
    columns = list(next(iter(figures.values())))
    print(f"{'lists sorted by':<24}" + "".join(f"{column:>15}" for column in columns))
    for name, row in figures.items():
        print(f"{name:<24}" + "".join(f"{row[column]:>15.3f}" for column in columns))


def main() -> None:
    """Run the benchmark."""
    found = run_all(make_snapshot(PARTNERS, seed=11))
    figures = {name: figures_of(outcomes) for name, outcomes in found.items()}
    print(f"{PARTNERS} partners, 20 rounds, means over {len(SEEDS)} seeds, at equal links formed")
    print_table(figures)
    ours = figures[f"ours, {SPREADING}"]["gini"]
    best = min(row["gini"] for name, row in figures.items() if not name.startswith("ours"))
    print(f"degree Gini: ours ({SPREADING}) {ours:.4f}, most even baseline {best:.4f}")
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    if ours > best:
        raise SystemExit("The policy that is made to spread ties spreads them less evenly than a baseline.")


if __name__ == "__main__":
    main()
