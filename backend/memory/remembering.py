"""Remembering by hand: what a person adds to the memory, and corrects in it."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from uuid import UUID

from backend.errors import Conflict, ContentRefused, InvalidRequest, NotFound, ServiceUnavailable
from backend.memory.episodes import content_hash
from backend.memory.holding import hold
from backend.memory.indexing import index_memories
from backend.memory.resources import MemoryResources
from backend.models import Character, Memory, MemoryRevision, Owner, User, utc_now
from backend.safety.policy import HIGHEST_LEVEL, Setting, decide, setting_of
from backend.safety.screening import screen
from backend.safety.verdict import Verdict
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


# What is refused to everybody, where nobody says who writes.
ANYBODY = Setting(nsfw_level=HIGHEST_LEVEL, adult_confirmed=True)


async def remember(
    resources: MemoryResources, owner: Owner, note: Note, *, writer: User | None = None
) -> Memory:
    """Store a manual memory and index it; with the index or the encoder down it is stored as
    `pending`, and indexed later. `writer` is the owner's user.

    Raises:
        NotFound: the user doesn't know the character.
        ContentRefused: content policy would block it as a message of the writer's.
        Conflict: exactly this is remembered already.
    """
    verdict = screen(note.content)
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
        sensitive=verdict.sensitive,
    )
    async with resources.store.transaction() as tx:
        _rule_on(verdict, writer, await hold(tx, owner))
        if not await tx.memories.add([memory]):
            raise Conflict("Exactly this is remembered already.")
        await tx.histories.add(
            MemoryRevision(
                memory_id=memory.id,
                action="added",
                content=memory.content,
                sensitive=memory.sensitive,
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
    writer: User | None = None,
) -> Memory:
    """Change a memory. New words hold whatever becomes of the messages that the old ones came from.
    `check` looks at the memory first, under the owner's lock, and ends the change by raising. `writer` is
    the owner's user.

    Raises:
        NotFound: the owner has no such memory, or the user doesn't know the character.
        ContentRefused: content policy would block the new words as a message of the writer's.
        InvalidRequest: new words for an episode or a summary, which say what was said.
        Conflict: exactly that is remembered already, or it is out of use and can't be changed.
    """
    key = content_hash(correction.content) if correction.content else None
    async with resources.store.transaction() as tx:
        character = await hold(tx, owner)
        memory, twins = await _read(tx, owner, memory_id, key)
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
            verdict = screen(changed["content"])
            _rule_on(verdict, writer, character)
            memory.sensitive |= verdict.sensitive
            _reword(memory, changed["content"], twins)
        for name, value in changed.items():
            setattr(memory, name, value)
        if changed:
            memory.index_state, memory.updated_at = "pending", utc_now()
            await tx.memories.save(memory)
            await tx.histories.add(_edited(memory, sorted(changed)))
    if changed:
        await _index_soon(resources, memory)
    return memory


def _rule_on(verdict: Verdict, writer: User | None, character: Character) -> None:
    """
    Raises:
        ContentRefused: content policy would block the words that the verdict is on.
    """
    setting = setting_of(writer, character) if writer else ANYBODY
    if said := refusal(decide(setting, verdict)):
        raise ContentRefused(said)


async def _read(
    tx: Transaction, owner: Owner, memory_id: UUID, key: str | None
) -> tuple[Memory, list[Memory]]:
    """A memory, and those that say what it is to say."""
    found = await tx.memories.with_twins(owner, memory_id, key)
    memory = next((each for each in found if each.id == memory_id), None)
    if memory is None or not memory.content:
        raise NotFound("There is no such memory.")
    return memory, [each for each in found if each is not memory]


def _reword(memory: Memory, content: str, twins: Sequence[Memory]) -> None:
    if memory.kind not in REWORDABLE:
        raise InvalidRequest(f"What {_article(memory.kind)} says follows from what was said.")
    if any(twin.kind == memory.kind for twin in twins):
        raise Conflict("Exactly this is remembered already.")
    memory.content_hash, memory.index_text = content_hash(content), content


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
