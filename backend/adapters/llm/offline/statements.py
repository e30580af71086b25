"""What a clause states that no rule has a sentence for, in the user's own words.

Whether it is worth keeping isn't judged here (`worth.py`).
"""

import re
from dataclasses import replace

from backend.adapters.llm.offline.dates import TimeExpression, mid_sentence, resolve
from backend.adapters.llm.offline.retelling import retell
from backend.adapters.llm.offline.rule import Clause, Finding, Rule
from backend.adapters.llm.offline.subjects import USER, Subject
from backend.adapters.llm.offline.word_lists import any_of

STATEMENT = Rule("statement", re.compile(""), "", importance=5, confidence=0.75)
_MEASURES = (
    "years? months? weeks? days? hours? hrs? minutes? mins? times? degrees? points? goals? miles? km "
    "kilomet(?:er|re)s? quid euros? dollars? pounds? percent kilos? kg square people guys persons guests "
    "messages missed words things emails meetings coffees eggs problems"
)
# "Two hives on the garage roof": what is counted and said without a verb is had.
_COUNTED = re.compile(
    r"(?:two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|forty|\d[\d,]*)"
    rf" (?!(?:{any_of(_MEASURES)}|am|pm|more|less|of|out|and|or|to|in|for|o'clock)\b)"
    r"(?!.*\b(?:I|we|is|are|was|were|am|have|has|had|do|does|did|will|can|you|he|she|it|they|ago|each"
    r"|left|later|so far|per)\b)(?:[a-z'-]+ ){0,2}?[a-z'-]+s\b.*",
)
_HAPPENING = frozenset({"past", "was", "doing", "future", "will"})
_BELONGING = re.compile(
    r"(?:my|our) (?P<thing>(?!(?:own|only|favou?rite|two|three|four|five|\d+)\b)[\w'-]+"
    r"(?: (?!(?:is|are|was|were|has|have|had|does|did|will|can|with|of|in|at|on|for|to|from|and|or)\b)"
    r"[^\W\d][\w'-]*){0,3}?) "
    r"(?P<rest>(?:(?:just|also|still|finally|always|never|recently) )?(?:is|are|was|were|has|have"
    r"|had|does|did|will|can|got|went|came|come|go|start|end|live|hurt|turn|play|work|keep"
    r"|[a-z]+ed|[a-z]+[^s\W]s)\b.*)$",
    re.I,
)


def find_statement(
    clause: Clause, subject: Subject, said: str, time: TimeExpression | None
) -> Finding | None:
    """What a clause states of the user or somebody of theirs; None where that can't be told.

    `said` is what follows the subject, "" where there is none; `time` is to be put behind it.
    """
    if not said:
        subject, said = _whose(clause.whole)
    told = retell(subject, said, mid_sentence(time.words) if time else "") if said else None
    if told is None:
        return None
    when = None
    if clause.time:
        when = resolve(clause.time, clause.said_at, future=told.ahead)
    rule = replace(STATEMENT, category="event") if told.tense in _HAPPENING else STATEMENT
    return Finding(told.content, rule, subject, None, when)


def _whose(clause: str) -> tuple[Subject, str]:
    """Whose thing a clause speaks of, and what it says of it."""
    if owned := _BELONGING.match(clause):
        thing = owned["thing"]
        plural = thing.endswith("s") and not thing.endswith("ss")
        return Subject(f"The user's {thing}", plural=plural), owned["rest"]
    return (USER, f"have {clause}") if _COUNTED.match(clause) else (USER, "")
