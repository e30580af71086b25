"""What a character can say of itself, from the fields that its author filled in."""

import re
from itertools import pairwise

from backend.adapters.llm.offline.perspective import first_person
from backend.adapters.llm.offline.words import content_words, sentences_of
from backend.models.character import Character

_ABOUT_CHARACTER = re.compile(
    r"\b(?:who|what|where|when|why|how|which)\b.{0,40}\b(?:you|your|yours"
    r"|yourself)\b|\b(?:are|do|did|have|can|were|will|would) you\b|\btell me "
    r"(?:more )?(?:about|something about) (?:you|your)"
    r"|\bintroduce yourself\b|\babout yourself\b",
    re.I,
)
_WELLBEING = re.compile(
    r"\bhow (?:are|r) (?:you|u)\b|\bhow(?:'s| is) (?:it going|your day|life"
    r"|things)\b|\bhow are things\b|\bhow do you do\b|\bwhat'?s up\b|\bhow "
    r"have you been\b",
    re.I,
)
_NAME = re.compile(
    r"\bwhat(?:'s| is) your name\b|\bwhat (?:are you called|should I call you|do I call you)\b",
    re.I,
)
_AGE = re.compile(r"\bhow old are you\b|\bwhat(?:'s| is) your age\b", re.I)
_SELF = re.compile(
    r"\bwho are you\b|\babout (?:you|yourself)\b|\bintroduce yourself\b|\bwhat are you\b", re.I
)
_WORK = re.compile(r"\bwhat do you do\b|\bwhat(?:'s| is) your (?:job|work)\b|\bdo you work\b", re.I)
_WHERE = re.compile(
    r"\bwhere (?:do you live|are you|are we)\b|\bwhat is this place\b|\bwhat are you doing\b", re.I
)
_CARES = re.compile(
    r"\bwhat (?:do you (?:like|love|value|care about|enjoy)|matters|are your "
    r"(?:hobbies|interests|values))\b",
    re.I,
)
_MACHINE = re.compile(
    r"\bare you (?:a |an )?(?:real|human|bot|robot|ai|machine|person|language model|llm|chatgpt)\b",
    re.I,
)


def asks_about_character(message: str) -> bool:
    """Whether the message asks something of or about the character."""
    return bool(
        _ABOUT_CHARACTER.search(message) or _WELLBEING.search(message) or _MACHINE.search(message)
    )


def asks_how_it_goes(message: str) -> bool:
    """Whether the message is "How are you?" in one of its forms."""
    return bool(_WELLBEING.search(message))


def answer_about_self(message: str, character: Character) -> str | None:
    """One or two sentences in the first person; None where the author wrote nothing that fits."""
    if _MACHINE.search(message):
        return f"I'm {character.name}, a character in a demonstration that runs without "
        "a language model. The listening is real enough: I keep what you tell me."
    if _NAME.search(message):
        return f"I'm {character.name}."
    if _AGE.search(message):
        return f"I'm {character.age}." if character.age else "Old enough not to count."
    if _CARES.search(message) and (interests := interests_of(character)):
        return f"{_listed(interests[:3]).capitalize()}, mostly."
    told = told_in_first_person(character, scenario=bool(_WHERE.search(message)))
    if not told:
        return f"I'm {character.name}." if _SELF.search(message) else None
    if _SELF.search(message) or _WORK.search(message):
        opening = f"I'm {character.name}. " if _SELF.search(message) else ""
        return opening + " ".join(told[: 1 if opening else 2])
    if _WHERE.search(message):
        return told[0]
    asked = set(content_words(message))
    best = max(told, key=lambda sentence: len(asked & set(content_words(sentence))))
    return best if asked & set(content_words(best)) else None


def told_in_first_person(character: Character, *, scenario: bool = False) -> list[str]:
    """The author's description as the character would tell it, sentence by sentence."""
    text = (
        (character.scenario or character.description)
        if scenario
        else f"{character.description} {character.scenario}"
    )
    filled = fill(text, character.name, "you")
    sentences = [first_person(sentence, character.name) for sentence in sentences_of(filled)]
    return [s for s in sentences if 3 <= len(s.split()) <= 40 and not re.search(r"[{}<>\[\]]", s)]


def interests_of(character: Character) -> list[str]:
    """What the character likes to talk about: its `interests`, else its values."""
    chosen = character.personality.get("interests") or character.personality.get("values") or []
    return [str(each).strip().rstrip(".") for each in chosen if str(each).strip()]


def fill(text: str, character_name: str, user_name: str) -> str:
    """The text with the placeholders of character cards filled in."""
    text = re.sub(r"\{\{char\}\}|<BOT>", character_name, text, flags=re.I)
    return re.sub(r"\{\{user\}\}|<USER>", user_name or "you", text, flags=re.I)


def example_reply(message: str, character: Character, user_name: str) -> str | None:
    """What the author let the character say to nearly the same words, or None."""
    asked = set(content_words(message))
    if len(asked) < 2:
        return None
    for example in character.example_dialogues:
        lines = [
            line.strip()
            for line in fill(str(example), character.name, user_name).splitlines()
            if line.strip()
        ]
        for prompt, reply in pairwise(lines):
            speaker, _, said = reply.partition(":")
            words = set(content_words(prompt.partition(":")[2]))
            if (
                speaker.strip() == character.name
                and words
                and len(asked & words) >= max(2, 0.6 * len(words))
            ):
                return said.strip()
    return None


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
