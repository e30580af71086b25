"""Errors to the wire, once: RFC 9457 problem+json for HTTP, {code, message} for sockets."""

from collections.abc import Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from backend.errors import InvalidRequest, KeepsakeError
from backend.gateway.faults import Fault, fault
from backend.gateway.methods import methods_at
from backend.gateway.protocol import Refusal

log = structlog.get_logger(__name__)

TOLD = "keepsake.told"  # in the scope of a request whose defect is logged, and which is answered

MOST_FAULTS = 20  # told of one request

HTTP_CODES = {
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_type",
    416: "range_not_satisfiable",
}


def install_error_handlers(app: FastAPI) -> None:
    """Make every failure of a request a problem+json."""
    app.add_exception_handler(KeepsakeError, _keepsake_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _defect)


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    retry_after: float | None = None,
    errors: Sequence[Fault] = (),
) -> JSONResponse:
    """An RFC 9457 answer. `code` is stable; `detail` is a sentence for people."""
    body: dict[str, Any] = {
        "type": f"urn:keepsake:problem:{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "detail": detail,
        "code": code,
    }
    if errors:
        body["errors"] = [each.wire() for each in errors]
    headers = {"Retry-After": str(max(1, round(retry_after)))} if retry_after is not None else {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def error_data(error: Exception) -> dict[str, Any]:
    """An error as sockets carry it: {code, message, retryAfter?}. Logs what is a defect."""
    if not isinstance(error, KeepsakeError):
        log.error("socket.defect", exc_info=error)
        return Refusal(code="internal_error", message="Something went wrong on the server.").wire()
    return Refusal(code=error.code, message=error.message, retry_after=retry_after(error)).wire()


def retry_after(error: KeepsakeError) -> float | None:
    """Seconds, as clients are told."""
    return None if error.retry_after is None else round(error.retry_after, 1)


def invalid_payload(error: ValidationError) -> InvalidRequest:
    """A payload's first fault as one sentence, without the value itself."""
    first = fault(error.errors(include_input=False, include_url=False)[0])
    return InvalidRequest(f"{first.told('The payload')}.", field=first.field)


async def _keepsake_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, KeepsakeError)
    return problem_of(error)


def problem_of(error: KeepsakeError) -> JSONResponse:
    """The answer that says what failed; logs what is not the caller's doing."""
    if error.status >= 500:
        log.warning("request.failed", code=error.code, exc_info=error.__cause__)
    errors: list[Fault] = []
    if isinstance(error, InvalidRequest):
        about = error.message.removeprefix(f"{error.field}: ").rstrip(".")
        errors = [Fault(error.field, about)]
    return problem(
        error.status, error.code, error.message, retry_after=error.retry_after, errors=errors
    )


async def _validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    methods = methods_at(request.app.openapi()["paths"], request.url.path)
    if methods and request.method not in methods:  # another route took it for one of its own
        return _not_taken(request, methods)
    faults = [fault(each, within=1) for each in error.errors()[:MOST_FAULTS]]
    named = "; ".join(each.told("The body") for each in faults[:3])
    return problem(422, InvalidRequest.code, f"{named}.", errors=faults)


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        described = methods_at(request.app.openapi()["paths"], request.url.path)
        return _not_taken(request, described or [(error.headers or {}).get("allow", "GET")])
    if (
        error.status_code == 400
    ):  # FastAPI's, of a body: nested too deep, a number too long, no form
        return problem_of(InvalidRequest("The request's body can't be read."))
    code = HTTP_CODES.get(error.status_code, "request_failed")
    nowhere = "There is nothing at this address."
    detail = nowhere if error.status_code == 404 else str(error.detail)
    answer = problem(error.status_code, code, detail)
    answer.headers.update(error.headers or {})
    return answer


def _not_taken(request: Request, methods: list[str]) -> JSONResponse:
    answer = problem(405, HTTP_CODES[405], f"This address doesn't take {request.method}.")
    answer.headers["Allow"] = ", ".join(methods)
    return answer


async def _defect(request: Request, error: Exception) -> JSONResponse:
    log.error("request.defect", exc_info=error)
    request.scope[TOLD] = True
    return problem(500, "internal_error", "Something went wrong on the server.")
