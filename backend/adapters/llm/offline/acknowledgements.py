"""What to say to a fact that the user has just told: an echo, and a question that carries on; to one that
they take back; and to who asks where it comes from."""

import re
from collections.abc import Sequence

from backend.adapters.llm.offline.denials import WHICH_OF_IT
from backend.adapters.llm.offline.lexicon import KIN, PETS, alternatives
from backend.adapters.llm.offline.moods import is_of_a_thing
from backend.adapters.llm.offline.perspective import second_person
from backend.adapters.llm.offline.rule import Finding
from backend.ports import Source

# One to three names, and nothing after them.
_NAME = r"(?-i:[A-ZÀ-Þ][\w'’.-]*(?: (?:de |van |von |al-)?[A-ZÀ-Þ][\w'’.-]*){0,2})"
_RELATION = rf"(?:[\w-]+ ){{0,2}}?(?:{alternatives(KIN)}|{alternatives(PETS)})"
_ECHOES: tuple[tuple[re.Pattern[str], tuple[str, ...], tuple[str, ...]], ...] = tuple(
    (re.compile(text, re.I), echoes, questions)
    for text, echoes, questions in (
        (
            r"The user's name is (?P<it>.+)\.$",
            ("{it}. That's a good name.", "{it}, then.", "Glad to meet you, {it}."),
            ("What brings you here today?", "What should I know about you first?"),
        ),
        (
            rf"The user(?:'s| ha[sd] an?) (?P<kin>{alternatives(PETS)}) (?:is )?called (?P<it>{_NAME})\.$",
            (
                "{it} – good name for a {kin}.",
                "{it}! I can almost picture that {kin}.",
                "A {kin} called {it}. I like that.",
            ),
            (
                "How did {it} come to you?",
                "What is {it} like?",
                "What does {it} get up to when nobody is looking?",
            ),
        ),
        (
            rf"The user(?:'s| has an?) (?P<kin>{_RELATION}) (?:is )?called (?P<it>{_NAME})\.$",
            ("{it}. A fine name.", "{it} – I'll remember the name.", "So your {kin} is {it}."),
            (
                "What is {it} like?",
                "How long have you two known each other?",
                "What do you two like to do together?",
            ),
        ),
        (
            r"The user works (?:as|at|in) (?P<it>.+)\.$",
            ("{It}. That's honest work.", "{It} – there must be stories in that.", "{It}, I see."),
            (
                "What's the best part of it?",
                "How did you come to it?",
                "What does a good day there look like?",
            ),
        ),
        (
            r"The user (?:lives|moved) (?:in|to|on|near) (?P<it>.+)\.$",
            (
                "{It}. I'd like to see it through your eyes.",
                "{It} – now I can picture where you are.",
                "So {it} is home.",
            ),
            (
                "What do you see from your window?",
                "What do you like most about it?",
                "What brought you there?",
            ),
        ),
        (
            r"The user is (?:moving|going) to (?P<it>.+)\.$",
            ("{It} – that's a step.", "{It}! New ground.", "So it's {it}."),
            ("How do you feel about it?", "What are you most looking forward to?"),
        ),
        (
            r"The user (?:is|has) (?:allergic to |an? )?(?P<it>.*(?:allerg|intoleran"
            r"|diabet|asthma|vegan|vegetarian).*|.+ allergy)\.$|The user is allergic "
            r"to (?P<it2>.+)\.$",
            (
                "Good that I know.",
                "I'll bear that in mind, it matters.",
                "Understood, and remembered.",
            ),
            ("Does that make things difficult for you?", "How long have you known?"),
        ),
        (
            r"The user(?:'s hobby is| loves| likes| plays| collects| practises| goes| "
            r"is learning) (?P<it>.+)\.$",
            (
                "{It} – that's a fine thing to have.",
                "{It}. I can hear that you mean it.",
                "Ah, {it}.",
            ),
            (
                "How did that begin?",
                "What is it about it that you like?",
                "When did you last get to enjoy it?",
            ),
        ),
        (
            r"The user (?:hates|doesn't like) (?P<it>.+)\.$",
            ("No {it}, then.", "{It} – not for everyone, I agree.", "I won't bring up {it} again."),
            ("Was there a bad experience, or just no love lost?", "What do you like instead?"),
        ),
        (
            r"The user's favourite (?P<kind>[\w -]+?) is (?P<it>.+)\.$",
            (
                "{It} – a good choice.",
                "{It}. That tells me something about you.",
                "{It}, of all of them.",
            ),
            ("What made it the one?", "When did you first come across it?"),
        ),
        (
            r"The user is (?P<it>[\w-]+) years old\.$",
            ("{It} – a good age.", "{It}. I'd not have guessed."),
            ("What would you tell yourself at half that age?", "Do you feel it?"),
        ),
        (
            r"The user's birthday is on (?P<it>.+)\.$",
            ("{It}. I won't let it pass unnoticed.", "{It} – that's one to mark."),
            ("How do you like to spend it?",),
        ),
    )
)
SET_RIGHT = (
    "Then I had that wrong. {told} I've set it straight.",
    "I stand corrected. {told}",
    "Good that you say so. {told} I won't tell it otherwise.",
)
TAKEN_BACK = (
    "Ha, you had me there. I won't hold on to “{said}”.",
    "All right, I take “{said}” back out of my memory.",
    "Then I never heard “{said}”.",
)
WHICH = (
    f"{WHICH_OF_IT} do you mean? Tell me, and I'll put it right.",
    f"I'm not sure what you take back. {WHICH_OF_IT} wasn't so?",
)
ALL_A_LIE = (
    "All of it? Then say “forget everything you know about me”, and I'll ask once more before it's gone.",
    "Nothing of it was so? If you want it gone, say “forget everything you know about me”.",
)
_BEARS_A_NAME = re.compile(r" called | (?:lives|moved|moving) .*[^\W\d_]{4}")
_SHOUTED = re.compile(rf"(\b(?i:{_RELATION}) )([A-ZÀ-Þ]{{3,}})\b")
_YOU = re.compile(r"You(?:r|'re)?\b")
UNTRACED = (
    "I can't trace that to anything you've told me.",
    "Nothing that you've told me is behind it, as far as I can see.",
)
_SAID_BY = {"user": "You told me", "character": "I said it myself", "note": "It was noted for me"}
_DEATH = re.compile(
    rf"\b(?:died|passed away|miscarri\w+|stillborn|was put (?:down|to sleep)"
    rf"|lost their (?:[\w-]+ ){{0,2}}?(?:{alternatives(KIN)}|{alternatives(PETS)}|job|home|house))\b"
)
_ILLNESS = re.compile(
    r"\b(?:cancer|leuka?emia|lymphoma|tumou?rs?|dementia|alzheimer['’]?s|parkinson['’]?s|a stroke"
    r"|in hospital|in a coma|a heart attack|heart failure|seriously ill|very ill|terminally ill|is ill"
    r"|is dying|hospice|intensive care|sepsis|motor neurone disease|cystic fibrosis)\b",
    re.I,
)
_NO_ILLNESS = re.compile(
    r"\b(?:not|n't|never|no longer|free of|beat|survived|recovered|cured|remission|in the past|used to|works?"
    r"|sign|zodiac|is a|money|nurse|research(?:es|er)?|stud(?:y|ies)|volunteers?|raises?|charity|watch\w*"
    r"|read\w*)\b|\b\w+-free\b"
    r"|\bcancer free\b",
    re.I,
)


