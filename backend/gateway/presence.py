"""Who is typing: shown to a conversation's other connections, over before long.

The connections of one user are one person: typing ends when the last of them that typed is done. As
long as it goes on it is shown again every `seconds`, so that whoever joins sees it soon, and so that
processes notice when one of them died in the middle.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from backend.gateway.hub import Connection, Hub
from backend.gateway.protocol import ServerEvent, TypingIndicator, conversation_room

Typist = tuple[UUID, UUID]  # user, conversation


@dataclass(slots=True)
class _Typing:
    connections: set[Connection] = field(default_factory=set)
    shown_at: float = float("-inf")
    end: asyncio.TimerHandle | None = None


class Presence:
    """Typing users of this process, each until `seconds` after the last word of it."""

    def __init__(self, hub: Hub, seconds: float) -> None:
        self._hub = hub
        self._seconds = seconds
        self._typing: dict[Typist, _Typing] = {}
        self._elsewhere: dict[Typist, asyncio.TimerHandle] = {}
        self._background: set[asyncio.Task[None]] = set()
        hub.watch(self._hear)

    def is_typing(self, connection: Connection, conversation_id: UUID) -> bool:
        """Whether a connection's typing is being shown."""
        typing = self._typing.get((connection.user_id, conversation_id))
        return typing is not None and connection in typing.connections

    async def start(self, connection: Connection, conversation_id: UUID) -> None:
        """A connection's user types, or types on. Shown at most once in `seconds`."""
        typist = (connection.user_id, conversation_id)
        typing = self._typing.setdefault(typist, _Typing())
        typing.connections.add(connection)
        if typing.end:
            typing.end.cancel()
        loop = asyncio.get_running_loop()
        typing.end = loop.call_later(self._seconds, self._end_by_itself, typist)
        if loop.time() - typing.shown_at >= self._seconds:
            typing.shown_at = loop.time()
            await self._show(typist, is_typing=True, but=connection)

    async def stop(self, connection: Connection, conversation_id: UUID) -> None:
        """A connection types no more; its user may, on another one."""
        typist = (connection.user_id, conversation_id)
        if typing := self._typing.get(typist):
            typing.connections.discard(connection)
            if not typing.connections:
                await self._end(typist)

    async def sent(self, connection: Connection, conversation_id: UUID) -> None:
        """What the user typed was sent."""
        await self._end((connection.user_id, conversation_id))

    async def drop(self, connection: Connection) -> None:
        """A connection is gone."""
        for (_, conversation_id), typing in list(self._typing.items()):
            if connection in typing.connections:
                await self.stop(connection, conversation_id)

    async def _end(self, typist: Typist) -> None:
        typing = self._typing.pop(typist, None)
        if typing is None:
            return
        if typing.end:
            typing.end.cancel()
        await self._show(typist, is_typing=False)

    def _end_by_itself(self, typist: Typist) -> None:
        self._later(self._end(typist))

    async def _show(
        self, typist: Typist, *, is_typing: bool, but: Connection | None = None
    ) -> None:
        user_id, conversation_id = typist
        indicator = TypingIndicator(
            conversation_id=conversation_id, user_id=user_id, is_typing=is_typing
        )
        room = conversation_room(conversation_id)
        await self._hub.publish(room, ServerEvent.TYPING_INDICATOR, indicator.wire(), but=but)

    def _hear(self, room: str, event: str, data: dict[str, Any]) -> None:
        """What happens on other processes."""
        if event == ServerEvent.MESSAGE_RECEIVED and data["senderType"] == "user":
            typist = (UUID(data["senderId"]), UUID(data["conversationId"]))
            if typist in self._typing:
                self._later(self._end(typist))
        elif event == ServerEvent.TYPING_INDICATOR:
            user_id, conversation_id = UUID(data["userId"]), UUID(data["conversationId"])
            if any(member.user_id == user_id for member in self._hub.members(room)):
                self._shown_elsewhere((user_id, conversation_id), is_typing=data["isTyping"])

    def _shown_elsewhere(self, typist: Typist, *, is_typing: bool) -> None:
        if typing := self._typing.get(typist):
            typing.shown_at = float("-inf")  # what is shown now isn't ours: show it again
        if timer := self._elsewhere.pop(typist, None):
            timer.cancel()
        if is_typing:  # it is shown again in time, unless that process has died
            self._elsewhere[typist] = asyncio.get_running_loop().call_later(
                2 * self._seconds, self._lost, typist
            )

    def _lost(self, typist: Typist) -> None:
        del self._elsewhere[typist]
        if typist not in self._typing:
            self._later(self._show(typist, is_typing=False))

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
