"""Messages: list, mark as read, change, regenerate, see why."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from backend.conversation.editing import ChangedMessage, choose_variant, edit_message
from backend.errors import (
    CharacterBlocked,
    ContentRefused,
    InvalidRequest,
    MessageTooLong,
    NotFound,
)
from backend.gateway.actions import mark_read, regenerate, remove_message
from backend.gateway.authentication import Caller, Here
from backend.gateway.etags import TAGGED, Expectation, IfMatch, tagged
from backend.gateway.memory_events import announce_withdrawal
from backend.gateway.openapi import fails_with
from backend.gateway.ownership import own_conversation, own_message
from backend.gateway.protocol import Seq, ServerEvent, conversation_room
from backend.gateway.rest.paging import DEFAULT_LIMIT, Cursor, Limit, Page, seq_cursor
from backend.gateway.services import Services
from backend.gateway.views import ContextView, MessageView, View
from backend.gateway.views_memory import ReceiptView
from backend.gateway.wire_types import NUMBER, MessageText
from backend.memory.transcript import MessageCheck

router = APIRouter(tags=["messages"])


class ReadUpTo(View):
    """`upToSeq`: the last that was read; left out, all that is there."""

    up_to_seq: Seq | None = None


class NewWords(View):
    content: MessageText


class ChosenVariant(View):
    number: Annotated[int, Field(ge=0), NUMBER]


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
    here: Here, caller: Caller, conversation_id: UUID, wanted: ReadUpTo | None = None
) -> dict[str, int]:
    """Mark the character's messages as read, all or up to a seq; answers how many were new."""
    wanted = wanted or ReadUpTo()
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
