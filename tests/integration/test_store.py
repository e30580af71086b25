"""What the rest builds on: numbering, leases, uniqueness and jobs, under concurrency."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from backend.adapters.postgres.jobs import FORMATION_TASK
from backend.conversation.accepting import Draft, accept
from backend.errors import Conflict, KeepsakeError, NotFound, StoreUnavailable
from backend.memory.episodes import content_hash
from backend.models import Conversation, KeptAnswer, Message, User, new_id, utc_now
from backend.store import MemoryFilter
from tests.support.eventually import eventually
from tests.support.records import a_conversation, a_memory, a_message, a_user
from tests.support.system import System


class Undone(Exception):
    """Raised in the middle of a transaction to see what is left of it."""


async def send(system: System, conversation: Conversation, client_id: str | None = None) -> Message:
    accepted = await accept(
        system.store,
        user_id=conversation.user_id,
        conversation_id=conversation.id,
        draft=Draft("Hello.", client_message_id=client_id),
        longest=2000,
    )
    return accepted.message


async def stored(system: System, conversation: Conversation) -> Conversation:
    async with system.store.transaction() as tx:
        found = await tx.conversations.get(conversation.id)
    assert found is not None
    return found


# --- numbering ----------------------------------------------------------------------------------


async def test_fifty_messages_at_once_are_numbered_without_gaps(system: System) -> None:
    conversation = await system.introduce()

    sent = await asyncio.gather(*(send(system, conversation) for _ in range(50)))

    assert sorted(message.seq for message in sent) == list(range(1, 51))
    after = await stored(system, conversation)
    assert (after.last_seq, after.message_count) == (50, 50)


async def test_a_rolled_back_message_leaves_no_gap(system: System) -> None:
    conversation = await system.introduce()
    await system.say(conversation, "one")
    with pytest.raises(Undone):
        async with system.store.transaction() as tx:
            await tx.messages.append(a_message(conversation, "never said"))
            raise Undone

    [message] = await system.say(conversation, "two")

    assert message.seq == 2


async def test_a_message_sent_ten_times_at_once_is_stored_once(system: System) -> None:
    conversation = await system.introduce()

    sent = await asyncio.gather(*(send(system, conversation, "mine") for _ in range(10)))

    assert len({message.id for message in sent}) == 1
    assert (await stored(system, conversation)).last_seq == 1


async def test_a_client_id_is_unique_in_its_conversation_only(system: System) -> None:
    one, other = await system.introduce(), await system.introduce()

    first, second = await send(system, one, "mine"), await send(system, other, "mine")

    assert first.id != second.id


async def test_messages_come_in_pages_from_either_end(system: System) -> None:
    conversation = await system.introduce()
    said = await system.say(conversation, *"abcdef")
    async with system.store.transaction() as tx:
        said[2].deleted_at = utc_now()
        await tx.messages.change(said[2])

        async def page(**where: int) -> str:
            found = await tx.messages.page(conversation.id, **where)
            return "".join(message.content for message in found)

        assert await page(limit=3) == "def"
        assert await page(limit=3, before=5) == "abd"
        assert await page(limit=3, after=1) == "bde"
        assert await page(limit=3, after=6) == ""


async def test_appending_to_a_conversation_that_is_not_there_fails(system: System) -> None:
    nowhere = a_conversation(a_user(), await a_stored_character(system))

    with pytest.raises(NotFound):
        await system.say(nowhere, "Hello?")


async def a_stored_character(system: System):  # type: ignore[no-untyped-def]
    conversation = await system.introduce()
    async with system.store.transaction() as tx:
        return await tx.characters.get(conversation.character_id)


# --- leases -------------------------------------------------------------------------------------


async def claim(system: System, conversation_id: UUID, process: str, seconds: float) -> int | None:
    """The fence of the lease."""
    async with system.store.transaction() as tx:
        claimed = await tx.turns.claim(conversation_id, process, seconds=seconds)
    return claimed.turn_fence if claimed else None


async def held(system: System, conversation: Conversation, seconds: float = 60) -> int:
    fence = await claim(system, conversation.id, "holder", seconds)
    assert fence is not None
    return fence


async def test_a_living_lease_is_not_given_twice(system: System) -> None:
    conversation = await system.introduce()

    claims = [claim(system, conversation.id, f"process {n}", 60) for n in range(10)]
    given = [fence for fence in await asyncio.gather(*claims) if fence is not None]

    assert given == [1]


async def test_a_released_or_expired_lease_is_given_anew_under_a_higher_fence(
    system: System,
) -> None:
    conversation = await system.introduce()
    first = await held(system, conversation)
    async with system.store.transaction() as tx:
        await tx.turns.release(conversation.id, first)

    second = await held(system, conversation, seconds=-1)
    third = await held(system, conversation)

    assert first < second < third


async def test_a_renewed_lease_lives_on(system: System) -> None:
    conversation = await system.introduce()
    fence = await held(system, conversation, seconds=-1)
    async with system.store.transaction() as tx:
        await tx.turns.renew(conversation.id, fence, seconds=60)

    assert await claim(system, conversation.id, "another", 60) is None


async def test_a_stale_fence_writes_nothing(system: System) -> None:
    conversation = await system.introduce()
    await system.say(conversation, "Are you there?")
    stale = await held(system, conversation, seconds=-1)
    current = await held(system, conversation)

    with pytest.raises(Conflict):
        async with system.store.transaction() as tx:
            await tx.messages.append(a_message(conversation, "Late.", sender_type="character"))
            await tx.memories.add([a_memory(conversation.owner)])
            await tx.formation.enqueue(conversation.id, delay_seconds=0)
            await tx.turns.confirm(conversation.id, stale)

    after = await stored(system, conversation)
    assert (after.last_seq, after.answered_seq) == (1, 0)
    assert await system.memories(conversation.owner) == []
    assert await system.jobs_of(conversation) == 0
    async with system.store.transaction() as tx:
        await tx.turns.confirm(conversation.id, current)


@pytest.mark.parametrize("step", ["renew", "confirm"])
async def test_a_stale_fence_can_neither_renew_nor_confirm(system: System, step: str) -> None:
    conversation = await system.introduce()
    stale = await held(system, conversation, seconds=-1)
    await held(system, conversation)

    with pytest.raises(Conflict):
        async with system.store.transaction() as tx:
            if step == "renew":
                await tx.turns.renew(conversation.id, stale, seconds=60)
            else:
                await tx.turns.confirm(conversation.id, stale)


async def test_releasing_with_a_stale_fence_leaves_the_new_holder_alone(system: System) -> None:
    conversation = await system.introduce()
    stale = await held(system, conversation, seconds=-1)
    await held(system, conversation)
    async with system.store.transaction() as tx:
        await tx.turns.release(conversation.id, stale)

    assert await claim(system, conversation.id, "another", 60) is None


async def test_release_all_frees_every_conversation(system: System) -> None:
    one, other = await system.introduce(), await system.introduce()
    await held(system, one)
    await held(system, other)
    async with system.store.transaction() as tx:
        await tx.turns.release_all()

    assert await claim(system, one.id, "new", 60)
    assert await claim(system, other.id, "new", 60)


# --- who waits ----------------------------------------------------------------------------------


async def waiting(system: System) -> list[UUID]:
    async with system.store.transaction() as tx:
        return await tx.turns.waiting(limit=50)


async def next_unanswered(system: System, conversation: Conversation) -> str | None:
    async with system.store.transaction() as tx:
        message = await tx.turns.next_unanswered(conversation.id)
    return message.content if message else None


async def reply(system: System, conversation: Conversation, fence: int) -> None:
    """Answer the next message as T2 does."""
    async with system.store.transaction() as tx:
        target = await tx.turns.next_unanswered(conversation.id)
        assert target is not None
        await tx.turns.confirm(conversation.id, fence)
        reply = a_message(conversation, f"Re: {target.content}", sender_type="character")
        await tx.messages.append(reply, answered=target)


async def test_messages_queued_behind_a_running_reply_are_answered_in_order(
    system: System,
) -> None:
    conversation = await system.introduce()
    await system.say(conversation, "one")
    fence = await held(system, conversation)
    await system.say(conversation, "two")  # sent while "one" is being answered
    await system.say(conversation, "three")

    answered = []
    while content := await next_unanswered(system, conversation):
        answered.append(content)
        await reply(system, conversation, fence)
        if content == "two":
            await system.say(conversation, "four")

    assert answered == ["one", "two", "three", "four"]
    assert (await stored(system, conversation)).answered_seq == 8


async def test_who_waits_is_who_has_an_unanswered_message_and_no_lease(system: System) -> None:
    conversation = await system.introduce()
    assert await waiting(system) == []
    await system.say(conversation, "one", "two")
    assert await waiting(system) == [conversation.id]

    fence = await held(system, conversation)
    assert await waiting(system) == []
    await reply(system, conversation, fence)
    async with system.store.transaction() as tx:
        await tx.turns.release(conversation.id, fence)
    assert await waiting(system) == [conversation.id]

    await reply(system, conversation, await held(system, conversation, seconds=-1))
    assert await waiting(system) == []


@pytest.mark.parametrize(
    "changes",
    [{"sender_type": "character"}, {"type": "system"}, {"deleted_at": utc_now()}],
    ids=["a character's", "a system message", "a deleted one"],
)
async def test_what_needs_no_answer_makes_nobody_wait(
    system: System, changes: dict[str, object]
) -> None:
    conversation = await system.introduce()
    await system.say(conversation, "Nothing to answer.", **changes)

    assert await waiting(system) == []
    assert await next_unanswered(system, conversation) is None


async def test_a_deleted_conversation_does_not_wait(system: System) -> None:
    conversation = await system.introduce()
    await system.say(conversation, "Hello?")
    async with system.store.transaction() as tx:
        await tx.conversations.change(conversation.id, status="deleted")

    assert await waiting(system) == []


# --- memories -----------------------------------------------------------------------------------


async def test_the_same_content_is_active_once_however_many_add_it_at_once(
    system: System,
) -> None:
    owner = (await system.introduce()).owner

    async def add() -> int:
        async with system.store.transaction() as tx:
            return len(await tx.memories.add([a_memory(owner)]))

    assert sum(await asyncio.gather(*(add() for _ in range(10)))) == 1


async def test_a_superseded_memory_leaves_room_for_the_same_content(system: System) -> None:
    owner = (await system.introduce()).owner
    async with system.store.transaction() as tx:
        await tx.memories.add([a_memory(owner, status="superseded")])

        assert len(await tx.memories.add([a_memory(owner), a_memory(owner, kind="summary")])) == 2


async def test_two_owners_may_remember_the_same(system: System) -> None:
    one, other = (await system.introduce()).owner, (await system.introduce()).owner

    await system.keep(a_memory(one), a_memory(other))

    async with system.store.transaction() as tx:
        same = content_hash("The user likes tea.")
        found = await tx.memories.by_content_hash(one, "fact", same)
    assert found is not None
    assert found.owner == one


async def test_a_listing_is_narrowed_and_paged_newest_first(system: System) -> None:
    owner = (await system.introduce()).owner
    wanted = [a_memory(owner, f"100% sure of {n}.", category="event") for n in range(5)]
    await system.keep(
        *wanted,
        a_memory(owner, "100 things.", category="event"),
        a_memory(owner, "100% of tea.", category="preference"),
        a_memory(owner, "100% old.", category="event", status="superseded"),
        a_memory(owner, "100% said.", category="event", kind="episode"),
    )
    narrow = MemoryFilter(kinds=("fact",), category="event", text="100%")

    async with system.store.transaction() as tx:
        first = await tx.memories.page(owner, narrow, limit=3, before=None)
        second = await tx.memories.page(owner, narrow, limit=3, before=first[-1].id)

    assert [memory.id for memory in first + second] == [memory.id for memory in wanted[::-1]]


async def test_a_row_changed_since_it_was_read_is_not_marked_as_indexed(system: System) -> None:
    owner = (await system.introduce()).owner
    unchanged, changed = a_memory(owner, "One."), a_memory(owner, "Two.")
    async with system.store.transaction() as tx:
        await tx.memories.add([unchanged, changed])
        newer = changed.model_copy(update={"updated_at": changed.updated_at + timedelta(seconds=1)})
        await tx.memories.save(newer)

        assert await tx.memories.mark_synced([unchanged, changed], "hashing") == {unchanged.id}


# --- jobs ---------------------------------------------------------------------------------------


async def enqueue(system: System, conversation: Conversation, *, delay: float = 0) -> None:
    async with system.store.transaction() as tx:
        await tx.formation.enqueue(conversation.id, delay_seconds=delay)


async def test_a_job_asked_for_twice_in_one_transaction_is_one_job(system: System) -> None:
    conversation = await system.introduce()
    async with system.store.transaction() as tx:
        await tx.formation.enqueue(conversation.id, delay_seconds=0)
        await tx.formation.enqueue(conversation.id, delay_seconds=30)
        await tx.messages.append(a_message(conversation, "Still working."))

    assert await system.jobs_of(conversation) == 1
    assert (await stored(system, conversation)).last_seq == 1


async def test_jobs_asked_for_at_once_in_many_transactions_are_one_per_conversation(
    system: System,
) -> None:
    one, other = await system.introduce(), await system.introduce()

    await asyncio.gather(*(enqueue(system, each) for each in [one, other] * 5))

    assert (await system.jobs_of(one), await system.jobs_of(other)) == (1, 1)


@pytest.mark.parametrize("first", ["the job", "the message"])
async def test_a_rolled_back_transaction_leaves_no_job(system: System, first: str) -> None:
    conversation = await system.introduce()
    with pytest.raises(Undone):
        async with system.store.transaction() as tx:
            if first == "the message":
                await tx.messages.append(a_message(conversation))
            await tx.formation.enqueue(conversation.id, delay_seconds=0)
            raise Undone

    assert await system.jobs_of(conversation) == 0


async def test_a_job_is_run_and_gone(system: System) -> None:
    conversation = await system.introduce()
    ran: list[UUID] = []

    async def handle(conversation_id: UUID) -> None:
        ran.append(conversation_id)

    await enqueue(system, conversation)
    await system.jobs.open()
    worker = asyncio.create_task(system.jobs.run_worker({FORMATION_TASK: handle}))
    try:
        await eventually(lambda: ran == [conversation.id])
        await eventually(lambda: no_jobs(system))
        await enqueue(system, conversation)  # heard of at once, by NOTIFY
        await eventually(lambda: len(ran) == 2)
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        await system.jobs.close()


async def no_jobs(system: System) -> bool:
    return await system.query("SELECT count(*) FROM procrastinate_jobs") == [(0,)]


async def test_a_job_that_fails_is_tried_again_and_a_parked_one_is_shown(system: System) -> None:
    conversation = await system.introduce()
    await system.say(conversation, "Remember this.")
    await enqueue(system, conversation)
    failed = asyncio.Event()

    async def fail(_: UUID) -> None:
        failed.set()
        raise KeepsakeError("The model is down.")

    await system.jobs.open()
    worker = asyncio.create_task(system.jobs.run_worker({FORMATION_TASK: fail}))
    try:
        await asyncio.wait_for(failed.wait(), 20)
        await eventually(lambda: retried(system, conversation))
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        await system.jobs.close()
    async with system.store.transaction() as tx:
        assert (await tx.formation.state(conversation.owner)).parked_jobs == 0

    await system.query("UPDATE procrastinate_jobs SET status = 'failed'")

    async with system.store.transaction() as tx:
        state = await tx.formation.state(conversation.owner)
    assert (state.parked_jobs, state.pending_messages) == (1, 1)


async def retried(system: System, conversation: Conversation) -> bool:
    rows = await system.query(
        "SELECT 1 FROM procrastinate_jobs WHERE status = 'todo' AND attempts = 1"
    )
    return len(rows) == 1 and await system.jobs_of(conversation) == 1


async def test_a_job_whose_worker_died_is_queued_again(system: System) -> None:
    conversation = await system.introduce()
    await enqueue(system, conversation)
    await system.query("UPDATE procrastinate_jobs SET status = 'doing'")
    await system.jobs.open()
    try:
        assert await system.jobs.recover_stalled(seconds_since_heartbeat=0) == 1
    finally:
        await system.jobs.close()

    assert await system.jobs_of(conversation) == 1


async def test_a_job_whose_worker_died_hands_over_to_one_that_waits_for_the_same(
    system: System,
) -> None:
    conversation = await system.introduce()
    await enqueue(system, conversation)
    await system.query("UPDATE procrastinate_jobs SET status = 'doing', attempts = 2")
    await enqueue(system, conversation)
    await system.jobs.open()
    try:
        assert await system.jobs.recover_stalled(seconds_since_heartbeat=0) == 1
    finally:
        await system.jobs.close()
    left = await system.query("SELECT status::text, attempts FROM procrastinate_jobs")
    assert left == [("todo", 3)], "it has had its tries, and nothing keeps it from being begun"


async def test_a_job_that_fails_while_another_waits_hands_over_to_that_one(
    system: System,
) -> None:
    conversation = await system.introduce()
    await enqueue(system, conversation)

    async def fail(_: UUID) -> None:
        await enqueue(system, conversation)  # something was said meanwhile
        raise KeepsakeError("The model is down.")

    async def handed_over() -> bool:
        left = await system.query("SELECT status::text, attempts FROM procrastinate_jobs")
        return left == [("todo", 1)]

    await system.jobs.open()
    worker = asyncio.create_task(system.jobs.run_worker({FORMATION_TASK: fail}))
    try:
        await eventually(handed_over)
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        await system.jobs.close()


LOOK_FOR_JOBS = """
    SELECT pg_notify('procrastinate_any_queue_v1', '{"type": "job_inserted", "job_id": 1}')
