"""Examples for the OpenAPI document, made from its schemas and a table of words.

A field's words are looked up by `Model.field`, then by `field`; a model's by `Model`. What has none
is made up by its type, which reads badly: a test asks for words for every text.
"""

from typing import Any

from backend.gateway.asyncapi_words import (
    CHARACTER,
    CONVERSATION,
    MEMORY,
    MESSAGE,
    REPLIED,
    REPLY,
    SAID,
    USER,
)
from backend.gateway.openapi_admin import ADMIN_WORDS

Json = dict[str, Any]

AT = "2026-09-01T18:30:02.000Z"
SOME_ID = "0199a1b2-0000-7000-8000-0000000000ff"
NAMELESS = "…"

WORDS: dict[str, Any] = {
    # whole models
    "MessageView": SAID.wire(),
    "Exchange": {"message": SAID.wire(), "reply": REPLIED.wire()},
    "Body_token": {
        "grant_type": "password",
        "username": "ada@example.com",
        "password": "correct horse battery staple",
    },
    "ProfileChange": {"displayName": "Ada", "timeZone": "Europe/Lisbon"},
    # ids
    "characterId": str(CHARACTER),
    "character_id": str(CHARACTER),
    "CharacterView.id": str(CHARACTER),
    "conversationId": str(CONVERSATION),
    "conversation_id": str(CONVERSATION),
    "ConversationView.id": str(CONVERSATION),
    "memory_id": str(MEMORY),
    "MemoryView.id": str(MEMORY),
    "RecalledView.id": str(MEMORY),
    "messageId": str(MESSAGE),
    "message_id": str(MESSAGE),
    "replyTo": str(MESSAGE),
    "ContextView.messageId": str(REPLY),
    "ownerId": str(USER),
    "sourceMessageIds": [str(MESSAGE)],
    "userId": str(USER),
    "user_id": "me",
    "UserView.id": str(USER),
    # accounts
    "access_token": "eyJhbGciOiJIUzI1NiJ9...",
    "displayName": "Ada",
    "email": "ada@example.com",
    "password": "correct horse battery staple",
    "refresh_token": "eyJhbGciOiJIUzI1NiJ9...",
    "role": "user",
    "timeZone": "Europe/Lisbon",
    "token": "eyJhbGciOiJIUzI1NiJ9...",
    "token_type": "bearer",
    "expires_in": 86400,
    # characters
    "name": "Mira",
    "age": 34,
    "gender": "woman",
    "description": "Mira keeps the lighthouse of Skerry and mends clocks.",
    "personality": {"traits": ["warm", "curious"], "style": "Short sentences.", "values": ["care"]},
    "scenario": "The lamp room, on a windy evening.",
    "greeting": "Mind the stairs. Tea?",
    "exampleDialogues": ["User: Is it lonely here?\nMira: The clocks talk back."],
    "lorebook": [{"keys": ["Skerry"], "content": "An island of forty people and one road."}],
    "nsfwLevel": 0,
    "visibility": "private",
    "card": None,
    "picture": None,
    "format": "json",
    # conversations and messages
    "title": "A dog called Biscuit",
    "Stored.reply": None,
    "ConversationView.metadata": {
        "startedAt": AT,
        "mood": "happy",
        "topics": ["dogs"],
        "relationshipLevel": 25,
    },
    "metadata": {},
    "status": "active",
    "content": SAID.content,
    "type": "text",
    "clientMessageId": "7d1f",
    "senderType": "user",
    "NewWords.content": "My dog is called Biscuit, and he is two.",
    "VariantView.state": "complete",
    "prefer": "",
    "if-match": '"5f1c0a9e2b7d4c3318e6a0f2b9d47c51"',
    "accept": "application/json",
    "idempotency-key": "0199a1b2-7c1e-7a55-9d1f-4be2f0c55a10",
    "conversationTitle": "A dog called Biscuit",
    "highlight": "My <mark>dog</mark> is called Biscuit.",
    "highlights": [[3, 6]],
    "mode": "text",
    "topic": "dogs",
    # why a reply says what it says
    "recentMessages": [{"senderType": "user", "content": SAID.content}],
    "activeMemories": [
        {"memoryId": str(MEMORY), "relevance": 0.82, "content": "The user's dog is called Biscuit."}
    ],
    "leftOut": [{"memoryId": SOME_ID, "why": "below the threshold"}],
    "ContextView.state": {"currentTopic": "dogs", "mood": "happy", "nsfwLevel": 0},
    "tokenUse": {"instructions": 310, "history": 120, "memories": 24},
    "promptVersion": "1",
    "ContextView.recall": "ok",
    "timings": {"recallMs": 6.1},
    # memory
    "MemoryView.content": "The user's dog is called Biscuit.",
    "RecalledView.content": "The user's dog is called Biscuit.",
    "RevisionView.content": "The user's dog is called Biscuit.",
    "NewMemory.content": "The user's dog is called Biscuit.",
    "MemoryChange.content": "The user's dog is called Biscuit.",
    "NewMemory.fact": "The user's dog is called Biscuit.",
    "fact": "The user's dog is called Biscuit.",
    "MemoryView.summary": None,
    "MemoryView.timestamp": None,
    "RecalledView.summary": None,
    "RecalledView.timestamp": None,
    "summary": "Ada told Mira about her dog.",
    "kind": "fact",
    "kinds": ["fact"],
    "category": "personal",
    "about": "user",
    "aboutName": None,
    "realm": "real",
    "origin": "extracted",
    "confidence": 0.9,
    "importance": 6,
    "eventTime": None,
    "supersededBy": None,
    "validTo": None,
    "EmbeddingView.model": "all-MiniLM-L6-v2",
    "EmbeddingView.state": "synced",
    "score": 0.82,
    "scores": {"dense": 0.71, "keyword": 0.9, "recency": 0.98, "importance": 0.6},
    "query": "What is my dog called?",
    "q": "dog",
    "action": "added",
    "RevisionView.details": {"confidence": 0.9},
    "counts": {"fact": 12, "summary": 1, "episode": 40, "experience": 2},
    "tookMs": 8.4,
    "rows": 0,
    "vectors": 0,
    "cacheKeys": 0,
    "jobs": 0,
    "rowsDeleted": {"message": 214, "memory": 131, "user_account": 1},
    "confirm": None,
    "range": "",
    "if-range": "",
    # relationships
    "level": 25,
    "trust": 14,
    "intimacy": 6,
    "favoriteTopics": ["dogs"],
    "sharedExperiences": ["The storm night"],
    "stage": "acquaintance",
    "delta": {"level": 1.5, "trust": 0.5},
    "reason": "shared something personal",
    "undone": False,
    # operation
    "Readiness.status": "ready",
    "checks": {"database": "ok", "redis": "ok", "qdrant": "ok", "encoder": "ok"},
    "IndexState.collection": "memories_minilm_384",
    "IndexState.model": "all-MiniLM-L6-v2",
    "rebuilding": None,
    "advice": None,
    **ADMIN_WORDS,
    # lists
    "nextCursor": "MDE5OWExYjItMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDA2",
    "before": "MDE5OWExYjItMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDA2",
    "after": "MDE5OWExYjItMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDA2",
}

