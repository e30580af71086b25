"""Where else the words of a fact stand."""

import pytest

from backend.memory.echoes import echoes, key_words, probes
from tests.support.records import a_character, a_conversation, a_message, a_user

NAMES = ("Ada Byron", "Mira")
CONVERSATION = a_conversation(a_user(), a_character())


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ("The user's dog is called Biscuit.", ["biscuit"]),
        ("The user's PIN is 4711.", ["4711"]),
        ("The user works for the BBC.", ["bbc"]),
        ("The user's sister Clara lives in São Paulo.", ["clara", "são", "paulo"]),
        ("The user lives at 12 Elm Street.", ["12", "elm", "street"]),
        ("Ada's cat is called Pixel. Ada Byron told Mira.", ["pixel"]),
        ("She moved when I was in Rome, Rome of all places.", ["rome"]),
        ("I'm Don O'Brien's neighbour. Don't tell. It's late.", ["don", "o'brien"]),
        ("The user likes tea.", []),
        ("", []),
    ],
)
def test_the_names_and_numbers_of_a_fact(content: str, key: list[str]) -> None:
    assert key_words(content, NAMES) == key


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("The user's dog is called Biscuit.", ["biscuit"]),
        ("The user collects old teapots.", ["collect"]),
        ("The user met Don O'Brien.", ["don", "o", "brien"]),
        ("The user likes it.", []),
    ],
)
def test_what_an_echo_is_looked_for_by(content: str, words: list[str]) -> None:
    assert probes(content, NAMES) == words


BISCUIT = "The user's dog is called Biscuit."
TEAPOTS = "The user collects old teapots."


@pytest.mark.parametrize(
    ("fact", "sender", "said", "is_echo"),
    [
        (BISCUIT, "character", "Biscuit! What a name.", True),
        (BISCUIT, "character", "How is biscuit's paw?", True),
        (BISCUIT, "character", "Have some biscuits.", False),
        (BISCUIT, "character", "How is your dog?", False),
        (BISCUIT, "user", "Did I say that my dog is called Biscuit?", True),
        (BISCUIT, "user", "I ate a Biscuit.", False),
        (BISCUIT, "user", "Please forget what I said about Biscuit.", True),
        (TEAPOTS, "character", "So you collect old teapots!", True),
        (TEAPOTS, "character", "A teapot is a fine thing.", False),
        ("The user likes tea.", "character", "You love tea, I know.", True),
        ("The user likes tea.", "character", "Tea is ready.", False),
        ("The user's sister Clara lives in Lisbon.", "character", "Lisbon again?", False),
        ("The user's sister Clara lives in Lisbon.", "character", "Clara, in Lisbon?", True),
    ],
)
def test_an_echo_says_all_that_a_fact_is_known_by(
    fact: str, sender: str, said: str, is_echo: bool
) -> None:
    message = a_message(CONVERSATION, said, sender_type=sender)

    assert echoes(fact, message, NAMES) is is_echo
