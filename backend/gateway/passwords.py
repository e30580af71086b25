"""Passwords: which are taken, and how they are kept and checked."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, TypeVar

from pwdlib import PasswordHash
from pydantic import Field

from backend.errors import InvalidRequest, RateLimited

SHORTEST = 8
LONGEST = 200
LEAST_DISTINCT = 4
# At once, in this process: each takes 64 MiB and a core for a twentieth of a second.
HASHING = 2
MOST_WAITING = 40  # for one of these, some two seconds; the next are asked to come again
WAITING_SECONDS = 2.0

# What people who are asked for eight characters write first. A longer list belongs to a service that
# is asked over the network, which Keepsake does without.
COMMONEST = frozenset(
    """
    password password1 password12 password123 password1234 passw0rd p@ssword p@ssw0rd p@ssword1
    passwort motdepasse contraseña senha123 12345678 123456789 1234567890 0123456789 87654321
    987654321 123123123 1234qwer 12341234 123qwe123 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qaz2wsx3edc
    qwertyui qwertyuiop qwerty12 qwerty123 qwerty1234 qwer1234 asdfghjk asdfghjkl asdf1234 zxcvbnm1
    zxcvbnm123 qazwsxedc abcdefgh abcd1234 abc12345 abc123456 a1b2c3d4 aa123456 iloveyou iloveyou1
    sunshine princess football baseball superman letmein1 letmein123 welcome1 welcome123 trustno1
    whatever starwars computer internet michelle jennifer charlie1 football1 baseball1 dragon123
    monkey123 admin123 admin1234 administrator changeme changeme1 changeit default1 test1234
    testtest keepsake keepsake1 secret12 secret123
    """.split()
)

# The hash of a password that was thrown away, at the cost that all have.
NOBODY_S = (
    "$argon2id$v=19$m=65536,t=3,p=4$u70jANCJTSRJrXzMBMCiFQ$DFF8Kk"
    "mm30fDJTG60pmjQxDKkLf27fGIrb1EdqypoII"
)

Password = Annotated[str, Field(min_length=SHORTEST, max_length=LONGEST)]

_argon2 = PasswordHash.recommended()
_places = asyncio.Semaphore(HASHING)
_threads = ThreadPoolExecutor(HASHING, thread_name_prefix="passwords")  # which no upload keeps busy
_waiting: set[object] = set()
Answer = TypeVar("Answer")


def refuse_weak(password: str, *known: str) -> None:
    """`known` is what anybody can know of the account: its address and its name.

    Raises:
        InvalidRequest: it would be guessed early.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise _refused(f"must have {SHORTEST} to {LONGEST} characters")
    plain = password.casefold()
    if plain in COMMONEST or len(set(plain)) < LEAST_DISTINCT:
        raise _refused("this one is guessed first; choose another")
    for text in known:
        if plain in {text.casefold(), text.casefold().partition("@")[0]}:
            raise _refused("must not be the address or the name")


def _refused(why: str) -> InvalidRequest:
    return InvalidRequest(f"password: {why}.", field="password")


async def hash_password(password: str) -> str:
    """The argon2id hash to keep.

    Raises:
        RateLimited: too many wait already.
    """
    return await _in_a_place(lambda: _argon2.hash(password))


async def is_right(password: str, kept: str | None) -> bool:
    """Whether the password is the kept one; to accounts without one it takes as long to say no.

    Raises:
        RateLimited: too many wait already.
    """
    return await _in_a_place(lambda: _verify(password, kept))


async def _in_a_place(work: Callable[[], Answer]) -> Answer:
    """In a thread: a twentieth of a second in which nobody else would be served."""
    if len(_waiting) >= HASHING + MOST_WAITING:
        raise RateLimited("Too many people are signing in just now.", retry_after=WAITING_SECONDS)
    _waiting.add(work)
    try:
        async with _places:
            return await asyncio.get_running_loop().run_in_executor(_threads, work)
    finally:
        _waiting.discard(work)


def _verify(password: str, kept: str | None) -> bool:
    written = password.encode(errors="replace")
    return _argon2.verify(written, kept or NOBODY_S) and kept is not None
