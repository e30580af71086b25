"""What a conversation needs next: a reply to a waiting message, then a reply written anew."""

from collections.abc import Callable
from uuid import UUID

from backend.conversation.assignment import Assignment
from backend.models import Conversation, utc_now
from backend.store import Transaction


async def next_assignment(
    tx: Transaction, conversation_id: UUID, fence: int, *, reaches_user: Callable[[], bool]
) -> Assignment | None:
    """The next thing to do under a lease; None: nothing waits."""
    conversation = await tx.conversations.get(conversation_id)
    if conversation is None or conversation.status == "deleted":
        return None
    assignment = await _unanswered(tx, conversation, fence, reaches_user)
    return assignment or await _wanted(tx, conversation, fence, reaches_user)


async def _unanswered(
    tx: Transaction, conversation: Conversation, fence: int, reaches_user: Callable[[], bool]
) -> Assignment | None:
    """The next message to answer; reading it marks it as read by the character."""
    target = await tx.turns.next_unanswered(conversation.id)
    if target is None:
        return None
    await tx.messages.mark_read(
        conversation.id, reader="character", up_to_seq=target.seq, at=utc_now()
    )
    return Assignment(conversation, target, fence, reaches_user=reaches_user)


async def _wanted(
    tx: Transaction, conversation: Conversation, fence: int, reaches_user: Callable[[], bool]
) -> Assignment | None:
    """The next reply to write anew. One that is gone meanwhile is wanted no more."""
    while wanted := await tx.turns.next_wanted(conversation.id):
        reply = await tx.messages.get(wanted.reply_id)
        target = await tx.messages.get(reply.reply_to) if reply and reply.reply_to else None
        if reply and target and not (reply.deleted_at or target.deleted_at):
            return Assignment(
                conversation, target, fence, reply, wanted.times, reaches_user=reaches_user
            )
        await tx.turns.drop_wanted(wanted.reply_id, wanted.times)
    return None
