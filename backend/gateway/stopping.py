"""How far a process is on its way out: no new turns, replies end, then sockets close."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stopping:
    """From the signal on, `begun` is true: /readyz says so, and new connections are sent elsewhere.
    What is asked for over open ones is still done; only nothing new is answered by the character."""

    def __init__(self) -> None:
        self.begun = False
        self._replies_ended = False
        self._waiting: set[Callable[[], None]] = set()

    def begin(self) -> None:
        """The signal has come. Safe to call twice, and from a signal handler."""
        self.begun = True

    def replies_ended(self) -> None:
        """No reply runs here any more: tell who waits for one."""
        self._replies_ended = True
        for tell in list(self._waiting):
            tell()

    @contextmanager
    def telling(self, tell: Callable[[], None]) -> Iterator[None]:
        """Within the block, `tell` is called once no reply will come from this process."""
        self._waiting.add(tell)
        try:
            if self._replies_ended:
                tell()
            yield
        finally:
            self._waiting.discard(tell)
