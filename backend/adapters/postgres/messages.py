"""Messages in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import CursorResult, and_, any_, bindparam, delete, func, or_, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.appending import add_many, append, say
from backend.adapters.postgres.emptying import empty
from backend.adapters.postgres.known_memories import UUIDS
from backend.adapters.postgres.languages import language_of
from backend.adapters.postgres.sealed_search import contains_any, sealed_ids
from backend.models import Conversation, Memory, Message, MessageVariant, Owner, utc_now
from backend.models.base import id_at
from backend.store import ReadUpTo, Said

# Read in every turn, so built once.
_PRECEDING = (
    select(Message)
    .where(
        col(Message.conversation_id) == bindparam("in_conversation"),
        col(Message.seq) < bindparam("before"),
        col(Message.deleted_at).is_(None),
        col(Message.state) != "failed",
    )
    .order_by(col(Message.seq).desc())
    .limit(bindparam("most"))
)
_OF_IDS = select(Message).where(col(Message.id) == any_(bindparam("ids", type_=UUIDS)))
_FOR_PROMPT = _PRECEDING.where(col(Message.forgotten_at).is_(None))


class PostgresMessages:
    """Implements `Messages`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def append(self, message: Message, *, answered: Message | None = None) -> Message:
        return await append(self._session, message, answered)

    async def add_many(self, messages: Sequence[Message]) -> None:
        await add_many(self._session, messages)

    async def say(self, message: Message) -> Said | None:
        return await say(self._session, message)

    async def get(self, message_id: UUID) -> Message | None:
        return await self._session.get(Message, message_id)

    async def of_user(
        self, message_id: UUID, user_id: UUID, *, for_update: bool = False
    ) -> tuple[Message, Conversation] | None:
        query = (
            select(Message, Conversation)
            .join(Conversation, col(Conversation.id) == col(Message.conversation_id))
            .where(
                col(Message.id) == message_id,
                col(Conversation.user_id) == user_id,
                col(Conversation.status) != "deleted",
            )
        )
        if for_update:  # in this order, as everywhere
            query = query.with_for_update(of=[Conversation, Message])
        row = (await self._session.exec(query)).first()
        return (row[0], row[1]) if row else None

    async def by_client_id(self, conversation_id: UUID, client_message_id: str) -> Message | None:
        found = await self._session.exec(
            select(Message).where(
                col(Message.conversation_id) == conversation_id,
                col(Message.client_message_id) == client_message_id,
            )
        )
        return found.first()

    async def page(
        self,
        conversation_id: UUID,
        *,
        limit: int,
        before: int | None = None,
        after: int | None = None,
        with_deleted: bool = False,
    ) -> list[Message]:
        query = select(Message).where(col(Message.conversation_id) == conversation_id)
        if not with_deleted:
            query = query.where(col(Message.deleted_at).is_(None))
        if after is not None:
            query = query.where(col(Message.seq) > after).order_by(col(Message.seq))
            return list(await self._session.exec(query.limit(limit)))
        if before is not None:
            query = query.where(col(Message.seq) < before)
        newest_first = await self._session.exec(
            query.order_by(col(Message.seq).desc()).limit(limit)
        )
        return list(newest_first)[::-1]

    async def for_prompt(self, conversation_id: UUID, *, limit: int, before: int) -> list[Message]:
        values = {"in_conversation": conversation_id, "before": before, "most": limit}
        return list(await self._session.exec(_FOR_PROMPT, params=values))[::-1]

    async def preceding(self, conversation_id: UUID, seq: int, *, limit: int) -> list[Message]:
        values = {"in_conversation": conversation_id, "before": seq, "most": limit}
        return list(await self._session.exec(_PRECEDING, params=values))[::-1]

    async def of_ids(self, message_ids: Sequence[UUID]) -> list[Message]:
        if not message_ids:
            return []
        return list(await self._session.exec(_OF_IDS, params={"ids": list(message_ids)}))

    async def ids_of(self, conversation_id: UUID) -> list[UUID]:
        return list(
            await self._session.exec(
                select(Message.id).where(col(Message.conversation_id) == conversation_id)
            )
        )

    async def stored_before(
        self, moment: datetime, *, after: UUID | None, limit: int
    ) -> list[tuple[UUID, UUID]]:
        oldest = (
            select(Message.conversation_id, Message.id)
            .where(col(Message.id) < id_at(moment), col(Message.deleted_at).is_(None))
            .order_by(col(Message.id))
            .limit(limit)
        )
        if after:
            oldest = oldest.where(col(Message.id) > after)
        return [(row[0], row[1]) for row in await self._session.exec(oldest)]

    async def delete_of(self, conversation_id: UUID) -> int:
        deleted = await self._session.exec(
            delete(Message).where(col(Message.conversation_id) == conversation_id)
        )
        assert isinstance(deleted, CursorResult)
        return deleted.rowcount

    async def saying(self, owner: Owner, phrases: Sequence[Sequence[str]]) -> list[Message]:
        said = (
            select(Message)
            .join(Conversation, col(Conversation.id) == col(Message.conversation_id))
            .where(
                col(Conversation.character_id) == owner.character_id,
                col(Conversation.user_id) == owner.user_id,
                col(Message.deleted_at).is_(None),
            )
        )
        in_clear = (
            and_(*(col(Message.content).icontains(word, autoescape=True) for word in words))
            for words in phrases
        )
        sealed = await sealed_ids(self._session, Message, said, contains_any(phrases))
        found = await self._session.exec(
            said.where(
                or_(
                    and_(col(Message.key_id).is_(None), or_(*in_clear)),
                    col(Message.id).in_(sealed),
                )
            )
        )
        return list(found)

    async def mark_forgotten(self, message_ids: Sequence[UUID]) -> None:
        await self._session.exec(
            update(Message)
            .where(col(Message.id).in_(message_ids), col(Message.forgotten_at).is_(None))
            .values(forgotten_at=utc_now(), form_again=False)
            .execution_options(synchronize_session="fetch")
        )

    async def mark_all_forgotten(self, conversation_ids: Sequence[UUID]) -> None:
        await self._session.exec(
            update(Message)
            .where(
                col(Message.conversation_id).in_(conversation_ids),
                col(Message.forgotten_at).is_(None),
            )
            .values(forgotten_at=utc_now(), form_again=False)
            .execution_options(synchronize_session=False)
        )

    async def empty(self, conversation_id: UUID, messages: Sequence[Message]) -> None:
        await empty(self._session, conversation_id, messages)

    async def mark_read(
        self, conversation_id: UUID, *, up_to_seq: int, at: datetime
    ) -> ReadUpTo | None:
        moved = await self._move_read_mark(conversation_id, up_to_seq)
        if moved is None:
            return None
        before, now = moved
        changed = await self._session.exec(
            update(Message)
            .where(
                col(Message.conversation_id) == conversation_id,
                col(Message.sender_type) != "user",
                col(Message.seq).between(before + 1, now),
                col(Message.status) != "read",
            )
            .values(status="read", read_at=at)
        )
        assert isinstance(changed, CursorResult)
        return ReadUpTo(now, changed.rowcount)

    async def _move_read_mark(
        self, conversation_id: UUID, up_to_seq: int
    ) -> tuple[int, int] | None:
        """Where it stood and where it stands now; None if it stays."""
        mark = col(Conversation.user_read_seq)
        before = (
            select(col(Conversation.id).label("id"), mark.label("mark"))
            .where(col(Conversation.id) == conversation_id)
            .with_for_update()
            .subquery("before")
        )
        up_to = func.least(up_to_seq, col(Conversation.last_seq))
        moved = await self._session.exec(
            update(Conversation)
            .where(col(Conversation.id) == before.c.id, before.c.mark < up_to)
            .values({mark: up_to})
            .returning(before.c.mark, mark)
            .execution_options(synchronize_session=False)
        )
        row = moved.one_or_none()
        return (row[0], row[1]) if row else None

    async def mark_delivered(self, message_ids: Sequence[UUID]) -> None:
        if message_ids:
            await self._session.exec(
                update(Message)
                .where(col(Message.id).in_(message_ids), col(Message.status) == "sent")
                .values(status="delivered")
                .execution_options(synchronize_session="evaluate")
            )

    async def change(self, message: Message) -> None:
        marked = {"sensitive": True} if message.sensitive else {}  # it stays once it is there
        numbered = await self._session.exec(
            update(Conversation)
            .where(col(Conversation.id) == message.conversation_id)
            .values(last_change=Conversation.last_change + 1, **marked)
            .returning(col(Conversation.last_change))
            .execution_options(synchronize_session=False, autoflush=False)
        )
        message.change, message.changed_at = numbered.scalar_one(), utc_now()
        message.language = language_of(message.content)
        await self._session.merge(message)
        if message.sensitive:
            await self._mark_drawn_from(message)
        await self._session.flush()

    async def _mark_drawn_from(self, message: Message) -> None:
        """What rests on a message that has turned out to be sensitive is so, too."""
        drawn = await self._session.exec(
            select(Memory).where(
                col(Memory.source_message_ids).overlap([message.id]),  # type: ignore[attr-defined]
                col(Memory.sensitive).is_(False),
            )
        )
        for memory in drawn:
            memory.sensitive = True

    async def changed(
        self,
        conversation_id: UUID,
        *,
        up_to_seq: int,
        after_change: int | None,
        since: datetime,
        limit: int,
    ) -> list[Message]:
        missed = (
            col(Message.changed_at) > since
            if after_change is None
            else col(Message.change) > after_change
        )
        newest_first = await self._session.exec(
            select(Message)
            .where(
                col(Message.conversation_id) == conversation_id,
                col(Message.change) > 0,
                col(Message.seq) <= up_to_seq,
                missed,
            )
            .order_by(col(Message.change).desc())
            .limit(limit)
        )
        return list(newest_first)[::-1]

    async def add_variant(self, variant: MessageVariant) -> None:
        await self._session.merge(variant)
        await self._session.flush()

    async def variants(self, message_ids: Sequence[UUID]) -> list[MessageVariant]:
        if not message_ids:
            return []
        found = await self._session.exec(
            select(MessageVariant)
            .where(col(MessageVariant.message_id).in_(message_ids))
            .order_by(col(MessageVariant.message_id), col(MessageVariant.number))
        )
        return list(found)
