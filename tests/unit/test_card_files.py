"""Card files: what is read from them, what an export gives back, and what hostile ones do."""

import io
import json
import warnings
import zipfile
import zlib
from base64 import b64decode, b64encode
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.cards import bounds, png
from backend.cards.card import card_of, character_from, for_strangers
from backend.cards.card_file import ICON, Format, read_card_file, write_card_file
from backend.cards.fields import check_personality, personality_text
from backend.errors import InvalidCard
from backend.models import Character, Personality
from tests.support.cards import (
    BOOK,
    V1,
    V2,
    V3,
    Json,
    a_card_png,
    a_charx,
    a_png,
    as_json,
    png_chunk,
    text_chunk,
)
from tests.support.records import a_user

MEGABYTE = 2**20


def imported(data: bytes, **user: Any) -> Character:
    return character_from(read_card_file(data).card, a_user(**user))


def read_back(character: Character, form: Format, files: dict[str, bytes] | None = None) -> Json:
    return read_card_file(write_card_file(character, card_of(character), files or {}, form)).card


# --- reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        as_json(V1),
        b"\xef\xbb\xbf \n" + as_json(V2),
        as_json(V3),
        as_json({"data": V1}),
        a_card_png(V1),
        a_card_png(V3, "ccv3"),
        a_png(png_chunk(b"tEXt", b"chara\0" + as_json(V2))),
        a_png(png_chunk(b"zTXt", b"chara\0\0" + zlib.compress(b64encode(as_json(V2))))),
        a_png(png_chunk(b"iTXt", b"chara\0\0\0en\0\0" + b64encode(as_json(V2)))),
        a_png(png_chunk(b"iTXt", b"ccv3\0\x01\0\0x\0" + zlib.compress(b64encode(as_json(V3))))),
        a_charx(),
        b"\xff\xd8\xff a picture before it" + a_charx(),
    ],
    ids="V1 V2-BOM V3 no-spec V1-png V3-png plain zTXt iTXt packed-iTXt charx jpeg+charx".split(),
)
def test_every_kind_of_file_makes_the_same_character(data: bytes) -> None:
    character = imported(data)
    assert (character.name, character.visibility, character.nsfw_level) == ("Mira", "private", 0)
    assert character.description == V1["description"]
    assert character.personality["traits"] == ["warm", "curious"]
    assert (character.scenario, character.greeting) == (V1["scenario"], V1["first_mes"])
    assert character.example_dialogues == ["{{user}}: Lonely?\n{{char}}: The clocks talk back."]


def test_the_newest_version_in_a_picture_counts() -> None:
    newer = {**V3, "data": {**V3["data"], "name": "Newer"}}
    both = a_png(text_chunk("chara", V2), text_chunk("ccv3", newer))
    assert imported(both).name == "Newer"


def test_a_book_becomes_the_lorebook_whole() -> None:
    assert imported(as_json(V2)).lorebook == BOOK["entries"]
    as_object = {"entries": {"0": {"key": ["x"]}, "1": {"key": ["y"]}}}
    card = {**V1, "character_book": as_object}
    assert imported(as_json(card)).lorebook == [{"key": ["x"]}, {"key": ["y"]}]


@pytest.mark.parametrize(
    ("text", "traits", "style"),
    [
        ("", [], ""),
        ("shy", ["shy"], ""),
        ("kind , quick to laugh,dry", ["kind", "quick to laugh", "dry"], ""),
        ("She is kind. And shy.", [], "She is kind. And shy."),
        ("kind, one who never says what she means", [], "kind, one who never says what she means"),
        ("[Mind(calm, open)]", [], "[Mind(calm, open)]"),
        ("kind,,shy", [], "kind,,shy"),
    ],
)
def test_a_personality_is_traits_where_it_lists_them(
    text: str, traits: list[str], style: str
) -> None:
    read = imported(as_json({**V1, "personality": text}))
    assert read.personality == Personality(traits=traits, style=style).model_dump()
    assert card_of(read)["personality"] == text


def test_the_picture_is_kept_without_the_card_in_it() -> None:
    comment = png_chunk(b"tEXt", b"Comment\0painted by hand")
    found = read_card_file(a_png(comment, text_chunk("chara", V2)))
    assert (found.picture, found.files) == (ICON, {ICON: a_png()})


