"""Conversations: start, list, change, archive, delete, import."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field, StringConstraints

from backend.conversation.importing import ImportedMessage, import_conversation
from backend.errors import CharacterBlocked, NotFound
from backend.gateway.actions import stop_generation
from backend.gateway.authentication import Caller, Here
from backend.gateway.etags import TAGGED, Expectation, IfMatch, tagged
from backend.gateway.memory_events import announce_withdrawal
from backend.gateway.openapi import fails_with
from backend.gateway.ownership import own_conversation
from backend.gateway.rest.characters import speaking_character
from backend.gateway.rest.paging import (
    DEFAULT_LIMIT,
    Following,
    Limit,
    Page,
    encode_cursor,
    time_and_id_cursor,
)
from backend.gateway.rest.reading_imports import ReadApart
from backend.gateway.views import ConversationView, View
from backend.gateway.views_memory import ReceiptView
from backend.gateway.wire_types import NUMBER, Moment
from backend.memory.forgetting import forget_conversation
from backend.memory.relationship import as_of
from backend.models import Conversation, Owner, utc_now
from backend.safety.policy import HIGHEST_LEVEL
from backend.store import Transaction

router = APIRouter(prefix="/conversations", tags=["conversations"])
imports = APIRouter(route_class=ReadApart)

Title = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
MAX_IMPORTED = 20_000
MAX_IMPORTED_CHARACTERS = 20_000


class HowFar(View):
    """`nsfwLevel`: how far this conversation may go; null: as far as its character."""

    nsfw_level: Annotated[int | None, Field(ge=0, le=HIGHEST_LEVEL), NUMBER] = None


class NewConversation(View):
    character_id: UUID
    title: Title = ""
    metadata: HowFar = HowFar()


class ConversationChange(View):
    title: Title | None = None
    metadata: HowFar | None = None
    status: Annotated[str | None, Field(pattern="^(active|archived)$")] = None


class MessageToImport(View):
    client_message_id: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    sender_type: Annotated[str, Field(pattern="^(user|character)$")]
    content: Annotated[str, Field(min_length=1, max_length=MAX_IMPORTED_CHARACTERS)]
    created_at: Moment


class ConversationToImport(View):
    character_id: UUID
    title: Title = ""
    messages: Annotated[list[MessageToImport], Field(max_length=MAX_IMPORTED)]


class Imported(View):
    conversation: ConversationView
    imported: int


@router.post("", status_code=201, responses=fails_with(NotFound, CharacterBlocked))
async def create_conversation(
    here: Here, caller: Caller, wanted: NewConversation
) -> ConversationView:
    """Start a conversation. It is empty: a client shows the character's `greeting` on top, and the
    prompt opens with it."""
    async with here.store.transaction() as tx:
        character = await speaking_character(tx, wanted.character_id, caller.id)
        conversation = Conversation(
            user_id=caller.id,
            character_id=character.id,
            title=wanted.title,
            title_is_custom=bool(wanted.title),
            nsfw_level=wanted.metadata.nsfw_level,
        )
        await tx.conversations.add(conversation)
        level = await _level(tx, conversation.owner)
    return ConversationView.of(conversation, level)


@router.get("")
async def list_conversations(
    here: Here,
    caller: Caller,
    limit: Limit = DEFAULT_LIMIT,
    before: Following = None,
    character_id: Annotated[UUID | None, Query(alias="characterId")] = None,
    status: Annotated[str | None, Query(pattern="^(active|archived)$")] = None,
) -> Page[ConversationView]:
    """The caller's conversations, most recently active first."""
    async with here.store.transaction() as tx:
        found = await tx.conversations.page(
            caller.id,
            limit=limit + 1,
            before=time_and_id_cursor(before),
            character_id=character_id,
            status=status,
        )
        shown = found[:limit]
        with_each = await tx.relationships.with_each(caller.id, {it.character_id for it in shown})
    now = utc_now()
    cursor = None
    if len(found) > limit:
        last = shown[-1]
        cursor = encode_cursor(last.last_message_at or last.created_at, last.id)
    return Page(
        items=[
            ConversationView.of(item, as_of(with_each[item.character_id], now).level)
            for item in shown
        ],
        next_cursor=cursor,
    )


