"""Loading a file: recognised, read some rows at a time, judged, and written in batches that can be taken back.

A plan goes through the same steps and writes nothing; its id says what it rests on, so that what was looked at is what
is done.
"""

import contextlib
import functools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from matchmaker.errors import Conflict, Finding, InvalidInput, NotFound, Unsupported
from matchmaker.exchange.admission import Judged
from matchmaker.exchange.mapping import mapping_from_json, mapping_to_json
from matchmaker.exchange.plan import FieldChange, PlanReader, field_changes, subjects_of
from matchmaker.exchange.readers.rows import SoundRow
from matchmaker.exchange.reading import ReadOptions, Region
from matchmaker.graph.applying import GraphReader
from matchmaker.graph.sqlite.scratch import Scratch
from matchmaker.graph.store import GraphStore, Result
from matchmaker.model.canonical import Scalar
from matchmaker.model.changes import MAXIMUM_ELEMENTS, ElementKey
from matchmaker.model.elements import Node
from matchmaker.model.ids import EcosystemId, NodeId, digest_of
from matchmaker.services.duplicates import Settled, find_duplicates, foresee, profiles_of, settle
from matchmaker.services.jobs import (
    Batch,
    Job,
    JobState,
    Runner,
    create_job,
    get_job,
    holding,
    put_batch,
    put_job,
    recording_failure,
)
from matchmaker.services.leases import Lease
from matchmaker.services.loading import ImportOptions, ImportOutcome, Load

KIND = "import"
ATTEMPTS = 4
"""How often a batch is judged anew because others wrote in between."""


class _LookUp(Protocol):
    """`GraphStore.look_up`, of a store or of one that is still to be made."""

    def __call__(self, work: Callable[[GraphReader], Result]) -> Result: ...


def plan_import(store: GraphStore | None, path: Path, options: ImportOptions, runner: Runner) -> ImportOutcome:
    """Say what loading a file would do, and write nothing; without a store, what loading it into a new one would do.

    Raises
    ------
    InvalidInput
        There is nothing to read.
    NotFound
        The ecosystem to load into is neither in the store nor in the file.
    """
    load = Load(path, options, store)
    digest = 0
    with contextlib.ExitStack() as stack:
        scratch = stack.enter_context(Scratch())
        look_up = _looking(store, stack)
        for rows in load.chunks(runner.progress):
            load.check_ecosystem(rows)
            step = look_up(functools.partial(_plan_step, load, scratch, rows))
            scratch.keep()
            load.count(step.judged)
            load.note_changes(step.changes)
            digest += step.digest
        new = look_up(lambda reader: profiles_of(scratch.over(reader), load.to_compare, load.owner))
    settled = foresee(find_duplicates(store, load.owner, new) if new else [], load.owner)
    pairs = [f"{pair.key} {pair.verdict}" for pair in (*settled.merged, *settled.to_review)]
    how = {name: value for name, value in _details(load).items() if name != "path"}
    rests_on = (json.dumps(how, sort_keys=True), f"{digest % 2**256:064x}", *pairs)
    return load.outcome(settled, plan_id=f"plan:{digest_of(*rests_on)[:32]}")


@dataclass(frozen=True, slots=True)
class _Step:
    """Some rows of a plan, what they change, and a digest of what that rests on."""

    judged: Judged
    changes: list[FieldChange]
    digest: int


def _looking(store: GraphStore | None, stack: contextlib.ExitStack) -> _LookUp:
    if store is not None:
        return store.look_up
    new = stack.enter_context(Scratch()).as_new_store()

    def look_up(work: Callable[[GraphReader], Result]) -> Result:
        return work(new)

    return look_up


def _plan_step(load: Load, scratch: Scratch, rows: Sequence[SoundRow], reader: GraphReader) -> _Step:
    watched = PlanReader(reader)
    scratch.begin()
    seen = scratch.over(watched)
    about = {part.record.about for row in rows for part in row.parts if part.record is not None}
    before = _nodes(seen, about)
    judged = load.admission.judge(rows, watched, scratch)
    after = _nodes(seen, subjects_of(judged.admitted) & before.keys())
    return _Step(judged, field_changes(judged, before, after), watched.digest)


