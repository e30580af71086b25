"""What is counted and timed, in one place. Names follow Prometheus' conventions."""

from prometheus_client import Counter, Gauge

FORMED = Counter("keepsake_memories_formed_total", "What formation did, by action", ["action"])
FORMATION_FAILURES = Counter("keepsake_formation_failures_total", "Formation runs that failed")
INDEX_PENDING = Gauge("keepsake_index_pending", "Memories found unsynced by the last sweep")
REBUILD_DONE = Gauge("keepsake_index_rebuild_done", "Memories that the collection being built has")
REBUILD_TOTAL = Gauge(
    "keepsake_index_rebuild_total", "Memories that it will have; 0 if none is built"
)
FOLDED = Counter("keepsake_summaries_total", "Summaries written")
SUMMARY_FAILURES = Counter("keepsake_summary_failures_total", "Summary runs that failed")
EXPIRED = Counter("keepsake_memories_expired_total", "Memories given up by age")
EXTRACTION_CALLS = Counter(
    "keepsake_extraction_calls_total", "Calls to a model to form memory", ["model", "outcome"]
)
EXTRACTION_TOKENS = Counter(
    "keepsake_extraction_tokens_total", "Tokens that forming memory took", ["model", "kind"]
)
EXTRACTION_PROPOSALS = Counter(
    "keepsake_extraction_proposals_total", "What a model proposed to remember", ["outcome"]
)
