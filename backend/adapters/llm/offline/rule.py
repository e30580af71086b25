"""A rule: a pattern for what is said of somebody, and the sentence to remember.

A pattern is matched at the start of what follows the subject ("live in Porto" of "I live in
Porto"), so that nothing said by or about anybody else can match. Named groups are cut to size by
the shape of that name in `values.SHAPES`; a value that doesn't fit means no finding.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from backend.adapters.llm.offline.dates import TimeExpression, mid_sentence, resolve
from backend.adapters.llm.offline.filling import filled
from backend.adapters.llm.offline.lexicon import KIN, MANY, PETS, alternatives
from backend.adapters.llm.offline.plain_words import is_one_thought, own_words
from backend.adapters.llm.offline.subjects import Subject
from backend.adapters.llm.offline.values import SHAPES, things_named
from backend.adapters.llm.offline.verbs import SAYINGS

_PLACEHOLDERS = {
    "BE": r"(?:am|is|are)",
    "HAVE": r"(?:have|has)(?: got)?",
    "NOT": r"(?:do|does) not",
    "KIN": alternatives(KIN),
    "PET": alternatives(PETS),
    "NUMBER": r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen"
    r"|twenty|\d{1,2})",
}
_ARTICLE = re.compile(r"\b(as|is|has|have|been) a (?=(?!uni|one|eu)[aeiou]|MRI|X-ray)", re.I)
_OWN = re.compile(r"\b(?:my|our)\b(?! own boss)", re.I)
_OTHERS = re.compile(r"\b(?:their|his|her)\b", re.I)
_BOTH = re.compile(r"\b(?:together|each other|one another)$", re.I)
_TODAY = re.compile(r"today|tonight|this (?:morning|afternoon|evening)", re.I)
_ONE_WORD = {
    "color": "colour",
    "colours": "colour",
    "colors": "colour",
    "movie": "film",
    "foods": "food",
}
_FORMS = re.compile(r"\[([^|\]]+)\|([^\]]+)\]")


class _Blank(dict[str, str]):
    """Parts that a sentence did not mention are left out of the template."""

    def __missing__(self, key: str) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One named rule. `whole` rules see the clause with its subject and its time expression.

    `of` says whose facts it may state; `and_on` lets later rules read the same clause; a `tie`
    (somebody's name) is about the user, whoever bears it; `ahead` says which way an open date
    points (None: it is no event, and no date is read). `[lives|live]` in a template is chosen by
    number. `plain` rules take any words after a verb, but not where the verb is part of a saying;
    `dated` ones need a date, `distant` ones a date months or years away;
    `another_day` ones any date but today's; `of_old` ones tell what once was, whatever the date.
    """

    name: str
    pattern: re.Pattern[str]
    template: str
    category: str = "personal"
    importance: int = 5
    confidence: float = 0.85
    attribute: str | None = None
    of: str = "anyone"  # anyone | user | others
    ahead: bool | None = None
    whole: bool = False
    and_on: bool = False
    tie: bool = False
    plain: bool = False
    dated: bool = False
    distant: bool = False
    of_old: bool = False
    another_day: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found, before it becomes a candidate."""

    content: str
    rule: Rule
    subject: Subject
    attribute: str | None = None
    event_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause as the rules see it; `rest` and `timeless` (the clause with its
    subject) have the time expression taken out."""

    whole: str
    subject: Subject
    rest: str
    time: TimeExpression | None
    casual: bool
    said_at: datetime
    timeless: str = ""


def pattern(text: str) -> re.Pattern[str]:
    """Compile a rule's pattern; BE, HAVE, NOT, KIN, PET and NUMBER stand for their words."""
    for word, expansion in _PLACEHOLDERS.items():
        text = re.sub(rf"\b{word}\b", lambda _, e=expansion: e, text)  # type: ignore[misc]
    return re.compile(text, re.I)


