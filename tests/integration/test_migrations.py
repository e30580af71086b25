"""The schema: made from nothing, made once, and the same as the models say."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

import backend.models  # noqa: F401  (fills SQLModel.metadata)
from backend.adapters.postgres.jobs import JobQueue
from backend.adapters.postgres.migrate import alembic_config, migrate, newest_revision
from backend.adapters.postgres.store import PostgresStore, sqlalchemy_url
from backend.errors import StoreUnavailable
from tests.support.services import fresh_database

MIGRATE = """
import asyncio, sys
from backend.adapters.postgres.migrate import migrate
asyncio.run(migrate(sys.argv[1]))
"""


PEOPLE = """
INSERT INTO user_account (id, email, display_name, role, adult_confirmed, created_at)
VALUES (gen_random_uuid(), 'ada@example.com', 'Ada', 'user', false, now());
INSERT INTO character (id, name, gender, description, personality, scenario, greeting,
    example_dialogues, nsfw_level, lorebook, visibility, created_at, updated_at)
VALUES (gen_random_uuid(), 'Mira', '', '', '{}', '', '', '[]', 0, '[]', 'public', now(), now())
"""
CONVERSATION = """
INSERT INTO conversation (id, user_id, character_id, title, title_is_custom, status, details,
    message_count, last_seq, answered_seq, formed_seq, turn_fence, created_at, updated_at)
