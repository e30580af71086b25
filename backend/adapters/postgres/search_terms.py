"""What a search asks for, and where a text says it. Pure functions.

PostgreSQL finds messages by their stemmed words; which parts of a message those are, and which of the
messages that PostgreSQL can't read fit, is told here by the same rules: words are parted as the SQL
function `spaced_out` does, stemmed by the same algorithms (Snowball's), and then rid of accents.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

from backend.adapters.postgres.languages import UNSURE

Span = tuple[int, int]

# As in the migration that made `spaced_out`.
_PARTS_WORDS = (
    r"\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb"
    r"\u00bf\u00d7\u00f7\u02c2-\u02df\u060c\u061b\u061f\u06d4\u0964\u0965\u2000-\u206f"
    r"\u20a0-\u20cf\u2190-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\u30fb\ufe00-\ufe6f"
    r"\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\U0001f000-\U0001faff"
    r"\U000e0000-\U000e01ef"
)
_SPACELESS = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30fa\u30fc-\u30ff\u3400-\u4dbf"
    r"\u4e00-\u9fff\uac00-\ud7af\uff66-\uff9d\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"[{_SPACELESS}]|[^\0{_PARTS_WORDS}{_SPACELESS}]+")
_PART = re.compile(r'(?P<not>-)?(?:"(?P<phrase>[^"]*)"?|(?P<words>[^\s"]+))')
_ACCENTS = str.maketrans(
    "àáâãäåāăąçćčďèéêëēėęěğìíîïīįıłñńňòóôõöøōőŕřśšşșťțùúûüūůűųýÿźżž",
    "aaaaaaaaacccdeeeeeeeegiiiiiiilnnnoooooooorrssssttuuuuuuuuyyzzz",
)
# PostgreSQL's ways.
_READ_LATIN_AS_ENGLISH = {"russian"}
_ALGORITHMS = {"dutch": "dutch_porter"}
_USUAL_WORDS = 30.0  # of a message
_STEMMERS_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Term:
    """Words that follow each other, in lower case; `excluded`: a message must not have them."""

    words: tuple[str, ...]
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class SearchText:
    """Alternatives, of which one must hold, with all its terms."""

    alternatives: tuple[tuple[Term, ...], ...]

    @property
    def words(self) -> list[str]:
        """Every word once."""
        terms = (term for terms in self.alternatives for term in terms)
        return list(dict.fromkeys(word for term in terms for word in term.words))

    def for_websearch(self) -> str:
        """The same for PostgreSQL's `websearch_to_tsquery`, each term in quotes."""
        return " or ".join(
            " ".join(f'{"-" * term.excluded}"{" ".join(term.words)}"' for term in terms)
            for terms in self.alternatives
        )


def read_search(text: str) -> SearchText:
    """Take a text apart: words, `"phrases"`, `-without`, `this or that`. Punctuation parts words. What has
    nothing to look for, only to leave out, is dropped."""
    alternatives: list[list[Term]] = [[]]
    for part in _PART.finditer(text):
        if part["words"] and part["words"].lower() == "or" and not part["not"]:
            alternatives.append([])
        elif words := tuple(_normal(word[0]) for word in _WORD.finditer(part[0])):
            alternatives[-1].append(Term(words, excluded=bool(part["not"])))
    return SearchText(
        tuple(tuple(terms) for terms in alternatives if any(not term.excluded for term in terms))
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """A search in one language: `stop_words` are those of its words that the dictionary leaves out."""

    search: SearchText
    language: str = UNSURE
    stop_words: frozenset[str] = frozenset()

    def spans(self, text: str) -> tuple[Span, ...] | None:
        """Where a text says what is looked for, as (start, end) in code points; None if it doesn't fit."""
        said = _Said.read(text, self.language)
        fitting = [self._spans_of(terms, said) for terms in self.search.alternatives]
        found = [spans for spans in fitting if spans]
        return _joined([span for spans in found for span in spans]) if found else None

    def _spans_of(self, terms: Sequence[Term], said: "_Said") -> list[Span]:
        """Of one alternative; empty if it doesn't hold."""
        found: list[Span] = []
        for term in terms:
            pattern = self._pattern(term)
            if not pattern:
                continue
            places = said.places_of(pattern)
            if bool(places) is term.excluded:
                return []
            found += places
        return found

    def _pattern(self, term: Term) -> list[str | None]:
        """The stems of a term, None for a stop word, which may be any; without any at either end."""
        stems = [
            None if word in self.stop_words else stem(word, self.language) for word in term.words
        ]
        while stems and stems[0] is None:
            del stems[0]
        while stems and stems[-1] is None:
            del stems[-1]
        return stems


@dataclass(frozen=True, slots=True)
class _Said:
    """The words of a text: their stems and where they stand."""

    stems: list[str]
    spans: list[Span]

    @classmethod
    def read(cls, text: str, language: str) -> "_Said":
        found = list(_WORD.finditer(text))
        return cls(
            [stem(_normal(word[0]), language) for word in found], [word.span() for word in found]
        )

    def places_of(self, pattern: Sequence[str | None]) -> list[Span]:
        if not pattern:
            return []
        places, longest = [], len(self.stems) - len(pattern)
        for start, first in enumerate(self.stems[: longest + 1]):
            if first == pattern[0] and all(
                wanted is None or self.stems[start + offset] == wanted
                for offset, wanted in enumerate(pattern)
            ):
                places.append((self.spans[start][0], self.spans[start + len(pattern) - 1][1]))
        return places


def score_of(text: str, spans: Sequence[Span]) -> float:
    """How much of a text is what was looked for, 0-1: BM25's term frequency (k = 1.2, b = 0.75), so that
    saying it once in a short message counts more than once in a long one."""
    length = len(text.split()) / _USUAL_WORDS
    return len(spans) / (len(spans) + 1.2 * (0.25 + 0.75 * length))


@lru_cache(maxsize=_STEMMERS_KEPT)
def stem(word: str, language: str) -> str:
    """The stem of a word in lower case, without accents."""
    if language in _READ_LATIN_AS_ENGLISH and word.isascii():
        language = "english"
    stemmer = None if language == UNSURE else _stemmer(language)
    return (stemmer.stemWord(word) if stemmer else word).translate(_ACCENTS)


@lru_cache
def _stemmer(language: str) -> "snowballstemmer.Stemmer":
    return snowballstemmer.stemmer(_ALGORITHMS.get(language, language))


def _normal(word: str) -> str:
    return unicodedata.normalize("NFC", word).lower()


def _joined(spans: Sequence[Span]) -> tuple[Span, ...]:
    """In order, with those that overlap or touch as one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
