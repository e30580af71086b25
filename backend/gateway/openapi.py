"""/openapi.json: what FastAPI reads off the routes, completed by what holds for all of them.

A route says little of itself: its types, a docstring, and in `responses=fails_with(...)` what it may
fail with beyond what its shape tells. Here every operation gets its summary, the problems that it can
answer with, the headers, and examples of all that goes in and comes out.
"""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic.alias_generators import to_camel

from backend.errors import (
    AccountBlocked,
    BodyTooLarge,
    BodyTooSlow,
    ChangedMeanwhile,
    Conflict,
    IdempotencyKeyReused,
    InvalidRequest,
    KeepsakeError,
    NotAuthenticated,
    NotFound,
    RateLimited,
    RequestInProgress,
    StoreUnavailable,
)
from backend.gateway.error_mapping import HTTP_CODES
from backend.gateway.idempotency import takes_key
from backend.gateway.openapi_examples import DETAILS, NAMELESS, Examples
from backend.gateway.openapi_words import (
    ETAG,
    FAILURES,
    HEADERS,
    IDEMPOTENCY_KEY,
    IDEMPOTENCY_REPLAYED,
    IF_NONE_MATCH,
    INTRODUCTION,
    MADE,
    PROBLEM,
    RATE_HEADERS,
    TAGS,
)

Json = dict[str, Any]

API = "/api/v1/"
ADMIN = "/admin/"
IF_MATCH = "if-match"
PROBLEM_JSON = "application/problem+json"
CODES = "x-codes"  # a route's own failures, on their way from its declaration to here


