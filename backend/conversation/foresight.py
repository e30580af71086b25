"""What is done for a reply before its turn begins: the message is embedded while it is being assigned.

It only warms the encoder's cache of queries, which goes by the text itself. Nothing that is read here
is shown to a model, so nothing here can be out of date, and foresight that fails, or comes too late,
costs the turn nothing (docs/decisions/0015).
"""

import asyncio
from collections import OrderedDict
from collections.abc import Coroutine
from dataclasses import dataclass
from time import monotonic

import structlog

from backend.errors import KeepsakeError, NotFound
from backend.memory.query import read_query
from backend.memory.resources import MemoryResources
from backend.models import Conversation, Owner
from embeddings.base import EncoderError

log = structlog.get_logger(__name__)

PAIRS_KNOWN = 10_000  # whose names are kept
NAMES_SECONDS = 60.0  # older ones are read again when somebody types


@dataclass(frozen=True, slots=True)
class _Names:
    user: str
    character: str
    read_at: float


class Foresight:
    """Looks ahead for all conversations of this process. Its verbs return at once, and what they
    start never fails the caller."""

    def __init__(self, resources: MemoryResources) -> None:
        self._resources = resources
        self._names: OrderedDict[Owner, _Names] = OrderedDict()
        self._running: set[asyncio.Task[None]] = set()

    def typing(self, conversation: Conversation) -> None:
        """The user types: learn what the two are called, which a query is read by. At most once a
        minute for each pair."""
        known = self._names.get(conversation.owner)
        if known is None or monotonic() - known.read_at > NAMES_SECONDS:
            self._start(self._learn_names(conversation.owner))

    def sent(self, conversation: Conversation, text: str) -> None:
        """A message was stored: embed what its turn will search for."""
        self._start(self._embed(conversation.owner, text))

    async def close(self) -> None:
        """Give up what is running."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _start(self, work: Coroutine[None, None, object]) -> None:
        task = asyncio.create_task(_quietly(work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _embed(self, owner: Owner, text: str) -> None:
        names = self._names.get(owner) or await self._learn_names(owner)
        query = read_query(text, user_name=names.user, character_name=names.character)
        await self._resources.encoder.encode_query(query.dense_text)

    async def _learn_names(self, owner: Owner) -> _Names:
        async with self._resources.store.transaction() as tx:
            user = await tx.users.get(owner.user_id)
            character = await tx.characters.get(owner.character_id)
        if user is None or character is None:
            raise NotFound("One of the two is gone.")
        names = _Names(user.display_name, character.name, monotonic())
        self._names[owner] = names
        self._names.move_to_end(owner)
        if len(self._names) > PAIRS_KNOWN:
            self._names.popitem(last=False)
        return names


async def _quietly(work: Coroutine[None, None, object]) -> None:
    try:
        await work
    except (KeepsakeError, EncoderError) as error:
        log.debug("foresight.failed", reason=str(error))  # the turn says what is wrong, if it is
