"""Holding what a character remembers of a user, before it is changed by somebody's wish."""

from backend.errors import NotFound
from backend.models import Character, Owner
from backend.store import Transaction


async def hold(tx: Transaction, owner: Owner) -> Character:
    """Take the owner's lock, and give the character. One query.

    Raises:
        NotFound: the user doesn't know the character.
    """
    character = await tx.characters.known(owner.character_id, owner.user_id, lock=True)
    if character is None:
        raise NotFound("There is no such character.")
    return character
