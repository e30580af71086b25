"""What was a lie, and what has changed: it is told no longer as what holds, and holds again when the words
that said so are edited or deleted."""

from collections.abc import Sequence

import pytest

from backend.adapters.in_memory.language_model import ScriptedModel
from backend.adapters.llm.offline import OfflineCompanion, OfflineExtractor
from backend.conversation.editing import edit_message
from backend.memory.forgetting import forget_message
from backend.memory.formation import form_memory
from backend.models import Conversation, Message
from tests.support.system import System
from tests.support.turns import answered

HORSES = "i have two horses"
BOTH = pytest.mark.parametrize("each", [True, False], ids=["formed after each", "formed at once"])


async def form(system: System, conversation: Conversation) -> None:
    await form_memory(system.memory, OfflineExtractor(), conversation.id, threshold=0.7)


async def told(
    system: System, conversation: Conversation, *contents: str, each: bool = False
) -> list[Message]:
    """Say these to the offline companion and form them, after `each` or at once; the replies."""
    replies = []
    for content in contents:
        turns = system.turns(OfflineCompanion())
        replies.append(await answered(system, turns, conversation, content))
        if each:
            await form(system, conversation)
    await form(system, conversation)
    return replies


async def later(system: System, conversation: Conversation) -> Conversation:
    """Another conversation of the two."""
    async with system.store.transaction() as tx:
        user, character, _ = await tx.conversations.participants(conversation.owner)
    return await system.introduce(user, character)


async def recollected(
    system: System, conversation: Conversation, question: str
) -> tuple[str, Sequence[str]]:
    """What the companion answers in another conversation, and the memories that the prompt shows."""
    heard = ScriptedModel(lambda _: "Hm.")
    await answered(system, system.turns(heard), await later(system, conversation), question)
    [prompt] = heard.prompts
    [reply] = await told(system, await later(system, conversation), question)
    return reply.content, prompt.memories


async def active(system: System, conversation: Conversation, kind: str = "fact") -> list[str]:
    memories = await system.memories(conversation.owner, kind=kind)
    return [memory.content for memory in memories if memory.status == "active"]


@BOTH
async def test_a_lie_is_told_no_more(system: System, each: bool) -> None:
    conversation = await system.introduce()
    replies = await told(system, conversation, "hello there", HORSES, "that was a lie", each=each)

    assert HORSES in replies[-1].content
    assert await active(system, conversation) == []
    answer, shown = await recollected(system, conversation, "How many horses do I have?")
    assert "two horses" not in answer
    assert not [line for line in shown if "Ada: " in line and "two horses" in line]
    episodes = await system.memories(conversation.owner, kind="episode")
    [lie] = [memory for memory in episodes if memory.content == HORSES]
    [confession] = [memory for memory in episodes if memory.content == "that was a lie"]
    assert (lie.status, lie.superseded_by) == ("superseded", confession.id)
    assert lie.valid_to
    async with system.store.transaction() as tx:
        histories = await tx.histories.of_each([lie.id])
        transcript = await tx.messages.page(conversation.id, limit=10)
    assert [line.action for line in histories[lie.id]] == ["superseded"]
    assert HORSES in [message.content for message in transcript]


@BOTH
@pytest.mark.parametrize("by", ["edit", "delete"])
async def test_it_holds_again_without_the_words_that_took_it_back(
    system: System, each: bool, by: str
) -> None:
    conversation = await system.introduce()
    *_, confessed = await told(system, conversation, HORSES, "that was a lie", each=each)
    assert confessed.reply_to

    if by == "edit":
        await edit_message(
            system.memory, conversation.user_id, confessed.reply_to, "they eat a lot", longest=2000
        )
    else:
        await forget_message(system.memory, conversation.user_id, confessed.reply_to)
    await form(system, conversation)

    assert await active(system, conversation) == ["The user has two horses."]
    assert HORSES in await active(system, conversation, "episode")
    answer, _ = await recollected(system, conversation, "How many horses do I have?")
    assert "two horses" in answer


