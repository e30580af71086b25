"""The built-in companion: a deterministic `LanguageModel` that needs no key and no network."""

import re
from collections.abc import AsyncIterator

from backend.adapters.llm.offline.reply import compose_reply
from backend.errors import ModelError
from backend.ports import Completion, Prompt, StructuredAnswer, StructuredRequest, TextDelta

WORDS_AT_ONCE = 3
CHARACTERS_PER_TOKEN = 4  # a rough count, for the books only


class OfflineCompanion:
    """Implements `LanguageModel`: the same prompt always gets the same reply."""

    @property
    def name(self) -> str:
        """Always "offline", which the page shows as a demonstration."""
        return "offline"

    async def stream(self, prompt: Prompt) -> AsyncIterator[TextDelta | Completion]:
        """Yield the reply a few words at a time, then one `Completion`. Never raises."""
        reply = compose_reply(prompt)
        words = re.findall(r"\S+\s*|\s+", reply)
        for start in range(0, len(words), WORDS_AT_ONCE):
            yield TextDelta("".join(words[start : start + WORDS_AT_ONCE]))
        read = sum(len(turn.content) for turn in prompt.history) + len(prompt.message)
        yield Completion("offline", _tokens(read), _tokens(len(reply)))

    async def structured(self, request: StructuredRequest) -> StructuredAnswer:
        """Always refuses: facts are found by `OfflineExtractor` instead.

        Raises:
            ModelError: always.
        """
        raise ModelError(
            f"The offline companion can't fill in forms ({request.name}): facts are found by rules"
            " instead. Set GROQ_API_KEY or LLM_BASE_URL to use a language model."
        )

    async def check(self) -> None:
        """Passes: there is nothing that could be missing."""

    async def close(self) -> None:
        """Nothing to close."""


def _tokens(characters: int) -> int:
    return -(-characters // CHARACTERS_PER_TOKEN)
