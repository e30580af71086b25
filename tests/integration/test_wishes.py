"""Asking in the talk itself to have something forgotten."""

from collections.abc import Sequence

import pytest

from backend.adapters.in_memory.language_model import ScriptedModel
from backend.adapters.llm.offline import OfflineCompanion, OfflineExtractor
from backend.adapters.llm.offline.careful import IN_A_CRISIS
from backend.adapters.llm.offline.forgetting import FORGETTING
from backend.conversation.editing import edit_message
from backend.memory.formation import form_memory
from backend.models import Conversation, Message, ReplyContext
from backend.models.candidate import Candidate, Transcript
from backend.ports import LanguageModel
from tests.support.doubles import ScriptedExtractor
from tests.support.records import a_memory
from tests.support.residue import tables_with
from tests.support.system import System
from tests.support.turns import answered


def names_of_pets(transcript: Transcript) -> Sequence[Candidate]:
    return [
        Candidate(line.content.replace("My", "The user's"), (line.message_id,))
        for line in transcript.lines
        if line.sender_type == "user" and "called" in line.content
    ]


async def form(system: System, conversation: Conversation) -> None:
    extractor = ScriptedExtractor(names_of_pets)
    await form_memory(system.memory, extractor, conversation.id, threshold=0)


async def talk(
    system: System, conversation: Conversation, model: LanguageModel, *contents: str
) -> list[Message]:
    """Turns, formed after each; the replies."""
    replies = []
    for content in contents:
        replies.append(await answered(system, system.turns(model), conversation, content))
        await form(system, conversation)
    return replies


async def facts(system: System, conversation: Conversation) -> list[str]:
    return [memory.content for memory in await system.memories(conversation.owner)]


async def context_of(system: System, reply: Message) -> ReplyContext:
    async with system.store.transaction() as tx:
        context = await tx.contexts.get(reply.id)
    assert context is not None
    return context


TOLD = ("My dog is called Biscuit.", "My cat is called Pixel.")


async def test_it_is_forgotten_after_a_yes_and_not_before(edge_system: System) -> None:
    system = edge_system
    conversation = await system.introduce()
    echo = "So your dog is called Biscuit."
    model = ScriptedModel([echo, "Nice.", "Are you sure?", "It is gone."])
    *_, asked = await talk(
        system, conversation, model, *TOLD, "Please forget that my dog is called Biscuit."
    )
    known = await system.memories(conversation.owner)
    [dog] = [memory for memory in known if "Biscuit" in memory.content]
    state = (await context_of(system, asked)).state
    assert state["lastUserIntent"] == "forget"
    assert str(dog.id) in state["forget"]
    assert "FORGETTING" in model.prompts[-1].situation
    assert model.prompts[-1].forgetting == "asked"
    assert len(known) == 2

    await talk(system, conversation, model, "Yes, please.")

    assert model.prompts[-1].forgetting == "done"
    assert await facts(system, conversation) == ["The user's cat is called Pixel."]
    recalled = await system.recalled(conversation.owner, "dog Biscuit", floors=False)
    assert not [text for text in recalled if "Biscuit" in text]
    assert not [line for line in model.prompts[-1].history if "Biscuit" in line.content]
    # What was said, the request too, stands in the transcript and there alone.
    assert await tables_with(system, "Biscuit") == []


@pytest.mark.parametrize(
    ("answer", "stage"),
    [("no, wait", "kept"), ("What do you think of rain?", ""), ("Yes, but wait.", "kept")],
)
async def test_without_a_clear_yes_nothing_is_forgotten(
    system: System, answer: str, stage: str
) -> None:
    conversation = await system.introduce()
    model = ScriptedModel(["Nice.", "Nice.", "Are you sure?", "As you like.", "Hm."])

    await talk(
        system,
        conversation,
        model,
        *TOLD,
        "Forget what I said about my dog Biscuit.",
        answer,
        "Yes.",
    )

    assert len(await facts(system, conversation)) == 2
    assert [prompt.forgetting for prompt in model.prompts] == ["", "", "asked", stage, ""]


