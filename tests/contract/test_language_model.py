"""Replies: what every hosted model does, over real HTTP, and what it says when it can't."""

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from backend.adapters.in_memory.language_model import ScriptedModel
from backend.adapters.llm.model_families import REASONING_ROOM
from backend.adapters.llm.options import Timeouts
from backend.errors import (
    ModelError,
    ModelOutputInvalid,
    ModelOverloaded,
    ModelRateLimited,
    ModelRefused,
    ModelTimeout,
    ModelUnreachable,
)
from backend.ports import LanguageModel, TextDelta
from tests.support.groq_behaviours import Behaviour, empty, fails, rate_limited, says
from tests.support.language_models import hosted_model, prompt, reply_of


async def failure_of(model: LanguageModel) -> ModelError:
    with pytest.raises(ModelError) as caught:
        await reply_of(model)
    return caught.value


# --- a reply ------------------------------------------------------------------------------------


async def test_streams_deltas_then_one_completion(make, server):
    server.queue(says("Your dog ", "is called ", "Biscuit."))
    text, end = await reply_of(make())
    assert text == "Your dog is called Biscuit."
    assert end.model == "openai/gpt-oss-120b"
    assert (end.prompt_tokens, end.completion_tokens, end.finish_reason) == (11, 3, "stop")


async def test_deltas_arrive_as_they_are_written(make, server):
    server.queue(says("one", "two", paced=True))
    async with aclosing(make().stream(prompt())) as stream:
        server.release()
        assert await anext(stream) == TextDelta("one")
        await server.wait_for(lambda: server.held == 1)
        server.release()
        assert await anext(stream) == TextDelta("two")


async def test_a_reply_at_its_token_limit_says_so(make, server):
    server.queue(says("So I went", finish_reason="length"))
    text, end = await reply_of(make())
    assert (text, end.finish_reason) == ("So I went", "length")


async def test_reasoning_is_never_part_of_the_reply(make, server):
    server.queue(says("<thi", "nk>they ask", " me</think>", "\n\nHi", " there", reasoning=("Hm",)))
    text, _ = await reply_of(make())
    assert text == "Hi there"


async def test_missing_token_counts_do_not_fail_or_hold_a_finished_reply(make, server):
    server.queue(Behaviour(raw=_sse('{"content": "Hi"}', "null") + _sse("{}", '"stop"')))
    text, end = await reply_of(make())
    assert (text, end.prompt_tokens, end.completion_tokens) == ("Hi", 0, 0)


async def test_the_scripted_model_keeps_the_same_contract():
    gate = asyncio.Semaphore(0)
    model = ScriptedModel([["Hel", "lo"], ModelOverloaded("busy")], gate=gate)
    asking = asyncio.create_task(reply_of(model))
    gate.release()
    gate.release()
    text, end = await asking
    assert (text, end.model, end.completion_tokens) == ("Hello", "scripted", 2)
    assert isinstance(await failure_of(model), ModelOverloaded)
    assert isinstance(await failure_of(model), ModelOutputInvalid)
    assert [asked.message for asked in model.prompts] == ["How is my dog called?"] * 3


async def test_the_scripted_model_can_break_off():
    model = ScriptedModel(lambda asked: ["a", "b"], breaks_after=1, breaks_with=ModelTimeout("x"))
    async with aclosing(model.stream(prompt())) as stream:
        assert await anext(stream) == TextDelta("a")
        with pytest.raises(ModelTimeout):
            await anext(stream)


# --- the request --------------------------------------------------------------------------------


async def test_groq_gets_the_situation_after_the_history(server, sleep):
    await reply_of(hosted_model("groq", server, sleep))
    sent = server.requests[0].body["messages"]
    assert [m["role"] for m in sent] == ["system", "user", "assistant", "system", "user"]
    assert sent[0]["content"] == "You are Mira."
    assert sent[3]["content"] == "You know: the dog is called Biscuit."


async def test_other_servers_get_one_system_message(server, sleep):
    await reply_of(hosted_model("openai", server, sleep))
    sent = server.requests[0].body["messages"]
    assert [m["role"] for m in sent] == ["system", "user", "assistant", "user"]
    assert sent[0]["content"] == "You are Mira.\n\nYou know: the dog is called Biscuit."


async def test_an_empty_situation_is_left_out(make, server):
    await reply_of(make(), prompt(situation="  "))
    sent = server.requests[0].body["messages"]
    assert [m["role"] for m in sent] == ["system", "user", "assistant", "user"]
    assert sent[0]["content"] == "You are Mira."


