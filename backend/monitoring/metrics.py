"""What is counted and timed, in one place. Names follow Prometheus' conventions.

Workers behind one port write into files of one folder, PROMETHEUS_MULTIPROC_DIR, and whichever is
asked adds them up; a gauge says how by its `multiprocess_mode`.
"""

import os

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

FORMED = Counter("keepsake_memories_formed_total", "What formation did, by action", ["action"])
FORMATION_FAILURES = Counter("keepsake_formation_failures_total", "Formation runs that failed")
INDEX_PENDING = Gauge(
    "keepsake_index_pending",
    "Memories found unsynced by the last sweep",
    multiprocess_mode="mostrecent",
)
REBUILD_DONE = Gauge(
    "keepsake_index_rebuild_done",
    "Memories that the collection being built has",
    multiprocess_mode="mostrecent",
)
REBUILD_TOTAL = Gauge(
    "keepsake_index_rebuild_total",
    "Memories that it will have; 0 if none is built",
    multiprocess_mode="mostrecent",
)
FOLDED = Counter("keepsake_summaries_total", "Summaries written")
SUMMARY_FAILURES = Counter("keepsake_summary_failures_total", "Summary runs that failed")
EXPIRED = Counter("keepsake_memories_expired_total", "Memories given up by age")
DELETED = Counter("keepsake_messages_deleted_total", "Messages deleted by age")
EXTRACTION_CALLS = Counter(
    "keepsake_extraction_calls_total", "Calls to a model to form memory", ["model", "outcome"]
)
EXTRACTION_TOKENS = Counter(
    "keepsake_extraction_tokens_total", "Tokens that forming memory took", ["model", "kind"]
)
EXTRACTION_PROPOSALS = Counter(
    "keepsake_extraction_proposals_total", "What a model proposed to remember", ["outcome"]
)

CONTENT_DECISIONS = Counter(
    "keepsake_content_decisions_total",
    "What content policy decided of a message or of a reply",
    ["action", "reason", "about"],
)

# --- real time -----------------------------------------------------------------------------------
# `transport` is `websocket` or `socket.io`.

CONNECTIONS = Gauge(
    "keepsake_connections",
    "Open connections of signed-in clients",
    ["transport"],
    multiprocess_mode="livesum",
)
EVENTS_SENT = Counter(
    "keepsake_events_sent_total", "Events given to connections, acks not counted", ["transport"]
)
SLOW_READERS = Counter(
    "keepsake_slow_readers_total", "Connections cut off since they did not read", ["transport"]
)
FRAMES_REFUSED = Counter(
    "keepsake_frames_refused_total",
    "Events and frames that were refused, by the error's code",
    ["transport", "code"],
)
TURNS_RUNNING = Gauge(
    "keepsake_turns_running",
    "Conversations that are being answered",
    multiprocess_mode="livesum",
)

# --- between processes ---------------------------------------------------------------------------

EVENTS_PUBLISHED = Counter("keepsake_events_published_total", "Events given to Redis")
EVENTS_RECEIVED = Counter("keepsake_events_received_total", "Events that came from other processes")
EVENTS_LOST = Counter(
    "keepsake_events_lost_total", "Events that no other process got, since Redis was away"
)
REDIS_UP = Gauge(
    "keepsake_redis_up",
    "1 while a use of Redis works, 0 in an outage",
    ["use"],
    multiprocess_mode="livemin",
)


def exposition() -> bytes:
    """All of it in Prometheus' text format."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return generate_latest(together)
