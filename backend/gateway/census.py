"""Who is connected, to all processes together.

Nobody keeps a list of processes: one asks over the bus, and counts those that answer in time. Only admins
ask, now and then.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from uuid import UUID, uuid4

from backend.gateway.admission import Admission
from backend.gateway.control import Control, ControlEvent
from backend.gateway.hub import Hub

ANSWER_SECONDS = 0.3
MOST_ROOMS = 200  # of one process
ROOM = "conversation:"


class CountAsked(ControlEvent):
    """One process asks all."""

    name = "census:asked"
    number: UUID


class Counted(ControlEvent):
    """What one process answers: its connections, their users, and how many listen to each of its
    conversations, the busiest first."""

    name = "census:counted"
    number: UUID
    process: str
    connections: int
    users: int
    listeners: Mapping[UUID, int]


class Census:
    """Asks all processes, and answers for this one, whose id is `process` as turns have it. Made before
    the control room is listened to."""

    def __init__(self, control: Control, hub: Hub, admission: Admission, process: str) -> None:
        self._control = control
        self._hub = hub
        self._admission = admission
        self._process = process
        self._asked: dict[UUID, list[Counted]] = {}
        control.on(CountAsked, self._answer)
        control.on(Counted, self._hear)

    async def take(self) -> list[Counted]:
        """What the processes answer within a moment; this one's answer is always among them."""
        number = uuid4()
        answers: list[Counted] = []
        self._asked[number] = answers
        try:
            await self._control.tell(CountAsked(number=number))
            await asyncio.sleep(ANSWER_SECONDS)
        finally:
            del self._asked[number]
        return answers

    async def _answer(self, event: CountAsked) -> None:
        connections, users = self._admission.size()
        rooms = Counter(self._hub.sizes(ROOM)).most_common(MOST_ROOMS)
        answer = Counted(
            number=event.number,
            process=self._process,
            connections=connections,
            users=users,
            listeners={UUID(room.removeprefix(ROOM)): size for room, size in rooms},
        )
        await self._control.tell(answer)

    def _hear(self, event: Counted) -> None:
        if event.number in self._asked:
            self._asked[event.number].append(event)
