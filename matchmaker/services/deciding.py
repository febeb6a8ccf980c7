"""Deciding: each step in the life of a suggestion, as a change that can be taken back.

A suggestion is stored at its first step, never by reading. Every step is a job of one batch: who made it and when stand
in the job, and undoing the job leaves the graph as it was. A request holds its place in the organization's budget
before anything is written, and gives it back where nothing comes of it.
"""

import contextlib
import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from matchmaker.errors import Conflict, Finding, InvalidInput, StoreError
from matchmaker.graph.applying import GraphReader
from matchmaker.graph.store import GraphStore
from matchmaker.model.canonical import Properties, Scalar
from matchmaker.model.decision import Decision, Life, check_decision, make_step, waiting_sides
from matchmaker.model.elements import Node
from matchmaker.model.ids import EcosystemId, NodeId
from matchmaker.model.vocabulary import Label, Participation, Side, SuggestionState
from matchmaker.services.asking import (
    check_contact,
    check_pair,
    find_bodies,
    find_invitation,
    find_recipients,
    is_to_be_invited,
)
from matchmaker.services.decision_edits import (
    Edits,
    answers_yes,
    edit_answers,
    edit_standing,
    edit_suggestion,
    step_properties,
)
from matchmaker.services.draft_store import drop_drafts
from matchmaker.services.first_step import Shown, first_properties
from matchmaker.services.job_records import Job, JobState, Runner, get_job
from matchmaker.services.jobs import Batch, change_at_once, undo_job
from matchmaker.services.journal import iter_journal_backward
from matchmaker.services.link_ties import Link, close_link, plan_link, write_link
from matchmaker.services.requests import HeldPlace, Recipient, Request, confirm, release, reserve
from matchmaker.services.snapshots import SnapshotCache
from matchmaker.services.stored_suggestions import Hub, StoredSuggestion, find_stored, read_stored

KIND = "decision"
"""The kind of a step's job."""

_ANY = Shown()
_NEW = Life()

Standings = Sequence[tuple[Node, Participation]]
Requests = Sequence[tuple[Recipient, Request]]


@dataclass(frozen=True, slots=True)
class Decided:
    """What a step has led to.

    Attributes
    ----------
    stored
        The suggestion as it is now.
    job
        The job that can be taken back.
    notes
        What is worth knowing of what was written.
    """

    stored: StoredSuggestion
    job: Job
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Step:
    """One step on its way into the graph.

    Attributes
    ----------
    stored, held
        The suggestion before, None where it isn't stored; and its properties before, worked out where it isn't.
    """

    id: str
    decision: Decision
    stored: StoredSuggestion | None
    held: Properties
    who: str

    @property
    def life(self) -> Life:
        """Where the suggestion stands before the step."""
        return self.stored.life if self.stored is not None else _NEW

    def end(self, side: Side) -> NodeId:
        """Return the id of an end."""
        return NodeId(str(self.held[side.value]))


def decide(hub: Hub, id: str, decision: Decision, runner: Runner, shown: Shown = _ANY) -> Decided:
    """Record one step of a suggestion.

    Parameters
    ----------
    hub
        Whose staff decide, and on which day.
    id
        The suggestion's id. One that isn't stored yet is worked out, and stored with what was shown of it.

    Raises
    ------
    NotFound
        No suggestion of this ecosystem has the id.
    InvalidInput
        The step isn't legal, or a side may not be asked: with every reason and what would be legal.
    Conflict
        The suggestion has changed since it was seen.
    """
    stored = find_stored(hub.store, hub.ecosystem, id)
    _check_version(id, stored, shown)
    held = stored.node.properties if stored is not None else first_properties(hub, id, decision.on, shown)
    step = _Step(id, decision, stored, held, runner.who)
    asking = _check_step(hub, step)
    link = plan_link(hub.snapshot(), held, decision) if decision.to is SuggestionState.ACTIVE else None
    standings = _standings(hub, step, asking=asking)
    requests = _requests(hub, step) if asking else ()
    with _holding_places(hub.store, requests, runner) as places:
        job = change_at_once(
            hub.store, KIND, _details(hub, step), runner, lambda reader: _plan(reader, hub, step, standings, link)
        )
    _confirm(hub.store, places, job, runner)
    after = find_stored(hub.store, hub.ecosystem, id)
    if after is None:
        raise Conflict(id, 1, 0)
    drop_drafts(hub.store.operations(), id, after.life)
    return Decided(after, job, _notes(step, standings, link))


