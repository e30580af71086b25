"""/asyncapi.json: valid by AsyncAPI's own parser, complete, and true to the models."""

import json
import shutil
import subprocess
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from backend.gateway.asyncapi import describe
from backend.gateway.client_events import read_payload
from backend.gateway.protocol import (
    ACKS,
    AUTHENTICATION_SECONDS,
    PAYLOADS,
    SERVER_PAYLOADS,
    ClientEvent,
    CloseCode,
    ServerEvent,
)
from backend.gateway.websocket import MAX_FRAME_BYTES
from tests.support.realtime_contract import DOCUMENT, faults_of, off_contract, resolve

Json = dict[str, Any]

ROOT = Path(__file__).parents[2]
TRANSPORTS = ("socketIo", "webSocket")

# The names that clients outside this repository were promised.
FROM_CLIENTS = """auth message:send typing:start typing:stop conversation:join conversation:leave
    message:read generation:stop message:regenerate""".split()
FROM_THE_SERVER = """message:received message:delivered message:read message:updated message:deleted
    typing:indicator character:response memory:updated relationship:updated error""".split()


# What only the parser finds: what is put at a place of the document, and the rule that it breaks.
PLANTED = [
    (
        "operations/clientMessageSendOverSocketIo/messages/0",
        {"$ref": "#/channels/webSocket/messages/clientMessageSendFrame"},
        "asyncapi3-operation-messages-from-referred-channel",
    ),
    (
        "components/schemas/MessageDeleted/properties/seq",
        {"$ref": "#/components/schemas/Nothing"},
        "invalid-ref",
    ),
]
# 3.0.0 on purpose: 3.1.0 adds bindings for ROS 2 alone, and fewer tools read it.
ADVICE_NOT_TAKEN = {"asyncapi-latest-version"}


def diagnose(*documents: Json) -> list[list[Json]]:
    """What AsyncAPI's own parser has against each document. It takes a second or two for one."""
    node = shutil.which("node")
    assert node, "Node.js is missing: install version 20 or newer."
    folder = ROOT / "tests/asyncapi"
    assert (folder / "node_modules/@asyncapi/parser").is_dir(), "run make .setup/asyncapi_parser"
    asked = subprocess.run(
        [node, folder / "diagnose.mjs"],
        input=json.dumps(documents),
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return [
        [fault for fault in found if fault["code"] not in ADVICE_NOT_TAKEN]
        for found in json.loads(asked.stdout)
    ]


def plant(document: Json, place: str, wrong: Any) -> None:
    """Put one thing at a place of a document."""
    part: Any = document
    *way, last = [int(step) if step.isdigit() else step for step in place.split("/")]
    for step in way:
        part = part[step]
    part[last] = wrong


def test_the_official_parser_has_nothing_against_it_and_finds_what_is_planted() -> None:
    faulty = deepcopy(DOCUMENT)
    for place, wrong, _ in PLANTED:
        plant(faulty, place, wrong)
    as_it_is, found = diagnose(DOCUMENT, faulty)
    assert as_it_is == []
    for place, _, rule in PLANTED:
        assert [f for f in found if f["code"] == rule and f["path"].startswith(place)], found


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_every_event_is_described_once_on_each_transport(transport: str) -> None:
    assert sorted(events("receive", transport)) == sorted(FROM_CLIENTS)
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
    for operation in DOCUMENT["operations"].values():
        if operation["action"] == "send":
            assert "reply" not in operation
            continue
        suffix = "Frame" if "webSocket" in operation["channel"]["$ref"] else ""
        answers = [each["$ref"].rsplit("/", 1)[1] for each in operation["reply"]["messages"]]
        assert answers[1:] == [f"refused{suffix}"]
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
    assert document["info"]["version"] == "1.2"
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
