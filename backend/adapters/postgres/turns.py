"""Who answers which conversation: leases and fences in PostgreSQL."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel import select as select_model
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.turn_statements import (
    CLAIM,
    HOLD,
    LEASE_FREE,
    LEASE_LIVE,
    LET_GO,
    NEXT_UNANSWERED,
    NO_LEASE,
    READ,
    RENEW,
)
from backend.adapters.postgres.unanswered import may_speak, unanswered
from backend.errors import CharacterBlocked, Conflict, KeepsakeError, NotFound
from backend.models import Character, Conversation, Message, WantedVariant, utc_now


class PostgresTurns:
    """Implements `Turns`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def waiting(self, *, limit: int) -> list[UUID]:
        waiting = unanswered(col(Conversation.id), col(Conversation.answered_seq))
        to_be_answered = select(col(Conversation.id)).where(
            col(Conversation.answered_seq) < col(Conversation.last_seq),
            select(col(Message.id)).where(*waiting).correlate(Conversation).exists(),
        )
        to_be_written_anew = select(col(WantedVariant.conversation_id))
        found = await self._session.exec(
            select_model(Conversation.id)
            .where(
                col(Conversation.id).in_(to_be_answered.union(to_be_written_anew)),
                col(Conversation.status) != "deleted",
                LEASE_FREE,
                may_speak(col(Conversation.character_id)),
            )
            .limit(limit)
        )
        return list(found)

    async def claim(
        self, conversation_id: UUID, process: str, *, seconds: float
    ) -> Conversation | None:
        values = {
            "the_id": conversation_id,
            "process": process,
            "lease": timedelta(seconds=seconds),
        }
        claimed = await self._session.exec(CLAIM, params=values)
        conversation: Conversation | None = claimed.scalar_one_or_none()
        return conversation

    async def renew(self, conversation_id: UUID, fence: int, *, seconds: float) -> bool:
        values = {
            "the_id": conversation_id,
            "fence": fence,
            "lease": timedelta(seconds=seconds),
        }
        renewed = await self._session.exec(RENEW, params=values)
        row = renewed.one_or_none()
        if row is None:
            raise _overtaken()
        return bool(row[0] == fence)

    async def holder(self, conversation_id: UUID) -> str | None:
        found = await self._session.exec(
            select_model(Conversation.turn_lease_owner).where(
                col(Conversation.id) == conversation_id, LEASE_LIVE
            )
        )
        return found.one_or_none()

    async def ask_to_stop(self, conversation_id: UUID) -> bool:
        asked = await self._session.exec(
            update(Conversation)
            .where(col(Conversation.id) == conversation_id, LEASE_LIVE)
            .values(turn_stop_fence=Conversation.turn_fence)
            .returning(col(Conversation.id))
            .execution_options(synchronize_session=False)
        )
        return asked.one_or_none() is not None

    async def confirm(self, conversation_id: UUID, fence: int) -> Conversation:
        values = {"the_id": conversation_id, "fence": fence}
        held = await self._session.exec(HOLD, params=values)
        conversation = held.one_or_none()
        if conversation is None:
            raise _overtaken()
        return conversation

    async def let_go(self, conversation_id: UUID, fence: int) -> Conversation | None:
        # Two statements: one alone wouldn't see what was stored while it waited for the row.
        conversation = await self.confirm(conversation_id, fence)
        released = await self._session.exec(LET_GO, params={"the_id": conversation_id})
        return None if released.one_or_none() else conversation

    async def release(self, conversation_id: UUID, fence: int) -> None:
        await self._session.exec(
            update(Conversation)
            .where(col(Conversation.id) == conversation_id, col(Conversation.turn_fence) == fence)
            .values(**NO_LEASE)
            .execution_options(synchronize_session=False)
        )

    async def release_all(self) -> None:
        await self._session.exec(
            update(Conversation)
            .where(col(Conversation.turn_lease_until).is_not(None))
            .values(**NO_LEASE)
            .execution_options(synchronize_session=False)
        )

    async def next_unanswered(self, conversation_id: UUID) -> Message | None:
        found = await self._session.exec(NEXT_UNANSWERED, params={"the_id": conversation_id})
        return found.first()

    async def take_up(self, conversation: Conversation, message: Message) -> None:
        if message.seq <= conversation.character_read_seq:
            return  # somebody has begun to answer it before
        values = {
            "the_id": conversation.id,
            "known_to": conversation.character_read_seq,
            "to": message.seq,
            "now": utc_now(),
        }
        await self._session.exec(READ, params=values)

    async def want_variant(self, reply: Message) -> None:
        # Whoever looks for the next thing to do, and gives the lease back, holds this row.
        held = (
            select(col(Conversation.id))
            .where(
                col(Conversation.id) == reply.conversation_id,
                col(Conversation.status) != "deleted",
                may_speak(col(Conversation.character_id)),
            )
            .with_for_update()
            .subquery("held")
        )
        wanted = insert(WantedVariant).from_select(
            ["reply_id", "conversation_id", "times", "wanted_at"],
            select(literal(reply.id), held.c.id, literal(1), func.now()),
        )
        kept = await self._session.exec(
            wanted.on_conflict_do_update(
                index_elements=[col(WantedVariant.reply_id)],
                set_={"times": WantedVariant.times + 1},
            ).returning(col(WantedVariant.reply_id))
        )
        if kept.one_or_none() is None:
            raise await self._why_silent(reply.conversation_id)

    async def _why_silent(self, conversation_id: UUID) -> KeepsakeError:
        found = await self._session.exec(
            select_model(Character)
            .join(Conversation, col(Conversation.character_id) == col(Character.id))
            .where(col(Conversation.id) == conversation_id, col(Conversation.status) != "deleted")
        )
        character = found.one_or_none()
        if character is None:
            return NotFound("There is no such conversation.")
        return CharacterBlocked(character.blocked_reason)

    async def next_wanted(self, conversation_id: UUID) -> WantedVariant | None:
        found = await self._session.exec(
            select_model(WantedVariant)
            .join(Conversation, col(Conversation.id) == col(WantedVariant.conversation_id))
            .where(
                col(Conversation.id) == conversation_id,
                may_speak(col(Conversation.character_id)),
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


def _overtaken() -> Conflict:
    return Conflict("Another process took this turn over.")
