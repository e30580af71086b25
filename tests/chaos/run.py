"""One run: a plan carried out on a cluster, and what is left of it checked."""

import asyncio
import json
import random
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.account import Account
from tests.chaos.checks import violations
from tests.chaos.client import ChaosClient, make_client
from tests.chaos.cluster import Cluster, running_cluster
from tests.chaos.evidence import stored_conversations
from tests.chaos.history import History, StoredConversation, Violation
from tests.chaos.plan import Part, Plan, Transport
from tests.chaos.proxy import FaultProxy
from tests.support.keepsake_client import Client

ANSWERED_SECONDS = 30.0
CAUGHT_UP_SECONDS = 20.0
STUCK_SECONDS = 90.0  # nobody says anything for so long: the run is broken off
POLL_SECONDS = 0.1

_NAMED = re.compile(r"^[\w.]+(Error|Exception|[A-Z]\w+): ")

Progress = Callable[[str, int], None]
"""Hears what goes on, and how many messages have been said."""


@dataclass
class Outcome:
    """What came of a run. `recoveries`: (strike, seconds until what it hit worked again);
    `defects`: what the processes' logs have
    that shouldn't be there, with a sample of each; `seconds` by phase."""

    plan: Plan
    violations: list[Violation] = field(default_factory=list)
    history: History | None = None
    counts: Counter[str] = field(default_factory=Counter)
    recoveries: list[tuple[str, float]] = field(default_factory=list)
    clients: list[ChaosClient] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    defects: Counter[str] = field(default_factory=Counter)
    samples: dict[str, Any] = field(default_factory=dict)


async def carry_out(plan: Plan, progress: Progress, *, jobs_seconds: float) -> Outcome:
    """Start, disturb, heal, check. Jobs get `jobs_seconds` to end: 90 are enough for those whose worker
    was killed to be taken up by another."""
    outcome = Outcome(plan)
    began = time.monotonic()
    async with running_cluster() as cluster:
        began = _phase(outcome, "start", began)
        async with _Cast(plan, cluster, outcome, progress) as cast:
            await cast.disturb()
            began = _phase(outcome, "disturbed", began)
            await cast.heal()
            began = _phase(outcome, "healing", began)
        stored = await _settled(cluster, jobs_seconds)
        _phase(outcome, "background work", began)
        told = [client.testify() for client in outcome.clients]
        outcome.history = History(stored, told, cluster.struck)
        outcome.recoveries = cluster.recoveries
        _read_logs(cluster, outcome)
    outcome.violations += violations(outcome.history)
    outcome.violations += [
        Violation("no process left", "", f"{process.pid} {process.name()}")
        for process in cluster.left_behind()
    ]
    return outcome


