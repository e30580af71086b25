"""PNG files that carry a card in their text chunks. (PNG specification, third edition: chunks in
section 5, text in section 11.3.3; which keywords hold a card: the card specifications.)

The picture itself is not decoded: its chunks are copied as they are.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from backend.cards.bounds import MAX_CHUNKS, MAX_JSON_BYTES, MAX_PIXELS
from backend.errors import InvalidCard

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_TEXT_BYTES = MAX_JSON_BYTES * 4 // 3 + 100_000  # a card of the largest size as base64
# What a picture, or one that moves, is shown by: its colours, its transparency, its pixels.
PICTURE = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST sPLT pHYs".split()
    + b"acTL fcTL fdAT".split()
)
_AROUND = 12  # bytes of a chunk beside its data: length, type, checksum


@dataclass(frozen=True, slots=True)
class Chunk:
    """`kind` is the type's four letters; `raw` is the whole chunk, length and checksum included."""

    kind: bytes
    data: bytes
    raw: bytes


def texts_of(png: bytes, keywords: set[str]) -> dict[str, bytes]:
    """What stands under these keywords, in `tEXt`, `zTXt` or `iTXt`; the first of each counts, and no other
    is unpacked.

    Raises:
        InvalidCard: damaged, or a text too large.
    """
    found: dict[str, bytes] = {}
    for chunk in _chunks(png):
        keyword, text = _text(chunk, keywords - found.keys())
        if text is not None:
            found[keyword] = text
    return found


def pixels_of(png: bytes) -> bytes:
    """The picture itself, packed as it is.

    Raises:
        InvalidCard: damaged.
    """
    return b"".join(found.data for found in _chunks(png) if found.kind == b"IDAT")


def picture_alone(png: bytes) -> bytes:
    """The same picture, and nothing else: no texts, places, times or devices.

    Raises:
        InvalidCard: damaged.
    """
    kept = (chunk.raw for chunk in _chunks(png) if chunk.kind in PICTURE)
    return SIGNATURE + b"".join(kept)


def with_texts(png: bytes, texts: dict[str, bytes]) -> bytes:
    """The same picture with these `tEXt` chunks before its end; texts are ASCII.

    Raises:
        InvalidCard: damaged.
    """
    added = b"".join(
        chunk(b"tEXt", keyword.encode("latin-1") + b"\0" + text) for keyword, text in texts.items()
    )
    return SIGNATURE + b"".join(
        added + item.raw if item.kind == b"IEND" else item.raw for item in _chunks(png)
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG file."""
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)


def _chunks(png: bytes) -> Iterator[Chunk]:
    """Every chunk up to the end; what follows it is left out."""
    if not png.startswith(SIGNATURE):
        raise InvalidCard("The file isn't a PNG.")
    at = len(SIGNATURE)
    for number in range(MAX_CHUNKS):
        size = int.from_bytes(png[at : at + 4])
        end = at + _AROUND + size
        if end > len(png):
            raise InvalidCard("The PNG ends in the middle: it was cut off, or is damaged.")
        found = Chunk(png[at + 4 : at + 8], png[at + 8 : end - 4], png[at:end])
        if zlib.crc32(png[at + 4 : end - 4]) != int.from_bytes(png[end - 4 : end]):
            raise InvalidCard(f"The PNG is damaged: chunk {number} has a wrong checksum.")
        if number == 0:
            _check_header(found)
        yield found
        if found.kind == b"IEND":
            return
        at = end
    raise InvalidCard(f"The PNG has more than {MAX_CHUNKS} chunks.")


def _check_header(header: Chunk) -> None:
    sides = int.from_bytes(header.data[:4]), int.from_bytes(header.data[4:8])
    if header.kind != b"IHDR" or len(header.data) != 13 or min(sides) == 0:
        raise InvalidCard("The PNG is damaged: it doesn't begin with its size.")
    if max(sides) > MAX_PIXELS:
        raise InvalidCard(f"The PNG is {sides[0]} by {sides[1]}; {MAX_PIXELS} is the most.")


def _keyword(found: Chunk) -> str:
    if found.kind not in {b"tEXt", b"zTXt", b"iTXt"}:
        return ""
    return found.data.partition(b"\0")[0].decode("latin-1")


def _text(found: Chunk, keywords: set[str]) -> tuple[str, bytes | None]:
    """A chunk's keyword and text; None for one that holds neither of these."""
    keyword = _keyword(found)
    if keyword not in keywords:
        return keyword, None
    rest = found.data.partition(b"\0")[2]
    if found.kind == b"tEXt":
        return keyword, rest
    if found.kind == b"zTXt":
        return keyword, _inflate(rest[1:], keyword)
    compressed = rest[:1] == b"\x01"
    text = rest[2:].partition(b"\0")[2].partition(b"\0")[2]  # after language and translation
    return keyword, _inflate(text, keyword) if compressed else text


def _inflate(packed: bytes, keyword: str) -> bytes:
    stream = zlib.decompressobj()
    try:
        text = stream.decompress(packed, MAX_TEXT_BYTES)
    except zlib.error as error:
        raise InvalidCard(f"The PNG's text {keyword!r} can't be unpacked.") from error
    if stream.unconsumed_tail:
        raise InvalidCard(f"The PNG's text {keyword!r} is too large.")
    return text
