"""Card files, made in code: no third party's card is in the repository."""

import io
import json
import struct
import zipfile
import zlib
from base64 import b64encode
from typing import Any

Json = dict[str, Any]

SIGNATURE = b"\x89PNG\r\n\x1a\n"

V1: Json = {
    "name": "Mira",
    "description": "{{char}} keeps the lighthouse of Skerry.",
    "personality": "warm, curious",
    "scenario": "The lamp room.",
    "first_mes": "Mind the stairs, {{user}}. Tea?",
    "mes_example": "<START>\n{{user}}: Lonely?\n{{char}}: The clocks talk back.",
}
BOOK: Json = {
    "name": "Skerry",
    "scan_depth": 2,
    "token_budget": 300,
    "extensions": {"some_client": {"a": [1, 2.5, None]}},
    "entries": [
        {
            "keys": ["Skerry", "island"],
            "content": "An island of forty people and one road.",
            "extensions": {"depth": 4},
            "enabled": True,
            "insertion_order": 10,
            "case_sensitive": False,
            "id": 7,
        }
    ],
}
V2: Json = {
    "spec": "chara_card_v2",
    "spec_version": "2.0",
    "data": {
        **V1,
        "creator_notes": "Made for a test.",
        "system_prompt": "Write as {{char}}. {{original}}",
        "post_history_instructions": "Keep {{user}} guessing.",
        "alternate_greetings": ["You again."],
        "character_book": BOOK,
        "tags": ["lighthouse"],
        "creator": "Nobody",
        "character_version": "1.1",
        "extensions": {"some_client": {"talkativeness": "0.5", "nested": {"deep": [True]}}},
    },
}
V3: Json = {
    "spec": "chara_card_v3",
    "spec_version": "3.0",
    "data": {
        **V2["data"],
        "nickname": "Mi",
        "creator_notes_multilingual": {"pt": "Feita para um teste."},
        "source": ["https://example.com/mira"],
        "group_only_greetings": [],
        "creation_date": 1700000000,
        "modification_date": 1700000001,
        "assets": [
            {"type": "icon", "name": "main", "uri": "embeded://assets/icon/a.png", "ext": "png"},
            {"type": "x_voice", "name": "v", "uri": "embeded://assets/v.mp3", "ext": "mp3"},
        ],
    },
}


def as_json(card: Any) -> bytes:
    """A card as a JSON file."""
    return json.dumps(card).encode()


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk, with its length and checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def a_png(*chunks: bytes, width: int = 2, height: int = 2) -> bytes:
    """A picture of one grey, with these chunks before its end."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\x80" * 2) * 2)
    body = (png_chunk(b"IHDR", header), png_chunk(b"IDAT", pixels), *chunks)
    return SIGNATURE + b"".join(body) + png_chunk(b"IEND", b"")


def text_chunk(keyword: str, card: Any) -> bytes:
    """A card in a tEXt chunk, as base64."""
    return png_chunk(b"tEXt", keyword.encode() + b"\0" + b64encode(as_json(card)))


def a_card_png(card: Any = V2, keyword: str = "chara") -> bytes:
    """A picture that carries a card."""
    return a_png(text_chunk(keyword, card))


def a_charx(card: Any = V3, **files: bytes) -> bytes:
    """A CHARX file with the card and these files, `__` in their names standing for `/`."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        if card is not None:
            archive.writestr("card.json", as_json(card))
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return packed.getvalue()
