"""Erasing a user: nothing is left anywhere, nobody else loses anything, and the receipt is true."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from redis.asyncio import Redis
from sqlmodel import SQLModel

from backend.adapters.in_memory.language_model import ScriptedModel
from backend.adapters.postgres.held_on_user import ERASED, IN_FLIGHT, JOBS, KEPT, NOBODYS, Disowned
from backend.adapters.postgres.store import PostgresStore
from backend.adapters.qdrant.collection import Collection
from backend.adapters.qdrant.server import ServerIndex
from backend.adapters.redis.connection import command_client
from backend.errors import Conflict, KeepsakeError, NotAuthenticated, NotFound
from backend.gateway.authentication import account_of
from backend.memory.indexing import encode_memories, points_of
from backend.memory.reindexing import BUILDER
from backend.models import Erasure, SignIn, User, new_id, utc_now
from backend.models.sign_in import Newcomer
from backend.privacy.erasing import begin_erasure, erase, erase_round, erase_waiting
from backend.worker.index_sync import sweep_once
from tests.support.doubles import SwitchedEncoder
from tests.support.lives import Life, live
from tests.support.qdrant_server import QdrantServer
from tests.support.records import a_character, a_conversation, a_memory, a_user
from tests.support.residue import tables_with
from tests.support.system import System, edge_index, open_system
from tests.support.turns import answered, ask, assigned, run

NOTHING = {"rows": 0, "vectors": 0, "cacheKeys": 0, "jobs": 0}
AT_ONCE = timedelta(0)
MARK = b"a mark"
DELETED = {held.table for held in ERASED if not isinstance(held, Disowned)}


async def erased(system: System, life: Life) -> Erasure:
    """Begun and carried out."""
    begun = await begin_erasure(system.store, life.id, MARK)
    return await erase(system.memory, begun.id)


async def held_on(system: System, life: Life) -> Mapping[str, int]:
    """How many rows there are of a user, by table."""
    mine = Erasure(user_id=life.id, conversations=[life.conversation.id])
    async with system.store.transaction() as tx:
        return await tx.erasures.count_rows(mine)


async def dump(system: System) -> dict[str, list[str]]:
    """Every row of every table, but for receipts."""
    rows: dict[str, list[str]] = {}
    for table in await tables(system):
        if table not in {"erasure_receipt", "admin_audit", "index_collection"}:
            found = await system.query(f'SELECT it::text FROM "{table}" AS it')  # type: ignore[arg-type]
            rows[table] = sorted(row[0] for row in found)
    return rows


async def tables(system: System) -> set[str]:
    found = await system.query(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    )
    return {row[0] for row in found}


# --- the register ---------------------------------------------------------------------------------


async def test_every_table_is_in_the_register(system: System) -> None:
    """A new table fails this: say in held_on_user.py what of it is a user's."""
    held = {each.table for each in (*ERASED, IN_FLIGHT, JOBS, *KEPT)}
    assert held | NOBODYS.keys() == await tables(system)
    assert SQLModel.metadata.tables.keys() <= held | NOBODYS.keys()
    assert held.isdisjoint(NOBODYS)


async def test_what_hangs_on_a_user_is_nobody_s_in_no_case(system: System) -> None:
    """By the foreign keys of the schema itself."""
    references = await system.query(
        "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint"
        " WHERE contype = 'f'"
    )
    references = [(child.strip('"'), parent.strip('"')) for child, parent in references]
    theirs = {"user_account"}
    while more := {child for child, parent in references if parent in theirs} - theirs:
        theirs |= more
    assert theirs <= DELETED


# --- everything goes ------------------------------------------------------------------------------


@pytest_asyncio.fixture(params=["edge", "server"])
async def indexed(
    request: pytest.FixtureRequest, database_url: str, store: PostgresStore, tmp_path: Path
) -> AsyncIterator[System]:
    """A system with its index on files, or on a Qdrant server."""
    if request.param == "edge":
        async with open_system(database_url, store, edge_index(tmp_path)) as system:
            yield system
        return
    encoder = SwitchedEncoder()
    collection = Collection.for_model(encoder.name, encoder.dimension)
    with QdrantServer() as server:
        index = ServerIndex.connect(server.url, None, collection)
        async with open_system(database_url, store, index) as system:
            yield system


