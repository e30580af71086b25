"""Whatever comes in over Socket.IO is a packet that can be carried out or answered."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from socketio.packet import ACK, CONNECT, DISCONNECT, EVENT

from backend.gateway.socketio_packets import MAX_FRAME_BYTES, UNREADABLE, Json, TextPacket, guarded

# Text that often begins as a packet does.
PIECES = [*'0123456-,/[]{}"', "/x,", "7" * 101, '["connect"', '["disconnect"]', '["*",{}]', "null"]
PACKETS = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=8).map("".join)
# What Engine.IO may hand on: it reads JSON by itself where it can.
DECODED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(PACKETS | DECODED | st.binary(max_size=20))
@example("2" + "[" * 100_000)
@example('2["connect",{},{"token":"x"}]')
@example('51-["x",{"_placeholder":true,"num":7}]')
def test_it_can_be_carried_out_or_answered(encoded: Any) -> None:
    packet = TextPacket(encoded_packet=encoded)
    assert packet.packet_type in {CONNECT, DISCONNECT, EVENT, ACK}
    assert packet.attachment_count == 0
    if packet.packet_type == EVENT:
        event, *_ = packet.data
        assert isinstance(event, str)
        assert event not in {"connect", "disconnect", "*"}


@given(st.text(min_size=1), DECODED)
def test_an_event_stays_what_it_is(event: str, data: Any) -> None:
    if event in {"connect", "disconnect", "*"}:
        return
    packet = TextPacket(encoded_packet="27" + Json.dumps([event, data]))
    assert packet.id == 7
    assert json.dumps(packet.data) == json.dumps([event, data])


@pytest.mark.parametrize(
    ("encoded", "number"), [("271[", 71), ('271["*"]', 71), ("2[", None), ("9", None), ("", None)]
)
def test_what_is_unreadable_is_answered_under_its_number(encoded: str, number: int | None) -> None:
    packet = TextPacket(encoded_packet=encoded)
    assert (packet.packet_type, packet.data, packet.id) == (EVENT, [UNREADABLE], number)


@given(st.text(max_size=50) | st.binary(max_size=50))
async def test_a_frame_passes_or_closes_the_connection(frame: str | bytes) -> None:
    came = {"type": "websocket.receive", "text": None, "bytes": None}
    came["text" if isinstance(frame, str) else "bytes"] = frame  # type: ignore[assignment]
    sent, passed = await receive_one(came)
    if isinstance(frame, str) and frame[:1] in set("123456") and frame:
        assert (passed, sent) == (came, [])
    else:
        assert passed["type"] == "websocket.disconnect"
        assert [message["code"] for message in sent] == [4400]


async def test_a_frame_may_be_as_long_as_the_limit() -> None:
    for length, closes in ((MAX_FRAME_BYTES, False), (MAX_FRAME_BYTES + 1, True)):
        sent, _ = await receive_one({"type": "websocket.receive", "text": "4" * length})
        assert bool(sent) == closes


async def test_packets_that_are_no_events_are_counted() -> None:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.receive", "text": "5"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    guard = guarded(receive, send)
    while not sent:
        await guard()
    assert sent[0]["code"] == 4429


async def receive_one(came: dict[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What the guard sends and what it passes on."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return came

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    return sent, await guarded(receive, send)()
