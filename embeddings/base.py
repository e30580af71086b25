"""What an encoder is: text in, unit vectors out; and a re-ranker. Stands alone; imports nothing of ours."""

from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float32]
Vectors = npt.NDArray[np.float32]
Purpose = Literal["query", "document"]


class EncoderError(Exception):
    """The encoder can't be loaded or failed to encode; the message says what to do."""


class Encoder(Protocol):
    """Turns text into dense vectors. Async: the work runs off the event loop."""

    @property
    def name(self) -> str:
        """Model name, stable across processes; part of the collection's name."""

    @property
    def dimension(self) -> int:
        """Number of components of each vector.

        Raises:
            EncoderError: the model tells its dimension only once loaded, and isn't loaded yet.
        """

    async def load(self) -> None:
        """Load the model; returns when it is ready. Later calls wait for the first one's outcome.

        Raises:
            EncoderError: missing, damaged or unfit model files. Stays so until a restart.
        """

    async def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Encode texts that will be stored. Waits for the model to be loaded.

        Returns `float32[n, dimension]`, rows L2-normalised, in input order; `float32[0, dimension]`
        for no texts. Text past the model's window is cut off.

        Raises:
            EncoderError: the model can't be loaded or failed.
        """

    async def encode_query(self, text: str) -> Vector:
        """Encode one search query. Waits for the model to be loaded.

        Returns `float32[dimension]`, L2-normalised.

        Raises:
            EncoderError: the model can't be loaded or failed.
        """

    async def close(self) -> None:
        """Free threads and model. Safe to call twice."""


class Reranker(Protocol):
    """Tells how well texts fit a query. Async: the work runs off the event loop."""

    @property
    def name(self) -> str:
        """Model name."""

    async def load(self) -> None:
        """Load the model; returns when it is ready.

        Raises:
            EncoderError: missing, damaged or unfit model files. Stays so until a restart.
        """

    async def score(self, query: str, texts: Sequence[str]) -> list[float]:
        """How well each text fits the query, 0-1, higher is better, in the texts' order; none for
        none. Waits for the model to be loaded; cancelled, it stops after the pairs it has begun.

        Raises:
            EncoderError: the model can't be loaded or failed.
        """

    async def close(self) -> None:
        """Free thread and model. Safe to call twice."""


class EncoderModel(Protocol):
    """The blocking core of an encoder. `BatchingEncoder` calls it from one thread of its own."""

    @property
    def name(self) -> str:
        """Model name, stable across processes."""

    @property
    def dimension(self) -> int:
        """Number of components of each vector.

        Raises:
            EncoderError: not known before the model is loaded.
        """

    def load(self) -> None:
        """Read the model from disk; takes seconds.

        Raises:
            EncoderError: missing, damaged or unfit model files.
        """

    def encode(self, texts: Sequence[str], purpose: Purpose) -> Vectors:
        """Encode one batch (at least one text) in one model call.

        Returns `float32[n, dimension]`, rows L2-normalised, in input order.
        """
