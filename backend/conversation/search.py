"""Looking for what was said by what it means: messages are found through their episodes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from backend.errors import EncoderUnavailable, NotFound
from backend.memory.recall import DEFAULT_POLICY
from backend.memory.resources import MemoryResources
from backend.models import Owner
from backend.ports import SparseVector
from backend.store.searches import FoundMessage, SearchFilter
from embeddings.base import EncoderError, Vector

NEAREST = 200  # messages that a search by meaning looks through, of each character
NEAREST_OF_SOME = 1000  # the same, where a filter will drop many of them
MOST_CHARACTERS = 50  # that one search asks, the newest
AT_ONCE = 8  # searches of the index
_NO_WORDS = SparseVector((), ())

Rank = tuple[float, UUID]  # a score and a message's id: where it stands among results


@dataclass(frozen=True, slots=True)
class MeaningPage:
    """Some of what fits, best first. `end`: where to go on; None where nothing else fits. `complete`:
    every character was asked."""

    found: tuple[FoundMessage, ...]
    end: Rank | None
    complete: bool


async def search_by_meaning(
    resources: MemoryResources, narrow: SearchFilter, text: str, *, limit: int, after: Rank | None
) -> MeaningPage:
    """Messages near a text in meaning, best first: of the 200 nearest of each character (1,000 if the
    filter names more than a character) those that the filter lets through.

    Raises:
        NotFound: the conversation or the character isn't one that the user knows.
        EncoderUnavailable, IndexUnavailable, StoreUnavailable: that part is down.
    """
    owners = await _owners(resources, narrow)
    asked = owners[:MOST_CHARACTERS]
    scores = await _nearest(resources.settled(), asked, text, _reach(narrow))
    async with resources.store.transaction() as tx:
        found = await tx.searches.of_episodes(narrow, scores)
    if after:
        found = [item for item in found if _rank(item) > (-after[0], after[1])]
    shown = tuple(found[:limit])
    end = (shown[-1].score, shown[-1].message.id) if len(found) > limit else None
    return MeaningPage(shown, end, complete=len(asked) == len(owners))


def _rank(item: FoundMessage) -> Rank:
    return -item.score, item.message.id


def _reach(narrow: SearchFilter) -> int:
    """How many of a character's messages are looked through."""
    of_everything = replace(narrow, character_id=None) == SearchFilter(narrow.user_id)
    return NEAREST if of_everything else NEAREST_OF_SOME


async def _owners(resources: MemoryResources, narrow: SearchFilter) -> list[Owner]:
    """Whose memories are asked, newest characters first."""
    async with resources.store.transaction() as tx:
        if narrow.conversation_id:
            conversation = await tx.conversations.of_user(narrow.conversation_id, narrow.user_id)
            if conversation is None or narrow.character_id not in {None, conversation.character_id}:
                raise NotFound("There is no such conversation to search in.")
            return [conversation.owner]
        known = await tx.memories.owners_of(narrow.user_id)
        if narrow.character_id is None:
            return sorted(known, key=lambda owner: owner.character_id, reverse=True)
        owner = Owner(narrow.character_id, narrow.user_id)
        if owner in known or await tx.characters.known(narrow.character_id, narrow.user_id):
            return [owner]
    raise NotFound("There is no such character to search in.")


async def _nearest(
    resources: MemoryResources, owners: Sequence[Owner], text: str, reach: int
) -> dict[UUID, float]:
    """Episodes near the text, and how near: cosine similarity, 0-1."""
    try:
        dense = await resources.encoder.encode_query(text)
    except EncoderError as error:
        raise EncoderUnavailable(str(error)) from error
    gate = asyncio.Semaphore(AT_ONCE)
    hits = await asyncio.gather(*(_of_owner(resources, gate, one, dense, reach) for one in owners))
    return {
        memory_id: round(min(1.0, score), 6)
        for near in hits
        for memory_id, score in near.items()
        if score >= DEFAULT_POLICY.similarity_floor
    }


async def _of_owner(
    resources: MemoryResources, gate: asyncio.Semaphore, owner: Owner, dense: Vector, reach: int
) -> dict[UUID, float]:
    async with gate:
        hits = await resources.index.search(
            owner, dense, _NO_WORDS, limit=reach, kinds=("episode",)
        )
    return hits.dense
