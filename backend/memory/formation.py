"""Formation: reading what was said and deciding what to keep. Runs off the reply path.

One run reads the oldest unformed messages of a conversation, extracts candidates, and writes what
they became together with the mark "formed up to here" in one transaction (T3). The mark is
compared and set, so each message is formed exactly once however often a job runs or crashes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from uuid import UUID

import structlog

from backend.errors import Conflict, ServiceUnavailable
from backend.memory.consolidation import (
    Action,
    Decision,
    decide,
    fingerprint,
    reinforced_confidence,
)
from backend.memory.indexing import encode_memories, index_memories
from backend.memory.relationship import Delta, daily_spend, read_signal, step
from backend.memory.resources import MemoryResources
from backend.models import (
    Conversation,
    Memory,
    MemoryRevision,
    Message,
    Relationship,
    RelationshipChange,
    utc_now,
)
from backend.models.candidate import Candidate, Transcript, TranscriptLine
from backend.ports import Extractor, SparseVector
from backend.store import Transaction
from embeddings.base import Vectors

BATCH_MESSAGES = 40
BATCH_CHARACTERS = 24_000  # about 6,000 tokens
PRECEDING_LINES = 4
NEAR_CANDIDATES = 5
DAY_OF_CHANGES = 20_000  # more than the message rate lets a day bring
_NO_KEYWORDS = SparseVector((), ())

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class MemoryChange:
    """What formation did with one thing: `added`, `reinforced` or `superseded`."""

    action: str
    memory: Memory


@dataclass(frozen=True, slots=True)
class FormationOutcome:
    """What one conversation's run led to."""

    conversation: Conversation
    changes: tuple[MemoryChange, ...]
    relationship_changed: bool


@dataclass(frozen=True, slots=True)
class _Batch:
    conversation: Conversation
    messages: list[Message]
    transcript: Transcript


async def form_memory(
    resources: MemoryResources,
    extractor: Extractor,
    conversation_id: UUID,
    *,
    threshold: float,
) -> FormationOutcome | None:
    """Form everything of a conversation that isn't yet. None: there was nothing, or it is gone.

    Raises:
        ModelError, EncoderUnavailable, IndexUnavailable, StoreUnavailable: nothing of the batch
            was kept; run again.
    """
    outcome: FormationOutcome | None = None
    while batch := await _next_batch(resources, conversation_id):
        extraction = await extractor.extract(batch.transcript)
        candidates = [found for found in extraction.candidates if found.confidence >= threshold]
        try:
            formed = await _keep(resources, batch, candidates)
        except Conflict:
            log.info("formation.overtaken", conversation_id=str(conversation_id))
            return outcome
        earlier = outcome.changes if outcome else ()
        outcome = FormationOutcome(
            formed.conversation,
            earlier + formed.changes,
            formed.relationship_changed or bool(outcome and outcome.relationship_changed),
        )
    return outcome


async def _next_batch(resources: MemoryResources, conversation_id: UUID) -> _Batch | None:
    async with resources.store.transaction() as tx:
        conversation = await tx.conversations.get(conversation_id)
        if conversation is None or conversation.status == "deleted":
            return None
        messages = _within_size(await tx.formation.unformed(conversation_id, limit=BATCH_MESSAGES))
        if not messages:
            return None
        user = await tx.users.get(conversation.user_id)
        character = await tx.characters.get(conversation.character_id)
        before = await tx.formation.preceding(
            conversation_id, messages[0].seq, limit=PRECEDING_LINES
        )
    assert user is not None, "a conversation goes with its user"
    assert character is not None, "a conversation goes with its character"
    names = {"user": user.display_name, "character": character.name}
    transcript = Transcript(
        user.display_name,
        character.name,
        _lines(messages, names),
        _lines(before, names),
    )
    return _Batch(conversation, messages, transcript)


def _within_size(messages: Sequence[Message]) -> list[Message]:
    """The first messages that fit a batch; at least one, however long."""
    kept: list[Message] = []
    size = 0
    for message in messages:
        size += len(message.content)
        if kept and size > BATCH_CHARACTERS:
            break
        kept.append(message)
    return kept


