"""Builds hosted models against the test server, and prompts to ask them with; the fixtures are for a
conftest to import."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing
from typing import Any

import pytest
import pytest_asyncio

from backend.adapters.llm.chat_completions import ChatCompletionsModel
from backend.adapters.llm.groq import GroqModel
from backend.adapters.llm.openai_compatible import OpenAICompatibleModel
from backend.adapters.llm.options import ModelOptions
from backend.models import Character
from backend.ports import Completion, LanguageModel, Prompt, PromptMessage, StructuredRequest
from tests.support.groq_server import GroqServer

HOSTED = {"groq": GroqModel, "openai": OpenAICompatibleModel}

PET_SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}},
    "required": ["name", "age"],
    "additionalProperties": False,
}


class RecordedSleep:
    """Stands in for `asyncio.sleep`: returns at once and keeps the waits asked for."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    async def __call__(self, seconds: float) -> None:
        """Note the wait."""
        self.waits.append(seconds)


def hosted_model(
    provider: str,
    server: GroqServer,
    sleep: Callable[[float], Awaitable[None]],
    **options: Any,
) -> ChatCompletionsModel:
    """A hosted model that talks to the test server."""
    url = server.groq_url if provider == "groq" else server.openai_url
    chosen = {"api_key": server.key, "model": "openai/gpt-oss-120b", "base_url": url, **options}
    return HOSTED[provider](ModelOptions(**chosen), sleep=sleep)


MakeModel = Callable[..., ChatCompletionsModel]


@pytest.fixture(scope="session")
def shared_server() -> Iterator[GroqServer]:
    """A server that the whole session shares."""
    with GroqServer() as server:
        yield server


@pytest.fixture
def server(shared_server: GroqServer) -> GroqServer:
    """The server, with nothing queued and nothing asked."""
    shared_server.reset()
    return shared_server


@pytest.fixture
def sleep() -> RecordedSleep:
    """What models wait with."""
    return RecordedSleep()


@pytest.fixture(params=sorted(HOSTED))
def provider(request: pytest.FixtureRequest) -> str:
    """Each kind of hosted model in turn."""
    return str(request.param)


@pytest_asyncio.fixture
async def make(provider: str, server: GroqServer, sleep: RecordedSleep) -> AsyncIterator[MakeModel]:
    """Makes hosted models by their options, and closes them."""
    made: list[ChatCompletionsModel] = []

    def make(**options: Any) -> ChatCompletionsModel:
        made.append(hosted_model(provider, server, sleep, **options))
        return made[-1]

    yield make
    for model in made:
        await model.close()


def prompt(**changes: Any) -> Prompt:
    """A prompt of a conversation with some history."""
    parts: dict[str, Any] = {
        "instructions": "You are Mira.",
        "history": (PromptMessage("user", "Hi"), PromptMessage("assistant", "Hello!")),
        "situation": "You know: the dog is called Biscuit.",
        "message": "How is my dog called?",
        "character": Character(name="Mira"),
        "user_name": "Ada",
    }
    return Prompt(**parts | changes)


def pet_request(**changes: Any) -> StructuredRequest:
    """Asks for a pet's name and age."""
    parts: dict[str, Any] = {
        "name": "pet",
        "schema": PET_SCHEMA,
        "system": "Read the pet.",
        "user": "Biscuit is three.",
    }
    return StructuredRequest(**parts | changes)


async def reply_of(model: LanguageModel, asked: Prompt | None = None) -> tuple[str, Completion]:
    """The whole text of one reply and how it ended; asserts the shape of the stream."""
    parts = []
    async with aclosing(model.stream(asked or prompt())) as stream:
        parts = [part async for part in stream]
    *deltas, end = parts
    assert isinstance(end, Completion)
    assert all(delta.text for delta in deltas)
    return "".join(delta.text for delta in deltas), end
