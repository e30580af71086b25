"""One talk with the real Groq; needs `GROQ_API_KEY`, costs a few hundred tokens."""

import os

import pytest

from backend.adapters.llm.groq import GroqModel
from backend.adapters.llm.options import ModelOptions
from tests.support.language_models import pet_request, prompt, reply_of

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif("GROQ_API_KEY" not in os.environ, reason="needs GROQ_API_KEY"),
]


async def test_groq_talks_and_fills_in_forms():
    model = GroqModel(
        ModelOptions(
            api_key=os.environ["GROQ_API_KEY"],
            model="openai/gpt-oss-120b",
            memory_model="openai/gpt-oss-20b",
        )
    )
    try:
        await model.check()
        text, end = await reply_of(model, prompt(situation="The user's dog is called Biscuit."))
        answer = await model.structured(pet_request())
    finally:
        await model.close()
    assert "biscuit" in text.lower()
    assert end.completion_tokens > 0
    assert answer.data == {"name": "Biscuit", "age": 3}