class DescribedAPI(FastAPI):
    """A FastAPI that describes itself completely, with an operation id from each function's name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **options,
            description=INTRODUCTION,
            license_info={"name": "Apache-2.0"},
            openapi_tags=[{"name": name, "description": about} for name, about in TAGS.items()],
            generate_unique_id_function=_operation_id,
        )

    def openapi(self) -> Json:
        """The document; see the module."""
        if self.openapi_schema is None:
            self.openapi_schema = complete(super().openapi())
        return self.openapi_schema


def fails_with(*errors: type[KeepsakeError]) -> dict[int | str, Json]:
    """For a route's `responses`: the errors of its own. Those that follow from its shape (no token, an
    unknown id, a wrong value, an Idempotency-Key) are added to every route by themselves."""
    found: dict[int | str, Json] = {}
    for error in errors:
        found.setdefault(error.status, {CODES: []})[CODES].append(error.code)
    return found


def complete(document: Json) -> Json:
    """The document that FastAPI made, with what every client needs to know; changed in place."""
    schemas = document["components"]["schemas"]
    for fastapi_s_own in ("HTTPValidationError", "ValidationError"):
        schemas.pop(fastapi_s_own, None)
    schemas["Problem"] = PROBLEM
    examples = Examples(schemas)
    for path, method, operation in operations(document):
        operation["summary"] = _first_sentence(operation.get("description", ""))
        parameters = operation.setdefault("parameters", [])
        if takes_key(method.upper(), path):
            parameters.append(dict(IDEMPOTENCY_KEY))
        if "304" in operation["responses"]:
            parameters.append(dict(IF_NONE_MATCH))
        _add_failures(path, method, operation)
        _add_examples(operation, examples)
    _add_links(document)
    return document


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Path, method and description of every operation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def status_of(code: str) -> int:
    """The HTTP status that a problem of this code has."""
    return _STATUS[code]


def _walk(error: type[KeepsakeError]) -> Iterator[type[KeepsakeError]]:
    yield error
    for kind in error.__subclasses__():
        yield from _walk(kind)


_STATUS = {code: status for status, code in HTTP_CODES.items()} | {
    error.code: error.status for error in _walk(KeepsakeError)
}


def _operation_id(route: APIRoute) -> str:
    return to_camel(route.name)


def _first_sentence(description: str) -> str:
    paragraph = " ".join(description.split("\n\n")[0].split())
    return paragraph.split(". ")[0].rstrip(".")


# --- failures -------------------------------------------------------------------------------------


def _add_failures(path: str, method: str, operation: Json) -> None:
    responses: Json = operation["responses"]
    codes: dict[str, list[str]] = {}
    for code in _failures_by_shape(path, method, operation):
        codes.setdefault(str(status_of(code)), []).append(code)
    for status, response in responses.items():
        codes.setdefault(status, []).extend(response.pop(CODES, []))
    for status, names in sorted(codes.items()):
        if names:
            responses[status] = _problem_response(status, list(dict.fromkeys(names)))
    for status, response in responses.items():
        if status < "300" and (headers := dict(_headers(path, method, operation))):
            response["headers"] = headers | response.get("headers", {})


def _headers(path: str, method: str, operation: Json) -> Iterator[tuple[str, Json]]:
    """What a good answer may carry."""
    if path.startswith(API):
        yield from RATE_HEADERS.items()
    if takes_key(method.upper(), path):
        yield "Idempotency-Replayed", IDEMPOTENCY_REPLAYED
    if "304" in operation["responses"] or _takes(operation, IF_MATCH):
        yield "ETag", ETAG


def _failures_by_shape(path: str, method: str, operation: Json) -> Iterator[str]:
    if operation.get("security"):
        yield from (NotAuthenticated.code, AccountBlocked.code)
        if method != "get":
            yield Conflict.code  # what it writes to may go meanwhile
    if "_id}" in path:
        yield NotFound.code
    if operation["parameters"] or "requestBody" in operation:
        yield InvalidRequest.code
    if "requestBody" in operation:
        yield from (BodyTooLarge.code, BodyTooSlow.code)
    if _takes(operation, IF_MATCH):
        yield ChangedMeanwhile.code
    if takes_key(method.upper(), path):
        yield from (IdempotencyKeyReused.code, RequestInProgress.code)
    if path.startswith(API):
        yield RateLimited.code
        yield StoreUnavailable.code


def _takes(operation: Json, header: str) -> bool:
    return any(each["name"].lower() == header for each in operation.get("parameters", ()))


def _problem_response(status: str, codes: list[str]) -> Json:
    schema = {
        "allOf": [
            {"$ref": "#/components/schemas/Problem"},
            {"properties": {"code": {"enum": codes}, "status": {"const": int(status)}}},
        ]
    }
    response: Json = {
        "description": FAILURES.get(status, NAMELESS),
        "content": {
            PROBLEM_JSON: {
                "schema": schema,
                "examples": {code: {"value": problem_example(code)} for code in codes},
            }
        },
    }
    if headers := HEADERS.get(status):
        response["headers"] = headers
    return response


def problem_example(code: str) -> Json:
    """A problem of this code, as clients get it."""
    return {
        "type": f"urn:keepsake:problem:{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": status_of(code),
        "detail": DETAILS.get(code, NAMELESS),
        "code": code,
    }


# --- examples -------------------------------------------------------------------------------------


def _add_examples(operation: Json, examples: Examples) -> None:
    for parameter in operation.get("parameters", ()):
        if not _has_example(parameter):
            parameter["example"] = examples.of(parameter["schema"], parameter["name"])
    for part in (operation.get("requestBody", {}), *operation["responses"].values()):
        for content in part.get("content", {}).values():
            if content.get("schema") and not _has_example(content):
                content["example"] = examples.of(content["schema"])


def _add_links(document: Json) -> None:
    """What can be asked for with what an answer names."""
    for _, _, maker in operations(document):
        made = MADE.get(maker["operationId"], {})
        for path, _, operation in operations(document):
            parameters = {name: made[name] for name in made if f"{{{name}}}" in path}
            new = any(value.startswith("$response") for value in parameters.values())
            if new and len(parameters) == path.count("{") and ADMIN not in path:
                links = maker["responses"]["201"].setdefault("links", {})
                name = operation["operationId"]
                links[name] = {"operationId": name, "parameters": parameters}


def _has_example(part: Json) -> bool:
    return "example" in part or "examples" in part
