"""What content policy leaves on the user's message that it ruled on."""

from collections.abc import Sequence

from backend.conversation.ruling import BLOCKED, Ruling, marks
from backend.memory.transcript import follow
from backend.models import Conversation, Memory, Message, utc_now
from backend.store import Transaction


async def mark(tx: Transaction, message: Message, ruling: Ruling) -> tuple[bool, Sequence[Memory]]:
    """Let a stored message's details say what was found in it. A blocked one counts as forgotten: people
    read it in its conversation, and it goes into nothing else; one that isn't blocked any more comes
    back. Returns whether anything changed, and what is to be indexed.

    The caller holds the owner's lock.
    """
    found = marks(ruling.verdict)
    reason = {BLOCKED: ruling.decision.reason} if ruling.blocks else {}
    known = message.details.get(BLOCKED)
    if known == reason.get(BLOCKED) and all(
        message.details.get(name, False) == value for name, value in found.items()
    ):
        return False, ()
    before = Message(**message.model_dump())
    kept = {name: value for name, value in message.details.items() if name != BLOCKED}
    message.details = kept | found | reason
    if bool(known) == ruling.blocks:
        await tx.messages.change(message)
        return True, ()
    conversation = await tx.conversations.get(message.conversation_id)
    assert conversation is not None, "a message goes with its conversation"
    message.forgotten_at = utc_now() if ruling.blocks or _gone(conversation, message) else None
    await tx.messages.change(message)
    followed = await follow(tx, conversation, before, message, reason="content policy decided anew")
    return True, followed.touched


def _gone(conversation: Conversation, message: Message) -> bool:
    """Everything up to there was forgotten by the user since."""
    return message.seq <= conversation.forgotten_seq