async def test_a_lie_that_was_put_right_itself_is_remembered_as_it_says_now(system: System) -> None:
    conversation = await system.introduce()
    lied, _ = await told(system, conversation, HORSES, "that was a lie")
    assert lied.reply_to

    await edit_message(
        system.memory, conversation.user_id, lied.reply_to, "I live in Porto", longest=2000
    )
    await form(system, conversation)

    assert await active(system, conversation) == ["The user lives in Porto."]
    assert "I live in Porto" in await active(system, conversation, "episode")


async def test_what_a_lie_had_changed_is_so_again_and_makes_way_once_more(system: System) -> None:
    conversation = await system.introduce()
    *_, confessed = await told(
        system, conversation, "I live in Porto", "I live in Rome now", "just kidding", each=True
    )
    assert confessed.reply_to
    assert await active(system, conversation) == ["The user lives in Porto."]

    await forget_message(system.memory, conversation.user_id, confessed.reply_to)
    await form(system, conversation)

    assert await active(system, conversation) == ["The user lives in Rome."]


@pytest.mark.parametrize(
    "said", [("How are you today?", "I made that up"), ("thanks!", "that was a lie")]
)
async def test_nothing_is_taken_back_where_it_can_t_be_told_what(
    system: System, said: tuple[str, str]
) -> None:
    conversation = await system.introduce()
    await told(system, conversation, "I live in Porto.")
    another = await later(system, conversation)

    *_, asked = await told(system, another, *said)

    assert "?" in asked.content
    assert await active(system, conversation) == ["The user lives in Porto."]
    assert "I live in Porto." in await active(system, conversation, "episode")


async def test_it_asks_which_and_puts_that_right(system: System) -> None:
    conversation = await system.introduce()
    await told(system, conversation, "I have two horses.", "I live in Porto.")
    another = await later(system, conversation)

    *_, answer = await told(system, another, "that was a lie", "the horses", each=True)

    assert "not true" in answer.content
    facts = await active(system, conversation)
    assert "The user has two horses." not in facts
    assert "The user lives in Porto." in facts


async def test_who_never_was_hates_nothing(system: System) -> None:
    conversation = await system.introduce()
    await told(system, conversation, "My brother Tim hates coffee", "I never had a brother")

    assert await active(system, conversation) == ["The user never had a brother."]


@pytest.mark.parametrize(
    ("was", "is_now", "no_longer", "holds"),
    [
        (
            "My sister Hanna lives in Leeds",
            "Hanna moved to York",
            "The user's sister Hanna lives in Leeds.",
            "Hanna moved to York.",
        ),
        (
            "I have a cat called Tofu",
            "we gave Tofu away",
            "The user has a cat called Tofu.",
            "The user gave Tofu away.",
        ),
        (
            "I work at Siemens",
            "I work at Bosch now",
            "The user works at Siemens.",
            "The user works at Bosch.",
        ),
        (
            "I'm a nurse at St Mary's",
            "now a school nurse",
            "The user works as a nurse.",
            "The user works as a school nurse.",
        ),
    ],
)
async def test_what_has_changed_is_shown_as_no_longer_so_with_what_is_now(
    system: System, was: str, is_now: str, no_longer: str, holds: str
) -> None:
    conversation = await system.introduce()
    await told(system, conversation, was)
    await told(system, await later(system, conversation), is_now)

    [old] = [
        each for each in await system.memories(conversation.owner) if each.content == no_longer
    ]
    assert old.status == "superseded"
    assert old.valid_to
    assert holds in await active(system, conversation)
    _, shown = await recollected(system, conversation, f"Remember? {was}")
    [said] = [line for line in shown if f": {was}" in line]
    assert said.endswith(f"{was} (no longer so: {no_longer} Since then: {holds})")


@pytest.mark.parametrize(
    ("was", "is_now", "still"),
    [
        ("I have a cat called Tofu", "we gave Tofu away to be groomed", "cat called Tofu"),
        ("My cat is called Misu", "I don't have a cat at home right now", "Misu"),
        ("My brother is called Tim", "I never had a brother who'd listen", "Tim"),
        ("My boyfriend is called Marco", "Marco and I split the bill", "Marco"),
        ("I work as a baker", "I quit smoking", "baker"),
    ],
)
async def test_what_only_sounds_like_an_end_changes_nothing(
    system: System, was: str, is_now: str, still: str
) -> None:
    conversation = await system.introduce()
    await told(system, conversation, was, is_now)

    assert [fact for fact in await active(system, conversation) if still in fact]
    assert was in await active(system, conversation, "episode")


