"""What a user may ask for: all that is held on them, and that it be erased."""

import re
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse
from pydantic import Field
from starlette.exceptions import HTTPException

from backend.errors import NotConfirmed
from backend.gateway.authentication import CallersSignIn, EvenBlocked, Here
from backend.gateway.control import AccountGone
from backend.gateway.error_mapping import HTTP_CODES
from backend.gateway.openapi import CODES, fails_with
from backend.gateway.passwords import LONGEST, is_right
from backend.gateway.services import Services
from backend.gateway.views import Time, View
from backend.gateway.views_memory import RemainingView
from backend.models import Erasure, SignIn, User, utc_now
from backend.privacy.downloads import Download, begin_download, find_download
from backend.privacy.erasing import begin_erasure, erase

router = APIRouter(prefix="/users/me", tags=["privacy"])

FRESH = timedelta(minutes=15)  # another issuer's sign-in, where there is no password to ask for
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_ZIP: dict[str, Any] = {"application/zip": {"schema": {"type": "string", "format": "binary"}}}


class ErasureRequest(View):
    """The account's password; `confirm` where it has none."""

    password: Annotated[str | None, Field(max_length=LONGEST)] = None
    confirm: Literal["erase"] | None = None


class ErasureRemainingView(RemainingView):
    jobs: int


class ErasureView(View):
    """What was deleted, and what was found to be left afterwards; null where a part couldn't be reached.
    `finishedAt` is null until nothing is left: the rest is done in the background. The receipt is kept
    under its `id`, without any word on whose it is."""

    id: UUID
    begun_at: Time
    finished_at: Time | None
    rows_deleted: dict[str, int]
    vectors_deleted: int
    cache_keys_deleted: int
    remaining: ErasureRemainingView | None

    @classmethod
    def of(cls, erasure: Erasure) -> "ErasureView":
        left = erasure.remaining
        return cls(
            id=erasure.id,
            begun_at=erasure.begun_at,
            finished_at=erasure.finished_at,
            rows_deleted=erasure.deleted.get("rows", {}),
            vectors_deleted=erasure.deleted.get("vectors", 0),
            cache_keys_deleted=erasure.deleted.get("cacheKeys", 0),
            remaining=ErasureRemainingView.model_validate(left, by_alias=True) if left else None,
        )


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={
        200: {"description": "A zip archive.", "content": _ZIP},
        206: {"description": "The rest of it.", "content": _ZIP},
        416: {CODES: [HTTP_CODES[416]]},
    },
)
async def export_me(
    here: Here,
    caller: EvenBlocked,
    wanted: Annotated[str, Header(alias="range")] = "",
    if_range: Annotated[str, Header()] = "",
) -> StreamingResponse:
    """All that is held on the caller, as a zip archive of JSON lines and of pages to read. It is made while
    it is sent, so its length isn't told. A download that broke off goes on with `Range` and, in
    `If-Range`, the ETag that it came with, for an hour or until another one is begun; without both, or
    later, the answer is a new archive."""
    download = await find_download(here.store, caller.id, if_range) if if_range else None
    if download is None:
        return _answer(await begin_download(here.store, caller.id))
    size = await download.size()
    first, last = _span(wanted, size)
    if (first, last) == (0, size - 1):
        return _answer(download, headers={"Content-Length": str(size)})
    headers = {
        "Content-Length": str(last + 1 - first),
        "Content-Range": f"bytes {first}-{last}/{size}",
    }
    return _answer(download, first, last, status=206, headers=headers)


def _answer(
    download: Download,
    first: int = 0,
    last: int | None = None,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> StreamingResponse:
    name = f"keepsake-export-{download.export.begun_at:%Y-%m-%d}.zip"
    return StreamingResponse(
        download.stream(first, last),
        status,
        {
            "ETag": download.etag,
            "Accept-Ranges": "bytes",
            "Cache-Control": "private, no-store",
            "Content-Disposition": f'attachment; filename="{name}"',
            **(headers or {}),
        },
        media_type="application/zip",
    )


def _span(wanted: str, size: int) -> tuple[int, int]:
    """The first and the last byte of a range; the whole for one that we don't understand, for several
    at once, and for one behind the end: a range may be ignored (RFC 9110, 14.2).

    Raises:
        HTTPException: 416, the last no bytes.
    """
    whole = 0, size - 1
    found = _RANGE.fullmatch(wanted.strip())
    if found is None or not any(found.groups()):
        return whole
    first, last = found.groups()
    if not first and not int(last):
        raise HTTPException(416, "No byte was asked for.", {"Content-Range": f"bytes */{size}"})
    if not first:
        return max(0, size - int(last)), size - 1
    span = int(first), min(int(last or size - 1), size - 1)
    return span if span[0] <= span[1] else whole


@router.delete("", responses=fails_with(NotConfirmed))
async def erase_me(
    here: Here,
    request: Request,
    caller: EvenBlocked,
    sign_in: CallersSignIn,
    wanted: ErasureRequest | None = None,
) -> ErasureView:
    """Erase the account and all that is held on it, for good. The token lets nobody in any more, and
    every connection is closed. Wants the password; of an account without one `confirm`, and a sign-in
    of the last 15 minutes where that is another issuer's."""
    await _confirm(here, request, caller, sign_in, wanted or ErasureRequest())
    erasure = await begin_erasure(here.store, caller.id, here.tokens.mark(caller.id))
    await here.control.tell(AccountGone(user_id=caller.id))
    async with here.store.transaction() as tx:
        answering = await tx.erasures.being_answered(caller.id)
    for conversation_id in answering:
        await here.turns.stop(conversation_id)
    return ErasureView.of(await erase(here.memory, erasure.id))


async def _confirm(
    here: Services, request: Request, caller: User, sign_in: SignIn, wanted: ErasureRequest
) -> None:
    """Make sure that it is the account's owner, and that they mean it.

    Raises:
        NotConfirmed: it isn't sure.
        RateLimited: too many passwords were tried.
    """
    if caller.password_hash is None:
        if wanted.confirm is None:
            raise NotConfirmed('To erase this account, send {"confirm": "erase"}.')
        if sign_in.session_id is None and not _is_fresh(sign_in.issued_at):
            raise NotConfirmed("Sign in anew to erase this account.")
        return
    if wanted.password is None:
        raise NotConfirmed("To erase this account, send its password.")
    await here.limits.signing_in(caller.email, request.client.host if request.client else None)
    if not await is_right(wanted.password, caller.password_hash):
        raise NotConfirmed("The password is wrong.")


def _is_fresh(issued_at: datetime | None) -> bool:
    return issued_at is not None and utc_now() - issued_at <= FRESH
