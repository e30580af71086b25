"""What background jobs do: form memory, and tell the user's clients what changed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from backend.errors import KeepsakeError
from backend.gateway.protocol import ServerEvent, user_room
from backend.gateway.views import MemoryView, RelationshipView
from backend.memory.formation import FormationOutcome, form_memory
from backend.memory.resources import MemoryResources
from backend.models import utc_now
from backend.monitoring.metrics import FORMATION_FAILURES, FORMED
from backend.ports import Extractor

log = structlog.get_logger(__name__)

Publish = Callable[[str, str, dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class FormationTask:
    """Runs formation jobs.

    A conversation is ripe when `batch_messages` wait or nobody has spoken for `quiet_seconds`: so
    that a model reads several turns in one call. 0 seconds: always ripe.
    """

    resources: MemoryResources
    extractor: Extractor
    publish: Publish
    threshold: float
    quiet_seconds: float
    batch_messages: int = 12

    async def run(self, conversation_id: UUID) -> None:
        """Form a conversation's new messages, or wait until it is ripe.

        Raises:
            KeepsakeError: the job is tried again, and parked after its last try.
        """
        if wait := await self._unripe_for(conversation_id):
            async with self.resources.store.transaction() as tx:
                await tx.formation.enqueue(conversation_id, delay_seconds=wait)
            return
        try:
            outcome = await form_memory(
                self.resources, self.extractor, conversation_id, threshold=self.threshold
            )
        except KeepsakeError as error:
            FORMATION_FAILURES.inc()
            log.warning("formation.failed", conversation_id=str(conversation_id), code=error.code)
            raise
        if outcome:
            await self._announce(outcome)

    async def _unripe_for(self, conversation_id: UUID) -> float:
        """Seconds until the conversation is ripe; 0 if it is."""
        if not self.quiet_seconds:
            return 0.0
        async with self.resources.store.transaction() as tx:
            conversation = await tx.conversations.get(conversation_id)
        if conversation is None or conversation.last_message_at is None:
            return 0.0
        if conversation.last_seq - conversation.formed_seq >= self.batch_messages:
            return 0.0
        ripe_at = conversation.last_message_at + timedelta(seconds=self.quiet_seconds)
        return max(0.0, (ripe_at - utc_now()).total_seconds())

    async def _announce(self, outcome: FormationOutcome) -> None:
        owner = outcome.conversation.owner
        room = user_room(owner.user_id)
        who = {"characterId": str(owner.character_id), "userId": str(owner.user_id)}
        for change in outcome.changes:
            FORMED.labels(change.action).inc()
        if outcome.changes:
            changes = [
                {"action": change.action, "memory": MemoryView.of(change.memory).wire()}
                for change in outcome.changes
            ]
            await self.publish(room, ServerEvent.MEMORY_UPDATED, {**who, "changes": changes})
        if outcome.relationship_changed:
            async with self.resources.store.transaction() as tx:
                relationship = await tx.relationships.get(owner)
            view = RelationshipView.of(relationship).wire()
            await self.publish(room, ServerEvent.RELATIONSHIP_UPDATED, view)
