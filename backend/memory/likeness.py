"""Which of an owner's facts are like the drafts of a batch, by meaning.

The index proposes, but a fact that another run stored a moment ago may not be in it yet. So the
search remembers what it compared, and whoever holds the owner's lock can ask for what it missed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from backend.memory.denials import is_denial
from backend.memory.endings import is_ending, tells_age
from backend.memory.indexing import encode_memories
from backend.memory.resources import MemoryResources
from backend.models import Memory, Owner, utc_now
from backend.ports import SparseVector
from backend.store import Transaction
from embeddings.base import Vector, Vectors

NEAR_CANDIDATES = 5
CANDIDATES_DENIED = 20  # of each arm: what isn't so, or over, need not be near to what says so
SETTLED = timedelta(seconds=30)  # what was stored before that is in the index, or not `synced`
MOST_UNSEEN = 200
_NO_KEYWORDS = SparseVector((), ())


@dataclass(slots=True)
class Likeness:
    """`vectors` are the drafts'; `cosines` hold for each draft the facts near it."""

    owner: Owner
    vectors: Vectors
    cosines: list[dict[UUID, float]]
    since: datetime
    compared: set[UUID]

    async def unseen(self, tx: Transaction) -> list[Memory]:
        """Facts that the search could have missed and nobody compared since."""
        if not self.cosines:
            return []
        recent = await tx.memories.facts_since(self.owner, self.since, limit=MOST_UNSEEN)
        return [memory for memory in recent if memory.id not in self.compared]

    async def compare(self, resources: MemoryResources, memories: Sequence[Memory]) -> None:
        """Take facts in that the index didn't show.

        Raises:
            EncoderUnavailable: the encoder isn't there.
        """
        others = await encode_memories(resources, memories)
        for place, near in enumerate(self.cosines):
            likeness = others @ self.vectors[place]
            near.update(
                (memory.id, float(cosine))
                for memory, cosine in zip(memories, likeness, strict=True)
            )
        self.compared.update(memory.id for memory in memories)

    def add_draft(self, place: int, memory_id: UUID) -> None:
        """A draft became a fact: those after it are compared with it too."""
        self.compared.add(memory_id)
        for later in range(place + 1, len(self.cosines)):
            self.cosines[later][memory_id] = float(self.vectors[later] @ self.vectors[place])


async def find_alike(
    resources: MemoryResources, owner: Owner, drafts: Sequence[Memory], indexed: Iterable[UUID] = ()
) -> Likeness:
    """Look for the facts near each draft. `indexed` are recent ones that the index has for certain.

    Raises:
        EncoderUnavailable, IndexUnavailable: that part is down.
    """
    since = utc_now() - SETTLED
    vectors = await encode_memories(resources, drafts)
    cosines = [
        await _near(resources, owner, draft, vector)
        for draft, vector in zip(drafts, vectors, strict=True)
    ]
    compared = {key for near in cosines for key in near}.union(indexed)
    return Likeness(owner, vectors, cosines, since, compared)


async def _near(
    resources: MemoryResources, owner: Owner, draft: Memory, vector: Vector
) -> dict[UUID, float]:
    """Facts near a draft with their cosines; of a denial, an end or an age, also those that share a word with
    it, at 0 where they aren't near."""
    search, facts = resources.index.search, ("fact",)
    if not any(tells(draft.content) for tells in (is_denial, is_ending, tells_age)):
        hits = await search(owner, vector, _NO_KEYWORDS, limit=NEAR_CANDIDATES, kinds=facts)
        return dict(hits.dense)
    keywords = resources.keywords.encode_query(draft.content)
    hits = await search(owner, vector, keywords, limit=CANDIDATES_DENIED, kinds=facts)
    return dict.fromkeys(hits.keyword, 0.0) | hits.dense
