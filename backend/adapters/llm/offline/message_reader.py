"""Reads one message of the user sentence by sentence, and keeps what it surely states."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from backend.adapters.llm.offline import guards
from backend.adapters.llm.offline.acquaintances import name_known, stranger, strangers
from backend.adapters.llm.offline.clause_reader import Reading, by_name, read_clause
from backend.adapters.llm.offline.ellipsis import asks_of_another, complete, says_yes
from backend.adapters.llm.offline.grounding import is_grounded
from backend.adapters.llm.offline.mentions import find_mentions
from backend.adapters.llm.offline.openings import as_request, strip_openings, take_request
from backend.adapters.llm.offline.profiles import spelt_profile
from backend.adapters.llm.offline.rule import Finding, Rule
from backend.adapters.llm.offline.rules.other_languages import read_other_language
from backend.adapters.llm.offline.sentences import (
    Sentence,
    flatten,
    split_clauses,
    split_sentences,
    tidy,
)
from backend.adapters.llm.offline.subjects import USER, Subject, find_spoken_of

MAX_FINDINGS = 40
_ASKED = Rule(
    "asked to remember", re.compile(""), "", category="other", importance=9, confidence=0.95
)


def read_message(
    content: str,
    said_at: datetime,
    spoken_of: Subject | None,
    question: str = "",
    known: Mapping[str, Subject] | None = None,
) -> Reading:
    """What a message states as fact. `question` is what the character asked just before, or "";
    `known` are people of the user's by name, in small letters."""
    reading = Reading(spoken_of, known=dict(known or {}), of_user=not asks_of_another(question))
    content = flatten(content)
    if (
        guards.is_injection(content)
        or guards.is_lyrics(content)
        or guards.is_specimen(content)
        or guards.invites_into_scene(question)
    ):
        reading.rejected.append("an order or a recital, not a statement")
        return reading
    spoken = guards.without_quotations(tidy(content))
    sentences = split_sentences(name_known(spoken, reading.known))
    _meet(sentences, reading)
    for name in strangers(spoken, sentences):
        reading.known.setdefault(name.lower(), stranger(name, spoken))
    answer = next((at for at, each in enumerate(sentences) if not says_yes(each.text)), 0)
    for index, sentence in enumerate(sentences):
        if guards.supposes(sentence.text) or _is_full(reading):
            break
        if index == answer and question and (whole := complete(question, sentence.text)):
            sentence = replace(sentence, text=whole, question=False)
        if guards.takes_back(sentence.text):
            reading.findings.clear()
            reading.statements.clear()
            continue
        _read_sentence(sentence, said_at, reading)
    _drop_unnamed(reading)
    reading.findings = [pair for pair in reading.findings if _keep(pair[0], content, reading)]
    reading.statements = [each for each in reading.statements if _keep(each, content, reading)]
    return reading


_THAT_IS = re.compile(r"(?:that|this) is (?P<whom>my [\w' -]{2,30})$", re.I)


def _is_full(reading: Reading) -> bool:
    return len(reading.findings) + len(reading.statements) >= MAX_FINDINGS


def _meet(sentences: Sequence[Sentence], reading: Reading) -> None:
    """Learn who is who before anything is read: the relation may follow the name."""
    for sentence in sentences:
        for finding in find_mentions(sentence.text):
            name = finding.subject.about_name or ""
            if name[:1].isupper():
                reading.known[name.lower()] = finding.subject


def _keep(finding: Finding, source: str, reading: Reading) -> bool:
    if is_grounded(finding.content, " ".join((source, *reading.known))):
        return True
    reading.rejected.append("a name or number that the message does not contain")
    return False


def _read_sentence(sentence: Sentence, said_at: datetime, reading: Reading) -> None:
    if foreign := read_other_language(
        sentence.said, casual=sentence.casual, question=sentence.question
    ):
        reading.findings.extend((finding, False) for finding in foreign)
        return
    text, asked = take_request(strip_openings(sentence.text, of_user=reading.of_user))
    if profile := spelt_profile(sentence.text):
        for whole in (clause for stated in profile for clause in split_clauses(stated)):
            read_clause(whole, sentence.casual, said_at, False, reading)
        return
    if told := _THAT_IS.match(
        sentence.text
    ):  # "Derek hovers. That's my husband": what follows is his
        reading.spoken_of, reading.of_user = find_spoken_of(told["whom"]), False
        return
    statement = guards.statement_part(text, question=sentence.question and not asked)
    statement = guards.certain_part(statement)
    if not statement or guards.is_unreal(sentence.text):
        return
    statement = strip_openings(statement, of_user=reading.of_user)
    stated = guards.own_words(statement)
    before = len(reading.findings)
    for whole in split_clauses(stated):
        read_clause(whole, sentence.casual, said_at, asked, reading)
    reading.carried = None
    if stated != statement:  # "my sister texted me …": the next "she" is the sister
        named = reading.known.get(statement.split()[0].lower().removesuffix("'s"))
        mentioned = by_name(find_spoken_of(statement), reading.known)
        reading.spoken_of = named or mentioned or reading.spoken_of
    for finding in find_mentions(statement):  # "my brother Max says …" gives a name all the same
        if finding.content not in {known.content for known, _ in reading.findings}:
            reading.findings.append((finding, asked))
    if asked and len(reading.findings) == before and not re.search(r"\byou\b|…", stated, re.I):
        reading.findings.append((Finding(as_request(stated), _ASKED, USER), True))


def _drop_unnamed(reading: Reading) -> None:
    """ "Has a rabbit" says nothing beside "the user's rabbit is called Doris"."""
    named = {
        f"The user has a {f.subject.kin}."
        for f, _ in reading.findings
        if " is called " in f.content
    }
    longer = {
        f.content.split(" called ")[0] + "." for f, _ in reading.findings if " called " in f.content
    }
    longer |= {
        f.content.replace(" called ", ", ") for f, _ in reading.findings if " called " in f.content
    }
    reading.findings = [pair for pair in reading.findings if pair[0].content not in named | longer]
