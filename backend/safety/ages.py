"""Ages that people state or imply. Pure functions.

What counts is who is a child now: "when I was 15", "my son is 15" and "15 minutes" say nothing of
the age of the one who speaks.
"""

import re
from functools import lru_cache

from backend.safety.spelling import fold

ADULT = 18  # years
YOUNGEST_WRITER = 6  # who says to be younger is joking or counting something else
_UNKNOWN_MINOR = 17  # stands for "under 18, not said how old"
_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen"
).split()
_AGE = rf"(?P<age>\d{{1,3}}|{'|'.join(_NUMBERS)})\b"
_ANY_AGE = re.compile(rf"\d|\b(?:{'|'.join(_NUMBERS)})\b")
_NOT_YEARS = (
    r"(?!\s*(?:[%'\"/]|[:.,]\d|-?\s?(?:min|sec|hour|day|week|month|mile|km|kilo|met(?:er|re)|feet|"
    r"foot|ft|cm|kg|lb|pound|dollar|euro|percent|degree|page|time|point|people|of\b|th\b|am\b|pm\b|"
    r"k\b|more|less|kids|children|years? (?!old|of age|young)))|\s*-?years?-(?!old))"
)
_STATED = [
    re.compile(pattern)
    for pattern in (
        rf"\bi ?'?a?m (?:only |just |actually |still |almost |a |an |turning )*{_AGE}{_NOT_YEARS}",
        rf"\bi(?:'ll| will)? (?:just )?(?:turn|turned|be|turn to) {_AGE}{_NOT_YEARS}",
        rf"\b(?:my age is|as an?) {_AGE}(?=[ -]?(?:years?[ -]old|y/?o)|\s*$)",
        r"(?:^|[\s,(])(?P<age>1\d|\d)\s?/?\s?[mf](?=$|[\s,.)!?])",
        r"(?:^|[\s,(])[mf]\s?/?\s?(?P<age>1\d|\d)(?=$|[\s,.)!?])",
        r"\btengo (?P<age>\d{1,3}) an(?:it)?os",
        r"\bj'?ai (?P<age>\d{1,3}) ans",
        rf"\bich bin (?:erst |schon )?{_AGE}"
        r"(?!\s*(?:minuten|stunden|tage|wochen|monate|kilo|meter|jahre (?!alt)))",
        r"\bho (?P<age>\d{1,3}) anni",
        r"\btenho (?P<age>\d{1,3}) anos",
        r"\bik ben (?:pas )?(?P<age>\d{1,3})\b(?!\s*(?:minuten|uur|dagen|weken|maanden|kilo|meter))",
        r"\bmam (?P<age>\d{1,3}) lat",
        r"\bмне (?:всего |только )?(?P<age>\d{1,3})\b(?!\s*(?:минут|час|ми|раз))",
        r"(?P<age>\d{1,3}) yasindayim",
        r"(?:私は|僕は|俺は)(?P<age>\d{1,3})[歳才]",
        r"我(?:今年|才|只有)?(?P<age>\d{1,3})岁",
        r"(?:나는|저는|난|전) ?(?P<age>\d{1,3}) ?살",
        r"عمري (?P<age>\d{1,3})",
        r"मैं (?P<age>\d{1,3}) साल",
    )
]
_SAID_MINOR = re.compile(
    r"\bi ?'?a?m (?:still |actually |only |just )*(?:a minor|underage|under ?age|under 18|not 18|"
    r"not yet 18|a (?:[\w-]+ )?(?:schoolgirl|schoolboy|(?:middle|high) schooler|(?:\w+ )?kid at school)|"
    r"in (?:middle|high|elementary|primary) school|in (?:the )?(?:[1-9]|1[01])(?:st|nd|rd|th) grade|"
    r"a freshman in high school|a (?:high ?school )?(?:sophomore|freshman) in high ?school)"
)
_MENTIONED = [
    re.compile(pattern)
    for pattern in (
        rf"\b{_AGE}[ -]?(?:years?|yrs?)[ -]?(?:old|of age)",
        rf"\b{_AGE}[ -]?y/?o\b",
        rf"\b(?:aged?|age of|girl of|boy of|child of|kid of|turn(?:s|ed|ing)) {_AGE}{_NOT_YEARS}",
        rf"\b(?:she|he|they|you|who|girl|boy|student|is|looks?|daughter|son|sister|brother|niece|nephew)"
        rf" ?(?:'s|'re|s|is|are)? (?:only |just |about |like |under )?{_AGE}{_NOT_YEARS}",
        rf"[,(] {_AGE}\s?[,).]",
        r"(?P<age>\d{1,2}) (?:anos|ans|anni|lat|jaar|jahre|yasinda|лет)\b",
        r"(?P<age>\d{1,2})[ -]?(?:jahrig|jarig|летн|letni)",
        r"(?P<age>\d{1,2}) ?(?:歳|才|岁|살|साल)",
    )
]
# As character cards list it: `Age: 16`, `Age("16")`.
_LISTED = re.compile(r"\bage ?[:=(\[]+ ?[\"']?(?P<age>\d{1,2})\b(?! ?(?:[%+]|-\d|to \d|months?\b))")
_SOMEONE_ELSES = re.compile(
    r"(?:mother|father|mom|mum|dad|parent|guardian|nanny|teacher|tutor|raises|raising|raised|her|his|"
    r"their|my|has|have|with) (?:\w+ ){0,3}$"
)
_PAST = re.compile(r"\b(?:when|since|at|was|were|until|before|after|ago) (?:\w+ ){0,3}$")
_LOOKS_LIKE_A_CHILD = re.compile(
    r"\b(?:looks?|looking|appears?|appearance|body|face) (?:\w+ ){0,3}"
    r"(?:child|kid|preteen|toddler|little girl|little boy|schoolgirl|schoolboy|twelve|thirteen)\b"
    r"|\b(?:loli|shota|preteen|underage|schoolgirl|schoolboy|elementary schooler|middle schooler|"
    r"high ?schooler|(?:middle|elementary|primary|high) school (?:student|girl|boy|freshman)|"
    r"teen(?:age)? (?:girl|boy)|teenager|toddler|prepubescent|child prodigy)\b"
    r"|\b(?:a|an|the|young|little|small|sweet|cute|orphan(?:ed)?) (?:child|kid|little girl|little boy)\b"
)
_ABOUT_CHILDREN = re.compile(
    r"(?:teach(?:es|er|ing)?|teacher of|works? with|care[sd]? for|inner|was|once|as|like|of|for|to|former|"
    r"her|his|their|only) (?:\w+ ){0,2}$"
)


