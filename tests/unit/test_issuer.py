"""Tokens of another issuer: which keys, which tokens, whose account."""

import base64
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import RFC_4122, uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from backend.errors import NotAuthenticated
from backend.gateway.authentication import Tokens
from backend.gateway.issuer import OtherIssuer, account_of_subject
from backend.models import utc_now
from backend.models.sign_in import Newcomer
from backend.public_key import read_public_key
from tests.support.tokens import pem_of

SECRET = "a secret of at least 32 bytes for HS256"
ISSUER, AUDIENCE = "https://id.example.com/", "keepsake"
RSA_KEY = rsa.generate_private_key(65537, 2048)
KEYS: dict[str, Any] = {
    "RS256": RSA_KEY,
    "PS256": RSA_KEY,
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "ES384": ec.generate_private_key(ec.SECP384R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
}


def tokens_of(algorithm: str = "RS256", **given: Any) -> Tokens:
    key = read_public_key(pem_of(KEYS[algorithm]), algorithm)
    return Tokens(SECRET, OtherIssuer(key, **given))


def theirs(algorithm: str = "RS256", headers: Any = None, key: Any = None, **claims: Any) -> str:
    known = {"sub": "auth0|7", "exp": utc_now() + timedelta(hours=1), "iss": ISSUER}
    kept = {name: value for name, value in (known | claims).items() if value is not None}
    return jwt.encode(kept, key or KEYS[algorithm], algorithm, headers)


# --- the key --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "algorithm"),
    [("RS256", "RS256"), ("ES256", "ES256"), ("ES384", "ES384"), ("EdDSA", "EdDSA")],
)
def test_a_key_says_what_it_is_used_with(kind: str, algorithm: str, tmp_path: Path) -> None:
    pem = pem_of(KEYS[kind])
    file = tmp_path / "issuer.pem"
    file.write_text(pem)
    for given in (pem, pem.replace("\n", "\\n"), str(file)):
        assert read_public_key(given).algorithm == algorithm


def private_pem() -> str:
    key = KEYS["ES256"]
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("given", "algorithm", "complaint"),
    [
        (lambda: pem_of(KEYS["ES256"]), "HS256", "not for HS256"),
        (lambda: pem_of(KEYS["ES256"]), "RS256", "not for RS256"),
        (lambda: pem_of(KEYS["ES256"]), "none", "not for none"),
        (lambda: pem_of(RSA_KEY), "ES256", "not for ES256"),
        (private_pem, None, "private key"),
        (lambda: pem_of(rsa.generate_private_key(65537, 1024)), None, "2048 bits"),
        (lambda: pem_of(ec.generate_private_key(ec.SECP256K1())), None, "P-256"),
        (lambda: "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", None, "PEM"),
        (lambda: "/no/such/file.pem", None, "neither"),
        (lambda: "a shared secret of theirs", None, "neither"),
    ],
    ids=lambda given: given if isinstance(given, str) else "key",
)
def test_a_key_that_can_t_be_used_is_refused(given: Any, algorithm: Any, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        read_public_key(given(), algorithm)


# --- the token ------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_good_token_lets_its_subject_in(algorithm: str) -> None:
    tokens = tokens_of(algorithm, issuer=ISSUER, audience=AUDIENCE)
    first = tokens.read(theirs(algorithm, aud=[AUDIENCE, "others"]))
    again = tokens.read(theirs(algorithm, aud=AUDIENCE, nonce=2))
    assert first.user_id == again.user_id
    assert first.newcomer == Newcomer(ISSUER, "auth0|7")
    assert first.newcomer.mark == tokens.mark(first.user_id) != tokens.mark(first.token_id)


@pytest.mark.parametrize(
    "header",
    [
        {"kid": "another"},
        {"kid": "../../../../dev/null"},
        {"kid": "' OR 1=1 --"},
        {"jku": "https://evil.example.com/keys"},
        {"x5u": "https://evil.example.com/cert"},
        {"jwk": {"kty": "oct", "k": "AAAA"}},
    ],
    ids=str,
)
def test_what_a_header_says_of_keys_is_not_read(header: dict[str, Any]) -> None:
    assert tokens_of().read(theirs(headers=header)).newcomer
    with pytest.raises(NotAuthenticated):
        tokens_of().read(theirs(headers=header, key=rsa.generate_private_key(65537, 2048)))


def by_hand(header: dict[str, Any], key: bytes, **claims: Any) -> str:
    """A token that no library signs: HMAC with a public key, say."""
    parts = [header, {"sub": "auth0|7", "exp": 9e9, **claims}]
    text = b".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in parts)
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(text, key)
    return (text + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_a_public_key_is_never_taken_for_a_shared_secret(algorithm: str) -> None:
    tokens = tokens_of(algorithm)
    public = pem_of(KEYS[algorithm]).encode()
    for claimed in ("HS256", algorithm, "none", "None", "", "hs256"):
        for key in (public, public.strip(), b"", SECRET.encode() * (claimed != "HS256")):
            with pytest.raises(NotAuthenticated):
                tokens.read(by_hand({"alg": claimed, "typ": "JWT"}, key))
    for header in ({}, {"alg": None}, {"alg": [algorithm]}, {"alg": {"a": 1}}):
        with pytest.raises(NotAuthenticated):
            tokens.read(by_hand(header, public))


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example.com/"},
        {"iss": None},
        {"aud": "others"},
        {"aud": None},
        {"aud": 7},
        {"exp": None},
        {"exp": 10**400},
        {"exp": utc_now() - timedelta(seconds=60)},
        {"nbf": utc_now() + timedelta(days=1)},
        {"iat": utc_now() + timedelta(days=1)},
        {"sub": None},
        {"sub": ""},
        {"sub": "a\x00b"},
        {"sub": "x" * 256},
        {"typ": "ID"},
        {"typ": "Refresh"},
        {"typ": ["access"]},
    ],
    ids=lambda claims: next(iter(claims)),
)
def test_a_token_that_isn_t_for_us_is_refused(claims: dict[str, Any]) -> None:
    tokens = tokens_of(issuer=ISSUER, audience=AUDIENCE)
    with pytest.raises(NotAuthenticated):
        tokens.read(theirs(**{"aud": AUDIENCE, **claims}))


