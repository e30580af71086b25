"""What kind of thing a question is after, and how far a text has one to offer. Pure functions.

Likeness finds what a question is about; of two messages about it, the one that says a time answers
"when", and the one that says a name answers "who" or "where". Words are English.
"""

import re

LONG_CHARACTERS = 500  # from here on a text has a time and a name in it, whatever it is about

_ASKS_WHEN = re.compile(
    r"\bwhen (?:did|was|were|is|are|do|does|will|have|has)\b|^when\b"
    r"|\bhow long\b|\b(?:what|which) (?:date|day|month|year|time)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:yesterday|today|tonight|last|next|ago|weeks?|months?|years?|weekend|morning|recently|just"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august"
    r"|september|october|november|december|\d{4})\b",
    re.IGNORECASE,
)
_WHICH_ONE = r"\b(?:who|whom|whose|where|which)\b"
# "My friend who paints" asks nothing: the word opens the text, or a question mark follows.
_ASKS_NAME = re.compile(
    rf"^(?:\w+ )?{_WHICH_ONE}|{_WHICH_ONE}[^.!?]{{0,200}}\?"
    r"|\bwhat(?:'s)?\b[^.!?]{0,60}\b(?:names?|named|called)\b"
    r"|\bwhat (?:\w+ )?(?:books?|movies?|films?|games?|songs?|albums?|shows?|series|bands?|artists?"
    r"|authors?|singers?|brands?|compan(?:y|ies)|shops?|stores?|restaurants?|cafes?|schools?"
    r"|universit(?:y|ies)|cit(?:y|ies)|towns?|countr(?:y|ies)|states?|places?|parks?|beach(?:es)?"
    r"|teams?|apps?|tools?|languages?)\b",
    re.IGNORECASE,
)
# A capital inside a sentence, or a title in quotation marks.
_NAME = re.compile(r"(?<=[a-z,;:] )(?!I\b)[A-Z]\w|[\"“][A-Z]")


def asks_when(text: str) -> bool:
    """Whether a text asks for a time: "When did I move?", "how long", "what year"."""
    return bool(_ASKS_WHEN.search(text))


def asks_name(text: str) -> bool:
    """Whether a text asks for somebody, some place or anything else with a name: "Where do I
    live?", "which of them", "what book"."""
    return bool(_ASKS_NAME.search(text))


def says_time(text: str) -> float:
    """How far a text says when: "last week", "on Friday", "in May", "2021". 0-1; less than 1 only
    in a long text."""
    return _weight(text) if _TIME.search(text) else 0.0


def says_name(text: str) -> float:
    """How far a text names somebody or something: "I met Anna", 'I read "Dune"'. 0-1; less than 1
    only in a long text."""
    return _weight(text) if _NAME.search(text) else 0.0


def _weight(text: str) -> float:
    return min(1.0, LONG_CHARACTERS / len(text))
