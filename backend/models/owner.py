"""Whose memory it is. Every memory query and every Qdrant filter takes one."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Owner:
    """A (character, user) pair: what one character knows about one user."""

    character_id: UUID
    user_id: UUID

    @property
    def key(self) -> str:
        """The pair as one string, used as the tenant field of the vector index."""
        return f"{self.character_id}:{self.user_id}"
