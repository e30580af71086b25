"""What admins are shown."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from backend.gateway.views import Time, View
from backend.models import AdminAction, Character, Report, User
from backend.models.report import STATUSES

Counts = dict[str, int]


class UserCounts(View):
    total: int
    admins: int
    blocked: int
    new_this_week: int


class ActiveUsers(View):
    """Who said or heard something within a day, and within a week."""

    day: int
    week: int


class CharacterCounts(View):
    total: int
    public: int
    blocked: int


class ConversationCounts(View):
    total: int
    active: int
    archived: int


class MessageTotals(View):
    total: int
    today: int


class TokenTotals(View):
    """Of all replies that are stored, other variants too; 0 where the model didn't say."""

    prompt: int
    completion: int


class Versions(View):
    """`schema` is the database's revision."""

    keepsake: str
    schema_: Annotated[str, Field(alias="schema")]
    python: str


class CollectionView(View):
    """One collection of the vector index; `role` is live, building, previous or dropped."""

    role: str
    name: str | None
    model: str | None
    dimension: int | None
    done: int
    total: int
    problem: str | None


class OverviewView(View):
    """`memories` counts by kind and status, `reports` and `jobs` by status."""

    users: UserCounts
    active_users: ActiveUsers
    characters: CharacterCounts
    conversations: ConversationCounts
    messages: MessageTotals
    memories: dict[str, Counts]
    tokens: TokenTotals
    reports: Counts
    jobs: Counts
    index: CollectionView | None
    versions: Versions

    @classmethod
    def of(cls, counted: Mapping[str, Any], keepsake: str, python: str) -> "OverviewView":
        versions = {"keepsake": keepsake, "schema": counted["schema"], "python": python}
        reports = dict.fromkeys(STATUSES, 0) | counted["reports"]
        return cls.model_validate({**counted, "reports": reports, "versions": versions})


class ParkedJobView(View):
    """Work that was given up after its tries; `reason` says why, `retriesAt` when it is tried once more
    by itself. `POST /admin/memory-health/retry` tries it now."""

    id: int
    task: str
    conversation_id: UUID | None
    attempts: int
    parked_at: Time | None
    retries_at: Time | None
    code: str | None
    reason: str | None


class MemoryHealthView(View):
    """`pendingMessages` wait to be formed into memory, in `conversationsBehind` conversations; `jobs`
    counts by task and status, `embeddings` active memories by `pending`, `synced` or `failed`."""

    pending_messages: int
    conversations_behind: int
    oldest_pending_at: Time | None
    jobs: dict[str, Counts]
    embeddings: Counts
    collections: list[CollectionView]
    parked_jobs: list[ParkedJobView]


class RetriedView(View):
    """The jobs that are tried again."""

    retried: list[int]


class ProcessView(View):
    """`generating`: replies that it writes now."""

    process: str
    connections: int
    users: int
    generating: int


class LiveConversationView(View):
    """`process` writes a reply; null: nobody does, but `listeners` connections are in it."""

    id: UUID
    user_id: UUID
    character_id: UUID
    process: str | None
    lease_until: Time | None
    listeners: int


class LiveView(View):
    """Ids and numbers alone."""

    processes: list[ProcessView]
    conversations: list[LiveConversationView]


class AdminUserView(View):
    id: UUID
    email: str
    display_name: str
    role: str
    adult_confirmed: bool
    blocked_at: Time | None
    blocked_reason: str | None
    created_at: Time

    @classmethod
    def of(cls, user: User) -> "AdminUserView":
        return cls.model_validate(user)


class AdminCharacterView(View):
    id: UUID
    owner_id: UUID | None
    name: str
    visibility: str
    nsfw_level: int
    blocked_at: Time | None
    blocked_reason: str | None
    deleted_at: Time | None
    created_at: Time

    @classmethod
    def of(cls, character: Character) -> "AdminCharacterView":
        return cls.model_validate(character)


class ReportedMessageView(View):
    """A message as it was when it was reported; `decision` is what content policy decided of it."""

    id: UUID
    seq: int
    sender_type: str
    content: str
    state: str
    created_at: Time
    decision: dict[str, Any] | None = None


class AdminReportView(View):
    """A report as admins see it; `userId` reported it, `message` is what it said then."""

    id: UUID
    user_id: UUID
    message_id: UUID
    conversation_id: UUID
    character_id: UUID
    reason: str
    note: str
    message: ReportedMessageView
    status: str
    action: str
    resolution: str
    closed_by: UUID | None
    created_at: Time
    updated_at: Time
    closed_at: Time | None

    @classmethod
    def of(cls, report: Report) -> "AdminReportView":
        return cls.model_validate(_fields(report))


class ReportInContextView(AdminReportView):
    """With the messages around it, it itself included, in order."""

    around: list[ReportedMessageView]

    @classmethod
    def of(cls, report: Report) -> "ReportInContextView":
        return cls.model_validate({**_fields(report), "around": report.evidence["around"]})


def _fields(report: Report) -> dict[str, Any]:
    return {**report.model_dump(exclude={"evidence"}), "message": report.evidence["message"]}


class AuditView(View):
    """A line of the log; `actorId` is null for the command line, `outcome` is `done` or an error's code."""

    id: UUID
    at: Time
    actor_id: UUID | None
    action: str
    target_type: str | None
    target_id: UUID | None
    outcome: str
    details: dict[str, Any]

    @classmethod
    def of(cls, action: AdminAction) -> "AuditView":
        return cls.model_validate(action)
