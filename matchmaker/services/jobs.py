"""Jobs: work in numbered batches that can be resumed after an interruption, and taken back.

Every batch is one atomic change of the store. Before it is made, the journal says what each element was; after it, that
it was made. So a process may be killed at any moment: the last whole batch stands, and nothing of the next.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from matchmaker.errors import Conflict, InvalidInput, MatchmakerError, StoreError
from matchmaker.exchange.edits import Edit, Element, changes_of
from matchmaker.exchange.image import GraphImage
from matchmaker.graph.contents import Stored
from matchmaker.graph.store import GraphStore
from matchmaker.model.changes import ElementKey
from matchmaker.model.checking import tie_words
from matchmaker.model.elements import Node, Record, Tie
from matchmaker.services.conflicts import conflict_in_words
from matchmaker.services.job_records import (
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
from matchmaker.services.journal import MadeBatch, read_journal, write_journal, write_made
from matchmaker.services.leases import Lease

__all__ = [
    "BATCH_SIZE",
    "Job",
    "JobState",
    "Overtaken",
    "Progress",
    "Runner",
    "create_job",
    "get_job",
    "holding",
    "list_jobs",
    "no_progress",
    "put_edits",
    "put_job",
    "recording_failure",
    "undo_job",
]

BATCH_SIZE = 10_000
"""Elements in one batch by default: small enough for a database server with little memory."""

SHOWN_CHANGES = 5
"""How many later changes a refusal names; the others are counted."""


class Overtaken(Exception):
    """The store changed between planning and writing; nothing of this batch is in it.

    Attributes
    ----------
    cause
        What the store said.
    """

    def __init__(self, cause: MatchmakerError) -> None:
        super().__init__(cause.message)
        self.cause = cause


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


@contextlib.contextmanager
def recording_failure(store: GraphStore, job_id: str, runner: Runner) -> Iterator[None]:
    """Record on the job why the work inside stopped, if it did, and let the error go on."""
    try:
        yield
    except BaseException as error:
        problem = error.message if isinstance(error, MatchmakerError) else f"stopped ({type(error).__name__})"
        with contextlib.suppress(StoreError, Conflict):
            job = get_job(store.operations(), job_id)
            put_job(store.operations(), replace(job, state=JobState.FAILED, problem=problem), runner)
        raise


def put_edits(
    store: GraphStore, job: Job, groups: Sequence[Sequence[Edit]], runner: Runner, lease: Lease, batch_size: int
) -> Job:
    """Make edits in batches of a job; a group (what one row became) is never split between two.

    Raises
    ------
    Overtaken
        An element isn't as an edit says it was before. The batches made so far stand.
    """
    done, total = 0, sum(len(group) for group in groups)
    for batch in _batches(groups, batch_size):
        lease.renew()
        number = job.next_batch
        job = put_job(store.operations(), replace(job, next_batch=number + 1), runner)
        edits = [_tagged(edit, f"{job.id}/{number}") for edit in batch]
        _make(store, job.id, number, edits, runner.who)
        done += len(edits)
        runner.progress(done, total)
    return job


def _make(store: GraphStore, job: str, number: int, edits: Sequence[Edit], who: str) -> None:
    try:
        changes = changes_of(edits, _versions(store, edits), who)
        write_journal(store.operations(), job, number, edits)
        revision = store.apply(changes)
    except (Conflict, InvalidInput) as error:
        raise Overtaken(error) from error
    write_made(store.operations(), job, number, revision)


def _batches(groups: Sequence[Sequence[Edit]], size: int) -> Iterator[list[Edit]]:
    batch: list[Edit] = []
    for group in groups:
        if batch and len(batch) + len(group) > size:
            yield batch
            batch = []
        batch.extend(group)
    if batch:
        yield batch


def _tagged(edit: Edit, batch: str) -> Edit:
    after = edit.after
    return edit if after is None else Edit(edit.before, _with_batch(after, batch))


def _with_batch(element: Element, batch: str) -> Element:
    provenance = replace(element.provenance, batch=batch)
    return replace(element, provenance=provenance)


def _versions(store: GraphStore, edits: Sequence[Edit]) -> dict[ElementKey, int]:
    """Return the versions of what is there before the edits; raise `Conflict` where it is something else by now."""
    versions: dict[ElementKey, int] = {}
    for edit in edits:
        if edit.before is not None:
            stored = _find(store, edit.before)
            if stored is None or stored.element != edit.before:
                raise Conflict(words_for(edit.before), 0, stored.version if stored is not None else 0)
            versions[edit.key] = stored.version
    return versions


def _find(store: GraphStore, element: Element) -> Stored[Node] | Stored[Record] | Stored[Tie] | None:
    if isinstance(element, Tie):
        return store.find_tie(element.key)
    return store.find_record(element.id) if isinstance(element, Record) else store.find_node(element.id)


def words_for(element: Element) -> str:
    """Name an element for people."""
    if isinstance(element, Tie):
        return tie_words(element)
    if isinstance(element, Record):
        return f"what {element.provenance.source or 'a source'} says about {element.about}"
    return f"{element.label.value} {element.id}"


def undo_job(store: GraphStore, id: str, runner: Runner) -> Job:
    """Take a job back: remove exactly what it put, and put back what it replaced.

    ``content_hash`` is then what it was before the job. A job that failed or was killed can be taken back too, and a
    taking back that was interrupted is finished by calling this again. One that is taken back already stays so.

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
        steps = _steps_back(store, job)
        job = put_job(operations, replace(job, state=JobState.RUNNING, taking_back=True), runner)
        with recording_failure(store, job.id, runner):
            done, total = 0, sum(len(edits) for edits in steps)
            for edits in steps:
                lease.renew()
                store.apply(changes_of(edits, _versions(store, edits), runner.who))
                done += len(edits)
                runner.progress(done, total)
            return put_job(operations, replace(job, state=JobState.CANCELLED, problem=""), runner)


