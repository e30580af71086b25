"""How the relationship moves with what is said. Pure functions; the ledger keeps every step.

A message moves each measure by a bounded step; negative moves weigh more than positive ones
(Baumeister et al., "Bad Is Stronger Than Good", 2001); closeness gets harder to gain the higher it is;
what a day can add or take is capped. Stages have hysteresis: they are left later than entered.
"""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from backend.models import Relationship, RelationshipChange

MAX_STEP = 2.0  # points of 100 that one message can move a measure
NEGATIVE_WEIGHT = 1.6
DAILY_CAP = 10.0  # points of 100 that a day can move a measure, up or down
PRESENCE = 0.1  # what talking at all is worth
STAGES = (
    (0.0, "stranger"),
    (20.0, "acquaintance"),
    (40.0, "friend"),
    (65.0, "close friend"),
    (85.0, "confidant"),
)
HYSTERESIS = 4.0

_WARM = re.compile(
    r"\b(?:thank(?:s| you)|love|like you|great|wonderful|happy|glad|appreciate|miss(?:ed)? you|"
    r"awesome|sweet of you|you're right|fun|gracias|merci|danke|obrigad[oa]|grazie)\b",
    re.IGNORECASE,
)
_COLD = re.compile(
    r"\b(?:hate you|shut up|stupid|idiot|useless|annoying|boring|leave me alone|liar|"
    r"you(?:'re| are) (?:wrong|awful|terrible|the worst)|go away)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\b(?:i feel|i'm (?:afraid|scared|sad|worried|lonely|ashamed)|my (?:secret|fear|dream)|"
    r"i(?:'ve| have) never told|to be honest|i trust you|between us)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Signal:
    """What one message says about the two: `warmth` in [-1, 1], `openness` in [0, 1]."""

    warmth: float = 0.0
    openness: float = 0.0


@dataclass(frozen=True, slots=True)
class Delta:
    """A move of the three measures, in points of 100."""

    level: float = 0.0
    trust: float = 0.0
    intimacy: float = 0.0

    @property
    def is_zero(self) -> bool:
        """Whether nothing moves."""
        return not (self.level or self.trust or self.intimacy)

    def plus(self, other: "Delta") -> "Delta":
        """The sum, measure by measure."""
        return Delta(
            self.level + other.level, self.trust + other.trust, self.intimacy + other.intimacy
        )

    def as_dict(self) -> dict[str, float]:
        """The form in which the ledger keeps it."""
        return asdict(self)


def read_signal(text: str) -> Signal:
    """A signal by word lists: enough for a demonstration, honest about no more."""
    plain = text.replace("’", "'")
    warmth = min(1.0, 0.5 * len(_WARM.findall(plain))) - min(1.0, len(_COLD.findall(plain)))
    return Signal(max(-1.0, warmth), min(1.0, 0.5 * len(_OPEN.findall(plain))))


def daily_spend(changes: Iterable[RelationshipChange]) -> Delta:
    """What a day's ledger adds up to."""
    total = Delta()
    for change in changes:
        total = total.plus(Delta(**change.delta))
    return total


def step(relationship: Relationship, signal: Signal, spent: Delta) -> tuple[Delta, str]:
    """Move the relationship by one message, within the day's caps. Changes it in place.

    Returns the move as it was applied, and the reason in words.
    """
    wanted = Delta(
        level=PRESENCE + signal.warmth,
        trust=0.6 * signal.warmth + 0.5 * signal.openness,
        intimacy=0.3 * max(0.0, signal.warmth) + signal.openness,
    )
    applied = {}
    for measure, want in wanted.as_dict().items():
        value = getattr(relationship, measure)
        moved = _bounded(value, want, getattr(spent, measure))
        setattr(relationship, measure, round(value + moved, 4))
        applied[measure] = round(moved, 4)
    relationship.stage = stage_for(relationship.level, relationship.stage)
    return Delta(**applied), _reason(signal)


def _bounded(value: float, want: float, spent: float) -> float:
    move = want * (NEGATIVE_WEIGHT if want < 0 else 1 - value / 125)
    move = max(-MAX_STEP, min(MAX_STEP, move))
    move = max(-DAILY_CAP - spent, min(DAILY_CAP - spent, move))
    return max(-value, min(100.0 - value, move))


def stage_for(level: float, current: str) -> str:
    """The stage of a level; a stage is only left downwards once well below its threshold."""
    names = [name for _, name in STAGES]
    reached = max(place for place, (floor, _) in enumerate(STAGES) if level >= floor)
    if current in names:
        held = names.index(current)
        if reached < held and level >= STAGES[held][0] - HYSTERESIS:
            return current
    return names[reached]


def _reason(signal: Signal) -> str:
    if signal.warmth < 0:
        return "unkind words"
    if signal.openness > 0:
        return "opened up"
    return "kind words" if signal.warmth > 0 else "spent time talking"
