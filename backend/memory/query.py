"""Reading a recall query: whose words are asked for, and what to search for. Pure functions.

Names of the two people are in every memory's text, so in a query they only pull all vectors
together: they are taken out of the dense query, and say whose words to prefer instead.
"""

import re
from dataclasses import dataclass

from backend.memory.answer_kinds import asks_name, asks_when

_FIRST_PERSON = re.compile(r"\b(?:i|i'm|i've|i'd|i'll|me|my|mine|myself)\b", re.IGNORECASE)
_SECOND_PERSON = re.compile(r"\b(?:you|you're|you've|your|yours|yourself)\b", re.IGNORECASE)
_ASKS_OF_THE_PAST = re.compile(
    r"\b(?:did|was|were|had|first|originally|initially|before|previous(?:ly)?|used to)\b",
    re.IGNORECASE,
)
_SPACES = re.compile(r"\s+")
_TOGETHER = re.compile(r"\bboth\b|\beach other\b", re.IGNORECASE)
_AND = re.compile(r"\s*(?:,?\s*(?:and|or|nor)\b|&)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RecallQuery:
    """`dense_text` goes to the encoder, `keyword_text` to BM25; `asked_about` is `user`,
    `character` or None where the text points at neither or at both alike. `asks_when`: for a time;
    `asks_name`: for somebody or something with a name; `asks_of_past`: how something was, not how
    it is."""

    dense_text: str
    keyword_text: str
    asked_about: str | None = None
    asks_when: bool = False
    asks_name: bool = False
    asks_of_past: bool = False


def read_query(text: str, *, user_name: str, character_name: str) -> RecallQuery:
    """Take a query apart. The user is the one who speaks: "my" means the user's."""
    plain = text.replace("’", "'")
    nameless = _without_names(plain, (user_name, character_name))
    return RecallQuery(
        dense_text=nameless or plain,
        keyword_text=plain,
        asked_about=_asked_about(plain, user_name, character_name),
        asks_when=asks_when(plain),
        asks_name=asks_name(plain),
        asks_of_past=bool(_ASKS_OF_THE_PAST.search(plain)),
    )


def _asked_about(text: str, user_name: str, character_name: str) -> str | None:
    """The one whom the text mentions; of two that it names, the one named first, who did or said what is
    asked for ("What did Ada tell Mira?"), unless it asks about them together."""
    user, character = _mention(text, user_name), _mention(text, character_name)
    if user and character:
        first, second = sorted((user, character), key=lambda mention: mention.start())
        between = text[first.end() : second.start()]
        if not between or _AND.match(between) or _TOGETHER.search(text):
            return None
        return "user" if first is user else "character"
    speaks_of_itself = bool(_FIRST_PERSON.search(text))
    if character:
        return None if speaks_of_itself else "character"
    if user or speaks_of_itself:
        return "user"
    return "character" if _SECOND_PERSON.search(text) else None


def _name_pattern(name: str) -> re.Pattern[str] | None:
    """Matches the full name or its first word, with a possessive ending."""
    words = name.split()
    if not words:
        return None
    forms = "|".join(re.escape(form) for form in dict.fromkeys((" ".join(words), words[0])))
    return re.compile(rf"(?<!\w)(?:{forms})(?:'s|')?(?!\w)", re.IGNORECASE)


def _mention(text: str, name: str) -> re.Match[str] | None:
    pattern = _name_pattern(name)
    return pattern.search(text) if pattern else None


def _without_names(text: str, names: tuple[str, ...]) -> str:
    for name in names:
        if pattern := _name_pattern(name):
            text = pattern.sub(" ", text)
    return _SPACES.sub(" ", text).strip(" ,.?!")
