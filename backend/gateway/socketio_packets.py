"""What comes in over Socket.IO, made safe before the library looks at it: no packet, however wrong,
ends in an exception, and all that is no event of ours is answered as one that doesn't exist."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import socketio
from socketio.packet import ACK, CONNECT, DISCONNECT, EVENT

from backend.errors import RateLimited
from backend.gateway.flood import Allowance, TooFast
from backend.gateway.protocol import CloseCode
from backend.monitoring.metrics import FRAMES_REFUSED

TRANSPORT = "socket.io"
MAX_FRAME_BYTES = 256 * 1024
UNREADABLE = ""  # the name under which such packets reach our handler

# An event of this name would be taken for the library's own of that name.
_RESERVED = {"connect", "disconnect", "*"}
_FAULTS = (ValueError, TypeError, LookupError, AttributeError, RecursionError)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Json:
    """The JSON of both of the library's layers, where too deep is as wrong as anything else."""

    @staticmethod
    def dumps(value: Any, **options: Any) -> str:
        """See `json.dumps`."""
        return json.dumps(value, **options)

    @staticmethod
    def loads(text: str) -> Any:
        """See `json.loads`.

        Raises:
            ValueError: not JSON, or too deep.
        """
        try:
            return json.loads(text)
        except RecursionError as error:
            raise ValueError("too deep") from error


class TextPacket(socketio.packet.Packet):  # type: ignore[misc]
    """A Socket.IO packet without attachments. One that can't be read becomes the event `UNREADABLE`,
    and keeps its number if that could be read, so that it is answered."""

    uses_binary_events = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if "encoded_packet" in options and not options["encoded_packet"]:
            self._give_up()

    def decode(self, encoded_packet: Any) -> int:
        """See the library; returns how many attachments follow: none."""
        try:
            attachments = super().decode(encoded_packet)
        except _FAULTS:
            attachments = 1
        if attachments or not self._sound():
            self._give_up()
        return 0

    def _sound(self) -> bool:
        if type(self.packet_type) is not int:
            return False
        if self.packet_type == EVENT:
            data = self.data
            return (
                isinstance(data, list)
                and bool(data)
                and isinstance(data[0], str)
                and data[0] not in _RESERVED
            )
        return self.packet_type in {CONNECT, DISCONNECT, ACK}

    def _give_up(self) -> None:
        self.packet_type = EVENT
        self.data = [UNREADABLE]


def guarded(receive: Receive, send: Send) -> Receive:
    """What a WebSocket under Socket.IO receives, until a frame comes that is none of Engine.IO's; that
    closes the connection, by the same codes as on the plain WebSocket."""
    allowance = Allowance()

    async def receive_frame() -> dict[str, Any]:
        message = await receive()
        if message["type"] != "websocket.receive":
            return message
        code, reason = _fault(message, allowance)
        if not code:
            return message
        FRAMES_REFUSED.labels(TRANSPORT, "bad_frame").inc()
        await send({"type": "websocket.close", "code": code, "reason": reason})
        return {"type": "websocket.disconnect", "code": code}

    return receive_frame


def _fault(message: dict[str, Any], allowance: Allowance) -> tuple[int, str]:
    text = message.get("text")
    if text is None:
        return CloseCode.BAD_FRAME, "frames are text"
    if len(text.encode()) > MAX_FRAME_BYTES:
        return CloseCode.BAD_FRAME, "the frame is too large"
    if text[:1] not in {"1", "2", "3", "4", "5", "6"}:
        return CloseCode.BAD_FRAME, "not an Engine.IO packet"
    if not text.startswith("42"):  # events are counted where they can be answered
        try:
            allowance.take("")
        except (RateLimited, TooFast):
            return CloseCode.TOO_FAST, "too many packets"
    return 0, ""
