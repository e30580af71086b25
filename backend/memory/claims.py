"""Claims, which put a fact into question: they are accepted, given up, and opened again when what settled
them was taken back. In the caller's transaction and under the owner's lock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

from backend.memory.consolidation import is_doubtful
from backend.memory.history import MemoryChange, write_line
from backend.models import Memory, MemoryRevision, Owner, utc_now
from backend.store import Transaction


async def accept(
    tx: Transaction,
    claim: Memory,
    held: Sequence[Memory],
    claims: Sequence[Memory],
    *,
    because_of: Sequence[UUID],
) -> list[MemoryChange]:
    """Let a claim take the place of what it questions; where exactly that holds by now, the one that
    says it does. Its history says what it took the place of, and because of which messages."""
    active = [memory for memory in held if memory.status == "active"]
    if twin := await tx.memories.by_content_hash(claim.owner, claim.kind, claim.content_hash):
        await give_up(tx, claim, twin)
        return await supersede(tx, active, twin, claims)
    claim.status, claim.questions = "active", None
    changes = await supersede(tx, active, claim, claims)
    await save(tx, claim)
    over = {"over": [str(memory.id) for memory in active]}
    await write_line(tx, claim, "confirmed", because_of, over)
    return [*changes, MemoryChange("added", claim)]


async def give_up(tx: Transaction, claim: Memory, holder: Memory) -> None:
    """A claim did not stand: it goes into the history of what holds, and its own says what it put into
    question."""
    questioned = {"questioned": str(claim.questions)} if claim.questions else {}
    claim.status, claim.questions = "superseded", None
    claim.superseded_by, claim.valid_to = holder.id, utc_now()
    claim.updated_at = utc_now()
    await tx.memories.save(claim)
    await write_line(tx, claim, "superseded", holder.source_message_ids, questioned)


async def supersede(
    tx: Transaction,
    memories: Sequence[Memory],
    by: Memory,
    claims: Sequence[Memory],
    details: Mapping[str, Any] = MappingProxyType({}),
) -> list[MemoryChange]:
    """Let one take the place of others, and give up the claims against those. `details` go into the history
    of the others."""
    changes = []
    for memory in memories:
        memory.status = "superseded"
        memory.superseded_by = by.id
        memory.valid_to = by.valid_from or by.mention_time
        await save(tx, memory)
        await write_line(tx, memory, "superseded", by.source_message_ids, details)
        changes.append(MemoryChange("superseded", memory))
        for claim in claims:
            if claim.questions == memory.id and claim.id != by.id:
                await give_up(tx, claim, by)
    return changes


async def restore(tx: Transaction, elder: Memory, twins: Iterable[Memory]) -> Memory:
    """Let an elder hold again, unless exactly that holds already by another name: that took its
    place, then. `twins` are the owner's memories that say the same."""
    same = (elder.kind, elder.content_hash)
    holds = (each for each in twins if each.status == "active")
    if twin := next((each for each in holds if (each.kind, each.content_hash) == same), None):
        elder.superseded_by = twin.id
        await save(tx, elder)
        return elder
    elder.status, elder.superseded_by, elder.valid_to = "active", None, None
    await save(tx, elder)
    await write_line(tx, elder, "restored", elder.source_message_ids, {})
    return elder


@dataclass(frozen=True, slots=True)
class Elders:
    """What some memories took the place of. `claimed` are the ids of those that had only been claimed,
    not held; `twins` are all memories that say the same as one of the elders."""

    memories: tuple[Memory, ...] = ()
    claimed: frozenset[UUID] = frozenset()
    twins: tuple[Memory, ...] = ()

    def part(self, elders: Iterable[Memory]) -> tuple[list[Memory], list[Memory]]:
        """Of some of them, what had only been claimed, and what had held."""
        parted: tuple[list[Memory], list[Memory]] = [], []
        for elder in elders:
            parted[elder.id not in self.claimed].append(elder)
        return parted

    def superseded_by(self, memory: Memory) -> list[Memory]:
        """Those whose place a memory has taken to this moment."""
        return [elder for elder in self.memories if elder.superseded_by == memory.id]


async def read_elders(tx: Transaction, owner: Owner, elders: Sequence[Memory]) -> Elders:
    """What there is to know of elders before any of them is to hold again."""
    if not elders:
        return Elders()
    histories = await tx.histories.of_each([elder.id for elder in elders])
    claimed = frozenset(
        key
        for key, lines in histories.items()
        for line in [line for line in lines if line.action == "superseded"][-1:]
        if "questioned" in line.details
    )
    hashes = [elder.content_hash for elder in elders]
    twins = await tx.memories.around(owner, [], content_hashes=hashes)
    return Elders(tuple(elders), claimed, tuple(twins))


async def question_again(tx: Transaction, claims: Iterable[Memory], holder_id: UUID | None) -> None:
    """What a memory was put into question by is open again."""
    for claim in claims:
        claim.status, claim.questions = "unsure", holder_id
        claim.superseded_by, claim.valid_to = None, None
        await save(tx, claim)
        reason: dict[str, Any] = {"reason": "what had settled it was taken back"}
        await write_line(tx, claim, "questioned", claim.source_message_ids, reason)


@dataclass(frozen=True, slots=True)
class Settlement:
    """A memory and a line of its history that no longer counts, which had settled a question."""

    memory: Memory
    line: MemoryRevision

    @property
    def stands(self) -> bool:
        """Whether there is something to take back: what it settled, for a memory that still holds."""
        details = self.line.details
        return self.memory.status == "active" and bool(
            details.get("over") or details.get("settled")
        )


async def reopen(tx: Transaction, owner: Owner, settlements: Sequence[Settlement]) -> list[Memory]:
    """Undo what the lines had settled, as far as nothing else has settled it since. Returns what holds
    again."""
    ids = {settlement.memory.id for settlement in settlements if settlement.stands}
    near = await tx.memories.around(owner, list(ids)) if ids else []
    elders = await read_elders(tx, owner, [each for each in near if each.superseded_by in ids])
    restored = []
    for settlement in settlements:
        if not settlement.stands:
            continue
        memory, details = settlement.memory, settlement.line.details
        claims, facts = elders.part(elders.superseded_by(memory))
        settled = [claim for claim in claims if str(claim.id) in details.get("settled", ())]
        await question_again(tx, settled, memory.id)
        held = [fact for fact in facts if str(fact.id) in details.get("over", ())]
        if any(is_doubtful(memory.confidence, fact) for fact in held):
            restored += await _step_back(tx, memory, held, claims, elders.twins)
    return restored


async def _step_back(
    tx: Transaction,
    claim: Memory,
    held: Sequence[Memory],
    rivals: Sequence[Memory],
    twins: Sequence[Memory],
) -> list[Memory]:
    """A claim that had been accepted is one again, beside the surest of what it had taken the place of,
    and so are its rivals."""
    surest = max(held, key=lambda fact: fact.confidence)
    restored = [await restore(tx, fact, twins) for fact in held]
    holds = surest.status == "active"
    await question_again(tx, [claim, *rivals], surest.id if holds else surest.superseded_by)
    return [fact for fact in restored if fact.status == "active"]


async def save(tx: Transaction, memory: Memory) -> None:
    """Store a change that the index is to follow."""
    memory.index_state, memory.updated_at = "pending", utc_now()
    await tx.memories.save(memory)
