"""Accounts and tokens."""

import asyncio
from functools import cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import APIRouter, Form, Request
from pydantic import AfterValidator, Field

from backend.errors import InvalidRequest, NotAuthenticated, NotFound
from backend.gateway import sessions
from backend.gateway.authentication import (
    TICKET_LIFETIME,
    Caller,
    CallersSignIn,
    Here,
    TokenPair,
    passwords,
)
from backend.gateway.views import TicketView, UserView, View
from backend.models import User

router = APIRouter(prefix="/auth", tags=["auth"])

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def _zone_name(name: str) -> str:
    """Only names that this machine knows a zone for, so that nothing fails later."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        raise ValueError("must be an IANA time zone, such as Europe/Lisbon") from error
    return name


TimeZone = Annotated[str, Field(max_length=64), AfterValidator(_zone_name)]


class Registration(View):
    # Whether an address works only a message to it can tell; this refuses what can't be one.
    email: Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
    password: Annotated[str, Field(min_length=8, max_length=200)]
    display_name: Annotated[str, Field(min_length=1, max_length=80, pattern=r"\S")]
    time_zone: TimeZone = "UTC"


class ProfileChange(View):
    display_name: Annotated[str | None, Field(min_length=1, max_length=80, pattern=r"\S")] = None
    adult_confirmed: bool | None = None
    time_zone: TimeZone | None = None


@router.post("/register", status_code=201)
async def register(here: Here, wanted: Registration) -> UserView:
    """Make an account."""
    user = User(
        email=wanted.email,
        display_name=wanted.display_name.strip(),
        time_zone=wanted.time_zone,
        # In a thread, here and below: a tenth of a second in which nobody else would be served.
        password_hash=await asyncio.to_thread(passwords.hash, wanted.password),
    )
    async with here.store.transaction() as tx:
        await tx.users.add(user)
    return UserView.of(user)


@router.post("/token")
async def token(
    here: Here,
    grant_type: Annotated[str, Form()] = "password",
    username: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    refresh_token: Annotated[str, Form()] = "",
) -> TokenPair:
    """OAuth2: sign in with `grant_type=password`, renew with `grant_type=refresh_token`. A refresh token
    is good once, for the pair that it is answered with; used again, it ends the whole session."""
    if grant_type == "refresh_token":
        return await sessions.renew(here, refresh_token)
    if grant_type != "password":
        raise InvalidRequest("grant_type must be password or refresh_token.")
    async with here.store.transaction() as tx:
        user = await tx.users.by_email(username)
    known = user.password_hash if user else None
    right = await asyncio.to_thread(_verify, password, known)
    if not right or user is None:
        raise NotAuthenticated("The email address or the password is wrong.")
    return here.tokens.issue(user.id)


def _verify(password: str, known: str | None) -> bool:
    """Whether the password is right; unknown addresses take as long to say no to."""
    return passwords.verify(password, known or _nobody_s_hash()) and known is not None


@cache
def _nobody_s_hash() -> str:
    return passwords.hash("nobody's")


@router.post("/revoke")
async def revoke(here: Here, token: Annotated[str, Form()]) -> dict[str, Any]:
    """OAuth2 (RFC 7009): end a token before it expires, a refresh token with all that came of its
    sign-in. Connections that it let in are closed. The answer is the same for any other text."""
    await sessions.revoke(here, token)
    return {}


@router.post("/revoke-all", status_code=204)
async def revoke_all(here: Here, caller: Caller) -> None:
    """Sign out everywhere: end every token of the caller's, this one too, and close all connections."""
    await sessions.revoke_all(here, caller)


@router.post("/local")
async def local(here: Here, request: Request) -> TokenPair:
    """Sign in as the local user, without a form: embedded mode, from this machine only.

    The Host header is checked too, or a web page could reach us by a name that it points here.
    """
    if here.local_user_id is None or not _from_this_machine(request):
        raise NotFound("Signing in without a form is only possible on the machine itself.")
    return here.tokens.issue(here.local_user_id)


def _from_this_machine(request: Request) -> bool:
    client = request.client.host if request.client else ""
    forwarded = request.headers.get("x-forwarded-for") or request.headers.get("forwarded")
    return client in LOOPBACK and (request.url.hostname or "") in LOOPBACK and not forwarded


@router.post(
    "/ws-ticket",
    status_code=201,
    responses={503: {"description": "Redis, which keeps tickets, can't be reached."}},
)
async def ws_ticket(here: Here, _caller: Caller, sign_in: CallersSignIn) -> TicketView:
    """A ticket that opens one WebSocket at `/ws?ticket=…` as the caller, without an auth frame. The
    connection may stay as long as the token that the ticket was asked for with is good."""
    ticket = await here.tickets.issue(sign_in, TICKET_LIFETIME)
    return TicketView(ticket=ticket, expires_in=int(TICKET_LIFETIME.total_seconds()))


@router.get("/me")
async def me(caller: Caller) -> UserView:
    """The caller's account."""
    return UserView.of(caller)


@router.patch("/me")
async def change_me(here: Here, caller: Caller, change: ProfileChange) -> UserView:
    """Change the caller's name or time zone, or confirm that they are an adult."""
    async with here.store.transaction() as tx:
        # Read anew: what else changes the account meanwhile, as a sign-out does, is not to be undone.
        user = await tx.users.get(caller.id)
        if user is None:
            raise NotAuthenticated("The account of this token no longer exists.")
        for name, value in change.model_dump(exclude_none=True).items():
            setattr(user, name, value)
    return UserView.of(user)
