"""Card files: JSON, PNG and CHARX. What kind a file is, its content tells."""

import binascii
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from backend.cards import charx, png
from backend.cards.bounds import MAX_FILE_BYTES
from backend.cards.card import as_v2, as_v3
from backend.cards.fields import Json, fields_of, inner_of
from backend.cards.json_text import read_object, write_object
from backend.cards.picture import gradient, is_gradient
from backend.errors import InvalidCard
from backend.models import Character

Format = Literal["json", "png", "charx"]

# The newest version that a PNG carries counts.
KEYWORDS = ("ccv3", "chara_card_v3", "chara")
ICON = "assets/icon/images/main.png"  # where we put a picture in a CHARX file
EMBEDDED = "embeded://"  # sic: the specification spells it so
# How a card names the gradient that it goes out with.
OUR_ICON = {"type": "icon", "name": "main", "uri": EMBEDDED + ICON, "ext": "png"}


class FileType(NamedTuple):
    """How a format is named in HTTP and in a file's name."""

    media_type: str
    suffix: str


TYPES: dict[Format, FileType] = {
    "json": FileType("application/json", "json"),
    "png": FileType("image/png", "png"),
    "charx": FileType("application/zip", "charx"),
}


@dataclass(frozen=True, slots=True)
class CardFile:
    """A card and the files that came with it, by path; `picture` is the path of its portrait. A PNG's
    own picture is a file too, without the card and what else it says; a gradient of ours is no picture."""

    card: Json
    files: dict[str, bytes] = field(default_factory=dict)
    picture: str | None = None


def read_card_file(data: bytes) -> CardFile:
    """Read a file of any format.

    Raises:
        InvalidCard: none that we can read; says why.
    """
    if len(data) > MAX_FILE_BYTES:
        raise InvalidCard(f"The file is larger than {MAX_FILE_BYTES // 2**20} MB.")
    if data.startswith(png.SIGNATURE):
        found = _read_png(data)
    elif charx.is_zip(data):
        found = _read_charx(data)
    elif data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        found = CardFile(read_object(data, "The file"))
    else:
        raise InvalidCard("The file is no card: neither JSON nor PNG nor CHARX.")
    fields_of(found.card)
    return found


def write_card_file(
    character: Character, card: Json, files: dict[str, bytes], form: Format
) -> bytes:
    """A character's card as a file. PNG and CHARX have its picture; where it has none, or one that
    can't carry a card, a PNG is a plain gradient."""
    if form == "json":
        return write_object(card)
    if form == "png":
        return _write_png(character, card, files)
    return _write_charx(character, card, files)


def _read_png(data: bytes) -> CardFile:
    texts = png.texts_of(data, set(KEYWORDS))
    keyword = next((keyword for keyword in KEYWORDS if keyword in texts), None)
    if keyword is None:
        raise InvalidCard("The PNG is a picture alone: it carries no card.")
    what = f"The card in the PNG's {keyword!r}"
    card = read_object(_from_base64(texts[keyword], what), what)
    if is_gradient(data):
        return CardFile(card)
    return CardFile(card, {ICON: png.picture_alone(data)}, ICON)


def _from_base64(text: bytes, what: str) -> bytes:
    if text.lstrip().startswith(b"{"):  # some write the JSON as it is
        return text
    try:
        return b64decode(text)
    except binascii.Error as error:
        raise InvalidCard(f"{what} isn't base64.") from error


def _write_png(character: Character, card: Json, files: dict[str, bytes]) -> bytes:
    """Both versions, so that every client finds one that it knows."""
    picture = files.get(character.picture_path or "", b"")
    if not picture.startswith(png.SIGNATURE):
        picture = gradient(character.id)
    texts = {
        "chara": b64encode(write_object(as_v2(card))),
        "ccv3": b64encode(write_object(as_v3(card))),
    }
    return png.with_texts(picture, texts)


def _read_charx(data: bytes) -> CardFile:
    files = charx.unpack(data)
    text = files.pop(charx.CARD, None)
    if text is None:
        raise InvalidCard("The zip is no CHARX file: it holds no card.json.")
    card = read_object(text, "card.json")
    icon = _icon(card, files)
    if icon and files[icon].startswith(png.SIGNATURE):  # it is shown, the card in it is not
        if is_gradient(files[icon]):
            del files[icon]
            return CardFile(_without_our_icon(card), files)
        files[icon] = png.picture_alone(files[icon])
    return CardFile(card, files, icon)


def _without_our_icon(card: Json) -> Json:
    """The card as it was before we gave it a gradient to go with."""
    inner = inner_of(card)
    kept = [asset for asset in inner["assets"] if asset != OUR_ICON]
    plain = {name: value for name, value in inner.items() if name != "assets"}
    plain |= {"assets": kept} if kept else {}
    return plain if inner is card else {**card, "data": plain}


def _icon(card: Json, files: dict[str, bytes]) -> str | None:
    """The path of the card's portrait: the main icon, or the first, if it is among the files."""
    assets = inner_of(card).get("assets")
    listed = [item for item in assets if isinstance(item, dict)] if isinstance(assets, list) else []
    icons = [item for item in listed if item.get("type") == "icon"]
    icons.sort(key=lambda item: item.get("name") != "main")
    paths = [str(icon.get("uri", "")).removeprefix(EMBEDDED) for icon in icons]
    return next((path for path in paths if picture_type(files.get(path, b""))), None)


def picture_type(data: bytes) -> str | None:
    """The media type of a picture that browsers show; None for anything else."""
    if data.startswith(png.SIGNATURE):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    return None


def _write_charx(character: Character, card: Json, files: dict[str, bytes]) -> bytes:
    card = as_v3(card)
    if not character.picture_path:
        files = {**files, ICON: gradient(character.id)}
    path = character.picture_path or ICON
    inner = inner_of(card)
    if not inner.get("assets"):
        card = {**card, "data": {**inner, "assets": [OUR_ICON | {"uri": EMBEDDED + path}]}}
    return charx.pack({charx.CARD: write_object(card), **files})