def _nodes(reader: GraphReader, ids: set[NodeId]) -> Mapping[NodeId, Node]:
    return {id: stored.element for id, stored in reader.nodes(ids).items()}


def import_file(store: GraphStore, path: Path, options: ImportOptions, runner: Runner) -> ImportOutcome:
    """Load a file or folder of any known format.

    Loading the same again changes nothing. A row with any fault is refused whole and the others are loaded, unless
    ``strict``.

    Raises
    ------
    InvalidInput
        There is nothing to read.
    NotFound
        The ecosystem to load into is neither in the store nor in the file.
    Conflict
        The plan has become another one, or others kept writing the same elements; a begun job can be resumed.
    """
    _check_batch_size(options.batch_size)
    if options.strict or options.plan:
        plan = plan_import(store, path, replace(options, plan=""), runner)
        if options.plan and options.plan != plan.plan_id:
            raise _plan_changed(path, options.plan, plan.plan_id)
        if options.strict and not plan.all_loaded:
            return replace(plan, loaded=0, added=0, changed=0, changes=(), plan_id="")
    return _Writing(store, Load(path, options, store), runner).run()


def resume_import(store: GraphStore, job_id: str, runner: Runner) -> ImportOutcome:
    """Go on with an import that was interrupted or failed; the store is then as if it never had been.

    Raises
    ------
    NotFound
        There is no such job, or its file is gone.
    Conflict
        Somebody is at work on it, or its file has changed since: take it back and load it anew.
    Unsupported
        It is no import, it is done, or it was taken back.
    """
    job = get_job(store.operations(), job_id)
    with holding(store, job.id, runner) as lease:
        job = get_job(store.operations(), job.id)
        _check_resumable(job)
        path, options = Path(str(job.details["path"])), _options(job.details)
        if not path.exists():
            raise NotFound("file or folder", str(path))
        load = Load(path, options, store)
        if load.reading.digest != job.details["digest"]:
            raise _file_changed(job, path)
        if options.strict:
            plan = plan_import(store, path, options, runner)
            if not plan.all_loaded:
                raise InvalidInput(plan.findings)
        job = put_job(store.operations(), replace(job, state=JobState.RUNNING, problem=""), runner)
        return _Writing(store, load, runner, job, lease).run()


@dataclass(slots=True)
class _Writing:
    """A load being written; its job begins with the first batch that changes anything."""

    store: GraphStore
    load: Load
    runner: Runner
    job: Job | None = None
    lease: Lease | None = None
    _held: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def run(self) -> ImportOutcome:
        with self._held:
            if self.job is not None:
                self._held.enter_context(recording_failure(self.store, self.job.id, self.runner))
            for rows in self.load.chunks(self.runner.progress):
                self._put(rows)
            if self.job is None:
                return self.load.outcome(Settled())
            outcome = self.load.outcome(self._settle(self.job), job_id=self.job.id)
            counted = {name: getattr(outcome, name) for name in ("read", "loaded", "added", "changed", "refused")}
            done = replace(self.job, state=JobState.DONE, problem="", details={**self.job.details, **counted})
            put_job(self.store.operations(), done, self.runner)
            return outcome

    def _settle(self, job: Job) -> Settled:
        """Compare the partners that came new with the others; merge those that are certain, on this load's account."""
        if not self.load.to_compare:
            return Settled()
        new = self.store.look_up(lambda reader: profiles_of(reader, self.load.to_compare, self.load.owner))
        found = find_duplicates(self.store, self.load.owner, new)
        return settle(self.store, found, self.load.owner, self.runner, job.id)

    def _put(self, rows: Sequence[SoundRow]) -> None:
        """Write rows as one batch; where others write the same meanwhile, look again a few times."""
        self.load.check_ecosystem(rows)
        wary = False
        for attempt in range(1, ATTEMPTS + 1):
            judged = self.store.look_up(lambda reader: self._judge(rows, reader, wary=wary))  # noqa: B023 - called at once
            try:
                self._write(judged)
            except (Conflict, InvalidInput) as overtaken:
                if attempt == ATTEMPTS:
                    raise
                wary = wary or isinstance(overtaken, InvalidInput)
            else:
                self.load.count(judged)
                return

    def _judge(self, rows: Sequence[SoundRow], reader: GraphReader, *, wary: bool) -> Judged:
        admission = self.load.admission
        if not wary:
            proposed = admission.propose(rows, reader)
            if not proposed.refusals:
                return proposed
        with Scratch() as scratch:
            scratch.begin()
            return admission.judge(rows, reader, scratch)

    def _write(self, judged: Judged) -> None:
        edits = [edit for row in judged.admitted for edit in row.edits]
        if not edits:
            return
        versions: dict[ElementKey, int] = {}
        for row in judged.admitted:
            versions |= row.versions
        job, lease = self._begun()
        try:
            self.job = put_batch(self.store, job, Batch(edits, versions), self.runner, lease)
        except (Conflict, InvalidInput):
            self.job = get_job(self.store.operations(), job.id)
            raise

    def _begun(self) -> tuple[Job, Lease]:
        if self.job is None or self.lease is None:
            self.job = create_job(self.store.operations(), KIND, _details(self.load), self.runner)
            self.lease = self._held.enter_context(holding(self.store, self.job.id, self.runner))
            self._held.enter_context(recording_failure(self.store, self.job.id, self.runner))
        return self.job, self.lease


