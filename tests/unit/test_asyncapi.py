"""/asyncapi.json: valid by the official schema, complete, and true to the models."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from backend.gateway.asyncapi import describe
from backend.gateway.client_events import read_payload
from backend.gateway.protocol import (
    ACKS,
    PAYLOADS,
    SERVER_PAYLOADS,
    ClientEvent,
    CloseCode,
    ServerEvent,
)
from backend.gateway.websocket import AUTHENTICATION_SECONDS, MAX_FRAME_BYTES
from tests.support.realtime_contract import DOCUMENT, faults_of, off_contract, resolve

Json = dict[str, Any]

ROOT = Path(__file__).parents[2]
TRANSPORTS = ("socketIo", "webSocket")

# The names that clients outside this repository were promised.
FROM_CLIENTS = """message:send typing:start typing:stop conversation:join conversation:leave
    message:read generation:stop message:regenerate""".split()
FROM_THE_SERVER = """message:received message:delivered message:read message:updated message:deleted
    typing:indicator character:response memory:updated relationship:updated error""".split()


def faults(document: Json) -> list[str]:
    """What the official schema of AsyncAPI 3.0.0 has against a document."""
    file = ROOT / "web/node_modules/@asyncapi/specs/schemas/3.0.0.json"
    assert file.is_file(), "the page's packages are missing: run make install"
    schema = json.loads(file.read_text())
    return [fault.message for fault in Draft7Validator(schema).iter_errors(document)]


def test_it_follows_the_specification() -> None:
    assert faults(DOCUMENT) == []


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        ("asyncapi", "2.6.0"),
        ("channels", {"socketIo": {"adress": "/ws"}}),
        ("operations", {"send": {"action": "publish", "channel": {"$ref": "#/channels/ws"}}}),
    ],
)
def test_the_check_against_the_specification_can_fail(place: str, wrong: Any) -> None:
    assert faults(deepcopy(DOCUMENT) | {place: wrong})


def test_every_reference_leads_somewhere_and_every_operation_to_its_own_channel() -> None:
    for reference in references(DOCUMENT):
        assert resolve({"$ref": reference})
    for operation in DOCUMENT["operations"].values():
        here = operation["channel"]["$ref"] + "/messages/"
        reply = operation.get("reply", {"messages": []})
        for message in operation["messages"] + reply["messages"]:
            assert message["$ref"].startswith(here)


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        part = list(part.values())
    if isinstance(part, list):
        for item in part:
            yield from references(item)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_every_event_is_described_once_on_each_transport(transport: str) -> None:
    first = ["auth"] if transport == "webSocket" else []
    assert sorted(events("receive", transport)) == sorted([*first, *FROM_CLIENTS])
    assert sorted(events("send", transport)) == sorted(FROM_THE_SERVER)


def events(action: str, transport: str) -> list[str]:
    channel = {"$ref": f"#/channels/{transport}"}
    return [
        resolve(message)["name"]
        for operation in DOCUMENT["operations"].values()
        if (operation["action"], operation["channel"]) == (action, channel)
        for message in operation["messages"]
    ]


def test_the_protocol_has_the_promised_events_and_a_model_for_each() -> None:
    assert sorted(ClientEvent) == sorted(FROM_CLIENTS)
    assert sorted(ServerEvent) == sorted(FROM_THE_SERVER)
    assert set(PAYLOADS) == set(ACKS) == set(ClientEvent)
    assert set(SERVER_PAYLOADS) == set(ServerEvent)


def test_every_message_has_an_example_that_fits_it() -> None:
    for key, message in DOCUMENT["components"]["messages"].items():
        (example,) = message["examples"]
        assert faults_of(message["payload"], example["payload"]) == [], key


def test_the_server_reads_the_examples_of_the_client_s_events() -> None:
    for operation in DOCUMENT["operations"].values():
        if operation["action"] == "receive" and "socketIo" in operation["channel"]["$ref"]:
            message = resolve(operation["messages"][0])
            read_payload(message["name"], message["examples"][0]["payload"])


def test_every_client_event_may_be_refused_and_all_frames_are_told_apart_by_id() -> None:
    for key, operation in DOCUMENT["operations"].items():
        if operation["action"] == "send":
            assert "reply" not in operation
            continue
        suffix = "Frame" if "webSocket" in operation["channel"]["$ref"] else ""
        answers = [each["$ref"].rsplit("/", 1)[1] for each in operation["reply"]["messages"]]
        refusals = [] if key.startswith("clientAuth") else [f"refused{suffix}"]
        assert answers[1:] == refusals
        for message in map(resolve, [*operation["messages"], *operation["reply"]["messages"]]):
            assert ("correlationId" in message) == bool(suffix)


def test_every_close_code_is_explained() -> None:
    explained: Json = DOCUMENT["channels"]["webSocket"]["x-closeCodes"]
    codes = {value for value in vars(CloseCode).values() if isinstance(value, int)}
    assert {int(code) for code in explained} == codes
    assert f"{MAX_FRAME_BYTES // 1024} KiB" in explained["4400"]
    assert f"{AUTHENTICATION_SECONDS:.0f} seconds" in explained["4408"]


def test_addresses_and_ways_to_sign_in_are_said() -> None:
    document = describe("chat.example", secure=True, version="1.2", websocket_path="/live")
    assert (document["info"]["version"], faults(document)) == ("1.2", [])
    addresses = {name: channel["address"] for name, channel in document["channels"].items()}
    assert addresses == {"socketIo": "/live", "webSocket": "/ws"}
    servers = document["servers"]
    assert {server["host"] for server in servers.values()} == {"chat.example"}
    assert {name: server["protocol"] for name, server in servers.items()} == {
        "socketIo": "https",
        "webSocket": "wss",
    }
    ways = {
        name: [way["$ref"].rsplit("/", 1)[1] for way in server["security"]]
        for name, server in servers.items()
    }
    assert ways == {"socketIo": ["handshake"], "webSocket": ["firstFrame", "ticket"]}


@pytest.mark.parametrize(
    ("event", "wrong"),
    [
        ("message:deleted", {"seq": "1"}),
        ("message:deleted", {"seq": None}),
        ("message:deleted", {"messageId": "mine"}),
        ("message:deleted", {"more": 1}),
        ("message:received", {"senderType": "robot"}),
        ("character:response", {"status": "thinking"}),
        ("character:response", {"replyTo": None}),
        ("error", {"retryAfter": None}),
        ("message:vanished", {}),
    ],
)
def test_a_payload_that_is_off_the_contract_is_found(event: str, wrong: Json) -> None:
    examples = {
        message["name"]: message["examples"][0]["payload"]
        for key, message in DOCUMENT["components"]["messages"].items()
        if key.startswith("server") and not key.endswith("Frame")
    }
    if event in examples:
        assert off_contract(event, examples[event]) is None
    assert off_contract(event, examples.get(event, {}) | wrong)
