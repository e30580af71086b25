"""False alarms in ordinary conversations: `python -m bench.safety.ordinary FILE…`.

The files are those of `keepsake eval recall`: public conversations, written by other people than the
classifier's training data. What is flagged there is nearly always a false alarm.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.quality.dataset import read_data
from bench.safety.evaluation import screen_all

SAMPLE = 450  # messages of people from each set


def ordinary_messages(paths: Sequence[Path]) -> dict[str, list[str]]:
    """By set, as many of the users' messages as are sampled, the same each time."""
    found: dict[str, list[str]] = {}
    for conversation in read_data(paths):
        said = [each.content for each in conversation.messages if each.sender_type == "user"]
        found.setdefault(conversation.set_name, []).extend(filter(None, said))
    random = np.random.default_rng(0)
    return {
        name: [texts[at] for at in np.sort(random.permutation(len(texts))[:SAMPLE])]
        for name, texts in found.items()
    }


if __name__ == "__main__":
    for name, texts in ordinary_messages([Path(each) for each in sys.argv[1:]]).items():
        verdicts = screen_all(texts, with_vectors=True).verdicts
        alarms = sum(bool(verdict.flagged) for verdict in verdicts)
        categories = Counter(each for verdict in verdicts for each in verdict.flagged)
        print(f"{name}: {alarms} of {len(texts)} flagged ({alarms / len(texts):.1%})", categories)
