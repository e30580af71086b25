"""Two processes through what happens in operation: one is restarted after the other under traffic, and
Redis goes away and comes back."""

import asyncio
import itertools
import json
import signal
import tempfile
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
import pytest_asyncio
from socketio.exceptions import ConnectionError as SocketIOConnectionError

from backend.adapters.embedded.processes import end, running_in
from backend.adapters.embedded.valkey import EmbeddedValkey
from tests.chaos.plan import Transport
from tests.chaos.wires import Lost, Wire, open_wire
from tests.e2e.conftest import on_groq, replies
from tests.support.chat_sockets import TRANSPORTS, PlainSocket, open_socket, plain_socket
from tests.support.eventually import eventually
from tests.support.groq_server import GroqServer
from tests.support.keepsake_client import Client, expect, signed_in
from tests.support.keepsake_process import KeepsakeProcess, launched
from tests.support.shared_services import shared_services

T = TypeVar("T")
POLLING = "/socket.io/?EIO=4&transport=polling"
PAUSE_SECONDS = 0.1  # of a client between two messages


@dataclass(frozen=True)
class Cluster:
    """Two processes, and the Valkey between them."""

    here: KeepsakeProcess
    there: KeepsakeProcess
    valkey: EmbeddedValkey
    valkey_folder: Path

    async def kill_valkey(self) -> None:
        """As by the kernel, when memory runs out."""
        await end(running_in(self.valkey_folder, "valkey-server"), ((signal.SIGKILL, 10.0),))


