"""What goes when something is forgotten, and the taking of its words out of every row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from backend.memory.echoes import echoes, key_words, probes
from backend.memory.episodes import sources
from backend.memory.summaries import unfold
from backend.memory.titles import forget_title
from backend.memory.transcript import requote, speaker_names
from backend.memory.withdrawal import NOT_FACTS
from backend.models import Memory, Owner
from backend.store import Transaction


@dataclass(slots=True)
class Doomed:
    """What is to go: memories by id, `quoted` messages, whose words nothing may repeat but they
    themselves, and `cited` ones, which are gone."""

    owner: Owner
    memory_ids: set[UUID] = field(default_factory=set)
    hashes: set[str] = field(default_factory=set)
    quoted: set[UUID] = field(default_factory=set)
    cited: set[UUID] = field(default_factory=set)

    def add(self, memories: Iterable[Memory]) -> None:
        self.memory_ids.update(memory.id for memory in memories)


async def with_kin(tx: Transaction, owner: Owner, found: list[Memory]) -> list[Memory]:
    """A fact, all that it superseded, or the value before the last would come back from the words that
    once said it; what says exactly the same under another id; and the claims against any of them."""
    if found[0].kind == "episode":
        return found
    kin, newest = list(found), list(found)
    while newest:
        ids = [memory.id for memory in newest]
        near = [
            *await tx.memories.superseded_by(owner, ids),
            *await tx.memories.questioning(owner, ids),
            *await tx.memories.twins(owner, [memory.content_hash for memory in newest]),
        ]
        known = {memory.id for memory in kin}
        newest = list({memory.id: memory for memory in near if memory.id not in known}.values())
        kin += newest
    return kin


async def episodes_behind(tx: Transaction, owner: Owner, facts: Sequence[Memory]) -> list[Memory]:
    said = sources(fact for fact in facts if fact.kind not in NOT_FACTS)
    return await tx.memories.of_messages(owner, list(said), kind="episode") if said else []


async def echoes_of(tx: Transaction, owner: Owner, facts: Sequence[Memory]) -> list[Memory]:
    """Episodes that say one of the facts again."""
    user = await tx.users.get(owner.user_id)
    character = await tx.characters.get(owner.character_id)
    names = [
        person for person in (user and user.display_name, character and character.name) if person
    ]
    found = []
    for fact in facts:
        words = probes(fact.content, names)
        if fact.kind in NOT_FACTS or not words:
            continue
        found += [
            episode
            for episode in await tx.memories.saying(owner, words)
            if echoes(fact.content, episode, names)
        ]
    return found


async def forget_words(tx: Transaction, doomed: Doomed, memories: Sequence[Memory]) -> None:
    """Take the memories' words out of everything that repeats them, then out of the rows."""
    owner = doomed.owner
    doomed.add(memories)
    episodes = [memory for memory in memories if memory.kind == "episode"]
    facts = [memory for memory in memories if memory.kind not in NOT_FACTS]
    messages = await tx.messages.of_ids(list(sources([*episodes, *facts])))
    doomed.quoted.update(message.id for message in messages)
    for conversation_id in {message.conversation_id for message in messages}:
        conversation = await tx.conversations.get(conversation_id)
        assert conversation is not None, "a message goes with its conversation"
        names = await speaker_names(tx, conversation)
        words = [word for fact in facts for word in key_words(fact.content, names.values())]
        here = [message for message in messages if message.conversation_id == conversation_id]
        for message in here:
            await requote(tx, owner, message, None, names)
        await forget_title(tx, conversation_id, [message.content for message in here], words)
        await tx.formation.enqueue(conversation_id, delay_seconds=0)
    await tx.formation.skip(list(doomed.quoted))
    await empty_rows(tx, doomed)
    if doomed.quoted:
        doomed.add(await unfold(tx, owner, list(doomed.quoted)))
    await tx.contexts.scrub(
        owner, memory_ids=list(doomed.memory_ids), message_ids=list(doomed.quoted)
    )


async def empty_rows(tx: Transaction, doomed: Doomed) -> None:
    ids = list(doomed.memory_ids)
    await tx.memories.delete_history(ids)
    await tx.memories.empty(ids)
