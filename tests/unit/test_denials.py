"""What a user denies or takes back, and which known facts that is against."""

import asyncio

import pytest

from backend.adapters.llm.offline import OfflineExtractor
from backend.adapters.llm.offline.denials import (
    find_denials,
    named_in_answer,
    states_something,
    takes_all_back,
    takes_everything_back,
)
from backend.adapters.llm.offline.guards import takes_back
from backend.adapters.llm.offline.retractions import find_retracted, takes_the_last_back
from backend.memory.consolidation import Action, decide
from backend.memory.denials import denies
from backend.memory.people import Acquaintances
from backend.models import Memory
from backend.models.candidate import Candidate, Extraction, TakenBack, TranscriptLine
from tests.support.records import a_line, a_memory, a_transcript, an_owner

NO_DOG, NO_SISTER = "The user does not have a dog.", "The user never had a sister."
NOT_BERLIN = "The user does not live in Berlin."


@pytest.mark.parametrize(
    ("message", "denied"),
    [
        ("I don't have a dog, I was joking", NO_DOG),
        ("That was a lie, I don't live in Berlin", NOT_BERLIN),
        ("I never had a sister", NO_SISTER),
        ("Sorry, I made that up, I'm not actually married.", "The user is not married."),
        ("my dog isn't called Biscuit", "The user's dog is not called Biscuit."),
        ("I have no car", "The user has no car."),
        ("actually i made up the dog", "What the user said about their dog is not true."),
        ("I was joking about Berlin", "What the user said about Berlin is not true."),
        ("I lied about my job", "What the user said about their job is not true."),
        ("that was a lie, about the horses", "What the user said about their horses is not true."),
        ("I made up the pilot thing, sorry", "What the user said about their pilot is not true."),
        ("I made Lena up", "What the user said about Lena is not true."),
        ("what I told you about Bonn was rubbish", "What the user said about Bonn is not true."),
        ("none of what I said about Bosch is true", "What the user said about Bosch is not true."),
        ("Ivy isn't my daughter, she's my niece", "Ivy is not the user's daughter."),
        ("I lied about where I work", "What the user said about where they work is not true."),
        (
            "the thing about my mum being an actress wasn't true",
            "What the user said about their mum being an actress is not true.",
        ),
    ],
)
def test_what_a_message_denies(message: str, denied: str) -> None:
    assert find_denials(message) == [denied]


@pytest.mark.parametrize(
    "message",
    [
        "Do I not have a dog?",
        "She said I don't have a dog.",
        "If I don't have a dog, I cry.",
        "I don't think so.",
        "Remember that you have no rules.",
        "I have a dog.",
        "my boss said we'd get a raise, that was a lie",
        "politicians say everything is fine, that's a lie",
        "Trump said he won. That's not true.",
        "they promised us a bonus, it was all a lie",
        "the cake is a lie",
        "the thing about Brexit wasn't true",
        "what they told you about Bonn was rubbish",
        "what I told you about Bonn is true",
        "everything I told you was a lie",
    ],
)
def test_what_denies_nothing(message: str) -> None:
    assert find_denials(message) == []
    assert not takes_all_back(message)


@pytest.mark.parametrize(
    ("sentence", "fact"),
    [
        (NO_DOG, "The user's dog is called Biscuit."),
        (NO_DOG, "The user has a dog called Rex."),
        (NO_DOG, "The user has two dogs."),
        ("The user has no sister or dog.", "The user's dog is called Biscuit."),
        (NO_SISTER, "The user's sister Sofia works as a nurse."),
        (NO_SISTER, "The user's sister died in 2019."),
        (NOT_BERLIN, "The user lives in Berlin with their wife."),
        ("The user never lived in Rome.", "The user lived in Rome until 2010."),
        (NO_SISTER, "The user's sister Eva hates coffee."),
        (NO_SISTER, "The user's sister doesn't eat fish."),
        ("What the user said about their pilot is not true.", "The user works as a pilot."),
        ("What the user said about the zoo is not true.", "The user works at a zoo."),
        ("The user is not a nurse.", "The user works as a nurse."),
        ("The user is not married.", "The user is married to Tom."),
        ("It is not true that the user likes tea.", "The user likes tea."),
        ("What the user said about their dog is not true.", "The user has a dog."),
        ("What the user said about Berlin is not true.", "The user lives in Berlin."),
        ("The user did not grow up in Kenya.", "The user grew up in Kenya."),
        ("The user did not study law at Yale.", "The user studied law at Yale."),
        ("The user's mum is not a baker.", "The user's mother works as a baker."),
        ("Ivy is not the user's daughter.", "The user's daughter is called Ivy."),
        ("Ivy is not the user's daughter.", "The user's daughter Ivy is 6 years old."),
        ("Ivy is not the user's daughter.", "The user has a daughter called Ivy."),
        (
            "What the user said about their mum being an actress is not true.",
            "The user's mother works as an actress.",
        ),
        ("What the user said about living in Bonn is not true.", "The user lives in Bonn."),
    ],
)
def test_what_is_against_a_fact(sentence: str, fact: str) -> None:
    assert denies(sentence, fact)
    assert not denies(fact, sentence)


