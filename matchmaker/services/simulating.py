"""What lists would do to an ecosystem's network over time, simulated with planted chances."""

from matchmaker.errors import Finding, InvalidInput
from matchmaker.graph.snapshot import Snapshot
from matchmaker.recommend.index import index_snapshot
from matchmaker.recommend.scoring.prior import prior_model
from matchmaker.recommend.simulation.gathering import Chances, gather_world
from matchmaker.recommend.simulation.outcomes import SimulationOutcome, simulate
from matchmaker.recommend.simulation.rounds import SimulationSettings

MOST_ROUNDS = 200


def simulate_ecosystem(
    snapshot: Snapshot, settings: SimulationSettings, chances: Chances | None = None
) -> SimulationOutcome:
    """Return what every method of sorting lists leads to in an ecosystem, from its ties as they are recorded.

    Parameters
    ----------
    chances
        The chances of pairs by their ids, where a made ecosystem has planted them; else they are drawn from the seed.

    Raises
    ------
    InvalidInput
        The settings are out of range, or nobody there could be suggested to anybody.
    """
    findings = [
        Finding("is out of range", name, str(value), f"1 to {most}")
        for name, value, most in (
            ("rounds", settings.rounds, MOST_ROUNDS),
            ("limit", settings.limit, 50),
            ("requests", settings.requests, 50),
            ("room", settings.room, 1000),
        )
        if not 1 <= value <= most
    ]
    if findings:
        raise InvalidInput(findings)
    world = gather_world(index_snapshot(snapshot), prior_model(), settings.seed, chances)
    if not len(world.subjects):
        name = snapshot.scope.ecosystem or "the public view"
        raise InvalidInput([Finding("nobody here could be suggested to anybody", "ecosystem", name, "active members")])
    return simulate(world, settings)
