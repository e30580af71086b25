"""Message retention on a real database: the words go everywhere, what was drawn from them stays."""

import asyncio
from datetime import timedelta
from uuid import UUID

from backend.adapters.in_memory.language_model import ScriptedModel
from backend.conversation.importing import ImportedMessage, import_conversation
from backend.memory.episodes import episodes
from backend.memory.formation import form_memory
from backend.memory.message_retention import delete_old_messages
from backend.memory.summaries import fold
from backend.models import Conversation, Message, new_id, utc_now
from backend.models.base import id_at
from backend.models.candidate import Candidate
from tests.support.doubles import ScriptedExtractor
from tests.support.residue import tables_with
from tests.support.summaries import NAMES, ScriptedSummariser, numbered, talk
from tests.support.system import System
from tests.support.turns import answered, assigned, run

PERIOD = timedelta(days=30)
LONG_AGO = utc_now() - PERIOD - timedelta(days=1)


def old_id() -> UUID:
    """The id of something that was stored long ago."""
    return UUID(int=id_at(LONG_AGO).int | new_id().int & (1 << 80) - 1)


async def old_talk(system: System, conversation: Conversation, *contents: str) -> list[Message]:
    """As `talk`, long ago."""
    said = [
        (await system.say(conversation, content, id=old_id(), created_at=LONG_AGO))[0]
        for content in contents
    ]
    async with system.store.transaction() as tx:
        await tx.memories.add(episodes(conversation.owner, said, NAMES))
        await tx.conversations.change(conversation.id, answered_seq=said[-1].seq)
    return said


async def transcript(system: System, conversation: Conversation) -> list[str]:
    async with system.store.transaction() as tx:
        return [each.content for each in await tx.messages.page(conversation.id, limit=200)]


async def form(system: System, conversation: Conversation) -> None:
    extractor = ScriptedExtractor(
        lambda t: [
            Candidate(f"Known: {line.content[-9:]}", (line.message_id,)) for line in t.lines[:1]
        ]
    )
    await form_memory(system.memory, extractor, conversation.id, threshold=0)


async def test_old_words_go_everywhere_and_what_was_drawn_from_them_stays(system: System) -> None:
    conversation = await system.introduce()
    await old_talk(system, conversation, "Long ago my wombat was Grumpelly.", "Yes, a wombat.")
    await form(system, conversation)
    await system.query(
        "UPDATE conversation SET title = 'Long ago my wombat was Grumpelly.' WHERE id = %s",
        conversation.id,
    )
    await talk(system, conversation, "And today?")

    assert await delete_old_messages(system.memory, PERIOD) == 2

    assert await transcript(system, conversation) == ["And today?"]
    assert await tables_with(system, "wombat", but=()) == []
    assert [each.content for each in await system.memories(conversation.owner)] == [
        "Known: rumpelly."
    ]
    assert await system.recalled(conversation.owner, "Grumpelly", floors=False) == [
        "Known: rumpelly."
    ]
    async with system.store.transaction() as tx:
        now = await tx.conversations.get(conversation.id)
        places = await tx.messages.page(conversation.id, limit=9, with_deleted=True)
    assert now is not None
    assert (now.title, now.message_count, now.last_change) == ("And today?", 1, 2)
    assert [place.seq for place in places] == [1, 2, 3]
    assert await delete_old_messages(system.memory, PERIOD) == 0


async def test_what_was_pinned_stays_and_quotes_nothing_that_went(system: System) -> None:
    conversation = await system.introduce()
    await old_talk(system, conversation, "About wombats.", "Mine is Grumpelly.")
    [_, second] = await system.memories(conversation.owner, kind="episode")
    async with system.store.transaction() as tx:
        [pinned] = await tx.memories.of_owner(conversation.owner, [second.id])
        assert "wombats" in pinned.index_text
        pinned.pinned = True
        await tx.memories.save(pinned)

    await delete_old_messages(system.memory, PERIOD)

    [left] = await system.memories(conversation.owner, kind="episode")
    assert (left.id, left.content) == (second.id, "Mine is Grumpelly.")
    assert await tables_with(system, "wombats", but=()) == []


async def test_a_message_that_is_kept_no_longer_quotes_the_one_before_it(system: System) -> None:
    conversation = await system.introduce()
    [old] = await old_talk(system, conversation, "About wombats.")
    said = await system.say(conversation, "Mine is Grumpelly.")
    async with system.store.transaction() as tx:
        await tx.memories.add(episodes(conversation.owner, said, NAMES, [old]))
    assert "memory" in await tables_with(system, "wombats", but=())

    assert await delete_old_messages(system.memory, PERIOD) == 1

    assert await tables_with(system, "wombats", but=()) == []
    assert await transcript(system, conversation) == ["Mine is Grumpelly."]


async def test_what_is_being_answered_or_waits_for_it_is_left(system: System) -> None:
    conversation = await system.introduce()
    await old_talk(system, conversation, "About wombats.")
    await system.say(conversation, "Mine is Grumpelly.", id=old_id())
    assignment = await assigned(system, conversation.id)

    assert await delete_old_messages(system.memory, PERIOD) == 0

    await run(system.turns(ScriptedModel(["I see."])), assignment)
    async with system.store.transaction() as tx:
        await tx.turns.release(conversation.id, assignment.fence)
    assert await delete_old_messages(system.memory, PERIOD) == 2
    assert await transcript(system, conversation) == ["I see."]


async def test_an_unanswered_message_waits_for_its_reply_however_old(system: System) -> None:
    conversation = await system.introduce()
    await system.say(conversation, "Mine is Grumpelly.", id=old_id())

    assert await delete_old_messages(system.memory, PERIOD) == 0

    assert await transcript(system, conversation) == ["Mine is Grumpelly."]


async def test_what_was_brought_in_lately_is_as_old_as_its_import(system: System) -> None:
    conversation = await system.introduce()
    async with system.store.transaction() as tx:
        user = await tx.users.get(conversation.user_id)
        character = await tx.characters.get(conversation.character_id)
    assert user is not None
    assert character is not None
    told = [ImportedMessage("user", "Mine is Grumpelly.", LONG_AGO)]
    imported = await import_conversation(system.store, user, character, title="", messages=told)

    assert await delete_old_messages(system.memory, PERIOD) == 0

    assert await transcript(system, imported) == ["Mine is Grumpelly."]


async def test_a_conversation_goes_on_behind_what_was_deleted(system: System) -> None:
    conversation = await system.introduce()
    await old_talk(system, conversation, *numbered(1, 23))
    summariser = ScriptedSummariser()
    await fold(system.memory, summariser, conversation.id, window=20)

    await delete_old_messages(system.memory, PERIOD)
    model = ScriptedModel(["I see."])
    await answered(system, system.turns(model), conversation, "Where were we?")
    await talk(system, conversation, *numbered(24, 80))
    await fold(system.memory, summariser, conversation.id, window=20)

    [prompt] = model.prompts
    assert [shown.content for shown in prompt.history] == []
    assert "N1 N2" in prompt.situation
    assert summariser.materials[-1].previous.startswith("N1 N2")
    assert summariser.materials[-1].transcript.lines[0].content == "Where were we?"


async def test_two_runs_at_once_delete_each_message_once(system: System) -> None:
    conversation = await system.introduce()
    await old_talk(system, conversation, *numbered(1, 12))

    deleted = await asyncio.gather(*(delete_old_messages(system.memory, PERIOD) for _ in range(3)))

    assert sum(deleted) == 12
    async with system.store.transaction() as tx:
        now = await tx.conversations.get(conversation.id)
    assert now is not None
    assert (now.message_count, now.last_change) == (0, 12)
