"""What the offline companion tells of whom, from the window and in a later conversation."""

from collections.abc import Sequence

import pytest

from backend.adapters.llm.offline import OfflineCompanion, OfflineExtractor
from backend.memory.formation import form_memory
from backend.models import Conversation
from tests.support.system import System
from tests.support.turns import answered


async def said(system: System, conversation: Conversation, *contents: str) -> str:
    """Say these to the offline companion, formed after each; the last reply."""
    reply = ""
    for content in contents:
        reply = (
            await answered(system, system.turns(OfflineCompanion()), conversation, content)
        ).content
        await form_memory(system.memory, OfflineExtractor(), conversation.id, threshold=0.7)
    return reply


async def answers(system: System, told: Sequence[str], question: str) -> tuple[str, str]:
    """The answer in the conversation in which it was told, and in another."""
    conversation = await system.introduce()
    await said(system, conversation, *told)
    async with system.store.transaction() as tx:
        user, character, _ = await tx.conversations.participants(conversation.owner)
    later = await system.introduce(user, character)
    return await said(system, conversation, question), await said(system, later, question)


@pytest.mark.parametrize(
    ("told", "question", "answer"),
    [
        (
            ("my sister Anna lives in Rome", "my sister moved to York"),
            "where does Anna live?",
            "York",
        ),
        (
            ("my sister Anna lives in Rome", "my sister moved to York"),
            "where did Anna live before?",
            "Rome",
        ),
        (("I live in Hamburg", "I moved to Berlin"), "where did I live before?", "Hamburg"),
        (("I live in Glasgow", "I used to live in Dundee"), "where do I live?", "Glasgow"),
        (("I work at Asda", "I used to work at Tesco"), "where did I use to work?", "Tesco"),
        (("my brother Ted is a doctor",), "what does Ted do?", "works as a doctor"),
        (("my brother Ted is a doctor",), "who is Ted?", "Your brother is called Ted."),
        (("I have a beagle called Rex",), "what's my dog's name?", "a beagle called Rex"),
    ],
)
async def test_it_tells_what_holds_of_the_one_that_is_meant(
    system: System, told: Sequence[str], question: str, answer: str
) -> None:
    for reply in await answers(system, told, question):
        assert answer in reply


@pytest.mark.parametrize(
    ("told", "question", "of_another"),
    [
        ("my wife Hanna works as a midwife", "where do I work?", "midwife"),
        ("my mother-in-law Ulla is 84", "how old is my mother?", "84"),
        ("my boss Karin is pregnant", "am I pregnant?", "Karin"),
        ("my son Emil is 12", "how old am I?", "12"),
    ],
)
async def test_it_never_answers_by_somebody_else(
    system: System, told: str, question: str, of_another: str
) -> None:
    for reply in await answers(system, [told], question):
        assert of_another not in reply
