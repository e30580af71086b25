"""What a collection of memories looks like, the same for the embedded engine and a server."""

import re
from dataclasses import dataclass
from hashlib import blake2b

from backend.models.owner import Owner
from backend.ports import IndexPoint, SparseVector

DENSE_VECTOR = "dense"
KEYWORD_VECTOR = "keyword"
OWNER_FIELD = "owner"
KIND_FIELD = "kind"
# Searches filter by these. Without an index on the kind, the engine reads each of the owner's
# payloads from disk: 40 ms instead of 7 for an owner with 10,000 memories.
INDEXED_FIELDS = (OWNER_FIELD, KIND_FIELD)

_NAME_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Collection:
    """The memories encoded by one model: cosine `dense` vectors and BM25 `keyword` vectors.

    The name carries model and dimension, so that vectors of two models never meet and
    `keepsake reindex` can build one beside the other.
    """

    name: str
    dimension: int

    @classmethod
    def for_model(cls, model_name: str, dimension: int, serial: int = 1) -> "Collection":
        """A collection of an encoder, e.g. `keepsake-all-minilm-l6-v2-384`; one that was built later,
        beside another, ends in its serial number."""
        slug = re.sub(r"[^a-z0-9]+", "-", model_name.lower()).strip("-")[:_NAME_LIMIT]
        suffix = f"-{serial}" if serial > 1 else ""
        return cls(name=f"keepsake-{slug}-{dimension}{suffix}", dimension=dimension)


def payload_of(point: IndexPoint) -> dict[str, str]:
    """What is stored with the vectors: whose memory it is and its kind, never its text."""
    return {
        OWNER_FIELD: point.owner.key,
        "character_id": str(point.owner.character_id),
        "user_id": str(point.owner.user_id),
        KIND_FIELD: point.kind,
    }


def own_terms(owner: Owner, terms: SparseVector) -> SparseVector:
    """Terms as the index holds them: no two owners share any.

    The engine walks all postings of a term and filters by owner behind that, so a common word would
    be looked up in everybody's memories: 40 ms among 200,000 instead of 1.
    """
    key = int.from_bytes(blake2b(owner.key.encode(), digest_size=4).digest(), "big")
    return SparseVector(tuple(index ^ key for index in terms.indices), terms.values)
