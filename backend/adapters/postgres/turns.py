"""Who answers which conversation: leases and fences in PostgreSQL."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col
from sqlmodel import select as select_model
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.errors import CharacterBlocked, Conflict, NotFound
from backend.models import Character, Conversation, Message, WantedVariant


class PostgresTurns:
    """Implements `Turns`. The database's clock decides, so that processes' clocks needn't agree."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def waiting(self, *, limit: int) -> list[UUID]:
        unanswered = select(col(Conversation.id)).where(
            col(Conversation.answered_seq) < col(Conversation.last_seq),
            _unanswered(col(Conversation.id), col(Conversation.answered_seq)).exists(),
        )
        to_be_written_anew = select(col(WantedVariant.conversation_id))
        found = await self._session.exec(
            select_model(Conversation.id)
            .where(
                col(Conversation.id).in_(unanswered.union(to_be_written_anew)),
                col(Conversation.status) != "deleted",
                _lease_free(),
                _may_speak(col(Conversation.id)),
            )
            .limit(limit)
        )
        return list(found)

    async def claim(self, conversation_id: UUID, process: str, *, seconds: float) -> int | None:
        claimed = await self._session.exec(
            update(Conversation)
            .where(col(Conversation.id) == conversation_id, _lease_free())
            .values(
                turn_lease_owner=process,
                turn_lease_until=func.now() + timedelta(seconds=seconds),
                turn_fence=Conversation.turn_fence + 1,
            )
            .returning(col(Conversation.turn_fence))
            .execution_options(synchronize_session=False)
        )
        return claimed.scalar_one_or_none()

    async def renew(self, conversation_id: UUID, fence: int, *, seconds: float) -> bool:
        before = (
            select(col(Conversation.id), col(Conversation.turn_stop_fence))
            .where(col(Conversation.id) == conversation_id)
            .with_for_update()
            .subquery("before")
        )
        renewed = await self._session.exec(
            update(Conversation)
            .where(col(Conversation.id) == before.c.id, *_held(fence))
            .values(turn_lease_until=func.now() + timedelta(seconds=seconds), turn_stop_fence=None)
            .returning(before.c.turn_stop_fence)
            .execution_options(synchronize_session=False)
        )
        row = renewed.one_or_none()
        if row is None:
            raise _overtaken()
        return bool(row[0] == fence)

    async def holder(self, conversation_id: UUID) -> str | None:
        found = await self._session.exec(
            select_model(Conversation.turn_lease_owner).where(
                col(Conversation.id) == conversation_id, _lease_live()
            )
        )
        return found.one_or_none()

    async def ask_to_stop(self, conversation_id: UUID) -> bool:
        asked = await self._session.exec(
            update(Conversation)
            .where(col(Conversation.id) == conversation_id, _lease_live())
            .values(turn_stop_fence=Conversation.turn_fence)
            .returning(col(Conversation.id))
            .execution_options(synchronize_session=False)
        )
        return asked.one_or_none() is not None

    async def confirm(self, conversation_id: UUID, fence: int) -> None:
        await self._change(conversation_id, fence, turn_fence=Conversation.turn_fence)

    async def _change(self, conversation_id: UUID, fence: int, **values: Any) -> None:
        changed = await self._session.exec(
            update(Conversation)
            .where(col(Conversation.id) == conversation_id, *_held(fence))
            .values(**values)
            .returning(col(Conversation.id))
            .execution_options(synchronize_session=False)
        )
        if changed.scalar_one_or_none() is None:
            raise _overtaken()

    async def release(self, conversation_id: UUID, fence: int) -> None:
        await self._session.exec(
            update(Conversation)
            .where(col(Conversation.id) == conversation_id, col(Conversation.turn_fence) == fence)
            .values(turn_lease_owner=None, turn_lease_until=None)
            .execution_options(synchronize_session=False)
        )

    async def release_all(self) -> None:
        await self._session.exec(
            update(Conversation)
            .where(col(Conversation.turn_lease_until).is_not(None))
            .values(turn_lease_owner=None, turn_lease_until=None)
            .execution_options(synchronize_session=False)
        )

    async def next_unanswered(self, conversation_id: UUID) -> Message | None:
        answered = (
            select(col(Conversation.answered_seq))
            .where(col(Conversation.id) == conversation_id)
            .scalar_subquery()
        )
        found = await self._session.exec(
            select_model(Message)
            .where(*_unanswered_conditions(conversation_id, answered), _may_speak(conversation_id))
            .order_by(col(Message.seq))
            .limit(1)
        )
        return found.first()

    async def want_variant(self, reply: Message) -> None:
        # Whoever looks for the next thing to do, and gives the lease back, holds this row.
        locked = await self._session.exec(
            select_model(Character)
            .join(Conversation, col(Conversation.character_id) == col(Character.id))
            .where(
                col(Conversation.id) == reply.conversation_id,
                col(Conversation.status) != "deleted",
            )
            .with_for_update(of=Conversation)
        )
        character = locked.one_or_none()
        if character is None:
            raise NotFound("There is no such conversation.")
        if character.blocked_at:
            raise CharacterBlocked(character.blocked_reason)
        wanted = insert(WantedVariant).values(
            reply_id=reply.id, conversation_id=reply.conversation_id, times=1, wanted_at=func.now()
        )
        await self._session.exec(
            wanted.on_conflict_do_update(
                index_elements=[col(WantedVariant.reply_id)],
                set_={"times": WantedVariant.times + 1},
            )
        )

    async def next_wanted(self, conversation_id: UUID) -> WantedVariant | None:
        found = await self._session.exec(
            select_model(WantedVariant)
            .where(
                col(WantedVariant.conversation_id) == conversation_id, _may_speak(conversation_id)
            )
            .order_by(col(WantedVariant.wanted_at), col(WantedVariant.reply_id))
            .limit(1)
        )
        return found.first()

    async def drop_wanted(self, reply_id: UUID, times: int) -> None:
        await self._session.exec(
            delete(WantedVariant).where(
                col(WantedVariant.reply_id) == reply_id, col(WantedVariant.times) <= times
            )
        )

    async def mark_answered(self, conversation_id: UUID, message: Message, fence: int) -> None:
        next_waiting = (
            select(func.min(Message.seq) - 1)
            .where(*_unanswered_conditions(conversation_id, message.seq))
            .scalar_subquery()
        )
        await self._change(
            conversation_id,
            fence,
            answered_seq=func.coalesce(next_waiting, Conversation.last_seq),
        )


