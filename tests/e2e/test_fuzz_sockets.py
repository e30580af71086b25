"""Hypothesis over the real-time protocol, on both transports: whatever a client sends, the server lives,
answers every frame that has an id exactly once or closes with a code of its list, and says nothing that
/asyncapi.json doesn't describe.

Bounded here; `make fuzz` gives it longer (`FUZZ_SECONDS`).
"""

import asyncio
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest_asyncio
import websockets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.gateway.asyncapi_words import CLOSE_REASONS
from backend.gateway.protocol import ClientEvent, CloseCode
from tests.support.chat_sockets import SocketIOSocket
from tests.support.keepsake_client import Client
from tests.support.keepsake_process import KeepsakeProcess
from tests.support.realtime_contract import off_contract, off_contract_ack

Json = dict[str, Any]

SECONDS = int(os.environ.get("FUZZ_SECONDS", "15"))
ANSWER_SECONDS = 20.0
NOBODY_S = str(uuid4())
FEW = 25  # frames in a conversation; more would be flooding, which ends it
EVENTS = [event.value for event in ClientEvent]

plain = st.text(max_size=40)
texts = plain | st.sampled_from(["\ud800", "\x00", "x" * 10_000])
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4)
)
deep = st.integers(1, 5000).map(lambda depth: "[" * depth + "]" * depth)


@dataclass(frozen=True)
class Talker:
    """Whom the frames come from, and what of theirs they may be about."""

    url: str
    token: str
    conversation: str
    reply: str


def payloads(talker: Talker) -> st.SearchStrategy[Any]:
    """Data of events, near to what they take: right names and ids, and any value in their place."""
    ids = st.sampled_from([talker.conversation, talker.reply, NOBODY_S, "me", ""])
    fields: dict[str, st.SearchStrategy[Any]] = {
        "conversationId": ids | values,
        "messageId": ids | values,
        "content": texts | st.just("Hello.") | values,
        "type": st.sampled_from(["text", "voice", "system"]) | values,
        "clientMessageId": st.sampled_from(["a", "b"]) | values,
        "afterSeq": st.integers() | values,
        "afterChange": st.integers() | values,
        "upToSeq": st.integers(-1, 2**40) | values,
        "token": texts | values,
    }
    return st.fixed_dictionaries({}, optional=fields) | values


def frames(talker: Talker) -> st.SearchStrategy[Json]:
    """Frames, right and wrong."""
    return st.fixed_dictionaries(
        {"event": st.sampled_from(EVENTS) | texts},
        optional={
            "data": payloads(talker),
            "id": st.integers(0, 10**6) | st.text(min_size=1, max_size=20) | values,
        },
    )


def not_frames() -> st.SearchStrategy[str | bytes]:
    """What is none: not JSON, too deep, too large, binary, not an object, without an event."""
    large = st.just("[" + "1," * 200_000 + "1]")
    return st.binary(max_size=40) | plain | deep | large | values.map(json.dumps)


@dataclass
class Told:
    """What came over one connection; `closed` is the server's code, if it closed it."""

    acks: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    closed: int | None = None

    def hear(self, frame: Json, asked: dict[str, list[str]]) -> None:
        """Note a frame; `asked` are the events under each id, as JSON."""
        if frame["event"] == "ack":
            number = json.dumps(frame["id"])
            self.acks.append(number)
            events = asked.get(number, ["are:you:there"])
            faults = [off_contract_ack(event, frame["data"]) for event in events]
        else:
            faults = [off_contract(frame["event"], frame["data"])]
        if all(faults):
            self.faults += map(str, faults)


bounded = settings(
    max_examples=SECONDS * 5,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def talker(someone: Client) -> Talker:
    """Somebody in a conversation, of which there is a reply already."""
    conversation = await someone.converse()
    reply = await someone.say(conversation, "Hello.")
    return Talker(someone.url, someone.token, conversation, reply["id"])


async def over_websocket(talker: Talker, sent: Sequence[Json | str | bytes]) -> Told:
    """Sign in, send all of it and then ask for a sign of life; what is told until that comes, or until
    the server closes."""
    told, last = Told(), json.dumps(f"last {uuid4()}")
    asked: dict[str, list[str]] = {}
    for each in sent:
        if isinstance(each, dict):
            asked.setdefault(json.dumps(each.get("id")), []).append(each["event"])
    address = talker.url.replace("http", "ws", 1) + "/ws"
    async with (
        asyncio.timeout(ANSWER_SECONDS),
        websockets.connect(address, proxy=None, ping_interval=None) as socket,
    ):
        await socket.send(json.dumps({"event": "auth", "data": {"token": talker.token}}))
        try:
            for each in sent:
                await socket.send(json.dumps(each) if isinstance(each, dict) else each)
            await socket.send(f'{{"event": "are:you:there", "id": {last}}}')
            while last not in told.acks:
                told.hear(json.loads(await socket.recv()), asked)
        except websockets.ConnectionClosed:
            told.closed = socket.close_code
    if last in told.acks:
        told.acks.remove(last)
    return told


def numbers(sent: Sequence[Any]) -> list[str]:
    """The ids under which frames are to be acknowledged."""
    ids = [each.get("id") for each in sent if isinstance(each, dict)]
    return [
        json.dumps(number)
        for number in ids
        if type(number) is int or (type(number) is str and len(number) <= 100)
    ]


def test_a_frame_with_an_id_is_acknowledged_once(talker: Talker) -> None:
    @bounded
    @given(st.lists(frames(talker), max_size=FEW))
    def says(sent: list[Json]) -> None:
        told = asyncio.run(over_websocket(talker, sent))
        assert told.closed is None
        assert told.faults == []
        assert sorted(told.acks) == sorted(numbers(sent))

    says()


def test_what_is_no_frame_ends_the_connection_and_nothing_else(talker: Talker) -> None:
    @bounded
    @given(st.lists(frames(talker), max_size=4), not_frames(), st.lists(frames(talker), max_size=2))
    def says(before: list[Json], wrong: str | bytes, after: list[Json]) -> None:
        told = asyncio.run(over_websocket(talker, [*before, wrong, *after]))
        assert told.closed == CloseCode.BAD_FRAME
        assert told.closed in CLOSE_REASONS
        assert told.faults == []
        assert sorted(told.acks) == sorted(numbers(before))

    says()


def test_over_socketio_an_event_is_acknowledged_once(talker: Talker) -> None:
    @bounded
    @given(st.lists(frames(talker), max_size=FEW))
    def says(sent: list[Json]) -> None:
        assert asyncio.run(over_socketio(talker, sent)) == []

    says()


async def over_socketio(talker: Talker, sent: Sequence[Json]) -> list[str]:
    """The same over Socket.IO, where every event asks for an ack; what was wrong with what came."""
    socket = SocketIOSocket()
    await socket.connect(talker.url, {"token": talker.token})
    for each in sent:
        answer = await socket.call(each["event"], each.get("data"))
        assert isinstance(answer, dict)
    assert socket.connected
    await socket.close()
    return socket.off_contract


async def test_the_server_has_lived_through_it(
    someone: Client, groq_keepsake: KeepsakeProcess, talker: Talker
) -> None:
    assert not groq_keepsake.ended
    assert "socket.defect" not in groq_keepsake.log()
    assert (await someone.say(talker.conversation, "Still there?"))["state"] == "complete"
