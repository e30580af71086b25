"""What is a wish to have something forgotten, and what only sounds like one."""

import pytest

from backend.memory.forget_request import read_forget_request


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("Please forget that my dog is called Biscuit.", "my dog is called Biscuit"),
        ("please forget that I live in Porto!", "I live in Porto"),
        ("Forget that my PIN is 4711.", "my PIN is 4711"),
        ("Forget what I said about Clara.", "Clara"),
        ("forget everything I told you about my sister, please", "my sister"),
        ("Could you please forget what I've told you about my job? Thanks.", "my job"),
        ("Mira, please forget about my ex", "my ex"),
        ("Can you forget my birthday?", "my birthday"),
        ("I'd like you to forget that we're moving, and that's that.", "we're moving"),
        ("Oh, sorry. Please delete what I said about the house.", "the house"),
        ("Forget everything about Clara.", "Clara"),
        ("Please delete all that you know about my brother.", "my brother"),
        ("forget about Sofia", "Sofia"),
        ("Please forget Sofia for good", "Sofia"),
        ("Forget about my mother, please.", "my mother"),
        ("can you forget about the trip to Rome?", "the trip to Rome"),
        ("delete my birthday from your memory", "my birthday"),
        ("Forget that Sofia is a nurse.", "Sofia is a nurse"),
        ("Don't remember that I live in Berlin.", "I live in Berlin"),
        ("Vergiss, dass ich in Berlin wohne", "ich in Berlin wohne"),
        ("Kannst du bitte meinen Geburtstag vergessen?", "meinen Geburtstag"),
        ("olvida que vivo en Madrid, por favor", "vivo en Madrid"),
        ("Olvida a Sofía", "Sofía"),
        ("oublie tout ce que tu sais sur Marie", "Marie"),
        ("S'il te plaît, oublie que j'habite à Lyon", "j'habite à Lyon"),
        ("dimentica il mio cane", "il mio cane"),
        ("esquece que moro em Lisboa", "moro em Lisboa"),
        ("vergeet mijn hond", "mijn hond"),
        ("Forget my sister Sofia please", "my sister Sofia"),
        ("forget my sister Mia", "my sister Mia"),
        ("forget Mia, she's not important", "Mia"),
        ("just forget my sister Mia", "my sister Mia"),
        ("pls delete my sister Mia", "my sister Mia"),
        ("forget Sofia is my sister", "Sofia is my sister"),
        ("forget that Sofia ever existed", "Sofia"),
        ("forget that thing about my sister", "my sister"),
        ("erase Bath from memory", "Bath"),
        ("forget Mia's birthday", "Mia's birthday"),
        ("forget the tortoise", "the tortoise"),
        ("forget where I live", "where I live"),
        ("forget what my sister does for a living", "what my sister does for a living"),
        ("forget who I voted for, please", "who I voted for"),
        ("forget I'm married", "I'm married"),
        ("forget we have two cats", "we have two cats"),
        ("forget my nut allergy", "my nut allergy"),
        ("delete my phone number please", "my phone number"),
        ("forget the fact that I'm gay", "I'm gay"),
        ("wipe my memory of Bath", "Bath"),
        ("ignore what I said about Bosch", "Bosch"),
        ("actually forget what I said about KLM, none of it was true", "KLM"),
        ("forget I ever told you about my divorce", "my divorce"),
        ("Please forget that.", ""),
        ("Please forget what I just said.", ""),
        ("Forget what I said.", ""),
        ("I want you to forget this now.", ""),
        ("Actually, please forget that I’m ill", "I'm ill"),
    ],
)
def test_a_request(text: str, about: str) -> None:
    request = read_forget_request(text)

    assert request is not None
    assert request.about == about


@pytest.mark.parametrize(
    "text",
    [
        "forget everything you know about me",
        "Forget everything.",
        "Please forget all about me",
        "Could you erase all your memories of me?",
        "wipe your memory",
        "Forget everything I've ever told you.",
        "Don't remember anything about me.",
        "Vergiss alles, was du über mich weißt",
        "Kannst du alles über mich vergessen?",
        "olvida todo lo que sabes de mí",
        "oublie tout ce que tu sais sur moi",
        "dimentica tutto quello che sai di me",
        "esquece tudo o que sabes sobre mim",
        "vergeet alles wat je over me weet",
    ],
)
def test_a_request_for_everything(text: str) -> None:
    request = read_forget_request(text)

    assert request is not None
    assert request.everything


@pytest.mark.parametrize(
    "text",
    [
        "Don't forget about Sofia.",
        "Vergiss nicht, dass ich in Berlin wohne",
        "No olvides que vivo en Madrid",
        "olvídalo",
        "oublie ça",
        "Ho dimenticato tutto",
        "Forget about work for a moment",
        "don't forget my sister Mia",
        "I always forget where I live",
        "did you forget I'm married?",
        "I forget my keys all the time",
        "forget where I was",
        "forget I said anything",
        "forget I asked",
        "forget what I said, let's dance",
        "forget what you want, I'm off",
        "forget it, Mia",
        "Forget Paris, let's go to Rome",
        "Forget Paris and move to Rome",
        "forget the rest",
        "ignore that",
        "forget your worries",
        "just forget it",
        "please just forget about it",
        "Forget my troubles, come on get happy",
        "ignore my brother",
        "remove the tattoo",
        "delete my account",
        "clear my schedule",
        "please forget me, I want to die",
        "Let's forget about Sofia",
        "Don't forget that my dog is called Biscuit.",
        "Please don't forget that I live in Porto.",
        "Never forget what I said about Clara.",
        "Don't forget to feed my dog.",
        "I forgot my keys.",
        "I'll never forget my first dog.",
        "I want to forget my ex.",
        "Did you forget that my birthday is in May?",
        "You forget that I live in Porto.",
        "How could you forget that my name is Ada?",
        "Forget it.",
        "Forget about it!",
        "Forget that.",
        "Forget about work and enjoy the sun.",
        "Forget my umbrella again and I'll be wet.",
        "Please forget the milk, I'll buy it.",
        "Forget everything about it, let's dance.",
        "Please delete my account.",
        "She told me to forget what I said about Clara.",
        "It is hard to forget that I was wrong.",
        "We should forgive and forget.",
        "What did I say about Clara?",
        "Please forget that my dog barks. " * 20,
        "",
    ],
)
def test_what_only_sounds_like_one(text: str) -> None:
    assert read_forget_request(text) is None


@pytest.mark.parametrize(
    ("text", "beyond"),
    [
        ("forget that I have HIV, I want to die", "I want to die"),
        ("forget that my PIN is 4711. I hate it here!", "I hate it here"),
        ("forget Mia because we broke up", "because we broke up"),
        ("forget that my PIN is 4711, please. Thanks!", ""),
        ("forget that I'm ill", ""),
    ],
)
def test_what_is_said_beyond_the_request(text: str, beyond: str) -> None:
    request = read_forget_request(text)

    assert request is not None
    assert request.beyond == beyond
