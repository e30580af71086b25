"""Reading a wish to have something forgotten, and the yes or no that follows. English. Pure functions.

It must be a clear request: "don't forget", "I forgot" and "forget it" (never mind) are none, and what is
taken for one by mistake costs a question back, since nothing is forgotten without a yes.
"""

import re
from dataclasses import dataclass

_OPENING = r"(?:(?:hey|ok(?:ay)?|oh|well|actually|so|and|no|wait|sorry|hmm+)\b[\s,.!…-]*)*"
_NAMED = r"(?:[A-Z]\w+,\s+)?"
_POLITE = (
    r"(?:please,?\s+(?:just\s+)?|(?:can|could|would|will)\s+you\s+(?:please\s+|just\s+)?|"
    r"i(?:'d|\s+would)\s+like\s+you\s+to\s+|i\s+(?:want|need)\s+you\s+to\s+)"
)
_I_SAID = (
    r"(?:what|everything|all|anything|the\s+things?)\s+(?:that\s+)?i(?:'ve|\s+have|\s+just)?\s+"
    r"(?:said|told\s+you|mentioned|wrote)(?:\s+(?:to\s+you|just\s+now|before|earlier))?"
)
_OF = (
    r"(?:everything|all|anything)(?:\s+(?:that\s+)?you(?:'ve|\s+have)?\s+(?:know|remember|heard))?"
    r"\s+about(?!\s+(?:me|us|it|that|this|everything)\b)"
)
_MINE = r"(?:my|our|i|i'm|i've|we|we're)\b"
_WITH_WORDS = (
    rf"(?:forget|erase|delete|unlearn)\s+(?:{_I_SAID}\s+about|{_OF})\s+(?P<said>.+)",
    rf"forget\s+that\s+(?P<fact>{_MINE}.+)",
    r"forget\s+(?:about\s+)?(?P<mine>my\s+.+)",
)
_LAST = (
    rf"(?:forget|erase|delete|unlearn)\s+{_I_SAID}",
    r"forget\s+(?:that|this)(?:\s+(?:again|now|please))?",
)
_START = rf"^\W*{_OPENING}{_NAMED}"
_POLITE_REQUEST = re.compile(
    rf"{_START}{_POLITE}(?:{'|'.join((*_WITH_WORDS, *_LAST))})\W*$", re.IGNORECASE | re.DOTALL
)
_PLAIN_REQUEST = re.compile(
    rf"{_START}(?:{_WITH_WORDS[0]}|{_WITH_WORDS[1]}|{_LAST[0]})\W*$", re.IGNORECASE | re.DOTALL
)
_END = re.compile(r"[.!?;\n]|,?\s+(?:please|thanks|thank you|ok|okay)\b|,\s+(?:and|but|so)\s", re.I)
_YES = re.compile(
    r"^\W*(?:yes|yeah|yep|yup|sure|please do|do (?:it|so|that)|go ahead|i(?:'m| am) sure|"
    r"ok(?:ay)?|of course|absolutely|definitely|forget it)\b",
    re.IGNORECASE,
)
_RELUCTANT = re.compile(
    r"\b(?:no|not|don't|do not|wait|but|never mind|rather|keep)\b", re.IGNORECASE
)
LONGEST = 400  # characters; who writes more has more to say than this


@dataclass(frozen=True, slots=True)
class ForgetRequest:
    """What is to be forgotten, in the user's words; empty: what they said last."""

    about: str = ""


def read_forget_request(text: str) -> ForgetRequest | None:
    """The request that a message is; None if it is none."""
    plain = " ".join(text.replace("’", "'").split())
    if len(plain) > LONGEST:
        return None
    found = _POLITE_REQUEST.match(plain) or _PLAIN_REQUEST.match(plain)
    if found is None:
        return None
    words = next((value for value in found.groupdict().values() if value), "")
    return ForgetRequest(_END.split(words, maxsplit=1)[0].strip(" ,."))


def says_yes(text: str) -> bool:
    """Whether a message is a clear yes to a question."""
    plain = text.replace("’", "'")
    return bool(_YES.match(plain)) and not _RELUCTANT.search(plain)
