"""Encryption at rest, as an operator meets it: keys set, lost, mixed up, changed."""

import asyncio
import base64
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.e2e.conftest import FAST_ENCODER
from tests.support.eventually import eventually
from tests.support.keepsake_client import Client, signed_in
from tests.support.keepsake_process import Finished, KeepsakeProcess, keepsake, run_keepsake


def a_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


OLD, NEW = f"old:{a_key()}", f"new:{a_key()}"


@pytest_asyncio.fixture(scope="module")
async def server() -> AsyncIterator[KeepsakeProcess]:
    """A Keepsake that seals everything."""
    async with keepsake(
        EMBEDDING_MODEL=FAST_ENCODER, ENCRYPTION_KEYS=OLD, ENCRYPTION_SCOPE="all"
    ) as started:
        yield started


async def beside(server: KeepsakeProcess, keys: str, *arguments: str) -> Finished:
    """Run a command with the settings of the server, but for the keys."""
    return await run_keepsake(
        *arguments,
        DATA_DIR=server.data_dir,
        WEBSOCKET_PORT=server.port,
        EMBEDDING_MODEL=FAST_ENCODER,
        ENCRYPTION_KEYS=keys,
        ENCRYPTION_SCOPE="all",
    )


def files_with(folder: Path, word: str) -> list[str]:
    """Files anywhere under a folder in which a word stands: tables, logs written ahead, indexes."""
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and word.encode() in path.read_bytes()
    ]


async def finds(user: Client, word: str) -> list[str]:
    """What a search of the memory's words answers with."""
    listing = await user.get(user.memory_path, q=word)
    kept = (*listing["longTermMemory"], *listing["shortTermMemory"])
    return [memory["content"] for memory in kept]


async def test_keys_from_the_first_message_to_the_last_key(server: KeepsakeProcess) -> None:
    async with signed_in(server.url) as user:
        await user.say(await user.converse(), "My hedgehog is called Zorbnik.")

        async def is_remembered() -> bool:
            return len(await finds(user, "ZORBNIK")) >= 2  # what was said, and the fact

        await eventually(is_remembered, within=30)
        assert await asyncio.to_thread(files_with, server.data_dir, "Zorbnik") == []
        assert await asyncio.to_thread(files_with, server.data_dir, user.user["email"]) != []

        unknown = await beside(server, f"{NEW},{OLD}", "rotate-keys")
        assert "no Keepsake was started with the key new" in unknown.complaint
        await server.stop()

        # One after the other: each has the data to itself.
        refused = await beside(server, "", "serve")
        doctor = await beside(server, "", "doctor")
        assert "the key old is missing" in refused.complaint
        assert "the key old is missing" in doctor.errors
        assert doctor.status == 1

        server.change(ENCRYPTION_KEYS=f"{NEW},{OLD}")
        await server.start()
        rotated = await beside(server, f"{NEW},{OLD}", "rotate-keys")
        assert "Nothing is sealed under old any more" in rotated.output, rotated.errors
        assert len(await finds(user, "zorbnik")) >= 2
