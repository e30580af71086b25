"""Finds when something happens or happened, relative to when it was said."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import dateparser

from backend.adapters.llm.offline.word_lists import MONTHS, WEEKDAYS, any_of

_MONTH = rf"(?:{any_of(MONTHS)}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
_DAY = rf"(?:{any_of(WEEKDAYS)})"
_COUNT = r"(?:a|an|one|two|three|four|five|six|seven|eight|nine|ten|a couple of|a few|\d{1,3})"
_UNIT = r"(?:day|week|month|year|fortnight)s?"
_YOUNG = (
    r"(?:(?:a |an )?(?:little |small |young |tiny )?(?:kid|child|boy|girl|teenager|teen|baby"
    r"|toddler"
    r"|student)|little|small|young|younger)"
)
_AGE = (
    r"(?:\d{1,2}|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    r"|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty)"
)
_ORDINAL_WORDS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second "
    "twenty-third twenty-fourth "
    "twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
).split()
_SPELT = "|".join(sorted(_ORDINAL_WORDS, key=len, reverse=True))
_ORDINAL = r"\d{1,2}(?:st|nd|rd|th)"

_TIME = re.compile(
    r"(?P<relative>\bthe day (?:before yesterday|after tomorrow)\b"
    rf"|\b(?:exactly )?{_COUNT} {_UNIT} (?:from now|from today)\b"
    r"|\byesterday(?: (?:morning|evening|afternoon))?\b"
    r"|\btomorrow(?: (?:morning|evening|afternoon|night))?\b|\b(?:today|tonight)\b|\blast night\b"
    r"|\bthis (?:morning|afternoon|evening|week|month|year)\b"
    rf"|\b{_COUNT} {_UNIT} ago\b|\bin {_COUNT} {_UNIT}(?:'s? time)?\b|\b(?:last"
    rf"|next|past) (?:week|month|year)\b)"
    rf"|(?P<week_on>\b(?:a|two) weeks? (?:on |from |come )?{_DAY}\b|\b{_DAY} week\b)"
    rf"|(?P<weekday>(?<!every )(?<!every first )(?<!every last )"
    r"(?<!every other )(?<!every second )(?<!every third )(?<!day and )(?<!day or )"
    r"\b(?:(?:on|last|next|this|this coming"
    rf"|this past"
    rf"|by) )?{_DAY}(?: (?:morning|afternoon|evening|night))?\b)"
    r"|(?P<weekend>\b(?:last|next|this|this coming|this past|at the) weekend\b)"
    rf"|(?P<end>\b(?:at |by |until )?the (?:end|start|beginning) of {_MONTH}\b)"
    r"|(?P<year_before>\bthe year before last\b)"
    rf"|(?P<spelt>\b(?:on )?(?:the )?(?:{_SPELT}) of {_MONTH}\b)"
    rf"|(?P<date>\b(?:on |since |by |until )?(?:the )?(?:{_ORDINAL}|\d{{1,2}})(?: of)? "
    rf"{_MONTH}\b(?:,? \d{{4}})?"
    rf"|\b(?:on |since |by |until )?{_MONTH} (?:the )?(?:{_ORDINAL}|\d{{1,2}}\b)(?:,? \d{{4}})?)"
    rf"|(?P<ordinal>\bon the {_ORDINAL}\b)"
    rf"|(?P<month>\b(?:in|last|next|this|since|by|until|back in|early|late)(?: "
    rf"early| late| mid)? {_MONTH}\b(?: \d{{4}})?)"
    r"|(?P<year>\b(?:in|since|back in) (?:19|20)\d{2}\b)"
    r"|(?P<season>\b(?:last|next|this|in|in the) (?:spring|summer|autumn|fall"
    r"|winter|christmas|easter)\b)"
    r"|(?P<decade>\bin the (?:(?:19|20)?\d0s|(?:fif|six|seven|eigh|nine)ties)\b)"
    rf"|(?P<youth>\bwhen I was (?:about |around |only |just )?(?:{_YOUNG}|{_AGE})\b(?: years old)?"
    rf"|\bas (?:a |an )?{_YOUNG}\b|\bin my (?:teens|(?:early |late )?(?:twenties|thirties|20s"
    rf"|30s))\b"
    rf"|\bat (?:the )?age (?:of )?\d{{1,2}}\b)",
    re.I,
)
_WEEKDAYS = {name: number for number, name in enumerate(WEEKDAYS.split())}
_LEFT_HANGING = re.compile(r" (?:of|for|on|by|until|from)$", re.I)  # "a deadline of" 15 April
_BARE_DATE = re.compile(rf"(?:(?:{_ORDINAL}|\d{{1,2}}) (?:of )?{_MONTH}|{_MONTH} \d)", re.I)
_NUMBERS = re.compile(r"\ba couple of\b", re.I)


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """Words that say when, as said; `kind` is the way they say it."""

    words: str
    kind: str

    @property
    def is_distant(self) -> bool:
        """Months or years away, so that what happened then belongs to a life's story."""
        return self.kind in ("year", "season", "youth", "decade", "year_before") or bool(
            re.search(r"\b(?:years?|months?) ago\b|\blast (?:year|month)\b|\d{4}", self.words, re.I)
        )


