"""Reads one clause: whom it is about, what the rules find in it, and whom "she" means next."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from backend.adapters.llm.offline.acquaintances import dealt_with, stranger
from backend.adapters.llm.offline.dates import TimeExpression, take_time
from backend.adapters.llm.offline.openings import strip_openings
from backend.adapters.llm.offline.rule import Clause, Finding, apply
from backend.adapters.llm.offline.rules import RULES
from backend.adapters.llm.offline.rules.health import illness_named
from backend.adapters.llm.offline.statements import find_statement
from backend.adapters.llm.offline.subjects import (
    USER,
    Subject,
    find_spoken_of,
    name_whom,
    read_subject,
)
from backend.adapters.llm.offline.verbs import habits

_OF_A_GROUP = re.compile(r"we (?:are|were) (?:called|named)\b", re.I)  # a band or a team
# "After the divorce I moved home": when, why or with whom, said before who.
_INTRODUCED = re.compile(
    r"(?:(?:starting|as of|from)\b,? |(?:after|since|because of|thanks to|due to|despite)"
    r" (?!(?:I|we|you|he|she|they|it) )[\w' -]{2,40}?,? )(?P<main>(?:I|we) .+)$",
    re.I,
)
# "Before that I was at the steelworks"; not of another world.
_SET_AT_FIRST = re.compile(
    r"(?:(?:before|after) that|back then|since then|these days|here|over here|(?P<where>(?:in|at|on|for)"
    r" (?!(?:\w+days?|weekends?|the (?:mornings?|evenings?|weekends?)|spring|summer|autumn|winter"
    r"|my (?:dreams?|head|mind|story)|(?:the|this|that|a) (?:game|dream|book|story|film|movie"
    r"|campaign|scene|series|show)|theory|fact|case|minecraft)\b)[\w'-]+(?: [\w'-]+){0,3}?)"
    r"),? (?P<main>(?:I|we) .+)$",
    re.I,
)
_GOES_ON = re.compile(
    r"(?:comes|visits|calls|lives|works|loves|hates|likes|has|is|was|named|called"
    rf"|{habits(third=True)})\s+\w",
    re.I,
)


@dataclass(slots=True)
class Reading:
    """What one message says: findings, each with whether the user asked to remember it; what else
    it states; whom "she" would mean next; and what was turned down, in words for the log."""

    spoken_of: Subject | None = None
    findings: list[tuple[Finding, bool]] = field(default_factory=list)
    statements: list[Finding] = field(default_factory=list)  # that no rule vouches for
    known: dict[str, Subject] = field(default_factory=dict)
    of_user: bool = True  # whether what has no subject is said of the user
    carried: TimeExpression | None = None  # a time that stands alone, before its clause
    rejected: list[str] = field(default_factory=list)


def read_clause(
    clause: str, casual: bool, said_at: datetime, asked: bool, reading: Reading
) -> None:
    """Add what a clause states to the reading; `asked`: the user asked to remember it."""
    whole = strip_openings(clause, of_user=reading.of_user)
    whole = _whose_illness(
        name_whom(whole, reading.spoken_of), reading.spoken_of, of_user=reading.of_user
    )
    text, time = take_time(whole)
    text = text.strip(" ,")
    if not text:
        reading.carried = time
    if not text or _OF_A_GROUP.match(whole):
        return
    read = read_subject(text, reading.spoken_of, reading.known) or _goes_on(text, reading)
    if read is None and (after := _INTRODUCED.match(text) or _SET_AT_FIRST.match(text)):
        where = after.groupdict().get("where")
        text = f"{after['main']} {where[0].lower()}{where[1:]}" if where else after["main"]
        whole = text if time is None else whole
        read = read_subject(text, reading.spoken_of, reading.known)
    subject, rest = read or (_possessed(whole, reading.spoken_of), "")
    if read or reading.of_user or not time:
        seen = Clause(whole, subject, rest, time or reading.carried, casual, said_at, text)
        found = _find(seen)
        reading.findings.extend((finding, asked) for finding in found)
        reading.statements.extend([] if found else _stated(seen, reading))
    if read:
        reading.of_user = subject.is_user
    _follow(whole, subject if read and not subject.is_user else None, reading)


def _whose_illness(clause: str, spoken_of: Subject | None, *, of_user: bool) -> str:
    """ "It's Parkinson's" as what whoever is spoken of has: one's mother, or oneself."""
    illness = illness_named(clause)
    if illness is None:
        return clause
    if spoken_of and not spoken_of.is_user:
        return f"my {spoken_of.kin} has {illness}" if spoken_of.kin else clause
    return f"I have {illness}" if of_user else clause


