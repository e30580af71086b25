"""Keys and seals."""

from base64 import b64encode, urlsafe_b64encode

import pytest

from backend.errors import ConfigurationError, SealBroken
from backend.safety.encryption import Keyring, keyed_hash, read_keys

KEY, OTHER = bytes(range(200, 232)), bytes(range(32))
ENCODED = b64encode(KEY).decode()
PLACE = "message 018f"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (f"a:{ENCODED}", ["a"]),
        (f" a:{ENCODED} , b:{b64encode(OTHER).decode()},", ["a", "b"]),
        (f"2026-08:{urlsafe_b64encode(KEY).decode()}", ["2026-08"]),
        (f"a:{ENCODED.rstrip('=')}", ["a"]),
    ],
    ids=["one", "two", "url-safe", "unpadded"],
)
def test_keys_are_read_in_their_order(text: str, names: list[str]) -> None:
    keyring = read_keys(text)

    assert (keyring.names, keyring.first) == (names, names[0])
    sealed = Keyring({names[0]: KEY}).seal(b"words", PLACE)
    assert keyring.open(names[0], sealed, PLACE) == b"words"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (" , ", "holds no key"),
        (ENCODED, "entry 1 must be a name"),
        (f":{ENCODED}", "entry 1 must be a name"),
        (f"a:{ENCODED},b c:{ENCODED}", "entry 2 must be a name"),
        (f"{'n' * 41}:{ENCODED}", "entry 1 must be a name"),
        (f"a:{ENCODED},a:{b64encode(OTHER).decode()}", "two keys are named a"),
        (f"a:{ENCODED},b:{ENCODED}", "b is the same key as another"),
        ("a:", "the key a has 0 bytes, not 32; make one: openssl rand -base64 32"),
        (f"a:{b64encode(KEY[:16]).decode()}", "the key a has 16 bytes"),
        (f"a:{ENCODED[:-4]}!!!=", "the key a isn't base64"),
        (f"a:{ENCODED[:-2]}", "the key a has 31 bytes"),
        (f"a:{'é' * 44}", "the key a isn't base64"),
    ],
    ids=[
        *("none", "no-name", "empty-name", "space", "long", "twice", "same", "empty", "short"),
        *("not-base64", "cut-off", "not-ascii"),
    ],
)
def test_what_is_wrong_with_keys_is_said_without_them(text: str, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint) as raised:
        read_keys(text)

    assert ENCODED[:20] not in str(raised.value)


def test_no_two_seals_are_alike_and_all_open() -> None:
    keyring = Keyring({"a": KEY})

    seals = {keyring.seal("Grüße".encode(), PLACE) for _ in range(100)}

    assert len(seals) == 100
    assert {keyring.open("a", sealed, PLACE) for sealed in seals} == {"Grüße".encode()}
    assert keyring.open("a", keyring.seal(b"", PLACE), PLACE) == b""


def test_the_first_key_seals_and_every_key_opens() -> None:
    old, both = Keyring({"a": KEY}), Keyring({"b": OTHER, "a": KEY})

    assert both.open("a", old.seal(b"words", PLACE), PLACE) == b"words"
    assert Keyring({"b": OTHER}).open("b", both.seal(b"words", PLACE), PLACE) == b"words"
    assert old.open("a", both.led_by("a").seal(b"words", PLACE), PLACE) == b"words"
    assert both.first == "b"


@pytest.mark.parametrize(
    ("name", "place", "change", "complaint"),
    [
        ("a", "message 018e", lambda seal: seal, "doesn't open"),
        ("a", "memory 018f", lambda seal: seal, "doesn't open"),
        ("a", "message 018f 0", lambda seal: seal, "doesn't open"),
        ("same", PLACE, lambda seal: seal, "doesn't open"),
        ("b", PLACE, lambda seal: seal, "doesn't open"),
        ("c", PLACE, lambda seal: seal, "the key c, which is missing"),
        ("a", PLACE, lambda seal: seal[:-1], "doesn't open"),
        ("a", PLACE, lambda seal: seal[:-1] + bytes([seal[-1] ^ 1]), "doesn't open"),
        ("a", PLACE, lambda seal: seal[:1] + bytes(12) + seal[13:], "doesn't open"),
        ("a", PLACE, lambda seal: b"\x02" + seal[1:], "can't read"),
        ("a", PLACE, lambda seal: seal[:9], "can't read"),
        ("a", PLACE, lambda seal: b"", "can't read"),
    ],
    ids=[
        *("row", "table", "further", "key-by-another-name", "other-key", "missing-key"),
        *("cut-off", "tag", "nonce", "version", "short", "empty"),
    ],
)
def test_a_seal_opens_where_it_was_made_or_nowhere(
    name: str, place: str, change: object, complaint: str
) -> None:
    keyring = Keyring({"a": KEY, "b": OTHER, "same": KEY})
    sealed = keyring.seal(b"words", PLACE)

    with pytest.raises(SealBroken, match=complaint):
        keyring.open(name, change(sealed), place)  # type: ignore[operator]


def test_a_keyed_hash_tells_texts_apart_and_needs_its_pepper() -> None:
    assert keyed_hash(KEY, "tea") == keyed_hash(KEY, "tea")
    assert len({keyed_hash(KEY, "tea"), keyed_hash(KEY, "Tea"), keyed_hash(OTHER, "tea")}) == 3
