"""For whom a command acts."""

from uuid import UUID

from backend.bootstrap.services import LOCAL_USER_EMAIL, local_user_id
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
    if key := _id(called):
        async with store.transaction() as tx:
            character = await tx.characters.visible(key, viewer)
        found = [character] if character else []
    else:
        found = [each for each in await _all(store, viewer) if _same(each.name, called)]
    if not found:
        raise NotFound(f"There is no character {called!r}.")
    if len(found) > 1:
        ids = ", ".join(str(each.id) for each in found)
        raise NotFound(f"There are {len(found)} characters {called!r}. Name one by its id: {ids}.")
    return found[0]


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
