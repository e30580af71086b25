"""Encryption at rest on a real database: what a dump of it tells, and that nothing else notices."""

import asyncio
import re
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import timedelta

import psycopg
import pytest
import pytest_asyncio
from rich.console import Console
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from backend.adapters.in_memory.language_model import ScriptedModel
from backend.adapters.postgres.jobs import JobQueue
from backend.adapters.postgres.sealed_search import contains, sealed_ids
from backend.adapters.postgres.store import PostgresStore
from backend.commands.rotate_keys import rotate_keys, settle, unsettled
from backend.conversation.importing import ImportedMessage, import_conversation
from backend.errors import ConfigurationError, Conflict, InvalidRequest, SealBroken
from backend.memory.forgetting import forget_memory
from backend.memory.formation import form_memory
from backend.memory.receipts import Remaining
from backend.memory.remembering import Note, remember
from backend.memory.summaries import fold
from backend.models import Conversation, Memory
from backend.models.candidate import Candidate
from backend.safety.encryption import Keyring, Scope, read_keys
from backend.settings import Settings, load_settings
from backend.store import MemoryFilter
from tests.support.doubles import ScriptedExtractor
from tests.support.records import NOON, a_message
from tests.support.sealing import a_keyring, sealing_store, sealing_system, tables_telling
from tests.support.summaries import ScriptedSummariser, numbered, talk
from tests.support.system import System
from tests.support.turns import answered, ask

KEYS = a_keyring("k1")
SENSITIVE = {"sensitive": True}


@pytest_asyncio.fixture
async def sealed(database_url: str) -> AsyncIterator[System]:
    """A system that seals everything."""
    async with sealing_system(database_url, KEYS) as system:
        yield system


async def form(system: System, conversation: Conversation) -> None:
    """A fact of each of the user's lines, about one attribute."""
    extractor = ScriptedExtractor(
        lambda transcript: [
            Candidate(f"The user: {line.content}", (line.message_id,), attribute="quillpet.name")
            for line in transcript.lines
            if line.sender_type == "user"
        ]
    )
    await form_memory(system.memory, extractor, conversation.id, threshold=0)


async def live_a_little(system: System) -> Conversation:
    """A turn, its regeneration, formation, a second and contradicting fact, a summary, and an import."""
    conversation = await system.introduce()
    first = ScriptedModel(["Wombatine, what a name!"])
    reply = await answered(
        system, system.turns(first), conversation, "My hedgehog is called Zorbnik."
    )
    second = ScriptedModel(["Grumpelly is a fine one."])
    await answered(system, system.turns(second), conversation, replaces=reply)
    await form(system, conversation)
    await talk(system, conversation, *(f"Plimsolk number {n}." for n in range(1, 24)))
    await form(system, conversation)
    await fold(system.memory, ScriptedSummariser(), conversation.id, window=20)
    await remember(system.memory, conversation.owner, Note("The user plays the Yukelin."))
    async with system.store.transaction() as tx:
        user = await tx.users.get(conversation.user_id)
        character = await tx.characters.get(conversation.character_id)
    assert user is not None
    assert character is not None
    brought = [ImportedMessage("user", "I was in Vexmoor.", NOON + timedelta(days=1))]
    await import_conversation(
        system.store, user, character, title="About Dringlow", messages=brought
    )
    return conversation


WORDS = (
    *(
        "Zorbnik",
        "hedgehog",
        "Wombatine",
        "Grumpelly",
        "Plimsolk",
        "Yukelin",
        "Vexmoor",
        "Dringlow",
    ),
    "quillpet",
)


async def test_a_dump_of_the_database_tells_nothing_of_what_was_said(sealed: System) -> None:
    await live_a_little(sealed)

    assert await tables_telling(sealed.url, *WORDS) == {word: set() for word in WORDS}


async def test_without_keys_the_same_dump_tells_all(system: System) -> None:
    await live_a_little(system)

    found = await tables_telling(system.url, *WORDS)

    assert all(found.values())
    assert found["Zorbnik"] >= {"message", "memory", "memory_revision", "reply_context"}
    assert "message_variant" in found["Grumpelly"]
    assert found["Plimsolk"] >= {"conversation", "relationship"}