async def test_sampling_and_limits_are_sent(make, server):
    await reply_of(make(model="llama-3.1-8b-instant", max_tokens=321, temperature=0.7))
    body = server.requests[0].body
    expected = {
        "temperature": 0.7,
        "top_p": 0.9,
        "frequency_penalty": 0.3,
        "presence_penalty": 0.3,
    }
    assert body | expected == body
    assert 321 in (body.get("max_tokens"), body.get("max_completion_tokens"))
    assert "reasoning_effort" not in body


async def test_gpt_oss_reasons_little_and_has_room_for_it(make, server, provider):
    await reply_of(make(max_tokens=500))
    body = server.requests[0].body
    limit = body["max_completion_tokens" if provider == "groq" else "max_tokens"]
    assert limit == 500 + REASONING_ROOM
    assert body["reasoning_effort"] == "low"
    assert body.get("include_reasoning") is (False if provider == "groq" else None)


@pytest.mark.parametrize(
    ("refused", "left"),
    [
        ({"frequency_penalty"}, {"temperature": 0.8}),
        ({"top_p", "temperature"}, {}),
    ],
)
async def test_a_refused_parameter_is_left_out_from_then_on(make, server, refused, left):
    server.unsupported = refused
    model = make(model="test-model")
    await reply_of(model)
    tries = len(server.requests)
    await reply_of(model)
    assert tries == 1 + len(refused)
    assert len(server.requests) == tries + 1
    sampling = {"temperature", "top_p", "frequency_penalty", "presence_penalty"}
    last = server.requests[-1].body
    assert {name: last[name] for name in sampling & last.keys()} == left


# --- retries and the fallback -------------------------------------------------------------------


@pytest.mark.parametrize(
    "failure",
    [
        rate_limited(),
        fails(500),
        fails(503, "Service unavailable"),
        fails(498, "Flex tier capacity exceeded", code="capacity_exceeded"),
        empty(),
        empty("length"),
        says("  ", "\n"),
        Behaviour(chunks=("lost",), cut_after=0),
        Behaviour(raw="data: {broken\n\n"),
        Behaviour(stream_error={"message": "boom", "type": "server_error"}),
    ],
    ids=lambda b: f"{b.status}-{b.finish_reason}-{b.cut_after}-{b.raw}-{bool(b.stream_error)}",
)
async def test_a_passing_failure_before_the_first_delta_is_retried(make, server, sleep, failure):
    server.queue(failure, says("Back again"))
    text, _ = await reply_of(make())
    assert text == "Back again"
    assert len(sleep.waits) == 1
    assert 0 <= sleep.waits[0] <= 0.5


async def test_gives_up_after_two_retries(make, server, sleep):
    server.queue(fails(503), fails(503), fails(503), says("too late"))
    assert isinstance(await failure_of(make()), ModelOverloaded)
    assert len(server.requests) == 3
    assert len(sleep.waits) == 2


async def test_retry_after_in_seconds_is_waited_out(make, server, sleep):
    server.queue(rate_limited("7"), says("Thanks for waiting"))
    await reply_of(make())
    assert 7 <= sleep.waits[0] <= 7.5


async def test_retry_after_as_a_date_is_waited_out(make, server, sleep):
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=9), usegmt=True)
    server.queue(rate_limited(soon), says("Thanks for waiting"))
    await reply_of(make())
    assert 5 <= sleep.waits[0] <= 9.5


async def test_no_wait_goes_past_the_total(make, server, sleep):
    server.queue(rate_limited("7"), says("too late"))
    error = await failure_of(make(timeouts=Timeouts(total=5)))
    assert isinstance(error, ModelRateLimited)
    assert sleep.waits == []


async def test_a_long_retry_after_is_told_not_waited_out(make, server, sleep):
    server.queue(rate_limited("42"))
    error = await failure_of(make())
    assert isinstance(error, ModelRateLimited)
    assert error.retry_after == 42
    assert "42 s" in str(error)
    assert sleep.waits == []
    assert len(server.requests) == 1


@pytest.mark.parametrize("failures", [[fails(503)] * 3, [rate_limited("42")]])
async def test_the_fallback_model_answers_when_the_first_can_not(make, server, failures):
    server.queue(*failures, says("Here for you"))
    text, end = await reply_of(make(fallback_model="openai/gpt-oss-20b"))
    assert (text, end.model) == ("Here for you", "openai/gpt-oss-20b")


async def test_the_fallback_model_answers_for_a_retired_one(make, server):
    text, end = await reply_of(make(model="retired", fallback_model="test-model"))
    assert (text, end.model) == ("You said: How is my dog called?", "test-model")
    assert [r.body["model"] for r in server.requests] == ["retired", "test-model"]