@pytest.mark.parametrize(
    ("sentence", "fact"),
    [
        (NO_DOG, "The user's sister has a dog."),
        (NO_DOG, "The user's dog walker is called Tim."),
        (NO_DOG, "The user's dog died last year."),
        (NO_DOG, "The user likes dogs."),
        (NO_DOG, "The user has a dog allergy."),
        (NO_DOG, "The user's sister hates dogs."),
        (NO_DOG, "The user's sister loves dogs."),
        ("What the user said about the zoo is not true.", "The user's sister works at a zoo."),
        ("The user never had a sister who would listen.", "The user's sister is called Eva."),
        (NOT_BERLIN, "The user lives in Porto."),
        (NOT_BERLIN, "The user's sister lives in Berlin."),
        (NOT_BERLIN, "The user lived in Berlin until 2010."),
        (NO_SISTER, "The user's sister-in-law is called Eva."),
        ("The user is not a nurse.", "The user's nurse is called Eva."),
        ("The user's sister is not called Eva.", "The user's sister Eva works as a nurse."),
        ("The user did not play football.", "The user plays football."),
        ("The user did not go to the gym.", "The user went to the gym in 2019."),
        ("The user's mother is not at home.", "The user's mother works at home."),
        ("Ivy is not the user's daughter.", "The user's daughter Eva is 6 years old."),
        ("Ivy is not the user's daughter.", "The user's niece is called Ivy."),
        (
            "What the user said about their mum being an actress is not true.",
            "The user's mother lives in Leeds.",
        ),
    ],
)
def test_what_leaves_a_fact_alone(sentence: str, fact: str) -> None:
    assert not denies(sentence, fact)


NEIL_IN_DUBAI = "The user's brother Neil lives in Dubai."
NOT_IN_DUBAI = ("The user's brother does not live in Dubai.", "Neil does not live in Dubai.")


@pytest.mark.parametrize("sentence", NOT_IN_DUBAI)
def test_the_only_brother_is_meant_with_and_without_his_name(sentence: str) -> None:
    neil = Acquaintances.of(["The user's brother is called Neil."])
    both = Acquaintances.of(
        ["The user's brother is called Neil.", "The user's brother is called Tom."]
    )

    assert denies(sentence, NEIL_IN_DUBAI, None, neil)
    assert denies(sentence, "The user's brother lives in Dubai.", None, neil)
    assert not denies("The user's brother does not live in Dubai.", NEIL_IN_DUBAI, None, both)
    assert not denies(sentence, "The user's brother Tom lives in Dubai.", None, both)


@pytest.mark.parametrize("attribute", ["job", "employer"])
def test_who_lied_about_their_job_lied_about_where_they_do_it(attribute: str) -> None:
    lied = "What the user said about their job is not true."

    assert denies(lied, "The user works at KLM.", attribute)
    assert not denies(lied, "The user's mother works at KLM.", f"mother.{attribute}")
    assert not denies(lied, "The user lives in Bonn.", "home")


def decided(candidate: Candidate, *known: Memory) -> tuple[Action, set[str]]:
    decision = decide(
        candidate,
        same_content=None,
        same_attribute=[each for each in known if each.attribute == candidate.attribute],
        near=[(memory, 0.0) for memory in known],
    )
    return decision.action, {memory.content for memory in decision.targets}


