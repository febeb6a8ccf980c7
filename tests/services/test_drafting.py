"""Messages to the sides: what they say, to whom, when there are none, and what staff make of them."""

import email
import email.policy
from collections.abc import Callable

import pytest

from matchmaker.errors import ConfigError, Conflict, InvalidInput, NotFound
from matchmaker.graph.store import GraphStore
from matchmaker.model.ids import NodeId
from matchmaker.model.vocabulary import AnswerTerm, Label, Side, SuggestionState, TieType
from matchmaker.recommend.patterns import PATTERNS
from matchmaker.services.contacting import add_stop
from matchmaker.services.deciding import take_back
from matchmaker.services.draft_facts import RECEIVES
from matchmaker.services.draft_mail import write_eml
from matchmaker.services.draft_store import COLLECTION
from matchmaker.services.draft_words import DraftPurpose, find_warnings
from matchmaker.services.drafting import LONGEST_TEXT, get_draft, put_draft
from matchmaker.services.stored_suggestions import Hub
from matchmaker.testing.hubs import ANA, NOON, ask_both, hub_of, put_world, step, suggestion_of, town
from matchmaker.testing.world import World

S, A = SuggestionState, AnswerTerm
PUBLIC = "https://hub.example.org/"


@pytest.fixture
def hub(embedded: GraphStore) -> Hub:
    world = town()
    world.fact("library", Label.CONTACT, "contact:1", role="general", email="desk@library.example", owner="north")
    world.fact(
        "library",
        Label.CONTACT,
        "contact:2",
        role="partnerships",
        email="partners@library.example",
        language="es",
        owner="north",
    )
    world.fact(
        "school-0",
        Label.CONTACT,
        "contact:3",
        role="principal",
        email="head@school.example",
        name="Dr. Kim",
        agreed_on="2026-01-01",
        owner="north",
    )
    world.fact(
        "school-0",
        Label.CONDITION,
        "condition:1",
        condition="background_check",
        requirement="required",
        link="https://school.example/visitors",
        stated_on="2026-02-01",
    )
    world.fact("school-0", Label.CONDITION, "condition:2", condition="insurance", requirement="not_required")
    world.need("school-0", "space")
    world.offer("library", "space", owner="north")
    put_world(embedded, world)
    return hub_of(embedded)


@pytest.fixture
def asked(hub: Hub) -> str:
    id = suggestion_of(hub, "school-0", "library")
    step(hub, id, S.ASKED, Side.SOURCE, shown_for="school-0")
    return id


def refusal(work: Callable[[], object]) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        work()
    return [finding.message for finding in caught.value.findings]


def test_a_request_gives_the_side_s_own_reasons_the_conditions_and_the_stop_link(hub: Hub, asked: str) -> None:
    draft = get_draft(hub, asked, Side.SOURCE, PUBLIC)
    assert (draft.purpose, draft.subject) == (DraftPurpose.REQUEST, "Would School 0 like to meet Library?")
    assert "- They offer space, which you need." in draft.body
    assert "- background check: required (https://school.example/visitors, as of 2026-02-01)" in draft.body
    assert "- insurance: not required" in draft.body
    assert "- not known to us, please tell us: training, supervision" in draft.body
    assert "- not known to us, please ask Library: background check, training" in draft.body
    assert "only when both have said yes" in draft.body
    (url,) = draft.stop_urls
    assert url.startswith("https://hub.example.org/v1/stop/")
    assert draft.text.endswith(f"open and confirm:\n{url}\n")
    assert get_draft(hub, asked, Side.SOURCE, PUBLIC).stop_urls == (url,)
    assert draft.warnings == ()


def test_there_is_no_message_to_the_second_side_before_the_first_is_interested(hub: Hub, asked: str) -> None:
    assert refusal(lambda: get_draft(hub, asked, Side.TARGET)) == [
        "there is no message to the second side before the first has said that it is interested"
    ]
    step(hub, asked, S.ASKED, Side.SOURCE, answer=A.INTERESTED)
    assert "- They need space, which you offer." in get_draft(hub, asked, Side.TARGET, PUBLIC).body


