"""`keepsake serve --workers 2`: two processes behind one port, on servers of their own. What a client
of one does, a client of the other sees."""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator

import psutil
import pytest_asyncio

from tests.e2e.conftest import on_groq, replies
from tests.support.chat_sockets import (
    TRANSPORTS,
    ChatSocket,
    PlainSocket,
    open_socket,
    plain_socket,
)
from tests.support.eventually import eventually
from tests.support.groq_server import GroqServer
from tests.support.keepsake_client import Client, signed_in
from tests.support.keepsake_process import KeepsakeProcess, keepsake, run_keepsake
from tests.support.shared_services import shared_services

TAKEN_OVER_SECONDS = 30.0


@pytest_asyncio.fixture(scope="module")
async def two_workers(
    postgres_url: str, valkey_url: str, groq_api: GroqServer
) -> AsyncIterator[KeepsakeProcess]:
    """The parent of both."""
    async with (
        shared_services(postgres_url, valkey_url) as shared,
        keepsake("serve", "--workers", "2", **on_groq(groq_api) | shared) as server,
    ):
        await eventually(lambda: len(workers(server)) == 2)
        yield server


@pytest_asyncio.fixture
async def user(two_workers: KeepsakeProcess, groq: GroqServer) -> AsyncIterator[Client]:
    """A new user."""
    async with signed_in(two_workers.url) as client:
        yield client


async def test_clients_of_both_see_each_other_s_events(
    two_workers: KeepsakeProcess, user: Client, groq: GroqServer
) -> None:
    conversation = await user.converse()
    sockets = await on_both(two_workers, user, conversation)
    for transport in TRANSPORTS:
        speaker = await open_socket(transport, user.url, user.token)
        message = await speaker.say(conversation, f"Over {transport}")
        reply = await speaker.hears_reply(message)
        assert [await socket.hears_reply(message) for socket in sockets] == [reply] * len(sockets)
        await speaker.close()
    heard = [[told for told in socket.heard if told[0] != "ack"] for socket in sockets]
    assert all(told == heard[0] for told in heard)

    async def counted() -> bool:  # whichever of the two answers
        totals = [await measured(user, "keepsake_connections") for _ in range(4)]
        return totals == [len(sockets)] * 4

    await eventually(counted)
    await asyncio.gather(*(socket.close() for socket in sockets))


async def test_one_that_is_killed_is_replaced_and_its_messages_are_answered(
    two_workers: KeepsakeProcess, user: Client, groq: GroqServer
) -> None:
    groq.queue(replies("Never ", "heard.", paced=True))
    conversation = await user.converse()
    here = await open_socket("websocket", user.url, user.token)
    assert isinstance(here, PlainSocket)
    message = await here.say(conversation, "Are you there?")
    groq.release()
    await here.hears("character:response", lambda data: data["delta"] == "Never ")
    before = workers(two_workers)
    (serving,) = [worker for worker in before if here.port in client_ports(worker, two_workers)]
    serving.kill()

    await here.closed_by_server()
    back = await open_socket("websocket", user.url, user.token)
    await back.join(conversation, afterSeq=message["seq"])
    reply = await user.reply_to(message, within=TAKEN_OVER_SECONDS)
    assert (reply["content"], reply["state"]) == ("You said: Are you there?", "complete")
    await eventually(lambda: len(workers(two_workers)) == 2)
    assert serving.pid not in {worker.pid for worker in workers(two_workers)}

    async def forgotten() -> bool:  # the dead one's connection
        return await measured(user, "keepsake_connections") == 1

    await eventually(forgotten)
    await back.close()


async def test_sigterm_drains_both(
    two_workers: KeepsakeProcess, user: Client, groq: GroqServer
) -> None:
    conversation = await user.converse()
    sockets = await on_both(two_workers, user, conversation)
    groq.queue(replies("One ", "more ", "thing.", paced=True))
    message = await sockets[0].say(conversation, "Before you go?")
    groq.release()
    await sockets[0].hears("character:response", lambda data: data["delta"] == "One ")

    two_workers.terminate()

    async def stopping() -> bool:
        answer = await user.http.get(f"{user.url}/readyz")
        return (answer.status_code, answer.json()["status"]) == (503, "stopping")

    await eventually(stopping)
    late = await plain_socket(user.url)
    assert (await late.closed_by_server())[0] == 1012
    groq.release(2)
    assert (await sockets[0].hears_reply(message))["content"] == "One more thing."
    for socket in sockets:  # the other worker, with nothing to finish, has closed its own before
        if isinstance(socket, PlainSocket):
            assert (await socket.closed_by_server())[0] == 1012
    assert await two_workers.wait() == 0
    assert "Traceback" not in two_workers.log()


async def test_a_start_that_fails_says_why_in_one_line(
    two_workers: KeepsakeProcess, groq_api: GroqServer
) -> None:
    finished = await run_keepsake(
        *("serve", "--workers", "2"),
        **on_groq(groq_api),
        DATABASE_URL="postgresql://nobody@127.0.0.1:1/nowhere",
        REDIS_URL="redis://127.0.0.1:1/0",
        QDRANT_URL="http://127.0.0.1:1",
        JWT_SECRET="a secret that all the processes share",
        WEBSOCKET_PORT=two_workers.port,
    )
    assert "Check DATABASE_URL" in finished.complaint


def workers(server: KeepsakeProcess) -> list[psutil.Process]:
    """The processes that answer, for as long as their parent lives."""
    children = server.process.children() if not server.ended else []
    return [child for child in children if "spawn_main" in " ".join(command_of(child))]


def command_of(process: psutil.Process) -> list[str]:
    """Its command line; empty if it has just ended."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def client_ports(worker: psutil.Process, server: KeepsakeProcess) -> set[int]:
    """The other ends of a worker's open connections."""
    return {
        connection.raddr.port
        for connection in worker.net_connections("tcp")
        if connection.status == psutil.CONN_ESTABLISHED and connection.laddr.port == server.port
    }


async def on_both(server: KeepsakeProcess, user: Client, conversation: str) -> list[ChatSocket]:
    """Connections in the conversation over both transports, some to each of the workers. Which of them
    takes a connection is the system's choice."""
    kept: dict[tuple[int, str], ChatSocket] = {}
    async with asyncio.timeout(TAKEN_OVER_SECONDS):
        for transport in itertools.cycle(TRANSPORTS):
            before = {worker.pid: client_ports(worker, server) for worker in workers(server)}
            socket = await open_socket(transport, user.url, user.token)
            (landed,) = [
                worker.pid
                for worker in workers(server)
                if client_ports(worker, server) - before.get(worker.pid, set())
            ]
            if kept.setdefault((landed, transport), socket) is not socket:
                await socket.close()
            if len({worker for worker, _ in kept}) == 2:
                break
    for socket in kept.values():
        await socket.join(conversation)
        socket.forget()
    return list(kept.values())


async def measured(user: Client, name: str) -> float:
    """A metric's sum over its labels."""
    text = (await user.http.get(f"{user.url}/metrics")).text
    return sum(float(value) for value in re.findall(rf"^{name}{{.*}} (\S+)$", text, re.MULTILINE))
