"""Any lasting statement of a clause, told in the third person: what no rule has a sentence for."""

import re

from backend.adapters.llm.offline.dates import mid_sentence, resolve
from backend.adapters.llm.offline.lasting import can_last
from backend.adapters.llm.offline.retelling import Retold, retell
from backend.adapters.llm.offline.rule import Clause, Finding, Rule
from backend.adapters.llm.offline.verbs import TASTES
from backend.adapters.llm.offline.word_lists import words
from backend.adapters.llm.offline.worth import worth

WORTH_KEEPING = 0.4
_AHEAD = frozenset({"under way", "future", "present", "will", "be"})
_HABITS = words("drink eat smoke vape play wear use drive ride")
_HAPPENS = frozenset({"past", "perfect", "passive", "under way", "future", "will"})


def find_statement(clause: Clause) -> Finding | None:
    """What a clause states that is worth keeping, or None."""
    if not clause.rest:
        return None
    told = retell(
        clause.subject, clause.rest, mid_sentence(clause.time.words) if clause.time else ""
    )
    timed = clause.time is not None
    if told is None or not can_last(told, clause.subject, timed=timed, casual=clause.casual):
        return None
    value = worth(told, clause.subject, timed=timed)
    if value < WORTH_KEEPING:
        return None
    when = None
    if clause.time:
        when = resolve(clause.time, clause.said_at, future=told.tense in _AHEAD)
    return Finding(told.content, _rule(told, value), clause.subject, _attribute(told, clause), when)


def _attribute(told: Retold, clause: Clause) -> str | None:
    """ "Never drinks coffee" and "drinks coffee now" are values of one habit."""
    if told.tense != "present" or not _HABITS & set(told.verb):
        return None
    of_what = re.sub(r" (?:now|any ?more|again|these days)$", "", told.said)
    return f"{clause.subject.key}habit.{told.verb[0]} {of_what}".lower()


def _rule(told: Retold, value: float) -> Rule:
    happens = told.tense in _HAPPENS and told.verb != ("be",)
    category = "preference" if TASTES & set(told.verb) else "event" if happens else "personal"
    return Rule(
        "statement",
        re.compile(""),
        "",
        category=category,
        importance=6 if value > 0.85 else 5,
        confidence=round(0.7 + 0.15 * value, 2),
    )
