"""Who may hear what: the table of the content policy, and what people and model are told."""

import re
from typing import Any

import pytest

from backend.models.character import Character
from backend.safety.ages import (
    LOOKED_BACK,
    _before,
    describes_minor,
    mentions_minor_age,
    stated_age,
)
from backend.safety.policy import Decision, Setting, decide, is_minor, refused_by_provider
from backend.safety.verdict import NOTHING, Category, Verdict
from backend.safety.wording import instruction, refusal

GROWN_UP = {"nsfw_level": 10, "adult_confirmed": True}


def found(*flagged: Category, **more: Any) -> Verdict:
    return Verdict(NOTHING.scores, frozenset(flagged), "classifier", **more)


SEXUAL = found("sexual")
EXPLICIT = found("sexual", explicit=True)


@pytest.mark.parametrize(
    ("setting", "verdict", "action", "reason", "decided_by"),
    [
        ({}, NOTHING, "allow", "ok", "policy"),
        ({}, found("harassment"), "allow", "ok", "policy"),
        # sexual content: age, then the character's level, then the conversation's
        (GROWN_UP, EXPLICIT, "allow", "ok", "policy"),
        ({"nsfw_level": 10}, SEXUAL, "deflect", "adult_not_confirmed", "policy"),
        ({"nsfw_level": 10}, EXPLICIT, "block", "adult_not_confirmed", "policy"),
        (GROWN_UP | {"nsfw_level": 3}, SEXUAL, "deflect", "character_level", "policy"),
        (GROWN_UP | {"nsfw_level": 4}, SEXUAL, "allow", "ok", "policy"),
        (GROWN_UP | {"nsfw_level": 7}, EXPLICIT, "deflect", "character_level", "policy"),
        (GROWN_UP | {"nsfw_level": 8}, EXPLICIT, "allow", "ok", "policy"),
        (GROWN_UP | {"conversation_level": 7}, EXPLICIT, "deflect", "conversation_level", "policy"),
        # a minor on either side, whatever the settings
        (GROWN_UP | {"user_is_minor": True}, SEXUAL, "block", "sexual_minors", "policy"),
        (GROWN_UP | {"character_is_minor": True}, SEXUAL, "block", "sexual_minors", "policy"),
        (GROWN_UP, found("sexual", writer_is_minor=True), "block", "sexual_minors", "policy"),
        (GROWN_UP, found("sexual", hard=True), "block", "sexual_minors", "policy"),
        (GROWN_UP, found("sexual", "sexual_minors"), "block", "sexual_minors", "moderation"),
        ({"user_is_minor": True}, NOTHING, "allow", "ok", "policy"),
        # what its content alone decides
        (GROWN_UP, found("hate"), "deflect", "hate", "moderation"),
        (GROWN_UP, found("illicit"), "deflect", "illicit", "moderation"),
        ({}, found("violence"), "deflect", "violence", "moderation"),
        (GROWN_UP, found("violence"), "allow", "ok", "policy"),
        (GROWN_UP, found("violence", "harassment"), "deflect", "violence", "moderation"),
        # self-harm is never a reason to stop talking
        ({}, found("self_harm"), "allow", "self_harm", "policy"),
        ({}, found("self_harm", "violence", "illicit"), "allow", "self_harm", "policy"),
        ({}, found("self_harm", "sexual", hard=True), "block", "sexual_minors", "policy"),
    ],
)
def test_the_table(
    setting: dict[str, Any], verdict: Verdict, action: str, reason: str, decided_by: str
) -> None:
    decision = decide(Setting(**{"nsfw_level": 0, "adult_confirmed": False} | setting), verdict)
    assert (decision.action, decision.reason, decision.decided_by) == (action, reason, decided_by)
    assert decision.crisis_notice == ("self_harm" in verdict.flagged)
    assert bool(refusal(decision)) == (action == "block")
    assert bool(instruction(decision)) == (action == "deflect" or decision.crisis_notice)


def test_no_setting_lets_sexual_content_with_a_minor_through() -> None:
    levels = range(11)
    for verdict in (found("sexual", hard=True), found("sexual", "sexual_minors")):
        assert {
            decide(Setting(nsfw, confirmed, own), verdict).action
            for nsfw in levels
            for own in levels
            for confirmed in (True, False)
        } == {"block"}


def test_a_providers_refusal_is_told_from_ours() -> None:
    assert refused_by_provider(SEXUAL) == Decision(
        "block", "provider_refused", "provider", False, ("sexual",)
    )


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("I'm 15 and bored", 15),
        ("im 14", 14),
        ("I am twelve", 12),
        ("15f here", 15),
        ("I turned 17 yesterday", 17),
        ("I'm in 8th grade", 17),
        ("ich bin 14", 14),
        ("tengo 14 años", 14),
        ("мне 15", 15),
        ("我今年14岁", 14),
        ("I'm 24", 24),
        ("I'm 15 minutes away", None),
        ("I'm 16 years sober", None),
        ("I'm 5'4", None),
        ("when I was 15 I moved", None),
        ("my son is 15", None),
    ],
)
def test_an_age_is_the_writers_own_and_of_now(text: str, age: int | None) -> None:
    assert stated_age(text) == age


def test_an_age_of_somebody_else_is_seen() -> None:
    assert mentions_minor_age("a girl of 14")
    assert not mentions_minor_age("a woman of 41 with 3 cats")


@pytest.mark.parametrize(
    ("description", "minor"),
    [
        ("A cheerful schoolgirl", True),
        ("Mia is 16 and loves music", True),
        ("a 900-year-old dragon with the body of a child", True),
        ("Lena, 34, detective", False),
        ("She is 25, teaches high school students.", False),
        ("mother of a 5-year-old", False),
        ("was 15 when her parents died", False),
        ("an old childhood friend", False),
        ("Name: Mia\nAge: 15", True),
        ('[Character("Mia") Age("16")]', True),
        ("Age: 25", False),
        ("Age: 300 years", False),
        ("Ages: 18+", False),
    ],
)
def test_a_description_can_make_a_character_a_minor(description: str, minor: bool) -> None:
    assert describes_minor(description) is minor
    assert is_minor(Character(name="X", age=30, description=description)) is minor
    assert is_minor(Character(name="X", age=30, personality={"style": description})) is minor


def test_whose_an_age_is_is_looked_for_right_before_it_alone() -> None:
    """Each age of a long text would else be a reason to read all of it again."""
    said = "their son is 12 and " * 2_000
    for match in re.finditer("12", said):
        assert len(_before(match)) <= LOOKED_BACK
    assert _before(next(re.finditer("12", "her son is 12"))) == "her son is "
    assert not describes_minor(said)
    assert describes_minor(said + "Mia looks about 12.")


def test_a_characters_age_counts() -> None:
    assert is_minor(Character(name="X", age=17))
    assert not is_minor(Character(name="X", age=18))
