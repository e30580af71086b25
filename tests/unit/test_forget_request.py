"""What is a wish to have something forgotten, and what only sounds like one."""

import pytest

from backend.memory.forget_request import read_forget_request, says_yes


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("Please forget that my dog is called Biscuit.", "my dog is called Biscuit"),
        ("please forget that I live in Porto!", "I live in Porto"),
        ("Forget that my PIN is 4711.", "my PIN is 4711"),
        ("Forget what I said about Clara.", "Clara"),
        ("forget everything I told you about my sister, please", "my sister"),
        ("Could you please forget what I've told you about my job? Thanks.", "my job"),
        ("Mira, please forget about my ex", "my ex"),
        ("Can you forget my birthday?", "my birthday"),
        ("I'd like you to forget that we're moving, and that's that.", "we're moving"),
        ("Oh, sorry. Please delete what I said about the house.", "the house"),
        ("Forget everything about Clara.", "Clara"),
        ("Please delete all that you know about my brother.", "my brother"),
        ("Please forget that.", ""),
        ("Please forget what I just said.", ""),
        ("Forget what I said.", ""),
        ("I want you to forget this now.", ""),
        ("Actually, please forget that I’m ill", "I'm ill"),
    ],
)
def test_a_request(text: str, about: str) -> None:
    request = read_forget_request(text)

    assert request is not None
    assert request.about == about


@pytest.mark.parametrize(
    "text",
    [
        "Don't forget that my dog is called Biscuit.",
        "Please don't forget that I live in Porto.",
        "Never forget what I said about Clara.",
        "Don't forget to feed my dog.",
        "I forgot my keys.",
        "I'll never forget my first dog.",
        "I want to forget my ex.",
        "Did you forget that my birthday is in May?",
        "You forget that I live in Porto.",
        "How could you forget that my name is Ada?",
        "Forget it.",
        "Forget about it!",
        "Forget that.",
        "Forget about work and enjoy the sun.",
        "Forget my umbrella again and I'll be wet.",
        "Please forget the milk, I'll buy it.",
        "Forget everything about it, let's dance.",
        "Please delete my account.",
        "She told me to forget what I said about Clara.",
        "It is hard to forget that I was wrong.",
        "We should forgive and forget.",
        "What did I say about Clara?",
        "Please forget that my dog barks. " * 20,
        "",
    ],
)
def test_what_only_sounds_like_one(text: str) -> None:
    assert read_forget_request(text) is None


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        ("Yes.", True),
        ("yes, please do", True),
        ("Go ahead!", True),
        ("I’m sure.", True),
        ("Okay", True),
        ("Forget it, please.", True),
        ("No.", False),
        ("Yes, but not all of it.", False),
        ("Okay, wait.", False),
        ("Yesterday I was in Rome.", False),
        ("Sure? I'd rather keep it.", False),
        ("What did you say?", False),
        ("", False),
    ],
)
def test_a_yes(text: str, yes: bool) -> None:
    assert says_yes(text) is yes
