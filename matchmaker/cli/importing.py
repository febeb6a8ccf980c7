"""``matchmaker import``: load a file of any known format, or say what loading it would do."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from matchmaker.api.schemas.imports import import_out
from matchmaker.bootstrap import store_exists
from matchmaker.cli.exit_codes import INVALID, SOME_REFUSED
from matchmaker.cli.opening import opened
from matchmaker.cli.options import AsOption, JsonOption, StoreOption, parse_who
from matchmaker.cli.output import print_json, progress, say, tell, tell_findings
from matchmaker.errors import Finding, InvalidInput, NotFound
from matchmaker.exchange.reading import ReadOptions
from matchmaker.exchange.region import parse_region
from matchmaker.graph.store import GraphStore
from matchmaker.model.canonical import Value
from matchmaker.model.ids import EcosystemId, parse_id
from matchmaker.services.importing import import_file, plan_import, resume_import
from matchmaker.services.job_records import Runner
from matchmaker.services.loading import ImportOptions, ImportOutcome
from matchmaker.services.sheets import MappingChoice, with_mapping

SHOWN_NOTICES = 20
SHOWN_CHANGES = 20
"""Notices and changes of fields printed in full; more are counted (``--json`` has all)."""

STOPPED = (
    "Stopped. What was loaded so far stays, and matchmaker jobs names its job. "
    "To go on: matchmaker import --resume JOB. To take it back: matchmaker undo JOB"
)


def import_(
    path: Annotated[Path | None, typer.Argument(help="A file or folder to load.", show_default=False)] = None,
    into: Annotated[str | None, typer.Option("--into", help="The ecosystem whose own it becomes; else public.")] = None,
    keep: Annotated[list[str] | None, typer.Option("--keep", help="Keep this unknown column (repeatable).")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Load all or nothing.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    plan: Annotated[
        str | None, typer.Option("--plan", metavar="PLAN", help="Load only if it is still what this plan said.")
    ] = None,
    format: Annotated[
        str | None, typer.Option("--format", help="The format, where it isn't to be told from the file.")
    ] = None,
    near: Annotated[
        str, typer.Option("--near", help="Only what is near a ZIP code, a place or a county of the United States.")
    ] = "",
    within: Annotated[str, typer.Option("--within", help="How near, such as 60km or 40mi; 60 km else.")] = "",
    states: Annotated[
        list[str] | None, typer.Option("--state", help="Only what is in this state (repeatable).")
    ] = None,
    sheet: Annotated[str, typer.Option("--sheet", help="Which sheet of a workbook.")] = "",
    mapping: Annotated[
        str, typer.Option("--mapping", metavar="NAME", help="The saved mapping of a spreadsheet's columns.")
    ] = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="Take a spreadsheet's columns for what they seem to mean.")
    ] = False,
    resume: Annotated[
        str | None, typer.Option("--resume", metavar="JOB", help="Go on with an interrupted load.")
    ] = None,
    store: StoreOption = None,
    who: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Load partners, programs and ties from a file. Loading the same file again changes nothing."""
    if (path is None) == (resume is None):
        raise InvalidInput([Finding("a file or folder, or --resume JOB, is needed", valid="one of the two")])
    options = ImportOptions(
        into=EcosystemId(parse_id(into)) if into else None,
        format=format or "",
        read=ReadOptions(frozenset(keep or ()), parse_region(near, within, states or ()), sheet),
        strict=strict,
        plan=plan or "",
    )
    with _kind_to_newcomers(into), progress("Reading" if dry_run else "Loading") as step:
        runner = Runner(parse_who(who), lambda: int(time.time()), step)
        choice = MappingChoice(mapping, yes)
        try:
            if path is None:
                outcome = _resume(resume, store, runner)
            else:
                outcome = _load(path, options, choice, store, runner, plan=dry_run)
        except KeyboardInterrupt:
            tell(STOPPED)
            raise
    if as_json:
        print_json(import_out(outcome, {}))
    else:
        _show(outcome, options)
    if not outcome.all_loaded:
        raise typer.Exit(SOME_REFUSED if outcome.read else INVALID)


@contextmanager
def _kind_to_newcomers(into: str | None) -> Iterator[None]:
    """Say how an ecosystem is added where the one to load into isn't there yet."""
    try:
        yield
    except NotFound as error:
        if into and error.kind == "ecosystem":
            tell(f'To add it: matchmaker ecosystem add {into} --name "ITS NAME"')
        raise


