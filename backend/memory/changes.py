"""Carrying out what was decided about a candidate, in the caller's transaction and under the
owner's lock: every change to a memory is a line of its history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.memory.claims import accept, give_up, supersede
from backend.memory.consolidation import (
    Action,
    Decision,
    Mention,
    independence,
    is_doubtful,
    reinforced_confidence,
)
from backend.memory.history import MemoryChange, write_line
from backend.models import Memory, utc_now
from backend.models.candidate import Candidate
from backend.store import Transaction

EARLIER_MENTIONS = 20  # looked at to tell a repetition; the newest


@dataclass(frozen=True, slots=True)
class Saying:
    """Messages of one conversation that say one thing together, when they did, and how sure they make
    us of it, 0-1. `details` go into the history; `sensitive` if one of the messages is."""

    message_ids: tuple[UUID, ...]
    conversation_id: UUID
    said_at: datetime
    confidence: float
    details: dict[str, Any] = field(default_factory=dict)
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A candidate and the memory it becomes if it is new; `details` go into the history."""

    candidate: Candidate
    draft: Memory
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def saying(self) -> Saying:
        """The messages that it was found in."""
        assert self.draft.conversation_id is not None, "a draft comes from a conversation"
        return Saying(
            tuple(self.draft.source_message_ids),
            self.draft.conversation_id,
            self.draft.mention_time,
            self.candidate.confidence,
            self.details,
            self.draft.sensitive,
        )


Mentions = Mapping[UUID, Mention]  # by the message


async def mentions_of(tx: Transaction, memories: Iterable[Memory]) -> Mentions:
    """Where and when memories were mentioned last, as far as that tells a repetition."""
    named = {key for memory in memories for key in memory.source_message_ids[-EARLIER_MENTIONS:]}
    return {
        message.id: Mention(message.id, message.conversation_id, message.created_at)
        for message in await tx.messages.of_ids(list(named))
    }


async def carry_out(
    tx: Transaction,
    decision: Decision,
    finding: Finding,
    claims: Sequence[Memory],
    mentions: Mentions,
) -> list[MemoryChange]:
    """Do what was decided. `claims` are the owner's open ones; those it settles change in place.
    `mentions` are those of the memories concerned."""
    draft = finding.draft
    match decision.action:
        case Action.IGNORE:
            return []
        case Action.REINFORCE:
            return await reinforce(tx, decision.targets[0], finding.saying, claims, mentions)
        case Action.CONFIRM:
            return await _confirm(tx, decision.targets[0], finding, claims, mentions)
        case Action.ADD:
            return await _add(tx, finding)
    # An import may bring the elder value last: what is newest by its own time holds.
    newer = [old for old in decision.targets if old.mention_time > draft.mention_time]
    if newer:
        return [await _add_as_past(tx, finding, newer[0])]
    if decision.action is Action.QUESTION:
        return await _question(tx, finding, decision.targets)
    changes = await supersede(tx, decision.targets, draft, claims)
    return changes + await _add(tx, finding)


async def _add(tx: Transaction, finding: Finding) -> list[MemoryChange]:
    # The time it is stored at, for whoever looks for what came since their search.
    finding.draft.created_at = finding.draft.updated_at = utc_now()
    await tx.memories.learn(finding.draft)
    await _write_history(tx, finding.draft, "added", finding.saying)
    return [MemoryChange("added", finding.draft)]


async def _add_as_past(tx: Transaction, finding: Finding, holder: Memory) -> MemoryChange:
    draft = finding.draft
    draft.status = "superseded"
    draft.superseded_by = holder.id
    draft.valid_to = holder.valid_from
    await tx.memories.learn(draft)
    await _write_history(tx, draft, "added", finding.saying)
    return MemoryChange("superseded", draft)


async def reinforce(
    tx: Transaction, memory: Memory, saying: Saying, claims: Sequence[Memory], mentions: Mentions
) -> list[MemoryChange]:
    """One more mention. Whoever says again what was in question settles it."""
    settled = [
        claim
        for claim in claims
        if claim.questions == memory.id and saying.said_at >= claim.mention_time
    ]
    action = await _mention_again(tx, memory, saying, mentions, settled)
    for claim in settled:
        await give_up(tx, claim, memory)
    return [MemoryChange(action, memory)]


async def _mention_again(
    tx: Transaction,
    memory: Memory,
    saying: Saying,
    mentions: Mentions,
    settled: Sequence[Memory] = (),
) -> str:
    """Take a mention into a memory; one that is no witness of its own is only noted as a source."""
    weight = _weight(memory, saying, mentions)
    new = [key for key in saying.message_ids if key not in memory.source_message_ids]
    memory.source_message_ids = [*memory.source_message_ids, *new]
    memory.last_reinforced = max(memory.last_reinforced, saying.said_at)
    memory.sensitive = memory.sensitive or saying.sensitive
    if weight:
        memory.reinforcement_count += 1
        memory.confidence = reinforced_confidence(memory.confidence, saying.confidence, weight)
    memory.updated_at = utc_now()
    await tx.memories.save(memory)
    action = "reinforced" if weight else "repeated"
    more: dict[str, Any] = {"weight": weight}
    if settled:
        more["settled"] = [str(claim.id) for claim in settled]
    await _write_history(tx, memory, action, saying, **more)
    return action


def _weight(memory: Memory, saying: Saying, mentions: Mentions) -> float:
    known = memory.source_message_ids[-EARLIER_MENTIONS:]
    new = [key for key in saying.message_ids if key not in memory.source_message_ids]
    if not new:
        return 0.0
    mention = Mention(new[-1], saying.conversation_id, saying.said_at)
    return independence(mention, [mentions[key] for key in known if key in mentions])


async def _question(
    tx: Transaction, finding: Finding, rivals: Sequence[Memory]
) -> list[MemoryChange]:
    """Keep a claim beside the surest of what it contradicts."""
    claim = finding.draft
    claim.status = "unsure"
    claim.questions = max(rivals, key=lambda memory: memory.confidence).id
    await tx.memories.learn(claim)
    await _write_history(tx, claim, "questioned", finding.saying)
    return [MemoryChange("questioned", claim)]


async def _confirm(
    tx: Transaction,
    claim: Memory,
    finding: Finding,
    claims: Sequence[Memory],
    mentions: Mentions,
) -> list[MemoryChange]:
    """A claim was made again: it holds once it is no longer doubtful beside what it questions."""
    said = finding.candidate.confidence
    await _mention_again(tx, claim, finding.saying, mentions)
    held = await tx.memories.of_owner(claim.owner, [claim.questions] if claim.questions else [])
    if any(
        memory.status == "active" and is_doubtful(max(said, claim.confidence), memory)
        for memory in held
    ):
        return [MemoryChange("questioned", claim)]
    return await accept(tx, claim, held, claims, because_of=finding.draft.source_message_ids)


async def affirm(
    tx: Transaction,
    claim: Memory,
    held: Memory,
    saying: Saying,
    claims: Sequence[Memory],
    mentions: Mentions,
) -> list[MemoryChange]:
    """The user said that a claim is so: a mention of it, and it takes the place of what was held."""
    await _mention_again(tx, claim, saying, mentions)
    return await accept(tx, claim, [held], claims, because_of=saying.message_ids)


async def _write_history(
    tx: Transaction, memory: Memory, action: str, saying: Saying, **more: Any
) -> None:
    details = {"mention": saying.confidence, **more, **saying.details}
    await write_line(tx, memory, action, saying.message_ids, details)
