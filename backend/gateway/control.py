"""What the processes tell each other, and no client hears: typed events on a room of their own.

control = Control(hub)
control.on(TokensRevoked, handler)      # before listen()
await control.listen()                  # once, at start
await control.tell(TokensRevoked(...))  # to every process, this one first

As lossy as the bus that carries it: what must not be missed is looked up again now and then.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID

import structlog
from pydantic import BaseModel, ConfigDict

from backend.gateway.hub import Hub

log = structlog.get_logger(__name__)

CONTROL_ROOM = "control"

Publish = Callable[[str, str, dict[str, Any]], Awaitable[None]]


class ControlEvent(BaseModel):
    """One kind of event; `name` says which on the wire."""

    name: ClassVar[str]
    model_config = ConfigDict(frozen=True, extra="ignore")


class TokensRevoked(ControlEvent):
    """Tokens of a user, by their own ids or their sessions', are no longer good."""

    name = "tokens:revoked"
    user_id: UUID
    ids: tuple[UUID, ...]


class SignedOutEverywhere(ControlEvent):
    """No token of a user that was issued before a moment is good any longer."""

    name = "tokens:revoked-all"
    user_id: UUID
    before: datetime


class UserBlocked(ControlEvent):
    """An admin blocked an account."""

    name = "account:blocked"
    user_id: UUID


class AccountGone(ControlEvent):
    """A user's account was deleted."""

    name = "account:gone"
    user_id: UUID


Told = TypeVar("Told", bound=ControlEvent)
Handler = Callable[[Told], Awaitable[None] | None]


class Control:
    """One process's end of the room. Kinds of event that nobody here handles are ignored: in a rolling
    restart another version may send them."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._kinds: dict[str, type[ControlEvent]] = {}
        self._handlers: dict[str, list[Handler[Any]]] = defaultdict(list)

    def on(self, kind: type[Told], handler: Handler[Told]) -> None:
        """Call the handler with every event of this kind, whichever process told it."""
        self._kinds[kind.name] = kind
        self._handlers[kind.name].append(handler)

    async def listen(self) -> None:
        """Hear the other processes from now on."""
        await self._hub.listen(CONTROL_ROOM, self._hear)

    async def tell(self, event: ControlEvent) -> None:
        """Tell every process, this one first. Never raises for an outage."""
        await announce(self._hub.publish, event)

    async def _hear(self, _room: str, name: str, data: dict[str, Any]) -> None:
        kind = self._kinds.get(name)
        if kind is None:
            return
        event = kind.model_validate(data)
        for handler in self._handlers[name]:
            try:
                waiting = handler(event)
                if waiting is not None:
                    await waiting
            except Exception:  # one failing handler must not keep the others from hearing
                log.exception("control.failed", event_name=name)


async def announce(publish: Publish, event: ControlEvent) -> None:
    """Tell every process from outside of them: `publish` is a bus's, of a command say."""
    await publish(CONTROL_ROOM, event.name, event.model_dump(mode="json"))
