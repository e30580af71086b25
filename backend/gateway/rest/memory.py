"""Memory: see it, search it, add to it, correct it, forget."""

from collections.abc import Callable
from time import perf_counter
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import JSONResponse
from pydantic import AliasChoices, Field

from backend.errors import ContentRefused, InvalidRequest, NotFound
from backend.gateway.authentication import Caller, Here
from backend.gateway.etags import TAGGED, Expectation, IfMatch, tagged
from backend.gateway.memory_events import announce_memory, changed, forgotten
from backend.gateway.openapi import fails_with
from backend.gateway.rest.characters import callers_own, own_pair, own_pair_as_they_stand
from backend.gateway.rest.paging import (
    DEFAULT_LIMIT,
    Following,
    Limit,
    Page,
    cut,
    id_cursor,
)
from backend.gateway.views import Time, View
from backend.gateway.views_memory import (
    MemoryView,
    RecalledView,
    ReceiptView,
    RelationshipView,
    RevisionView,
    is_long_term,
)
from backend.gateway.wire_types import NUMBER, Flag, worded
from backend.memory.forgetting import forget_memory, forget_pair
from backend.memory.recall import RecallRequest, recall
from backend.memory.remembering import Correction, Note, correct, remember
from backend.models import Memory
from backend.store import MemoryFilter

router = APIRouter(prefix="/characters/{character_id}", tags=["memory"])

KINDS = ("fact", "summary", "episode", "experience")
LONG_TERM = ("fact", "experience")
SHORT_TERM = ("summary", "episode")
RECENT_SHORT_TERM = 20

Kind = Annotated[str, Field(pattern=f"^({'|'.join(KINDS)})$")]
MOST_KINDS = len(KINDS)
Category = Annotated[str, Field(pattern="^(preference|personal|relationship|event|other)$")]
Status = Annotated[str, Field(pattern="^(active|superseded|retracted|expired|unsure)$")]


class NewMemory(View):
    content: Annotated[
        str,
        worded(2000),
        Field(validation_alias=AliasChoices("content", "fact")),
    ]
    category: Category = "other"
    importance: Annotated[int, Field(ge=1, le=10), NUMBER] = 5
    pinned: Flag = False


class MemoryChange(View):
    content: Annotated[
        str | None,
        worded(2000),
        Field(validation_alias=AliasChoices("content", "fact")),
    ] = None
    category: Category | None = None
    importance: Annotated[int | None, Field(ge=1, le=10), NUMBER] = None
    pinned: Flag | None = None


class SearchRequest(View):
    query: Annotated[str, worded(4000)]
    limit: Annotated[int, Field(ge=1, le=100), NUMBER] = 10
    kinds: Annotated[list[Kind] | None, Field(max_length=MOST_KINDS)] = None
    min_score: Annotated[float, Field(ge=0, le=1), NUMBER] = 0.0


class SearchAnswer(View):
    memories: list[RecalledView]
    took_ms: float


class MemoryListing(View):
    """Recent things in `shortTermMemory`, lasting ones in `longTermMemory`."""

    character_id: UUID
    user_id: UUID
    short_term_memory: list[MemoryView]
    long_term_memory: list[MemoryView]
    relationship: RelationshipView
    next_cursor: str | None


class MemorySummary(View):
    summary: str
    counts: dict[str, int]
    pending_messages: int
    parked_jobs: int
    last_formed_at: Time | None


@router.get("/memory/{user_id}")
async def list_memory(
    here: Here,
    caller: Caller,
    character_id: UUID,
    user_id: str,
    limit: Limit = DEFAULT_LIMIT,
    before: Following = None,
    kind: Annotated[list[Kind] | None, Query(max_length=MOST_KINDS)] = None,
    category: Annotated[Category | None, Query()] = None,
    status: Annotated[Status, Query()] = "active",
    q: Annotated[str | None, Query(max_length=200)] = None,
) -> MemoryListing:
    """What the character remembers, newest first.

    Without `kind`, pages run over the long-term memory and the first page adds the newest
    short-term ones; with it, over that kind.
    """
    kinds = tuple(kind) if kind else LONG_TERM
    cursor = id_cursor(before)
    async with here.store.transaction() as tx:
        owner, relationship = await own_pair_as_they_stand(
            tx, character_id, user_id, caller, "memory"
        )
        narrow = MemoryFilter(kinds, category, status, q)
        found = await tx.memories.page(owner, narrow, limit=limit + 1, before=cursor)
        recent = []
        if kind is None and cursor is None:
            short = MemoryFilter(SHORT_TERM, category, status, q)
            recent = await tx.memories.page(owner, short, limit=RECENT_SHORT_TERM, before=None)
    shown, next_cursor = cut(found, limit)
    return MemoryListing(
        character_id=owner.character_id,
        user_id=owner.user_id,
        short_term_memory=[
            MemoryView.of(item) for item in (*shown, *recent) if not is_long_term(item)
        ],
        long_term_memory=[MemoryView.of(item) for item in shown if is_long_term(item)],
        relationship=RelationshipView.of(relationship),
        next_cursor=next_cursor,
    )


@router.post("/memory/{user_id}", status_code=201, responses=fails_with(ContentRefused))
async def add_memory(
    here: Here, caller: Caller, character_id: UUID, user_id: str, wanted: NewMemory
) -> MemoryView:
    """Tell the character something to remember."""
    if "\x00" in wanted.content:
        raise InvalidRequest("The memory contains a NUL character, which can't be stored.")
    owner = callers_own(character_id, user_id, caller, "memory")
    note = Note(wanted.content, wanted.category, wanted.importance, wanted.pinned)
    return MemoryView.of(await remember(here.memory, owner, note, writer=caller))


