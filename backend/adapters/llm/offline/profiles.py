"""What people say of themselves in keywords: "About me: 42, two boys, accountant, love hiking"."""

import re

from backend.adapters.llm.offline.values import age, job

_OPENING = re.compile(
    r"(?:(?:a |an )?(?:little |bit |quick |short )*(?:about me|about myself|intro|introduction|me"
    r"|myself|in short|in a nutshell))\s*:\s*(?P<items>.+)$",
    re.I,
)
_ITEM = re.compile(
    r"\s*[,;]\s*(?:and\s+)?|\s+and\s+(?=(?:an?|one|two|three|four|love|like|live|work)\b)"
)
_COUNT = re.compile(r"(?:an?|one|two|three|four|five|six|\d) ", re.I)
_DOES = re.compile(
    r"(?:love|like|hate|live|work|play|speak|study|enjoy|collect|grew|come|have|run|teach)\b", re.I
)
_IS = re.compile(
    r"(?:from|into|based|married|single|divorced|vegan|vegetarian|retired|allergic|originally|gay"
    r"|left-handed|engaged|widowed|self-employed|an? big fan)\b",
    re.I,
)


def spelt_profile(sentence: str) -> list[str]:
    """The statements that a list of keywords stands for; [] where it is no such list."""
    found = _OPENING.match(sentence)
    if not found:
        return []
    stated = [_statement(item.strip(" .")) for item in _ITEM.split(found["items"])[:12]]
    return [statement for statement in stated if statement]


def _statement(item: str) -> str | None:
    if re.fullmatch(r"\d{1,2}", item) and age(item):
        return f"I am {item}"
    if re.match(r"(?:I|my|we|our)\b", item):
        return item
    if _DOES.match(item):
        return f"I {item}"
    if _IS.match(item):
        return f"I am {item}"
    if job(item):
        return f"I am a {re.sub(r'^an? ', '', item)}"
    return f"I have {item}" if _COUNT.match(item) else None
