"""Reads one message of the user: sentence by sentence, clause by clause, rule by rule."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime

from backend.adapters.llm.offline import guards
from backend.adapters.llm.offline.dates import TimeExpression, take_time
from backend.adapters.llm.offline.ellipsis import complete
from backend.adapters.llm.offline.grounding import is_grounded
from backend.adapters.llm.offline.mentions import find_mentions
from backend.adapters.llm.offline.openings import as_request, strip_openings, take_request
from backend.adapters.llm.offline.rule import Clause, Finding, Rule, apply
from backend.adapters.llm.offline.rules import RULES
from backend.adapters.llm.offline.rules.other_languages import read_other_language
from backend.adapters.llm.offline.sentences import (
    Sentence,
    flatten,
    split_clauses,
    split_sentences,
    tidy,
)
from backend.adapters.llm.offline.subjects import USER, Subject, find_spoken_of, read_subject

MAX_FINDINGS = 40
_ASKED = Rule(
    "asked to remember", re.compile(""), "", category="other", importance=9, confidence=0.95
)


@dataclass(slots=True)
class Reading:
    """What one message says: findings, each with whether the user asked to remember it; whom
    "she" would mean next; and what was turned down, in words for the log."""

    spoken_of: Subject | None = None
    findings: list[tuple[Finding, bool]] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)


def read_message(
    content: str, said_at: datetime, spoken_of: Subject | None, question: str = ""
) -> Reading:
    """What a message states as fact. `question` is what the character asked just before, or ""."""
    reading = Reading(spoken_of)
    content = flatten(content)
    if guards.is_injection(content) or guards.is_lyrics(content):
        reading.rejected.append("an order or a recital, not a statement")
        return reading
    sentences = split_sentences(guards.without_quotations(tidy(content)))
    for index, sentence in enumerate(sentences):
        if guards.supposes(sentence.text) or len(reading.findings) >= MAX_FINDINGS:
            break
        if index == 0 and question and (whole := complete(question, sentence.text)):
            sentence = replace(sentence, text=whole, question=False)
        if guards.takes_back(sentence.text):
            reading.findings.clear()
            continue
        _read_sentence(sentence, said_at, reading)
    reading.findings = [pair for pair in reading.findings if _keep(pair[0], content, reading)]
    return reading


def _keep(finding: Finding, source: str, reading: Reading) -> bool:
    if is_grounded(finding.content, source):
        return True
    reading.rejected.append("a name or number that the message does not contain")
    return False


def _read_sentence(sentence: Sentence, said_at: datetime, reading: Reading) -> None:
    if foreign := read_other_language(
        sentence.said, casual=sentence.casual, question=sentence.question
    ):
        reading.findings.extend((finding, False) for finding in foreign)
        return
    text, asked = take_request(strip_openings(sentence.text))
    statement = guards.statement_part(text, question=sentence.question and not asked)
    statement = guards.certain_part(statement)
    if not statement or guards.is_unreal(sentence.text):
        return
    stated = guards.own_words(strip_openings(statement))
    before = len(reading.findings)
    _read_clauses(stated, replace(sentence, text=stated), said_at, asked, reading)
    for finding in find_mentions(stated, sentence.casual):
        if finding.content not in {known.content for known, _ in reading.findings}:
            reading.findings.append((finding, asked))
    if asked and len(reading.findings) == before and not re.search(r"\byou\b|…", stated, re.I):
        reading.findings.append((Finding(as_request(stated), _ASKED, USER), True))


def _read_clauses(
    stated: str, sentence: Sentence, said_at: datetime, asked: bool, reading: Reading
) -> None:
    carried: TimeExpression | None = None
    for whole in split_clauses(stated):
        whole = strip_openings(whole)
        text, time = take_time(whole)
        if not text.strip(" ,"):
            carried = time
            continue
        read = read_subject(text.strip(" ,"), reading.spoken_of)
        if (
            read
            or re.match(
                r"(?:my|our|his|her|its|you can|every|please call|call me|the name|people"
                r"|they|one of|friends)\b",
                whole,
                re.I,
            )
            or " my " in whole
        ):
            subject, rest = read or (_possessed(whole, reading.spoken_of), "")
            clause = Clause(whole, subject, rest, time or carried, sentence.casual, said_at)
            reading.findings.extend((finding, asked) for finding in read_clause(clause))
        reading.spoken_of = find_spoken_of(whole) or _still_spoken_of(whole, reading.spoken_of)


def _still_spoken_of(clause: str, spoken_of: Subject | None) -> Subject | None:
    """Whoever "she" stands for, unless the clause names somebody else."""
    if spoken_of is None or re.match(r"(?:he|she|it|they|who|his|her|its)\b", clause, re.I):
        return spoken_of
    names = re.findall(r"\b[A-ZÀ-Þ][a-zà-ÿ]+", clause)
    return spoken_of if all(name == spoken_of.about_name for name in names) else None


def _possessed(whole: str, spoken_of: Subject | None) -> Subject:
    """The subject of "his name is …" is whom he stands for; of everything else, the user."""
    return spoken_of if spoken_of and re.match(r"(?:his|her|its) ", whole, re.I) else USER


def read_clause(clause: Clause) -> list[Finding]:
    """What the first rule that fits finds, and those that may follow it."""
    findings: list[Finding] = []
    for rule in RULES:
        found = list(apply(rule, clause))
        findings.extend(found)
        if found and not rule.and_on:
            break
    return findings
