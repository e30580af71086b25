"""Remembering and forgetting by hand."""

import asyncio
from datetime import timedelta

import pytest

from backend.adapters.in_memory.language_model import ScriptedModel
from backend.errors import Conflict, IndexUnavailable, NotFound
from backend.memory.formation import form_memory
from backend.memory.remembering import Note, forget, remember
from backend.models import Conversation, Memory, Owner, new_id
from backend.models.candidate import Candidate
from backend.worker.index_sync import sweep_once
from tests.support.doubles import ScriptedExtractor
from tests.support.eventually import eventually
from tests.support.records import a_memory
from tests.support.system import System
from tests.support.turns import answered

SECRET = "My PIN is 4711."


async def learned(system: System) -> tuple[Conversation, Memory]:
    """A turn in which the user says a secret, and the fact that was formed of it."""
    conversation = await system.introduce()
    await answered(system, system.turns(ScriptedModel(["Noted."])), conversation, SECRET)
    extractor = ScriptedExtractor(
        lambda t: [Candidate("The user's PIN is 4711.", (t.lines[0].message_id,))]
    )
    await form_memory(system.memory, extractor, conversation.id, threshold=0)
    [fact] = await system.memories(conversation.owner)
    return conversation, fact


async def anywhere(system: System, text: str, *, but: str) -> list[str]:
    """Names of the tables, other than `but`, in which a text stands."""
    tables = await system.query(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = 'public' AND table_name <> %s",
        but,
    )
    found = []
    for (table,) in tables:
        rows = await system.query(
            f'SELECT 1 FROM "{table}" AS it WHERE it::text LIKE %s',  # type: ignore[arg-type]
            f"%{text}%",
        )
        found += [table] if rows else []
    return found


async def sweep(system: System) -> int:
    return await sweep_once(system.memory, settle=timedelta(0))


# --- remembering --------------------------------------------------------------------------------


async def test_a_note_is_remembered_at_once(edge_system: System) -> None:
    system = edge_system
    owner = (await system.introduce()).owner

    memory = await remember(
        system.memory, owner, Note("The user likes tea.", "preference", 8, pinned=True)
    )

    [stored] = await system.memories(owner)
    assert stored.id == memory.id
    assert (stored.origin, stored.category, stored.importance, stored.pinned) == (
        "manual",
        "preference",
        8,
        True,
    )
    assert (stored.index_state, memory.index_state) == ("synced", "synced")
    assert await system.recalled(owner, "tea") == ["The user likes tea."]
    async with system.store.transaction() as tx:
        assert [line.action for line in await tx.memories.history(memory.id)] == ["added"]


@pytest.mark.parametrize("again", ["The user likes tea.", "the user likes  TEA!"])
async def test_the_same_note_twice_is_a_conflict(system: System, again: str) -> None:
    owner = (await system.introduce()).owner
    await remember(system.memory, owner, Note("The user likes tea."))

    with pytest.raises(Conflict):
        await remember(system.memory, owner, Note(again))

    assert len(await system.memories(owner)) == 1


async def test_of_two_equal_notes_at_once_one_is_kept(system: System) -> None:
    owner = (await system.introduce()).owner

    notes = [remember(system.memory, owner, Note("The user likes tea.")) for _ in range(5)]
    outcomes = await asyncio.gather(*notes, return_exceptions=True)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict"] * 4 + ["Memory"]
    assert await system.index.count(owner) == 1


@pytest.mark.parametrize("part", ["index", "encoder"])
async def test_a_note_taken_while_a_part_is_down_is_indexed_later(
    system: System, part: str
) -> None:
    owner = (await system.introduce()).owner
    getattr(system, part).down = True

    memory = await remember(system.memory, owner, Note("The user likes tea."))

    assert memory.index_state == "pending"
    getattr(system, part).down = False
    await sweep(system)
    assert await system.recalled(owner, "tea") == ["The user likes tea."]


# --- forgetting ---------------------------------------------------------------------------------


async def test_forgetting_a_fact_takes_the_words_it_came_from_along(edge_system: System) -> None:
    system = edge_system
    conversation, fact = await learned(system)
    owner = conversation.owner
    assert SECRET in await system.recalled(owner, "What is my PIN?", kinds=("episode",))

    assert await forget(system.memory, owner, fact.id) == 2

    assert await system.recalled(owner, "PIN 4711", floors=False) == ["Noted."]
    assert await system.index.count(owner) == 1
    async with system.store.transaction() as tx:
        [said, _] = await tx.messages.page(conversation.id, limit=10)
    assert said.content == SECRET  # the message itself stays in its conversation