async def test_nothing_is_left_of_a_user_and_all_of_everybody_else(indexed: System) -> None:
    system = indexed
    stranger = a_character()
    other = await live(system, stranger)
    before = await dump(system)
    vectors_before = await system.index.count()
    life = await live(system, stranger)
    assert [table for table, rows in (await held_on(system, life)).items() if not rows] == []

    receipt = await erased(system, life)

    assert receipt.remaining == NOTHING
    assert receipt.finished_at is not None
    assert receipt.deleted["rows"].keys() == DELETED | {JOBS.table}
    assert receipt.deleted["vectors"] == 3
    assert await dump(system) == before
    assert await system.index.count() == vectors_before
    assert await tables_with(system, str(life.conversation.id), but=()) == ["erasure_receipt"]
    assert await tables_with(system, str(life.id), but=()) == ["admin_audit", "erasure_receipt"]
    assert await system.index.count(other.conversation.owner) == 3


async def test_the_receipt_forgets_whose_it_is_after_a_last_look(system: System) -> None:
    life = await live(system)
    receipt = await erased(system, life)
    assert await erase_waiting(system.memory) == 0, "it is too early"
    late = a_memory(life.conversation.owner)
    vectors = await encode_memories(system.memory, [late])
    # As a process writes it that has slept since it read the memory.
    await system.index.upsert(points_of(system.memory, [late], vectors))

    await erase_waiting(system.memory, last_look_after=AT_ONCE)

    assert await system.index.count(life.conversation.owner) == 0
    async with system.store.transaction() as tx:
        kept = await tx.erasures.get(receipt.id)
    assert kept is not None
    assert (kept.user_id, kept.characters, kept.conversations) == (None, [], [])
    assert (kept.remaining, kept.deleted["vectors"]) == (NOTHING, 4)
    assert await tables_with(system, str(life.id), but=()) == ["admin_audit"]
    assert await erase_waiting(system.memory, last_look_after=AT_ONCE) == 0


async def test_a_character_that_others_talk_to_stays_theirs_alone(system: System) -> None:
    life = await live(system)
    used = a_character("Nadia", owner_id=life.id, visibility="public", card={"creator": "Ada"})
    async with system.store.transaction() as tx:
        await tx.characters.add(used.model_copy())
        await tx.character_files.add(used.id, {"icon.png": b"face"})
    theirs = await system.introduce(character=used)
    said = await answered(system, system.turns(ScriptedModel(["Hello."])), theirs, "Hi.")

    receipt = await erased(system, life)

    assert receipt.remaining == NOTHING
    async with system.store.transaction() as tx:
        assert await tx.characters.get(life.character.id) is None
        kept = await tx.characters.get(used.id)
        assert kept is not None
        assert (kept.name, kept.owner_id, kept.card) == ("Nadia", None, None)
        for sees in (tx.characters.visible, tx.characters.known):
            assert await sees(used.id, new_id()) is None
        assert await tx.characters.known(used.id, theirs.user_id) is not None
        assert await tx.character_files.of(used.id) == {}
        assert await tx.messages.get(said.id) is not None
    await answered(system, system.turns(ScriptedModel(["Still here."])), theirs, "And now?")


async def test_an_account_counts_as_gone_from_the_first_moment(system: System) -> None:
    life = await live(system)
    sign_in = SignIn(life.id, new_id(), utc_now() + timedelta(hours=1), new_id(), utc_now())
    async with system.store.transaction() as tx:
        assert await tx.sign_ins.account(sign_in) is not None

    first = await begin_erasure(system.store, life.id, MARK)
    second = await begin_erasure(system.store, life.id, MARK)

    assert first.id == second.id
    async with system.store.transaction() as tx:
        assert await tx.sign_ins.account(sign_in) is None
        _, gone, _ = await tx.sign_ins.ended([sign_in])
    assert gone == {life.id}
    assert await erase_waiting(system.memory) == 0, "the background work carries it out"
    with pytest.raises(NotFound):
        await begin_erasure(system.store, life.id, MARK)
    assert not any((await held_on(system, life)).values())


