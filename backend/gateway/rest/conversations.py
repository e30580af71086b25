"""Conversations: start, list, change, archive, delete, import."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, Field, StringConstraints

from backend.conversation.importing import ImportedMessage, import_conversation
from backend.gateway.actions import stop_generation
from backend.gateway.authentication import Caller, Here
from backend.gateway.memory_events import announce_withdrawal
from backend.gateway.ownership import own_conversation
from backend.gateway.rest.characters import visible_character
from backend.gateway.rest.paging import (
    DEFAULT_LIMIT,
    Cursor,
    Limit,
    Page,
    encode_cursor,
    time_and_id_cursor,
)
from backend.gateway.views import ConversationView, ReceiptView, View
from backend.memory.forgetting import forget_conversation
from backend.memory.relationship import as_of
from backend.models import Conversation, Owner, utc_now
from backend.store import Transaction

router = APIRouter(prefix="/conversations", tags=["conversations"])

Title = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
MAX_IMPORTED = 20_000
MAX_IMPORTED_CHARACTERS = 20_000


class NewConversation(View):
    character_id: UUID
    title: Title = ""


class ConversationChange(View):
    title: Title | None = None
    status: Annotated[str | None, Field(pattern="^(active|archived)$")] = None


class MessageToImport(View):
    client_message_id: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    sender_type: Annotated[str, Field(pattern="^(user|character)$")]
    content: Annotated[str, Field(min_length=1, max_length=MAX_IMPORTED_CHARACTERS)]
    created_at: AwareDatetime


class ConversationToImport(View):
    character_id: UUID
    title: Title = ""
    messages: Annotated[list[MessageToImport], Field(max_length=MAX_IMPORTED)]


class Imported(View):
    conversation: ConversationView
    imported: int


@router.post("", status_code=201)
async def create_conversation(
    here: Here, caller: Caller, wanted: NewConversation
) -> ConversationView:
    """Start a conversation. It is empty: a client shows the character's `greeting` on top, and the
    prompt opens with it."""
    async with here.store.transaction() as tx:
        character = await visible_character(tx, wanted.character_id, caller.id)
        conversation = Conversation(
            user_id=caller.id,
            character_id=character.id,
            title=wanted.title,
            title_is_custom=bool(wanted.title),
        )
        await tx.conversations.add(conversation)
        level = await _level(tx, conversation.owner)
    return ConversationView.of(conversation, level)


@router.get("")
async def list_conversations(
    here: Here,
    caller: Caller,
    limit: Limit = DEFAULT_LIMIT,
    before: Cursor = None,
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
        levels = {owner: await _level(tx, owner) for owner in {item.owner for item in shown}}
    cursor = None
    if len(found) > limit:
        last = shown[-1]
        cursor = encode_cursor(last.last_message_at or last.created_at, last.id)
    return Page(
        items=[ConversationView.of(item, levels[item.owner]) for item in shown],
        next_cursor=cursor,
    )


@router.post("/import", status_code=201)
async def import_chat(here: Here, caller: Caller, wanted: ConversationToImport) -> Imported:
    """Bring an existing chat in, with its own times. No replies are made; memory is formed."""
    messages = [
        ImportedMessage(item.sender_type, item.content, item.created_at, item.client_message_id)
        for item in wanted.messages
    ]
    async with here.store.transaction() as tx:
        character = await visible_character(tx, wanted.character_id, caller.id)
    conversation = await import_conversation(
        here.store, caller, character, title=wanted.title, messages=messages
    )
    async with here.store.transaction() as tx:
        level = await _level(tx, conversation.owner)
    return Imported(conversation=ConversationView.of(conversation, level), imported=len(messages))


@router.get("/{conversation_id}")
async def get_conversation(here: Here, caller: Caller, conversation_id: UUID) -> ConversationView:
    """One conversation."""
    async with here.store.transaction() as tx:
        conversation = await own_conversation(tx, conversation_id, caller.id)
        return ConversationView.of(conversation, await _level(tx, conversation.owner))


@router.put("/{conversation_id}")
async def change_conversation(
    here: Here, caller: Caller, conversation_id: UUID, change: ConversationChange
) -> ConversationView:
    """Rename, archive or bring back a conversation."""
    values: dict[str, object] = change.model_dump(exclude_none=True)
    if "title" in values:
        values["title_is_custom"] = bool(values["title"])
    return await _change(here, caller.id, conversation_id, values)


@router.post("/{conversation_id}/archive")
async def archive_conversation(
    here: Here, caller: Caller, conversation_id: UUID
) -> ConversationView:
    """Archive a conversation; writing into it brings it back."""
    return await _change(here, caller.id, conversation_id, {"status": "archived"})


@router.delete("/{conversation_id}")
async def delete_conversation(here: Here, caller: Caller, conversation_id: UUID) -> ReceiptView:
    """Delete a conversation with all that was said in it, and forget what was learned there alone."""
    gone = await forget_conversation(here.memory, caller.id, conversation_id)
    await here.turns.stop(conversation_id)
    await announce_withdrawal(here.hub, gone.owner, gone.withdrawal, deleted=True)
    return ReceiptView.of(gone.receipt)


@router.post("/{conversation_id}/stop")
async def post_stop(here: Here, caller: Caller, conversation_id: UUID) -> dict[str, bool]:
    """End the running reply; what was written is kept as `interrupted`."""
    return {"stopped": await stop_generation(here, caller.id, conversation_id)}


async def _change(
    here: Here, user_id: UUID, conversation_id: UUID, values: dict[str, object]
) -> ConversationView:
    async with here.store.transaction() as tx:
        conversation = await own_conversation(tx, conversation_id, user_id)
        if values:
            await tx.conversations.change(conversation_id, **values)
        level = await _level(tx, conversation.owner)
    return ConversationView.of(
        conversation.model_copy(update={**values, "updated_at": _now(values, conversation)}), level
    )


def _now(values: dict[str, object], conversation: Conversation) -> datetime:
    return utc_now() if values else conversation.updated_at


async def _level(tx: Transaction, owner: Owner) -> float:
    return as_of(await tx.relationships.get(owner), utc_now()).level
