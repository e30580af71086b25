"""A second look at a few candidates: a cross-encoder reads the query and each text together."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from embeddings.base import EncoderError
from embeddings.sentence_transformer import ModelSource, prepare_environment

if TYPE_CHECKING:  # importing it takes seconds, so that happens in load()
    from sentence_transformers import CrossEncoder

# A caller that gives up must not leave much behind: the model finishes the pairs it has begun.
PAIRS_AT_A_TIME = 4


class CrossEncoderReranker:
    """A `Reranker` on a sentence-transformers cross-encoder, in a thread of its own."""

    def __init__(self, source: ModelSource) -> None:
        self._source = source
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="reranker")
        self._loading: Future[CrossEncoder] | None = None

    @property
    def name(self) -> str:
        return self._source.name

    async def load(self) -> None:
        """Load the model; see `Reranker.load`."""
        await self._loaded()

    async def score(self, query: str, texts: Sequence[str]) -> list[float]:
        """Score a few pairs after another; see `Reranker.score`."""
        model = await self._loaded()
        scores: list[float] = []
        for start in range(0, len(texts), PAIRS_AT_A_TIME):
            pairs = [(query, text) for text in texts[start : start + PAIRS_AT_A_TIME]]
            try:
                scores += await asyncio.wrap_future(self._executor.submit(_predict, model, pairs))
            except Exception as error:  # the library raises nothing more precise
                raise EncoderError(f"The re-ranker {self.name} failed: {error}") from error
        return scores

    async def close(self) -> None:
        """Finish the pairs that are begun, end the thread."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _loaded(self) -> "CrossEncoder":
        if self._loading is None:
            self._loading = self._executor.submit(_read_model, self._source)
        # Shielded: a caller that gives up must not cancel the loading for the others.
        return await asyncio.shield(asyncio.wrap_future(self._loading))


def _read_model(source: ModelSource) -> "CrossEncoder":
    prepare_environment(offline=source.is_folder)
    try:
        import torch
        from sentence_transformers import CrossEncoder

        torch.set_num_threads(1)
        model: CrossEncoder = CrossEncoder(
            source.path_or_name, device="cpu", local_files_only=source.is_folder
        ).eval()
    except Exception as error:
        raise EncoderError(
            f"The re-ranker {source.name} can't be loaded from {source.path_or_name}: {error}"
        ) from error
    if model.num_labels != 1:
        raise EncoderError(
            f"The re-ranker {source.name} gives {model.num_labels} scores a pair; one is needed."
        )
    return model


def _predict(model: "CrossEncoder", pairs: Sequence[tuple[str, str]]) -> list[float]:
    import torch

    # Whatever the model's own last step is: 0-1, and the same order.
    scores = model.predict(list(pairs), show_progress_bar=False, activation_fn=torch.nn.Sigmoid())
    return [float(score) for score in scores]
