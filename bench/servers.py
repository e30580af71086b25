"""Servers to measure: processes of their own on free ports, ended when done."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

READY_SECONDS = 120.0
NO_LIMIT = "1000000/minute"


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server process that answers."""

    url: str
    pid: int


@asynccontextmanager
async def running_keepsake(
    data_dir: Path, environment: Mapping[str, str] | None = None
) -> AsyncIterator[RunningServer]:
    """A Keepsake on embedded servers, ready, with the offline companion as the model stub."""
    port = free_port()
    settings = {
        "DATA_DIR": str(data_dir),
        "WEBSOCKET_PORT": str(port),
        "LLM_PROVIDER": "offline",
        "MESSAGE_RATE_LIMIT": NO_LIMIT,
    }
    arguments = ("-m", "backend", "serve")
    async with _running(arguments, port, "/readyz", {**settings, **(environment or {})}) as server:
        yield server


@asynccontextmanager
async def running_module(module: str) -> AsyncIterator[RunningServer]:
    """A module that serves on the port given as its argument."""
    port = free_port()
    async with _running(("-m", module, str(port)), port, "/", {}) as server:
        yield server


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@asynccontextmanager
async def _running(
    arguments: tuple[str, ...], port: int, ready: str, settings: Mapping[str, str]
) -> AsyncIterator[RunningServer]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        env={**kept, **settings},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        await _answers(url + ready)
        yield RunningServer(url, process.pid)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _answers(url: str) -> None:
    async with asyncio.timeout(READY_SECONDS), httpx.AsyncClient(trust_env=False) as client:
        while True:
            try:
                if (await client.get(url, timeout=10)).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.1)
