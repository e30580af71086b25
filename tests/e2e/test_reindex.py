"""Another EMBEDDING_MODEL, as a person meets it: set, started, killed half-way, thought better of."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import psycopg
import pytest_asyncio

from backend.adapters.embedded.postgres import EmbeddedPostgres
from tests.e2e.conftest import FAST_ENCODER
from tests.support.eventually import eventually
from tests.support.keepsake_client import Client, expect, signed_in
from tests.support.keepsake_process import Finished, KeepsakeProcess, keepsake, run_keepsake

REAL_ENCODER = "all-MiniLM-L6-v2"
MESSAGES = 200  # more than one of the steps that a rebuild is cut off at
BUILT_SECONDS = 90.0


@pytest_asyncio.fixture(scope="module")
async def server() -> AsyncIterator[KeepsakeProcess]:
    """A Keepsake with everything embedded and an index by one model."""
    async with keepsake(EMBEDDING_MODEL=FAST_ENCODER) as started:
        yield started


async def index_of(server: KeepsakeProcess) -> dict[str, Any]:
    """What /readyz says of the index."""
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
        state: dict[str, Any] = (await client.get("/readyz")).json()["index"]
        return state


async def built(server: KeepsakeProcess) -> int:
    """How many memories the collection being built has; 0 if there is none."""
    url = EmbeddedPostgres(server.data_dir / "postgres").url
    async with await psycopg.AsyncConnection.connect(url) as connection:
        found = await connection.execute(
            "SELECT coalesce(max(done), 0) FROM index_collection WHERE role = 'building'"
        )
        [(done,)] = await found.fetchall()
        return int(done)


async def reindex(server: KeepsakeProcess, model: str, *options: str) -> Finished:
    """The command beside the running server."""
    return await run_keepsake(
        "reindex",
        *options,
        DATA_DIR=server.data_dir,
        WEBSOCKET_PORT=server.port,
        EMBEDDING_MODEL=model,
    )


async def import_chat(user: Client) -> None:
    said = [
        {
            "senderType": "user",
            "content": f"On day {day} we sailed past the island of Number{day} and back.",
            "createdAt": "2026-01-02T03:04:05Z",
        }
        for day in range(MESSAGES)
    ]
    body = {"characterId": user.character["id"], "messages": said}
    expect(await user.http.post("/conversations/import", json=body), 201)

    async def all_kept() -> bool:
        return bool(await user.search(f"Number{MESSAGES - 1}", kinds=["episode"]))

    await eventually(all_kept, within=30)


async def finds(user: Client, day: int) -> bool:
    found = await user.search(f"the island of Number{day}", kinds=["episode"])
    return f"Number{day} " in found[0]["content"]


async def test_a_new_model_is_built_for_while_chat_goes_on_and_a_kill_costs_little(
    server: KeepsakeProcess,
) -> None:
    async with signed_in(server.url) as user:
        await import_chat(user)
        conversation = await user.converse()
        await server.stop()

        server.change(EMBEDDING_MODEL=REAL_ENCODER)
        await server.start()
        reply = await user.say(conversation, "My dog is called Biscuit.")
        assert reply["state"] == "complete"
        assert (await index_of(server))["model"] == FAST_ENCODER
        await eventually(lambda: built(server), within=BUILT_SECONDS)
        assert await finds(user, 7), "by the model before, as long as that serves"
        await server.kill()

        await server.start()

        async def swapped() -> bool:
            return bool((await index_of(server))["model"] == REAL_ENCODER)

        await eventually(swapped, within=BUILT_SECONDS)
        lines = [line for line in server.log().splitlines() if '"index.building"' in line]
        begun, resumed = (json.loads(line)["done"] for line in lines)
        assert (begun, resumed > 0) == (0, True)
        assert await finds(user, 7)
        found = await user.search("What is my dog called?", kinds=["episode"])
        assert "Biscuit" in found[0]["content"]
        assert (await index_of(server))["rebuilding"] is None


async def test_the_command_has_the_running_server_go_back_and_tidy_up(
    server: KeepsakeProcess,
) -> None:
    back = await reindex(server, FAST_ENCODER, "--rollback")
    assert (back.status, back.output.split(" ", 1)[1]) == (0, "memories are indexed by hashing.\n")

    async def serves() -> bool:
        return bool((await index_of(server))["model"] == FAST_ENCODER)

    await eventually(serves)
    advice = (await index_of(server))["advice"]
    assert f"EMBEDDING_MODEL is {REAL_ENCODER}" in advice

    dropped = await reindex(server, FAST_ENCODER, "--drop-old")
    assert (dropped.status, dropped.output) == (0, "The earlier index is deleted.\n")
    kept = server.data_dir / "qdrant"
    await eventually(lambda: [folder.name for folder in kept.iterdir()] == ["keepsake-hashing-384"])