def test_their_clock_may_be_half_a_minute_off() -> None:
    late, early = utc_now() - timedelta(seconds=20), utc_now() + timedelta(seconds=20)
    sign_in = tokens_of().read(theirs(exp=late, nbf=early, iat=early, typ="Bearer"))
    assert sign_in.expires_at > utc_now()


def test_without_an_audience_of_ours_a_token_for_somebody_is_refused() -> None:
    with pytest.raises(NotAuthenticated):
        tokens_of().read(theirs(aud=AUDIENCE))


def test_their_tokens_renew_nothing() -> None:
    with pytest.raises(NotAuthenticated):
        tokens_of().read(theirs(typ="refresh"), "refresh")
    with pytest.raises(NotAuthenticated):
        tokens_of().read(theirs(), "refresh")


# --- whose account --------------------------------------------------------------------------------


def test_a_uuid_names_an_account_and_anything_else_gets_one_of_its_own() -> None:
    known = uuid4()
    assert account_of_subject(Newcomer(ISSUER, str(known))) == known
    assert account_of_subject(Newcomer(ISSUER, str(known).upper())) == known
    subjects = [known.hex, f"{{{known}}}", "auth0|7", "auth0|8", f"urn:uuid:{known}"]
    ids = {account_of_subject(Newcomer(ISSUER, subject)) for subject in subjects}
    ids |= {account_of_subject(Newcomer("https://other/", "auth0|7")), known}
    assert len(ids) == len(subjects) + 2
    made = account_of_subject(Newcomer(ISSUER, "auth0|7"))
    assert (made.version, made.variant) == (8, RFC_4122)


@pytest.mark.parametrize(
    ("claims", "email", "name"),
    [
        ({"email": "a@example.com", "email_verified": True}, "a@example.com", None),
        ({"email": "a@example.com", "email_verified": "true"}, None, None),
        ({"email": "a@example.com"}, None, None),
        ({"email": "local@keepsake.localhost", "email_verified": True}, None, None),
        ({"email": "x\x00@example.com", "email_verified": True}, None, None),
        ({"email": ["a@example.com"], "email_verified": True}, None, None),
        ({"name": " Ada\x00 \u202eLovelace "}, None, "Ada Lovelace"),
        ({"name": "A" * 200}, None, "A" * 80),
        ({"name": "\ud800"}, None, None),
        ({"name": {"first": "Ada"}}, None, None),
        ({"preferred_username": "ada", "role": "admin", "roles": ["admin"]}, None, "ada"),
    ],
    ids=str,
)
def test_what_a_token_tells_of_somebody(
    claims: dict[str, Any], email: str | None, name: str | None
) -> None:
    newcomer = tokens_of().read(theirs(**claims)).newcomer
    assert newcomer == Newcomer(ISSUER, "auth0|7", email, name)
