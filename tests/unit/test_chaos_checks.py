"""The checks of a run's history: a good one passes, and each kind of fault is found."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from tests.chaos.checks import violations
from tests.chaos.history import History, StoredConversation, StoredMessage, Struck, Witness

CONVERSATION = "a conversation"
BEGAN = 1000.0


def message(seq: int, /, **fields: Any) -> StoredMessage:
    """The seq-th of a good conversation: questions are odd, their answers behind them."""
    asked = seq % 2 == 1
    said = f"Number {seq if asked else seq - 1}."
    row = StoredMessage(
        id=f"m{seq}",
        seq=seq,
        sender_type="user" if asked else "character",
        content=said if asked else f"You said: {said}",
        state="complete",
        client_message_id=f"ada {seq}" if asked else None,
        reply_to=None if asked else f"m{seq - 1}",
        created_at=BEGAN + seq,
        edited_at=None,
        deleted=False,
    )
    return replace(row, **fields)


def stored(*messages: StoredMessage, **fields: Any) -> StoredConversation:
    """A conversation that has these messages and has formed its memory."""
    fields = {
        "last_seq": len(messages),
        "formed_seq": len(messages),
        "episodes": {row.id: 1 for row in messages},
        "facts": {row.id: 1 for row in messages if row.sender_type == "user"},
    } | fields
    return StoredConversation(id=CONVERSATION, messages=messages, **fields)


def shown(row: StoredMessage) -> dict[str, Any]:
    """As a client has it."""
    return {
        "id": row.id,
        "seq": row.seq,
        "content": row.content,
        "clientMessageId": row.client_message_id,
        "deletedAt": "now" if row.deleted else None,
    }


def witness(conversation: StoredConversation) -> Witness:
    """Of a client that said everything and saw everything."""
    asked = [row for row in conversation.messages if row.client_message_id]
    return Witness(
        "ada",
        CONVERSATION,
        sent=[(str(row.client_message_id), row.content) for row in asked],
        acked=[shown(row) for row in asked],
        shown=[shown(row) for row in conversation.messages],
        spoken=[(row.id, row.content) for row in conversation.messages if row.reply_to],
    )


def history(*messages: StoredMessage, **fields: Any) -> History:
    """A good one, unless its rows aren't."""
    conversation = stored(*messages, **fields)
    return History([conversation], [witness(conversation)])


def good() -> History:
    """Three questions, three answers."""
    return history(*(message(seq) for seq in range(1, 7)))


Spoil = Callable[[History], None]


def rows(change: Callable[[list[StoredMessage]], object], **fields: Any) -> Spoil:
    """Change what is stored behind the clients' backs."""

    def spoil(history: History) -> None:
        messages = list(history.conversations[0].messages)
        change(messages)
        history.conversations[0] = replace(
            history.conversations[0], messages=tuple(messages), **fields
        )

    return spoil


def told(change: Callable[[Witness], object]) -> Spoil:
    """Change what the client says."""
    return lambda history: change(history.witnesses[0]) and None


def late(messages: list[StoredMessage]) -> None:
    messages[5] = replace(messages[5], created_at=BEGAN + 5 + 31)


