"""Who calls an installation that serves its own machine alone by another name was led here by a page
whose name points at 127.0.0.1 (DNS rebinding); it reads nothing."""

from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request

from backend.gateway.error_mapping import problem
from backend.gateway.networks import is_this_machine
from backend.gateway.origins import origin_allowed

REFUSAL = "Keepsake serves this machine alone, as localhost. Name other addresses in CORS_ORIGINS."


class KnownHosts:
    """Refuses (421) requests and sockets whose `Host` is neither this machine nor a listed origin's."""

    def __init__(self, app: Any, allowed_origins: tuple[str, ...]) -> None:
        self._app = app
        self._listed = {urlsplit(origin).hostname for origin in allowed_origins}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan" and not self._known(Headers(scope=scope).get("host")):
            await _misdirected(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _known(self, host: str | None) -> bool:
        if not host:  # no browser
            return True
        name = host_name(host)
        return is_this_machine(name) or (name is not None and name in self._listed)


def host_name(host: str) -> str | None:
    """The name in a Host header, without its port; None for what can't be one."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def is_own_page(request: Request) -> bool:
    """Whether a request comes from a page of this machine that we served, or from no page at all."""
    if request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
        return False
    host = request.headers.get("host", "")
    return is_this_machine(host_name(host)) and origin_allowed(
        request.headers.get("origin"), host, allowed=()
    )


async def _misdirected(scope: Any, receive: Any, send: Any) -> None:
    answer = problem(421, "misdirected", REFUSAL)
    if scope["type"] == "http":
        await answer(scope, receive, send)
        return
    await receive()
    start = {"status": answer.status_code, "headers": answer.raw_headers}
    await send({"type": "websocket.http.response.start", **start})
    await send({"type": "websocket.http.response.body", "body": answer.body})
