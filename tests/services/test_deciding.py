"""The life of a suggestion on both stores: what each step writes, refuses, and leaves when it is taken back."""

import datetime
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from matchmaker.errors import Conflict, InvalidInput, NotFound
from matchmaker.graph.store import GraphStore
from matchmaker.model.decision import answer_id
from matchmaker.model.ids import PUBLIC, NodeId
from matchmaker.model.suggestion import suggestion_id
from matchmaker.model.vocabulary import (
    AnswerTerm,
    Audience,
    DeclineReason,
    Label,
    PatternName,
    Side,
    SuggestionState,
    TieType,
)
from matchmaker.recommend.exposure import cycle_of
from matchmaker.recommend.pipeline import suggest
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.services import deciding
from matchmaker.services.asking import find_recipients
from matchmaker.services.contacting import add_stop
from matchmaker.services.deciding import Decided, take_back
from matchmaker.services.disclosure_views import show_snapshot
from matchmaker.services.drafting import get_draft
from matchmaker.services.exposure import ShownList, ShownSuggestion, record_shown
from matchmaker.services.job_records import JobState, create_job, list_jobs, put_job
from matchmaker.services.jobs import Job, change_at_once, undo_job
from matchmaker.services.merging import merge
from matchmaker.services.requests import IN_FLIGHT_S, Load, Recipient, Request, limit_of, measure_load, reserve
from matchmaker.services.stored_suggestions import Hub, find_stored, list_stored
from matchmaker.services.suggesting import Reader, explain_pair
from matchmaker.services.suggestion_views import NOT_AVAILABLE, view_suggestion
from matchmaker.testing.hubs import ANA, NOON, TODAY, ask_both, hub_of, put_world, step, suggestion_of, town
from matchmaker.testing.world import World

S, A = SuggestionState, AnswerTerm
LATER = datetime.date(2026, 12, 20)


@pytest.fixture
def hub(store: GraphStore) -> Hub:
    put_world(store, town())
    return hub_of(store)


@pytest.fixture
def small(embedded: GraphStore) -> Hub:
    """The same on the embedded store only."""
    put_world(embedded, town())
    return hub_of(embedded)


def refusal(work: Callable[[], object]) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        work()
    return [finding.message for finding in caught.value.findings]


def open_load(hub: Hub, id: str) -> Load:
    return measure_load(hub.store, Recipient(NodeId(id), id), hub.today, NOON)


def ties_about(hub: Hub, suggestion: str, type: TieType) -> Iterator[tuple[str, str, dict[str, object]]]:
    for stored in hub.store.iter_ties(type):
        tie = stored.element
        if tie.provenance.source_row == suggestion:
            yield tie.source, tie.target, dict(tie.properties)


def test_a_whole_life_from_the_first_step_to_the_end_and_all_the_way_back(hub: Hub) -> None:
    before = hub.store.hashes()
    id = suggestion_of(hub, "school-0", "library")
    first = step(hub, id, S.SHORTLISTED, note="neighbours", owner="Bea", shown_for="school-0")
    held = first.stored.node.properties
    assert first.stored.node.owner == "north"
    assert {name: held[name] for name in ("pattern", "source", "target", "state", "staff_owner", "changed_by")} == {
        "pattern": "school_informal",
        "source": "school-0",
        "target": "library",
        "state": "shortlisted",
        "staff_owner": "Bea",
        "changed_by": "Ana",
    }
    listed = suggest(hub_of(hub.store, "south").snapshot(), "school-0", SuggestionRequest(limit=50))
    place = [one.target for one in listed.suggestions].index(NodeId("library")) + 1
    told = next(one for one in listed.suggestions if one.target == "library")
    assert (held["position"], held["shown_for"], held["score"], held["basis"]) == (
        place,
        "school-0",
        told.score,
        "prior",
    )
    ask_both(hub, id)
    for state in (S.AGREED_TO_MEET, S.INTRODUCED, S.MET, S.AGREED):
        assert step(hub, id, state).stored.life.state is state
    active = step(hub, id, S.ACTIVE, level=3)
    assert list(ties_about(hub, id, TieType.PARTNERS_WITH)) == [
        ("library", "school-0", {"level_by_source": 3, "level_by_target": 3, "since": "2026-09-15"})
    ]
    rules = explain_pair(hub.snapshot(), "school-0", "library").patterns[0].rules
    assert {rule.name for rule in rules if not rule.met} == {"not_linked", "not_under_way"}
    end = datetime.date(2026, 12, 15)
    step(hub_of(hub.store, today=LATER), id, S.ENDED, on=end)
    ((_, _, properties),) = ties_about(hub, id, TieType.PARTNERS_WITH)
    assert properties["until"] == "2026-12-15"
    assert len(list_jobs(hub.store.operations())) == 11
    assert active.job.details["to"] == "active"
    for job in reversed(list_jobs(hub.store.operations())):
        take_back(hub.store, job.id, ANA)
    assert hub.store.hashes() == before
    assert open_load(hub, "library") == Load(0, 0)