SPOILT: dict[str, tuple[Spoil, set[str]]] = {
    "an acked message is lost": (
        rows(lambda messages: messages.__delitem__(slice(4, 6)), last_seq=4),
        {"stored once", "seen as stored", "heard as stored"},
    ),
    "a message is never acked": (
        told(lambda client: client.acked.pop()),
        {"acknowledged"},
    ),
    "a message is stored twice": (
        rows(
            lambda messages: messages.append(
                message(7, client_message_id="ada 5", content="Number 5.")
            ),
            last_seq=7,
        ),
        {"stored once", "answered once", "seen as stored", "remembered once"}
        | {"what isn't formed waits", "an ack is kept"},
    ),
    "somebody else's message is stored": (
        told(lambda client: (client.sent.pop(), client.acked.pop())),
        {"stored once"},
    ),
    "an ack names another row": (
        told(lambda client: client.acked[0].update(id="m9")),
        {"an ack is kept"},
    ),
    "a repeated ack has another seq": (
        told(lambda client: client.acked.append({**client.acked[0], "seq": 3})),
        {"an ack is kept"},
    ),
    "other words are stored": (
        told(lambda client: client.sent.__setitem__(0, ("ada 1", "Number 100."))),
        {"an ack is kept"},
    ),
    "seq has a gap": (
        rows(lambda messages: messages.__setitem__(5, message(6, seq=7)), last_seq=7),
        {"seq without gaps", "seen as stored", "what isn't formed waits"},
    ),
    "the conversation counts further than its messages": (
        rows(lambda messages: None, last_seq=7),
        {"seq without gaps", "what isn't formed waits"},
    ),
    "messages are stored in another order than sent": (
        told(lambda client: client.sent.insert(0, client.sent.pop())),
        {"in the order sent"},
    ),
    "a message isn't answered": (
        rows(lambda messages: messages.pop(), last_seq=5, formed_seq=5),
        {"answered once", "seen as stored", "heard as stored"},
    ),
    "a message is answered twice": (
        rows(lambda messages: messages.append(message(7, **vars_of(6))), last_seq=7, formed_seq=7),
        {"answered once", "seen as stored", "remembered once"},
    ),
    "a reply answers nothing": (
        rows(lambda messages: messages.__setitem__(5, message(6, reply_to="m99"))),
        {"answered once"},
    ),
    "a reply has failed": (
        rows(lambda messages: messages.__setitem__(5, message(6, state="failed"))),
        {"answered once"},
    ),
    "a reply answers something else": (
        rows(lambda messages: messages.__setitem__(5, message(6, content="You said: Hello."))),
        {"answers what was said", "seen as stored", "heard as stored"},
    ),
    "an interrupted reply has other words": (
        rows(
            lambda messages: messages.__setitem__(
                5, message(6, content="Well,", state="interrupted")
            )
        ),
        {"answers what was said", "seen as stored", "heard as stored"},
    ),
    "a reply comes late": (rows(late), {"answered in time"}),
    "replies are in another order": (
        rows(
            lambda messages: (
                messages.__setitem__(3, message(4, reply_to="m5", content="You said: Number 5.")),
                messages.__setitem__(5, message(6, reply_to="m3", content="You said: Number 3.")),
            )
        ),
        {"answered in order", "answered behind it", "seen as stored", "heard as stored"},
    ),
    "a client misses the last message": (
        told(lambda client: client.shown.pop()),
        {"seen as stored"},
    ),
    "a client shows old words": (
        told(lambda client: client.shown[1].update(content="You said: What?")),
        {"seen as stored"},
    ),
    "a client shows what was deleted": (
        rows(lambda m: m.__setitem__(5, message(6, deleted=True, content="")), episodes={}),
        {"seen as stored", "remembered once"},
    ),
    "a client heard other words than are stored": (
        told(lambda client: client.spoken.append(("m2", "You said: Num"))),
        {"heard as stored"},
    ),
    "a client heard a reply that isn't stored": (
        told(lambda client: client.spoken.append(("m99", "You said: Number 9."))),
        {"heard as stored"},
    ),
    "a client was told something impossible": (
        told(lambda client: client.faults.append("two messages have seq 2")),
        {"nothing impossible"},
    ),
    "an edit is lost": (
        told(lambda client: client.edits.update(m1="Number 1, in truth.")),
        {"a change is kept"},
    ),
    "a deletion is lost": (
        told(lambda client: client.deletions.add("m1")),
        {"a change is kept"},
    ),
    "an episode is missing": (
        rows(lambda messages: None, episodes={f"m{n}": 1 for n in range(1, 6)}),
        {"remembered once"},
    ),
    "an episode is there twice": (
        rows(lambda messages: None, episodes={f"m{n}": 1 + (n == 3) for n in range(1, 7)}),
        {"remembered once"},
    ),
    "a fact is formed twice": (
        rows(lambda messages: None, facts={"m1": 2, "m3": 1, "m5": 1}),
        {"formed once"},
    ),
    "a formed message taught nothing": (
        rows(lambda messages: None, facts={"m1": 1, "m3": 1}),
        {"formed once"},
    ),
    "a job is parked": (rows(lambda messages: None, jobs=("failed",)), {"no parked job"}),
    "a job hangs": (rows(lambda messages: None, jobs=("doing",)), {"no orphan job"}),
    "nothing will form the last messages": (
        rows(lambda messages: None, formed_seq=4, facts={"m1": 1, "m3": 1}),
        {"what isn't formed waits"},
    ),
}


def vars_of(seq: int) -> dict[str, Any]:
    """The fields of a message but for its place."""
    return {
        name: value
        for name, value in vars(message(seq)).items()
        if name not in ("id", "seq", "created_at")
    }


def test_a_good_history_passes() -> None:
    assert violations(good()) == []


@pytest.mark.parametrize("name", SPOILT)
def test_each_fault_is_found(name: str) -> None:
    spoil, rules = SPOILT[name]
    spoilt = deepcopy(good())
    spoil(spoilt)
    assert {violation.rule for violation in violations(spoilt)} == rules


def test_nothing_is_held_against_what_may_be() -> None:
    deleted = message(1, deleted=True, content="")
    edited = message(3, edited_at=BEGAN + 9, content="Number 3, in truth.")
    stopped = message(6, state="interrupted", content="You said: Nu")
    rewritten = message(4, content="You said: Number 3.", variants=("You said: What?", "x"))
    may_be = history(deleted, message(2), edited, rewritten, message(5), stopped)
    may_be.conversations[0].episodes.pop("m1")
    client = may_be.witnesses[0]
    client.sent[0], client.sent[1] = ("ada 1", "Number 1."), ("ada 3", "Number 3.")
    client.acked.append(client.acked[1])  # a repeat
    client.edits["m3"] = edited.content
    client.deletions.add("m1")
    assert violations(may_be) == []


def test_a_wait_is_counted_from_the_last_fault_in_it() -> None:
    slow = history(*(message(seq) for seq in range(1, 6)), message(6, created_at=BEGAN + 60))
    assert {violation.rule for violation in violations(slow)} == {"answered in time"}
    slow.struck.append(Struck("kill postgres", 0, BEGAN + 20, BEGAN + 35))
    assert violations(slow) == []
    slow.struck[0] = Struck("kill postgres", 0, BEGAN + 3, BEGAN + 4)  # before it was asked
    assert {violation.rule for violation in violations(slow)} == {"answered in time"}


def test_the_order_of_what_was_refused_for_a_moment_is_not_held_against_it() -> None:
    overtaken = good()
    client = overtaken.witnesses[0]
    client.sent.insert(0, client.sent.pop())
    client.refused.add("ada 5")
    assert violations(overtaken) == []
