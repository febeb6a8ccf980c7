"""The OpenAPI description: what FastAPI finds in the routes, the problem's schema, and an example of each answer."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from matchmaker.api.problems import Problem
from matchmaker.api.schemas.examples import EXAMPLES


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the app's OpenAPI 3.1 description."""
    described = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version=app.openapi_version,
        description=app.description,
        routes=app.routes,
    )
    schemas = described["components"]["schemas"]
    whole = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(whole.pop("$defs", {}))
    schemas["Problem"] = whole
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for name, example in EXAMPLES.items():
        schemas[name]["examples"] = [example]
    return described