DETAILS: dict[str, str] = {
    "invalid_request": "characterId: is missing.",
    "message_too_long": "The message has 2001 characters; at most 2000 are allowed.",
    "invalid_card": "The PNG is a picture alone: it carries no card.",
    "content_refused": "That is not something that can be written or kept here.",
    "changed_meanwhile": "This was changed since you read it. Read it again; your change was not made.",
    "idempotency_key_reused": "This Idempotency-Key was used for another request. Use a new key for each.",
    "not_authenticated": "The token has expired. Sign in again.",
    "other_account": "The token belongs to another account.",
    "account_blocked": "This account was blocked by an admin: spam.",
    "admin_only": "Only admins may do this.",
    "character_blocked": "This character was blocked by an admin: hate.",
    "not_found": "There is no such conversation.",
    "conflict": "What it belongs to was deleted meanwhile.",
    "request_in_progress": "The first request with this Idempotency-Key is still being carried out.",
    "rate_limited": "Too many messages. Wait a moment.",
    "request_timeout": "The request took longer than 30 s to arrive.",
    "not_confirmed": "To erase this account, send its password.",
    "too_large": "The request is too large.",
    "unsupported_type": "This address doesn't take this type.",
    "range_not_satisfiable": "No byte was asked for.",
    "service_unavailable": "Redis, which keeps tickets, can't be reached.",
    "store_unavailable": "The database can't be reached. Check DATABASE_URL and that PostgreSQL runs.",
    "index_unavailable": "Qdrant can't be reached. Check QDRANT_URL.",
    "encoder_unavailable": "The encoder is still loading.",
}


def _in_shape(words: Any, schema: Json) -> Any:
    """What is one thing here may be a list of such things there, and "me" can't stand where only an
    id can."""
    shapes = [schema, *schema.get("anyOf", ())]
    if words == "me" and any(shape.get("format") == "uuid" for shape in shapes):
        return str(USER)
    is_list = any(shape.get("type") == "array" for shape in shapes)
    return [words] if is_list and isinstance(words, str) else words


def _allowed(words: Any, schema: Json) -> bool:
    """Words of a field's name alone may be none of those that this one takes."""
    enums = [shape["enum"] for shape in (schema, *schema.get("anyOf", ())) if "enum" in shape]
    return not enums or any(words in enum for enum in enums)


class Examples:
    """Makes examples of schemas; `schemas` are those that references point at. `nameless` collects
    the fields that there are no words for."""

    def __init__(self, schemas: Json) -> None:
        self._schemas = schemas
        self.nameless: set[str] = set()

    def of(self, schema: Json, field: str = "", model: str = "") -> Any:
        """An example of a schema, that of `model`'s `field` where it is one."""
        for name in (f"{model}.{field}", field):
            if name in WORDS and _allowed(WORDS[name], schema):
                return _in_shape(WORDS[name], schema)
        if "$ref" in schema:
            return self._of_model(schema["$ref"].rsplit("/", 1)[1])
        for keyword in ("examples", "enum"):
            if keyword in schema:
                return schema[keyword][0]
        if "const" in schema:
            return schema["const"]
        for keyword in ("anyOf", "oneOf", "allOf"):
            if keyword in schema:
                return self.of(schema[keyword][0], field, model)
        return self._of_type(schema, field, model)

    def _of_model(self, name: str) -> Any:
        model = name.removesuffix("-Input").removesuffix("-Output")
        return WORDS[model] if model in WORDS else self.of(self._schemas[name], model=model)

    def _of_type(self, schema: Json, field: str, model: str) -> Any:
        match schema.get("type"):
            case "object":
                fields = schema.get("properties", {})
                return {name: self.of(each, name, model) for name, each in fields.items()}
            case "array":
                return [self.of(schema["items"], field, model)] if "items" in schema else []
            case "boolean":
                return False
            case "integer" | "number":
                return schema.get("default") or schema.get("minimum") or 1
            case "string":
                return self._of_text(schema, field, model)
        return None

    def _of_text(self, schema: Json, field: str, model: str) -> str:
        match schema.get("format"):
            case "uuid":
                return SOME_ID
            case "date-time":
                return AT
            case "date":
                return AT[:10]
            case "binary":
                return "(a file's bytes)"
        self.nameless.add(f"{model}.{field}" if model else field)
        return NAMELESS