def take_back(store: GraphStore, id: str, runner: Runner) -> Job:
    """Take any job back; where a step is, the requests that it closed are open again, as far as the budgets allow.

    Raises
    ------
    NotFound, Conflict
        As `undo_job` does.
    InvalidInput
        An organization would have more open requests than it accepts.
    """
    job = get_job(store.operations(), id)
    if job.kind != KIND or job.state is JobState.CANCELLED:
        return undo_job(store, id, runner)
    day = datetime.datetime.fromtimestamp(runner.clock(), tz=datetime.UTC).date()
    hub = Hub(SnapshotCache(store), EcosystemId(str(job.details["ecosystem"])), day)
    with _holding_places(store, _reopened(hub, job), runner, new=False) as places:
        done = undo_job(store, id, runner)
    for place in places:
        confirm(store, place)
    suggestion = str(job.details["id"])
    stored = find_stored(store, hub.ecosystem, suggestion)
    drop_drafts(store.operations(), suggestion, stored.life if stored is not None else _NEW)
    return done


def _check_version(id: str, stored: StoredSuggestion | None, shown: Shown) -> None:
    found = stored.version if stored is not None else 0
    if shown.version is not None and shown.version != found:
        raise Conflict(id, shown.version, found)


def _check_step(hub: Hub, step: _Step) -> bool:
    """Return whether a step sends a request; raise `InvalidInput` with everything that forbids it."""
    findings = check_decision(step.life, step.decision, hub.today)
    asking = not findings and step.life.is_new_ask(step.decision)
    if asking and step.decision.side is not None:
        findings = check_contact(hub, step.end(step.decision.side))
        if step.stored is not None and not findings:
            ends = (step.end(Side.SOURCE), step.end(Side.TARGET))
            findings = check_pair(hub.snapshot(), step.stored.pattern, ends)
    if findings:
        raise InvalidInput(findings)
    return asking


def _plan(reader: GraphReader, hub: Hub, step: _Step, standings: Standings, link: Link | None) -> Batch:
    """Return the edits of a step, refusing where the suggestion isn't as it was when the step was checked."""
    stored = read_stored(reader, hub.ecosystem, step.id)
    before, now = (one.version if one is not None else 0 for one in (step.stored, stored))
    if before != now:
        raise Conflict(step.id, before, now)
    decision = step.decision
    after = make_step(step.life, decision)
    edits = Edits(hub.ecosystem, step.id, decision.on.isoformat())
    properties = step_properties(step.held, step.life, after, decision, step.who)
    if link is not None:
        properties |= write_link(edits, reader, link)
    if decision.to is SuggestionState.ENDED:
        close_link(edits, reader, step.held)
    for partner, status in standings:
        edit_standing(edits, reader, partner.id, status)
    edit_answers(edits, reader, stored, after, decision)
    edit_suggestion(edits, reader, stored, properties)
    if not edits.made:
        valid = "another side, answer, note or owner"
        raise InvalidInput([Finding("this step changes nothing", where="state", value=decision.to.value, valid=valid)])
    return Batch(edits.made, edits.versions)


