"""Saying something: a message is stored, and its reply waited for, streamed, or left to come."""

import asyncio
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import Field

from backend.conversation.accepting import Draft
from backend.errors import CharacterBlocked, MessageTooLong, RateLimited, ServiceUnavailable
from backend.gateway.actions import send_message
from backend.gateway.authentication import Caller, Here
from backend.gateway.openapi import fails_with
from backend.gateway.openapi_words import STREAM
from backend.gateway.protocol import ServerEvent
from backend.gateway.rest.telling import Listener, stored_reply, told
from backend.gateway.services import Services
from backend.gateway.views import MessageView, View
from backend.gateway.wire_types import MessageText
from backend.models import Message

router = APIRouter(tags=["messages"])

REPLY_SECONDS = 150.0  # how long a waiting POST holds on; longer than a model's own time-out


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
    listener = Listener(caller.id)
    try:
        message = await send_message(here, caller.id, conversation_id, draft, joining=listener)
    except BaseException:
        await here.hub.drop(listener)
        raise
    if "text/event-stream" in accept:
        return StreamingResponse(
            told(here, listener, message),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
    reply = await _wait_for_reply(here, listener, message)
    async with here.store.transaction() as tx:  # it was read meanwhile, and perhaps marked
        answered = await tx.messages.get(message.id) or message
    return _json(201, Exchange(message=MessageView.of(answered), reply=reply))


async def _wait_for_reply(here: Services, listener: Listener, message: Message) -> MessageView:
    try:
        if stored := await stored_reply(here, message):
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


def _json(status: int, body: View) -> JSONResponse:
    return JSONResponse(body.wire(), status)
