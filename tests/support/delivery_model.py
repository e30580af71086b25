"""The delivery contract as a few lines that hold everything in memory: what clients' resume logic is
tried against, one step at a time. One conversation, any number of connections."""

import itertools
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
CONVERSATION = "the conversation"


@dataclass
class Line:
    """One connection: what is on its way, in each direction. `harmed`: a frame was lost on it, so
    that it can't live much longer."""

    to_server: list[Json] = field(default_factory=list)
    to_client: list[Json] = field(default_factory=list)
    joined: bool = False
    harmed: bool = False


@dataclass
class Reply:
    """One being written."""

    message_id: str
    target: Json
    pieces: list[str] = field(default_factory=list)


class DeliveryModel:
    """The server. `deaf` lines miss what is published, as in an outage between processes."""

    def __init__(self) -> None:
        self.messages: list[Json] = []
        self.lines: list[Line] = []
        self.changes = 0
        self.reply: Reply | None = None
        self._names = itertools.count(1)

    def open(self) -> Line:
        """A new connection."""
        self.lines.append(Line())
        return self.lines[-1]

    def close(self, line: Line) -> None:
        """The connection is gone, with all that was on its way."""
        self.lines.remove(line)

    def take(self, line: Line, frame: Json) -> None:
        """A request came: carry it out and acknowledge it."""
        data = frame["data"]
        if frame["event"] == "conversation:join":
            ack, behind = self._join(line, data)
        elif frame["event"] == "message:send":
            ack, behind = {"message": dict(self._store(data))}, []
        else:
            ack, behind = {"messages": [dict(message) for message in self.messages]}, []
        line.to_client.append({"ack": frame["key"], "data": ack})
        line.to_client += behind

    def _join(self, line: Line, data: Json) -> tuple[Json, list[Json]]:
        line.joined = True
        missed = [dict(m) for m in self.messages if m["seq"] > data["afterSeq"]]
        changed = sorted(
            (
                m
                for m in self.messages
                if m["seq"] <= data["afterSeq"] and m["change"] > data["afterChange"]
            ),
            key=lambda message: message["change"],
        )
        running = self.reply and {
            "messageId": self.reply.message_id,
            "textSoFar": "".join(self.reply.pieces),
            "index": len(self.reply.pieces) - 1,
        }
        ack = {
            "lastSeq": len(self.messages),
            "lastChange": self.changes,
            "messages": missed,
            "truncated": False,
            "generation": running,
        }
        return ack, [_changed(message) for message in changed]

    def _store(self, data: Json) -> Json:
        for message in self.messages:
            if message["clientMessageId"] == data["clientMessageId"]:
                return message
        return self._append(data["content"], data["clientMessageId"], None)

    def _append(
        self, content: str, client_message_id: str | None, reply_to: str | None, name: str = ""
    ) -> Json:
        message = {
            "id": name or f"m{next(self._names)}",
            "conversationId": CONVERSATION,
            "seq": len(self.messages) + 1,
            "content": content,
            "clientMessageId": client_message_id,
            "replyTo": reply_to,
            "deletedAt": None,
            "change": 0,
        }
        self.messages.append(message)
        self.publish({"event": "message:received", "data": dict(message)})
        return message

    def publish(self, frame: Json) -> None:
        """Tell everybody who has joined."""
        for line in self.lines:
            if line.joined:
                line.to_client.append(frame)

    # --- what happens by itself ------------------------------------------------------------------

    def write(self) -> None:
        """Go on with the reply to the oldest message without one: begin it, add to it, end it."""
        reply = self.reply
        if reply is None:
            answered = {message["replyTo"] for message in self.messages}
            waiting = [m for m in self.messages if m["clientMessageId"] and m["id"] not in answered]
            if waiting:
                self.reply = Reply(f"m{next(self._names)}", waiting[0])
                self._respond(self.reply, "started", 0)
        elif len(reply.pieces) < 3:
            piece = f"{reply.message_id}.{len(reply.pieces)} "
            self._respond(reply, "delta", len(reply.pieces), piece)
            reply.pieces.append(piece)
        else:
            self.reply = None
            self._respond(reply, "completed", len(reply.pieces))
            self._append("".join(reply.pieces), None, reply.target["id"], reply.message_id)

    def crash(self, *, silently: bool) -> None:
        """The reply being written is lost; it will be written anew, under another id."""
        if self.reply and not silently:
            self._respond(self.reply, "failed", len(self.reply.pieces))
        self.reply = None

    def _respond(self, reply: Reply, status: str, index: int, delta: str = "") -> None:
        data = {"messageId": reply.message_id, "status": status, "index": index, "delta": delta}
        self.publish({"event": "character:response", "data": data})

    def change(self, message: Json, *, delete: bool) -> None:
        """A message is edited, or deleted."""
        self.changes += 1
        message["change"] = self.changes
        if delete:
            message |= {"content": "", "deletedAt": "then"}
        else:
            message["content"] += "!"
        self.publish(_changed(message))

    @property
    def busy(self) -> bool:
        """Whether there is something left to be written."""
        answered = {message["replyTo"] for message in self.messages}
        return self.reply is not None or any(
            message["clientMessageId"] and message["id"] not in answered
            for message in self.messages
        )


def _changed(message: Json) -> Json:
    if message["deletedAt"]:
        data = {"messageId": message["id"], "seq": message["seq"], "change": message["change"]}
        return {"event": "message:deleted", "data": data}
    return {"event": "message:updated", "data": dict(message)}