async def test_the_fallback_is_tried_once_and_the_first_failure_is_the_one_told(make, server):
    server.queue(rate_limited("42"), fails(503))
    error = await failure_of(make(fallback_model="test-model"))
    assert isinstance(error, ModelRateLimited)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "failure", [fails(401, "Invalid API Key"), fails(400, "messages: bad"), fails(413)]
)
async def test_a_lasting_failure_is_not_retried(make, server, failure):
    server.queue(failure)
    await failure_of(make(fallback_model="test-model"))
    assert len(server.requests) == 1


async def test_after_the_first_delta_nothing_is_retried(make, server, sleep):
    server.queue(says("My dog", " is", cut_after=1), says("again"))
    async with aclosing(make(fallback_model="test-model").stream(prompt())) as stream:
        assert await anext(stream) == TextDelta("My dog")
        with pytest.raises(ModelUnreachable):
            await anext(stream)
    assert len(server.requests) == 1
    assert sleep.waits == []


BROKEN_CHUNK = 'data: {"choices": [{"index": 0, "delta": {"content": "Hi"}}]}\n\ndata: {oh\n\n'


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        (says("Hi", stream_error={"message": "x", "type": "server_error"}), ModelOverloaded),
        (says("Hi", finish_reason="content_filter"), ModelRefused),
        (says("Hi", finish_reason=None), ModelUnreachable),
        (Behaviour(refusal="I can't"), ModelRefused),
        (Behaviour(raw=BROKEN_CHUNK), ModelOutputInvalid),
    ],
)
async def test_a_reply_that_breaks_off_raises_what_happened(make, server, ending, expected):
    server.queue(ending)
    assert isinstance(await failure_of(make()), expected)
    assert len(server.requests) == 1


async def test_groq_says_in_a_chunk_why_it_stopped_early(server, sleep):
    stopped = 'data: {"choices": [], "x_groq": {"id": "req_test", "error": "over capacity"}}\n\n'
    server.queue(Behaviour(raw=stopped + _sse('{"content": "Half"}', '"stop"')), says("Whole"))
    text, _ = await reply_of(hosted_model("groq", server, sleep))
    assert (text, len(sleep.waits)) == ("Whole", 1)


async def test_a_refused_reply_ends_the_request(make, server):
    server.queue(says("x", refusal="I can't", wait_before=(0,)))
    error = await failure_of(make())
    assert isinstance(error, ModelRefused)
    await server.wait_for(lambda: server.requests[0].disconnected)


# --- time ---------------------------------------------------------------------------------------

LONG = {"connect": 5.0, "first_token": 30.0, "stall": 30.0, "total": 30.0}


@pytest.mark.parametrize(
    ("limit", "held_chunk", "requests"),
    [("first_token", 0, 3), ("stall", 1, 1), ("total", 0, 1), ("total", 1, 1)],
)
async def test_silence_is_a_timeout(make, server, limit, held_chunk, requests):
    server.default = lambda request: says("Well", " then", wait_before=(held_chunk,))
    async with asyncio.timeout(10):
        error = await failure_of(make(timeouts=Timeouts(**LONG | {limit: 0.3})))
    assert isinstance(error, ModelTimeout)
    assert len(server.requests) == requests
    await server.wait_for(lambda: all(request.disconnected for request in server.requests))


async def test_reasoning_counts_as_a_sign_of_life(make, server):
    # Once it reasons, the short wait between tokens counts: three quick attempts fit into the
    # total, where waiting for a first token would use it up in one.
    server.default = lambda request: says("Well", reasoning=("Hm",), wait_before=(0,))
    error = await failure_of(make(timeouts=Timeouts(**LONG | {"stall": 0.1, "total": 10.0})))
    assert isinstance(error, ModelTimeout)
    assert len(server.requests) == 3


async def test_a_finished_reply_does_not_wait_for_a_server_that_will_not_hang_up(make, server):
    server.queue(says("Hi", wait_before=(2,)))
    text, end = await reply_of(make(timeouts=Timeouts(**LONG | {"stall": 2.0})))
    assert (text, end.finish_reason) == ("Hi", "stop")


async def test_cancelling_ends_the_request(make, server):
    server.queue(says("one", "two", wait_before=(1,)))
    reply = asyncio.create_task(reply_of(make()))
    await server.wait_for(lambda: server.held == 1)
    reply.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reply
    await server.wait_for(lambda: server.requests[0].disconnected and server.held == 0)


async def test_leaving_a_stream_ends_the_request(make, server):
    server.queue(says("one", "two", wait_before=(1,)))
    async with aclosing(make().stream(prompt())) as stream:
        await anext(stream)
    await server.wait_for(lambda: server.requests[0].disconnected)


def _sse(delta: str, finish_reason: str) -> str:
    choice = f'{{"index": 0, "delta": {delta}, "finish_reason": {finish_reason}}}'
    return f'data: {{"choices": [{choice}]}}\n\n'
