"""What is counted and timed, in one place. Names follow Prometheus' conventions."""

from prometheus_client import Counter, Gauge, Histogram

REPLIES = Counter("keepsake_replies_total", "Replies by how they ended", ["state"])
RECALLS = Counter("keepsake_recalls_total", "Recalls for a reply by outcome", ["outcome"])
FIRST_DELTA = Histogram(
    "keepsake_first_delta_seconds",
    "From the start of a turn to its first delta, the model's time included",
    buckets=(0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1.2, 2.5, 5, 10, 30),
)
FORMED = Counter("keepsake_memories_formed_total", "What formation did, by action", ["action"])
FORMATION_FAILURES = Counter("keepsake_formation_failures_total", "Formation runs that failed")
INDEX_PENDING = Gauge("keepsake_index_pending", "Memories found unsynced by the last sweep")
