"""How a client of the delivery contract keeps its promises: what it knows of one conversation, and
what it asks for. No I/O; whoever drives it sends `requests` and tells it what came.

What can go wrong on the way, how it is noticed, and what the client does about it:

- *What it sent, or the ack, is lost*: no ack comes in time, or the connection is gone. It connects
  anew and sends the same message under the same clientMessageId.
- *A connection is lost, with all that was on its way*: it joins with `afterSeq` and `afterChange`.
- *A message is lost*, in an outage of Redis say: there is a gap in `seq`, or no answer comes in time.
  It joins again in the same way, on the same connection.
- *A change of an older message is lost*: there is a gap in `change`. The same.
- *Deltas are lost*: there is a gap in `index`. The same; the ack has the text so far.
- *Something comes twice or late*: its `seq` and id are known, its `index` isn't above the last. It is
  ignored.
- *More was missed than an ack holds* (`truncated`): REST has it all.

Changes that a join tells of come behind its ack, and without a mark of where they end: the client
counts them as heard once the connection has outlived them (`trust`). A frame that is lost while its
connection lives on (no network does that) is found by the same gaps; the last one before the
connection breaks by the next join.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

JOIN = "conversation:join"
SEND = "message:send"
FETCH = "fetch"  # all messages, over REST


@dataclass(frozen=True)
class Request:
    """Something to be sent now; the answer goes to `acknowledged`, or to `failed`."""

    event: str
    data: Json
    key: str


@dataclass
class Stream:
    """A reply as it is being written; `whole` once its end is known and nothing is missing."""

    text: str = ""
    index: int = -1
    waiting: dict[int, str] = field(default_factory=dict)
    length: int | None = None

    def add(self, index: int, delta: str) -> None:
        """A delta came, in any order, any number of times."""
        if index > self.index:
            self.waiting[index] = delta
        while self.index + 1 in self.waiting:
            self.index += 1
            self.text += self.waiting.pop(self.index)

    def catch_up(self, index: int, text: str) -> None:
        """What a join says of it."""
        if index > self.index:
            self.index, self.text = index, text
            self.waiting = {n: delta for n, delta in self.waiting.items() if n > index}
            self.add(-1, "")

    @property
    def gap(self) -> bool:
        """Something is missing in between, or before the end."""
        return bool(self.waiting) or (self.length is not None and self.length > self.index + 1)

    @property
    def whole(self) -> bool:
        """It has ended, and all of it was heard."""
        return self.length == self.index + 1


class Resume:
    """One client in one conversation."""

    def __init__(self, conversation_id: str, *, in_flight: int = 1) -> None:
        self.conversation_id = conversation_id
        self.messages: dict[int, Json] = {}
        self.shown: list[str] = []  # ids, in the order in which people would read them
        self.spoken: list[tuple[str, str]] = []  # (message id, text) of streams heard to the end
        self.outbox: dict[str, Json] = {}
        self.acked: list[Json] = []  # as the server told of them, repeats included
        self.faults: list[str] = []  # what the server may never say
        self.change = 0  # every change up to here is known
        self._told_change: int | None = None  # what the last join told up to, not trusted yet
        self._later_changes: set[int] = set()  # heard, but not what comes before them
        self._in_flight = in_flight
        self._asked: set[str] = set()
        self._joined = False
        self._truncated = False
        self._streams: dict[str, Stream] = {}
        self._told: set[str] = set()  # messages known to their end; what comes of them is late

    # --- what is to be sent ----------------------------------------------------------------------

    def say(self, client_message_id: str, content: str) -> None:
        """Have a message sent, behind those that wait."""
        self.outbox[client_message_id] = {
            "conversationId": self.conversation_id,
            "content": content,
            "type": "text",
            "clientMessageId": client_message_id,
        }

    def connected(self) -> None:
        """There is a new connection: nothing is under way on it."""
        self._asked.clear()
        self._joined = False
        self._told_change = None
        self._later_changes.clear()

    def trust(self) -> None:
        """The connection has outlived its join: all that the join told of has come."""
        if self._told_change is not None:
            self.change, self._told_change = self._told_change, None

    def suspect(self) -> None:
        """Something may have been missed: join again."""
        self._joined = False

    def requests(self) -> Iterator[Request]:
        """What is to be sent now and isn't under way."""
        if not self._joined:
            data: Json = {
                "conversationId": self.conversation_id,
                "afterSeq": len(self.shown),
                "afterChange": self.change,
            }
            yield from self._once(Request(JOIN, data, JOIN))
            return
        if self._truncated:
            yield from self._once(Request(FETCH, {}, FETCH))
        for identity, data in list(self.outbox.items())[: self._in_flight]:
            yield from self._once(Request(SEND, data, identity))

    def _once(self, request: Request) -> Iterator[Request]:
        if request.key not in self._asked:
            self._asked.add(request.key)
            yield request

    # --- what came back --------------------------------------------------------------------------

    def failed(self, request: Request) -> None:
        """It was refused for now: ask again."""
        self._asked.discard(request.key)

    def acknowledged(self, request: Request, ack: Json) -> None:
        """The server carried it out."""
        self._asked.discard(request.key)
        if request.event == JOIN:
            self._join(request, ack)
        elif request.event == FETCH:
            self._truncated = False
            self._learn_all(ack["messages"])
            self.change = max((message["change"] for message in ack["messages"]), default=0)
        else:
            self.outbox.pop(request.key, None)
            self.acked.append(ack["message"])
            self._learn(ack["message"])

    def _join(self, request: Request, ack: Json) -> None:
        self._joined = True
        self._truncated = ack["truncated"]
        self._learn_all(ack["messages"])
        self._told_change = ack["lastChange"]
        self._later_changes.clear()
        missing = [n for n in range(1, ack["lastSeq"] + 1) if n not in self.messages]
        if missing and not self._truncated:
            self.faults.append(f"a join after {request.data['afterSeq']} left out {missing}")
        self._streams = {name: known for name, known in self._streams.items() if not known.gap}
        if running := ack["generation"]:
            stream = self._begin(running["messageId"])
            stream.catch_up(running["index"], running["textSoFar"])
            self._finish(running["messageId"], stream)

    def heard(self, event: str, data: Json) -> None:
        """The server told something by itself."""
        if event in ("message:received", "message:updated"):
            self._learn(data)
            self._note_change(data["change"])
        elif event == "message:deleted":
            self._delete(data)
            self._note_change(data["change"])
        elif event == "character:response":
            self._respond(data)

    @property
    def gap(self) -> bool:
        """Something was missed: a message, or a part of a reply that is being written."""
        behind = len(self.messages) > len(self.shown)
        return (
            behind
            or bool(self._later_changes)
            or any(stream.gap for stream in self._streams.values())
        )

    @property
    def settled(self) -> bool:
        """Joined, everything sent is acknowledged, and nothing known to be missing."""
        waiting = self.outbox or self._asked or self._truncated or self.gap
        return self._joined and self._told_change is None and not waiting

    def answer_to(self, client_message_id: str) -> Json | None:
        """The reply to a message of ours, if it is known."""
        said = [m for m in self.messages.values() if m["clientMessageId"] == client_message_id]
        replies = [m for m in self.messages.values() if said and m["replyTo"] == said[0]["id"]]
        return replies[0] if replies else None

    # --- messages --------------------------------------------------------------------------------

    def _learn_all(self, messages: list[Json]) -> None:
        for message in messages:
            self._learn(message)

    def _learn(self, message: Json) -> None:
        if message["conversationId"] != self.conversation_id:
            self.faults.append(f"a message of another conversation came: {message['id']}")
            return
        self._streams.pop(message["id"], None)
        self._told.add(message["id"])
        known = self.messages.get(message["seq"])
        if known is None:
            self.messages[message["seq"]] = message
        elif known["id"] != message["id"]:
            self.faults.append(
                f"two messages have seq {message['seq']}: {known['id']} and {message['id']}"
            )
        elif message["change"] >= known["change"]:
            self.messages[message["seq"]] = message
        while len(self.shown) + 1 in self.messages:
            self.shown.append(self.messages[len(self.shown) + 1]["id"])

    def _delete(self, data: Json) -> None:
        known = self.messages.get(data["seq"])
        if known and known["id"] == data["messageId"] and data["change"] >= known["change"]:
            gone = {"content": "", "deletedAt": "now", "change": data["change"]}
            self.messages[data["seq"]] = known | gone

    def _note_change(self, change: int) -> None:
        """Changes are told one by one; what a join is to tell of is counted with its ack."""
        newest = self.change if self._told_change is None else self._told_change
        if not self._joined or change <= newest:
            return
        self._later_changes.add(change)
        while newest + 1 in self._later_changes:
            newest += 1
            self._later_changes.remove(newest)
        if self._told_change is None:
            self.change = newest
        else:
            self._told_change = newest

    # --- the reply being written -----------------------------------------------------------------

    def _begin(self, message_id: str) -> Stream:
        self._told.discard(message_id)
        return self._streams.setdefault(message_id, Stream())

    def _respond(self, data: Json) -> None:
        message_id, status, index = data["messageId"], data["status"], data["index"]
        if status == "started":
            self._begin(message_id)
        if status == "started" or message_id in self._told:
            return
        if status == "failed":
            self._streams.pop(message_id, None)
            return
        stream = self._begin(message_id)
        if status == "delta":
            stream.add(index, data["delta"])
        else:
            stream.length = index
        self._finish(message_id, stream)

    def _finish(self, message_id: str, stream: Stream) -> None:
        if stream.whole:
            self.spoken.append((message_id, stream.text))
            del self._streams[message_id]
            self._told.add(message_id)
