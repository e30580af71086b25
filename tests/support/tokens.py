"""Tokens as a server signs them, but for what a test wants otherwise.

token_of(server, sub=user_id, exp=soon())
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt

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


def soon(seconds: float = 2.0) -> int:
    """A moment to expire at, in whole seconds as tokens count."""
    return int(datetime.now(UTC).timestamp() + seconds + 0.5)
