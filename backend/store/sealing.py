"""What is to be sealed anew: the repository behind a change of keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Rows of a table that aren't stored as the settings say: `to_seal` are in clear, `to_reseal` under
    another key than the first, and `to_open` are sealed though nothing asks for it any more."""

    table: str
    to_seal: int
    to_reseal: int
    to_open: int

    @property
    def rows(self) -> int:
        """All of them."""
        return self.to_seal + self.to_reseal + self.to_open


class Resealing(Protocol):
    """Brings rows to what the settings say. Of everybody: keys are the installation's."""

    async def first_key(self) -> str | None:
        """The key that rows are sealed under from now on; None: they aren't."""

    async def unsettled(self) -> Sequence[Unsettled]:
        """Of each table that can be sealed."""

    async def settle(self, table: str, after: object, *, limit: int) -> tuple[int, object]:
        """Bring the next rows behind a place to what they are to be; returns how many, and the place to
        go on from, None at the end. Leaves out what somebody else is changing right now."""

    async def unused_keys(self) -> Sequence[str]:
        """Keys, but for the first, that nothing is sealed under."""
