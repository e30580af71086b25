"""How concurrent callers share one model."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence

import numpy as np
import pytest
import pytest_asyncio

from embeddings.base import EncoderError, Purpose, Vectors
from embeddings.batching import BATCH_BYTES, MAX_QUERY_BATCHES_IN_A_ROW, BatchingEncoder
from tests.support.eventually import eventually


class HeldModel:
    """A model whose every step waits for a permit; a text's vector is its length, and "bad" makes
    the whole call fail."""

    name = "held"
    dimension = 2

    def __init__(self) -> None:
        self.loads = 0
        self.load_error: EncoderError | None = None
        self.calls: list[tuple[Purpose, list[str]]] = []
        self.threads: set[str] = set()
        self._permits = threading.Semaphore(0)

    def permit(self, steps: int = 10_000) -> None:
        self._permits.release(steps)

    def load(self) -> None:
        self.loads += 1
        self._step()
        if self.load_error is not None:
            raise self.load_error

    def encode(self, texts: Sequence[str], purpose: Purpose) -> Vectors:
        self.calls.append((purpose, list(texts)))
        self._step()
        if "bad" in texts:
            raise RuntimeError("out of memory")
        return np.array([[len(text), 0] for text in texts], dtype=np.float32)

    def _step(self) -> None:
        self.threads.add(threading.current_thread().name)
        if not self._permits.acquire(timeout=20):
            raise TimeoutError("the test never permitted this step")


@pytest.fixture
def model() -> HeldModel:
    return HeldModel()


@pytest_asyncio.fixture
async def encoder(model: HeldModel) -> AsyncIterator[BatchingEncoder]:
    """Loaded; the model's next calls wait for permits."""
    encoder = BatchingEncoder(model)
    model.permit(1)
    await encoder.load()
    yield encoder
    model.permit()
    await encoder.close()


async def started(task: "asyncio.Task[object]", model: HeldModel, calls: int) -> None:
    """Wait until the model is in its call number `calls`."""
    await eventually(lambda: len(model.calls) == calls or task.done())


async def test_callers_that_wait_together_share_a_model_call(
    encoder: BatchingEncoder, model: HeldModel
) -> None:
    first = asyncio.create_task(encoder.encode_query("first"))
    await started(first, model, 1)
    rest = [asyncio.create_task(encoder.encode_query("q" * n)) for n in (3, 1, 2)]
    await asyncio.sleep(0)
    model.permit()
    assert [vector[0] for vector in await asyncio.gather(first, *rest)] == [5, 3, 1, 2]
    assert model.calls == [("query", ["first"]), ("query", ["qqq", "q", "qq"])]


async def test_documents_come_back_in_order_from_small_batches(
    encoder: BatchingEncoder, model: HeldModel
) -> None:
    model.permit()
    texts = ["x" * (n * 37 % 300) for n in range(200)]
    vectors = await encoder.encode_documents(texts)
    assert vectors.shape == (200, 2)
    assert vectors.dtype == np.float32
    assert [int(length) for length in vectors[:, 0]] == [len(text) for text in texts]
    for _, batch in model.calls:
        assert len(batch) * max(map(len, batch)) <= BATCH_BYTES


async def test_a_text_longer_than_a_batch_goes_alone(
    encoder: BatchingEncoder, model: HeldModel
) -> None:
    model.permit()
    await encoder.encode_documents(["я" * BATCH_BYTES, "b", "a"])
    assert [len(batch) for _, batch in model.calls] == [2, 1]


async def test_a_query_overtakes_a_waiting_import(
    encoder: BatchingEncoder, model: HeldModel
) -> None:
    bulk = asyncio.create_task(encoder.encode_documents(["a message of an import"] * 1000))
    await started(bulk, model, 1)
    query = asyncio.create_task(encoder.encode_query("where?"))
    await asyncio.sleep(0)
    model.permit(2)
    await query
    assert [purpose for purpose, _ in model.calls[:2]] == ["document", "query"]
    assert not bulk.done()
    model.permit()
    await bulk


