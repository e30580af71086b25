"""What becomes of a candidate among what is known already."""

from datetime import timedelta
from functools import reduce
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.memory.consolidation import (
    INDEPENDENCE,
    ONE_SITTING,
    SAME_THING_SIMILARITY,
    Action,
    Decision,
    Mention,
    decide,
    independence,
    reinforced_confidence,
)
from backend.models import Memory, new_id
from backend.models.candidate import Candidate
from tests.support.records import NOON, a_memory, an_owner

OWNER = an_owner()
SAID, AGAIN = new_id(), new_id()


def known(content: str, **changes: Any) -> Memory:
    return a_memory(OWNER, content, **{"source_message_ids": [SAID]} | changes)


def candidate(content: str, **changes: Any) -> Candidate:
    return Candidate(content, **{"source_message_ids": (AGAIN,)} | changes)


def against(
    new: Candidate,
    *,
    same_content: Memory | None = None,
    same_attribute: tuple[Memory, ...] = (),
    near: tuple[Memory, float] | None = None,
) -> Decision:
    return decide(
        new, same_content=same_content, same_attribute=same_attribute, near=[near] if near else []
    )


def test_what_nobody_knew_is_added() -> None:
    assert against(candidate("The user likes tea.")) == Decision(Action.ADD)


def test_the_same_again_is_a_second_mention() -> None:
    old = known("The user likes tea.")

    assert against(candidate("The user likes tea."), same_content=old) == Decision(
        Action.REINFORCE, (old,)
    )


@pytest.mark.parametrize("found_by", ["content", "likeness"])
def test_the_same_message_read_twice_is_not(found_by: str) -> None:
    old = known("The user likes tea.", source_message_ids=[SAID, AGAIN])
    new = candidate("The user likes tea.", source_message_ids=(SAID,))

    decision = (
        against(new, same_content=old) if found_by == "content" else against(new, near=(old, 0.99))
    )

    assert decision == Decision(Action.IGNORE, (old,))


def test_a_new_value_of_the_same_thing_supersedes_the_old_one() -> None:
    old = known("The user lives in Porto.", attribute="home")
    new = candidate("The user lives in Lisbon.", attribute="home")

    assert against(new, same_attribute=(old,)) == Decision(Action.SUPERSEDE, (old,))


@pytest.mark.parametrize(
    "changes",
    [{"about": "other", "about_name": "Anna"}, {"about": "character"}, {"realm": "fiction"}],
    ids=["another person's", "the character's", "in a story"],
)
def test_somebody_elses_value_supersedes_nothing(changes: dict[str, Any]) -> None:
    old = known("The user lives in Porto.", attribute="home")
    new = candidate("The home is in Lisbon.", attribute="home", **changes)

    assert against(new, same_attribute=(old,)) == Decision(Action.ADD)
    assert against(new, near=(old, 0.99)) == Decision(Action.ADD)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The user really likes tea.", "The user likes tea a lot."),
        ("The user's dog is called Biscuit.", "The user has a dog called Biscuit."),
        ("The user has 2 cats.", "The user owns 2 cats!"),
    ],
)
def test_the_same_thing_in_other_words_is_reinforced(old: str, new: str) -> None:
    memory = known(old)

    assert against(candidate(new), near=(memory, SAME_THING_SIMILARITY)) == Decision(
        Action.REINFORCE, (memory,)
    )
    assert against(candidate(new), near=(memory, SAME_THING_SIMILARITY - 0.01)) == Decision(
        Action.ADD
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The user likes tea.", "The user doesn't like tea."),
        ("The user likes tea.", "The user doesn’t like tea."),
        ("The user can swim.", "The user can't swim."),
        ("The user can swim.", "The user cannot swim."),
        ("The user eats meat.", "The user eats meat no longer."),
        ("The user is married.", "The user is not, in fact, married."),
        ("The user likes tea.", "The user dislikes tea."),
        ("The user drinks coffee with milk.", "The user drinks coffee without milk."),
        ("The user has worked at night.", "The user hasn't worked at night."),
        ("The user has 2 cats.", "The user has 3 cats."),
        ("The user has two cats.", "The user has three cats."),
        ("2 cats live with the user.", "3 cats live with the user."),
        ("The user's dog is called Biscuit.", "The user's dog is called Muffin."),
        ('The user\'s dog is called "Biscuit".', 'The user\'s dog is called "Muffin".'),
        ("The user's sister (Anna) is a nurse.", "The user's sister (Eva) is a nurse."),
        ("Biscuit is the user's dog.", "Muffin is the user's dog."),
        ("Le chien s'appelle Médor.", "Le chien s'appelle Émile."),
        ("用户的狗叫饼干。", "用户的狗叫布丁。"),
        ("У пользователя собака Рекс.", "У пользователя собака Шарик."),
        ("The user was born on May 3.", "The user was born on June 3."),
        ("The user runs 5k.", "The user runs 10k."),
        ("The user moved from Porto to Lisbon.", "The user moved from Lisbon to Porto."),
        ("Anna is older than Eva.", "Eva is older than Anna."),
    ],
)
def test_another_name_number_or_a_negation_is_never_folded_in(old: str, new: str) -> None:
    for one, other in ((old, new), (new, old)):
        decision = against(candidate(other), near=(known(one), 0.999))

        assert decision.action in {Action.ADD, Action.SUPERSEDE}


