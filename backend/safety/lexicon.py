"""Which groups of words a text touches, by `lexicon.toml`. About 0.2 ms for a chat message."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files

from backend.safety.spelling import Reading, Word, fold, is_unspaced

HARMS = (
    "sexual_explicit sexual_act suicide self_injury slur dehumanise insult bullying profanity"
    " threat killing gore weapon drug crime"
).split()
_MASKED_FIRST = "profanity insult sexual_explicit slur suicide killing drug".split()
_SHORTEST_PREFIX = 2
_MOST_WORDS_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Hit:
    """One phrase of a group, at words `start` to `end` (not included)."""

    group: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Phrase:
    """`begins`: its words may go on in the text."""

    group: str
    words: tuple[str, ...]
    begins: tuple[bool, ...]

    def fits(self, text: tuple[Word, ...], start: int) -> bool:
        """Whether it stands there, its first word being known to fit."""
        if len(self.words) == 1:
            return True
        if start + len(self.words) > len(text):
            return False
        for at in range(1, len(self.words)):
            word, begins, forms = self.words[at], self.begins[at], text[start + at].forms
            if word not in forms and not (begins and any(form.startswith(word) for form in forms)):
                return False
        return True


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`exact` and `prefixes` are phrases by their first word, `inside` those looked for
    anywhere; `seen` remembers which phrases a word begins."""

    groups: tuple[str, ...]
    exact: Mapping[str, tuple[_Phrase, ...]]
    prefixes: Mapping[str, tuple[_Phrase, ...]]
    inside: tuple[tuple[str, str], ...]
    longest_prefix: int
    seen: dict[str, tuple[_Phrase, ...]] = field(default_factory=dict)

    def hits(self, reading: Reading) -> list[Hit]:
        """Every phrase found, each once a place. A figure of speech ("kill time") takes the words
        of harm that it covers with it."""
        words = tuple(self.unmasked(word) for word in reading.words)
        found = {hit for start in range(len(words)) for hit in self._at(words, start)}
        if not reading.text.isascii():
            found |= {Hit(group, 0, 0) for text, group in self.inside if text in reading.text}
        idioms = [hit for hit in found if hit.group == "idiom"]
        return [hit for hit in found if not any(_covers(idiom, hit) for idiom in idioms)]

    def _at(self, words: tuple[Word, ...], start: int) -> Iterator[Hit]:
        for form in words[start].forms:
            for phrase in self.beginning(form):
                if phrase.fits(words, start):
                    yield Hit(phrase.group, start, start + len(phrase.words))

    def beginning(self, word: str) -> tuple[_Phrase, ...]:
        """The phrases whose first word this is."""
        known = self.seen.get(word)
        if known is None:
            longest = min(len(word), self.longest_prefix)
            known = self.exact.get(word, ()) + tuple(
                phrase
                for length in range(_SHORTEST_PREFIX, longest + 1)
                for phrase in self.prefixes.get(word[:length], ())
            )
            if len(self.seen) < _MOST_WORDS_KEPT:
                self.seen[word] = known
        return known

    def unmasked(self, word: Word) -> Word:
        """With what its asterisks may stand for."""
        return Word((*word.forms, *_fill_in(word.masked))) if word.masked else word


def _covers(idiom: Hit, hit: Hit) -> bool:
    if hit.group not in HARMS or hit.end - hit.start > idiom.end - idiom.start:
        return False
    if idiom.end == 0:  # found inside the text: which words it covers isn't known
        return True
    return idiom.start < hit.end and hit.start < idiom.end


@cache
def lexicon() -> Lexicon:
    """The packaged lexicon, read once."""
    source = tomllib.loads(files("backend.safety").joinpath("lexicon.toml").read_text("utf-8"))
    exact: dict[str, list[_Phrase]] = defaultdict(list)
    prefixes: dict[str, list[_Phrase]] = defaultdict(list)
    inside = []
    for group, table in source.items():
        for written in fold(table["words"].replace("'", "")).split(","):
            text = " ".join(written.split())
            if is_unspaced(text) or not re.search(r"\w", text):
                inside.append((text.rstrip("*"), group))
                continue
            words = text.split(" ")
            begins = tuple(word.endswith("*") for word in words)
            phrase = _Phrase(group, tuple(word.rstrip("*") for word in words), begins)
            (prefixes if begins[0] else exact)[phrase.words[0]].append(phrase)
    return Lexicon(
        tuple(source),
        {word: tuple(phrases) for word, phrases in exact.items()},
        {word: tuple(phrases) for word, phrases in prefixes.items()},
        tuple(inside),
        max(map(len, prefixes)),
    )


@lru_cache(maxsize=1024)
def _fill_in(masked: str) -> tuple[str, ...]:
    """The word that asterisks stand for, such as "f*ck", one letter each: a rude one if any fits."""
    pattern = re.compile("".join("." if c == "*" else re.escape(c) for c in masked))
    known = lexicon()
    fitting = [
        (_MASKED_FIRST.index(phrase.group), word)
        for phrases in (known.exact, known.prefixes)
        for word, those in phrases.items()
        if pattern.fullmatch(word)
        for phrase in those
        if phrase.group in _MASKED_FIRST and len(phrase.words) == 1
    ]
    return tuple(word for _, word in sorted(fitting)[:1])
