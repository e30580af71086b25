"""Accounts and tokens."""

from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import APIRouter, Depends, Form, Request, Response
from pydantic import AfterValidator, Field
from starlette.exceptions import HTTPException

from backend.errors import (
    AccountBlocked,
    Conflict,
    InvalidRequest,
    NotAuthenticated,
    NotConfirmed,
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
)
from backend.gateway.control import SignedOutEverywhere
from backend.gateway.emails import EMAIL, LONGEST_EMAIL, is_ours
from backend.gateway.error_mapping import HTTP_CODES
from backend.gateway.etags import TAGGED, IfMatch, tagged
from backend.gateway.hosts import is_own_page
from backend.gateway.networks import is_this_machine
from backend.gateway.openapi import CODES, fails_with
from backend.gateway.passwords import LONGEST, Password, hash_password, is_right, refuse_weak
from backend.gateway.services import Services
from backend.gateway.views import TicketView, UserView, View
from backend.gateway.wire_types import Flag
from backend.models import User, utc_now

router = APIRouter(prefix="/auth", tags=["auth"])

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
SEND_A_FORM = "Send a form: username, password"


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
    """A new `password` wants `currentPassword` beside it."""

    display_name: Annotated[str | None, Field(min_length=1, max_length=80, pattern=r"\S")] = None
    adult_confirmed: Flag | None = None
    time_zone: TimeZone | None = None
    current_password: Annotated[str | None, Field(max_length=LONGEST)] = None
    password: Password | None = None


class ChangedAccount(UserView):
    """The account. With a new password `tokens` are the only ones that are still good: a pair as
    `POST /auth/token` gives it."""

    tokens: TokenPair | None = Field(default=None, exclude_if=lambda pair: pair is None)


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


async def _form(request: Request) -> None:
    """FastAPI dependency: what is sent is a form. Anything else would count as an empty one.

    Raises:
        HTTPException: 415, it isn't.
    """
    kind = request.headers.get("content-type", FORMS[0]).partition(";")[0].strip().lower()
    if kind not in FORMS:
        raise HTTPException(415, f"{SEND_A_FORM} (Content-Type: {FORMS[0]}).")


@router.post(
    "/token",
    dependencies=[Depends(_form)],
    responses={
        **fails_with(NotAuthenticated, AccountBlocked),
        415: {CODES: [HTTP_CODES[415]]},
    },
)
async def token(
    here: Here,
    request: Request,
    grant_type: Annotated[str, Form()] = "password",
    username: Annotated[str, Form(max_length=LONGEST_EMAIL)] = "",
    password: Annotated[str, Form(max_length=LONGEST)] = "",
    refresh_token: Annotated[str, Form()] = "",
) -> TokenPair:
    """OAuth2: sign in with `grant_type=password`, renew with `grant_type=refresh_token`. A refresh token
    is good once, for the pair that it is answered with; used again, it ends the whole session. A blocked
    account's tokens export and erase what is held on it, and nothing else."""
    if grant_type == "refresh_token":
        return await sessions.renew(here, refresh_token)
    if grant_type != "password":
        raise InvalidRequest("grant_type: must be password or refresh_token.", field="grant_type")
    if not username:
        raise InvalidRequest(f"{SEND_A_FORM}.", field="username")
    await here.limits.signing_in(username, _address(request))
    async with here.store.transaction() as tx:
        user = await tx.users.by_email(username)
    # The same work and the same answer whether the account, its password or the guess is missing.
    right = await is_right(password, user.password_hash if user else None)
    if not right or user is None or user.leaving_at:
        raise NotAuthenticated("The email address or the password is wrong.")
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


@router.patch("/me", responses=fails_with(NotConfirmed))
async def change_me(
    here: Here,
    request: Request,
    caller: Caller,
    change: ProfileChange,
    unchanged: IfMatch,
    response: Response,
) -> ChangedAccount:
    """Change the caller's name or time zone, confirm that they are an adult, or change the password. A new
    password ends every token and connection of the account, this one's too; the answer's `tokens` are a fresh
    pair, so that the caller stays."""
    password_hash = await _new_password(here, request, caller, change)
    async with here.store.transaction() as tx:
        # Read anew: what else changes the account meanwhile, as a sign-out does, is not to be undone.
        user = await tx.users.get(caller.id, lock=True)
        if user is None:
            raise NotAuthenticated("The account of this token no longer exists.")
        unchanged.require(UserView.of(user))
        if password_hash:
            if user.password_hash != caller.password_hash:
                raise NotConfirmed("The password was changed meanwhile.")
            user.password_hash, user.tokens_valid_from = password_hash, utc_now()
        changes = change.model_dump(exclude_none=True, exclude={"current_password", "password"})
        for name, value in changes.items():
            setattr(user, name, value)
    shown = UserView.of(user)
    tagged(response, shown)
    return ChangedAccount(
        **shown.model_dump(), tokens=await _start_anew(here, user) if password_hash else None
    )


async def _new_password(
    here: Services, request: Request, caller: User, change: ProfileChange
) -> str | None:
    """The hash of the password that is asked for, if one is.

    Raises:
        NotConfirmed: the current one is missing or wrong, or the account has none.
        InvalidRequest: the new one would be guessed early.
        RateLimited: too many passwords were tried.
    """
    if change.password is None:
        if change.current_password is not None:
            raise InvalidRequest("password: is missing: say the new one.", field="password")
        return None
    if caller.password_hash is None:
        raise NotConfirmed("This account has no password: it is signed in without one.")
    if change.current_password is None:
        raise NotConfirmed("To change the password, send the current one as currentPassword.")
    refuse_weak(change.password, caller.email, change.display_name or caller.display_name)
    await here.limits.signing_in(caller.email, _address(request))
    if not await is_right(change.current_password, caller.password_hash):
        raise NotConfirmed("The current password is wrong.")
    return await hash_password(change.password)


async def _start_anew(here: Services, user: User) -> TokenPair:
    """End what was signed in by the password before; gives a pair from after that."""
    assert user.tokens_valid_from is not None, "set with the password"
    await here.control.tell(SignedOutEverywhere(user_id=user.id, before=user.tokens_valid_from))
    return here.tokens.issue(user.id)
