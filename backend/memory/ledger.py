"""The relationship's ledger: steps are written, undone and forgotten here, in the caller's
transaction, under the owner's lock."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from uuid import UUID

from backend.memory.holding import hold
from backend.memory.relationship import (
    TIME_APART,
    Delta,
    apply,
    begin_again,
    daily_spend,
    fading,
    read_signal,
    replay,
    step,
)
from backend.models import Message, Owner, Relationship, RelationshipChange, utc_now
from backend.models.candidate import Signal
from backend.store import Transaction

DAY_OF_CHANGES = 20_000  # more than the message rate lets a day bring
BEGUN_AGAIN = "began again"


async def move(
    tx: Transaction,
    owner: Owner,
    said: Sequence[Message],
    signals: Mapping[UUID, Signal],
    zone: tzinfo,
) -> Relationship:
    """Let the user's messages, oldest first, move the relationship; those without a signal are read
    by word lists. Each is a line of the ledger, and so is what the silence before it took. Returns how
    the two stand then.

    The caller holds the owner's lock."""
    relationship = await tx.relationships.get(owner)
    # Caps are per day of what was said, in the user's `zone`: an import brings many at once, old ones last.
    spent = await _spent_on(tx, owner, {_day_of(message.created_at, zone) for message in said})
    for message in said:
        await _fade(tx, relationship, message.created_at)
        signal = signals.get(message.id) or read_signal(message.content)
        day = _day_of(message.created_at, zone)
        delta, reason = step(relationship, signal, spent[day])
        spent[day] = spent[day].plus(delta)
        await _write(tx, relationship, delta, reason, message.created_at, message.id)
        relationship.total_interactions += 1
        relationship.last_interaction_at = max(
            message.created_at, relationship.last_interaction_at or message.created_at
        )
    relationship.updated_at = utc_now()
    await tx.relationships.save(relationship)
    return relationship


async def undo(tx: Transaction, owner: Owner, message_ids: Sequence[UUID]) -> Relationship | None:
    """Undo what messages did to the relationship, as if they had never been said.

    Returns how the two stand then; None where the messages had moved nothing, or were undone. The
    caller holds the owner's lock."""
    if not (undone := await tx.relationships.undo(owner, message_ids)):
        return None
    relationship = await tx.relationships.get(owner)
    replay(relationship, await tx.relationships.deltas(owner))
    relationship.total_interactions = max(0, relationship.total_interactions - undone)
    relationship.updated_at = utc_now()
    await tx.relationships.save(relationship)
    return relationship


async def begin_anew(tx: Transaction, owner: Owner) -> Relationship:
    """Let the two be strangers again. The ledger keeps what was, marked as undone.

    Raises:
        NotFound: the user doesn't know the character.
    """
    await hold(tx, owner)
    relationship = await tx.relationships.get(owner)
    await tx.relationships.undo_all(owner)
    begin_again(relationship)
    relationship.total_interactions = 0
    relationship.last_interaction_at = None
    relationship.favorite_topics, relationship.shared_experiences = [], []
    relationship.updated_at = utc_now()
    await tx.relationships.save(relationship)
    await _write(tx, relationship, Delta(), BEGUN_AGAIN, relationship.updated_at)
    return relationship


async def _fade(tx: Transaction, relationship: Relationship, now: datetime) -> None:
    delta = fading(relationship, now)
    if not delta.is_zero:
        apply(relationship, delta)
        await _write(tx, relationship, delta, TIME_APART, now)


async def _write(
    tx: Transaction,
    relationship: Relationship,
    delta: Delta,
    reason: str,
    at: datetime,
    message_id: UUID | None = None,
) -> None:
    await tx.relationships.add_change(
        RelationshipChange(
            character_id=relationship.character_id,
            user_id=relationship.user_id,
            message_id=message_id,
            delta=delta.as_dict(),
            reason=reason,
            created_at=at,
        )
    )


async def _spent_on(
    tx: Transaction, owner: Owner, days: Collection[datetime]
) -> dict[datetime, Delta]:
    """What messages have moved on each of the days until now."""
    within = [(day, day + timedelta(days=1)) for day in days]
    ledger = await tx.relationships.changes(owner, within=within, limit=len(days) * DAY_OF_CHANGES)
    return {
        day: daily_spend(change for change in ledger if day <= change.created_at < until)
        for day, until in within
    }


def _day_of(at: datetime, zone: tzinfo) -> datetime:
    """Where the day begins that a moment is in."""
    return at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
