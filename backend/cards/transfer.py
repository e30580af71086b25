"""Bringing characters in and handing them out, as card files."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from backend.cards.card import card_of, character_from, for_strangers
from backend.cards.card_file import CardFile, Format, read_card_file, write_card_file
from backend.errors import NotFound
from backend.models import Character, User
from backend.store import Store

# Of their own: many large files mustn't keep others waiting for the threads that all share.
_threads = ThreadPoolExecutor(2, thread_name_prefix="cards")


Check = Callable[[Character, User], Awaitable[None]]


async def import_card(store: Store, owner: User, data: bytes, *, check: Check) -> Character:
    """Make a private character of the owner's from a card file, with its picture and other files. `check`
    looks at it first, and ends the import by raising.

    Raises:
        InvalidCard: no card that we can read; nothing was stored.
    """
    loop = asyncio.get_running_loop()
    found: CardFile = await loop.run_in_executor(_threads, read_card_file, data)
    character = character_from(found.card, owner)
    character.picture_path = found.picture
    await check(character, owner)
    async with store.transaction() as tx:
        await tx.characters.add(character)
        await tx.character_files.add(character.id, found.files)
    return character


async def export_card(
    store: Store, viewer: UUID, character_id: UUID, form: Format
) -> tuple[Character, bytes]:
    """A character that the viewer may see, and its card as a file. Of somebody else's public character
    it holds what a viewer sees anyway, and its picture; no other files, and nothing that its author
    wrote for the model alone.

    Raises:
        NotFound: none, or somebody else's private one.
    """
    async with store.transaction() as tx:
        character = await tx.characters.visible(character_id, viewer)
        if character is None:
            raise NotFound("There is no such character.")
        own = character.owner_id == viewer
        paths = None if own else [character.picture_path or ""]
        wanted = form != "json"
        files = await tx.character_files.of(character_id, paths) if wanted else {}
    card = card_of(character)
    shown = card if own else for_strangers(card)
    loop = asyncio.get_running_loop()
    data = await loop.run_in_executor(_threads, write_card_file, character, shown, files, form)
    return character, data
