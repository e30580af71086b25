"""Which web pages may open a socket. Pure functions."""

from urllib.parse import urlsplit


def origin_allowed(origin: str | None, host: str | None, allowed: tuple[str, ...]) -> bool:
    """Whether a browser's Origin may connect: none sent (not a browser), our own page, or listed."""
    if not origin:
        return True
    if "*" in allowed or origin.rstrip("/") in allowed:
        return True
    try:
        page = urlsplit(origin).netloc
    except ValueError:  # no browser sends that
        return False
    return host is not None and page.lower() == host.lower() != ""
