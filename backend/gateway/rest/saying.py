"""Saying something: a message is stored, and its reply waited for, streamed, or left to come."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import Field

from backend.conversation.accepting import Draft
from backend.errors import CharacterBlocked, MessageTooLong, RateLimited, ServiceUnavailable
from backend.gateway.actions import send_message
from backend.gateway.authentication import Caller, Here
from backend.gateway.error_mapping import error_data
from backend.gateway.openapi import fails_with
from backend.gateway.openapi_words import STREAM
from backend.gateway.outgoing import Outgoing
from backend.gateway.protocol import MessageDelivered, ServerEvent
from backend.gateway.services import Services
from backend.gateway.views import MessageView, View
from backend.gateway.wire_types import MessageText
from backend.models import Message

router = APIRouter(tags=["messages"])

REPLY_SECONDS = 150.0  # how long a waiting POST holds on; longer than a model's own time-out
HEARTBEAT_SECONDS = 15.0
RESTARTS = "restarts"  # among a listener's events: none will follow


class NewMessage(View):
    content: MessageText
    type: Literal["text", "image", "voice"] = "text"
    client_message_id: Annotated[str | None, Field(min_length=1, max_length=200)] = None


class Exchange(View):
    message: MessageView
    reply: MessageView | None


class Stored(View):
    """What `Prefer: respond-async` is answered with."""

    message: MessageView
    reply: None = None


class _Listener:
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


@router.post(
    "/conversations/{conversation_id}/messages",
    status_code=201,
    response_model=Exchange,
    responses={
        200: STREAM,
        202: {"model": Stored, "description": "Stored, to be answered later."},
        **fails_with(CharacterBlocked, MessageTooLong, RateLimited, ServiceUnavailable),
    },
)
async def post_message(
    here: Here,
    caller: Caller,
    conversation_id: UUID,
    wanted: NewMessage,
    prefer: Annotated[str, Header(description="`respond-async` to leave at once.")] = "",
    accept: Annotated[str, Header(description="`text/event-stream` to have it streamed.")] = "",
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None,
) -> Response:
    """Send a message and have it answered. Waits for the reply (201), streams it
    (`Accept: text/event-stream`, 200), or leaves once the message is stored (`Prefer:
    respond-async`, 202). An `Idempotency-Key` stands in for
    `clientMessageId` where there is none."""
    draft = Draft(wanted.content, wanted.type, wanted.client_message_id or idempotency_key)
    if "respond-async" in prefer:
        message = await send_message(here, caller.id, conversation_id, draft)
        return _json(202, Stored(message=MessageView.of(message)))
    listener = _Listener(caller.id)
    try:
        message = await send_message(here, caller.id, conversation_id, draft, joining=listener)
    except BaseException:
        await here.hub.drop(listener)
        raise
    if "text/event-stream" in accept:
        return StreamingResponse(
            _stream(here, listener, message),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
    reply = await _wait_for_reply(here, listener, message)
    async with here.store.transaction() as tx:  # it was read meanwhile, and perhaps marked
        answered = await tx.messages.get(message.id) or message
    return _json(201, Exchange(message=MessageView.of(answered), reply=reply))


async def _wait_for_reply(here: Services, listener: _Listener, message: Message) -> MessageView:
    try:
        if stored := await _stored_reply(here, message):
            return stored
        async with asyncio.timeout(REPLY_SECONDS):
            while True:
                event, data = await listener.next(here)
                if event == ServerEvent.MESSAGE_RECEIVED and data["replyTo"] == str(message.id):
                    return MessageView.model_validate(data)
    except TimeoutError as error:
        raise ServiceUnavailable(
            "The message is stored, but its reply takes too long. It will appear in the conversation.",
            retry_after=10,
        ) from error
    finally:
        await here.hub.drop(listener)


async def _stored_reply(here: Services, message: Message) -> MessageView | None:
    """The reply, if it is there already: the message may be a repeat."""
    async with here.store.transaction() as tx:
        later = await tx.messages.page(message.conversation_id, limit=50, after=message.seq)
    return next((MessageView.of(item) for item in later if item.reply_to == message.id), None)


async def _stream(here: Services, listener: _Listener, message: Message) -> AsyncIterator[str]:
    """The reply's events as server-sent events; the first says that the message is stored."""
    try:
        yield _sse(ServerEvent.MESSAGE_DELIVERED, MessageDelivered.of(message).wire())
        if stored := await _stored_reply(here, message):
            yield _sse(ServerEvent.MESSAGE_RECEIVED, stored.wire())
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
                yield _sse(event, data)
                return
    finally:
        await here.hub.drop(listener)


def _sse(event: str, data: dict[str, Any]) -> str:
    return f"event: {event}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"


def _json(status: int, body: View) -> JSONResponse:
    return JSONResponse(body.wire(), status)
