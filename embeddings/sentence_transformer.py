"""The real encoder: a sentence-transformers model on the CPU."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embeddings.base import EncoderError, Purpose, Vectors

if TYPE_CHECKING:  # importing it takes seconds, so that happens in load()
    from sentence_transformers import SentenceTransformer


@dataclass(frozen=True, slots=True)
class ModelSource:
    """Where a model comes from. `path_or_name` is a folder, or a name that sentence-transformers
    resolves; a folder is loaded without any network."""

    name: str
    path_or_name: str

    @property
    def is_folder(self) -> bool:
        return Path(self.path_or_name).is_dir()


class SentenceTransformerModel:
    """An `EncoderModel` on sentence-transformers.

    Uses one thread of the processor: a second one saves a tenth on a short text when the machine
    is idle, and stalls for up to half a second when anything else runs on it.
    """

    def __init__(self, source: ModelSource) -> None:
        self._source = source
        self._dimension: int | None = None
        self._model: SentenceTransformer | None = None

    @property
    def name(self) -> str:
        return self._source.name

    @property
    def dimension(self) -> int:
        if self._dimension is None:
            raise EncoderError(f"{self.name} tells its dimension only once it is loaded.")
        return self._dimension

    def load(self) -> None:
        """Import the library and read the model: 4 to 10 s.

        Raises:
            EncoderError: missing or damaged files.
        """
        prepare_environment(offline=self._source.is_folder)
        try:
            model = _read_model(self._source)
        except Exception as error:
            raise EncoderError(
                f"The encoder {self.name} can't be loaded from {self._source.path_or_name}: {error}"
            ) from error
        self._dimension = model.get_embedding_dimension()
        self._model = model

    def encode(self, texts: Sequence[str], purpose: Purpose) -> Vectors:
        """Encode one batch; see `EncoderModel.encode`."""
        if self._model is None:
            raise EncoderError(f"The encoder {self.name} isn't loaded.")
        encode = self._model.encode_query if purpose == "query" else self._model.encode_document
        vectors = encode(
            list(texts),
            batch_size=len(texts),
            normalize_embeddings=True,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        return np.asarray(vectors, dtype=np.float32)


def prepare_environment(*, offline: bool) -> None:
    """Must run before the library is imported: it reads these once."""
    if offline:
        os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    # Its threads would fight with the database's for the same two cores, to no gain.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def _read_model(source: ModelSource) -> "SentenceTransformer":
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)
    return SentenceTransformer(
        source.path_or_name, device="cpu", local_files_only=source.is_folder
    ).eval()
