"""mem0 (https://github.com/mem0ai/mem0, the `mem0ai` package) on our encoders.

Its own store (Qdrant in-process), search and scoring. Without a language model it stores messages as
they are (`infer=False`); with a provider configured it extracts its memories from them. Its third
arm, entities, needs spaCy with an English model installed beside it, and its own extraction.
"""

import asyncio
import importlib
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

from backend.errors import InvalidRequest, ServiceUnavailable
from backend.settings import Provider, Settings
from bench.quality.dataset import MarkedConversation
from bench.quality.measures import Item
from bench.quality.peers import HOW_TO_INSTALL
from bench.quality.peers.mem0_encoders import Mem0Embedder, Mem0KeywordEncoder
from embeddings.base import Encoder

# What its extraction reads at once. A memory made from several messages stands for all of them.
MESSAGES_AT_ONCE = 2
OUTPUT_TOKENS = 4000  # for one extraction, reasoning included
GROQ, GROQ_API_PATH = "https://api.groq.com", "/openai/v1"
OPENAI = "https://api.openai.com/v1"

Result = TypeVar("Result")


class Mem0Peer:
    """A `Peer`; see there for its methods."""

    name = "mem0"

    def __init__(self, encoder: Encoder, settings: Settings) -> None:
        """Import mem0; nothing is stored yet.

        Raises:
            InvalidRequest: not installed; says how to.
        """
        self._encoder = encoder
        self._llm = language_model_of(settings)
        self._folder = Path(tempfile.mkdtemp(prefix="keepsake-mem0-"))
        try:
            self._mem0 = _import_mem0(self._folder)
        except BaseException:
            shutil.rmtree(self._folder)
            raise
        # One thread, because its store is one SQLite connection.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mem0")
        self._memory: Any = None
        self._conversation_id = ""
        self._indexed = 0

    @property
    def settings(self) -> dict[str, Any]:
        """For a report."""
        return {
            "version": self._mem0.__version__,
            "embeddingModel": self._encoder.name,
            "arms": ["dense", "keyword"],
            "infer": self._llm is not None,
            "model": self._llm["config"]["model"] if self._llm else None,
        }

    async def index(self, conversation: MarkedConversation) -> None:
        """See `Peer.index`."""
        await self._encoder.load()
        embedder = Mem0Embedder(self._encoder, asyncio.get_running_loop())
        await self._run(partial(self._open, conversation.id, embedder))
        messages = iter(stored_messages(conversation))
        size = MESSAGES_AT_ONCE if self._llm else 1
        while batch := list(islice(messages, size)):
            await self._run(partial(self._add, batch))

    async def search(self, question: str, limit: int) -> list[Item]:
        """See `Peer.search`."""
        return items_of(await self._run(partial(self._search, question, limit)))

    async def close(self) -> None:
        """See `Peer.close`."""
        if self._folder.exists():
            await self._run(self._forget)
        self._thread.shutdown()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _run(self, call: Callable[[], Result]) -> Result:
        running = asyncio.get_running_loop().run_in_executor(self._thread, call)
        try:
            return await running
        except Exception as error:  # whatever its stores and clients raise
            raise ServiceUnavailable(f"mem0 failed: {error}") from error

    # --- on mem0's thread -----------------------------------------------------------------------

    def _open(self, conversation_id: str, embedder: Mem0Embedder) -> None:
        self._forget()
        self._indexed += 1
        folder = self._folder / str(self._indexed)
        folder.mkdir()
        memory = self._mem0.Memory.from_config(
            configuration(folder, self._encoder.dimension, self._llm)
        )
        memory.embedding_model = embedder
        # Its own keyword encoder is a download; ours does the same sums.
        memory.vector_store._bm25_encoder = Mem0KeywordEncoder()
        self._memory, self._conversation_id = memory, conversation_id

    def _add(self, batch: Sequence["StoredMessage"]) -> None:
        self._memory.add(
            [{"role": message.role, "content": message.content} for message in batch],
            user_id=self._conversation_id,
            metadata={
                "message_ids": [message.id for message in batch],
                "created_at": batch[-1].created_at,
            },
            infer=self._llm is not None,
            # Otherwise it takes "last Friday" from today on.
            prompt=f"The messages were said on {batch[-1].created_at}, which dates count from.",
        )

    def _search(self, question: str, limit: int) -> Mapping[str, Any]:
        if self._memory is None:
            raise ValueError("no conversation was indexed")
        found: Mapping[str, Any] = self._memory.search(
            question, top_k=limit, filters={"user_id": self._conversation_id}
        )
        return found

    def _forget(self) -> None:
        if self._memory is not None:
            self._memory.vector_store.client.close()
            self._memory.close()
            self._memory = None


