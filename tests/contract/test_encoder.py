"""What every encoder does, the real one included."""

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest
import pytest_asyncio

from embeddings.base import Encoder
from embeddings.registry import DEFAULT, build_encoder

LONG_TEXT = "We walked along the river and talked about the old house. " * 400


@pytest_asyncio.fixture(params=["hashing", DEFAULT.name], scope="module")
async def encoder(request: pytest.FixtureRequest) -> AsyncIterator[Encoder]:
    encoder = build_encoder(request.param)
    await encoder.load()
    yield encoder
    await encoder.close()


async def test_name_and_dimension(encoder: Encoder) -> None:
    assert encoder.name in ("hashing", "all-MiniLM-L6-v2")
    assert encoder.dimension == 384


@pytest.mark.parametrize(
    "text", ["My dog is called Biscuit.", "", "   ", "日本語", "🙂", LONG_TEXT]
)
async def test_any_text_becomes_a_unit_vector(encoder: Encoder, text: str) -> None:
    query = await encoder.encode_query(text)
    documents = await encoder.encode_documents([text])
    assert query.shape == (encoder.dimension,)
    assert documents.shape == (1, encoder.dimension)
    assert query.dtype == documents.dtype == np.dtype(np.float32)
    assert np.linalg.norm(query) == pytest.approx(1.0, abs=1e-5)
    assert np.linalg.norm(documents[0]) == pytest.approx(1.0, abs=1e-5)


async def test_documents_keep_their_order_and_do_not_disturb_each_other(encoder: Encoder) -> None:
    texts = ["a dog", LONG_TEXT, "", "the cat sat on the mat", "a dog", "rain " * 40, "why?"] * 5
    together = await encoder.encode_documents(texts)
    for text, vector in zip(texts[:7], together[:7], strict=True):
        alone = (await encoder.encode_documents([text]))[0]
        assert np.allclose(vector, alone, rtol=0, atol=1e-5), text
    assert np.allclose(together[:7], together[28:], rtol=0, atol=1e-5)


async def test_no_documents(encoder: Encoder) -> None:
    vectors = await encoder.encode_documents([])
    assert vectors.shape == (0, encoder.dimension)
    assert vectors.dtype == np.dtype(np.float32)


async def test_concurrent_callers_get_their_own_vectors(encoder: Encoder) -> None:
    texts = [f"question number {i} about {'very ' * (i % 7)}old things" for i in range(40)]
    at_once = np.array(await asyncio.gather(*(encoder.encode_query(text) for text in texts)))
    cosines = at_once.astype(np.float64) @ (await encoder.encode_documents(texts)).T
    assert np.diag(cosines) == pytest.approx(1.0, abs=2e-6)
    assert max(cosines[~np.eye(len(texts), dtype=bool)]) < 1 - 1e-4


async def test_texts_that_share_words_are_nearer_than_texts_that_do_not(encoder: Encoder) -> None:
    query = await encoder.encode_query("What is my dog called?")
    near, far = await encoder.encode_documents(
        ["My dog is called Biscuit.", "The invoice was paid on Tuesday."]
    )
    assert query @ near > query @ far + 0.2


async def test_loading_again_changes_nothing(encoder: Encoder) -> None:
    await encoder.load()
    assert (await encoder.encode_query("still here")).shape == (encoder.dimension,)


@pytest.mark.parametrize("name", ["hashing", DEFAULT.name])
async def test_closing_twice_is_harmless_loaded_or_not(name: str) -> None:
    encoder = build_encoder(name)
    await encoder.close()
    await encoder.close()