async def story(system: System, conversation: Conversation) -> list[object]:
    """All that a person gets to see of it, ids and times aside."""
    owner = conversation.owner
    async with system.store.transaction() as tx:
        messages = await tx.messages.page(conversation.id, limit=100)
        variants = await tx.messages.variants([message.id for message in messages])
        memories = await tx.memories.page(owner, MemoryFilter(status=None), limit=500, before=None)
        histories = await tx.histories.of_each([memory.id for memory in memories])
        contexts = [await tx.contexts.get(message.id) for message in messages]
        now = await tx.conversations.get(conversation.id)
        relationship = await tx.relationships.get(owner)
    assert now is not None
    return [
        [message.content for message in messages],
        [variant.content for variant in variants],
        [(each.kind, each.status, each.content, each.attribute) for each in memories],
        [
            (line.action, line.content, sorted(line.details))
            for memory in memories
            for line in histories.get(memory.id, [])
        ],
        [
            (
                [item["content"] for item in context.recent_messages],
                [item["content"] for item in context.active_memories],
                context.state["currentTopic"],
            )
            for context in contexts
            if context
        ],
        (now.title, now.details),
        (relationship.favorite_topics, relationship.shared_experiences),
    ]


async def test_whoever_reads_through_the_store_notices_nothing(
    sealed: System, system: System
) -> None:
    in_seals, in_clear = await live_a_little(sealed), await live_a_little(system)

    assert await story(sealed, in_seals) == await story(system, in_clear)
    question = "What is my hedgehog called?"
    recalled = await sealed.recalled(in_seals.owner, question)
    assert "My hedgehog is called Zorbnik." in recalled
    assert recalled == await system.recalled(in_clear.owner, question)


async def test_by_default_what_is_sensitive_is_sealed_and_nothing_else(database_url: str) -> None:
    async with sealing_system(database_url, KEYS, Scope.SENSITIVE) as system:
        private, plain = await system.introduce(), await system.introduce()
        await say_and_remember(system, plain, "My cat is called Frobnitz.")
        await say_and_remember(system, private, "My illness is Vorplitis.", details=SENSITIVE)
        await say_and_remember(system, private, "I like Gribblet.")  # in whose index text it stands
        await say_and_remember(system, private, "And Snorvel.")

        assert await tables_telling(
            database_url, "Frobnitz", "Vorplitis", "Gribblet", "Snorvel"
        ) == {
            "Frobnitz": {
                *("message", "message_words", "conversation", "memory", "memory_revision"),
                "reply_context",
            },
            "Vorplitis": set(),
            "Gribblet": {"message", "message_words", "memory", "memory_revision"},
            "Snorvel": {"message", "message_words", "memory", "memory_revision"},
        }


async def say_and_remember(
    system: System, conversation: Conversation, content: str, **changes: object
) -> None:
    """A turn around a message that is marked, if at all, once it is stored; and formation."""
    said = await ask(system, conversation, content)
    async with system.store.transaction() as tx:
        message = await tx.messages.get(said.id)
        assert message is not None
        message.details = {**message.details, **changes.get("details", {})}  # type: ignore[dict-item]
        await tx.messages.change(message)
    await answered(system, system.turns(ScriptedModel(["I see."])), conversation)
    await form(system, conversation)


async def test_what_was_formed_of_a_message_is_sealed_once_it_turns_out_to_be_sensitive(
    database_url: str,
) -> None:
    async with sealing_system(database_url, KEYS, Scope.SENSITIVE) as system:
        conversation = await system.introduce()
        [said] = await talk(system, conversation, "My illness is Vorplitis.")
        assert "memory" in (await tables_telling(database_url, "Vorplitis"))["Vorplitis"]

        said.details = SENSITIVE
        async with system.store.transaction() as tx:
            await tx.messages.change(said)

        assert await tables_telling(database_url, "Vorplitis") == {"Vorplitis": set()}
        assert await system.recalled(conversation.owner, "illness", floors=False) == []
        [memory] = await system.memories(conversation.owner, kind="episode")
        assert memory.content == "My illness is Vorplitis."


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE message SET sealed = (SELECT sealed FROM message WHERE seq = 2) WHERE seq = 1",
        "UPDATE message SET sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1) WHERE seq = 1",
        "UPDATE message SET sealed = substr(sealed, 1, 9) WHERE seq = 1",
        "UPDATE message SET sealed = (SELECT sealed FROM memory LIMIT 1) WHERE seq = 1",
        "UPDATE message SET sealed = chr(2)::bytea || substr(sealed, 2) WHERE seq = 1",
        "UPDATE message SET key_id = 'another' WHERE seq = 1",
    ],
    ids=["of-another-row", "a-bit", "cut-off", "of-another-table", "version", "key"],
)
async def test_a_row_that_was_tampered_with_is_refused(sealed: System, attack: str) -> None:
    conversation = await sealed.introduce()
    said = await talk(sealed, conversation, "I like tea.", "I like rum.")
    await sealed.query(attack)  # type: ignore[arg-type]

    async with sealed.store.transaction() as tx:
        assert (await tx.messages.get(said[1].id)).content == "I like rum."  # type: ignore[union-attr]
    with pytest.raises(SealBroken, match=str(said[0].id)):
        async with sealed.store.transaction() as tx:
            await tx.messages.get(said[0].id)


