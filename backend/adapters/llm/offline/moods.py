"""Hears how the user says they feel."""

import re

_FEELINGS = {
    "sad": r"sad|down|low|unhappy|miserable|heartbroken|depressed|lonely|alone|crying"
    r"|cried|grieving|devastated|hurt|awful|terrible|"
    r"broke my heart|miss (?:him|her|them)|passed away|died|lost my (?:dog|cat"
    r"|mother|mum|mom|father|dad|job|friend)|broke up|hopeless|empty",
    "anxious": r"anxious|nervous|worried|scared|afraid|stressed|overwhelmed|panicking"
    r"|panic|terrified|can't sleep|cannot sleep|can not sleep|dreading|on edge",
    "angry": r"angry|furious|annoyed|mad at|so mad|fed up|frustrated|livid|hate my "
    r"(?:job|boss)|pissed off|irritated",
    "tired": r"tired|exhausted|worn out|burnt out|burned out|drained|sleepy|knackered"
    r"|long day|rough day|bad day|hard day",
    "happy": r"happy|glad|excited|thrilled|delighted|over the moon|great news|good news"
    r"|wonderful day|proud|so good today|best day|"
    r"can't wait|got the job|passed my|we won|i won|got engaged|getting married|got promoted",
}
_PATTERNS = {mood: re.compile(rf"\b(?:{words})\b", re.I) for mood, words in _FEELINGS.items()}
_FIRST_PERSON = re.compile(r"\b(?:i|i'm|im|i've|my|me|we|we're|feeling|feel)\b", re.I)
_DENIED = re.compile(
    r"\b(?:not|isn't|wasn't|never|no longer|aren't|don't feel|don't)\s+(?:\w+\s){0,2}$", re.I
)
_OTHERWISE = re.compile(
    r"\b(?:scared|afraid|terrified) of\b|\bsit down\b|\bdown (?:the|to|in|by"
    r"|at)\b|\blow (?:in|on|fat)\b|\bcome down\b",
    re.I,
)


def feeling_of(message: str) -> str | None:
    """`sad`, `anxious`, `angry`, `tired` or `happy`; None where the user says none of their own."""
    text = message.replace("’", "'")
    if not _FIRST_PERSON.search(text):
        return None
    text = _OTHERWISE.sub(" ", text)
    for mood, pattern in _PATTERNS.items():
        found = pattern.search(text)
        if found and not _DENIED.search(text[: found.start()]):
            return mood
    return None
