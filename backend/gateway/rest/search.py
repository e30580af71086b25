"""Search: messages by their words or by what they mean."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from backend.conversation.search import search_by_meaning
from backend.errors import EncoderUnavailable, IndexUnavailable, NotFound
from backend.gateway.authentication import Caller, Here
from backend.gateway.highlighting import highlighted, utf16_offsets
from backend.gateway.openapi import fails_with
from backend.gateway.rest.paging import (
    DEFAULT_LIMIT,
    Following,
    Limit,
    Page,
    encode_cursor,
    score_and_id_cursor,
    time_and_id_cursor,
)
from backend.gateway.views import MessageView
from backend.gateway.wire_types import Moment, check_span
from backend.store.searches import FoundMessage, SearchFilter

router = APIRouter(tags=["messages"])

LONGEST_QUERY = 500


class FoundMessageView(MessageView):
    """A message that fits, and where it says what was looked for."""

    character_id: UUID
    conversation_title: str
    score: Annotated[float, Field(ge=0, le=1, description="Higher fits better.")]
    highlight: Annotated[
        str,
        Field(
            description="The part of the content around the first match as safe HTML: matches in "
            "`<mark>`, everything else escaped, `…` where it was cut."
        ),
    ]
    highlights: Annotated[
        list[tuple[int, int]],
        Field(
            description="Where in `content` the matches are: [start, end) in UTF-16 units, as "
            "JavaScript's `slice` counts. Empty with `mode=semantic`."
        ),
    ]

    @classmethod
    def of_found(cls, found: FoundMessage) -> "FoundMessageView":
        message = found.message
        return cls(
            **MessageView.of(message).model_dump(),
            character_id=found.conversation.character_id,
            conversation_title=found.conversation.title,
            score=round(found.score, 6),
            highlight=highlighted(message.content, found.spans),
            highlights=utf16_offsets(message.content, found.spans),
        )


class SearchPage(Page[FoundMessageView]):
    """`scanned`: messages that stand in no text index (encrypted ones, or those from before there was
    one) and were read one by one for this page. `complete` is false where there was more to be
    looked through than one request may take: with `mode=text` the page then holds everything that fits
    up to `nextCursor`, and the next goes on from there."""

    scanned: int
    complete: bool


@router.get(
    "/messages/search", responses=fails_with(NotFound, EncoderUnavailable, IndexUnavailable)
)
async def search_messages(
    here: Here,
    caller: Caller,
    q: Annotated[
        str,
        Query(
            min_length=1,
            max_length=LONGEST_QUERY,
            description='Words in any of their forms; `"a phrase"`, `-without`, `this or that`.',
        ),
    ],
    mode: Annotated[str, Query(pattern="^(text|semantic)$")] = "text",
    conversation_id: Annotated[UUID | None, Query(alias="conversationId")] = None,
    character_id: Annotated[UUID | None, Query(alias="characterId")] = None,
    sender_type: Annotated[
        str | None, Query(alias="senderType", pattern="^(user|character)$")
    ] = None,
    since: Annotated[Moment | None, Query(alias="from")] = None,
    until: Annotated[Moment | None, Query(alias="to")] = None,
    limit: Limit = DEFAULT_LIMIT,
    before: Following = None,
) -> SearchPage:
    """Search what was said in the caller's conversations. By its words, newest first (`mode=text`), or
    by what it means, nearest first (`mode=semantic`). Neither finds what was deleted or forgotten. See
    `docs/search.md`."""
    check_span(since, until)
    narrow = SearchFilter(caller.id, conversation_id, character_id, sender_type, since, until)
    if mode == "semantic":
        rank = score_and_id_cursor(before)
        near = await search_by_meaning(here.memory, narrow, q, limit=limit, after=rank)
        return _page(near.found, near.end, scanned=0, complete=near.complete)
    place = time_and_id_cursor(before)
    async with here.store.transaction() as tx:
        page = await tx.searches.by_words(narrow, q, limit=limit, before=place)
    return _page(page.found, page.end, scanned=page.scanned, complete=page.complete)


def _page(
    found: tuple[FoundMessage, ...],
    end: tuple[object, UUID] | None,
    *,
    scanned: int,
    complete: bool,
) -> SearchPage:
    return SearchPage(
        items=[FoundMessageView.of_found(item) for item in found],
        next_cursor=encode_cursor(*end) if end else None,
        scanned=scanned,
        complete=complete,
    )