async def test_a_record_keeps_its_words_when_it_can_not_be_stored(sealed: System) -> None:
    conversation = await sealed.introduce()
    await sealed.say(conversation, "First.", client_message_id="1")
    second = a_message(conversation, "Second.", client_message_id="1")

    with pytest.raises(IntegrityError):
        async with sealed.store.transaction() as tx:
            await tx.messages.append(second)
    assert second.content == "Second."
    second.client_message_id = "2"
    async with sealed.store.transaction() as tx:
        await tx.messages.append(second)

    async with sealed.store.transaction() as tx:
        stored = await tx.messages.page(conversation.id, limit=9)
    assert [message.content for message in stored] == ["First.", "Second."]


# --- what queries go by -------------------------------------------------------------------------


async def test_a_listing_is_searched_by_words_page_by_page(sealed: System) -> None:
    conversation = await sealed.introduce()
    notes = ["I like tea.", "TEA at four.", "I like rum.", "No steak.", "Green Tea."]
    for note in notes:
        await remember(sealed.memory, conversation.owner, Note(note))
    other = await sealed.introduce()
    await remember(sealed.memory, other.owner, Note("Tea of somebody else's."))
    narrow = MemoryFilter(("fact",), text="tea")

    async with sealed.store.transaction() as tx:
        first = await tx.memories.page(conversation.owner, narrow, limit=2, before=None)
        rest = await tx.memories.page(conversation.owner, narrow, limit=9, before=first[-1].id)

    assert [each.content for each in (*first, *rest)] == [
        *("Green Tea.", "No steak.", "TEA at four.", "I like tea.")
    ]


async def test_a_search_through_too_much_says_so(sealed: System) -> None:
    conversation = await sealed.introduce()
    for note in ("I like tea.", "I like rum.", "I like gin."):
        await remember(sealed.memory, conversation.owner, Note(note))
    among = select(Memory).where(col(Memory.user_id) == conversation.user_id)

    async with sealed.store.session() as session:
        found = await sealed_ids(session, Memory, among, contains(["I LIKE"]), most=3)
        assert len(found) == 3
        with pytest.raises(InvalidRequest, match="More than 2"):
            await sealed_ids(session, Memory, among, contains(["tea"]), most=2)


async def test_the_same_in_clear_and_sealed_is_one_memory(database_url: str) -> None:
    async with sealing_system(database_url, KEYS, Scope.SENSITIVE) as system:
        conversation = await system.introduce()
        owner = conversation.owner
        [said] = await talk(system, conversation, "I like tea.")
        said.details = SENSITIVE
        async with system.store.transaction() as tx:
            await tx.messages.change(said)
        await form(system, conversation)
        [fact] = await system.memories(owner)
        assert fact.key_id == "k1"

        with pytest.raises(Conflict, match="remembered already"):
            await remember(system.memory, owner, Note(fact.content))


async def test_forgetting_leaves_nothing_in_any_seal(database_url: str) -> None:
    async with sealing_system(database_url, KEYS) as system:
        conversation = await live_a_little(system)
        model = ScriptedModel(["Your hedgehog Zorbnik!"])
        await answered(system, system.turns(model), conversation, "Who is my hedgehog?")
        facts = await system.memories(conversation.owner)
        [fact] = [each for each in facts if "Zorbnik" in each.content]

        receipt = await forget_memory(system.memory, conversation.owner, fact.id)

        assert receipt.remaining == Remaining(0, 0, 0)
    await open_everything(database_url)
    assert await tables_telling(database_url, "Zorbnik") == {"Zorbnik": {"message"}}


