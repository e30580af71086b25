"""What Keepsake minds about the people who talk: their age, how long they talk, what they were told."""

from datetime import datetime
from uuid import UUID

from backend.conversation.context_builder import BuiltContext
from backend.conversation.ruling import Safeguards
from backend.models import Conversation, Message, utc_now
from backend.safety.disclosure import goes_on
from backend.safety.notices import Audience, Notice, due_notice
from backend.store import Transaction

LOOKED_AT = 5  # of a user's conversations, the latest: in one of them they spoke last


def notice_for(safeguards: Safeguards, context: BuiltContext, target: Message) -> Notice | None:
    """What is to be shown beside the reply to `target`."""
    user, now = context.scene.user, utc_now()
    audience = Audience(
        target.content,
        user.time_zone,
        user.said_minor_at is not None,
        talk_began=user.talk_began_at or now,
        told_ai=context.scene.conversation.told_ai_at,
        reminded=user.reminded_at,
    )
    crisis = context.ruling.decision.crisis_notice
    return due_notice(safeguards.care, safeguards.resources, audience, now, crisis=crisis)


async def keep_in_mind(tx: Transaction, conversation: Conversation, notice: Notice | None) -> None:
    """A notice is shown: it isn't due again for a while."""
    if notice is None or notice.kind == "crisis":
        return
    now = utc_now()
    await tx.conversations.change(conversation.id, told_ai_at=now)  # a reminder says so too
    user = await tx.users.get(conversation.user_id)
    if user and notice.kind == "break":
        user.reminded_at = now
        await tx.users.save(user)


async def note_talk(tx: Transaction, conversation: Conversation, now: datetime) -> None:
    """The user is about to say something: after a silence, here and with everybody else, a new talk
    begins."""
    if goes_on(conversation.last_message_at, now):
        return
    latest = await tx.conversations.page(
        conversation.user_id, limit=LOOKED_AT, before=None, character_id=None, status=None
    )
    if any(goes_on(each.last_message_at, now) for each in latest):
        return
    user = await tx.users.get(conversation.user_id)
    if user:
        user.talk_began_at = now
        await tx.users.save(user)


async def note_minor(tx: Transaction, user_id: UUID) -> None:
    """The user says to be under 18: from now on that counts, whatever was confirmed."""
    user = await tx.users.get(user_id)
    if user and user.said_minor_at is None:
        user.said_minor_at = utc_now()
        await tx.users.save(user)
