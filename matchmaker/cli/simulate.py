"""``matchmaker simulate``: what lists would do to an ecosystem's network over rounds, against plain ways of sorting."""

from dataclasses import asdict
from typing import Annotated

import typer

from matchmaker.cli.lookup import Asked, looking_up
from matchmaker.cli.options import AsOfOption, JsonOption, StoreOption, WeightOption
from matchmaker.cli.output import head, print_json, say
from matchmaker.recommend.policies import POLICIES, get_policy, parse_weight
from matchmaker.recommend.simulation.outcomes import MethodOutcome, SimulationOutcome
from matchmaker.recommend.simulation.rounds import SimulationSettings
from matchmaker.services.simulating import simulate_ecosystem

SPREADING = "new_and_small"
"""The policy that is simulated where none is named: the one that is made to spread ties."""


def simulate(
    ecosystem: Annotated[str, typer.Argument(help="An ecosystem's id or name.")],
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="How many rounds of lists.")] = 20,
    limit: Annotated[int, typer.Option("--limit", min=1, max=50, help="How long lists are.")] = 10,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Decides every draw.")] = 0,
    policy: Annotated[
        str, typer.Option("--policy", help=f"How our lists are sorted: {', '.join(POLICIES)}.")
    ] = SPREADING,
    weight: WeightOption = None,
    as_of: AsOfOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Simulate what lists do to an ecosystem's network: how evenly ties spread, and whose networks grow.

    Who would say yes to whom is planted, drawn from the seed; nothing of it is anybody's real answer.
    """
    chosen = get_policy(policy, dict(map(parse_weight, weight or ())))
    settings = SimulationSettings(rounds=rounds, limit=limit, seed=seed, policy=chosen)
    with looking_up(Asked(store, as_of), "Simulating") as look:
        found = look.ecosystem(ecosystem)
        outcome = simulate_ecosystem(found.snapshot, settings)
    if as_json:
        print_json({"ecosystem": found.node.id, "as_of": found.snapshot.as_of.isoformat(), **outcome_fields(outcome)})
    else:
        _show(found.node.name, outcome)


def outcome_fields(outcome: SimulationOutcome) -> dict[str, object]:
    """Return an outcome as fields for JSON."""
    settings, used = outcome.settings, outcome.settings.policy.used()
    return {
        "seed": settings.seed,
        "rounds": settings.rounds,
        "limit": settings.limit,
        "policy": {"name": used.name, "version": used.version, "weights": dict(used.weights), "digest": used.digest},
        "partners": outcome.partners,
        "pairs": outcome.pairs,
        "links": outcome.links,
        "gini_before": outcome.gini_before,
        "methods": {one.method.value: _fields(one) for one in outcome.methods},
    }


def _fields(one: MethodOutcome) -> dict[str, object]:
    bands = {band.name: {key: value for key, value in asdict(band).items() if key != "name"} for band in one.bands}
    plain = {key: value for key, value in asdict(one).items() if key not in {"method", "bands"}}
    return {**plain, "bands": bands}


def _show(name: str, outcome: SimulationOutcome) -> None:
    settings = outcome.settings
    head(f"{name}: {outcome.partners} active partners, {outcome.pairs} pairs that may be suggested")
    say(f"{settings.rounds} rounds, seed {settings.seed}; our lists by the policy {settings.policy.used().label}.")
    say(f"Compared after {outcome.links} links under every method; degree Gini before: {outcome.gini_before:.3f}")
    names = [band.name for band in outcome.methods[0].bands if band.partners]
    say("")
    say(
        f"{'lists sorted by':<16}{'Gini':>7}{'questions':>11}{'rounds':>8}"
        + "".join(f"{f'ties of {x}':>16}" for x in names)
    )
    for one in outcome.methods:
        ties = "".join(
            f"{f'{band.ties_before:.1f} → {band.ties_after:.1f}':>16}" for band in one.bands if band.name in names
        )
        say(f"{one.method.value:<16}{one.gini:>7.3f}{one.questions:>11}{one.rounds:>8}{ties}")
    counted = ", ".join(f"{band.partners} {band.name}" for band in outcome.methods[0].bands)
    say("")
    say(f"Partners that start small (two ties or fewer), rural, or new (joined within two years): {counted}.")


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(simulate)
