"""Words as the companion compares them: content words, lightly stemmed, with a few synonyms."""

import re

from backend.adapters.llm.offline.irregular_verbs import IRREGULAR_VERBS
from backend.adapters.llm.offline.lexicon import PETS
from backend.adapters.llm.offline.word_lists import words

_STOP = words(
    "a an the and or but if of to in on at for with from by as is am are was were be been "
    "being do does did have has had will would can could should shall might must i me my "
    "mine we us our you your yours he him his she her it its they them their this that "
    "these those what which who whom whose where when why how there here so just also too "
    "very really not no yes any some all still again remember recall know told tell said "
    "say mention mentioned ever about user ask asked think please much many long often "
    "again hey hi hello ok okay well now then s t m re ve ll d don dont im ive going "
    "anything something someone somebody anyone anybody everything nothing "
)
_SYNONYMS = {
    "call": "name",
    "named": "name",
    "nam": "name",
    "mum": "mother",
    "mom": "mother",
    "dad": "father",
    "kid": "child",
    "children": "child",
    "job": "work",
    "occupation": "work",
    "profession": "work",
    "living": "work",
    "employ": "work",
    "employer": "work",
    "career": "work",
    "reside": "live",
    "home": "live",
    "house": "live",
    "city": "live",
    "town": "live",
    "country": "live",
    "old": "age",
    "year": "age",
    "born": "birthday",
    "birth": "birthday",
    "bday": "birthday",
    "enjoy": "like",
    "love": "like",
    "adore": "like",
    "prefer": "like",
    "into": "like",
    "fond": "like",
    "hate": "dislike",
    "favorite": "favourite",
    "fave": "favourite",
    "colour": "color",
    "movie": "film",
    "puppy": "dog",
    "kitten": "cat",
    "study": "learn",
    "allergy": "allergic",
    "allergies": "allergic",
    "vegan": "diet",
    "vegetarian": "diet",
    "eat": "diet",
    "hobby": "like",
    "hobbies": "like",
    "move": "moving",
    "instrument": "play",
    "spouse": "partner",
}
_GROUPS = {
    "pet": set(PETS),
    "animal": set(PETS),
    **{
        kind: {word for word in PETS if PETS[word] == kind} for kind in set(PETS.values()) - {"pet"}
    },
    "sibling": {"sister", "brother"},
    "partner": {"wife", "husband", "girlfriend", "boyfriend", "fiancé", "fiancée", "married"},
    "parent": {"mother", "father"},
    "child": {"son", "daughter", "baby"},
    "drink": words("tea coffee wine beer water juice milk cocoa cider gin whisky rum vodka soda"),
    "avoid": words("allergic intolerance intolerant vegan vegetarian celiac coeliac"),
    "family": {
        "wife",
        "husband",
        "son",
        "daughter",
        "mother",
        "father",
        "sister",
        "brother",
        "child",
        "partner",
    },
}
_WORD = re.compile(r"[^\W_]+")


def stem(word: str) -> str:
    """The word without a common ending: "hiking", "hikes" and "hike" meet in "hik"."""
    word = _SYNONYMS.get(word) or _SYNONYMS.get(word.removesuffix("s"), word)
    word = _without_ending(word)
    return _without_ending(_SYNONYMS[word]) if word in _SYNONYMS else word


def _without_ending(word: str) -> str:
    for ending in ("ies", "ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word


def content_words(text: str) -> list[str]:
    """The stems of the words that carry meaning, in order."""
    return [stem(word) for word in _WORD.findall(text.lower()) if word not in _STOP]


def kinds_of(word: str) -> set[str]:
    """The stems that a general word also stands for ("pet": dog, cat …) or that its verb has ("meet":
    "met"), itself included."""
    return (
        {stem(each) for each in _GROUPS.get(word, ())}
        | _OF_ONE_VERB.get(word, frozenset())
        | {word}
    )


def _stems_by_stem() -> dict[str, frozenset[str]]:
    of_each = [frozenset(stem(form) for form in verb) for verb in IRREGULAR_VERBS]
    return {each: stems for stems in of_each for each in stems}


_OF_ONE_VERB = _stems_by_stem()


def sentences_of(text: str) -> list[str]:
    """The sentences of prose, each with its closing mark."""
    return [part.strip() for part in re.split(r"(?<=[.!?…])\s+", text.strip()) if part.strip()]