def rule(name: str, text: str, template: str, **options: object) -> Rule:
    """A rule from the text of its pattern."""
    return replace(Rule(name, pattern(text), template), **options)  # type: ignore[arg-type]


def apply(rule: Rule, clause: Clause) -> Iterator[Finding]:
    """What the rule finds in a clause: one finding for each item of a list of things."""
    if rule.of != "anyone" and (rule.of == "user") != clause.subject.is_user:
        return
    text = (clause.timeless if rule.dated else clause.whole) if rule.whole else clause.rest
    found = rule.pattern.match(text)
    if not found or (rule.plain and SAYINGS.match(text)) or not _fits_time(rule, clause.time):
        return
    groups = {key: value for key, value in found.groupdict().items() if value is not None}
    listed = things_named(groups["things"]) if "things" in groups else [""]
    for item in listed[:6]:
        values = _shaped(rule, {**groups, "thing": item} if item else groups, clause)
        if values is None:
            if item:
                break  # "I like tea and you" says nothing safe about what follows
            return
        yield _finding(rule, clause, values)


def _fits_time(rule: Rule, time: TimeExpression | None) -> bool:
    """Whether a clause with this time can be what the rule knows."""
    if time is None:
        return not (rule.dated or rule.distant)
    if rule.another_day and _TODAY.search(time.words):
        return False
    return time.is_distant or not rule.distant


def _shaped(rule: Rule, groups: dict[str, str], clause: Clause) -> dict[str, str] | None:
    values: dict[str, str] = {}
    if "said" in groups and not clause.subject.plural and _BOTH.search(groups["said"]):
        return None  # "we moved in together": with whom?
    for key, text in groups.items():
        if key == "said":
            value = own_words(text, others=not clause.subject.is_user)
        else:
            shape = SHAPES.get(key)
            if key == "thing" and _OTHERS.search(text):
                return None
            text = _OWN.sub("their", text)
            value = shape(text, clause.casual) if shape else text
        if value is None:
            return None
        values[key] = value
    if rule.dated or rule.distant:
        return values if _time_belongs(values.get("said", ""), clause) else None
    if clause.time and clause.time.kind == "youth" and rule.ahead is None and not rule.of_old:
        told = clause.whole.split(clause.time.words)[0]
        return None if is_one_thought(told) else values  # so "when I was six", and no longer
    return values


def _time_belongs(said: str, clause: Clause) -> bool:
    """Whether the date was told of what was said, and not of what came after it."""
    if not said or clause.time is None:
        return True
    start = clause.whole.find(clause.time.words)
    end = clause.whole.rfind(said.split()[-1], 0, max(start, 0))
    return end < 0 or is_one_thought(clause.whole[end:start])


def _finding(rule: Rule, clause: Clause, values: dict[str, str]) -> Finding:
    subject = clause.subject
    values = filled(values, subject)
    when = ""
    event_time = None
    if rule.ahead is not None and clause.time:
        i_was = "they were" if subject.is_user else "the user was"
        when = f" {mid_sentence(clause.time.words, i_was)}"
        event_time = resolve(clause.time, clause.said_at, future=rule.ahead)
    template = _FORMS.sub(lambda m: m.group(2 if subject.plural else 1), rule.template)
    content = template.format_map(_Blank(values | {"when": when}))
    content = _ARTICLE.sub(r"\1 an ", " ".join(content.split()).replace(" .", "."))
    attribute = _attribute(rule, subject, values)
    return Finding(content, rule, subject, attribute, event_time)


def _attribute(rule: Rule, subject: Subject, values: dict[str, str]) -> str | None:
    if rule.attribute is None:
        return None
    if rule.attribute.endswith("name") and (values["kin"] or subject.kin) in MANY:
        return None  # one may have several: a new one doesn't replace the last
    owner = "" if "{key}" in rule.attribute else subject.key
    named = f"{owner}{rule.attribute.format_map(_Blank(values))}".lower().strip()
    return re.sub(r"[a-z]+$", lambda last: _ONE_WORD.get(last.group(0), last.group(0)), named)
