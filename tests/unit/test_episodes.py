"""What was said, as it is kept and embedded."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from backend.memory.episodes import (
    content_hash,
    episode_text,
    episodes,
    requoted,
    sources,
    spoken_on,
    spoken_text,
)
from tests.support.records import NOON, a_character, a_conversation, a_message, a_user

CONVERSATION = a_conversation(a_user(), a_character())
NAMES = {"user": "Ada", "character": "Mira"}


def test_each_message_is_one_episode_dated_and_credited() -> None:
    said = a_message(CONVERSATION, "I have a dog.", created_at=NOON)
    replied = a_message(CONVERSATION, "Its name?", created_at=NOON, sender_type="character")

    first, second = episodes(CONVERSATION.owner, [said, replied], NAMES)

    assert (first.kind, first.content, first.owner) == (
        "episode",
        "I have a dog.",
        CONVERSATION.owner,
    )
    assert (first.about, first.about_name) == ("user", "Ada")
    assert (second.about, second.about_name) == ("character", "Mira")
    assert first.mention_time == NOON
    assert first.source_message_ids == [said.id]
    assert first.index_text == "10 March 2026, Ada: I have a dog."
    assert second.index_text == "10 March 2026, Mira: Its name?\n(Ada: I have a dog.)"


def test_only_the_turn_itself_is_embedded() -> None:
    said = a_message(CONVERSATION, "Is it a dog?\n(Mira: no)", created_at=NOON)
    replied = a_message(CONVERSATION, "A dog", created_at=NOON, sender_type="character")

    first, second = episodes(CONVERSATION.owner, [said, replied], NAMES)

    assert spoken_text(first) == "10 March 2026, Ada: Is it a dog?\n(Mira: no)"
    assert spoken_text(second) == "10 March 2026, Mira: A dog"


def test_of_the_two_messages_ahead_the_end_of_one_and_the_beginning_of_the_other_are_quoted() -> (
    None
):
    before = [
        a_message(CONVERSATION, "Too long ago."),
        a_message(CONVERSATION, "a" * 120 + "b" * 180),
        a_message(CONVERSATION, "c" * 500 + "d" * 200, sender_type="character"),
    ]
    said = [a_message(CONVERSATION, "Yes."), a_message(CONVERSATION, "No.")]

    first, second = episodes(CONVERSATION.owner, said, NAMES, before)

    assert first.index_text.endswith(f"Yes.\n(Mira: {'d' * 200})\n(Ada: {'a' * 120})")
    assert second.index_text.endswith("No.\n(Ada: Yes.)")  # the long one is left out


def test_nothing_from_before_what_says_nothing_is_quoted() -> None:
    before = [
        a_message(CONVERSATION, "I have a dog."),
        a_message(CONVERSATION, "Sorry.", sender_type="character", forgotten_at=NOON),
    ]

    [episode] = episodes(CONVERSATION.owner, [a_message(CONVERSATION, "Yes.")], NAMES, before)

    assert episode.index_text.endswith("Ada: Yes.")


QUOTED = "Yes.\n(Ada: {end})\n(Mira: Hm?)\n(Ada L.: {beginning})\n(A: D: {as_at_first})"


@pytest.mark.parametrize(
    ("new", "left"),
    [
        ("No.", "Yes.\n(Ada: No.)\n(Mira: Hm?)\n(Ada L.: No.)\n(A: D: No.)"),
        ("", "Yes.\n(Mira: Hm?)"),
    ],
    ids=["other words", "none"],
)
def test_every_way_to_quote_a_message_follows_what_it_says(new: str, left: str) -> None:
    old = "a\n" * 60 + "(b)\\1" * 20 + "c" * 200
    text = QUOTED.format(end=old[-200:], beginning=old[:120], as_at_first=old[:200])

    assert requoted(text, old, new) == left
    assert requoted(text, "Other words.", new) == text


@pytest.mark.parametrize(
    "changes",
    [
        {"content": " \n"},
        {"type": "system"},
        {"state": "failed"},
        {"deleted_at": NOON},
    ],
    ids=["blank", "system", "failed", "deleted"],
)
def test_what_says_nothing_is_no_episode(changes: dict[str, object]) -> None:
    silent = a_message(CONVERSATION, **{"content": "Something."} | changes)

    assert episodes(CONVERSATION.owner, [silent], NAMES) == []


def test_an_interrupted_reply_is_an_episode_of_what_was_written() -> None:
    cut = a_message(CONVERSATION, "I think", sender_type="character", state="interrupted")

    assert [episode.content for episode in episodes(CONVERSATION.owner, [cut], NAMES)] == [
        "I think"
    ]


def test_the_same_words_twice_are_two_episodes() -> None:
    said = [a_message(CONVERSATION, "Yes."), a_message(CONVERSATION, "Yes.")]

    assert len({kept.content_hash for kept in episodes(CONVERSATION.owner, said, NAMES)}) == 2


def test_a_date_is_written_as_people_write_it_in_the_user_s_zone() -> None:
    tokyo = timezone(timedelta(hours=9))
    late = datetime(2026, 5, 8, 18, tzinfo=UTC)

    assert spoken_on(late) == "8 May 2026"
    assert spoken_on(late, tokyo) == "9 May 2026"
    assert episode_text("Hi.", "Ada", late, zone=tokyo) == "9 May 2026, Ada: Hi."
    assert episode_text("Hi.", "Ada", datetime(2026, 1, 1, tzinfo=UTC)) == (
        "1 January 2026, Ada: Hi."
    )


@pytest.mark.parametrize(
    "same", ["The user likes tea.", "the user likes tea", " The  user\nlikes TEA!"]
)
def test_case_spacing_and_the_final_stop_make_no_other_content(same: str) -> None:
    assert content_hash(same) == content_hash("The user likes tea.")


@pytest.mark.parametrize("other", ["The user likes tea?", "The user like stea.", "Likes tea."])
def test_other_words_do(other: str) -> None:
    assert content_hash(other) != content_hash("The user likes tea.")


def test_sources_are_those_of_all() -> None:
    said = [a_message(CONVERSATION, "One."), a_message(CONVERSATION, "Two.")]

    assert sources(episodes(CONVERSATION.owner, said, NAMES)) == {said[0].id, said[1].id}
    assert sources([]) == set()
