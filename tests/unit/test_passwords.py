"""Which passwords are taken, and that saying no takes the same work for everybody."""

import asyncio

import pytest

from backend.errors import InvalidRequest, RateLimited
from backend.gateway import passwords
from backend.gateway.passwords import COMMONEST, HASHING, SHORTEST, is_right, refuse_weak


@pytest.mark.parametrize(
    "password",
    [
        "a long enough password",
        "пароль-из-слов",
        "correct horse",
        "x1!y" * 50,
        "🦊🐻🐼🐨🐯🦁🐮🐷",
        "p\x00ssw%rd",
    ],
)
def test_most_passwords_are_taken(password: str) -> None:
    refuse_weak(password, "ada@example.com", "Ada")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "8 to 200"),
        ("seven77", "8 to 200"),
        ("x" * 201, "8 to 200"),
        ("PassWord123", "guessed first"),
        ("11111111", "guessed first"),
        ("abcabcabcabc", "guessed first"),
        ("Ada.Lovelace@example.com", "address"),
        ("ada.lovelace", "address"),
        ("countess ada", "name"),
    ],
)
def test_what_is_guessed_first_is_refused_without_being_quoted(password: str, why: str) -> None:
    with pytest.raises(InvalidRequest, match=why) as refused:
        refuse_weak(password, "ada.lovelace@example.com", "Countess Ada")
    assert not password or password not in refused.value.message


def test_the_list_holds_nothing_that_the_length_refuses_already() -> None:
    assert [each for each in COMMONEST if len(each) < SHORTEST or each != each.casefold()] == []


def test_nobody_s_hash_costs_what_all_cost() -> None:
    kept = passwords._argon2.hash("a long enough password")
    assert passwords.NOBODY_S.split("$")[:4] == kept.split("$")[:4]
    assert len(passwords.NOBODY_S) == len(kept)


async def test_only_the_right_password_is_right() -> None:
    kept = await passwords.hash_password("a long enough password")
    assert await is_right("a long enough password", kept)
    for guess, known in (("a long enough passwor", kept), ("", kept), ("", None), ("\ud800", None)):
        assert not await is_right(guess, known)


async def test_few_are_hashed_at_once() -> None:
    """Each takes 64 MiB."""
    guesses = [asyncio.create_task(is_right("a guess", None)) for _ in range(HASHING + 2)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert passwords._places.locked()
    assert await asyncio.gather(*guesses) == [False] * len(guesses)


async def test_few_wait_and_the_next_are_asked_to_come_again() -> None:
    places = passwords._places
    async with places, places:  # both are taken
        waiting = [
            asyncio.create_task(is_right("", None)) for _ in range(HASHING + passwords.MOST_WAITING)
        ]
        await asyncio.sleep(0)
        with pytest.raises(RateLimited) as refused:
            await is_right("a guess", None)
        assert refused.value.retry_after
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    assert not await is_right("a guess", None), "there is room again"