def test_looking_stores_nothing_and_another_ecosystem_sees_nothing(hub: Hub) -> None:
    before, id = hub.store.hashes(), suggestion_of(hub, "school-0", "library")
    view = view_suggestion(hub, id)
    assert (view.state, view.version, view.suggestion is not None) == (S.SUGGESTED, 0, True)
    assert hub.store.hashes() == before
    step(hub, id, S.DECLINED, reason=DeclineReason.NOT_RELEVANT, shown_for="school-0")
    south = hub_of(hub.store, "south")
    assert find_stored(hub.store, south.ecosystem, id) is None
    with pytest.raises(NotFound):
        view_suggestion(south, id)
    with pytest.raises(NotFound):
        step(south, id, S.SHORTLISTED)
    assert list_stored(south) == []
    assert explain_pair(south.snapshot(), "school-0", "library").best is PatternName.SCHOOL_INFORMAL


def test_one_that_is_not_stored_is_found_with_and_without_whose_list_it_was(small: Hub) -> None:
    id = suggestion_of(small, "school-0", "library")
    for shown_for in ("", "school-0", "library", "museum"):
        if shown_for == "museum":
            with pytest.raises(NotFound):
                view_suggestion(small, id, shown_for=shown_for)
        else:
            view = view_suggestion(small, id, shown_for=shown_for)
            assert [view.sides[side].id for side in Side] == ["school-0", "library"]
    symmetric = [
        one.suggestion.id
        for one in explain_pair(small.snapshot(), "library", "house").patterns
        if one.pattern is PatternName.CROSS_SECTOR
    ]
    for shown_for in ("library", "house"):
        view = view_suggestion(small, symmetric[0], shown_for=shown_for)
        assert [view.sides[side].id for side in Side] == ["house", "library"]
    itself = suggestion_id("north", PatternName.CROSS_SECTOR, ("library", "library"))
    assert "Library can't be introduced to itself." in refusal(lambda: step(small, itself, S.SHORTLISTED))


def test_where_staff_recorded_that_they_saw_it_counts_before_where_it_stands(small: Hub) -> None:
    id, snapshot = suggestion_of(small, "school-0", "library"), small.snapshot()
    for number, (subject, position) in enumerate([("school-0", 4), ("school-0", 7), ("library", 2)]):
        other = NodeId("library" if subject == "school-0" else "school-0")
        seen = ShownSuggestion(id, other, position, 0.25)
        ids = ("north", cycle_of(TODAY), NodeId(subject), "likely", 0)
        shown = ShownList(f"list:{number:032x}", *ids, (seen,), "Ana", NOON - 10 + number)
        assert record_shown(small.store.operations(), shown, snapshot)
    held = step(small, id, S.SHORTLISTED, shown_for="school-0").stored.node.properties
    assert {name: held[name] for name in ("position", "shown_for", "propensity", "policy")} == {
        "position": 7,
        "shown_for": "school-0",
        "propensity": 0.25,
        "policy": "likely",
    }


