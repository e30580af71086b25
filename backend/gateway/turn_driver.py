"""Drives turns: one conversation's messages in order, one process at a time, whatever happens to the
client. A lease in Postgres says who answers; the sweep takes up what a dead process left."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from uuid import UUID, uuid4

import structlog

from backend.conversation.assigning import next_assignment
from backend.conversation.assignment import Assignment, TurnResources
from backend.conversation.turn import answer
from backend.errors import Conflict, KeepsakeError
from backend.gateway.generations import Generations
from backend.gateway.hub import Hub
from backend.gateway.neighbours import Answer, Neighbours
from backend.gateway.turn_news import TurnNews
from backend.models import Conversation
from backend.monitoring.metrics import TURNS_RUNNING
from backend.store import Store, Transaction

log = structlog.get_logger(__name__)

SWEEP_BATCH = 50
STOP = "stop"


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds that a lease lives, between its renewals, and between sweeps. Lease and sweep
    together: how long a dead process's message waits at most."""

    lease: float = 15.0
    renewal: float = 5.0
    sweep: float = 5.0


class TurnDriver:
    """Answers waiting messages. `wake` is cheap and may be called any number of times.

    `generations` are the replies being written, here and elsewhere."""

    def __init__(
        self, store: Store, resources: TurnResources, hub: Hub, pace: Pace | None = None
    ) -> None:
        self._store = store
        self._resources = resources
        self._pace = pace or Pace()
        self._process = str(uuid4())
        self._neighbours = Neighbours(hub, self._process)
        self._neighbours.on(STOP, self._answer_stop)
        self.generations = Generations(hub, self._neighbours)
        self._news = TurnNews(store, hub, self.generations)
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._again: set[UUID] = set()
        self._stops: dict[UUID, asyncio.Event] = {}
        self._closing = False

    @property
    def process(self) -> str:
        """This process's id, by which it has leases."""
        return self._process

    async def listen(self) -> None:
        """Hear from now on what other processes ask of this one."""
        await self._neighbours.listen()

    def wake(self, conversation_id: UUID) -> None:
        """See to it that what waits in the conversation is answered, or written anew."""
        if self._closing:
            return
        if conversation_id in self._tasks:
            self._again.add(conversation_id)
            return
        task = asyncio.create_task(self._work(conversation_id), name=f"turn {conversation_id}")
        self._tasks[conversation_id] = task
        TURNS_RUNNING.inc()
        task.add_done_callback(lambda _: TURNS_RUNNING.dec())

    async def stop(self, conversation_id: UUID) -> bool:
        """End the running reply, whichever process writes it, keeping its text. False: none is running.

        Where the writer can't be asked it reads of the wish when it renews its lease."""
        if self._stop_here(conversation_id):
            return True
        async with self._store.transaction() as tx:
            writer = await tx.turns.holder(conversation_id)
        if writer is None or writer == self._process:
            return False
        answered = await self._neighbours.ask(writer, STOP, conversation_id)
        if answered is not None:
            return bool(answered["stopped"])
        async with self._store.transaction() as tx:
            return await tx.turns.ask_to_stop(conversation_id)

    async def sweep(self) -> None:
        """Take up what nobody is answering, now and every few seconds, until cancelled."""
        while True:
            try:
                async with self._store.transaction() as tx:
                    waiting = await tx.turns.waiting(limit=SWEEP_BATCH)
                for conversation_id in waiting:
                    self.wake(conversation_id)
            except KeepsakeError as error:
                log.warning("turns.sweep_failed", code=error.code)
            await asyncio.sleep(self._pace.sweep)

    async def close(self, grace_seconds: float) -> None:
        """Start no more turns; let running ones end within the grace time. What doesn't make it
        stays unanswered in Postgres and is taken up at the next start."""
        self._closing = True
        if self._tasks:
            log.info("turns.draining", running=len(self._tasks), grace_seconds=grace_seconds)
            await asyncio.wait(self._tasks.values(), timeout=grace_seconds)
        running = list(self._tasks.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _work(self, conversation_id: UUID) -> None:
        try:
            while True:
                self._again.discard(conversation_id)
                await self._answer_waiting(conversation_id)
                if self._closing or conversation_id not in self._again:
                    return
        except Conflict:
            log.info("turn.overtaken", conversation_id=str(conversation_id))
        except KeepsakeError as error:
            log.warning("turn.failed", conversation_id=str(conversation_id), code=error.code)
            await self._news.failed(conversation_id, error)
        except Exception:
            # A defect of ours must not pass silently; the message stays waiting for the sweep.
            log.exception("turn.crashed", conversation_id=str(conversation_id))
        finally:
            del self._tasks[conversation_id]

    async def _answer_waiting(self, conversation_id: UUID) -> None:
        assignment = await self._take_up(conversation_id)
        while assignment:
            fence = assignment.fence
            try:
                async with self._renewed(conversation_id, fence):
                    await self._drive(assignment)
                assignment = await self._go_on(conversation_id, fence)
            except BaseException:
                with suppress(KeepsakeError):
                    async with self._store.transaction() as tx:
                        await tx.turns.release(conversation_id, fence)
                raise

    async def _take_up(self, conversation_id: UUID) -> Assignment | None:
        """The first thing to do in a conversation that nobody has a lease on."""
        async with self._store.transaction() as tx:
            conversation = await tx.turns.claim(
                conversation_id, self._process, seconds=self._pace.lease
            )
            return await self._next(tx, conversation) if conversation else None

    async def _go_on(self, conversation_id: UUID, fence: int) -> Assignment | None:
        """What waits when a reply is done, under the same lease; mostly nothing, and it is given back."""
        self._again.discard(conversation_id)  # what was asked for until now is seen from here
        async with self._store.transaction() as tx:
            conversation = await tx.turns.let_go(conversation_id, fence)
            if conversation is None:
                return None
            await tx.turns.renew(conversation_id, fence, seconds=self._pace.lease)
            return await self._next(tx, conversation)

    async def _next(self, tx: Transaction, conversation: Conversation) -> Assignment | None:
        """The next thing to do. If there is none the lease is given back in the same transaction,
        which holds the conversation's row: what is stored in it later finds the lease free."""
        assignment = None
        if not self._closing:
            heard = partial(self._news.is_heard, conversation.id)
            assignment = await next_assignment(tx, conversation, reaches_user=heard)
        if assignment is None:
            await tx.turns.release(conversation.id, conversation.turn_fence)
        return assignment

    async def _drive(self, assignment: Assignment) -> None:
        conversation = assignment.conversation
        await self._news.begins(assignment)
        stop = self._stops[conversation.id] = asyncio.Event()
        try:
            async for event in answer(self._resources, assignment, stop=stop):
                await self._news.happened(assignment, event)
        except BaseException:
            await self._news.abandoned(conversation)
            raise
        finally:
            del self._stops[conversation.id]

    def _stop_here(self, conversation_id: UUID) -> bool:
        stop = self._stops.get(conversation_id)
        if stop:
            stop.set()
        return stop is not None

    def _answer_stop(self, conversation_id: UUID) -> Answer:
        return {"stopped": self._stop_here(conversation_id)}

    @asynccontextmanager
    async def _renewed(self, conversation_id: UUID, fence: int) -> AsyncIterator[None]:
        """Keep the lease alive meanwhile, and stop where another process asks for it."""
        renewing = asyncio.create_task(self._renew(conversation_id, fence))
        try:
            yield
        finally:
            renewing.cancel()

    async def _renew(self, conversation_id: UUID, fence: int) -> None:
        while True:
            await asyncio.sleep(self._pace.renewal)
            try:
                async with self._store.transaction() as tx:
                    stop = await tx.turns.renew(conversation_id, fence, seconds=self._pace.lease)
            except Conflict:
                stop = True  # another process answers: T2 would refuse what is written here
            except KeepsakeError:
                continue
            if stop:
                self._stop_here(conversation_id)
