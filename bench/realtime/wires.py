"""How each transport writes events, so that one load generator speaks both at the same cost.

Socket.IO is spoken straight over a WebSocket (Engine.IO 4, Socket.IO protocol 5): its Python client
would cost the machine more than the server that is to be measured.
"""

import json
from dataclasses import dataclass
from typing import Any, Protocol

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Heard:
    """One frame from the server. `ack` is the number of what it answers, None for an event; `answer`
    is what the transport itself wants sent back."""

    event: str = ""
    data: Any = None
    ack: int | None = None
    answer: str | None = None


class Wire(Protocol):
    """One transport's address and framing."""

    name: str
    path: str

    def sign_in(self, token: str) -> list[str]:
        """The frames that open a connection; the second and further ones wait for an answer."""

    def is_signed_in(self, text: str) -> bool:
        """Whether a frame says that the connection is open for events."""

    def write(self, event: str, data: Json, number: int) -> str:
        """An event that asks for an ack by this number."""

    def read(self, text: str) -> Heard:
        """A frame from the server."""


class PlainWire:
    """The plain WebSocket."""

    name = "/ws"
    path = "/ws"

    def sign_in(self, token: str) -> list[str]:
        """See `Wire.sign_in`."""
        return [self.write("auth", {"token": token}, 0)]

    def is_signed_in(self, text: str) -> bool:
        """See `Wire.is_signed_in`."""
        return self.read(text).ack == 0

    def write(self, event: str, data: Json, number: int) -> str:
        """See `Wire.write`."""
        return json.dumps({"event": event, "data": data, "id": number})

    def read(self, text: str) -> Heard:
        """See `Wire.read`."""
        frame = json.loads(text)
        return Heard(frame["event"], frame["data"], frame.get("id"))


class SocketIOWire:
    """Socket.IO over a WebSocket."""

    name = "Socket.IO"
    path = "/socket.io/?EIO=4&transport=websocket"

    def sign_in(self, token: str) -> list[str]:
        """See `Wire.sign_in`."""
        return ["40" + json.dumps({"token": token})]

    def is_signed_in(self, text: str) -> bool:
        """See `Wire.is_signed_in`."""
        return text.startswith("40")

    def write(self, event: str, data: Json, number: int) -> str:
        """See `Wire.write`."""
        return f"42{number}" + json.dumps([event, data])

    def read(self, text: str) -> Heard:
        """See `Wire.read`."""
        if text == "2":
            return Heard(answer="3")
        if text.startswith("42"):
            event, data = json.loads(text[2:])
            return Heard(event, data)
        if text.startswith("43"):
            number, bracket, rest = text[2:].partition("[")
            return Heard("ack", json.loads(bracket + rest)[0], int(number))
        return Heard()


WIRES: dict[str, Wire] = {"websocket": PlainWire(), "socket.io": SocketIOWire()}
