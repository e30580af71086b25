"""A picture for a card that has none: a plain gradient in colours of its own."""

import colorsys
import zlib
from uuid import UUID

from backend.cards.png import SIGNATURE, chunk

WIDTH, HEIGHT = 400, 600
_RGB = bytes([8, 2, 0, 0, 0])  # 8 bits a sample, true colour, nothing special


def gradient(character_id: UUID) -> bytes:
    """A PNG, the same for the same character: from a light hue at the top to a dark one next to it."""
    hue = (character_id.int % 360) / 360
    top, bottom = _colour(hue, 0.62), _colour(hue + 0.12, 0.28)
    rows = b"".join(
        b"\0" + bytes(_between(top, bottom, line / (HEIGHT - 1))) * WIDTH for line in range(HEIGHT)
    )
    header = WIDTH.to_bytes(4) + HEIGHT.to_bytes(4) + _RGB
    return (
        SIGNATURE
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )


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
