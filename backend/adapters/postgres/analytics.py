"""Figures from PostgreSQL, counted from the rows themselves."""

import asyncio
from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.sealing import sealing_of
from backend.models import ReplyContext
from backend.store.analytics import AnalyticsScope, Count, Counts, Figure

MOST_OPENED = 500  # sealed reply contexts, the newest; each holds the whole window of its prompt
AT_A_TIME = 25  # of them, some milliseconds in which nobody else is served


def _period(moment: str) -> str:
    """The first day of the period of a moment. Imported messages may have any time; what is beyond these
    has no date in every zone."""
    within = f"least(greatest({moment}, '0100-01-01Z'), '9900-01-01Z')"
    return f"CAST(date_trunc(:bucket, {within} AT TIME ZONE :zone) AS date)"


def _in_time(moment: str) -> str:
    return (
        f"(CAST(:since AS timestamptz) IS NULL OR {moment} >= :since)"
        f" AND (CAST(:until AS timestamptz) IS NULL OR {moment} < :until)"
    )


_SAID = f"""
    WITH talks AS (
        SELECT id, character_id FROM conversation
        WHERE user_id = :user_id AND status <> 'deleted'
            AND (CAST(:conversation_id AS uuid) IS NULL OR id = :conversation_id)
    ), said AS MATERIALIZED (
        SELECT message.id, reply_to, sender_type, active_variant, message.created_at,
            message.details->>'mood' AS mood,
            CAST(message.details->>'generationTime' AS float8) AS generation,
            coalesce(CAST(message.details->>'promptTokens' AS float8), 0) AS prompt,
            coalesce(CAST(message.details->>'tokens' AS float8), 0) AS completion,
            {_period("message.created_at")} AS period
        FROM message JOIN talks ON talks.id = message.conversation_id
        WHERE deleted_at IS NULL AND {_in_time("message.created_at")}
    )
"""
# Each part: figure, key, other key, period, count, three values. The ledger's steps from before the
# scope have no period: together they are where it begins.
_COUNTS = text(f"""
    {_SAID}, spent AS (
        SELECT period, prompt, completion FROM said WHERE sender_type = 'character'
        UNION ALL
        SELECT period, coalesce(CAST(details->>'promptTokens' AS float8), 0),
            coalesce(CAST(details->>'tokens' AS float8), 0)
        FROM message_variant JOIN said ON said.id = message_id AND number <> active_variant
    ), waits AS (
        SELECT 1000 * extract(epoch FROM said.created_at - asked.created_at) AS milliseconds
        FROM said JOIN message AS asked ON asked.id = said.reply_to
        WHERE said.sender_type = 'character'
    )
    SELECT '{Figure.MESSAGES}' AS figure, sender_type AS key, '' AS other, period, count(*) AS count,
        0.0::float8 AS a, 0.0::float8 AS b, 0.0::float8 AS c
    FROM said GROUP BY sender_type, period
    UNION ALL
    SELECT '{Figure.TOKENS}', '', '', period, count(*), sum(prompt), sum(completion), 0
    FROM spent GROUP BY period
    UNION ALL
    SELECT '{Figure.GENERATION}', '', '', NULL, count(*),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY generation),
        percentile_cont(0.95) WITHIN GROUP (ORDER BY generation), 0
    FROM said WHERE generation IS NOT NULL HAVING count(*) > 0
    UNION ALL
    SELECT '{Figure.REPLY}', '', '', NULL, count(*),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY milliseconds),
        percentile_cont(0.95) WITHIN GROUP (ORDER BY milliseconds), 0
    FROM waits HAVING count(*) > 0
    UNION ALL
    SELECT '{Figure.CHARACTER_MOOD}', mood, '', period, count(*), 0, 0, 0
    FROM said WHERE mood IS NOT NULL AND sender_type = 'character' GROUP BY mood, period
    UNION ALL
    SELECT CASE name WHEN 'mood' THEN '{Figure.USER_MOOD}' ELSE '{Figure.TOPIC}' END,
        value, '', period, count(*), 0, 0, 0
    FROM said JOIN reply_context ON message_id = said.id AND key_id IS NULL,
        LATERAL (VALUES ('mood', state->>'mood'), ('topic', state->>'currentTopic')) AS of(name, value)
    WHERE value IS NOT NULL GROUP BY name, value, period
    UNION ALL
    SELECT '{Figure.MEMORIES}', kind, category, {_period("created_at")} AS period, count(*), 0, 0, 0
    FROM memory
    WHERE user_id = :user_id AND status <> 'retracted' AND {_in_time("created_at")}
        AND (CAST(:conversation_id AS uuid) IS NULL OR conversation_id = :conversation_id)
    GROUP BY kind, category, period
    UNION ALL
    SELECT '{Figure.STEPS}', CAST(character_id AS text), '',
        CASE WHEN created_at >= :since OR CAST(:since AS timestamptz) IS NULL
            THEN {_period("created_at")} END AS period,
        count(*), sum(CAST(delta->>'level' AS float8)), sum(CAST(delta->>'trust' AS float8)),
        sum(CAST(delta->>'intimacy' AS float8))
    FROM relationship_change
    WHERE user_id = :user_id AND NOT undone AND character_id IN (SELECT character_id FROM talks)
        AND (CAST(:until AS timestamptz) IS NULL OR created_at < :until)
    GROUP BY character_id, period
""")
_SEALED = text(f"""
    {_SAID}
    SELECT message_id, key_id, sealed, recent_messages, active_memories, period,
        count(*) OVER () AS all_of_them
    FROM reply_context JOIN said ON said.id = message_id
    WHERE key_id IS NOT NULL
    ORDER BY said.created_at DESC LIMIT :most
""")


class PostgresAnalytics:
    """Implements `Analytics`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def counts(self, scope: AnalyticsScope) -> Counts:
        connection = await self._session.connection()
        values: dict[str, Any] = {
            "user_id": scope.user_id,
            "conversation_id": scope.conversation_id,
            "since": scope.since,
            "until": scope.until,
            "bucket": scope.bucket.value,
            "zone": scope.zone,
        }
        rows = await connection.execute(_COUNTS, values)
        in_clear = [
            Count(Figure(row[0]), row.key, row.other, row.period, row[4], (row.a, row.b, row.c))
            for row in rows
        ]
        sealed, unread = await self._sealed(values)
        return Counts((*in_clear, *sealed), unread)

    async def _sealed(self, values: dict[str, Any]) -> tuple[list[Count], int]:
        """Moods and topics that only we can read, and how many replies were left out."""
        sealing = sealing_of(self._session)
        if sealing is None:
            return [], 0
        connection = await self._session.connection()
        rows = (await connection.execute(_SEALED, values | {"most": MOST_OPENED})).all()
        counter: Counter[tuple[Figure, str, date]] = Counter()
        for place, row in enumerate(rows):
            state = sealing.opened(ReplyContext, row, row.message_id)["state"]
            if mood := state.get("mood"):
                counter[Figure.USER_MOOD, mood, row.period] += 1
            if topic := state.get("currentTopic"):
                counter[Figure.TOPIC, topic, row.period] += 1
            if place % AT_A_TIME == 0:
                await asyncio.sleep(0)
        counts = [
            Count(figure, key, "", period, count)
            for (figure, key, period), count in counter.items()
        ]
        return counts, rows[0].all_of_them - len(rows) if rows else 0
