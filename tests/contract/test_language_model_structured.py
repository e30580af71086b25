"""Structured answers: what every hosted model makes of good, bad and odd ones, over real HTTP."""

import json
from typing import Any

import pytest

from backend.adapters.in_memory.language_model import ScriptedModel
from backend.adapters.llm.options import Timeouts
from backend.errors import (
    ModelError,
    ModelKeyRejected,
    ModelNotFound,
    ModelOutputInvalid,
    ModelRateLimited,
    ModelRefused,
    ModelTimeout,
)
from backend.ports import LanguageModel, StructuredRequest
from tests.support.groq_behaviours import (
    Behaviour,
    answers,
    empty,
    fails,
    json_validate_failed,
    rate_limited,
    says,
)
from tests.support.groq_server import GroqServer
from tests.support.language_models import (
    PET_SCHEMA,
    hosted_model,
    pet_request,
)

BISCUIT = {"name": "Biscuit", "age": 3}


async def failure_of(model: LanguageModel, request: StructuredRequest | None = None) -> ModelError:
    with pytest.raises(ModelError) as caught:
        await model.structured(request or pet_request())
    return caught.value


def sent(server: GroqServer, index: int = -1) -> dict[str, Any]:
    return server.requests[index].body


# --- good answers -------------------------------------------------------------------------------


async def test_gives_the_object_and_what_it_cost(make, server):
    server.queue(answers(BISCUIT))
    answer = await make(memory_model="openai/gpt-oss-20b").structured(pet_request())
    assert (answer.data, answer.model, answer.tokens) == (BISCUIT, "openai/gpt-oss-20b", 12)


async def test_asks_for_a_strict_schema_with_as_little_chance_as_possible(make, server):
    server.queue(answers(BISCUIT))
    await make().structured(pet_request(max_tokens=700))
    body = sent(server)
    wanted = {"name": "pet", "schema": PET_SCHEMA, "strict": True}
    assert body["response_format"] == {"type": "json_schema", "json_schema": wanted}
    assert body["temperature"] == 0
    assert (body.get("max_completion_tokens") or body.get("max_tokens")) > 700
    assert [m["content"] for m in body["messages"]] == ["Read the pet.", "Biscuit is three."]


async def test_without_a_memory_model_the_talking_one_answers(make, server):
    server.queue(answers(BISCUIT))
    answer = await make().structured(pet_request())
    assert answer.model == sent(server)["model"] == "openai/gpt-oss-120b"


@pytest.mark.parametrize(
    "text",
    [
        '```json\n{"name": "Biscuit", "age": 3}\n```',
        'Here you are: {"name": "Biscuit", "age": 3}. Anything {else}?',
        '\n\n{"name": "Biscuit",\n "age": 3}',
    ],
)
async def test_fences_and_words_around_the_object_are_taken_off(make, server, text):
    server.queue(says(text))
    assert (await make().structured(pet_request())).data == BISCUIT
    assert len(server.requests) == 1


async def test_groqs_own_failed_check_may_carry_a_good_answer(make, server):
    server.queue(json_validate_failed(f"Sure!\n```\n{json.dumps(BISCUIT)}\n```"))
    assert (await make().structured(pet_request())).data == BISCUIT
    assert len(server.requests) == 1


# --- bad answers --------------------------------------------------------------------------------

BAD = {
    "no JSON": says("The pet is Biscuit."),
    "broken JSON": says('{"name": "Biscuit", "ag'),
    "outside the schema": answers({"name": "Biscuit", "age": "three"}),
    "missing field": answers({"name": "Biscuit"}),
    "extra field": answers(BISCUIT | {"mood": "happy"}),
    "an object within a broken one": says('{"pet": {"name": "Biscuit", "age": 3}, oh'),
    "a list": says("[1, 2]"),
    "empty": empty(),
    "cut off": answers(BISCUIT, finish_reason="length"),
    "failed generation": json_validate_failed('{"name": "Biscuit"'),
    "failed without a word": json_validate_failed(""),
    "the schema itself": answers(PET_SCHEMA),
    "not a number": says('{"name": "Biscuit", "age": NaN}'),
}
every_bad_answer = pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())


@every_bad_answer
async def test_a_bad_answer_is_shown_to_the_model_once(make, server, bad):
    server.queue(bad, answers(BISCUIT))
    assert (await make().structured(pet_request())).data == BISCUIT
    first, second = (request.body["messages"] for request in server.requests)
    assert second[: len(first)] == first
    assert second[-1]["role"] == "user"
    assert "can't be used" in second[-1]["content"]


@every_bad_answer
async def test_two_bad_answers_are_an_error_that_carries_the_output(make, server, sleep, bad):
    server.queue(bad, says('{"name": 1}'))
    error = await failure_of(make(fallback_model="test-model"))
    assert isinstance(error, ModelOutputInvalid)
    assert error.output == '{"name": 1}'
    assert len(server.requests) == 2
    assert sleep.waits == []


async def test_a_failed_generation_does_not_weaken_the_format(make, server):
    server.queue(json_validate_failed("{"), answers(BISCUIT))
    await make().structured(pet_request())
    assert sent(server)["response_format"]["type"] == "json_schema"


