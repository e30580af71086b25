"""What a user can do in a conversation, by REST and by either transport."""

from uuid import UUID

from backend.conversation.accepting import Draft, accept
from backend.errors import InvalidRequest, NotFound
from backend.gateway.hub import Connection
from backend.gateway.limits import take
from backend.gateway.memory_events import announce_withdrawal
from backend.gateway.ownership import own_conversation, own_message
from backend.gateway.protocol import (
    MessageDeleted,
    MessagesRead,
    ServerEvent,
    conversation_room,
)
from backend.gateway.services import Services
from backend.gateway.views import MessageView
from backend.memory.forgetting import forget_message
from backend.memory.receipts import Receipt
from backend.memory.transcript import MessageCheck
from backend.models import Message, utc_now


async def send_message(
    services: Services,
    user_id: UUID,
    conversation_id: UUID,
    draft: Draft,
    *,
    joining: Connection | None = None,
) -> Message:
    """Store a user's message, tell everybody in the conversation, and have it answered.

    `joining` listens to the conversation from now on: who speaks wants to hear the answer.

    Raises:
        RateLimited, InvalidRequest, NotFound, CharacterBlocked: nothing was stored.
    """
    await take(services.message_rate, f"message:{user_id}")
    accepted = await accept(
        services.store,
        user_id=user_id,
        conversation_id=conversation_id,
        draft=draft,
        longest=services.options.max_message_length,
    )
    room = conversation_room(conversation_id)
    if joining:
        await services.hub.join(joining, room)
    if not accepted.repeated:
        await services.hub.publish(
            room, ServerEvent.MESSAGE_RECEIVED, MessageView.of(accepted.message).wire()
        )
        services.foresight.sent(accepted.conversation, accepted.message.content)
    services.turns.wake(conversation_id)
    return accepted.message


async def mark_read(
    services: Services, user_id: UUID, conversation_id: UUID, up_to_seq: int | None
) -> int:
    """The user has read the character's messages up to a seq, or all of them (None); returns how many
    were new. What was known already is not told again.

    Raises:
        NotFound: the user has no such conversation.
    """
    async with services.store.transaction() as tx:
        conversation = await own_conversation(tx, conversation_id, user_id)
        last = conversation.last_seq if up_to_seq is None else up_to_seq
        read = await tx.messages.mark_read(conversation_id, up_to_seq=last, at=utc_now())
    if read is None:
        return 0
    event = MessagesRead(conversation_id=conversation_id, up_to_seq=read.seq, reader_id=user_id)
    await services.hub.publish(
        conversation_room(conversation_id), ServerEvent.MESSAGE_READ, event.wire()
    )
    return read.messages


async def remove_message(
    services: Services, user_id: UUID, message_id: UUID, *, check: MessageCheck | None = None
) -> Receipt:
    """Delete a message, if it passes the `check`, forget what rested on it alone, and tell everybody in
    the conversation.

    Raises:
        NotFound: the user has no such message.
    """
    forgotten = await forget_message(services.memory, user_id, message_id, check=check)
    gone = MessageDeleted.of(forgotten.message)
    room = conversation_room(gone.conversation_id)
    await services.hub.publish(room, ServerEvent.MESSAGE_DELETED, gone.wire())
    owner = forgotten.conversation.owner
    await announce_withdrawal(services.hub, owner, forgotten.withdrawal, deleted=True)
    return forgotten.receipt


async def regenerate(services: Services, user_id: UUID, message_id: UUID) -> Message:
    """Have a reply written anew, whatever becomes of this process; returns the reply as it is now.

    Raises:
        NotFound: the user has no such message, or what it answers was deleted.
        InvalidRequest: it isn't a reply.
        CharacterBlocked: its character is to say nothing.
    """
    async with services.store.transaction() as tx:
        message = await own_message(tx, message_id, user_id)
        if message.sender_type != "character" or message.reply_to is None:
            raise InvalidRequest("Only a character's reply can be regenerated.")
        answered = await tx.messages.get(message.reply_to)
        if answered is None or answered.deleted_at:
            raise NotFound("The message that it answers is gone.")
        await tx.turns.want_variant(message)
    services.turns.wake(message.conversation_id)
    return message


async def stop_generation(services: Services, user_id: UUID, conversation_id: UUID) -> bool:
    """End the reply being written, on whatever process; False where there is none.

    Raises:
        NotFound: the user has no such conversation.
    """
    async with services.store.transaction() as tx:
        await own_conversation(tx, conversation_id, user_id)
    return await services.turns.stop(conversation_id)
