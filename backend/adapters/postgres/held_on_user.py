"""Every table of the database: which of its rows are a user's, under what name an export shows them, and
what becomes of them when the user is erased. A test holds it against the schema: a table that isn't
here fails it.

Conditions take `:user_id`, and `:conversations`, the ids of all the user's conversations: so they find what
is left even when the conversations themselves are gone.
"""

from dataclasses import dataclass

_OF_USER = "user_id = :user_id"
_IN_CONVERSATIONS = "conversation_id = ANY(CAST(:conversations AS uuid[]))"
_OF_MESSAGES = (
    "message_id IN (SELECT id FROM message"
    " WHERE conversation_id = ANY(CAST(:conversations AS uuid[])))"
)
_OF_MEMORIES = "memory_id IN (SELECT id FROM memory WHERE user_id = :user_id)"
# What others have said to a character of the user's, or it remembers of them, is theirs.
_USED_BY_OTHERS = " OR ".join(
    f"EXISTS (SELECT 1 FROM {table} AS used"
    " WHERE used.character_id = character.id AND used.user_id <> :user_id)"
    for table in ("conversation", "memory", "relationship")
)


@dataclass(frozen=True, slots=True)
class Held:
    """Rows of a user's. `theme` is what the export calls them; None: not shown, and `why` says why."""

    table: str
    whose: str
    theme: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Disowned(Held):
    """Rows that stay, without the user: `change` takes it out of them."""

    change: str = ""


# In the order in which they go: nothing is deleted before what hangs on it.
ERASED = (
    Held(
        "export_piece", f"export_id IN (SELECT id FROM data_export WHERE {_OF_USER})", why="a copy"
    ),
    Held("data_export", _OF_USER, why="a copy of all the rest"),
    Held("report", _OF_USER, "reports"),
    Disowned("report", "closed_by = :user_id", why="another's", change="closed_by = NULL"),
    Held("wanted_variant", _IN_CONVERSATIONS, why="what is about to be written"),
    Held("message_variant", _OF_MESSAGES, "messages"),
    Held("message_words", _OF_USER, why="the words of messages again, to search by"),
    Held("reply_context", _IN_CONVERSATIONS, "contexts"),
    Held("message", _IN_CONVERSATIONS, "messages"),
    Held("index_behind", _OF_MEMORIES, why="a mark of the vector index"),
    Held("memory_revision", _OF_MEMORIES, "memories"),
    Held("memory", _OF_USER, "memories"),
    Held("relationship_change", _OF_USER, "relationship-changes"),
    Held("relationship", _OF_USER, "relationships"),
    Held("conversation", _OF_USER, "conversations"),
    Held("kept_answer", _OF_USER, "kept-answers"),
    Held(
        "character_file",
        "character_id IN (SELECT id FROM character WHERE owner_id = :user_id)",
        "character-files",
    ),
    # Nobody's from then on, and for those alone who know it: as when its owner deletes it.
    Disowned(
        "character",
        f"owner_id = :user_id AND ({_USED_BY_OTHERS})",
        "characters",
        change="owner_id = NULL, card = NULL, picture_path = NULL,"
        " deleted_at = coalesce(deleted_at, now())",
    ),
    Held("character", "owner_id = :user_id", "characters"),
    Held("user_account", "id = :user_id", "account"),
)

# While an index is built, what is being written to it. It must not be taken out while somebody builds.
IN_FLIGHT = Disowned(
    "index_collection",
    "strpos(CAST(in_flight AS text), CAST(:user_id AS text)) > 0",
    why="ids on their way into the index",
    change="in_flight = (SELECT coalesce(jsonb_agg(place), '[]') FROM jsonb_array_elements(in_flight)"
    " AS place WHERE place->>1 <> CAST(:user_id AS text))",
)

# Their events and problems go with them. One under way ends by itself, finding nothing.
JOBS = Held(
    "procrastinate_jobs",
    "args->>'conversation_id' = ANY(CAST(:conversations AS text[]))",
    why="names a conversation, nothing more",
)

# Names people by ids that lead nowhere once they are erased.
KEPT = (
    Held(
        "admin_audit",
        "target_id = :user_id OR actor_id = :user_id",
        "admin-actions",
        why="the log of what admins did is only ever added to",
    ),
    Held(
        "erasure_receipt",
        _OF_USER,
        why="loses the id itself once all has been looked for again; a keyed hash of it stays",
    ),
)

NOBODYS = {
    "alembic_version": "the schema's version",
    "procrastinate_events": "goes with its job",
    "procrastinate_job_problem": "goes with its job",
    "procrastinate_periodic_defers": "not used",
    "procrastinate_workers": "processes",
    "revoked_token": "random ids of tokens, which expire; whose they were isn't stored",
    "sealing_key": "names of keys",
}

# Looked for afterwards; nothing of it may be left.
SEARCHED = (*ERASED, IN_FLIGHT)