def test_a_charx_keeps_its_files_and_knows_its_portrait() -> None:
    portrait = a_png()
    data = a_charx(
        V3,
        assets__icon__a_png=b"no",
        **{"assets/icon/a.png": a_card_png(), "assets/v.mp3": b"ID3", "more.zip": b"PK"},
    )
    found = read_card_file(data)
    assert found.picture == "assets/icon/a.png"
    assert found.files["assets/icon/a.png"] == portrait, "the card in the portrait is not shown"
    assert found.files["assets/v.mp3"] == b"ID3"
    assert "more.zip" not in found.files


# --- a card says what Keepsake knows, and no more than its importer may -----------------------------


def test_a_character_of_ours_comes_back_whole() -> None:
    made = Character(
        name="Nell",
        age=61,
        gender="woman",
        description="Nell restores globes.",
        personality=Personality(
            traits=["dry"], style="Brief.", values=["care"], hobby="maps"
        ).model_dump(),
        scenario="Her workshop.",
        greeting="Mind the glue.",
        example_dialogues=["User: Hi\nNell: Mind the glue.", "User: Bye\nNell: Bye."],
        nsfw_level=3,
    )
    for form in ("json", "png", "charx"):
        data = write_card_file(made, card_of(made), {}, form)
        back = imported(data, adult_confirmed=True)
        for name in (
            *("name", "age", "gender", "description", "personality", "scenario", "greeting"),
            *("example_dialogues", "nsfw_level", "lorebook"),
        ):
            assert getattr(back, name) == getattr(made, name), (form, name)
        assert imported(data, adult_confirmed=False).nsfw_level == 0


@pytest.mark.parametrize(
    "ours",
    [
        {"nsfwLevel": 11},
        {"nsfwLevel": True},
        {"nsfwLevel": "9"},
        {"age": -1},
        [],
        {"personality": 3},
    ],
    ids=str,
)
def test_what_somebody_else_wrote_in_our_place_is_not_believed(ours: Any) -> None:
    card = {**V2, "data": {**V2["data"], "extensions": {"keepsake": ours}}}
    read = imported(as_json(card), adult_confirmed=True)
    assert (read.nsfw_level, read.age) == (0, None)
    assert read.personality["traits"] == ["warm", "curious"]
    assert card_of(read) == card


def test_a_personality_of_ours_yields_to_a_text_changed_elsewhere() -> None:
    made = Character(name="N", personality={"traits": ["dry"], "style": "Brief."})
    card = card_of(made)
    card["data"]["personality"] = "jolly"
    assert imported(as_json(card)).personality["traits"] == ["jolly"]


# --- exporting ------------------------------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
inner_cards = st.fixed_dictionaries(
    {"name": texts.filter(str.strip)},
    optional={
        **dict.fromkeys(("description", "personality", "scenario", "first_mes"), texts | st.none()),
        **dict.fromkeys(("mes_example", "system_prompt"), texts),
        "extensions": st.dictionaries(texts, json_values, max_size=3),
        "character_book": st.fixed_dictionaries(
            {"entries": st.lists(st.dictionaries(texts, json_values, max_size=4), max_size=3)},
            optional={"scan_depth": json_values, "unheard of": json_values},
        ),
        "unheard of": json_values,
    },
)


@given(inner_cards, st.sampled_from([None, "chara_card_v2", "chara_card_v3"]), json_values)
def test_a_card_comes_back_value_for_value(inner: Json, spec: str | None, more: Any) -> None:
    card = {"spec": spec, "data": inner, "also": more} if spec else inner
    character = imported(as_json(card))
    assert card_of(character) == card
    assert read_back(character, "json") == card
    for form in ("png", "charx"):
        data = read_back(character, form)["data"]
        assert all(data[key] == value for key, value in inner.items())


@given(st.binary(max_size=60), st.integers(0, 400))
def test_no_bytes_fail_but_by_a_reason(noise: bytes, place: int) -> None:
    for good in (a_card_png(), a_charx(), as_json(V2)):
        at = place % len(good)
        for data in (noise, good[:at], good[:at] + noise + good[at + len(noise) :]):
            with suppress(InvalidCard):
                read_card_file(data)


