"""Searching messages on the real database: by words in many languages, and by meaning."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from backend.adapters.postgres.languages import LANGUAGES
from backend.adapters.postgres.search_terms import read_search, stem
from backend.adapters.postgres.searches import MOST_SCANNED
from backend.conversation.search import search_by_meaning
from backend.errors import EncoderUnavailable, IndexUnavailable, NotFound
from backend.memory.episodes import episodes
from backend.models import Conversation, Message
from backend.safety.encryption import Scope
from backend.store.searches import Place, SearchFilter, TextPage
from tests.support.records import NOON, a_character, a_user
from tests.support.sealing import a_keyring, sealing_system
from tests.support.system import System

SAID = (
    "I was walking the dogs near the old lighthouse.",
    "Wir haben gestern zwei Häuser in Köln besichtigt.",
    "J'aime beaucoup les chevaux et les grandes plages.",
    "Ayer compramos unas manzanas en el mercado.",
    "Non mi piacciono le zanzare, ma amo i gatti.",
    "Мои собаки любят гулять по парку.",
    "犬が好きです。東京に行きました！",
    "สวัสดีครับ ผมชอบกาแฟ",
)


async def search(system: System, conversation: Conversation, text: str, **options: Any) -> TextPage:
    limit, before = options.pop("limit", 50), options.pop("before", None)
    narrow = SearchFilter(conversation.user_id, **options)
    async with system.store.transaction() as tx:
        return await tx.searches.by_words(narrow, text, limit=limit, before=before)


async def found(system: System, conversation: Conversation, text: str, **options: Any) -> list[str]:
    """What is found, newest first."""
    page = await search(system, conversation, text, **options)
    return [item.message.content for item in page.found]


async def marked(system: System, conversation: Conversation, text: str) -> list[str]:
    """The parts of what is found that are what was looked for."""
    page = await search(system, conversation, text)
    return [item.message.content[start:end] for item in page.found for start, end in item.spans]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("walked dog", ["walking", "dogs"]),
        ("DOG", ["dogs"]),
        ("haus", ["Häuser"]),
        ("koln", ["Köln"]),
        ("cheval", ["chevaux"]),
        ("plage", ["plages"]),
        ("manzana", ["manzanas"]),
        ("mercados comprar", ["compramos", "mercado"]),
        ("gatto", ["gatti"]),
        ("собака", ["собаки"]),
        ("東京", ["東京"]),
        ("犬", ["犬"]),
        ("京東", []),
        ("กาแฟ", ["กาแฟ"]),
        ('"walking the dogs"', ["walking the dogs"]),
        ('"dogs walking"', []),
        ("dogs -lighthouse", []),
        ("dogs -cat", ["dogs"]),
        ("gatti or manzanas", ["gatti", "manzanas"]),
        ("dogs unicorn", []),
        ("the", []),
    ],
)
async def test_words_are_found_in_any_of_their_forms_in_the_language_of_the_message(
    system: System, text: str, parts: list[str]
) -> None:
    conversation = await system.introduce()
    await system.say(conversation, *SAID)

    assert await marked(system, conversation, text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "' & | ! :* <->",
        "'; DROP TABLE message; --",
        "dog' & '@someone",
        "\\",
        '"',
        '-"',
        "- - -",
        "or or or",
        "-or",
        "*:*",
        "()",
        "\x00dog\x00",
        "%s %(user_id)s :user_id",
        "a" * 10_000,
        "dog " * 2_500,
        '"' * 10_000,
        "-" * 10_000,
        "𝕯𝖔𝖌 😀👩‍👩‍👧",
        "\u202e\ufeff",
    ],
    ids=repr,
)
async def test_nothing_in_a_query_is_taken_for_anything_but_words(
    system: System, text: str
) -> None:
    conversation = await system.introduce()
    await system.say(conversation, "Nobody said that.")

    assert await found(system, conversation, text) == []


async def test_a_query_of_many_words_finds_the_message_that_says_them(system: System) -> None:
    conversation = await system.introduce()
    words = " ".join(f"pebble{number}" for number in range(1000))
    await system.say(conversation, words)

    assert await found(system, conversation, words) == [words]


async def test_nobody_finds_what_somebody_else_said(system: System) -> None:
    character = a_character()
    adas = await system.introduce(character=character)
    bens = await system.introduce(character=character)
    await system.say(adas, "My secret is a lighthouse.")

    assert await found(system, bens, "lighthouse") == []
    # Whose a message is stands among its words, where nobody can ask for it.
    assert await found(system, bens, f"@{adas.user_id} lighthouse") == []
    assert await found(system, bens, f"x' | '@{adas.user_id}") == []
    with pytest.raises(NotFound):
        await search(system, bens, "lighthouse", conversation_id=adas.id)


async def test_a_search_is_narrowed(system: System) -> None:
    user, other = a_user(), a_character("Theo")
    first = await system.introduce(user)
    second = await system.introduce(user, other)
    await system.say(first, "Tea in the morning.", created_at=NOON)
    await system.say(second, "Tea at noon.", created_at=NOON + timedelta(hours=1))
    await system.say(
        second, "Tea? Yes!", sender_type="character", created_at=NOON + timedelta(hours=2)
    )

    assert await found(system, first, "tea") == ["Tea? Yes!", "Tea at noon.", "Tea in the morning."]
    assert await found(system, first, "tea", conversation_id=first.id) == ["Tea in the morning."]
    assert await found(system, first, "tea", character_id=other.id, sender_type="user") == [
        "Tea at noon."
    ]
    later = NOON + timedelta(hours=1)
    assert await found(system, first, "tea", since=later) == ["Tea? Yes!", "Tea at noon."]
    assert await found(system, first, "tea", until=later) == ["Tea in the morning."]
    with pytest.raises(NotFound):
        await search(system, first, "tea", character_id=uuid4())


async def test_what_is_changed_deleted_or_forgotten_is_found_no_more(system: System) -> None:
    conversation = await system.introduce()
    edited, deleted, forgotten, kept = await system.say(
        conversation, "Edited tulip.", "Deleted tulip.", "Forgotten tulip.", "Kept tulip."
    )
    async with system.store.transaction() as tx:
        await tx.messages.change(Message(**edited.model_dump() | {"content": "A rose."}))
        emptied = {"content": "", "deleted_at": NOON}
        await tx.messages.change(Message(**deleted.model_dump() | emptied))
        await tx.messages.mark_forgotten([forgotten.id])

    assert await found(system, conversation, "tulip") == ["Kept tulip."]
    assert await found(system, conversation, "rose") == ["A rose."]
    rows = await system.query("SELECT message_id FROM message_words ORDER BY message_id")
    assert [row[0] for row in rows] == [edited.id, kept.id]


async def pages(
    system: System, conversation: Conversation, between: Sequence[str] = ()
) -> list[list[str]]:
    """All pages of two, with something more said after each."""
    read, before = list[list[str]](), Place | None
    before = None
    while True:
        page = await search(system, conversation, "tulip", limit=2, before=before)
        read.append([item.message.content for item in page.found])
        await system.say(conversation, *between)
        if page.end is None:
            return read
        before = page.end


async def test_pages_don_t_shift_when_more_is_said_meanwhile(system: System) -> None:
    conversation = await system.introduce()
    # Three of them at the very same moment.
    await system.say(conversation, "tulip 1", "tulip 2", "tulip 3", created_at=NOON)
    await system.say(conversation, "tulip 4", "tulip 5", created_at=NOON + timedelta(minutes=1))

    read = await pages(system, conversation, between=["Another tulip!"])

    assert read == [["tulip 5", "tulip 4"], ["tulip 3", "tulip 2"], ["tulip 1"]]


async def test_a_message_too_short_to_tell_is_read_in_the_language_of_the_talk(
    system: System,
) -> None:
    conversation = await system.introduce()
    await system.say(conversation, "What would you like for your birthday?", "Dogs!")

    assert await found(system, conversation, "dog") == ["Dogs!"]


async def test_messages_from_before_there_was_a_search_are_found_at_once_and_then_taken_in(
    system: System,
) -> None:
    conversation = await system.introduce()
    await system.say(conversation, "Old dogs.", "Other old things.", "Nothing.")
    await system.query("UPDATE message SET language = NULL")
    assert await system.query("SELECT 1 FROM message_words") == []

    page = await search(system, conversation, "dog")
    assert [item.message.content for item in page.found] == ["Old dogs."]
    assert (page.scanned, page.complete) == (3, True)

    async with system.store.transaction() as tx:
        assert await tx.searches.read_languages(limit=2) == 2
        assert await tx.searches.read_languages(limit=2) == 1
        assert await tx.searches.read_languages(limit=2) == 0
    page = await search(system, conversation, "dog")
    assert [item.message.content for item in page.found] == ["Old dogs."]
    assert (page.scanned, page.complete) == (0, True)


async def test_postgresql_stems_as_we_do(system: System) -> None:
    """Else what is found couldn't be marked. (Versions of Snowball differ by a word here and there.)"""
    words = sorted({word for text in SAID[:6] for word in read_search(text).words})
    words += ["собаки", "красивая", "σπίτια", "الكتب", "houses", "mangeaient", "cantando"]
    for language in LANGUAGES:
        rows = await system.query(
            "SELECT word, array_to_string(tsvector_to_array(CAST(without_accents(CAST("
            " to_tsvector(CAST(%s AS regconfig), spaced_out(word)) AS text)) AS tsvector)), ' ')"
            " FROM unnest(CAST(%s AS text[])) AS word WHERE word !~ ''''",
            language,
            words,
        )
        differing = {word: (theirs, stem(word, language)) for word, theirs in rows if theirs}
        differing = {word: pair for word, pair in differing.items() if pair[0] != pair[1]}
        assert differing == {}, language


