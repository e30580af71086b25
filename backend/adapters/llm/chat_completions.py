"""A language model over a chat completions API, with retries, a fallback and time limits.

`groq.py` and `openai_compatible.py` give it a client and say what differs.
"""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from functools import partial
from typing import Any

from backend.adapters.llm.attempts import Attempts, Sleep
from backend.adapters.llm.error_mapping import model_not_found
from backend.adapters.llm.messages import Messages
from backend.adapters.llm.options import ModelOptions
from backend.adapters.llm.provider_client import Dialect, ProviderClient
from backend.adapters.llm.reply_stream import ReplyStream
from backend.adapters.llm.request_profile import RequestProfile
from backend.adapters.llm.retry import RetryRule
from backend.adapters.llm.structured_output import (
    RawAnswer,
    correction,
    read_answer,
    read_completion,
    request_messages,
    response_format,
)
from backend.errors import ModelOutputInvalid, ModelRefused
from backend.ports import Completion, Prompt, StructuredAnswer, StructuredRequest, TextDelta


class ChatCompletionsModel:
    """`LanguageModel` over an SDK client; see the port for its methods.

    Consumers that may leave a stream early should wrap it in `contextlib.aclosing`, which ends the
    HTTP request at once.
    """

    def __init__(
        self, client: Any, options: ModelOptions, dialect: Dialect, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._client = ProviderClient(client, dialect)
        self._options = options
        self._dialect = dialect
        self._attempts = Attempts(RetryRule(), sleep)

    @property
    def name(self) -> str:
        """The model that replies are asked of first."""
        return self._options.model

    async def stream(self, prompt: Prompt) -> AsyncGenerator[TextDelta | Completion, None]:
        """Stream one reply; see `LanguageModel.stream`."""
        deadline = self._deadline()
        open_reply = partial(self._open_reply, prompt=prompt, deadline=deadline)
        fallback = self._options.fallback_model
        reply = await self._attempts.run(open_reply, self._options.model, fallback, deadline)
        try:
            async for text in reply.deltas():
                yield TextDelta(text)
            yield reply.completion()
        finally:
            await reply.close()

    async def structured(self, request: StructuredRequest) -> StructuredAnswer:
        """Answer with one object; see `LanguageModel.structured`."""
        deadline = self._deadline()
        first = None
        try:
            first = await self._ask(request, [], deadline)
        except ModelRefused as error:
            complaint = correction(error)
        else:
            try:
                return read_answer(first, request)
            except ModelOutputInvalid as error:
                complaint = correction(error)
        second = await self._ask(request, complaint, deadline)
        return replace(read_answer(second, request, before=first), calls=2)

    async def check(self) -> None:
        """Ask for the list of models and look for ours; see `LanguageModel.check`."""
        own = self._options.model
        listed = await self._client.list_models(own, self._options.timeouts.first_token)
        for model in dict.fromkeys((own, self._memory_model)):
            if not self._dialect.serves(model, listed):
                choices = [entry.id for entry in listed]
                raise model_not_found(self._dialect.provider, model, choices)

    async def close(self) -> None:
        """Close connections. Safe to call twice."""
        await self._client.close()

    @property
    def _memory_model(self) -> str:
        return self._options.memory_model or self._options.model

    def _deadline(self) -> float:
        return asyncio.get_running_loop().time() + self._options.timeouts.total

    async def _open_reply(self, model: str, prompt: Prompt, deadline: float) -> ReplyStream:
        """Ask `model` for a reply and wait for its first text."""
        limit = asyncio.get_running_loop().time() + self._options.timeouts.first_token
        build = partial(self._reply_request, prompt=prompt)
        chunks = await self._client.stream(model, build, min(limit, deadline))
        reply = ReplyStream(
            chunks,
            model=model,
            provider=self._dialect.provider,
            vendor=self._dialect.vendor,
            stall=self._options.timeouts.stall,
            deadline=deadline,
        )
        try:
            await reply.open(limit)
        except BaseException:
            await reply.close()
            raise
        return reply

    def _reply_request(self, profile: RequestProfile, prompt: Prompt) -> dict[str, Any]:
        return {
            "messages": self._dialect.messages_of(prompt),
            "stream": True,
            **profile.usage_request(),
            **profile.token_limit(self._options.max_tokens),
            **profile.sampling(self._options.temperature),
            **profile.reasoning(),
        }

    async def _ask(
        self, request: StructuredRequest, follow_up: Messages, deadline: float
    ) -> RawAnswer:
        ask = partial(self._ask_model, request=request, follow_up=follow_up, deadline=deadline)
        fallback = self._options.fallback_model
        return await self._attempts.run(ask, self._memory_model, fallback, deadline)

    async def _ask_model(
        self, model: str, request: StructuredRequest, follow_up: Messages, deadline: float
    ) -> RawAnswer:
        def build(profile: RequestProfile) -> dict[str, Any]:
            return {
                "messages": request_messages(request, profile.json_mode) + follow_up,
                **response_format(request, profile.json_mode),
                **profile.token_limit(request.max_tokens),
                **profile.deterministic(),
                **profile.reasoning(),
            }

        try:
            completion = await self._client.create(model, build, deadline)
        except ModelOutputInvalid as error:
            # The provider's own check failed. What it refused may still do, or show the model
            # its mistake; without it there is nothing to read.
            if not error.output:
                raise
            return RawAnswer(error.output, model)
        return read_completion(completion, model, self._dialect.provider.name)
