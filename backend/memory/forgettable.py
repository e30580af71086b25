"""Finding what a person means who asks to have something forgotten."""

import re
from collections.abc import Iterable
from uuid import UUID

from backend.memory.echoes import key_words, probes
from backend.memory.forget_attributes import Attribute, attribute_of
from backend.memory.forget_glossary import in_english, without_small_words
from backend.memory.forget_request import ForgetRequest
from backend.memory.people import Acquaintances, is_of_kin, plain_kin
from backend.memory.transcript import REPLY_WITHIN
from backend.memory.wording import content_words, words
from backend.models import Memory, Message, Owner
from backend.store import MemoryFilter, Transaction

MOST = 100  # memories that one request can mean
MOST_OF_KIN = 200  # facts that are looked through for those of somebody
MOST_LOOKED_THROUGH = 2000  # facts, for those that tell an attribute
ENOUGH = 0.6  # share of the request's words that a fact must have
_OF_THE_SPEAKER = frozenset(
    (
        "i i'm i'v i'd i'll my me mine we we'v we'r our you your what about who whom where when which "
        "whether how if user can could please"
    ).split()
)
_ROOTS = (
    "allerg diabet asthma depress epilep anxi autis pregnan marri divorc disab addict alcohol religi"
).split()
_NAMED_KIN = re.compile(
    r"(?i:my|our) (?P<kin>[a-z-]+(?: [a-z-]+)?) (?P<name>[A-ZÀ-Þ][\w’-]*)$"
)  # "my sister Sofia"
_I_AM = re.compile(r"(?:i|we)(?:'m|'re|'ve| am| are| was| were| have been)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[.!?;,\n]+\s*|\s+(?:and|but|because|so|while|since)\s+", re.IGNORECASE)
_FIRST_PERSON = re.compile(r"(?:^|\W)(?:i|we|me|us)(?:'\w+)?(?!\w)", re.IGNORECASE)
_SECOND_PERSON = re.compile(r"(?:^|\W)you(?:'\w+)?(?!\w)", re.IGNORECASE)
_OF_ANOTHER = re.compile(r"The user(?:'s|’s| and)\b", re.IGNORECASE)


async def forgettable(
    tx: Transaction, owner: Owner, request: ForgetRequest, asked_in: Message
) -> list[Memory]:
    """The facts that a request is about, those too that are in question or history, and the episodes that say
    it, the character's own among them; none: it isn't known. A request that names nothing means what the
    user said just before."""
    if not request.about:
        return await _said_before(tx, owner, asked_in)
    attribute = None if request.abroad else attribute_of(request.about)
    if attribute and (told := await _telling(tx, owner, attribute)):
        return told[:MOST]
    english = in_english(request.about) if request.abroad else request.about
    said = without_small_words(request.about) if request.abroad else request.about
    if not request.abroad and (somebody := await _known_by_name(tx, owner, english)):
        english = said = somebody
    facts = await _facts(tx, owner, english)
    spoken = await _episodes(tx, owner, said)
    if kin := await _only_kin_of(tx, owner, english, facts):
        facts += await _facts_of_kin(tx, owner, kin, facts)
        spoken += await _episodes_of_kin(tx, owner, kin, spoken)
    if not facts:  # kept in their words, or in others: by where they come from
        facts = await _facts(tx, owner, said) if request.abroad else []
        facts = facts or await _drawn_from(
            tx, owner, spoken, () if request.abroad else _asked(said)
        )
    if not facts:  # before there are any, the replies may say it in other words
        spoken += await _replies(tx, owner, spoken)
    return [*facts, *spoken][:MOST]


def _asked(about: str) -> set[str]:
    """The stems of what a request is about."""
    return {_plain(stem) for stem in content_words(about)} - _OF_THE_SPEAKER


def _said_in(content: str) -> set[str]:
    return {_plain(stem) for stem in content_words(content)}


def _plain(stem: str) -> str:
    """One stem for two that say the same: "allergic" and "allergy"."""
    return next((root for root in _ROOTS if stem.startswith(root)), stem)


async def _telling(tx: Transaction, owner: Owner, attribute: Attribute) -> list[Memory]:
    """The facts that tell it, and the episodes in which the user does in so many words."""
    facts = await _all_facts(tx, owner)
    told = [fact for fact in facts if attribute.facts.match(fact.content)]
    episodes: dict[UUID, Memory] = {}
    for probe in attribute.probes:
        for each in await tx.memories.saying(owner, [probe]):
            if each.about == "user" and attribute.is_said_in(each.content):
                episodes[each.id] = each
    said = list(episodes.values())
    return [*told, *said, *([] if told else await _replies(tx, owner, said))]


