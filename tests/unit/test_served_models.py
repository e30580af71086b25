"""Whether a server that lists these models serves ours."""

from types import SimpleNamespace

import pytest

from backend.adapters.llm.openai_compatible import serves


def listed(*names: str, owner: str = "library") -> list[SimpleNamespace]:
    return [SimpleNamespace(id=name, owned_by=owner) for name in names]


@pytest.mark.parametrize(
    ("model", "models", "expected"),
    [
        ("gpt-4o-mini", listed("gpt-4o", "gpt-4o-mini"), True),
        ("gpt-4o-mini", listed("gpt-4o"), False),
        ("llama3.2", listed("llama3.2:latest"), True),  # Ollama
        ("llama3.2", listed("llama3.2:1b"), False),
        ("whatever", listed("/models/x.gguf", owner="llamacpp"), True),
        ("anything", [], False),
    ],
)
def test_serves(model, models, expected):
    assert serves(model, models) is expected
