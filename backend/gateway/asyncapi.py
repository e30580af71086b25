"""The AsyncAPI 3.0 document of both socket transports, made from protocol.py's models.

It speaks as the server: `receive` operations are what clients send. Each event comes twice: as
Socket.IO carries it (the payload is the event's argument, the ack the callback's) and as a frame of
the plain WebSocket.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from backend.gateway.asyncapi_words import (
    CLIENT_EXAMPLES,
    CLOSE_REASONS,
    INTRODUCTION,
    REFUSED,
    SECURITY,
    SERVER_EXAMPLES,
    SOCKET_IO,
    WEBSOCKET,
    Example,
)
from backend.gateway.protocol import (
    ACKS,
    PAYLOADS,
    SERVER_PAYLOADS,
    Refused,
)

Json = dict[str, Any]


def describe(host: str, *, secure: bool, version: str, websocket_path: str) -> Json:
    """The document, for a server that clients reach at `host` (with its port, if any), by TLS where
    it is `secure`."""
    plain: Json = {
        "host": host,
        "protocol": "wss" if secure else "ws",
        "description": "Plain WebSocket.",
        "security": [_to("components/securitySchemes", name) for name in ("firstFrame", "ticket")],
    }
    socketio: Json = {
        "host": host,
        "protocol": "https" if secure else "http",
        "description": "Socket.IO, by long polling or WebSocket.",
        "security": [_to("components/securitySchemes", "handshake")],
    }
    parts = _parts()
    channels = {
        "socketIo": {"address": websocket_path, **parts["channels"]["socketIo"]},
        "webSocket": {"address": "/ws", **parts["channels"]["webSocket"]},
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Keepsake",
            "version": version,
            "description": INTRODUCTION,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {"socketIo": socketio, "webSocket": plain},
        **parts,
        "channels": channels,
    }


@dataclass(frozen=True, slots=True)
class _Event:
    """One event in one direction. `ack` is what it is answered with, None for the server's."""

    name: str
    payload: type[BaseModel]
    example: Example
    ack: type[BaseModel] | None = None

    @property
    def key(self) -> str:
        """`messageRead` from `message:read`; the server's and the client's differ by a prefix."""
        first, *rest = self.name.split(":")
        return ("client" if self.ack else "server") + "".join(map(str.capitalize, [first, *rest]))


CLIENT_EVENTS = [_Event(e, PAYLOADS[e], CLIENT_EXAMPLES[e], ACKS[e]) for e in PAYLOADS]
SERVER_EVENTS = [_Event(e, SERVER_PAYLOADS[e], SERVER_EXAMPLES[e]) for e in SERVER_PAYLOADS]
EVENTS = [*CLIENT_EVENTS, *SERVER_EVENTS]


@cache
def _parts() -> Json:
    over_socketio = dict(_socketio_messages())
    over_websocket = dict(_websocket_messages())
    return {
        "channels": {
            "socketIo": {
                "description": SOCKET_IO,
                "servers": [_to("servers", "socketIo")],
                "messages": {key: _to("components/messages", key) for key in over_socketio},
            },
            "webSocket": {
                "description": WEBSOCKET,
                "servers": [_to("servers", "webSocket")],
                "messages": {key: _to("components/messages", key) for key in over_websocket},
                "x-closeCodes": {str(code): why for code, why in CLOSE_REASONS.items()},
            },
        },
        "operations": {
            **{f"{e.key}OverSocketIo": _operation(e, "socketIo", "") for e in EVENTS},
            **{f"{e.key}OverWebSocket": _operation(e, "webSocket", "Frame") for e in EVENTS},
        },
        "components": {
            "messages": over_socketio | over_websocket,
            "schemas": _schemas(),
            "securitySchemes": SECURITY,
        },
    }


def _operation(event: _Event, channel: str, suffix: str) -> Json:
    here = f"channels/{channel}/messages"
    operation: Json = {
        "action": "receive" if event.ack else "send",
        "channel": _to("channels", channel),
        "summary": event.example.meaning,
        "messages": [_to(here, event.key + suffix)],
    }
    if event.ack:
        answers = [f"{event.key}Ack", "refused"]
        operation["reply"] = {
            "channel": _to("channels", channel),
            "messages": [_to(here, answer + suffix) for answer in answers],
        }
    return operation


def _socketio_messages() -> Iterator[tuple[str, Json]]:
    for event in EVENTS:
        example = _wire(event.example.data)
        yield event.key, _message(event.name, event.example.meaning, _model(event.payload), example)
        if event.ack and event.example.ack:
            answer = _wire(event.example.ack)
            meaning = f"Answers {event.name}."
            yield f"{event.key}Ack", _message("ack", meaning, _model(event.ack), answer)
    yield "refused", _message("ack", REFUSED.meaning, _model(Refused), _wire(REFUSED.data))


def _websocket_messages() -> Iterator[tuple[str, Json]]:
    for event in EVENTS:
        numbered = {"id": 1} if event.ack else {}
        frame = {"event": event.name, "data": _wire(event.example.data), **numbered}
        shape = _frame(event.name, _model(event.payload), identified=bool(event.ack))
        yield f"{event.key}Frame", _message(event.name, event.example.meaning, shape, frame)
        if event.ack and event.example.ack:
            meaning = f"Answers {event.name}."
            yield f"{event.key}AckFrame", _ack_frame(meaning, event.ack, event.example.ack)
    yield "refusedFrame", _ack_frame(REFUSED.meaning, Refused, REFUSED.data)


def _ack_frame(meaning: str, model: type[BaseModel], example: BaseModel) -> Json:
    shape = _frame("ack", _model(model), identified=True)
    shape["required"].append("id")
    return _message("ack", meaning, shape, {"event": "ack", "id": 1, "data": _wire(example)})


def _frame(event: str, data: Json, *, identified: bool) -> Json:
    numbered = {"id": {"type": "integer", "description": "The client's number for it."}}
    return {
        "type": "object",
        "properties": {"event": {"const": event}, "data": data, **(numbered if identified else {})},
        "required": ["event", "data"],
    }


def _message(name: str, meaning: str, payload: Json, example: Json) -> Json:
    message = {
        "name": name,
        "title": name,
        "summary": meaning,
        "payload": payload,
        "examples": [{"payload": example}],
    }
    if "id" in payload.get("properties", {}):
        message["correlationId"] = {"location": "$message.payload#/id"}
    return message


class _Untitled(GenerateJsonSchema):
    """Leaves out the titles that repeat the fields' names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _schemas() -> Json:
    sent: set[type[BaseModel]] = {e.ack for e in CLIENT_EVENTS if e.ack}
    sent |= {Refused, *(event.payload for event in SERVER_EVENTS)}
    taken = {event.payload for event in CLIENT_EVENTS}
    _, made = models_json_schema(
        [
            *((model, "validation") for model in taken),
            *((model, "serialization") for model in sent),
        ],
        ref_template="#/components/schemas/{model}",
        schema_generator=_Untitled,
    )
    schemas: Json = made["$defs"]
    for schema in schemas.values():
        for field in schema.get("properties", {}).values():
            if field.get("default", "") is None:  # says nothing that "not required" doesn't
                del field["default"]
    return dict(sorted(schemas.items()))


def _model(model: type[BaseModel]) -> Json:
    return _to("components/schemas", model.__name__)


def _to(place: str, name: str) -> Json:
    return {"$ref": f"#/{place}/{name}"}


def _wire(example: BaseModel) -> Json:
    return example.model_dump(mode="json", by_alias=True, exclude_unset=True)
