"""The real path for an evaluation: own servers on an empty folder, import, indexing, formation."""

import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from backend.bootstrap.core import Core, open_core
from backend.conversation.importing import ImportedMessage, import_conversation
from backend.memory.formation import form_memory
from backend.models import Character, Conversation, User, new_id
from backend.settings import Settings
from backend.worker.index_sync import sweep_once

PAGE = 200


@dataclass(frozen=True, slots=True)
class Pair:
    """A user and a character who talk."""

    user: User
    character: Character


class Lab:
    """Plays conversations into a system that nobody else uses, and knows whose message is whose."""

    def __init__(self, core: Core, settings: Settings) -> None:
        self.core = core
        self._threshold = settings.fact_extraction_threshold
        self._names: dict[UUID, str] = {}

    async def meet(self, user: User, character: Character) -> Pair:
        """Store who will talk; either may be stored already."""
        async with self.core.store.transaction() as tx:
            if await tx.users.get(user.id) is None:
                await tx.users.add(user)
            if await tx.characters.get(character.id) is None:
                await tx.characters.add(character)
        return Pair(user, character)

    async def play(
        self, pair: Pair, title: str, messages: Sequence[ImportedMessage]
    ) -> Conversation:
        """Import one conversation, index it, form its memories, index those.

        `clientMessageId` of each message is the data's own id; `cited` translates back.
        """
        conversation = await import_conversation(
            self.core.store, pair.user, pair.character, title=title, messages=messages
        )
        await self._index()
        await form_memory(
            self.core.memory, self.core.extractor, conversation.id, threshold=self._threshold
        )
        await self._index()
        await self._learn_ids(conversation)
        return conversation

    def cited(self, message_ids: Iterable[UUID]) -> frozenset[str]:
        """The data's ids of these messages."""
        return frozenset(self._names[key] for key in message_ids if key in self._names)

    async def _index(self) -> None:
        while await sweep_once(self.core.memory, settle=timedelta(0)):
            pass

    async def _learn_ids(self, conversation: Conversation) -> None:
        last = 0
        async with self.core.store.transaction() as tx:
            while page := await tx.messages.page(conversation.id, limit=PAGE, after=last):
                self._names |= {message.id: message.client_message_id or "" for message in page}
                last = page[-1].seq


@asynccontextmanager
async def open_lab(settings: Settings) -> AsyncIterator[Lab]:
    """A lab on servers and data of its own, gone at the end; `settings` say model and encoder."""
    with tempfile.TemporaryDirectory(prefix="keepsake-eval-") as folder:
        alone = settings.model_copy(
            update={
                "data_dir": Path(folder) / "data",
                "database_url": None,
                "redis_url": None,
                "qdrant_url": None,
            }
        )
        async with open_core(alone) as core:
            await core.memory.encoder.load()
            yield Lab(core, alone)


def a_user(name: str, time_zone: str = "UTC") -> User:
    """A user who isn't stored yet."""
    return User(email=f"{new_id()}@eval.localhost", display_name=name, time_zone=time_zone)
