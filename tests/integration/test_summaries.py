"""The rolling summary on a real database: each message folded once, one summary at a time, nothing
left in it that was taken back."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from backend.adapters.in_memory.language_model import ScriptedModel
from backend.adapters.llm.offline import OfflineSummariser
from backend.conversation.importing import ImportedMessage, import_conversation
from backend.errors import ModelOverloaded
from backend.memory.forgetting import forget_memory
from backend.memory.summaries import Fold, fold, unfold
from backend.memory.summary_range import RANGE_MESSAGES, REFRESH_EVERY, UNSETTLED
from backend.models import Conversation, Memory, Message, ReplyContext, utc_now
from backend.ports import Summariser
from backend.store import MemoryFilter
from backend.worker.index_sync import sweep_once
from tests.support.eventually import eventually
from tests.support.records import NOON, a_memory
from tests.support.summaries import ScriptedSummariser, folded, numbered, talk
from tests.support.system import PATIENT, System
from tests.support.turns import answered

WINDOW = 20
FIRST = WINDOW + 2  # messages at which these tests fold first
SETTLED = FIRST - UNSETTLED


async def run(system: System, conversation: Conversation, summariser: Summariser) -> Fold | None:
    return await fold(system.memory, summariser, conversation.id, window=WINDOW)


async def stored(system: System, conversation: Conversation) -> Conversation:
    async with system.store.transaction() as tx:
        found = await tx.conversations.get(conversation.id)
    assert found is not None
    return found


async def in_common(system: System, conversation: Conversation) -> tuple[list[str], list[str]]:
    async with system.store.transaction() as tx:
        found = await tx.relationships.get(conversation.owner)
    return found.favorite_topics, found.shared_experiences


async def summaries(system: System, conversation: Conversation) -> list[Memory]:
    return await system.memories(conversation.owner, kind="summary")


async def current(system: System, conversation: Conversation) -> Memory | None:
    async with system.store.transaction() as tx:
        return await tx.memories.summary_of(conversation.owner, conversation.id)


async def history(system: System, memory: Memory) -> list[tuple[str, dict[str, Any]]]:
    async with system.store.transaction() as tx:
        return [(line.action, line.details) for line in await tx.histories.of(memory.id)]


def statuses(memories: Sequence[Memory]) -> list[tuple[str, str]]:
    return [(memory.content, memory.status) for memory in memories]


async def context_of(system: System, reply: Message) -> ReplyContext:
    async with system.store.transaction() as tx:
        context = await tx.contexts.get(reply.id)
    assert context is not None
    return context


async def sweep(system: System) -> None:
    while await sweep_once(system.memory, settle=timedelta(0)):
        pass


# --- folding ------------------------------------------------------------------------------------


async def test_nothing_is_folded_while_the_window_shows_it_all(system: System) -> None:
    conversation = await system.introduce()
    summariser = ScriptedSummariser()
    await talk(system, conversation, *numbered(1, WINDOW))

    assert await run(system, conversation, summariser) is None

    assert summariser.materials == []
    assert (await stored(system, conversation)).summarised_seq == 0


async def test_the_first_fold_is_a_memory_that_recall_finds(edge_system: System) -> None:
    system = edge_system
    conversation = await system.introduce()
    said = await talk(system, conversation, *numbered(1, FIRST))

    done = await run(system, conversation, ScriptedSummariser())

    [summary] = await summaries(system, conversation)
    assert done is not None
    assert (done.summary.id, done.superseded) == (summary.id, None)
    assert (summary.kind, summary.status, summary.content) == (
        "summary",
        "active",
        folded(1, SETTLED),
    )
    assert summary.source_message_ids == [message.id for message in said[:SETTLED]]
    assert (summary.conversation_id, summary.origin) == (conversation.id, "extracted")
    assert summary.mention_time == said[SETTLED - 1].created_at
    assert summary.first_mentioned == said[0].created_at
    assert (summary.index_state, summary.embedding_model) == ("synced", "hashing")
    found = await system.recall(conversation.owner, f"N3 N4 N{SETTLED}", kinds=("summary",))
    assert [item.memory.id for item in found.memories] == [summary.id]
    assert await history(system, summary) == [
        (
            "added",
            {
                "fromSeq": 1,
                "toSeq": SETTLED,
                "model": "scripted",
                "promptVersion": "test-1",
                "tokens": 30,
                "promptTokens": 20,
                "title": "20 messages",
                "topics": ["N20"],
                "mood": "happy",
            },
        )
    ]


async def test_a_refresh_takes_the_old_summary_in_and_its_place(edge_system: System) -> None:
    system = edge_system
    conversation = await system.introduce()
    summariser = ScriptedSummariser()
    await talk(system, conversation, *numbered(1, FIRST))
    await run(system, conversation, summariser)
    last = SETTLED + REFRESH_EVERY
    said = await talk(system, conversation, *numbered(FIRST + 1, last - 1))
    assert await run(system, conversation, summariser) is None  # one message early
    said += await talk(system, conversation, *numbered(last, last))

    done = await run(system, conversation, summariser)

    old, new = await summaries(system, conversation)
    assert done is not None
    assert (done.summary.id, done.superseded and done.superseded.id) == (new.id, old.id)
    assert statuses([old, new]) == [
        (folded(1, SETTLED), "superseded"),
        (folded(1, last - UNSETTLED), "active"),
    ]
    assert done.superseded is not None
    assert done.superseded.status == "superseded"
    assert (old.superseded_by, old.valid_to) == (new.id, new.valid_from)
    assert new.first_mentioned == old.first_mentioned
    assert len(new.source_message_ids) == REFRESH_EVERY - UNSETTLED  # its newest range alone
    assert set(new.source_message_ids).isdisjoint(old.source_message_ids)
    assert await system.index.count(conversation.owner) == 1
    assert [action for action, _ in await history(system, old)] == ["added", "superseded"]
    assert [len(each.transcript.lines) for each in summariser.materials] == [
        SETTLED,
        REFRESH_EVERY - UNSETTLED,
    ]
    assert summariser.materials[1].previous == folded(1, SETTLED)


async def test_title_topics_and_mood_come_with_it(system: System) -> None:
    conversation = await system.introduce()
    await talk(system, conversation, *numbered(1, FIRST))

    await run(system, conversation, ScriptedSummariser())

    now = await stored(system, conversation)
    assert now.title == f"{SETTLED} messages"
    assert now.details == {"topics": [f"N{SETTLED}"], "mood": "happy"}
    assert await in_common(system, conversation) == ([f"N{SETTLED}"], [now.title])


async def test_a_title_chosen_by_hand_stays_even_if_chosen_meanwhile(system: System) -> None:
    conversation = await system.introduce()
    await talk(system, conversation, *numbered(1, FIRST))
    summariser = ScriptedSummariser()

    async def rename() -> None:
        async with system.store.transaction() as tx:
            await tx.conversations.change(conversation.id, title="Mine", title_is_custom=True)

    summariser.meanwhile = rename
    await run(system, conversation, summariser)

    assert (await stored(system, conversation)).title == "Mine"


async def test_two_conversations_of_the_same_words_have_a_summary_each(system: System) -> None:
    one = await system.introduce()
    async with system.store.transaction() as tx:
        user, character = (
            await tx.users.get(one.user_id),
            await tx.characters.get(one.character_id),
        )
    other = await system.introduce(user, character)
    for conversation in (one, other):
        await talk(system, conversation, *numbered(1, FIRST))
        await run(system, conversation, ScriptedSummariser())

    assert statuses(await summaries(system, one)) == [(folded(1, SETTLED), "active")] * 2


async def test_a_backlog_is_folded_in_ranges_and_indexed_once(system: System) -> None:
    conversation = await system.introduce()
    summariser = ScriptedSummariser()
    count = 2 * RANGE_MESSAGES + 10
    await talk(system, conversation, *numbered(1, count))

    done = await run(system, conversation, summariser)

    assert [len(each.transcript.lines) for each in summariser.materials] == [
        RANGE_MESSAGES,
        RANGE_MESSAGES,
        10 - UNSETTLED,
    ]
    assert done is not None
    assert done.summary.content == folded(1, count - UNSETTLED)
    assert [memory.status for memory in await summaries(system, conversation)] == [
        "superseded",
        "superseded",
        "active",
    ]
    await sweep(system)
    assert await system.index.count(conversation.owner) == count + 1


async def test_long_messages_make_short_ranges(system: System) -> None:
    conversation = await system.introduce()
    summariser = ScriptedSummariser()
    await talk(system, conversation, *("蜂" * 4000 for _ in range(FIRST)))

    await run(system, conversation, summariser)

    assert [len(each.transcript.lines) for each in summariser.materials] == [2] * 10


async def test_what_says_nothing_or_was_taken_back_is_passed_over(system: System) -> None:
    conversation = await system.introduce()
    said = await talk(system, conversation, *numbered(1, FIRST))
    async with system.store.transaction() as tx:
        said[2].deleted_at = utc_now()
        await tx.messages.change(said[2])
    [episode] = [
        memory
        for memory in await system.memories(conversation.owner, kind="episode")
        if memory.source_message_ids == [said[3].id]
    ]
    await forget_memory(system.memory, conversation.owner, episode.id)

    done = await run(system, conversation, ScriptedSummariser())

    assert done is not None
    assert done.summary.content == f"N1 N2 {folded(5, SETTLED)}"
    assert said[3].id not in done.summary.source_message_ids


async def test_a_range_that_says_nothing_is_only_marked(system: System) -> None:
    conversation = await system.introduce()
    summariser = ScriptedSummariser()
    await system.say(conversation, *numbered(1, FIRST), type="system")
    async with system.store.transaction() as tx:
        await tx.conversations.change(conversation.id, answered_seq=FIRST)

    assert await run(system, conversation, summariser) is None

    assert summariser.materials == []
    assert (await stored(system, conversation)).summarised_seq == SETTLED


async def test_a_deleted_conversation_is_left_alone(system: System) -> None:
    conversation = await system.introduce()
    await talk(system, conversation, *numbered(1, FIRST))
    async with system.store.transaction() as tx:
        await tx.conversations.change(conversation.id, status="deleted")

    assert await run(system, conversation, ScriptedSummariser()) is None


async def test_without_a_model_an_import_is_summed_up_too(edge_system: System) -> None:
    system = edge_system
    conversation = await system.introduce()
    async with system.store.transaction() as tx:
        user = await tx.users.get(conversation.user_id)
        character = await tx.characters.get(conversation.character_id)
    assert user is not None
    assert character is not None
    chat = await import_conversation(
        system.store,
        user,
        character,
        title="",
        messages=[
            ImportedMessage("user", f"My sister Clara sold house number {n} in Porto.", NOON)
            for n in range(120)
        ],
    )

    done = await fold(system.memory, OfflineSummariser(), chat.id, window=WINDOW)

    assert done is not None
    assert "10 March 2026, Ada: My sister Clara sold house number" in done.summary.content
    now = await stored(system, chat)
    assert now.title == "My sister Clara sold house number 0 in Porto"
    assert set(now.details["topics"]) == {"clara", "house", "number", "porto", "sister"}


# --- exactly once -------------------------------------------------------------------------------


async def test_two_runs_at_once_fold_each_message_once(system: System) -> None:
    conversation = await system.introduce()
    await talk(system, conversation, *numbered(1, FIRST))
    gate = asyncio.Semaphore(0)
    summariser = ScriptedSummariser(gate=gate)
    runs = [asyncio.create_task(run(system, conversation, summariser)) for _ in range(2)]
    await eventually(lambda: len(summariser.materials) == 2)
    gate.release()
    gate.release()

    done = await asyncio.gather(*runs)

    assert sorted(outcome is None for outcome in done) == [False, True]
    assert statuses(await summaries(system, conversation)) == [(folded(1, SETTLED), "active")]


async def test_a_failure_keeps_nothing_and_the_next_run_does_it(system: System) -> None:
    conversation = await system.introduce()
    await talk(system, conversation, *numbered(1, FIRST))
    summariser = ScriptedSummariser()
    summariser.failure = ModelOverloaded("Busy.")
    with pytest.raises(ModelOverloaded):
        await run(system, conversation, summariser)
    assert await summaries(system, conversation) == []
    assert (await stored(system, conversation)).summarised_seq == 0

    summariser.failure = None
    await run(system, conversation, summariser)

    assert statuses(await summaries(system, conversation)) == [(folded(1, SETTLED), "active")]


async def test_a_message_that_changes_meanwhile_is_read_again(system: System) -> None:
    conversation = await system.introduce()
    said = await talk(system, conversation, *numbered(1, FIRST))
    summariser = ScriptedSummariser()

    async def edit() -> None:
        summariser.meanwhile = None
        async with system.store.transaction() as tx:
            said[0].content = "Changed. It was."
            await tx.messages.change(said[0])

    summariser.meanwhile = edit
    await run(system, conversation, summariser)

    assert statuses(await summaries(system, conversation)) == [
        (f"Changed {folded(2, SETTLED)}", "active")
    ]


async def test_a_summary_forgotten_meanwhile_does_not_come_back(system: System) -> None:
    conversation = await system.introduce()
    summariser = ScriptedSummariser()
    await talk(system, conversation, *numbered(1, FIRST))
    first = await run(system, conversation, summariser)
    assert first is not None
    last = FIRST + REFRESH_EVERY
    await talk(system, conversation, *numbered(FIRST + 1, last))

    async def withdraw() -> None:
        summariser.meanwhile = None
        async with system.store.transaction() as tx:
            await tx.memories.lock(conversation.owner)
            first.summary.status, first.summary.content = "retracted", ""
            await tx.memories.save(first.summary)

    summariser.meanwhile = withdraw
    await run(system, conversation, summariser)

    kept = await current(system, conversation)
    assert kept is not None
    assert kept.content == folded(SETTLED + 1, last - UNSETTLED)


async def test_with_the_index_down_it_is_kept_and_indexed_later(system: System) -> None:
    conversation = await system.introduce()
    await talk(system, conversation, *numbered(1, FIRST))
    system.index.down = True

    done = await run(system, conversation, ScriptedSummariser())

    assert done is not None
    [summary] = await summaries(system, conversation)
    assert summary.index_state == "pending"
    system.index.down = False
    await sweep(system)
    [summary] = await summaries(system, conversation)
    assert summary.index_state == "synced"


# --- in the prompt ------------------------------------------------------------------------------


async def test_the_prompt_holds_the_summary_of_its_own_conversation(edge_system: System) -> None:
    system = edge_system
    conversation = await system.introduce()
    await talk(system, conversation, *numbered(1, FIRST))
    done = await run(system, conversation, ScriptedSummariser())
    assert done is not None
    model = ScriptedModel(["Yes."])

    reply = await answered(system, system.turns(model), conversation, f"Was it N3 or N{SETTLED}?")

    [prompt] = model.prompts
    assert f"<summary>\n{folded(1, SETTLED)}\n</summary>" in prompt.situation
    assert prompt.situation.count(folded(1, SETTLED)) == 1  # not recalled as well
    context = await context_of(system, reply)
    [shown] = [item for item in context.active_memories if item["kind"] == "summary"]
    assert (shown["memoryId"], shown["relevance"]) == (str(done.summary.id), 0)
    reasons = {item["memoryId"]: item["reason"] for item in context.left_out}
    assert reasons[str(done.summary.id)] == "already_in_window"
    assert context.token_use["summary"] > 0
    assert context.prompt_version == "reply-5"


async def test_another_conversation_recalls_it_instead(edge_system: System) -> None:
    system = edge_system
    conversation = await system.introduce()
    async with system.store.transaction() as tx:
        user = await tx.users.get(conversation.user_id)
        character = await tx.characters.get(conversation.character_id)
    await talk(system, conversation, *numbered(1, FIRST))
    await run(system, conversation, ScriptedSummariser())
    other = await system.introduce(user, character)
    model = ScriptedModel(["Yes."])

    await answered(system, system.turns(model, PATIENT), other, f"Was it N3 N4 N{SETTLED}?")

    [prompt] = model.prompts
    assert "<summary>" not in prompt.situation
    assert f"summary of another conversation: {folded(1, SETTLED)}" in prompt.situation


# --- taking back --------------------------------------------------------------------------------


async def three_folds(system: System) -> tuple[Conversation, list[Message], ScriptedSummariser]:
    conversation = await system.introduce()
    summariser = ScriptedSummariser()
    said = await talk(system, conversation, *numbered(1, FIRST))
    await run(system, conversation, summariser)
    for _ in range(2):
        start = len(said) + 1
        more = numbered(start, start + REFRESH_EVERY - 1)
        said += await talk(system, conversation, *more)
        await run(system, conversation, summariser)
    assert len(await summaries(system, conversation)) == 3
    return conversation, said, summariser


async def take_back(system: System, conversation: Conversation, message: Message) -> list[Memory]:
    """As deleting a message does."""
    async with system.store.transaction() as tx:
        await tx.memories.lock(conversation.owner)
        message.deleted_at = utc_now()
        await tx.messages.change(message)
        citing = await tx.memories.of_messages(conversation.owner, [message.id])
        return await unfold(tx, conversation.owner, citing)


async def test_what_held_a_message_is_emptied_and_folded_anew_without_it(system: System) -> None:
    conversation, said, summariser = await three_folds(system)
    oldest, *_ = await summaries(system, conversation)

    emptied = await take_back(system, conversation, said[SETTLED + 5])

    assert [memory.content for memory in emptied] == ["", ""]
    assert statuses(await summaries(system, conversation)) == [
        (folded(1, SETTLED), "active"),
        ("", "retracted"),
        ("", "retracted"),
    ]
    assert [action for action, _ in await history(system, oldest)] == [
        "added", "superseded", "restored",
    ]  # fmt: skip
    assert [await history(system, memory) for memory in emptied] == [[], []]
    now = await stored(system, conversation)
    assert now.title == f"{SETTLED} messages", (
        "title, topics and mood of the summary that holds again"
    )
    assert now.details == {"topics": [f"N{SETTLED}"], "mood": "happy"}
    assert await system.jobs_of(conversation) == 1
    await sweep(system)

    await run(system, conversation, summariser)

    kept = await current(system, conversation)
    assert kept is not None
    gone = SETTLED + 6
    last = len(said) - UNSETTLED
    assert kept.content == f"{folded(1, gone - 1)} {folded(gone + 1, last)}"
    assert len(await summaries(system, conversation)) == 2


async def test_a_message_of_the_first_range_takes_everything_back(system: System) -> None:
    conversation, said, summariser = await three_folds(system)

    await take_back(system, conversation, said[0])

    assert await current(system, conversation) is None
    now = await stored(system, conversation)
    assert (now.summarised_seq, now.title, now.details) == (0, "N2. It was said.", {})
    await run(system, conversation, summariser)
    kept = await current(system, conversation)
    assert kept is not None
    assert kept.content == folded(2, len(said) - UNSETTLED)


async def test_when_a_summary_is_forgotten_so_is_what_the_conversation_was_called(
    system: System,
) -> None:
    conversation = await system.introduce()
    await talk(system, conversation, *numbered(1, FIRST))
    done = await run(system, conversation, ScriptedSummariser())
    assert done is not None

    await forget_memory(system.memory, conversation.owner, done.summary.id)

    now = await stored(system, conversation)
    assert (now.title, now.details) == ("N1. It was said.", {})
    assert await in_common(system, conversation) == ([], [])


async def test_a_message_that_no_summary_holds_takes_nothing_back(system: System) -> None:
    conversation, said, _ = await three_folds(system)

    assert await take_back(system, conversation, said[-1]) == []

    assert await system.jobs_of(conversation) == 0


async def test_the_newest_summary_is_what_the_memory_page_shows(system: System) -> None:
    conversation, said, _ = await three_folds(system)
    await system.keep(a_memory(conversation.owner))

    async with system.store.transaction() as tx:
        [newest] = await tx.memories.page(
            conversation.owner, MemoryFilter(("summary",)), limit=1, before=None
        )
        counts, _ = await tx.memories.tally(conversation.owner)

    assert newest.content == folded(1, len(said) - UNSETTLED)
    assert (counts["summary"], counts["fact"]) == (1, 1)
