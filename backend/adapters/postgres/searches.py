"""Looking for messages in PostgreSQL: by stemmed words through an index, and one by one where there are
none to be had."""

import asyncio
import operator
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import (
    Row,
    any_,
    bindparam,
    cast,
    func,
    literal,
    text,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.known_memories import UUIDS
from backend.adapters.postgres.languages import LANGUAGES, UNSURE, language_of
from backend.adapters.postgres.sealing import sealing_of
from backend.adapters.postgres.search_terms import (
    Reading,
    SearchText,
    Span,
    read_search,
    score_of,
)
from backend.errors import NotFound
from backend.models import Conversation, Memory, Message, MessageWords
from backend.store.searches import FoundMessage, Place, SearchFilter, TextPage

MOST_SCANNED = 5_000  # messages that one page reads one by one
AT_A_TIME = 100  # of them, a few milliseconds in which nobody else is served

# Messages of the user's that the index doesn't have: sealed ones, and those it has still to take in.
_WITHOUT_WORDS = """
    FROM message JOIN conversation ON conversation.id = message.conversation_id
    WHERE conversation.user_id = :user_id AND conversation.status <> 'deleted'
        AND (message.language IS NULL OR message.key_id IS NOT NULL)
        AND message.deleted_at IS NULL AND message.forgotten_at IS NULL
"""
# The search in each language that the user's messages have, found by skipping through the index, and in
# all of them where messages must be read one by one. No row: not the user's to search in.
_READINGS = text(f"""
    WITH RECURSIVE spoken(language) AS (
        (SELECT min(language) FROM message_words WHERE user_id = :user_id)
        UNION ALL
        SELECT (SELECT min(language) FROM message_words
                WHERE user_id = :user_id AND language > spoken.language)
        FROM spoken WHERE spoken.language IS NOT NULL
    ), languages AS (
        SELECT language, true AS indexed FROM spoken WHERE language IS NOT NULL
        UNION ALL SELECT 'english', true
        UNION ALL SELECT unnest(CAST(:languages AS text[])), false
        WHERE EXISTS (SELECT 1 {_WITHOUT_WORDS})
    )
    SELECT language, bool_or(indexed) AS indexed,
        without_accents(CAST(
            websearch_to_tsquery(CAST(language AS regconfig), :search) AS text)) AS query,
        ARRAY(
            SELECT word FROM unnest(CAST(:words AS text[])) AS word
            WHERE length(to_tsvector(CAST(language AS regconfig), word)) = 0
        ) AS stop_words
    FROM languages
    WHERE (CAST(:conversation_id AS uuid) IS NULL OR EXISTS (
            SELECT 1 FROM conversation
            WHERE id = :conversation_id AND user_id = :user_id AND status <> 'deleted'))
        AND (CAST(:character_id AS uuid) IS NULL OR EXISTS (
            SELECT 1 FROM character
            WHERE id = :character_id AND (owner_id = :user_id OR visibility = 'public')
        ) OR EXISTS (
            SELECT 1 FROM conversation
            WHERE character_id = :character_id AND user_id = :user_id AND status <> 'deleted'))
    GROUP BY language
""")
_UNREAD = text("language IS NULL AND key_id IS NULL")
_READ_ONE_BY_ONE = [
    col(column)
    for column in (
        Message.id,
        Message.created_at,
        Message.language,
        Message.content,
        Message.key_id,
        Message.sealed,
    )
]
_UNINDEXED = text("(message.language IS NULL OR message.key_id IS NOT NULL)")


@dataclass(frozen=True, slots=True)
class _Readings:
    """A search by language, where that has words to look for; `query` is the tsquery of those languages
    that the index has, `to_scan`: there are messages that it hasn't."""

    by_language: Mapping[str, Reading]
    query: str
    to_scan: bool

    def spans(self, content: str, language: str) -> tuple[Span, ...] | None:
        """Where a message says it, read in its language or, where that isn't known, in any."""
        known = self.by_language.get(language)
        if known and language != UNSURE:
            return known.spans(content)
        readings = self.by_language.values()
        return next((spans for one in readings if (spans := one.spans(content))), None)


@dataclass(slots=True)
class _Scan:
    """What reading messages one by one found: where they say it, by their ids; how many were read; and
    how far, if there were too many."""

    spans: dict[UUID, tuple[Span, ...]] = field(default_factory=dict)
    read: int = 0
    stopped_at: Place | None = None


class PostgresSearches:
    """Implements `Searches`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def by_words(
        self, narrow: SearchFilter, text: str, *, limit: int, before: Place | None
    ) -> TextPage:
        readings = await self._readings(narrow, read_search(text))
        if not readings.by_language:
            return TextPage((), None, scanned=0, complete=True)
        most = limit + 1  # one more than is shown tells whether more follow
        scan = _Scan()
        if readings.to_scan:
            scan = await self._scan(narrow, readings, most, before)
        found = await self._found(narrow, readings, scan, most, before)
        if scan.stopped_at:
            found = [item for item in found if _place(item) >= scan.stopped_at]
        shown = found[:limit]
        end = _place(shown[-1]) if len(found) > limit else scan.stopped_at
        return TextPage(tuple(shown), end, scan.read, complete=scan.stopped_at is None)

    async def of_episodes(
        self, narrow: SearchFilter, scores: Mapping[UUID, float]
    ) -> list[FoundMessage]:
        if not scores:
            return []
        found = await self._session.exec(
            _visible(select(Memory.id, Message, Conversation), narrow)
            .join(Memory, col(Message.id) == col(Memory.source_message_ids)[1])
            .where(
                col(Memory.id) == any_(literal(list(scores), UUIDS)),
                col(Memory.user_id) == narrow.user_id,
                col(Memory.kind) == "episode",
                col(Memory.status) == "active",
                col(Message.deleted_at).is_(None),
            )
        )
        items = [
            FoundMessage(message, conversation, score=scores[memory_id])
            for memory_id, message, conversation in found
        ]
        return sorted(items, key=lambda item: (-item.score, item.message.id))

    async def read_languages(self, *, limit: int) -> int:
        found = await self._session.exec(
            select(Message.id, Message.content)
            .where(_UNREAD)
            .order_by(col(Message.id))
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        rows = [{"key": key, "language": language_of(content)} for key, content in found]
        if rows:
            connection = await self._session.connection()
            await connection.execute(
                update(Message.__table__)  # type: ignore[attr-defined]
                .where(col(Message.id) == bindparam("key"))
                .values(language=bindparam("language")),
                rows,
            )
        return len(rows)

    async def _readings(self, narrow: SearchFilter, search: SearchText) -> _Readings:
        connection = await self._session.connection()
        rows = await connection.execute(
            _READINGS,
            {
                "user_id": narrow.user_id,
                "conversation_id": narrow.conversation_id,
                "character_id": narrow.character_id,
                "search": search.for_websearch(),
                "words": search.words,
                "languages": list(LANGUAGES),
            },
        )
        found = rows.all()
        if not found:
            raise NotFound("There is no such conversation or character to search in.")
        telling = [row for row in found if row.query]  # one of stop words alone asks for nothing
        queries = [f"('={row.language}' & ({row.query}))" for row in telling if row.indexed]
        return _Readings(
            {
                row.language: Reading(search, row.language, frozenset(row.stop_words))
                for row in telling
            },
            query=f"'@{narrow.user_id}' & ({' | '.join(queries)})" if queries else "",
            to_scan=not all(row.indexed for row in found),
        )

    async def _scan(
        self, narrow: SearchFilter, readings: _Readings, most: int, before: Place | None
    ) -> _Scan:
        """Read messages that the index doesn't have, newest first, until enough of them fit."""
        wanted = (
            _visible(sa.select(*_READ_ONE_BY_ONE), narrow)
            .where(
                _UNINDEXED,
                col(Message.deleted_at).is_(None),
                *_older(col(Message.id), Message, before),
            )
            .order_by(col(Message.created_at).desc(), col(Message.id).desc())
            .limit(MOST_SCANNED + 1)
        )
        rows = (await (await self._session.connection()).execute(wanted)).all()
        scan = _Scan()
        for row in rows[:MOST_SCANNED]:
            scan.read += 1
            content = self._content(row)
            if spans := readings.spans(content, row.language or language_of(content)):
                scan.spans[row.id] = spans
                if len(scan.spans) == most:
                    return scan
            if scan.read % AT_A_TIME == 0:
                await asyncio.sleep(0)
        if len(rows) > MOST_SCANNED:
            scan.stopped_at = (rows[MOST_SCANNED - 1].created_at, rows[MOST_SCANNED - 1].id)
        return scan

    def _content(self, row: Row[Any]) -> str:
        if row.sealed is None:
            return str(row.content)
        sealing = sealing_of(self._session)
        assert sealing, "without its keys nothing starts on a database that has sealed rows"
        return str(sealing.opened(Message, row, row.id)["content"])

    async def _found(
        self,
        narrow: SearchFilter,
        readings: _Readings,
        scan: _Scan,
        most: int,
        before: Place | None,
    ) -> list[FoundMessage]:
        """What the index and the scan found, newest first."""
        query = cast(literal(readings.query), TSQUERY)
        indexed = (
            select(MessageWords.message_id, MessageWords.language)
            .where(
                col(MessageWords.words).bool_op("@@")(query),
                *_narrowed(MessageWords, MessageWords, narrow),
                *_older(col(MessageWords.message_id), MessageWords, before),
            )
            .order_by(col(MessageWords.created_at).desc(), col(MessageWords.message_id).desc())
            .limit(most)
        ).subquery()
        scanned = select(func.unnest(literal(list(scan.spans), UUIDS)), literal(UNSURE))
        hits = union_all(sa.select(indexed), scanned).subquery("hits")
        rows = await self._session.exec(
            _visible(select(Message, Conversation, hits.c.language), narrow).join(
                hits, hits.c.message_id == col(Message.id)
            )
        )
        found = {}  # by id: one may have been taken into the index since it was scanned
        for message, conversation, language in rows:
            spans = scan.spans.get(message.id) or readings.spans(message.content, language) or ()
            score = score_of(message.content, spans)
            found[message.id] = FoundMessage(message, conversation, spans, score)
        return sorted(found.values(), key=_place, reverse=True)


def _visible(query: Any, narrow: SearchFilter) -> Any:
    """Messages, joined with their conversations: those of the user that the filter lets through, and that
    weren't forgotten."""
    return (
        query.select_from(Message)
        .join(Conversation, col(Conversation.id) == col(Message.conversation_id))
        .where(
            col(Conversation.user_id) == narrow.user_id,
            col(Conversation.status) != "deleted",
            col(Message.forgotten_at).is_(None),
            *_narrowed(Message, Conversation, narrow),
        )
    )


def _narrowed(
    said: type[Message] | type[MessageWords],
    between: type[Conversation] | type[MessageWords],
    narrow: SearchFilter,
) -> list[ColumnElement[bool]]:
    """`said` has a message's columns, `between` has the character."""
    wanted = (
        (said.conversation_id, narrow.conversation_id, operator.eq),
        (between.character_id, narrow.character_id, operator.eq),
        (said.sender_type, narrow.sender_type, operator.eq),
        (said.created_at, narrow.since, operator.ge),
        (said.created_at, narrow.until, operator.lt),
    )
    return [holds(col(column), value) for column, value, holds in wanted if value is not None]


def _older(key: Any, said: type[Message] | type[MessageWords], before: Place | None) -> list[Any]:
    return [] if before is None else [tuple_(col(said.created_at), key) < before]


def _place(item: FoundMessage) -> Place:
    return item.message.created_at, item.message.id