def _overtaken() -> Conflict:
    return Conflict("Another process took this turn over.")


def _held(fence: int) -> tuple[ColumnElement[bool], ...]:
    return col(Conversation.turn_fence) == fence, col(Conversation.status) != "deleted"


def _may_speak(conversation_id: object) -> ColumnElement[bool]:
    """Unless the conversation's character is blocked. What waits is answered once it no longer is."""
    speaker = aliased(Conversation)
    return ~exists().where(
        col(speaker.id) == conversation_id,
        col(Character.id) == col(speaker.character_id),
        col(Character.blocked_at).is_not(None),
    )


def _lease_live() -> ColumnElement[bool]:
    return col(Conversation.turn_lease_until) >= func.now()


def _lease_free() -> ColumnElement[bool]:
    return or_(
        col(Conversation.turn_lease_until).is_(None),
        col(Conversation.turn_lease_until) < func.now(),
    )


def _unanswered_conditions(conversation_id: object, after_seq: object) -> list[ColumnElement[bool]]:
    return [
        col(Message.conversation_id) == conversation_id,
        col(Message.seq) > after_seq,
        col(Message.sender_type) == "user",
        col(Message.type) != "system",
        col(Message.deleted_at).is_(None),
    ]


def _unanswered(conversation_id: object, after_seq: object):  # type: ignore[no-untyped-def]
    return (
        select(col(Message.id))
        .where(*_unanswered_conditions(conversation_id, after_seq))
        .correlate(Conversation)
    )
