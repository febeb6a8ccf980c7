"""``matchmaker import``: load a CSV bundle."""

import time
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel

from matchmaker.bootstrap import store_exists
from matchmaker.cli.exit_codes import SOME_REFUSED
from matchmaker.cli.opening import opened
from matchmaker.cli.options import AsOption, JsonOption, StoreOption, parse_who
from matchmaker.cli.output import print_json, progress, say, tell, tell_findings
from matchmaker.errors import Finding, InvalidInput
from matchmaker.model.ids import EcosystemId, parse_id
from matchmaker.services.importing import (
    ImportOptions,
    ImportOutcome,
    import_bundle,
    preview_import,
    resume_import,
)
from matchmaker.services.job_records import Runner


class FindingOut(BaseModel):
    """One problem of one value."""

    file: str
    line: int
    where: str
    message: str
    value: str
    valid: str


class ImportOut(BaseModel):
    """What became of a bundle."""

    bundle: str
    read: int
    loaded: int
    changed: int
    refused: int
    written: bool
    job: str | None
    findings: list[FindingOut]
    notices: list[FindingOut]


def _finding_out(finding: Finding) -> FindingOut:
    return FindingOut(
        file=finding.file,
        line=finding.line,
        where=finding.where,
        message=finding.message,
        value=finding.value,
        valid=finding.valid,
    )


def import_(
    path: Annotated[
        Path | None, typer.Argument(help="A folder of CSV files, or one of them.", show_default=False)
    ] = None,
    into: Annotated[str | None, typer.Option("--into", help="The ecosystem whose own it becomes; else public.")] = None,
    keep: Annotated[list[str] | None, typer.Option("--keep", help="Keep this unknown column (repeatable).")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Load all or nothing.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    resume: Annotated[
        str | None, typer.Option("--resume", metavar="JOB", help="Go on with an interrupted load.")
    ] = None,
    store: StoreOption = None,
    who: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Load partners, programs and ties from a CSV bundle. Loading the same bundle again changes nothing."""
    if (path is None) == (resume is None):
        raise InvalidInput([Finding("a folder or file, or --resume JOB, is needed", valid="one of the two")])
    options = ImportOptions(
        into=EcosystemId(parse_id(into)) if into else None,
        keep=frozenset(keep or ()),
        strict=strict,
        dry_run=dry_run,
    )
    with progress("Loading") as step:
        outcome = _load(path, options, resume, store, Runner(parse_who(who), lambda: int(time.time()), step))
    if as_json:
        print_json(_out(outcome))
    else:
        _show(outcome, options)
    if not outcome.all_loaded:
        raise typer.Exit(SOME_REFUSED)


def _load(
    path: Path | None, options: ImportOptions, resume: str | None, url: str | None, runner: Runner
) -> ImportOutcome:
    if resume is not None:
        with opened(url) as store:
            return resume_import(store, resume, runner)
    if path is None:
        raise InvalidInput([Finding("no folder or file is given")])
    if not store_exists(url) and (options.dry_run or not path.exists()):
        return preview_import(None, path, options)
    if options.dry_run:
        with opened(url) as store:
            return preview_import(store, path, options)
    with opened(url, create=True) as store:
        return import_bundle(store, path, options, runner)


def _out(outcome: ImportOutcome) -> ImportOut:
    return ImportOut(
        bundle=outcome.bundle,
        read=outcome.read,
        loaded=outcome.loaded,
        changed=outcome.changed,
        refused=outcome.refused,
        written=outcome.written,
        job=outcome.job_id,
        findings=[_finding_out(finding) for finding in outcome.findings],
        notices=[_finding_out(finding) for finding in outcome.notices],
    )


def _show(outcome: ImportOutcome, options: ImportOptions) -> None:
    for notice in outcome.notices:
        tell(f"Note: {notice.sentence()}")
    if outcome.findings:
        tell(f"{outcome.refused:,} of {outcome.read:,} rows of {outcome.bundle} are refused:")
        tell_findings(outcome.findings)
    if options.dry_run:
        would = f"{outcome.loaded:,} of {outcome.read:,} rows would load"
        say(f"{outcome.bundle}: {would}, {outcome.changed:,} of them would change something.")
        say("Nothing was written.")
    elif options.strict and outcome.findings:
        say(f"{outcome.bundle}: nothing was loaded, because --strict loads all or nothing.")
    else:
        same = f", {outcome.unchanged:,} were there already" if outcome.unchanged else ""
        say(f"{outcome.bundle}: {outcome.loaded:,} of {outcome.read:,} rows loaded{same}.")
    if outcome.job_id:
        say(f"To take it back: matchmaker undo {outcome.job_id}")


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("import")(import_)
