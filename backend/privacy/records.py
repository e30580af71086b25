"""Records as an export shows them: every column by its name on the wire, but for what says nothing about a
person or would do harm."""

import json
from collections.abc import Iterable
from typing import Any

from pydantic.alias_generators import to_camel
from sqlmodel import SQLModel

from backend.models import (
    AdminAction,
    Character,
    CharacterFile,
    Conversation,
    KeptAnswer,
    Memory,
    MemoryRevision,
    Message,
    MessageVariant,
    Relationship,
    RelationshipChange,
    ReplyContext,
    Report,
    User,
)

Json = dict[str, Any]

# A password's hash helps to guess it. The others say how a row is stored, which process works on it, or
# which admin did.
LEFT_OUT = {
    "password_hash",
    *("actor_id", "closed_by"),
    *("key_id", "sealed", "content_hash", "key_hash", "request_hash"),
    *("turn_lease_owner", "turn_lease_until", "turn_fence", "turn_stop_fence"),
}
# What each theme's records are, with what stands within each of them.
THEMES: dict[str, tuple[type[SQLModel], dict[str, type[SQLModel]]]] = {
    "account": (User, {}),
    "characters": (Character, {}),
    "character-files": (CharacterFile, {}),
    "conversations": (Conversation, {}),
    "messages": (Message, {"variants": MessageVariant}),
    "contexts": (ReplyContext, {}),
    "memories": (Memory, {"history": MemoryRevision}),
    "relationships": (Relationship, {}),
    "relationship-changes": (RelationshipChange, {}),
    "reports": (Report, {}),
    "kept-answers": (KeptAnswer, {}),
    "admin-actions": (AdminAction, {}),
}


def shown(record: SQLModel, **within: Iterable[SQLModel]) -> Json:
    """One record, with the records that stand within it, by their name on the wire."""
    values = record.model_dump(mode="json", exclude=LEFT_OUT)
    return {_name(name): value for name, value in values.items()} | {
        name: [shown(each) for each in records] for name, records in within.items()
    }


def lines(records: Iterable[Json]) -> bytes:
    """Newline-delimited JSON."""
    return b"".join(
        json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        for record in records
    )


def schema() -> Json:
    """A JSON Schema of the records of each theme."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What Keepsake holds on a user",
        "$defs": {theme: _of_theme(*kinds) for theme, kinds in THEMES.items()},
    }


def _of_theme(kind: type[SQLModel], within: dict[str, type[SQLModel]]) -> Json:
    described = _of(kind)
    for name, inner in within.items():
        described["properties"][name] = {"type": "array", "items": _of(inner)}
    return described


def _of(kind: type[SQLModel]) -> Json:
    full = kind.model_json_schema()
    return {
        "type": "object",
        "description": " ".join((kind.__doc__ or "").split()),
        "properties": {
            _name(name): {key: value for key, value in about.items() if key != "title"}
            for name, about in full["properties"].items()
            if name not in LEFT_OUT
        },
    }


def _name(column: str) -> str:
    return "metadata" if column == "details" else to_camel(column)
