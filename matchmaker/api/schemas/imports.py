"""What became of a file, or would; and partners that may be one."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, Field

from matchmaker.errors import Finding
from matchmaker.exchange.resolution.matching import Verdict
from matchmaker.model.canonical import Value
from matchmaker.model.ids import NodeId
from matchmaker.services.duplicates import ReviewPair
from matchmaker.services.job_records import Job
from matchmaker.services.loading import ImportOutcome


class FindingOut(BaseModel):
    """One problem of one value, or something that was mended or left out."""

    file: str
    line: int
    where: str = Field(description="The column or field.")
    message: str
    value: str
    valid: str = Field(description="What would be valid.")


class FieldChangeOut(BaseModel):
    """One field of something that is there already, before and after; null is absent."""

    id: str
    name: str
    field: str
    before: Value | None
    after: Value | None


class PairOut(BaseModel):
    """A pair of partners that may be one."""

    first: str
    first_name: str
    second: str
    second_name: str
    verdict: Verdict
    probability: float = Field(description="The chance that they are one.")
    reasons: list[str]
    whole: str = Field(description="Where one may be part of the other: the whole's id, where it can be told.")
    owner: str
    job: str


class ImportOut(BaseModel):
    """What became of a file, or (``written`` false, with a ``plan``) would."""

    name: str
    format: str
    read: int = Field(description="Rows of the file.")
    outside: int = Field(description="Rows left out without harm, such as those outside the region asked for.")
    loaded: int
    added: int
    changed: int
    unchanged: int
    refused: int
    written: bool
    job: str | None = Field(description="The job that can take it back.")
    plan: str = Field(description="Of a plan: its id, to be sent back with the same file.")
    findings: list[FindingOut]
    notices: list[FindingOut]
    changes: list[FieldChangeOut]
    unlisted: int = Field(description="How many findings, notices and changes aren't listed one by one.")
    merged: list[PairOut]
    to_review: list[PairOut]
    uncompared: int = Field(description="New partners that were too many to be compared with the others at once.")


class JobOut(BaseModel):
    """A job as it is recorded."""

    id: str
    kind: str
    about: str = Field(description="What it was done to: a file's name, or ids.")
    who: str
    state: str
    batches: int
    started_at: int
    changed_at: int
    problem: str


class JobsOut(BaseModel):
    """Jobs, the newest last."""

    jobs: list[JobOut]


def job_out(job: Job) -> JobOut:
    """Return a job for an answer."""
    return JobOut(
        id=job.id,
        kind=job.kind,
        about=_about(job),
        who=job.who,
        state=job.state.value,
        batches=job.next_batch,
        started_at=job.started_at,
        changed_at=job.changed_at,
        problem=job.problem,
    )


def _about(job: Job) -> str:
    """Return the file of a load, or the ids of a merge, a part or an ecosystem."""
    if path := job.details.get("path"):
        return Path(str(path)).name
    return " → ".join(str(job.details[name]) for name in ("gone", "kept", "part", "whole", "id") if name in job.details)


def finding_out(finding: Finding) -> FindingOut:
    """Return a finding for an answer."""
    return FindingOut(
        file=finding.file,
        line=finding.line,
        where=finding.where,
        message=finding.message,
        value=finding.value,
        valid=finding.valid,
    )


def pairs_out(pairs: Sequence[ReviewPair], names: Mapping[NodeId, str]) -> list[PairOut]:
    """Return pairs with the names of the partners."""
    return [
        PairOut(
            first=pair.first,
            first_name=names.get(pair.first, ""),
            second=pair.second,
            second_name=names.get(pair.second, ""),
            verdict=pair.verdict,
            probability=pair.probability,
            reasons=list(pair.reasons),
            whole=pair.whole,
            owner=pair.owner,
            job=pair.job,
        )
        for pair in pairs
    ]


def import_out(outcome: ImportOutcome, names: Mapping[NodeId, str]) -> ImportOut:
    """Return what became of a file, with the names of the partners in its pairs."""
    changes = [
        FieldChangeOut(id=change.id, name=change.name, field=change.field, before=change.before, after=change.after)
        for change in outcome.changes
    ]
    return ImportOut(
        name=outcome.name,
        format=outcome.format,
        read=outcome.read,
        outside=outcome.outside,
        loaded=outcome.loaded,
        added=outcome.added,
        changed=outcome.changed,
        unchanged=outcome.unchanged,
        refused=outcome.refused,
        written=outcome.written,
        job=outcome.job_id,
        plan=outcome.plan_id,
        findings=[finding_out(finding) for finding in outcome.findings],
        notices=[finding_out(finding) for finding in outcome.notices],
        changes=changes,
        unlisted=outcome.unlisted,
        merged=pairs_out(outcome.merged, names),
        to_review=pairs_out(outcome.to_review, names),
        uncompared=outcome.uncompared,
    )
