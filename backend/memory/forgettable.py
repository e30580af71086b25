"""Finding what a person means who asks to have something forgotten."""

import re
from collections.abc import Iterable
from uuid import UUID

from backend.memory.echoes import probes
from backend.memory.forget_glossary import in_english, without_small_words
from backend.memory.forget_request import ForgetRequest
from backend.memory.people import Acquaintances, is_of_kin
from backend.memory.wording import content_words, words
from backend.models import Memory, Message, Owner
from backend.store import MemoryFilter, Transaction

MOST = 100  # memories that one request can mean
MOST_OF_KIN = 200  # facts that are looked through for those of somebody
ENOUGH = 0.6  # share of the request's words that a fact must have
_OF_THE_SPEAKER = frozenset("i i'm i'v my me mine we we'r our you your what about".split())


async def forgettable(
    tx: Transaction, owner: Owner, request: ForgetRequest, asked_in: Message
) -> list[Memory]:
    """The facts that a request is about, those too that are in question or history, and the episodes that say
    it, the character's own among them; none: it isn't known. A request that names nothing means what the
    user said just before."""
    if not request.about:
        return await _said_before(tx, owner, asked_in)
    english = in_english(request.about) if request.abroad else request.about
    said = without_small_words(request.about) if request.abroad else request.about
    facts = await _facts(tx, owner, english)
    spoken = await _episodes(tx, owner, said)
    if kin := await _only_kin_of(tx, owner, english, facts):
        facts += await _facts_of_kin(tx, owner, kin, facts)
        spoken += await _episodes_of_kin(tx, owner, kin, spoken)
    if request.abroad and not facts:  # kept in their words, or in others: by where they come from
        facts = await _facts(tx, owner, said) or await _drawn_from(tx, owner, spoken)
    return [*facts, *spoken][:MOST]


async def _facts(tx: Transaction, owner: Owner, about: str) -> list[Memory]:
    asked = set(content_words(about)) - _OF_THE_SPEAKER
    found: dict[UUID, Memory] = {}
    for probe in probes(about) if asked else ():
        narrow = MemoryFilter(("fact", "experience"), status=None, text=probe)
        for memory in await tx.memories.page(owner, narrow, limit=200, before=None):
            if len(asked & set(content_words(memory.content))) >= ENOUGH * len(asked):
                found[memory.id] = memory
    return list(found.values())


async def _only_kin_of(tx: Transaction, owner: Owner, about: str, facts: Iterable[Memory]) -> str:
    """What somebody of this name is to the user, if nobody else is for certain: Sofia is their only
    "sister"; "" where that can't be told."""
    kin = Acquaintances.of(fact.content for fact in facts).kin_of.get(about.lower())
    if not kin:
        return ""
    near = await _speaking_of(tx, owner, kin)
    people = Acquaintances.of(fact.content for fact in near)
    several = any(f"{kin}s" in words(fact.content.lower()) for fact in near)
    return kin if people.named(kin) == [about.lower()] and not several else ""


async def _facts_of_kin(
    tx: Transaction, owner: Owner, kin: str, known: Iterable[Memory]
) -> list[Memory]:
    """What is known of somebody without their name: "The user's sister is 13 months old"."""
    ids = {fact.id for fact in known}
    near = await _speaking_of(tx, owner, kin)
    return [fact for fact in near if fact.id not in ids and is_of_kin(fact.content, kin)]


async def _speaking_of(tx: Transaction, owner: Owner, kin: str) -> list[Memory]:
    narrow = MemoryFilter(("fact", "experience"), status=None, text=kin)
    return await tx.memories.page(owner, narrow, limit=MOST_OF_KIN, before=None)


async def _episodes_of_kin(
    tx: Transaction, owner: Owner, kin: str, known: Iterable[Memory]
) -> list[Memory]:
    """What the user said of them without their name: "my sister is 13 months old"."""
    ids = {episode.id for episode in known}
    mine = re.compile(
        rf"\b(?:my|our) {re.escape(kin)}\b(?!['’-]|s\b)(?! (?-i:[A-ZÀ-Þ]))", re.IGNORECASE
    )
    spoken = await tx.memories.saying(owner, [kin])
    return [
        each
        for each in spoken
        if each.id not in ids and each.about == "user" and mine.search(each.content)
    ]


async def _episodes(tx: Transaction, owner: Owner, about: str) -> list[Memory]:
    asked = set(content_words(about)) - _OF_THE_SPEAKER
    looked_for = probes(about)
    spoken = await tx.memories.saying(owner, looked_for) if looked_for else []
    return [memory for memory in spoken if asked <= set(content_words(memory.content))]


async def _drawn_from(tx: Transaction, owner: Owner, episodes: Iterable[Memory]) -> list[Memory]:
    said = [key for episode in episodes for key in episode.source_message_ids]
    citing = await tx.memories.of_messages(owner, said) if said else []
    return [memory for memory in citing if memory.kind == "fact" and memory.content]


async def _said_before(tx: Transaction, owner: Owner, asked_in: Message) -> list[Memory]:
    earlier = await tx.messages.page(asked_in.conversation_id, limit=5, before=asked_in.seq)
    said = [message for message in earlier if message.sender_type == "user"]
    if not said:
        return []
    citing = await tx.memories.of_messages(owner, [said[-1].id])
    return [memory for memory in citing if memory.kind != "summary" and memory.content][:MOST]