def test_nobody_is_written_to_before_staff_have_chosen_who_is_asked_first(hub: Hub) -> None:
    id = suggestion_of(hub, "school-0", "library")
    with pytest.raises(NotFound):
        get_draft(hub, id, Side.SOURCE)
    step(hub, id, S.SHORTLISTED, shown_for="school-0")
    for side in Side:
        assert refusal(lambda side=side: get_draft(hub, id, side)) == [  # type: ignore[misc]  # the side of this turn
            "it isn't chosen yet which side is asked first"
        ]
    step(hub, id, S.SHORTLISTED, Side.TARGET)
    assert get_draft(hub, id, Side.TARGET).side is Side.TARGET
    step(hub, id, S.DECLINED)
    assert refusal(lambda: get_draft(hub, id, Side.TARGET)) == ["its round is over"]


def test_it_goes_to_the_work_contact_by_role_and_to_a_person_only_by_an_agreed_name(hub: Hub, asked: str) -> None:
    (school,) = get_draft(hub, asked, Side.SOURCE, PUBLIC).addressees
    assert (school.role, school.name, school.address) == ("principal", "Dr. Kim", "head@school.example")
    step(hub, asked, S.ASKED, Side.SOURCE, answer=A.INTERESTED)
    draft = get_draft(hub, asked, Side.TARGET, PUBLIC)
    assert [(one.role, one.name, one.address, one.language) for one in draft.addressees] == [
        ("partnerships", "", "partners@library.example", "es")
    ]
    message = email.message_from_bytes(write_eml(draft), policy=email.policy.default)
    assert str(message["To"]) == '"partnerships, Library" <partners@library.example>'
    assert str(message["Subject"]) == "Would Library like to meet School 0?"
    assert message["List-Unsubscribe"] == f"<{draft.stop_urls[0]}>"
    assert "From" not in message
    body = message.get_body()
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == draft.text


def test_where_no_address_or_no_public_one_of_ours_is_known_it_says_so(hub: Hub) -> None:
    id = suggestion_of(hub, "school-1", "museum")
    step(hub, id, S.SHORTLISTED, Side.TARGET, shown_for="museum")
    draft = get_draft(hub, id, Side.TARGET)
    assert draft.warnings == (
        "No work e-mail address of Museum is known.",
        "No public address is set (MATCHMAKER_PUBLIC_URL): the stop link works on this machine only.",
    )
    with pytest.raises(ConfigError, match="MATCHMAKER_PUBLIC_URL"):
        write_eml(draft)
    assert b"\nTo:" not in write_eml(get_draft(hub, id, Side.TARGET, PUBLIC))


def test_an_introduction_tells_both_and_an_invitation_what_a_yes_means(hub: Hub, asked: str) -> None:
    step(hub, asked, S.ASKED, Side.SOURCE, answer=A.INTERESTED)
    step(hub, asked, S.ASKED, Side.TARGET, answer=A.INTERESTED)
    step(hub, asked, S.AGREED_TO_MEET)
    for side, own, other in ((Side.SOURCE, "School 0", "Library"), (Side.TARGET, "Library", "School 0")):
        draft = get_draft(hub, asked, side, PUBLIC)
        assert (draft.purpose, draft.subject) == (DraftPurpose.INTRODUCTION, f"Introduction: {own} and {other}")
        assert "have both said that they would like to meet" in draft.body
    world = World()
    world.partner("center", "science_center", north=1.5)
    put_world(hub.store, world)
    id = suggestion_of(hub, "school-0", "center")
    step(hub, id, S.ASKED, Side.TARGET, shown_for="center")
    invitation = get_draft(hub, id, Side.TARGET, PUBLIC)
    assert invitation.purpose is DraftPurpose.INVITATION
    assert "We haven't written to you before, and won't again unless you say yes." in invitation.body


def test_of_one_that_is_only_listed_no_more_than_what_is_public_is_told(hub: Hub) -> None:
    world = World()
    world.partner("center", "science_center", north=1.5)
    world.offer("center", "space", owner="north")
    put_world(hub.store, world)
    id = suggestion_of(hub, "school-0", "center")
    step(hub, id, S.ASKED, Side.SOURCE, shown_for="center")
    before = get_draft(hub, id, Side.SOURCE, PUBLIC).body
    assert "space" not in before
    step(hub, id, S.ASKED, Side.SOURCE, answer=A.INTERESTED)
    step(hub, id, S.ASKED, Side.TARGET, answer=A.INTERESTED)
    assert "They offer space, which you need." in get_draft(hub, id, Side.SOURCE, PUBLIC).body