names = st.from_regex(r"[A-Z][a-z]{2,8}", fullmatch=True)
sentences = st.sampled_from(
    [
        "The user's dog is called {}.",
        "{} is the user's sister.",
        "The user met {}, a friend.",
        "The user works for “{}”.",
        "The user knows {}'s brother.",
    ]
)


@given(sentences, names, names)
def test_two_names_are_two_things_wherever_they_stand(sentence: str, one: str, other: str) -> None:
    decision = against(candidate(sentence.format(other)), near=(known(sentence.format(one)), 1.0))

    assert decision.action is (Action.REINFORCE if one == other else Action.ADD)


@given(sentences, st.integers(0, 10**6), st.integers(0, 10**6))
def test_two_numbers_are_two_things_wherever_they_stand(
    sentence: str, one: int, other: int
) -> None:
    decision = against(candidate(sentence.format(other)), near=(known(sentence.format(one)), 1.0))

    assert decision.action is (Action.REINFORCE if one == other else Action.ADD)


# --- contradictions and questions ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The user likes tea.", "The user doesn't like tea."),
        ("The user likes tea.", "The user doesn’t like tea anymore."),
        ("The user loves tea.", "The user hates tea."),
        ("The user doesn't like tea.", "The user really enjoys tea."),
        ("The user smokes.", "The user stopped smoking."),
        ("The user lives in Porto.", "The user no longer lives in Porto."),
        ("The user has a dog.", "The user doesn't have a dog."),
        ("The user has been to Japan.", "The user has never been to Japan."),
    ],
)
def test_what_is_so_and_what_is_not_so_can_not_both_hold(old: str, new: str) -> None:
    memory = known(old)

    for similarity in (0.8, 0.0):  # the words decide, however near
        assert against(candidate(new), near=(memory, similarity)) == Decision(
            Action.SUPERSEDE, (memory,)
        )


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("The user likes tea.", "The user doesn't like coffee.", {}),
        ("The user likes green tea.", "The user doesn't like tea.", {}),
        ("Anna likes tea.", "The user doesn't like tea.", {}),
        ("The user likes tea.", "The user doesn't like tea.", {"realm": "fiction"}),
        ("The user likes tea.", "Anna doesn't like tea.", {"about": "other", "about_name": "Anna"}),
    ],
)
def test_another_thing_person_or_world_contradicts_nothing(
    old: str, new: str, changes: dict[str, Any]
) -> None:
    assert against(candidate(new, **changes), near=(known(old), 0.9)) == Decision(Action.ADD)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The user's dog is called Biscuit.", "Biscuit is the user's dog."),
        ("The user lives in Porto.", "The user is living in Porto now."),
        ("The user has 2 dogs.", "The user has a lot of dogs, 2."),
    ],
)
def test_the_same_value_in_other_words_is_a_second_mention_not_a_new_value(
    old: str, new: str
) -> None:
    memory = known(old, attribute="it")

    assert against(candidate(new, attribute="it"), same_attribute=(memory,)) == Decision(
        Action.REINFORCE, (memory,)
    )


