"""Terms and weights of the BM25 encoder."""

import pytest

from backend.adapters.qdrant.keyword import AVERAGE_WORDS, Bm25KeywordEncoder
from backend.ports import SparseVector

encoder = Bm25KeywordEncoder()
EMPTY = SparseVector((), ())


@pytest.mark.parametrize(
    ("text", "same_terms"),
    [
        ("The dogs were running", "dog run"),
        ("CAFÉ Zoë", "cafe zoe"),
        ("Biscuit's bone!", "biscuit bone"),
        ("Привет мир", "привет мир"),
    ],
)
def test_texts_with_the_same_terms(text: str, same_terms: str) -> None:
    assert set(encoder.encode_query(text).indices) == set(encoder.encode_query(same_terms).indices)


def test_different_words_are_different_terms() -> None:
    dog, cat = encoder.encode_query("dog"), encoder.encode_query("cat")
    assert len(dog.indices) == len(cat.indices) == 1
    assert dog.indices != cat.indices


def test_a_query_weighs_each_distinct_term_once() -> None:
    query = encoder.encode_query("dog Dog dogs biscuit")
    assert query.values == (1.0, 1.0)
    assert len(set(query.indices)) == 2


@pytest.mark.parametrize("text", ["", "   ", "?!", "the and of"])
def test_no_words_give_an_empty_vector(text: str) -> None:
    assert encoder.encode_query(text) == EMPTY
    assert encoder.encode_document(text) == EMPTY


def test_a_document_has_the_bm25_weights() -> None:
    # 3 terms, "dog" twice; k = 1.2, b = 0.75.
    document = encoder.encode_document("A dog, a dog and Biscuit")
    weights = dict(zip(document.indices, document.values, strict=True))
    norm = 1.2 * (1 - 0.75 + 0.75 * 3 / AVERAGE_WORDS)
    (dog,) = encoder.encode_query("dog").indices
    (biscuit,) = encoder.encode_query("biscuit").indices
    assert weights == {
        dog: pytest.approx(2 * 2.2 / (2 + norm), abs=1e-5),
        biscuit: pytest.approx(1 * 2.2 / (1 + norm), abs=1e-5),
    }


def test_the_same_text_gives_the_same_vector_in_every_process() -> None:
    # Stored vectors are compared with those of later processes, so term ids are part of the format.
    assert encoder.encode_query("dog").indices == (1312749093,)
