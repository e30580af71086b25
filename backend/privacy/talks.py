"""Reading conversations: each with its messages, their variants, and why its replies say what they say."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from backend.models import Conversation
from backend.privacy import pages
from backend.privacy.lots import AT_A_TIME, After, Lot, Source, key_from, names_of
from backend.privacy.records import Json, shown
from backend.store import Transaction

Found = dict[str, list[Callable[[], Json]]]  # records by theme, still to be written


@dataclass(slots=True)
class _Talk:
    """Where the reading of conversations is: in the conversation `key` behind `seq`, of which `page` pages
    are made; done with it where `seq` is None."""

    key: str | None = None
    seq: int | None = None
    page: int = 0

    def enter(self, conversation: Conversation) -> None:
        """Begin it, unless it was begun before."""
        if self.seq is None or self.key != str(conversation.id):
            self.key, self.seq, self.page = str(conversation.id), 0, 0

    async def upcoming(self, source: Source) -> list[Conversation]:
        """The conversation that was begun, and the next ones."""
        async with source.store.transaction() as tx:
            after = key_from(Conversation, [self.key] if self.key else None)
            found = await tx.holdings.page(
                Conversation, source.user_id, after=after, limit=AT_A_TIME
            )
            begun = None
            if self.key and self.seq is not None:
                begun = await tx.conversations.get(UUID(self.key))
        return [each for each in (begun, *found) if isinstance(each, Conversation)]


async def read_conversations(source: Source, lot: Lot, after: After) -> After:
    """Each with its messages, their variants, and the contexts of replies."""
    talk = _Talk(*(after or ()))
    found: Found = {"conversations": [], "messages": [], "contexts": []}
    room = AT_A_TIME
    for conversation in await talk.upcoming(source):
        if room <= 0:
            break
        talk.enter(conversation)
        async with source.store.transaction() as tx:
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
    found: Found,
) -> int:
    """At most `room` messages; moves `talk` behind them. Returns how many there were."""
    if talk.seq == 0:
        found["conversations"].append(partial(shown, conversation))
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
        others = [each for each in variants if each.message_id == message.id]
        found["messages"].append(partial(shown, message, variants=others))
    found["contexts"] += [partial(shown, each) for each in await tx.holdings.contexts(ids)]
    talk.page += 1
    part = pages.Part(talk.page, is_last=is_end)
    names = await names_of(tx, source.user_id, conversation.character_id)
    lot.files[pages.conversation_path(conversation.id, talk.page)] = partial(
        pages.conversation, conversation, messages, names, part
    )
    talk.seq = None if is_end else messages[-1].seq
    return len(messages)
