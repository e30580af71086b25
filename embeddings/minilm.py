"""The default encoder: a mean-pooled BERT read straight from its sentence-transformers folder.

Importing sentence-transformers takes longer than everything else in a start together, and for one
known model it adds only a fifth to each short text's time. So this one is read with torch,
tokenizers and safetensors; decision 9 has the figures. The weights are the published ones or they
are refused, and the tests compare every vector with the library's. Queries are multiplied by weights
rounded to half precision where the processor can (decision 18).
"""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embeddings.base import EncoderError, Purpose, Vectors

if TYPE_CHECKING:  # importing torch takes seconds, so that happens in load()
    from tokenizers import Tokenizer

    from embeddings.bert import Bert


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """A model folder whose weights are known. `window` is the longest text in word pieces."""

    name: str
    folder: Path
    dimension: int
    weights_sha256: str


class MiniLmModel:
    """An `EncoderModel` for BERT with mean pooling and normalised output, such as
    all-MiniLM-L6-v2.

    Uses one thread of the processor: a second one saves a tenth on a short text when the machine
    is idle, and stalls for up to half a second when anything else runs on it.
    """

    def __init__(self, source: PackagedModel) -> None:
        self._source = source
        self._tokenizer: Tokenizer | None = None
        self._networks: dict[Purpose, Bert] = {}

    @property
    def name(self) -> str:
        return self._source.name

    @property
    def dimension(self) -> int:
        return self._source.dimension

    def load(self) -> None:
        """Check the weights, import torch and read the model: about 2 s.

        Raises:
            EncoderError: missing or damaged files.
        """
        weights = self._source.folder / "model.safetensors"
        _check(weights, self._source)
        # Its threads would fight with the database's for the same two cores, to no gain.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        import torch
        from safetensors.torch import load_file
        from tokenizers import Tokenizer

        from embeddings.bert import Bert, exact, halved, has_halved

        torch.set_num_threads(1)
        try:
            config = json.loads((self._source.folder / "config.json").read_text())
            reading = json.loads((self._source.folder / "sentence_bert_config.json").read_text())
            tokenizer = Tokenizer.from_file(str(self._source.folder / "tokenizer.json"))
            tensors = load_file(weights)
            network = Bert(tensors, config, exact)
            fast = Bert(tensors, config, halved) if has_halved() else network
        except Exception as error:  # the tokenizer raises Exception itself
            raise EncoderError(
                f"The encoder {self.name} can't be read from {self._source.folder} ({error});"
                " install its package again."
            ) from error
        tokenizer.enable_truncation(reading["max_seq_length"])
        tokenizer.enable_padding(pad_id=config["pad_token_id"])
        self._tokenizer, self._networks = tokenizer, {"query": fast, "document": network}

    def encode(self, texts: Sequence[str], purpose: Purpose) -> Vectors:
        """Encode one batch; see `EncoderModel.encode`. The vector of a query is a document's of the
        same text but for 1e-6 of their cosine."""
        import torch

        if self._tokenizer is None:
            raise EncoderError(f"The encoder {self.name} isn't loaded.")
        encodings = self._tokenizer.encode_batch(list(texts))
        with torch.inference_mode():
            words = torch.tensor([encoding.ids for encoding in encodings])
            present = torch.tensor([encoding.attention_mask for encoding in encodings])
            return np.asarray(self._networks[purpose](words, present).numpy(), dtype=np.float32)


def _check(weights: Path, source: PackagedModel) -> None:
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