async def test_an_erased_account_comes_back_by_a_sign_in_from_after_it_alone(
    system: System,
) -> None:
    life = await live(system)
    theirs = Newcomer("https://id", "ada", "ada@example.org", "Ada", mark=MARK)

    async def come(issued_at: datetime | None) -> User:
        until = utc_now() + timedelta(hours=1)
        sign_in = SignIn(life.id, new_id(), until, issued_at=issued_at, newcomer=theirs)
        return await account_of(system.store, sign_in)

    before = utc_now()
    receipt = await erased(system, life)
    assert receipt.remaining == NOTHING
    for moment in (before, utc_now() + timedelta(minutes=1)):
        with pytest.raises(NotAuthenticated, match="being erased"):
            await come(moment)
    assert not any((await held_on(system, life)).values()), "nothing is made meanwhile"
    await erase_waiting(system.memory, last_look_after=AT_ONCE)
    for moment in (before, receipt.finished_at, None):
        with pytest.raises(NotAuthenticated, match="was erased"):
            await come(moment)

    anew = await come(utc_now() + timedelta(minutes=1))

    assert (anew.id, anew.email) == (life.id, "ada@example.org")
    await erase_waiting(system.memory, last_look_after=AT_ONCE)
    assert (await come(utc_now())).id == life.id


async def test_the_last_look_leaves_an_account_alone_that_was_made_since(system: System) -> None:
    life = await live(system)
    await erased(system, life)
    async with system.store.transaction() as tx:
        await tx.users.add(a_user("Ada", id=life.id))

    assert await erase_waiting(system.memory, last_look_after=AT_ONCE) == 0

    async with system.store.transaction() as tx:
        assert await tx.users.get(life.id) is not None
    assert await tables_with(system, str(life.id), but=()) == ["admin_audit", "user_account"]


async def test_who_is_erased_again_has_another_receipt(system: System) -> None:
    life = await live(system)
    first = await erased(system, life)
    async with system.store.transaction() as tx:
        await tx.users.add(a_user("Ada", id=life.id))

    second = await erased(system, life)

    assert second.id != first.id
    assert second.deleted["rows"] == {"user_account": 1}
    assert second.conversations == first.conversations, "they are looked for on"
    async with system.store.transaction() as tx:
        assert await tx.users.get(life.id) is None
        earlier = await tx.erasures.get(first.id)
    assert earlier is not None
    assert (earlier.user_id, earlier.finished_at) == (None, first.finished_at)


# --- what comes in between ------------------------------------------------------------------------


async def test_a_crash_half_way_is_gone_on_from(system: System) -> None:
    life = await live(system)
    begun = await begin_erasure(system.store, life.id, MARK)
    system.index.down = True  # as good as dead behind the first transaction

    cut_off = await erase(system.memory, begun.id)

    assert cut_off.finished_at is None
    assert cut_off.remaining == NOTHING | {"vectors": None}
    assert not any((await held_on(system, life)).values())
    assert await erase_waiting(system.memory) == 1
    system.index.down = False
    assert await system.index.count(life.conversation.owner) == 3
    assert await erase_waiting(system.memory) == 0
    assert await system.index.count(life.conversation.owner) == 0
    async with system.store.transaction() as tx:
        receipt = await tx.erasures.get(begun.id)
    assert receipt is not None
    assert receipt.finished_at is not None
    assert (receipt.remaining, receipt.deleted["vectors"]) == (NOTHING, 3)
    assert receipt.deleted["rows"] == cut_off.deleted["rows"], "nothing is counted twice"


async def test_a_reply_being_written_leaves_nothing_behind(edge_system: System) -> None:
    system = edge_system
    life = await live(system)
    await ask(system, life.conversation, "Tell me a long story.")
    assignment = await assigned(system, life.conversation.id)
    receipts: list[Erasure] = []

    async def erase_now(_: object) -> None:
        if not receipts:
            receipts.append(await erased(system, life))

    with pytest.raises(Conflict):
        await run(system.turns(ScriptedModel(["Once", " upon"])), assignment, on_delta=erase_now)
    [receipt] = receipts
    assert receipt.remaining == NOTHING
    assert not any((await held_on(system, life)).values())
    assert await system.index.count(life.conversation.owner) == 0