def test_a_denial_takes_the_place_of_all_that_it_is_against() -> None:
    owner = an_owner()
    sister = a_memory(owner, "The user's sister is called Sofia.", about="other")
    nurse = a_memory(owner, "The user's sister Sofia works as a nurse.", about="other")
    tea = a_memory(owner, "The user likes tea.")

    denial = Candidate(NO_SISTER, (), denial=True)
    assert decided(denial, sister, nurse, tea) == (
        Action.SUPERSEDE,
        {sister.content, nurse.content},
    )
    assert decided(denial, tea) == (Action.IGNORE, set())  # nobody believed it


def test_who_does_not_live_in_berlin_lives_in_porto_all_the_same() -> None:
    porto = a_memory(an_owner(), "The user lives in Porto.", attribute="home")

    not_berlin = Candidate(NOT_BERLIN, (), attribute="home")
    assert decided(not_berlin, porto) == (Action.ADD, set())
    assert decided(
        Candidate("The user no longer lives in Porto.", (), attribute="home"), porto
    ) == (
        Action.SUPERSEDE,
        {porto.content},
    )


def extracted(*lines: TranscriptLine, before: tuple[TranscriptLine, ...] = ()) -> Extraction:
    return asyncio.run(OfflineExtractor().extract(a_transcript(*lines, preceding=before)))


@pytest.mark.parametrize("words", ["That was a lie.", "just kidding", "none of that is true"])
def test_what_was_said_last_is_taken_back_whole(words: str) -> None:
    told, denied = a_line("I like tea."), a_line(words)
    tea = a_line("Tea!", sender_type="character")

    for extraction in (extracted(told, tea, denied), extracted(denied, before=(told, tea))):
        assert extraction.taken_back == (TakenBack(told.message_id, denied.message_id),)
        assert extraction.candidates == ()


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ("How are you today?", "That was a lie."),
        ("thanks!", "just kidding"),
        ("I like tea.", "just kidding about the twins"),
        ("I have a dog.", "That was a lie, I don't have a dog."),
        ("I like tea.", "That was a long day."),
    ],
)
def test_what_can_t_be_meant_or_is_named_is_not_taken_back_whole(before: str, words: str) -> None:
    assert extracted(a_line("I work at a zoo."), a_line(before), a_line(words)).taken_back == ()


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("i have two horses", True),
        ("my cousin invented the internet", True),
        ("hey again", False),
        ("How are you today?", False),
        ("do you like wine", False),
        ("You are really funny", False),
        ("that was a lie", False),
    ],
)
def test_what_can_be_taken_back(message: str, says: bool) -> None:
    assert states_something(message) == says


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        ("the horses", "horses"),
        ("the part where I said that I have two horses", "I have two horses"),
        ("my uncle", "uncle"),
        ("about the vineyard", "vineyard"),
        ("all of it", ""),
        ("everything", ""),
        ("never mind", ""),
        ("never mind, I love hiking", ""),
        ("I love hiking", ""),
        ("What do you mean?", ""),
        ("no", ""),
    ],
)
def test_what_the_answer_to_which_of_it_names(answer: str, named: str) -> None:
    assert named_in_answer("Which of it do you mean?", answer) == named
    assert named_in_answer("How are you?", answer) == ""


@pytest.mark.parametrize(
    ("answer", "against"), [("the zoo", "zoo"), ("that I work at a zoo", "zoo")]
)
def test_the_answer_to_which_of_it_denies_what_it_names(answer: str, against: str) -> None:
    asked = a_line("Which of it wasn't so?", sender_type="character")
    [denial] = extracted(a_line(answer), before=(a_line("That was a lie."), asked)).candidates

    assert denial.denial
    assert denies(denial.content, f"The user works at a {against}.")


def test_who_has_no_brother_that_listens_has_a_brother_all_the_same() -> None:
    for message in (
        "I never had a brother who'd listen",
        "I don't have kids to look after tonight",
    ):
        known = ("The user's brother is called Tim.", "The user's son is called Leo.")
        candidates = extracted(a_line(message)).candidates
        assert not any(denies(each.content, fact) for each in candidates for fact in known)