@imports.post("/import", status_code=201, responses=fails_with(NotFound, CharacterBlocked))
async def import_chat(here: Here, caller: Caller, wanted: ConversationToImport) -> Imported:
    """Bring an existing chat in, with its own times. No replies are made; memory is formed. One at a time."""
    messages = [
        ImportedMessage(item.sender_type, item.content, item.created_at, item.client_message_id)
        for item in wanted.messages
    ]
    async with here.store.transaction() as tx:
        character = await speaking_character(tx, wanted.character_id, caller.id)
    conversation = await import_conversation(
        here.store, caller, character, title=wanted.title, messages=messages
    )
    async with here.store.transaction() as tx:
        level = await _level(tx, conversation.owner)
    return Imported(conversation=ConversationView.of(conversation, level), imported=len(messages))


router.include_router(imports)


@router.get("/{conversation_id}", responses=TAGGED)
async def get_conversation(
    here: Here, caller: Caller, conversation_id: UUID, response: Response
) -> ConversationView:
    """One conversation."""
    async with here.store.transaction() as tx:
        conversation = await own_conversation(tx, conversation_id, caller.id)
        return tagged(response, await _shown(tx, conversation))


@router.put("/{conversation_id}")
async def change_conversation(
    here: Here,
    caller: Caller,
    conversation_id: UUID,
    change: ConversationChange,
    unchanged: IfMatch,
    response: Response,
) -> ConversationView:
    """Rename, archive or bring back a conversation, or say how far it may go."""
    values: dict[str, object] = change.model_dump(exclude_none=True, exclude={"metadata"})
    if change.metadata and "nsfw_level" in change.metadata.model_fields_set:
        values["nsfw_level"] = change.metadata.nsfw_level
    if "title" in values:
        values["title_is_custom"] = bool(values["title"])
    return tagged(response, await _change(here, caller.id, conversation_id, values, unchanged))


@router.post("/{conversation_id}/archive")
async def archive_conversation(
    here: Here, caller: Caller, conversation_id: UUID, unchanged: IfMatch, response: Response
) -> ConversationView:
    """Archive a conversation; writing into it brings it back."""
    archived: dict[str, object] = {"status": "archived"}
    return tagged(response, await _change(here, caller.id, conversation_id, archived, unchanged))


@router.delete("/{conversation_id}")
async def delete_conversation(
    here: Here, caller: Caller, conversation_id: UUID, unchanged: IfMatch
) -> ReceiptView:
    """Delete a conversation with all that was said in it, and forget what was learned there alone."""

    async def as_known(tx: Transaction, conversation: Conversation) -> None:
        unchanged.require(await _shown(tx, conversation))

    check = as_known if unchanged else None
    gone = await forget_conversation(here.memory, caller.id, conversation_id, check=check)
    await here.turns.stop(conversation_id)
    await announce_withdrawal(here.hub, gone.owner, gone.withdrawal, deleted=True)
    return ReceiptView.of(gone.receipt)


@router.post("/{conversation_id}/stop")
async def post_stop(here: Here, caller: Caller, conversation_id: UUID) -> dict[str, bool]:
    """End the running reply; what was written is kept as `interrupted`."""
    return {"stopped": await stop_generation(here, caller.id, conversation_id)}


async def _change(
    here: Here,
    user_id: UUID,
    conversation_id: UUID,
    values: dict[str, object],
    unchanged: Expectation,
) -> ConversationView:
    async with here.store.transaction() as tx:
        conversation = await own_conversation(tx, conversation_id, user_id, lock=True)
        level = await _level(tx, conversation.owner)
        unchanged.require(ConversationView.of(conversation, level))
        if values:
            values = {**values, "updated_at": utc_now()}
            await tx.conversations.change(conversation_id, **values)
    return ConversationView.of(conversation.model_copy(update=values), level)


async def _shown(tx: Transaction, conversation: Conversation) -> ConversationView:
    return ConversationView.of(conversation, await _level(tx, conversation.owner))


async def _level(tx: Transaction, owner: Owner) -> float:
    return as_of(await tx.relationships.get(owner), utc_now()).level
