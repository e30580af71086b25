"""Keys and seals for what is stored: AES-256-GCM under named keys. Pure, no I/O.

A seal is version (1 byte), nonce (12 random bytes), ciphertext and tag. It opens only at the place that
it was made for: the name of its key and the place (table and row) are authenticated with it.
"""

import base64
import hmac
import os
import re
from collections.abc import Mapping
from copy import copy
from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.errors import ConfigurationError, SealBroken

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = b"\x01"
MAKE_A_KEY = "openssl rand -base64 32"
_NAME = re.compile(r"[A-Za-z0-9._-]{1,40}\Z")


class Scope(StrEnum):
    """What is sealed: `sensitive` messages and what was drawn from them, or `all` of them; `none` while
    everything is being opened."""

    SENSITIVE = "sensitive"
    ALL = "all"
    NONE = "none"


class Keyring:
    """Keys by name, of which the first seals and all open. AES-GCM with random nonces allows 2**32 seals
    under one key: take a new one long before."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self.first = next(iter(keys))

    @property
    def names(self) -> list[str]:
        """In the order given."""
        return list(self._ciphers)

    def led_by(self, name: str) -> "Keyring":
        """The same keys, of which this one seals."""
        keyring = copy(self)
        keyring.first = name
        return keyring

    def seal(self, text: bytes, place: str) -> bytes:
        """Seal a text for one place, under the first key. No two seals of a text are alike."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._ciphers[self.first].encrypt(nonce, text, _bound_to(self.first, place))
        return VERSION + nonce + sealed

    def open(self, name: str, sealed: bytes, place: str) -> bytes:
        """What was sealed for the place.

        Raises:
            SealBroken: there is no key of this name, it is another one than it was sealed under, or
                the seal was altered or made for another place.
        """
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise SealBroken(f"{place} is sealed under the key {name}, which is missing.")
        nonce, ciphertext = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        if sealed[:1] != VERSION or len(nonce) < NONCE_BYTES:
            raise SealBroken(f"{place} holds a seal that this version of Keepsake can't read.")
        try:
            return cipher.decrypt(nonce, ciphertext, _bound_to(name, place))
        except InvalidTag as error:
            raise SealBroken(
                f"{place} doesn't open with the key {name}: the key is another one, or what is"
                " stored was altered."
            ) from error


def read_keys(text: str) -> Keyring:
    """A keyring from `name:base64key,name2:…`, the one that seals first.

    Raises:
        ConfigurationError: what is wrong with it, without a word of any key.
    """
    keys: dict[str, bytes] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        name, colon, encoded = entry.partition(":")
        if not colon or not _NAME.match(name):
            raise ConfigurationError(
                f"entry {len(keys) + 1} must be a name (letters, digits, . _ -), a colon and a key"
            )
        if name in keys:
            raise ConfigurationError(f"two keys are named {name}")
        key = _decode(name, encoded)
        if key in keys.values():
            raise ConfigurationError(f"{name} is the same key as another")
        keys[name] = key
    if not keys:
        raise ConfigurationError("holds no key")
    return Keyring(keys)


def keyed_hash(pepper: bytes, text: str) -> str:
    """A hash that can't be guessed from a short text without the pepper, as hex."""
    return hmac.digest(pepper, text.encode(), "sha256").hex()


def _decode(name: str, encoded: str) -> bytes:
    standard = encoded.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        key = base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except ValueError as error:
        raise ConfigurationError(f"the key {name} isn't base64; make one: {MAKE_A_KEY}") from error
    if len(key) != KEY_BYTES:
        raise ConfigurationError(
            f"the key {name} has {len(key)} bytes, not {KEY_BYTES}; make one: {MAKE_A_KEY}"
        )
    return key


def _bound_to(name: str, place: str) -> bytes:
    """A name has no space, so that it doesn't run into the place."""
    return f"{name} {place}".encode()
