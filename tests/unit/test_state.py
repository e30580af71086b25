"""Reading mood, intent and title off a message."""

import pytest

from backend.conversation.state import read_intent, read_mood, read_state


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("The train leaves at five.", "neutral"),
        ("I feel so lonely", "sad"),
        ("I'm WORRIED about tomorrow", "anxious"),
        ("I'm fed up with this", "angry"),
        ("What a wonderful day", "happy"),
        ("I'm happy but also scared", "anxious"),  # trouble first
        ("The glasses are saddled", "neutral"),
    ],
)
def test_mood(text: str, mood: str) -> None:
    assert read_mood(text) == mood


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Hello, how are you?", "question"),
        ("  hey there", "greeting"),
        ("hiking is fun", "statement"),
        ("Good night, Mira", "farewell"),
        ("thx!", "thanks"),
        ("Could you please forget that I live in Porto?", "forget"),
        ("Don't forget that I live in Porto.", "statement"),
        ("I had soup.", "statement"),
        ("", "statement"),
    ],
)
def test_intent(text: str, intent: str) -> None:
    assert read_intent(text) == intent


def test_the_state_has_the_seed_s_fields() -> None:
    state = read_state("Hello!", nsfw_level=2, topics=["dogs", "tea"])

    assert state == {
        "currentTopic": "tea",
        "mood": "neutral",
        "nsfwLevel": 2,
        "lastUserIntent": "greeting",
    }
    assert read_state("Hello!", nsfw_level=0, topics=[])["currentTopic"] is None
