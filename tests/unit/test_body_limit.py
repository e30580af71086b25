"""A body that doesn't come, or comes on."""

import asyncio
from typing import Any

from backend.gateway.body_limit import BodyLimit, bytes_allowed
from backend.gateway.limits import SIGN_IN

Event = dict[str, Any]


async def reads_all(scope: Any, receive: Any, send: Any) -> None:
    """An application that answers with how much it read."""
    read, more = 0, True
    while more:
        event = await receive()
        read += len(event.get("body", b""))
        more = event.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(read).encode()})


async def told(pieces: list[bytes], *, ends: bool = True, most: int = 10) -> list[Event]:
    """What a client is told that sends these, and then nothing more."""
    events = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    if ends:
        events.append({"type": "http.request", "body": b"", "more_body": False})
    sent: list[Event] = []

    async def receive() -> Event:
        if events:
            return events.pop(0)
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]

    async def send(event: Any) -> None:
        sent.append(event)

    limited = BodyLimit(reads_all, lambda _scope: most, usual_seconds=0.05)
    await limited({"type": "http", "method": "POST", "path": "/", "headers": []}, receive, send)
    return sent


def status(sent: list[Event]) -> int:
    (start,) = [event for event in sent if event["type"] == "http.response.start"]
    assert sent[-1].get("more_body", False) is False
    return int(start["status"])


async def test_a_body_within_the_limit_is_read() -> None:
    sent = await told([b"12345", b"67890"])
    assert (status(sent), sent[-1]["body"]) == (200, b"10")


async def test_one_byte_more_is_refused_once_and_the_connection_ends() -> None:
    sent = await told([b"12345", b"678901", b"more" * 1000])
    assert status(sent) == 413
    assert (b"connection", b"close") in sent[0]["headers"]


async def test_a_body_that_stops_coming_is_given_up() -> None:
    sent = await told([b"12345"], ends=False)
    assert status(sent) == 408
    assert b"request_timeout" in sent[1]["body"]


def test_how_much_depends_on_who_calls_and_for_what() -> None:
    def allowed(path: str, **known: Any) -> int:
        return bytes_allowed({"path": f"/api/v1{path}", **known})

    signed_in = {SIGN_IN: object()}
    large, usual = (
        allowed("/conversations/import", **signed_in),
        allowed("/characters", **signed_in),
    )
    assert large > usual > allowed("/conversations/import") == allowed("/characters")
