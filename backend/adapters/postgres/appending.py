"""Messages are stored under the next numbers of their conversation, whose row is held meanwhile: numbers
are taken in the order of commits, without gaps."""

from collections.abc import Sequence
from typing import Any

from psycopg.errors import UniqueViolation
from sqlalchemy import Boolean, bindparam, exists, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.adapters.postgres.languages import language_of
from backend.adapters.postgres.sealing import rows_of
from backend.adapters.postgres.unanswered import may_speak, unanswered
from backend.errors import NotFound, RequestInProgress
from backend.models import Conversation, Message
from backend.store import Said

INSERT_CHUNK = 1000
CLIENT_IDS = "uq_message_client_id"

# Made for every message, so built once: building takes longer than running them.
_ONE_MORE = {
    "last_seq": Conversation.last_seq + 1,
    "message_count": Conversation.message_count + 1,
    "last_message_at": bindparam("said_at"),
    "updated_at": bindparam("said_at"),
    # It stays once it is there.
    "sensitive": or_(col(Conversation.sensitive), bindparam("is_sensitive", type_=Boolean)),
}
_NUMBERED = (
    update(Conversation)
    .where(col(Conversation.id) == bindparam("in_conversation"))
    .values(**_ONE_MORE)
    .returning(col(Conversation.last_seq))
    .execution_options(synchronize_session=False)
)
_NEXT_WAITING = (
    select(func.min(Message.seq) - 1)
    .where(*unanswered(bindparam("in_conversation"), bindparam("answered")))
    .scalar_subquery()
)
_NUMBERED_AS_ANSWER = _NUMBERED.values(
    answered_seq=func.coalesce(_NEXT_WAITING, Conversation.last_seq + 1)
)
# Sees no copy whose transaction still runs; the unique index does.
_HEARD = exists().where(
    col(Message.conversation_id) == bindparam("in_conversation"),
    col(Message.client_message_id) == bindparam("client_id"),
)
# Whoever else speaks here, or answers, waits for the row, which is read as it is then.
_BEFORE = (
    select(col(Conversation.id), col(Conversation.last_message_at))
    .where(
        col(Conversation.id) == bindparam("in_conversation"),
        col(Conversation.user_id) == bindparam("speaker"),
        col(Conversation.status) != "deleted",
        may_speak(col(Conversation.character_id)),
        ~_HEARD,
    )
    .with_for_update()
    .subquery("before")
)
_NUMBERED_AS_SAID = (
    update(Conversation)
    .where(col(Conversation.id) == _BEFORE.c.id)
    .values(**_ONE_MORE, status="active")
    .returning(Conversation, _BEFORE.c.last_message_at)
    .execution_options(synchronize_session=False)
)


async def append(session: AsyncSession, message: Message, answered: Message | None) -> Message:
    """See `Messages.append`."""
    statement, values = _NUMBERED, _values(message)
    if answered:
        statement, values = _NUMBERED_AS_ANSWER, values | {"answered": answered.seq}
    taken = await session.exec(statement, params=values)
    number: int | None = taken.scalar_one_or_none()
    if number is None:
        raise NotFound("There is no such conversation.")
    return await _store(session, message, number)


async def add_many(session: AsyncSession, messages: Sequence[Message]) -> None:
    """See `Messages.add_many`."""
    for message in messages:
        message.language = language_of(message.content)
    for start in range(0, len(messages), INSERT_CHUNK):
        chunk = rows_of(session, messages[start : start + INSERT_CHUNK])
        await session.exec(insert(Message), params=chunk)


async def say(session: AsyncSession, message: Message) -> Said | None:
    """See `Messages.say`."""
    values = _values(message)
    values |= {"speaker": message.sender_id, "client_id": message.client_message_id}
    row = (await session.exec(_NUMBERED_AS_SAID, params=values)).one_or_none()
    if row is None:
        return None
    conversation, spoke_last = row
    try:
        stored = await _store(session, message, conversation.last_seq)
    except IntegrityError as error:
        if _is_copy(error):
            raise RequestInProgress("The same message was stored just now.") from error
        raise
    return Said(stored, conversation, spoke_last)


def _values(message: Message) -> dict[str, Any]:
    return {
        "in_conversation": message.conversation_id,
        "said_at": message.created_at,
        "is_sensitive": message.sensitive,
    }


async def _store(session: AsyncSession, message: Message, number: int) -> Message:
    message.seq, message.language = number, language_of(message.content)
    session.add(message)
    await session.flush()
    return message


def _is_copy(error: IntegrityError) -> bool:
    violation = error.orig
    return isinstance(violation, UniqueViolation) and (violation.diag.constraint_name == CLIENT_IDS)
