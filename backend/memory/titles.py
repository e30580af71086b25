"""What a conversation is called, and said to be about, must not tell what was forgotten in it.

Title, topics and mood come from the call that wrote its newest summary. When that summary is taken back
they are what they were with the one before; without any, the title is the first thing said that is
still remembered, and topics and mood wait for the next summary.
"""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from backend.memory.episodes import says_something
from backend.memory.shared_life import tell_shared_life
from backend.memory.wording import words
from backend.models import Conversation, Owner
from backend.store import Transaction

LONGEST_TITLE = 60
OPENING_MESSAGES = 50  # among which a title is looked for
DESCRIPTION = ("topics", "mood")  # of a conversation's details


def title_from(text: str, *, longest: int = LONGEST_TITLE) -> str:
    """A conversation's title from a message: its first line, cut at a word."""
    line = " ".join(text.strip().split("\n", 1)[0].split())
    if len(line) <= longest:
        return line
    # One more than fits, so that a word that ends right there is kept.
    return line[: longest + 1].rsplit(" ", 1)[0][:longest].rstrip(",.;:") + "…"


async def describe_anew(
    tx: Transaction, conversation_id: UUID, earlier: Mapping[str, Any] | None
) -> None:
    """Let title, topics and mood be what they were with an `earlier` summary ({title, topics, mood}),
    or what they are without any. A title that a person chose stays."""
    conversation = await tx.conversations.get(conversation_id)
    if conversation is None:
        return
    kept = {key: value for key, value in conversation.details.items() if key not in DESCRIPTION}
    known = earlier or {}
    changes: dict[str, Any] = {
        "details": kept | {key: known[key] for key in DESCRIPTION if key in known}
    }
    if not conversation.title_is_custom:
        changes["title"] = known.get("title") or await _opening(tx, conversation, (), ())
    await tx.conversations.change(conversation_id, **changes)
    await tell_shared_life(tx, conversation.owner)


async def forget_titles(
    tx: Transaction, owner: Owner, said: Mapping[UUID, Collection[str]], known_by: Collection[str]
) -> None:
    """Give conversations another title, unless a person chose it, where it was made from something `said`
    there or has one of the words that it is known by; and drop such topics."""
    changed = False
    for conversation in await tx.conversations.of_owner(owner) if said else ():
        contents = said.get(conversation.id)
        if contents is not None:
            changed |= await _forget_title(tx, conversation, contents, known_by)
    if changed:
        await tell_shared_life(tx, owner)


async def _forget_title(
    tx: Transaction,
    conversation: Conversation,
    contents: Collection[str],
    known_by: Collection[str],
) -> bool:
    """Returns whether there was something to change."""
    topics = conversation.details.get("topics", [])
    kept = [topic for topic in topics if not tells(topic, contents, known_by)]
    changes: dict[str, Any] = {}
    if not conversation.title_is_custom and tells(conversation.title, contents, known_by):
        changes["title"] = await _opening(tx, conversation, contents, known_by)
    if kept != topics:
        changes["details"] = {**conversation.details, "topics": kept}
    if changes:
        await tx.conversations.change(conversation.id, **changes)
    return bool(changes)


async def _opening(
    tx: Transaction,
    conversation: Conversation,
    contents: Collection[str],
    known_by: Collection[str],
) -> str:
    """A title from the first that the user said and that is still remembered; empty if nothing is."""
    opening = await tx.messages.page(conversation.id, limit=OPENING_MESSAGES, after=0)
    titles = (
        title_from(message.content)
        for message in opening
        if message.sender_type == "user" and says_something(message)
    )
    return next((title for title in titles if not tells(title, contents, known_by)), "")


def tells(label: str, contents: Collection[str], known_by: Collection[str]) -> bool:
    """Whether a label is the beginning of one of the texts, or has one of the words (in lower case)."""
    beginning = label.removesuffix("…").strip()
    if beginning and any(" ".join(text.split()).startswith(beginning) for text in contents):
        return True
    return not {word.lower() for word in words(label)}.isdisjoint(known_by)
