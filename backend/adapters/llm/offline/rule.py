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
from backend.adapters.llm.offline.lexicon import KIN, MANY, PETS, alternatives
from backend.adapters.llm.offline.plain_words import own_words
from backend.adapters.llm.offline.subjects import Subject, attribute_key
from backend.adapters.llm.offline.values import SHAPES, split_list, until_end
from backend.adapters.llm.offline.verbs import SAYINGS, base_form, third_person

_PLACEHOLDERS = {
    "BE": r"(?:am|is|are)",
    "HAVE": r"(?:have|has)(?: got)?",
    "NOT": r"(?:do|does) not",
    "KIN": alternatives(KIN),
    "PET": alternatives(PETS),
    "NUMBER": r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen"
    r"|twenty|\d{1,2})",
}
_OPTIONAL = {
    "as_role": " as a {role}",
    "at_org": " at {org}",
    "from_org": " from {org}",
    "in_place": " in {place}",
    "of_many": " {of}",
    "at_said": " at {said}",
    "also_said": " {said}",
}
_ARTICLE = re.compile(r"\b(as|is|has|have|been) a (?=(?!uni|one|eu)[aeiou])", re.I)
_OWN = re.compile(r"\b(?:my|our)\b(?! own boss)", re.I)
_STEMS = {"drink": "drink", "smok": "smoke", "vap": "vape"}
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
    `dated` ones need a date.
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
    if not found or (rule.plain and SAYINGS.match(text)) or (rule.dated and not clause.time):
        return
    groups = {key: value for key, value in found.groupdict().items() if value is not None}
    listed = split_list(until_end(groups["things"])) if "things" in groups else [""]
    for item in listed[:6]:
        values = _shaped({**groups, "thing": item} if item else groups, clause)
        if values is None:
            if item:
                break  # "I like tea and you" says nothing safe about what follows
            return
        yield _finding(rule, clause, values)


def _shaped(groups: dict[str, str], clause: Clause) -> dict[str, str] | None:
    values: dict[str, str] = {}
    for key, text in groups.items():
        if key == "said":
            value = own_words(text, others=not clause.subject.is_user)
        else:
            shape = SHAPES.get(key)
            text = _OWN.sub("their", text)
            value = shape(text, clause.casual) if shape else text
        if value is None:
            return None
        values[key] = value
    return values


def _finding(rule: Rule, clause: Clause, values: dict[str, str]) -> Finding:
    subject = clause.subject
    kin = values.get("kin", "").lower()
    values = values | {
        "key": attribute_key(kin),
        "who": subject.label,
        "kin": KIN.get(kin) or PETS.get(kin) or kin,
        "name": values.get("name") or values.get("clear_name", ""),
    }
    if "doing" in values and values["doing"] in _STEMS:
        values["stops"] = _STEMS[values["doing"]]
    if "said" in values:
        head = re.split(r" (?:at|in|on|for|of|with|to)\b|,", values["said"])[0]
        many = head.endswith("s") and not head.endswith("ss")
        values["a_said"] = values["said"] if many else f"a {values['said']}"
    if "does" in values:
        plain = values["base"] = base_form(values["does"].lower())
        values["does"] = plain if subject.plural else third_person(plain)
    when = ""
    event_time = None
    if rule.ahead is not None and clause.time:
        when = f" {mid_sentence(clause.time.words)}"
        event_time = resolve(clause.time, clause.said_at, future=rule.ahead)
    optional = {
        key: text.format(**values)
        for key, text in _OPTIONAL.items()
        if text[1:].split("{")[1][:-1] in values
    }
    template = _FORMS.sub(lambda m: m.group(2 if subject.plural else 1), rule.template)
    content = template.format_map(_Blank(values | optional | {"when": when}))
    content = _ARTICLE.sub(r"\1 an ", " ".join(content.split()).replace(" .", "."))
    attribute = _attribute(rule, subject, values)
    return Finding(content, rule, subject, attribute, event_time)


def _attribute(rule: Rule, subject: Subject, values: dict[str, str]) -> str | None:
    if rule.attribute is None:
        return None
    if rule.attribute.endswith("name") and (values["kin"] or subject.kin) in MANY:
        return None  # one may have several: a new one doesn't replace the last
    owner = "" if "{key}" in rule.attribute else subject.key
    return f"{owner}{rule.attribute.format_map(_Blank(values))}".lower().strip()
