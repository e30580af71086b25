"""A leaner forward pass for the BERT models of sentence-transformers, on the same weights.

The library spends a fifth of a short text's time outside the matrix products. Here the query, key
and value products are one, and nothing is computed that mean pooling doesn't read. The loader
compares it with the library on every start and falls back to the library if they differ.

Devlin et al. 2018, https://arxiv.org/abs/1810.04805; mean pooling: Reimers and Gurevych 2019,
https://arxiv.org/abs/1908.10084.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import (
    embedding,
    gelu,
    layer_norm,
    linear,
    normalize,
    scaled_dot_product_attention,
)

from embeddings.base import Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


def fuse(model: "SentenceTransformer") -> Callable[[Sequence[str]], Vectors] | None:
    """Build the lean pass, or None for a model that isn't plain BERT with mean pooling."""
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling
    from transformers import BertModel

    kinds = [type(module) for module in model]
    if len(model) < 2 or kinds[1] is not Pooling or kinds[2:] not in ([], [Normalize]):
        return None
    bert = getattr(model[0], "model", None)
    plain = isinstance(bert, BertModel) and bert.config.hidden_act == "gelu"
    if not plain or model[1].pooling_mode != "mean" or any(model.prompts.values()):
        return None
    return FusedBert(model)


class FusedBert:
    """Texts to unit vectors, in one padded batch."""

    def __init__(self, model: "SentenceTransformer") -> None:
        bert: Any = model[0].model
        self._preprocess = model.preprocess
        self._embeddings = bert.embeddings
        self._layers = [_FusedLayer(layer, bert.config) for layer in bert.encoder.layer]

    def __call__(self, texts: Sequence[str]) -> Vectors:
        with torch.inference_mode():
            features = self._preprocess(list(texts))
            words: Tensor = features["input_ids"]
            present: Tensor = features["attention_mask"]
            state = self._embed(words)
            mask = _attention_mask(present)
            for layer in self._layers:
                state = layer(state, mask)
            weights = present.unsqueeze(-1).to(state.dtype)
            pooled = (state * weights).sum(1) / weights.sum(1)
            return np.asarray(normalize(pooled, dim=1).numpy(), dtype=np.float32)

    def _embed(self, words: Tensor) -> Tensor:
        tables = self._embeddings
        state = embedding(words, tables.word_embeddings.weight)
        state = state + tables.position_embeddings.weight[: words.shape[1]]
        state = state + tables.token_type_embeddings.weight[0]
        return _normalised(state, tables.LayerNorm)


class _FusedLayer:
    """One transformer layer; `state` is `float32[texts, tokens, width]`."""

    def __init__(self, layer: Any, config: Any) -> None:
        attention = layer.attention.self
        parts = (attention.query, attention.key, attention.value)
        self._weight = torch.cat([part.weight for part in parts]).detach()
        self._bias = torch.cat([part.bias for part in parts]).detach()
        self._heads = config.num_attention_heads
        self._attention_output = layer.attention.output
        self._intermediate = layer.intermediate.dense
        self._output = layer.output

    def __call__(self, state: Tensor, mask: Tensor | None) -> Tensor:
        texts, tokens, width = state.shape
        product = linear(state, self._weight, self._bias)
        heads = product.view(texts, tokens, 3, self._heads, width // self._heads)
        query, key, value = heads.permute(2, 0, 3, 1, 4)
        mixed = scaled_dot_product_attention(query, key, value, attn_mask=mask)
        mixed = mixed.transpose(1, 2).reshape(texts, tokens, width)
        state = _added(state, mixed, self._attention_output)
        inner = self._intermediate
        return _added(state, gelu(linear(state, inner.weight, inner.bias)), self._output)


def _added(state: Tensor, change: Tensor, block: Any) -> Tensor:
    return _normalised(
        linear(change, block.dense.weight, block.dense.bias) + state, block.LayerNorm
    )


def _normalised(state: Tensor, norm: Any) -> Tensor:
    return layer_norm(state, norm.normalized_shape, norm.weight, norm.bias, norm.eps)


def _attention_mask(present: Tensor) -> Tensor | None:
    """True where a token may be looked at; None for a batch without padding."""
    if bool(present.all()):
        return None
    return present[:, None, None, :].bool()
