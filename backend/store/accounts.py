"""Who talks with whom: the repositories of users and characters."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from backend.models import Character, User


class Users(Protocol):
    async def add(self, user: User) -> None:
        """Raises: Conflict: the address is taken."""

    async def get(self, user_id: UUID) -> User | None: ...

    async def by_email(self, email: str) -> User | None:
        """Ignores case."""

    async def save(self, user: User) -> None: ...


class Characters(Protocol):
    async def add(self, character: Character) -> None: ...

    async def add_missing(self, characters: Sequence[Character]) -> None:
        """Add those whose id isn't there yet."""

    async def get(self, character_id: UUID) -> Character | None:
        """Any character, deleted ones too: its conversations go on showing its name."""

    async def visible(self, character_id: UUID, viewer: UUID) -> Character | None:
        """The viewer's own or a public one, not deleted."""

    async def page(self, viewer: UUID, *, limit: int, after: UUID | None) -> list[Character]:
        """Visible characters in order of id."""

    async def save(self, character: Character) -> None: ...
