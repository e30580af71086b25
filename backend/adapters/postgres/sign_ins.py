"""Revoked tokens in PostgreSQL."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import any_, bindparam, delete, exists, func, literal, union_all, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models import RevokedToken, SignIn, User, utc_now

_UUIDS = ARRAY(PG_UUID(as_uuid=True))
_ACCOUNT = select(  # read for every request, so built once
    User, exists().where(col(RevokedToken.id) == any_(bindparam("token_ids", type_=_UUIDS)))
).where(col(User.id) == bindparam("the_id"), col(User.leaving_at).is_(None))


class PostgresSignIns:
    """Implements `SignIns`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def account(self, sign_in: SignIn, *, renewing: bool = False) -> tuple[User, bool] | None:
        wanted = _ACCOUNT.with_for_update(read=True, of=User) if renewing else _ACCOUNT
        values = {"the_id": sign_in.user_id, "token_ids": list(sign_in.ids)}
        row = (await self._session.exec(wanted, params=values)).one_or_none()
        if row is None:
            return None
        user, is_revoked = row
        return user, not is_revoked and not sign_in.older_than(user.tokens_valid_from)

    async def ended(self, sign_ins: Collection[SignIn]) -> tuple[set[SignIn], set[UUID], set[UUID]]:
        users = {sign_in.user_id for sign_in in sign_ins}
        ids = {each for sign_in in sign_ins for each in sign_in.ids}
        # An array is one parameter, whatever its length.
        accounts = select(
            literal(True).label("is_user"),
            col(User.id),
            col(User.tokens_valid_from),
            col(User.blocked_at).is_not(None).label("is_blocked"),
        ).where(col(User.id) == any_(literal(list(users), _UUIDS)), col(User.leaving_at).is_(None))
        tokens = select(
            literal(False), col(RevokedToken.id), col(RevokedToken.expires_at), literal(False)
        ).where(col(RevokedToken.id) == any_(literal(list(ids), _UUIDS)))
        rows = (await self._session.exec(union_all(accounts, tokens))).all()  # type: ignore[call-overload]
        valid_from = {identity: moment for is_user, identity, moment, _ in rows if is_user}
        revoked = {identity for is_user, identity, _, _ in rows if not is_user}
        blocked = {identity for _, identity, _, is_blocked in rows if is_blocked}
        ended = {
            sign_in
            for sign_in in sign_ins
            if not revoked.isdisjoint(sign_in.ids)
            or sign_in.older_than(valid_from.get(sign_in.user_id))
        }
        return ended, users - set(valid_from), blocked

    async def revoke(self, token_id: UUID, expires_at: datetime) -> bool:
        added = await self._session.exec(
            insert(RevokedToken)
            .values(id=token_id, expires_at=expires_at)
            .on_conflict_do_nothing()
            .returning(col(RevokedToken.id))
        )
        return added.first() is not None

    async def revoke_all(self, user_id: UUID) -> datetime:
        # What is being renewed first gets its time first: nothing slips through as newer.
        await self._session.exec(
            select(col(User.id)).where(col(User.id) == user_id).with_for_update(key_share=True)
        )
        now = utc_now()
        await self._session.exec(
            update(User).where(col(User.id) == user_id).values(tokens_valid_from=now)
        )
        return now

    async def forget_expired(self) -> None:
        await self._session.exec(
            delete(RevokedToken).where(col(RevokedToken.expires_at) < func.now())
        )
