"""Longer training texts out of short ones.

Who means it goes on and on, and so does who means no harm: messages of one scenario follow each other,
harmless ones too, so that many hard words in a long text are no proof by themselves. Which are joined
depends on the texts alone, so that training is repeatable.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence

from bench.safety.dataset import Labelled

SHORT = 200  # characters
JOINED = 4


def lengthened(rows: Sequence[Labelled]) -> list[Labelled]:
    """Short English rows of one scenario and with the same labels, four at a time in one text."""
    alike: dict[tuple[str, frozenset[str]], list[Labelled]] = defaultdict(list)
    for row in rows:
        if row.language == "en" and 0 < len(row.text) <= SHORT:
            alike[row.scenario, frozenset(row.labels)].append(row)
    longer = []
    for those in alike.values():
        mixed = sorted(those, key=lambda row: _number(row.text))
        groups = (mixed[start : start + JOINED] for start in range(0, len(mixed) - 1, JOINED))
        longer += [_joined(group) for group in groups]
    return longer


def _joined(rows: Sequence[Labelled]) -> Labelled:
    first, text = rows[0], " ".join(row.text for row in rows)
    return Labelled(f"{first.id}+", text, first.labels, first.kind, first.language, first.scenario)


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
