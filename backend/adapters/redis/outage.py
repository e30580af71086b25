"""One log line when a service goes away and one when it is back, whatever happens between; and a
metric that says which it is."""

import structlog

from backend.monitoring.metrics import REDIS_UP

log = structlog.get_logger(__name__)


class Outage:
    """The state of one use of Redis; `use` names it in the log."""

    def __init__(self, use: str) -> None:
        self._use = use
        self._failures = 0
        self._up = REDIS_UP.labels(use)
        self._up.set(1)

    def failed(self, error: BaseException) -> None:
        """Note a failure; the first of an outage is logged."""
        if self._failures == 0:
            log.warning("redis.outage", use=self._use, error=f"{type(error).__name__}: {error}")
            self._up.set(0)
        self._failures += 1

    def worked(self) -> None:
        """Note a success; the first after an outage is logged, with the failures between."""
        if self._failures:
            log.info("redis.back", use=self._use, failures=self._failures)
            self._failures = 0
            self._up.set(1)