@pytest_asyncio.fixture(scope="module")
async def cluster(postgres_url: str, groq_api: GroqServer) -> AsyncIterator[Cluster]:
    """Two `keepsake serve` on servers of their own."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="keepsake-e2e-")))
        valkey = EmbeddedValkey(folder / "valkey")
        stack.push_async_callback(valkey.stop)
        shared = await stack.enter_async_context(
            shared_services(postgres_url, await valkey.start())
        )
        environment = on_groq(groq_api) | shared
        here, there = [
            await stack.enter_async_context(launched("serve", **environment)) for _ in range(2)
        ]
        await asyncio.gather(here.start(), there.start())
        yield Cluster(here, there, valkey, folder / "valkey")


@pytest_asyncio.fixture
async def user(cluster: Cluster, groq: GroqServer) -> AsyncIterator[Client]:
    """A new user of the first process."""
    async with signed_in(cluster.here.url) as client:
        yield client


# --- Redis ----------------------------------------------------------------------------------------


async def test_without_redis_each_process_goes_on_and_what_was_missed_is_resumed(
    cluster: Cluster, user: Client
) -> None:
    conversation = await user.converse()
    near = [await open_socket(each, cluster.here.url, user.token) for each in TRANSPORTS]
    far = await open_socket("websocket", cluster.there.url, user.token)
    for socket in (*near, far):
        await socket.join(conversation)
    await cluster.kill_valkey()

    message = await near[0].say(conversation, "Is anybody there?")
    for socket in near:
        reply = await socket.hears_reply(message)
    ready = await user.http.get(f"{cluster.here.url}/readyz")
    state = ready.json()
    assert (ready.status_code, state["status"]) == (200, "degraded")
    assert "Redis can't be reached" in state["checks"]["redis"]
    assert state["checks"]["database"] == "ok"
    measured = (await user.http.get(f"{cluster.here.url}/metrics")).text
    assert 'keepsake_redis_up{use="publish"} 0.0' in measured
    assert "keepsake_events_lost_total 0.0" not in measured

    await cluster.valkey.start()
    for process in (cluster.here, cluster.there):

        async def healed(url: str = process.url) -> bool:
            answer = expect(await user.http.get(f"{url}/readyz"))
            metrics = (await user.http.get(f"{url}/metrics")).text
            return answer["status"] == "ready" and 'keepsake_redis_up{use="listen"} 1.0' in metrics

        await eventually(healed)
    assert far.names() == ["ack"]
    missed = (await far.join(conversation, afterSeq=0))["messages"]
    assert [item["id"] for item in missed] == [message["id"], reply["id"]]
    again = await near[0].say(conversation, "And now?")
    assert await far.hears_reply(again) == await near[0].hears_reply(again)
    for socket in (*near, far):
        await socket.close()


# --- the way out ----------------------------------------------------------------------------------


async def test_a_process_that_stops_ends_its_replies_and_turns_new_clients_away(
    cluster: Cluster, user: Client, groq: GroqServer
) -> None:
    groq.queue(replies("One ", "more ", "thing.", paced=True))
    conversation = await user.converse()
    sockets = [await open_socket(each, user.url, user.token) for each in TRANSPORTS]
    for socket in sockets:
        await socket.join(conversation)
    polling = await long_poll(user)
    first = await sockets[0].say(conversation, "Before you go?")
    groq.release()
    await sockets[0].hears("character:response", lambda data: data["delta"] == "One ")

    cluster.here.terminate()
    await eventually(lambda: is_stopping(user))
    second = await sockets[1].say(conversation, "And this?")
    waiting = asyncio.create_task(
        user.http.post(f"/conversations/{conversation}/messages", json={"content": "And that?"})
    )
    late = await plain_socket(user.url)
    assert (await late.closed_by_server())[0] == 1012
    refused = await user.http.get(user.url + POLLING)
    assert refused.status_code == 503
    with pytest.raises(SocketIOConnectionError):
        await open_socket("socket.io", user.url, user.token)

    groq.release(2)
    for socket in sockets:
        assert (await socket.hears_reply(first))["content"] == "One more thing."
    plain = sockets[1]
    assert isinstance(plain, PlainSocket)
    assert (await plain.closed_by_server())[0] == 1012
    assert (await polling).text.split("\x1e")[-1] == "1"  # Engine.IO's close
    assert (await waiting).status_code in {201, 503}
    await cluster.here.wait()

    elsewhere = await open_socket("websocket", cluster.there.url, user.token)
    await elsewhere.join(conversation)
    async with signed_in(cluster.there.url) as other:
        other.http.headers["Authorization"] = f"Bearer {user.token}"
        reply = await other.reply_to(second)
        assert reply["content"] == "You said: And this?"
    await elsewhere.close()
    await cluster.here.start()


async def long_poll(user: Client) -> "asyncio.Task[httpx.Response]":
    """A request of a Socket.IO client without WebSocket, that waits for events."""
    opened = (await user.http.get(user.url + POLLING)).text
    address = f"{user.url}{POLLING}&sid={json.loads(opened[1:])['sid']}"
    await user.http.post(address, content="40" + json.dumps({"token": user.token}))
    assert (await user.http.get(address)).text.startswith("40")
    return asyncio.create_task(user.http.get(address))


async def is_stopping(user: Client) -> bool:
    """Whether /readyz tells a proxy to send nobody here."""
    answer = await user.http.get(f"{user.url}/readyz")
    return (answer.status_code, answer.json()["status"]) == (503, "stopping")


# --- a rolling restart ----------------------------------------------------------------------------


async def test_a_rolling_restart_under_traffic_loses_and_doubles_nothing(
    cluster: Cluster, user: Client, groq: GroqServer
) -> None:
    urls = [cluster.here.url, cluster.there.url]
    talkers = [
        Talker(user, order, transport)
        for transport in (Transport.SOCKET_IO, Transport.WEBSOCKET)
        for order in (urls, urls[::-1])
    ]
    enough = asyncio.Event()
    talking = [asyncio.create_task(talker.talk(enough)) for talker in talkers]
    for process in (cluster.here, cluster.there):
        await eventually(lambda: all(talker.said > 2 for talker in talkers), within=60)
        await process.stop()
        for talker in talkers:
            talker.said = 0
        await process.start()
    await eventually(lambda: all(talker.said > 2 for talker in talkers), within=60)
    enough.set()
    async with asyncio.timeout(30):
        await asyncio.gather(*talking)

    client = Client(cluster.here.url)
    client.http.headers["Authorization"] = f"Bearer {user.token}"
    async with client.http:
        for talker in talkers:
            stored = await client.messages(talker.conversation)
            assert [item["id"] for item in stored] == talker.seen
            assert [item["seq"] for item in stored] == [*range(1, len(stored) + 1)]
            told = [item["content"] for item in stored]
            assert told == [f"{who}{text}" for text in talker.texts for who in ("", "You said: ")]
            assert {item["state"] for item in stored} == {"complete"}
            assert talker.close_codes <= {1012, None}  # None: Socket.IO's client doesn't tell
            assert talker.connections > 1


class Talker:
    """A client that talks on and on, each message under an id of its own and when the last one was
    answered. When its connection ends it goes to the next process, resumes, and sends again what was
    not acknowledged. `seen` are the ids of all messages that it was told of, in order."""

    def __init__(self, user: Client, urls: list[str], transport: Transport) -> None:
        self._user = user
        self._urls = itertools.cycle(urls)
        self._transport = transport
        self._changed = asyncio.Event()
        self._answered: set[str] = set()
        self.conversation = ""
        self.texts: list[str] = []
        self.seen: list[str] = []
        self.said = 0
        self.connections = 0
        self.close_codes: set[int | None] = set()

    async def talk(self, enough: asyncio.Event) -> None:
        """Until told that it is enough, and everything is answered."""
        self.conversation = await self._user.converse()
        wire = await self._connect()
        while not enough.is_set():
            self.texts.append(f"Number {len(self.texts)}")
            wire = await self._say(wire, self.texts[-1])
            self.said += 1
            await asyncio.sleep(PAUSE_SECONDS)
        await wire.close()

    async def _say(self, wire: Wire, text: str) -> Wire:
        identity = f"id of {text}"
        data = {
            "conversationId": self.conversation,
            "content": text,
            "type": "text",
            "clientMessageId": identity,
        }
        acked: dict[str, Any] = {}
        while True:
            try:
                if not acked:
                    acked = (await _ask(wire, "message:send", data))["message"]
                await self._answer_to(wire, acked["id"])
                return wire
            except Lost:
                self.close_codes.add(wire.close_code)
                await wire.close()
                wire = await self._connect()

    async def _answer_to(self, wire: Wire, message_id: str) -> None:
        while message_id not in self._answered:
            self._changed.clear()
            await _unless_lost(wire, self._changed.wait())

    async def _connect(self) -> Wire:
        async with asyncio.timeout(40):
            for url in self._urls:
                try:
                    wire = await open_wire(self._transport, url, self._user.token, self._hear)
                    about = {"conversationId": self.conversation, "afterSeq": len(self.seen)}
                    joined = await _ask(wire, "conversation:join", about)
                except Lost:
                    await asyncio.sleep(0.05)  # as a client would
                    continue
                for message in joined["messages"]:
                    self._see(message)
                self.connections += 1
                return wire
        raise AssertionError("no process lets me in")

    def _hear(self, event: str, data: dict[str, Any]) -> None:
        if event == "message:received":
            self._see(data)

    def _see(self, message: dict[str, Any]) -> None:
        if message["seq"] > len(self.seen):
            assert message["seq"] == len(self.seen) + 1, "a message was left out"
            self.seen.append(message["id"])
            if message["replyTo"]:
                self._answered.add(message["replyTo"])
        assert self.seen[message["seq"] - 1] == message["id"]
        self._changed.set()


async def _ask(wire: Wire, event: str, data: dict[str, Any]) -> dict[str, Any]:
    return await _unless_lost(wire, await wire.ask(event, data))


async def _unless_lost(wire: Wire, waited_for: Awaitable[T]) -> T:
    wanted, lost = asyncio.ensure_future(waited_for), asyncio.ensure_future(wire.lost.wait())
    await asyncio.wait([wanted, lost], return_when=asyncio.FIRST_COMPLETED)
    lost.cancel()
    if wanted.done():
        return wanted.result()
    wanted.cancel()
    raise Lost