async def test_a_turn_s_end_and_an_erasure_wait_for_each_other(edge_system: System) -> None:
    system = edge_system
    life = await live(system)
    talks = [await system.introduce(life.user, a_character()) for _ in range(4)]
    for talk in talks:
        await ask(system, talk, "Hello?")
    assignments = [await assigned(system, talk.id) for talk in talks]
    begun = await begin_erasure(system.store, life.id, MARK)
    ending = [run(system.turns(ScriptedModel(["Hi."])), each) for each in assignments]

    receipt, *turns = await asyncio.gather(
        erase(system.memory, begun.id), *ending, return_exceptions=True
    )

    assert isinstance(receipt, Erasure)
    assert all(isinstance(turn, list | KeepsakeError) for turn in turns), turns
    await sweep_once(system.memory, settle=AT_ONCE)
    receipt = await erase_round(system.memory, begun.id)
    assert receipt.remaining == NOTHING
    assert not any((await held_on(system, life)).values())
    assert await system.index.count() == 0


async def test_nothing_new_can_hang_on_an_account_that_is_gone(system: System) -> None:
    stranger = a_character()
    life = await live(system, stranger)
    await erased(system, life)
    with pytest.raises(Conflict, match="deleted meanwhile"):
        async with system.store.transaction() as tx:
            await tx.conversations.add(a_conversation(life.user, stranger))


async def test_a_job_under_way_is_waited_for(system: System) -> None:
    life = await live(system)
    await system.query("UPDATE procrastinate_jobs SET status = 'doing'")
    begun = await begin_erasure(system.store, life.id, MARK)

    receipt = await erase(system.memory, begun.id, patience=0)

    assert receipt.finished_at is None
    assert receipt.remaining == NOTHING | {"jobs": 1}
    await system.query("DELETE FROM procrastinate_jobs WHERE status = 'doing'")  # it has ended
    assert (await erase_round(system.memory, begun.id)).remaining == NOTHING


async def test_what_is_on_its_way_into_a_new_index_is_left_to_who_builds_it(
    system: System,
) -> None:
    life = await live(system)
    begun = await begin_erasure(system.store, life.id, MARK)
    async with system.store.only_one(BUILDER) as ours:
        assert ours
        receipt = await erase(system.memory, begun.id, patience=0)
        assert receipt.finished_at is None
        assert receipt.remaining == NOTHING | {"rows": 1}
    receipt = await erase_round(system.memory, begun.id)
    assert receipt.remaining == NOTHING


async def test_two_who_erase_at_once_count_everything_once(edge_system: System) -> None:
    system = edge_system
    life = await live(system)
    begun = await begin_erasure(system.store, life.id, MARK)
    rounds = [erase(system.memory, begun.id) for _ in range(3)]
    receipts = await asyncio.gather(*rounds)
    assert {receipt.deleted["vectors"] for receipt in receipts} == {3}
    assert {receipt.deleted["rows"]["message"] for receipt in receipts} == {2}


# --- what Redis holds -----------------------------------------------------------------------------


async def test_a_user_s_keys_go_with_the_user(system: System, redis: Redis) -> None:
    life = await live(system)
    await redis.set(f"keepsake:rate:message:{life.id}", 1)
    await redis.set(f"keepsake:cache:{life.conversation.id}", 1)
    await redis.set(f"keepsake:rate:message:{new_id()}", 1)
    begun = await begin_erasure(system.store, life.id, MARK)

    receipt = await erase(system.with_cache(redis), begun.id)

    assert (receipt.deleted["cacheKeys"], receipt.remaining) == (2, NOTHING)
    assert [key async for key in redis.scan_iter(match=f"*{life.id}*")] == []


async def test_with_redis_away_the_receipt_doesn_t_say_that_all_is_gone(
    system: System, redis: Redis
) -> None:
    life = await live(system)
    nobody = command_client("redis://127.0.0.1:1/0")
    begun = await begin_erasure(system.store, life.id, MARK)
    receipt = await erase(system.with_cache(nobody), begun.id)
    assert receipt.finished_at is None
    assert receipt.remaining == NOTHING | {"cacheKeys": None}
    await nobody.aclose()
    assert await erase_waiting(system.with_cache(redis)) == 0
