"""What a fact rests on."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.memory.consolidation import INDEPENDENCE, reinforced_confidence
from backend.memory.support import mentions, recount, saying, withdraw_from
from backend.models import Memory, MemoryRevision, Message, new_id
from tests.support.records import (
    NOON,
    a_character,
    a_conversation,
    a_memory,
    a_message,
    a_user,
    an_owner,
)

CONVERSATION = a_conversation(a_user(), a_character())


def message(days: float) -> Message:
    return a_message(CONVERSATION, id=new_id(), created_at=NOON + timedelta(days=days))


def line(action: str, *messages: Message, **details: Any) -> MemoryRevision:
    return MemoryRevision(
        memory_id=UUID(int=1),
        action=action,
        content="The user likes tea.",
        details=details,
        source_message_ids=[each.id for each in messages],
        created_at=NOON,
    )


def a_fact() -> Memory:
    return a_memory(
        an_owner(), first_mentioned=NOON, mention_time=NOON, valid_from=NOON, confidence=0.99
    )


def recounted(lines: list[MemoryRevision], *messages: Message) -> Memory:
    fact = a_fact()
    recount(fact, lines, {each.id: each for each in messages})
    return fact


def test_a_line_loses_the_message_and_counts_while_another_says_so() -> None:
    one, two = message(0), message(1)
    mention = line("reinforced", one, two, mention=0.8)

    said = {each.id: each for each in (one, two)}

    assert withdraw_from(mention, {one.id}, said, "user") == []
    assert mention.source_message_ids == [two.id]
    assert mentions([mention]) == [mention]
    assert withdraw_from(mention, {one.id}, said, "user") == []
    assert saying([mention]) == {two.id}
    assert withdraw_from(mention, {two.id}, said, "user") == []
    assert mentions([mention]) == []


ASKED = ("character", "Is your dog called Biscuit?")
WONDERED = ("user", "Do you keep hens?")


@pytest.mark.parametrize(
    ("about", "exchange", "gone", "counts"),
    [
        ("user", [ASKED, ("user", "Yes.")], 1, False),  # the character's words are no witness
        ("user", [ASKED, ("user", "Yes.")], 0, False),  # a yes to what?
        ("user", [ASKED, ("user", "My dog is called Biscuit.")], 0, True),
        ("user", [ASKED, ("user", "Yes."), ("user", "It is Biscuit.")], 1, True),
        ("other", [("character", "Is she in Porto?"), ("user", "No, in Faro.")], 0, False),
        ("character", [WONDERED, ("character", "Yes.")], 0, False),
        ("character", [WONDERED, ("character", "Yes.")], 1, False),
        ("character", [WONDERED, ("character", "I keep purple hens.")], 0, True),
    ],
)
def test_what_is_left_of_an_exchange_counts_if_it_says_so_by_itself(
    about: str, exchange: list[tuple[str, str]], gone: int, counts: bool
) -> None:
    said = [a_message(CONVERSATION, text, id=new_id(), sender_type=who) for who, text in exchange]
    mention = line("added", *said, mention=0.8)
    others = [each.id for each in said if each is not said[gone]]

    left = withdraw_from(mention, {said[gone].id}, {each.id: each for each in said}, about)

    assert (mentions([mention]) == [mention]) is counts
    assert left == ([] if counts else others)
    assert mention.source_message_ids == (others if counts else [])


def test_what_says_something_counts_and_what_happened_to_it_does_not() -> None:
    one = message(0)
    counting = [line("added", one, mention=0.8), line("added"), line("edited")]
    others = [line("superseded", one), line("restored"), line("edited", one), line("expired")]

    assert mentions([*counting, *others]) == counting


def test_each_independent_mention_counts_by_the_rule() -> None:
    first, second, third = message(0), message(1), message(2)
    lines = [
        line("added", first, mention=0.6),
        line("reinforced", second, mention=0.9),
        line("reinforced", third, mention=0.7),
    ]

    fact = recounted(lines, first, second, third)

    expected = reinforced_confidence(0.6, 0.9, INDEPENDENCE)
    expected = reinforced_confidence(expected, 0.7, INDEPENDENCE)
    assert (fact.reinforcement_count, fact.confidence) == (3, pytest.approx(expected))
    assert (fact.first_mentioned, fact.last_reinforced) == (first.created_at, third.created_at)


def test_a_repetition_becomes_a_mention_once_what_it_repeated_is_gone() -> None:
    first, repeated, later = message(0), message(0.001), message(1)
    whole = [
        line("added", first, mention=0.8),
        line("repeated", repeated, mention=0.8, weight=0),
        line("reinforced", later, mention=0.8),
    ]

    assert recounted(whole, first, repeated, later).reinforcement_count == 2
    assert recounted(whole[1:], repeated, later).reinforcement_count == 2
    assert recounted(whole[1:2], repeated).reinforcement_count == 1


def test_times_move_to_the_first_that_is_left() -> None:
    second = message(3)

    fact = recounted([line("reinforced", second, mention=0.8)], second)

    assert fact.first_mentioned == fact.mention_time == fact.valid_from == second.created_at


def test_what_a_person_wrote_keeps_its_confidence() -> None:
    fact = recounted([line("edited"), line("reinforced", message(1), mention=0.2)])

    assert fact.confidence == 0.99


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_confidence_stays_between_0_and_1_and_more_mentions_never_lower_it(
    worth: list[float],
) -> None:
    said = [message(day) for day in range(len(worth))]
    lines = [line("added", each, mention=m) for each, m in zip(said, worth, strict=True)]

    known = [recounted(lines[:n], *said).confidence for n in range(1, len(lines) + 1)]

    assert all(0 <= value <= 1 for value in known)
    assert known == sorted(known)
