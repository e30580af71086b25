"""Formation: reading what was said and deciding what to keep. Runs off the reply path.

One run reads the oldest unformed messages of a conversation, extracts candidates, and writes what
they became together with the mark "formed up to here" in one transaction (T3). The mark is
compared and set, so each message is formed exactly once however often a job runs or crashes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog

from backend.errors import Conflict, ServiceUnavailable
from backend.memory.changes import Finding, carry_out
from backend.memory.consolidation import fingerprint
from backend.memory.episodes import says_something
from backend.memory.history import MemoryChange
from backend.memory.indexing import index_memories
from backend.memory.ledger import move
from backend.memory.likeness import Likeness, find_alike
from backend.memory.matching import read_known
from backend.memory.questions import settle_by_answers
from backend.memory.reading import as_lines
from backend.memory.resources import MemoryResources
from backend.memory.speakers import speakers_of
from backend.memory.takebacks import take_back
from backend.models import Conversation, Memory, Message, Owner, Relationship
from backend.models.candidate import Candidate, Extraction, Transcript, TranscriptLine
from backend.ports import Extractor
from backend.store import Transaction

BATCH_MESSAGES = 40
BATCH_CHARACTERS = 24_000  # about 6,000 tokens
PRECEDING_LINES = 4

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FormationOutcome:
    """What one conversation's run led to; `relationship`: how the two stand, if that changed."""

    owner: Owner
    changes: tuple[MemoryChange, ...]
    relationship: Relationship | None


@dataclass(frozen=True, slots=True)
class _Batch:
    conversation: Conversation
    messages: list[Message]
    transcript: Transcript
    zone: ZoneInfo  # the user's
    is_all: bool  # nothing else waited when it was read


async def form_memory(
    resources: MemoryResources,
    extractor: Extractor,
    conversation_id: UUID,
    *,
    threshold: float,
) -> FormationOutcome | None:
    """Form everything of a conversation that isn't yet; what comes while the last batch is read asks for
    a run of its own. None: there was nothing, or the conversation is gone.

    Raises:
        ModelError, EncoderUnavailable, IndexUnavailable, StoreUnavailable: nothing of the batch
            was kept; run again.
    """
    outcome: FormationOutcome | None = None
    indexed: set[UUID] = set()
    while batch := await _next_batch(resources, conversation_id):
        extraction = await extractor.extract(batch.transcript)
        try:
            formed = await _keep(resources, batch, extraction, threshold, indexed)
        except Conflict:
            log.info("formation.overtaken", conversation_id=str(conversation_id))
            return outcome
        outcome = _together(outcome, formed)
        if batch.is_all:
            break
    return outcome


def _together(earlier: FormationOutcome | None, later: FormationOutcome) -> FormationOutcome:
    if earlier is None:
        return later
    changes = earlier.changes + later.changes
    return FormationOutcome(later.owner, changes, later.relationship or earlier.relationship)


async def _next_batch(resources: MemoryResources, conversation_id: UUID) -> _Batch | None:
    async with resources.store.transaction() as tx:
        conversation = await tx.conversations.get(conversation_id)
        if conversation is None or conversation.status == "deleted":
            return None
        changed = await tx.formation.changed(conversation_id, limit=BATCH_MESSAGES)
        waiting = changed or await tx.formation.unformed(conversation_id, limit=BATCH_MESSAGES)
        messages = _within_size(waiting)
        if not messages:
            return None
        speakers = await speakers_of(tx, conversation.owner)
        before = await tx.messages.preceding(
            conversation_id, messages[0].seq, limit=PRECEDING_LINES
        )
    names, zone = speakers.names, speakers.zone
    transcript = Transcript(
        names["user"],
        names["character"],
        as_lines(filter(says_something, messages), names, zone),
        as_lines(filter(says_something, before), names, zone),
    )
    is_all = not changed and len(messages) == len(waiting) < BATCH_MESSAGES
    return _Batch(conversation, messages, transcript, zone, is_all)


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


