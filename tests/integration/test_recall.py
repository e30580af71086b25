"""Recall on a real database: Postgres decides what may come to mind, and whose it is."""

from typing import Any

import pytest

from backend.errors import EncoderUnavailable, IndexUnavailable
from backend.models import KnownMemory, Memory, Owner, new_id, utc_now
from tests.support.records import a_memory
from tests.support.system import System

DOG = "The user's dog is called Biscuit."


async def an_owner(system: System) -> Owner:
    return (await system.introduce()).owner


async def behind_the_index(system: System, memory: Memory, **changes: Any) -> None:
    """Change a row that the index goes on holding as it was."""
    async with system.store.transaction() as tx:
        for name, value in changes.items():
            setattr(memory, name, value)
        await tx.memories.save(memory)


async def test_what_fits_comes_to_mind_best_first(edge_system: System) -> None:
    system = edge_system
    owner = await an_owner(system)
    await system.keep(
        a_memory(owner, "The user's cat is called Tom."),
        a_memory(owner, DOG),
        a_memory(owner, "Rain falls in Spain.", about="character"),
    )

    found = await system.recall(owner, "What is the user's dog called?")

    assert [item.memory.content for item in found.memories] == [
        DOG,
        "The user's cat is called Tom.",
    ]
    assert [item.reason for item in found.left_out] == ["below_threshold"]
    assert list(found.timings) == ["embed", "search", "hydrate", "rank"]
    assert all(spent >= 0 for spent in found.timings.values())


@pytest.mark.parametrize("status", ["superseded", "retracted", "expired"])
async def test_what_is_no_longer_held_is_not_recalled_though_the_index_has_it(
    system: System, status: str
) -> None:
    owner = await an_owner(system)
    memory = a_memory(owner, DOG)
    await system.keep(memory)
    assert await system.recalled(owner, "dog called") == [DOG]

    await behind_the_index(system, memory, status=status)

    assert await system.index.count(owner) == 1
    found = await system.recall(owner, "dog called")
    assert (found.memories, found.left_out) == ((), ())


async def test_a_deleted_row_is_not_recalled_though_the_index_has_it(system: System) -> None:
    owner = await an_owner(system)
    memory = a_memory(owner, DOG)
    await system.keep(memory)
    async with system.store.transaction() as tx:
        await tx.memories.delete([memory.id])

    assert await system.index.count(owner) == 1
    assert await system.recalled(owner, "dog called") == []


async def test_a_changed_row_is_told_as_it_is_now(system: System) -> None:
    owner = await an_owner(system)
    memory = a_memory(owner, DOG)
    await system.keep(memory)

    await behind_the_index(system, memory, content="The user's dog is called Muffin.")

    assert await system.recalled(owner, "dog called") == ["The user's dog is called Muffin."]


async def test_nobody_recalls_what_is_another_s(edge_system: System) -> None:
    system = edge_system
    mine = await an_owner(system)
    theirs = await an_owner(system)
    same_user = Owner(theirs.character_id, mine.user_id)
    same_character = Owner(mine.character_id, theirs.user_id)
    for owner, name in (
        (mine, "Biscuit"),
        (theirs, "Rex"),
        (same_user, "Fang"),
        (same_character, "Tom"),
    ):
        await system.keep(a_memory(owner, f"The user's dog is called {name}."))

    assert await system.recalled(mine, "What is the dog called?", floors=False, limit=100) == [DOG]
    assert await system.recalled(theirs, "dog called") == ["The user's dog is called Rex."]
    assert await system.recalled(same_user, "dog called") == ["The user's dog is called Fang."]


async def test_a_row_of_another_owner_is_not_read_even_if_the_index_offers_it(
    system: System,
) -> None:
    mine, theirs = await an_owner(system), await an_owner(system)
    memory = a_memory(theirs, DOG)
    async with system.store.transaction() as tx:
        await tx.memories.add([memory])
    mislabelled = memory.model_copy(
        update={"character_id": mine.character_id, "user_id": mine.user_id}
    )
    from backend.memory.indexing import index_memories

    await index_memories(system.memory, [mislabelled])

    assert await system.index.count(mine) == 1
    assert await system.recalled(mine, "dog called", floors=False) == []


async def test_a_message_in_the_window_is_left_out(system: System) -> None:
    owner = await an_owner(system)
    shown = new_id()
    episode = a_memory(owner, "My dog is Biscuit.", kind="episode", source_message_ids=[shown])
    await system.keep(episode)

    found = await system.recall(owner, "my dog", in_window=frozenset({shown}))

    assert found.memories == ()
    assert [(item.memory_id, item.reason) for item in found.left_out] == [
        (episode.id, "already_in_window")
    ]


async def test_only_the_kinds_asked_for(system: System) -> None:
    owner = await an_owner(system)
    await system.keep(
        a_memory(owner, DOG),
        a_memory(owner, "My dog is called Biscuit, you know.", kind="episode"),
    )

    assert await system.recalled(owner, "dog called", kinds=("fact",)) == [DOG]
    assert await system.recalled(owner, "dog called", kinds=("summary",)) == []


