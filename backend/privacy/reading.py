"""All that is held on a user, read in an order that can be taken up at any place: some hundred records at a
time, each lot in short transactions of its own, so that nothing grows with how much there is.

What changes while it is being read may be found as it was or as it is.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel import SQLModel

from backend.models import (
    AdminAction,
    Character,
    CharacterFile,
    Conversation,
    KeptAnswer,
    Relationship,
    RelationshipChange,
    Report,
    User,
)
from backend.privacy import pages
from backend.privacy.records import THEMES, Json, lines, schema, shown
from backend.store import MemoryFilter, Store, Transaction

AT_A_TIME = 200  # records of one lot; with their contexts and pages a megabyte or two

After = list[Any] | None  # where a step goes on; None: at its beginning, or behind its end


@dataclass(frozen=True, slots=True)
class Place:
    """How far the reading has come: which step, and where in it."""

    step: int = 0
    after: After = None


@dataclass(slots=True)
class Lot:
    """Files that belong together. Its number is in the names of its files of records, so that no two lots
    have one name."""

    number: int
    files: dict[str, bytes] = field(default_factory=dict)

    def add_records(self, theme: str, records: list[Json]) -> None:
        """Records of a theme; none make no file."""
        if records:
            self.files[f"data/{theme}/{self.number:06}.ndjson"] = lines(records)


@dataclass(frozen=True, slots=True)
class Source:
    """Whose data is read, and where."""

    store: Store
    user_id: UUID


Step = Callable[[Source, Lot, After], Awaitable[After]]


async def read(source: Source, place: Place, number: int) -> tuple[dict[str, bytes], Place | None]:
    """The next lot's files by their paths, and where the reading goes on: None at the end."""
    lot = Lot(number)
    after = await _STEPS[place.step](source, lot, place.after)
    if after is not None:
        return lot.files, Place(place.step, after)
    is_last = place.step + 1 == len(_STEPS)
    return lot.files, None if is_last else Place(place.step + 1)


async def _read_account(source: Source, lot: Lot, _after: After) -> After:
    async with source.store.transaction() as tx:
        accounts = await tx.holdings.page(User, source.user_id, after=None, limit=1)
    lot.add_records("account", [shown(account) for account in accounts])
    lot.files["schema.json"] = json.dumps(schema(), indent=1).encode()
    return None


def _reading(kind: type[SQLModel]) -> Step:
    """A step for records that stand by themselves, by their primary key."""
    theme = next(name for name, (each, _) in THEMES.items() if each is kind)

    async def step(source: Source, lot: Lot, after: After) -> After:
        async with source.store.transaction() as tx:
            found = await tx.holdings.page(
                kind, source.user_id, after=_key_from(kind, after), limit=AT_A_TIME
            )
        lot.add_records(theme, [shown(record) for record in found])
        return _key_of(found[-1]) if len(found) == AT_A_TIME else None

    return step


async def _read_files(source: Source, lot: Lot, after: After) -> After:
    """Pictures and what else came with cards, one at a time. A file's own path is told with it and never
    used: it may be anything."""
    async with source.store.transaction() as tx:
        found = await tx.holdings.page(
            CharacterFile, source.user_id, after=_key_from(CharacterFile, after), limit=1
        )
    if not found:
        return None
    [file] = found
    assert isinstance(file, CharacterFile)
    told = {
        "characterId": str(file.character_id),
        "path": file.path,
        "content": f"files/{file.character_id}/{lot.number:06}",
    }
    lot.add_records("character-files", [told])
    lot.files[told["content"]] = file.content
    return _key_of(file)


@dataclass(slots=True)
class _Talk:
    """Where the reading of conversations is: in the conversation `key` behind `seq`, of which `page` pages
    are made; done with it where `seq` is None."""

    key: str | None = None
    seq: int | None = None
    page: int = 0

    async def current(self, tx: Transaction, user_id: UUID) -> Conversation | None:
        """The conversation to read on in; None behind the last."""
        if self.key and self.seq is not None:
            return await tx.conversations.get(UUID(self.key))
        before = _key_from(Conversation, [self.key] if self.key else None)
        found = await tx.holdings.page(Conversation, user_id, after=before, limit=1)
        if not found:
            return None
        [conversation] = found
        assert isinstance(conversation, Conversation)
        self.key, self.seq, self.page = str(conversation.id), 0, 0
        return conversation


async def _read_conversations(source: Source, lot: Lot, after: After) -> After:
    """Each with its messages, their variants, and the contexts of replies."""
    talk = _Talk(*(after or ()))
    found: dict[str, list[Json]] = {"conversations": [], "messages": [], "contexts": []}
    room = AT_A_TIME
    while room > 0:
        async with source.store.transaction() as tx:
            conversation = await talk.current(tx, source.user_id)
            if conversation is None:
                break
            said = await _read_messages(tx, source, lot, talk, conversation, room, found)
        room -= max(1, said)
    for theme, records in found.items():
        lot.add_records(theme, records)
    return [talk.key, talk.seq, talk.page] if room <= 0 else None


