"""The words of the OpenAPI document: what holds for the whole API, its tags, its headers."""

from typing import Any

Json = dict[str, Any]

INTRODUCTION = """Chat with AI characters that remember.

**Signing in.** `POST /api/v1/auth/token` gives an access token, sent as `Authorization: Bearer …`.

**Shapes.** JSON is camelCase, ids are UUIDs, times are RFC 3339 in UTC. Lists answer `{items,
nextCursor}`; a `nextCursor` goes back as `before` or `after`, and is null on the last page. Fields may be
added: leave alone what you don't know.

**Errors** are RFC 9457 problems, `application/problem+json`, with a stable `code`. What belongs to somebody
else answers as if it weren't there: 404.

**Trying again.** Every POST but those of `/auth` and `/admin` takes an `Idempotency-Key`: sent again with
the same key it isn't carried out again. Where too much is asked for, 429 says in `Retry-After` how many
seconds to wait.

**Real time** is described at `/asyncapi.json`."""

TAGS = {
    "auth": "Accounts, tokens and tickets.",
    "characters": "Whom people talk to.",
    "conversations": "Talks of a user with a character.",
    "messages": "What is said in them.",
    "memory": "What a character remembers of a user.",
    "relationships": "How the two stand.",
    "analytics": "Figures of what was said, and of what came of it.",
    "privacy": "A copy of all that is held on a user, and its erasure.",
    "admin": "For admins alone: others get 403 `admin_only`. Every request is in the audit log.",
    "operation": "For those who run Keepsake. Without a token, and to be kept from the public.",
}

PROBLEM: Json = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. `code` is stable; `detail` is a sentence for people.",
    "properties": {
        "type": {"type": "string", "pattern": "^urn:keepsake:problem:[a-z_]+$"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "code": {"type": "string", "pattern": "^[a-z_]+$"},
        "errors": {
            "type": "array",
            "description": "What is wrong with which field; `field` is empty where it is the whole.",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "problem": {"type": "string"}},
                "required": ["field", "problem"],
            },
        },
    },
    "required": ["type", "title", "status", "detail", "code"],
}

FAILURES = {
    "401": "No token, or none that is good.",
    "403": "Not for this account.",
    "404": "There is no such thing, or it is somebody else's.",
    "408": "The request came too slowly.",
    "409": "It doesn't go with the state of things.",
    "412": "It was changed since it was read.",
    "413": "The request is too large.",
    "415": "Not a type that is taken here.",
    "416": "It has no such part.",
    "422": "Something in the request can't be used.",
    "428": "Say which version is to be changed.",
    "429": "Too much in too short a time.",
    "502": "The language model didn't answer usefully.",
    "503": "Something that is needed can't be reached. Try again.",
    "504": "The language model took too long.",
}

_SECONDS = {"type": "integer", "minimum": 1}

RATE_HEADERS: Json = {
    "RateLimit-Limit": {
        "description": "How much is allowed in a window, of what is nearest to its limit.",
        "schema": {"type": "integer", "minimum": 1},
        "example": 600,
    },
    "RateLimit-Remaining": {
        "description": "How much of it is left.",
        "schema": {"type": "integer", "minimum": 0},
        "example": 598,
    },
    "RateLimit-Reset": {
        "description": "Seconds until all of it is there again.",
        "schema": {"type": "integer", "minimum": 0},
        "example": 42,
    },
}

ETAG: Json = {
    "description": "The version of the thing: for `If-None-Match` and `If-Match`.",
    "schema": {"type": "string"},
    "example": '"5f1c0a9e2b7d4c3318e6a0f2b9d47c51"',
}

IF_NONE_MATCH: Json = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` that you know; if it is that still, the answer is 304, without a body.",
    "schema": {"type": "string"},
    "example": '"5f1c0a9e2b7d4c3318e6a0f2b9d47c51"',
}

HEADERS: dict[str, Json] = {
    "401": {"WWW-Authenticate": {"schema": {"type": "string"}, "example": "Bearer"}},
    "429": {
        "Retry-After": {
            "description": "Seconds to wait before the next attempt.",
            "schema": _SECONDS,
            "example": 7,
        },
        **RATE_HEADERS,
    },
    "503": {
        "Retry-After": {
            "description": "Seconds to wait, where that is known.",
            "schema": _SECONDS,
            "example": 5,
        },
    },
}

IDEMPOTENCY_KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A fresh UUID for each thing to be done. A repeat with the same key gets the first "
    "answer again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]+$"},
    "example": "0199a1b2-7c1e-7a55-9d1f-4be2f0c55a10",
}

# What an answer names, by the parameters of paths that it can go into.
_ITS_ID = "$response.body#/id"
MADE: dict[str, dict[str, str]] = {
    "createCharacter": {"character_id": _ITS_ID, "user_id": "me"},
    "importCharacter": {"character_id": _ITS_ID, "user_id": "me"},
    "createConversation": {"conversation_id": _ITS_ID},
    "importChat": {"conversation_id": "$response.body#/conversation/id"},
    "postMessage": {
        "conversation_id": "$request.path.conversation_id",
        "message_id": "$response.body#/reply/id",
    },
    "addMemory": {
        "character_id": "$request.path.character_id",
        "user_id": "$request.path.user_id",
        "memory_id": _ITS_ID,
    },
}

STREAM: Json = {
    "description": "With `Accept: text/event-stream`: the reply as it is written.",
    "content": {
        "text/event-stream": {
            "schema": {"type": "string"},
            "example": 'event: character:response\ndata: {"conversationId":"0199a1b2-0000-7000-8000-'
            '000000000003","messageId":"0199a1b2-0000-7000-8000-000000000005","status":"delta",'
            '"index":0,"delta":"What "}\n\n',
        }
    },
}

IDEMPOTENCY_REPLAYED: Json = {
    "description": "There where the answer is one that was given before.",
    "schema": {"type": "string", "const": "true"},
}
