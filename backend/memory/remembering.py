"""Remembering by hand: what a person adds to the memory, and corrects in it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from uuid import UUID

from backend.errors import Conflict, ContentRefused, InvalidRequest, NotFound, ServiceUnavailable
from backend.memory.episodes import content_hash
from backend.memory.indexing import index_memories
from backend.memory.resources import MemoryResources
from backend.models import Memory, MemoryRevision, Owner, utc_now
from backend.safety.policy import HIGHEST_LEVEL, Setting, decide
from backend.safety.screening import screen
from backend.safety.wording import refusal
from backend.store import Transaction

CHANGEABLE = ("active", "unsure")
REWORDABLE = ("fact", "experience")


@dataclass(frozen=True, slots=True)
class Note:
    """Something to remember, in a person's words; `importance` 1-10."""

    content: str
    category: str = "other"
    importance: int = 5
    pinned: bool = False


# What is refused to everybody, where nobody says who the two are.
ANYBODY = Setting(nsfw_level=HIGHEST_LEVEL, adult_confirmed=True)


async def remember(
    resources: MemoryResources, owner: Owner, note: Note, *, setting: Setting = ANYBODY
) -> Memory:
    """Store a manual memory and index it; with the index or the encoder down it is stored as
    `pending`, and indexed later.

    Raises:
        ContentRefused: content policy would block it as a message of the `setting`.
        Conflict: exactly this is remembered already.
    """
    sensitive = _rule_on(note.content, setting)
    memory = Memory(
        character_id=owner.character_id,
        user_id=owner.user_id,
        kind="fact",
        content=note.content,
        content_hash=content_hash(note.content),
        category=note.category,
        importance=note.importance,
        pinned=note.pinned,
        origin="manual",
        index_text=note.content,
        sensitive=sensitive,
    )
    async with resources.store.transaction() as tx:
        await tx.memories.lock(owner)
        if not await tx.memories.add([memory]):
            raise Conflict("Exactly this is remembered already.")
        await tx.histories.add(
            MemoryRevision(
                memory_id=memory.id, action="added", content=memory.content, sensitive=sensitive
            )
        )
    await _index_soon(resources, memory)
    return memory


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person changes about a memory; None leaves a field as it is."""

    content: str | None = None
    category: str | None = None
    importance: int | None = None
    pinned: bool | None = None


async def correct(
    resources: MemoryResources,
    owner: Owner,
    memory_id: UUID,
    correction: Correction,
    *,
    check: Callable[[Memory], None] | None = None,
    setting: Setting = ANYBODY,
) -> Memory:
    """Change a memory. New words hold whatever becomes of the messages that the old ones came from.
    `check` looks at the memory first, under the owner's lock, and ends the change by raising.

    Raises:
        NotFound: the owner has no such memory.
        ContentRefused: content policy would block the new words as a message of the `setting`.
        InvalidRequest: new words for an episode or a summary, which say what was said.
        Conflict: exactly that is remembered already, or it is out of use and can't be changed.
    """
    async with resources.store.transaction() as tx:
        await tx.memories.lock(owner)
        found = await tx.memories.of_owner(owner, [memory_id])
        if not found or not found[0].content:
            raise NotFound("There is no such memory.")
        memory = found[0]
        if check:
            check(memory)
        if memory.status not in CHANGEABLE:
            raise Conflict(f"This memory is {memory.status}: it is history, and can't be changed.")
        changed = {
            name: value
            for name, value in asdict(correction).items()
            if value is not None and value != getattr(memory, name)
        }
        if "content" in changed:
            memory.sensitive |= _rule_on(changed["content"], setting)
            await _reword(tx, memory, changed["content"])
        for name, value in changed.items():
            setattr(memory, name, value)
        if changed:
            memory.index_state, memory.updated_at = "pending", utc_now()
            await tx.memories.save(memory)
            await tx.histories.add(_edited(memory, sorted(changed)))
    if changed:
        await _index_soon(resources, memory)
    return memory


def _rule_on(content: str, setting: Setting) -> bool:
    """Whether a memory's words are sensitive.

    Raises:
        ContentRefused: content policy would block them.
    """
    verdict = screen(content)
    if said := refusal(decide(setting, verdict)):
        raise ContentRefused(said)
    return verdict.sensitive


async def _reword(tx: Transaction, memory: Memory, content: str) -> None:
    if memory.kind not in REWORDABLE:
        raise InvalidRequest(f"What {_article(memory.kind)} says follows from what was said.")
    key = content_hash(content)
    twin = await tx.memories.by_content_hash(memory.owner, memory.kind, key)
    if twin and twin.id != memory.id:
        raise Conflict("Exactly this is remembered already.")
    memory.content_hash, memory.index_text = key, content


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _edited(memory: Memory, fields: list[str]) -> MemoryRevision:
    """A line that stands for the person, who needs no message to support it, where the words are
    theirs."""
    by_hand = "content" in fields
    return MemoryRevision(
        memory_id=memory.id,
        action="edited",
        content=memory.content,
        details={
            "confidence": memory.confidence,
            "count": memory.reinforcement_count,
            "fields": fields,
        },
        source_message_ids=[] if by_hand else memory.source_message_ids,
        sensitive=memory.sensitive,
    )


async def _index_soon(resources: MemoryResources, memory: Memory) -> None:
    """With the index or the encoder down it stays `pending`, and is swept up later."""
    with suppress(ServiceUnavailable):
        await index_memories(resources, [memory])
        memory.index_state = "synced"
