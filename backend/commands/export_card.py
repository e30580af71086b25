"""`keepsake export-card`: writes a character's card into a file."""

import re
from pathlib import Path

from backend.bootstrap.stores import reach_store
from backend.cards.card_file import TYPES
from backend.cards.transfer import export_card
from backend.commands.account import account, character_called
from backend.errors import InvalidRequest
from backend.settings import Settings


async def write_card(
    settings: Settings, called: str, form: str, out: Path | None, email: str | None
) -> Path:
    """Write the card of a character, named by its id or its name, into `out` or a file of its name
    here. Returns where it is.

    Raises:
        InvalidRequest: there is no such format.
        NotFound: there is no such character, or several.
        FileExistsError: there is such a file.
    """
    if form not in TYPES:
        raise InvalidRequest(f"There is no format {form!r}: one of {', '.join(TYPES)}.")
    async with reach_store(settings) as (store, _stores):
        viewer = await account(store, email)
        character = await character_called(store, viewer.id, called)
        _, data = await export_card(store, viewer.id, character.id, form)
    plain = re.sub(r"[^\w .-]+", "_", character.name).strip(" .") or "card"
    file = out or Path(f"{plain}.{TYPES[form].suffix}")
    with file.open("xb") as opened:
        opened.write(data)
    return file
