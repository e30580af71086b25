"""What the user said was a lie or a joke leaves recall: the message as it was said, what rests on it, and the
reply that says it again. It goes into history, by the message that took it back, and holds again when that
is edited or deleted. In the caller's transaction, under the owner's lock."""

from collections.abc import Sequence, Set
from uuid import UUID

from backend.memory.claims import Elders, read_elders, restore, save, supersede
from backend.memory.history import MemoryChange
from backend.memory.wording import content_words
from backend.models import Memory, Message, Owner
from backend.models.candidate import TakenBack
from backend.store import Transaction

REPLY_WITHIN = 6  # messages behind what it answers
TAKES_BACK = "(takes back)"  # the attribute of an episode that took something back
HOLDING_SINCE = "holdingSince"  # what had been superseded by what was taken back, in its history
SAID_AGAIN = 0.5  # share of a message's words that a reply must have to say it again
_OF_THE_SPEAKER = frozenset("i i'm i'v my me mine we w our you your".split())


async def take_back(
    tx: Transaction, owner: Owner, taken_back: Sequence[TakenBack]
) -> list[MemoryChange]:
    """Let messages no longer count. What they had changed is so again; what a person wrote, corrected or
    pinned stays."""
    changes: list[MemoryChange] = []
    claims = await tx.memories.unsure(owner)
    for each in taken_back:
        citing = await tx.memories.of_messages(owner, [each.message_id, each.because_of])
        by = next((memory for memory in citing if _is_episode_of(memory, each.because_of)), None)
        if by is None:
            continue
        by.attribute = TAKES_BACK
        await tx.memories.save(by)
        gone = [memory for memory in citing if _goes(memory, each.message_id)]
        elders = await _elders(tx, owner, gone)
        gone += await _said_again(tx, owner, each.message_id)
        since = {HOLDING_SINCE: [str(elder.id) for elder in elders.memories]}
        changes += await supersede(tx, gone, by, claims, since if elders.memories else {})
        restored = [await restore(tx, elder, elders.twins) for elder in elders.memories]
        changes += [MemoryChange("restored", each) for each in restored if each.status == "active"]
    return changes


async def give_back(
    tx: Transaction,
    owner: Owner,
    takers: Sequence[Memory],
    near: Sequence[Memory],
    withdrawn: Set[UUID],
) -> list[Memory]:
    """Let hold again what these episodes had taken back, unless only what is withdrawn as well says it; and
    have the messages read again: what was taken back before it was formed was never formed. `near` is what
    there is around the episodes."""
    by_id = {memory.id: memory for memory in takers}
    gone = [
        memory
        for memory in near
        if memory.superseded_by in by_id and not withdrawn >= set(memory.source_message_ids)
    ]
    if not gone:
        return []
    facts = [memory for memory in gone if memory.kind != "episode"]
    await _let_go_of_elders(tx, owner, facts)
    elders = await read_elders(tx, owner, facts)
    restored = [await restore(tx, memory, elders.twins) for memory in gone]
    said = {key for each in gone if _is_users(each) for key in each.source_message_ids}
    await tx.formation.ask_again(list(said - withdrawn))
    return [memory for memory in restored if memory.status == "active"]


async def _elders(tx: Transaction, owner: Owner, gone: Sequence[Memory]) -> Elders:
    """The newest of what each of these facts had taken the place of."""
    ids = [memory.id for memory in gone if memory.kind != "episode"]
    near = await tx.memories.around(owner, ids) if ids else []
    newest = {
        memory.superseded_by: memory
        for memory in sorted(near, key=lambda each: each.mention_time)
        if memory.superseded_by in ids and memory.status == "superseded"
    }
    return await read_elders(tx, owner, list(newest.values()))


async def _let_go_of_elders(tx: Transaction, owner: Owner, facts: Sequence[Memory]) -> None:
    """What held again since these were taken back makes way for them once more."""
    histories = await tx.histories.of_each([fact.id for fact in facts]) if facts else {}
    heir = {
        UUID(key): fact
        for fact in facts
        for line in histories.get(fact.id, ())[-1:]
        for key in line.details.get(HOLDING_SINCE, ())
    }
    elders = await tx.memories.of_owner(owner, list(heir)) if heir else []
    for elder in elders:
        if elder.status == "active":
            await supersede(tx, [elder], heir[elder.id], ())


async def restate(tx: Transaction, memory: Memory) -> None:
    """An episode whose message says something else now is no longer taken back, and takes nothing back."""
    if memory.attribute == TAKES_BACK:
        memory.attribute = None
    if memory.status == "superseded":
        memory.status, memory.superseded_by, memory.valid_to = "active", None, None
        await save(tx, memory)


def _is_users(memory: Memory) -> bool:
    return memory.kind == "episode" and memory.about == "user"


def _is_episode_of(memory: Memory, message_id: UUID) -> bool:
    return (
        memory.kind == "episode"
        and memory.status == "active"
        and memory.source_message_ids == [message_id]
    )


def _goes(memory: Memory, message_id: UUID) -> bool:
    return (
        memory.kind != "summary"
        and memory.status == "active"
        and memory.origin != "manual"
        and not memory.pinned
        and message_id in memory.source_message_ids
    )


async def _said_again(tx: Transaction, owner: Owner, message_id: UUID) -> list[Memory]:
    """The episode of the character's reply, if it says again what the message says."""
    found = await tx.messages.of_ids([message_id])
    if not found:
        return []
    said = found[0]
    behind = await tx.messages.page(said.conversation_id, limit=REPLY_WITHIN, after=said.seq)
    replies = [each.id for each in behind if each.reply_to == said.id and _repeats(said, each)]
    citing = await tx.memories.of_messages(owner, replies, kind="episode") if replies else []
    return [memory for memory in citing if memory.status == "active"]


def _repeats(said: Message, reply: Message) -> bool:
    words = set(content_words(said.content)) - _OF_THE_SPEAKER
    return bool(words) and len(words & set(content_words(reply.content))) >= SAID_AGAIN * len(words)
