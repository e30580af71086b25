"""The server's share of an idle turn: from a message on /ws to its reply's first delta.

A server process of its own on a fresh DATA_DIR, the real encoder, the offline companion as the
model stub; what the companion takes is taken off, as each reply's context records it.
"""

import asyncio
import json
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx
import websockets
from rich.progress import Progress

from bench.figures import Figure
from bench.servers import READY_SECONDS, running_keepsake

WARM_UP = 10


async def measure_turns(progress: Progress, turns: int) -> tuple[list[Figure], dict[str, int]]:
    """Send `turns` messages one after the other and time each reply's first delta. Also gives what
    100 turns cost in prompt tokens by part, `all` of them together, about 4 characters a token."""
    async with _fresh_keepsake() as url, httpx.AsyncClient(base_url=f"{url}/api/v1") as client:
        token = (await client.post("/auth/local")).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        character = (await client.get("/characters")).json()["items"][0]["id"]
        started = await client.post("/conversations", json={"characterId": character})
        conversation = started.json()["id"]
        user = (await client.get("/auth/me")).json()["id"]
        formation = f"/characters/{character}/memory/{user}/summary"
        whole, server = [], []
        tokens: Counter[str] = Counter()
        task = progress.add_task("Turns", total=turns + WARM_UP)
        async with websockets.connect(f"{url.replace('http', 'ws')}/ws") as chat:
            await _call(chat, "auth", {"token": token})
            await _call(chat, "conversation:join", {"conversationId": conversation})
            for number in range(turns + WARM_UP):
                first_delta_ms, reply_id = await _one_turn(chat, conversation, number)
                context = (await client.get(f"/messages/{reply_id}/context")).json()
                await _formed(client, formation)
                if number >= WARM_UP:
                    tokens.update(context["tokenUse"])
                    whole.append(first_delta_ms)
                    server.append(first_delta_ms - context["timings"]["model"])
                progress.advance(task)
    figures = [
        Figure.of("turn, send to first delta, model time off", server, budget_p95=40),
        Figure.of("turn, send to first delta, all in", whole),
    ]
    tokens["all"] = tokens.total()
    return figures, {part: round(count * 100 / turns) for part, count in tokens.items()}


@asynccontextmanager
async def _fresh_keepsake() -> AsyncIterator[str]:
    with tempfile.TemporaryDirectory(prefix="keepsake-bench-") as folder:
        async with running_keepsake(Path(folder) / "data") as server:
            yield server.url


async def _formed(client: httpx.AsyncClient, summary: str) -> None:
    """Idle means idle: what was said is formed into memory and indexed before the next turn."""
    async with asyncio.timeout(READY_SECONDS):
        while True:
            if not (await client.get(summary)).json()["pendingMessages"]:
                return
            await asyncio.sleep(0.05)


async def _call(chat: Any, event: str, data: dict[str, Any]) -> None:
    await chat.send(json.dumps({"event": event, "data": data, "id": 1}))
    while json.loads(await chat.recv())["event"] != "ack":
        pass


async def _one_turn(chat: Any, conversation: str, number: int) -> tuple[float, str]:
    text = f"On day {number} I walked {number} miles with my friend Ada and we talked about tea."
    sent = perf_counter()
    data = {"conversationId": conversation, "content": text}
    await chat.send(json.dumps({"event": "message:send", "data": data}))
    first_delta_ms, reply_id = 0.0, ""
    while not reply_id:
        frame = json.loads(await chat.recv())
        if frame["event"] == "character:response" and frame["data"]["status"] == "delta":
            first_delta_ms = first_delta_ms or (perf_counter() - sent) * 1000
        received = frame["event"] == "message:received"
        if received and frame["data"]["senderType"] == "character":
            reply_id = frame["data"]["id"]
    return first_delta_ms, reply_id
