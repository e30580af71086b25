"""The encoders of a process: one as a rule, two while a collection is built by another model."""

from collections.abc import Callable, Collection
from time import monotonic

import structlog

from backend.errors import EncoderUnavailable
from embeddings.base import Encoder, EncoderError

log = structlog.get_logger(__name__)

# Work that began before the swap still encodes with the old one.
GRACE_SECONDS = 60.0


class Encoders:
    """Encoders by the `EMBEDDING_MODEL` that they are asked for with; each is made once."""

    def __init__(self, build: Callable[[str], Encoder]) -> None:
        self._build = build
        self._made: dict[str, Encoder] = {}
        self._idle_since: dict[str, float] = {}

    def of(self, source: str) -> Encoder:
        """The encoder, which may not be loaded yet."""
        if source not in self._made:
            self._made[source] = self._build(source)
        self._idle_since.pop(source, None)
        return self._made[source]

    async def loaded(self, source: str) -> Encoder:
        """The encoder, once it is loaded.

        Raises:
            EncoderUnavailable: it can't be; says what to do.
        """
        encoder = self.of(source)
        await load(encoder)
        return encoder

    async def keep_only(self, sources: Collection[str]) -> None:
        """Close those that nobody has needed for a while."""
        now = monotonic()
        for source in [source for source in self._made if source not in sources]:
            if now - self._idle_since.setdefault(source, now) >= GRACE_SECONDS:
                log.info("encoder.closed", model=source)
                del self._idle_since[source]
                await self._made.pop(source).close()

    async def close(self) -> None:
        """Close all. Safe to call twice."""
        while self._made:
            await self._made.popitem()[1].close()


async def load(encoder: Encoder) -> None:
    """Wait until an encoder is loaded.

    Raises:
        EncoderUnavailable: it can't be; says what to do.
    """
    try:
        await encoder.load()
    except EncoderError as error:
        raise EncoderUnavailable(f"{error} Check EMBEDDING_MODEL.") from error