"""


async def test_jobs_go_on_when_the_database_was_away(system: System) -> None:
    conversation = await system.introduce()
    ran: list[UUID] = []

    async def handle(conversation_id: UUID) -> None:
        ran.append(conversation_id)

    async def at_work() -> bool:
        return await system.query("SELECT count(*) FROM procrastinate_workers") == [(1,)]

    await system.jobs.open()
    worker = asyncio.create_task(system.jobs.run_worker({FORMATION_TASK: handle}))
    try:
        await eventually(at_work)
        await system.query("ALTER TABLE procrastinate_jobs RENAME TO put_away")
        with capture_logs() as logs:
            await system.query(LOOK_FOR_JOBS)
            await eventually(lambda: "jobs.interrupted" in [entry["event"] for entry in logs])
        await system.query("ALTER TABLE put_away RENAME TO procrastinate_jobs")
        await enqueue(system, conversation)
        await eventually(lambda: ran == [conversation.id])
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        await system.jobs.close()


# --- people and outages -------------------------------------------------------------------------


async def test_an_address_is_taken_whatever_its_case(system: System) -> None:
    async with system.store.transaction() as tx:
        await tx.users.add(a_user(email="Ada@Example.com"))
        with pytest.raises(Conflict):
            await tx.users.add(a_user(email="ada@example.COM"))
        found = await tx.users.by_email("ADA@EXAMPLE.COM")
        assert isinstance(found, User)
        await tx.users.add(a_user())  # the transaction can go on


async def test_ready_made_characters_are_added_once_and_kept_as_they_are(system: System) -> None:
    character = await a_stored_character(system)
    async with system.store.transaction() as tx:
        await tx.characters.add_missing([character.model_copy(update={"name": "Changed"})])
        kept = await tx.characters.visible(character.id, new_id())

    assert kept is not None
    assert kept.name == "Mira"


async def test_a_database_that_cannot_be_reached_is_said_so() -> None:
    from backend.adapters.postgres.jobs import JobQueue
    from backend.adapters.postgres.store import PostgresStore

    url = "postgresql://nobody@127.0.0.1:9/nothing"
    store = PostgresStore(url, JobQueue(url))

    with pytest.raises(StoreUnavailable, match="DATABASE_URL"):
        async with store.transaction() as tx:
            await tx.users.get(new_id())
    with pytest.raises(StoreUnavailable, match="DATABASE_URL"):
        await store.check()


async def test_a_key_that_a_dead_process_claimed_is_given_away(system: System) -> None:
    user_id = (await system.introduce()).user_id
    request = KeptAnswer(user_id=user_id, key_hash=b"key", request_hash=b"one")
    async with system.store.transaction() as tx:
        assert await tx.kept_answers.claim(request, stale_after=timedelta(minutes=5)) is None
    async with system.store.transaction() as tx:
        held = await tx.kept_answers.claim(request, stale_after=timedelta(minutes=5))
        assert held is not None
        assert held.sealed is None
    async with system.store.transaction() as tx:
        assert await tx.kept_answers.claim(request, stale_after=timedelta(0)) is None
        await tx.kept_answers.keep(user_id, b"key", b"sealed")
    async with system.store.transaction() as tx:
        answered = await tx.kept_answers.claim(request, stale_after=timedelta(0))
        assert answered is not None
        assert answered.sealed == b"sealed"
        await tx.kept_answers.forget_older(timedelta(0))
    async with system.store.transaction() as tx:
        assert await tx.kept_answers.claim(request, stale_after=timedelta(0)) is None
