"""For admins: how the system is doing, and what was done about it. Numbers and ids, no content."""

import platform
from collections import Counter
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import Field

from backend.errors import NotFound
from backend.gateway.administration import Acting
from backend.gateway.authentication import Here
from backend.gateway.openapi import fails_with
from backend.gateway.rest.paging import (
    DEFAULT_LIMIT,
    Following,
    Limit,
    Page,
    id_cursor,
    page_of,
)
from backend.gateway.views import View
from backend.gateway.views_admin import (
    AuditView,
    LiveConversationView,
    LiveView,
    MemoryHealthView,
    OverviewView,
    ParkedJobView,
    ProcessView,
    RetriedView,
)
from backend.gateway.wire_types import NUMBER
from backend.store import AuditFilter

router = APIRouter()

SHOWN_JOBS = 100
SHOWN_CONVERSATIONS = 500


class Retry(View):
    """Which parked job; null for all."""

    job: Annotated[int | None, Field(ge=1, le=2**53 - 1), NUMBER] = None


@router.get("/overview")
async def overview(request: Request, admin: Acting) -> OverviewView:
    """How much there is of everything, and who was active."""
    async with admin.acting("overview.read") as tx:
        counted = await tx.operation.overview()
    return OverviewView.of(counted, request.app.version, platform.python_version())


@router.get("/memory-health")
async def memory_health(admin: Acting) -> MemoryHealthView:
    """What memory waits for, what was given up and why, and the state of the index."""
    async with admin.acting("memory_health.read") as tx:
        counted = await tx.operation.memory_health()
        parked = await tx.operation.parked_jobs(limit=SHOWN_JOBS)
    jobs = [ParkedJobView.model_validate(job) for job in parked]
    return MemoryHealthView.model_validate({**counted, "parkedJobs": jobs})


@router.post("/memory-health/retry", responses=fails_with(NotFound))
async def retry_parked(admin: Acting, wanted: Retry) -> RetriedView:
    """Try a parked job again now, or all of them."""
    async with admin.acting("job.retry", job=wanted.job) as tx:
        retried = await tx.operation.retry_parked(wanted.job)
        if wanted.job is not None and not retried:
            raise NotFound("There is no such parked job.")
    return RetriedView(retried=retried)


@router.get("/conversations/live")
async def live_conversations(here: Here, admin: Acting) -> LiveView:
    """Where replies are being written and who is connected, over all processes. Conversations are known
    by their ids alone."""
    counted = await here.census.take()
    listeners: Counter[UUID] = Counter()
    for answer in counted:
        listeners.update(answer.listeners)
    async with admin.acting("live.read") as tx:
        found = await tx.operation.live(list(listeners), limit=SHOWN_CONVERSATIONS)
    writing = Counter(each.process for each in found)
    return LiveView(
        processes=[
            ProcessView(
                process=answer.process,
                connections=answer.connections,
                users=answer.users,
                generating=writing[answer.process],
            )
            for answer in counted
        ],
        conversations=[
            LiveConversationView(
                id=each.id,
                user_id=each.user_id,
                character_id=each.character_id,
                process=each.process,
                lease_until=each.lease_until,
                listeners=listeners[each.id],
            )
            for each in found
        ],
    )


@router.get("/audit")
async def list_audit(
    admin: Acting,
    limit: Limit = DEFAULT_LIMIT,
    before: Following = None,
    actor: Annotated[UUID | None, Query()] = None,
    action: Annotated[str | None, Query(max_length=60)] = None,
    target: Annotated[UUID | None, Query()] = None,
) -> Page[AuditView]:
    """What admins and the command line did, newest first. Nobody can change or delete it."""
    narrow = AuditFilter(actor, action, target)
    cursor = id_cursor(before)
    async with admin.acting("audit.read") as tx:
        found = await tx.audit.page(narrow, limit=limit + 1, before=cursor)
    return page_of(found, limit, AuditView.of)
