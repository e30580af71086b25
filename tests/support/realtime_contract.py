"""What the server says over a socket, held against /asyncapi.json.

off_contract("typing:indicator", data)      # None, or what is wrong with it
off_contract_ack("message:send", data)
"""

from copy import deepcopy
from functools import cache
from typing import Any

from jsonschema import Draft7Validator, FormatChecker

from backend.gateway.asyncapi import describe

Json = dict[str, Any]

DOCUMENT = describe("localhost:5000", secure=False, version="0", websocket_path="/socket.io")


def off_contract(event: str, data: Any) -> str | None:
    """What of an event's data the document doesn't allow, unknown fields included."""
    told = [each for each in _operations("send") if _names(each["messages"]) == [event]]
    return _fault(event, data, [frame for each in told for frame in each["messages"]])


def off_contract_ack(event: str, data: Any) -> str | None:
    """The same for the ack of a client's event. One that doesn't exist can only be refused."""
    asked = [each for each in _operations("receive") if _names(each["messages"]) == [event]]
    answers = [frame for each in asked for frame in each["reply"]["messages"]]
    refused = {"$ref": "#/channels/webSocket/messages/refusedFrame"}
    return _fault(f"the ack of {event}", data, answers or [refused])


def resolve(reference: Json, document: Json = DOCUMENT) -> Json:
    """What a reference object points at, through further ones."""
    found: Json = reference
    while "$ref" in found:
        pointer = found["$ref"].removeprefix("#/").split("/")
        found = document
        for step in pointer:
            found = found[step]
    return found


def faults_of(payload: Json, data: Any) -> list[str]:
    """What a payload's schema in the document has against some data."""
    validator = Draft7Validator(
        {"allOf": [payload], "components": {"schemas": _strict_schemas()}},
        format_checker=FormatChecker(),
    )
    return [f"{fault.json_path}: {fault.message}" for fault in validator.iter_errors(data)]


def _fault(what: str, data: Any, frames: list[Json]) -> str | None:
    shapes = [resolve(frame)["payload"]["properties"]["data"] for frame in frames]
    faults = [faults_of(shape, data) for shape in shapes]
    if [] in faults:
        return None
    return f"{what} is not as /asyncapi.json says: {faults or 'not described'}: {data}"


def _operations(action: str) -> list[Json]:
    return [
        each
        for each in DOCUMENT["operations"].values()
        if each["action"] == action and each["channel"]["$ref"] == "#/channels/webSocket"
    ]


def _names(messages: list[Json]) -> list[str]:
    return [resolve(message)["name"] for message in messages]


@cache
def _strict_schemas() -> Json:
    """Clients shall bear fields that they don't know; our tests shall not."""
    schemas: Json = deepcopy(DOCUMENT["components"]["schemas"])
    for schema in schemas.values():
        schema.setdefault("additionalProperties", False)
    return schemas