def test_what_was_changed_here_wins_and_the_rest_stays() -> None:
    twice = {**V3, "name": "Mira", "description": "stale"}
    character = imported(as_json(twice))
    character.name, character.description = "Mira Marsh", "She left."
    character.personality = {"traits": ["tired"], "style": "", "values": []}
    character.lorebook = [{"keys": ["sea"], "content": "Wet."}]
    character.age = 40

    card = card_of(character)

    assert (card["name"], card["description"]) == ("Mira Marsh", "She left.")
    data = card["data"]
    assert (data["name"], data["description"]) == ("Mira Marsh", "She left.")
    assert data["personality"] == "tired"
    assert data["character_book"] == {
        **BOOK,
        "entries": [
            {
                **{"extensions": {}, "enabled": True, "insertion_order": 0, "use_regex": False},
                **{"keys": ["sea"], "content": "Wet."},
            }
        ],
    }
    assert data["modification_date"] == int(character.updated_at.timestamp())
    changed = {"name", "description", "personality", "character_book", "modification_date"}
    untouched = V3["data"].keys() - changed - {"extensions"}
    assert {key: data[key] for key in untouched} == {key: V3["data"][key] for key in untouched}
    assert data["extensions"]["some_client"] == V3["data"]["extensions"]["some_client"]
    assert imported(as_json(card)).age == 40
    assert character.card == twice, "the kept card itself is not changed"


def test_a_picture_carries_both_versions_and_stays_the_same_picture() -> None:
    comment = png_chunk(b"tEXt", b"Comment\0painted by hand")
    portrait = a_png(comment)
    character = imported(as_json(V3))
    character.picture_path = ICON

    data = write_card_file(character, V3, {ICON: portrait}, "png")

    found = png.texts_of(data, {"chara", "ccv3"})
    cards = {key: json.loads(b64decode(text)) for key, text in found.items()}
    assert cards["ccv3"] == V3
    assert (cards["chara"]["spec"], cards["chara"]["spec_version"]) == ("chara_card_v2", "2.0")
    assert cards["chara"]["data"].items() >= V2["data"].items()
    assert png.picture_alone(data) == a_png()


def test_a_character_without_a_picture_goes_out_with_one_and_comes_back_without() -> None:
    several = [imported(as_json(V2)) for _ in range(8)]  # two may share one of 360 colours
    files = [write_card_file(character, V2, {}, "png") for character in several]
    pictures = {png.pixels_of(data) for data in files}
    assert len(pictures) > 1
    assert all(zlib.decompress(pixels) for pixels in pictures)
    assert max(map(len, files)) < 20_000
    for data in (*files, write_card_file(several[0], V2, {}, "charx")):
        found = read_card_file(data)
        assert (found.picture, found.files) == (None, {})
        assert "assets" not in found.card["data"]


def test_a_picture_painted_over_ours_is_one() -> None:
    data = write_card_file(imported(as_json(V2)), V2, {}, "png")
    ours = png.chunk(b"IDAT", png.pixels_of(data))
    painted = data.replace(ours, png.chunk(b"IDAT", b"a boat"))
    assert (read_card_file(data).picture, read_card_file(painted).picture) == (None, ICON)


def test_a_charx_comes_back_with_its_files() -> None:
    files = {"assets/icon/a.png": a_png(), "assets/v.mp3": b"ID3"}
    character = imported(as_json(V3))
    character.picture_path = "assets/icon/a.png"
    found = read_card_file(write_card_file(character, V3, files, "charx"))
    assert (found.card, found.files, found.picture) == (V3, files, "assets/icon/a.png")


def test_strangers_do_not_see_what_is_meant_for_the_model() -> None:
    for card, inner in ((V2, V2["data"]), ({**V1, "system_prompt": "x"}, V1)):
        shown = for_strangers(card)
        assert "Write as" not in json.dumps(shown)
        assert "some_client" not in json.dumps({**shown.get("data", shown), "character_book": 0})
        assert shown.get("data", shown)["description"] == inner["description"]


