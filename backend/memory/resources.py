"""What the memory services work with, handed to each as one value."""

from dataclasses import dataclass

from backend.ports import KeywordEncoder, VectorIndex
from backend.store import Store
from embeddings.base import Encoder


@dataclass(frozen=True, slots=True)
class MemoryResources:
    """The truth, the index over it, and the two encoders that feed the index."""

    store: Store
    index: VectorIndex
    encoder: Encoder
    keywords: KeywordEncoder
