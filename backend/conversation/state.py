"""Reading the state of a conversation off the newest message, by word lists. Pure functions."""

import re
from typing import Any

from backend.memory.forget_request import read_forget_request

_MOODS = (
    (
        "sad",
        re.compile(
            r"\b(?:sad|crying|cried|lonely|grief|miss (?:him|her|them)|heartbroken|depressed)\b",
            re.I,
        ),
    ),
    ("anxious", re.compile(r"\b(?:anxious|worried|nervous|scared|afraid|stressed|panic)\b", re.I)),
    ("angry", re.compile(r"\b(?:angry|furious|annoyed|hate|fed up)\b", re.I)),
    ("happy", re.compile(r"\b(?:happy|glad|great|excited|wonderful|love|yay|awesome)\b", re.I)),
)
_GREETING = re.compile(
    r"^\s*(?:hi|hello|hey|good (?:morning|evening|afternoon)|hola|salut|hallo|ciao)\b", re.I
)
_FAREWELL = re.compile(r"\b(?:bye|good night|see you|goodbye|farewell)\b", re.I)
_THANKS = re.compile(r"\b(?:thanks|thank you|thx)\b", re.I)


def read_mood(text: str) -> str:
    """`sad`, `anxious`, `angry`, `happy` or `neutral`."""
    return next((mood for mood, pattern in _MOODS if pattern.search(text)), "neutral")


def read_intent(text: str) -> str:
    """`forget`, `question`, `greeting`, `farewell`, `thanks` or `statement`."""
    if read_forget_request(text):
        return "forget"
    if "?" in text:
        return "question"
    if _GREETING.search(text):
        return "greeting"
    if _FAREWELL.search(text):
        return "farewell"
    return "thanks" if _THANKS.search(text) else "statement"


def read_state(text: str, *, nsfw_level: int, topics: list[str]) -> dict[str, Any]:
    """The conversation state that clients see: {currentTopic, mood, nsfwLevel, lastUserIntent}."""
    return {
        "currentTopic": topics[-1] if topics else None,
        "mood": read_mood(text),
        "nsfwLevel": nsfw_level,
        "lastUserIntent": read_intent(text),
    }
