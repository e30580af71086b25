"""Shares one blocking model between many callers: few model calls, queries first."""

import asyncio
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from embeddings.base import EncoderError, EncoderModel, Purpose, Vector, Vectors

# One model call pads its texts to the longest, so its cost is about texts times longest text.
# UTF-8 bytes stand in for tokens (3 to 4.5 bytes each in most scripts): 512 bytes are some 120
# tokens, about 40 ms of one core with all-MiniLM-L6-v2. That is the longest a query waits for
# bulk work. Larger batches would encode less than a tenth faster.
BATCH_BYTES = 512
# Waiting document work gets at least one batch in this many, however many queries come.
MAX_QUERY_BATCHES_IN_A_ROW = 8


@dataclass(eq=False, slots=True)
class _Job:
    """One caller's texts, shortest first so that batches need little padding."""

    texts: Sequence[str]
    result: asyncio.Future[Vectors]
    vectors: Vectors
    waiting: deque[int]
    missing: int = field(init=False)

    def __post_init__(self) -> None:
        self.missing = len(self.texts)


class BatchingEncoder:
    """An `Encoder` over a blocking model.

    Callers that wait at the same time are answered from one model call. Queries go before
    documents; a large document job is cut into small batches and takes turns with other jobs, so
    importing 20,000 messages delays a chat turn by one small batch. All work, loading included,
    runs in one dedicated thread.
    """

    def __init__(self, model: EncoderModel) -> None:
        self._model = model
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="encoder")
        self._loading: Future[None] | None = None
        self._queries: deque[_Job] = deque()
        self._documents: deque[_Job] = deque()
        self._running: asyncio.Task[None] | None = None
        self._query_batches_in_a_row = 0
        self._closed = False

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def dimension(self) -> int:
        return self._model.dimension

    async def load(self) -> None:
        """Load the model in the encoder's thread; see `Encoder.load`."""
        if self._closed:
            raise EncoderError("The encoder is closed.")
        if self._loading is None:
            self._loading = self._executor.submit(self._model.load)
        if not self._loading.done():
            # Shielded: a caller that gives up must not cancel the loading for the others.
            await asyncio.shield(asyncio.wrap_future(self._loading))
        self._loading.result()

    async def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Return `float32[n, dimension]`; see `Encoder.encode_documents`."""
        await self.load()
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        return await self._enqueue(list(texts), self._documents)

    async def encode_query(self, text: str) -> Vector:
        """Return `float32[dimension]`; see `Encoder.encode_query`."""
        await self.load()
        vectors = await self._enqueue([text], self._queries)
        return np.asarray(vectors[0], dtype=np.float32)

    async def close(self) -> None:
        """Refuse waiting work, finish the running model call, end the thread."""
        self._closed = True
        for job in (*self._queries, *self._documents):
            _refuse(job, EncoderError("The encoder was closed."))
        self._queries.clear()
        self._documents.clear()
        if self._running is not None:
            await self._running
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _enqueue(self, texts: Sequence[str], queue: deque[_Job]) -> Vectors:
        if self._closed:
            raise EncoderError("The encoder is closed.")
        job = _Job(
            texts,
            result=asyncio.get_running_loop().create_future(),
            vectors=np.empty((len(texts), self.dimension), dtype=np.float32),
            waiting=deque(sorted(range(len(texts)), key=lambda i: len(texts[i]))),
        )
        queue.append(job)
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await job.result

    async def _run(self) -> None:
        try:
            while self._queries or self._documents:
                queue, purpose = self._next_queue()
                batch = _take_batch(queue)
                if batch:
                    await self._encode(batch, purpose)
        finally:
            self._running = None

    def _next_queue(self) -> tuple[deque[_Job], Purpose]:
        documents_are_due = self._query_batches_in_a_row >= MAX_QUERY_BATCHES_IN_A_ROW
        if self._queries and not (self._documents and documents_are_due):
            self._query_batches_in_a_row += 1
            return self._queries, "query"
        self._query_batches_in_a_row = 0
        return self._documents, "document"

    async def _encode(self, batch: list[tuple[_Job, int]], purpose: Purpose) -> None:
        texts = [job.texts[position] for job, position in batch]
        loop = asyncio.get_running_loop()
        try:
            vectors = await loop.run_in_executor(self._executor, self._model.encode, texts, purpose)
        except Exception as error:
            for job, _ in batch:
                _refuse(job, _as_encoder_error(error))
            return
        for (job, position), vector in zip(batch, vectors, strict=True):
            job.vectors[position] = vector
            job.missing -= 1
            if job.missing == 0 and not job.result.done():
                job.result.set_result(job.vectors)


def _take_batch(queue: deque[_Job]) -> list[tuple[_Job, int]]:
    """Take texts off the jobs in turn until the batch is full (at least one text). A job that had
    its turn and has texts left goes to the back. Jobs whose caller has gone are dropped, so the
    batch can come out empty."""
    batch: list[tuple[_Job, int]] = []
    longest = 0
    while queue:
        job = queue.popleft()
        if job.result.done():
            continue
        had_turn = False
        while job.waiting:
            longest = max(longest, len(job.texts[job.waiting[0]].encode()))
            if batch and longest * (len(batch) + 1) > BATCH_BYTES:
                (queue.append if had_turn else queue.appendleft)(job)
                return batch
            batch.append((job, job.waiting.popleft()))
            had_turn = True
    return batch


def _refuse(job: _Job, error: EncoderError) -> None:
    if not job.result.done():
        job.result.set_exception(error)


def _as_encoder_error(error: Exception) -> EncoderError:
    if isinstance(error, EncoderError):
        return error
    wrapped = EncoderError(f"The encoder failed: {error}")
    wrapped.__cause__ = error
    return wrapped