async def _keep(
    resources: MemoryResources,
    batch: _Batch,
    extraction: Extraction,
    threshold: float,
    indexed: set[UUID],
) -> FormationOutcome:
    """T3, once everything was compared that another run may have stored meanwhile, and T4.
    `indexed` are facts of this run that the index has; it grows."""
    resources = resources.settled()
    candidates = [found for found in extraction.candidates if found.confidence >= threshold]
    details = _costs(extraction)
    findings = [Finding(found, _draft(batch, found), details) for found in candidates]
    owner = batch.conversation.owner
    drafts = [finding.draft for finding in findings]
    alike = await find_alike(resources, owner, drafts, indexed)
    while True:
        async with resources.store.transaction() as tx:
            await tx.memories.lock(owner)
            unseen = await alike.unseen(tx)
            if not unseen:
                outcome = await _store(tx, batch, extraction, findings, alike)
                break
        await alike.compare(resources, unseen)
    touched = {change.memory.id: change.memory for change in outcome.changes}
    # One that was only said again is in the index as it is.
    outdated = [memory for memory in touched.values() if memory.index_state != "synced"]
    encoded = {draft.id: vector for draft, vector in zip(drafts, alike.vectors, strict=True)}
    try:
        await index_memories(resources, outdated, encoded)
        indexed.update(touched)
    except ServiceUnavailable as error:  # it is kept; the sweep will index it
        log.warning("formation.index_later", memories=len(outdated), code=error.code)
    return outcome


async def _store(
    tx: Transaction,
    batch: _Batch,
    extraction: Extraction,
    findings: Sequence[Finding],
    alike: Likeness,
) -> FormationOutcome:
    owner = batch.conversation.owner
    await _mark_formed(tx, batch)
    changes = await settle_by_answers(tx, owner, _exchanges(batch))
    if findings:
        changes += await _consolidate(tx, owner, findings, alike)
    if extraction.taken_back:
        changes += await take_back(tx, owner, extraction.taken_back)
    spoken = [message for message in _read(batch) if message.sender_type == "user"]
    relationship = None
    if spoken:
        relationship = await move(tx, owner, spoken, extraction.signals, batch.zone)
    return FormationOutcome(owner, tuple(changes), relationship)


async def _mark_formed(tx: Transaction, batch: _Batch) -> None:
    """Before anything is written: whoever comes second, or read words that were changed or
    forgotten meanwhile, fails here."""
    await tx.formation.confirm(batch.messages)
    formed_seq, newest = batch.conversation.formed_seq, batch.messages[-1].seq
    if newest > formed_seq:
        await tx.formation.advance(batch.conversation.id, from_seq=formed_seq, to_seq=newest)


def _costs(extraction: Extraction) -> dict[str, Any]:
    """What the history keeps of the call that found something. Tokens are the whole batch's, those read
    apart, since providers charge less for them."""
    details: dict[str, Any] = {"model": extraction.model}
    if extraction.calls:
        details |= {
            "prompt": extraction.prompt_version,
            "batchCalls": extraction.calls,
            "batchTokens": extraction.tokens,
            "batchPromptTokens": extraction.prompt_tokens,
        }
    return details


def _read(batch: _Batch) -> list[Message]:
    read = {line.message_id for line in batch.transcript.lines}
    return [message for message in batch.messages if message.id in read]


def _exchanges(batch: _Batch) -> list[tuple[TranscriptLine, Message]]:
    """The user's messages that answer the character, each behind the character's words."""
    said = {message.id: message for message in batch.messages}
    lines = (*batch.transcript.preceding[-1:], *batch.transcript.lines)
    return [
        (before, said[line.message_id])
        for before, line in pairwise(lines)
        if (before.sender_type, line.sender_type) == ("character", "user")
    ]


def _draft(batch: _Batch, candidate: Candidate) -> Memory:
    """The memory that a candidate becomes if it is new. Dated by the messages that it cites."""
    cited = [m for m in batch.messages if m.id in candidate.source_message_ids]
    said_at = max((m.created_at for m in cited), default=batch.messages[-1].created_at)
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
        sensitive=any(m.sensitive for m in cited),
        index_text=candidate.content,
    )


async def _consolidate(
    tx: Transaction, owner: Owner, findings: Sequence[Finding], alike: Likeness
) -> list[MemoryChange]:
    """Decide on one after the other: each may be said again, or contradicted, by the next."""
    known = await read_known(tx, owner, findings, alike.cosines)
    changes: list[MemoryChange] = []
    for place, finding in enumerate(findings):
        decision = known.decide_on(finding, alike.cosines[place])
        made = await carry_out(tx, decision, finding, known.claims, known.mentions)
        if any(change.memory is finding.draft for change in made):
            known.memories[finding.draft.id] = finding.draft
            alike.add_draft(place, finding.draft.id)
        changes += made
    return changes
