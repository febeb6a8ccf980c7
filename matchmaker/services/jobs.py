"""Jobs: work in numbered batches that can be resumed after an interruption, and taken back.

Every batch is one atomic change of the store. Before it is made, the journal says what each element was; after it, that
it was made. So a process may be killed at any moment: the last whole batch stands, and nothing of the next.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from matchmaker.errors import Conflict, InvalidInput, MatchmakerError, StoreError
from matchmaker.exchange.edits import AnyStored, Edit, Element, changes_of, find_elements
from matchmaker.graph.applying import GraphReader
from matchmaker.graph.sqlite.scratch import Scratch
from matchmaker.graph.store import GraphStore, OperationsStore
from matchmaker.model.canonical import Scalar
from matchmaker.model.changes import ElementKey
from matchmaker.model.checking import tie_words
from matchmaker.model.elements import Record, Tie, with_batch
from matchmaker.services.job_records import (
    BATCH_SIZE,
    Job,
    JobState,
    Progress,
    Runner,
    create_job,
    get_job,
    list_jobs,
    no_progress,
    put_job,
)
from matchmaker.services.journal import MadeBatch, iter_journal_backward, write_dropped, write_journal, write_made
from matchmaker.services.leases import Lease, is_held

__all__ = [
    "BATCH_SIZE",
    "Batch",
    "Job",
    "JobState",
    "Progress",
    "Runner",
    "as_it_stands",
    "change_at_once",
    "create_job",
    "get_job",
    "holding",
    "list_jobs",
    "no_progress",
    "put_batch",
    "put_job",
    "recording_failure",
    "undo_job",
]

SHOWN_CHANGES = 5
"""How many later changes a refusal names; the others are counted."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Edits to make at once, and the versions of what is there before."""

    edits: Sequence[Edit]
    versions: Mapping[ElementKey, int]


@contextlib.contextmanager
def holding(store: GraphStore, job_id: str, runner: Runner) -> Iterator[Lease]:
    """Keep every other process from working on the same job meanwhile."""
    lease = Lease(store.operations(), job_id, runner.clock)
    lease.take()
    try:
        yield lease
    finally:
        # Where the store has gone away, the lease ends by itself; what went wrong first is what people need to know.
        with contextlib.suppress(StoreError):
            lease.release()


def as_it_stands(operations: OperationsStore, job: Job, now: int) -> Job:
    """Return a job with what has become of it: one recorded as running at which nobody works was interrupted."""
    if job.state is JobState.RUNNING and not is_held(operations, job.id, now):
        return replace(job, state=JobState.INTERRUPTED)
    return job


@contextlib.contextmanager
def recording_failure(store: GraphStore, job_id: str, runner: Runner) -> Iterator[None]:
    """Record on the job why the work inside stopped, if it did, and let the error go on."""
    try:
        yield
    except BaseException as error:
        problem = error.message if isinstance(error, MatchmakerError) else f"stopped ({type(error).__name__})"
        if isinstance(error, KeyboardInterrupt):
            problem = "stopped by hand"
        with contextlib.suppress(StoreError, Conflict):
            job = get_job(store.operations(), job_id)
            put_job(store.operations(), replace(job, state=JobState.FAILED, problem=problem), runner)
        raise


def put_batch(store: GraphStore, job: Job, batch: Batch, runner: Runner, lease: Lease) -> Job:
    """Make edits as the next batch of a job, and return the job as it is then.

    Raises
    ------
    Conflict
        An element isn't as the edits say it was before. Nothing of this batch is in the store.
    InvalidInput
        The store refuses what the batch says. Nothing of it is in the store.
    """
    lease.renew()
    number = job.next_batch
    job = put_job(store.operations(), replace(job, next_batch=number + 1), runner)
    edits = [_tagged(edit, f"{job.id}/{number}") for edit in batch.edits]
    write_journal(store.operations(), job.id, number, edits)
    try:
        revision = store.apply(changes_of(edits, batch.versions, runner.who))
    except (Conflict, InvalidInput):
        write_dropped(store.operations(), job.id, number)
        raise
    write_made(store.operations(), job.id, number, revision)
    return job


def change_at_once(
    store: GraphStore,
    kind: str,
    details: Mapping[str, Scalar],
    runner: Runner,
    plan: Callable[[GraphReader], Batch],
) -> Job:
    """Make what ``plan`` says of the graph, as a job of one batch that can be taken back; return the job.

    Where ``plan`` refuses there is no job, and nothing is changed.

    Raises
    ------
    Conflict
        What the plan rests on was changed meanwhile.
    InvalidInput
        The store refuses what the batch says.
    """
    batch = store.look_up(plan)
    job = create_job(store.operations(), kind, details, runner)
    with holding(store, job.id, runner) as lease, recording_failure(store, job.id, runner):
        job = put_batch(store, job, batch, runner, lease)
        return put_job(store.operations(), replace(job, state=JobState.DONE), runner)


def _tagged(edit: Edit, tag: str) -> Edit:
    after = edit.after
    if after is None:
        return edit
    return Edit(edit.before, with_batch(after, tag))


def words_for(element: Element) -> str:
    """Name an element for people."""
    if isinstance(element, Tie):
        return tie_words(element)
    if isinstance(element, Record):
        return f"what {element.provenance.source or 'a source'} says about {element.about}"
    return f"{element.label.value} {element.id}"


