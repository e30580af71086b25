"""The default encoder: the library's vectors without the library, and only from known weights."""

import asyncio
import dataclasses
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import pytest_asyncio

from embeddings.base import Encoder, EncoderError
from embeddings.minilm import MiniLmModel
from embeddings.registry import DEFAULT, build_encoder

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

TEXTS = [
    "",
    "a",
    "What is my dog called?",
    "I went to the park with my dog Biscuit and we had two lovely days there, it was great.",
    "日本語のテキスト und Umlaute äöü",
    "a sentence about nothing in particular " * 100,
]


@pytest.fixture(scope="module")
def library() -> "SentenceTransformer":
    from sentence_transformers import SentenceTransformer  # seconds, of every test process

    return SentenceTransformer(str(DEFAULT.folder), device="cpu", local_files_only=True)


@pytest_asyncio.fixture(scope="module")
async def encoder() -> AsyncIterator[Encoder]:
    encoder = build_encoder()
    await encoder.load()
    yield encoder
    await encoder.close()


async def test_vectors_are_the_librarys(encoder: Encoder, library: "SentenceTransformer") -> None:
    expected = library.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    assert np.allclose(await encoder.encode_documents(TEXTS), expected, rtol=0, atol=1e-5)
    # One at a time, so without padding.
    for text, vector in zip(TEXTS, expected, strict=True):
        assert np.allclose((await encoder.encode_documents([text]))[0], vector, rtol=0, atol=1e-5)


async def test_a_querys_rounded_weights_turn_its_vector_by_next_to_nothing(
    encoder: Encoder, library: "SentenceTransformer"
) -> None:
    expected = library.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    for text, vector in zip(TEXTS, expected, strict=True):
        query = (await encoder.encode_query(text)).astype(np.float64)
        cosine = query @ vector / np.linalg.norm(query) / np.linalg.norm(vector.astype(np.float64))
        assert cosine > 1 - 1e-6, text
    # Several at once are one model call, padded to the longest.
    together = await asyncio.gather(*(encoder.encode_query(f"{text} again") for text in TEXTS))
    for text, vector in zip(TEXTS, together, strict=True):
        alone = (await encoder.encode_documents([f"{text} again"]))[0]
        assert vector.astype(np.float64) @ alone > 1 - 1e-6, text


def test_without_half_precision_products_a_query_is_as_exact_as_a_document() -> None:
    import torch

    engine = torch.backends.quantized.engine
    torch.backends.quantized.engine = "qnnpack"  # that of processors other than x86
    try:
        model = MiniLmModel(DEFAULT)
        model.load()
    finally:
        torch.backends.quantized.engine = engine
    text = ["What is my dog called?"]
    assert np.array_equal(model.encode(text, "query"), model.encode(text, "document"))


async def test_meaning_counts_not_only_words(encoder: Encoder) -> None:
    query = await encoder.encode_query("Do I have a pet?")
    puppy, bill = await encoder.encode_documents(
        ["We adopted a puppy last spring.", "The bill for the car repair came today."]
    )
    assert query @ puppy > query @ bill + 0.1


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The model's folder, to be damaged."""
    return Path(shutil.copytree(DEFAULT.folder, tmp_path / "model"))


def load_failure(folder: Path) -> str:
    with pytest.raises(EncoderError) as raised:
        MiniLmModel(dataclasses.replace(DEFAULT, folder=folder)).load()
    return str(raised.value)


def test_other_weights_are_refused(copied: Path) -> None:
    with (copied / "model.safetensors").open("r+b") as weights:
        weights.seek(-1, os.SEEK_END)
        weights.write(b"?")
    assert "not the expected ones" in load_failure(copied)


@pytest.mark.parametrize("missing", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_missing_file_is_named(copied: Path, missing: str) -> None:
    (copied / missing).unlink()
    reason = load_failure(copied)
    assert str(copied) in reason
    assert "install its package again" in reason


async def test_it_loads_without_network_library_or_a_word() -> None:
    script = """
import asyncio, sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo"):
        raise SystemExit(f"network use: {event} {arguments}")

sys.addaudithook(refuse)
from embeddings.registry import build_encoder

async def main():
    encoder = build_encoder()
    print((await encoder.encode_query("hello")).shape, "transformers" in sys.modules)
    await encoder.close()

asyncio.run(main())
"""
    root = Path(__file__).parents[2]
    offline_unset = {k: v for k, v in os.environ.items() if not k.startswith("HF_")}
    result = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", script],
        cwd=root,
        env={**offline_unset, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "(384,) False\n", "")