def stated_age(text: str) -> int | None:
    """How old the writer says to be, in years: the youngest age said; 17 for "I'm a minor"."""
    folded = fold(text).replace("’", "'")
    ages = []
    if _ANY_AGE.search(folded):
        ages = [_years(match) for pattern in _STATED for match in pattern.finditer(folded)]
    if _SAID_MINOR.search(folded):
        ages.append(_UNKNOWN_MINOR)
    return min((age for age in ages if YOUNGEST_WRITER <= age <= 120), default=None)


def says_minor(text: str) -> bool:
    """The writer says to be under 18."""
    age = stated_age(text)
    return age is not None and age < ADULT


def mentions_minor_age(text: str) -> bool:
    """Somebody in the text has an age under 18, whoever it is; see `says_minor` for its writer."""
    folded = fold(text).replace("’", "'")
    mentioned = _MENTIONED if _ANY_AGE.search(folded) else []
    return any(
        0 < _years(match) < ADULT for pattern in mentioned for match in pattern.finditer(folded)
    )


LOOKED_BACK = 80  # characters before an age, in which it may stand whose it is


@lru_cache(maxsize=512)  # a character is read again in each of its turns
def describes_minor(description: str) -> bool:
    """A character's description makes it a child, or one that looks like a child. Children whom the
    character teaches or raises, and its own past, don't."""
    folded = fold(description).replace("’", "'")
    for pattern in (*_MENTIONED[:5], _LISTED):
        for match in pattern.finditer(folded):
            before = _before(match)
            elsewhere = _SOMEONE_ELSES.search(before) or _PAST.search(before)
            if 0 < _years(match) < ADULT and not elsewhere:
                return True
    return any(
        not _ABOUT_CHILDREN.search(_before(match)) for match in _LOOKS_LIKE_A_CHILD.finditer(folded)
    )


def _before(match: re.Match[str]) -> str:
    """The text right before. Not all of it: this is asked for each age in a text."""
    return match.string[max(0, match.start() - LOOKED_BACK) : match.start()]


def _years(match: re.Match[str]) -> int:
    said = match["age"]
    return int(said) if said.isdigit() else _NUMBERS.index(said) + 1
