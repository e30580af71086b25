"""Whose tokens are good."""

import structlog

from backend.bootstrap.stores import Stores
from backend.gateway.authentication import Tokens
from backend.gateway.issuer import OtherIssuer
from backend.public_key import read_public_key
from backend.settings import Settings

log = structlog.get_logger(__name__)


def tokens_of(settings: Settings, stores: Stores) -> Tokens:
    """What signs and reads tokens under these settings."""
    if settings.jwt_secret:
        secret = settings.jwt_secret
    else:
        assert stores.data_dir is not None, "settings require JWT_SECRET unless embedded"
        secret = stores.data_dir.secret("jwt")
    return Tokens(secret, other_issuer(settings))


def other_issuer(settings: Settings) -> OtherIssuer | None:
    """Whose tokens are accepted beside our own."""
    if not settings.jwt_public_key:
        return None
    for name in ("JWT_ISSUER", "JWT_AUDIENCE"):
        if getattr(settings, name.lower()) is None:
            log.warning("tokens.unchecked", unset=name, see="docs/security.md")
    return OtherIssuer(
        read_public_key(settings.jwt_public_key, settings.jwt_algorithm),
        issuer=settings.jwt_issuer,
        audience=settings.jwt_audience,
    )
