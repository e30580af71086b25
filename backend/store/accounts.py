"""Who talks with whom: the repositories of users, of what they sign in with, and of characters."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from backend.models import Character, Owner, Relationship, SignIn, User


class Users(Protocol):
    async def add(self, user: User) -> None:
        """Raises: Conflict: the address is taken."""

    async def get(self, user_id: UUID, *, lock: bool = False) -> User | None:
        """`lock` keeps others from changing it until the transaction ends."""

    async def by_email(self, email: str) -> User | None:
        """Ignores case."""

    async def save(self, user: User) -> None: ...


class SignIns(Protocol):
    """Whether what people have signed in with is still good. Whether it has expired is not asked
    here: tokens say that themselves."""

    async def account(self, sign_in: SignIn, *, renewing: bool = False) -> tuple[User, bool] | None:
        """The user, and whether the sign-in still holds; None if the account is gone. One query.
        `renewing` keeps the user's `revoke_all` waiting until the transaction ends."""

    async def ended(self, sign_ins: Collection[SignIn]) -> tuple[set[SignIn], set[UUID], set[UUID]]:
        """Of these, the revoked ones, the users whose accounts are gone, and those who are blocked.
        One query."""

    async def revoke(self, token_id: UUID, expires_at: datetime) -> bool:
        """End a token or a session; False if it was ended already. `expires_at` is when the last
        token that it is about expires: it isn't kept for longer."""

    async def revoke_all(self, user_id: UUID) -> datetime:
        """End all tokens of a user that were issued until now; returns that moment."""

    async def forget_expired(self) -> None:
        """Drop what has been revoked and has expired since."""


class Characters(Protocol):
    async def add(self, character: Character) -> None: ...

    async def add_missing(self, characters: Sequence[Character]) -> None:
        """Add those whose id isn't there yet."""

    async def get(self, character_id: UUID) -> Character | None:
        """Any character, deleted ones too: its conversations go on showing its name."""

    async def visible(
        self, character_id: UUID, viewer: UUID, *, lock: bool = False
    ) -> Character | None:
        """The viewer's own or a public one, not deleted; a blocked public one, or a blocked user's,
        only if the viewer has met it. `lock` holds it until the transaction ends."""

    async def known(
        self, character_id: UUID, viewer: UUID, *, lock: bool = False
    ) -> Character | None:
        """A `visible` one, or one that the viewer has met, though it is deleted or another's private
        one by now: there is a conversation, a memory or a relationship of the two. `lock` takes the lock on
        what it remembers of them (`Memories.lock`), if it is there. One query."""

    async def known_with_relationship(
        self, character_id: UUID, viewer: UUID
    ) -> tuple[Character, Relationship | None] | None:
        """A `known` one, and how it and the viewer stand, if they have met."""

    async def with_user(self, owner: Owner) -> tuple[Character, User] | None:
        """The two of an owner, a deleted character too. One query."""

    async def page(self, viewer: UUID, *, limit: int, after: UUID | None) -> list[Character]:
        """Visible characters in order of id; of blocked ones the viewer's own. Without
        their `card`: it can't be read off these."""

    async def save(self, character: Character) -> None: ...
