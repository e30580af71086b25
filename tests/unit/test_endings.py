"""What has come to an end, as it is said, and which known facts hold no more since."""

import asyncio

import pytest

from backend.adapters.llm.offline import OfflineExtractor
from backend.adapters.llm.offline.endings import find_endings, find_new_job
from backend.memory.consolidation import Action, decide
from backend.memory.endings import ends, is_older_age
from backend.memory.people import Acquaintances, is_of_kin
from backend.models import Memory
from backend.models.candidate import Candidate
from tests.support.records import a_line, a_memory, a_transcript, an_owner

LEEDS = "The user's sister Hanna lives in Leeds."
PEOPLE = Acquaintances.of(
    [
        "The user's sister is called Hanna.",
        "The user's friend is called Ola.",
        "The user has a cat called Tofu.",
        "The user's dog is called Rex.",
        "The user's boyfriend is called Marco.",
    ]
)


@pytest.mark.parametrize(
    ("message", "ended"),
    [
        ("Hanna moved to York last week", "Hanna moved to York."),
        ("aunt Berta has moved to Berlin for work", "The user's aunt Berta moved to Berlin."),
        ("we gave Tofu away in the end, my landlord insisted", "The user gave Tofu away."),
        ("we had to rehome Kiki", "The user rehomed Kiki."),
        ("sold the Ducati on Sunday", "The user sold the Ducati."),
        ("we sold our boat to a friend", "The user sold their boat."),
        ("rex died last week", "Rex died."),
        ("we had to put Bella down on monday", "Bella died."),
        ("my gran passed away", "The user's grandmother died."),
        ("Marco and I split up", "The user and Marco split up."),
        ("Marco dumped me", "The user and Marco split up."),
        ("got fired yesterday", "The user stopped working."),
        ("mum retired in June", "The user's mother stopped working."),
        ("so I quit today", "The user stopped working."),
        ("handed in my notice at Aviva", "The user stopped working at Aviva."),
        ("I got the sack", "The user stopped working."),
        ("they gave me the sack", "The user stopped working."),
        ("my brother handed in his notice", "The user's brother stopped working."),
        ("I don't teach any more", "The user no longer teaches."),
        ("I no longer bake", "The user no longer bakes."),
        ("I stopped teaching last year", "The user stopped teaching."),
        ("Kai left the army", "Kai left the army."),
        ("my sister has left the police", "The user's sister left the police."),
        ("dad is cancer free!!", "The user's father no longer has cancer."),
        ("my mum beat breast cancer", "The user's mother no longer has breast cancer."),
        ("mum's cancer free", "The user's mother no longer has cancer."),
        ("I got the all clear", "The user got the all-clear."),
    ],
)
def test_what_a_message_says_is_over(message: str, ended: str) -> None:
    assert find_endings(message) == [ended]


@pytest.mark.parametrize(
    "message",
    [
        "we gave Tofu away to be groomed, she hated it",
        "I gave Rusty away for a week to my cousin",
        "Petra moved to another desk",
        "Hanna moved to York when she was six",
        "Marco and I split the bill",
        "I left Olaf at the airport",
        "Did Rex die?",
        "she said Rex died",
        "if Rex died I'd cry",
        "Rex almost died",
        "I died laughing",
        "Max died in the game again lol",
        "my basil died",
        "I'm so fired up today",
        "my neighbour sold his car",
        "Hanna moved to York in 2010",
        "we sold our house years ago",
        "I was fired from the choir",
        "I had to let go",
        "I retired to the garden",
        "I quit sugar",
        "I had my last cigarette, so I quit today",
        "I nearly quit today",
        "I want to quit",
        "should I quit?",
        "I handed in my notice on the flat",
        "I handed in my notice at the gym",
        "I got the sack of potatoes",
        "I don't teach on Mondays any more",
        "I don't drive at night",
        "Kai left the army base this morning",
        "dad is gluten free now",
    ],
)
def test_what_says_of_nothing_that_it_is_over(message: str) -> None:
    assert find_endings(message) == []


