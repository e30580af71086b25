"""Finds the reply in what a model streams: no leading blanks, no reasoning."""

OPENING = "<think>"
CLOSING = "</think>"


class ReplyText:
    """Takes pieces as they come and gives back what may be shown.

    Servers that don't separate reasoning put it at the start of the text, in a `<think>` block.
    The block is dropped, also when its tags are split over pieces. Blanks before the first word are
    dropped too, so that a reply of blanks counts as empty.
    """

    def __init__(self) -> None:
        self._held = ""
        self._state = "start"  # start | thinking | speaking

    def feed(self, piece: str) -> str:
        """The next text to show; empty while it is unclear or reasoning."""
        if self._state == "speaking":
            return piece
        self._held += piece
        while self._moves_on():
            pass
        if self._state != "speaking":
            return ""
        shown, self._held = self._held, ""
        return shown

    def end(self) -> str:
        """What was held back and, now that nothing follows, is reply after all."""
        return self._held if self._state == "start" else ""

    def _moves_on(self) -> bool:
        before = self._state
        if before == "start":
            self._held = self._held.lstrip()
            if self._held.startswith(OPENING):
                self._state = "thinking"
            elif self._held and not OPENING.startswith(self._held):
                self._state = "speaking"
        elif before == "thinking":
            reasoning, closed, rest = self._held.partition(CLOSING)
            self._state = "start" if closed else "thinking"
            # Of open reasoning only the beginning of a closing tag can matter later.
            self._held = rest if closed else reasoning[-len(CLOSING) :]
        return self._state != before