SELECT gen_random_uuid(), u.id, c.id, '', false, 'active', '{}', 120, 120, 120, 120, 0, now(), now()
FROM user_account u, character c
"""


@pytest_asyncio.fixture
async def empty_url(postgres_url: str) -> AsyncIterator[str]:
    """A database without any table."""
    async with fresh_database(postgres_url) as url:
        yield url


async def revisions(url: str) -> list[str]:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        found = await connection.execute("SELECT version_num FROM alembic_version")
        return [row[0] for row in await found.fetchall()]


async def checked(url: str) -> None:
    store = PostgresStore(url, JobQueue(url))
    try:
        await store.check()
    finally:
        await store.close()


async def test_a_database_is_upgraded_from_nothing_and_a_second_time_without_effect(
    empty_url: str,
) -> None:
    with pytest.raises(StoreUnavailable, match=r"schema none.*keepsake migrate"):
        await checked(empty_url)

    await migrate(empty_url)
    await migrate(empty_url)

    await checked(empty_url)
    assert await revisions(empty_url) == [newest_revision()]


async def test_two_processes_that_migrate_at_once_both_succeed(empty_url: str) -> None:
    async def one() -> tuple[int | None, bytes]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", MIGRATE, empty_url),
            cwd=Path(__file__).parents[2],
            stderr=asyncio.subprocess.PIPE,
        )
        _, complaint = await asyncio.wait_for(process.communicate(), 60)
        return process.returncode, complaint

    assert await asyncio.gather(one(), one()) == [(0, b""), (0, b"")]

    await checked(empty_url)


async def differences(url: str) -> list[Any]:
    """What autogenerate would change, with the queue's own tables left out as migrations/env.py
    leaves them out."""

    def ours(_item: Any, name: str | None, kind: str, _reflected: bool, _compared: Any) -> bool:
        return not (kind == "table" and (name or "").startswith("procrastinate_"))

    def compare(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(
            connection, opts={"include_object": ours, "compare_type": True}
        )
        return list(compare_metadata(context, SQLModel.metadata))

    engine = create_async_engine(sqlalchemy_url(url))
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(compare)
    finally:
        await engine.dispose()


async def test_the_schema_is_what_the_models_say(migrated_url: str) -> None:
    assert await differences(migrated_url) == []


async def test_a_missing_column_or_index_would_be_noticed(empty_url: str) -> None:
    await migrate(empty_url)
    async with await psycopg.AsyncConnection.connect(empty_url) as connection:
        await connection.execute("ALTER TABLE message DROP COLUMN reply_to")
        await connection.execute("DROP INDEX uq_memory_active_content")

    missing = [change[0] for change in await differences(empty_url)]

    assert sorted(missing) == ["add_column", "add_index", "add_index"]


async def test_old_conversations_are_to_be_folded_from_their_start_and_old_code_goes_on(
    empty_url: str,
) -> None:
    await asyncio.to_thread(command.upgrade, alembic_config(empty_url), "0002")
    async with await psycopg.AsyncConnection.connect(empty_url, autocommit=True) as connection:
        await connection.execute(PEOPLE)
        await connection.execute(CONVERSATION)

        await asyncio.to_thread(command.upgrade, alembic_config(empty_url), "0003")

        await connection.execute(CONVERSATION)  # as the version before this one writes it
        found = await connection.execute("SELECT last_seq, summarised_seq FROM conversation")
        assert await found.fetchall() == [(120, 0), (120, 0)]


async def test_what_was_forgotten_with_everything_is_marked_message_by_message(
    empty_url: str,
) -> None:
    await asyncio.to_thread(command.upgrade, alembic_config(empty_url), "0006")
    async with await psycopg.AsyncConnection.connect(empty_url, autocommit=True) as connection:
        await connection.execute(PEOPLE)
        await connection.execute(CONVERSATION)
        await connection.execute(CONVERSATION)
        await connection.execute(
            "UPDATE conversation SET forgotten_seq = 2 WHERE id = ("
            "SELECT id FROM conversation LIMIT 1)"
        )
        await connection.execute(
            "INSERT INTO message (id, conversation_id, seq, sender_id, sender_type, content, type,"
            " details, status, state, active_variant, created_at)"
            " SELECT gen_random_uuid(), id, seq, user_id, 'user', 'Hi.', 'text', '{}', 'sent',"
            " 'complete', 0, now() FROM conversation, generate_series(1, 3) AS seq"
        )

        await asyncio.to_thread(command.upgrade, alembic_config(empty_url), "0007")

        found = await connection.execute(
            "SELECT forgotten_seq, array_agg(message.seq ORDER BY message.seq)"
            " FILTER (WHERE forgotten_at IS NOT NULL)"
            " FROM conversation JOIN message ON conversation_id = conversation.id"
            " GROUP BY conversation.id, forgotten_seq ORDER BY forgotten_seq"
        )
        assert await found.fetchall() == [(0, None), (2, [1, 2])]


async def test_how_far_both_sides_have_read_is_taken_over(empty_url: str) -> None:
    await asyncio.to_thread(command.upgrade, alembic_config(empty_url), "0007")
    async with await psycopg.AsyncConnection.connect(empty_url, autocommit=True) as connection:
        await connection.execute(PEOPLE)
        await connection.execute(CONVERSATION)
        await connection.execute(CONVERSATION)  # nothing is read, nor said, in the second
        await connection.execute(
            "INSERT INTO message (id, conversation_id, seq, sender_id, sender_type, content, type,"
            " details, status, state, active_variant, created_at)"
            " SELECT gen_random_uuid(), (SELECT id FROM conversation LIMIT 1), seq, gen_random_uuid(),"
            " CASE seq % 2 WHEN 1 THEN 'user' ELSE 'character' END, 'Hi.', 'text', '{}',"
            " CASE WHEN seq IN (1, 2, 3) THEN 'read' ELSE 'delivered' END,"
            " 'complete', 0, now() FROM generate_series(1, 6) AS seq"
        )

        await asyncio.to_thread(command.upgrade, alembic_config(empty_url), "0008")
        await connection.execute(CONVERSATION)  # as the version before this one writes it

        found = await connection.execute(
            "SELECT user_read_seq, character_read_seq, last_change FROM conversation"
            " ORDER BY user_read_seq"
        )
        assert await found.fetchall() == [(0, 0, 0), (0, 0, 0), (2, 3, 0)]


async def test_messages_wait_for_their_words_and_can_do_without_again(empty_url: str) -> None:
    say = (
        "INSERT INTO message (id, conversation_id, seq, sender_id, sender_type, content, type,"
        " details, status, state, active_variant, created_at)"
        " SELECT gen_random_uuid(), id, %s, user_id, 'user', 'My dogs.', 'text', '{}', 'sent',"
        " 'complete', 0, now() FROM conversation"
    )
    await asyncio.to_thread(command.upgrade, alembic_config(empty_url), "0013")
    async with await psycopg.AsyncConnection.connect(empty_url, autocommit=True) as connection:
        await connection.execute(PEOPLE)
        await connection.execute(CONVERSATION)
        await connection.execute(say, (1,))

        await asyncio.to_thread(command.upgrade, alembic_config(empty_url), "0014")
        await connection.execute(say, (2,))  # as the version before this one writes it
        assert await (await connection.execute("SELECT 1 FROM message_words")).fetchall() == []
        await connection.execute("UPDATE message SET language = 'english'")
        found = await connection.execute("SELECT words @@ 'dog' FROM message_words")
        assert await found.fetchall() == [(True,), (True,)]

        await asyncio.to_thread(command.downgrade, alembic_config(empty_url), "0013")
        await connection.execute(say, (3,))
