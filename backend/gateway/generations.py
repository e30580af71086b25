"""Replies as far as they are written: by this process, and by others where clients here listen.

The process that writes a reply has its text. Another one that a client joins at asks it once, and
then adds each delta that the bus brings; a delta is never stored anywhere (docs/decisions/0016).
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.gateway.hub import Hub
from backend.gateway.neighbours import Neighbours
from backend.gateway.protocol import GenerationSoFar, ServerEvent, conversation_room

QUESTION = "generation"


@dataclass(slots=True)
class Generation:
    """A reply being written; `index` is the newest delta's, -1 before the first."""

    message_id: UUID
    text: str = ""
    index: int = -1

    def add(self, index: int, text: str) -> None:
        """The next delta."""
        self.text += text
        self.index = index

    def so_far(self) -> GenerationSoFar:
        """As a client that joins sees it."""
        return GenerationSoFar(message_id=self.message_id, text_so_far=self.text, index=self.index)


class Generations:
    """What this process knows of running replies, by conversation."""

    def __init__(self, hub: Hub, neighbours: Neighbours) -> None:
        self._hub = hub
        self._neighbours = neighbours
        self._own: dict[UUID, Generation] = {}
        self._heard: dict[UUID, Generation] = {}
        hub.watch(self._hear)
        neighbours.on(QUESTION, self._answer)

    def begin(self, conversation_id: UUID, message_id: UUID) -> None:
        """This process starts to write a reply."""
        self._own[conversation_id] = Generation(message_id)

    def own(self, conversation_id: UUID) -> Generation | None:
        """The reply that this process writes."""
        return self._own.get(conversation_id)

    def end(self, conversation_id: UUID) -> Generation | None:
        """This process writes no more of a reply, which is returned if there was one."""
        return self._own.pop(conversation_id, None)

    def current(self, conversation_id: UUID) -> Generation | None:
        """The reply being written, as far as it is known here. All further deltas are still to come."""
        return self._own.get(conversation_id) or self._heard.get(conversation_id)

    def forget(self, conversation_id: UUID) -> None:
        """What was heard of another process's reply holds no longer: deltas may have been missed."""
        self._heard.pop(conversation_id, None)

    async def learn(self, conversation_id: UUID, writer: str) -> None:
        """Ask the process that may be writing. The caller listens to the conversation, so that
        nothing is missed in between; if no answer comes, nothing is known."""

        def heard(answer: dict[str, Any]) -> None:
            if answer:
                told = GenerationSoFar.model_validate(answer)
                self._heard[conversation_id] = Generation(
                    told.message_id, told.text_so_far, told.index
                )

        if writer != self._neighbours.process:
            await self._neighbours.ask(writer, QUESTION, conversation_id, heard)

    def _answer(self, conversation_id: UUID) -> dict[str, Any]:
        running = self._own.get(conversation_id)
        return running.so_far().wire() if running else {}

    def _hear(self, _room: str, event: str, data: dict[str, Any]) -> None:
        if event != ServerEvent.CHARACTER_RESPONSE:
            return
        conversation_id = UUID(data["conversationId"])
        if data["status"] == "started":
            self._tidy()
            self._heard[conversation_id] = Generation(UUID(data["messageId"]))
            return
        heard = self._heard.get(conversation_id)
        if heard is None or str(heard.message_id) != data["messageId"]:
            return
        if data["status"] == "delta" and data["index"] == heard.index + 1:
            heard.add(data["index"], data["delta"])
        elif data["status"] != "delta" or data["index"] > heard.index:
            del self._heard[conversation_id]  # it ended, or a delta was lost on the way

    def _tidy(self) -> None:
        """Forget what nobody here listens to any more."""
        for conversation_id in list(self._heard):
            if not self._hub.members(conversation_room(conversation_id)):
                del self._heard[conversation_id]
