"""Which frames the fault proxy may harm: those that a client can ask for again."""

import pytest

from tests.chaos.proxy import repeatable


@pytest.mark.parametrize(
    ("frame", "harmed"),
    [
        ('{"event":"message:send","data":{},"id":3}', True),
        ('{"event":"character:response","data":{}}', True),
        ('{"event":"ack","id":3,"data":{"message":{}}}', True),
        ('42["message:received",{}]', True),
        ("431[{}]", True),
        ('{"event":"auth","data":{"token":"t"},"id":1}', False),
        ('{"event":"ack","id":1,"data":{"userId":"u"}}', False),
        ('0{"sid":"s"}', False),
        ('40{"sid":"s"}', False),
        ("2", False),
    ],
)
def test_handshakes_and_heartbeats_are_left_alone(frame: str, harmed: bool) -> None:
    assert repeatable(frame) is harmed
    assert repeatable(frame.encode()) is harmed
