"""The one place that knows which family of models takes which request parameters.

Sources: Groq's API reference and its pages on reasoning and structured outputs, OpenAI's API
reference. A server may still refuse what is listed here; `RequestProfile` then learns and
remembers it, so a wrong line costs one extra request per process, not an outage.

| provider | family                    | sampling | reasoning                             | JSON   |
|----------|---------------------------|----------|---------------------------------------|--------|
| Groq     | gpt-oss                   | yes      | effort low, include_reasoning false   | schema |
| Groq     | qwen3                     | yes      | effort none, reasoning_format hidden  | object |
| Groq     | any other                 | yes      | -                                     | object |
| other    | o1, o3, o4, gpt-5         | no       | effort low                            | schema |
| other    | gpt-oss                   | yes      | effort low                            | schema |
| other    | any other                 | yes      | -                                     | schema |

"Sampling" is temperature, top_p and the two penalties. Groq's reference says that none of its
models acts on the penalties yet; its API takes them without an error, so they are sent.
"""

import re
from dataclasses import dataclass, field
from typing import Any

SAMPLING: dict[str, Any] = {"top_p": 0.9, "frequency_penalty": 0.3, "presence_penalty": 0.3}

# Reasoning is billed to the same output budget as the reply. At low effort gpt-oss thinks for some
# tens to a few hundred tokens; with less room than this a long thought leaves an empty reply.
REASONING_ROOM = 1024  # tokens

_GPT_OSS = re.compile(r"gpt-oss")
_QWEN3 = re.compile(r"qwen-?3")
_OPENAI_REASONING = re.compile(r"^(openai/)?(o\d|gpt-[5-9])")


@dataclass(frozen=True, slots=True)
class ModelFamily:
    """What the models of one family take.

    `json_mode` is the strongest they offer: `json_schema` (strict) or `json_object`.
    `usage_on_request` is False where a stream ends with token counts without being asked.
    """

    takes_sampling: bool = True
    reasoning: dict[str, Any] = field(default_factory=dict)
    reasoning_room: int = 0
    json_mode: str = "json_schema"
    token_limit_field: str = "max_tokens"
    usage_on_request: bool = True


def groq_family(model: str) -> ModelFamily:
    """The family of a model served by Groq."""
    name = model.lower()
    if _GPT_OSS.search(name):
        hidden = {"reasoning_effort": "low", "include_reasoning": False}
        return _on_groq(reasoning=hidden, reasoning_room=REASONING_ROOM)
    if _QWEN3.search(name):
        silent = {"reasoning_effort": "none", "reasoning_format": "hidden"}
        return _on_groq(reasoning=silent, json_mode="json_object")
    return _on_groq(json_mode="json_object")


def _on_groq(**traits: Any) -> ModelFamily:
    return ModelFamily(token_limit_field="max_completion_tokens", usage_on_request=False, **traits)


def openai_family(model: str, *, at_openai: bool) -> ModelFamily:
    """The family of a model served by OpenAI itself or by a server with the same API.

    OpenAI has renamed `max_tokens`; many local servers know only the old name.
    """
    limit = "max_completion_tokens" if at_openai else "max_tokens"
    name = model.lower()
    effort = {"reasoning_effort": "low"}
    if _OPENAI_REASONING.match(name):
        return ModelFamily(
            takes_sampling=False,
            reasoning=effort,
            reasoning_room=REASONING_ROOM,
            token_limit_field="max_completion_tokens",
        )
    if _GPT_OSS.search(name):
        return ModelFamily(reasoning=effort, reasoning_room=REASONING_ROOM, token_limit_field=limit)
    return ModelFamily(token_limit_field=limit)
