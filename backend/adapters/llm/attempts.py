"""Repeats a call while that may help, then hands it to the fallback model."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from backend.adapters.llm.retry import RetryRule
from backend.errors import ModelError, ModelNotFound

log = structlog.get_logger(__name__)

Answer = TypeVar("Answer")
Sleep = Callable[[float], Awaitable[None]]


class Attempts:
    """Runs calls under a retry rule. `sleep` is a parameter so that tests needn't wait."""

    def __init__(self, rule: RetryRule, sleep: Sleep = asyncio.sleep) -> None:
        self._rule = rule
        self._sleep = sleep

    async def run(
        self,
        call: Callable[[str], Awaitable[Answer]],
        model: str,
        fallback: str | None,
        deadline: float,
    ) -> Answer:
        """Await `call(model)`; on failure repeat it, then try `call(fallback)` once.

        No wait goes past `deadline` (event loop time).

        Raises:
            ModelError: of the first model, also when the fallback failed too: that is the one to
                put right.
        """
        try:
            return await self._repeat(call, model, deadline)
        except ModelError as error:
            if fallback is None or fallback == model or not _another_model_may_help(error):
                raise
            log.warning("model_fallback", model=model, fallback=fallback, reason=error.code)
            try:
                return await call(fallback)
            except ModelError as second:
                log.warning("model_fallback_failed", fallback=fallback, reason=second.code)
            raise

    async def _repeat(
        self, call: Callable[[str], Awaitable[Answer]], model: str, deadline: float
    ) -> Answer:
        attempt = 0
        while True:
            try:
                return await call(model)
            except ModelError as error:
                wait = self._wait_after(error, attempt, deadline)
                if wait is None:
                    raise
                log.info("model_retry", model=model, reason=error.code, wait=round(wait, 2))
            attempt += 1
            await self._sleep(wait)

    def _wait_after(self, error: ModelError, attempt: int, deadline: float) -> float | None:
        if not error.retryable:
            return None
        wait = self._rule.wait(attempt, error.retry_after, random.random())
        remaining = deadline - asyncio.get_running_loop().time()
        return wait if wait is not None and wait < remaining else None


def _another_model_may_help(error: ModelError) -> bool:
    return error.retryable or isinstance(error, ModelNotFound)
