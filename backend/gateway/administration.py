"""Admins: who is one, and the log of what they do.

Every request of an admin is one `acting`: its transaction writes the line of the log with whatever is
read or changed, so that neither is there without the other. A request that fails is logged as that.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import Depends

from backend.errors import AdminOnly, KeepsakeError
from backend.gateway.authentication import Caller, Here
from backend.models.user import ADMIN
from backend.store import Store, Transaction

log = structlog.get_logger(__name__)

Target = tuple[str, UUID]


@dataclass(frozen=True, slots=True)
class Admin:
    """The admin who calls."""

    id: UUID
    store: Store

    @asynccontextmanager
    async def acting(
        self, action: str, target: Target | None = None, **details: Any
    ) -> AsyncIterator[Transaction]:
        """A transaction that is in the log if it is committed, and its failure if it isn't."""
        try:
            async with self.store.transaction() as tx:
                await tx.audit.record(action, actor_id=self.id, target=target, **details)
                yield tx
        except Exception as error:
            outcome = error.code if isinstance(error, KeepsakeError) else KeepsakeError.code
            async with self.store.transaction() as tx:
                await tx.audit.record(
                    action, actor_id=self.id, target=target, outcome=outcome, **details
                )
            raise


async def current_admin(here: Here, caller: Caller) -> Admin:
    """FastAPI dependency: the caller, who is an admin by what the database says now, whatever they were
    when their token was made.

    Raises:
        AdminOnly: they aren't.
    """
    if caller.role != ADMIN:
        log.warning("admin.refused", user_id=str(caller.id))
        raise AdminOnly("Only admins may do this.")
    return Admin(caller.id, here.store)


Acting = Annotated[Admin, Depends(current_admin)]
