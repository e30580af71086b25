"""What changes memory asks the database as often for much as for little: for a long batch of messages as for
a short one, for a message that many facts rest on as for one that few do."""

from collections.abc import Awaitable, Callable, Sequence

import pytest

from backend.conversation.editing import edit_message
from backend.memory.forgetting import forget_memory, forget_message, forget_pair
from backend.memory.formation import form_memory
from backend.models import Conversation
from backend.models.candidate import Candidate, Transcript
from bench.endpoints.counting import counted
from tests.support.doubles import ScriptedExtractor
from tests.support.system import System

FEW, MANY = 2, 8

Change = Callable[[], Awaitable[object]]


def each_sentence(transcript: Transcript) -> Sequence[Candidate]:
    """`Boat 3 is red.` says what holds of a boat: each has one colour."""
    return [
        Candidate(
            content=f"The user's {sentence.strip()}.",
            confidence=0.9,
            source_message_ids=(line.message_id,),
            attribute=" ".join(sentence.split()[:2]),
        )
        for line in transcript.lines
        if line.sender_type == "user"
        for sentence in line.content.rstrip(".").split(".")
    ]


def boats(count: int, colour: str) -> list[str]:
    return [f"Boat {number} is {colour}." for number in range(count)]


async def form(system: System, conversation: Conversation) -> None:
    await form_memory(
        system.memory, ScriptedExtractor(each_sentence), conversation.id, threshold=0.7
    )


async def forming(system: System, count: int) -> Change:
    """A batch in which some is said again, some contradicts what is known, and some is new."""
    conversation = await system.introduce()
    await system.say(conversation, " ".join(boats(2 * count, "red")))
    await form(system, conversation)
    await system.say(conversation, *boats(count, "red"))
    await system.say(conversation, *boats(2 * count, "blue")[count:])
    await system.say(conversation, *boats(3 * count, "red")[2 * count :])
    return lambda: form(system, conversation)


async def editing(system: System, count: int) -> Change:
    """A message that so many facts rest on, each of which took the place of another."""
    conversation = await system.introduce()
    await system.say(conversation, " ".join(boats(count, "red")))
    await form(system, conversation)
    [said] = await system.say(conversation, " ".join(boats(count, "blue")))
    await form(system, conversation)
    user_id = conversation.user_id
    return lambda: edit_message(system.memory, user_id, said.id, "Nothing.", longest=100)


async def deleting(system: System, count: int) -> Change:
    """The same, and the character says each of them again."""
    conversation = await system.introduce()
    await system.say(conversation, " ".join(boats(count, "red")))
    await form(system, conversation)
    [said] = await system.say(conversation, " ".join(boats(count, "blue")))
    await system.say(conversation, *boats(count, "blue"), sender_type="character")
    await form(system, conversation)
    return lambda: forget_message(system.memory, conversation.user_id, said.id)


async def forgetting(system: System, count: int) -> Change:
    """A fact that so many messages say."""
    conversation = await system.introduce()
    await system.say(conversation, *["Boat 1 is red."] * count)
    await system.say(conversation, *["Boat 1 is red."] * count, sender_type="character")
    await form(system, conversation)
    [fact] = await system.memories(conversation.owner)
    return lambda: forget_memory(system.memory, conversation.owner, fact.id)


async def forgetting_all(system: System, count: int) -> Change:
    """So many conversations."""
    first = await system.introduce()
    async with system.store.transaction() as tx:
        both = await tx.characters.with_user(first.owner)
    assert both is not None
    character, user = both
    for number in range(count):
        conversation = await system.introduce(user, character)
        await system.say(conversation, f"Boat {number} is red.")
        await form(system, conversation)
    return lambda: forget_pair(system.memory, first.owner)


@pytest.mark.parametrize(
    ("prepare", "most"),
    [(forming, 21), (editing, 31), (deleting, 35), (forgetting, 18), (forgetting_all, 12)],
)
async def test_much_is_changed_by_as_many_statements_as_little(
    system: System, prepare: Callable[[System, int], Awaitable[Change]], most: int
) -> None:
    made = {}
    for count in (FEW, MANY):
        change = await prepare(system, count)
        with counted() as statements:
            await change()
            made[count] = list(statements)

    assert len(made[MANY]) == len(made[FEW]) <= most, "\n".join(made[MANY])
