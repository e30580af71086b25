"""How much of a limit is left."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quota:
    """`remaining` of `limit` actions are still allowed; in `reset_seconds` there will be one more."""

    limit: int
    remaining: int
    reset_seconds: float
