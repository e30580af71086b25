"""How the character knows what it said: who told it, when and in what words.

Asked "How do you know that?", it is given the sources of what its last reply used; asked "When did I tell
you about Ana?", those of what is remembered of that. Reading and choosing are pure functions.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from backend.memory.episodes import spoken_on
from backend.memory.wording import content_words
from backend.models import Conversation, Message, ReplyContext
from backend.ports import Source
from backend.store import Transaction

CONTEXT_KEY = "sources"  # of the state in a reply's context: ids of the messages that were named
MOST = 3
ENOUGH = (
    0.5  # share of its words that the reply must have said, or of those asked about that it has
)
QUOTED = 200  # characters

_KNOW = r"(?:know|remember|learn(?:ed)?|hear|heard|find\s+out|found\s+out)"
_I_TOLD = r"(?:did|have)\s+i\s+(?:ever\s+|actually\s+)?(?:tell|told|say|said|mention(?:ed)?)"
# "How do you know if a mushroom is edible?" asks for something else.
_WHAT = r"(?:\W*$|\s+(?:that|this|it|so|all|about|my|our|i|i'm|i've|we|me)\b)"
_ASKS = re.compile(
    rf"\b(?:how\s+(?:do|did|could|can|would|come)\s+you(?:\s+even|\s+actually)?\s+{_KNOW}{_WHAT}"
    rf"|where\s+(?:do|did)\s+you\s+(?:{_KNOW}|get)\s+(?:that|this|it|about)\b"
    r"|who\s+(?:has\s+|ever\s+)?(?:told|said)(?:\s+that)?(?:\s+to)?\s+you|says\s+who"
    rf"|(?:when|where|what\s+day)(?:\s+exactly)?\s+{_I_TOLD}"
    rf"|{_I_TOLD}\s+you\s+(?:that|this|so|it)\b|how\s+long\s+have\s+you\s+known)",
    re.IGNORECASE,
)
_ABOUT_WHAT = frozenset(
    content_words(
        "that this it so about of from tell told say said know me my I you I'm I've I'd I'll"
    )
)
_ASKING = _ABOUT_WHAT | frozenset(
    content_words(
        "how when where who why what which day knew mention mentioned remember hear heard learn learned get "
        "find found out come all everything even exactly ever actually long us we our if whether did could "
        "can would such thing things these those"
    )
)
Sources = list[tuple[UUID | None, Source]]  # each with the message, if it stands in one


@dataclass(frozen=True, slots=True)
class _Told:
    """Something known, the messages that say it, and when it was said last."""

    content: str
    message_ids: tuple[UUID, ...]
    said_at: datetime


def asks_for_source(text: str) -> bool:
    """Whether a message asks how the character knows something: "Who told you that?" """
    return len(text) <= QUOTED and bool(_ASKS.search(text.replace("’", "'")))


async def find_sources(
    tx: Transaction,
    conversation: Conversation,
    target: Message,
    window: Sequence[Message],
    recalled: Iterable[dict[str, Any]],
    zone: tzinfo,
) -> Sources:
    """Where that comes from which a message asks about, the likeliest first, with the ids of the messages;
    none: nothing that is remembered was in it. `window` is what was said before, `recalled` are memories as
    a reply's context keeps them."""
    reply = next((each for each in reversed(window) if each.sender_type == "character"), None)
    context = await tx.contexts.get(reply.id) if reply else None
    asked = set(content_words(target.content)) - _ASKING
    known = [*_of_window(window), *_of_memories(recalled if asked else _used(context))]
    told = _about(asked, known) if asked else _said_in(reply, known)
    named = _named_before(context) if not told else []
    ids = [key for each in told for key in each.message_ids] or named
    messages = await tx.messages.of_ids(ids) if ids else []
    said = [message for message in messages if not (message.deleted_at or message.forgotten_at)]
    noted = [each for each in told if not each.message_ids]
    now = target.created_at
    in_order = sorted(said, key=lambda message: ids.index(message.id))[:MOST]
    return [
        *((message.id, _source(message, now, zone)) for message in in_order),
        *(
            (None, Source("note", day_of(each.said_at, now, zone), each.content))
            for each in noted[:1]
        ),
    ]


def day_of(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """ "today", "yesterday" or "on 11 March 2026", in the user's time zone."""
    ago = (now.astimezone(zone).date() - moment.astimezone(zone).date()).days
    return {0: "today", 1: "yesterday"}.get(ago, f"on {spoken_on(moment, zone)}")


def _source(message: Message, now: datetime, zone: tzinfo) -> Source:
    words = " ".join(message.content.split())
    if len(words) > QUOTED:
        words = words[:QUOTED].rsplit(" ", 1)[0] + "…"
    # What is sealed where it stands isn't repeated in the clear.
    return Source(
        message.sender_type,
        day_of(message.created_at, now, zone),
        "" if message.sensitive else words,
    )


def _used(context: ReplyContext | None) -> list[dict[str, Any]]:
    return context.active_memories if context else []


def _named_before(context: ReplyContext | None) -> list[UUID]:
    """What the last reply named already: "When was that?" asks for no other."""
    return [UUID(key) for key in context.state.get(CONTEXT_KEY, [])] if context else []


def _of_memories(memories: Iterable[dict[str, Any]]) -> list[_Told]:
    return [
        _Told(
            item["content"],
            tuple(UUID(key) for key in item["sourceMessageIds"]),
            datetime.fromisoformat(item["mentionTime"]),
        )
        for item in memories
        if item["kind"] == "fact" or (item["about"] == "user" and "?" not in item["content"])
    ]


def _of_window(window: Sequence[Message]) -> list[_Told]:
    return [
        _Told(message.content, (message.id,), message.created_at)
        for message in window
        if message.sender_type == "user" and "?" not in message.content
    ]


def _about(asked: set[str], known: Sequence[_Told]) -> list[_Told]:
    shares = [len(asked & set(content_words(each.content))) / len(asked) for each in known]
    return _best(known, shares)


def _said_in(reply: Message | None, known: Sequence[_Told]) -> list[_Told]:
    said = set(content_words(reply.content)) if reply else set()
    shares = []
    for each in known:
        words = set(content_words(each.content)) - _ABOUT_WHAT
        shares.append(len(words & said) / len(words) if words else 0.0)
    return _best(known, shares)


def _best(known: Sequence[_Told], shares: Sequence[float]) -> list[_Told]:
    """Those that meet most, if that is enough; facts and the messages that say them once."""
    most = max(shares, default=0.0)
    if most < ENOUGH:
        return []
    return [each for each, share in zip(known, shares, strict=True) if share >= most - 1e-9]
