"""How clients are shown where a message says what was looked for. Pure functions."""

from collections.abc import Sequence
from html import escape

Span = tuple[int, int]

LONGEST_SNIPPET = 240  # characters of the message
LEAD = 60  # of them ahead of the first match


def utf16_offsets(text: str, spans: Sequence[Span]) -> list[Span]:
    """Spans in code points as spans in UTF-16 units, which is how JavaScript, Java and C# count: an emoji
    takes two."""
    beyond = [place for place, letter in enumerate(text) if ord(letter) > 0xFFFF]
    if not beyond:
        return list(spans)

    def moved(place: int) -> int:
        return place + sum(earlier < place for earlier in beyond)

    return [(moved(start), moved(end)) for start, end in spans]


def highlighted(text: str, spans: Sequence[Span]) -> str:
    """The part of a text around its first match as HTML: the matches in `<mark>`, everything else escaped,
    so that nothing in the text is markup. Starts or ends with "…" where it was cut."""
    first = spans[0][0] if spans else 0
    start = _word_start(text, first - LEAD) if first > LEAD else 0
    end = min(len(text), start + LONGEST_SNIPPET)
    pieces, place = ["…" if start else ""], start
    for opens, closes in spans:
        if opens >= end:
            break
        closes = min(closes, end)
        pieces += [escape(text[place:opens]), f"<mark>{escape(text[opens:closes])}</mark>"]
        place = closes
    pieces += [escape(text[place:end]), "…" if end < len(text) else ""]
    return "".join(pieces)


def _word_start(text: str, place: int) -> int:
    """The beginning of the word that begins next, unless that is far off."""
    space = text.find(" ", place, place + LEAD // 2)
    return place if space < 0 else space + 1
