"""Retention on a real database: what expires, what never does, and that nothing of it is recalled."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from backend.errors import StoreUnavailable
from backend.memory import retention
from backend.memory.resources import MemoryResources
from backend.memory.retention import expire_old
from backend.models import Memory, Owner, new_id, utc_now
from backend.worker import ageing
from backend.worker.ageing import let_age
from tests.support.doubles import UnpluggableStore
from tests.support.eventually import eventually
from tests.support.records import a_memory
from tests.support.system import System

PERIOD = timedelta(days=90)
LONG_AGO = utc_now() - PERIOD - timedelta(days=1)
LATELY = utc_now() - PERIOD + timedelta(days=1)


def aged(owner: Owner, content: str = "I like tea.", **changes: Any) -> Memory:
    """An episode of long ago, reinforced never."""
    values: dict[str, Any] = {
        "kind": "episode",
        "created_at": LONG_AGO,
        "mention_time": LONG_AGO,
        "last_reinforced": LONG_AGO,
        "source_message_ids": [new_id()],
    }
    return a_memory(owner, content, **values | changes)


async def status_of(system: System, memory: Memory) -> str:
    async with system.store.transaction() as tx:
        [found] = await tx.memories.of_owner(memory.owner, [memory.id])
    return found.status


async def test_an_old_episode_is_out_of_recall_and_index_and_its_history_says_so(
    edge_system: System,
) -> None:
    system = edge_system
    conversation = await system.introduce()
    [said] = await system.say(conversation, "I like tea.")
    old = aged(conversation.owner, conversation_id=conversation.id, source_message_ids=[said.id])
    new = aged(conversation.owner, "I like green tea.", created_at=LATELY)
    await system.keep(old, new)

    assert await expire_old(system.memory, PERIOD) == 1

    found = await system.recalled(conversation.owner, "I like tea", floors=False)
    assert found == ["I like green tea."]
    assert await system.index.count(conversation.owner) == 1
    async with system.store.transaction() as tx:
        [row] = await tx.memories.of_owner(conversation.owner, [old.id])
        assert [line.action for line in await tx.histories.of(old.id)] == ["expired"]
        assert await tx.messages.get(said.id) is not None  # messages stay
    assert (row.status, row.content, row.index_state) == ("expired", "I like tea.", "synced")
    assert row.valid_to is not None


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "expired"),
        ({"kind": "summary"}, "expired"),
        ({"kind": "fact"}, "active"),
        ({"kind": "experience"}, "active"),
        ({"pinned": True}, "active"),
        ({"reinforcement_count": 2}, "active"),
        ({"last_reinforced": LATELY}, "active"),
        ({"created_at": LATELY}, "active"),  # imported lately, said long ago
        ({"status": "superseded"}, "superseded"),
        ({"kind": "summary", "pinned": True}, "active"),
    ],
    ids=[
        "an episode",
        "a summary",
        "a fact",
        "an experience",
        "pinned",
        "repeated",
        "taken up lately",
        "imported lately",
        "superseded",
        "a pinned summary",
    ],
)
async def test_what_expires(system: System, changes: dict[str, Any], status: str) -> None:
    owner = (await system.introduce()).owner
    memory = aged(owner, **changes)
    await system.keep(memory)

    await expire_old(system.memory, PERIOD)

    assert await status_of(system, memory) == status


@pytest.mark.parametrize(
    ("kind", "last_message_at", "conversation_status", "status"),
    [
        ("summary", LATELY, "active", "active"),
        ("summary", LATELY, "archived", "active"),
        ("summary", LATELY, "deleted", "expired"),
        ("summary", LONG_AGO, "active", "expired"),
        ("episode", LATELY, "active", "expired"),
    ],
)
async def test_the_summary_of_a_conversation_in_use_stays(
    system: System, kind: str, last_message_at: datetime, conversation_status: str, status: str
) -> None:
    conversation = await system.introduce()
    memory = aged(conversation.owner, kind=kind, conversation_id=conversation.id)
    await system.keep(memory)
    async with system.store.transaction() as tx:
        await tx.conversations.change(
            conversation.id, last_message_at=last_message_at, status=conversation_status
        )

    await expire_old(system.memory, PERIOD)

    assert await status_of(system, memory) == status


async def test_it_goes_in_batches_until_all_is_done_and_then_finds_nothing(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 4)
    owner = (await system.introduce()).owner
    await system.keep(*(aged(owner, f"I like tea number {n}.") for n in range(10)))

    assert await expire_old(system.memory, PERIOD) == 10
    assert await expire_old(system.memory, PERIOD) == 0
    assert await system.query("SELECT count(*) FROM memory_revision") == [(10,)]


async def test_two_processes_expire_each_row_once(system: System) -> None:
    owner = (await system.introduce()).owner
    await system.keep(*(aged(owner, f"I like tea number {n}.") for n in range(30)))

    counts = await asyncio.gather(*(expire_old(system.memory, PERIOD) for _ in range(3)))

    assert sum(counts) == 30
    assert await system.query("SELECT count(*) FROM memory_revision") == [(30,)]


async def test_what_somebody_changes_right_now_is_left_for_the_next_round(system: System) -> None:
    owner = (await system.introduce()).owner
    memory = aged(owner)
    await system.keep(memory)
    async with system.store.transaction() as tx:
        memory.pinned = True
        await tx.memories.save(memory)
        await tx.memories.ids_of(owner)  # what was changed is written before anything is read
        assert await expire_old(system.memory, PERIOD) == 0

    assert await expire_old(system.memory, PERIOD) == 0
    assert await status_of(system, memory) == "active"


async def test_with_the_index_down_it_expires_all_the_same(system: System) -> None:
    owner = (await system.introduce()).owner
    memory = aged(owner)
    await system.keep(memory)
    system.index.down = True

    assert await expire_old(system.memory, PERIOD) == 1

    system.index.down = False
    # The index holds it still, but the rows are read again.
    assert await system.recalled(owner, "I like tea", floors=False) == []
    assert [row.index_state for row in await system.memories(owner, kind="episode")] == ["pending"]


async def test_the_rounds_go_on_through_an_outage(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ageing, "ROUND_SECONDS", 0.01)
    owner = (await system.introduce()).owner
    memory = aged(owner)
    await system.keep(memory)
    store = UnpluggableStore(system.store)
    store.unplugged = True
    with pytest.raises(StoreUnavailable):
        await expire_old(_through(system, store), PERIOD)
    rounds = asyncio.create_task(let_age(_through(system, store), PERIOD))
    try:
        await asyncio.sleep(0)
        assert await status_of(system, memory) == "active"
        store.unplugged = False

        async def expired() -> bool:
            return await status_of(system, memory) == "expired"

        await eventually(expired)
    finally:
        rounds.cancel()
        await asyncio.gather(rounds, return_exceptions=True)


def _through(system: System, store: UnpluggableStore) -> MemoryResources:
    return replace(system.memory, store=store)
