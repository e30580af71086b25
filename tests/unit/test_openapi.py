"""/openapi.json says everything about every operation, and its examples are good ones."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from backend.gateway.openapi import PROBLEM_JSON, problem_example
from backend.gateway.openapi_examples import DETAILS, NAMELESS
from backend.gateway.openapi_words import TAGS
from tests.support.described_api import DOCUMENT, OPERATIONS, Operation

Json = dict[str, Any]

ME = "/api/v1/characters/{character_id}"
PROMISED = {
    "POST /api/v1/auth/register",
    "POST /api/v1/auth/token",
    "GET /api/v1/auth/me",
    "PATCH /api/v1/auth/me",
    "POST /api/v1/auth/ws-ticket",
    "POST /api/v1/characters",
    "GET /api/v1/characters",
    "GET /api/v1/characters/{character_id}",
    "PUT /api/v1/characters/{character_id}",
    "DELETE /api/v1/characters/{character_id}",
    "POST /api/v1/characters/import",
    "GET /api/v1/characters/{character_id}/card",
    "POST /api/v1/conversations",
    "GET /api/v1/conversations",
    "GET /api/v1/conversations/{conversation_id}",
    "PUT /api/v1/conversations/{conversation_id}",
    "DELETE /api/v1/conversations/{conversation_id}",
    "POST /api/v1/conversations/{conversation_id}/archive",
    "POST /api/v1/conversations/{conversation_id}/stop",
    "POST /api/v1/conversations/{conversation_id}/messages",
    "GET /api/v1/conversations/{conversation_id}/messages",
    "PUT /api/v1/conversations/{conversation_id}/messages/read",
    "GET /api/v1/conversations/{conversation_id}/analytics",
    "POST /api/v1/conversations/import",
    "DELETE /api/v1/messages/{message_id}",
    "PATCH /api/v1/messages/{message_id}",
    "POST /api/v1/messages/{message_id}/regenerate",
    "PUT /api/v1/messages/{message_id}/variant",
    "GET /api/v1/messages/{message_id}/context",
    "POST /api/v1/messages/{message_id}/report",
    "GET /api/v1/messages/search",
    "GET /api/v1/users/me/analytics",
    "GET /api/v1/users/me/export",
    "DELETE /api/v1/users/me",
    f"GET {ME}/memory/{{user_id}}",
    f"POST {ME}/memory/{{user_id}}",
    f"DELETE {ME}/memory/{{user_id}}",
    f"PATCH {ME}/memory/{{user_id}}/{{memory_id}}",
    f"DELETE {ME}/memory/{{user_id}}/{{memory_id}}",
    f"GET {ME}/memory/{{user_id}}/{{memory_id}}/history",
    f"POST {ME}/memory/{{user_id}}/search",
    f"GET {ME}/memory/{{user_id}}/summary",
    f"GET {ME}/relationship/{{user_id}}",
    f"GET {ME}/relationship/{{user_id}}/history",
    f"POST {ME}/relationship/{{user_id}}/reset",
    "GET /api/v1/admin/overview",
    "GET /api/v1/admin/memory-health",
    "GET /api/v1/admin/reports",
    "PATCH /api/v1/admin/reports/{report_id}",
    "GET /api/v1/admin/conversations/live",
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
}


def test_every_operation_of_the_contract_is_there() -> None:
    assert PROMISED - {str(operation) for operation in OPERATIONS} == set()


def test_operation_ids_are_readable_and_unique() -> None:
    names = Counter(operation.id for operation in OPERATIONS)
    assert [name for name, count in names.items() if count > 1] == []
    assert [name for name in names if not re.fullmatch("[a-z]+([A-Z][a-z]*)*", name)] == []


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_an_operation_says_what_it_does(operation: Operation) -> None:
    assert 3 < len(operation.described["summary"]) < 120, "its docstring's first sentence"
    assert operation.described["description"], "its docstring"
    (tag,) = operation.described["tags"]
    assert tag in TAGS, "say in openapi_words.py what this tag is about"


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_an_operation_s_examples_are_as_its_schemas_say(operation: Operation) -> None:
    found = list(examples_of(operation))
    for place, schema, example in found:
        assert NAMELESS not in str(example), f"openapi_examples.py has no words for it: {place}"
        faults = [
            f"{place} {fault.json_path}: {fault.message}" for fault in faults_of(schema, example)
        ]
        assert faults == []
    assert found or operation.described["responses"].keys() <= {"204"}


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_an_operation_lists_what_it_can_fail_with(operation: Operation) -> None:
    responses = operation.described["responses"]
    if operation.described.get("security"):
        assert "401" in responses
    if operation.path.startswith("/api/v1/"):
        assert "503" in responses
    for status, response in responses.items():
        if status < "400" or operation.path == "/readyz":
            continue
        assert list(response["content"]) == [PROBLEM_JSON], status
        examples = response["content"][PROBLEM_JSON]["examples"]
        for code, example in examples.items():
            assert code in DETAILS, f"openapi_examples.py has no sentence for {code}"
            assert example["value"] == problem_example(code)
            assert str(example["value"]["status"]) == status


def test_a_message_can_be_answered_in_three_ways() -> None:
    (post,) = [each for each in OPERATIONS if each.id == "postMessage"]
    responses = post.described["responses"]
    assert set(responses["200"]["content"]) == {"text/event-stream"}
    assert set(responses["201"]["content"]) == set(responses["202"]["content"])
    assert responses["202"]["content"]["application/json"]["example"]["reply"] is None
    named = {each["name"].lower() for each in post.described["parameters"]}
    assert {"accept", "prefer", "idempotency-key"} <= named


def examples_of(operation: Operation) -> Iterator[tuple[str, Json, Any]]:
    """Where, by which schema, and the example, of everything that goes in or out. What has none fails."""
    described = operation.described
    for parameter in described.get("parameters", ()):
        yield f"parameter {parameter['name']}", parameter["schema"], parameter["example"]
    parts = {"the body": described.get("requestBody", {}), **described["responses"]}
    for place, part in parts.items():
        for name, header in part.get("headers", {}).items():
            if "example" in header:
                yield f"{place}'s {name}", header["schema"], header["example"]
        for content in part.get("content", {}).values():
            given = content.get("examples") or {"": {"value": content["example"]}}
            for example in given.values():
                yield place, content["schema"], example["value"]


def faults_of(schema: Json, example: Any) -> Iterator[Any]:
    whole = {"allOf": [schema], "components": DOCUMENT["components"]}
    yield from Draft202012Validator(whole, format_checker=FormatChecker()).iter_errors(example)
