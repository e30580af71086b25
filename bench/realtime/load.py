"""The load generator, a process of its own: python -m bench.realtime.load <plan.json >results.jsonl

Goes through its phases against one server over one transport, and writes what each found as a line of
JSON, {phase, …}. Milliseconds and MB (10⁶ bytes). The same for Keepsake and for the bare servers.
"""

import asyncio
import gc
import json
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Any

import psutil

from bench.figures import Figure
from bench.realtime.crowd import Crowd, Seat
from bench.realtime.turns import Answers, flat_out, one_turn, steady
from bench.realtime.wires import WIRES

LISTENERS = 10
FAN_OUTS = 50
RESUMES = 100
AT_ONCE = 32
REACHED = 0.9
SETTLE_SECONDS = 2.0
IDLE_SECONDS = 60.0
IDLE_SHARE = 0.15  # of a core

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do to which server. `seats` are as many as the largest crowd. Turns are taken with the
    first crowd connected; `rates` in turns per second, `seconds` for each."""

    transport: str
    url: str
    pid: int
    seats: list[Seat]
    crowds: list[int]
    rates: list[float]
    seconds: float
    hold_seconds: float

    @classmethod
    def read(cls, text: str) -> "Plan":
        """From JSON."""
        fields = json.loads(text)
        return cls(**fields | {"seats": [Seat(*seat) for seat in fields["seats"]]})

    def write(self) -> str:
        """As JSON."""
        seats = [(seat.token, seat.conversation_id) for seat in self.seats]
        return json.dumps(asdict(self) | {"seats": seats})


@dataclass(slots=True)
class Meter:
    """The server's own process: memory, and the processor time of it and what works for it."""

    pid: int
    started: dict[int, float] = field(default_factory=dict)

    def memory_mb(self) -> Json:
        """Of the process alone, without PostgreSQL and Valkey. `pss` shares shared pages out."""
        memory = psutil.Process(self.pid).memory_full_info()
        return {"rss": round(memory.rss / 1e6, 1), "pss": round(memory.pss / 1e6, 1)}

    def start(self) -> None:
        """Count processor time from now on."""
        self.started = {pid: seconds for pid, _, seconds in self._processes()}

    def used(self) -> dict[str, float]:
        """Processor seconds since `start`, by program; `load` is this process."""
        used: dict[str, float] = defaultdict(float)
        for pid, name, seconds in self._processes():
            used[name] += seconds - self.started.get(pid, 0.0)
        return {name: round(seconds, 2) for name, seconds in used.items()}

    async def idle(self) -> float:
        """Wait until the server has nothing left to do; gives the seconds that it took, at most
        `IDLE_SECONDS`."""
        asked = perf_counter()
        while (waited := perf_counter() - asked) < IDLE_SECONDS:
            self.start()
            await asyncio.sleep(1)
            if self.used()["server"] < IDLE_SHARE:
                break
        return round(waited, 1)

    def _processes(self) -> Iterator[tuple[int, str, float]]:
        server, load = psutil.Process(self.pid), psutil.Process()
        yield self.pid, "server", sum(server.cpu_times()[:2])
        yield load.pid, "load", sum(load.cpu_times()[:2])
        for process in server.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                yield process.pid, process.name(), sum(process.cpu_times()[:2])


async def run(plan: Plan) -> AsyncIterator[Json]:
    """All phases in order."""
    crowd = Crowd(WIRES[plan.transport], plan.url, plan.seats)
    meter = Meter(plan.pid)
    await _warm_up(crowd)
    await meter.idle()
    yield {"phase": "idle", "memory": meter.memory_mb()}
    first, *larger = plan.crowds
    yield await connect(crowd, first, meter)
    yield {"phase": "fan-out", **await fan_out(crowd)}
    yield {"phase": "resume", **await resume(crowd)}
    yield {"phase": "all come back", **await all_come_back(crowd)}
    for rate in plan.rates:
        result = await turns(steady(crowd.guests, rate, plan.seconds), meter)
        yield {"phase": "steady", "rate": rate, **result}
        if result["perSecond"] < REACHED * rate:
            break  # a higher one would only queue up more
    flat = flat_out(crowd.guests, AT_ONCE, plan.seconds)
    yield {"phase": "flat out", **await turns(flat, meter)}
    yield {"phase": "after turns", "dropped": await crowd.dropped(), "memory": meter.memory_mb()}
    for size in larger:
        yield await connect(crowd, size, meter)
        await asyncio.sleep(plan.hold_seconds)  # long enough that both sides' pings come round
        dropped = await crowd.dropped()
        yield {"phase": "held", "connections": size, "dropped": dropped}
    await crowd.leave()