def _details(load: Load) -> dict[str, Scalar]:
    options, read = load.options, load.options.read
    region = read.region or Region()
    return {
        "path": str(load.path.resolve()),
        "digest": load.reading.digest,
        "format": load.format.term,
        "into": options.into or "",
        "strict": options.strict,
        "batch_size": options.batch_size,
        "how": json.dumps(
            {
                "keep": sorted(read.keep),
                "sheet": read.sheet,
                "mapping": mapping_to_json(read.mapping) if read.mapping is not None else "",
                "centre": region.centre,
                "within_km": region.within_km,
                "states": sorted(region.states),
            },
            sort_keys=True,
        ),
    }


def _options(details: Mapping[str, Scalar]) -> ImportOptions:
    into, read = str(details.get("into", "")), json.loads(str(details["how"]))
    centre = tuple(read["centre"]) if read["centre"] is not None else None
    region = Region(centre, read["within_km"], frozenset(read["states"]))
    mapping = mapping_from_json(read["mapping"]) if read["mapping"] else None
    return ImportOptions(
        EcosystemId(into) if into else None,
        str(details["format"]),
        ReadOptions(frozenset(read["keep"]), region if region != Region() else None, read["sheet"], mapping),
        strict=bool(details["strict"]),
        batch_size=int(details["batch_size"]),
    )


def _check_batch_size(size: int) -> None:
    if not 1 <= size <= MAXIMUM_ELEMENTS:
        raise InvalidInput([Finding("is out of range", "batch_size", str(size), f"1 to {MAXIMUM_ELEMENTS}")])


def _check_resumable(job: Job) -> None:
    if job.kind != KIND:
        raise Unsupported(f"{job.id} is no import, so it can't be resumed as one.")
    if job.taking_back:
        raise Unsupported(f"{job.id} is being taken back, or was; finish that, then load its file anew.")
    if job.state is JobState.DONE:
        raise Unsupported(f"{job.id} is done; there is nothing to resume.")


def _file_changed(job: Job, path: Path) -> Conflict:
    message = (
        f"What is at {path} has changed since {job.id} began, so it can't go on where it stopped. "
        f"Load it as it is now, or take {job.id} back first."
    )
    return Conflict(str(path), 1, 2, message)


def _plan_changed(path: Path, expected: str, found: str) -> Conflict:
    message = (
        f"{path}, or what it touches in the store, has changed since the plan {expected} was made; it would be {found} "
        "now. Look at it again before loading. Nothing was written."
    )
    return Conflict(str(path), 1, 2, message)