def _lines(messages: Sequence[Message], names: dict[str, str]) -> tuple[TranscriptLine, ...]:
    return tuple(
        TranscriptLine(
            message.id,
            message.sender_type,
            names[message.sender_type],
            message.content,
            message.created_at,
        )
        for message in messages
        if message.type != "system" and message.state != "failed" and not message.deleted_at
    )


async def _keep(
    resources: MemoryResources, batch: _Batch, candidates: Sequence[Candidate]
) -> FormationOutcome:
    drafts = [_draft(batch, candidate) for candidate in candidates]
    vectors = await encode_memories(resources, drafts)
    near = await _near(resources, batch.conversation, vectors)
    changes: list[MemoryChange] = []
    async with resources.store.transaction() as tx:
        await tx.memories.lock(batch.conversation.owner)
        # The mark next: whoever comes second fails here, before writing anything.
        await tx.formation.advance(
            batch.conversation.id,
            from_seq=batch.conversation.formed_seq,
            to_seq=batch.messages[-1].seq,
        )
        for candidate, draft, similar in zip(candidates, drafts, near, strict=True):
            changes += await _consolidate(tx, candidate, draft, similar)
        moved = await _update_relationship(tx, batch)
    touched = {change.memory.id: change.memory for change in changes}
    try:
        await index_memories(resources, list(touched.values()))
    except ServiceUnavailable as error:  # it is kept; the sweep will index it
        log.warning("formation.index_later", memories=len(touched), code=error.code)
    return FormationOutcome(batch.conversation, tuple(changes), moved)


def _draft(batch: _Batch, candidate: Candidate) -> Memory:
    """The memory that a candidate becomes if it is new. Dated by the messages that it cites."""
    said_at = max(
        (m.created_at for m in batch.messages if m.id in candidate.source_message_ids),
        default=batch.messages[-1].created_at,
    )
    return Memory(
        character_id=batch.conversation.character_id,
        user_id=batch.conversation.user_id,
        conversation_id=batch.conversation.id,
        kind="fact",
        content=candidate.content,
        content_hash=fingerprint(candidate),
        category=candidate.category,
        confidence=candidate.confidence,
        importance=candidate.importance,
        first_mentioned=said_at,
        last_reinforced=said_at,
        about=candidate.about,
        about_name=candidate.about_name,
        realm=candidate.realm,
        event_time=candidate.event_time,
        mention_time=said_at,
        valid_from=said_at,
        source_message_ids=list(candidate.source_message_ids),
        attribute=candidate.attribute,
        index_text=candidate.content,
    )


async def _near(
    resources: MemoryResources, conversation: Conversation, vectors: Vectors
) -> list[dict[UUID, float]]:
    """For each draft, the owner's nearest facts: id to cosine."""
    return [
        (
            await resources.index.search(
                conversation.owner, vector, _NO_KEYWORDS, limit=NEAR_CANDIDATES, kinds=("fact",)
            )
        ).dense
        for vector in vectors
    ]


async def _consolidate(
    tx: Transaction, candidate: Candidate, draft: Memory, similar: dict[UUID, float]
) -> list[MemoryChange]:
    owner = draft.owner
    stored = {memory.id: memory for memory in await tx.memories.of_owner(owner, list(similar))}
    decision = decide(
        candidate,
        same_content=await tx.memories.by_content_hash(owner, "fact", draft.content_hash),
        same_attribute=(
            await tx.memories.by_attribute(owner, candidate.attribute)
            if candidate.attribute
            else ()
        ),
        near=[
            (stored[key], similarity)
            for key, similarity in similar.items()
            if key in stored and stored[key].status == "active"
        ],
    )
    return await _carry_out(tx, decision, candidate, draft)