def undo_job(store: GraphStore, id: str, runner: Runner) -> Job:
    """Take a job back: remove exactly what it put, and put back what it replaced.

    What was done on its account, such as merging what it brought, is taken back first. ``content_hash`` is then what it
    was before the job. A job that failed or was killed can be taken back too, and a taking back that was interrupted is
    finished by calling this again. One that is taken back already stays so.

    Raises
    ------
    NotFound
        There is no such job.
    Conflict
        Later changes are in the way, all named; or somebody is at work on the job. Nothing was changed.
    """
    operations = store.operations()
    with holding(store, get_job(operations, id).id, runner) as lease:
        job = get_job(operations, id)
        if job.state is JobState.CANCELLED:
            return job
        family = [*_children(operations, job), job]
        total = _check_steps_back(store, job, family)
        done = 0
        for relative in family:
            member = put_job(operations, replace(relative, state=JobState.RUNNING, taking_back=True), runner)
            with recording_failure(store, member.id, runner):
                for made in iter_journal_backward(operations, member.id, member.next_batch):
                    lease.renew()
                    done += _take_back(store, member, made, runner)
                    runner.progress(done, total)
                job = put_job(operations, replace(member, state=JobState.CANCELLED, problem=""), runner)
        return job


def _children(operations: OperationsStore, job: Job) -> list[Job]:
    """Return the jobs that were done on a job's account and not taken back, the newest first."""
    found = [child for child in list_jobs(operations) if child.details.get("parent") == job.id]
    return [child for child in reversed(found) if child.state is not JobState.CANCELLED]


def _take_back(store: GraphStore, job: Job, made: MadeBatch, runner: Runner) -> int:
    """Take one batch back; return how many elements that changed."""
    back = store.look_up(lambda reader: _back(reader, job, made))
    if back.edits:
        store.apply(changes_of(back.edits, back.versions, runner.who))
    return len(made.edits)


def _check_steps_back(store: GraphStore, job: Job, family: Sequence[Job]) -> int:
    """Raise `Conflict` where a job can't be taken back; return how many elements it changed."""
    in_the_way: list[str] = []
    total = 0
    with Scratch() as scratch:
        for member in family:
            for made in iter_journal_backward(store.operations(), member.id, member.next_batch):
                total += len(made.edits)
                in_the_way += _check_step_back(store, scratch, member, made, lay=not in_the_way)
    if in_the_way:
        raise _later_changes(job, in_the_way)
    return total


def _check_step_back(store: GraphStore, scratch: Scratch, job: Job, made: MadeBatch, *, lay: bool) -> list[str]:
    """Return what is in the way of taking a batch back; with ``lay``, go on as if it were taken back."""

    def check(reader: GraphReader) -> list[str]:
        scratch.begin()
        back = _back(scratch.over(reader), job, made)
        if back.changed or not back.edits or not lay:
            return list(back.changed)
        try:
            scratch.lay(changes_of(back.edits), reader)
        except InvalidInput as error:
            return [finding.sentence() for finding in error.findings]
        return []

    in_the_way = store.look_up(check)
    scratch.keep()
    return in_the_way


@dataclass(frozen=True, slots=True)
class _Back:
    """A batch's edits reversed, but for those that are back already, and what was changed since."""

    edits: tuple[Edit, ...] = ()
    versions: Mapping[ElementKey, int] = field(default_factory=dict)
    changed: tuple[str, ...] = ()


def _back(reader: GraphReader, job: Job, made: MadeBatch) -> _Back:
    found = find_elements(reader, [edit.element for edit in made.edits])
    if not _was_made(found, made, f"{job.id}/{made.batch}"):
        return _Back()
    back: list[Edit] = []
    versions: dict[ElementKey, int] = {}
    changed: list[str] = []
    for edit in reversed(made.edits):
        stored = found.get(edit.key)
        current = stored.element if stored is not None else None
        if current == edit.before:
            continue
        if current == edit.after:
            back.append(edit.reversed())
            if stored is not None:
                versions[edit.key] = stored.version
        else:
            changed.append(words_for(edit.element))
    return _Back(tuple(back), versions, tuple(changed))


def _was_made(found: Mapping[ElementKey, AnyStored], made: MadeBatch, tag: str) -> bool:
    """Say whether a batch that was written down was made; where nobody wrote that down, its elements bear its tag."""
    if made.revision > 0:
        return True
    put = [edit for edit in made.edits if edit.after is not None]
    current = [found.get(edit.key) for edit in put or made.edits]
    if not put:
        return all(stored is None for stored in current)
    return any(stored is not None and stored.element.provenance.batch == tag for stored in current)


def _later_changes(job: Job, in_the_way: Sequence[str]) -> Conflict:
    shown = "; ".join(in_the_way[:SHOWN_CHANGES])
    more = f"; and {len(in_the_way) - SHOWN_CHANGES} more" if len(in_the_way) > SHOWN_CHANGES else ""
    message = (
        f"{job.id} can't be taken back, and nothing was changed: later changes are in the way. These: {shown}{more}."
    )
    return Conflict(job.id, job.version, job.version, message)
