"""Sends single requests to a provider and maps what goes wrong.

The Groq and OpenAI SDKs have the same shape, so one class serves both; `Dialect` says what differs.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from backend.adapters.llm.error_mapping import map_failure, no_chat_api
from backend.adapters.llm.messages import Messages
from backend.adapters.llm.model_families import ModelFamily
from backend.adapters.llm.options import Provider
from backend.adapters.llm.provider_failure import VendorErrors, read_failure
from backend.adapters.llm.request_profile import RequestProfile
from backend.errors import ModelError
from backend.ports import Prompt

BuildRequest = Callable[[RequestProfile], dict[str, Any]]


class Dialect(NamedTuple):
    """What differs between the providers."""

    provider: Provider
    vendor: VendorErrors
    family_of: Callable[[str], ModelFamily]
    messages_of: Callable[[Prompt], Messages]
    chat_path: str  # below the client's address
    stream_class: Any  # the SDK's, of events
    serves: Callable[[str, list[Any]], bool]  # is this model among those the server lists?


class ProviderClient:
    """An SDK client (`AsyncGroq` or `AsyncOpenAI` made with `max_retries=0`) with our errors."""

    def __init__(self, client: Any, dialect: Dialect) -> None:
        self._client = client
        self._dialect = dialect
        self._profiles: dict[str, RequestProfile] = {}

    async def create(self, model: str, build: BuildRequest, deadline: float) -> Any:
        """Send one chat completion request; where the server refuses a parameter, without it.

        `deadline` is in event loop time. Returns the SDK's completion.

        Raises:
            ModelError: mapped from what the SDK raised.
        """
        return await self._send(self._client.chat.completions.create, model, build, deadline)

    async def stream(self, model: str, build: BuildRequest, deadline: float) -> Any:
        """The same for a completion that is streamed. Returns the SDK's stream, but of chunks as they are
        read from JSON: making its records of them takes longer than all else that a piece of text passes
        through here.

        Raises:
            ModelError: mapped from what the SDK raised.
        """

        async def post(**request: Any) -> Any:
            return await self._client.post(
                self._dialect.chat_path,
                body=request,
                cast_to=object,
                stream=True,
                stream_cls=self._dialect.stream_class[object],
            )

        return await self._send(post, model, build, deadline)

    async def _send(
        self,
        send: Callable[..., Awaitable[Any]],
        model: str,
        build: BuildRequest,
        deadline: float,
    ) -> Any:
        """Each refusal is remembered for the model, so the loop ends."""
        profile = self._profile(model)
        while True:
            request = build(profile)
            try:
                async with asyncio.timeout_at(deadline):
                    return await send(model=model, **request)
            except self._dialect.vendor.caught as error:
                failure = read_failure(error, self._dialect.vendor)
                if not (failure.refuses_request and profile.learn(failure.message, request)):
                    raise self.mapped(error, model) from error

    async def list_models(self, model: str, timeout: float) -> list[Any]:
        """The models that the server lists; no tokens are generated.

        Raises:
            ModelError: mapped; `model` is the one that its sentence names.
        """
        try:
            async with asyncio.timeout(timeout):
                page = await self._client.models.list()
        except self._dialect.vendor.caught as error:
            raise self.mapped(error, model) from error
        listed = getattr(page, "data", None)
        if listed is None:  # a web page, say
            raise no_chat_api(self._dialect.provider)
        return list(listed)

    def mapped(self, error: Exception, model: str) -> ModelError:
        """Our error for what a call to `model` raised."""
        failure = read_failure(error, self._dialect.vendor)
        return map_failure(failure, self._dialect.provider, model)

    async def close(self) -> None:
        """Close connections. Safe to call twice."""
        await self._client.close()

    def _profile(self, model: str) -> RequestProfile:
        if model not in self._profiles:
            self._profiles[model] = RequestProfile(model, self._dialect.family_of(model))
        return self._profiles[model]
