"""The API's description (OpenAPI 3.1): what FastAPI finds out, and what is the same for every operation."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from matcher.api.examples import BODIES, PROBLEM
from matcher.api.problems import MEDIA_TYPE, ProblemBody
from matcher.service.accounts.access import ACCESS, Level

DESCRIPTION = """\
Facts in, rosters out. Every error is a problem document (RFC 9457) with the same faults and advice as the command line,
in Chinese or English by `Accept-Language`. Lists are pages: `next` is the cursor of the next one. Rows carry an `ETag`;
whoever changes one sends it back as `If-Match`. A POST with an `Idempotency-Key` is carried out once. Fields, query
parameters and values that are not known are refused, never ignored.
"""
_ALWAYS = (400, 429, 500, 503)
_MEANINGS = {
    400: "The request is not understood.", 401: "Nobody we know, or a key that is over.", 403: "Not among what you may do.",
    404: "Not there, or not within your tenant.", 406: "There is no such format.", 408: "The body took too long.",
    409: "In conflict with what is there.", 412: "Changed since.",
    413: "The body is too large.", 415: "The body is of another kind.", 422: "The content holds faults.",
    428: "Say which version you are changing.", 429: "Too many requests.", 500: "A fault in matcher.",
    503: "Not available for now; Retry-After says when.", 507: "No room left.",
}
_SHOWN = 422
"""The problem that is shown as an example."""
_TENANT = {"district": "huizhou", "community": "donghe"}
"""The parts of an address that name a tenant, with those of the examples."""
_METHODS = ("get", "put", "post", "patch", "delete")


def describe(app: FastAPI) -> dict[str, Any]:
    """The description of the app; made once."""
    if app.openapi_schema is None:
        made = get_openapi(
            title="matcher", version=app.version, openapi_version="3.1.0", description=DESCRIPTION, routes=app.routes,
            separate_input_output_schemas=False,
        )
        _complete(made)
        app.openapi_schema = made
    return app.openapi_schema


def _complete(made: dict[str, Any]) -> None:
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for name, schema in _problem_schemas().items():
        schemas[name] = schema
    made["components"]["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "A key: `Authorization: Bearer mk_…`."},
        "session": {
            "type": "apiKey", "in": "cookie", "name": "matcher_session",
            "description": "A browser's session; changes also need `X-CSRF-Token`.",
        },
    }
    made["components"]["responses"] = {
        f"Problem{status}": _problem(meaning, example=PROBLEM if status == _SHOWN else None)
        for status, meaning in _MEANINGS.items()
    } | {"Problem": _problem("Why it did not work.")}
    for path, item in made["paths"].items():
        for method in _METHODS:
            if method in item:
                _name_the_tenant(item[method], path)
                _leave_out_null(item[method])
                _complete_operation(item[method])
                _tell_of_unchanged(item[method], method)


def _problem(meaning: str, *, example: Any = None) -> dict[str, Any]:
    told: dict[str, Any] = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {"description": meaning, "content": {MEDIA_TYPE: told | ({"example": example} if example else {})}}


def _problem_schemas() -> dict[str, Any]:
    made = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**made.pop("$defs"), "Problem": made | {"title": "Problem"}}


def _name_the_tenant(operation: dict[str, Any], path: str) -> None:
    """Describe the parts of the address that no handler takes: they are looked at before it is asked."""
    parameters = operation.setdefault("parameters", [])
    known = {parameter["name"] for parameter in parameters if parameter["in"] == "path"}
    missing = [name for name in _TENANT if f"{{{name}}}" in path and name not in known]
    parameters[:0] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}, "example": _TENANT[name]}
        for name in missing
    ]
    if not parameters:
        del operation["parameters"]


def _leave_out_null(operation: dict[str, Any]) -> None:
    """A parameter that is left away is not null."""
    for parameter in operation.get("parameters", ()):
        schema = parameter["schema"]
        kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
        if len(kinds) == 1:
            del schema["anyOf"]
            parameter["schema"] = kinds[0] | schema


def _tell_of_unchanged(operation: dict[str, Any], method: str) -> None:
    names = {parameter["name"].lower() for parameter in operation.get("parameters", ()) if parameter["in"] == "header"}
    if method == "get" and "if-none-match" in names:
        operation["responses"]["304"] = {"description": "What you have is the latest."}


def _complete_operation(operation: dict[str, Any]) -> None:
    name = operation.get("operationId", "")
    is_open = name in ACCESS and ACCESS[name].level is Level.OPEN
    operation["security"] = [] if is_open else [{"key": []}, {"session": []}]
    if name in BODIES:
        operation["requestBody"]["content"]["application/json"].setdefault("example", BODIES[name])
    responses = operation.setdefault("responses", {})
    for status in _statuses(operation, is_open=is_open):
        if _is_plain(responses.get(str(status))):
            responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    responses["default"] = {"$ref": "#/components/responses/Problem"}


def _is_plain(response: Any) -> bool:
    """Whether nobody has described this response otherwise."""
    return response is None or "HTTPValidationError" in str(response)


def _statuses(operation: dict[str, Any], *, is_open: bool) -> list[int]:
    """The problems an operation may end with."""
    found = {*_ALWAYS, 422}
    if not is_open:
        found |= {401, 403}
    parameters = operation.get("parameters", ())
    if any(parameter["in"] == "path" for parameter in parameters):
        found.add(404)
    names = {parameter["name"].lower() for parameter in parameters if parameter["in"] == "header"}
    if "if-match" in names:
        found |= {412, 428}
    if "requestBody" in operation:
        found |= {404, 408, 409, 413, 415, 507}
    return sorted(found)
