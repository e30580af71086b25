"""Turns under load: at a steady rate, or as many as the server takes."""

import asyncio
import itertools
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from bench.realtime.connection import Lost, Refused
from bench.realtime.crowd import Guest

REPLY_SECONDS = 120.0
SUBJECTS = ("tea", "the harbour", "old clocks", "her garden", "chess", "the night train", "bread")


@dataclass(slots=True)
class Answers:
    """How turns went. Milliseconds from when each was due to its ack (stored), to the reply's first
    delta, and to the whole reply (stored too). `lost`: without an ack or a reply. `doubled`: replies
    that came twice. `out_of_order`: seqs that weren't the next ones."""

    stored: list[float] = field(default_factory=list)
    first_delta: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    doubled: int = 0
    out_of_order: int = 0
    seconds: float = 0.0
    asked: int = 0

    @property
    def per_second(self) -> float:
        """Whole turns in a second."""
        return len(self.whole) / self.seconds if self.seconds else 0.0


async def steady(guests: list[Guest], rate: float, seconds: float) -> Answers:
    """`rate` turns a second for so many seconds, one at a time per guest, begun when they are due
    whether or not the ones before have ended. Stops early where no guest is left who isn't waiting."""
    answers = Answers()
    idle = deque(guests)
    running: set[asyncio.Task[None]] = set()
    numbers = itertools.count()

    async def turn(guest: Guest, due: float) -> None:
        await one_turn(guest, due, next(numbers), answers)
        idle.append(guest)

    started = perf_counter()
    for number in range(int(rate * seconds)):
        due = started + number / rate
        await asyncio.sleep(max(0.0, due - perf_counter()))
        if not idle:
            break
        task = asyncio.create_task(turn(idle.popleft(), due))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    answers.seconds = perf_counter() - started
    return answers


async def flat_out(guests: list[Guest], at_once: int, seconds: float) -> Answers:
    """As many turns as the server takes with `at_once` of them running."""
    answers = Answers()
    numbers = itertools.count()
    started = perf_counter()

    async def keep_talking(of: Iterator[Guest]) -> None:
        while perf_counter() < started + seconds:
            await one_turn(next(of), perf_counter(), next(numbers), answers)

    shares = [itertools.cycle(guests[place::at_once]) for place in range(at_once)]
    await asyncio.gather(*map(keep_talking, shares))
    answers.seconds = perf_counter() - started
    return answers


async def one_turn(guest: Guest, due: float, number: int, answers: Answers) -> None:
    """Say something and hear the reply out."""
    answers.asked += 1
    heard = Hearing()
    guest.connection.on_event = heard.on_event
    subject = SUBJECTS[number % len(SUBJECTS)]
    said = {**guest.room, "content": f"On day {number} I spoke with my friend Ada about {subject}."}
    try:
        message = (await guest.connection.call("message:send", said))["message"]
        stored = perf_counter()
        reply, replied = await heard.reply_to(message["id"])
    except Refused as error:
        answers.refused.append(str(error))
        return
    except (Lost, TimeoutError) as error:
        answers.lost.append(str(error) or "no reply came")
        return
    finally:
        guest.connection.on_event = None
    answers.stored.append((stored - due) * 1000)
    if heard.first_delta:
        answers.first_delta.append((heard.first_delta - due) * 1000)
    answers.whole.append((replied - due) * 1000)
    answers.doubled += heard.doubled
    answers.out_of_order += not in_order(guest, message, reply)


def in_order(guest: Guest, message: dict[str, Any], reply: dict[str, Any]) -> bool:
    """Whether the two came right after what the guest knew, who knows them now. The bare servers
    don't number messages."""
    if "seq" not in message:
        return True
    expected = (guest.last_seq + 1, guest.last_seq + 2)
    guest.last_seq = reply["seq"]
    return (message["seq"], reply["seq"]) == expected


class Hearing:
    """What one turn's guest hears."""

    def __init__(self) -> None:
        self.first_delta = 0.0
        self.doubled = 0
        self._replies: dict[str, tuple[dict[str, Any], float]] = {}
        self._came = asyncio.Event()

    def on_event(self, event: str, data: dict[str, Any], at: float) -> None:
        """See `OnEvent`."""
        if event == "character:response" and data["status"] == "delta":
            self.first_delta = self.first_delta or at
        elif event == "message:received" and data["senderType"] == "character":
            self.doubled += data["replyTo"] in self._replies
            self._replies[data["replyTo"]] = (data, at)
            self._came.set()

    async def reply_to(self, message_id: str) -> tuple[dict[str, Any], float]:
        """The reply and when it came; it may have come before the ack.

        Raises:
            TimeoutError: none came.
        """
        async with asyncio.timeout(REPLY_SECONDS):
            while message_id not in self._replies:
                self._came.clear()
                await self._came.wait()
        return self._replies[message_id]
