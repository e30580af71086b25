"""What people say of themselves in keywords: "About me: 42, two boys, accountant, love hiking"."""

import re

from backend.adapters.llm.offline.lexicon import KIN, PETS, alternatives
from backend.adapters.llm.offline.values import age, job

_OPENING = re.compile(
    r"(?:(?:a |an )?(?:little |bit |quick |short )*(?:about me|about myself|intro|introduction|me"
    r"|myself|in short|in a nutshell))\s*:\s*(?P<items>.+)$",
    re.I,
)
_ITEM = re.compile(
    r"\s*[,;]\s*(?:and\s+)?|\s+and\s+(?=(?:an?|one|two|three|four|love|like|live|work)\b)"
)
_COUNT = re.compile(
    r"(?:an?|one|two|three|four|five|six|\d) (?!(?:\w+ )?(?:nights?|days?|times?|hours?|years?|weeks?|months?"
    r"|shifts?|mornings?)\b)",
    re.I,
)
_DOES = re.compile(
    r"(?:got|had|used to|look after|love|like|hate|live|work|play|speak|study|enjoy|collect|grew"
    r"|come|have|run|teach)\b",
    re.I,
)
_IS = re.compile(
    r"(?:from|into|based|married|single|divorced|vegan|vegetarian|retired|allergic|originally|gay"
    r"|left-handed|engaged|widowed|self-employed|an? big fan)\b",
    re.I,
)


_NAMED = re.compile(
    r"(?:(?:hi|hey|hello),? )?(?:I am|(?:my )?name is) (?P<name>(?-i:[A-ZÀ-Þ])[\w'-]+), (?P<items>.+)$",
    re.I,
)
_RELATIVES = rf"(?:{alternatives(KIN)}|{alternatives(PETS)})(?:s|es)?"
_COUNTED = re.compile(
    r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|\d{1,2}) (?:[\w-]+ )?" + _RELATIVES,
    re.I,
)
_FAMILY = re.compile(
    r"(?:two|three|four|five|six|seven|eight|nine|[2-9]) (?:(?:older|younger|little|big|grown[ -]?up"
    r"|half|step) )*(?:brothers|sisters|kids|children|sons|daughters|grandchildren|grandkids|siblings)",
    re.I,
)


def spelt_profile(sentence: str) -> list[str]:
    """The statements that a list of keywords stands for; [] where it is no such list.

    "About me: 42, two boys", "I'm Walt, 74, retired postman from Duluth", "two kids, one dog, no
    sleep", "29, work at a tyre shop, got a kid on the way".
    """
    items = _ITEM.split(sentence)
    had = [item for item in items if _COUNTED.fullmatch(item)]
    if _FAMILY.fullmatch(sentence):
        return [f"I have {sentence[0].lower()}{sentence[1:]}"]
    if had and len(items) > 1 and all(item in had or item.startswith("no ") for item in items):
        return [f"I have {item}" for item in had]
    if named := _NAMED.match(sentence):
        stated = [_statement(item) for item in _parts(named["items"])]
        return [f"I am {named['name']}", *filter(None, stated)] if all(stated) else []
    found = _OPENING.match(sentence)
    aged = len(items) > 1 and re.match(r"\d\d\s*[,;]", sentence) and age(items[0])
    if not (found or aged):
        return []
    listed = _ITEM.split(found["items"]) if found else items
    stated = [_statement(item.strip(" .")) for item in listed[:12]]
    return [statement for statement in stated if statement]


def _parts(items: str) -> list[str]:
    """The items of an introduction; "retired postman from Duluth" is two."""
    told = [re.sub(r"^(?:and )?(?:no|yes),? (?=I )", "", item) for item in _ITEM.split(items)]
    return [part for item in told for part in re.split(r" (?=from (?-i:[A-Z]))", item)]


def _statement(item: str) -> str | None:
    if re.fullmatch(r"\d{1,2}", item) and age(item):
        return f"I am {item}"
    if re.match(r"(?:I|my|we|our)\b", item):
        return item
    if _DOES.match(item):
        return f"I {item}"
    if item.lower().startswith("retired ") and job(item):
        return f"I am a {item}"
    if _IS.match(item):
        return f"I am {item}"
    if job(item):
        return f"I am a {re.sub(r'^an? ', '', item)}"
    return f"I have {item}" if _COUNT.match(item) else None
