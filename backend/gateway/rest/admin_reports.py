"""For admins: what people reported, and what is done about it."""

from contextlib import suppress
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from backend.errors import InvalidRequest, NotFound
from backend.gateway.actions import remove_message
from backend.gateway.administration import Acting, Admin
from backend.gateway.authentication import Here
from backend.gateway.blocking import block_user, cut_off
from backend.gateway.rest.paging import (
    DEFAULT_LIMIT,
    Following,
    Limit,
    Page,
    id_cursor,
    page_of,
)
from backend.gateway.services import Services
from backend.gateway.views import View
from backend.gateway.views_admin import AdminReportView, ReportInContextView
from backend.models import Report, utc_now
from backend.models.report import CLOSED
from backend.store import Transaction

router = APIRouter(prefix="/reports")

Status = Literal["open", "reviewing", "resolved", "dismissed"]
Action = Literal["none", "message_removed", "user_blocked", "character_blocked"]


# What a report was about, as it is told to whom it concerns.
TOLD: dict[str, str] = {
    "sexual": "sexual content",
    "minors": "content that concerns minors",
    "harassment": "harassment",
    "hate": "hate",
    "self_harm": "self-harm",
    "violence": "violence",
    "illegal": "something illegal",
    "spam": "spam",
    "wrong_memory": "wrong memory",
    "other": "something that is not allowed here",
}


class ReportChange(View):
    """`action` is carried out; whom it blocks is told the `resolution`, or what the report was about.
    `user_blocked` is the message's sender: for a character's message the
    user who made the character."""

    status: Status | None = None
    resolution: Annotated[str | None, Field(max_length=2000)] = None
    action: Action | None = None


@router.get("")
async def list_reports(
    admin: Acting,
    limit: Limit = DEFAULT_LIMIT,
    before: Following = None,
    status: Annotated[Status | None, Query()] = None,
) -> Page[AdminReportView]:
    """Reports, newest first, each with the message as it was reported."""
    cursor = id_cursor(before)
    async with admin.acting("reports.list") as tx:
        found = await tx.reports.page(limit=limit + 1, status=status, before=cursor)
    return page_of(found, limit, AdminReportView.of)


@router.get("/{report_id}")
async def get_report(admin: Acting, report_id: UUID) -> ReportInContextView:
    """One report, with the messages around the reported one as they were then."""
    async with admin.acting("report.read", ("report", report_id)) as tx:
        return ReportInContextView.of(await _report(tx, report_id))


@router.patch("/{report_id}")
async def patch_report(
    here: Here, admin: Acting, report_id: UUID, wanted: ReportChange
) -> AdminReportView:
    """Take a report up, do something about it, resolve or dismiss it."""
    if wanted.action == "message_removed":
        await _remove_message(here, admin, report_id)
    target = ("report", report_id)
    said = {"status": wanted.status, "did": wanted.action}
    async with admin.acting("report.change", target, **said) as tx:
        report, blocked = await change_report(tx, admin, report_id, wanted)
    if blocked:
        await cut_off(here, blocked)
    return AdminReportView.of(report)


async def change_report(
    tx: Transaction, admin: Admin, report_id: UUID, wanted: ReportChange
) -> tuple[Report, UUID | None]:
    """Change a report and carry its action out; returns the user's id if one was blocked.

    Raises:
        NotFound: it is gone, or whom or what it is about.
        InvalidRequest, Conflict: that user can't be blocked.
    """
    if wanted.action == "user_blocked":  # first the user, then the report: as an erasure locks them
        sender = await _sender(tx, await _report(tx, report_id))
        await tx.users.get(sender, lock=True)
    report = await _report(tx, report_id, for_update=True)
    _change(report, admin, wanted)
    blocked = await _carry_out(tx, admin, report, wanted.action)
    await tx.reports.save(report)
    return report, blocked


async def _remove_message(here: Services, admin: Admin, report_id: UUID) -> None:
    """Deleting takes transactions of its own, so it comes first: a report never says of a message that
    it is gone while it isn't."""
    async with admin.acting("message.remove", ("report", report_id)) as tx:
        report = await _report(tx, report_id)
    with suppress(NotFound):  # gone already
        await remove_message(here, report.user_id, report.message_id)


async def _carry_out(
    tx: Transaction, admin: Admin, report: Report, action: Action | None
) -> UUID | None:
    """Block whom the report is about; returns the user's id if it is one."""
    reason = report.resolution.strip() or f"reported: {TOLD[report.reason]}"
    if action == "user_blocked":
        user_id = await _sender(tx, report)
        await block_user(tx, admin, user_id, reason)
        await tx.audit.record("user.block", actor_id=admin.id, target=("user", user_id))
        return user_id
    if action == "character_blocked":
        if await tx.people.block_character(report.character_id, reason) is None:
            raise NotFound("The character is gone.")
        target = ("character", report.character_id)
        await tx.audit.record("character.block", actor_id=admin.id, target=target)
    return None


async def _sender(tx: Transaction, report: Report) -> UUID:
    if report.sender_type == "user":
        return report.user_id
    character = await tx.characters.get(report.character_id)
    if character is None or character.owner_id is None:
        raise InvalidRequest("No user made this character. Block the character instead.")
    return character.owner_id


def _change(report: Report, admin: Admin, wanted: ReportChange) -> None:
    report.updated_at = utc_now()
    if wanted.action:
        report.action = wanted.action
    if wanted.resolution is not None:
        report.resolution = wanted.resolution
    if wanted.status and wanted.status != report.status:
        closed = wanted.status in CLOSED
        report.status = wanted.status
        report.closed_at = report.updated_at if closed else None
        report.closed_by = admin.id if closed else None


async def _report(tx: Transaction, report_id: UUID, *, for_update: bool = False) -> Report:
    report = await tx.reports.get(report_id, for_update=for_update)
    if report is None:
        raise NotFound("There is no such report.")
    return report
