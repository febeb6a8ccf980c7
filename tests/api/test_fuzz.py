"""Every operation, called with whatever its description allows and forbids, gives no answer but those described."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, seed, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from matchmaker.api.app import create_app
from matchmaker.graph.sqlite.connecting import Durability
from matchmaker.graph.sqlite.store import SqliteStore
from matchmaker.model.ids import EcosystemId
from matchmaker.services.importing import import_file
from matchmaker.services.job_records import Runner
from matchmaker.services.loading import ImportOptions

TINY = Path(__file__).parents[2] / "fixtures" / "tiny"
PROVING = os.environ.get("MATCHMAKER_PROVE", "") not in ("", "0")
EXAMPLES = 400 if PROVING else 20
PATHS = (
    "/v1/partners",
    "/v1/partners/{partner}",
    "/v1/partners/{partner}/suggestions",
    "/v1/partners/{partner}/suggestions/shown",
    "/v1/programs/{program}/suggestions",
    "/v1/programs/{program}/suggestions/shown",
    "/v1/explanations",
    "/v1/ecosystems",
    "/v1/ecosystems/{ecosystem}/exposure",
    "/v1/ecosystems/{ecosystem}/gaps",
    "/v1/ecosystems/{ecosystem}/models",
    "/v1/ecosystems/{ecosystem}/models/{model}",
    "/v1/ecosystems/{ecosystem}/models/{model}/use",
    "/v1/ecosystems/{ecosystem}/models/roll-back",
    "/v1/ecosystems/{ecosystem}/network",
    "/v1/ecosystems/{ecosystem}/export",
    "/v1/ecosystems/{ecosystem}/kumu.json",
    "/v1/imports",
    "/v1/imports/{job}",
    "/v1/suggestions",
    "/v1/suggestions/times",
    "/v1/suggestions/{suggestion}",
    "/v1/suggestions/{suggestion}/decision",
    "/v1/suggestions/{suggestion}/undo",
    "/v1/suggestions/{suggestion}/drafts/{side}",
    "/v1/suggestions/{suggestion}/drafts/{side}/eml",
    "/v1/do-not-contact",
    "/v1/do-not-contact/{partner}",
    "/v1/stop/{token}",
    "/v1/patterns",
    "/v1/ontology",
    "/health/live",
    "/health/ready",
)
UNFUZZED = frozenset({"/v1/imports/{job}/undo"})
"""Changes the store that the others are asked about; tested in `test_imports`."""

Operations = dict[str, APIOperation[Any, Any, Any, Any]]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    with closing(SqliteStore.open(tmp_path_factory.mktemp("fuzz") / "tiny.db", durability=Durability.NORMAL)) as store:
        import_file(store, TINY, ImportOptions(into=EcosystemId("tiny")), Runner("test", lambda: 0))
        yield create_app(store, {"localhost", "testserver"})


@pytest.fixture(scope="module")
def operations(app: FastAPI) -> Operations:
    schema = schemathesis.openapi.from_asgi("/v1/openapi.json", app)
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    return {operation.path: operation for operation in found}


def test_every_operation_is_fuzzed(operations: Operations) -> None:
    assert set(operations) == {*PATHS, *UNFUZZED}


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_a_described_one(operations: Operations, path: str, mode: GenerationMode) -> None:
    operation = operations[path]
    if mode is GenerationMode.NEGATIVE and not (operation.query or operation.path_parameters):
        operation.Case().call_and_validate(checks=CHECKS)
        return

    @seed(3)
    @settings(max_examples=EXAMPLES, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def fuzz(case: Case[Any]) -> None:
        case.call_and_validate(checks=CHECKS)

    fuzz()