def test_staff_s_own_words_are_kept_with_who_and_when_and_looked_at_for_what_must_not_be_said(
    hub: Hub, asked: str
) -> None:
    draft = get_draft(hub, asked, Side.SOURCE, PUBLIC)
    words = ("Hello", "Please e-mail your students about it. Our volunteers are vetted.")
    changed = put_draft(hub, draft, words, ANA)
    assert (changed.subject, changed.body, changed.edited_by, changed.edited_at) == (*words, "Ana", NOON)
    assert changed.text.endswith(draft.footer)
    assert [warning.partition(" (")[0] for warning in changed.warnings] == [
        "It seems to propose contact with a learner",
        "It says or implies that somebody was checked",
        "What Library requires isn't in the text any more.",
        "What School 0 requires isn't in the text any more.",
    ]
    assert get_draft(hub, asked, Side.SOURCE, PUBLIC) == changed
    with pytest.raises(Conflict):
        put_draft(hub, draft, words, ANA)
    assert put_draft(hub, changed, ("", ""), ANA) == draft
    assert refusal(lambda: put_draft(hub, draft, ("", "x" * (LONGEST_TEXT + 1)), ANA)) == ["the body is too long"]
    assert refusal(lambda: put_draft(hub, draft, ("a\x00", "b"), ANA)) == [
        "the subject holds the control character U+0000"
    ]


def test_words_for_a_side_go_when_there_is_no_message_to_it_any_more(hub: Hub, asked: str) -> None:
    yes = step(hub, asked, S.ASKED, Side.SOURCE, answer=A.INTERESTED)
    for side in Side:
        put_draft(hub, get_draft(hub, asked, side, PUBLIC), ("Hello", f"to the {side.value}"), ANA)
    take_back(hub.store, yes.job.id, ANA)
    kept = [entry.key for entry in hub.store.operations().iter_entries(COLLECTION)]
    assert kept == [f"{asked}/source/request"]


def test_who_must_not_be_written_to_gets_no_draft_either(hub: Hub, asked: str) -> None:
    add_stop(hub.store.operations(), hub.ecosystem, NodeId("school-0"), "by letter", ANA)
    assert refusal(lambda: get_draft(hub, asked, Side.SOURCE)) == ["School 0 is on the do-not-contact list"]


def test_a_subject_can_not_bring_further_headers_into_the_mail(hub: Hub, asked: str) -> None:
    draft = get_draft(hub, asked, Side.SOURCE, PUBLIC)
    changed = put_draft(hub, draft, ("Hi\nBcc: all@example.org", "Hello"), ANA)
    message = email.message_from_bytes(write_eml(changed), policy=email.policy.default)
    assert str(message["Subject"]) == "Hi Bcc: all@example.org"
    assert "Bcc" not in message


@pytest.mark.parametrize(
    "text",
    [
        "Call the parents first.",
        "Write to your learners.",
        "Send us the students' names.",
        "They have been checked.",
        "It is a safe place.",
    ],
)
def test_words_to_look_at_again(text: str) -> None:
    assert len(find_warnings(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Their students could meet STEM at work with you.",
        "A background check is required; see the page.",
        "Please call us, or write to the library. Learners come to it.",
    ],
)
def test_words_that_are_fine(text: str) -> None:
    assert find_warnings(text) == []


def test_every_message_of_every_kind_is_free_of_what_must_not_be_said(hub: Hub) -> None:
    """In the town, whoever may meet whom: no draft proposes contact with a learner or calls anybody safe."""
    pairs = [
        ("school-0", "library"),
        ("school-0", "museum"),
        ("company", "school-0"),
        ("school-0", "club"),
        ("club", "company"),
        ("library", "company"),
        ("museum", "company"),
    ]
    here = hub_of(hub.store, "south")
    patterns = set()
    for first, second in pairs:
        id = suggestion_of(here, first, second)
        patterns.add(step(here, id, S.SHORTLISTED, Side.SOURCE, shown_for=first).stored.pattern)
        assert find_warnings(get_draft(here, id, Side.SOURCE, PUBLIC).text) == []
    assert len(patterns) == 5
    assert set(RECEIVES) <= set(PATTERNS)


def test_a_side_run_by_two_gets_a_stop_link_for_each(embedded: GraphStore) -> None:
    world = town()
    world.tie(TieType.OPERATES, "museum", "club")
    put_world(embedded, world)
    hub = hub_of(embedded)
    id = suggestion_of(hub, "school-0", "club")
    ask_both(hub, id)
    draft = get_draft(hub, id, Side.TARGET, PUBLIC)
    assert [one.organization for one in draft.addressees] == ["House", "Museum"]
    assert len(set(draft.stop_urls)) == 2
    assert f"House: {draft.stop_urls[0]}\nMuseum: {draft.stop_urls[1]}\n" in draft.footer
