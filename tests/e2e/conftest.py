"""Servers that the end-to-end tests share, and a user of one's own for each test."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from tests.support.chat_sockets import TRANSPORTS, ChatSocket, Connect, open_socket
from tests.support.groq_behaviours import Behaviour, says
from tests.support.groq_server import ChatRequest, GroqServer
from tests.support.keepsake_client import Client, signed_in
from tests.support.keepsake_process import KeepsakeProcess, keepsake
from tests.support.tokens import trusting_the_issuer

KEY = "test-key"
NO_LIMIT = "100000/minute"
# Starts in less time than the real encoder; for tests that aren't about how well recall works.
FAST_ENCODER = "hashing"
TYPING_MILLISECONDS = 400


@pytest.fixture(scope="session")
def groq_api() -> Iterator[GroqServer]:
    """A server that speaks Groq's API, for the session; tests take `groq`."""
    with GroqServer(KEY) as server:
        yield server


@pytest_asyncio.fixture(scope="session")
async def groq_keepsake(groq_api: GroqServer) -> AsyncIterator[KeepsakeProcess]:
    """A Keepsake whose replies come from `groq_api`."""
    async with keepsake(
        **on_groq(groq_api), **trusting_the_issuer(), TYPING_TIMEOUT=TYPING_MILLISECONDS
    ) as server:
        yield server


@pytest_asyncio.fixture(params=TRANSPORTS)
async def connect(request: pytest.FixtureRequest) -> AsyncIterator[Connect]:
    """Opens connections over one of the transports, and closes them at the end. What the server told
    them must be as it describes it at /asyncapi.json."""
    opened: list[ChatSocket] = []

    async def open_one(client: Client) -> ChatSocket:
        opened.append(await open_socket(request.param, client.url, client.token))
        return opened[-1]

    yield open_one
    for socket in opened:
        await socket.close()
    assert [fault for socket in opened for fault in socket.off_contract] == []


def on_groq(groq: GroqServer) -> dict[str, str]:
    """The environment of a Keepsake whose replies come from this server."""
    return {
        "GROQ_API_KEY": groq.key,
        "GROQ_BASE_URL": groq.groq_url,
        "EMBEDDING_MODEL": FAST_ENCODER,
        "MESSAGE_RATE_LIMIT": NO_LIMIT,
    }


@pytest.fixture
def groq(groq_api: GroqServer) -> Iterator[GroqServer]:
    """The Groq test server, as good as new."""
    groq_api.reset()
    groq_api.key = KEY
    yield groq_api
    groq_api.reset()
    groq_api.key = KEY


@pytest_asyncio.fixture
async def client(offline_server: KeepsakeProcess) -> AsyncIterator[Client]:
    """A new user of `offline_server`, with a character of their own."""
    async with signed_in(offline_server.url) as user:
        yield user


@pytest_asyncio.fixture(scope="session")
async def someone(groq_keepsake: KeepsakeProcess) -> AsyncIterator[Client]:
    """A user of `groq_keepsake` for all tests that don't mind what else happens to the account:
    making one takes longer than most requests."""
    async with signed_in(groq_keepsake.url) as user:
        yield user


@pytest_asyncio.fixture
async def groq_client(groq_keepsake: KeepsakeProcess, groq: GroqServer) -> AsyncIterator[Client]:
    """A new user of `groq_keepsake`, with a character of their own."""
    async with signed_in(groq_keepsake.url) as user:
        yield user


def replies(*chunks: str, **more: Any) -> Behaviour:
    """A reply in these chunks."""
    return for_chat(says(*chunks, **more))


def for_chat(behaviour: Behaviour) -> Behaviour:
    """The behaviour for a reply, and not for an extraction, which may be asked for at any moment."""
    return replace(behaviour, on="chat")


def chats(groq: GroqServer) -> list[ChatRequest]:
    """The requests for replies that came so far."""
    return [request for request in groq.requests if not request.schema]
