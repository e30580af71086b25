"""What a user asks for in the talk itself: to have something forgotten.

The reply to the request asks whether they are sure; its context keeps which memories are meant. A yes to
that reply forgets them, before anything else is recalled for the answer.
"""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from backend.errors import NotFound
from backend.memory.forget_request import read_forget_request, says_yes
from backend.memory.forgettable import forgettable
from backend.memory.forgetting import forget_memory
from backend.memory.resources import MemoryResources
from backend.models import Conversation, Message
from backend.store import Transaction

ASKED, DONE, UNKNOWN = "asked", "done", "unknown"
CONTEXT_KEY = "forget"  # of the state in a reply's context: ids of the memories that are meant


@dataclass(frozen=True, slots=True)
class ForgetWish:
    """How far it has come: `asked` (`memory_ids` are to be confirmed), `done` (`forgotten` are gone
    since), or `unknown` (nothing fits)."""

    stage: str
    memory_ids: tuple[UUID, ...] = ()
    forgotten: tuple[UUID, ...] = ()


async def hear_wish(
    resources: MemoryResources, conversation: Conversation, message: Message
) -> ForgetWish | None:
    """Read a message for a wish to forget, and carry it out where it confirms one. None: it is
    neither.

    Raises:
        StoreUnavailable: nothing more was forgotten; the message is answered later.
    """
    request = read_forget_request(message.content)
    if request is None and not says_yes(message.content):
        return None
    async with resources.store.transaction() as tx:
        if request:
            meant = await forgettable(tx, conversation.owner, request, message)
            ids = tuple(memory.id for memory in meant)
            return ForgetWish(ASKED if ids else UNKNOWN, ids)
        confirmed, asked_in = await _asked_before(tx, message)
    gone = []
    for memory_id in confirmed:
        with suppress(NotFound):  # it went with one before, or with an earlier try at this answer
            await forget_memory(resources, conversation.owner, memory_id, asked_in=asked_in)
            gone.append(memory_id)
    return ForgetWish(DONE, forgotten=tuple(gone)) if confirmed else None


async def _asked_before(tx: Transaction, message: Message) -> tuple[list[UUID], UUID | None]:
    """What the character's last words asked to confirm, and the request that they answer. Nothing, if
    that was changed since they asked."""
    before = await tx.messages.page(message.conversation_id, limit=1, before=message.seq)
    if not before or before[0].sender_type != "character":
        return [], None
    context = await tx.contexts.get(before[0].id)
    request = await tx.messages.get(before[0].reply_to) if before[0].reply_to else None
    if context is None or request is None or request.deleted_at:
        return [], None
    if request.edited_at and request.edited_at > context.updated_at:
        return [], None
    return [UUID(key) for key in context.state.get(CONTEXT_KEY, [])], request.id
