"""Random orders of steps by two ecosystems over shared partners: budgets, both sides first, freezes and undo hold."""

import datetime
from collections import Counter
from pathlib import Path

import neo4j
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from matchmaker.errors import Conflict, InvalidInput
from matchmaker.graph.neo4j import Neo4jStore
from matchmaker.graph.sqlite import Durability, SqliteStore
from matchmaker.graph.store import GraphStore, StoreHashes
from matchmaker.model.decision import other_side
from matchmaker.model.elements import Node
from matchmaker.model.ids import NodeId
from matchmaker.model.vocabulary import AnswerTerm, Label, Side, SuggestionState
from matchmaker.recommend.exposure import cycle_of
from matchmaker.services.deciding import take_back
from matchmaker.services.drafting import get_draft
from matchmaker.services.job_records import JobState, Runner, get_job
from matchmaker.services.requests import Recipient, measure_load
from matchmaker.services.stored_suggestions import Hub, find_stored
from matchmaker.services.suggesting import explain_pair
from matchmaker.testing.hubs import NOON, TODAY, hub_of, put_world, step, town
from matchmaker.testing.neo4j_server import Neo4jAccess

S, A = SuggestionState, AnswerTerm
HUBS = st.sampled_from(["north", "south"])
PAIRS = (("school-0", "library"), ("school-1", "library"), ("school-2", "library"))
LIMITS = {"library": (1, 2)}
"""What the library says it accepts, open and in a term; everybody else gets the default."""

TOLD = (S.AGREED_TO_MEET, S.INTRODUCED, S.MET, S.AGREED, S.ACTIVE, S.ENDED)


