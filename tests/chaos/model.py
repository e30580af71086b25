"""The model of a run: it repeats what was said, slowly, and learns one fact from each message of the
user's. So a reply shows what it answers, and a fact how often its message was read."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.support.groq_behaviours import Behaviour, answers, says, smallest_object
from tests.support.groq_server import ChatRequest, GroqServer
from tests.support.records import a_proposal

CHUNKS = 6
CHUNK_SECONDS = 0.08

_USER_LINE = re.compile(r"^\[(\d+)\] \S+ \S+ user [^:]*: (.*)$", re.MULTILINE)


@asynccontextmanager
async def slow_echo() -> AsyncIterator[GroqServer]:
    """The server, running; a reply takes about half a second."""
    with GroqServer() as server:
        server.default = behaviour
        pacing = asyncio.create_task(_pace(server))
        try:
            yield server
        finally:
            pacing.cancel()


def behaviour(request: ChatRequest) -> Behaviour:
    """What the model answers to a request."""
    if request.schema:
        if request.schema["name"] == "memory":
            return answers({"facts": facts(request.last_user_message), "signals": []})
        summary = {"summary": "They talked about numbers.", "title": "Numbers"}
        return answers(smallest_object(request.schema["schema"]) | summary)
    return says(*pieces(f"You said: {request.last_user_message}"), paced=True)


def pieces(text: str) -> list[str]:
    """The text in `CHUNKS` parts or fewer."""
    size = max(1, -(-len(text) // CHUNKS))
    return [text[start : start + size] for start in range(0, len(text), size)]


def facts(prompt: str) -> list[dict[str, Any]]:
    """One for each message of the user's in a prompt to extract from."""
    return [
        a_proposal(said, messages=[int(number)], importance=5)
        for number, said in _USER_LINE.findall(prompt)
    ]


async def _pace(server: GroqServer) -> None:
    while True:
        await asyncio.sleep(CHUNK_SECONDS)
        server.release(server.held)