def test_an_unknown_id_and_a_pair_that_fails_a_rule_are_refused(small: Hub) -> None:
    with pytest.raises(NotFound):
        step(small, "suggestion:" + "0" * 32, S.SHORTLISTED)
    id = suggestion_of(small, "school-0", "library")
    world = World()
    world.fact(
        "north", Label.PAIR_RULE, "rule", first="library", second="school-0", rule="must_not_match", owner="north"
    )
    put_world(small.store, world)
    assert refusal(lambda: step(small, id, S.SHORTLISTED)) == ["Staff have ruled that the two are not to be matched."]


def test_a_decline_keeps_the_pair_away_for_its_freeze_and_brings_the_next_round(hub: Hub) -> None:
    id = suggestion_of(hub, "school-0", "library")
    step(hub, id, S.DECLINED, reason=DeclineReason.TIMING, shown_for="school-0")
    rules = {rule.name: rule for rule in explain_pair(hub.snapshot(), "school-0", "library").patterns[0].rules}
    assert not rules["not_frozen"].met
    assert "declined on 2026-09-15; it may come again from 2027-09-15" in rules["not_frozen"].sentence
    listed = suggest(hub.snapshot(), "school-0", SuggestionRequest(limit=100)).suggestions
    assert "library" not in {one.target for one in listed}
    next_year = hub_of(hub.store, today=datetime.date(2027, 9, 15))
    again = suggestion_of(next_year, "school-0", "library")
    assert again != id
    second = step(next_year, again, S.SHORTLISTED, shown_for="library")
    assert second.stored.node.properties["round"] == 1
    assert len(list_stored(next_year)) == 2
    assert refusal(lambda: step(next_year, id, S.SHORTLISTED)) == ["a suggestion can't go this way"]


def test_declining_moves_nobody_else_and_leaves_the_one_who_declined_where_it_was(small: Hub) -> None:
    def lists(hub: Hub) -> dict[str, list[tuple[str, float]]]:
        found = {}
        for school in range(1, 6):
            listed = suggest(hub.snapshot(), f"school-{school}", SuggestionRequest(limit=100)).suggestions
            found[f"school-{school}"] = [(str(one.target), one.priority) for one in listed]
        return found

    before, id = lists(small), suggestion_of(small, "school-0", "library")
    step(small, id, S.ASKED, Side.TARGET, answer=A.NO, reason=DeclineReason.NOT_RELEVANT)
    assert lists(small) == before


def test_one_side_s_no_is_shown_to_the_other_as_not_available_and_to_staff_with_its_reason(hub: Hub) -> None:
    id = suggestion_of(hub, "school-0", "library")
    step(hub, id, S.ASKED, Side.SOURCE, shown_for="school-0")
    school, library = (Reader(Audience.PARTNER, NodeId(partner)) for partner in ("school-0", "library"))
    assert view_suggestion(hub, id, school).words == "We have asked you whether you would like to meet."
    unasked = view_suggestion(hub, id, library)
    assert (unasked.state, unasked.sides[Side.SOURCE].asked_on) == (S.SUGGESTED, ())
    step(hub, id, S.ASKED, Side.SOURCE, answer=A.INTERESTED, answered_by="principal")
    step(hub, id, S.ASKED, Side.TARGET)
    step(hub, id, S.ASKED, Side.TARGET, answer=A.NO, reason=DeclineReason.VALUES_FIT, note="they said so")
    told = view_suggestion(hub, id, school)
    assert told.words == NOT_AVAILABLE
    text = repr(told)
    assert all(word not in text for word in ("values_fit", "they said so", "declined", "principal"))
    assert told.sides[Side.TARGET].answer is None
    assert told.suggestion is not None
    assert (told.suggestion.score, told.suggestion.contributions, told.steps) == (0.0, (), ())
    assert view_suggestion(hub, id, library).words == "You said no."
    for audience in (Audience.PARTNER, Audience.BOARD, Audience.PUBLIC):
        shown = show_snapshot(hub.snapshot(), audience)
        assert {node.label for node in shown.nodes}.isdisjoint({Label.SUGGESTION, Label.ANSWER})
        assert all(id not in {tie.source, tie.target} for tie in shown.ties)
    staff = view_suggestion(hub, id)
    assert (staff.sides[Side.TARGET].answer, staff.sides[Side.TARGET].reason) == (A.NO, "values_fit")
    for reader in (Reader(Audience.PARTNER, NodeId("museum")), Reader(Audience.BOARD), Reader(Audience.PUBLIC)):
        with pytest.raises(NotFound):
            view_suggestion(hub, id, reader)


