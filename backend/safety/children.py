"""Where words name a child. Pure functions.

A child is named by a word ("toddler"), by an age under 18 beside what it belongs to ("12 year old",
"de 12 años", "12-jährig", "girl (12)", "6 months old"), or by a school grade ("7th grader").
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from backend.safety.child_words import CHILD, NUMBERS, SMALL, YOUNG
from backend.safety.spelling import fold

ADULT = 18  # years
_YEARS = re.compile(
    r"(?:years?|yrs?|yr|months?|weeks?|days?|yo|y|year-old)|"
    r"an[io]s|an(?:it)?os|ans|anni|jaar|lat|лет|года?|sal"
)
_NEEDS_OLD = re.compile(r"(?:years?|yrs?|yr|months?|weeks?|days?|y)")
_OF = frozenset("de di d of von van da age aged is im tiene tem ha a ma от ist عمرها عمره".split())
_ONE_WORD = (
    re.compile(  # "12yo", "zwölfjährige", "12-летнюю", as one word or as what follows a number
        r"(?P<age>\d{1,2}|[^\W\d]+?)-?"
        r"(?:yo|yr|yrold|yearold|jahrig\w*|jarig\w*|летн\w*|latk\w*|letni\w*|arig\w*|yas\w*)"
    )
)
_SUFFIX = re.compile(r"(?:jahrig|jarig|летн|latk|letni|arig|yasinda)\w*")
_GRADE = re.compile(
    r"(?:[1-9]|1[01])(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|"
    r"tenth|eleventh"
)
_DIGITS = str.maketrans("liıо|", "11101")
_LIKE_AGE = re.compile(r"[\dliо|]{1,2}")


def matcher(words: str) -> Callable[[str], bool]:
    """Whether a word is one of a table's."""
    folded = [fold(word) for word in words.split()]
    exact = frozenset(word for word in folded if not word.endswith("*"))
    begins = tuple(word[:-1] for word in folded if word.endswith("*"))
    return lambda word: word in exact or (len(word) > 2 and word.startswith(begins))


is_child = lru_cache(maxsize=8192)(matcher(CHILD))
is_young = lru_cache(maxsize=8192)(matcher(YOUNG))
is_small = matcher(SMALL)


@lru_cache(maxsize=4096)
def number(word: str) -> int | None:
    """The number that a word is: "12", "twelve", "l2"."""
    if word.isdigit():
        return int(word) if len(word) <= 3 else None
    if _LIKE_AGE.fullmatch(word) and any(c.isdigit() for c in word):
        return int(word.translate(_DIGITS))
    return NUMBERS.get(word)


def child_at(words: Sequence[Sequence[str]], at: int) -> int:
    """How many words from `at` on name a child; 0 if none do. `words` are each word's forms."""
    if any(map(is_child, words[at])):
        return 1
    if any(map(is_small, words[at])) and _any(words, at + 1, is_young):
        return 2
    if any(map(_joined, words[at])):
        return 1
    if any(map(_GRADE.fullmatch, words[at])) and _any(words, at + 1, _is_grade):
        return 2
    return _age_at(words, at)


def _age_at(words: Sequence[Sequence[str]], at: int) -> int:
    ages = [age for form in words[at] if (age := number(form)) is not None]
    if not ages or min(ages) >= ADULT:
        return 0
    if _any(words, at + 1, _SUFFIX.fullmatch):
        return 2
    unit = next((form for form in _forms(words, at + 1) if _YEARS.fullmatch(form)), None)
    if unit is None:
        after = _any(words, at - 1, is_young) or (
            _any(words, at - 1, _OF.__contains__) and _any(words, at - 2, is_young)
        )
        return 1 if after and not _any(words, at + 1, _counts) else 0
    if _NEEDS_OLD.fullmatch(unit):
        old = _any(words, at + 2, frozenset(("old", "olds", "o", "of")).__contains__)
        return 3 if old else 0
    return 2 if unit == "yo" or _any(words, at - 1, _OF.__contains__) or unit == "лет" else 0


def _joined(form: str) -> bool:
    found = _ONE_WORD.fullmatch(form)
    age = number(found["age"]) if found else None
    return age is not None and age < ADULT


def _is_grade(form: str) -> bool:
    return form in ("grader", "graders", "grade")


def _counts(form: str) -> bool:
    """What a number stands before that is no age: "the girl 5 minutes later"."""
    return form.isalpha() and not is_young(form) and len(form) > 2 and form not in ("and", "who")


def _forms(words: Sequence[Sequence[str]], at: int) -> Sequence[str]:
    return words[at] if 0 <= at < len(words) else ()


def _any(words: Sequence[Sequence[str]], at: int, test: Callable[[str], object]) -> bool:
    return any(test(form) for form in _forms(words, at))
