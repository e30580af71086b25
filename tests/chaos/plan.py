"""What will happen in a run, drawn from its seed. Pure: the same seed gives the same plan.

A plan says who talks how, what each client does, which process is struck after how many turns, and
what becomes of the n-th frame of each connection. When exactly things happen, it can't say: that is
left to the machine.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

MESSAGES_OF_A_TURN = ("I keep number {n} in the {place}.", "Number {n} is what {who} calls it.")
PLACES = "attic boathouse cellar drawer engine-room foyer garden hall icebox jetty".split()
PEOPLE = "Ada Bo Cleo Dan Eve Finn Gus Hal Ida Joe".split()


class Strike(StrEnum):
    """What can happen to a process."""

    KILL_API = "kill api"
    KILL_WORKER = "kill worker"
    KILL_VALKEY = "kill valkey"
    KILL_POSTGRES = "kill postgres"
    PAUSE_API = "pause api"
    RESTART_API = "restart api"


@dataclass(frozen=True)
class Fault:
    """A strike once `at_turn` messages have been said. `process` is the API process it is for;
    `seconds` is how long a paused one sleeps, or how long until a killed one is started again."""

    at_turn: int
    strike: Strike
    process: int
    seconds: float


class Action(StrEnum):
    """What a client does next."""

    SAY = "say"
    GO_AWAY = "go away"
    EDIT = "edit"
    DELETE = "delete"
    REGENERATE = "regenerate"
    STOP = "stop"


@dataclass(frozen=True)
class Step:
    """One thing that a client does: with `SAY`, `texts` one after the other without waiting for
    answers; with `GO_AWAY`, `seconds` without a connection."""

    action: Action
    texts: tuple[str, ...] = ()
    seconds: float = 0.0


class Transport(StrEnum):
    """How a client talks to the server."""

    SOCKET_IO = "socket.io"
    WEBSOCKET = "websocket"
    REST = "rest"


@dataclass(frozen=True)
class Part:
    """One client: a device of the user `user` in one conversation (each user has one).

    `in_flight`: how many messages it sends before the first of them is acknowledged. On its way
    to the server nothing may overtake or be lost behind another where that is more than one: no
    network does that within a connection, and no server could tell in which order they were sent.
    """

    name: str
    user: int
    transport: Transport
    in_flight: int
    steps: tuple[Step, ...]

    @property
    def turns(self) -> int:
        """How many messages it says."""
        return sum(len(step.texts) for step in self.steps)


@dataclass(frozen=True)
class Plan:
    """A whole run."""

    seed: int
    parts: tuple[Part, ...]
    faults: tuple[Fault, ...]

    @property
    def turns(self) -> int:
        """How many messages are said in all."""
        return sum(part.turns for part in self.parts)


PAUSE_SECONDS = 18.0  # longer than a lease
TURNS_PER_FAULT = 18
SHORT_TURNS = 50
DEVICES = (Transport.SOCKET_IO, Transport.WEBSOCKET, Transport.REST)


def make_plan(seed: int, turns: int) -> Plan:
    """The plan of a seed: `turns` messages in all, every strike at least once."""
    dice = random.Random(f"plan {seed}")
    users = max(2, min(5, turns // 60))
    return Plan(seed, _parts(dice, turns, users), _faults(dice, turns))


def _parts(dice: random.Random, turns: int, users: int) -> tuple[Part, ...]:
    cast = [(user, transport) for user in range(users) for transport in DEVICES]
    shares = [turns // len(cast) + (n < turns % len(cast)) for n in range(len(cast))]
    numbers = iter(range(1, turns + 1))
    return tuple(
        Part(
            name=f"{transport} of user {user}",
            user=user,
            transport=transport,
            in_flight=1 if transport is Transport.REST else dice.choice((1, 4)),
            steps=tuple(_steps(dice, share, numbers, transport)),
        )
        for (user, transport), share in zip(cast, shares, strict=True)
    )


def _steps(
    dice: random.Random, turns: int, numbers: Iterator[int], transport: Transport
) -> Iterator[Step]:
    left = turns
    while left:
        size = min(left, dice.choices((1, 2, 3), (7, 2, 1))[0])
        left -= size
        yield Step(Action.SAY, tuple(_text(dice, next(numbers)) for _ in range(size)))
        if dice.random() < 0.25:
            yield Step(
                dice.choice((Action.EDIT, Action.DELETE, Action.REGENERATE, Action.STOP)),
            )
        if transport is not Transport.REST and dice.random() < 0.08:
            yield Step(Action.GO_AWAY, seconds=round(dice.uniform(0.2, 3.0), 2))


def _text(dice: random.Random, number: int) -> str:
    return dice.choice(MESSAGES_OF_A_TURN).format(
        n=number, place=dice.choice(PLACES), who=dice.choice(PEOPLE)
    )


def _faults(dice: random.Random, turns: int) -> tuple[Fault, ...]:
    strikes = list(Strike)
    strikes += dice.choices(list(Strike), k=max(0, turns // TURNS_PER_FAULT - len(strikes)))
    dice.shuffle(strikes)
    last = turns * 17 // 20 if turns > SHORT_TURNS else turns // 2  # waits overlap in a short run
    moments = sorted(dice.randint(1, last) for _ in strikes)
    return tuple(
        Fault(moment, strike, dice.randrange(2), _seconds(dice, strike))
        for moment, strike in zip(moments, strikes, strict=True)
    )


def _seconds(dice: random.Random, strike: Strike) -> float:
    if strike is Strike.PAUSE_API:
        return PAUSE_SECONDS
    return round(dice.uniform(0.0, 3.0), 2)


# --- frames --------------------------------------------------------------------------------------


class Fate(StrEnum):
    """What becomes of a frame. A dropped one takes its connection along a little later: within one
    connection nothing is lost for good."""

    PASS = "pass"
    DELAY = "delay"
    DUPLICATE = "duplicate"
    OVERTAKEN = "overtaken"
    DROP = "drop"
    CUT = "cut"


@dataclass(frozen=True)
class Odds:
    """How many of 1,000 frames meet each fate; the rest passes."""

    delay: int
    duplicate: int
    overtaken: int
    drop: int
    cut: int

    def weights(self) -> tuple[int, ...]:
        """In the order of `Fate`."""
        harmed = (self.delay, self.duplicate, self.overtaken, self.drop, self.cut)
        return (1000 - sum(harmed), *harmed)


# A client says little and hears much.
TO_SERVER = Odds(delay=60, duplicate=60, overtaken=30, drop=30, cut=20)
IN_ORDER_TO_SERVER = Odds(delay=60, duplicate=60, overtaken=0, drop=0, cut=40)
TO_CLIENT = Odds(delay=20, duplicate=30, overtaken=30, drop=4, cut=2)


def fates(seed: int, part: Part, connection: int, *, to_server: bool) -> Iterator[Fate]:
    """The fates of a connection's frames in one direction, without end."""
    direction = "to server" if to_server else "to client"
    dice = random.Random(f"frames {seed} {part.name} {connection} {direction}")
    odds = TO_CLIENT
    if to_server:
        odds = TO_SERVER if part.in_flight == 1 else IN_ORDER_TO_SERVER
    while True:
        yield dice.choices(tuple(Fate), odds.weights())[0]
