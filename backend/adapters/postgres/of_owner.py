"""What is an owner's, and the lock on all that its character remembers of its user."""

from sqlalchemy import func
from sqlalchemy.sql.elements import BindParameter, ColumnElement
from sqlmodel import col

from backend.models import Memory, Owner


def owned(owner: Owner) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Of memories, the owner's."""
    return col(Memory.character_id) == owner.character_id, col(Memory.user_id) == owner.user_id


def taking_lock(key: str | BindParameter[str]) -> ColumnElement[None]:
    """To be selected, with an owner's `key`: an advisory lock, for a pair that has never met has no row to
    lock. It ends with the transaction; whatever is read by later statements is as it was left by whoever
    held it before."""
    return func.pg_advisory_xact_lock(func.hashtextextended(key, 0))
