"""Errors as RFC 9457 problem details. The one table from error to HTTP status is here."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from matchmaker.errors import (
    AmbiguousName,
    ConfigError,
    Conflict,
    Infeasible,
    InvalidInput,
    MatchmakerError,
    NotFound,
    StoreAuthFailed,
    StoreCorrupt,
    StoreError,
    StoreIncomplete,
    StoreOutOfMemory,
    StoreReadOnly,
    StoreSchemaError,
    StoreTimeout,
    StoreUnavailable,
    Unsupported,
)

MEDIA_TYPE = "application/problem+json"

STATUS_OF: Mapping[type[MatchmakerError], HTTPStatus] = MappingProxyType(
    {
        MatchmakerError: HTTPStatus.INTERNAL_SERVER_ERROR,
        InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
        NotFound: HTTPStatus.NOT_FOUND,
        AmbiguousName: HTTPStatus.CONFLICT,
        Conflict: HTTPStatus.CONFLICT,
        Infeasible: HTTPStatus.UNPROCESSABLE_ENTITY,
        Unsupported: HTTPStatus.NOT_IMPLEMENTED,
        ConfigError: HTTPStatus.INTERNAL_SERVER_ERROR,
        StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
        StoreUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
        StoreAuthFailed: HTTPStatus.SERVICE_UNAVAILABLE,
        StoreReadOnly: HTTPStatus.SERVICE_UNAVAILABLE,
        StoreTimeout: HTTPStatus.SERVICE_UNAVAILABLE,
        StoreOutOfMemory: HTTPStatus.SERVICE_UNAVAILABLE,
        StoreIncomplete: HTTPStatus.SERVICE_UNAVAILABLE,
        StoreSchemaError: HTTPStatus.SERVICE_UNAVAILABLE,
        StoreCorrupt: HTTPStatus.SERVICE_UNAVAILABLE,
    }
)
"""The HTTP status of every class of the exception tree."""


class ProblemFinding(BaseModel):
    """One problem of one value."""

    message: str = Field(examples=["is not a known term"])
    where: str = Field(default="", examples=["query.pattern"])
    value: str = ""
    valid: str = ""


class Problem(BaseModel):
    """A problem, as RFC 9457 describes it."""

    type: str = Field(description="Names the kind of problem.", examples=["urn:matchmaker:problem:not_found"])
    title: str = Field(description="The HTTP status in words.", examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(description="What happened, in a sentence.", examples=["No partner called 'x' is known here."])
    instance: str = Field(description="The path that was asked for.", examples=["/v1/partners/x"])
    findings: list[ProblemFinding] = Field(default=[], description="Every problem of the input, not the first.")
    near: list[str] = Field(default=[], description="What goes by a similar name.")


def problem_response(
    request: Request,
    status: int,
    code: str,
    detail: str,
    findings: Sequence[ProblemFinding] = (),
    near: Sequence[str] = (),
) -> JSONResponse:
    """Return a problem as a response."""
    problem = Problem(
        type=f"urn:matchmaker:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=request.url.path,
        findings=list(findings),
        near=list(near),
    )
    return JSONResponse(problem.model_dump(), status_code=status, media_type=MEDIA_TYPE)


def problems(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """Return the ``responses=`` of a route: its problems, and those that every route has."""
    every = {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.SERVICE_UNAVAILABLE,
        *statuses,
    }
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {status.value: {"description": status.phrase, "content": {MEDIA_TYPE: schema}} for status in sorted(every)}


def _on_error(request: Request, error: MatchmakerError) -> JSONResponse:
    findings = [
        ProblemFinding(message=found.message, where=found.where, value=found.value, valid=found.valid)
        for found in (error.findings if isinstance(error, InvalidInput) else ())
    ]
    near = error.near if isinstance(error, NotFound) else ()
    return problem_response(request, STATUS_OF[type(error)], error.code, error.message, findings, near)


def _on_validation(request: Request, error: RequestValidationError) -> JSONResponse:
    findings = [
        ProblemFinding(
            message=str(found["msg"]),
            where=".".join(str(part) for part in found["loc"]),
            value=str(found.get("input", ""))[:200],
        )
        for found in error.errors()
    ]
    detail = "; ".join(f"{found.where}: {found.message}" for found in findings[:3])
    return problem_response(request, HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_input", detail, findings)


def _on_http(request: Request, error: HTTPException) -> JSONResponse:
    status = HTTPStatus(error.status_code)
    codes = {HTTPStatus.NOT_FOUND: "no_such_route", HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed"}
    detail = {
        HTTPStatus.NOT_FOUND: "There is nothing at this path; /v1/openapi.json lists what there is.",
        HTTPStatus.METHOD_NOT_ALLOWED: f"{request.method} is not possible here.",
    }.get(status, str(error.detail))
    response = problem_response(request, status, codes.get(status, "http"), detail)
    response.headers.update(error.headers or {})
    return response


def _on_unexpected(request: Request, _: Exception) -> JSONResponse:
    detail = "Something went wrong on our side; the server's log has the details."
    return problem_response(request, HTTPStatus.INTERNAL_SERVER_ERROR, "error", detail)


def install_problems(app: FastAPI) -> None:
    """Turn every error of the app into a problem."""
    app.add_exception_handler(MatchmakerError, _on_error)  # type: ignore[arg-type]  # called for this class only
    app.add_exception_handler(RequestValidationError, _on_validation)  # type: ignore[arg-type]  # likewise
    app.add_exception_handler(HTTPException, _on_http)  # type: ignore[arg-type]  # likewise
    app.add_exception_handler(Exception, _on_unexpected)