def test_every_step_says_who_made_it_and_when_also_when_it_was_taken_back(hub: Hub) -> None:
    id = suggestion_of(hub, "school-0", "library")
    step(hub, id, S.SHORTLISTED, note="first", shown_for="school-0")
    asked = step(hub, id, S.ASKED, Side.SOURCE)
    take_back(hub.store, asked.job.id, ANA)
    steps = view_suggestion(hub, id).steps
    assert [(one.before, one.after, one.side, one.note, one.who, one.at, one.taken_back) for one in steps] == [
        ("", "shortlisted", "", "first", "Ana", NOON, False),
        ("shortlisted", "asked", "source", "", "Ana", NOON, True),
    ]


def test_two_who_decide_at_once_about_the_same_thing_do_not_both_get_their_way(small: Hub) -> None:
    id = suggestion_of(small, "school-0", "library")
    first = step(small, id, S.SHORTLISTED, shown_for="school-0")
    later = step(small, id, S.ASKED, Side.SOURCE)
    with pytest.raises(Conflict):
        undo_job(small.store, first.job.id, ANA)
    assert view_suggestion(small, id).version == later.stored.version


def test_a_listed_partner_gets_one_invitation_and_nothing_more_until_it_takes_part(hub: Hub) -> None:
    world = World()
    world.partner("center", "science_center", north=1.5)
    put_world(hub.store, world)
    first, second = (suggestion_of(hub, f"school-{number}", "center") for number in range(2))
    asked = step(hub, first, S.ASKED, Side.TARGET, shown_for="center")
    assert asked.notes == ("Center is invited with this request: its only message until it says that it takes part.",)
    assert list(ties_about(hub, first, TieType.PARTICIPATES_IN)) == [
        ("center", "north", {"status": "invited", "since": "2026-09-15"})
    ]
    assert refusal(lambda: step(hub, second, S.ASKED, Side.TARGET, shown_for="center")) == [
        "Center was invited and hasn't said that it takes part: it gets no second message"
    ]
    step(hub, first, S.ASKED, Side.TARGET, answer=A.INTERESTED)
    ((_, _, standing),) = ties_about(hub, first, TieType.PARTICIPATES_IN)
    assert standing == {"status": "participating", "since": "2026-09-15"}
    assert step(hub, second, S.ASKED, Side.TARGET, shown_for="center").notes == ()


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("paused", "Museum has paused: it gets no messages until it takes part again"),
        ("invited", "Museum was invited and hasn't said that it takes part: it gets no second message"),
    ],
)
def test_who_paused_or_was_invited_is_not_asked(small: Hub, status: str, message: str) -> None:
    id = suggestion_of(small, "school-0", "museum")
    step(small, id, S.SHORTLISTED, shown_for="school-0")
    world = World()
    world.tie(TieType.PARTICIPATES_IN, "museum", "north", status=status, since="2026-09-10", owner="north")
    put_world(small.store, world)
    assert refusal(lambda: step(small, id, S.ASKED, Side.TARGET)) == [message]


def test_who_withdrew_is_gone(small: Hub) -> None:
    id = suggestion_of(small, "school-0", "museum")
    step(small, id, S.SHORTLISTED, shown_for="school-0")
    world = World()
    world.tie(TieType.PARTICIPATES_IN, "museum", "north", status="withdrawn", since="2026-09-10", owner="north")
    put_world(small.store, world)
    assert refusal(lambda: step(small, id, S.ASKED, Side.TARGET)) == ["museum isn't in this ecosystem's view any more"]