def _standings(hub: Hub, step: _Step, *, asking: bool) -> Standings:
    """Return whose standing changes: a listed partner that is asked is invited; one that says yes takes part."""
    side, yes = step.decision.side, answers_yes(step.decision) is not None
    if side is None or not (asking or yes):
        return ()
    snapshot, found = hub.snapshot(), []
    for body in find_bodies(snapshot, step.end(side)):
        listed = asking and is_to_be_invited(snapshot, body)
        if yes and (listed or find_invitation(snapshot, body) is not None):
            found.append((snapshot.nodes[body], Participation.PARTICIPATING))
        elif listed:
            found.append((snapshot.nodes[body], Participation.INVITED))
    return found


def _requests(hub: Hub, step: _Step) -> Requests:
    side = step.decision.side
    if side is None:
        return ()
    request = Request(step.id, side, step.decision.on)
    return [(recipient, request) for recipient in find_recipients(hub.snapshot(), step.end(side))]


def _reopened(hub: Hub, job: Job) -> Requests:
    """Return the requests that wait for an answer again when a step is taken back."""
    found: list[tuple[Recipient, Request]] = []
    for made in iter_journal_backward(hub.store.operations(), job.id, job.next_batch):
        for edit in made.edits:
            before, after = edit.before, edit.after
            if not (isinstance(before, Node) and isinstance(after, Node) and before.label is Label.SUGGESTION):
                continue
            for side in sorted(waiting_sides(before) - waiting_sides(after)):
                days = before.get_texts(f"{side.value}_asked_on")
                day = datetime.date.fromisoformat(max(days)) if days else hub.today
                recipients = find_recipients(hub.snapshot(), NodeId(before.get_text(side.value)))
                found += [(recipient, Request(before.id, side, day)) for recipient in recipients]
    return found


@contextmanager
def _holding_places(
    store: GraphStore, requests: Requests, runner: Runner, *, new: bool = True
) -> Iterator[list[HeldPlace]]:
    """Hold a place for every request while the work inside goes on; give them back where it fails."""
    places: list[HeldPlace] = []
    try:
        for recipient, request in requests:
            places.append(reserve(store, recipient, request, runner.clock(), new=new))
        yield places
    except BaseException:
        # A place that can't be given back now frees itself; what went wrong first is what people need to know.
        with contextlib.suppress(StoreError):
            for place in places:
                release(store, place)
        raise


def _confirm(store: GraphStore, places: Sequence[HeldPlace], job: Job, runner: Runner) -> None:
    """Confirm the places of what was written; where one was given away, since writing took long, take it back."""
    held = [confirm(store, place) for place in places]
    if all(held):
        return
    undo_job(store, job.id, runner)
    names = ", ".join(sorted({place.recipient.name for place in places}))
    raise Conflict(job.id, 0, 0, f"Recording the request took too long, and others asked {names} meanwhile. Try again.")


def _details(hub: Hub, step: _Step) -> dict[str, Scalar]:
    decision = step.decision
    return {
        "id": step.id,
        "ecosystem": hub.ecosystem,
        "pattern": str(step.held["pattern"]),
        "source": step.end(Side.SOURCE),
        "target": step.end(Side.TARGET),
        "from": step.life.state.value if step.stored is not None else "",
        "to": make_step(step.life, decision).state.value,
        "side": decision.side.value if decision.side is not None else "",
        "answer": decision.answer.value if decision.answer is not None else "",
        "reason": decision.reason.value if decision.reason is not None else "",
        "on": decision.on.isoformat(),
        "note": decision.note,
        "owner": decision.owner,
    }


def _notes(step: _Step, standings: Standings, link: Link | None) -> tuple[str, ...]:
    words = {
        Participation.INVITED: "is invited with this request: its only message until it says that it takes part.",
        Participation.PARTICIPATING: "takes part from now on, as its invitation said.",
    }
    found = [f"{partner.name} {words[status]}" for partner, status in standings]
    if link is not None and link.missing:
        names = ", ".join(link.missing)
        found.append(f"Not said of the {link.type.value} tie: {names}. Gaps count by it: ask, and import it.")
    if step.decision.to is SuggestionState.ENDED and "tie_source" not in step.held:
        found.append("No tie was written when it became active, so none is closed.")
    return tuple(found)
