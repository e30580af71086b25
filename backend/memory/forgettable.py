"""Finding what a person means who asks to have something forgotten."""

from backend.memory.echoes import probes
from backend.memory.forget_request import ForgetRequest
from backend.memory.wording import content_words
from backend.models import Memory, Message, Owner
from backend.store import MemoryFilter, Transaction

MOST = 10  # memories that one request can mean
ENOUGH = 0.6  # share of the request's words that a fact must have
_OF_THE_SPEAKER = frozenset("i i'm i'v my me mine we we'r our you your what about".split())


async def forgettable(
    tx: Transaction, owner: Owner, request: ForgetRequest, asked_in: Message
) -> list[Memory]:
    """The facts that a request is about, those too that are in question or history, else the episodes
    that say it; none: it isn't known. A request that names nothing means what the user said just
    before."""
    if not request.about:
        return await _said_before(tx, owner, asked_in)
    words = set(content_words(request.about)) - _OF_THE_SPEAKER
    found: dict[object, Memory] = {}
    for probe in probes(request.about):
        narrow = MemoryFilter(("fact", "experience"), status=None, text=probe)
        for memory in await tx.memories.page(owner, narrow, limit=200, before=None):
            if words and len(words & set(content_words(memory.content))) >= ENOUGH * len(words):
                found[memory.id] = memory
    if found:
        return list(found.values())[:MOST]
    looked_for = probes(request.about)
    spoken = await tx.memories.saying(owner, looked_for) if looked_for else []
    return [memory for memory in spoken if words <= set(content_words(memory.content))][:MOST]


async def _said_before(tx: Transaction, owner: Owner, asked_in: Message) -> list[Memory]:
    earlier = await tx.messages.page(asked_in.conversation_id, limit=5, before=asked_in.seq)
    said = [message for message in earlier if message.sender_type == "user"]
    if not said:
        return []
    citing = await tx.memories.of_messages(owner, [said[-1].id])
    return [memory for memory in citing if memory.kind != "summary" and memory.content][:MOST]