async def _all_facts(tx: Transaction, owner: Owner) -> list[Memory]:
    found: list[Memory] = []
    every = MemoryFilter(("fact", "experience"), status=None)
    while len(found) < MOST_LOOKED_THROUGH:
        last = found[-1].id if found else None
        page = await tx.memories.page(owner, every, limit=MOST_OF_KIN, before=last)
        found += page
        if len(page) < MOST_OF_KIN:
            break
    return found


async def _known_by_name(tx: Transaction, owner: Owner, about: str) -> str:
    """The name in "my sister Sofia", if the only Sofia who is known is that; "" where that can't be told."""
    named = _NAMED_KIN.match(about)
    if named is None:
        return ""
    narrow = MemoryFilter(("fact", "experience"), status=None, text=named["name"])
    near = await tx.memories.page(owner, narrow, limit=MOST_OF_KIN, before=None)
    known = Acquaintances.of(fact.content for fact in near).kin_of.get(named["name"].lower())
    return named["name"] if known and known == plain_kin(named["kin"]) else ""


async def _facts(tx: Transaction, owner: Owner, about: str) -> list[Memory]:
    asked = _asked(about)
    found: dict[UUID, Memory] = {}
    looked_for = probes(about) if key_words(about) else asked
    for probe in looked_for if asked else ():
        narrow = MemoryFilter(("fact", "experience"), status=None, text=probe)
        for memory in await tx.memories.page(owner, narrow, limit=200, before=None):
            if len(asked & _said_in(memory.content)) >= ENOUGH * len(asked) and _may_be_of(
                memory.content, about
            ):
                found[memory.id] = memory
    return list(found.values())


def _may_be_of(fact: str, about: str) -> bool:
    """ "I'm gay" is nothing that is known of the user's brother."""
    return not (_I_AM.match(about.replace("’", "'")) and _OF_ANOTHER.match(fact))


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
    asked = _asked(about)
    looked_for = probes(about)
    spoken = await tx.memories.saying(owner, looked_for) if looked_for and asked else []
    return [
        memory
        for memory in spoken
        if asked <= _said_in(memory.content) and _may_be_said_by(memory, about, asked)
    ]


def _may_be_said_by(episode: Memory, about: str, asked: set[str]) -> bool:
    """ "My brother is gay" doesn't say "I'm gay"."""
    if not _I_AM.match(about.replace("’", "'")):
        return True
    speaker = _FIRST_PERSON if episode.about == "user" else _SECOND_PERSON
    plain = episode.content.replace("’", "'")
    saying = [clause for clause in _CLAUSE.split(plain) if asked & _said_in(clause)]
    return not saying or any(map(speaker.search, saying))


async def _drawn_from(
    tx: Transaction, owner: Owner, episodes: Iterable[Memory], asked: Iterable[str] = ()
) -> list[Memory]:
    """The facts that come from what the user said; of a message that says more than what is `asked` about,
    those that don't repeat the rest of it."""
    found: dict[UUID, Memory] = {}
    wanted = set(asked)
    for episode in episodes:
        if wanted and episode.about != "user":
            continue
        besides = _besides(episode.content, wanted) if wanted else set()
        for memory in await tx.memories.of_messages(owner, episode.source_message_ids):
            own = _said_in(memory.content) - {"user"}
            if memory.kind == "fact" and memory.content and not (own & besides):
                found[memory.id] = memory
    return list(found.values())


async def _replies(tx: Transaction, owner: Owner, spoken: list[Memory]) -> list[Memory]:
    """What the character answered to what the user said."""
    said = [key for each in spoken if each.about == "user" for key in each.source_message_ids]
    answers = [
        reply.id
        for message in await tx.messages.of_ids(said)
        for reply in await tx.messages.page(
            message.conversation_id, limit=REPLY_WITHIN, after=message.seq
        )
        if reply.reply_to == message.id
    ]
    known = {each.id for each in spoken}
    return [
        memory
        for memory in (await tx.memories.of_messages(owner, answers) if answers else [])
        if memory.kind == "episode" and memory.content and memory.id not in known
    ]


def _besides(content: str, asked: set[str]) -> set[str]:
    """The stems of the clauses that say nothing of what is asked about."""
    clauses = [_said_in(clause) for clause in _CLAUSE.split(content.replace("’", "'"))]
    telling = set().union(*(clause for clause in clauses if clause & asked))
    return set().union(*(clause for clause in clauses if not clause & asked)) - telling


async def _said_before(tx: Transaction, owner: Owner, asked_in: Message) -> list[Memory]:
    earlier = await tx.messages.page(asked_in.conversation_id, limit=5, before=asked_in.seq)
    said = [message for message in earlier if message.sender_type == "user"]
    if not said:
        return []
    citing = await tx.memories.of_messages(owner, [said[-1].id])
    return [memory for memory in citing if memory.kind != "summary" and memory.content][:MOST]
