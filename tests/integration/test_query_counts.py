"""No endpoint asks the database more than a few times, for a user who has a few of everything.

Counted is every statement that a request makes until it is answered, the caller's own look-up included;
transaction control isn't. The turn that a message sets off is no part of the request that sent it, and has a
ceiling of its own.
"""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import httpx
import psycopg
import pytest
import pytest_asyncio

from backend.adapters.postgres.migrate import migrate
from backend.bootstrap.services import build_application
from backend.settings import Settings
from bench.endpoints.counting import counted, running
from tests.support.belongings import acquire
from tests.support.described_api import OPERATIONS, Operation
from tests.support.eventually import eventually
from tests.support.keepsake_client import PASSWORD, Client
from tests.support.services import fresh_database

MOST = 4
# From a message that comes in to its lease given back, asked for by REST and waited for; without what
# formation reads and writes later (docs/decisions/0027).
MOST_OF_A_TURN = 25

# operation id → how many it may make, where four don't do (docs/decisions/0028): who asks is one, the owner's
# lock another. What is remembered lies in several tables, which are read and written one by one; forgetting
# takes words out of seven of them, and looks again for its receipt; an erasure goes from character to
# character. That the numbers don't grow with what there is to change: `test_counts_do_not_grow.py`.
FOLLOWING_THE_TRANSCRIPT = {
    "patchMessage": 19,
    "putVariant": 17,
    "deleteMessage": 25,
    "deleteConversation": 30,  # fewer, if nothing was formed of it yet
    "patchReport": 30,  # deletes the message, and says so in the audit
}
CHANGING_MEMORY = {
    "addMemory": 6,
    "changeMemory": 7,
    "deleteMemory": 14,
    "forgetEverything": 14,
    "resetRelationship": 6,
}
IN_BULK = {"importChat": 7, "eraseMe": 70}
MORE = FOLLOWING_THE_TRANSCRIPT | CHANGING_MEMORY | IN_BULK
# Made while it is sent, page by page: it asks for as many pages as there are.
STREAMED = {"exportMe"}

# operation id → the body that this one needs to do its work
BODIES: dict[str, Any] = {
    "postMessage": {"content": "Hello.", "clientMessageId": "1"},
    "retryParked": {},
    "putVariant": {"number": 1},
    "eraseMe": {"password": PASSWORD},
}
# Answered once the message is stored; the reply is waited for, not asked for.
HEADERS = {"postMessage": {"Prefer": "respond-async"}}
# Not there: the local user of an embedded server, a picture that came with a card.
NOT_FOUND = {"local", "getPicture"}
# They end the account or the token.
LAST_WORDS = {"revoke", "revokeAll", "eraseMe"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def database_url(postgres_url: str) -> AsyncIterator[str]:
    """A migrated database."""
    async with fresh_database(postgres_url) as url:
        await migrate(url)
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def transport(
    database_url: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[httpx.ASGITransport]:
    """Keepsake in this process."""
    settings = Settings(
        _env_file=None,
        database_url=database_url,
        redis_url=valkey_url,
        data_dir=tmp_path_factory.mktemp("counts"),
        jwt_secret="a secret for counting, of 32 characters",
        embedding_model="hashing",
        llm_provider="offline",
        message_rate_limit="100000/minute",
    )
    async with running(application := build_application(settings)):
        yield httpx.ASGITransport(application)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def admin(transport: httpx.ASGITransport, database_url: str) -> AsyncIterator[Client]:
    """Somebody who may do everything, and who has several of everything."""
    client = Client("http://localhost", transport)
    async with client.http:
        await client.register("Ada")
        async with await psycopg.AsyncConnection.connect(database_url) as connection:
            await connection.execute("UPDATE user_account SET role = 'admin'")
        for number in range(3):
            await client.make_character(name=f"Mira {number}")
            await acquire(client)
        yield client


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def things(admin: Client) -> dict[str, str]:
    """What routes that change nothing may all read."""
    await admin.make_character()
    return await acquire(admin)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def somebody(transport: httpx.ASGITransport) -> str:
    """The id of a user whom admins may do something to."""
    client = Client("http://localhost", transport)
    async with client.http:
        await client.register("Grace")
    return str(client.user["id"])


async def add_variant(database_url: str, message_id: str) -> None:
    """Give a reply another wording, which isn't the one that counts."""
    async with await psycopg.AsyncConnection.connect(database_url) as connection:
        await connection.execute(
            "INSERT INTO message_variant (message_id, number, content, details, state, created_at)"
            " VALUES (%s, 1, 'In other words.', '{}', 'complete', now())",
            [message_id],
        )


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
async def test_an_endpoint_asks_the_database_few_times(
    transport: httpx.ASGITransport,
    database_url: str,
    admin: Client,
    things: dict[str, str],
    somebody: str,
    operation: Operation,
) -> None:
    client = admin
    if operation.id in LAST_WORDS:
        client = Client("http://localhost", transport)
        await client.register("Grace")
    ids = things
    if client is not admin or (operation.ids and operation.method != "GET"):
        await client.make_character()
        ids = await acquire(client)
    if operation.path.startswith("/api/v1/admin/"):
        ids = ids | {"user_id": somebody}
    if operation.id == "putVariant":
        await add_variant(database_url, ids["message_id"])
    with counted() as statements:
        answer = await operation.send(
            client.http,
            ids,
            body=BODIES.get(operation.id),
            headers=HEADERS.get(operation.id),
        )
        made = list(statements)
    assert answer.is_success or operation.id in NOT_FOUND, answer.text
    if operation.id not in STREAMED:
        assert len(made) <= MORE.get(operation.id, MOST), "\n".join(made)


async def test_a_turn_asks_the_database_few_times(
    transport: httpx.ASGITransport, database_url: str
) -> None:
    client = Client("http://localhost", transport)
    async with client.http:
        await client.register("Noor")
        await client.make_character(name="Mira")
        conversation = await client.converse()
        for words in ("I have a dog called Biscuit.", "He likes the harbour."):
            await client.say(conversation, words)  # a title, a notice: once in a conversation
        with counted(turns=True) as statements:
            reply = await client.say(conversation, "Who is Biscuit?", clientMessageId="1")
            await eventually(partial(_is_let_go, database_url, conversation))
            made = list(statements)
        context = await client.get(f"/messages/{reply['id']}/context")
    assert context["activeMemories"], "without recall it would be no whole turn"
    assert len(made) <= MOST_OF_A_TURN, "\n".join(made)


async def _is_let_go(database_url: str, conversation_id: str) -> bool:
    async with await psycopg.AsyncConnection.connect(database_url) as connection:
        found = await connection.execute(
            "SELECT 1 FROM conversation WHERE id = %s AND turn_lease_owner IS NULL",
            (conversation_id,),
        )
        return await found.fetchone() is not None
