"""A client's resume logic against a model of the contract, over a network that does what it likes."""

from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.chaos.resume import Request, Resume
from tests.support.delivery_model import CONVERSATION, DeliveryModel, Json

PICK = st.integers(0, 9)


class LossyTalk(RuleBasedStateMachine):
    """One client that talks, and a server that goes on by itself. Frames are lost, doubled and put
    out of order; a connection that lost one breaks before the client trusts what a join told it.

    In the end everything works, and both must agree."""

    kind: type[Resume] = Resume

    def __init__(self) -> None:
        super().__init__()
        self.server = DeliveryModel()
        self.line = self.server.open()
        self.sent: list[str] = []
        self.asked: dict[str, Request] = {}
        self.client = Resume(CONVERSATION)

    @initialize(in_flight=st.sampled_from((1, 3)))
    def begin(self, in_flight: int) -> None:
        """There is a talk already, and a reply under way."""
        self.in_flight = in_flight
        self.client = self.kind(CONVERSATION, in_flight=in_flight)
        self.client.connected()
        self.say()
        self.say()
        for _ in range(12):
            self.exchange()

    # --- the client ------------------------------------------------------------------------------

    @rule()
    def say(self) -> None:
        """Something new, sent at once."""
        self.sent.append(f"c{len(self.sent) + 1}")
        self.client.say(self.sent[-1], f"Number {len(self.sent)}.")
        self.ask()

    @rule()
    def ask(self) -> None:
        for request in self.client.requests():
            self.asked[request.key] = request
            frame = {"event": request.event, "data": request.data, "key": request.key}
            self.line.to_server.append(frame)

    @rule()
    def exchange(self) -> None:
        """Everything goes well for once."""
        self.ask()
        while self.line.to_server:
            self.server.take(self.line, self.line.to_server.pop(0))
        self.server.write()
        while self.line.to_client:
            self._tell(self.line.to_client.pop(0))

    @rule()
    def suspect(self) -> None:
        self.client.suspect()

    @precondition(lambda self: not (self.line.harmed or self.line.to_client))
    @rule()
    def trust(self) -> None:
        self.client.trust()

    # --- the network -----------------------------------------------------------------------------

    @rule()
    def cut(self) -> None:
        self.server.close(self.line)
        self.line = self.server.open()
        self.client.connected()

    @precondition(lambda self: self.line.to_server)
    @rule(picks=st.lists(PICK, min_size=1, max_size=6))
    def reach_the_server(self, picks: list[int]) -> None:
        frames = self.line.to_server
        for pick in picks[: len(frames)]:
            chosen = 0 if self.in_flight > 1 else pick % len(frames)
            self.server.take(self.line, frames.pop(chosen))

    @precondition(lambda self: self.line.to_client)
    @rule(picks=st.lists(PICK, min_size=1, max_size=6))
    def reach_the_client(self, picks: list[int]) -> None:
        frames = self.line.to_client
        for pick in picks[: len(frames)]:
            self._tell(frames.pop(pick % len(frames)))

    @precondition(lambda self: self.line.to_client)
    @rule(pick=PICK)
    def double(self, pick: int) -> None:
        frames = self.line.to_client
        frames.append(frames[pick % len(frames)])

    @precondition(lambda self: self.line.to_server)
    @rule()
    def double_a_request(self) -> None:
        self.line.to_server.append(self.line.to_server[-1])

    @precondition(lambda self: self.line.to_client)
    @rule(pick=PICK)
    def lose(self, pick: int) -> None:
        self.line.to_client.pop(pick % len(self.line.to_client))
        self.line.harmed = True

    @precondition(lambda self: self.line.to_server and self.in_flight == 1)
    @rule(pick=PICK)
    def lose_a_request(self, pick: int) -> None:
        self.line.to_server.pop(pick % len(self.line.to_server))
        self.line.harmed = True

    def _tell(self, frame: Json) -> None:
        if "ack" not in frame:
            self.client.heard(frame["event"], frame["data"])
        elif request := self.asked.pop(frame["ack"], None):
            self.client.acknowledged(request, frame["data"])

    # --- the server ------------------------------------------------------------------------------

    @rule(steps=st.integers(1, 6))
    def write(self, steps: int) -> None:
        for _ in range(steps):
            self.server.write()

    @rule(silently=st.booleans())
    def crash(self, silently: bool) -> None:
        self.server.crash(silently=silently)

    @precondition(lambda self: self.server.messages)
    @rule(pick=PICK, delete=st.booleans())
    def change(self, pick: int, delete: bool) -> None:
        message = self.server.messages[pick % len(self.server.messages)]
        if not message["deletedAt"]:
            self.server.change(message, delete=delete)

    # --- what must hold --------------------------------------------------------------------------

    @invariant()
    def the_server_said_nothing_impossible(self) -> None:
        assert self.client.faults == []

    @invariant()
    def what_is_shown_is_a_beginning_of_the_conversation(self) -> None:
        stored = [message["id"] for message in self.server.messages]
        assert self.client.shown == stored[: len(self.client.shown)]

    @invariant()
    def changes_that_count_as_known_are_known(self) -> None:
        for message in self.server.messages[: len(self.client.shown)]:
            if message["change"] <= self.client.change:
                known = self.client.messages[message["seq"]]
                assert known["content"] == message["content"], message

    def teardown(self) -> None:
        """Heal: the connection is new and everything arrives."""
        self.cut()
        for _ in range(1000):
            self.exchange()
            self.client.trust()
            if self.client.settled and not self.server.busy:
                break
        else:
            raise AssertionError("the client never settles")
        self._agree()

    def _agree(self) -> None:
        def words(messages: list[Json]) -> list[tuple[Any, ...]]:
            return [(m["id"], m["content"], bool(m["deletedAt"])) for m in messages]

        seen = [self.client.messages[n + 1] for n in range(len(self.client.shown))]
        assert words(seen) == words(self.server.messages)
        own = [m["clientMessageId"] for m in self.server.messages if m["clientMessageId"]]
        assert own == self.sent, "each once, in the order sent"
        assert {ack["clientMessageId"] for ack in self.client.acked} == set(self.sent)
        texts = {m["id"]: m for m in self.server.messages}
        for name, text in self.client.spoken:
            message = texts[name]
            assert message["change"] or message["content"] == text


