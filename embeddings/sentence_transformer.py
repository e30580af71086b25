"""The real encoder: a sentence-transformers model on the CPU."""

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.base import EncoderError, Purpose, Vectors

if TYPE_CHECKING:  # importing it takes seconds, so that happens in load()
    from sentence_transformers import SentenceTransformer

# Encodes padded batches faster than the library does; see fused_bert.
FastPath = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True, slots=True)
class ModelSource:
    """Where a model comes from. `path_or_name` is a folder, or a name that sentence-transformers
    resolves; a folder is loaded without any network. `weights_sha256` is checked if given."""

    name: str
    path_or_name: str
    dimension: int | None = None
    weights_sha256: str | None = None

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
        self._dimension = source.dimension
        self._model: SentenceTransformer | None = None
        self._fast_path: FastPath | None = None

    @property
    def name(self) -> str:
        return self._source.name

    @property
    def dimension(self) -> int:
        if self._dimension is None:
            raise EncoderError(f"{self.name} tells its dimension only once it is loaded.")
        return self._dimension

    def load(self) -> None:
        """Check the weights, import the library and read the model: 4 to 10 s.

        Raises:
            EncoderError: missing or damaged files, or a model of another dimension.
        """
        _check_weights(self._source)
        _prepare_environment(offline=self._source.is_folder)
        try:
            model = _read_model(self._source)
        except Exception as error:
            raise EncoderError(
                f"The encoder {self.name} can't be loaded from {self._source.path_or_name}: {error}"
            ) from error
        dimension = model.get_embedding_dimension()
        if dimension is None or (self._dimension or dimension) != dimension:
            raise EncoderError(f"{self.name} makes {dimension} components, not {self._dimension}.")
        self._dimension = dimension
        self._model = model
        self._fast_path = _verified_fast_path(model)

    def encode(self, texts: Sequence[str], purpose: Purpose) -> Vectors:
        """Encode one batch; see `EncoderModel.encode`."""
        if self._model is None:
            raise EncoderError(f"The encoder {self.name} isn't loaded.")
        if self._fast_path is not None:
            return self._fast_path(texts)
        encode = self._model.encode_query if purpose == "query" else self._model.encode_document
        return _library_encode(encode, texts)


def _library_encode(encode: Callable[..., Any], texts: Sequence[str]) -> Vectors:
    vectors = encode(
        list(texts),
        batch_size=len(texts),
        normalize_embeddings=True,
        show_progress_bar=False,
        convert_to_numpy=True,
    )
    return np.asarray(vectors, dtype=np.float32)


def _prepare_environment(*, offline: bool) -> None:
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


def _verified_fast_path(model: "SentenceTransformer") -> FastPath | None:
    from embeddings.fused_bert import fuse

    fused = fuse(model)
    if fused is None:
        return None
    probes = ["A dog.", "Do you remember what my sister's dog is called, the small brown one?"]
    expected = _library_encode(model.encode, probes)
    return fused if np.allclose(fused(probes), expected, rtol=0, atol=1e-5) else None


def _check_weights(source: ModelSource) -> None:
    if source.weights_sha256 is None:
        return
    weights = Path(source.path_or_name) / "model.safetensors"
    try:
        with weights.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EncoderError(
            f"The weights of {source.name} can't be read ({error}); install its package again."
        ) from error
    if found != source.weights_sha256:
        raise EncoderError(
            f"The weights of {source.name} are not the expected ones: sha256 {found[:12]}… instead"
            f" of {source.weights_sha256[:12]}…; install its package again."
        )