class DecidingMachine(RuleBasedStateMachine):
    """Two hubs decide about four pairs; every few steps somebody takes a step back, or weeks go by."""

    store: GraphStore

    def __init__(self) -> None:
        super().__init__()
        self.day = TODAY
        self.hashes: dict[str, tuple[str, str]] = {}
        """The store's hashes before each step that stands, by its job, in order."""

    @initialize()
    def found(self) -> None:
        put_world(self.store, town(request_limit=1))
        self.founded: StoreHashes | None = self.store.hashes()

    def hub(self, name: str) -> Hub:
        return hub_of(self.store, name, self.day)

    def suggestion(self, hub: Hub, pair: tuple[str, str]) -> str:
        explained = explain_pair(hub.snapshot(), *pair)
        return next(one.suggestion.id for one in explained.patterns if one.pattern == "school_informal")

    def attempt(
        self,
        name: str,
        pair: tuple[str, str],
        state: SuggestionState,
        side: Side | None = None,
        answer: AnswerTerm | None = None,
    ) -> bool:
        hub = self.hub(name)
        id, before = self.suggestion(hub, pair), self.store.hashes()
        stored = find_stored(self.store, hub.ecosystem, id)
        try:
            done = step(hub, id, state, side, answer=answer, shown_for=pair[0])
        except InvalidInput:
            assert self.store.hashes() == before
            return False
        assert stored is None or stored.life.state not in {S.DECLINED, S.EXPIRED, S.ENDED}
        self.hashes[done.job.id] = (before.graph, before.content)
        return True

    @rule(
        name=HUBS,
        pair=st.sampled_from(PAIRS),
        state=st.sampled_from(S),
        side=st.sampled_from([None, *Side]),
        answer=st.sampled_from([None, None, *A]),
    )
    def try_anything(
        self,
        name: str,
        pair: tuple[str, str],
        state: SuggestionState,
        side: Side | None,
        answer: AnswerTerm | None,
    ) -> None:
        self.attempt(name, pair, state, side, answer)

    @rule(name=HUBS, pair=st.sampled_from(PAIRS), side=st.sampled_from([Side.TARGET, Side.TARGET, Side.SOURCE]))
    def ask(self, name: str, pair: tuple[str, str], side: Side) -> None:
        """Ask a side, or where it has said yes already, the other one."""
        if not self.attempt(name, pair, S.ASKED, side=side):
            self.attempt(name, pair, S.ASKED, side=other_side(side))

    @rule(name=HUBS, pair=st.sampled_from(PAIRS))
    def shortlist(self, name: str, pair: tuple[str, str]) -> None:
        self.attempt(name, pair, S.SHORTLISTED)

    @rule(place=st.integers(0, 20), answer=st.sampled_from([A.INTERESTED, A.INTERESTED, A.INTERESTED, *A]))
    def answer(self, place: int, answer: AnswerTerm) -> None:
        """Let somebody answer of whom an answer is waited for."""
        waiting = [node for node in self.suggestions() if node.get_texts("waiting_for")]
        if waiting:
            node = waiting[place % len(waiting)]
            pair = (node.get_text("source"), node.get_text("target"))
            assert self.attempt(node.owner, pair, S.ASKED, side=Side(node.get_texts("waiting_for")[0]), answer=answer)

    @precondition(lambda self: self.hashes)
    @rule()
    def go_on(self) -> None:
        """Take what is furthest along one step further, so that whole lives are led."""
        told = {state.value: place for place, state in enumerate(TOLD)}
        for node in sorted(self.suggestions(), key=lambda node: -told.get(node.get_text("state"), -1)):
            pair = (node.get_text("source"), node.get_text("target"))
            if any(self.attempt(node.owner, pair, state) for state in TOLD):
                return

    @precondition(lambda self: self.hashes)
    @rule()
    def take_the_last_step_back(self) -> None:
        job, before = list(self.hashes.items())[-1]
        try:
            take_back(self.store, job, Runner("Bea", lambda: NOON))
        except InvalidInput:
            return
        del self.hashes[job]
        now = self.store.hashes()
        assert (now.graph, now.content) == before

    @precondition(lambda self: len(self.hashes) > 1)
    @rule(place=st.integers(0, 50))
    def take_any_step_back(self, place: int) -> None:
        """A step that others build on stays; one that stands alone goes, and the rest stays as it is."""
        jobs = list(self.hashes)
        job = jobs[place % len(jobs)]
        later = jobs[jobs.index(job) + 1 :]
        about = {get_job(self.store.operations(), one).details["id"] for one in later}
        own = get_job(self.store.operations(), job).details["id"]
        before = self.store.hashes()
        try:
            take_back(self.store, job, Runner("Bea", lambda: NOON))
        except (Conflict, InvalidInput):
            assert self.store.hashes() == before
            return
        assert own not in about
        del self.hashes[job]
        for one in later:
            # What stood before a later step had the one that is gone in it.
            self.hashes.pop(one)
        self.founded = None

    @rule(days=st.sampled_from([1, 30, 100, 400]))
    def wait(self, days: int) -> None:
        self.day += datetime.timedelta(days=days)

    def suggestions(self) -> list[Node]:
        return [stored.element for stored in self.store.iter_nodes(Label.SUGGESTION)]

    @invariant()
    def nobody_gets_more_requests_than_it_accepts(self) -> None:
        waiting: Counter[str] = Counter()
        terms: Counter[tuple[str, str]] = Counter()
        for node in self.suggestions():
            waiting.update(node.get_text(side) for side in node.get_texts("waiting_for"))
            for side in Side:
                days = node.get_texts(f"{side.value}_asked_on")
                terms.update((node.get_text(side.value), cycle_of(datetime.date.fromisoformat(day))) for day in days)
        assert all(count <= LIMITS.get(id, (2, 4))[0] for id, count in waiting.items())
        assert all(count <= LIMITS.get(id, (2, 4))[1] for (id, _), count in terms.items())
        for id in ("library", "school-0"):
            load = measure_load(self.store, Recipient(NodeId(id), id), self.day, NOON + 10_000)
            assert (load.open, load.term) == (waiting[id], terms[id, cycle_of(self.day)])

    @invariant()
    def both_say_yes_first(self) -> None:
        for node in self.suggestions():
            stored = find_stored(self.store, self.hub(node.owner).ecosystem, node.id)
            assert stored is not None
            said = {side: answer.element.get_text("answer") for side, answer in stored.answers.items()}
            if stored.life.state in TOLD:
                assert said == {Side.SOURCE: "interested", Side.TARGET: "interested"}
            if node.get_texts("source_asked_on") and node.get_texts("target_asked_on") and stored.life.state is S.ASKED:
                assert "interested" in said.values()
            for side in Side:
                if not stored.life.may_be_written_to(side):
                    with pytest.raises(InvalidInput):
                        get_draft(self.hub(node.owner), node.id, side)

    @invariant()
    def what_is_frozen_or_under_way_is_not_suggested(self) -> None:
        for name in ("north", "south"):
            hub = self.hub(name)
            for pair in PAIRS:
                lives = [
                    node
                    for node in self.suggestions()
                    if node.owner == name and {node.get_text("source"), node.get_text("target")} == set(pair)
                ]
                rounds = [int(node.find_number("round") or 0) for node in lives]
                assert sorted(rounds) == list(range(len(rounds)))
                busy = {S.ASKED, S.AGREED_TO_MEET, S.INTRODUCED, S.MET, S.AGREED, S.ACTIVE}
                held = any(
                    node.get_text("state") in busy or self.day.isoformat() < node.get_text("frozen_until")
                    for node in lives
                )
                if held:
                    assert explain_pair(hub.snapshot(), *pair).best is None

    def teardown(self) -> None:
        """Take back all that stands, the newest first: the store is as it was founded, unless a place is lacking."""
        try:
            for job in reversed(list(self.hashes)):
                take_back(self.store, job, Runner("Bea", lambda: NOON))
                assert get_job(self.store.operations(), job).state is JobState.CANCELLED
            if self.founded is not None:
                assert self.store.hashes() == self.founded
        except InvalidInput:
            pass
        finally:
            self.store.close()


def empty(access: Neo4jAccess) -> None:
    with neo4j.GraphDatabase.driver(access.uri, auth=(access.user, access.password)) as driver:
        driver.execute_query("MATCH (n) WHERE NOT n:MatchmakerTestDatabase DETACH DELETE n", database_=access.database)


@pytest.fixture(params=["sqlite", pytest.param("neo4j", marks=pytest.mark.neo4j)])
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> type[DecidingMachine]:
    numbers = iter(range(100_000))

    class OnSqlite(DecidingMachine):
        def __init__(self) -> None:
            self.store = SqliteStore.open(tmp_path / f"{next(numbers)}.db", durability=Durability.NORMAL)
            super().__init__()

    class OnNeo4j(DecidingMachine):
        def __init__(self) -> None:
            access: Neo4jAccess = request.getfixturevalue("empty_neo4j")
            empty(access)
            self.store = Neo4jStore.open(access.uri, auth=(access.user, access.password), database=access.database)
            super().__init__()

    return OnSqlite if request.param == "sqlite" else OnNeo4j


@pytest.mark.timeout(900)
def test_no_order_of_steps_breaks_a_promise(machine: type[DecidingMachine]) -> None:
    most = settings().max_examples // 2
    few = settings(max_examples=max(4, most if machine.__name__ == "OnSqlite" else most // 4), stateful_step_count=25)
    run_state_machine_as_test(machine, settings=few)