def test_who_wants_no_messages_is_not_asked_in_a_plain_sentence(small: Hub) -> None:
    id = suggestion_of(small, "school-0", "club")
    step(small, id, S.SHORTLISTED, shown_for="school-0")
    add_stop(small.store.operations(), small.ecosystem, NodeId("house"), "by phone", ANA)
    assert refusal(lambda: step(small, id, S.ASKED, Side.TARGET)) == ["House is on the do-not-contact list"]
    assert step(small, id, S.ASKED, Side.SOURCE).stored.life.waiting == {Side.SOURCE}


def test_two_requests_are_open_and_four_come_in_a_term_across_ecosystems_without_saying_which(hub: Hub) -> None:
    south = hub_of(hub.store, "south")
    ids = [suggestion_of(hub, f"school-{number}", "library") for number in range(6)]
    away = suggestion_of(south, "school-5", "library")
    step(hub, ids[0], S.ASKED, Side.TARGET, shown_for="library")
    step(south, away, S.ASKED, Side.TARGET, shown_for="library")
    full = ["Library has as many open requests as it accepts"]
    assert refusal(lambda: step(hub, ids[1], S.ASKED, Side.TARGET, shown_for="library")) == full
    assert find_stored(hub.store, hub.ecosystem, ids[1]) is None
    step(south, away, S.ASKED, Side.TARGET, answer=A.NOT_NOW)
    step(hub, ids[1], S.ASKED, Side.TARGET, shown_for="library")
    step(hub, ids[1], S.ASKED, Side.TARGET, answer=A.NO)
    step(hub, ids[2], S.ASKED, Side.TARGET, shown_for="library", answer=A.INTERESTED)
    assert open_load(hub, "library") == Load(1, 4)
    assert refusal(lambda: step(hub, ids[3], S.ASKED, Side.TARGET, shown_for="library")) == [
        "Library got as many requests as it accepts in this term"
    ]
    october = hub_of(hub.store, today=datetime.date(2026, 10, 1))
    step(october, ids[3], S.ASKED, Side.TARGET, shown_for="library")
    assert open_load(october, "library") == Load(2, 1)


def test_a_partner_s_own_number_wins(embedded: GraphStore) -> None:
    put_world(embedded, town(request_limit=1))
    hub = hub_of(embedded)
    first, second = (suggestion_of(hub, f"school-{number}", "library") for number in range(2))
    step(hub, first, S.ASKED, Side.TARGET, shown_for="library")
    assert refusal(lambda: step(hub, second, S.ASKED, Side.TARGET, shown_for="library")) == [
        "Library has as many open requests as it accepts (1)."
    ]
    south = hub_of(embedded, "south")
    away = suggestion_of(south, "school-1", "library")
    assert refusal(lambda: step(south, away, S.ASKED, Side.TARGET, shown_for="library")) == [
        "Library has as many open requests as it accepts"
    ]


def test_a_program_s_request_counts_at_who_runs_it(small: Hub) -> None:
    for number in range(2):
        step(small, suggestion_of(small, f"school-{number}", "club"), S.ASKED, Side.TARGET, shown_for="club")
    assert open_load(small, "house") == Load(2, 2)
    assert small.snapshot().find_index("club") is not None
    third = explain_pair(small.snapshot(), "school-2", "club").patterns[0]
    assert [rule.name for rule in third.rules if not rule.met] == ["accepts_requests"]