@pytest.mark.parametrize(
    ("held", "claim", "action"),
    [
        # mentions, confidence, claim's confidence
        ((2, 0.96), 0.75, Action.QUESTION),
        ((2, 0.95), 0.76, Action.SUPERSEDE),  # within the margin
        ((2, 0.94), 0.75, Action.SUPERSEDE),
        ((1, 0.95), 0.75, Action.SUPERSEDE),  # said only once itself
        ((5, 0.99), 0.9, Action.SUPERSEDE),
    ],
)
def test_a_weak_claim_against_a_well_known_fact_is_a_question(
    held: tuple[int, float], claim: float, action: Action
) -> None:
    mentions, confidence = held
    old = known(
        "The user lives in Porto.",
        attribute="home",
        reinforcement_count=mentions,
        confidence=confidence,
    )
    new = candidate("The user lives in Lisbon.", attribute="home", confidence=claim)

    assert against(new, same_attribute=(old,)) == Decision(action, (old,))


@pytest.mark.parametrize("changes", [{"pinned": True}, {"origin": "manual"}])
def test_what_a_person_wrote_or_pinned_is_well_known(changes: dict[str, Any]) -> None:
    old = known("The user likes tea.", confidence=1.0, **changes)
    new = candidate("The user doesn't like tea.", confidence=0.75)

    assert against(new, near=(old, 0.9)) == Decision(Action.QUESTION, (old,))


@pytest.mark.parametrize(
    "again",
    ["The user lives in Lisbon.", "the user lives in lisbon", "The user is living in Lisbon now."],
)
def test_a_claim_made_again_is_confirmed_and_read_again_is_not(again: str) -> None:
    claim = known("The user lives in Lisbon.", attribute="home", status="unsure")
    new = candidate(again, attribute="home")

    assert decide(new, same_content=None, same_attribute=(), near=(), claims=(claim,)) == Decision(
        Action.CONFIRM, (claim,)
    )
    claim.source_message_ids = [AGAIN]
    assert decide(new, same_content=None, same_attribute=(), near=(), claims=(claim,)) == Decision(
        Action.IGNORE, (claim,)
    )


# --- confidence ---------------------------------------------------------------------------------


share = st.floats(0, 1)


@given(share, share)
def test_a_mention_never_lowers_confidence_nor_lifts_it_past_certainty(
    current: float, mention: float
) -> None:
    after = reinforced_confidence(current, mention)

    assert current <= after <= 1
    assert after - current <= (1 - current) / 2 + 1e-12


@given(share, share, share)
def test_a_surer_mention_lifts_confidence_more(current: float, one: float, other: float) -> None:
    low, high = sorted((one, other))

    assert reinforced_confidence(current, low) <= reinforced_confidence(current, high)


@given(share, share)
def test_a_witness_that_is_not_one_changes_nothing(current: float, mention: float) -> None:
    assert reinforced_confidence(current, mention, 0) == current


@given(st.lists(share, max_size=6), st.randoms())
def test_the_order_of_mentions_does_not_matter(mentions: list[float], chance: Random) -> None:
    shuffled = chance.sample(mentions, len(mentions))

    one, other = (
        reduce(reinforced_confidence, mentions, 0.5),
        reduce(reinforced_confidence, shuffled, 0.5),
    )

    assert one == pytest.approx(other)


HERE, ELSEWHERE = new_id(), new_id()


@pytest.mark.parametrize(
    ("earlier", "weight"),
    [
        ([], INDEPENDENCE),
        ([Mention(AGAIN, ELSEWHERE, NOON - timedelta(days=9))], 0),  # the same message
        ([Mention(SAID, HERE, NOON - ONE_SITTING + timedelta(seconds=1))], 0),
        ([Mention(SAID, HERE, NOON + ONE_SITTING - timedelta(seconds=1))], 0),
        ([Mention(SAID, HERE, NOON - ONE_SITTING)], INDEPENDENCE),
        ([Mention(SAID, ELSEWHERE, NOON)], INDEPENDENCE),
        ([Mention(SAID, ELSEWHERE, NOON), Mention(new_id(), HERE, NOON)], 0),
    ],
)
def test_one_source_repeating_itself_is_no_second_witness(
    earlier: list[Mention], weight: float
) -> None:
    assert independence(Mention(AGAIN, HERE, NOON), earlier) == weight


def test_the_rule_by_example() -> None:
    assert reinforced_confidence(0.8, 0.8) == pytest.approx(0.88)
    assert reinforced_confidence(0.5, 1.0) == 0.75
    assert reinforced_confidence(0.5, 0.0) == 0.5