# Deterministic, and short: enough to find what has been planted below.
STEPS = settings(max_examples=150, stateful_step_count=40, derandomize=True, deadline=None)

SEARCH = settings(STEPS, max_examples=1000, phases=[Phase.generate])


def test_a_client_sees_everything_once_and_in_order_whatever_the_network_does() -> None:
    run_state_machine_as_test(LossyTalk, settings=STEPS)


class Forgetful(Resume):
    """Trusts every change that it hears of."""

    def _note_change(self, change: int) -> None:
        self.change = max(self.change, change)


class Hasty(Resume):
    """Shows messages as they come."""

    def _learn(self, message: Json) -> None:
        super()._learn(message)
        if message["id"] not in self.shown:
            self.shown.append(message["id"])


class Gullible(Resume):
    """Adds deltas as they come."""

    def _respond(self, data: Json) -> None:
        if data["status"] == "delta":
            stream = self._begin(data["messageId"])
            stream.text, stream.index = stream.text + data["delta"], data["index"]
            return
        super()._respond(data)


@pytest.mark.parametrize("wrong", [Forgetful, Hasty, Gullible])
def test_a_client_that_does_it_wrong_is_found_out(wrong: type[Resume]) -> None:
    class WrongTalk(LossyTalk):
        kind = wrong

    with pytest.raises(Exception):  # noqa: B017, PT011  (an assertion, or several in a group)
        run_state_machine_as_test(WrongTalk, settings=SEARCH)
