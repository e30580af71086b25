"""What a conversation needs next: a reply to a waiting message, then a reply written anew."""

from collections.abc import Callable

from backend.conversation.assignment import Assignment
from backend.models import Conversation
from backend.store import Transaction


async def next_assignment(
    tx: Transaction, conversation: Conversation, *, reaches_user: Callable[[], bool]
) -> Assignment | None:
    """The next thing to do under a lease; None: nothing waits. The caller holds the conversation's row
    (`Turns.claim`, `Turns.let_go`)."""
    target = await tx.turns.next_unanswered(conversation.id)
    if target is None:
        return await _wanted(tx, conversation, reaches_user)
    await tx.turns.take_up(conversation, target)
    return Assignment(conversation, target, conversation.turn_fence, reaches_user=reaches_user)


async def _wanted(
    tx: Transaction, conversation: Conversation, reaches_user: Callable[[], bool]
) -> Assignment | None:
    """The next reply to write anew. One that is gone meanwhile is wanted no more."""
    while wanted := await tx.turns.next_wanted(conversation.id):
        reply = await tx.messages.get(wanted.reply_id)
        target = await tx.messages.get(reply.reply_to) if reply and reply.reply_to else None
        if reply and target and not (reply.deleted_at or target.deleted_at):
            fence = conversation.turn_fence
            return Assignment(
                conversation, target, fence, reply, wanted.times, reaches_user=reaches_user
            )
        await tx.turns.drop_wanted(wanted.reply_id, wanted.times)
    return None
