"""``matchmaker jobs`` and ``matchmaker undo``: what was loaded, and taking it back."""

import datetime
import time
from typing import Annotated

import typer

from matchmaker.api.schemas.imports import job_out
from matchmaker.cli.opening import opened
from matchmaker.cli.options import AsOption, JsonOption, StoreOption, parse_who
from matchmaker.cli.output import print_json, progress, say
from matchmaker.services.deciding import take_back
from matchmaker.services.job_records import JobState, Runner, list_jobs
from matchmaker.services.jobs import as_it_stands


def jobs(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List the loads and other long works, the newest last."""
    with opened(store) as graph:
        operations, now = graph.operations(), int(time.time())
        found = [job_out(as_it_stands(operations, job, now)) for job in list_jobs(operations)]
    if as_json:
        print_json({"jobs": [job.model_dump(mode="json") for job in found]})
        return
    for job in found:
        started = datetime.datetime.fromtimestamp(job.started_at, tz=datetime.UTC).astimezone()
        problem = f": {job.problem}" if job.problem else ""
        what = f"{job.kind} {job.about}".strip()
        say(f"{job.id}  {what}  {job.state}  {started:%Y-%m-%d %H:%M}  by {job.who}{problem}")
        if job.state == JobState.INTERRUPTED:
            say(f"    go on: matchmaker import --resume {job.id}, or take it back: matchmaker undo {job.id}")
    if not found:
        say("No jobs yet.")


def undo(
    job: Annotated[str, typer.Argument(help="The job to take back, such as job-1.")],
    store: StoreOption = None,
    who: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a load back: exactly what it put, and what it replaced comes again."""
    with opened(store) as graph, progress("Taking back") as step:
        done = take_back(graph, job, Runner(parse_who(who), lambda: int(time.time()), step))
    if as_json:
        print_json(job_out(done))
    else:
        say(f"{done.id} is taken back; nothing of it is left.")


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command()(jobs)
    app.command()(undo)
