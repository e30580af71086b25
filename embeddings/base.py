"""What an encoder is: text in, unit vectors out. Stands alone; imports nothing of ours."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


class EncoderError(Exception):
    """The encoder can't be loaded or failed to encode; the message says what to do."""


class Encoder(Protocol):
    """Turns text into dense vectors. Async: the work runs off the event loop."""

    @property
    def name(self) -> str:
        """Model name, stable across processes; part of the collection's name."""

    @property
    def dimension(self) -> int:
        """Number of components of each vector."""

    async def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Encode texts that will be stored.

        Returns `float32[n, dimension]`, rows L2-normalised, in input order; `float32[0, dimension]`
        for no texts. Text past the model's window is cut off.

        Raises:
            EncoderError: the model isn't loaded or failed.
        """

    async def encode_query(self, text: str) -> npt.NDArray[np.float32]:
        """Encode one search query. Returns `float32[dimension]`, L2-normalised.

        Raises:
            EncoderError: the model isn't loaded or failed.
        """

    async def close(self) -> None:
        """Free threads and model. Safe to call twice."""
