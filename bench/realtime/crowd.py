"""The connections of a load generator, one user and one conversation each."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from bench.realtime.connection import Connection, Lost, Refused
from bench.realtime.wires import Wire

AT_ONCE = 50  # connections that are being opened at a time
COME_BACK_SECONDS = 60.0
NO_EVENT = "are:you:there"
FIRST_PAUSE, LONGEST_PAUSE = (
    0.25,
    5.0,
)  # seconds between attempts, as Socket.IO's own client has them


@dataclass(frozen=True, slots=True)
class Seat:
    """Who may connect, and the conversation that they join."""

    token: str
    conversation_id: str


@dataclass(slots=True)
class Guest:
    """A connected user. `last_seq`: the newest message of the conversation that they know of."""

    seat: Seat
    connection: Connection
    last_seq: int = 0

    @property
    def room(self) -> dict[str, Any]:
        """The conversation, as events name it."""
        return {"conversationId": self.seat.conversation_id}


@dataclass(slots=True)
class Crowd:
    """Everybody who is connected. `refused`: why attempts to come back failed, and how often."""

    wire: Wire
    url: str
    seats: Sequence[Seat]
    guests: list[Guest] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    async def grow(self, size: int) -> tuple[list[float], float]:
        """Have `size` guests, connected, signed in and joined. Gives what each of the new ones took in
        milliseconds, and how many came in a second."""
        free = asyncio.Semaphore(AT_ONCE)

        async def seated(seat: Seat) -> tuple[Guest, float]:
            async with free:
                started = perf_counter()
                guest = await self.admit(seat)
                return guest, (perf_counter() - started) * 1000

        started = perf_counter()
        new = await asyncio.gather(*map(seated, self.seats[len(self.guests) : size]))
        per_second = len(new) / (perf_counter() - started)
        self.guests += [guest for guest, _ in new]
        return [taken for _, taken in new], per_second

    async def admit(self, seat: Seat) -> Guest:
        """Connect, sign in and join.

        Raises:
            Lost: it didn't come to that.
        """
        guest = Guest(seat, Connection(self.wire, self.url, seat.token))
        await guest.connection.open()
        joined = await guest.connection.call("conversation:join", guest.room)
        guest.last_seq = joined.get("lastSeq", 0)
        return guest

    async def come_back(self, guest: Guest) -> float:
        """Lose the connection, connect anew until let in, and catch up; gives the milliseconds from the
        loss to the answer that holds what was missed."""
        await guest.connection.drop()
        lost = perf_counter()
        pause = FIRST_PAUSE
        while True:
            guest.connection = Connection(self.wire, self.url, guest.seat.token)
            try:
                await guest.connection.open()
                await guest.connection.call(
                    "conversation:join", {**guest.room, "afterSeq": max(0, guest.last_seq - 2)}
                )
            except Lost as error:
                self.refused[str(error)] += 1
                if perf_counter() - lost > COME_BACK_SECONDS:
                    raise
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))
                pause = min(2 * pause, LONGEST_PAUSE)
                continue
            return (perf_counter() - lost) * 1000

    async def dropped(self) -> int:
        """How many connections don't answer any more."""

        async def alive(guest: Guest) -> bool:
            try:
                await guest.connection.call(NO_EVENT, {})
            except Refused:
                pass  # an answer, and one that costs the server nothing but the answer
            except Lost:
                return False
            return not guest.connection.dropped

        return (await asyncio.gather(*map(alive, self.guests))).count(False)

    async def leave(self) -> None:
        """Close all connections."""
        await asyncio.gather(*(guest.connection.close() for guest in self.guests))
        self.guests.clear()