@pytest.mark.parametrize("status", ["unsure", "superseded"])
async def test_what_is_in_question_or_no_longer_so_can_be_forgotten_too(
    system: System, status: str
) -> None:
    conversation = await system.introduce()
    held = a_memory(conversation.owner, "The user lives in Porto.")
    link = {"questions": held.id} if status == "unsure" else {"superseded_by": held.id}
    other = a_memory(conversation.owner, "The user lives in Lisbon.", status=status, **link)
    await system.keep(held)
    await system.keep(other)

    await talk(
        system,
        conversation,
        ScriptedModel(lambda _: "Hm."),
        "Please forget that I live in Lisbon.",
        "Yes.",
    )

    assert await facts(system, conversation) == ["The user lives in Porto."]


async def test_that_means_what_was_said_just_before(system: System) -> None:
    conversation = await system.introduce()
    model = ScriptedModel(lambda _: "Hm.")

    await talk(system, conversation, model, *TOLD, "Please forget that.", "Go ahead.")

    assert await facts(system, conversation) == ["The user's dog is called Biscuit."]


async def test_what_was_not_formed_yet_is_forgotten_too(system: System) -> None:
    conversation = await system.introduce()
    model = ScriptedModel(lambda _: "Hm.")
    told = [
        "Tea with Clara, who is called Clara.",
        "Please forget what I said about Clara.",
        "Yes.",
    ]
    for content in told:
        await answered(system, system.turns(model), conversation, content)

    await form(system, conversation)

    assert await facts(system, conversation) == []
    episodes = await system.memories(conversation.owner, kind="episode")
    assert not [memory for memory in episodes if "Clara" in memory.content + memory.index_text]


async def test_a_yes_to_a_request_that_was_changed_since_forgets_nothing(system: System) -> None:
    conversation = await system.introduce()
    model = ScriptedModel(lambda _: "Hm.")
    [*_, asked] = await talk(system, conversation, model, *TOLD, "Please forget my dog Biscuit.")
    assert asked.reply_to is not None
    await edit_message(
        system.memory, conversation.user_id, asked.reply_to, "How is Biscuit?", longest=2000
    )

    await talk(system, conversation, model, "Yes.")

    assert len(await facts(system, conversation)) == 2


async def test_a_request_in_words_of_one_s_own_goes_with_what_it_was_about(system: System) -> None:
    conversation = await system.introduce()
    model = ScriptedModel(lambda _: "Hm.")
    told = ["My sister is called Clara.", "Please forget what I just said.", "Yes."]
    [*_, done] = await talk(system, conversation, model, *told)

    assert [line.content for line in model.prompts[-1].history] == ["Hm.", "Hm."]
    context = await context_of(system, done)
    assert [item["content"] for item in context.recent_messages] == ["Hm.", "Hm.", "Yes."]


async def test_what_isn_t_known_needs_no_yes(system: System) -> None:
    conversation = await system.introduce()
    model = ScriptedModel(lambda _: "Hm.")

    [reply] = await talk(system, conversation, model, "Please forget that my horse is called Gus.")

    assert model.prompts[-1].forgetting == "unknown"
    assert "forget" not in (await context_of(system, reply)).state
    assert await system.memories(conversation.owner, kind="episode")
    assert "memory" not in await tables_with(system, "Gus")


async def test_the_offline_companion_asks_and_tells(system: System) -> None:
    conversation = await system.introduce()

    *_, asked, done = await talk(
        system, conversation, OfflineCompanion(), TOLD[0], "Please forget my dog Biscuit.", "Yes."
    )

    assert "yes" in asked.content.lower()
    assert "Biscuit" not in asked.content + done.content
    assert await facts(system, conversation) == []


