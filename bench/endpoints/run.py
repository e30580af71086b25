"""`keepsake bench endpoints`: requests a second of the commonest endpoints, on a full database."""

import asyncio
import itertools
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from secrets import token_hex
from time import perf_counter
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from backend.bootstrap.core import open_core
from backend.bootstrap.services import build_application
from backend.settings import Settings
from bench.endpoints.counting import counted, running
from bench.endpoints.stock import Seat, make_stock
from bench.figures import Figure, write_json
from bench.servers import NO_LIMIT, running_keepsake

AT_ONCE = 8
API = "/api/v1"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A request; `{character}` and `{conversation}` in its path are the asking user's."""

    name: str
    method: str
    path: str
    body: Json | None = None
    headers: tuple[tuple[str, str], ...] = ()

    async def ask(self, http: httpx.AsyncClient, seat: Seat) -> None:
        """Ask for it as somebody.

        Raises:
            httpx.HTTPStatusError: it was refused.
        """
        path = self.path.format(character=seat.character_id, conversation=seat.conversation_id)
        headers = dict(self.headers) | {"Authorization": f"Bearer {seat.token}"}
        answer = await http.request(self.method, API + path, json=self.body, headers=headers)
        answer.raise_for_status()


MEMORY = "/characters/{character}/memory/me"
MESSAGES = "/conversations/{conversation}/messages"
ENDPOINTS = (
    Endpoint("who am I", "GET", "/auth/me"),
    Endpoint("characters", "GET", "/characters"),
    Endpoint("conversations", "GET", "/conversations"),
    Endpoint("one conversation", "GET", "/conversations/{conversation}"),
    Endpoint("the last 50 messages", "GET", MESSAGES),
    Endpoint("older messages", "GET", MESSAGES + "?before=250"),
    Endpoint("mark as read", "PUT", MESSAGES + "/read", {"upToSeq": 500}),
    Endpoint("what is remembered", "GET", MEMORY),
    Endpoint("search the memory", "POST", MEMORY + "/search", {"query": "the boats in the rain"}),
    Endpoint(
        "say something (stored)",
        "POST",
        MESSAGES,
        {"content": "The boats are back."},
        (("Prefer", "respond-async"),),
    ),
)


@dataclass(frozen=True, slots=True)
class Result:
    """What one endpoint did: requests a second, milliseconds, and queries for each request."""

    name: str
    per_second: float
    p50: float
    p95: float
    queries: int


async def run_endpoint_bench(
    progress: Console,
    tables: Console,
    out: Path | None,
    command: str,
    *,
    messages: int,
    memories: int,
    seconds: float,
) -> list[Result]:
    """Fill a database, then ask for each endpoint for some seconds, from 8 users at a time."""
    secret = token_hex(32)
    with tempfile.TemporaryDirectory(prefix="keepsake-bench-") as folder:
        data_dir = Path(folder) / "data"
        os.chmod(folder, 0o711)  # PostgreSQL is another user when we are root
        with progress.status(f"Filling in {messages:,} messages and {memories:,} memories ..."):
            seats, queries = await _prepare(data_dir, secret, messages, memories)
        async with running_keepsake(data_dir, {"JWT_SECRET": secret}) as server:
            results = []
            for endpoint in ENDPOINTS:
                with progress.status(f"{endpoint.name} ..."):
                    taken, per_second = await _measure(server.url, endpoint, seats, seconds)
                figure = Figure.of(endpoint.name, taken)
                results.append(
                    Result(
                        endpoint.name,
                        round(per_second, 1),
                        figure.p50,
                        figure.p95,
                        queries[endpoint.name],
                    )
                )
    _show(tables, results, messages, memories)
    if out:
        stock = {"messages": messages, "memories": memories, "atOnce": AT_ONCE}
        write_json(out, command, {**stock, "endpoints": [asdict(each) for each in results]})
    return results


async def _prepare(
    data_dir: Path, secret: str, messages: int, memories: int
) -> tuple[list[Seat], dict[str, int]]:
    settings = Settings(
        _env_file=None,
        data_dir=data_dir,
        jwt_secret=secret,
        llm_provider="offline",
        message_rate_limit=NO_LIMIT,
    )
    async with open_core(settings) as core:
        await core.memory.encoder.load()
        seats = await make_stock(core, secret, messages, memories)
    application = build_application(settings, with_worker=False)
    queries = {}
    async with (
        running(application),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(application), base_url="http://localhost"
        ) as http,
    ):
        for endpoint in ENDPOINTS:
            with counted() as statements:
                await endpoint.ask(http, seats[0])
                queries[endpoint.name] = len(statements)
    return seats, queries


async def _measure(
    url: str, endpoint: Endpoint, seats: Sequence[Seat], seconds: float
) -> tuple[list[float], float]:
    """Milliseconds of each request, and requests a second."""
    turns = itertools.cycle(seats)
    taken: list[float] = []
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as http:
        for seat in itertools.islice(turns, AT_ONCE):  # connections, statements: made once
            await endpoint.ask(http, seat)
        started = perf_counter()
        ends = started + seconds
        await asyncio.gather(*(_ask_on(http, endpoint, turns, ends, taken) for _ in range(AT_ONCE)))
    return taken, len(taken) / (perf_counter() - started)


async def _ask_on(
    http: httpx.AsyncClient,
    endpoint: Endpoint,
    turns: Iterator[Seat],
    ends: float,
    taken: list[float],
) -> None:
    while (asked := perf_counter()) < ends:
        await endpoint.ask(http, next(turns))
        taken.append((perf_counter() - asked) * 1000)


def _show(tables: Console, results: Sequence[Result], messages: int, memories: int) -> None:
    table = Table(
        title=f"{AT_ONCE} at a time, with {messages:,} messages and {memories:,} memories"
    )
    for heading in ("endpoint", "requests/s", "p50 ms", "p95 ms", "queries"):
        table.add_column(heading, justify="left" if heading == "endpoint" else "right")
    for each in results:
        table.add_row(
            each.name,
            f"{each.per_second:.0f}",
            f"{each.p50:.1f}",
            f"{each.p95:.1f}",
            str(each.queries),
        )
    tables.print(table)