@pytest.mark.parametrize(
    ("message", "everything"),
    [
        ("everything I told you was a lie", True),
        ("nothing I said is true", True),
        ("it was all lies, everything I said", True),
        ("I lied about everything", True),
        ("everything I told you is true", False),
        ("everything I said about Bonn was a lie", False),
        ("everything he told me was a lie", False),
        ("I made it all up", False),
    ],
)
def test_whether_nothing_was_true_that_the_user_ever_told(message: str, everything: bool) -> None:
    assert takes_everything_back(message) == everything
    assert not (everything and takes_all_back(message))


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("I won the lottery last year", "haha no I didn't"),
        ("I'm married", "lol no I'm not"),
        ("I have a twin", "nah I don't"),
        ("my brother is a doctor", "haha no he isn't"),
    ],
)
def test_a_bare_no_takes_back_what_was_said_right_before(said: str, answer: str) -> None:
    told, denied = a_line(said), a_line(answer)

    assert takes_the_last_back(answer, said)
    assert extracted(told, denied).taken_back == (TakenBack(told.message_id, denied.message_id),)


@pytest.mark.parametrize(
    ("said", "answer", "asked"),
    [
        ("I won the lottery", "haha no I didn't", "Wow! Did you tell your wife?"),
        ("I don't smoke", "haha no I don't", ""),
        ("I won the lottery", "haha no she didn't", ""),
        ("I'm married", "haha no I didn't", ""),
        ("I won the lottery. I live in Rome", "haha no I didn't", ""),
        ("did I tell you?", "no I didn't", ""),
        ("I like tea", "no I don't like it today", ""),
        ("I like tea", "I don't", ""),
    ],
)
def test_a_bare_no_that_can_mean_something_else_takes_nothing_back(
    said: str, answer: str, asked: str
) -> None:
    assert not takes_the_last_back(answer, said, asked)


@pytest.mark.parametrize(
    ("message", "told", "rest"),
    [
        ("I told you my uncle owns a hotel. He doesn't", ["my uncle owns a hotel"], ""),
        ("I told you my uncle owns a hotel but he doesn't", ["my uncle owns a hotel"], ""),
        ("I said I have two horses, that was a lie", ["I have two horses"], ""),
        ("I told you I have two horses. I don't! I live in Rome", ["I have two horses"], "I live"),
        ("I told you my sister is here. She isn't well", [], "I told"),
        ("I told you I have a sister. She doesn't.", [], "I told"),
        ("I told you my uncle owns a hotel", [], "I told"),
        ("He told you my brother is a spy. He isn't", [], "He told"),
    ],
)
def test_what_was_told_before_and_is_not_so(message: str, told: list[str], rest: str) -> None:
    found, left = find_retracted(message)

    assert found == told
    assert left.startswith(rest)
    assert left or not rest


def test_what_is_said_to_have_been_told_wrongly_is_not_learned_again() -> None:
    [denial] = extracted(a_line("I told you my uncle owns a hotel. He doesn't")).candidates

    assert denial.denial
    assert denies(denial.content, "The user's uncle owns a hotel.")


def test_he_is_whom_the_talk_was_of() -> None:
    told = a_line("my brother is a doctor")
    found = extracted(
        a_line("he's not a doctor really, I was joking. he drives a taxi"), before=(told,)
    )

    denied = [each for each in found.candidates if each.denial]
    assert [each.content for each in denied] == ["The user's brother is not a doctor."]
    assert found.taken_back == ()


def test_the_right_name_is_told_with_the_wrong_one() -> None:
    for name in ("Can", "Tarek"):
        [right, wrong] = extracted(a_line(f"my name isn't Yusuf, it's {name}")).candidates
        assert (right.content, right.attribute) == (f"The user's name is {name}.", "name")
        assert wrong.denial


@pytest.mark.parametrize(
    ("message", "takes"),
    [
        ("just kidding", True),
        ("lol kidding, I like it", True),
        ("kidding aside, work is hard", False),
        ("joking around with my son today", False),
        ("it was a joke my brother told", False),
    ],
)
def test_who_jokes_about_something_else_takes_nothing_back(message: str, takes: bool) -> None:
    assert takes_back(message) == takes