async def test_the_model_is_told_where_it_went_wrong_and_what_it_wrote(make, server):
    server.queue(answers({"name": "Biscuit", "age": -3}), answers(BISCUIT))
    await make().structured(pet_request())
    *_, wrong, complaint = sent(server)["messages"]
    assert wrong == {"role": "assistant", "content": '{"name": "Biscuit", "age": -3}'}
    assert "$.age" in complaint["content"]
    assert "minimum" in complaint["content"]


async def test_both_answers_are_paid_for(make, server):
    server.queue(says("no"), answers(BISCUIT))
    answer = await make().structured(pet_request())
    assert (answer.tokens, answer.calls) == (24, 2)


async def test_a_schema_error_does_not_quote_the_answer(make, server):
    server.queue(*[answers({"name": "Biscuit", "age": "a secret"})] * 2)
    assert "a secret" not in str(await failure_of(make()))


# --- refusals of the request and other failures -------------------------------------------------


async def test_a_model_without_schema_mode_gets_the_schema_in_the_prompt(server, sleep):
    server.queue(answers(BISCUIT))
    model = hosted_model("groq", server, sleep, model="llama-3.1-8b-instant")
    assert (await model.structured(pet_request())).data == BISCUIT
    assert sent(server)["response_format"] == {"type": "json_object"}
    assert '"additionalProperties": false' in sent(server)["messages"][0]["content"]


@pytest.mark.parametrize(
    ("unsupported", "settles_on", "tries"),
    [
        ({"json_schema"}, {"type": "json_object"}, 2),
        ({"json_schema", "json_object"}, None, 3),
        ({"response_format"}, None, 3),
    ],
)
async def test_a_refused_format_is_replaced_by_a_weaker_one_for_good(
    make, server, unsupported, settles_on, tries
):
    server.unsupported = unsupported
    server.default = lambda request: answers(BISCUIT)
    model = make()
    assert (await model.structured(pet_request())).data == BISCUIT
    assert len(server.requests) == tries
    assert (await model.structured(pet_request())).data == BISCUIT
    assert len(server.requests) == tries + 1
    assert sent(server).get("response_format") == settles_on
    assert '"additionalProperties": false' in sent(server)["messages"][0]["content"]


@pytest.mark.parametrize(
    "refusal",
    [
        Behaviour(refusal="I won't"),
        says("{}", finish_reason="content_filter"),
        fails(400, "flagged", code="content_policy_violation"),
    ],
)
async def test_a_refusal_is_answered_once_and_the_second_is_final(make, server, refusal):
    server.queue(refusal, answers(BISCUIT))
    answer = await make().structured(pet_request())
    assert (answer.data, answer.calls) == (BISCUIT, 2)
    assert "refused" in sent(server)["messages"][-1]["content"]

    server.queue(refusal, refusal)
    assert isinstance(await failure_of(make(fallback_model="test-model")), ModelRefused)
    assert len(server.requests) == 4


async def test_a_passing_failure_is_retried(make, server, sleep):
    server.queue(rate_limited("3"), fails(500), answers(BISCUIT))
    assert (await make().structured(pet_request())).data == BISCUIT
    assert len(sleep.waits) == 2
    assert 3 <= sleep.waits[0] <= 3.5


async def test_the_fallback_model_answers_when_the_first_can_not(make, server):
    server.queue(rate_limited("60"), answers(BISCUIT))
    answer = await make(fallback_model="test-model").structured(pet_request())
    assert (answer.data, answer.model) == (BISCUIT, "test-model")


async def test_a_long_rate_limit_is_told(make, server):
    server.queue(rate_limited("60"))
    error = await failure_of(make())
    assert isinstance(error, ModelRateLimited)
    assert error.retry_after == 60


async def test_a_body_that_is_no_answer_is_retried_then_told(make, server):
    server.queue(*[Behaviour(raw="{oh")] * 3)
    assert isinstance(await failure_of(make()), ModelOutputInvalid)
    assert len(server.requests) == 3


async def test_silence_is_a_timeout(make, server):
    server.queue(answers(BISCUIT, wait_before=(0,)))
    assert isinstance(await failure_of(make(timeouts=Timeouts(total=0.3))), ModelTimeout)


async def test_a_bad_key_is_told(make):
    assert isinstance(await failure_of(make(api_key="wrong")), ModelKeyRejected)


async def test_a_retired_memory_model_names_its_setting(server, sleep):
    error = await failure_of(hosted_model("groq", server, sleep, memory_model="retired"))
    assert isinstance(error, ModelNotFound)
    assert "GROQ_MEMORY_MODEL" in str(error)


async def test_the_scripted_model_answers_in_order():
    model = ScriptedModel(answers=[BISCUIT, ModelOutputInvalid("no", output="x")])
    assert (await model.structured(pet_request())).data == BISCUIT
    assert isinstance(await failure_of(model), ModelOutputInvalid)
    assert [request.name for request in model.requests] == ["pet", "pet"]
