"""A small HTTP server that speaks Groq's chat API (and OpenAI's), for tests.

    with GroqServer() as server:                     # a thread with its own loop, a free port
        GroqModel(ModelOptions(api_key=server.key, base_url=server.groq_url, model=MODEL))
        OpenAICompatibleModel(ModelOptions(..., base_url=server.openai_url))
        server.queue(says("Hel", "lo"), fails(503))  # one behaviour per request, in order
        server.queue(says("a", "b", paced=True))     # each chunk waits for ...
        server.release()                             # ... one permit; .held counts the waiting
        server.default = lambda request: says("Hi")  # when the queue is empty; default: an echo
        server.objects["extraction"] = {...}         # the default answer for a JSON schema's name
        server.requests[0].body, .headers            # what came; .disconnected if left early
        await server.wait_for(lambda: len(server.requests) == 1)

Any key but `server.key` gets 401, any model outside `server.models` 404, a parameter in
`server.unsupported` 400. As a process: `python -m tests.support.groq_server --port 8099 [--key K]`;
POST /control/behaviours [{"chunks": ["Hi"], "on": "chat"}, ...], POST /control/objects {name: {}},
POST /control/release {"permits": 1}, GET /control/requests. Behaviours: `groq_behaviours.py`.
"""

import argparse
import asyncio
import socket
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.support.groq_behaviours import Behaviour, answers, fails, says, smallest_object
from tests.support.groq_streaming import StreamedAnswer, failure, whole_answer

MODELS = ["openai/gpt-oss-120b", "openai/gpt-oss-20b", "llama-3.1-8b-instant", "test-model"]


@dataclass
class ChatRequest:
    """One recorded chat completion request; header names are lower case."""

    body: dict[str, Any]
    headers: dict[str, str]
    disconnected: bool = False

    @property
    def last_user_message(self) -> str:
        """What the user said last; empty if nothing."""
        said = [m["content"] for m in self.body.get("messages", []) if m["role"] == "user"]
        return said[-1] if said else ""

    @property
    def schema(self) -> dict[str, Any] | None:
        """The `json_schema` part of a structured request."""
        return (self.body.get("response_format") or {}).get("json_schema")

    def leave(self) -> None:
        """The client hung up before the answer's end."""
        self.disconnected = True

    def is_for(self, behaviour: Behaviour) -> bool:
        """Whether a queued behaviour was meant for this kind of request."""
        kind = "structured" if self.body.get("response_format") else "chat"
        return behaviour.on in ("", kind, (self.schema or {}).get("name"))


