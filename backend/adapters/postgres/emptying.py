"""Taking the words out of messages, of which the places stay."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.languages import language_of
from backend.models import Conversation, Message, MessageVariant, ReplyContext, utc_now


async def empty(session: AsyncSession, conversation_id: UUID, messages: Sequence[Message]) -> None:
    """See `Messages.empty`."""
    ids, count = [message.id for message in messages], len(messages)
    for beside in (MessageVariant, ReplyContext):
        await session.exec(delete(beside).where(col(beside.message_id).in_(ids)))
    numbered = await session.exec(
        update(Conversation)
        .where(col(Conversation.id) == conversation_id)
        .values(
            last_change=Conversation.last_change + count,
            message_count=func.greatest(Conversation.message_count - count, 0),
        )
        .returning(col(Conversation.last_change))
        .execution_options(synchronize_session=False)
    )
    first, now = numbered.scalar_one() - count + 1, utc_now()
    for change, message in enumerate(messages, start=first):
        message.content, message.details, message.active_variant = "", {}, 0
        message.language, message.form_again = language_of(""), False
        message.deleted_at = message.changed_at = now
        message.change = change
    await session.flush()