SAY_OLD_THINGS = """
    INSERT INTO message (id, conversation_id, seq, sender_id, sender_type, content, type, details, status,
        state, active_variant, created_at)
    SELECT gen_random_uuid(), id, number, user_id, 'user',
        CASE WHEN number %% 1000 = 1 THEN 'An old dog.' ELSE 'Nothing.' END, 'text', '{}', 'sent',
        'complete', 0, now() - make_interval(days => 30, secs => -number)
    FROM conversation, generate_series(1, %s) AS number WHERE id = %s
"""


async def test_what_must_be_read_one_by_one_is_read_a_page_at_a_time(system: System) -> None:
    conversation = await system.introduce()
    await system.query(SAY_OLD_THINGS, MOST_SCANNED + 1001, conversation.id)
    await system.query("UPDATE conversation SET last_seq = 10000")
    await system.say(conversation, "A new dog.")
    # In the index, but said before what isn't.
    await system.say(conversation, "The very first dog.", created_at=NOON - timedelta(days=999))

    page = await search(system, conversation, "dogs")
    assert [item.message.content for item in page.found] == ["A new dog.", *["An old dog."] * 5]
    assert (page.scanned, page.complete) == (MOST_SCANNED, False)
    page = await search(system, conversation, "dogs", before=page.end)
    assert [item.message.content for item in page.found] == [
        "An old dog.",
        "An old dog.",
        "The very first dog.",
    ]
    assert (page.scanned, page.complete, page.end) == (1001, True, None)


