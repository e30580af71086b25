"""REST, from outside: how it says no."""

import json

import pytest

from tests.e2e.conftest import FAST_ENCODER
from tests.support.answers import Json, problem
from tests.support.chat_sockets import TRANSPORTS, open_socket
from tests.support.keepsake_client import Client, signed_in
from tests.support.keepsake_process import keepsake

AS_JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "code", "about"),
    [
        ("GET", "/conversations/not-an-id", {}, 422, "invalid_request", "conversation_id"),
        ("GET", "/characters/7", {}, 422, "invalid_request", "character_id"),
        ("POST", "/conversations", {}, 422, "invalid_request", ""),
        ("POST", "/conversations", {"json": {}}, 422, "invalid_request", "characterId"),
        ("POST", "/conversations", {"json": {"characterId": 7}}, 422, "invalid_request", "UUID"),
        ("POST", "/conversations", {"json": [1]}, 422, "invalid_request", ""),
        (
            "POST",
            "/conversations",
            {"content": b'{"characterId": ', "headers": AS_JSON},
            422,
            "invalid_request",
            "JSON",
        ),
        (
            "POST",
            "/conversations",
            {"content": b"\xff\xfe", "headers": AS_JSON},
            422,
            "invalid_request",
            "",
        ),
        ("POST", "/characters", {"json": {"name": "  "}}, 422, "invalid_request", "name"),
        ("POST", "/characters", {"json": {"name": "A\x00"}}, 422, "invalid_request", ""),
        (
            "POST",
            "/characters",
            {"json": {"name": "A", "age": "old"}},
            422,
            "invalid_request",
            "age",
        ),
        ("POST", "/characters", {"json": {"name": "A", "age": -1}}, 422, "invalid_request", "age"),
        (
            "POST",
            "/characters",
            {"json": {"name": "A", "lorebook": [{"a": "b\x00"}]}},
            422,
            "invalid_request",
            "",
        ),
        ("POST", "/auth/register", {"json": {"email": "x"}}, 422, "invalid_request", "password"),
        ("GET", "/conversations?limit=many", {}, 422, "invalid_request", "limit"),
        ("GET", "/conversations?limit=0", {}, 422, "invalid_request", "limit"),
        ("GET", "/conversations?before=x", {}, 422, "invalid_request", "cursor"),
        ("GET", "/conversations?before=%C3%A9", {}, 422, "invalid_request", "cursor"),
        ("GET", "/characters?after=AAAA", {}, 422, "invalid_request", "cursor"),
        ("GET", "/nothing/here", {}, 404, "not_found", ""),
        ("PATCH", "/conversations", {"json": {}}, 405, "method_not_allowed", ""),
        ("GET", "/auth/register", {}, 405, "method_not_allowed", ""),
        ("DELETE", "/auth/me", {}, 405, "method_not_allowed", ""),
    ],
)
async def test_a_request_that_makes_no_sense_is_told_so(
    someone: Client, method: str, path: str, sent: Json, status: int, code: str, about: str
) -> None:
    answer = await someone.http.request(method, path, **sent)
    assert about in problem(answer, status, code)["detail"]
    if status == 405:
        assert answer.headers["allow"]


