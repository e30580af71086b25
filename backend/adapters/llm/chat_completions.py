"""Talks to a chat completions API through a Groq or OpenAI client.

The two SDKs have the same shape, so one class serves both; `groq.py` and `openai_compatible.py` say
what differs. Their own retries are off: the rule in `retry.py` is the only one.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from functools import partial
from typing import Any, NamedTuple

from backend.adapters.llm.attempts import Attempts, Sleep
from backend.adapters.llm.error_mapping import map_failure, model_not_found
from backend.adapters.llm.messages import Messages
from backend.adapters.llm.model_families import ModelFamily
from backend.adapters.llm.options import ModelOptions, Provider
from backend.adapters.llm.provider_failure import VendorErrors, read_failure
from backend.adapters.llm.reply_stream import ReplyStream
from backend.adapters.llm.request_profile import RequestProfile
from backend.adapters.llm.retry import RetryRule
from backend.adapters.llm.structured_output import (
    correction,
    parse_object,
    request_messages,
    response_format,
)
from backend.errors import ModelError, ModelOutputInvalid, ModelRefused
from backend.ports import Completion, Prompt, StructuredAnswer, StructuredRequest, TextDelta

BuildRequest = Callable[[RequestProfile], dict[str, Any]]


class Dialect(NamedTuple):
    """What differs between the two providers."""

    provider: Provider
    vendor: VendorErrors
    family_of: Callable[[str], ModelFamily]
    messages_of: Callable[[Prompt], Messages]
    serves: Callable[[str, list[Any]], bool]  # is this model among those the server lists?


class RawAnswer(NamedTuple):
    """What a model wrote for a structured request, before it is read."""

    text: str
    model: str
    cut_off: bool
    tokens: int


class ChatCompletionsModel:
    """`LanguageModel` over an SDK client; see the port for its methods.

    `client` is an `AsyncGroq` or `AsyncOpenAI` made with `max_retries=0`. Consumers that may leave
    a stream early should wrap it in `contextlib.aclosing`, which ends the HTTP request at once.
    """

    def __init__(
        self, client: Any, options: ModelOptions, dialect: Dialect, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._client = client
        self._options = options
        self._dialect = dialect
        self._provider = dialect.provider
        self._vendor = dialect.vendor
        self._attempts = Attempts(RetryRule(), sleep)
        self._profiles: dict[str, RequestProfile] = {}

    @property
    def name(self) -> str:
        """The model that replies are asked of first."""
        return self._options.model

    async def stream(self, prompt: Prompt) -> AsyncGenerator[TextDelta | Completion, None]:
        """Stream one reply; see `LanguageModel.stream`."""
        deadline = self._deadline()
        open_reply = partial(self._open_reply, prompt=prompt, deadline=deadline)
        options = self._options
        reply = await self._attempts.run(
            open_reply, options.model, options.fallback_model, deadline
        )
        try:
            async for text in reply.deltas():
                yield TextDelta(text)
            yield reply.completion()
        finally:
            await reply.close()

    async def structured(self, request: StructuredRequest) -> StructuredAnswer:
        """Answer with one object; see `LanguageModel.structured`."""
        deadline = self._deadline()
        first = await self._ask(request, [], deadline)
        try:
            return _read_answer(first, request)
        except ModelOutputInvalid as error:
            second = await self._ask(request, correction(error), deadline)
        return _read_answer(second, request, tokens_before=first.tokens)

    async def check(self) -> None:
        """Ask for the list of models and look for ours; no tokens are generated."""
        try:
            async with asyncio.timeout(self._options.timeouts.first_token):
                listed = (await self._client.models.list()).data
        except (TimeoutError, ValueError, AttributeError, *self._vendor.every) as error:
            raise self._map(error, self._options.model) from error
        for model in dict.fromkeys((self._options.model, self._memory_model)):
            if not self._dialect.serves(model, listed):
                raise model_not_found(self._provider, model, [entry.id for entry in listed])

    async def close(self) -> None:
        """Close connections. Safe to call twice."""
        await self._client.close()

    @property
    def _memory_model(self) -> str:
        return self._options.memory_model or self._options.model

    async def _open_reply(self, model: str, prompt: Prompt, deadline: float) -> ReplyStream:
        limit = asyncio.get_running_loop().time() + self._options.timeouts.first_token
        limit = min(limit, deadline)
        chunks = await self._create(model, partial(self._reply_request, prompt=prompt), limit)
        reply = ReplyStream(
            chunks,
            model=model,
            provider=self._provider,
            vendor=self._vendor,
            timeouts=self._options.timeouts,
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
        return await self._attempts.run(
            ask, self._memory_model, self._options.fallback_model, deadline
        )

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
            completion = await self._create(model, build, deadline)
        except ModelOutputInvalid as error:
            if error.output:  # the provider's own check failed: read what it refused ourselves
                return RawAnswer(error.output, model, cut_off=False, tokens=0)
            raise
        return self._raw_answer(completion, model)

    def _raw_answer(self, completion: Any, model: str) -> RawAnswer:
        if not getattr(completion, "choices", None):
            raise ModelOutputInvalid(f"{self._provider.name} sent an answer that can't be read.")
        choice = completion.choices[0]
        if getattr(choice.message, "refusal", None) or choice.finish_reason == "content_filter":
            raise ModelRefused(f"{self._provider.name} refused to read this text.")
        tokens = completion.usage.total_tokens if completion.usage else 0
        cut_off = choice.finish_reason == "length"
        return RawAnswer(choice.message.content or "", model, cut_off, tokens)

    async def _create(self, model: str, build: BuildRequest, deadline: float) -> Any:
        """Send one request; where the server refuses a parameter, again without it."""
        profile = self._profile(model)
        while True:
            request = build(profile)
            try:
                async with asyncio.timeout_at(deadline):
                    return await self._client.chat.completions.create(model=model, **request)
            except (TimeoutError, ValueError, *self._vendor.every) as error:
                failure = read_failure(error, self._vendor)
                mapped = map_failure(failure, self._provider, model)
                if not (failure.refuses_request and profile.learn(failure.message, request)):
                    raise mapped from error

    def _profile(self, model: str) -> RequestProfile:
        if model not in self._profiles:
            self._profiles[model] = RequestProfile(model, self._dialect.family_of(model))
        return self._profiles[model]

    def _map(self, error: Exception, model: str) -> ModelError:
        return map_failure(read_failure(error, self._vendor), self._provider, model)

    def _deadline(self) -> float:
        return asyncio.get_running_loop().time() + self._options.timeouts.total


def _read_answer(
    answer: RawAnswer, request: StructuredRequest, tokens_before: int = 0
) -> StructuredAnswer:
    data = parse_object(answer.text, request.schema, cut_off=answer.cut_off)
    return StructuredAnswer(data, answer.model, answer.tokens + tokens_before)
