"""The examples of docs/evaluation.md are read as they stand there, and name every field."""

import json
import re
from pathlib import Path
from typing import get_args

from pydantic import BaseModel

from bench.quality import scenarios
from bench.quality.plain import read_plain
from bench.quality.scenarios import Story

TEXT = (Path(__file__).parents[2] / "docs/evaluation.md").read_text()


def the_story() -> str:
    block = re.search(r"^```json\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    assert block
    return block[1]


def test_the_story_is_sound_and_has_every_field() -> None:
    story = Story.model_validate_json(the_story())
    models = [Story, *(each for each in vars(scenarios).values() if is_part(each))]
    fields = {info.alias for model in models for info in model.model_fields.values()}
    assert fields - {"forgetEverything"} <= set(re.findall(r'"(\w+)":', the_story()))
    explained = set(re.findall(r'[`"](\w+)[`"]', TEXT.split(the_story())[1]))
    assert fields - {"name"} <= explained
    assert story.tests == ("update", "forget")
    assert all(f"`{name}`" in TEXT for name in get_args(scenarios.Test))


def is_part(each: object) -> bool:
    return (
        isinstance(each, type)
        and issubclass(each, BaseModel)
        and each.__module__ == (scenarios.__name__)
    )


def test_the_conversation_is_sound() -> None:
    block = re.search(r'^    (\{"set".*?\]\})$', TEXT, re.MULTILINE | re.DOTALL)
    assert block
    assert read_plain(json.loads(block[1])).id == "chat-1"