def _resume(job: str | None, url: str | None, runner: Runner) -> ImportOutcome:
    with opened(url) as store:
        return resume_import(store, job or "", runner)


def _load(
    path: Path, options: ImportOptions, choice: MappingChoice, url: str | None, runner: Runner, *, plan: bool
) -> ImportOutcome:
    if not store_exists(url) and (plan or options.plan or not path.exists()):
        return plan_import(None, path, _mapped(None, path, options, choice), runner)
    with opened(url, create=not plan) as store:
        mapped = _mapped(store, path, options, choice)
        return plan_import(store, path, mapped, runner) if plan else import_file(store, path, mapped, runner)


def _mapped(store: GraphStore | None, path: Path, options: ImportOptions, choice: MappingChoice) -> ImportOptions:
    mapped, name = with_mapping(store, path, options, choice)
    if name:
        tell(f"Its columns are read by the mapping {name}.")
    return mapped


def _show(outcome: ImportOutcome, options: ImportOptions) -> None:
    for notice in outcome.notices[:SHOWN_NOTICES]:
        tell(f"Note: {notice.sentence()}")
    if len(outcome.notices) > SHOWN_NOTICES:
        tell(f"Note: … and {len(outcome.notices) - SHOWN_NOTICES:,} more of this kind (all of them with --json)")
    if outcome.refused:
        tell(f"{outcome.refused:,} of {outcome.read:,} rows of {outcome.name} are refused:")
    tell_findings(outcome.findings)
    if outcome.findings and not outcome.read:
        say(f"{outcome.name}: nothing was loaded.")
    elif outcome.plan_id:
        _show_plan(outcome)
    elif options.strict and not outcome.all_loaded:
        say(f"{outcome.name}: nothing was loaded, because --strict loads all or nothing.")
    else:
        say(f"{outcome.name}: {outcome.loaded:,} of {outcome.read:,} rows loaded{_details(outcome)}.")
    if outcome.plan_id or outcome.written:
        _show_pairs(outcome)
    if outcome.job_id:
        say(f"To take it back: matchmaker undo {outcome.job_id}")


def _show_pairs(outcome: ImportOutcome) -> None:
    if outcome.merged:
        done = "Merged" if outcome.written else "To be merged"
        say(f"{done} with what is there already, being the same: {_number(len(outcome.merged), 'partner')}")
        for pair in outcome.merged[:SHOWN_CHANGES]:
            say(f"  {pair.first} and {pair.second}: {pair.reasons[0] if pair.reasons else ''}")
    if outcome.to_review:
        when = "To decide" if outcome.written else "To decide then"
        say(f"{when}: {_number(len(outcome.to_review), 'pair')} that may be one (matchmaker duplicates list)")
    if outcome.uncompared:
        say(f"{outcome.uncompared:,} new partners are not compared with the others yet: matchmaker duplicates find")


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _details(outcome: ImportOutcome) -> str:
    same = f", {outcome.unchanged:,} were there already" if outcome.unchanged else ""
    return same + (f", {outcome.outside:,} left out" if outcome.outside else "")


def _show_plan(outcome: ImportOutcome) -> None:
    say(f"{outcome.name} ({outcome.format}): {outcome.read:,} rows read{_details(outcome)}.")
    say(f"  to add      {outcome.added:,}")
    say(f"  to change   {outcome.changed:,}")
    say(f"  unchanged   {outcome.unchanged:,}")
    say(f"  refused     {outcome.refused:,}")
    for change in outcome.changes[:SHOWN_CHANGES]:
        what = f"{change.name} ({change.id})" if change.name and change.name != change.id else change.id
        say(f"  {what}: {change.field}: {_value(change.before)} → {_value(change.after)}")
    if len(outcome.changes) > SHOWN_CHANGES:
        say(f"  … and {len(outcome.changes) - SHOWN_CHANGES:,} more fields (all of them with --json)")
    say("Nothing was written. To load exactly this: the same command without --dry-run and with")
    say(f"  --plan {outcome.plan_id}")


def _value(value: Value | None) -> str:
    if value is None:
        return "(nothing)"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("import")(import_)
