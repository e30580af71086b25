"""What "my address" and the like mean among the facts, and what they don't."""

import pytest

from backend.memory.forget_attributes import attribute_of


@pytest.mark.parametrize(
    ("about", "told", "others"),
    [
        (
            "my address",
            "The user lives in Bath.",
            "The user lives with a cat.|The user's brother lives in Rome.|The user loves Bath.",
        ),
        ("where I live", "The user moved to Bath.", "The user moved the sofa."),
        ("where I work", "The user works at KLM.", "The user's wife works at Lidl."),
        ("what I do for a living", "The user works as a pilot.", "The user likes work."),
        (
            "my illness",
            "The user has asthma.",
            "The user has a sick dog.|The user's friend has cancer.|The user has a friend with cancer.",
        ),
        ("my condition", "The user is diabetic.", "The user is afraid of the flu season."),
        ("my allergies", "The user is allergic to nuts.", "The user's son is allergic to nuts."),
        ("how old I am", "The user is 41 years old.", "The user's son is 9 years old."),
        ("my religion", "The user is Muslim.", "The user is married to a Muslim."),
        ("my sexuality", "The user is gay.", "The user's brother is gay."),
        ("I'm pregnant", "The user is expecting a baby.", "The user's sister is expecting a baby."),
        ("who I voted for", "The user voted for Labour.", "The user's mother voted for Labour."),
        (
            "where my sister Mia lives",
            "The user's sister Mia lives in Rome.",
            "The user's sister Eva lives in Rome.|The user lives in Rome.",
        ),
        ("Sofia's job", "Sofia works as a nurse.", "Tom works as a nurse."),
        ("my brother's illness", "The user's brother has asthma.", "The user has asthma."),
    ],
)
def test_what_an_attribute_means(about: str, told: str, others: str) -> None:
    attribute = attribute_of(about)

    assert attribute is not None
    assert attribute.facts.match(told)
    assert not [other for other in others.split("|") if attribute.facts.match(other)]


@pytest.mark.parametrize("about", ["my dog", "Sofia", "my sister Sofia", "I'm gay", "the house"])
def test_what_is_no_attribute(about: str) -> None:
    assert attribute_of(about) is None


@pytest.mark.parametrize(
    ("about", "words", "said"),
    [
        ("my phone number", "my phone number is 0151 4711", True),
        ("my phone number", "my lucky number is 7 but Tom has your number", True),
        ("my phone number", "the number of my hotel room", False),
        ("my address", "We live at 12 Elm Street", True),
        ("my address", "my sister lives at 12 Elm Street", False),
        ("my illness", "I have really bad asthma", True),
        ("my illness", "I think my mum has cancer", False),
    ],
)
def test_where_the_user_says_it(about: str, words: str, said: bool) -> None:
    attribute = attribute_of(about)

    assert attribute is not None
    assert attribute.is_said_in(words) is said
