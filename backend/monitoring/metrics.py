"""What is counted and timed, in one place. Names follow Prometheus' conventions."""

from prometheus_client import Counter, Gauge

FORMED = Counter("keepsake_memories_formed_total", "What formation did, by action", ["action"])
FORMATION_FAILURES = Counter("keepsake_formation_failures_total", "Formation runs that failed")
INDEX_PENDING = Gauge("keepsake_index_pending", "Memories found unsynced by the last sweep")
