"""What is recorded of a job: beside the graph, among the operations."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from matchmaker.errors import Conflict, NotFound, StoreCorrupt
from matchmaker.graph.store import Entry, Fields, OperationsStore
from matchmaker.model.canonical import Scalar
from matchmaker.services.leases import Clock

BATCH_SIZE = 10_000
"""Elements in one batch by default: small enough for a database server with little memory."""

COLLECTION = "jobs"
DETAIL = "detail_"
"""What the names of a job's details begin with, among the fields of its entry."""

Progress = Callable[[int, int], None]
"""Told how far a work has come: elements done, elements in all."""


def no_progress(done: int, total: int) -> None:
    """Tell nobody."""


class JobState(StrEnum):
    """Where a job stands."""

    RUNNING = "running"
    """At work."""
    INTERRUPTED = "interrupted"
    """Killed at work; it can be resumed or taken back. Never recorded: it is what `running` turns out to be."""
    DONE = "done"
    FAILED = "failed"
    """It stopped and said why; it can be resumed."""
    CANCELLED = "cancelled"
    """Taken back: nothing of it is left."""


@dataclass(frozen=True, slots=True)
class Runner:
    """Who runs a job, by which clock, and who is told how far it has come."""

    who: str
    clock: Clock
    progress: Progress = no_progress


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it is recorded.

    Attributes
    ----------
    id
        Such as ``job-3``.
    kind
        Such as ``import``.
    who
        Who started it.
    state
        Where it stands.
    next_batch
        How many batches were begun; also the number of the next one.
    started_at, changed_at
        In whole seconds since 1970.
    problem
        Why it failed.
    taking_back
        Whether it is being taken back, or was.
    details
        What its kind needs to go on, and what it has counted.
    version
        That of its entry.
    """

    id: str
    kind: str
    who: str
    state: JobState
    next_batch: int
    started_at: int
    changed_at: int
    problem: str = ""
    taking_back: bool = False
    details: Mapping[str, Scalar] = field(default_factory=dict)
    version: int = 1

    @property
    def number(self) -> int:
        """The number in its id."""
        return int(self.id.removeprefix("job-"))


def create_job(operations: OperationsStore, kind: str, details: Mapping[str, Scalar], runner: Runner) -> Job:
    """Record a new job under the next free number."""
    now = runner.clock()
    number = _next_number(operations)
    job = Job(f"job-{number}", kind, runner.who, JobState.RUNNING, 0, now, now, details=details)
    while not operations.put_new(COLLECTION, job.id, _fields(job)):
        number += 1
        job = replace(job, id=f"job-{number}")
    return job


def _next_number(operations: OperationsStore) -> int:
    """Return the number after the last job's, by few look-ups: numbers have no gaps, since no job is ever removed."""
    above = 1
    while operations.find(COLLECTION, f"job-{above}") is not None:
        above *= 2
    below = above // 2
    while above - below > 1:
        middle = (below + above) // 2
        if operations.find(COLLECTION, f"job-{middle}") is not None:
            below = middle
        else:
            above = middle
    return above


def get_job(operations: OperationsStore, id: str) -> Job:
    """Return a job; its number alone will do for its id.

    Raises
    ------
    NotFound
        There is no such job.
    """
    text = id.strip().lower()
    known_as = f"job-{text}" if text.isdecimal() else text
    entry = operations.find(COLLECTION, known_as)
    if entry is None:
        raise NotFound("job", id, [job.id for job in list_jobs(operations)[-5:]])
    return _job(entry)


def list_jobs(operations: OperationsStore) -> list[Job]:
    """Return all jobs, oldest first."""
    return sorted((_job(entry) for entry in operations.iter_entries(COLLECTION)), key=lambda job: job.number)


def put_job(operations: OperationsStore, job: Job, runner: Runner) -> Job:
    """Record what has changed of a job, and return it as it is now.

    Raises
    ------
    Conflict
        Somebody else changed it meanwhile.
    """
    changed = replace(job, changed_at=runner.clock(), version=job.version + 1)
    if not operations.compare_and_set(COLLECTION, job.id, job.version, _fields(changed)):
        found = operations.find(COLLECTION, job.id)
        raise Conflict(job.id, job.version, found.version if found is not None else 0)
    return changed


def _fields(job: Job) -> Fields:
    fields: dict[str, Scalar] = {
        "kind": job.kind,
        "who": job.who,
        "state": job.state.value,
        "next_batch": job.next_batch,
        "started_at": job.started_at,
        "changed_at": job.changed_at,
        "problem": job.problem[:2000],
        "taking_back": job.taking_back,
    }
    return fields | {f"{DETAIL}{name}": value for name, value in job.details.items()}


def _job(entry: Entry) -> Job:
    fields = entry.fields
    try:
        return Job(
            entry.key,
            str(fields["kind"]),
            str(fields.get("who", "")),
            JobState(str(fields["state"])),
            int(fields["next_batch"]),
            int(fields["started_at"]),
            int(fields["changed_at"]),
            str(fields.get("problem", "")),
            bool(fields["taking_back"]),
            {name.removeprefix(DETAIL): value for name, value in fields.items() if name.startswith(DETAIL)},
            entry.version,
        )
    except (KeyError, ValueError) as error:
        raise StoreCorrupt(f"What is recorded of {entry.key} can't be read ({error}).") from error
