"""What a user asks for in the talk itself: to have something forgotten.

The reply to the request asks whether they are sure; its context keeps what is meant. A yes to that reply
forgets it, before anything else is recalled for the answer.
"""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from backend.errors import NotFound
from backend.memory.consent import read_consent
from backend.memory.forget_request import ForgetRequest, read_forget_request
from backend.memory.forgettable import forgettable
from backend.memory.forgetting import forget_memory, forget_pair
from backend.memory.resources import MemoryResources
from backend.models import Conversation, Message, Owner
from backend.store import Transaction

ASKED, ASKED_ALL = "asked", "asked_all"
DONE, DONE_ALL = "done", "done_all"
KEPT, UNKNOWN = "kept", "unknown"
CONTEXT_KEY = "forget"  # of the state in a reply's context: ids of the memories that are meant
EVERYTHING_KEY = "forgetEverything"  # there instead: how many memories there are to forget


@dataclass(frozen=True, slots=True)
class ForgetWish:
    """How far it has come: `asked` (`memory_ids` are to be confirmed) or `asked_all` (everything is, which
    is `count` memories), `done` (`forgotten` are gone since) or `done_all` (everything is), `kept` (they
    thought better of it), or `unknown` (nothing fits)."""

    stage: str
    memory_ids: tuple[UUID, ...] = ()
    forgotten: tuple[UUID, ...] = ()
    count: int = 0

    @property
    def has_forgotten(self) -> bool:
        """Whether something is gone that clients may show."""
        return bool(self.forgotten) or self.stage == DONE_ALL

    @property
    def to_confirm(self) -> dict[str, object]:
        """What the context of the reply that asks keeps until it is answered."""
        if self.stage == ASKED_ALL:
            return {EVERYTHING_KEY: self.count}
        return {CONTEXT_KEY: [str(key) for key in self.memory_ids]} if self.memory_ids else {}


@dataclass(frozen=True, slots=True)
class _Pending:
    """What the character's last words asked to confirm, and the request that they answer."""

    request: Message
    memory_ids: list[UUID]
    everything: bool


async def hear_wish(
    resources: MemoryResources, conversation: Conversation, message: Message
) -> ForgetWish | None:
    """Read a message for a wish to forget, and carry it out where it confirms one. None: it is
    neither.

    Raises:
        StoreUnavailable: nothing more was forgotten; the message is answered later.
    """
    request = read_forget_request(message.content)
    consent = None if request else read_consent(message.content)
    if request is None and consent is None:
        return None
    async with resources.store.transaction() as tx:
        if request:
            return await _asking(tx, conversation, message, request)
        pending = await _asked_before(tx, message)
    if pending is None:
        return None
    return await _forget(resources, conversation, pending) if consent else ForgetWish(KEPT)


def asks(wish: ForgetWish | None) -> bool:
    """Whether the message itself is the request, not the answer to "Are you sure?"."""
    return wish is not None and wish.stage in (ASKED, ASKED_ALL, UNKNOWN)


async def _asking(
    tx: Transaction, conversation: Conversation, message: Message, request: ForgetRequest
) -> ForgetWish:
    owner = conversation.owner
    if request.everything:
        counts, _ = await tx.memories.tally(owner)
        count = sum(counts.values())
        return ForgetWish(ASKED_ALL if count else UNKNOWN, count=count)
    meant = await forgettable(tx, owner, request, message)
    ids = tuple(memory.id for memory in meant)
    return ForgetWish(ASKED if ids else UNKNOWN, ids, count=len(ids))


async def _forget(
    resources: MemoryResources, conversation: Conversation, pending: _Pending
) -> ForgetWish:
    owner = conversation.owner
    if pending.everything:
        await forget_pair(resources, owner)
        return ForgetWish(DONE_ALL)
    gone = []
    for memory_id in await _meant_by_now(resources, owner, pending):
        with suppress(NotFound):  # it went with one before, or with an earlier try at this answer
            await forget_memory(resources, owner, memory_id, asked_in=pending.request.id)
            gone.append(memory_id)
    return ForgetWish(DONE, forgotten=tuple(gone))


async def _meant_by_now(resources: MemoryResources, owner: Owner, pending: _Pending) -> list[UUID]:
    """What was meant, and what has been drawn from it while it was being asked."""
    request = read_forget_request(pending.request.content)
    if request is None:
        return pending.memory_ids
    async with resources.store.transaction() as tx:
        meant = await forgettable(tx, owner, request, pending.request)
    return list(dict.fromkeys([*(memory.id for memory in meant), *pending.memory_ids]))


async def _asked_before(tx: Transaction, message: Message) -> _Pending | None:
    """None where nothing was asked, or the request was changed since."""
    before = await tx.messages.page(message.conversation_id, limit=1, before=message.seq)
    if not before or before[0].sender_type != "character":
        return None
    context = await tx.contexts.get(before[0].id)
    request = await tx.messages.get(before[0].reply_to) if before[0].reply_to else None
    if context is None or request is None or request.deleted_at:
        return None
    if request.edited_at and request.edited_at > context.updated_at:
        return None
    ids = [UUID(key) for key in context.state.get(CONTEXT_KEY, [])]
    everything = EVERYTHING_KEY in context.state
    return _Pending(request, ids, everything) if ids or everything else None
