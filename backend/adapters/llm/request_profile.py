"""What one model accepts: its family's parameters, less what its server has refused."""

import re
from typing import Any

import structlog

from backend.adapters.llm.model_families import SAMPLING, ModelFamily

log = structlog.get_logger(__name__)

# A refusal names one parameter of a group; the others would be refused next.
_GROUPS: dict[str, tuple[str, ...]] = {
    "sampling": (*SAMPLING, "penalty"),
    "temperature": ("temperature",),
    "reasoning": ("reasoning_effort", "include_reasoning", "reasoning_format"),
    "stream_options": ("stream_options",),
}
_JSON_MODE_NAMES = ("response_format", "json_schema", "json_object", "json mode", "grammar")
_WEAKER_JSON_MODE = {"json_schema": "json_object", "json_object": "text"}


class RequestProfile:
    """Builds the optional part of requests to one model, and learns from refusals.

    `json_mode` is `json_schema`, `json_object` or `text`.
    """

    def __init__(self, model: str, family: ModelFamily) -> None:
        self._model = model
        self._family = family
        self._refused: set[str] = set()
        self.json_mode = family.json_mode

    def sampling(self, temperature: float) -> dict[str, Any]:
        """Parameters that shape a reply."""
        if not self._family.takes_sampling:
            return {}
        chosen: dict[str, Any] = {}
        if "temperature" not in self._refused:
            chosen["temperature"] = temperature
        if "sampling" not in self._refused:
            chosen |= SAMPLING
        return chosen

    def deterministic(self) -> dict[str, Any]:
        """Parameters for an answer with as little chance in it as the model allows."""
        refuses = "temperature" in self._refused or not self._family.takes_sampling
        return {} if refuses else {"temperature": 0.0}

    def reasoning(self) -> dict[str, Any]:
        """Parameters that keep reasoning short and out of the reply."""
        return {} if "reasoning" in self._refused else dict(self._family.reasoning)

    def token_limit(self, visible: int) -> dict[str, Any]:
        """The output limit: `visible` tokens, and room to reason where the model does."""
        return {self._family.token_limit_field: visible + self._family.reasoning_room}

    def usage_request(self) -> dict[str, Any]:
        """Asks for token counts at the end of a stream."""
        asks = self._family.usage_on_request and "stream_options" not in self._refused
        return {"stream_options": {"include_usage": True}} if asks else {}

    def learn(self, complaint: str, sent: dict[str, Any]) -> bool:
        """Read a refused request's reason; True if the next request will leave out what it names.

        `sent` is the request: only what was in it can have been refused.
        """
        words = _squeeze(complaint)
        if "response_format" in sent and any(_squeeze(n) in words for n in _JSON_MODE_NAMES):
            self.json_mode = _WEAKER_JSON_MODE[sent["response_format"]["type"]]
            self._say("response_format")
            return True
        for group, names in _GROUPS.items():
            named = any(_squeeze(name) in words for name in names)
            if named and any(name in sent for name in names):
                self._refused.add(group)
                self._say(group)
                return True
        return False

    def _say(self, refused: str) -> None:
        log.warning("model_refuses_parameters", model=self._model, refused=refused)


def _squeeze(text: str) -> str:
    """`presence_penalty`, `presencePenalty` and `presence penalty` are one name."""
    return re.sub(r"[^a-z0-9]", "", text.lower())
