"""Accounts and tokens."""

from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import APIRouter, Form, Request, Response
from pydantic import AfterValidator, Field

from backend.errors import (
    AccountBlocked,
    Conflict,
    InvalidRequest,
    NotAuthenticated,
    NotFound,
    ServiceUnavailable,
)
from backend.gateway import sessions
from backend.gateway.authentication import (
    TICKET_LIFETIME,
    Caller,
    CallersSignIn,
    Here,
    TokenPair,
    refuse_blocked,
)
from backend.gateway.emails import EMAIL, LONGEST_EMAIL, is_ours
from backend.gateway.etags import TAGGED, IfMatch, tagged
from backend.gateway.hosts import is_own_page
from backend.gateway.networks import is_this_machine
from backend.gateway.openapi import fails_with
from backend.gateway.passwords import LONGEST, Password, hash_password, is_right, refuse_weak
from backend.gateway.views import TicketView, UserView, View
from backend.gateway.wire_types import Flag
from backend.models import User

router = APIRouter(prefix="/auth", tags=["auth"])


def _zone_name(name: str) -> str:
    """Only names that this machine knows a zone for, so that nothing fails later."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        raise ValueError("must be an IANA time zone, such as Europe/Lisbon") from error
    return name


def _somebody_s(email: str) -> str:
    if is_ours(email):
        raise ValueError("can't end like the addresses that Keepsake gives itself")
    return email


TimeZone = Annotated[
    str,
    Field(max_length=64, json_schema_extra={"format": "time-zone"}),
    AfterValidator(_zone_name),
]


class Registration(View):
    # Whether an address works only a message to it can tell; this refuses what can't be one.
    email: Annotated[
        str, Field(max_length=LONGEST_EMAIL, pattern=EMAIL), AfterValidator(_somebody_s)
    ]
    password: Password
    display_name: Annotated[str, Field(min_length=1, max_length=80, pattern=r"\S")]
    time_zone: TimeZone = "UTC"


class ProfileChange(View):
    display_name: Annotated[str | None, Field(min_length=1, max_length=80, pattern=r"\S")] = None
    adult_confirmed: Flag | None = None
    time_zone: TimeZone | None = None


@router.post("/register", status_code=201, responses=fails_with(Conflict))
async def register(here: Here, request: Request, wanted: Registration) -> UserView:
    """Make an account. A password that is guessed first is refused: one of the commonest, the address,
    the name."""
    refuse_weak(wanted.password, wanted.email, wanted.display_name)
    await here.limits.registering(_address(request))
    user = User(
        email=wanted.email,
        display_name=wanted.display_name.strip(),
        time_zone=wanted.time_zone,
        password_hash=await hash_password(wanted.password),
    )
    async with here.store.transaction() as tx:
        await tx.users.add(user)
    return UserView.of(user)


@router.post("/token", responses=fails_with(NotAuthenticated, AccountBlocked))
async def token(
    here: Here,
    request: Request,
    grant_type: Annotated[str, Form()] = "password",
    username: Annotated[str, Form(max_length=LONGEST_EMAIL)] = "",
    password: Annotated[str, Form(max_length=LONGEST)] = "",
    refresh_token: Annotated[str, Form()] = "",
) -> TokenPair:
    """OAuth2: sign in with `grant_type=password`, renew with `grant_type=refresh_token`. A refresh token
    is good once, for the pair that it is answered with; used again, it ends the whole session."""
    if grant_type == "refresh_token":
        return await sessions.renew(here, refresh_token)
    if grant_type != "password":
        raise InvalidRequest("grant_type must be password or refresh_token.")
    await here.limits.signing_in(username, _address(request))
    async with here.store.transaction() as tx:
        user = await tx.users.by_email(username)
    # The same work and the same answer whether the account, its password or the guess is missing.
    right = await is_right(password, user.password_hash if user else None)
    if not right or user is None or user.leaving_at:
        raise NotAuthenticated("The email address or the password is wrong.")
    refuse_blocked(user)
    return here.tokens.issue(user.id)


def _address(request: Request) -> str | None:
    return request.client.host if request.client else None


@router.post("/revoke")
async def revoke(here: Here, token: Annotated[str, Form(min_length=1)]) -> dict[str, Any]:
    """OAuth2 (RFC 7009): end a token before it expires, a refresh token with all that came of its
    sign-in. Connections that it let in are closed. The answer is the same for any other text."""
    await sessions.revoke(here, token)
    return {}


@router.post("/revoke-all", status_code=204)
async def revoke_all(here: Here, caller: Caller) -> None:
    """Sign out everywhere: end every token of the caller's, this one too, and close all connections."""
    await sessions.revoke_all(here, caller)


@router.post("/local", responses=fails_with(NotFound))
async def local(here: Here, request: Request) -> TokenPair:
    """Sign in as the local user, without a form: embedded mode, from this machine only.

    `Host` and `Origin` are checked too, or any web page could reach us here.
    """
    if here.local_user is None or not _from_this_machine(request):
        raise NotFound("Signing in without a form is only possible on the machine itself.")
    return here.tokens.issue(await here.local_user())


def _from_this_machine(request: Request) -> bool:
    """Not what a proxy passes on, either: it calls from here whoever called it."""
    forwarded = {"x-forwarded-for", "x-real-ip", "forwarded", "via"} & set(request.headers)
    return is_this_machine(_address(request)) and not forwarded and is_own_page(request)


@router.post(
    "/ws-ticket",
    status_code=201,
    responses=fails_with(ServiceUnavailable),
)
async def ws_ticket(here: Here, _caller: Caller, sign_in: CallersSignIn) -> TicketView:
    """A ticket that opens one WebSocket at `/ws?ticket=…` as the caller, without an auth frame. The
    connection may stay as long as the token that the ticket was asked for with is good."""
    ticket = await here.tickets.issue(sign_in, TICKET_LIFETIME)
    return TicketView(ticket=ticket, expires_in=int(TICKET_LIFETIME.total_seconds()))


@router.get("/me", responses=TAGGED)
async def me(caller: Caller, response: Response) -> UserView:
    """The caller's account."""
    return tagged(response, UserView.of(caller))


@router.patch("/me")
async def change_me(
    here: Here, caller: Caller, change: ProfileChange, unchanged: IfMatch, response: Response
) -> UserView:
    """Change the caller's name or time zone, or confirm that they are an adult."""
    async with here.store.transaction() as tx:
        # Read anew: what else changes the account meanwhile, as a sign-out does, is not to be undone.
        user = await tx.users.get(caller.id, lock=True)
        if user is None:
            raise NotAuthenticated("The account of this token no longer exists.")
        unchanged.require(UserView.of(user))
        for name, value in change.model_dump(exclude_none=True).items():
            setattr(user, name, value)
    return tagged(response, UserView.of(user))
