"""What one process asks another: the bus carries the question to it, and the answer back.

Questions are about a conversation, and go to the process that has its lease. What a process
publishes arrives in the order sent, whatever the room: an answer comes behind all that was published
before it was given, and ahead of all that was published after.
"""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from backend.gateway.hub import Hub

ANSWER_SECONDS = 1.0
ANSWER = "answer"

Answer = dict[str, Any]
Answering = Callable[[UUID], Answer]


class Neighbours:
    """One process's end: `process` is its own id. Loses questions and answers when the bus does."""

    def __init__(self, hub: Hub, process: str) -> None:
        self._hub = hub
        self.process = process
        self._answering: dict[str, Answering] = {}
        self._asked: dict[str, Callable[[Answer], None]] = {}

    def on(self, question: str, answering: Answering) -> None:
        """Have a question answered, by its name, about a conversation."""
        self._answering[question] = answering

    async def listen(self) -> None:
        """Hear questions and answers from now on."""
        await self._hub.listen(_room(self.process), self._hear)

    async def ask(
        self,
        process: str,
        question: str,
        conversation_id: UUID,
        hear: Callable[[Answer], None] = lambda _: None,
    ) -> Answer | None:
        """What another process answers; None after a second without. `hear` gets the answer before
        this process hears anything that was published after it."""
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        number = str(uuid4())

        def heard(answer: Answer) -> None:
            hear(answer)
            answered.set_result(answer)

        self._asked[number] = heard
        data = {"number": number, "by": self.process, "conversationId": str(conversation_id)}
        try:
            await self._hub.publish(_room(process), question, data)
            async with asyncio.timeout(ANSWER_SECONDS):
                return await answered
        except TimeoutError:
            return None
        finally:
            self._asked.pop(number, None)

    async def _hear(self, _room_name: str, event: str, data: dict[str, Any]) -> None:
        if event == ANSWER:
            if heard := self._asked.pop(data["number"], None):
                heard(data["answer"])
        elif answering := self._answering.get(event):  # in a rolling restart others may ask more
            answer = answering(UUID(data["conversationId"]))
            # Nothing is awaited between the answer and its place in the queue.
            await self._hub.publish(
                _room(data["by"]), ANSWER, {"number": data["number"], "answer": answer}
            )


def _room(process: str) -> str:
    return f"process:{process}"
