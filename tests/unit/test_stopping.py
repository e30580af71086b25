"""Who waits for a reply of a process that stops."""

from backend.gateway.stopping import Stopping


def test_who_waits_is_told_once_no_reply_will_come() -> None:
    stopping, told = Stopping(), list[str]()
    with stopping.telling(lambda: told.append("waiting")):
        stopping.begin()
        assert (stopping.begun, told) == (True, [])
        stopping.replies_ended()
        assert told == ["waiting"]


def test_who_comes_later_is_told_at_once() -> None:
    stopping, told = Stopping(), list[str]()
    stopping.replies_ended()
    with stopping.telling(lambda: told.append("late")):
        assert told == ["late"]


def test_who_no_longer_waits_is_not() -> None:
    stopping, told = Stopping(), list[str]()
    with stopping.telling(lambda: told.append("gone")):
        pass
    stopping.replies_ended()
    assert told == []
