"""The bare servers beside which Keepsake is measured: python -m bench.realtime.echo PORT

The same libraries and defaults with no work behind them: a message goes to everybody in its room, and
a second one, the reply, right after. Nothing is checked, stored or made up.
"""

import json
import sys
from collections import defaultdict
from typing import Any
from uuid import uuid4

import socketio
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

Json = dict[str, Any]
rooms: dict[str, set[WebSocket]] = defaultdict(set)
server = socketio.AsyncServer(async_mode="asgi", async_handlers=False)


async def plain(socket: WebSocket) -> None:
    """One connection to /ws."""
    await socket.accept()
    joined: set[str] = set()
    try:
        while True:
            frame = json.loads(await socket.receive_text())
            room = frame["data"].get("conversationId", "")
            if frame["event"] == "conversation:join":
                rooms[room].add(socket)
                joined.add(room)
            ack: Json = {}
            if frame["event"] == "message:send":
                ack, events = exchange(frame["data"])
                for data in events:
                    text = json.dumps({"event": "message:received", "data": data})
                    for member in list(rooms[room]):
                        await member.send_text(text)
            await socket.send_text(json.dumps({"event": "ack", "id": frame["id"], "data": ack}))
    except WebSocketDisconnect:
        pass
    finally:
        for room in joined:
            rooms[room].discard(socket)


async def over_socketio(event: str, sid: str, data: Json) -> Json:
    """One event over Socket.IO."""
    room = data.get("conversationId", "")
    if event == "conversation:join":
        await server.enter_room(sid, room)
    if event != "message:send":
        return {}
    ack, events = exchange(data)
    for each in events:
        await server.emit("message:received", each, room=room)
    return ack


def exchange(data: Json) -> tuple[Json, list[Json]]:
    """The ack of a message, and the message and its reply as everybody hears them."""
    said = {"id": str(uuid4()), "senderType": "user", "content": data["content"]}
    reply = {**said, "id": str(uuid4()), "senderType": "character", "replyTo": said["id"]}
    return {"message": said}, [said, reply]


async def alive(_request: Any) -> PlainTextResponse:
    """Says that it is up."""
    return PlainTextResponse("")


server.on("*", over_socketio)
app = socketio.ASGIApp(server, Starlette(routes=[Route("/", alive), WebSocketRoute("/ws", plain)]))

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
