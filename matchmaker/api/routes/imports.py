"""Imports: a file sent twice, first for a plan of what loading it would do, then with the plan's id to load it."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi import Path as InPath
from starlette.concurrency import run_in_threadpool

from matchmaker.api.context import Context, ContextPart
from matchmaker.api.problems import problems
from matchmaker.api.schemas.imports import ImportOut, JobOut, JobsOut, import_out, job_out
from matchmaker.errors import Finding, InvalidInput
from matchmaker.exchange.reading import ReadOptions
from matchmaker.exchange.region import parse_region
from matchmaker.model.ids import EcosystemId, parse_id
from matchmaker.services.deciding import take_back
from matchmaker.services.duplicates import names_of
from matchmaker.services.importing import KIND, import_file, plan_import
from matchmaker.services.job_records import Runner, get_job, list_jobs
from matchmaker.services.jobs import as_it_stands
from matchmaker.services.loading import ImportOptions, ImportOutcome
from matchmaker.services.sheets import MappingChoice, with_mapping

router = APIRouter(prefix="/v1/imports", tags=["imports"])

MAXIMUM_BYTES = 200_000_000
"""Longest file that is taken; larger ones are loaded on the command line."""

WHO = "api"
NAME_RULE = "a file name without a folder, at most 200 characters"
_FILE_BODY = {
    "requestBody": {
        "required": True,
        "description": f"The file itself, at most {MAXIMUM_BYTES:,} bytes.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of a file that is sent."""

    name: str
    options: ImportOptions
    choice: MappingChoice


def get_wanted(
    name: Annotated[str, Query(description="The file's name; its end tells some formats.", examples=["partners.csv"])],
    into: Annotated[str, Query(description="The ecosystem whose own it becomes; else it is public.")] = "",
    format: Annotated[str, Query(description="The format, where it isn't to be told from the file.")] = "",
    near: Annotated[str, Query(description="Only what is near a ZIP code, a place or a county.")] = "",
    within: Annotated[str, Query(description="How near, such as 60km or 40mi.")] = "",
    state: Annotated[str, Query(description="Only what is in this state.")] = "",
    sheet: Annotated[str, Query(description="Which sheet of a workbook.")] = "",
    mapping: Annotated[str, Query(description="The saved mapping of a spreadsheet's columns.")] = "",
    accept_mapping: Annotated[bool, Query(description="Take a sheet's columns for what they seem to mean.")] = False,
    strict: Annotated[bool, Query(description="Load all or nothing.")] = False,
    plan: Annotated[str, Query(description="The id of the plan to carry out; without one, a plan is made.")] = "",
) -> Wanted:
    """Return what a request wants of the file that it sends."""
    if not name or len(name) > 200 or Path(name).name != name or not name.isprintable():
        raise InvalidInput([Finding("is not a file's name", "query.name", name[:200], NAME_RULE)])
    region = parse_region(near, within, [state] if state else [])
    owner = EcosystemId(parse_id(into)) if into else None
    options = ImportOptions(owner, format, ReadOptions(region=region, sheet=sheet), strict, plan)
    return Wanted(name, options, MappingChoice(mapping, accept_mapping))


@router.post(
    "",
    responses={
        **problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
        HTTPStatus.CREATED.value: {"description": "The plan was carried out.", "model": ImportOut},
    },
    openapi_extra=_FILE_BODY,
)
async def import_upload(
    request: Request, response: Response, context: ContextPart, wanted: Annotated[Wanted, Depends(get_wanted)]
) -> ImportOut:
    """Say what loading a file would do; or, with the id of that plan and the same file again, load it.

    A file that was loaded already changes nothing. Where anything that the plan rests on has changed since, nothing is
    loaded (409).
    """
    with _folder(wanted.name) as folder:
        path = folder / wanted.name
        await _receive(request, path)
        outcome = await run_in_threadpool(_load, context, path, wanted)
        names = await run_in_threadpool(names_of, context.store, (*outcome.merged, *outcome.to_review))
    response.status_code = HTTPStatus.CREATED if outcome.written else HTTPStatus.OK
    return import_out(outcome, names)


@router.get("", responses=problems())
def list_imports(context: ContextPart) -> JobsOut:
    """Return all loads, the newest last."""
    operations, now = context.store.operations(), int(time.time())
    jobs = [as_it_stands(operations, job, now) for job in list_jobs(operations) if job.kind == KIND]
    return JobsOut(jobs=[job_out(job) for job in jobs])


@router.get("/{job}", responses=problems(HTTPStatus.NOT_FOUND))
def get_import(context: ContextPart, job: Annotated[str, InPath(examples=["job-1"], max_length=40)]) -> JobOut:
    """Return one load or other long work."""
    operations = context.store.operations()
    return job_out(as_it_stands(operations, get_job(operations, job), int(time.time())))


@router.post("/{job}/undo", responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT))
def undo_import(context: ContextPart, job: Annotated[str, InPath(examples=["job-1"], max_length=40)]) -> JobOut:
    """Take a load back: exactly what it put, and what it replaced comes again. Later changes in the way are named."""
    return job_out(take_back(context.store, job, _runner()))


def _load(context: Context, path: Path, wanted: Wanted) -> ImportOutcome:
    options, _ = with_mapping(context.store, path, wanted.options, wanted.choice)
    load = import_file if options.plan else plan_import
    return load(context.store, path, options, _runner())


def _runner() -> Runner:
    return Runner(WHO, lambda: int(time.time()))


@contextmanager
def _folder(name: str) -> Iterator[Path]:
    """Give a folder that goes with the request; it has the file's name, which a bundle's rows go by as their source."""
    with tempfile.TemporaryDirectory(prefix="matchmaker-import-") as above:
        folder = Path(above) / (Path(name).stem or "file")
        folder.mkdir()
        yield folder


async def _receive(request: Request, path: Path) -> None:
    """Write the request's body to a file, and refuse one that is too long before it is there whole."""
    size = 0
    with path.open("xb") as file:
        async for block in request.stream():
            size += len(block)
            if size > MAXIMUM_BYTES:
                valid = f"at most {MAXIMUM_BYTES:,} bytes; load larger files with matchmaker import"
                raise InvalidInput([Finding("the file is too long", "body", valid=valid)])
            file.write(block)
    if not size:
        raise InvalidInput([Finding("no file was sent", "body", valid="the file's bytes as the request's body")])
