"""Saying that one talks with an AI, and reminding of breaks. Pure functions of settings and time.

After California's SB 243 (Business and Professions Code 22601-22606, in force since January 2026):
a clear notice that a companion is artificial where somebody might think otherwise; for users known
to be minors the notice in any case, and at least every three hours of a continuing interaction a
reminder to take a break and that the companion is not human.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_FOR_MINORS = timedelta(hours=3)
PAUSE = timedelta(minutes=30)  # longer silence ends an interaction
AI_NOTICE = "You are talking with an AI character, not with a person."
BREAK_NOTICE = (
    "You've been talking for a while. How about a break?"
    " And a reminder: this is an AI, not a person."
)


@dataclass(frozen=True, slots=True)
class CareSettings:
    """`disclose_ai`: say at the beginning of an interaction that it is an AI. `break_every`: how
    long until a reminder, None for none. Minors get both whatever is set."""

    disclose_ai: bool = True
    break_every: timedelta | None = LONGEST_FOR_MINORS


def interaction_began(times: Sequence[datetime]) -> datetime | None:
    """When the interaction that goes on began: the first of the user's message times, oldest
    first, without a pause of 30 minutes after it. None for no messages."""
    began: datetime | None = None
    before: datetime | None = None
    for time in times:
        if before is None or time - before > PAUSE:
            began = time
        before = time
    return began


def disclosure_due(
    settings: CareSettings, *, is_minor: bool, began: datetime, last_shown: datetime | None
) -> bool:
    """The AI notice is to be shown: once an interaction."""
    wanted = settings.disclose_ai or is_minor
    return wanted and (last_shown is None or last_shown < began)


def break_due(
    settings: CareSettings,
    *,
    is_minor: bool,
    began: datetime,
    last_reminded: datetime | None,
    now: datetime,
) -> bool:
    """A reminder to take a break is to be shown, counted from the beginning of the interaction or
    the last reminder in it."""
    every = settings.break_every
    if is_minor:
        every = min(every or LONGEST_FOR_MINORS, LONGEST_FOR_MINORS)
    if every is None:
        return False
    since = began if last_reminded is None else max(began, last_reminded)
    return now - since >= every