async def _warm_up(crowd: Crowd) -> None:
    """What happens once isn't what a connection costs."""
    guest = await crowd.admit(crowd.seats[0])
    await one_turn(guest, perf_counter(), 0, Answers())
    await guest.connection.close()


async def connect(crowd: Crowd, size: int, meter: Meter) -> Json:
    """Fill up to `size`: how fast, and what a connection costs the server."""
    before, had = meter.memory_mb(), len(crowd.guests)
    meter.start()
    taken, per_second = await crowd.grow(size)
    used = meter.used()
    await asyncio.sleep(SETTLE_SECONDS)
    after = meter.memory_mb()
    added = size - had
    return {
        "phase": "connect",
        "connections": size,
        "perSecond": round(per_second, 1),
        "ms": spread(taken),
        "memory": after,
        "kbPerConnection": round((after["pss"] - before["pss"]) * 1000 / added, 1),
        "cpuSeconds": used,
    }


async def fan_out(crowd: Crowd) -> Json:
    """One message at a time to ten other connections of a conversation: from sending it to each
    one's hearing it, and from the first one's to the last one's."""
    sender = crowd.guests[0]
    listeners = [await crowd.admit(sender.seat) for _ in range(LISTENERS)]
    heard: list[float] = []
    reach, apart = [], []
    everybody = asyncio.Event()

    def on_event(event: str, data: Json, at: float) -> None:
        if event == "message:received" and data["senderType"] == "user":
            heard.append(at)
            if len(heard) == LISTENERS:
                everybody.set()

    for listener in listeners:
        listener.connection.on_event = on_event
    for number in range(FAN_OUTS):
        heard.clear()
        everybody.clear()
        sent = perf_counter()
        await one_turn(sender, sent, number, Answers())
        await everybody.wait()
        reach += [(at - sent) * 1000 for at in heard]
        apart.append((max(heard) - min(heard)) * 1000)
    for listener in listeners:
        await listener.connection.close()
    return {"ms": spread(reach), "firstToLastMs": spread(apart)}


async def resume(crowd: Crowd) -> Json:
    """One connection after the other is lost and comes back."""
    return {"ms": spread([await crowd.come_back(guest) for guest in crowd.guests[:RESUMES]])}


async def all_come_back(crowd: Crowd) -> Json:
    """All connections are lost at the same moment, as when a proxy restarts."""
    started = perf_counter()
    taken = await asyncio.gather(*map(crowd.come_back, crowd.guests))
    all_back = round((perf_counter() - started) * 1000, 1)
    return {"ms": spread(taken), "allBackMs": all_back, "refused": dict(crowd.refused)}


async def turns(going: Awaitable[Answers], meter: Meter) -> Json:
    """What turns were like, and how long the server was busy with what they left behind."""
    meter.start()
    answers = await going
    used = meter.used()
    return {**told(answers), "cpuSeconds": used, "busyAfterSeconds": await meter.idle()}


def told(answers: Answers) -> Json:
    """What turns were like, as a result."""
    return {
        "asked": answers.asked,
        "turns": len(answers.whole),
        "perSecond": round(answers.per_second, 1),
        "refused": len(answers.refused),
        "lost": len(answers.lost),
        "why": sorted({*answers.refused, *answers.lost})[:3],
        "doubled": answers.doubled,
        "outOfOrder": answers.out_of_order,
        "storedMs": spread(answers.stored),
        "firstDeltaMs": spread(answers.first_delta),
        "wholeMs": spread(answers.whole),
    }


def spread(samples: Sequence[float]) -> Json | None:
    """Percentiles; None of nothing."""
    if not samples:
        return None
    figure = Figure.of("", samples)
    return {key: getattr(figure, key) for key in ("count", "p50", "p95", "worst")}


async def main() -> None:
    """Read a plan, carry it out."""
    gc.freeze()
    async for result in run(Plan.read(sys.stdin.read())):
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