async def _carry_out(
    tx: Transaction, decision: Decision, candidate: Candidate, draft: Memory
) -> list[MemoryChange]:
    match decision.action:
        case Action.IGNORE:
            return []
        case Action.REINFORCE:
            return [await _reinforce(tx, decision.targets[0], candidate, draft)]
        case Action.SUPERSEDE:
            # An import may bring the elder value last: what is newest by its own time holds.
            newer = [old for old in decision.targets if old.mention_time > draft.mention_time]
            if newer:
                return [await _add_as_past(tx, draft, newer[0])]
            changes = [await _supersede(tx, old, draft) for old in decision.targets]
            return changes + await _add(tx, draft)
        case Action.ADD:
            return await _add(tx, draft)


async def _add(tx: Transaction, draft: Memory) -> list[MemoryChange]:
    if not await tx.memories.add([draft]):
        return []
    await _write_history(tx, draft, "added", draft.source_message_ids)
    return [MemoryChange("added", draft)]


async def _add_as_past(tx: Transaction, draft: Memory, holder: Memory) -> MemoryChange:
    draft.status = "superseded"
    draft.superseded_by = holder.id
    draft.valid_to = holder.valid_from
    await tx.memories.add([draft])
    await _write_history(tx, draft, "added", draft.source_message_ids)
    return MemoryChange("superseded", draft)


async def _reinforce(
    tx: Transaction, memory: Memory, candidate: Candidate, draft: Memory
) -> MemoryChange:
    memory.reinforcement_count += 1
    memory.confidence = reinforced_confidence(memory.confidence, candidate.confidence)
    memory.last_reinforced = max(memory.last_reinforced, draft.mention_time)
    memory.source_message_ids = [
        *memory.source_message_ids,
        *(key for key in candidate.source_message_ids if key not in memory.source_message_ids),
    ]
    memory.updated_at = utc_now()
    await tx.memories.save(memory)
    await _write_history(tx, memory, "reinforced", list(candidate.source_message_ids))
    return MemoryChange("reinforced", memory)


async def _supersede(tx: Transaction, memory: Memory, by: Memory) -> MemoryChange:
    memory.status = "superseded"
    memory.superseded_by = by.id
    memory.valid_to = by.valid_from
    memory.index_state = "pending"
    memory.updated_at = utc_now()
    await tx.memories.save(memory)
    await _write_history(tx, memory, "superseded", by.source_message_ids)
    return MemoryChange("superseded", memory)


async def _write_history(
    tx: Transaction, memory: Memory, action: str, because_of: Sequence[UUID]
) -> None:
    await tx.memories.revise(
        MemoryRevision(
            memory_id=memory.id,
            action=action,
            content=memory.content,
            details={"confidence": memory.confidence, "count": memory.reinforcement_count},
            source_message_ids=list(because_of),
        )
    )


async def _update_relationship(tx: Transaction, batch: _Batch) -> bool:
    read = {line.message_id for line in batch.transcript.lines}
    spoken = [m for m in batch.messages if m.sender_type == "user" and m.id in read]
    if not spoken:
        return False
    owner = batch.conversation.owner
    relationship = await tx.relationships.get(owner, for_update=True)
    # Caps are per day of what was said: an import brings many days at once, and old ones last.
    for day, said in groupby(spoken, key=_day_of):
        ledger = await tx.relationships.changes(
            owner, since=day, before=day + timedelta(days=1), limit=DAY_OF_CHANGES
        )
        spent = daily_spend(ledger)
        for message in said:
            spent = spent.plus(await _move(tx, relationship, message, spent))
    relationship.updated_at = utc_now()
    await tx.relationships.save(relationship)
    return True


def _day_of(message: Message) -> datetime:
    at = message.created_at.astimezone(UTC)
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


async def _move(
    tx: Transaction, relationship: Relationship, message: Message, spent: Delta
) -> Delta:
    """Let one message move the relationship, and write it into the ledger."""
    delta, reason = step(relationship, read_signal(message.content), spent)
    relationship.total_interactions += 1
    if not delta.is_zero:
        await tx.relationships.add_change(
            RelationshipChange(
                character_id=relationship.character_id,
                user_id=relationship.user_id,
                message_id=message.id,
                delta=delta.as_dict(),
                reason=reason,
                created_at=message.created_at,
            )
        )
    return delta
