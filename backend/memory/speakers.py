"""Who talks: what the two are called, and which day the user has."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from backend.models import Owner
from backend.store import Transaction


@dataclass(frozen=True, slots=True)
class Speakers:
    """`names` maps sender type to display name; `zone` is the user's."""

    names: dict[str, str]
    zone: ZoneInfo


async def speakers_of(tx: Transaction, owner: Owner) -> Speakers:
    """The owner's two. One query."""
    found = await tx.characters.with_user(owner)
    assert found is not None, "a memory goes with its character and its user"
    character, user = found
    return Speakers({"user": user.display_name, "character": character.name}, user.zone)
