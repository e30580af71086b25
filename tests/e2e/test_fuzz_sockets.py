"""Hypothesis over the real-time protocol, on both transports: whatever a client sends, the server lives,
answers every frame that has an id exactly once or closes with a code of its list, and says nothing that
/asyncapi.json doesn't describe.

Bounded here; `make fuzz` gives it longer (`FUZZ_SECONDS`).
"""

import asyncio
import json
import os
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
import websockets
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from backend.gateway.asyncapi_words import CLOSE_REASONS
from backend.gateway.protocol import ClientEvent
from tests.support.chat_sockets import SocketIOSocket
from tests.support.keepsake_client import Client
from tests.support.keepsake_process import KeepsakeProcess
from tests.support.realtime_contract import off_contract, off_contract_ack

Json = dict[str, Any]

SECONDS = int(os.environ.get("FUZZ_SECONDS", "15"))
ANSWER_SECONDS = 20.0
FEW = 25  # frames in a conversation; more would be flooding, which ends it
EVENTS = [event.value for event in ClientEvent]

texts = st.text(max_size=40)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4)
)
deep = st.integers(1, 5000).map(lambda depth: "[" * depth + "]" * depth)


def payloads(conversation: str, message: str) -> st.SearchStrategy[Any]:
    """Data of events, near to what they take: right names and ids, and any value in their place."""
    ids = st.sampled_from([conversation, message, str(uuid4()), "me", ""])
    fields: dict[str, st.SearchStrategy[Any]] = {
        "conversationId": ids | values,
        "messageId": ids | values,
        "content": texts | st.just("Hello.") | values,
        "type": st.sampled_from(["text", "voice", "system"]) | values,
        "clientMessageId": st.sampled_from(["a", "b"]) | values,
        "afterSeq": st.integers() | values,
        "afterChange": st.integers() | values,
        "upToSeq": st.integers(-1, 2**40) | values,
        "token": texts | values,
    }
    return st.fixed_dictionaries({}, optional=fields) | values


def frames(conversation: str, message: str) -> st.SearchStrategy[Json]:
    """Frames, right and wrong."""
    return st.fixed_dictionaries(
        {"event": st.sampled_from(EVENTS) | texts},
        optional={
            "data": payloads(conversation, message),
            "id": st.integers(0, 10**6) | st.text(min_size=1, max_size=20) | values,
        },
    )


def not_frames() -> st.SearchStrategy[str | bytes]:
    """What is none: not JSON, too deep, binary, not an object."""
    return st.binary(max_size=40) | texts | deep | values.map(json.dumps)


@dataclass
class Told:
    """What came over one connection."""

    acks: list[Any] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def hear(self, frame: Json, asked: dict[str, str]) -> None:
        """Note a frame; `asked` are the events by their ids, as JSON."""
        if frame["event"] != "ack":
            fault = off_contract(frame["event"], frame["data"])
        else:
            self.acks.append(frame["id"])
            fault = off_contract_ack(asked.get(json.dumps(frame["id"]), ""), frame["data"])
        if fault:
            self.faults.append(fault)
