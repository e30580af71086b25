"""The manners of speech that a character's style and traits can call for."""

import re

from backend.adapters.llm.offline.voices.formal import FORMAL
from backend.adapters.llm.offline.voices.playful import PLAYFUL
from backend.adapters.llm.offline.voices.poetic import POETIC
from backend.adapters.llm.offline.voices.terse import TERSE
from backend.adapters.llm.offline.voices.voice import Voice
from backend.adapters.llm.offline.voices.warm import WARM
from backend.models.character import Character

__all__ = ["FORMAL", "PLAYFUL", "POETIC", "TERSE", "WARM", "Voice", "voice_of"]

_KEYWORDS: tuple[tuple[Voice, re.Pattern[str]], ...] = (
    (
        TERSE,
        re.compile(
            r"\b(?:terse|short|calm|quiet|laconic|few words|reserved|stoic|brief|blunt"
            r"|gruff|taciturn|silent|patient|shy|cold)",
            re.I,
        ),
    ),
    (
        PLAYFUL,
        re.compile(
            r"\b(?:playful|teas|witty|funny|cheeky|mischie|joke|joking|quick|lively"
            r"|bubbly|energetic|sarcas|flirt|humou?r|goofy|chaotic|excit|bold)",
            re.I,
        ),
    ),
    (
        FORMAL,
        re.compile(
            r"\b(?:formal|precise|exact|dry|polite|proper|scholar|academic|archaic"
            r"|noble|professional|eloquent|courteous|methodic|meticulous|analytic"
            r"|stern|intellectual|logical)",
            re.I,
        ),
    ),
    (
        POETIC,
        re.compile(
            r"\b(?:poetic|lyric|dream|mystic|romantic|whimsical|ethereal|philosoph"
            r"|melanchol|imagina|spiritual|artistic|enigmatic)",
            re.I,
        ),
    ),
    (
        WARM,
        re.compile(
            r"\b(?:warm|kind|gentle|caring|friendly|sweet|compassion|empath|loving"
            r"|cheerful|supportive|tender|nurtur)",
            re.I,
        ),
    ),
)


def voice_of(character: Character) -> Voice:
    """The manner that the character's style names most often, its traits counting half."""
    style = str(character.personality.get("style") or "")
    traits = " ".join(str(trait) for trait in character.personality.get("traits") or [])

    def weight(entry: tuple[Voice, re.Pattern[str]]) -> int:
        return 2 * len(entry[1].findall(style)) + len(entry[1].findall(traits))

    best = max(_KEYWORDS, key=weight)
    return best[0] if weight(best) else WARM
