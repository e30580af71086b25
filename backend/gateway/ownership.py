"""Whose a conversation or a message is: somebody else's looks as if it weren't there."""

from uuid import UUID

from backend.errors import NotFound
from backend.models import Conversation, Message
from backend.store import Transaction


async def own_message(tx: Transaction, message_id: UUID, user_id: UUID) -> Message:
    """A message in one of the user's conversations.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    found = await tx.messages.of_user(message_id, user_id)
    if found is None or found[0].deleted_at:
        raise NotFound("There is no such message.")
    return found[0]


async def own_conversation(
    tx: Transaction, conversation_id: UUID, user_id: UUID, *, lock: bool = False
) -> Conversation:
    """One of the user's conversations; `lock` keeps others from changing it meanwhile.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    conversation = await tx.conversations.of_user(conversation_id, user_id, for_update=lock)
    if conversation is None:
        raise NotFound("There is no such conversation.")
    return conversation
