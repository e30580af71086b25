"""For whom a command acts."""

from uuid import UUID

from backend.bootstrap.local_user import LOCAL_USER_EMAIL, local_user_id
from backend.errors import NotFound
from backend.models import Character, User
from backend.store import Store

PAGE = 200


async def account(store: Store, email: str | None) -> User:
    """The account with this address, or the local user.

    Raises:
        NotFound: there is none.
    """
    if email is None:
        key = await local_user_id(store)
        async with store.transaction() as tx:
            user = await tx.users.get(key)
    else:
        async with store.transaction() as tx:
            user = await tx.users.by_email(email)
    if user is None:
        raise NotFound(f"There is no account with the address {email}.")
    return user


async def user_called(store: Store, called: str) -> UUID:
    """The user with this address or id, or the `local` one; one that is being erased too.

    Raises:
        NotFound: there is none.
    """
    async with store.transaction() as tx:
        found = await tx.erasures.whose(LOCAL_USER_EMAIL if called == "local" else called)
    if found is None:
        raise NotFound(f"There is no user {called!r}.")
    return found


async def character_called(store: Store, viewer: UUID, called: str) -> Character:
    """The character with this id, or the only one of this name that the viewer may see.

    Raises:
        NotFound: there is none, or there are several; says their ids.
    """
    key = _id(called)
    keys = [key] if key else await _of_name(store, viewer, called)
    if len(keys) > 1:
        ids = ", ".join(map(str, keys))
        raise NotFound(f"There are {len(keys)} characters {called!r}. Name one by its id: {ids}.")
    async with store.transaction() as tx:  # whole: a list has none of their cards
        character = await tx.characters.visible(keys[0], viewer) if keys else None
    if character is None:
        raise NotFound(f"There is no character {called!r}.")
    return character


async def _of_name(store: Store, viewer: UUID, name: str) -> list[UUID]:
    return [each.id for each in await _all(store, viewer) if _same(each.name, name)]


async def _all(store: Store, viewer: UUID) -> list[Character]:
    found: list[Character] = []
    while True:
        async with store.transaction() as tx:
            after = found[-1].id if found else None
            page = await tx.characters.page(viewer, limit=PAGE, after=after)
        found += page
        if len(page) < PAGE:
            return found


def _same(name: str, called: str) -> bool:
    return name.casefold() == called.strip().casefold()


def _id(called: str) -> UUID | None:
    try:
        return UUID(called)
    except ValueError:
        return None
