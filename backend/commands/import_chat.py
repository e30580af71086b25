"""`keepsake import-chat`: brings talks in that other clients have kept."""

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from backend.bootstrap.stores import reach_store
from backend.commands.account import account, character_called
from backend.conversation.chat_files import ChatFile, read_chat
from backend.conversation.importing import import_conversation
from backend.errors import InvalidRequest
from backend.models import Character, User, utc_now
from backend.settings import Settings
from backend.store import Store


async def import_chats(
    settings: Settings,
    files: list[Path],
    character: str | None,
    title: str,
    email: str | None,
    console: Console,
) -> str:
    """Bring each file in as a conversation, for the account with this address or the local user, with
    the character of this id or name, or else with the one that the file names. A file comes in whole or not
    at all; memory is formed from it by the worker. Says what came in.

    Raises:
        InvalidRequest: of a file that wasn't brought in; those before it were.
        NotFound: there is no such character, or several.
    """
    count = 0
    async with reach_store(settings) as (store, _stores):
        user = await account(store, email)
        for file in files:
            try:
                chat = read_chat(file.read_bytes(), user.zone, utc_now())
                other = await _character(store, user, character, chat)
                await _bring_in(store, user, other, title or chat.title, chat, console)
            except InvalidRequest as error:
                raise InvalidRequest(f"{file}: {error.message}") from error
            count += len(chat.messages)
    talks = "1 conversation" if len(files) == 1 else f"{len(files)} conversations"
    return f"{count} messages in {talks} were imported. Memory is being formed from them."


async def _character(store: Store, user: User, called: str | None, chat: ChatFile) -> Character:
    called = called or chat.character_name
    if not called:
        raise InvalidRequest("The file doesn't say with whom: name the character by --character.")
    return await character_called(store, user.id, called)


async def _bring_in(
    store: Store, user: User, other: Character, title: str, chat: ChatFile, console: Console
) -> None:
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task(other.name, total=len(chat.messages))
        await import_conversation(
            store,
            user,
            other,
            title=title,
            messages=chat.messages,
            wrote=lambda rows: progress.advance(bar, rows),
        )