async def test_a_search_gets_as_many_as_it_asked_for_and_no_more(system: System) -> None:
    owner = await an_owner(system)
    await system.keep(*(a_memory(owner, f"The user likes tea number {n}.") for n in range(30)))

    for limit in (1, 10, 25):
        found = await system.recalled(owner, "tea", limit=limit, token_budget=None, floors=False)
        assert len(set(found)) == limit


async def test_words_alone_find_what_meaning_does_not(system: System) -> None:
    owner = await an_owner(system)
    long = "The user once wrote down on a very long list of many things the code XK-47 among them"
    await system.keep(
        a_memory(owner, long, kind="summary"), a_memory(owner, "Rain falls.", kind="summary")
    )

    found = await system.recall(owner, "XK-47?")

    assert [item.memory.content for item in found.memories] == [long]
    assert found.memories[0].scores["keyword"] == 1


@pytest.mark.parametrize("text", ["", "  \n "])
async def test_nothing_asked_is_nothing_recalled(system: System, text: str) -> None:
    owner = await an_owner(system)
    await system.keep(a_memory(owner, DOG))
    system.index.down = system.encoder.down = True  # and nothing is troubled with it

    assert await system.recalled(owner, text) == []


async def test_a_part_that_is_down_is_said_so(system: System) -> None:
    owner = await an_owner(system)
    system.index.down = True
    with pytest.raises(IndexUnavailable):
        await system.recall(owner, "dog")

    system.encoder.down = True
    with pytest.raises(EncoderUnavailable):
        await system.recall(owner, "dog")


async def test_what_was_just_said_again_goes_before_what_was_said_long_ago(
    system: System,
) -> None:
    owner = await an_owner(system)
    long_ago = utc_now().replace(year=2020)
    await system.keep(
        a_memory(owner, "The user likes green tea.", last_reinforced=long_ago),
        a_memory(owner, "The user likes black tea."),
    )

    found = await system.recalled(owner, "What tea does the user like?")

    assert found[0] == "The user likes black tea."


async def test_what_recall_reads_is_what_the_records_say(system: System) -> None:
    owner, other = await an_owner(system), await an_owner(system)
    full = a_memory(
        owner,
        kind="episode",
        importance=9,
        about="other",
        about_name="Ines",
        realm="fiction",
        reinforcement_count=4,
        source_message_ids=[new_id(), new_id()],
    )
    gone, theirs = a_memory(owner, "Gone.", status="superseded"), a_memory(other, "Theirs.")
    async with system.store.transaction() as tx:
        await tx.memories.add([full, gone, theirs])
        named, best, _ = await tx.memories.known(owner, [full.id, gone.id, theirs.id], best=10)

    [known] = named
    assert known._asdict() == {name: getattr(full, name) for name in KnownMemory._fields}
    assert best == []


# --- what is known best -------------------------------------------------------------------------


async def test_a_prompt_is_filled_up_with_what_is_known_best(system: System) -> None:
    owner = await an_owner(system)
    await system.keep(
        a_memory(owner, "Four.", importance=4),
        a_memory(owner, "Nine.", importance=9),
        a_memory(owner, "Pinned.", importance=1, pinned=True),
        a_memory(owner, "Six.", importance=6),
        a_memory(owner, "In a story.", importance=10, realm="fiction"),
        a_memory(owner, "The character's own.", importance=10, about="character"),
        a_memory(owner, "No longer so.", importance=10, status="superseded"),
        a_memory(owner, "Only said.", importance=10, kind="episode"),
    )
    await system.keep(a_memory((await system.introduce()).owner, "Somebody else's."))

    found = await system.recall(owner, "Who am I?")

    assert [(item.memory.content, item.score) for item in found.memories] == [
        ("Pinned.", 0),
        ("Nine.", 0),
        ("Six.", 0),
    ]
    used = {item.memory.id for item in found.memories}
    assert used.isdisjoint(item.memory_id for item in found.left_out)


async def test_filling_up_repeats_nothing_and_keeps_within_the_limits(system: System) -> None:
    owner = await an_owner(system)
    said = new_id()
    words = "My dog is called Biscuit."
    await system.keep(a_memory(owner, words, kind="episode", source_message_ids=[said]))
    async with system.store.transaction() as tx:  # not found by their words
        await tx.memories.add(
            [
                a_memory(owner, "Called Biscuit.", importance=10, source_message_ids=[said]),
                a_memory(owner, "x" * 400, importance=9),
                a_memory(owner, "Rain falls."),
            ]
        )

    assert await system.recalled(owner, "dog?", token_budget=50) == [words, "Rain falls."]
    assert await system.recalled(owner, "dog?", limit=1) == [words]


async def test_a_search_is_not_filled_up(system: System) -> None:
    owner = await an_owner(system)
    await system.keep(a_memory(owner, DOG, kind="episode", source_message_ids=[new_id()]))
    async with system.store.transaction() as tx:
        await tx.memories.add([a_memory(owner, "Not indexed yet.")])

    assert await system.recalled(owner, "dog", floors=False) == [DOG]
