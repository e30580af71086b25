"""A picture for a card that has none: a plain gradient in colours of its own.

It says in a text chunk that it is one, and of which pixels: brought in again, a card with it still has no
picture, and one that somebody has painted over it has.
"""

import colorsys
import zlib
from uuid import UUID

from backend.cards.png import SIGNATURE, chunk, pixels_of, texts_of, with_texts

WIDTH, HEIGHT = 400, 600
MARK = "Keepsake gradient"
_RGB = bytes([8, 2, 0, 0, 0])  # 8 bits a sample, true colour, nothing special


def gradient(character_id: UUID) -> bytes:
    """A PNG, the same for the same character: from a light hue at the top to a dark one next to it."""
    hue = (character_id.int % 360) / 360
    top, bottom = _colour(hue, 0.62), _colour(hue + 0.12, 0.28)
    rows = b"".join(
        b"\0" + bytes(_between(top, bottom, line / (HEIGHT - 1))) * WIDTH for line in range(HEIGHT)
    )
    header = WIDTH.to_bytes(4) + HEIGHT.to_bytes(4) + _RGB
    pixels = zlib.compress(rows, 9)
    plain = SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return with_texts(plain, {MARK: _checksum(pixels)})


def is_gradient(png: bytes) -> bool:
    """Whether a PNG is one of ours, as we made it.

    Raises:
        InvalidCard: damaged.
    """
    mark = texts_of(png, {MARK}).get(MARK)
    return mark is not None and mark == _checksum(pixels_of(png))


def _checksum(pixels: bytes) -> bytes:
    return f"{zlib.crc32(pixels):08x}".encode()


def _colour(hue: float, lightness: float) -> tuple[float, float, float]:
    return colorsys.hls_to_rgb(hue % 1, lightness, 0.45)


def _between(
    top: tuple[float, ...], bottom: tuple[float, ...], share: float
) -> tuple[int, int, int]:
    red, green, blue = (
        round(255 * (above + (below - above) * share))
        for above, below in zip(top, bottom, strict=True)
    )
    return red, green, blue
