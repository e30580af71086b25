"""What the Groq-compatible test server can be told to do with one request."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Behaviour:
    """One scripted answer; every field also works as a key of `POST /control/behaviours`.

    `on` says which requests it is for: "" any, "chat", "structured", or a JSON schema's name.
    `wait_before` lists the chunks (0 is the first) that wait for `server.release()`; `paced` makes
    every chunk wait. `cut_after` drops the connection after so many chunks. `raw` replaces the
    whole body, to send what is no answer at all; `stream_error` ends a stream with an error event.
    """

    chunks: tuple[str, ...] = ()
    reasoning: tuple[str, ...] = ()
    finish_reason: str | None = "stop"
    refusal: str | None = None
    paced: bool = False
    wait_before: tuple[int, ...] = ()
    cut_after: int | None = None
    stream_error: Mapping[str, Any] | None = None
    raw: str | None = None
    status: int = 200
    error: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    on: str = ""

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> "Behaviour":
        """Read a behaviour from JSON; lists become tuples."""
        plain: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
        return Behaviour(**plain)

    def waits_before(self, index: int) -> bool:
        """Whether chunk `index` is held until a release.

        One past the last chunk is the finish reason, two past it the end of the stream.
        """
        return index in self.wait_before or (self.paced and index < len(self.chunks))


def says(*chunks: str, **more: Any) -> Behaviour:
    """A reply in these chunks."""
    return Behaviour(chunks=chunks, **more)


def answers(data: Any, **more: Any) -> Behaviour:
    """A structured answer: this value as JSON text."""
    return Behaviour(chunks=(json.dumps(data),), **more)


def fails(
    status: int,
    message: str = "Something went wrong",
    *,
    code: str | None = None,
    kind: str = "invalid_request_error",
    headers: Mapping[str, str] | None = None,
    **extra: Any,
) -> Behaviour:
    """An error answer in Groq's shape; `extra` goes into the error object."""
    error = {"message": message, "type": kind, **({"code": code} if code else {}), **extra}
    return Behaviour(status=status, error=error, headers=headers or {})


def rate_limited(retry_after: str | None = None) -> Behaviour:
    """429, with `retry-after` if given (seconds or an HTTP date)."""
    headers = {} if retry_after is None else {"retry-after": retry_after}
    return fails(
        429,
        "Rate limit reached for model in organization on tokens per minute (TPM)",
        code="rate_limit_exceeded",
        kind="tokens",
        headers=headers,
    )


def json_validate_failed(generation: str) -> Behaviour:
    """Groq's 400 for output that failed its own check; `generation` is what the model wrote."""
    message = (
        "Generated JSON does not match the expected schema. Please adjust your prompt. See "
        "'failed_generation' for more details. Error: jsonschema: '' does not validate"
    )
    return fails(400, message, code="json_validate_failed", failed_generation=generation)


def empty(finish_reason: str = "stop") -> Behaviour:
    """An answer with no text in it."""
    return Behaviour(finish_reason=finish_reason)


def smallest_object(schema: Mapping[str, Any]) -> Any:
    """The least value that satisfies a strict schema of the kind Keepsake uses."""
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return smallest_object(schema["anyOf"][0])
    kind = schema.get("type", "object")
    if isinstance(kind, list):
        kind = "null" if "null" in kind else kind[0]
    if kind == "object":
        return {k: smallest_object(v) for k, v in schema.get("properties", {}).items()}
    if kind in ("integer", "number"):
        return schema.get("minimum", 0)
    return {"array": [], "string": "", "boolean": False, "null": None}[kind]