def _steps_back(store: GraphStore, job: Job) -> list[list[Edit]]:
    """Return the edits that take a job back, the newest batch's first; raise `Conflict` where that can't be done."""
    image = GraphImage(store.contents(None))
    steps: list[list[Edit]] = []
    in_the_way: list[str] = []
    for made in reversed(read_journal(store.operations(), job.id)):
        back, changed = _back(image, made) if _was_made(image, made, f"{job.id}/{made.batch}") else ([], [])
        in_the_way += changed
        if back and not in_the_way:
            try:
                image.apply(changes_of(back))
            except InvalidInput as error:
                in_the_way += [finding.sentence() for finding in error.findings]
        steps.append(back)
    if in_the_way:
        raise _later_changes(job, in_the_way)
    return [edits for edits in steps if edits]


def _was_made(image: GraphImage, made: MadeBatch, tag: str) -> bool:
    """Say whether a batch that was written down was made; where nobody wrote that down, its elements bear its tag."""
    if made.revision > 0:
        return True
    put = [edit for edit in made.edits if edit.after is not None]
    found = [image.find(edit.element) for edit in put or made.edits]
    if not put:
        return all(current is None for current in found)
    return any(current is not None and current.provenance.batch == tag for current in found)


def _back(image: GraphImage, made: MadeBatch) -> tuple[list[Edit], list[str]]:
    """Return a batch's edits reversed, but for those that are back already, and what was changed since."""
    back: list[Edit] = []
    changed: list[str] = []
    for edit in reversed(made.edits):
        current = image.find(edit.element)
        if current == edit.before:
            continue
        if current == edit.after:
            back.append(edit.reversed())
        else:
            changed.append(words_for(edit.element))
    return back, changed


def _later_changes(job: Job, in_the_way: Sequence[str]) -> Conflict:
    shown = "; ".join(in_the_way[:SHOWN_CHANGES])
    more = f"; and {len(in_the_way) - SHOWN_CHANGES} more" if len(in_the_way) > SHOWN_CHANGES else ""
    message = (
        f"{job.id} can't be taken back, and nothing was changed: later changes are in the way. These: {shown}{more}."
    )
    return conflict_in_words(job.id, job.version, job.version, message)
