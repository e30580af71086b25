"""How alike two short sentences are by their words, where likeness in meaning isn't enough. Pure.

English in its stop words and negations; in other languages fewer sentences are seen to be alike, which
costs a duplicate and never a memory.
"""

import re

_WORD = re.compile(r"\w+(?:['.,:-]\w+)*")
_NEGATIONS = frozenset(
    (
        "not no never none nothing nobody nowhere neither nor without cannot hardly longer anymore "
        "stopped quit former formerly"
    ).split()
)
_DISLIKING = frozenset("dislike dislikes disliked hate hates hated".split())
_LIKING = frozenset(
    "like likes liked love loves loved enjoy enjoys enjoyed adore adores adored".split()
)
_TELLING = (
    _NEGATIONS
    | _DISLIKING
    | frozenset(
        (
            "avoids refuses zero one two three four five six seven eight nine ten eleven twelve "
            "thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty "
            "forty fifty sixty seventy eighty ninety hundred thousand million dozen half once "
            "twice both single double first second third"
        ).split()
    )
)
_EMPTY = frozenset(
    (
        "the user a an is are was were be been am do does did don't doesn't didn't has have had to "
        "of in on at as by with for and their his her its they he she it that this really very "
        "quite also now currently still any more called named a lot much so"
    ).split()
)


_YES = re.compile(
    r"\W*(?:yes|yeah|yep|yup|yea|aye|right|correct|exactly|indeed|true|sure|of course|"
    r"that(?:'s| is) (?:right|true|correct|so)|i (?:do|did|am|have))\b",
    re.IGNORECASE,
)
_NO = re.compile(
    r"\W*(?:no|nope|nah|not (?:any ?more|really|at all)|wrong|never|"
    r"that(?:'s| is) (?:wrong|not (?:right|true|so))|i (?:don't|didn't|'m not|am not|haven't))\b",
    re.IGNORECASE,
)


def words(text: str) -> list[str]:
    """The words of a text in order, without a possessive "'s"; "4.50" and "mother-in-law" are one each."""
    return [word.removesuffix("'s") for word in _WORD.findall(text.replace("’", "'"))]


def telling_words(content: str) -> list[str]:
    """The words that make another fact of a likely sentence, in order: "from Porto to Lisbon" is
    not "from Lisbon to Porto". Missing a likeness costs a duplicate; seeing one that isn't there, a
    memory: so every capital counts, and every word of a script without capitals."""
    return [word.lower() for word in words(content) if _is_telling(word)]


def content_words(content: str) -> list[str]:
    """The stems of the words that say what a sentence is about, in order: no articles, auxiliaries
    and negations, and one word for all degrees of liking."""
    lowered = (word.lower() for word in words(content))
    return [_stem(word) for word in lowered if word not in _EMPTY and not _is_negation(word)]


def is_negated(content: str) -> bool:
    """Whether a sentence says that something is not, or no longer, so."""
    lowered = (word.lower() for word in words(content))
    return any(_is_negation(word) or word in _DISLIKING for word in lowered)


def affirms(answer: str) -> bool:
    """Whether an answer begins with a yes (and not with a no)."""
    plain = answer.replace("’", "'")
    return bool(_YES.match(plain)) and not _NO.match(plain)


def denies(answer: str) -> bool:
    """Whether an answer begins with a no (and not with a yes)."""
    plain = answer.replace("’", "'")
    return bool(_NO.match(plain)) and not _YES.match(plain)


def is_bare_answer(text: str) -> bool:
    """Whether a text is a yes or no, which says nothing without what it answers."""
    return affirms(text) or denies(text)


def _is_telling(word: str) -> bool:
    return (
        word[0].isupper()
        or word.lower() == word.upper()  # digits and scripts without capitals
        or any(character.isdigit() for character in word)
        or word.lower().endswith("n't")
        or word.lower() in _TELLING
    )


def _is_negation(word: str) -> bool:
    return word in _NEGATIONS or word.endswith("n't")


def _stem(word: str) -> str:
    if word in _LIKING or word in _DISLIKING:
        return "like"
    for ending in ("ing", "ed", "s"):
        if len(word) - len(ending) >= 3 and word.endswith(ending) and not word.endswith("ss"):
            word = word.removesuffix(ending)
            break
    return word.removesuffix("e")
