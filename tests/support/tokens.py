"""Tokens as a server signs them, but for what a test wants otherwise.

token_of(server, sub=user_id, exp=soon())
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support.keepsake_process import KeepsakeProcess


def token_of(server: KeepsakeProcess, **changes: Any) -> str:
    """An access token with an hour to go, of an account that doesn't exist; a claim of None is left
    out."""
    claims = {
        "sub": str(uuid4()),
        "typ": "access",
        "iat": datetime.now(UTC).timestamp(),
        "exp": datetime.now(UTC) + timedelta(hours=1),
        "jti": str(uuid4()),
        **changes,
    }
    secret = (server.data_dir / "jwt.secret").read_text().strip()
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, secret, algorithm="HS256")


ISSUER, AUDIENCE = "https://id.example.com/", "keepsake"
_issuer_key = ec.generate_private_key(ec.SECP256R1())


def by_issuer(subject: str, **changes: Any) -> str:
    """A token of the issuer that `trusting_the_issuer` servers trust."""
    claims = {
        "sub": subject,
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": datetime.now(UTC),
        "exp": datetime.now(UTC) + timedelta(hours=1),
        **changes,
    }
    return jwt.encode(claims, _issuer_key, algorithm="ES256")


def trusting_the_issuer() -> dict[str, str]:
    """The environment of a server that trusts it."""
    return {
        "JWT_PUBLIC_KEY": pem_of(_issuer_key),
        "JWT_ISSUER": ISSUER,
        "JWT_AUDIENCE": AUDIENCE,
    }


def soon(seconds: float = 2.0) -> int:
    """A moment to expire at, in whole seconds as tokens count."""
    return int(datetime.now(UTC).timestamp() + seconds + 0.5)


def pem_of(private_key: Any) -> str:
    """The public half of a key pair, as JWT_PUBLIC_KEY takes it."""
    public = private_key.public_key()
    text: str = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return text
