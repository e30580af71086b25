"""What PostgreSQL has at the end of a run."""

from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.chaos.history import StoredConversation, StoredMessage

Row = dict[str, Any]

_CONVERSATIONS = "SELECT id::text, last_seq, formed_seq FROM conversation ORDER BY id"
_MESSAGES = """
    SELECT m.id::text, m.conversation_id::text, m.seq, m.sender_type, m.content, m.state,
           m.client_message_id, m.reply_to::text, m.deleted_at IS NOT NULL AS deleted,
           m.forgotten_at IS NOT NULL AS forgotten,
           extract(epoch FROM m.created_at)::float AS created_at,
           extract(epoch FROM m.edited_at)::float AS edited_at,
           coalesce((SELECT array_agg(v.content ORDER BY v.number) FROM message_variant v
                     WHERE v.message_id = m.id), '{}') AS variants
    FROM message m ORDER BY m.seq
"""
_MEMORIES = """
    SELECT source::text AS message, kind, count(*) FILTER (WHERE status = 'active') AS active
    FROM memory, unnest(source_message_ids) AS source
    WHERE kind IN ('episode', 'fact')
    GROUP BY source, kind
"""
_JOBS = """
    SELECT args->>'conversation_id' AS conversation, status::text FROM procrastinate_jobs
    WHERE status IN ('todo', 'doing', 'failed') ORDER BY id
"""


async def stored_conversations(url: str) -> list[StoredConversation]:
    """Every conversation, as the database at `url` has it."""
    async with await psycopg.AsyncConnection.connect(url, row_factory=dict_row) as connection:
        messages = await _rows(connection, _MESSAGES)
        memories = await _rows(connection, _MEMORIES)
        jobs = await _rows(connection, _JOBS)
        conversations = await _rows(connection, _CONVERSATIONS)
    kinds = {
        kind: {row["message"]: row["active"] for row in memories if row["kind"] == kind}
        for kind in ("episode", "fact")
    }
    return [
        StoredConversation(
            **conversation,
            messages=tuple(_message(row) for row in messages if _belongs(row, conversation)),
            episodes=kinds["episode"],
            facts=kinds["fact"],
            jobs=tuple(j["status"] for j in jobs if j["conversation"] == conversation["id"]),
        )
        for conversation in conversations
    ]


def _belongs(message: Row, conversation: Row) -> bool:
    return bool(message["conversation_id"] == conversation["id"])


def _message(row: Row) -> StoredMessage:
    fields = {name: value for name, value in row.items() if name != "conversation_id"}
    return StoredMessage(**{**fields, "variants": tuple(row["variants"])})


async def _rows(connection: psycopg.AsyncConnection[Row], statement: str) -> list[Row]:
    cursor = await connection.execute(statement)
    return await cursor.fetchall()
