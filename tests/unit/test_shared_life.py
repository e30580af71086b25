"""What two have in common, drawn from what their conversations are said to be about."""

from collections.abc import Sequence

from backend.memory.shared_life import EXPERIENCES, FAVORITES, favorite_topics, shared_experiences
from backend.models import Conversation, new_id

HER, HIM = new_id(), new_id()


def talk(title: str, topics: Sequence[str] | None) -> Conversation:
    details = {} if topics is None else {"topics": list(topics)}
    return Conversation(user_id=HIM, character_id=HER, title=title, details=details)


def test_what_comes_up_in_most_talks_is_first_then_the_latest() -> None:
    talks = [
        talk("One", ["tea", "Dogs", "Dogs"]),
        talk("Two", ["dogs", "rain"]),
        talk("Three", None),
        talk("Four", ["jazz"]),
    ]

    assert favorite_topics(talks) == ["dogs", "jazz", "rain", "tea"]


def test_only_so_many_are_told() -> None:
    many = [talk(f"Talk {n}", [f"topic {n}"]) for n in range(20)]

    assert len(favorite_topics(many)) == FAVORITES
    assert shared_experiences(many) == [f"Talk {n}" for n in range(19, 19 - EXPERIENCES, -1)]


def test_a_talk_that_was_not_summed_up_is_no_experience_yet() -> None:
    talks = [talk("Old", ["tea"]), talk("", ["tea"]), talk("Short", None), talk("Old", ["rain"])]

    assert shared_experiences(talks) == ["Old"]
    assert favorite_topics([]) == shared_experiences([]) == []