async def test_a_turns_documents_take_turns_with_an_import(
    encoder: BatchingEncoder, model: HeldModel
) -> None:
    bulk = asyncio.create_task(encoder.encode_documents(["a message of an import"] * 1000))
    await started(bulk, model, 1)
    turn = asyncio.create_task(encoder.encode_documents(["what was just said"]))
    await asyncio.sleep(0)
    # The import's running batch and its next one, then the turn's.
    model.permit(3)
    await turn
    assert "what was just said" in model.calls[2][1]
    assert not bulk.done()
    model.permit()
    await bulk


async def test_documents_are_not_starved_by_queries(
    encoder: BatchingEncoder, model: HeldModel
) -> None:
    busy = asyncio.create_task(encoder.encode_query("busy"))
    await started(busy, model, 1)
    # Each query fills a batch by itself.
    queries = [
        asyncio.create_task(encoder.encode_query("q" * BATCH_BYTES))
        for _ in range(3 * MAX_QUERY_BATCHES_IN_A_ROW)
    ]
    document = asyncio.create_task(encoder.encode_documents(["document"]))
    await asyncio.sleep(0)
    model.permit()
    await asyncio.gather(busy, document, *queries)
    purposes = [purpose for purpose, _ in model.calls]
    assert purposes.index("document") == MAX_QUERY_BATCHES_IN_A_ROW


async def test_a_failed_call_fails_its_callers_and_nobody_else(
    encoder: BatchingEncoder, model: HeldModel
) -> None:
    model.permit()
    with pytest.raises(EncoderError, match="out of memory") as raised:
        await encoder.encode_query("bad")
    assert isinstance(raised.value.__cause__, RuntimeError)
    with pytest.raises(EncoderError):
        await encoder.encode_documents(["x" * BATCH_BYTES, "bad", "y" * BATCH_BYTES])
    assert (await encoder.encode_query("good"))[0] == 4


async def test_a_caller_that_gave_up_costs_no_model_call(
    encoder: BatchingEncoder, model: HeldModel
) -> None:
    busy = asyncio.create_task(encoder.encode_query("busy"))
    await started(busy, model, 1)
    gone = asyncio.create_task(encoder.encode_query("gone"))
    await asyncio.sleep(0)
    gone.cancel()
    model.permit()
    await busy
    assert (await encoder.encode_query("next"))[0] == 4
    assert [batch for _, batch in model.calls] == [["busy"], ["next"]]


async def test_no_texts_need_no_call(encoder: BatchingEncoder, model: HeldModel) -> None:
    assert (await encoder.encode_documents([])).shape == (0, 2)
    assert model.calls == []


async def test_encoding_waits_for_one_loading_in_the_encoders_own_thread() -> None:
    model = HeldModel()
    encoder = BatchingEncoder(model)
    loading = asyncio.create_task(encoder.load())
    gave_up = asyncio.create_task(encoder.load())
    query = asyncio.create_task(encoder.encode_query("early"))
    await eventually(lambda: model.loads == 1)
    gave_up.cancel()
    assert not query.done()
    model.permit()
    await loading
    assert (await query)[0] == 5
    assert model.loads == 1
    assert len(model.threads) == 1
    assert threading.current_thread().name not in model.threads
    await encoder.close()


async def test_a_failed_loading_is_told_to_every_caller() -> None:
    model = HeldModel()
    model.load_error = EncoderError("the weights are gone")
    model.permit()
    encoder = BatchingEncoder(model)
    for call in (encoder.load(), encoder.encode_query("a"), encoder.encode_documents(["a"])):
        with pytest.raises(EncoderError, match="the weights are gone"):
            await call
    assert model.loads == 1
    await encoder.close()


async def test_closing_refuses_what_waits_and_what_comes(
    encoder: BatchingEncoder, model: HeldModel
) -> None:
    running = asyncio.create_task(encoder.encode_query("running"))
    await started(running, model, 1)
    waiting = asyncio.create_task(encoder.encode_documents(["waiting"]))
    await asyncio.sleep(0)
    closing = asyncio.create_task(encoder.close())
    await asyncio.sleep(0)
    model.permit()
    await closing
    await encoder.close()

    assert (await running)[0] == 7
    with pytest.raises(EncoderError, match="closed"):
        await waiting
    with pytest.raises(EncoderError, match="closed"):
        await encoder.encode_query("late")
    assert [batch for _, batch in model.calls] == [["running"]]