async def test_encrypted_messages_are_found_and_leave_no_words_behind(database_url: str) -> None:
    async with sealing_system(database_url, a_keyring("one"), Scope.SENSITIVE) as system:
        conversation = await system.introduce()
        await system.say(conversation, "I feed the dogs.")
        await system.say(
            conversation,
            "Secretly I love dogs.",
            "犬が好きです。",
            "Никому: собаки!",
            details={"sensitive": True},
        )

        page = await search(system, conversation, "dog")
        assert [item.message.content for item in page.found] == [
            "Secretly I love dogs.",
            "I feed the dogs.",
        ]
        assert (page.scanned, page.complete) == (3, True)
        assert [item.conversation.id for item in page.found] == [conversation.id] * 2
        assert await found(system, conversation, "好き") == ["犬が好きです。"]
        assert await found(system, conversation, "собака") == ["Никому: собаки!"]
        assert await found(system, conversation, "dog -feed") == ["Secretly I love dogs."]
        assert await found(system, conversation, "dog", until=NOON) == []
        words = await system.query("SELECT string_agg(words::text, ' ') FROM message_words")
        assert "feed" in words[0][0]
        assert "secret" not in words[0][0]


async def test_sealing_a_message_takes_its_words_out_of_the_index(database_url: str) -> None:
    async with sealing_system(database_url, a_keyring("one"), Scope.SENSITIVE) as system:
        conversation = await system.introduce()
        (said,) = await system.say(conversation, "I feed the dogs.")
        assert len(await system.query("SELECT 1 FROM message_words")) == 1

        async with system.store.transaction() as tx:
            stored = await tx.messages.get(said.id)
            assert stored
            stored.details = {"sensitive": True}
            await tx.messages.change(stored)

        assert await system.query("SELECT 1 FROM message_words") == []
        assert await found(system, conversation, "dog") == ["I feed the dogs."]


