"""BM25 term weights, made by Qdrant's own tokenizer without any download."""

from qdrant_edge import Bm25, Bm25Config

from backend.ports import SparseVector

# Words of a typical memory once stop words are gone: facts have about 5, a turn 20 to 50. The
# length only bends term frequency, so between the two is good enough.
AVERAGE_WORDS = 30.0


class Bm25KeywordEncoder:
    """A `KeywordEncoder`: lower-cased, accents folded, English stop words and stems.

    Words of other languages are kept whole. Robertson and Zaragoza 2009, "The Probabilistic
    Relevance Framework: BM25 and Beyond", with k = 1.2 and b = 0.75; IDF is the index's part.
    """

    def __init__(self) -> None:
        self._model = Bm25(
            Bm25Config(
                k=1.2,
                b=0.75,
                avg_len=AVERAGE_WORDS,
                language="english",
                lowercase=True,
                ascii_folding=True,
            )
        )

    def encode_document(self, text: str) -> SparseVector:
        """Weights of a text that will be stored; empty if it has no words but stop words."""
        vector = self._model.embed_document(text)
        return SparseVector(tuple(vector.indices), tuple(vector.values))

    def encode_query(self, text: str) -> SparseVector:
        """1.0 for each distinct term; empty if there is none."""
        vector = self._model.embed_query(text)
        return SparseVector(tuple(vector.indices), tuple(vector.values))
