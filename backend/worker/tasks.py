"""What background jobs do: form memory, fold summaries, tell the user's clients what changed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from backend.errors import KeepsakeError
from backend.gateway.memory_events import changed, memory_updated
from backend.gateway.protocol import ServerEvent, user_room
from backend.gateway.views_memory import RelationshipView
from backend.memory.formation import FormationOutcome, form_memory
from backend.memory.resources import MemoryResources
from backend.memory.summaries import Fold, fold
from backend.memory.summary_range import is_due
from backend.models import Conversation, utc_now
from backend.monitoring.metrics import FOLDED, FORMATION_FAILURES, FORMED, SUMMARY_FAILURES
from backend.ports import Extractor, Summariser
from backend.store import Transaction
from backend.worker.counting import CountedExtractor
from backend.worker.ripeness import Ripeness

log = structlog.get_logger(__name__)

Publish = Callable[[str, str, dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class FormationTask:
    """Runs formation jobs.

    `ripeness` says when a model reads; None: at once, since rules cost nothing.

    Each run also looks whether the conversation's summary is due, by the `window` of messages that
    prompts show; the summary is a job of its own, so that neither waits for the other's failures.
    """

    resources: MemoryResources
    extractor: Extractor
    publish: Publish
    threshold: float
    ripeness: Ripeness | None = None
    window: int = 20

    async def run(self, conversation_id: UUID) -> None:
        """Form a conversation's new messages, or wait until it is ripe.

        Raises:
            KeepsakeError: the job is tried again, and parked after its last try.
        """
        if not await self._is_ripe(conversation_id):
            return
        try:
            outcome = await form_memory(
                self.resources,
                CountedExtractor(self.extractor),
                conversation_id,
                threshold=self.threshold,
            )
        except KeepsakeError as error:
            FORMATION_FAILURES.inc()
            log.warning("formation.failed", conversation_id=str(conversation_id), code=error.code)
            raise
        if outcome:
            await self._announce(outcome)

    async def _is_ripe(self, conversation_id: UUID) -> bool:
        """Whether to form now; if not, it is asked for again when it will be. The conversation is read
        in any case, so this is where a summary is asked for, too."""
        async with self.resources.store.transaction() as tx:
            conversation = await tx.conversations.get(conversation_id)
            if conversation is None:
                return False
            if is_due(conversation, self.window):
                await tx.summaries.enqueue(conversation_id)
            wait = await self._unripe_for(tx, conversation)
            if wait:
                await tx.formation.enqueue(conversation_id, delay_seconds=wait)
        return not wait

    async def _unripe_for(self, tx: Transaction, conversation: Conversation) -> float:
        """Seconds until the conversation is ripe; 0 if it is."""
        if self.ripeness is None or conversation.last_message_at is None:
            return 0.0
        waiting = await tx.formation.waiting(conversation.id)
        silence = (utc_now() - conversation.last_message_at).total_seconds()
        return self.ripeness.wait(waiting, silence, first=conversation.formed_seq == 0)

    async def _announce(self, outcome: FormationOutcome) -> None:
        owner = outcome.owner
        room = user_room(owner.user_id)
        for change in outcome.changes:
            FORMED.labels(change.action).inc()
        if outcome.changes:
            changes = [changed(change.action, change.memory) for change in outcome.changes]
            learned = memory_updated(owner, changes)
            await self.publish(room, ServerEvent.MEMORY_UPDATED, learned.wire())
        if outcome.relationship:
            view = RelationshipView.of(outcome.relationship).wire()
            await self.publish(room, ServerEvent.RELATIONSHIP_UPDATED, view)


@dataclass(frozen=True, slots=True)
class SummaryTask:
    """Runs summary jobs. `window`: how many messages prompts show."""

    resources: MemoryResources
    summariser: Summariser
    publish: Publish
    window: int

    async def run(self, conversation_id: UUID) -> None:
        """Fold what is due of a conversation into its summary.

        Raises:
            KeepsakeError: the job is tried again, and parked after its last try.
        """
        try:
            done = await fold(self.resources, self.summariser, conversation_id, window=self.window)
        except KeepsakeError as error:
            SUMMARY_FAILURES.inc()
            log.warning("summary.failed", conversation_id=str(conversation_id), code=error.code)
            raise
        if done:
            FOLDED.inc()
            await self._announce(done)

    async def _announce(self, done: Fold) -> None:
        memories = {"added": done.summary, "superseded": done.superseded}
        changes = [changed(action, memory) for action, memory in memories.items() if memory]
        owner = done.summary.owner
        event = memory_updated(owner, changes)
        await self.publish(user_room(owner.user_id), ServerEvent.MEMORY_UPDATED, event.wire())
