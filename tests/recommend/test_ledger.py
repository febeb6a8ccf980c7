"""What was asked and decided, as lists must respect it: open requests, pairs held, rounds."""

import datetime
from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.model.canonical import Value
from matchmaker.model.vocabulary import Label, PatternName
from matchmaker.recommend.ledger import Held, HeldKind, Ledger, build_ledger
from matchmaker.testing.hubs import town
from matchmaker.testing.world import World

N, DAY = PatternName, datetime.date(2026, 9, 15)


def with_suggestion(world: World, number: int, target: str = "library", **fields: Value) -> World:
    held: dict[str, Value] = {"pattern": "school_informal", "source": "school-0", "target": target, **fields}
    world.fact("north", Label.SUGGESTION, f"suggestion:{number}", **held)
    return world


def ledger_of(world: World, day: datetime.date = DAY) -> tuple[Ledger, dict[str, int]]:
    snapshot = world.snapshot("north", day)
    return build_ledger(snapshot), {str(node.id): number for number, node in enumerate(snapshot.nodes)}


def test_what_is_under_way_and_what_is_frozen_stays_away_and_the_rest_does_not() -> None:
    world = with_suggestion(town(), 1, state="declined", frozen_until="2026-10-01")
    with_suggestion(world, 2, "museum", state="introduced")
    with_suggestion(world, 3, "company", state="shortlisted")
    ledger, at = ledger_of(world)
    until = datetime.date(2026, 10, 1)
    assert ledger.find_held(at["library"], at["school-0"]) == Held(HeldKind.FROZEN, at["suggestion:1"], until)
    assert ledger.find_held(at["school-0"], at["museum"]) == Held(HeldKind.UNDER_WAY, at["suggestion:2"])
    assert ledger.find_held(at["school-0"], at["company"]) is None
    later, _ = ledger_of(world, until)
    assert later.find_held(at["library"], at["school-0"]) is None


def test_the_next_round_begins_when_the_last_is_over_and_its_freeze_too() -> None:
    world = with_suggestion(town(), 1, state="declined", frozen_until="2026-10-01", round=0)
    with_suggestion(world, 2, "museum", state="expired", round=3)
    with_suggestion(world, 3, "company", state="asked", round=2)
    ledger, at = ledger_of(world)
    school = at["school-0"]
    assert [ledger.round_of(N.SCHOOL_INFORMAL, school, at[id]) for id in ("library", "museum", "company")] == [0, 4, 2]
    assert ledger.round_of(N.CROSS_SECTOR, school, at["museum"]) == 0
    later, _ = ledger_of(world, datetime.date(2026, 10, 1))
    assert later.round_of(N.SCHOOL_INFORMAL, at["library"], school) == 1


def test_open_requests_are_those_whose_answer_is_waited_for_a_program_s_at_who_runs_it() -> None:
    world = with_suggestion(town(), 1, state="asked", first_side="target", waiting_for=("target",))
    with_suggestion(world, 2, "club", state="asked", first_side="source", waiting_for=("target",))
    with_suggestion(world, 3, "museum", state="asked", first_side="target")
    with_suggestion(world, 4, "company", state="declined", first_side="target", waiting_for=("target",))
    ledger, at = ledger_of(world)
    assert dict(ledger.open_requests) == {at["library"]: 1, at["club"]: 1, at["house"]: 1}


@given(st.integers(0, 10_000))
def test_many_pairs_at_once_are_held_as_each_by_itself(seed: int) -> None:
    random, world = Random(seed), town()
    names = ["school-0", "school-1", "library", "museum", "company", "club"]
    for number in range(random.randrange(6)):
        source, target = random.sample(names, 2)
        state = random.choice(["asked", "declined", "snoozed", "shortlisted", "active"])
        frozen: dict[str, Value] = {"frozen_until": random.choice(["2026-09-01", "2026-12-01"])}
        with_suggestion(world, number, target, source=source, state=state, **frozen)
    ledger, at = ledger_of(world)
    pairs = [random.sample(names, 2) for _ in range(20)]
    subjects, others = (np.array([at[pair[end]] for pair in pairs], dtype=np.int32) for end in (0, 1))
    for kind in HeldKind:
        alone = [ledger.find_held(at[one], at[other]) for one, other in pairs]
        expected = [held is not None and held.kind is kind for held in alone]
        assert ledger.held_among(subjects, others, kind).tolist() == expected
