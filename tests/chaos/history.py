"""What a run leaves behind: what the clients did and saw, what is stored, what was struck."""

from dataclasses import dataclass, field
from typing import Any

from tests.chaos.resume import Json


@dataclass
class Witness:
    """What one client says at the end. Times are seconds since the epoch.

    `sent` has (clientMessageId, content) in the order in which it sent them; `acked` the messages as
    acks had them, repeats included; `shown` the messages by seq, without a gap from 1, as it would show
    them now; `spoken` (message id, text) of replies whose every delta was heard; `refused` has
    what was refused for a moment, so that what was sent behind it came first; `edits`
    and `deletions` are what the server said was done, by message id; `faults` what no server may say.
    """

    client: str
    conversation_id: str
    sent: list[tuple[str, str]] = field(default_factory=list)
    acked: list[Json] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    shown: list[Json] = field(default_factory=list)
    spoken: list[tuple[str, str]] = field(default_factory=list)
    edits: dict[str, str] = field(default_factory=dict)
    deletions: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class StoredMessage:
    """A row of `message`; `variants` are the contents of its alternatives."""

    id: str
    seq: int
    sender_type: str
    content: str
    state: str
    client_message_id: str | None
    reply_to: str | None
    created_at: float
    edited_at: float | None
    deleted: bool
    forgotten: bool = False
    variants: tuple[str, ...] = ()


@dataclass(frozen=True)
class StoredConversation:
    """A conversation as PostgreSQL has it. `episodes`: for each message id, how many active episodes
    stand for it. `facts`: how many active facts cite it; those that gave way count as 0, and a message
    that nothing was ever learned from isn't there. `jobs` are the states of its background jobs."""

    id: str
    last_seq: int
    formed_seq: int
    messages: tuple[StoredMessage, ...]
    episodes: dict[str, int] = field(default_factory=dict)
    facts: dict[str, int] = field(default_factory=dict)
    jobs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Struck:
    """One strike that took place, from when to when it hurt."""

    strike: str
    process: int
    began: float
    ended: float


@dataclass
class History:
    """The whole of it."""

    conversations: list[StoredConversation]
    witnesses: list[Witness]
    struck: list[Struck] = field(default_factory=list)


@dataclass(frozen=True)
class Violation:
    """A guarantee that was broken."""

    rule: str
    conversation_id: str
    detail: str

    def wire(self) -> dict[str, Any]:
        """As the report has it."""
        return {"rule": self.rule, "conversationId": self.conversation_id, "detail": self.detail}
