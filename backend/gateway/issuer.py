"""Tokens of another issuer: who they let in, by the public key that we were given for it.

One key and one algorithm, so what a token's header says of keys (`kid`, `jku`, `jwk`) is not read. Roles
are ours: no claim gives one. Accounts aren't linked by e-mail address; see docs/decisions/0025.
"""

from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import jwt
from jwt.types import Options

from backend.gateway.emails import is_email
from backend.models.sign_in import Newcomer
from backend.public_key import PublicKey

LEEWAY = timedelta(seconds=30)  # by how much the issuer's clock may be off
LONGEST_SUBJECT = 255
LONGEST_NAME = 80
# A payload's `typ`, where an issuer writes one: Keycloak's identity tokens say `ID`, say.
ACCESS_TYPES = {"access", "bearer", "jwt", "at+jwt"}


class OtherIssuer:
    """Checks tokens by their signature, times, and, where they are given, issuer and audience."""

    def __init__(
        self, key: PublicKey, *, issuer: str | None = None, audience: str | None = None
    ) -> None:
        self._key = key
        self._issuer = issuer
        self._audience = audience

    @property
    def algorithm(self) -> str:
        """The only one that is accepted; never one with a shared secret."""
        return self._key.algorithm

    def claims(self, token: str) -> dict[str, Any]:
        """The claims of a good token. One for another audience is refused, also where we were given
        none to compare with.

        Raises:
            jwt.InvalidTokenError: it isn't good.
        """
        required: Options = {"require": ["exp", "sub"]}
        claims = jwt.decode(
            token,
            self._key.key,
            algorithms=[self._key.algorithm],
            options=required,
            issuer=self._issuer,
            audience=self._audience,
            leeway=LEEWAY,
        )
        kind = claims.get("typ", "access")
        if not isinstance(kind, str) or kind.lower() not in ACCESS_TYPES:
            raise jwt.InvalidTokenError("not an access token")
        if not (0 < len(claims["sub"]) <= LONGEST_SUBJECT and claims["sub"].isprintable()):
            raise jwt.InvalidTokenError("no usable subject")
        return claims


def account_of_subject(newcomer: Newcomer) -> UUID:
    """The id of somebody's account: the subject itself if it is a UUID, as it is where the issuer
    names our accounts; else one made of issuer and subject, the same every time (UUIDv8)."""
    try:
        named = UUID(newcomer.subject)
    except ValueError:
        named = None
    if named is not None and str(named) == newcomer.subject.lower():
        return named
    digest = sha256(f"{newcomer.issuer}\0{newcomer.subject}".encode()).digest()
    number = int.from_bytes(digest[:16])
    number = number & ~(0xF << 76) | 8 << 76  # version
    number = number & ~(0x3 << 62) | 2 << 62  # variant
    return UUID(int=number)


def newcomer_of(claims: dict[str, Any]) -> Newcomer:
    """Whom checked claims tell of."""
    name = claims.get("name") or claims.get("preferred_username")
    email = claims.get("email") if claims.get("email_verified") is True else None
    return Newcomer(
        issuer=_printable(claims.get("iss"), LONGEST_SUBJECT) or "",
        subject=claims["sub"],
        email=_email(email),
        display_name=_printable(name, LONGEST_NAME),
    )


def _email(claimed: object) -> str | None:
    if isinstance(claimed, str) and claimed.isprintable() and is_email(claimed):
        return claimed
    return None


def _printable(claimed: object, longest: int) -> str | None:
    """A text that can be stored and shown, or None."""
    if not isinstance(claimed, str):
        return None
    return "".join(each for each in claimed if each.isprintable())[:longest].strip() or None
