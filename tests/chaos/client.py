"""A client of a run: does its part of the plan over a connection that breaks all the time."""

import asyncio
import random
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.chaos.account import Account, Refused
from tests.chaos.history import Witness
from tests.chaos.plan import Action, Part, Step, Transport
from tests.chaos.resume import FETCH, JOIN, SEND, Json, Request, Resume
from tests.chaos.wires import Lost, Wire, open_wire

ACK_SECONDS = 4.0  # without an ack for so long, the connection is given up
GAP_SECONDS = 0.4  # what is out of order gets so long to come into order
TRUST_SECONDS = 1.0  # a connection that has lost a frame doesn't live on for so long
QUIET_SECONDS = 5.0  # waiting for an answer and hearing nothing for so long: join again
TICK_SECONDS = 0.1
LAST_WORDS = "That was the last number."
# What a server may say that something is wrong with for now.
FOR_NOW = {
    "store_unavailable",
    "service_unavailable",
    "rate_limited",
    "internal_error",
    "restarting",
}


class ChaosClient(ABC):
    """Does its steps one after the other; `said` hears of each message."""

    def __init__(
        self,
        part: Part,
        account: Account,
        counts: Counter[str],
        dice: random.Random,
        said: Callable[[], None],
    ) -> None:
        self.part = part
        self.resume = Resume(account.conversation_id, in_flight=part.in_flight)
        self.witness = Witness(part.name, account.conversation_id)
        self.longest_wait = 0.0
        self.events: list[tuple[float, str, Json]] = []
        self._account = account
        self._counts = counts
        self._dice = dice
        self._said = said
        self._changed = asyncio.Event()

    async def play(self) -> None:
        """Do all steps. Returns when what was said is answered."""
        for step in self.part.steps:
            try:
                await self._do(step)
            except Refused as refusal:
                self.witness.faults.append(str(refusal))
            await asyncio.sleep(self._dice.random() * 0.3)

    async def _do(self, step: Step) -> None:
        match step.action:
            case Action.SAY:
                await self._say(step.texts)
            case Action.GO_AWAY:
                await self._go_away(step.seconds)
            case Action.EDIT:
                await self._edit()
            case Action.DELETE:
                await self._delete()
            case Action.REGENERATE:
                await self._regenerate()
            case Action.STOP:
                await self._stop()

    async def _say(self, texts: tuple[str, ...]) -> None:
        identities = []
        began = time.monotonic()
        for text in texts:
            identity = f"{self.part.name} {len(self.witness.sent) + 1}"
            self.witness.sent.append((identity, text))
            self.resume.say(identity, text)
            identities.append(identity)
            self._said()
        self._changed.set()
        await self.until(lambda: all(map(self._answered, identities)))
        self.longest_wait = max(self.longest_wait, time.monotonic() - began)

    def _answered(self, identity: str) -> bool:
        return self.resume.answer_to(identity) is not None

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something to become true of what the client knows."""
        while not condition():
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), TICK_SECONDS)
            except TimeoutError:
                continue

    async def _go_away(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    # --- last words --------------------------------------------------------------------------------

    async def say_last_words(self) -> None:
        """Say one thing more. Returns when it is answered."""
        await self._say((LAST_WORDS,))

    async def hear_last_reply(self) -> None:
        """Returns when the reply to the last words was heard from its first part to its last."""
        whole = f"You said: {LAST_WORDS}"
        await self.until(lambda: whole in (text for _, text in self.resume.spoken))

    # --- changes: over REST, whatever the client talks ------------------------------------------

    async def _edit(self) -> None:
        message = self._own_message()
        if message is None:
            return
        words = message["content"].rstrip(".") + ", in truth."
        answer = await self._account.request(
            "PATCH", f"/messages/{message['id']}", json={"content": words}
        )
        if answer is not None and answer.status_code == 200:
            self.witness.edits[message["id"]] = words
            self._counts["edits"] += 1

    async def _delete(self) -> None:
        message = self._own_message()
        if message is None:
            return
        answer = await self._account.request("DELETE", f"/messages/{message['id']}")
        if answer is not None and answer.status_code == 200:
            self.witness.deletions.add(message["id"])
            self._counts["deletions"] += 1

    async def _regenerate(self) -> None:
        message = self._own_message()
        reply = message and self.resume.answer_to(message["clientMessageId"])
        if reply is None or reply["deletedAt"]:
            return
        answer = await self._account.request("POST", f"/messages/{reply['id']}/regenerate")
        if answer is not None and answer.status_code == 202:
            self._counts["regenerations"] += 1

    async def _stop(self) -> None:
        path = f"/conversations/{self.resume.conversation_id}/stop"
        answer = await self._account.request("POST", path)
        if answer is not None and answer.status_code == 200:
            self._counts["stops"] += 1

    def _own_message(self) -> Json | None:
        """One of its own, answered, not deleted."""
        own = [
            message
            for message in self.resume.messages.values()
            if str(message["clientMessageId"]).startswith(f"{self.part.name} ")
            and not message["deletedAt"]
            and message["id"] not in self.witness.edits
            and self._answered(message["clientMessageId"])
        ]
        return self._dice.choice(own) if own else None

    # --- the connection --------------------------------------------------------------------------

    @abstractmethod
    async def stay(self) -> None:
        """Be connected, and connected again, until cancelled."""

    @abstractmethod
    async def catch_up(self) -> None:
        """Ask once more for everything; returns when it came."""

    def testify(self) -> Witness:
        """What the client has to say at the end."""
        known = self.resume.messages
        self.witness.acked = self.resume.acked
        self.witness.shown = [known[n] for n in range(1, len(self.resume.shown) + 1)]
        self.witness.spoken = self.resume.spoken
        self.witness.faults += self.resume.faults
        return self.witness


class SocketClient(ChaosClient):
    """Over Socket.IO or /ws, through the fault proxy at `url`."""

    def __init__(self, url: str, *rest: Any) -> None:
        super().__init__(*rest)
        self._url = url
        self._away = asyncio.Event()
        self._heard_at = 0.0
        self._joined_at = 0.0
        self._sent_before: set[str] = set()
        self._gap_since: float | None = None

    async def stay(self) -> None:
        while True:
            if self._away.is_set():
                await asyncio.sleep(TICK_SECONDS)
                continue
            try:
                await self._connect()
            except Lost:
                self._counts["connections lost"] += 1
            await asyncio.sleep(self._dice.uniform(0.02, 0.4))

    async def _connect(self) -> None:
        wire = await open_wire(self.part.transport, self._url, self._account.token, self._hear)
        self._counts["connections"] += 1
        self.resume.connected()
        self._heard_at = time.monotonic()
        asking: set[asyncio.Task[None]] = set()
        try:
            while not (wire.lost.is_set() or self._away.is_set()):
                for request in self.resume.requests():
                    if request.event == FETCH:
                        asking.add(asyncio.create_task(self._fetch(request)))
                        continue
                    self._count(request)
                    ack = await wire.ask(request.event, request.data)
                    asking.add(asyncio.create_task(self._await_ack(request, ack)))
                errors = [e for task in asking if task.done() and (e := task.exception())]
                if errors:
                    raise errors[0]
                asking = {task for task in asking if not task.done()}
                self._watch()
                await self._something(wire)
        finally:
            for task in asking:
                task.cancel()
            await asyncio.gather(*asking, return_exceptions=True)
            await wire.close()
        raise Lost

    def _count(self, request: Request) -> None:
        if request.key in self._sent_before:
            self._counts["messages sent again"] += 1
        if request.event == SEND:
            self._sent_before.add(request.key)

    async def _something(self, wire: Wire) -> None:
        self._changed.clear()
        try:
            await asyncio.wait_for(self._changed.wait(), TICK_SECONDS)
        except TimeoutError:
            return

    async def _fetch(self, request: Request) -> None:
        messages = await self._account.all_messages()
        self.resume.acknowledged(request, {"messages": messages})
        self._changed.set()

    async def _await_ack(self, request: Request, ack: "asyncio.Future[Json]") -> None:
        try:
            answer = await asyncio.wait_for(ack, ACK_SECONDS)
        except TimeoutError as error:
            self._counts["acks not in time"] += 1
            raise Lost from error
        if refusal := answer.get("error"):
            self._counts[f"refused: {refusal['code']}"] += 1
            if refusal["code"] not in FOR_NOW:
                self.witness.faults.append(f"{request.event} was refused: {refusal}")
            self.witness.refused.add(request.key)
            await asyncio.sleep(refusal.get("retryAfter") or 0.3)
            self.resume.failed(request)
        else:
            self.resume.acknowledged(request, answer)
            if request.event == JOIN:
                self._joined_at = time.monotonic()
        self._changed.set()

    def _watch(self) -> None:
        """See whether something was missed."""
        now = time.monotonic()
        if now - self._joined_at > TRUST_SECONDS:
            self.resume.trust()
        if not self.resume.gap:
            self._gap_since = None
        elif self._gap_since is None:
            self._gap_since = now
        elif now - self._gap_since > GAP_SECONDS:
            self._counts["joins for a gap"] += 1
            self._gap_since = None
            self.resume.suspect()
        if self._waiting and now - self._heard_at > QUIET_SECONDS:
            self._counts["joins for silence"] += 1
            self._heard_at = now
            self.resume.suspect()

    @property
    def _waiting(self) -> bool:
        sent = self.witness.sent
        return bool(sent) and not self._answered(sent[-1][0])

    def _hear(self, event: str, data: Json) -> None:
        self._heard_at = time.monotonic()
        self.events.append((time.time(), event, data))
        self.resume.heard(event, data)
        self._changed.set()

    async def _go_away(self, seconds: float) -> None:
        self._away.set()
        self._changed.set()
        await asyncio.sleep(seconds)
        self._away.clear()

    async def catch_up(self) -> None:
        self.resume.suspect()
        self._changed.set()
        await self.until(lambda: self.resume.settled)


class RestClient(ChaosClient):
    """Over REST alone: sends until it is told that the message is stored, then looks for the reply,
    which every second message waits for in the same request."""

    async def stay(self) -> None:
        self.resume.connected()
        while True:
            for request in self.resume.requests():
                await self._carry_out(request)
            await asyncio.sleep(TICK_SECONDS)
            if self._answers_wait:
                await self.catch_up()

    @property
    def _answers_wait(self) -> bool:
        return any(not self._answered(identity) for identity, _ in self.witness.sent)

    async def _carry_out(self, request: Request) -> None:
        if request.event == SEND:
            await self._send(request)
            return
        messages = await self._account.all_messages()
        ack = {
            "messages": messages,
            "lastSeq": len(messages),
            "lastChange": max((message["change"] for message in messages), default=0),
            "truncated": False,
            "generation": None,
        }
        self.resume.acknowledged(request, ack)
        self.resume.trust()
        self._changed.set()

    async def _send(self, request: Request) -> None:
        body = {name: value for name, value in request.data.items() if name != "conversationId"}
        waits = self._dice.random() < 0.5
        answer = await self._account.until(
            {201, 202},
            "POST",
            f"/conversations/{self.resume.conversation_id}/messages",
            json=body,
            headers={} if waits else {"Prefer": "respond-async"},
        )
        self.resume.acknowledged(request, answer)

    async def catch_up(self) -> None:
        messages = await self._account.all_messages()
        self.resume.acknowledged(Request(FETCH, {}, FETCH), {"messages": messages})
        self._changed.set()


def make_client(url: str, part: Part, *rest: Any) -> ChaosClient:
    """The client of a part; `url` is its proxy's."""
    if part.transport is Transport.REST:
        return RestClient(part, *rest)
    return SocketClient(url, part, *rest)
