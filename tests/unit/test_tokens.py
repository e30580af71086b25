"""What a token says, ours and another issuer's."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from backend.errors import NotAuthenticated
from backend.gateway.authentication import END_OF_TIME, Tokens
from backend.gateway.issuer import OtherIssuer
from backend.models import utc_now
from backend.public_key import read_public_key
from tests.support.tokens import pem_of

SECRET = "a secret of at least 32 bytes for HS256"
USER = uuid4()
THEIR_KEY = ec.generate_private_key(ec.SECP256R1())

tokens = Tokens(SECRET)
with_theirs = Tokens(SECRET, OtherIssuer(read_public_key(pem_of(THEIR_KEY))))


def ours(**changes: Any) -> str:
    claims = {"sub": str(USER), "exp": utc_now() + timedelta(hours=1), **changes}
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, SECRET, algorithm="HS256")


def theirs(**claims: Any) -> str:
    known = {"sub": str(USER), "exp": 4_102_444_800}
    return jwt.encode(known | claims, THEIR_KEY, algorithm="ES256")


def nested(depth: int) -> str:
    """A header that nests so deep that Python's JSON reader gives up."""
    text = b'{"alg": ' + b"[" * depth + b"]" * depth + b"}"
    return base64.urlsafe_b64encode(text).decode().rstrip("=") + ".e30.e30"


def test_a_pair_shares_its_session_and_has_ids_of_its_own() -> None:
    before = utc_now()
    first, second = tokens.issue(USER), tokens.issue(USER)
    access, refresh = tokens.read(first.access_token), tokens.read(first.refresh_token, "refresh")
    other = tokens.read(second.access_token)
    assert access.session_id == refresh.session_id != other.session_id
    assert len({access.token_id, refresh.token_id, other.token_id}) == 3
    assert access.ids == (access.token_id, access.session_id)
    assert access.issued_at is not None
    # To the microsecond: a sign-out in the same second must find it older.
    assert before - timedelta(microseconds=1) <= access.issued_at <= utc_now()

    renewed = tokens.issue(USER, access.session_id)
    assert tokens.read(renewed.access_token).session_id == access.session_id


def test_another_issuer_s_token_needs_no_jti_and_names_no_session_of_ours() -> None:
    token = theirs(sid=str(uuid4()))
    sign_in = with_theirs.read(token)
    assert (sign_in.user_id, sign_in.session_id, sign_in.issued_at) == (USER, None, None)
    assert sign_in.expires_at == datetime(
        2100, 1, 1, 0, 0, 30, tzinfo=UTC
    )  # their clock may be off
    assert sign_in.ids == (sign_in.token_id,)
    assert with_theirs.read(token) == sign_in
    assert with_theirs.read(theirs(sid="1", nonce=2)).token_id != sign_in.token_id
    # An ECDSA signature can be made twice for the same claims: still the same token.
    assert with_theirs.read(theirs()).token_id == with_theirs.read(theirs()).token_id
    with pytest.raises(NotAuthenticated):
        tokens.read(token)


def test_a_token_has_one_id_however_its_signature_is_written() -> None:
    token = ours()
    assert tokens.read(token + "=").token_id == tokens.read(token).token_id


@pytest.mark.parametrize("exp", [1e11, 1e18, 1e300])
def test_a_token_for_ever_ends_with_the_calendar(exp: float) -> None:
    assert tokens.read(ours(exp=exp, iat=-1e18)).expires_at <= END_OF_TIME


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        "",
        "garbage",
        "a.b.c",
        ours(exp=None),
        ours(exp=1),
        ours(exp="soon"),
        ours(exp=float("inf")),
        ours(sub=None),
        ours(sub="me"),
        ours(sid="mine"),
        ours(sid=7),
        ours(iat=float("nan")),
        ours(iat=utc_now() + timedelta(hours=1)),
        ours(typ="refresh"),
        ours(typ=["access"]),
        theirs(),
        jwt.encode({"sub": str(USER), "exp": 9e9}, SECRET, algorithm="HS512"),
        jwt.encode({"sub": str(USER), "exp": 9e9}, SECRET, "HS256", {"crit": ["x"], "x": 1}),
        nested(20_000),
        nested(900),
        ours(exp=10**400),
        7,
        b"bytes",
    ],
    ids=lambda _: "wrong",
)
def test_a_wrong_token_is_refused(wrong: Any) -> None:
    with pytest.raises(NotAuthenticated):
        tokens.read(wrong)


def test_an_access_token_is_no_refresh_token() -> None:
    pair = tokens.issue(UUID(int=1))
    with pytest.raises(NotAuthenticated, match="refresh"):
        tokens.read(pair.access_token, "refresh")
