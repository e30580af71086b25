"""A language model that says what a test tells it to."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any

from backend.errors import ModelError, ModelOutputInvalid
from backend.ports import Completion, Prompt, StructuredAnswer, StructuredRequest, TextDelta

Reply = str | Sequence[str] | ModelError
Replies = Sequence[Reply] | Callable[[Prompt], Reply]
Answer = dict[str, Any] | ModelError
Answers = Sequence[Answer] | Callable[[StructuredRequest], Answer]


class ScriptedModel:
    """`LanguageModel` without a network.

    `replies` is a list, used in order, or a function of the prompt. A reply is text (one delta), a
    sequence of deltas, or an error to raise before the first delta; `breaks_after` raises
    `breaks_with` after so many deltas of every reply. `answers` are the same for `structured`. With
    a `gate`, one permit is taken before each delta: `asyncio.Semaphore(0)` holds every reply until
    the test releases it. `prompts` and `requests` keep what was asked.
    """

    def __init__(
        self,
        replies: Replies = (),
        answers: Answers = (),
        *,
        gate: asyncio.Semaphore | None = None,
        breaks_after: int | None = None,
        breaks_with: ModelError | None = None,
        unwell: ModelError | None = None,
        name: str = "scripted",
    ) -> None:
        self._replies = replies if callable(replies) else list(replies)
        self._answers = answers if callable(answers) else list(answers)
        self._gate = gate
        self._breaks_after = breaks_after
        self._breaks_with = breaks_with or ModelError("The scripted model broke off.")
        self._unwell = unwell
        self._name = name
        self.prompts: list[Prompt] = []
        self.requests: list[StructuredRequest] = []
        self.closed = False

    @property
    def name(self) -> str:
        """The name given at construction."""
        return self._name

    async def stream(self, prompt: Prompt) -> AsyncGenerator[TextDelta | Completion, None]:
        """Stream the next reply; counts one token per delta."""
        self.prompts.append(prompt)
        deltas = self._next_reply(prompt)
        for index, text in enumerate(deltas):
            if self._gate is not None:
                await self._gate.acquire()
            if index == self._breaks_after:
                raise self._breaks_with
            yield TextDelta(text)
        yield Completion(model=self._name, completion_tokens=len(deltas))

    async def structured(self, request: StructuredRequest) -> StructuredAnswer:
        """Give the next answer."""
        self.requests.append(request)
        if callable(self._answers):
            answer = self._answers(request)
        elif self._answers:
            answer = self._answers.pop(0)
        else:
            raise ModelOutputInvalid("The scripted model has no answer left.")
        if isinstance(answer, ModelError):
            raise answer
        return StructuredAnswer(answer, self._name)

    async def check(self) -> None:
        """Raise `unwell`, if it was given."""
        if self._unwell is not None:
            raise self._unwell

    async def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True

    def _next_reply(self, prompt: Prompt) -> list[str]:
        if callable(self._replies):
            reply = self._replies(prompt)
        elif self._replies:
            reply = self._replies.pop(0)
        else:
            raise ModelOutputInvalid("The scripted model has no reply left.")
        if isinstance(reply, ModelError):
            raise reply
        return [reply] if isinstance(reply, str) else list(reply)