async def _read_messages(
    tx: Transaction,
    source: Source,
    lot: Lot,
    talk: _Talk,
    conversation: Conversation,
    room: int,
    found: dict[str, list[Json]],
) -> int:
    """At most `room` messages; moves `talk` behind them. Returns how many there were."""
    if talk.seq == 0:
        found["conversations"].append(shown(conversation))
    found_messages = await tx.messages.page(
        conversation.id, limit=room + 1, after=talk.seq or 0, with_deleted=True
    )
    messages, is_end = found_messages[:room], len(found_messages) <= room
    if not messages:
        talk.seq = None
        return 0
    ids = [message.id for message in messages]
    variants = await tx.messages.variants(ids)
    for message in messages:
        others = [shown(each) for each in variants if each.message_id == message.id]
        found["messages"].append(shown(message) | {"variants": others})
    found["contexts"] += [shown(each) for each in await tx.holdings.contexts(ids)]
    talk.page += 1
    part = pages.Part(talk.page, is_last=is_end)
    names = await _names(tx, source.user_id, conversation.character_id)
    lot.files[pages.conversation_path(conversation.id, talk.page)] = pages.conversation(
        conversation, messages, names, part
    )
    talk.seq = None if is_end else messages[-1].seq
    return len(messages)


async def _read_memories(source: Source, lot: Lot, after: After) -> After:
    """What each character remembers, newest first, each memory with its history."""
    place, before, page = after or (0, None, 0)
    async with source.store.transaction() as tx:
        owners = sorted(await tx.memories.owners_of(source.user_id), key=lambda each: each.key)
        if place >= len(owners):
            return None
        owner = owners[place]
        found = await tx.memories.page(
            owner,
            MemoryFilter(status=None),
            limit=AT_A_TIME + 1,
            before=UUID(before) if before else None,
        )
        is_end, found = len(found) <= AT_A_TIME, found[:AT_A_TIME]
        histories = await tx.memories.histories([memory.id for memory in found])
        names = await _names(tx, source.user_id, owner.character_id)
        relationship = await tx.relationships.get(owner)
    lot.add_records(
        "memories",
        [
            shown(memory) | {"history": [shown(line) for line in histories.get(memory.id, ())]}
            for memory in found
        ],
    )
    part = pages.Part(page + 1, is_last=is_end)
    lot.files[pages.memories_path(owner.character_id, part.number)] = pages.memories(
        owner, found, relationship, names, part
    )
    return [place + 1, None, 0] if is_end else [place, str(found[-1].id), part.number]


async def _read_contents(source: Source, lot: Lot, _after: After) -> After:
    """The page to begin with: who it is about, and what there is to read."""
    async with source.store.transaction() as tx:
        user = await tx.users.get(source.user_id)
        owners = sorted(await tx.memories.owners_of(source.user_id), key=lambda each: each.key)
        characters = {
            owner.character_id: await tx.characters.get(owner.character_id) for owner in owners
        }
        counts = await tx.holdings.counts(source.user_id)
    known = {key: character.name for key, character in characters.items() if character}
    conversations: list[Conversation] = []
    after: Any = None
    while True:
        async with source.store.transaction() as tx:
            found = await tx.holdings.page(
                Conversation, source.user_id, after=after, limit=AT_A_TIME
            )
        conversations += [each for each in found if isinstance(each, Conversation)]
        if len(found) < AT_A_TIME:
            break
        after = _key_from(Conversation, _key_of(found[-1]))
    lot.files["index.html"] = pages.contents(user, conversations, known, counts)
    return None


async def _names(tx: Transaction, user_id: UUID, character_id: UUID) -> pages.Names:
    user = await tx.users.get(user_id)
    character = await tx.characters.get(character_id)
    return pages.Names(
        user.display_name if user else "You", character.name if character else "The character"
    )


def _key_of(record: SQLModel) -> list[str]:
    """A record's primary key, fit for JSON."""
    values = [getattr(record, name) for name, _ in _key_columns(type(record))]
    return [value.hex() if isinstance(value, bytes) else str(value) for value in values]


def _key_from(kind: type[SQLModel], after: After) -> list[Any] | None:
    """What `_key_of` gave, as the database wants it."""
    if after is None:
        return None
    reads: dict[type, Callable[[str], Any]] = {bytes: bytes.fromhex, UUID: UUID}
    return [
        reads.get(of, str)(value) for value, (_, of) in zip(after, _key_columns(kind), strict=True)
    ]


def _key_columns(kind: type[SQLModel]) -> list[tuple[str, type]]:
    columns = kind.__table__.primary_key.columns  # type: ignore[attr-defined]
    return [(column.name, column.type.python_type) for column in columns]


_PLAIN: tuple[type[SQLModel], ...] = (
    *(Character, Relationship, RelationshipChange, Report, KeptAnswer, AdminAction),
)
_STEPS: tuple[Step, ...] = (
    _read_account,
    _read_files,
    *(_reading(kind) for kind in _PLAIN),
    _read_conversations,
    _read_memories,
    _read_contents,
)
