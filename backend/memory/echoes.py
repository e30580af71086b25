"""Where else the words of a fact stand: a character that answers "Biscuit, what a name!" would bring
a forgotten dog back. Pure functions."""

from collections.abc import Collection, Sequence

from backend.memory.forget_request import read_forget_request
from backend.memory.wording import content_words, words
from backend.models import Message

# Words that stand at the beginning of a sentence and name nothing.
_NO_NAMES = frozenset(
    (
        "a an and at every for from he her his i in it its my on once one our she since some "
        "sometimes that the their there they this to user users we when while with you your"
    ).split()
)

# Stems by which nothing is looked for: "like" stands for other words too.
_NO_PROBES = frozenset("like i'm i'v i'd i'll we'r we'v you'r".split())


def key_words(content: str, names: Collection[str] = ()) -> list[str]:
    """The names and numbers that a sentence is known by, in lower case, each once. `names` are the two
    people's, which say nothing; beside a number nor do short words in capitals: the number after "PIN"
    is the secret."""
    known = {word.lower() for name in names for word in words(name)} | _NO_NAMES
    found = [
        word
        for word in words(content)
        if (word[0].isupper() or _has_digit(word)) and not _is_contraction_of(known, word)
    ]
    if any(map(_has_digit, found)):
        found = [word for word in found if _has_digit(word) or not _is_acronym(word)]
    return list(dict.fromkeys(word.lower() for word in found))


def _is_contraction_of(known: Collection[str], word: str) -> bool:
    """One of the known words, or "I'm", "don't" and the like."""
    return word.lower().split("'")[0] in known or word.lower().endswith("n't")


def _has_digit(word: str) -> bool:
    return any(character.isdigit() for character in word)


def _is_acronym(word: str) -> bool:
    return 2 <= len(word) <= 4 and word.isupper()


def probes(content: str, names: Collection[str] = ()) -> list[str]:
    """What to look for in a text before reading it: every key word, or else the longest word."""
    if key := key_words(content, names):
        return [part for word in key for part in word.split("'") if part]
    stems = [stem for stem in content_words(content) if stem not in _NO_PROBES]
    return [max(stems, key=len)] if stems else []


def echoes(content: str, said: Message, names: Collection[str] = ()) -> bool:
    """Whether a message says a fact again: the character, or a user who asks for it to be forgotten, by
    all names and numbers of it; anybody by all the words that say what it is about."""
    key = key_words(content, names)
    naming = said.sender_type == "character" or read_forget_request(said.content) is not None
    if key and naming and {word.lower() for word in words(said.content)}.issuperset(key):
        return True
    about = _subject(content, names)
    return len(about) > 1 and about <= set(content_words(said.content))


def _subject(content: str, names: Collection[str]) -> set[str]:
    people: Sequence[str] = [stem for name in names for stem in content_words(name)]
    return set(content_words(content)) - set(people)
