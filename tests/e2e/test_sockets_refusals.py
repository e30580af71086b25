"""What a client may get wrong over the sockets, and what only one of the transports has."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest
import websockets
from socketio.exceptions import ConnectionError as SocketIOConnectionError

from tests.support.answers import problem
from tests.support.chat_sockets import (
    Connect,
    SocketIOSocket,
    open_socket,
    plain_socket,
)
from tests.support.keepsake_client import Client, expect
from tests.support.keepsake_process import KeepsakeProcess

# --- what a client may get wrong ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "data", "about"),
    [
        ("message:shout", {}, "There is no event"),
        ("error", {}, "There is no event"),
        ("x" * 10_000, {}, "There is no event"),
        ("message:send", {}, "conversationId"),
        ("message:send", None, ""),
        ("message:send", "text", ""),
        ("message:send", [1, 2], ""),
        ("message:send", {"conversationId": "x", "content": "hi"}, "conversationId"),
        ("message:send", {"conversationId": str(uuid4()), "content": 7}, "content"),
        ("conversation:join", {"conversationId": str(uuid4()), "afterSeq": -1}, "afterSeq"),
        ("conversation:join", {"conversationId": str(uuid4()), "afterSeq": 10**12}, "afterSeq"),
        ("message:read", {"conversationId": str(uuid4()), "upToSeq": "many"}, "upToSeq"),
        ("message:read", {"conversationId": str(uuid4()), "upToSeq": 10**30}, "upToSeq"),
    ],
)
async def test_a_wrong_event_is_answered_and_the_connection_lives(
    someone: Client, connect: Connect, event: str, data: Any, about: str
) -> None:
    socket = await connect(someone)
    ack = await socket.call(event, data)
    assert ack["error"]["code"] == "invalid_request"
    assert about in ack["error"]["message"]
    await socket.emit(event, data)
    error = await socket.hears("error")
    assert error == ack["error"]
    conversation = await someone.converse()
    await socket.hears_reply(await socket.say(conversation, "Still here?"))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "invalid_request"),
        (" \n", "invalid_request"),
        ("a\x00b", "invalid_request"),
        ("a" * 2001, "message_too_long"),
        ("\ud800", "invalid_request"),
    ],
)
async def test_a_message_that_can_t_be_taken_is_refused_under_its_own_id(
    someone: Client, connect: Connect, content: str, code: str
) -> None:
    conversation = await someone.converse()
    socket = await connect(someone)
    await socket.emit(
        "message:send",
        {"conversationId": conversation, "content": content, "clientMessageId": "mine"},
    )
    error = await socket.hears("error")
    assert (error["code"], error["clientMessageId"]) == (code, "mine")
    assert await someone.messages(conversation) == []


async def test_a_message_may_be_as_long_as_the_limit_in_any_script(
    someone: Client, connect: Connect
) -> None:
    conversation = await someone.converse()
    socket = await connect(someone)
    text = "🐕é漢" * 666 + "ok"
    message = await socket.say(conversation, text)
    assert message["content"] == text
    assert (await socket.hears_reply(message))["content"] == f"You said: {text}"


# --- /ws alone ------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["hello", "[1]", '{"data": {}}', "{" * 1000, b"\x00\x01"])
async def test_ws_closes_with_4400_on_what_is_no_frame(someone: Client, first: str | bytes) -> None:
    fresh = await plain_socket(someone.url)
    await fresh.raw(first)
    assert (await fresh.closed_by_server())[0] == 4400

    known = await plain_socket(someone.url)
    await known.call("auth", {"token": someone.token})
    await known.raw(first)
    code, reason = await known.closed_by_server()
    assert code == 4400
    assert "frame" in reason


@pytest.mark.parametrize(
    "first",
    [
        {"event": "auth", "data": {"token": "garbage"}},
        {"event": "auth", "data": {"token": ""}},
        {"event": "auth", "data": {"token": 7}},
        {"event": "auth", "data": None},
        {"event": "auth"},
        {"event": "conversation:join", "data": {"conversationId": str(uuid4())}},
    ],
)
async def test_ws_closes_with_4401_on_a_first_frame_that_doesn_t_authenticate(
    groq_keepsake: KeepsakeProcess, first: dict[str, Any]
) -> None:
    socket = await plain_socket(groq_keepsake.url)
    await socket.raw(json.dumps(first))
    code, reason = await socket.closed_by_server()
    assert code == 4401
    assert reason
    assert socket.heard == []


async def test_whoever_does_not_sign_in_is_put_out(groq_keepsake: KeepsakeProcess) -> None:
    plain = await plain_socket(groq_keepsake.url)
    below_socketio = await websockets.connect(
        f"ws{groq_keepsake.url.removeprefix('http')}/socket.io/?EIO=4&transport=websocket",
        proxy=None,
    )
    async with asyncio.timeout(30), below_socketio:
        heard = [frame async for frame in below_socketio]
    assert len(heard) == 1  # the handshake
    assert (await plain.closed_by_server())[0] == 4408


async def ticket_of(client: Client) -> str:
    """A fresh ticket for /ws."""
    issued = await client.post("/auth/ws-ticket", status=201)
    assert issued == {"ticket": issued["ticket"], "expiresIn": 30}
    ticket: str = issued["ticket"]
    return ticket


async def test_ws_lets_a_ticket_in_once_as_its_owner(
    someone: Client, groq_client: Client, groq_keepsake: KeepsakeProcess
) -> None:
    ours, theirs = await someone.converse(), await groq_client.converse()
    ticket = await ticket_of(someone)
    socket = await plain_socket(someone.url, ticket=ticket)
    assert (await socket.join(ours))["conversationId"] == ours  # the first frame: no auth before
    assert (await socket.join(theirs))["error"]["code"] == "not_found"
    message = await socket.say(ours, "In by ticket")
    assert message["senderId"] == someone.user["id"]
    await socket.hears_reply(message)

    again = await plain_socket(someone.url, ticket=ticket)
    code, reason = await again.closed_by_server()
    assert (code, "used" in reason, again.heard) == (4401, True, [])
    await socket.call("typing:stop", {"conversationId": ours})  # the first one stays
    await socket.close()
    assert ticket not in groq_keepsake.log()


@pytest.mark.parametrize("ticket", ["", "garbage", "é\x00", "A" * 43])
async def test_ws_closes_with_4401_on_a_ticket_that_was_never_issued(
    groq_keepsake: KeepsakeProcess, ticket: str
) -> None:
    socket = await plain_socket(groq_keepsake.url, ticket=ticket)
    assert (await socket.closed_by_server())[0] == 4401


async def test_ws_takes_no_token_for_a_ticket_and_no_ticket_for_a_token(someone: Client) -> None:
    by_token = await plain_socket(someone.url, ticket=someone.token)
    assert (await by_token.closed_by_server())[0] == 4401
    by_frame = await plain_socket(someone.url)
    await by_frame.emit("auth", {"token": await ticket_of(someone)})
    assert (await by_frame.closed_by_server())[0] == 4401


async def test_ws_checks_the_origin_before_it_uses_a_ticket_up(someone: Client) -> None:
    ticket = await ticket_of(someone)
    foreign = await plain_socket(someone.url, ticket=ticket, origin="https://evil.example")
    assert (await foreign.closed_by_server())[0] == 4403
    socket = await plain_socket(someone.url, ticket=ticket, origin=someone.url)
    await socket.join(await someone.converse())
    await socket.close()


async def test_without_redis_tickets_are_refused_and_the_auth_frame_lets_in(
    someone: Client, groq_keepsake: KeepsakeProcess
) -> None:
    ticket = await ticket_of(someone)
    (valkey,) = [server for server in groq_keepsake.servers() if "valkey" in server.name()]
    valkey.suspend()
    try:
        answer = await someone.http.post("/auth/ws-ticket")
        assert "Redis" in problem(answer, 503, "service_unavailable")["detail"]
        by_ticket = await plain_socket(someone.url, ticket=ticket)
        code, reason = await by_ticket.closed_by_server()
        assert (code, "Redis" in reason) == (4401, True)
        by_frame = await open_socket("websocket", someone.url, someone.token)
        await by_frame.close()
    finally:
        valkey.resume()
    await ticket_of(someone)


async def test_the_ticket_s_answer_is_described_with_an_example(someone: Client) -> None:
    described = expect(await someone.http.get(f"{someone.url}/openapi.json"), 200)
    responses = described["paths"]["/api/v1/auth/ws-ticket"]["post"]["responses"]
    assert {"201", "503"} <= set(responses)
    fields = described["components"]["schemas"]["TicketView"]["properties"]
    assert len(fields["ticket"]["examples"][0]) == 43
    assert fields["expiresIn"]["examples"] == [30]


async def test_ws_acknowledges_by_the_frame_s_own_id(someone: Client) -> None:
    socket = await open_socket("websocket", someone.url, someone.token)
    conversation = await someone.converse()
    first, second, third = await asyncio.gather(
        socket.join(conversation),
        socket.call("conversation:join", {"conversationId": str(uuid4())}),
        socket.call("typing:stop", {"conversationId": conversation}),
    )
    assert first["conversationId"] == conversation
    assert second["error"]["code"] == "not_found"
    assert third == {}
    await socket.close()


# --- Socket.IO alone ------------------------------------------------------------------------------


@pytest.mark.parametrize("auth", [None, {}, {"token": "garbage"}, {"token": None}, "token"])
async def test_socketio_refuses_a_connection_without_a_good_token(
    groq_keepsake: KeepsakeProcess, auth: Any
) -> None:
    socket = SocketIOSocket()
    refused: list[Any] = []
    socket.on_refusal(refused.append)
    with pytest.raises(SocketIOConnectionError):
        await socket.connect(groq_keepsake.url, auth)
    (reason,) = refused
    assert reason["data"] == {"code": "not_authenticated", "message": reason["message"]}
    assert reason["message"].endswith(".")
