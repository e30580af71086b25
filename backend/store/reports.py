"""What people report: the repository of reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from backend.models import Message, Report


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A message among those next to it, it itself included, in order of seq; and, by the id of a
    reply, what content policy decided in its turn."""

    character_id: UUID
    message: Message
    around: Sequence[Message]
    decisions: dict[UUID, dict[str, Any]]


class Reports(Protocol):
    async def surroundings(
        self, user_id: UUID, message_id: UUID, *, before: int, after: int
    ) -> Surroundings | None:
        """A message of the user's conversations with up to so many others on either side, without
        what was deleted or forgotten. None if there is none, or it was deleted. One query."""

    async def file(self, report: Report) -> tuple[Report, bool]:
        """Store it, unless its user has reported the message before: then that report is returned,
        and False. One query."""

    async def earlier(self, user_id: UUID, message_id: UUID) -> Report | None:
        """The user's report of a message, which may be gone."""

    async def get(self, report_id: UUID, *, for_update: bool = False) -> Report | None: ...

    async def page(self, *, limit: int, status: str | None, before: UUID | None) -> list[Report]:
        """Everybody's, newest first."""

    async def save(self, report: Report) -> None: ...