@pytest.mark.parametrize(
    ("message", "job"),
    [
        ("now a school nurse", "The user works as a school nurse."),
        ("I'm a barista now", "The user works as a barista."),
        ("I'm now a granddad", None),
        ("I am a nurse", None),
        ("now a beer", None),
    ],
)
def test_a_new_job_in_few_words(message: str, job: str | None) -> None:
    assert find_new_job(message) == job


@pytest.mark.parametrize(
    ("sentence", "fact", "attribute"),
    [
        ("Hanna moved to York.", LEEDS, None),
        ("Hanna moved to York.", "The user's sister lives in Leeds.", None),
        ("The user's sister moved to York last week.", LEEDS, None),
        ("The user's sister Hanna has moved back to York.", "Hanna lives in Leeds.", None),
        ("The user gave Tofu away.", "The user has a cat called Tofu.", None),
        ("The user gave away Tofu.", "The user's cat is called Tofu.", None),
        ("The user had to rehome Kiki.", "The user has a parrot called Kiki.", None),
        ("The user sold the car.", "The user drives a blue Volvo.", None),
        ("The user sold their car.", "The user's car is called Bertha.", None),
        ("The user sold the Ducati.", "The user owns a red Ducati motorbike.", None),
        ("Rex died last week.", "The user has a dog called Rex.", None),
        ("The user's dog Rex died.", "The user's dog is called Rex.", None),
        ("Rex passed away.", "The user's dog Rex is 12 years old.", None),
        ("The user's dog died.", "The user has a dog.", None),
        ("The user's grandmother died in June.", "The user's grandmother lives in Leeds.", None),
        ("The user and Marco split up.", "The user's boyfriend is called Marco.", None),
        ("The user and their partner broke up.", "The user's boyfriend is called Marco.", None),
        ("The user broke up with Marco.", "The user is dating Marco.", None),
        ("The user and Tom got divorced.", "The user is married to Tom.", None),
        ("The user left their husband.", "The user is married to Tom.", None),
        ("The user quit the nursing job on Friday.", "The user works as a nurse.", "job"),
        ("The user lost their job.", "The user works at St Mary's.", "employer"),
        ("The user left Deloitte last month.", "The user works at Deloitte.", "employer"),
        ("The user was laid off.", "The user is a welder.", "job"),
        ("The user's mother retired.", "The user's mother works as a teacher.", "mother.job"),
        ("The user handed in their notice at Aviva.", "The user works at Aviva.", "employer"),
        ("The user stopped working at Aviva.", "The user works at Aviva.", "employer"),
        ("The user got a new job.", "The user works at City Hospital.", "employer"),
        ("The user no longer teaches.", "The user works as a maths teacher.", "job"),
        ("The user stopped baking.", "The user works as a baker.", "job"),
        ("Hanna left the army.", "The user's sister Hanna is in the army.", None),
        ("Hanna left the police.", "The user's sister Hanna works as a police officer.", None),
        ("The user's father no longer has cancer.", "The user's father has lung cancer.", None),
        ("The user's father got the all-clear.", "The user's father has cancer.", None),
    ],
)
def test_what_an_end_puts_an_end_to(sentence: str, fact: str, attribute: str | None) -> None:
    assert ends(sentence, fact, attribute, PEOPLE)
    assert not ends(fact, sentence, None, PEOPLE)