class _Cast:
    """The clients, their proxies and accounts, while they play."""

    def __init__(self, plan: Plan, cluster: Cluster, outcome: Outcome, progress: Progress) -> None:
        self._plan = plan
        self._cluster = cluster
        self._outcome = outcome
        self._progress = progress
        self._said = 0
        self._said_at = time.monotonic()
        self._proxies: list[FaultProxy] = []
        self._playing: list[asyncio.Task[None]] = []
        self._staying: list[asyncio.Task[None]] = []
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "_Cast":
        async with AsyncExitStack() as stack:
            users = sorted({part.user for part in self._plan.parts})
            accounts = [await stack.enter_async_context(self._account(user)) for user in users]
            for part in self._plan.parts:
                proxy = await self._proxy(stack, part)
                client = make_client(
                    proxy.url,
                    part,
                    accounts[part.user],
                    self._outcome.counts,
                    random.Random(f"client {self._plan.seed} {part.name}"),
                    self._message_said,
                )
                self._outcome.clients.append(client)
                staying = asyncio.create_task(client.stay())
                self._staying.append(staying)
                stack.push_async_callback(_cancel, [staying])
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await _cancel(self._playing)
        await self._stack.aclose()

    async def _proxy(self, stack: AsyncExitStack, part: Part) -> FaultProxy:
        ports = [api.port for api in self._cluster.apis]
        proxy = FaultProxy(self._plan.seed, part, ports, self._outcome.counts)
        self._proxies.append(proxy)
        return await stack.enter_async_context(proxy)

    @asynccontextmanager
    async def _account(self, user: int) -> AsyncIterator[Account]:
        person = Client(self._cluster.apis[0].url)
        async with person.http:
            await person.register(f"User {user}")
            await person.make_character()
            conversation = await person.converse()
        account = Account(
            person.token,
            person.user["id"],
            conversation,
            [api.url for api in self._cluster.apis],
            random.Random(f"account {self._plan.seed} {user}"),
        )
        try:
            yield account
        finally:
            await account.close()

    def _message_said(self) -> None:
        self._said += 1
        self._said_at = time.monotonic()
        self._progress("", self._said)

    # --- the acts --------------------------------------------------------------------------------

    async def disturb(self) -> None:
        """Everybody talks and everything breaks, until all is said and all strikes are over."""
        self._playing = [asyncio.create_task(client.play()) for client in self._outcome.clients]
        strikes: list[asyncio.Task[None]] = []
        try:
            for fault in self._plan.faults:
                if not await self._turn(fault.at_turn):
                    return
                self._progress(f"{fault.strike} {fault.process}", self._said)
                strikes.append(asyncio.create_task(self._cluster.strike(fault)))
            await self._turn(self._plan.turns)
        finally:
            await asyncio.gather(*strikes)

    async def _turn(self, number: int) -> bool:
        """Wait until so many messages have been said; False, and a violation, if they never are."""
        while self._said < number:
            if time.monotonic() - self._said_at > STUCK_SECONDS:
                detail = f"nothing was said for {STUCK_SECONDS:g} s after {self._said} messages"
                self._outcome.violations.append(Violation("goes on", "", detail))
                return False
            self._see_that_all_live()
            await asyncio.sleep(POLL_SECONDS)
        return True

    async def heal(self) -> None:
        """No more faults: what waits is answered, and everybody knows everything."""
        self._progress("healing", self._said)
        for proxy in self._proxies:
            proxy.calm = True
        await self._cluster.all_up()
        _, late = await asyncio.wait(self._playing, timeout=ANSWERED_SECONDS)
        self._note("answered after healing", late)
        await self._catch_up()
        await self._last_words()
        await self._catch_up()
        self._see_that_all_live()

    async def _catch_up(self) -> None:
        catching_up = [asyncio.create_task(c.catch_up()) for c in self._outcome.clients]
        _, late = await asyncio.wait(catching_up, timeout=CAUGHT_UP_SECONDS)
        self._note("caught up after healing", late)
        await _cancel(catching_up)

    async def _last_words(self) -> None:
        """Whoever has a socket hears one more reply from its first part to its last. How many were
        heard so before depends on what the strikes hit: it may be none."""
        listening = [c for c in self._outcome.clients if c.part.transport is not Transport.REST]
        speaking = {client.part.user: client for client in listening}.values()
        acts = [asyncio.create_task(client.say_last_words()) for client in speaking]
        acts += [asyncio.create_task(client.hear_last_reply()) for client in listening]
        _, late = await asyncio.wait(acts, timeout=ANSWERED_SECONDS)
        self._note("heard whole when calm", late)
        await _cancel(acts)

    def _see_that_all_live(self) -> None:
        """Raise what a client died of: that is a defect of the harness."""
        for task in (*self._playing, *self._staying):
            if task.done() and (error := task.exception()):
                raise error

    def _note(self, rule: str, late: Iterable[object]) -> None:
        if count := len(list(late)):
            self._outcome.violations.append(Violation(rule, "", f"{count} clients still wait"))


async def _settled(cluster: Cluster, seconds: float) -> list[StoredConversation]:
    """What is stored, once no job is under way any more, or the time is up."""
    deadline = time.monotonic() + seconds
    while True:
        stored = await stored_conversations(cluster.database_url)
        waiting = [c for c in stored if "doing" in c.jobs]
        if not waiting or time.monotonic() > deadline:
            return stored
        await asyncio.sleep(POLL_SECONDS)


def _read_logs(cluster: Cluster, outcome: Outcome) -> None:
    """Errors, by where and what; and how often a late reply was fenced off."""
    for number, log in enumerate(cluster.ended_by_themselves, start=1):
        outcome.defects["processes that ended by themselves"] = number
        outcome.samples[f"ended by itself {number}"] = log
    for process in (*cluster.apis, cluster.worker):
        for line in process.log().splitlines():
            if line.startswith("Traceback"):
                outcome.defects["tracebacks outside the log"] += 1
            if not line.startswith("{"):
                continue
            entry = json.loads(line)
            if entry.get("level") in ("error", "critical"):
                exception = str(entry.get("exception", "")).strip()
                name = f"{str(entry.get('event'))[:100]}: {_reason(exception)}"
                outcome.defects[name] += 1
                outcome.samples.setdefault(name, entry)
            elif entry.get("event") == "turn.overtaken":
                outcome.defects["late replies fenced off"] += 1


def _reason(exception: str) -> str:
    """The line that names the last exception of a traceback."""
    named = [line for line in exception.splitlines() if _NAMED.match(line)]
    return (named or [exception])[-1][:160]


async def _cancel(tasks: Iterable["asyncio.Task[None]"]) -> None:
    tasks = list(tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _phase(outcome: Outcome, name: str, began: float) -> float:
    now = time.monotonic()
    outcome.seconds[name] = round(now - began, 2)
    return now
