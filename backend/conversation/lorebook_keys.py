"""Whether a lorebook entry's key stands in what was said. Pure functions, but for a clock."""

import re
from collections.abc import Iterable, Sequence
from math import prod
from time import perf_counter

import regex

PATTERN_SECONDS = 0.005  # for one pattern in all messages; patterns are strangers' and may be slow
ALL_PATTERNS_SECONDS = 0.02  # for all of a book's
LONGEST_PATTERN = 500  # characters
# A pattern is compiled before its time begins to count, and memory grows with what its counts ask for.
MOST_REPEATS = 1_000
MOST_REPEATED = 20_000  # characters of a pattern, times what groups in it are repeated
# A book may be made to keep a process busy, so there is an end to each way of it.
MOST_KEYS = 5_000  # of a book; further ones are not found
MOST_PLACES = 20  # in which a key is looked at
LONGEST_TEXT = 20_000  # characters of what was said, the newest
_FLAGS = {"i": regex.IGNORECASE, "m": regex.MULTILINE, "s": regex.DOTALL}
_ENDINGS = ("", "s", "es", "'s", "’s")
_LONGEST_ENDING = 2
_COUNT = re.compile(r"\{\s*(\d*)\s*(?:,\s*(\d*)\s*)?\}")
_VERBOSE = re.compile(r"\(\?\w*x")  # lets spaces and comments stand within counts


class Said:
    """Texts in which keys are looked for, newest first."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._joined: dict[int, tuple[str, str]] = {}  # by depth: as it is, and in one case
        self._seconds_left = ALL_PATTERNS_SECONDS
        self._keys_left = MOST_KEYS

    def holds(self, keys: Iterable[str], depth: int, *, case_sensitive: bool) -> bool:
        """Whether any of the keys stands in the newest `depth` texts: as a word or words of its own, or,
        written as /pattern/flags, as a pattern. A pattern that can't be read, asks for too
        much or takes too long, is not found."""
        plain, folded = self._newest(depth)
        for key in keys:
            self._keys_left -= 1
            if self._keys_left < 0:
                return False
            if pattern := _pattern(key):
                if self._matches(*pattern, plain):
                    return True
            elif stands_in(key, plain) if case_sensitive else stands_in(key.casefold(), folded):
                return True
        return False

    def _newest(self, depth: int) -> tuple[str, str]:
        if depth not in self._joined:
            text = "\n".join(self._texts[:depth])[:LONGEST_TEXT]
            self._joined[depth] = text, text.casefold()
        return self._joined[depth]

    def _matches(self, pattern: str, flags: int, text: str) -> bool:
        if self._seconds_left <= 0 or asks_too_much(pattern):
            return False
        started = perf_counter()
        limit = min(PATTERN_SECONDS, self._seconds_left)
        try:
            return regex.search(pattern, text, flags, timeout=limit) is not None
        except Exception:  # of many kinds, with patterns of strangers: TimeoutError, MemoryError…
            return False
        finally:
            self._seconds_left -= perf_counter() - started


def asks_too_much(pattern: str) -> bool:
    """Whether compiling the pattern could take much memory, by its counts: `{3}`, `{2,5}`, `{,9}`. Those of
    groups multiply what they hold, others add up."""
    if "{" in pattern and _VERBOSE.search(pattern):
        return True
    counts = [max(int(number or 1) for number in found) for found in _COUNT.findall(pattern)]
    if "){" not in pattern and "(?#" not in pattern:
        return sum(counts) > MOST_REPEATS
    repeats = prod(max(1, count) for count in counts)
    return repeats > MOST_REPEATS or repeats * len(pattern) > MOST_REPEATED


def stands_in(key: str, text: str) -> bool:
    """Whether the key stands in the text as words of their own: "art" not in "party", but in "arts" and
    "art's". In scripts that put no space between words it may stand anywhere."""
    start = text.find(key) if key else -1
    for _ in range(MOST_PLACES):
        if start < 0:
            break
        begins = not (_in_word(key[0]) and start and _in_word(text[start - 1]))
        if begins and (not _in_word(key[-1]) or _ends_word(text, start + len(key))):
            return True
        start = text.find(key, start + 1)
    return False


def _ends_word(text: str, end: int) -> bool:
    rest = text[end : end + _LONGEST_ENDING + 1]
    return any(
        rest.startswith(ending) and not _in_word(rest[len(ending) : len(ending) + 1])
        for ending in _ENDINGS
    )


def _in_word(letter: str) -> bool:
    """A letter or digit of a script with spaces between words: Latin, Greek, Cyrillic, Arabic, …"""
    return letter.isalnum() and letter < "\u0e00"


def _pattern(key: str) -> tuple[str, int] | None:
    """The pattern and flags of a key that is written as one."""
    if len(key) < 3 or key[0] != "/" or len(key) > LONGEST_PATTERN:
        return None
    pattern, slash, flags = key[1:].rpartition("/")
    if not slash or not pattern or (flags and not flags.isalpha()):
        return None
    return pattern, sum(_FLAGS.get(flag, 0) for flag in set(flags.lower()))
