"""`keepsake doctor`: looks at every dependency and says what is wrong and what to do."""

import shutil
import sys
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

import httpx
from rich.console import Console

from backend.bootstrap.core import checks_of, open_core
from backend.bootstrap.language_model import build_model
from backend.bootstrap.services import PAGE
from backend.bootstrap.stores import reach_store
from backend.commands.rotate_keys import unsettled
from backend.errors import ConfigurationError, DataDirInUse, KeepsakeError
from backend.serving import listen
from backend.settings import Provider, Settings
from backend.store import Store

LEAST_FREE_GIB = 1.0
READY_SECONDS = 15.0

Finding = tuple[str, bool, str]  # what, whether it is well, and how or why not


async def examine(settings: Settings, console: Console) -> bool:
    """Print a line per dependency; True if all are well."""
    well = True
    async for name, good, words in _findings(settings):
        well = well and good
        mark = "[green]ok[/green]  " if good else "[red]FAIL[/red]"
        console.print(f"{mark} {name}: {words}", highlight=False, soft_wrap=True)
    return well


async def _findings(settings: Settings) -> AsyncIterator[Finding]:
    yield "python", True, sys.version.split()[0]
    yield _page()
    yield _disk(settings)
    try:
        async with open_core(settings) as core:
            yield _port(settings)
            for name, check in checks_of(core).items():
                try:
                    await check()
                except KeepsakeError as error:
                    yield name, False, error.message
                else:
                    yield name, True, "answers"
            yield _index(asdict(core.collections.state()))
            yield await _encryption(settings, core.store)
    except DataDirInUse:
        async for finding in _ask_running(settings):
            yield finding
    except KeepsakeError as error:
        yield "services", False, error.message
    yield _retention(settings)
    yield await _model(settings)


def _page() -> Finding:
    if (PAGE / "index.html").is_file():
        return "web page", True, "built"
    return "web page", False, "not built; install Node.js 20 or newer and run `make install`"


def _disk(settings: Settings) -> Finding:
    place = settings.data_dir.expanduser().absolute()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free / 2**30
    if free < LEAST_FREE_GIB:
        return "disk", False, f"{free:.1f} GiB free under DATA_DIR; make room or move DATA_DIR"
    return "disk", True, f"{free:.0f} GiB free"


def _port(settings: Settings) -> Finding:
    """Whether it is free; asked only when no Keepsake runs on this DATA_DIR."""
    try:
        listen(settings.host, settings.websocket_port).close()
    except ConfigurationError as error:
        return "port", False, error.message
    return "port", True, f"{settings.websocket_port} is free"


async def _ask_running(settings: Settings) -> AsyncIterator[Finding]:
    """A Keepsake runs on this DATA_DIR: it knows best."""
    url = f"http://127.0.0.1:{settings.websocket_port}/readyz"
    try:
        async with httpx.AsyncClient(timeout=READY_SECONDS) as client:
            answer = (await client.get(url)).json()
    except (httpx.HTTPError, ValueError):
        yield (
            "server",
            False,
            f"one holds DATA_DIR but doesn't answer at {url}; restart it, or set WEBSOCKET_PORT to its port",
        )
        return
    for name, words in answer["checks"].items():
        yield name, words == "ok", "answers (running server)" if words == "ok" else words
    if answer.get("index"):
        yield _index(answer["index"])
    try:
        async with reach_store(settings) as (store, _stores):
            yield await _encryption(settings, store)
    except KeepsakeError as error:
        yield "encryption", False, error.message


def _index(state: dict[str, Any]) -> Finding:
    """By which model memories are found, how far a rebuild is, and what to do about it."""
    words = f"built with {state['model']}"
    if rebuilding := state["rebuilding"]:
        words += "; {done} of {total} rebuilt with {model}".format(**rebuilding)
    if state["advice"]:
        return "memory index", False, f"{words}. {state['advice']}"
    return "memory index", True, words


async def _encryption(settings: Settings, store: Store) -> Finding:
    """Which key seals what, and whether rows wait for it."""
    name = "encryption"
    if settings.keyring is None:
        return name, True, "off: what is said is stored in clear (see ENCRYPTION_KEYS)"
    waiting = sum(each.rows for each in await unsettled(store))
    sealed = "everything" if settings.encryption_scope == "all" else "what is sensitive"
    words = f"the key {settings.keyring.first} seals {sealed}"
    if waiting:
        return name, True, f"{words}; {waiting} rows still wait for `keepsake rotate-keys`"
    return name, True, f"{words}; no row waits for `keepsake rotate-keys`"


def _retention(settings: Settings) -> Finding:
    days = settings.message_retention_days
    messages = "for ever" if days is None else f"for {days} days"
    memories = f"episodes and summaries for {settings.memory_retention_days} days"
    return "retention", True, f"messages are kept {messages}, {memories}, facts for ever"


async def _model(settings: Settings) -> Finding:
    name = f"model ({settings.provider.value})"
    model = build_model(settings)
    try:
        await model.check()
    except KeepsakeError as error:
        return name, False, error.message
    finally:
        await model.close()
    if settings.provider is Provider.OFFLINE:
        return name, True, "the built-in demonstration; set GROQ_API_KEY for a real one"
    return name, True, f"{model.name} answers"
