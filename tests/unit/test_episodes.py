"""What was said, as it is kept and embedded."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from backend.memory.episodes import (
    content_hash,
    episode_text,
    episodes,
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


def test_the_message_ahead_of_the_first_is_clipped_behind_it() -> None:
    before = a_message(CONVERSATION, "x" * 500, sender_type="character")

    [episode] = episodes(CONVERSATION.owner, [a_message(CONVERSATION, "Yes.")], NAMES, before)

    assert episode.index_text.endswith(f"\n(Mira: {'x' * 200})")


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
    assert episode_text("Hi.", "Ada", late, None, tokyo) == "9 May 2026, Ada: Hi."
    assert episode_text("Hi.", "Ada", datetime(2026, 1, 1, tzinfo=UTC), None) == (
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
