"""Ends of every kind: killed, terminated, and starts that can't be."""

import asyncio
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Refusal:
    """A start that failed: what it said, and what it left behind."""

    complaint: str
    files: list[str]
    processes: list[psutil.Process]


async def refused(*arguments: str, **environment: object) -> Refusal:
    """Start a Keepsake that can't be, on an empty DATA_DIR unless another is given."""
    with temporary_folder() as folder:
        settings = {
            "DATA_DIR": folder,
            "WEBSOCKET_PORT": free_port(),
            "EMBEDDING_MODEL": FAST_ENCODER,
        }
        finished = await run_keepsake("serve", *arguments, **settings | environment)
        files = [path.name for path in folder.iterdir()]
        return Refusal(finished.complaint, files, running_below(folder))


@pytest_asyncio.fixture(scope="module")
async def refusals(doomed: KeepsakeProcess) -> dict[str, Refusal]:
    """All of them at once: each takes seconds to get there."""
    with temporary_folder() as folder:
        file = folder / "a-file"
        file.write_text("not a directory")
        no_database = {"DATABASE_URL": "postgresql://127.0.0.1:1/x", "JWT_SECRET": "s" * 32}
        starts = {
            "same data": refused(DATA_DIR=doomed.data_dir),
            "same port": refused(WEBSOCKET_PORT=doomed.port),
            "file": refused(DATA_DIR=file),
            "no database": refused(**no_database),
            "several workers": refused("--workers", "2", REDIS_URL="redis://x", **no_database),
            "temperature": refused(LLM_TEMPERATURE="hot"),
            "rate limit": refused(MESSAGE_RATE_LIMIT="often"),
            "database": refused(DATABASE_URL="mysql://localhost/x"),
            "provider": refused(LLM_PROVIDER="oracle"),
        }
        return dict(zip(starts, await asyncio.gather(*starts.values()), strict=True))


async def test_a_refused_start_leaves_nothing_behind(refusals: dict[str, Refusal]) -> None:
    assert [name for name, refusal in refusals.items() if refusal.processes] == []
    started = {name for name, refusal in refusals.items() if refusal.files}
    assert started <= {"no database"}, "everything else is known before anything is made"


async def test_a_second_keepsake_on_the_same_data_is_refused(
    refusals: dict[str, Refusal], doomed: KeepsakeProcess, user: Client
) -> None:
    assert f"(pid {doomed.pid})" in refusals["same data"].complaint
    assert "DATA_DIR" in refusals["same data"].complaint
    await user.say(await user.converse(), "Still there?")


async def test_an_occupied_port_is_refused(
    refusals: dict[str, Refusal], doomed: KeepsakeProcess
) -> None:
    assert refusals["same port"].complaint == (
        f"WEBSOCKET_PORT: 127.0.0.1:{doomed.port} is already in use. Stop what uses it or choose "
        "another. Example: WEBSOCKET_PORT=5001"
    )


@pytest.mark.parametrize(
    ("name", "setting", "example"),
    [
        ("temperature", "LLM_TEMPERATURE", "LLM_TEMPERATURE=0.8"),
        ("rate limit", "MESSAGE_RATE_LIMIT", "MESSAGE_RATE_LIMIT=10/minute"),
        ("database", "DATABASE_URL", "DATABASE_URL=postgresql://"),
        ("provider", "LLM_PROVIDER", "LLM_PROVIDER=groq"),
    ],
)
async def test_a_wrong_setting_is_named_with_an_example(
    refusals: dict[str, Refusal], name: str, setting: str, example: str
) -> None:
    assert refusals[name].complaint.startswith(f"{setting}: ")
    assert f"Example: {example}" in refusals[name].complaint


async def test_several_workers_need_servers_of_their_own(refusals: dict[str, Refusal]) -> None:
    assert "QDRANT_URL" in refusals["several workers"].complaint
    assert "DATABASE_URL" not in refusals["several workers"].complaint


async def test_a_data_dir_that_is_a_file_is_refused(refusals: dict[str, Refusal]) -> None:
    assert "DATA_DIR" in refusals["file"].complaint
    assert "a-file" in refusals["file"].complaint


async def test_a_database_that_is_not_there_is_named(refusals: dict[str, Refusal]) -> None:
    assert "DATABASE_URL" in refusals["no database"].complaint


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
