"""What goes when something is forgotten, and the taking of its words out of every row."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from backend.memory.echoes import echoes, key_words, probes
from backend.memory.speakers import speakers_of
from backend.memory.summaries import unfold
from backend.memory.support import saying
from backend.memory.titles import describe_anew, forget_titles
from backend.memory.transcript import REPLY_WITHIN, requote
from backend.memory.withdrawal import NOT_FACTS
from backend.models import Memory, Message, Owner
from backend.store import Transaction


@dataclass(slots=True)
class Doomed:
    """What is to go: memories by id and by the `hashes` of what they say, `quoted` messages, whose words
    nothing may repeat but they themselves, and `cited` ones, which are gone. `names` is what the two are
    called, by sender type."""

    owner: Owner
    names: dict[str, str] = field(default_factory=dict)
    memory_ids: set[UUID] = field(default_factory=set)
    hashes: set[str] = field(default_factory=set)
    quoted: set[UUID] = field(default_factory=set)
    cited: set[UUID] = field(default_factory=set)

    def add(self, memories: Iterable[Memory]) -> None:
        self.memory_ids.update(memory.id for memory in memories)


async def doomed_of(tx: Transaction, owner: Owner) -> Doomed:
    """Nothing yet, of an owner's."""
    return Doomed(owner, (await speakers_of(tx, owner)).names)


async def with_kin(tx: Transaction, owner: Owner, found: list[Memory]) -> list[Memory]:
    """A fact, all that it superseded, or the value before the last would come back from the words that
    once said it; what says exactly the same under another id; and the claims against any of them."""
    if found[0].kind == "episode":
        return found
    kin, newest = list(found), list(found)
    while newest:
        ids = [memory.id for memory in newest]
        hashes = [memory.content_hash for memory in newest]
        near = await tx.memories.around(owner, ids, content_hashes=hashes)
        known = {memory.id for memory in kin}
        newest = list({memory.id: memory for memory in near if memory.id not in known}.values())
        kin += newest
    return kin


async def messages_behind(tx: Transaction, memories: Sequence[Memory]) -> list[Message]:
    """The messages that say it: of an episode its own, of a fact those that say so to this day."""
    said = {
        key for memory in memories if memory.kind == "episode" for key in memory.source_message_ids
    }
    facts = [memory.id for memory in memories if memory.kind not in NOT_FACTS]
    histories = await tx.histories.of_each(facts) if facts else {}
    return await tx.messages.of_ids(
        [*said.union(*(saying(history) for history in histories.values()))]
    )


async def repetitions(
    tx: Transaction,
    doomed: Doomed,
    facts: Iterable[Memory],
    speakers: Collection[str] = ("user", "character"),
) -> list[Message]:
    """Messages in which one of these says one of the facts again, in any conversation of the two."""
    names = doomed.names.values()
    looked_for = {
        fact.content: words
        for fact in facts
        if fact.kind not in NOT_FACTS and (words := probes(fact.content, names))
    }
    if not looked_for:
        return []
    return [
        message
        for message in await tx.messages.saying(doomed.owner, list(looked_for.values()))
        if message.sender_type in speakers
        and any(echoes(content, message, names) for content in looked_for)
    ]


async def reply_repeating(tx: Transaction, doomed: Doomed, message: Message) -> list[Message]:
    """The reply to a message, if it says its names and numbers again."""
    if message.sender_type != "user":
        return []
    names = doomed.names.values()
    behind = await tx.messages.page(message.conversation_id, limit=REPLY_WITHIN, after=message.seq)
    return [
        each
        for each in behind
        if each.reply_to == message.id and echoes(message.content, each, names)
    ]


async def forget_words(
    tx: Transaction, doomed: Doomed, memories: Sequence[Memory], messages: Sequence[Message]
) -> None:
    """Take memories out of everything that repeats them, and then out of the rows; and the messages, of
    which the words stand in their conversation alone from now on."""
    messages = list({message.id: message for message in messages}.values())
    owner, ids = doomed.owner, [message.id for message in messages]
    doomed.add(memories)
    doomed.quoted.update(ids)
    summaries: list[Memory] = []
    if ids:
        citing = await tx.memories.of_messages(owner, ids)
        summaries = [memory for memory in citing if memory.id not in doomed.memory_ids]
        doomed.add(memory for memory in citing if memory.kind == "episode")
        await requote(tx, owner, messages, None)
        await tx.messages.mark_forgotten(ids)
    await empty_rows(tx, doomed)
    doomed.add(await unfold(tx, owner, summaries))
    await tx.contexts.scrub(owner, memory_ids=list(doomed.memory_ids), message_ids=ids)
    await _forget_titles(tx, doomed, memories, messages)


async def _forget_titles(
    tx: Transaction, doomed: Doomed, memories: Sequence[Memory], messages: Sequence[Message]
) -> None:
    """Of every conversation in which something was said of it."""
    facts = [memory for memory in memories if memory.kind not in NOT_FACTS]
    known_by = {word for fact in facts for word in key_words(fact.content, doomed.names.values())}
    for summary in memories:
        if summary.kind == "summary" and summary.conversation_id:
            await describe_anew(tx, summary.conversation_id, None)
    said: dict[UUID, list[str]] = {}
    for message in messages:
        said.setdefault(message.conversation_id, []).append(message.content)
    await forget_titles(tx, doomed.owner, said, known_by)
    for conversation_id in said:
        # A run that has read one of the messages is about to give up; what else it read waits.
        await tx.formation.enqueue(conversation_id, delay_seconds=0)
    touched = {memory.conversation_id for memory in memories if memory.conversation_id}
    if touched := touched.union(said):
        await tx.contexts.forget_topics(list(touched))


async def empty_rows(tx: Transaction, doomed: Doomed) -> None:
    ids = list(doomed.memory_ids)
    await tx.histories.delete(ids)
    await tx.memories.empty(ids)
