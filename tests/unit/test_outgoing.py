"""Events on their way to clients: their forms, and the box in which they wait."""

import json

from hypothesis import given
from hypothesis import strategies as st

from backend.gateway.outgoing import OUTBOX_BYTES, OUTBOX_FRAMES, Outbox, Outgoing

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.text(), st.dictionaries(st.text(), JSON))
def test_both_transports_say_the_same(event: str, data: dict[str, object]) -> None:
    outgoing = Outgoing(event, data)
    assert json.loads(outgoing.frame) == {"event": event, "data": data}
    assert outgoing.packet.encode()[:2] == "42"
    assert json.loads(outgoing.packet.encode()[2:]) == [event, data]


def test_it_is_written_once_however_many_ask() -> None:
    outgoing = Outgoing("typing:indicator", {"isTyping": True})
    assert outgoing.frame is outgoing.frame
    assert outgoing.packet is outgoing.packet
    assert outgoing.packet.encode() is outgoing.packet.encode()


def test_a_box_is_overfull_by_number() -> None:
    box = Outbox()
    for _ in range(OUTBOX_FRAMES - 1):
        box.put_nowait("x")
    assert not box.overfull
    box.put_nowait("x")
    assert box.overfull
    box.get_nowait()
    assert not box.overfull


def test_a_box_is_overfull_by_size_in_either_form() -> None:
    for filled in ("x" * OUTBOX_BYTES, Outgoing("x", {"long": "x" * OUTBOX_BYTES}).packet):
        box = Outbox()
        box.put_nowait(filled)
        assert box.overfull
        assert box.get_nowait() is filled
        assert not box.overfull


def test_nothing_fills_a_box_beyond_its_bound_and_its_end_still_fits() -> None:
    box = Outbox()
    for number in range(5 * OUTBOX_FRAMES):
        box.put_nowait(str(number))
    box.put_nowait(None)
    assert box.qsize() == 2 * OUTBOX_FRAMES + 1
    assert box.get_nowait() == "0"


def test_a_cleared_box_is_as_new() -> None:
    box = Outbox()
    box.put_nowait("x" * OUTBOX_BYTES)
    box.clear()
    assert box.empty()
    assert not box.overfull