@pytest.mark.parametrize(
    ("sentence", "fact", "attribute"),
    [
        ("Ola moved to York.", LEEDS, None),
        ("Hanna moved to Leeds.", LEEDS, None),
        ("Hanna moved to York in 2010.", LEEDS, None),
        ("Hanna moved to Marketing.", LEEDS, None),
        ("Petra moved to another desk.", "Petra lives in Bonn.", None),
        ("The user's brother moved to York.", "The user lives in Leeds.", None),
        ("The user gave Tofu away to be groomed.", "The user has a cat called Tofu.", None),
        ("The user gave Tofu away for the weekend.", "The user has a cat called Tofu.", None),
        ("The user sold their old toy car collection.", "The user has a car called Herbie.", None),
        ("The user sold one of the horses.", "The user has two horses.", None),
        ("The user sold the bike rack.", "The user has a bike.", None),
        ("The user sold the car.", "The user's sister drives a Volvo.", None),
        ("Rex died.", LEEDS, None),
        ("The user's dog Rex died.", "The user has a dog called Pip.", None),
        ("The user's dog died.", "The user likes dogs.", None),
        ("The user's mother died.", "The user's mother is called Ruth.", None),
        ("The user's mother died.", "The user's mother loved roses.", None),
        ("The user's phone died.", "The user has a phone.", None),
        ("The user and Marco split the bill.", "The user's boyfriend is called Marco.", None),
        ("The user and Hanna split up.", "The user's boyfriend is called Marco.", None),
        ("The user left Marco.", "The user works with Marco.", None),
        ("The user quit smoking.", "The user works as a baker.", "job"),
        ("The user quit the choir.", "The user works as a nurse.", "job"),
        ("The user left the house.", "The user works at Siemens.", "employer"),
        ("The user left York.", "The user works at Siemens.", "employer"),
        ("The user quit the bar job.", "The user works as a nurse.", "job"),
        ("The user's brother lost his job.", "The user works as a nurse.", "job"),
        ("The user lost their job in 2019.", "The user works as a nurse.", "job"),
        ("The user got fired up.", "The user works as a nurse.", "job"),
        ("The user was let go.", "The user is 30 years old.", "age"),
        ("The user left work early.", "The user works as a nurse.", "job"),
        ("The user was fired from the choir.", "The user works as a nurse.", "job"),
        ("The user retired early to bed.", "The user works as a nurse.", "job"),
        ("The user lost a job offer.", "The user works as a nurse.", "job"),
        ("The user left Marco a note.", "The user's boyfriend is called Marco.", None),
        ("The user left Marco at home.", "The user's boyfriend is called Marco.", None),
        ("The user sold a car at work.", "The user drives a blue Volvo.", None),
        ("The user got rid of the dog hair.", "The user has a dog.", None),
        ("The user's sister's dog died.", "The user's dog is called Rex.", None),
        ("The user's friend's sister moved to York.", LEEDS, None),
        ("Rex passed the test last week.", "The user has a dog called Rex.", None),
        ("The user handed in their notice on the flat.", "The user works as a nurse.", "job"),
        ("The user stopped working at Aviva.", "The user works at Bosch.", "employer"),
        ("The user got a new job.", "The user works as a nurse.", "job"),
        ("The user got a new job offer.", "The user works at Bosch.", "employer"),
        ("The user's sister got a new job.", "The user works at Bosch.", "employer"),
        ("The user no longer teaches on Mondays.", "The user works as a teacher.", "job"),
        ("The user no longer teaches.", "The user works as a nurse.", "job"),
        ("The user's father no longer has cancer.", "The user's mother has cancer.", None),
        ("The user's father no longer has covid.", "The user's father has cancer.", None),
        ("The user's father no longer has cancer.", "The user's father had cancer.", None),
        ("Hanna left the army base.", "The user's sister Hanna is in the army.", None),
    ],
)
def test_what_an_end_leaves_alone(sentence: str, fact: str, attribute: str | None) -> None:
    assert not ends(sentence, fact, attribute, PEOPLE)


def test_of_two_sisters_neither_is_meant_for_certain() -> None:
    several = Acquaintances.of(
        ["The user's sister is called Hanna.", "The user's sister is called Ines."]
    )

    assert not ends("The user's sister moved to York.", LEEDS, None, several)
    assert not ends("Hanna moved to York.", "The user's sister lives in Leeds.", None, several)
    assert ends("Hanna moved to York.", LEEDS, None, several)