class GroqServer:
    """The server; a context manager. Public attributes may be changed between requests."""

    def __init__(self, key: str = "test-key", port: int = 0) -> None:
        self.key = key
        self.models = list(MODELS)
        self.unsupported: set[str] = set()
        self.objects: dict[str, Any] = {}
        self.default: Callable[[ChatRequest], Behaviour] = self._echo
        self.requests: list[ChatRequest] = []
        self.held = 0  # chunks waiting for a release right now
        self._queue: list[Behaviour] = []
        self._changed = threading.Condition()
        self._permits = asyncio.Semaphore(0)
        self._socket = _listen(port)
        self.port: int = self._socket.getsockname()[1]
        self._server = uvicorn.Server(
            uvicorn.Config(self._application(), log_level="critical", lifespan="off")
        )
        self._thread = threading.Thread(target=lambda: asyncio.run(self.serve()), daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def groq_url(self) -> str:
        """Base URL for a Groq client, which adds `/openai/v1` itself."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def openai_url(self) -> str:
        """Base URL for an OpenAI client."""
        return f"{self.groq_url}/v1"

    def __enter__(self) -> Self:
        """Start; requests are answered from now on."""
        self._thread.start()
        self._wait(lambda: self._loop is not None)
        return self

    def __exit__(self, *exc: object) -> None:
        """Stop, dropping what is still open."""
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(timeout=10)
        self._socket.close()

    async def serve(self) -> None:
        """Serve until told to stop, in the calling loop."""
        with self._changed:
            self._loop = asyncio.get_running_loop()
            self._changed.notify_all()
        await self._server.serve(sockets=[self._socket])

    def reset(self) -> None:
        """Forget behaviours, requests, unused permits and changes, so that tests can share a server.

        Chunks that wait for a permit now go on waiting until their client leaves, and count no more.
        """
        self._permits = asyncio.Semaphore(0)
        self.held = 0
        self._queue.clear()
        self.requests.clear()
        self.models = list(MODELS)
        self.unsupported = set()
        self.objects = {}
        self.default = self._echo

    def queue(self, *behaviours: Behaviour) -> None:
        """Add behaviours for the next requests they are meant for."""
        self._queue.extend(behaviours)

    def release(self, permits: int = 1) -> None:
        """Let so many held chunks go; permits are kept for chunks that come later."""
        assert self._loop is not None, "the server isn't running"
        for _ in range(permits):
            self._loop.call_soon_threadsafe(self._permits.release)

    async def wait_for(self, condition: Callable[[], bool], timeout: float = 10) -> None:
        """Wait until a condition on this server's attributes holds."""
        await asyncio.to_thread(self._wait, condition, timeout)

    def _wait(self, condition: Callable[[], bool], timeout: float = 10) -> None:
        with self._changed:
            if not self._changed.wait_for(condition, timeout):
                raise TimeoutError("the test server never got there")

    def _change(self, change: Callable[[], None]) -> None:
        with self._changed:
            change()
            self._changed.notify_all()

    def _echo(self, request: ChatRequest) -> Behaviour:
        if request.schema:
            name = request.schema["name"]
            return answers(self.objects.get(name) or smallest_object(request.schema["schema"]))
        if request.body.get("response_format"):
            return answers(next(iter(self.objects.values()), {}))
        return says("You said: ", request.last_user_message)

    def _next_behaviour(self, request: ChatRequest) -> Behaviour:
        for behaviour in self._queue:
            if request.is_for(behaviour):
                self._queue.remove(behaviour)
                return behaviour
        return self.default(request)

    async def _hold(self) -> None:
        permits = self._permits

        def count(change: int) -> None:
            self.held += change if permits is self._permits else 0

        self._change(lambda: count(1))
        try:
            await permits.acquire()
        finally:
            self._change(lambda: count(-1))

    # --- endpoints ------------------------------------------------------------------------------

    def _application(self) -> Starlette:
        routes = []
        for prefix in ("/openai/v1", "/v1"):
            routes += [
                Route(f"{prefix}/chat/completions", self._chat, methods=["POST"]),
                Route(f"{prefix}/models", self._list_models),
                Route(f"{prefix}/models/{{id:path}}", self._get_model),
            ]
        control = [
            Route("/control/behaviours", self._control_behaviours, methods=["POST"]),
            Route("/control/objects", self._control_objects, methods=["POST"]),
            Route("/control/release", self._control_release, methods=["POST"]),
            Route("/control/requests", self._control_requests),
        ]
        return Starlette(routes=routes + control)

    async def _chat(self, request: Request) -> Any:
        chat = ChatRequest(await request.json(), dict(request.headers))
        self._change(lambda: self.requests.append(chat))
        refusal = self._refuse(request, chat.body)
        behaviour = refusal or self._next_behaviour(chat)
        if behaviour.error is not None:
            return failure(behaviour)
        model = chat.body["model"]
        if chat.body.get("stream"):
            return StreamedAnswer(
                behaviour,
                model,
                groq_usage=request.url.path.startswith("/openai/"),
                usage_asked=bool((chat.body.get("stream_options") or {}).get("include_usage")),
                hold=self._hold,
                on_disconnect=lambda: self._change(chat.leave),
            )
        if behaviour.waits_before(0):
            await self._hold()
        if behaviour.raw is not None:
            return Response(behaviour.raw, media_type="application/json")
        return JSONResponse(whole_answer(behaviour, model))

    def _refuse(self, request: Request, body: dict[str, Any]) -> Behaviour | None:
        if request.headers.get("authorization") != f"Bearer {self.key}":
            return fails(401, "Invalid API Key", code="invalid_api_key")
        if body["model"] not in self.models:
            return _unknown_model(body["model"])
        kind = (body.get("response_format") or {}).get("type", "")
        for name in sorted(self.unsupported & {*body, kind}):
            if name == kind:
                message = f"This model does not support response format `{name}`."
            else:
                message = f"`{name}` is not supported with this model"
            return fails(400, message)
        return None

    async def _list_models(self, request: Request) -> Response:
        if refusal := self._refuse(request, {"model": self.models[0]}):
            return failure(refusal)
        return JSONResponse({"object": "list", "data": [_model(name) for name in self.models]})

    async def _get_model(self, request: Request) -> Response:
        name = request.path_params["id"]
        refusal = self._refuse(request, {"model": name})
        return failure(refusal) if refusal else JSONResponse(_model(name))

    async def _control_behaviours(self, request: Request) -> Response:
        self.queue(*(Behaviour.from_json(item) for item in await request.json()))
        return JSONResponse({"queued": len(self._queue)})

    async def _control_objects(self, request: Request) -> Response:
        self.objects |= await request.json()
        return JSONResponse(self.objects)

    async def _control_release(self, request: Request) -> Response:
        self.release((await request.json()).get("permits", 1))
        return JSONResponse({"held": self.held})

    async def _control_requests(self, request: Request) -> Response:
        return JSONResponse([asdict(chat) for chat in self.requests])


def _listen(port: int) -> socket.socket:
    # asyncio turns Nagle's algorithm off only where the protocol is named; with it on, every
    # second small write waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(1024)
    return listener


def _unknown_model(name: str) -> Behaviour:
    message = f"The model `{name}` does not exist or you do not have access to it."
    return fails(404, message, code="model_not_found")


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 1_760_000_000, "owned_by": "test"}


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="A server that speaks Groq's chat API, for tests.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--key", default="test-key")
    arguments = parser.parse_args()
    asyncio.run(GroqServer(arguments.key, arguments.port).serve())


if __name__ == "__main__":
    main()
