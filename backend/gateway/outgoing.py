"""Events on their way to clients: written as JSON once, however many connections hear them, and held
in a bounded outbox for each client that reads more slowly than it is told things."""

import asyncio
import json
from functools import cached_property
from typing import Any

from engineio.packet import MESSAGE, Packet

OUTBOX_FRAMES = 1000
OUTBOX_BYTES = 4 * 1024 * 1024

to_json = json.JSONEncoder(separators=(",", ":")).encode


class Outgoing:
    """One event for any number of connections; each transport's form of it is made when first asked
    for."""

    def __init__(self, event: str, data: dict[str, Any]) -> None:
        self.event = event
        self.data = data

    @cached_property
    def _json(self) -> str:
        return to_json(self.data)

    @cached_property
    def frame(self) -> str:
        """As the plain WebSocket carries it."""
        return f'{{"event":{to_json(self.event)},"data":{self._json}}}'

    @cached_property
    def packet(self) -> Packet:
        """As Socket.IO carries it: an event (2) in the default namespace."""
        return Packet(MESSAGE, f"2[{to_json(self.event)},{self._json}]")


class Outbox(asyncio.Queue[Any]):
    """What waits to be written to one client: texts, or Engine.IO's packets; None ends the writing.

    `overfull` once 1,000 frames or 4 MiB wait. A single frame may be larger, since a join may answer
    with that much. Whoever fills it looks at `overfull` first; who doesn't (Engine.IO answering its
    own packets) can't fill it beyond twice that: what comes then is dropped."""

    def _init(self, maxsize: int) -> None:
        super()._init(maxsize)
        self._bytes = 0

    @property
    def overfull(self) -> bool:
        """Whether the client is too slow to be told more."""
        return self.qsize() >= OUTBOX_FRAMES or self._bytes >= OUTBOX_BYTES

    def clear(self) -> None:
        """Forget what waits."""
        while not self.empty():
            self.get_nowait()

    def _put(self, item: Any) -> None:
        if item is not None and self.qsize() >= 2 * OUTBOX_FRAMES:
            return
        super()._put(item)
        self._bytes += _size(item)

    def _get(self) -> Any:
        item = super()._get()
        self._bytes -= _size(item)
        return item


def _size(item: Any) -> int:
    text = item.data if isinstance(item, Packet) else item
    return len(text) if isinstance(text, str | bytes) else 0