@pytest.mark.parametrize(
    ("sentence", "fact", "older"),
    [
        ("Max is 10 years old.", "The user's son Max is 9 years old.", True),
        ("The user's son is 10 years old.", "The user's son Max is 9 years old.", True),
        ("The user's son Max is 10 years old.", "The user's son is 9 years old.", True),
        ("Max turns 10 today.", "The user's son Max is 9 years old.", True),
        ("Max is 8 years old.", "The user's son Max is 9 years old.", False),
        ("Leo is 10 years old.", "The user's son Max is 9 years old.", False),
        ("The user's dog Max is 10 years old.", "The user's son Max is 9 years old.", False),
        ("The user is 10 years old.", "The user's son Max is 9 years old.", False),
    ],
)
def test_who_is_older_now(sentence: str, fact: str, older: bool) -> None:
    assert (
        is_older_age(sentence, fact, Acquaintances.of(["The user's son is called Max."])) == older
    )


def test_a_name_of_two_makes_neither_older() -> None:
    both = Acquaintances.of(["The user's son is called Max.", "The user's dog is called Max."])

    assert not is_older_age("Max is 10 years old.", "The user's son Max is 9 years old.", both)


def test_whether_who_quits_has_quit_a_habit_or_the_job() -> None:
    assert find_endings("I quit today") == ["The user stopped working."]
    assert find_endings("I quit today", "I'm trying to stop smoking") == []


def test_keys_that_are_called_after_a_job_were_no_job() -> None:
    def found(message: str) -> list[str]:
        extraction = asyncio.run(OfflineExtractor().extract(a_transcript(a_line(message))))
        return [each.content for each in extraction.candidates]

    assert found("I've left my job keys at home") == []
    assert "The user left their job." in found("I've left my job")


def decided(candidate: Candidate, *known: Memory) -> tuple[Action, set[str]]:
    near = [(memory, 0.5) for memory in known]
    decision = decide(candidate, same_content=None, same_attribute=[], near=near, people=PEOPLE)
    return decision.action, {memory.content for memory in decision.targets}


def test_who_quits_a_job_leaves_where_they_did_it() -> None:
    owner, told = an_owner(), a_line("I work as a nurse at St Mary's")
    sources = {"source_message_ids": [told.message_id]}
    nurse = a_memory(owner, "The user works as a nurse.", attribute="job", **sources)
    ward = a_memory(owner, "The user works at St Mary's.", attribute="employer", **sources)
    bakery = a_memory(owner, "The user works at a bakery.", attribute="employer")

    quit_ = Candidate("The user quit the nursing job.", (), denial=True)
    assert decided(quit_, nurse, ward, bakery) == (Action.SUPERSEDE, {nurse.content, ward.content})


def test_what_is_told_with_the_end_is_new_and_an_unknown_end_is_dropped() -> None:
    line = a_line("I quit my job, I work at Bosch now")
    owner, sources = an_owner(), {"source_message_ids": [line.message_id]}
    bosch = a_memory(owner, "The user works at Bosch.", attribute="employer", **sources)
    left = Candidate("The user quit their job.", (line.message_id,), denial=True)

    assert decided(left, bosch) == (Action.IGNORE, set())
    assert decided(Candidate("Rex died.", (), denial=True), bosch) == (Action.IGNORE, set())


def test_an_end_is_proposed_to_be_kept_only_where_it_ends_something() -> None:
    transcript = a_transcript(a_line("we gave Tofu away"))
    [given] = asyncio.run(OfflineExtractor().extract(transcript)).candidates

    assert given.denial
    assert given.content == "The user gave Tofu away."


@pytest.mark.parametrize(
    ("fact", "kin", "of_them"),
    [
        ("The user's sister is 13 months old.", "sister", True),
        ("The user's mum collects stamps.", "mother", True),
        ("The user's sister Eva is 9 years old.", "sister", False),
        ("The user's sister-in-law is a nurse.", "sister", False),
        ("The user likes their sister.", "sister", False),
    ],
)
def test_who_is_spoken_of_without_a_name(fact: str, kin: str, of_them: bool) -> None:
    assert is_of_kin(fact, kin) == of_them


def test_who_is_called_what() -> None:
    assert PEOPLE.kin_of["hanna"] == "sister"
    assert PEOPLE.named("cat") == ["tofu"]
    twice = ["The user's son is called Leo.", "The user's cat is called Leo."]
    assert not Acquaintances.of(twice).kin_of
