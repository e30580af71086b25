"""The ASGI application: REST, both socket transports, the page."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles

from backend.gateway import websocket
from backend.gateway.asyncapi import describe
from backend.gateway.body_limit import USUAL_BYTES, BodyLimit, bytes_allowed
from backend.gateway.client_events import ClientEvents
from backend.gateway.docs_page import add_docs
from backend.gateway.error_mapping import TOLD, install_error_handlers
from backend.gateway.etags import NotModifiedMiddleware
from backend.gateway.headers import EXPOSED, SecurityHeaders
from backend.gateway.hosts import KnownHosts
from backend.gateway.idempotency import IdempotencyMiddleware
from backend.gateway.limits import RequestLimits
from backend.gateway.openapi import DescribedAPI
from backend.gateway.plain_connection import PlainConnection
from backend.gateway.protocol import CloseCode
from backend.gateway.rest import (
    admin,
    analytics,
    auth,
    cards,
    characters,
    conversations,
    health,
    me,
    memory,
    messages,
    relationships,
    reports,
    saying,
    search,
)
from backend.gateway.services import GatewayOptions, Services
from backend.gateway.socketio import RESTARTS, SocketIOApplication, create_socketio_server

OpenServices = Callable[[], AbstractAsyncContextManager[Services]]

NO_PAGE = """<!doctype html><title>Keepsake</title>
<p>Keepsake is running, but its page was not built: install Node.js 20 or newer and run
<code>make run</code> again. The API is described at <a href="/docs">/docs</a>.</p>"""


def create_application(open_services: OpenServices, options: GatewayOptions) -> "Application":
    """Put the application together; `open_services` runs for the application's lifetime."""
    app = DescribedAPI(
        title="Keepsake",
        version="0.1.0",
        lifespan=_lifespan(open_services, options),
        docs_url=None,  # see docs_page; the library's own fetches its code from elsewhere
        redoc_url=None,
    )
    install_error_handlers(app)
    _add_middleware(app, options)
    _add_routes(app)
    _add_description(app, options)
    add_docs(app, options.page)
    _add_page(app, options)
    return Application(app, options)


def _add_middleware(app: FastAPI, options: GatewayOptions) -> None:
    """From the inside out: a request meets them in the opposite order, after `Application`'s own.

    The limits know who calls before anything is read, and how much may be read depends on that.
    Pages of other origins read refusals too, so CORS is outermost.
    """
    app.add_middleware(NotModifiedMiddleware)
    app.add_middleware(IdempotencyMiddleware)
    app.add_middleware(GZipMiddleware, minimum_size=2048)
    app.add_middleware(BodyLimit, allowed=bytes_allowed)
    app.add_middleware(RequestLimits)
    if options.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(options.allowed_origins),
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=EXPOSED,
        )


def _add_routes(app: FastAPI) -> None:
    api = APIRouter(prefix="/api/v1")
    for module in (
        auth,
        cards,
        characters,
        conversations,
        search,  # ahead of messages, whose ids would take its path
        saying,
        messages,
        me,
        memory,
        relationships,
        reports,
        analytics,
        admin,
    ):
        api.include_router(module.router)
    app.include_router(api)
    app.include_router(health.router)
    app.include_router(websocket.router)


def _add_description(app: FastAPI, options: GatewayOptions) -> None:
    @app.get("/asyncapi.json", include_in_schema=False)
    async def asyncapi(request: Request) -> JSONResponse:
        """What /openapi.json is for REST, for the sockets."""
        url = request.url
        document = describe(
            url.netloc,
            secure=url.scheme == "https",
            version=app.version,
            websocket_path=options.websocket_path,
        )
        return JSONResponse(document)


def _add_page(app: FastAPI, options: GatewayOptions) -> None:
    index = options.page / "index.html" if options.page else None
    built = index is not None and index.is_file()
    if options.page and built:
        # Not the whole folder at "/": that would answer for every address of ours with 404, also
        # where 405 is right.
        app.mount("/assets", StaticFiles(directory=options.page / "assets"), name="assets")

    @app.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
    async def page() -> Response:
        return FileResponse(index) if index and built else HTMLResponse(NO_PAGE)


def _lifespan(
    open_services: OpenServices, options: GatewayOptions
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_services() as services:
            events = ClientEvents(services)
            server = create_socketio_server(services, events)
            app.state.services = services
            app.state.client_events = events
            app.state.plain_connections = set()
            app.state.socketio = SocketIOApplication(
                server, options.websocket_path, services.stopping
            )
            yield
            await app.state.socketio.shutdown()

    return lifespan


class Application:
    """The ASGI callable. Sends Socket.IO's path to Socket.IO and everything else, lifespan too, to
    FastAPI. (Socket.IO's own wrapper would have to exist before the services that it serves.)

    What holds for both stands before that: the headers for browsers, and by what name we are called.
    """

    def __init__(self, app: FastAPI, options: GatewayOptions) -> None:
        self._app = app
        self._path = options.websocket_path.rstrip("/") + "/"
        self._socketio = BodyLimit(self._to_socketio, allowed=lambda _scope: USUAL_BYTES)
        routed: Any = self._route
        if options.this_machine_only:
            routed = KnownHosts(routed, options.allowed_origins)
        self._outermost = SecurityHeaders(routed)

    def description(self) -> dict[str, Any]:
        """What /openapi.json says."""
        return self._app.openapi()

    def begin_stopping(self) -> None:
        """Say so at /readyz, and send new connections elsewhere. Safe in a signal handler."""
        if services := self._services:
            services.stopping.begin()

    async def drain(self) -> None:
        """Start no more turns, let running replies end, then close the sockets with 1012."""
        services = self._services
        if services is None:
            return
        services.stopping.begin()
        await services.turns.close(services.options.grace_seconds)
        services.stopping.replies_ended()
        plain: set[PlainConnection] = self._app.state.plain_connections
        closing = [connection.close(CloseCode.RESTARTING, RESTARTS) for connection in list(plain)]
        await asyncio.gather(*closing, self._app.state.socketio.close())

    @property
    def _services(self) -> Services | None:
        return getattr(self._app.state, "services", None)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await self._outermost(scope, receive, send)
        except Exception:  # raised again after the answer; the connection can go on
            if TOLD not in scope:
                raise

    async def _route(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        if scope["type"] != "lifespan" and (path + "/").startswith(self._path):
            await self._socketio(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _to_socketio(self, scope: Any, receive: Any, send: Any) -> None:
        await self._app.state.socketio(scope, receive, send)
