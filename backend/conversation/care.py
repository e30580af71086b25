"""What Keepsake minds about the people who talk: their age, how long they talk, what they were told."""

from uuid import UUID

from backend.conversation.context_builder import BuiltContext
from backend.conversation.ruling import Safeguards
from backend.models import Conversation, Message, utc_now
from backend.safety.disclosure import goes_on
from backend.safety.notices import Audience, Notice, due_notice
from backend.store import Said, Transaction

LOOKED_AT = (
    5  # of a user's conversations, the latest: before this one they spoke last in one of them
)


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


async def note_talk(tx: Transaction, said: Said) -> None:
    """The user has said something: after a silence, here and with everybody else, a new talk begins."""
    conversation, now = said.conversation, said.message.created_at
    if goes_on(said.spoke_last, now):
        return
    latest = await tx.conversations.page(
        conversation.user_id, limit=LOOKED_AT, before=None, character_id=None, status=None
    )
    elsewhere = [each for each in latest if each.id != conversation.id]
    if any(goes_on(each.last_message_at, now) for each in elsewhere):
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
