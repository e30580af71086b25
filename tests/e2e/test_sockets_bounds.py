"""What a client can't do to the server, nor to others, by what it sends and by what it doesn't read."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from tests.support.chat_sockets import TRANSPORTS, Connect, PlainSocket, SocketIOSocket, open_socket
from tests.support.eventually import eventually
from tests.support.keepsake_client import Client
from tests.support.keepsake_process import KeepsakeProcess
from tests.support.raw_sockets import RawSocket, open_raw

FRAME_LIMIT = 256 * 1024
MESSAGE_LIMIT = 1024 * 1024
MEBIBYTE = 1024 * 1024

OpenRaw = Callable[..., Awaitable[RawSocket]]


@pytest_asyncio.fixture
async def raw(someone: Client) -> AsyncIterator[OpenRaw]:
    """Opens raw connections, and leaves them at the end."""
    opened: list[RawSocket] = []

    async def open_one(transport: str) -> RawSocket:
        opened.append(await open_raw(transport, someone.url, someone.token))
        return opened[-1]

    yield open_one
    for socket in opened:
        await socket.close()


# --- what it sends --------------------------------------------------------------------------------

UNREADABLE = {
    "socket.io": [
        *("4", "42", "42[]", "42{}", "42[1]", "42[null]", '42["', "42/other,[]", "44", "49", "4x"),
        *('4"text"', "4true", "4null", "4{}", '4{"a":1}', "43", "431[]", "43999[null]"),
        *('42["connect",{},{"token":"x"}]', '42["disconnect"]', '42["*"]', '427["*"]'),
        '451-["message:send",{"_placeholder":true,"num":7}]',
        *("461-1[]", "4599999999999-[]", "42" + "9" * 101 + '["x"]'),
        *("4" + "[" * 100_000, '42["message:send",' + '{"a":' * 50_000, "42" + "[" * 100_000),
        *("40", "40{}", '40{"token":7}', "40/other,", "41/other,"),
    ],
    "websocket": [
        *('{"event":"x"}', '{"event":"","data":[]}', '{"event":"ack","id":1,"data":{}}'),
        *('{"event":"message:send","id":[]}', '{"event":"message:send","id":1.5}'),
        '{"event":"message:send","id":' + "[" * 900 + "]" * 900 + "}",
        '{"event":"message:send","id":"' + "i" * 101 + '"}',
        '{"event":"message:send","id":NaN,"data":Infinity}',
        '{"event":"message:send","data":' + "[" * 900 + "]" * 900 + "}",
        '{"event":"conversation:join","data":{"conversationId":' + "9" * 4000 + "}}",
    ],
}


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_nothing_unreadable_costs_a_client_its_connection(
    someone: Client, groq_keepsake: KeepsakeProcess, raw: OpenRaw, transport: str
) -> None:
    socket = await raw(transport)
    conversation = await someone.converse()
    written = len(groq_keepsake.log())
    for text in UNREADABLE[transport]:
        await socket.send(text)
    joined = await socket.call("conversation:join", {"conversationId": conversation})
    assert joined["conversationId"] == conversation
    sent = {"conversationId": conversation, "content": "Still here."}
    assert (await socket.call("message:send", sent))["message"]["seq"] == 1
    assert "Traceback" not in groq_keepsake.log()[written:]


async def test_socketio_answers_an_unreadable_event_under_its_number(raw: OpenRaw) -> None:
    socket = await raw("socket.io")
    await socket.send("4271[")
    heard = [await socket.read() for _ in range(2)]
    assert [(name, number) for name, _, number in heard] == [("error", None), ("ack", 71)]
    assert heard[0][1] == heard[1][1]["error"]
    assert heard[0][1]["code"] == "invalid_request"


@pytest.mark.parametrize(
    ("transport", "message", "code", "reason"),
    [
        pytest.param("websocket", b"\x00\x01", 4400, "frames are text", id="ws-binary"),
        pytest.param("socket.io", b"\x00\x01", 4400, "frames are text", id="io-binary"),
        pytest.param("websocket", "x" * FRAME_LIMIT + "x", 4400, "too large", id="ws-large"),
        pytest.param("socket.io", "4" + "x" * FRAME_LIMIT, 4400, "too large", id="io-large"),
        pytest.param("websocket", "x" * MESSAGE_LIMIT + "x", 1009, "", id="ws-huge"),
        pytest.param("socket.io", "x" * MESSAGE_LIMIT + "x", 1009, "", id="io-huge"),
        pytest.param("websocket", "[" * 100_000, 4400, "not JSON", id="ws-deep"),
        pytest.param("socket.io", "x", 4400, "not an Engine.IO packet", id="io-none"),
        pytest.param("socket.io", "", 4400, "not an Engine.IO packet", id="io-empty"),
    ],
)
async def test_what_no_client_of_ours_sends_closes_the_connection(
    raw: OpenRaw, transport: str, message: str | bytes, code: int, reason: str
) -> None:
    socket = await raw(transport)
    await socket.send(message)
    closed, why = await socket.closed_by_server()
    assert closed == code
    assert reason in why


async def test_too_many_events_are_refused_and_then_end_the_connection(
    someone: Client, connect: Connect
) -> None:
    socket, other = await connect(someone), await connect(someone)
    conversation = await someone.converse()
    about = {"conversationId": conversation}
    await socket.join(conversation)
    for _ in range(300):
        await socket.emit("conversation:leave", about)
    refusal = await socket.hears("error")
    assert refusal["code"] == "rate_limited"
    assert 0 < refusal["retryAfter"] < 10
    message = await socket.say(conversation, "A message has a limit of its own.")

    for _ in range(1000):
        await socket.emit("conversation:leave", about)
    if isinstance(socket, PlainSocket):
        assert (await socket.closed_by_server())[0] == 4429
    else:
        assert isinstance(socket, SocketIOSocket)
        await eventually(lambda: not socket.connected)
    assert socket.all("error")[-1]["code"] == "rate_limited"
    assert (await other.join(conversation))["messages"][0]["id"] == message["id"]


# --- what it doesn't read -------------------------------------------------------------------------


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_who_does_not_read_is_cut_off_and_hurts_nobody(
    someone: Client, groq_keepsake: KeepsakeProcess, raw: OpenRaw, transport: str
) -> None:
    conversation = await long_conversation(someone)
    reader = await open_socket(transport, someone.url, someone.token)
    frozen = await raw(transport)
    await reader.join(conversation)
    before = await slow_readers(someone, transport)
    memory = groq_keepsake.process.memory_info().rss
    for _ in range(150):  # each answered with a mebibyte, none of them read
        await frozen.ask("conversation:join", {"conversationId": conversation})

    async def is_cut_off() -> bool:
        return await slow_readers(someone, transport) > before

    await eventually(is_cut_off)
    assert groq_keepsake.process.memory_info().rss - memory < 80 * MEBIBYTE
    message = await reader.say(conversation, "Do you hear me?")
    reply = await reader.hears_reply(message)
    await reader.close()
    await frozen.closed_by_server()

    back = await raw(transport)
    resume = {"conversationId": conversation, "afterSeq": message["seq"] - 1}
    joined = await back.call("conversation:join", resume)
    assert [item["id"] for item in joined["messages"]] == [message["id"], reply["id"]]


async def long_conversation(client: Client) -> str:
    """A conversation of 52 messages; to join it is answered with a mebibyte."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    chat = [
        {
            "senderType": "user" if place % 2 == 0 else "character",
            "content": "x" * 20_000,
            "createdAt": (start + timedelta(minutes=place)).isoformat(),
        }
        for place in range(52)
    ]
    body = {"characterId": client.character["id"], "messages": chat}
    imported: dict[str, Any] = await client.post("/conversations/import", body)
    identity: str = imported["conversation"]["id"]
    return identity


async def slow_readers(client: Client, transport: str) -> float:
    """How many were cut off so far."""
    text = (await client.http.get(f"{client.url}/metrics")).text
    name = re.escape(f'keepsake_slow_readers_total{{transport="{transport}"}}')
    found = re.search(rf"^{name} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0
