"""Remembering by hand: adding and correcting."""

import asyncio
from datetime import timedelta

import pytest

from backend.errors import Conflict, InvalidRequest, NotFound
from backend.memory.remembering import Correction, Note, correct, remember
from backend.models import Owner, new_id
from backend.worker.index_sync import sweep_once
from tests.support.records import a_memory
from tests.support.system import System


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
        assert [line.action for line in await tx.histories.of(memory.id)] == ["added"]


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


# --- correcting ---------------------------------------------------------------------------------


async def test_a_corrected_memory_is_found_by_its_new_words(edge_system: System) -> None:
    system = edge_system
    owner = (await system.introduce()).owner
    memory = await remember(system.memory, owner, Note("The user likes tea."))

    corrected = await correct(
        system.memory, owner, memory.id, Correction("The user adores cocoa.", importance=9)
    )

    assert (corrected.content, corrected.importance, corrected.index_state) == (
        "The user adores cocoa.",
        9,
        "synced",
    )
    assert await system.recalled(owner, "cocoa") == ["The user adores cocoa."]
    async with system.store.transaction() as tx:
        added, edited = await tx.histories.of(memory.id)
    assert (added.content, edited.content) == ("The user likes tea.", "The user adores cocoa.")
    assert (edited.action, edited.details["fields"]) == ("edited", ["content", "importance"])


async def test_with_the_index_down_a_correction_is_indexed_later(system: System) -> None:
    owner = (await system.introduce()).owner
    memory = await remember(system.memory, owner, Note("The user likes tea."))
    system.index.down = True

    corrected = await correct(system.memory, owner, memory.id, Correction("The user likes rum."))

    assert corrected.index_state == "pending"
    system.index.down = False
    await sweep(system)
    assert await system.recalled(owner, "rum") == ["The user likes rum."]


async def test_a_correction_that_changes_nothing_leaves_no_line(system: System) -> None:
    owner = (await system.introduce()).owner
    memory = await remember(system.memory, owner, Note("The user likes tea."))

    await correct(system.memory, owner, memory.id, Correction("The user likes tea.", pinned=False))

    async with system.store.transaction() as tx:
        assert [line.action for line in await tx.histories.of(memory.id)] == ["added"]


async def test_what_is_remembered_already_or_was_said_can_t_be_worded_anew(
    system: System,
) -> None:
    owner = (await system.introduce()).owner
    tea, rum = a_memory(owner), a_memory(owner, "The user likes rum.")
    said = a_memory(owner, "I like jam.", kind="episode")
    old = a_memory(owner, "The user liked milk.", status="superseded")
    await system.keep(tea, rum, said, old)

    with pytest.raises(Conflict):
        await correct(system.memory, owner, tea.id, Correction("the user likes rum"))
    with pytest.raises(InvalidRequest):
        await correct(system.memory, owner, said.id, Correction("I like rum."))
    with pytest.raises(Conflict):
        await correct(system.memory, owner, old.id, Correction("The user liked tea."))
    with pytest.raises(NotFound):
        await correct(system.memory, Owner(new_id(), new_id()), tea.id, Correction(pinned=True))
    with pytest.raises(NotFound):
        await correct(system.memory, owner, new_id(), Correction(pinned=True))
    assert (await correct(system.memory, owner, said.id, Correction(pinned=True))).pinned
