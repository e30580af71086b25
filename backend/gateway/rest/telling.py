"""A reply for whoever waits for it by HTTP: its events as they come, or told again."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

from backend.errors import ServiceUnavailable
from backend.gateway.error_mapping import error_data
from backend.gateway.outgoing import Outgoing
from backend.gateway.protocol import (
    CharacterResponse,
    MessageDelivered,
    NoticeView,
    ServerEvent,
    Status,
)
from backend.gateway.services import Services
from backend.gateway.views import MessageView
from backend.models import Message

HEARTBEAT_SECONDS = 15.0
RESTARTS = "restarts"  # among a listener's events: none will follow
ENDING: dict[str, Status] = {  # of a reply, by its state
    "complete": "completed",
    "interrupted": "interrupted",
    "failed": "failed",
}


class Listener:
    """A connection that a waiting request holds: events queue up until it reads them."""

    def __init__(self, user_id: UUID) -> None:
        self.user_id = user_id
        self.events: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()

    async def send(self, event: str, data: dict[str, Any]) -> None:
        """See `Connection.send`."""
        self.events.put_nowait((event, data))

    async def deliver(self, outgoing: Outgoing) -> None:
        """See `Connection.deliver`."""
        self.events.put_nowait((outgoing.event, outgoing.data))

    async def next(self, here: Services) -> tuple[str, dict[str, Any]]:
        """The next event.

        Raises:
            ServiceUnavailable: this process stops, and answers no more.
        """
        with here.stopping.telling(lambda: self.events.put_nowait((RESTARTS, {}))):
            event, data = await self.events.get()
        if event == RESTARTS:
            raise ServiceUnavailable(
                "The message is stored; Keepsake restarts, and will answer it then. It will appear in "
                "the conversation.",
                retry_after=5,
            )
        return event, data


async def stored_reply(here: Services, message: Message) -> MessageView | None:
    """The reply, if it is there already: the message may be a repeat."""
    async with here.store.transaction() as tx:
        later = await tx.messages.page(message.conversation_id, limit=50, after=message.seq)
    return next((MessageView.of(item) for item in later if item.reply_to == message.id), None)


async def told(here: Services, listener: Listener, message: Message) -> AsyncIterator[str]:
    """The reply's events as server-sent events; the first says that the message is stored."""
    try:
        yield _sse(ServerEvent.MESSAGE_DELIVERED, MessageDelivered.of(message).wire())
        if stored := await stored_reply(here, message):
            for event_text in _told_again(stored):
                yield event_text
            return
        reply_id: str | None = None
        while True:
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    event, data = await listener.next(here)
            except TimeoutError:
                yield ": waiting\n\n"  # keeps proxies from closing the stream
                continue
            except ServiceUnavailable as error:
                yield _sse(ServerEvent.ERROR, error_data(error))
                return
            if event == ServerEvent.CHARACTER_RESPONSE:
                if data.get("replyTo") == str(message.id):
                    reply_id = data["messageId"]
                if data["messageId"] == reply_id:
                    yield _sse(event, data)
            elif event == ServerEvent.ERROR and reply_id:
                yield _sse(event, data)
            elif event == ServerEvent.MESSAGE_RECEIVED and data["replyTo"] == str(message.id):
                if reply_id is None:  # it had begun before this request came
                    for event_text in _told_again(MessageView.model_validate(data)):
                        yield event_text
                else:
                    yield _sse(event, data)
                return
    finally:
        await here.hub.drop(listener)


def _told_again(reply: MessageView) -> Iterator[str]:
    """A reply that is written, in the events in which it was told: who repeats a message hears of it as
    at first, but that its text is one delta."""
    notice = reply.metadata.get("notice")
    shown = NoticeView.model_validate(notice) if notice else None
    deltas = [reply.content] if reply.content else []

    def response(status: Status, index: int, delta: str = "", **more: Any) -> str:
        same = {"conversation_id": reply.conversation_id, "message_id": reply.id}
        event = CharacterResponse(**same, status=status, index=index, delta=delta, **more)
        return _sse(ServerEvent.CHARACTER_RESPONSE, event.wire())

    yield response("started", 0, reply_to=reply.reply_to, notice=shown)
    for index, delta in enumerate(deltas):
        yield response("delta", index, delta)
    yield response(ENDING[reply.state], len(deltas), notice=shown)
    yield _sse(ServerEvent.MESSAGE_RECEIVED, reply.wire())


def _sse(event: str, data: dict[str, Any]) -> str:
    return f"event: {event}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"
