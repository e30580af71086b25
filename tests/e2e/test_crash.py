"""Ends of every kind: killed, terminated, and starts that can't be."""

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from tests.e2e.conftest import FAST_ENCODER, on_groq, replies
from tests.support.chat_sockets import PlainSocket, open_socket
from tests.support.eventually import eventually
from tests.support.groq_server import GroqServer
from tests.support.keepsake_client import Client, signed_in
from tests.support.keepsake_process import (
    KeepsakeProcess,
    free_port,
    keepsake,
    run_keepsake,
    temporary_folder,
)

ANSWERED_SECONDS = 30.0  # the longest that a message may wait after its process died


@pytest_asyncio.fixture(scope="module")
async def doomed(groq_api: GroqServer) -> AsyncIterator[KeepsakeProcess]:
    """A Keepsake for these tests to end; each but the last leaves it running."""
    async with keepsake(**on_groq(groq_api)) as server:
        yield server


@pytest_asyncio.fixture
async def user(doomed: KeepsakeProcess, groq: GroqServer) -> AsyncIterator[Client]:
    """A user of `doomed`."""
    async with signed_in(doomed.url) as client:
        yield client


async def test_a_reply_cut_by_a_kill_is_written_after_the_restart_once(
    doomed: KeepsakeProcess, user: Client, groq: GroqServer
) -> None:
    groq.queue(replies("This is ", "never ", "heard.", paced=True))
    conversation = await user.converse()
    message = await user.send(conversation, "Are you well?", clientMessageId="one")
    second = await user.send(conversation, "And the gulls?")
    groq.release()
    await groq.wait_for(lambda: groq.held == 1)
    before = {process.pid for process in doomed.servers()}
    await doomed.kill()
    assert before, "PostgreSQL and Valkey outlive a kill"

    await doomed.start()
    assert len({process.pid for process in doomed.servers()} - before) > 0
    reply = await user.reply_to(message, within=ANSWERED_SECONDS)
    assert (reply["content"], reply["state"]) == ("You said: Are you well?", "complete")
    assert (await user.reply_to(second))["content"] == "You said: And the gulls?"
    repeated = await user.say(conversation, "Are you well?", clientMessageId="one")
    assert repeated == reply
    await user.say(conversation, "Good.")
    said = await user.messages(conversation)
    assert [item["seq"] for item in said] == [1, 2, 3, 4, 5, 6]
    assert len([item for item in said if item["senderType"] == "character"]) == 3


async def test_sigterm_lets_a_reply_end_and_leaves_nothing_running(
    doomed: KeepsakeProcess, user: Client, groq: GroqServer
) -> None:
    groq.queue(replies("To the ", "very ", "end.", paced=True))
    conversation = await user.converse()
    socket = await open_socket("websocket", user.url, user.token)
    assert isinstance(socket, PlainSocket)
    message = await socket.say(conversation, "Finish your sentence")
    groq.release()
    await groq.wait_for(lambda: groq.held == 1)
    family = [doomed.process, *doomed.process.children(recursive=True), *doomed.servers()]

    doomed.terminate()
    await eventually(lambda: "turns.draining" in doomed.log())
    groq.release(2)
    assert (await socket.hears_reply(message))["content"] == "To the very end."
    assert (await socket.closed_by_server())[0] == 1012
    assert await doomed.wait() in {0, -signal.SIGTERM}
    assert [process for process in family if process.is_running()] == []
    assert "Traceback" not in doomed.log()

    await doomed.start()
    reply = await user.reply_to(message)
    assert (reply["content"], reply["state"]) == ("To the very end.", "complete")


# --- starts that can't be -------------------------------------------------------------------------


async def test_a_second_keepsake_on_the_same_data_is_refused(doomed: KeepsakeProcess) -> None:
    finished = await run_keepsake(
        "serve", DATA_DIR=doomed.data_dir, WEBSOCKET_PORT=free_port(), EMBEDDING_MODEL=FAST_ENCODER
    )
    complaint = finished.complaint
    assert f"(pid {doomed.pid})" in complaint
    assert "DATA_DIR" in complaint
    async with signed_in(doomed.url) as still_served:
        await still_served.say(await still_served.converse(), "Still there?")


async def test_an_occupied_port_is_refused(doomed: KeepsakeProcess) -> None:
    with temporary_folder() as folder:
        finished = await run_keepsake("serve", DATA_DIR=folder, WEBSOCKET_PORT=doomed.port)
        assert list(folder.iterdir()) == [], "nothing was started"
    assert finished.complaint == (
        f"WEBSOCKET_PORT: 127.0.0.1:{doomed.port} is already in use. Stop what uses it or choose "
        "another. Example: WEBSOCKET_PORT=5001"
    )


@pytest.mark.parametrize(
    ("setting", "value", "about"),
    [
        ("LLM_TEMPERATURE", "hot", "Example: LLM_TEMPERATURE=0.8"),
        ("MESSAGE_RATE_LIMIT", "often", "Example: MESSAGE_RATE_LIMIT=10/minute"),
        ("DATABASE_URL", "mysql://localhost/x", "Example: DATABASE_URL=postgresql://"),
        ("LLM_PROVIDER", "oracle", "Example: LLM_PROVIDER=groq"),
    ],
)
async def test_a_wrong_setting_is_named_with_an_example(
    setting: str, value: str, about: str
) -> None:
    with temporary_folder() as folder:
        finished = await run_keepsake("serve", **{"DATA_DIR": folder, setting: value})
        assert list(folder.iterdir()) == [], "nothing was started"
    assert finished.complaint.startswith(f"{setting}: ")
    assert about in finished.complaint


async def test_several_workers_need_servers_of_their_own() -> None:
    with temporary_folder() as folder:
        finished = await run_keepsake(
            *("serve", "--workers", "2"),
            DATA_DIR=folder,
            DATABASE_URL="postgresql://localhost/x",
            REDIS_URL="redis://localhost",
            JWT_SECRET="s" * 32,
        )
    assert "QDRANT_URL" in finished.complaint
    assert "DATABASE_URL" not in finished.complaint


async def test_a_data_dir_that_is_a_file_is_refused() -> None:
    with temporary_folder() as folder:
        file = folder / "data"
        file.write_text("not a directory")
        finished = await run_keepsake("serve", DATA_DIR=file, WEBSOCKET_PORT=free_port())
        assert "DATA_DIR" in finished.complaint
        assert str(file) in finished.complaint


async def test_a_database_that_is_not_there_is_named() -> None:
    with temporary_folder() as folder:
        finished = await run_keepsake(
            "serve",
            DATA_DIR=folder,
            WEBSOCKET_PORT=free_port(),
            EMBEDDING_MODEL=FAST_ENCODER,
            DATABASE_URL="postgresql://127.0.0.1:1/x",
            JWT_SECRET="s" * 32,
        )
        assert "DATABASE_URL" in finished.complaint
        assert running_below(folder) == []


async def test_ctrl_c_stops_everything_it_started(doomed: KeepsakeProcess, user: Client) -> None:
    """Last, since it leaves nothing running."""
    await user.say(await user.converse(), "Hello")
    family = [doomed.process, *doomed.servers()]
    doomed.interrupt_group()
    assert await doomed.wait() in {0, 130, -signal.SIGINT}
    assert [process for process in family if process.is_running()] == []
    assert "Traceback" not in doomed.log()


def running_below(folder: Path) -> list[psutil.Process]:
    """Processes that work in this folder: servers that were left behind."""
    return [
        process
        for process in psutil.process_iter(["cwd"])
        if Path(process.info["cwd"] or "/").is_relative_to(folder)
    ]