def acknowledge(finding: Finding) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Echoes of a fact and questions that follow from it, any of each will do."""
    for pattern, echoes, questions in _ECHOES:
        if found := pattern.match(finding.content):
            groups = {key: value for key, value in found.groupdict().items() if value}
            it = groups.get("it") or groups.get("it2") or ""
            if re.fullmatch(_NAME, it) and it.isupper() and _BEARS_A_NAME.search(finding.content):
                it = it.title()
            values = {"it": it, "It": it[:1].upper() + it[1:], "kin": groups.get("kin", "")}
            return tuple(e.format(**values) for e in echoes), tuple(
                q.format(**values) for q in questions
            )
    told = second_person(_SHOUTED.sub(lambda kin: kin[1] + kin[2].title(), finding.content))
    told = told.rstrip(".")
    told = told[0].lower() + told[1:] if _YOU.match(told) else told[:1].upper() + told[1:]
    return (f"So {told}.", f"I see, {told}."), (
        "How did that come about?",
        "How do you feel about it?",
        "What's the story there?",
    )


def is_loss(finding: Finding) -> bool:
    """Whether the fact is a death, a loss or a grave illness of somebody alive, which wants comfort and no
    cheerful echo."""
    content = finding.content
    if _DEATH.search(content):
        return not is_of_a_thing(content)
    return bool(_ILLNESS.search(content)) and not _NO_ILLNESS.search(content)


def say_where_from(sources: Sequence[Source]) -> str:
    """Who told it, when and in what words: 'You told me on 11 March 2026: "My dog is called Biscuit."';
    "" for no sources."""
    return " ".join(dict.fromkeys(_said_by(source) for source in sources))


def _said_by(source: Source) -> str:
    told = f"{_SAID_BY[source.speaker]} {source.day}"
    if not source.words:
        return f"{told}."
    end = "" if source.words.endswith((".", "!", "?", "…")) else "."
    return f"{told}: “{source.words}”{end}"
