"""What counts as a frame on the plain WebSocket, and as an event's data on both transports."""

import json
from typing import Any

import pytest
from fastapi import WebSocketDisconnect
from hypothesis import given
from hypothesis import strategies as st

from backend.errors import InvalidRequest
from backend.gateway.client_events import read_payload
from backend.gateway.protocol import (
    PAYLOADS,
    ClientEvent,
    ConversationJoin,
    InConversation,
    MessageRead,
    MessageRegenerate,
    MessageSend,
)
from backend.gateway.websocket import MAX_FRAME_BYTES, read_frame
from backend.models import new_id

KEY = new_id()


def received(text: str | None, **more: Any) -> dict[str, Any]:
    return {"type": "websocket.receive", "text": text} | more


def test_a_frame_is_read() -> None:
    frame = {"event": "typing:start", "data": {"conversationId": "1"}, "id": 7}

    assert read_frame(received(json.dumps(frame))) == frame
    assert read_frame(received('{"event": "x"}')) == {"event": "x"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "{",
        "[]",
        "null",
        "1",
        '"event"',
        "{}",
        '{"event": 1}',
        '{"event": null}',
        '{"data": {}}',
        "[" * 100_000,
    ],
)
def test_what_is_no_frame_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        read_frame(received(text))


def test_bytes_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="text"):
        read_frame({"type": "websocket.receive", "bytes": b'{"event": "x"}'})


@pytest.mark.parametrize("character", ["x", "語"])
def test_a_frame_that_is_too_large_is_refused(character: str) -> None:
    size = len(character.encode())

    def frame(length: int) -> dict[str, Any]:
        return received(json.dumps({"event": character * length}, ensure_ascii=False))

    empty = len('{"event": ""}')
    fitting = (MAX_FRAME_BYTES - empty) // size

    assert read_frame(frame(fitting))["event"] == character * fitting
    with pytest.raises(InvalidRequest, match="too large"):
        read_frame(frame(fitting + 1))


def test_a_client_that_leaves_is_no_error_of_its_own() -> None:
    with pytest.raises(WebSocketDisconnect) as left:
        read_frame({"type": "websocket.disconnect", "code": 1001})

    assert left.value.code == 1001


@given(st.text(max_size=200))
def test_any_text_is_a_frame_or_refused(text: str) -> None:
    try:
        frame = read_frame(received(text))
    except InvalidRequest:
        return
    assert isinstance(frame["event"], str)


# --- payloads -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "data", "payload"),
    [
        (
            "message:send",
            {"conversationId": str(KEY), "content": "Hi", "clientMessageId": "1", "more": 1},
            MessageSend(conversation_id=KEY, content="Hi", client_message_id="1"),
        ),
        (
            "message:read",
            {"conversationId": str(KEY), "upToSeq": 3},
            MessageRead(conversation_id=KEY, up_to_seq=3),
        ),
        ("message:regenerate", {"messageId": str(KEY)}, MessageRegenerate(message_id=KEY)),
        (
            "conversation:join",
            {"conversationId": str(KEY)},
            ConversationJoin(conversation_id=KEY, after_seq=None),
        ),
        ("typing:start", {"conversationId": str(KEY)}, InConversation(conversation_id=KEY)),
    ],
)
def test_data_is_read(event: str, data: dict[str, Any], payload: Any) -> None:
    assert read_payload(event, data) == payload


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("message:unsend", {}),
        ("", {}),
        ("message:send", None),
        ("message:send", []),
        ("message:send", "Hi"),
        ("message:send", {"conversationId": str(KEY)}),
        ("message:send", {"conversationId": "mine", "content": "Hi"}),
        ("message:send", {"conversationId": str(KEY), "content": 1}),
        ("message:send", {"conversationId": str(KEY), "content": "Hi", "clientMessageId": ""}),
        (
            "message:send",
            {"conversationId": str(KEY), "content": "Hi", "clientMessageId": "x" * 201},
        ),
        ("message:read", {"conversationId": str(KEY), "upToSeq": -1}),
        ("message:read", {"conversationId": str(KEY), "upToSeq": 2**31}),
        ("conversation:join", {"conversationId": str(KEY), "afterSeq": "first"}),
        ("conversation:join", {"conversationId": str(KEY), "afterSeq": 2**31}),
    ],
)
def test_data_that_is_not_what_the_event_takes_is_refused(event: str, data: Any) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read_payload(event, data)

    assert "mine" not in refusal.value.message  # never the value itself


def test_every_client_event_has_a_payload() -> None:
    assert set(PAYLOADS) == set(ClientEvent)
