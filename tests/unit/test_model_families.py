"""Which request parameters a model gets, and what a refusal teaches."""

import pytest

from backend.adapters.llm.model_families import (
    REASONING_ROOM,
    SAMPLING,
    groq_family,
    openai_family,
)
from backend.adapters.llm.request_profile import RequestProfile


@pytest.mark.parametrize(
    ("model", "reasoning", "room", "json_mode"),
    [
        (
            "openai/gpt-oss-120b",
            {"reasoning_effort": "low", "include_reasoning": False},
            REASONING_ROOM,
            "json_schema",
        ),
        (
            "qwen/qwen3-32b",
            {"reasoning_effort": "none", "reasoning_format": "hidden"},
            0,
            "json_object",
        ),
        ("llama-3.1-8b-instant", {}, 0, "json_object"),
    ],
)
def test_groq_families(model, reasoning, room, json_mode):
    family = groq_family(model)
    assert family.reasoning == reasoning
    assert family.reasoning_room == room
    assert family.json_mode == json_mode
    assert family.token_limit_field == "max_completion_tokens"


@pytest.mark.parametrize(
    ("model", "at_openai", "sampling", "effort", "limit"),
    [
        ("gpt-4o-mini", True, True, None, "max_completion_tokens"),
        ("gpt-5-mini", True, False, "low", "max_completion_tokens"),
        ("o3", True, False, "low", "max_completion_tokens"),
        ("openai/o4-mini", False, False, "low", "max_completion_tokens"),
        ("gpt-oss:20b", False, True, "low", "max_tokens"),
        ("openai/gpt-oss-20b", False, True, "low", "max_tokens"),
        ("llama3.2", False, True, None, "max_tokens"),
        ("gpt-4o-mini", False, True, None, "max_tokens"),
    ],
)
def test_openai_families(model, at_openai, sampling, effort, limit):
    family = openai_family(model, at_openai=at_openai)
    assert family.takes_sampling is sampling
    assert family.reasoning.get("reasoning_effort") == effort
    assert family.token_limit_field == limit


SENT = {"temperature": 0.8, **SAMPLING, "reasoning_effort": "low", "max_tokens": 500}


@pytest.mark.parametrize(
    ("complaint", "sampling", "reasoning"),
    [
        ("`presence_penalty` is not supported", {"temperature": 0.8}, True),
        ("Argument not supported on this model: presencePenalty", {"temperature": 0.8}, True),
        ("Penalty is not enabled for this model", {"temperature": 0.8}, True),
        ("'temperature' does not support 0.8", SAMPLING, True),
        ("reasoning_effort is not supported", {"temperature": 0.8, **SAMPLING}, False),
    ],
)
def test_a_refusal_is_remembered(complaint, sampling, reasoning):
    profile = RequestProfile("m", openai_family("gpt-oss:20b", at_openai=False))
    assert profile.learn(complaint, SENT)
    assert profile.sampling(0.8) == sampling
    assert bool(profile.reasoning()) is reasoning


@pytest.mark.parametrize(
    "complaint", ["max_tokens is too large", "messages must not be empty", "logprobs", ""]
)
def test_other_complaints_teach_nothing(complaint):
    profile = RequestProfile("m", openai_family("gpt-oss:20b", at_openai=False))
    assert not profile.learn(complaint, SENT)


def test_only_what_was_sent_can_be_refused():
    profile = RequestProfile("m", groq_family("llama-3.1-8b-instant"))
    assert not profile.learn("`reasoning_effort` is not supported", {"messages": []})
    assert not profile.learn("`response_format` is not supported", {"messages": []})