def mid_sentence(words: str, they: str = "they were") -> str:
    """A time expression as it stands inside a sentence: "last Friday", "on April 15".

    `they` stands for the "I was" of "when I was ten".
    """
    if _BARE_DATE.match(words):
        return f"on {words}"
    words = re.sub(r"\bI was\b", they, re.sub(r"\bmy\b", "their", words), flags=re.I)
    first = words.split()[0].lower()
    return (
        words if first in _WEEKDAYS or re.fullmatch(_MONTH, first) else words[0].lower() + words[1:]
    )


def take_time(text: str) -> tuple[str, TimeExpression | None]:
    """The text without its first time expression, and that expression."""
    found = _TIME.search(text)
    if not found:
        return text, None
    before, after = _LEFT_HANGING.sub("", text[: found.start()].rstrip(" ,")), text[found.end() :]
    joint = ", " if before and after.startswith(",") else " "
    left = f"{before}{joint}{after.lstrip(' ,')}".strip(" ,")
    return left, TimeExpression(found.group(0).strip(), str(found.lastgroup))


def resolve(expression: TimeExpression, said_at: datetime, *, future: bool) -> datetime | None:
    """When that was or will be, at the start of that day (month, year) in `said_at`'s zone.

    `future` says which way an open expression ("on Friday", "in May") points. None where the
    expression is too vague ("next summer").
    """
    words = expression.words.lower()
    day = said_at.replace(hour=0, minute=0, second=0, microsecond=0)
    if (
        words.startswith("last ")
        or words.startswith("since ")
        or "past " in words
        or words.startswith("back ")
    ):
        future = False
    elif words.startswith("next "):
        future = True
    if expression.kind == "weekday":
        return _weekday(words, day, future)
    if expression.kind == "weekend":
        return (
            _weekday("saturday", day, future or words.startswith("this"))
            if "at" not in words[:2]
            else None
        )
    if expression.kind == "spelt":
        words = re.sub(_SPELT, lambda m: str(_ORDINAL_WORDS.index(m.group(0)) + 1), words)
        return _parse(words.replace("the ", ""), "date", day, future)
    if expression.kind == "week_on":
        weeks = 14 if words.startswith("two") else 7
        return _weekday(words, day, future=True) + timedelta(days=weeks)
    if expression.kind == "year_before":
        return day.replace(month=1, day=1, year=day.year - 2)
    if expression.kind == "end":
        return _parse(words.split(" of ")[-1], "month", day, future)
    if expression.kind == "ordinal":
        return _day_of_month(int(re.findall(r"\d+", words)[0]), day, future)
    if expression.kind in ("season", "youth", "decade"):
        return None
    return _parse(words, expression.kind, day, future)


def _weekday(words: str, day: datetime, future: bool) -> datetime:
    wanted = next(number for name, number in _WEEKDAYS.items() if name in words)
    ahead = (wanted - day.weekday()) % 7
    if future:
        return day + timedelta(days=ahead or (7 if words.startswith("next") else 0))
    return day - timedelta(days=(7 - ahead) % 7 or 7)


def _day_of_month(wanted: int, day: datetime, future: bool) -> datetime | None:
    if not 1 <= wanted <= 31:
        return None
    step = timedelta(days=1 if future else -1)
    for _ in range(62):
        if day.day == wanted:
            return day
        day += step
    return None


def _parse(words: str, kind: str, day: datetime, future: bool) -> datetime | None:
    settings: dict[str, Any] = {
        "RELATIVE_BASE": day.replace(tzinfo=None),
        "PREFER_DATES_FROM": "future" if future else "past",
    }
    if kind != "relative":
        settings |= {"PREFER_DAY_OF_MONTH": "first", "PREFER_MONTH_OF_YEAR": "first"}
        words = re.sub(
            r"^(?:on|in|last|next|this|since|by|until|back in)\b(?: the| early| late| "
            r"mid)?|\b(?:early|late|of)\b",
            "",
            words,
        )
    words = (
        re.sub(r"\ba fortnight\b", "2 weeks", _NUMBERS.sub("2", words))
        .replace("a few", "3")
        .replace("'s time", "")
        .replace("s' time", "s")
    )
    words = re.sub(r"^past ", "last ", words.strip())
    try:
        parsed = dateparser.parse(words, settings=settings, languages=["en"])
    except (ValueError, OverflowError):
        return None
    if parsed is None:
        return None
    found: datetime = parsed.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=day.tzinfo)
    return found