async def test_nothing_of_what_was_forgotten_stands_anywhere_but_in_the_conversation(
    system: System,
) -> None:
    conversation, fact = await learned(system)
    assert "memory" in await anywhere(system, "4711", but="message")

    await forget(system.memory, conversation.owner, fact.id)

    left = await anywhere(system, "4711", but="message")
    assert "memory" not in left
    assert "memory_revision" not in left


async def test_forgetting_a_fact_takes_the_values_along_that_it_replaced(system: System) -> None:
    conversation = await system.introduce()
    for name in ("Otto", "Otis"):
        turns = system.turns(ScriptedModel(["Noted."]))
        await answered(system, turns, conversation, f"My dog is called {name}.")
        fact = f"The user's dog is called {name}."
        extractor = ScriptedExtractor(
            lambda t, fact=fact: [Candidate(fact, (t.lines[0].message_id,), attribute="dog.name")]
        )
        await form_memory(system.memory, extractor, conversation.id, threshold=0)
    known = await system.memories(conversation.owner)
    [otis] = [memory for memory in known if memory.status == "active"]
    assert "Otis" in otis.content
    assert len(known) == 2

    await forget(system.memory, conversation.owner, otis.id)

    left = await system.query("SELECT content, index_text FROM memory")
    assert left
    assert not [row for row in left if "Otto" in str(row) or "Otis" in str(row)]


async def test_forgetting_an_episode_leaves_the_fact(system: System) -> None:
    conversation, fact = await learned(system)
    episodes = await system.memories(conversation.owner, kind="episode")

    assert await forget(system.memory, conversation.owner, episodes[0].id) == 1

    assert await system.memories(conversation.owner) == [fact]
    assert len(await system.memories(conversation.owner, kind="episode")) == 1


@pytest.mark.parametrize("whose", ["another user's", "another character's", "nobody's"])
async def test_only_one_s_own_memory_can_be_forgotten(system: System, whose: str) -> None:
    conversation, fact = await learned(system)
    other = (await system.introduce()).owner
    owner = {
        "another user's": Owner(conversation.character_id, other.user_id),
        "another character's": Owner(other.character_id, conversation.user_id),
        "nobody's": conversation.owner,
    }[whose]

    with pytest.raises(NotFound):
        await forget(system.memory, owner, new_id() if whose == "nobody's" else fact.id)

    assert await system.memories(conversation.owner) == [fact]


async def test_with_the_index_down_the_text_is_gone_at_once_and_the_sweep_does_the_rest(
    system: System,
) -> None:
    conversation, fact = await learned(system)
    owner = conversation.owner
    system.index.down = True

    with pytest.raises(IndexUnavailable):
        await forget(system.memory, owner, fact.id)

    left = await anywhere(system, "4711", but="message")
    assert "memory" not in left
    assert "memory_revision" not in left
    [row] = await system.memories(owner)
    assert (row.content, row.index_text, row.status, row.index_state) == (
        "",
        "",
        "retracted",
        "pending",
    )
    system.index.down = False
    assert await system.recalled(owner, "PIN 4711", floors=False) == ["Noted."]
    assert await system.index.count(owner) == 3

    await sweep(system)

    assert await system.memories(owner) == []
    assert await system.index.count(owner) == 1
    assert await sweep(system) == 0


async def test_what_is_forgotten_can_be_remembered_again(system: System) -> None:
    owner = (await system.introduce()).owner
    first = await remember(system.memory, owner, Note("The user likes tea."))
    await forget(system.memory, owner, first.id)

    second = await remember(system.memory, owner, Note("The user likes tea."))

    assert [memory.id for memory in await system.memories(owner)] == [second.id]


async def test_what_is_forgotten_while_it_is_mentioned_again_is_forgotten_first(
    system: System,
) -> None:
    owner = (await system.introduce()).owner
    memory = a_memory(owner)
    await system.keep(memory)
    held, let_go = asyncio.Event(), asyncio.Event()

    async def forming() -> None:
        async with system.store.transaction() as tx:
            await tx.memories.lock(owner)
            held.set()
            await let_go.wait()

    running = asyncio.create_task(forming())
    await held.wait()
    forgetting = asyncio.create_task(forget(system.memory, owner, memory.id))
    waits = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    await eventually(lambda: system.query(waits))
    assert [row.status for row in await system.memories(owner)] == ["active"]
    let_go.set()
    await asyncio.gather(running, forgetting)

    assert await system.memories(owner) == []
