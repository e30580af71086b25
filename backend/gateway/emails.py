"""E-mail addresses: what may be one, and which are Keepsake's own. Pure functions."""

import re

LONGEST_EMAIL = 254
_PART = r"[^@\s\x00-\x1f\x7f-\x9f]+"
EMAIL = rf"^{_PART}@{_PART}$"
# Names that are nobody's on the internet: the local user's, and of accounts without an address.
OURS = (".localhost", ".invalid")


def is_email(text: str) -> bool:
    """Whether a text may be somebody's address. Whether it works only a message to it can tell; this
    refuses what can't be one, and those that Keepsake gives itself."""
    return (
        len(text) <= LONGEST_EMAIL
        and re.fullmatch(f"{_PART}@{_PART}", text) is not None
        and not is_ours(text)
    )


def is_ours(email: str) -> bool:
    """Whether it is an address that Keepsake gives itself."""
    return email.lower().rstrip(".").endswith(OURS)
