"""`keepsake import-card`: makes characters from card files."""

from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import track

from backend.bootstrap.stores import reach_store
from backend.cards.transfer import import_card
from backend.commands.account import account
from backend.conversation.character_texts import rule_on_character
from backend.errors import ContentRefused, InvalidCard, InvalidRequest
from backend.settings import Settings


async def import_cards(
    settings: Settings,
    files: list[Path],
    email: str | None,
    console: Console,
    say: Callable[[str], None],
) -> None:
    """Make a private character of each file, for the account with this address or the local user, and
    say its id and name. A file that can't be read keeps none of the others out.

    Raises:
        InvalidRequest: of a file that wasn't brought in, once the others were.
    """
    bad = []
    async with reach_store(settings) as (store, _stores):
        owner = await account(store, email)
        for file in track(files, "Importing", console=console, disable=len(files) == 1):
            try:
                character = await import_card(
                    store, owner, file.read_bytes(), check=rule_on_character
                )
            except (InvalidCard, ContentRefused) as error:
                bad.append(f"{file}: {error.message}")
            except OSError as error:
                bad.append(f"{file}: {error.strerror}.")
            else:
                say(f"{character.id} {' '.join(character.name.split())}")
    if bad:
        raise InvalidRequest(" ".join(bad))
