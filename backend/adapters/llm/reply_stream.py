"""One streamed reply: reads chunks under time limits and tells text from everything else."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from backend.adapters.llm.error_mapping import map_failure, unreachable
from backend.adapters.llm.options import Provider
from backend.adapters.llm.provider_failure import ProviderFailure, VendorErrors, read_failure
from backend.adapters.llm.reply_text import ReplyText
from backend.errors import ModelError, ModelOutputInvalid, ModelRefused
from backend.ports import Completion

# Token counts come after the last word; a person shouldn't wait long for them.
USAGE_GRACE = 2.0  # seconds

Json = dict[str, Any]


class ReplyStream:
    """A reply whose request was accepted. Close it in every case: that ends the HTTP stream.

    `chunks` is an SDK's stream of chat completion chunks, as they are in JSON; `stall` is the longest
    wait between two signs of life in seconds; `deadline` is in event loop time.
    """

    def __init__(
        self,
        chunks: Any,
        *,
        model: str,
        provider: Provider,
        vendor: VendorErrors,
        stall: float,
        deadline: float,
    ) -> None:
        self._chunks = chunks
        self._model = model
        self._provider = provider
        self._vendor = vendor
        self._stall = stall
        self._deadline = deadline
        self._text = ReplyText()
        self._first = ""
        self._finish: str | None = None
        self._usage: Json = {}
        self._alive = False

    async def open(self, first_token_deadline: float) -> None:
        """Read up to the first text.

        Raises:
            ModelError: the reply failed or ended without any text.
        """
        wait_until = first_token_deadline
        while not self._first:
            chunk = await self._next(wait_until)
            if chunk is None:
                self._first = self._text.end()
                self._require_text()
                return
            self._first = self._read(chunk)
            if self._alive:
                wait_until = self._stall_deadline()

    async def deltas(self) -> AsyncIterator[str]:
        """The reply from its first text on; pieces are never empty.

        Raises:
            ModelError: the reply broke off.
        """
        yield self._first
        while (chunk := await self._next(self._stall_deadline())) is not None:
            if piece := self._read(chunk):
                yield piece
        if self._finish == "content_filter":
            raise self._refused()

    def completion(self) -> Completion:
        """How the reply ended; call after `deltas`."""
        return Completion(
            model=self._model,
            prompt_tokens=self._usage.get("prompt_tokens") or 0,
            completion_tokens=self._usage.get("completion_tokens") or 0,
            finish_reason="length" if self._finish == "length" else "stop",
        )

    async def close(self) -> None:
        """End the HTTP stream. Safe to call twice."""
        await self._chunks.close()

    async def _next(self, wait_until: float) -> Json | None:
        """The next chunk; None at the end of a finished reply."""
        ending = self._finish is not None
        if ending:
            wait_until = min(wait_until, asyncio.get_running_loop().time() + USAGE_GRACE)
        try:
            async with asyncio.timeout_at(min(wait_until, self._deadline)):
                chunk: Json | None = await anext(self._chunks, None)
        except self._vendor.caught as error:
            if ending:
                return None  # every word is here; only the token counts are lost
            failure = read_failure(error, self._vendor)
            raise map_failure(failure, self._provider, self._model) from error
        if chunk is None and not ending:
            raise unreachable(self._provider)
        return chunk

    def _read(self, chunk: Json) -> str:
        """Take in one chunk; returns the text in it that may be shown."""
        extras = chunk.get("x_groq") or {}
        if extras.get("error"):
            raise map_failure(ProviderFailure("answered"), self._provider, self._model)
        self._usage = chunk.get("usage") or extras.get("usage") or self._usage
        if not (choices := chunk.get("choices")):
            return ""
        self._finish = choices[0].get("finish_reason") or self._finish
        delta = choices[0].get("delta") or {}
        if delta.get("refusal"):
            raise self._refused()
        content = delta.get("content") or ""
        self._alive = self._alive or bool(content or _reasoning(delta))
        return self._text.feed(content) if content else ""

    def _require_text(self) -> None:
        if self._first:
            return
        if self._finish == "content_filter":
            raise self._refused()
        if self._finish == "length":
            problem = "spent its whole output limit without a word of reply"
        else:
            problem = "sent an empty reply"
        raise ModelOutputInvalid(f"{self._provider.name}'s model '{self._model}' {problem}.")

    def _refused(self) -> ModelError:
        return ModelRefused(f"{self._provider.name} refused to answer this message.")

    def _stall_deadline(self) -> float:
        return asyncio.get_running_loop().time() + self._stall


def _reasoning(delta: Json) -> str | None:
    """Reasoning under the names servers give it; a sign of life, never shown."""
    return delta.get("reasoning") or delta.get("reasoning_content")