def _goes_on(text: str, reading: Reading) -> tuple[Subject, str] | None:
    """ "She's 11, hates worms": the second clause is still about her."""
    if reading.of_user or reading.spoken_of is None or not _GOES_ON.match(text):
        return None
    return reading.spoken_of, re.sub(r"^(?=(?:named|called)\b)", "is ", text)


def _follow(whole: str, subject: Subject | None, reading: Reading) -> None:
    """Keep track of whom a following "she" would mean; a name is better than a relation."""
    if re.match(r"(?:he|she) ", whole, re.I):
        subject = None
    mentioned = find_spoken_of(whole)
    if mentioned and has_name(mentioned) and not (subject and has_name(subject)):
        subject = mentioned
    if mentioned is None and subject is None and (name := dealt_with(whole)):
        mentioned = reading.known.get(name.lower()) or stranger(name)
    spoken_of = by_name(subject or mentioned, reading.known)
    reading.spoken_of = spoken_of or _still_spoken_of(whole, reading.spoken_of)


def _find(clause: Clause) -> list[Finding]:
    """What the first rule that fits finds, and those that may follow it."""
    findings: list[Finding] = []
    for rule in RULES:
        if not (rule.whole or clause.rest):
            continue  # nobody is known of whom it could be said
        found = list(apply(rule, clause))
        findings.extend(found)
        if found and not rule.and_on:
            break
    return findings


def _stated(clause: Clause, reading: Reading) -> list[Finding]:
    """What the clause states in words that no rule knows, its time left where it was said."""
    read = read_subject(clause.whole, reading.spoken_of, reading.known)
    subject, said, time = (*read, None) if read else (clause.subject, clause.rest, clause.time)
    statement = find_statement(clause, subject, said, time or reading.carried)
    return [statement] if statement else []


def has_name(person: Subject) -> bool:
    """Whether somebody is known by name and not by relation alone."""
    return (person.about_name or "")[:1].isupper()


def by_name(spoken_of: Subject | None, known: Mapping[str, Subject]) -> Subject | None:
    """ "My sister" with the name that she was given before, if only one sister was."""
    if spoken_of is None or has_name(spoken_of):
        return spoken_of
    same = [each for each in known.values() if each.kin == spoken_of.kin]
    return same[0] if len(same) == 1 else spoken_of


_TITLED = re.compile(r"(?:mr|mrs|ms|miss|dr|prof|coach|nurse|sister|father|auntie)\.? [a-z]", re.I)


def _still_spoken_of(clause: str, spoken_of: Subject | None) -> Subject | None:
    """Whoever "she" stands for, unless the clause names somebody else."""
    if spoken_of is None or re.match(r"(?:he|she|it|they|who|his|her|its)\b", clause, re.I):
        return spoken_of
    if _TITLED.match(clause):
        return None
    names = re.findall(r"\b[A-ZÀ-Þ][a-zà-ÿ]+", clause)
    return spoken_of if all(name == spoken_of.about_name for name in names) else None


def _possessed(whole: str, spoken_of: Subject | None) -> Subject:
    """The subject of "his name is …" is whom he stands for; of everything else, the user."""
    return spoken_of if spoken_of and re.match(r"(?:his|her|its) ", whole, re.I) else USER
