"""What content policy makes of a character's own texts, before it is stored."""

import asyncio
import re
from collections.abc import Iterator

from backend.errors import ContentRefused
from backend.models import Character, Personality, User
from backend.safety.policy import EXPLICIT_LEVEL
from backend.safety.portrait import LONGEST, card_text, lore_texts, portrays_minor
from backend.safety.screening import screen, sexual_with_minor
from backend.safety.signals import read_signals
from backend.safety.wording import NO_MINORS

_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])\s+|\n+")
_PIECE = 1000  # characters; a sentence without an end is cut
_PLAINLY = 3  # words of sex in a piece, whatever the classifier makes of the rest
_PUBLIC = (
    "Explicit texts in a public character are for confirmed adults, and it needs an nsfwLevel of"
    f" {EXPLICIT_LEVEL} or more. It can be private."
)


async def rule_on_character(character: Character, owner: User) -> None:
    """Make sure that a character may be stored as it is. It need not be in the store.

    Raises:
        ContentRefused: a field, which the message names, is sexual with a minor; or it is explicit and
            the character public, and its owner isn't confirmed as an adult or its level too low.
    """
    await asyncio.to_thread(_rule, character, owner)


def _rule(character: Character, owner: User) -> None:
    minor = portrays_minor(character)
    grown_up = owner.adult_confirmed and owner.said_minor_at is None
    may_be_explicit = character.visibility != "public" or (
        grown_up and character.nsfw_level >= EXPLICIT_LEVEL
    )
    left = LONGEST
    for field, text in _texts(character):
        for piece in _pieces(text[: max(0, left)]):
            signals = read_signals(piece)
            if sexual_with_minor(signals):
                raise ContentRefused(f"{field}: {NO_MINORS}")
            if not signals.has("sexual_explicit"):
                continue
            verdict = screen(piece)
            plainly = signals.groups["sexual_explicit"] >= _PLAINLY
            if minor and (plainly or "sexual" in verdict.flagged):
                raise ContentRefused(f"{field}: {NO_MINORS}")
            if (plainly or verdict.explicit) and not may_be_explicit:
                raise ContentRefused(f"{field}: {_PUBLIC}")
        left -= len(text)


def _texts(character: Character) -> Iterator[tuple[str, str]]:
    """The texts that the model or people read, by the field that clients know."""
    personality = Personality.model_validate(character.personality)
    yield from (
        ("name", character.name),
        ("greeting", character.greeting),
        ("description", character.description),
        ("scenario", character.scenario),
        ("personality", ", ".join((personality.style, *personality.traits, *personality.values))),
    )
    for text in character.example_dialogues:
        yield "exampleDialogues", text
    for field in ("system_prompt", "post_history_instructions"):
        yield field, card_text(character, field)
    for text in lore_texts(character):
        yield "lorebook", text


def _pieces(text: str) -> Iterator[str]:
    """Each sentence with the one before it: a description may tell of a child, and elsewhere of sex."""
    before = ""
    for sentence in filter(None, _SENTENCE_END.split(text)):
        for start in range(0, len(sentence), _PIECE):
            piece = sentence[start : start + _PIECE]
            yield f"{before} {piece}".strip()
            before = piece