@pytest.mark.parametrize(
    ("path", "sent", "detail", "field"),
    [
        (
            "/conversations",
            {"content": b"{bad", "headers": AS_JSON},
            *("The body is not JSON (character 2).", ""),
        ),
        ("/conversations", {"json": []}, "The body must be an object.", ""),
        (
            "/auth/register",
            {"json": {"email": "ada", "password": "a long enough one", "displayName": "Ada"}},
            *("email: must look like name@example.org.", "email"),
        ),
        (
            "/auth/register",
            {"json": {"email": "ada@x.org", "password": "password1", "displayName": "Ada"}},
            *("password: this one is guessed first; choose another.", "password"),
        ),
        (
            "/auth/register",
            {
                "json": {
                    **{"email": "ada@x.org", "password": "a long enough one"},
                    **{"displayName": "Ada", "timeZone": "Here"},
                }
            },
            *("timeZone: must be an IANA time zone, such as Europe/Lisbon.", "timeZone"),
        ),
        (
            "/conversations/{conversation}/messages",
            {"json": {"content": " "}},
            *("The message is empty.", "content"),
        ),
        (
            "/characters/import",
            {"files": [("file", b"{}"), ("file", b"{}")]},
            *("Send one card at a time, as the only file of the form.", "file"),
        ),
        (
            "/characters/import",
            {"files": [("name", (None, b"Mira"))]},
            *("The form holds no file: send the card as one.", "file"),
        ),
    ],
    ids=str,
)
async def test_what_is_wrong_is_told_in_sentences_and_by_field(
    someone: Client, path: str, sent: Json, detail: str, field: str
) -> None:
    if "{" in path:
        path = path.format(conversation=await someone.converse())
    body = problem(await someone.http.post(path, **sent), 422, "invalid_request")
    assert body["detail"] == detail
    [fault] = body["errors"]
    assert fault["field"] == field
    assert fault["problem"] in detail


async def test_what_may_be_is_listed(someone: Client) -> None:
    answer = await someone.http.get("/conversations", params={"status": "gone"})
    detail = problem(answer, 422, "invalid_request")["detail"]
    assert detail == "status: must be active or archived."
    answer = await someone.http.get("/conversations", params={"before": "x"})
    assert problem(answer, 422, "invalid_request")["errors"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"content": ""}, "invalid_request"),
        ({"content": " \n\t"}, "invalid_request"),
        ({"content": "a\x00b"}, "invalid_request"),
        ({"content": "\ud800"}, "invalid_request"),
        ({"content": "a" * 2001}, "message_too_long"),
        ({"content": "a" * 1_000_000}, "message_too_long"),
        ({"content": 7}, "invalid_request"),
        ({"content": None}, "invalid_request"),
        ({"content": "hi", "type": "system"}, "invalid_request"),
        ({"content": "hi", "type": "hologram"}, "invalid_request"),
        ({"content": "hi", "clientMessageId": ""}, "invalid_request"),
        ({"content": "hi", "clientMessageId": "x" * 201}, "invalid_request"),
        ({"content": "hi", "clientMessageId": "a\x00"}, "invalid_request"),
        ({}, "invalid_request"),
    ],
)
async def test_a_message_that_can_t_be_taken_is_refused(
    someone: Client, body: Json, code: str
) -> None:
    conversation = await someone.converse()
    answer = await someone.http.post(
        f"/conversations/{conversation}/messages",
        content=json.dumps(body),
        headers=AS_JSON,
    )
    problem(answer, 422, code)
    assert await someone.messages(conversation) == []


async def test_all_ways_in_share_one_budget_of_messages() -> None:
    async with (
        keepsake(MESSAGE_RATE_LIMIT="3/minute", EMBEDDING_MODEL=FAST_ENCODER) as server,
        signed_in(server.url) as user,
    ):
        conversation = await user.converse()
        await user.say(conversation, "One")
        for transport in TRANSPORTS:
            socket = await open_socket(transport, user.url, user.token)
            await socket.say(conversation, f"One over {transport}")
            await socket.close()

        answer = await user.http.post(
            f"/conversations/{conversation}/messages", json={"content": "One too many"}
        )
        problem(answer, 429, "rate_limited")
        assert 0 < int(answer.headers["retry-after"]) <= 60
        for transport in TRANSPORTS:
            socket = await open_socket(transport, user.url, user.token)
            body = {"conversationId": conversation, "content": "One too many", "type": "text"}
            refusal = (await socket.call("message:send", body))["error"]
            assert refusal["code"] == "rate_limited"
            assert 0 < refusal["retryAfter"] <= 60
            await socket.join(conversation)  # reading goes on
            await socket.close()
        said = await user.messages(conversation)
        assert "One too many" not in [item["content"] for item in said]
        async with signed_in(server.url, "Grace") as grace:
            await grace.say(await grace.converse(), "My own budget")