async def test_a_topic_goes_with_all_that_was_said_of_it(system: System) -> None:
    conversation = await system.introduce()
    told = ("My sister is called Clara.", "Clara came over for tea.", TOLD[1])

    await talk(
        system, conversation, ScriptedModel(lambda _: "Hm."), *told, "forget about Clara", "yep"
    )

    assert await facts(system, conversation) == ["The user's cat is called Pixel."]
    assert "memory" not in await tables_with(system, "Clara")


async def test_everything_goes_after_a_yes_and_the_talk_stays(edge_system: System) -> None:
    system = edge_system
    conversation = await system.introduce()
    model = ScriptedModel(lambda _: "Hm.")
    *_, asked = await talk(
        system, conversation, model, *TOLD, "forget everything you know about me"
    )
    count = (await context_of(system, asked)).state["forgetEverything"]
    assert count == 6  # two facts, and two episodes of each turn
    assert (model.prompts[-1].forgetting, model.prompts[-1].to_forget) == ("asked_all", count)
    assert f"{count} memories" in model.prompts[-1].situation
    assert len(await facts(system, conversation)) == 2

    await talk(system, conversation, model, "y", "Who is my dog?")

    assert [prompt.forgetting for prompt in model.prompts[-2:]] == ["done_all", ""]
    assert await facts(system, conversation) == []
    assert not [line for line in model.prompts[-1].history if "Biscuit" in line.content]
    # Said in the transcript, and kept nowhere else.
    assert await tables_with(system, "Biscuit") == []


@pytest.mark.parametrize(
    ("language", "fact", "asked", "yes"),
    [
        ("de", "The user lives in Berlin.", "Vergiss, dass ich in Berlin wohne", "ja"),
        ("es", "The user's dog is called Rex.", "olvida a mi perro", "sí"),
        ("fr", "The user's dog is called Rex.", "oublie mon chien, s'il te plaît", "oui"),
    ],
)
async def test_it_is_asked_and_told_in_the_language_of_the_talk(
    system: System, language: str, fact: str, asked: str, yes: str
) -> None:
    conversation = await system.introduce()
    await system.keep(a_memory(conversation.owner, fact))

    question, done = await talk(system, conversation, OfflineCompanion(), asked, yes)

    assert await facts(system, conversation) == []
    assert question.content in FORGETTING[language]["asked"]
    assert done.content in FORGETTING[language]["done"]


KIN = (
    "My sister is called Sofia.",
    "my sister is 13 months old",
    "my sister-in-law is 40 years old",
    "My brother plays chess.",
)


async def test_somebody_named_goes_with_what_is_known_of_them_without_the_name(
    system: System,
) -> None:
    conversation = await system.introduce()
    turns = system.turns(OfflineCompanion())
    for content in (*KIN, "forget about Sofia", "yes"):
        await answered(system, turns, conversation, content)
        await form_memory(system.memory, OfflineExtractor(), conversation.id, threshold=0.7)

    left = await facts(system, conversation)
    assert not [fact for fact in left if "Sofia" in fact or "13 months" in fact]
    assert [fact for fact in left if "chess" in fact]
    episodes = [
        memory.content for memory in await system.memories(conversation.owner, kind="episode")
    ]
    assert KIN[1] not in episodes
    assert set(KIN[2:]) <= set(episodes)


async def test_of_two_sisters_only_the_one_by_name_goes(system: System) -> None:
    conversation = await system.introduce()
    turns = system.turns(OfflineCompanion())
    for content in (*KIN[:2], "My sister Eva is a cook.", "forget about Sofia", "yes"):
        await answered(system, turns, conversation, content)
        await form_memory(system.memory, OfflineExtractor(), conversation.id, threshold=0.7)

    left = await facts(system, conversation)
    assert not [fact for fact in left if "Sofia" in fact]
    assert [fact for fact in left if "13 months" in fact]


async def said_and_formed(
    system: System, conversation: Conversation, *contents: str
) -> list[Message]:
    """Turns with the offline companion, formed after each; the replies."""
    replies = []
    for content in contents:
        replies.append(
            await answered(system, system.turns(OfflineCompanion()), conversation, content)
        )
        await form_memory(system.memory, OfflineExtractor(), conversation.id, threshold=0)
    return replies