async def test_the_chain_of_changes_is_followed_to_what_holds(system: System) -> None:
    conversation = await system.introduce()
    homes = ("I live in Porto", "I live in Rome now", "I live in Oslo now")
    await told(system, conversation, *homes, each=True)

    found = await system.recall(
        conversation.owner, "Where do I live? Porto Rome Oslo", floors=False
    )
    since = {
        item.memory.content: [each.instead and each.instead.content for each in item.outdated]
        for item in found.memories
        if item.memory.kind == "episode" and item.memory.about == "user"
    }
    assert since == {
        homes[0]: ["The user lives in Oslo."],
        homes[1]: ["The user lives in Oslo."],
        homes[2]: [],
    }


async def test_what_is_so_again_is_not_outdated(system: System) -> None:
    conversation = await system.introduce()
    homes = ("I live in Porto", "I live in Rome now", "I live in Porto again")
    await told(system, conversation, *homes, each=True)

    found = await system.recall(conversation.owner, "Where do I live? Porto", floors=False)
    [first] = [item for item in found.memories if item.memory.content == homes[0]]
    assert first.outdated == ()


@BOTH
@pytest.mark.parametrize(
    ("was", "said", "gone"),
    [
        (
            "My brother Neil lives in Dubai",
            "my brother doesn't live in Dubai, I was winding you up",
            "The user's brother Neil lives in Dubai.",
        ),
        ("I grew up in Kenya", "I didn't grow up in Kenya, I made that up", "grew up in Kenya"),
        ("I won a medal", "haha no I didn't", "won a medal"),
        ("My daughter Ivy is 6", "Ivy isn't my daughter, she's my niece", "daughter Ivy is"),
        ("I'm a pilot for KLM", "I lied about my job", "works at KLM"),
        (
            "My uncle owns a hotel",
            "I told you my uncle owns a hotel. He doesn't",
            "The user's uncle",
        ),
    ],
)
async def test_what_was_not_so_holds_no_more(
    system: System, each: bool, was: str, said: str, gone: str
) -> None:
    conversation = await system.introduce()
    await told(system, conversation, was, said, each=each)

    facts = [fact for fact in await active(system, conversation) if " not " not in fact]
    assert not [fact for fact in facts if gone in fact]


@pytest.mark.parametrize(
    ("was", "is_now", "gone"),
    [
        ("I work at Aviva", "so I quit today. handed in my notice at Aviva", "works at Aviva"),
        ("I work as a teacher", "I don't teach any more", "works as a teacher"),
        ("My dad has cancer", "dad is cancer free!!", "father has cancer"),
        ("My son Max is 9", "Max turned 10 yesterday", "9 years old"),
    ],
)
async def test_what_is_over_is_over_in_another_conversation_too(
    system: System, was: str, is_now: str, gone: str
) -> None:
    conversation = await system.introduce()
    await told(system, conversation, was)
    assert [fact for fact in await active(system, conversation) if gone in fact]

    await told(system, await later(system, conversation), is_now)

    assert not [fact for fact in await active(system, conversation) if gone in fact]


@pytest.mark.parametrize(
    ("was", "said", "still"),
    [
        ("My mum is a baker", "my boss said we'd get a raise, that was a lie", "baker"),
        ("I play chess", "politicians say everything is fine, that's a lie", "chess"),
        ("I'm a pilot for KLM", "I've left my job keys at home", "KLM"),
        ("I live in Bonn", "everything I told you was a lie", "Bonn"),
    ],
)
async def test_what_others_told_or_what_is_asked_about_takes_nothing_back(
    system: System, was: str, said: str, still: str
) -> None:
    conversation = await system.introduce()
    await told(system, conversation, was, said)

    assert [fact for fact in await active(system, conversation) if still in fact]
    assert was in await active(system, conversation, "episode")
