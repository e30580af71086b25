"""Writes a scripted answer as Groq would: one JSON object, or server-sent events."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from tests.support.groq_behaviours import Behaviour

PROMPT_TOKENS = 11


def failure(behaviour: Behaviour) -> Response:
    """An error answer: `{"error": {message, type, code, ...}}`."""
    headers = dict(behaviour.headers)
    return JSONResponse({"error": behaviour.error}, behaviour.status, headers)


def usage(behaviour: Behaviour) -> dict[str, int]:
    """Token counts of an answer: one per chunk, of text or reasoning."""
    written = len(behaviour.chunks) + len(behaviour.reasoning)
    return {
        "prompt_tokens": PROMPT_TOKENS,
        "completion_tokens": written,
        "total_tokens": PROMPT_TOKENS + written,
    }


def whole_answer(behaviour: Behaviour, model: str) -> dict[str, Any]:
    """The body of an answer that isn't streamed."""
    message: dict[str, Any] = {"role": "assistant", "content": "".join(behaviour.chunks)}
    if behaviour.refusal is not None:
        message |= {"refusal": behaviour.refusal, "content": None}
    choice = {"index": 0, "message": message, "finish_reason": behaviour.finish_reason}
    return _envelope(model, "chat.completion") | {"choices": [choice], "usage": usage(behaviour)}


@dataclass
class StreamedAnswer:
    """An ASGI application that streams a behaviour.

    `hold` waits for a permit; `on_disconnect` is called when the client leaves early. With
    `groq_usage` token counts come in `x_groq`, otherwise in a last chunk if they were asked for.
    """

    behaviour: Behaviour
    model: str
    groq_usage: bool
    usage_asked: bool
    hold: Callable[[], Awaitable[None]]
    on_disconnect: Callable[[], None]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write until done or until the client leaves."""
        writing = asyncio.create_task(self._write(send))
        leaving = asyncio.create_task(_client_leaves(receive))
        done, _ = await asyncio.wait({writing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if writing not in done:
            self.on_disconnect()
        for task in (writing, leaving):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _write(self, send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if self.behaviour.raw is not None:
            await _send_text(send, self.behaviour.raw)
            return
        if await self._send_chunks(send):
            await self._send_ending(send)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        # Otherwise the response is left incomplete: uvicorn then cuts the connection.

    async def _send_chunks(self, send: Send) -> bool:
        behaviour = self.behaviour
        await self._send_delta(send, {"role": "assistant", "content": ""})
        for thought in behaviour.reasoning:
            await self._send_delta(send, {"reasoning": thought})
        if behaviour.refusal is not None:
            await self._send_delta(send, {"refusal": behaviour.refusal})
        for index, text in enumerate(behaviour.chunks):
            if index == behaviour.cut_after:
                return False
            if behaviour.waits_before(index):
                await self.hold()
            await self._send_delta(send, {"content": text})
        if behaviour.waits_before(len(behaviour.chunks)):
            await self.hold()
        return behaviour.cut_after is None or behaviour.cut_after < len(behaviour.chunks)

    async def _send_ending(self, send: Send) -> None:
        if self.behaviour.stream_error is not None:
            await _send_event(send, {"error": self.behaviour.stream_error})
            return
        extras: dict[str, Any] = {}
        if self.groq_usage:
            extras = {"x_groq": {"id": "req_test", "usage": usage(self.behaviour)}}
        await self._send_delta(send, {}, self.behaviour.finish_reason, extras)
        if self.behaviour.waits_before(len(self.behaviour.chunks) + 1):
            await self.hold()
        if self.usage_asked:
            await _send_event(
                send,
                _envelope(self.model, "chat.completion.chunk")
                | {"choices": [], "usage": usage(self.behaviour)},
            )
        await _send_text(send, "data: [DONE]\n\n", more=True)

    async def _send_delta(
        self,
        send: Send,
        delta: dict[str, Any],
        finish_reason: str | None = None,
        extras: dict[str, Any] | None = None,
    ) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        chunk = _envelope(self.model, "chat.completion.chunk") | {"choices": [choice]}
        await _send_event(send, chunk | (extras or {}))


async def _client_leaves(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send_event(send: Send, data: dict[str, Any]) -> None:
    await _send_text(send, f"data: {json.dumps(data)}\n\n", more=True)


async def _send_text(send: Send, text: str, *, more: bool = False) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": more})


def _envelope(model: str, kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-test", "object": kind, "created": 1_760_000_000, "model": model}
