"""The three characters that are there on first start."""

from collections.abc import Callable

import pytest

from backend.adapters.llm.offline.voices import voice_of
from backend.models.character import Character, Personality
from backend.models.ready_made import READY_MADE

each_character = pytest.mark.parametrize("character", READY_MADE, ids=lambda c: c.name)


@each_character
def test_is_complete(character: Character) -> None:
    personality = Personality.model_validate(character.personality)
    assert all((character.name, character.gender, character.description, character.scenario))
    assert character.greeting
    assert len(character.example_dialogues) >= 3
    assert len(personality.traits) >= 3
    assert personality.style
    assert len(personality.values) >= 3


@each_character
def test_is_public_nobodys_and_grown_up(character: Character) -> None:
    assert character.owner_id is None
    assert character.visibility == "public"
    assert character.age is not None
    assert character.age >= 25
    assert character.nsfw_level <= 2


def test_ids_are_fixed_uuids_of_version_7() -> None:
    assert [str(character.id) for character in READY_MADE] == [
        "01a205e7-2eee-7d18-a1b7-07f5c8810705",
        "01a205e7-2eef-7535-9f66-2062b3bb4c3a",
        "01a205e7-2ef0-797b-bf01-22d827a3cfb9",
    ]
    assert {character.id.version for character in READY_MADE} == {7}


@pytest.mark.parametrize(
    "told", [lambda c: c.name, lambda c: c.greeting, voice_of, lambda c: c.description]
)
def test_each_is_its_own(told: Callable[[Character], object]) -> None:
    assert len({repr(told(character)) for character in READY_MADE}) == len(READY_MADE)


@each_character
def test_example_dialogues_are_spoken_by_the_character(character: Character) -> None:
    for example in character.example_dialogues:
        asked, answered = example.split("\n")
        assert asked.startswith("User: ")
        assert answered.startswith(f"{character.name}: ")