def test_of_many_packed_texts_only_the_first_is_unpacked() -> None:
    """The others aren't even what they say to be."""
    packed = [png_chunk(b"zTXt", b"ccv3\0\0" + zlib.compress(b"first"))]
    packed.append(png_chunk(b"zTXt", b"ccv3\0\0no zlib"))
    packed.append(png_chunk(b"iTXt", b"other\0\1\0\0\0no zlib"))
    assert png.texts_of(a_png(*packed), {"ccv3", "chara"}) == {"ccv3": b"first"}


@pytest.mark.parametrize("kind", [b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME", b"caBX", b"prVt"])
def test_a_stored_picture_says_nothing_of_its_maker(kind: bytes) -> None:
    """Where it was taken, when, by what, or from which prompt: strangers see it."""
    kept = (png_chunk(b"gAMA", b"\0\0\xb1\x8f"), png_chunk(b"tRNS", b"\0\x80"))
    said = png_chunk(kind, b"parameters\0\0at 52.5 N 13.4 E")
    for file in (
        a_png(*kept, said, text_chunk("chara", V2)),
        a_charx(V3, **{"assets/icon/a.png": a_png(*kept, said)}),
    ):
        found = read_card_file(file)
        assert found.files[found.picture or ""] == a_png(*kept)


@pytest.mark.parametrize(
    "ours",
    [
        {"traits": ["shy"] * 101},
        {"traits": ["x" * 201]},
        {"values": ["x"] * 101},
        {"style": "x" * 50_001},
        {"hobby": "x" * 100_001},
        {"hobbies": {"many": ["x"] * 30_000}},
    ],
    ids="traits long-trait values style unknown unknown-list".split(),
)
def test_a_personality_has_bounds(ours: Json) -> None:
    with pytest.raises(InvalidCard, match=r"is the most|has more than"):
        check_personality(ours)
    text = personality_text(ours)[:50_000]
    extensions = {"keepsake": {"personality": ours}}
    card = {**V2, "data": {**V2["data"], "personality": text, "extensions": extensions}}
    check_personality(imported(as_json(card)).personality)


# --- hostile files ----------------------------------------------------------------------------------


def a_zip(*entries: tuple[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w", packing) as archive:
        warnings.simplefilter("ignore")  # of a name that is there twice
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name), content, packing)
    return packed.getvalue()


def nested(depth: int) -> bytes:
    return b'{"name": "x", "a": ' + b"[" * depth + b"]" * depth + b"}"


def without_end(data: bytes) -> bytes:
    return data[:-12]


def encrypted(data: bytes) -> bytes:
    """The flag alone, in both of the file's lists."""
    flagged = bytearray(data)
    flagged[6] |= 1
    flagged[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(flagged)


CARD = ("card.json", as_json(V3))
HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "neither JSON nor PNG nor CHARX"),
    "text": (b"Dear character,", "neither JSON nor PNG nor CHARX"),
    "list": (b"[1]", "neither JSON nor PNG nor CHARX"),
    "too large": (b"{" + b" " * bounds.MAX_FILE_BYTES, "larger than 16 MB"),
    "large JSON": (b"{" + b" " * bounds.MAX_JSON_BYTES + b"}", "larger than 2 MB"),
    "broken JSON": (b'{"name": ', "isn't JSON"),
    "latin-1": (b'{"name": "\xe9"}', "isn't UTF-8"),
    "NaN": (b'{"name": "x", "a": NaN}', "NaN is no number"),
    "infinite": (b'{"name": "x", "a": 1e999}', "too large"),
    "digits": (b'{"name": "x", "a": ' + b"9" * 5000 + b"}", "isn't JSON"),
    "deep": (nested(100), "64 deep"),
    "bottomless": (nested(200_000), "too deeply"),
    "NUL": (b'{"name": "x", "a": ["\\u0000"]}', "NUL"),
    "NUL in a key": (b'{"name": "x", "\\u0000": 1}', "NUL"),
    "half a pair": (b'{"name": "x", "a": "\\ud800"}', "surrogate"),
    "no name": (b'{"description": "x"}', "it has no name"),
    "empty name": (b'{"name": " "}', "name is empty"),
    "name null": (b'{"name": null}', "name is empty"),
    "name 3": (b'{"name": 3}', "name must be a text; it is a number"),
    "long name": (as_json({"name": "x" * 101}), "name has 101 characters; 100 is the most"),
    "text is a list": (as_json({**V1, "description": []}), "description must be a text"),
    "text is true": (as_json({**V1, "system_prompt": True}), "system_prompt must be a text"),
    "long text": (as_json({**V1, "scenario": "x" * 50_001}), "scenario has 50001 characters"),
    "book 3": (as_json({**V1, "character_book": {"entries": 3}}), "no list of entries"),
    "entry 3": (as_json({**V1, "character_book": {"entries": [3]}}), "no list of entries"),
    "many entries": (
        as_json({**V1, "character_book": {"entries": [{}] * 1001}}),
        "1001 entries; 1000 is the most",
    ),
    "a lorebook": (as_json({"spec": "lorebook_v3", "data": BOOK}), "a lorebook alone"),
    "plain picture": (a_png(), "carries no card"),
    "cut PNG": (a_card_png()[:60], "cut off"),
    "endless PNG": (without_end(a_card_png()), "cut off"),
    "signature alone": (a_png()[:8], "cut off"),
    "no header": (a_png()[:8] + png_chunk(b"IEND", b""), "doesn't begin with its size"),
    "no pixels": (a_png(width=0), "doesn't begin with its size"),
    "huge picture": (a_png(width=100_000), "100000 by 2; 12000 is the most"),
    "checksum": (a_card_png().replace(b"IDAT", b"IDAt"), "wrong checksum"),
    "length": (a_png(b"\xff\xff\xff\xfftEXt"), "cut off"),
    "many chunks": (a_png(*[png_chunk(b"tIME", b"")] * 20_001), "more than 20000 chunks"),
    "not base64": (a_png(png_chunk(b"tEXt", b"chara\0a")), "isn't base64"),
    "text bomb": (
        a_png(png_chunk(b"zTXt", b"chara\0\0" + zlib.compress(b"A" * 50 * MEGABYTE))),
        "too large",
    ),
    "bad packing": (a_png(png_chunk(b"zTXt", b"chara\0\0nonsense")), "can't be unpacked"),
    "zip without card": (a_charx(None, readme=b"hello"), "holds no card.json"),
    "zip bomb": (a_zip(CARD, ("a", b"\0" * 41 * MEGABYTE)), "40 MB when unpacked"),
    "many files": (a_zip(CARD, *((str(n), b"") for n in range(500))), "501 files"),
    "up": (a_zip(CARD, ("../../etc/passwd", b"")), "leads elsewhere"),
    "up within": (a_zip(CARD, ("assets/../../x", b"")), "leads elsewhere"),
    "absolute": (a_zip(CARD, ("/etc/passwd", b"")), "leads elsewhere"),
    "drive": (a_zip(CARD, ("C:/x", b"")), "leads elsewhere"),
    "backslash": (a_zip(CARD, ("a\\..\\b", b"")), "leads elsewhere"),
    "control": (a_zip(CARD, ("a\nb", b"")), "leads elsewhere"),
    "long path": (a_zip(CARD, ("a" * 301, b"")), "301 characters"),
    "twice": (a_zip(CARD, CARD), "'card.json' twice"),
    "encrypted": (encrypted(a_zip(CARD)), "encrypted"),
    "other packing": (a_zip(CARD, packing=zipfile.ZIP_LZMA), "don't unpack"),
    "cut zip": (a_zip(CARD).replace(b"PK\x01\x02", b"PK\x01\x00"), "damaged"),
    "damaged zip": (a_zip(CARD)[:50] + b"\0\0\0\0" + a_zip(CARD)[54:], "damaged"),
}


@pytest.mark.parametrize("case", list(HOSTILE))
def test_a_bad_file_is_refused_by_what_is_wrong_with_it(case: str) -> None:
    data, reason = HOSTILE[case]
    with pytest.raises(InvalidCard) as refused:
        read_card_file(data)
    assert reason in refused.value.message
    assert len(refused.value.message) < 300
