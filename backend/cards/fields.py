"""What a card says, in Keepsake's words: the fields of a `Character`, read from the card's JSON.

Versions 1, 2 and 3 are told apart by where their fields stand: flat, or in `data`. Fields that
Keepsake has and cards don't (age, gender, structured personality, content level) travel in
`extensions.keepsake`.
"""

import json
import re
from typing import Any

from backend.cards.bounds import (
    MAX_EXAMPLES,
    MAX_LOREBOOK_ENTRIES,
    MAX_NAME,
    MAX_PERSONALITY,
    MAX_TEXT,
    MAX_TRAIT,
    MAX_TRAITS,
)
from backend.errors import InvalidCard
from backend.models import Personality

Json = dict[str, Any]

EXTENSION = "keepsake"
# Of a card, the field of a character.
PLAIN_TEXTS = {"description": "description", "scenario": "scenario", "first_mes": "greeting"}
MOST_AGE = 100_000
MOST_NSFW_LEVEL = 10

# Used in the prompt, from the card.
_FOR_THE_MODEL = ("system_prompt", "post_history_instructions")
_START = re.compile(r"^[ \t]*<START>[ \t]*$", re.IGNORECASE | re.MULTILINE)
_TRAIT_WORDS = 4
_NAMES_OF_TYPES = {bool: "true or false", int: "a number", float: "a number", list: "a list"}


def inner_of(card: Json) -> Json:
    """Where the card's fields stand: in `data`, or flat in a card of version 1.

    Raises:
        InvalidCard: there are none.
    """
    if str(card.get("spec", "")).startswith("lorebook"):
        raise InvalidCard("This is a lorebook alone. Give it to a character as `lorebook`.")
    data = card.get("data")
    inner = data if isinstance(data, dict) else card
    if "name" not in inner:
        raise InvalidCard("This is no character card: it has no name.")
    return inner


def fields_of(card: Json) -> Json:
    """The columns of a `Character` that a card fills, `nsfw_level` as the card states it.

    Raises:
        InvalidCard: a field that is used has another type than cards give it, or is too long.
    """
    inner = inner_of(card)
    ours = _ours(inner)
    name = _text(inner, "name", MAX_NAME).strip()
    if not name:
        raise InvalidCard("The card's name is empty.")
    for key in _FOR_THE_MODEL:
        _text(inner, key)
    return {
        "name": name,
        **{ours: _text(inner, theirs) for theirs, ours in PLAIN_TEXTS.items()},
        "personality": _personality(_text(inner, "personality"), ours.get("personality")),
        "example_dialogues": dialogues_in(_text(inner, "mes_example")),
        "lorebook": _entries(inner.get("character_book")),
        "age": _number(ours, "age", MOST_AGE, None),
        "gender": _text(ours, "gender", 60),
        "nsfw_level": _number(ours, "nsfwLevel", MOST_NSFW_LEVEL, 0),
    }


def dialogues_in(text: str) -> list[str]:
    """The dialogues of `mes_example`, which are set apart by lines that say <START>."""
    parts = [part.strip() for part in _START.split(text)]
    dialogues = [part for part in parts if part]
    rest = "\n".join(dialogues[MAX_EXAMPLES - 1 :])
    return [*dialogues[: MAX_EXAMPLES - 1], rest] if rest else dialogues


def dialogues_text(dialogues: list[str]) -> str:
    """`mes_example` of dialogues."""
    return "\n".join(f"<START>\n{dialogue}" for dialogue in dialogues)


def personality_text(personality: Json) -> str:
    """A personality as the free text that cards have."""
    read = Personality.model_validate(personality)
    values = f"Values: {', '.join(read.values)}" if read.values else ""
    return "\n".join(part for part in (", ".join(read.traits), read.style, values) if part)


def check_personality(personality: Json) -> None:
    """Whether a personality is of a size that can be read in each turn.

    Raises:
        InvalidCard: too many traits or values, or something too long.
    """
    for name in ("traits", "values"):
        listed = personality.get(name)
        if not isinstance(listed, list):
            continue
        if len(listed) > MAX_TRAITS:
            raise InvalidCard(f"{name} has {len(listed)} entries; {MAX_TRAITS} is the most.")
        longest = max((len(entry) for entry in listed if isinstance(entry, str)), default=0)
        if longest > MAX_TRAIT:
            raise InvalidCard(f"{name} holds {longest} characters in one; {MAX_TRAIT} is the most.")
    style = personality.get("style")
    if isinstance(style, str) and len(style) > MAX_TEXT:
        raise InvalidCard(f"style has {len(style)} characters; {MAX_TEXT} is the most.")
    if len(json.dumps(personality, ensure_ascii=False)) > MAX_PERSONALITY:
        raise InvalidCard(f"All of it together has more than {MAX_PERSONALITY} characters.")


def _personality(text: str, ours: Any) -> Json:
    """Traits, if the text is a list of them, or else a style; what we wrote beside the text ourselves, if
    nobody has changed the text since."""
    if isinstance(ours, dict):
        try:
            check_personality(ours)
            known = Personality.model_validate(ours).model_dump()
        except (ValueError, InvalidCard):
            known = {}
        if known and personality_text(known) == text:
            return known
    parts = [part.strip() for part in text.split(",")]
    listed = len(parts) <= MAX_TRAITS and all(
        part and len(part) <= MAX_TRAIT and len(part.split()) <= _TRAIT_WORDS for part in parts
    )
    if listed and not re.search(r"[.;:!?\n(\[{]", text):
        return Personality(traits=parts).model_dump()
    return Personality(style=text).model_dump()


def _entries(book: Any) -> list[Json]:
    if book is None:
        return []
    entries = book.get("entries") if isinstance(book, dict) else book
    if isinstance(entries, dict):  # as in files of SillyTavern's world info
        entries = list(entries.values())
    if entries is None:
        return []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InvalidCard("The card's character_book has no list of entries.")
    if len(entries) > MAX_LOREBOOK_ENTRIES:
        raise InvalidCard(
            f"The card's lorebook has {len(entries)} entries; {MAX_LOREBOOK_ENTRIES} is the most."
        )
    return entries


def _ours(inner: Json) -> Json:
    extensions = inner.get("extensions")
    ours = extensions.get(EXTENSION) if isinstance(extensions, dict) else None
    return ours if isinstance(ours, dict) else {}


def _text(holder: Json, key: str, most: int = MAX_TEXT) -> str:
    value = holder.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        kind = _NAMES_OF_TYPES.get(type(value), "an object")
        raise InvalidCard(f"The card's {key} must be a text; it is {kind}.")
    if len(value) > most:
        raise InvalidCard(f"The card's {key} has {len(value)} characters; {most} is the most.")
    return value


def _number(ours: Json, key: str, most: int, default: int | None) -> int | None:
    value = ours.get(key)
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most
    return value if fits else default