def test_taking_back_an_answer_needs_room_for_the_request_that_is_open_again(hub: Hub) -> None:
    ids = [suggestion_of(hub, f"school-{number}", "library") for number in range(3)]
    step(hub, ids[0], S.ASKED, Side.TARGET, shown_for="library")
    step(hub, ids[1], S.ASKED, Side.TARGET, shown_for="library")
    answered = step(hub, ids[0], S.ASKED, Side.TARGET, answer=A.NO)
    third = step(hub, ids[2], S.ASKED, Side.TARGET, shown_for="library")
    assert refusal(lambda: take_back(hub.store, answered.job.id, ANA)) == [
        "Library has as many open requests as it accepts"
    ]
    take_back(hub.store, third.job.id, ANA)
    assert open_load(hub, "library") == Load(1, 2)
    take_back(hub.store, answered.job.id, ANA)
    assert open_load(hub, "library") == Load(2, 2)


def test_many_who_ask_at_once_never_exceed_what_is_accepted(hub: Hub) -> None:
    hubs = [hub_of(hub.store, name) for name in ("north", "south")]
    wanted = [(one, suggestion_of(one, f"school-{number}", "library")) for one in hubs for number in range(6)]
    gate = threading.Barrier(len(wanted))
    results: list[Decided | Exception] = []

    def ask(mine: Hub, id: str) -> None:
        gate.wait()
        try:
            results.append(step(mine, id, S.ASKED, Side.TARGET, shown_for="library"))
        except (InvalidInput, Conflict) as refused:
            results.append(refused)

    threads = [threading.Thread(target=ask, args=pair) for pair in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asked = [one for one in results if isinstance(one, Decided)]
    assert len(results) == 12
    assert len(asked) == 2
    assert open_load(hub, "library") == Load(2, 2)
    stored = [node for one in hubs for node in list_stored(one)]
    assert sorted(node.id for node in stored) == sorted(one.stored.node.id for one in asked)


@pytest.mark.parametrize(
    ("ends", "pattern", "type", "tie"),
    [
        (("company", "school-0"), "employer_school", TieType.HOSTS_WBL, ("company", "school-0")),
        (("school-0", "club"), "school_out_of_school", TieType.OFFERED_AT, ("club", "school-0")),
        (("club", "company"), "program_employer", TieType.HOSTS_WBL, ("company", "club")),
    ],
)
def test_an_active_link_is_the_pattern_s_tie_the_right_way_round(
    small: Hub, ends: tuple[str, str], pattern: str, type: TieType, tie: tuple[str, str]
) -> None:
    id = suggestion_of(small, *ends)
    ask_both(small, id)
    for state in (S.AGREED_TO_MEET, S.INTRODUCED, S.MET, S.AGREED):
        step(small, id, state)
    assert refusal(lambda: step(small, id, S.ACTIVE, level=3)) == [f"{type.value} has no level"]
    assert refusal(lambda: step(small, id, S.ACTIVE, details={"amount": "7"})) == [
        f"amount is not a property of {type.value}"
    ]
    done = step(small, id, S.ACTIVE, details={"seats": "12"})
    assert list(ties_about(small, id, type)) == [(*tie, {"seats": 12, "since": "2026-09-15"})]
    assert done.stored.node.properties["pattern"] == pattern
    assert len(done.notes) == 1
    assert "seats" not in done.notes[0]


def test_where_partners_work_together_a_program_s_tie_is_its_operator_s(embedded: GraphStore) -> None:
    world = town()
    world.partner("families", "family_organization", north=1.0)
    world.participate("north", "families")
    put_world(embedded, world)
    hub = hub_of(embedded)
    explained = explain_pair(hub.snapshot(), "club", "families").patterns
    id = next(one.suggestion.id for one in explained if one.pattern is PatternName.PROGRAM_COMMUNITY)
    ask_both(hub, id)
    for state in (S.AGREED_TO_MEET, S.INTRODUCED, S.MET, S.AGREED):
        step(hub, id, state)
    step(hub, id, S.ACTIVE, Side.SOURCE, level=2)
    assert list(ties_about(hub, id, TieType.PARTNERS_WITH)) == [
        ("families", "house", {"intents": ("co_deliver",), "level_by_target": 2, "since": "2026-09-15"})
    ]


def test_a_tie_that_ended_before_is_another_episode(small: Hub) -> None:
    world = World()
    ended = {"owner": "north", "since": "2020", "until": "2022"}
    world.tie(TieType.PARTNERS_WITH, "library", "school-0", **ended)
    put_world(small.store, world)
    id = suggestion_of(small, "school-0", "library")
    ask_both(small, id)
    for state in (S.AGREED_TO_MEET, S.INTRODUCED, S.MET, S.AGREED, S.ACTIVE):
        step(small, id, state)
    found = [stored.element for stored in small.store.iter_ties(TieType.PARTNERS_WITH)]
    assert sorted((tie.key.episode, tie.properties.get("until")) for tie in found) == [
        ("", "2022"),
        ("2026-09-15", None),
    ]


def test_what_was_decided_about_an_organization_holds_for_the_one_it_was_merged_into(small: Hub) -> None:
    asked, declined = (suggestion_of(small, f"school-{number}", "library") for number in range(2))
    step(small, asked, S.ASKED, Side.TARGET, shown_for="library")
    step(small, declined, S.DECLINED, shown_for="library")
    world = World()
    world.partner("central", "library", north=1.0)
    world.participate("north", "central")
    put_world(small.store, world)
    merge(small.store, NodeId("library"), NodeId("central"), PUBLIC, ANA)
    view = view_suggestion(small, asked)
    assert view.suggestion is not None
    assert view.suggestion.target == "central"
    rules = explain_pair(small.snapshot(), "school-1", "central").patterns[0].rules
    assert [rule.name for rule in rules if not rule.met] == ["not_frozen"]
    (recipient,) = find_recipients(small.snapshot(), NodeId("central"))
    assert recipient.former == ("library",)
    assert measure_load(small.store, recipient, TODAY, NOON) == Load(1, 1)
    step(small, asked, S.ASKED, Side.TARGET, answer=A.INTERESTED)
    assert get_draft(small, asked, Side.SOURCE).body.startswith("Hello,")
    step(small, asked, S.ASKED, Side.SOURCE, answer=A.INTERESTED)
    for state in (S.AGREED_TO_MEET, S.INTRODUCED, S.MET, S.AGREED, S.ACTIVE):
        step(small, asked, state)
    assert [found[:2] for found in ties_about(small, asked, TieType.PARTNERS_WITH)] == [("central", "school-0")]


def test_where_one_of_two_who_run_a_program_is_full_the_other_keeps_its_place(embedded: GraphStore) -> None:
    world = town()
    world.tie(TieType.OPERATES, "museum", "club")
    put_world(embedded, world)
    hub, south = hub_of(embedded), hub_of(embedded, "south")
    for number in range(2):
        step(south, suggestion_of(south, f"school-{number}", "museum"), S.ASKED, Side.TARGET, shown_for="museum")
    id = suggestion_of(hub, "school-2", "club")
    assert refusal(lambda: step(hub, id, S.ASKED, Side.TARGET, shown_for="club")) == [
        "Museum has as many open requests as it accepts"
    ]
    assert (open_load(hub, "house"), open_load(hub, "museum")) == (Load(0, 0), Load(2, 2))


def test_a_request_whose_place_was_given_away_while_it_was_written_is_taken_back(
    embedded: GraphStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever writes for more than two minutes finds its place taken; the limit holds all the same."""
    put_world(embedded, town(request_limit=1))
    hub, south = hub_of(embedded), hub_of(embedded, "south")
    before, id = embedded.hashes(), suggestion_of(hub, "school-0", "library")
    library = Recipient(NodeId("library"), "Library", limit_of(1))

    def meanwhile(*arguments: Any) -> Job:  # noqa: ANN401 - handed on as they are
        reserve(embedded, library, Request("suggestion:other", Side.TARGET, TODAY), NOON + IN_FLIGHT_S)
        return change_at_once(*arguments)

    monkeypatch.setattr(deciding, "change_at_once", meanwhile)
    with pytest.raises(Conflict, match="took too long, and others asked Library meanwhile"):
        step(hub, id, S.ASKED, Side.TARGET, shown_for="library")
    assert embedded.hashes() == before
    assert find_stored(embedded, south.ecosystem, id) is None


def test_the_hub_s_own_side_is_asked_without_a_request(embedded: GraphStore) -> None:
    world = town()
    world.partner("coach", "technical_assistance_provider", north=1.0)
    world.participate("north", "coach")
    put_world(embedded, world)
    hub = hub_of(embedded)
    id = next(
        one.suggestion.id
        for one in explain_pair(hub.snapshot(), "north", "coach").patterns
        if one.pattern is PatternName.ECOSYSTEM_COACH
    )
    step(hub, id, S.ASKED, Side.SOURCE, answer=A.INTERESTED, shown_for="north")
    assert refusal(lambda: get_draft(hub, id, Side.SOURCE)) == [
        "this side is the hub's own: there is nobody to write to"
    ]
    step(hub, id, S.ASKED, Side.TARGET, answer=A.INTERESTED)
    assert (open_load(hub, "north"), open_load(hub, "coach")) == (Load(0, 0), Load(0, 1))
    for state in (S.AGREED_TO_MEET, S.INTRODUCED, S.MET, S.AGREED, S.ACTIVE):
        step(hub, id, state)
    assert [found[:2] for found in ties_about(hub, id, TieType.COACHES)] == [("coach", "north")]


def test_a_step_that_changes_nothing_is_none(small: Hub) -> None:
    id = suggestion_of(small, "school-0", "library")
    step(small, id, S.SHORTLISTED, shown_for="school-0")
    assert refusal(lambda: step(small, id, S.SHORTLISTED)) == ["this step changes nothing"]
    assert step(small, id, S.SHORTLISTED, note="close by").job.id == "job-2"


def test_a_step_that_failed_is_no_step(small: Hub) -> None:
    id = suggestion_of(small, "school-0", "library")
    done = step(small, id, S.SHORTLISTED, shown_for="school-0")
    operations = small.store.operations()
    failed = create_job(operations, "decision", done.job.details, ANA)
    put_job(operations, replace(failed, state=JobState.FAILED), ANA)
    assert [one.job for one in view_suggestion(small, id).steps] == [done.job.id]


def test_an_answer_is_kept_with_who_how_and_when_and_goes_when_the_suggestion_wakes(hub: Hub) -> None:
    id = suggestion_of(hub, "school-0", "library")
    asked = {"answered_by": "principal", "answered_how": "phone", "reason": DeclineReason.TIMING}
    step(hub, id, S.ASKED, Side.SOURCE, answer=A.NOT_NOW, shown_for="school-0", **asked)
    answer = hub.store.get_node(answer_id(id, Side.SOURCE)).element
    assert dict(answer.properties) == {
        "side": "source",
        "answer": "not_now",
        "answered_on": "2026-09-15",
        "answered_by": "principal",
        "answered_how": "phone",
        "decline_reason": "timing",
        "visibility": "staff",
    }
    assert answer.owner == "north"
    step(hub, id, S.SHORTLISTED, Side.TARGET)
    assert hub.store.find_node(answer_id(id, Side.SOURCE)) is None
    assert open_load(hub, "school-0") == Load(0, 1)


def test_a_step_that_the_store_refuses_gives_its_place_back(small: Hub) -> None:
    id = suggestion_of(small, "school-0", "library")
    assert refusal(lambda: step(small, id, S.ASKED, Side.TARGET, note="a\x00b", shown_for="library")) == [
        "note holds the control character U+0000"
    ]
    assert open_load(small, "library") == Load(0, 0)
    assert [job.kind for job in list_jobs(small.store.operations())] == []


def test_the_day_of_the_hub_is_the_last_on_which_something_can_have_happened(small: Hub) -> None:
    id = suggestion_of(small, "school-0", "library")
    ahead = TODAY + datetime.timedelta(days=1)
    assert refusal(lambda: step(small, id, S.SHORTLISTED, on=ahead, shown_for="library")) == ["the day lies ahead"]