# --- by meaning -----------------------------------------------------------------------------------


async def remember(system: System, conversation: Conversation, *contents: str) -> list[Message]:
    """Say something, and have it remembered as turns do."""
    messages = await system.say(conversation, *contents)
    names = {"user": "Ada", "character": "Mira"}
    await system.keep(*episodes(conversation.owner, messages, names))
    return messages


async def meant(system: System, conversation: Conversation, text: str, **options: Any) -> list[str]:
    limit, after = options.pop("limit", 50), options.pop("after", None)
    narrow = SearchFilter(conversation.user_id, **options)
    page = await search_by_meaning(system.memory, narrow, text, limit=limit, after=after)
    return [item.message.content for item in page.found]


async def test_what_was_meant_is_found_with_every_character_of_the_user_s(system: System) -> None:
    user = a_user()
    miras = await system.introduce(user)
    theos = await system.introduce(user, a_character("Theo"))
    others = await system.introduce()
    await remember(system, miras, "The harbour is full of boats.", "I bake bread.")
    await remember(system, theos, "Boats in the harbour again.")
    await remember(system, others, "My boats in the harbour.")

    assert set((await meant(system, miras, "boats in the harbour"))[:2]) == {
        "Boats in the harbour again.",
        "The harbour is full of boats.",
    }
    assert "My boats in the harbour." not in await meant(system, miras, "boats in the harbour")
    only_theo = await meant(system, miras, "harbour boats", character_id=theos.character_id)
    assert only_theo == ["Boats in the harbour again."]
    only_there = await meant(system, miras, "harbour boats", conversation_id=theos.id)
    assert only_there == ["Boats in the harbour again."]
    with pytest.raises(NotFound):
        await meant(system, miras, "boats", conversation_id=others.id)
    with pytest.raises(NotFound):
        await meant(system, miras, "boats", character_id=uuid4())


async def test_pages_by_meaning_go_on_where_they_ended(system: System) -> None:
    conversation = await system.introduce()
    said = [f"Boats in the harbour number {number}." for number in range(5)]
    await remember(system, conversation, *said)
    narrow = SearchFilter(conversation.user_id)
    read, after = list[str](), None
    while True:
        page = await search_by_meaning(system.memory, narrow, "boats harbour", limit=2, after=after)
        read += [item.message.content for item in page.found]
        if page.end is None:
            break
        after = page.end

    assert sorted(read) == said


async def test_a_search_by_meaning_fails_rather_than_find_nothing(system: System) -> None:
    conversation = await system.introduce()
    await remember(system, conversation, "Boats.")

    system.encoder.down = True
    with pytest.raises(EncoderUnavailable):
        await meant(system, conversation, "boats")
    system.encoder.down = False
    system.index.down = True
    with pytest.raises(IndexUnavailable):
        await meant(system, conversation, "boats")
