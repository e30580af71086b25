"""What one turn works with: its resources, what it answers, and the reply as far as it is written."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from backend.conversation.context_builder import ContextPolicy
from backend.conversation.ruling import LOCAL, Safeguards
from backend.errors import ModelError
from backend.memory.resources import MemoryResources
from backend.models import Conversation, Message
from backend.ports import Completion, LanguageModel
from backend.safety.notices import Notice


@dataclass(frozen=True, slots=True)
class TurnResources:
    """What answering takes. `formation_delay` is how long a message waits to be formed into
    memory, so that several are read in one call (seconds)."""

    memory: MemoryResources
    model: LanguageModel
    context: ContextPolicy = field(default_factory=ContextPolicy)
    formation_delay: float = 0.0
    safeguards: Safeguards = LOCAL


@dataclass(frozen=True, slots=True)
class Assignment:
    """A message to answer, under a lease. `replaces`: the reply whose new variant this will be, which
    was asked for `wanted` times. `reaches_user` says whether what is sent now arrives."""

    conversation: Conversation
    target: Message
    fence: int
    replaces: Message | None = None
    wanted: int = 0
    reaches_user: Callable[[], bool] = lambda: False

    @property
    def attempt(self) -> int:
        """How many replies there are to it already."""
        return self.replaces.active_variant + 1 if self.replaces else 0


@dataclass(slots=True)
class Writing:
    """A reply while it is being written.

    `refused` says why content policy blocked it or the message that it answers; `text` is the refusal
    then, `rewritten` where something else was shown before. `marks` are what its details say of its
    content, `notice` is what is shown beside it.
    """

    message_id: UUID
    started: float
    text: str = ""
    prompted: float = 0.0
    first_delta: float | None = None
    completion: Completion | None = None
    state: str = "complete"
    error: ModelError | None = None
    refused: str = ""
    rewritten: bool = False
    marks: dict[str, Any] = field(default_factory=dict)
    notice: Notice | None = None