@router.post("/memory/{user_id}/search")
async def search_memory(
    here: Here, caller: Caller, character_id: UUID, user_id: str, wanted: SearchRequest
) -> SearchAnswer:
    """Recall by a text, as a reply would, with the score of each arm."""
    started = perf_counter()
    async with here.store.transaction() as tx:
        owner, character = await own_pair(tx, character_id, user_id, caller, "memory")
    found = await recall(
        here.memory,
        RecallRequest(
            owner=owner,
            text=wanted.query,
            user_name=caller.display_name,
            character_name=character.name,
            limit=wanted.limit,
            token_budget=None,
            kinds=tuple(wanted.kinds) if wanted.kinds else None,
            min_score=wanted.min_score,
            floors=False,
        ),
    )
    ids = [item.memory.id for item in found.memories]
    async with here.store.transaction() as tx:
        whole = {memory.id: memory for memory in await tx.memories.of_owner(owner, ids)}
    return SearchAnswer(
        memories=[
            RecalledView.of_scored(item, whole[item.memory.id])
            for item in found.memories
            if item.memory.id in whole
        ],
        took_ms=round((perf_counter() - started) * 1000, 2),
    )


@router.get("/memory/{user_id}/summary")
async def summarise_memory(
    here: Here, caller: Caller, character_id: UUID, user_id: str
) -> MemorySummary:
    """How much is remembered, and what is still waiting to be."""
    async with here.store.transaction() as tx:
        owner, _ = await own_pair(tx, character_id, user_id, caller, "memory")
        counts, newest = await tx.memories.tally(owner)
        state = await tx.formation.state(owner)
    return MemorySummary(
        summary=newest.content if newest else "",
        counts={kind: counts.get(kind, 0) for kind in KINDS},
        pending_messages=state.pending_messages,
        parked_jobs=state.parked_jobs,
        last_formed_at=state.last_formed_at,
    )


@router.get("/memory/{user_id}/{memory_id}", responses=TAGGED)
async def get_memory(
    here: Here,
    caller: Caller,
    character_id: UUID,
    user_id: str,
    memory_id: UUID,
    response: Response,
) -> MemoryView:
    """One memory."""
    async with here.store.transaction() as tx:
        owner, _ = await own_pair(tx, character_id, user_id, caller, "memory")
        found = await tx.memories.of_owner(owner, [memory_id])
    if not found or not found[0].content:
        raise NotFound("There is no such memory.")
    return tagged(response, MemoryView.of(found[0]))


@router.patch("/memory/{user_id}/{memory_id}", responses=fails_with(ContentRefused))
async def change_memory(
    here: Here,
    caller: Caller,
    character_id: UUID,
    user_id: str,
    memory_id: UUID,
    wanted: MemoryChange,
    unchanged: IfMatch,
    response: Response,
) -> MemoryView:
    """Correct a memory. Words that a person gave hold whatever becomes of the messages."""
    if "\x00" in (wanted.content or ""):
        raise InvalidRequest("The memory contains a NUL character, which can't be stored.")
    owner = callers_own(character_id, user_id, caller, "memory")
    correction = Correction(wanted.content, wanted.category, wanted.importance, wanted.pinned)
    check = _as_known(unchanged)
    memory = await correct(here.memory, owner, memory_id, correction, check=check, writer=caller)
    await announce_memory(here.hub, owner, [changed("edited", memory)])
    return tagged(response, MemoryView.of(memory))


@router.get("/memory/{user_id}/{memory_id}/history")
async def memory_history(
    here: Here, caller: Caller, character_id: UUID, user_id: str, memory_id: UUID
) -> Page[RevisionView]:
    """What became of a memory, oldest line first: how it was learned, reinforced, superseded…"""
    async with here.store.transaction() as tx:
        owner, _ = await own_pair(tx, character_id, user_id, caller, "memory")
        found = await tx.memories.of_owner(owner, [memory_id])
        if not found or not found[0].content:
            raise NotFound("There is no such memory.")
        lines = await tx.histories.of(memory_id)
    return Page(items=[RevisionView.of(line) for line in lines], next_cursor=None)


@router.delete("/memory/{user_id}/{memory_id}", status_code=204, response_model=None)
async def delete_memory(
    here: Here,
    caller: Caller,
    character_id: UUID,
    user_id: str,
    memory_id: UUID,
    unchanged: IfMatch,
    prefer: Annotated[str, Header()] = "",
) -> Response:
    """Forget one memory, and with a fact the episodes that say it. The messages stay. Answers with a
    receipt on `Prefer: return=representation` (200)."""
    owner = callers_own(character_id, user_id, caller, "memory")
    receipt = await forget_memory(here.memory, owner, memory_id, check=_as_known(unchanged))
    await announce_memory(here.hub, owner, [forgotten(memory_id)])
    if "return=representation" in prefer:
        return JSONResponse(ReceiptView.of(receipt).wire())
    return Response(status_code=204)


def _as_known(unchanged: Expectation) -> Callable[[Memory], None]:
    """Ends a change of a memory that isn't what the caller expects."""
    return lambda memory: unchanged.require(MemoryView.of(memory))


@router.delete("/memory/{user_id}")
async def forget_everything(
    here: Here, caller: Caller, character_id: UUID, user_id: str
) -> ReceiptView:
    """Forget everything that the character remembers of the user. Conversations stay, but what was
    said in them until now is not remembered again."""
    owner = callers_own(character_id, user_id, caller, "memory")
    receipt = await forget_pair(here.memory, owner)
    await announce_memory(here.hub, owner, [forgotten(None)])
    return ReceiptView.of(receipt)