@pytest.mark.parametrize(
    ("told", "asked", "left"),
    [
        ("I'm gay|my brother is gay", "forget that I'm gay", "The user's brother is gay."),
        (
            "I'm pregnant and my brother lives in Rome",
            "forget that I'm pregnant",
            "The user's brother lives in Rome.",
        ),
        ("I'm diabetic|I have a sick dog", "forget I have diabetes", "The user has a sick dog."),
        ("I have asthma|my son has asthma", "forget my illness", "The user's son has asthma."),
        (
            "I live in Bath|my mum lives in Rome",
            "please forget my address",
            "The user's mother lives in Rome.",
        ),
        ("I'm allergic to nuts|I like nuts", "forget my nut allergy", "The user likes nuts."),
        (
            "my friend Eva is a cook|my sister Eva is a vet",
            "forget my sister Eva",
            "The user's friend Eva works as a cook.|The user's friend is called Eva.",
        ),
        ("I work at KLM", "forget what I said about KLM, none of it was true", ""),
        ("I have depression", "forget that I have depression", ""),
        ("I'm Muslim", "forget that I'm Muslim", ""),
    ],
)
async def test_what_was_put_otherwise_goes_and_what_is_of_others_stays(
    system: System, told: str, asked: str, left: str
) -> None:
    conversation = await system.introduce()

    *_, question, done = await said_and_formed(system, conversation, *told.split("|"), asked, "yes")

    assert question.content in FORGETTING["en"]["asked"]
    assert done.content in FORGETTING["en"]["done"]
    assert sorted(await facts(system, conversation)) == sorted(filter(None, left.split("|")))


async def test_what_is_drawn_from_it_while_it_is_asked_goes_too(system: System) -> None:
    conversation = await system.introduce()
    turns = system.turns(OfflineCompanion())
    for content in ("I'm pregnant", "forget that I'm pregnant"):
        await answered(system, turns, conversation, content)
    await form_memory(system.memory, OfflineExtractor(), conversation.id, threshold=0)
    assert await facts(system, conversation) == ["The user is expecting a baby."]

    await said_and_formed(system, conversation, "yes")

    assert await facts(system, conversation) == []


async def test_a_request_that_names_self_harm_of_the_past_is_heard_and_help_is_shown(
    system: System,
) -> None:
    conversation = await system.introduce()

    _, question, done = await said_and_formed(
        system, conversation, "I used to cut myself", "forget that I used to cut myself", "yes"
    )

    assert question.content in FORGETTING["en"]["asked"]
    assert (await context_of(system, question)).decision["crisisNotice"]
    assert done.content in FORGETTING["en"]["done"]
    assert await facts(system, conversation) == []


@pytest.mark.parametrize(
    "asked",
    [
        "please forget me, I want to die",
        "forget that I want to die",
        "forget where I work. I want to kill myself",
    ],
)
async def test_who_is_in_a_crisis_gets_help_first(system: System, asked: str) -> None:
    conversation = await system.introduce()

    _, reply, _ = await said_and_formed(system, conversation, "I work at Tesco", asked, "yes")

    context = await context_of(system, reply)
    assert reply.content in IN_A_CRISIS["en"]
    assert context.decision["crisisNotice"]
    assert "forget" not in context.state
    assert await facts(system, conversation) == ["The user works at Tesco."]


async def test_a_request_is_neither_learned_from_nor_told_back(system: System) -> None:
    conversation = await system.introduce()
    asked = ("forget my sister Mia", "forget who I voted for", "who did I vote for?")

    *_, reply = await said_and_formed(system, conversation, *asked)

    assert await facts(system, conversation) == []
    assert "forget" not in reply.content
    episodes = await system.memories(conversation.owner, kind="episode")
    assert not [each for each in episodes if each.content in asked[:2]]
