"""Reading through disguised spelling. Pure functions.

A text becomes words, each with the forms that it may stand for: as written, and with look-alike
letters, digits for letters ("k1ll"), stretched letters ("fuuuck") and spaced letters ("k i l l")
undone. What is masked ("f*ck") is kept with its asterisks, for the lexicon to fill in. A disguised
form is added beside the written one and never replaces it, so plain text is never misread.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_LOOK_ALIKES = str.maketrans(
    "абвгеёікмнорсѕтухһјԁԛԝαβεικνορτυχγωϲқҝҡҫүұӏɡɑƒᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ",
    "a6breeikmhopcstyxhjdqwabeikvoptuxywckkkcyylgafabcdefghijklmnoprstuvwyz",
)
# White letters on black, which Unicode gives no plain form.
_BLACK = str.maketrans({start + n: chr(97 + n) for start in (0x1F150, 0x1F170) for n in range(26)})
_DIGITS = str.maketrans("013456789@$!€|+", "oieasgtbgasielt")
_ALSO_L = str.maketrans("1!|", "lll")
_APOSTROPHES = str.maketrans("", "", "'’‘`´")
_MARKS = re.compile("[\u0300-\u036f\u064b-\u0652\u0640]")
_WORD = re.compile(r"[\w@$*!€|+'’]+")
_SPACED = re.compile(r"(?<![\w'’])[^\W_](?:([ .\-_*/])[^\W_])(?:\1[^\W_])+(?!\w)")
_STRETCHED = re.compile(r"(.)\1{2,}")
_EDGES = "*!'’@$€|+_"
_MASKED = re.compile(r"[^\W_]+\*+[^\W_]+|[^\W_]\*{2,}")
# Scripts without spaces, or whose vowel signs Python's \w doesn't know: matched inside the text.
_UNSPACED = re.compile(
    "[\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)


@dataclass(frozen=True, slots=True)
class Word:
    """`forms` holds the written form first; `masked` is the pattern of one with asterisks."""

    forms: tuple[str, ...]
    masked: str = ""

    @property
    def written(self) -> str:
        """As it stands there, folded."""
        return self.forms[0]


@dataclass(frozen=True, slots=True)
class Reading:
    """A text folded (no case, accents, invisible or full-width letters) and as words.
    `disguised` counts the words whose spelling hides something."""

    text: str
    words: tuple[Word, ...]
    disguised: int


def fold(text: str) -> str:
    """Lower case, no accents, no invisible characters, one form of each letter."""
    if text.isascii():
        return text.lower()
    shown = "".join(c for c in text if unicodedata.category(c) != "Cf")
    plain = unicodedata.normalize("NFKD", shown.translate(_BLACK).casefold()).casefold()
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", plain))
    return unicodedata.normalize("NFC", bare).replace("ı", "i")


def is_unspaced(text: str) -> bool:
    """Written in a script that is searched by substring, not by word."""
    return bool(_UNSPACED.search(text))


def read(text: str) -> Reading:
    """Take a text apart."""
    folded = fold(text)
    spaced = {match.start(): match for match in _SPACED.finditer(folded)}
    words = []
    disguised = read_to = 0
    for match in _WORD.finditer(folded):
        if match.start() < read_to:  # a letter of a word that was joined
            continue
        word = _word(match[0])
        if (run := spaced.get(match.start())) is not None:
            word = Word((*word.forms, *_forms(run[0].replace(run[1], ""))), word.masked)
            read_to = run.end()
        if word.written or word.masked:
            words.append(word)
            disguised += bool(word.masked) or len(word.forms) > 1
    return Reading(folded, tuple(words), disguised)


@lru_cache(maxsize=4096)
def _word(raw: str) -> Word:
    bare = raw.strip(_EDGES)
    masked = _MASKED.search(raw.lstrip(_EDGES))
    forms = dict.fromkeys([bare.translate(_APOSTROPHES), *_forms(raw.rstrip("!*'’").lstrip("*'’"))])
    return Word(tuple(forms), masked[0] if masked else "")


def _forms(raw: str) -> tuple[str, ...]:
    """What a word may stand for, the given spelling first."""
    plain = raw.translate(_APOSTROPHES)
    found = {plain.strip(_EDGES): None}
    if not plain.isascii():
        latin = plain.translate(_LOOK_ALIKES)
        if latin.isascii():
            found[latin] = None
            plain = latin
    if _hides_letters(plain):
        found[plain.translate(_DIGITS)] = None
        found[plain.translate(_ALSO_L).translate(_DIGITS)] = None
    for form in tuple(found):
        if _STRETCHED.search(form):
            found[_STRETCHED.sub(r"\1", form)] = None
            found[_STRETCHED.sub(r"\1\1", form)] = None
    return tuple(found)


def _hides_letters(word: str) -> bool:
    """Letters and stand-ins for letters mixed; "15m", "2nd" and "90s" are numbers with a unit."""
    if not any(c.isalpha() for c in word) or word.isalpha():
        return False
    return not re.fullmatch(r"[\d.,+$€]+[a-z]{1,4}\W*", word) or bool(re.match(r"[$@!]", word))
