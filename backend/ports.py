"""What the product needs from the outside, as protocols. Adapters implement them; see
`tests/contract` for the suite that each port's every adapter passes."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

import numpy as np
import numpy.typing as npt

from backend.models.candidate import Extraction, Transcript
from backend.models.character import Character
from backend.models.owner import Owner
from backend.models.sign_in import SignIn
from backend.models.summary import Summary, SummaryMaterial
from backend.quota import Quota

# --- language model -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PromptMessage:
    """One turn of the conversation as a model reads it; `role` is `user` or `assistant`."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where something known comes from: who told it (`user`, `character`, or `note` where it was written
    down by hand), on what day, as people say it ("on 11 March 2026", "today"), and in what words; "" where
    they are not to be repeated."""

    speaker: str
    day: str
    words: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """Everything a model gets for one reply, stable parts first so that prompt caching works.

    `instructions` is the same for every turn of a conversation; `situation` (relationship, recalled
    memories, summary) changes with each. The other fields say the same in structure, for
    the offline companion, which reads no prose; `questions` are claims that it isn't sure of;
    `forgetting` is how far a wish to forget has come: `asked`, `asked_all`, `done`, `done_all`, `kept`,
    `unknown` or none, and `to_forget` how many memories it is about; `care` is what content policy wants
    of the reply: `crisis`, `deflect` or none; `sources` are those of what the message asks about ("How do
    you know that?"), None where it asks for none; `attempt` counts the replies written to it before.
    """

    instructions: str
    history: tuple[PromptMessage, ...]
    situation: str
    message: str
    character: Character
    user_name: str
    memories: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    forgetting: str = ""
    to_forget: int = 0
    care: str = ""
    sources: tuple[Source, ...] | None = None
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next piece of a reply; never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class Completion:
    """The end of a reply. Tokens are 0 where the provider doesn't say."""

    model: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    finish_reason: str = "stop"  # stop | length


@dataclass(frozen=True, slots=True)
class StructuredRequest:
    """Asks for one JSON object that satisfies `schema` (a strict JSON schema: every property
    required, `additionalProperties: false`)."""

    name: str
    schema: Mapping[str, Any]
    system: str
    user: str
    max_tokens: int = 2000


@dataclass(frozen=True, slots=True)
class StructuredAnswer:
    """The parsed and schema-checked object, and what it cost: `tokens` in all, of which
    `prompt_tokens` were read and the rest written, in `calls` answers asked for. Tokens are 0 where
    the provider doesn't say."""

    data: dict[str, Any]
    model: str
    tokens: int = 0
    prompt_tokens: int = 0
    calls: int = 1


class LanguageModel(Protocol):
    """A model that talks and that fills in forms."""

    @property
    def name(self) -> str:
        """The model that replies are asked of first."""

    def stream(self, prompt: Prompt) -> AsyncIterator[TextDelta | Completion]:
        """Stream one reply: text deltas, then exactly one `Completion`.

        Retryable failures before the first delta are retried, then handed to the fallback model;
        after the first delta a failure is raised as it is.

        Raises:
            ModelError: mapped to the kind of failure.
        """

    async def structured(self, request: StructuredRequest) -> StructuredAnswer:
        """Answer with one object that satisfies the request's schema.

        Raises:
            ModelOutputInvalid: not JSON or outside the schema, after one retry that shows the
                model its error.
            ModelRefused: declined, and declined again when told so.
            ModelError: any other failure.
        """

    async def check(self) -> None:
        """Prove that the key and the model work, cheaply (no tokens generated).

        Raises:
            ModelError: the reason, as a sentence that says what to do.
        """

    async def close(self) -> None:
        """Close connections. Safe to call twice."""


class Extractor(Protocol):
    """Finds what is worth remembering in a transcript."""

    async def extract(self, transcript: Transcript) -> Extraction:
        """Propose candidates, each citing messages of `transcript.lines`.

        Raises:
            ModelError: the transcript could not be read; it stays unformed and is tried again.
        """


class Summariser(Protocol):
    """Folds a range of messages into what sums up those before it."""

    async def summarise(self, material: SummaryMaterial) -> Summary:
        """Sum up what was known and what was said since, in a text of bounded length.

        Raises:
            ModelError: the range stays unfolded and is tried again.
        """


# --- vector index -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SparseVector:
    """Term ids and weights; same length, ids unique. Empty for a text with no terms."""

    indices: tuple[int, ...]
    values: tuple[float, ...]


class KeywordEncoder(Protocol):
    """Turns text into sparse vectors whose dot product, times IDF, is BM25."""

    def encode_document(self, text: str) -> SparseVector:
        """Weights of a text that will be stored."""

    def encode_query(self, text: str) -> SparseVector:
        """Weights of a search query: 1.0 for each distinct term."""


@dataclass(frozen=True, slots=True)
class IndexPoint:
    """One memory as the index holds it; `dense` is `float32[dimension]`, L2-normalised."""

    memory_id: UUID
    owner: Owner
    kind: str
    dense: npt.NDArray[np.float32]
    sparse: SparseVector


@dataclass(frozen=True, slots=True)
class IndexHits:
    """Candidates of each arm: memory id to score, higher is nearer, best first.

    `dense` is cosine similarity in [-1, 1]; `keyword` is BM25 with IDF over the owner's own
    points, in (0, ∞).
    """

    dense: dict[UUID, float] = field(default_factory=dict)
    keyword: dict[UUID, float] = field(default_factory=dict)


class VectorIndex(Protocol):
    """Finds memories by meaning and by words. Holds active memories only; can be rebuilt."""

    async def open(self) -> None:
        """Create the collection if it isn't there, with the tenant field indexed.

        Raises:
            IndexUnavailable: not reachable, or another process holds the files.
        """

    async def upsert(self, points: Sequence[IndexPoint]) -> None:
        """Write points; a point with the same memory id is replaced. Visible on return."""

    async def delete(self, owner: Owner, memory_ids: Sequence[UUID]) -> None:
        """Remove the owner's points; unknown ids and other owners' points are left alone."""

    async def delete_owner(self, owner: Owner) -> None:
        """Remove everything of one owner."""

    async def search(
        self,
        owner: Owner,
        dense: npt.NDArray[np.float32],
        sparse: SparseVector,
        *,
        limit: int,
        kinds: Sequence[str] | None = None,
    ) -> IndexHits:
        """The owner's `limit` best points of each arm; an empty `sparse` gives no keyword hits.

        Raises:
            IndexUnavailable: not reachable or too slow.
        """

    async def count(
        self, owner: Owner | None = None, memory_ids: Sequence[UUID] | None = None
    ) -> int:
        """Points of one owner, or of everybody; of the owner's, those among the ids if given."""

    async def check(self) -> None:
        """Prove that the index answers.

        Raises:
            IndexUnavailable: the reason, as a sentence that says what to do.
        """

    async def close(self) -> None:
        """Flush and release. Safe to call twice."""


class VectorIndexes(Protocol):
    """Keeps collections of vectors side by side, each a `VectorIndex` under a name of its own."""

    def name_for(self, model: str, dimension: int, serial: int) -> str:
        """A collection's name; it carries model and dimension. No two serials share one."""

    async def open(self, name: str, dimension: int, *, create: bool = False) -> VectorIndex:
        """Open a collection, making it first if told to. A second call gives the same one.

        Raises:
            IndexUnavailable: not reachable, not there, or another process holds the files.
        """

    async def exists(self, name: str) -> bool:
        """Whether there is such a collection.

        Raises:
            IndexUnavailable: not reachable.
        """

    async def drop(self, name: str) -> None:
        """Delete a collection for good; an unknown one is gone already.

        Raises:
            IndexUnavailable: not reachable, or its files can't be deleted.
        """

    async def close(self) -> None:
        """Close every collection. Safe to call twice."""


# --- events and limits --------------------------------------------------------------------------

EventHandler = Callable[[str, str, dict[str, Any]], Awaitable[None]]


class EventBus(Protocol):
    """Carries events between processes. Loses them when it must: clients resume by seq."""

    async def publish(self, room: str, event: str, data: dict[str, Any]) -> None:
        """Send to every other process that subscribed to `room`. Never raises for an outage."""

    async def subscribe(self, room: str) -> None:
        """Start receiving a room's events from other processes."""

    async def unsubscribe(self, room: str) -> None:
        """Stop receiving a room's events."""

    async def run(self, handler: EventHandler) -> None:
        """Deliver incoming events to `handler(room, event, data)` until cancelled."""

    async def check(self) -> None:
        """Prove that the bus answers.

        Raises:
            ServiceUnavailable: the reason, as a sentence that says what to do.
        """


class CacheKeys(Protocol):
    """What is kept for a while under the id of a user, a conversation, a message or a memory."""

    async def count(self, ids: Sequence[str]) -> int:
        """Keys that name any of the ids.

        Raises:
            ServiceUnavailable: can't be looked at.
        """

    async def delete(self, ids: Sequence[str]) -> int:
        """Delete the keys that name any of the ids; returns how many there were.

        Raises:
            ServiceUnavailable: can't be reached.
        """


class RateLimiter(Protocol):
    """Counts actions per key over a window."""

    async def take(self, key: str) -> Quota:
        """Count one action; returns what is left.

        Raises:
            RateLimited: too many; `retry_after` is the seconds until the next is allowed.
        """


class Tickets(Protocol):
    """Stand for a token once, and for a short while."""

    async def issue(self, sign_in: SignIn, lifetime: timedelta) -> str:
        """A new ticket for who is signed in: 256 random bits as 43 characters that an address may hold.

        Raises:
            ServiceUnavailable: it can't be kept.
        """

    async def redeem(self, ticket: str) -> SignIn:
        """What the token that the ticket was bought with lets in. Of several who redeem it, on
        whatever process, one succeeds.

        Raises:
            NotAuthenticated: unknown, used or expired.
            ServiceUnavailable: can't be looked up.
        """