async def test_a_topic_that_was_forgotten_is_in_no_sealed_record_of_a_reply(
    database_url: str,
) -> None:
    async with sealing_system(database_url, KEYS) as system:
        conversation = await system.introduce()
        said = (*numbered(1, 59), "Zorbnik is my hedgehog.", *numbered(61, 62))
        await talk(system, conversation, *said)
        await form(system, conversation)
        await fold(system.memory, ScriptedSummariser(), conversation.id, window=20)
        reply = await answered(
            system, system.turns(ScriptedModel(["I see."])), conversation, "Go on."
        )
        async with system.store.transaction() as tx:
            context = await tx.contexts.get(reply.id)
        assert context is not None
        assert context.state["currentTopic"] == "Zorbnik is my hedgehog"
        facts = await system.memories(conversation.owner)
        [fact] = [each for each in facts if "Zorbnik" in each.content]

        await forget_memory(system.memory, conversation.owner, fact.id)
    await open_everything(database_url)
    assert await tables_telling(database_url, "Zorbnik") == {"Zorbnik": {"message"}}


async def test_a_receipt_counts_what_is_left_in_seals(sealed: System) -> None:
    conversation = await sealed.introduce()
    [said] = await talk(sealed, conversation, "My hedgehog is called Zorbnik.")
    [episode] = await sealed.memories(conversation.owner, kind="episode")

    async with sealed.store.transaction() as tx:
        left = await tx.traces.of_memories(conversation.owner, [episode.id], cited=[said.id])
        hashed = await tx.traces.of_memories(
            conversation.owner, [], hashes=[(await fact_about(sealed, conversation)).content_hash]
        )

    assert (left, hashed) == (2, 1)


async def fact_about(system: System, conversation: Conversation) -> Memory:
    return await remember(system.memory, conversation.owner, Note("I like tea."))


async def test_text_that_the_database_could_not_hold_is_refused_in_a_seal_too(
    sealed: System,
) -> None:
    conversation = await sealed.introduce()
    for text in ("half a pair \ud800", "NUL \x00 in it"):
        with pytest.raises(InvalidRequest):
            await sealed.say(conversation, text)
    [said] = await sealed.say(conversation, "a \\u0000 that was typed")

    async with sealed.store.transaction() as tx:
        [stored] = await tx.messages.page(conversation.id, limit=9)
    assert stored.content == said.content


# --- keys ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keyring", "complaint"),
    [
        (None, "the key k1 is missing.*rotate-keys"),
        (a_keyring("k2"), "the key k1 is missing"),
        (Keyring({"k1": bytes(32)}), "the key k1 isn't the one"),
        (Keyring({"k2": b"2" * 32, "k1": bytes(32)}), "the key k1 isn't the one"),
    ],
    ids=["no-keys", "another", "wrong", "wrong-behind"],
)
async def test_a_start_without_the_key_says_which(
    database_url: str, keyring: Keyring | None, complaint: str
) -> None:
    async with sealing_system(database_url, KEYS) as system:
        await system.say(await system.introduce(), "I like tea.")

    with pytest.raises(ConfigurationError, match=complaint):
        async with sealing_store(database_url, keyring):
            pass


async def test_keys_that_nothing_is_sealed_under_are_not_missed(database_url: str) -> None:
    async with sealing_store(database_url, a_keyring("k1")):
        pass
    async with sealing_store(database_url, None):
        pass
    async with sealing_system(database_url, a_keyring("k2")) as system:
        await system.say(await system.introduce(), "I like tea.")


async def test_a_key_that_others_still_seal_with_is_missed_and_not_forgotten(
    database_url: str,
) -> None:
    async with sealing_system(database_url, a_keyring("k1")) as earlier:
        async with sealing_store(database_url, a_keyring("k2")):
            pass  # as nothing was sealed under k1 yet
        conversation = await earlier.introduce()
        await earlier.say(conversation, "I like tea.")

    with pytest.raises(ConfigurationError, match="the key k1 is missing"):
        async with sealing_store(database_url, a_keyring("k2")):
            pass
    with pytest.raises(ConfigurationError, match="the key k1 isn't the one"):
        async with sealing_store(database_url, Keyring({"k1": bytes(32), "k2": b"2" * 32})):
            pass
    both = a_keyring("k2", "k1")
    async with sealing_store(database_url, both) as store, store.transaction() as tx:
        (message,) = await tx.messages.page(conversation.id, limit=9)
        assert await tx.resealing.unused_keys() == []
    assert message.content == "I like tea."


