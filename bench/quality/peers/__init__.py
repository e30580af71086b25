"""Other memory systems on the same conversations, as neighbours of our own figures.

Each is an optional extra and imported only when it is asked for.
"""

from importlib.util import find_spec
from typing import Any, Protocol

from backend.errors import InvalidRequest
from backend.settings import Settings
from bench.quality.dataset import MarkedConversation
from bench.quality.measures import Item
from embeddings.base import Encoder

PEERS = ("mem0",)  # each by the name of its package's module
HOW_TO_INSTALL = "mem0 isn't installed. Install it with: pip install 'keepsake[peers]'"


class Peer(Protocol):
    """Another system. Holds one conversation at a time."""

    @property
    def name(self) -> str:
        """What reports call it."""

    @property
    def settings(self) -> dict[str, Any]:
        """For a report: its version and how it was run."""

    async def index(self, conversation: MarkedConversation) -> None:
        """Forget what was there and take in a whole conversation.

        Raises:
            ServiceUnavailable: the peer failed.
        """

    async def search(self, question: str, limit: int) -> list[Item]:
        """What it recalls for a question, best first, at most `limit` items.

        Raises:
            ServiceUnavailable: the peer failed.
        """

    async def close(self) -> None:
        """Remove what it stored. Safe to call twice."""


def check_peer(name: str) -> None:
    """Before anything starts: whether there is such a peer, and it is installed.

    Raises:
        InvalidRequest: no such peer, or it isn't installed; says how to.
    """
    _check_name(name)
    if find_spec(name) is None:
        raise InvalidRequest(HOW_TO_INSTALL)


def open_peer(name: str, encoder: Encoder, settings: Settings) -> Peer:
    """The peer of that name, on our encoder and, for its own extraction, the configured provider.

    Raises:
        InvalidRequest: no such peer, or it isn't installed.
    """
    _check_name(name)
    from bench.quality.peers.mem0 import Mem0Peer

    return Mem0Peer(encoder, settings)


def _check_name(name: str) -> None:
    if name not in PEERS:
        raise InvalidRequest(f"There is no peer '{name}'. There is: {', '.join(PEERS)}.")