class StoredMessage(NamedTuple):
    """A message as mem0 gets it."""

    id: str
    role: Literal["user", "assistant"]
    content: str
    created_at: str


def stored_messages(conversation: MarkedConversation) -> Iterator[StoredMessage]:
    """The conversation's messages as "speaker: text"; empty ones, which mem0 can't search, go."""
    for message in conversation.messages:
        if message.content.strip():
            by_user = message.sender_type == "user"
            speaker = conversation.user if by_user else conversation.character
            yield StoredMessage(
                message.client_message_id or "",
                "user" if by_user else "assistant",
                f"{speaker}: {message.content}",
                message.created_at.isoformat(),
            )


def items_of(found: Mapping[str, Any]) -> list[Item]:
    """The answer of mem0's search as items, in its order."""
    return [
        Item(frozenset((hit.get("metadata") or {}).get("message_ids") or ()), hit["memory"])
        for hit in found["results"]
    ]


def language_model_of(settings: Settings) -> dict[str, Any] | None:
    """mem0's `llm` section for the configured provider, or None for the offline one."""
    match settings.provider:
        case Provider.GROQ:
            base = (settings.groq_base_url or GROQ).rstrip("/").removesuffix(GROQ_API_PATH)
            url, key, model = (
                base + GROQ_API_PATH,
                settings.groq_api_key,
                settings.groq_memory_model,
            )
        case Provider.OPENAI:
            url, key = settings.llm_base_url or OPENAI, settings.llm_api_key
            model = settings.llm_model or ""
        case Provider.OFFLINE:
            return None
    return _llm(url, key or "none", model)


def _llm(url: str, key: str, model: str) -> dict[str, Any]:
    # The one of its clients that talks to the given address and to no other, whatever else the
    # environment names.
    chosen = {"model": model, "api_key": key, "vllm_base_url": url, "max_tokens": OUTPUT_TOKENS}
    return {"provider": "vllm", "config": chosen}


def configuration(folder: Path, dimension: int, llm: Mapping[str, Any] | None) -> dict[str, Any]:
    """mem0's configuration for one conversation.

    mem0 makes the clients of an embedder and a model in any case: neither is called where it isn't
    wanted, since the embedder is replaced and nothing is extracted.
    """
    return {
        "vector_store": {
            "provider": "qdrant",
            "config": {
                "collection_name": "peer",
                "path": str(folder / "qdrant"),
                "embedding_model_dims": dimension,
            },
        },
        "embedder": {"provider": "openai", "config": {"api_key": "unused"}},
        "llm": llm or _llm("http://localhost/unused", "unused", "unused"),
        "history_db_path": str(folder / "history.db"),
    }


def _import_mem0(folder: Path) -> Any:
    """Import it with its telemetry off and its own files in `folder`: it reads both only once."""
    os.environ["MEM0_TELEMETRY"] = "False"
    os.environ.setdefault("MEM0_DIR", str(folder / "home"))
    try:
        module = importlib.import_module("mem0")
    except ModuleNotFoundError as error:
        if error.name != "mem0":
            raise InvalidRequest(f"mem0 needs {error.name}. {HOW_TO_INSTALL}") from error
        raise InvalidRequest(HOW_TO_INSTALL) from error
    logging.getLogger("mem0").setLevel(logging.ERROR)
    return module
