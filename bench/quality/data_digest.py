"""A hash of the data that was measured: the same in every process and on every machine."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256

from bench.quality.dataset import MarkedConversation
from bench.quality.scenarios import Story

Data = Sequence[MarkedConversation] | Sequence[Story]


def data_digest(data: Data) -> str:
    """SHA-256 of all that was read, in its order, as 64 hexadecimal digits."""
    digest = sha256()
    for each in data:
        fields = each.model_dump(mode="json") if isinstance(each, Story) else asdict(each)
        digest.update(json.dumps(fields, sort_keys=True, default=_plain).encode() + b"\n")
    return digest.hexdigest()


def _plain(value: object) -> object:
    """What JSON lacks. A set's own order differs from process to process."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value)} isn't data")
