"""A fact may hold no name and no number that its source doesn't."""

import re

_CHECKED = re.compile(r"\b[A-ZÀ-Þ][\w'’-]*|\d+")
_OURS = frozenset({"the"})  # the word that opens our own sentences


def is_grounded(content: str, source: str) -> bool:
    """Every proper name and number of `content` occurs in `source`, whatever its case."""
    plain = source.lower().replace("’", "'").replace("‘", "'")
    for word in _CHECKED.findall(content):
        if (
            word.lower() not in _OURS
            and word.lower().replace("’", "'").removesuffix("'s") not in plain
        ):
            return False
    return True
