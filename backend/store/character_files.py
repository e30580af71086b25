"""What lies beside a character: the repository of pictures and other files that came with cards."""

from typing import Protocol
from uuid import UUID


class CharacterFiles(Protocol):
    """Files of characters, by path."""

    async def add(self, character_id: UUID, files: dict[str, bytes]) -> None:
        """Store files of a new character."""

    async def of(self, character_id: UUID, paths: list[str] | None = None) -> dict[str, bytes]:
        """A character's files, or those at these paths, in order of path."""

    async def delete(self, character_id: UUID) -> None:
        """Delete all of a character's files."""
