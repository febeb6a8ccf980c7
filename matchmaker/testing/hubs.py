"""Two hubs that share a town, for tests of what staff decide and of what organizations are asked."""

import datetime

from matchmaker.graph.store import GraphStore
from matchmaker.model.changes import ChangeSet
from matchmaker.model.decision import Decision
from matchmaker.model.ids import EcosystemId
from matchmaker.model.vocabulary import AnswerTerm, Side, SuggestionState
from matchmaker.services.deciding import Decided, decide
from matchmaker.services.first_step import Shown
from matchmaker.services.job_records import Runner
from matchmaker.services.snapshots import SnapshotCache
from matchmaker.services.stored_suggestions import Hub
from matchmaker.services.suggesting import explain_pair
from matchmaker.testing.world import World

TODAY = datetime.date(2026, 9, 15)
NOON = 1_789_473_600
"""Noon of `TODAY`, in seconds since 1970."""

ANA = Runner("Ana", lambda: NOON)


def town(**library: str | int) -> World:
    """Return a town of which two ecosystems, ``north`` and ``south``, are hubs; everybody takes part in both.

    ``library`` gives further properties of the library.
    """
    world = World()
    for hub in ("north", "south"):
        world.ecosystem(hub, country="US")
    schools = [world.partner(f"school-{number}", "k12_school", north=float(number)) for number in range(6)]
    world.partner("library", "library", north=1.0, **library)
    world.partner("museum", "museum", north=2.0)
    world.partner("company", "employer", north=3.0)
    world.partner("house", "afterschool_provider", north=4.0)
    world.program("club", "afterschool_program", "house", stages=("grades_3_5",))
    everybody = (*schools, "library", "museum", "company", "house")
    for hub in ("north", "south"):
        world.participate(hub, *everybody)
    return world


def put_world(store: GraphStore, world: World) -> None:
    """Put a world into an empty store."""
    store.apply(ChangeSet(tuple(world.nodes), tuple(world.records), tuple(world.ties)))


def hub_of(store: GraphStore, ecosystem: str = "north", today: datetime.date = TODAY) -> Hub:
    """Return the hub of an ecosystem's staff."""
    return Hub(SnapshotCache(store), EcosystemId(ecosystem), today)


def suggestion_of(hub: Hub, first: str, second: str) -> str:
    """Return the id of the suggestion of two, under the pattern that a list would show them under."""
    explained = explain_pair(hub.snapshot(), first, second)
    return next(one.suggestion.id for one in explained.patterns if explained.best in {None, one.pattern})


def step(hub: Hub, id: str, to: SuggestionState, side: Side | None = None, **more: object) -> Decided:
    """Make one step on the hub's day (``on``: another one); ``shown_for`` says in whose list it was shown."""
    shown = Shown(str(more.pop("shown_for", "")))
    on = more.pop("on", hub.today)
    decision = Decision(to=to, on=on, side=side, **more)  # type: ignore[arg-type]  # each test names what it needs
    return decide(hub, id, decision, ANA, shown)


def ask_both(hub: Hub, id: str) -> None:
    """Ask the source, then the target; both say that they are interested."""
    for side in Side:
        step(hub, id, SuggestionState.ASKED, side)
        step(hub, id, SuggestionState.ASKED, side, answer=AnswerTerm.INTERESTED)
