"""All that is held on a user, read in an order that can be taken up at any place: some hundred records at a
time, each lot in short transactions of its own, so that nothing grows with how much there is.

What changes while it is being read may be found as it was or as it is.
"""

import json
from dataclasses import dataclass
from functools import partial
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
from backend.privacy.lots import (
    AT_A_TIME,
    After,
    Lot,
    Source,
    Step,
    key_from,
    key_of,
    names_of,
)
from backend.privacy.records import THEMES, schema, shown
from backend.privacy.talks import read_conversations
from backend.store import MemoryFilter


@dataclass(frozen=True, slots=True)
class Place:
    """How far the reading has come: which step, and where in it."""

    step: int = 0
    after: After = None


async def read(source: Source, place: Place, number: int) -> tuple[Lot, Place | None]:
    """The next lot, and where the reading goes on: None at the end."""
    lot = Lot(number)
    after = await _STEPS[place.step](source, lot, place.after)
    if after is not None:
        return lot, Place(place.step, after)
    is_last = place.step + 1 == len(_STEPS)
    return lot, None if is_last else Place(place.step + 1)


async def _read_account(source: Source, lot: Lot, _after: After) -> After:
    async with source.store.transaction() as tx:
        accounts = await tx.holdings.page(User, source.user_id, after=None, limit=1)
    lot.add_records("account", [partial(shown, account) for account in accounts])
    lot.files["schema.json"] = lambda: json.dumps(schema(), indent=1).encode()
    return None


def _reading(kind: type[SQLModel]) -> Step:
    """A step for records that stand by themselves, by their primary key."""
    theme = next(name for name, (each, _) in THEMES.items() if each is kind)

    async def step(source: Source, lot: Lot, after: After) -> After:
        async with source.store.transaction() as tx:
            found = await tx.holdings.page(
                kind, source.user_id, after=key_from(kind, after), limit=AT_A_TIME
            )
        lot.add_records(theme, [partial(shown, record) for record in found])
        return key_of(found[-1]) if len(found) == AT_A_TIME else None

    return step


async def _read_files(source: Source, lot: Lot, after: After) -> After:
    """Pictures and what else came with cards, one at a time. A file's own path is told with it and never
    used: it may be anything."""
    async with source.store.transaction() as tx:
        found = await tx.holdings.page(
            CharacterFile, source.user_id, after=key_from(CharacterFile, after), limit=1
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
    lot.add_records("character-files", [lambda: told])
    lot.files[told["content"]] = lambda: file.content
    return key_of(file)


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
        histories = await tx.histories.of_each([memory.id for memory in found])
        names = await names_of(tx, source.user_id, owner.character_id)
        relationship = await tx.relationships.get(owner)
    lot.add_records(
        "memories",
        [partial(shown, memory, history=histories.get(memory.id, ())) for memory in found],
    )
    part = pages.Part(page + 1, is_last=is_end)
    lot.files[pages.memories_path(owner.character_id, part.number)] = partial(
        pages.memories, found, relationship, names, part
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
        after = key_from(Conversation, key_of(found[-1]))
    lot.files["index.html"] = partial(pages.contents, user, conversations, known, counts)
    return None


_PLAIN: tuple[type[SQLModel], ...] = (
    *(Character, Relationship, RelationshipChange, Report, KeptAnswer, AdminAction),
)
_STEPS: tuple[Step, ...] = (
    _read_account,
    _read_files,
    *(_reading(kind) for kind in _PLAIN),
    read_conversations,
    _read_memories,
    _read_contents,
)
