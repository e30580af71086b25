"""Messages: send and have them answered, list, mark as read, change, regenerate, see why."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import Field

from backend.conversation.accepting import Draft
from backend.conversation.editing import ChangedMessage, choose_variant, edit_message
from backend.errors import (
    CharacterBlocked,
    ContentRefused,
    InvalidRequest,
    MessageTooLong,
    NotFound,
    RateLimited,
    ServiceUnavailable,
)
from backend.gateway.actions import mark_read, regenerate, remove_message, send_message
from backend.gateway.authentication import Caller, Here
from backend.gateway.error_mapping import error_data
from backend.gateway.etags import TAGGED, Expectation, IfMatch, tagged
from backend.gateway.memory_events import announce_withdrawal
from backend.gateway.openapi import fails_with
from backend.gateway.openapi_words import STREAM
from backend.gateway.outgoing import Outgoing
from backend.gateway.ownership import own_conversation, own_message
from backend.gateway.protocol import (
    MessageDelivered,
    Seq,
    ServerEvent,
    conversation_room,
)
from backend.gateway.rest.paging import DEFAULT_LIMIT, Cursor, Limit, Page, seq_cursor
from backend.gateway.services import Services
from backend.gateway.views import ContextView, MessageView, ReceiptView, View
from backend.gateway.wire_types import NUMBER
from backend.memory.transcript import MessageCheck
from backend.models import Message

router = APIRouter(tags=["messages"])

NOT_EMPTY = Field(json_schema_extra={"minLength": 1, "pattern": r"\S"})  # as `check_content` has it

REPLY_SECONDS = 150.0  # how long a waiting POST holds on; longer than a model's own time-out
HEARTBEAT_SECONDS = 15.0
RESTARTS = "restarts"  # among a listener's events: none will follow


class NewMessage(View):
    content: Annotated[str, NOT_EMPTY]
    type: Literal["text", "image", "voice"] = "text"
    client_message_id: Annotated[str | None, Field(min_length=1, max_length=200)] = None


class ReadUpTo(View):
    up_to_seq: Seq


class NewWords(View):
    content: Annotated[str, NOT_EMPTY]


class ChosenVariant(View):
    number: Annotated[int, Field(ge=0), NUMBER]


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


@router.get("/conversations/{conversation_id}/messages")
async def list_messages(
    here: Here,
    caller: Caller,
    conversation_id: UUID,
    limit: Limit = DEFAULT_LIMIT,
    before: Cursor = None,
    after: Cursor = None,
) -> Page[MessageView]:
    """Messages in order of seq: the newest page, the one before a cursor, or the one after. Deleted
    ones are there too, emptied and with `deletedAt`, so that `seq` has no gaps.

    A cursor is a seq. `nextCursor` leads on in the direction asked for: to older messages unless
    `after` was given.
    """
    if before is not None and after is not None:
        raise InvalidRequest("Give before or after, not both.")
    forwards = after is not None
    async with here.store.transaction() as tx:
        await own_conversation(tx, conversation_id, caller.id)
        found = await tx.messages.page(
            conversation_id,
            limit=limit + 1,
            before=seq_cursor(before),
            after=seq_cursor(after),
            with_deleted=True,
        )
        more = len(found) > limit
        shown = found[:limit] if forwards else found[-limit:]
        variants = await tx.messages.variants([message.id for message in shown])
    cursor = None
    if more:
        cursor = str(shown[-1].seq if forwards else shown[0].seq)
    return Page(
        items=[
            MessageView.of(message, [item for item in variants if item.message_id == message.id])
            for message in shown
        ],
        next_cursor=cursor,
    )


@router.put("/conversations/{conversation_id}/messages/read")
async def put_read(
    here: Here, caller: Caller, conversation_id: UUID, wanted: ReadUpTo
) -> dict[str, int]:
    """Mark the character's messages up to a seq as read; answers how many were new."""
    return {"read": await mark_read(here, caller.id, conversation_id, wanted.up_to_seq)}


@router.post(
    "/messages/{message_id}/regenerate", status_code=202, responses=fails_with(CharacterBlocked)
)
async def post_regenerate(here: Here, caller: Caller, message_id: UUID) -> MessageView:
    """Have a reply written anew. Answers with the reply as it is; `message:updated` brings the new."""
    return MessageView.of(await regenerate(here, caller.id, message_id))


@router.get("/messages/{message_id}", responses=TAGGED)
async def get_message(
    here: Here, caller: Caller, message_id: UUID, response: Response
) -> MessageView:
    """One message."""
    async with here.store.transaction() as tx:
        message = await own_message(tx, message_id, caller.id)
        variants = await tx.messages.variants([message_id])
    return tagged(response, MessageView.of(message, variants))


@router.put("/messages/{message_id}/variant")
async def put_variant(
    here: Here,
    caller: Caller,
    message_id: UUID,
    wanted: ChosenVariant,
    unchanged: IfMatch,
    response: Response,
) -> MessageView:
    """Choose which variant of a reply counts."""
    check = _as_known(unchanged)
    changed = await choose_variant(here.memory, caller.id, message_id, wanted.number, check=check)
    return tagged(response, await _tell(here, changed))


@router.patch("/messages/{message_id}", responses=fails_with(MessageTooLong, ContentRefused))
async def patch_message(
    here: Here,
    caller: Caller,
    message_id: UUID,
    wanted: NewWords,
    unchanged: IfMatch,
    response: Response,
) -> MessageView:
    """Let a message say something else. What rested on the old words alone is retracted, and the new
    ones are remembered. A reply to it stays until it is regenerated."""
    changed = await edit_message(
        here.memory,
        caller.id,
        message_id,
        wanted.content,
        longest=here.options.max_message_length,
        moderation=here.moderation,
        check=_as_known(unchanged),
    )
    return tagged(response, await _tell(here, changed))


@router.delete("/messages/{message_id}")
async def delete_message(
    here: Here, caller: Caller, message_id: UUID, unchanged: IfMatch
) -> ReceiptView:
    """Delete a message and forget what rested on it alone. Its place in the conversation stays,
    emptied and with `deletedAt`."""
    check = _as_known(unchanged)
    return ReceiptView.of(await remove_message(here, caller.id, message_id, check=check))


def _as_known(unchanged: Expectation) -> MessageCheck | None:
    """Ends a change of a message that isn't what the caller expects."""
    if not unchanged:
        return None
    return lambda message, variants: unchanged.require(MessageView.of(message, list(variants)))


async def _tell(here: Services, changed: ChangedMessage) -> MessageView:
    view = MessageView.of(changed.message, list(changed.variants))
    room = conversation_room(changed.message.conversation_id)
    await here.hub.publish(room, ServerEvent.MESSAGE_UPDATED, view.wire())
    await announce_withdrawal(here.hub, changed.owner, changed.withdrawal)
    return view


@router.get("/messages/{message_id}/context")
async def get_context(here: Here, caller: Caller, message_id: UUID) -> ContextView:
    """Why a reply says what it says: the memories it used, what was left out, the token use."""
    async with here.store.transaction() as tx:
        await own_message(tx, message_id, caller.id)
        context = await tx.contexts.get(message_id)
    if context is None:
        raise NotFound("This message has no context: it isn't a generated reply.")
    return ContextView.of(context)
