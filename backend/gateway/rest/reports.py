"""Reports: a reader tells the admins of a message."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from backend.errors import NotFound
from backend.gateway.authentication import Caller, Here
from backend.gateway.views import Time, View
from backend.models import Message, Report, rfc3339
from backend.store import Surroundings

router = APIRouter(tags=["messages"])

BEFORE, AFTER = 6, 3  # messages around the reported one that are kept with it

Reason = Literal[
    "sexual",
    "minors",
    "harassment",
    "hate",
    "self_harm",
    "violence",
    "illegal",
    "spam",
    "wrong_memory",
    "other",
]


class NewReport(View):
    """What is wrong with a message, and a note for the admins."""

    reason: Reason
    note: Annotated[str, Field(max_length=2000)] = ""


class ReportView(View):
    """A report as its author sees it."""

    id: UUID
    message_id: UUID
    conversation_id: UUID
    character_id: UUID
    reason: Reason
    note: str
    status: Literal["open", "reviewing", "resolved", "dismissed"]
    created_at: Time
    updated_at: Time

    @classmethod
    def of(cls, report: Report) -> "ReportView":
        return cls.model_validate(report)


@router.post(
    "/messages/{message_id}/report",
    status_code=201,
    responses={200: {"model": ReportView, "description": "It was reported before: that report."}},
)
async def report_message(
    here: Here, caller: Caller, message_id: UUID, wanted: NewReport, response: Response
) -> ReportView:
    """Report a message to the admins. They see it as it is now, with the messages next to it, even if
    it is changed or deleted later, and nothing else of the conversation. Reported again, a message
    answers with the first report (200), which stays as it is."""
    async with here.store.transaction() as tx:
        found = await tx.reports.surroundings(caller.id, message_id, before=BEFORE, after=AFTER)
        if found is None:
            earlier = await tx.reports.earlier(caller.id, message_id)
            if earlier is None:
                raise NotFound("There is no such message.")
            report, is_new = earlier, False
        else:
            report, is_new = await tx.reports.file(_report(caller.id, found, wanted))
    if not is_new:
        response.status_code = 200
    return ReportView.of(report)


def _report(user_id: UUID, found: Surroundings, wanted: NewReport) -> Report:
    around = [_evidence(message, found) for message in found.around]
    return Report(
        user_id=user_id,
        message_id=found.message.id,
        conversation_id=found.message.conversation_id,
        character_id=found.character_id,
        sender_type=found.message.sender_type,
        reason=wanted.reason,
        note=wanted.note,
        evidence={"message": _evidence(found.message, found), "around": around},
    )


def _evidence(message: Message, found: Surroundings) -> dict[str, object]:
    """A message as it is kept. A user's message was decided on in the turn that answered it."""
    replies = (each.id for each in found.around if each.reply_to == message.id)
    turns = (message.id, *replies)
    return {
        "id": str(message.id),
        "seq": message.seq,
        "senderType": message.sender_type,
        "content": message.content,
        "state": message.state,
        "createdAt": rfc3339(message.created_at),
        "decision": next((found.decisions[id] for id in turns if id in found.decisions), None),
    }
