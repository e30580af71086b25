"""BERT as a sentence encoder: word pieces in, mean-pooled unit vectors out, on torch alone.

Devlin et al. 2018, https://arxiv.org/abs/1810.04805; mean pooling: Reimers and Gurevych 2019,
https://arxiv.org/abs/1908.10084.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

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

Weights = Mapping[str, Tensor]
Affine = tuple[Tensor, Tensor]  # weight and bias
Product = Callable[[Tensor], Tensor]  # what a weight and bias do to `float32[..., width]`
AsProduct = Callable[[Affine], Product]


def exact(affine: Affine) -> Product:
    """A product with the weights as they are."""
    weight, bias = affine
    return partial(linear, weight=weight, bias=bias)


def has_halved() -> bool:
    """Whether this machine can multiply by `halved` weights: x86 with AVX2."""
    engine = str(torch.backends.quantized.engine)
    return engine in ("x86", "fbgemm") and hasattr(torch.ops.quantized, "linear_prepack_fp16")


def halved(affine: Affine) -> Product:
    """A product with a copy of the weights in half precision, computed in single precision. Of a few
    tokens the time goes into fetching the weights, so half the bytes take little more than half of it.
    """
    weight, bias = affine
    packed = torch.ops.quantized.linear_prepack_fp16(weight, bias)
    return partial(_by_packed, packed)


def _by_packed(packed: Any, state: Tensor) -> Tensor:
    product: Tensor = torch.ops.quantized.linear_dynamic_fp16(state, packed)
    return product


class Bert:
    """Word pieces to unit vectors. Query, key and value are one product, and nothing is computed
    that mean pooling doesn't read."""

    def __init__(
        self, weights: Weights, config: Mapping[str, Any], as_product: AsProduct = exact
    ) -> None:
        expected = {"model_type": "bert", "hidden_act": "gelu"}
        if any(config[key] != value for key, value in expected.items()):
            raise ValueError("not a BERT with gelu")
        self._epsilon: float = config["layer_norm_eps"]
        self._heads: int = config["num_attention_heads"]
        self._words = weights["embeddings.word_embeddings.weight"]
        self._positions = weights["embeddings.position_embeddings.weight"]
        self._segment = weights["embeddings.token_type_embeddings.weight"][0]
        self._norm = _pair(weights, "embeddings.LayerNorm")
        self._layers = [
            _Layer.read(weights, f"encoder.layer.{number}", as_product)
            for number in range(config["num_hidden_layers"])
        ]

    def __call__(self, words: Tensor, present: Tensor) -> Tensor:
        """`int64[texts, tokens]` twice, the second 0 where a text is padded; returns
        `float32[texts, width]`."""
        state = embedding(words, self._words) + self._positions[: words.shape[1]] + self._segment
        state = self._normalised(state, self._norm)
        mask = None if bool(present.all()) else present[:, None, None, :].bool()
        for layer in self._layers:
            state = self._through(layer, state, mask)
        weights = present.unsqueeze(-1).to(state.dtype)
        return normalize((state * weights).sum(1) / weights.sum(1), dim=1)

    def _through(self, layer: "_Layer", state: Tensor, mask: Tensor | None) -> Tensor:
        texts, tokens, width = state.shape
        product = layer.attention(state)
        heads = product.view(texts, tokens, 3, self._heads, width // self._heads)
        query, key, value = heads.permute(2, 0, 3, 1, 4)
        mixed = scaled_dot_product_attention(query, key, value, attn_mask=mask)
        mixed = mixed.transpose(1, 2).reshape(texts, tokens, width)
        state = self._normalised(layer.mixing(mixed) + state, layer.mixing_norm)
        inner = gelu(layer.inner(state))
        return self._normalised(layer.outer(inner) + state, layer.outer_norm)

    def _normalised(self, state: Tensor, norm: Affine) -> Tensor:
        return layer_norm(state, norm[0].shape, *norm, eps=self._epsilon)


@dataclass(frozen=True, slots=True)
class _Layer:
    """One transformer layer's products and norms."""

    attention: Product
    mixing: Product
    mixing_norm: Affine
    inner: Product
    outer: Product
    outer_norm: Affine

    @classmethod
    def read(cls, weights: Weights, prefix: str, as_product: AsProduct) -> Self:
        parts = [_pair(weights, f"{prefix}.attention.self.{p}") for p in ("query", "key", "value")]
        weight, bias = (torch.cat(tensors) for tensors in zip(*parts, strict=True))
        return cls(
            attention=as_product((weight, bias)),
            mixing=as_product(_pair(weights, f"{prefix}.attention.output.dense")),
            mixing_norm=_pair(weights, f"{prefix}.attention.output.LayerNorm"),
            inner=as_product(_pair(weights, f"{prefix}.intermediate.dense")),
            outer=as_product(_pair(weights, f"{prefix}.output.dense")),
            outer_norm=_pair(weights, f"{prefix}.output.LayerNorm"),
        )


def _pair(weights: Weights, name: str) -> Affine:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]
