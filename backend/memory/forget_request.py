"""Reading a wish to have something forgotten. Pure functions.

It must be a clear request: "don't forget", "I forgot" and "forget it" (never mind) are none, and what is
taken for one by mistake costs a question back, since nothing is forgotten without a yes.
"""

import re
from dataclasses import dataclass

from backend.memory.forget_wording import ENGLISH
from backend.memory.forget_wording_abroad import ABROAD

_POLITE_END = (
    r",?\s+(?:please|thanks|thank you|ok|okay|now|for good|forever|completely|altogether|bitte|"
    r"por favor|s'il te pla[iî]t|stp|per favore|per piacere|alsjeblieft)\b"
)
_END = re.compile(
    rf"[!?;\n]|\.(?!\w)|{_POLITE_END}|,\s+(?:and|but|so|none|not|nothing|just|sorry|never|let's|"
    r"(?:it|that|this|they|i|he|she|we)(?:'\w+)?)\s|\s+(?:because|cause)\s|\s+[–—-]+\s",
    re.IGNORECASE,
)
_NO_MORE = re.compile(rf"(?:[\s.,!?;–—-]+|{_POLITE_END})*$", re.IGNORECASE)
# A word that each of the wordings has, so that other messages, nearly all, are read no further.
_SPEAKS_OF_IT = re.compile(
    r"forget|eras|delet|remov|wipe|unlearn|clear|rememb|ignor|disreg|scrap|vergiss|vergess|lösch|entfern|vergee?t|\bwis(?:t|sen)?\b"
    r"|verwijder|olv[ií]d|borr|elimin|oubli|effac|supprim|dimentic|scord|cancell|esque[cç]|apag",
    re.IGNORECASE,
)
LONGEST = 400  # characters; who writes more has more to say than this


@dataclass(frozen=True, slots=True)
class ForgetRequest:
    """What is to be forgotten: what the user's words are `about`, `everything` that there is, or, with
    neither, what they said last. `beyond` is what they say behind it. `abroad`: the words aren't English,
    as facts mostly are."""

    about: str = ""
    everything: bool = False
    abroad: bool = False
    beyond: str = ""


def read_forget_request(text: str) -> ForgetRequest | None:
    """The request that a message is; None if it is none."""
    plain = " ".join(text.replace("’", "'").split())
    if len(plain) > LONGEST or not _SPEAKS_OF_IT.search(plain):
        return None
    for wording in (ENGLISH, *ABROAD):
        abroad = wording is not ENGLISH
        if wording.everything.match(plain):
            return ForgetRequest(everything=True, abroad=abroad)
        if wording.last.match(plain):
            return ForgetRequest(abroad=abroad)
        if found := wording.named.match(plain):
            words = next(filter(None, found.groupdict().values()))
            end = _END.search(words)
            about = words[: end.start() if end else None]
            beyond = _beyond(words[len(about) :])
            return ForgetRequest(about.strip(" ,."), abroad=abroad, beyond=beyond)
    return None


def _beyond(rest: str) -> str:
    """What is said behind what is named; "" for a "please" or "thanks"."""
    return "" if _NO_MORE.match(rest) else rest.strip(" ,.;!?–—-")
