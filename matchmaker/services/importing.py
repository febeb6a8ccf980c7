"""Loading a bundle: read, judged against the store, and written in batches that can be resumed or taken back."""

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from matchmaker.errors import Conflict, Finding, InvalidInput, NotFound, Unsupported
from matchmaker.exchange.admission import Admission, admit
from matchmaker.exchange.image import GraphImage
from matchmaker.exchange.readers.bundle import BundleReading, bundle_digest, read_bundle
from matchmaker.graph.store import GraphStore
from matchmaker.model.canonical import Scalar
from matchmaker.model.changes import MAXIMUM_ELEMENTS
from matchmaker.model.ids import PUBLIC, EcosystemId, NodeId, Owner
from matchmaker.model.vocabulary import Label
from matchmaker.services.conflicts import conflict_in_words
from matchmaker.services.jobs import (
    BATCH_SIZE,
    Job,
    JobState,
    Overtaken,
    Runner,
    create_job,
    get_job,
    holding,
    put_edits,
    put_job,
    recording_failure,
)
from matchmaker.services.leases import Lease

KIND = "import"
ATTEMPTS = 4
"""How often a load is planned anew because others wrote in between."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a bundle is loaded.

    Attributes
    ----------
    into
        The ecosystem whose own it becomes; None: it is public.
    keep
        Unknown columns to keep.
    strict
        Load all or nothing: one refused row and nothing is written.
    dry_run
        Only say what would be done.
    batch_size
        Elements in one batch, at most 50,000. A row is never split, so a batch may fall a little short of it.
    """

    into: EcosystemId | None = None
    keep: frozenset[str] = field(default_factory=frozenset)
    strict: bool = False
    dry_run: bool = False
    batch_size: int = BATCH_SIZE

    @property
    def owner(self) -> Owner:
        """Whose statements the bundle's become."""
        return Owner(self.into) if self.into is not None else PUBLIC


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What became of a bundle.

    Attributes
    ----------
    bundle
        Its name.
    read
        Rows in its files.
    loaded
        Rows that are in the store now (with ``dry_run``: would be), whether they changed something or not.
    changed
        Those of them that changed something.
    refused
        Rows with a fault.
    findings
        Every fault, by file and line.
    notices
        What was left out without harm: unknown files and columns.
    written
        Whether anything was written.
    job_id
        The job that can take it back; None where nothing changed.
    """

    bundle: str
    read: int
    loaded: int
    changed: int
    refused: int
    findings: tuple[Finding, ...]
    notices: tuple[Finding, ...]
    written: bool
    job_id: str | None = None

    @property
    def unchanged(self) -> int:
        """Rows that were in the store already."""
        return self.loaded - self.changed

    @property
    def all_loaded(self) -> bool:
        """Whether nothing at all was refused."""
        return not self.findings


@dataclass(frozen=True, slots=True)
class _Plan:
    reading: BundleReading
    admission: Admission
    findings: tuple[Finding, ...]

    @property
    def size(self) -> int:
        return sum(len(group) for group in self.admission.edits)


def import_bundle(store: GraphStore, path: Path, options: ImportOptions, runner: Runner) -> ImportOutcome:
    """Load a folder of CSV files, or one of them, as ``docs/bundle.md`` describes.

    Loading the same again changes nothing. A row with any fault is refused whole and the others are loaded, unless
    ``strict``.

    Raises
    ------
    InvalidInput
        There is nothing to read.
    NotFound
        The ecosystem to load into is neither in the store nor in the bundle.
    Conflict
        Others kept writing the same elements meanwhile; the job can be resumed.
    """
    _check_batch_size(options.batch_size)
    plan = _plan(store, path, options)
    if options.dry_run or not plan.size or (options.strict and plan.findings):
        return _outcome(plan, options, None)
    job = create_job(store.operations(), KIND, _details(path, plan, options), runner)
    with holding(store, job.id, runner) as lease:
        return _load(store, job, plan, options, (runner, lease))


def preview_import(store: GraphStore | None, path: Path, options: ImportOptions) -> ImportOutcome:
    """Say what loading would do; without a store, what loading into a new one would do."""
    return _outcome(_plan(store, path, options), replace(options, dry_run=True), None)


def resume_import(store: GraphStore, job_id: str, runner: Runner) -> ImportOutcome:
    """Go on with an import that was interrupted or failed; the store is then as if it never had been.

    Raises
    ------
    NotFound
        There is no such job, or its files are gone.
    Conflict
        Somebody is at work on it, or its files have changed since: take it back and load them anew.
    Unsupported
        It is no import, it is done, or it was taken back.
    """
    operations = store.operations()
    with holding(store, get_job(operations, job_id).id, runner) as lease:
        job = get_job(operations, job_id)
        _check_resumable(job)
        path, options = Path(str(job.details["path"])), _options(job.details)
        if not path.exists():
            raise NotFound("file or folder", str(path))
        if bundle_digest(path) != job.details["digest"]:
            raise _files_changed(job, path)
        plan = _plan(store, path, options)
        if options.strict and plan.findings:
            raise InvalidInput(plan.findings)
        job = put_job(operations, replace(job, state=JobState.RUNNING, problem=""), runner)
        return _load(store, job, plan, options, (runner, lease))


def _load(
    store: GraphStore, job: Job, plan: _Plan, options: ImportOptions, work: tuple[Runner, Lease]
) -> ImportOutcome:
    runner, lease = work
    path = Path(str(job.details["path"]))
    with recording_failure(store, job.id, runner):
        for attempt in range(1, ATTEMPTS + 1):
            try:
                put_edits(
                    store, get_job(store.operations(), job.id), plan.admission.edits, runner, lease, options.batch_size
                )
                break
            except Overtaken as overtaken:
                if attempt == ATTEMPTS:
                    raise overtaken.cause from overtaken
                plan = _plan(store, path, options)
                if options.strict and plan.findings:
                    raise InvalidInput(plan.findings) from overtaken
        job = get_job(store.operations(), job.id)
        put_job(store.operations(), replace(job, state=JobState.DONE, problem=""), runner)
    return _outcome(plan, options, job.id)


def _plan(store: GraphStore | None, path: Path, options: ImportOptions) -> _Plan:
    reading = read_bundle(path, options.owner, options.keep)
    image = GraphImage(store.contents(None)) if store is not None else GraphImage.empty()
    admission = admit(reading, image, options.owner)
    if options.into is not None:
        _check_ecosystem(options.into, image, admission)
    refused = [finding for refusal in admission.refusals for finding in refusal.findings]
    findings = sorted([*reading.findings, *refused], key=lambda finding: (finding.file, finding.line))
    return _Plan(reading, admission, tuple(findings))


def _check_ecosystem(id: EcosystemId, image: GraphImage, admission: Admission) -> None:
    node = image.find_node(NodeId(id))
    if node is not None and node.label is Label.ECOSYSTEM:
        return
    own_row = [finding for refusal in admission.refusals if refusal.id == id for finding in refusal.findings]
    if own_row:
        raise InvalidInput(own_row)
    known = [node.id for node in image.iter_labelled(Label.ECOSYSTEM)]
    raise NotFound("ecosystem", id, difflib.get_close_matches(id, known, n=5, cutoff=0.5))


def _outcome(plan: _Plan, options: ImportOptions, job_id: str | None) -> ImportOutcome:
    nothing = options.strict and bool(plan.findings)
    admission = plan.admission
    return ImportOutcome(
        plan.reading.name,
        plan.reading.read,
        0 if nothing else admission.loaded,
        0 if nothing else admission.changed,
        len(admission.refusals),
        plan.findings,
        plan.reading.notices,
        written=job_id is not None,
        job_id=job_id,
    )


def _details(path: Path, plan: _Plan, options: ImportOptions) -> dict[str, Scalar]:
    return {
        "path": str(path.resolve()),
        "digest": plan.reading.digest,
        "into": options.into or "",
        "keep": json.dumps(sorted(options.keep)),
        "strict": options.strict,
        "batch_size": options.batch_size,
        "read": plan.reading.read,
        "loaded": plan.admission.loaded,
        "changed": plan.admission.changed,
        "refused": len(plan.admission.refusals),
    }


def _options(details: Mapping[str, Scalar]) -> ImportOptions:
    into = str(details.get("into", ""))
    return ImportOptions(
        EcosystemId(into) if into else None,
        frozenset(json.loads(str(details["keep"]))),
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
        raise Unsupported(f"{job.id} is being taken back, or was; finish that, then load its files anew.")
    if job.state is JobState.DONE:
        raise Unsupported(f"{job.id} is done; there is nothing to resume.")


def _files_changed(job: Job, path: Path) -> Conflict:
    message = (
        f"The files at {path} have changed since {job.id} began, so it can't go on where it stopped. "
        f"Load them as they are now, or take {job.id} back first."
    )
    return conflict_in_words(str(path), 1, 2, message)