async def test_rows_tell_their_key_where_no_note_does(database_url: str) -> None:
    async with sealing_system(database_url, KEYS) as system:
        await system.say(await system.introduce(), "I like tea.")
        await system.query("DELETE FROM sealing_key")

    with pytest.raises(ConfigurationError, match="the key k1 is missing"):
        async with sealing_store(database_url, a_keyring("k2")):
            pass


async def test_a_command_does_not_begin_with_a_key_that_running_servers_do_not_know(
    database_url: str,
) -> None:
    async with sealing_store(database_url, a_keyring("k1")):
        pass
    store = PostgresStore(database_url, JobQueue(database_url), a_keyring("k2", "k1"), Scope.ALL)
    try:
        await store.unlock(may_begin=False)
        async with store.transaction() as tx:
            assert await tx.resealing.first_key() == "k1"
    finally:
        await store.close()


# --- another key --------------------------------------------------------------------------------


async def keys_of(url: str) -> dict[str | None, int]:
    """How many rows of messages are under each key."""
    async with await psycopg.AsyncConnection.connect(url) as connection:
        rows = await connection.execute("SELECT key_id, count(*) FROM message GROUP BY key_id")
        return dict(await rows.fetchall())


async def open_everything(url: str) -> None:
    async with sealing_store(url, KEYS, Scope.NONE) as store:
        async for _ in settle(store):
            pass


async def test_a_rotation_leaves_the_story_as_it_was_and_the_old_key_unused(
    database_url: str,
) -> None:
    async with sealing_system(database_url, a_keyring("k1")) as system:
        conversation = await live_a_little(system)
        before = await story(system, conversation)
    async with sealing_system(database_url, a_keyring("k2", "k1")) as system:
        assert await story(system, conversation) == before
        assert sum(each.to_reseal for each in await unsettled(system.store)) > 50
        async for _ in settle(system.store):
            pass
        assert sum(each.rows for each in await unsettled(system.store)) == 0
        async with system.store.transaction() as tx:
            assert await tx.resealing.unused_keys() == ["k1"]
    async with sealing_system(database_url, a_keyring("k2")) as system:
        assert await story(system, conversation) == before


async def test_rows_from_before_the_keys_are_sealed_by_a_rotation_and_opened_by_another(
    system: System,
) -> None:
    conversation = await live_a_little(system)
    before = await story(system, conversation)

    async with sealing_store(system.url, KEYS) as store:
        async for _ in settle(store):
            pass
    assert await tables_telling(system.url, *WORDS) == {word: set() for word in WORDS}

    await open_everything(system.url)
    assert await story(system, conversation) == before
    assert all((await tables_telling(system.url, *WORDS)).values())
    async with sealing_store(system.url, None):
        pass


async def test_a_narrower_scope_opens_what_it_no_longer_covers(database_url: str) -> None:
    async with sealing_system(database_url, KEYS) as system:
        conversation = await system.introduce()
        await system.say(conversation, "I like Gribblet.")
        await system.say(conversation, "I have Vorplitis.", details=SENSITIVE)

    async with sealing_store(database_url, KEYS, Scope.SENSITIVE) as store:
        async for _ in settle(store):
            pass

    assert await tables_telling(database_url, "Gribblet", "Vorplitis") == {
        "Gribblet": {"message", "message_words"},
        "Vorplitis": set(),
    }


