"""Examples for the OpenAPI document: reports, and what admins see."""

from typing import Any

from backend.gateway.asyncapi_words import CHARACTER, CONVERSATION, REPLIED, REPLY, SAID, USER

ADMIN = "0199a1b2-0000-7000-8000-00000000000a"
REPORT = "0199a1b2-0000-7000-8000-00000000000b"
PROCESS = "5d0c4f6e-8f2b-4c1a-9a57-6d1f0e2b7c33"
FILED = "2026-09-01T18:35:00.000Z"
CLOSED = "2026-09-02T09:10:00.000Z"

_REPORTED = {
    "id": str(REPLY),
    "seq": 2,
    "senderType": "character",
    "content": REPLIED.content,
    "state": "complete",
    "createdAt": "2026-09-01T18:30:02.000Z",
    "decision": {"action": "allow", "decidedBy": "policy", "about": "reply"},
}
_REPORT = {
    "id": REPORT,
    "messageId": str(REPLY),
    "conversationId": str(CONVERSATION),
    "characterId": str(CHARACTER),
    "reason": "wrong_memory",
    "note": "My dog is called Biscuit, not Brisket.",
    "createdAt": FILED,
}
_FOR_ADMINS = {
    **_REPORT,
    "userId": str(USER),
    "message": _REPORTED,
    "status": "resolved",
    "action": "message_removed",
    "resolution": "Removed; nothing else of the kind was found.",
    "closedBy": ADMIN,
    "updatedAt": CLOSED,
    "closedAt": CLOSED,
}
_SAID = {
    **_REPORTED,
    "id": str(SAID.id),
    "seq": 1,
    "senderType": "user",
    "content": SAID.content,
    "createdAt": "2026-09-01T18:30:01.000Z",
    "decision": None,
}
_COLLECTION = {
    "role": "live",
    "name": "memories_minilm_384",
    "model": "all-MiniLM-L6-v2",
    "dimension": 384,
    "done": 0,
    "total": 0,
    "problem": None,
}
_BLOCK = {"blockedAt": CLOSED, "blockedReason": "spam"}

ADMIN_WORDS: dict[str, Any] = {
    "NewReport": {"reason": "wrong_memory", "note": _REPORT["note"]},
    "ReportView": {**_REPORT, "status": "open", "updatedAt": FILED},
    "report_id": REPORT,
    "AdminReportView": _FOR_ADMINS,
    "ReportInContextView": {**_FOR_ADMINS, "around": [_SAID, _REPORTED]},
    "ReportChange": {
        "status": "resolved",
        "resolution": _FOR_ADMINS["resolution"],
        "action": "message_removed",
    },
    "Block": {"reason": "spam"},
    "blockedAt": None,
    "blockedReason": None,
    "AdminUserView": {
        "id": str(USER),
        "email": "ada@example.com",
        "displayName": "Ada",
        "role": "user",
        "adultConfirmed": True,
        "createdAt": "2026-08-20T08:00:00.000Z",
        **_BLOCK,
    },
    "AdminCharacterView": {
        "id": str(CHARACTER),
        "ownerId": str(USER),
        "name": "Mira",
        "visibility": "public",
        "nsfwLevel": 0,
        "createdAt": "2026-08-20T08:05:00.000Z",
        "deletedAt": None,
        **_BLOCK,
    },
    "OverviewView": {
        "users": {"total": 120, "admins": 2, "blocked": 1, "newThisWeek": 9},
        "activeUsers": {"day": 31, "week": 74},
        "characters": {"total": 40, "public": 12, "blocked": 0},
        "conversations": {"total": 410, "active": 388, "archived": 22},
        "messages": {"total": 18_230, "today": 640},
        "memories": {"fact": {"active": 2210, "superseded": 140}, "episode": {"active": 17_000}},
        "tokens": {"prompt": 9_120_000, "completion": 1_400_000},
        "reports": {"open": 3, "reviewing": 1, "resolved": 8, "dismissed": 2},
        "jobs": {"todo": 4, "doing": 1},
        "index": _COLLECTION,
        "versions": {"keepsake": "0.1.0", "schema": "0019", "python": "3.12.8"},
    },
    "MemoryHealthView": {
        "pendingMessages": 14,
        "conversationsBehind": 3,
        "oldestPendingAt": FILED,
        "jobs": {"form_memory": {"todo": 2, "failed": 1}},
        "embeddings": {"synced": 19_200, "pending": 6},
        "collections": [_COLLECTION],
        "parkedJobs": [
            {
                "id": 512,
                "task": "form_memory",
                "conversationId": str(CONVERSATION),
                "attempts": 4,
                "parkedAt": FILED,
                "retriesAt": "2026-09-01T19:35:00.000Z",
                "code": "model_output_invalid",
                "reason": "The model's answer doesn't fit the schema.",
            }
        ],
    },
    "Retry": {"job": 512},
    "RetriedView": {"retried": [512]},
    "LiveView": {
        "processes": [{"process": PROCESS, "connections": 41, "users": 37, "generating": 1}],
        "conversations": [
            {
                "id": str(CONVERSATION),
                "userId": str(USER),
                "characterId": str(CHARACTER),
                "process": PROCESS,
                "leaseUntil": FILED,
                "listeners": 2,
            }
        ],
    },
    "AuditView": {
        "id": "0199a1b2-0000-7000-8000-00000000000c",
        "at": CLOSED,
        "actorId": ADMIN,
        "action": "report.change",
        "targetType": "report",
        "targetId": REPORT,
        "outcome": "done",
        "details": {"status": "resolved", "did": "message_removed"},
    },
    "actor": ADMIN,
    "target": REPORT,
}
