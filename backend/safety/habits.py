"""Sentences of everyday habit that the classifier takes for despair: "I don't drive at night". Pure.

Only whole messages of one plain clause, bound to a time of day or week; whoever says more is read as ever.
"""

import re

from backend.safety.lexicon import HARMS
from backend.safety.signals import Signals

_HOUR = (
    r"(?:\d+(?::\d\d)? ?(?:[ap]m|o'clock)?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|noon|midnight|dark|sunset|bed|breakfast|lunch|dinner|work)"
)
_WHEN = (
    r"(?:(?:late )?(?:at|by) night(?:time)?|late|in the (?:dark|mornings?|afternoons?|evenings?|winter|summer"
    rf"|rain|snow)|(?:after|before) {_HOUR}|(?:on|at) (?:the )?(?:week-?ends?|weekdays|(?:sun|mon|tues|wednes"
    r"|thurs|fri|satur)days?)|during (?:lent|ramadan|the week))"
)
_NEGATED = r"(?:don't|do not|doesn't|does not|can't|cannot|never|rarely|hardly ever)"
_HOW_OFTEN = r"(?:really |usually |normally |generally |ever |even |like to )"
_DOES = (
    r"(?:drive|eat|snack|drink|cycle|bike|run|jog|swim|cook|read|work|fly|train|study|shower|bathe|nap|go out"
    r"|phone|call|text|shop|walk|sing|practi[sc]e|play|watch|sail|ride|travel|bake|clean|fish|hike)s?"
)
_WHAT = (
    r"(?:(?:the |my |a )?(?:meat|coffee|tea|tv|films|games|dinner|lunch|breakfast|anything|alcohol|carbs"
    r"|sugar|dairy|piano|guitar|drums|dog|car|alone|outside|much|people|emails?) )"
)
_HABIT = re.compile(
    r"\W*(?:(?:no|well|actually|sorry|oh|and|yeah|but)\b[\s,]*)*(?:i|we|(?:my|our) \w+|he|she|they) "
    rf"{_HOW_OFTEN}?{_NEGATED} {_HOW_OFTEN}*{_DOES} {_WHAT}?{_WHEN}"
    r"(?: (?:any ?more|at all|if i can help it|these days))?\W*",
    re.IGNORECASE,
)


def is_habit(signals: Signals, text: str) -> bool:
    """Whether a text says when somebody does or doesn't do what everybody does, and has no word of harm."""
    if signals.has(*HARMS, "despair"):
        return False
    return _HABIT.fullmatch(" ".join(text.replace("’", "'").split())) is not None
