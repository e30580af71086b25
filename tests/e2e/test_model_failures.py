"""When the model fails: a clear sentence in the chat, the message stays answerable, nothing is lost."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from tests.e2e.conftest import KEY, chats, for_chat, replies
from tests.support.chat_sockets import ChatSocket, open_socket
from tests.support.eventually import eventually
from tests.support.groq_behaviours import Behaviour, fails, rate_limited, says
from tests.support.groq_server import ChatRequest, GroqServer
from tests.support.jobs import jobs_hurried
from tests.support.keepsake_client import Client, signed_in
from tests.support.keepsake_process import KeepsakeProcess

Json = dict[str, Any]
KEY_REJECTED = (
    "Groq rejected the API key. Set GROQ_API_KEY to a valid key from console.groq.com, "
    "then restart."
)
RETIRED = (
    "Groq has no model 'openai/gpt-oss-120b' (it may have been retired). Set GROQ_MODEL to a "
    "current one, such as openai/gpt-oss-120b."
)
OVERLOADED = "Groq is overloaded or has a fault. Try again in a moment."


@dataclass
class Chat:
    """A user who listens to a conversation of their own."""

    client: Client
    conversation: str
    socket: ChatSocket

    async def fails_to_answer(self, text: str) -> tuple[Json, Json]:
        """Send a message; returns the stored failed reply and the `error` event."""
        message = await self.socket.say(self.conversation, text, clientMessageId=f"id of {text}")
        ended = await self.socket.hears(
            "character:response", lambda data: data["status"] not in {"started", "delta"}
        )
        assert ended["status"] == "failed"
        reply = await self.socket.hears_reply(message)
        error = await self.socket.hears("error")
        assert error["clientMessageId"] == message["clientMessageId"]
        assert error["conversationId"] == self.conversation
        assert reply["metadata"]["error"] == {"code": error["code"], "message": error["message"]}
        assert reply["state"] == "failed"
        assert (await self.client.messages(self.conversation))[-1] == reply
        return reply, error

    async def answers_after_all(self, reply: Json) -> None:
        """Regenerate a failed reply: it becomes a whole one, in its place."""
        await self.socket.call("message:regenerate", {"messageId": reply["id"]})
        better = await self.socket.hears("message:updated")
        assert (better["id"], better["seq"]) == (reply["id"], reply["seq"])
        assert (better["state"], better["content"]) == ("complete", "Back again.")
        assert "error" not in better["metadata"]
        assert better["variants"] == [], "a failure isn't kept as an alternative"


@pytest_asyncio.fixture
async def chat(someone: Client, groq: GroqServer) -> AsyncIterator[Chat]:
    groq.default = lambda _: replies("Back ", "again.")
    conversation = await someone.converse()
    socket = await open_socket("websocket", someone.url, someone.token)
    await socket.join(conversation)
    yield Chat(someone, conversation, socket)
    await socket.close()


@pytest_asyncio.fixture(scope="module", autouse=True)
async def stalled(groq_keepsake: KeepsakeProcess, groq_api: GroqServer) -> AsyncIterator[Chat]:
    """A chat whose reply has stopped in the middle. The limit for that is 20 s, so it begins before
    the other tests of this file and is looked at after them."""
    async with signed_in(groq_keepsake.url) as user:
        groq_api.queue(replies("So far, ", "so good", wait_before=(1,)))
        conversation = await user.converse()
        socket = await open_socket("websocket", user.url, user.token)
        await socket.say(conversation, "Don't stop now", clientMessageId="stalled")
        await socket.hears("character:response", lambda data: data["status"] == "delta")
        yield Chat(user, conversation, socket)
        await socket.close()


def forget_key(groq: GroqServer) -> None:
    groq.key = "another key"


def retire_model(groq: GroqServer) -> None:
    groq.models.remove("openai/gpt-oss-120b")


def queued(*behaviours: Behaviour) -> Callable[[GroqServer], None]:
    return lambda groq: groq.queue(*behaviours)


@pytest.mark.parametrize(
    ("go_wrong", "code", "sentence", "kept"),
    [
        (forget_key, "model_key_rejected", KEY_REJECTED, ""),
        (retire_model, "model_not_found", RETIRED, ""),
        (
            queued(replies(refusal="I can't help with that.")),
            "model_refused",
            "Groq refused to answer this message.",
            "",
        ),
        (
            queued(replies("Well, ", finish_reason="content_filter")),
            "model_refused",
            "Groq refused to answer this message.",
            "Well, ",
        ),
        (queued(*[for_chat(fails(503))] * 3), "model_overloaded", OVERLOADED, ""),
        (queued(replies("Once ", "upon", cut_after=1)), "model_unreachable", None, "Once "),
        (
            queued(replies("Half ", stream_error={"message": "boom"})),
            "model_overloaded",
            OVERLOADED,
            "Half ",
        ),
        (queued(*[replies(raw="<html>a proxy</html>")] * 3), "model_unreachable", None, ""),
        (
            queued(for_chat(fails(400, "too long", code="context_length_exceeded"))),
            "model_request_rejected",
            "The conversation is too long for Groq's model 'openai/gpt-oss-120b'.",
            "",
        ),
    ],
    ids=[
        "wrong key",
        "retired model",
        "refusal",
        "filtered midway",
        "overloaded for long",
        "cut off midway",
        "error midway",
        "no answer at all",
        "request refused",
    ],
)
async def test_a_failure_is_told_and_the_message_stays_answerable(
    chat: Chat,
    groq: GroqServer,
    go_wrong: Callable[[GroqServer], None],
    code: str,
    sentence: str | None,
    kept: str,
) -> None:
    go_wrong(groq)
    reply, error = await chat.fails_to_answer("Hello?")
    assert error["code"] == code
    assert sentence is None or error["message"] == sentence
    assert error["message"].endswith(".")
    assert "Traceback" not in error["message"]
    assert reply["content"] == kept

    behave(groq)
    await chat.answers_after_all(reply)
    later = await chat.client.say(chat.conversation, "Thank you")
    assert (later["state"], later["content"]) == ("complete", "Back again.")
    prompts = json.dumps(chats(groq)[-1].body["messages"])
    assert error["message"] not in prompts, "a failure is no part of the talk"


async def test_over_rest_a_failed_reply_says_why(chat: Chat, groq: GroqServer) -> None:
    forget_key(groq)
    reply = await chat.client.say(chat.conversation, "Hello?")
    assert reply["state"] == "failed"
    assert reply["metadata"]["error"] == {"code": "model_key_rejected", "message": KEY_REJECTED}
    behave(groq)
    path = f"/messages/{reply['id']}/regenerate"
    assert (await chat.client.post(path, status=202))["id"] == reply["id"]
    await chat.socket.hears("message:updated", lambda data: data["state"] == "complete")


async def test_a_busy_moment_is_waited_out_unseen(chat: Chat, groq: GroqServer) -> None:
    groq.queue(for_chat(fails(503)), for_chat(rate_limited("1")), replies("Here ", "I am."))
    message = await chat.socket.say(chat.conversation, "Hello?")
    reply = await chat.socket.hears_reply(message)
    assert (reply["content"], reply["state"]) == ("Here I am.", "complete")
    assert chat.socket.all("error") == []
    assert len([r for r in chats(groq) if r.last_user_message.endswith("Hello?")]) == 3


async def test_a_rate_limit_too_long_to_wait_for_says_how_long(
    chat: Chat, groq: GroqServer
) -> None:
    groq.queue(for_chat(rate_limited("47")))
    reply, error = await chat.fails_to_answer("Hello?")
    assert error["code"] == "model_rate_limited"
    assert error["message"] == "Groq's rate limit is reached. Try again in 47 s."
    assert error["retryAfter"] == 47
    assert len(chats(groq)) == 1
    await chat.answers_after_all(reply)


async def test_extraction_that_can_t_be_read_is_tried_again_then_parked_in_sight(
    groq_client: Client, groq: GroqServer, groq_keepsake: KeepsakeProcess
) -> None:
    told = "Something about Biscuit that no model understands"
    groq.default = lambda request: says('{"facts": [{' if extracts(request, told) else "I see.")
    conversation = await groq_client.converse()
    await groq_client.say(conversation, told)
    async with jobs_hurried(groq_keepsake, conversation) as hurry:

        async def parked() -> bool:
            await hurry()
            return bool((await groq_client.summary())["parkedJobs"] == 1)

        await eventually(parked, within=60)
        summary = await groq_client.summary()
        assert summary["pendingMessages"] == 2, "never taken for nothing to remember"
        tries = extractions(groq, told)
        assert len(tries) == 8, "four runs, in each of which the model was shown its mistake"
        reply = (await groq_client.messages(conversation))[1]
        assert (reply["content"], reply["state"]) == ("I see.", "complete")

        groq.default = lambda request: says(
            '{"facts": [], "signals": []}' if request.schema else "I see."
        )
        await groq_client.say(conversation, "One more thing")

        async def formed() -> bool:
            await hurry()
            return bool((await groq_client.summary())["pendingMessages"] == 0)

        await eventually(formed, within=30)
    assert (await groq_client.summary())["parkedJobs"] == 0


async def test_a_reply_that_stalls_is_given_up_and_told(stalled: Chat, groq: GroqServer) -> None:
    error = await stalled.socket.hears("error", within=60)
    assert error["code"] == "model_timeout"
    assert error["message"] == "Groq took too long to answer. Try again in a moment."
    assert error["clientMessageId"] == "stalled"
    reply = (await stalled.client.messages(stalled.conversation))[-1]
    assert (reply["state"], reply["content"]) == ("failed", "So far, ")
    groq.default = lambda _: replies("Back ", "again.")
    await stalled.answers_after_all(reply)


def behave(groq: GroqServer) -> None:
    """The provider is well again."""
    key, default = KEY, groq.default
    groq.reset()
    groq.key, groq.default = key, default


def extractions(groq: GroqServer, text: str) -> list[ChatRequest]:
    """The requests to extract facts from a transcript with this text."""
    return [request for request in groq.requests if extracts(request, text)]


def extracts(request: ChatRequest, text: str) -> bool:
    name = (request.schema or {}).get("name")
    return name == "memory" and text in request.body["messages"][1]["content"]
