"""Placeholders in a character's texts: `{{char}}`, `{{user}}` and what else cards use. Pure functions.

Texts are stored as their authors wrote them, and filled in where a prompt is made. What is drawn by
lot is drawn the same way each time for the same text, so that a prompt's stable part stays the same
and the provider's cache holds. (Character Card V3, "Curly Braced Syntaxes"; `<USER>` and `<BOT>` are
version 1's.)
"""

import re
from hashlib import sha256

from backend.models import Character

_MACRO = re.compile(r"\{\{([^{}]*)\}\}|<(user|char|bot)>", re.IGNORECASE)
_HIDDEN = ("//", "hidden_key:", "comment:")
_ROUNDS = 3  # a macro may stand within another
_LARGEST_DIE = 1_000_000
LONGEST_NAME = 100  # characters
LONGEST = 100_000  # characters of a text once filled in


def with_names(character: Character, user_name: str) -> Character:
    """A copy of the character whose texts are filled in; the character itself if there is nothing to
    fill in."""
    names = _Names(character, user_name)
    filled = {
        "description": names.fill(character.description),
        "scenario": names.fill(character.scenario),
        "greeting": names.fill(character.greeting),
        "example_dialogues": [names.fill(text) for text in character.example_dialogues],
        "personality": names.fill_all(character.personality),
    }
    if all(getattr(character, name) == value for name, value in filled.items()):
        return character
    return Character(**character.model_dump() | filled)


def fill(text: str, character: Character, user_name: str) -> str:
    """The text with its placeholders filled in."""
    return _Names(character, user_name).fill(text)


class _Names:
    def __init__(self, character: Character, user_name: str) -> None:
        card = character.card or {}
        inner = card.get("data")
        nickname = (inner if isinstance(inner, dict) else card).get("nickname")
        self._char = _plain(nickname if isinstance(nickname, str) and nickname else character.name)
        self._user = _plain(user_name)

    def fill(self, text: str) -> str:
        for _ in range(_ROUNDS):
            if "{{" not in text and "<" not in text:
                break
            text, count = _MACRO.subn(self._value, text)
            if not count:
                break
        return text[:LONGEST]

    def fill_all(self, value: object) -> object:
        """Every text in a JSON value filled in."""
        if isinstance(value, str):
            return self.fill(value)
        if isinstance(value, list):
            return [self.fill_all(item) for item in value]
        if isinstance(value, dict):
            return {key: self.fill_all(item) for key, item in value.items()}
        return value

    def _value(self, found: re.Match[str]) -> str:
        said = found[1] if found[1] is not None else found[2]
        name, colon, rest = said.strip().partition(":")
        match name.strip().lower():
            case "char" | "bot":
                return self._char
            case "user":
                return self._user
            case "random" | "pick" if colon:
                options = [part.replace("\\,", ",") for part in re.split(r"(?<!\\),", rest)]
                return options[_lot(said, len(options))].strip().lstrip(":")
            case "roll" if sides := _sides(rest):
                return str(1 + _lot(said, sides))
            case "reverse":
                return rest.strip()[::-1]
        return "" if said.strip().lower().startswith(_HIDDEN) else found[0]


def _plain(name: str) -> str:
    """A name is data: it can't open a new line in a prompt, nor be or hold a placeholder itself."""
    return " ".join(re.sub(r"[{}<>]", "", name).split())[:LONGEST_NAME]


def _sides(text: str) -> int:
    digits = text.strip().lower().removeprefix("d")
    return min(int(digits[:9]), _LARGEST_DIE) if digits.isascii() and digits.isdecimal() else 0


def _lot(text: str, options: int) -> int:
    """One of 0 to `options` - 1, the same for the same text."""
    return int.from_bytes(sha256(text.encode()).digest()[:8]) % options
