"""Which statements the offline extractor takes to be worth remembering."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from importlib.resources import files
from uuid import UUID

import numpy as np
import pytest
import pytest_asyncio

from backend.adapters.llm.offline import OfflineExtractor
from backend.adapters.llm.offline.worth import read_worth, sign_names, worth
from backend.models.candidate import Transcript, TranscriptLine
from bench.safety.dataset import digest
from bench.worth.dataset import LABELLED, read_proposed
from embeddings.base import Encoder, EncoderError, Vector, Vectors
from embeddings.hashing import HashingEncoder
from embeddings.registry import build_encoder

AT = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def minilm() -> AsyncIterator[Encoder]:
    encoder = build_encoder()
    await encoder.load()
    yield encoder
    await encoder.close()


def transcript(message: str) -> Transcript:
    line = TranscriptLine(UUID(int=1), "user", "Sam", message, AT)
    return Transcript("Sam", "Mara", (line,), ())


async def contents(message: str, encoder: Encoder | None) -> tuple[str, ...]:
    extraction = await OfflineExtractor(encoder).extract(transcript(message))
    return tuple(candidate.content for candidate in extraction.candidates)


@pytest.mark.parametrize(
    ("message", "fact"),
    [
        ("I keep a diary in Welsh, badly.", "The user keeps a diary in Welsh."),
        ("My boat is moored in Whitby.", "The user's boat is moored in Whitby."),
    ],
)
async def test_keeps_what_no_rule_has_words_for(message: str, fact: str, minilm: Encoder) -> None:
    assert fact in await contents(message, minilm)
    assert fact not in await contents(message, None)


@pytest.mark.parametrize(
    "message",
    [
        "I spilled tea on the sofa again.",
        "My bus broke down this morning.",
        "I feel a bit flat today.",
        "I had toast for lunch and now I'm folding socks.",
        "My laptop fan sounds like a helicopter.",
    ],
)
async def test_leaves_what_is_gone_tomorrow(message: str, minilm: Encoder) -> None:
    assert await contents(message, minilm) == ()


async def test_what_a_rule_vouches_for_is_kept_by_any_encoder(minilm: Encoder) -> None:
    message = "I live in Porto and I keep a diary in Welsh."
    assert await contents(message, HashingEncoder()) == ("The user lives in Porto.",)
    assert await contents(message, Broken(minilm.name)) == ("The user lives in Porto.",)
    assert len(await contents(message, minilm)) == 2


class Broken:
    """An encoder by the right name that fails."""

    dimension = 384

    def __init__(self, name: str) -> None:
        self.name = name

    async def load(self) -> None: ...

    async def encode_documents(self, texts: object) -> Vectors:
        raise EncoderError("out of memory")

    async def encode_query(self, text: str) -> Vector:
        raise EncoderError("out of memory")

    async def close(self) -> None: ...


def test_the_weights_are_those_of_the_labelled_data() -> None:
    """After a change of the data or the signs: `python -m bench.worth.training`."""
    assert worth().made["sha256"] == digest(LABELLED)
    assert worth().made["rows"] == len(read_proposed(LABELLED))
    assert worth().weights.shape == (384 + len(sign_names()),)
    assert np.isfinite(worth().weights).all()


def test_weights_for_other_signs_are_refused() -> None:
    text = files("backend.adapters.llm.offline").joinpath("worth.json").read_text("utf-8")
    data = json.loads(text)
    data["signs"].pop()
    with pytest.raises(ValueError, match="train them again"):
        read_worth(json.dumps(data))


def test_any_words_are_scored_between_0_and_1() -> None:
    vectors = np.zeros((3, 384), np.float32)
    scores = worth().scores(["", "The user", "x" * 5000], vectors)
    assert all(0 <= score <= 1 for score in scores)
    assert asyncio.run(OfflineExtractor().extract(transcript(""))).candidates == ()
