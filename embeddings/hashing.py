"""A deterministic, instant encoder for tests and for machines without a model."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from embeddings.base import Vector, Vectors

_WORD = re.compile(r"\w+")


class HashingEncoder:
    """Hashes words and word pairs into a unit vector.

    Not semantic: texts are near each other only as far as they share words, so "dog" and "puppy"
    are strangers. A text without words becomes the first unit vector.
    """

    def __init__(self, dimension: int = 384) -> None:
        self._dimension = dimension

    @property
    def name(self) -> str:
        return "hashing"

    @property
    def dimension(self) -> int:
        return self._dimension

    async def load(self) -> None:
        """Nothing to load."""

    async def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Return `float32[n, dimension]`, rows L2-normalised."""
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._encode(text)
        return vectors

    async def encode_query(self, text: str) -> Vector:
        """Return `float32[dimension]`, L2-normalised; same as the document of the same text."""
        return self._encode(text)

    async def close(self) -> None:
        """Nothing to free."""

    def _encode(self, text: str) -> Vector:
        vector = np.zeros(self._dimension, dtype=np.float32)
        for gram in _grams(text):
            digest = hashlib.blake2b(gram.encode(), digest_size=8).digest()
            position = int.from_bytes(digest[:7], "little") % self._dimension
            # The sign keeps colliding grams from adding up to a false likeness.
            vector[position] += 1.0 if digest[7] & 1 else -1.0
        length = np.linalg.norm(vector)
        if length == 0:
            vector[0] = 1.0
            return vector
        return vector / length


def _grams(text: str) -> Iterator[str]:
    words = _WORD.findall(text.lower())
    yield from words
    yield from (f"{first} {second}" for first, second in pairwise(words))