async def test_two_rotations_at_once_and_a_server_beside_them(database_url: str) -> None:
    async with sealing_system(database_url, a_keyring("k1")) as system:
        conversation = await system.introduce()
        await system.say(conversation, *(f"Message {n}." for n in range(40)))
    keyring = a_keyring("k2", "k1")
    async with (
        sealing_system(database_url, a_keyring("k1", "k2")) as serving,
        sealing_store(database_url, keyring) as one,
        sealing_store(database_url, keyring) as another,
    ):

        async def rotate(store: PostgresStore) -> None:
            async for _ in settle(store, batch=3):
                await asyncio.sleep(0)

        async def change() -> None:
            async with serving.store.transaction() as tx:
                messages = await tx.messages.page(conversation.id, limit=100)
            for message in messages[::7]:
                message.content += " Edited."
                async with serving.store.transaction() as tx:
                    await tx.messages.change(message)
            await talk(serving, conversation, "New.")

        await asyncio.gather(rotate(one), rotate(another), change())
        await rotate(one)  # what the server, which goes on with the old key, wrote meanwhile

        async with serving.store.transaction() as tx:
            said = [each.content for each in await tx.messages.page(conversation.id, limit=100)]
    edited = [f"Message {n}." + (" Edited." if n % 7 == 0 else "") for n in range(40)]
    assert said == [*edited, "New."]
    assert await keys_of(database_url) == {"k2": 41}


async def test_a_rotation_that_was_killed_is_gone_on_with(database_url: str) -> None:
    async with sealing_system(database_url, a_keyring("k1")) as system:
        await system.say(await system.introduce(), *(f"Message {n}." for n in range(40)))

    async with sealing_store(database_url, a_keyring("k2", "k1")) as store:
        batches = settle(store, batch=10)
        async for rows in batches:
            if rows == 10:
                break
        await batches.aclose()
        assert await keys_of(database_url) == {"k1": 30, "k2": 10}

        assert [rows async for rows in settle(store, batch=10) if rows] == [10, 10, 10]
    assert await keys_of(database_url) == {"k2": 40}


async def test_a_rotation_comes_back_to_what_was_being_changed(database_url: str) -> None:
    async with sealing_system(database_url, a_keyring("k1")) as system:
        conversation = await system.introduce()
        said = await system.say(conversation, "I like tea.", "I like rum.")
    keyring = a_keyring("k2", "k1")
    async with sealing_store(database_url, keyring) as store:
        async with await psycopg.AsyncConnection.connect(database_url) as connection:
            await connection.execute("SELECT 1 FROM message WHERE id = %s FOR UPDATE", [said[0].id])
            batches = settle(store)
            async for rows in batches:
                if rows:
                    break
            assert await keys_of(database_url) == {"k1": 1, "k2": 1}
        async for _ in batches:
            pass
    assert await keys_of(database_url) == {"k2": 2}


def rotation_settings(url: str, keys: str) -> Settings:
    """Of an installation whose other services nobody asks."""
    return load_settings(
        database_url=url,
        redis_url="redis://127.0.0.1:1",
        qdrant_url="http://127.0.0.1:1",
        jwt_secret="s" * 32,
        encryption_keys=keys,
        encryption_scope="all",
    )


async def test_the_command_counts_first_and_says_what_can_be_dropped(database_url: str) -> None:
    old, new = (f"{name}:{b64encode(name.encode() * 16).decode()}" for name in ("k8", "k9"))
    async with sealing_system(database_url, read_keys(old)) as system:
        await system.say(await system.introduce(), "I like tea.", "I like rum.")
    settings = rotation_settings(database_url, f"{new},{old}")
    console = Console(record=True, width=100)

    with pytest.raises(ConfigurationError, match="no Keepsake was started with the key k9"):
        await rotate_keys(settings, console)
    async with sealing_store(database_url, settings.keyring):
        pass
    counted = await rotate_keys(settings, console, dry_run=True)
    assert await keys_of(database_url) == {"k8": 2}
    rotated = await rotate_keys(settings, console)
    assert await keys_of(database_url) == {"k9": 2}
    opened = await rotate_keys(settings, console, open_all=True)
    assert await keys_of(database_url) == {None: 2}

    assert counted == "2 rows would be written anew."
    assert re.search(r"message .* 0 .* 2 .* 0", console.export_text())
    assert rotated.startswith("2 rows are written anew. Nothing is sealed under k8 any more")
    assert opened == (
        "2 rows are written anew. Nothing is sealed: take ENCRYPTION_KEYS out before the next start."
    )


async def test_the_command_needs_keys(database_url: str) -> None:
    with pytest.raises(ConfigurationError, match="openssl rand -base64 32"):
        await rotate_keys(rotation_settings(database_url, ""), Console())
