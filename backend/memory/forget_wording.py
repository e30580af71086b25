"""How people put a wish to have something forgotten, language by language: patterns for
`forget_request.py`."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """Whole messages that ask for all to be forgotten, for what is named in an `about` group, or for what
    was said just before."""

    everything: re.Pattern[str]
    named: re.Pattern[str]
    last: re.Pattern[str]


def wording(start: str, everything: str, named: tuple[str, ...], last: str) -> Wording:
    def whole(text: str) -> re.Pattern[str]:
        return re.compile(rf"^\W*{start}(?:{text})\W*$", re.IGNORECASE | re.DOTALL)

    together = "|".join(f"(?:{each})" for each in _numbered(named))
    return Wording(whole(everything), whole(together), whole(last))


def _numbered(patterns: tuple[str, ...]) -> list[str]:
    """With the groups told apart, since a name can be given but once: `about` becomes `about3`."""
    return [each.replace("(?P<about>", f"(?P<about{place}>") for place, each in enumerate(patterns)]


# --- English --------------------------------------------------------------------------------------
_OPENING = r"(?:(?:hey|ok(?:ay)?|oh|well|actually|so|and|no|wait|sorry|hmm+)\b[\s,.!…-]*)*"
_ADDRESS = r"(?:[A-Z]\w+,\s+)?"
_POLITE = (
    r"(?:please,?\s+(?:just\s+)?|(?:can|could|would|will)\s+you\s+(?:please\s+|just\s+)?|"
    r"you\s+(?:can|may)\s+(?:please\s+|just\s+)?|"
    r"i(?:'d|\s+would)\s+like\s+you\s+to\s+|i\s+(?:want|need)\s+you\s+to\s+)"
)
_FORGET = r"(?:forget|erase|delete|remove|wipe|unlearn|clear)"
_END = (
    r"(?:[\s,]+(?:please|thanks|thank\s+you|now|for\s+good|forever|completely|entirely|altogether|"
    r"ok(?:ay)?|will\s+you|would\s+you))*"
)
_TOLD = (
    r"\s+(?:that\s+)?i(?:'ve|\s+have|\s+just)?(?:\s+ever)?\s+"
    r"(?:said|told\s+you|mentioned|wrote|shared)(?:\s+(?:to|with)\s+you)?"
)
_ALL = r"(?:everything|all(?:\s+of\s+it)?|anything)"
_YOU_KNOW = (
    r"\s+(?:that\s+)?you(?:'ve|\s+have)?(?:\s+ever)?\s+"
    r"(?:know|knew|remember|heard|learn(?:ed|t)|stored|saved|noted|got)"
)
_I_SAID = rf"(?:(?:what|{_ALL}|the\s+things?){_TOLD}(?:\s+(?:just\s+now|before|earlier))?)"
_OF = rf"(?:(?:{_ALL}(?:{_YOU_KNOW})?|what{_YOU_KNOW})\s+about(?!\s+(?:me|us|it|that|this|everything)\b))"
_MEMORIES = r"(?:memor(?:y|ies)|mind|notes)"
_MINE = r"(?:my|our|i|i'm|i've|we|we're)\b"
# A thing by its name, with nothing behind it: "forget about work and enjoy the sun" is no wish.
_THING = (
    r"(?:my|our|the)?\s*(?:(?!(?:and|but|so|for|let|let's|it|that|this|these|those|them|him|her|me|us|"
    r"you|your|everything|all|anything|again|what|which|who|account|\w+ing)\b)[\w'’-]+(?:\s+(?=\w)|(?!\w))){1,5}"
)
_NAME = r"(?-i:[A-Z][\w'’-]+(?:\s+[A-Z][\w'’-]+){0,2})"
ENGLISH = wording(
    rf"{_OPENING}{_ADDRESS}",
    rf"{_POLITE}?(?:"
    rf"{_FORGET}\s+{_ALL}(?:{_YOU_KNOW})?(?:\s+(?:about|of|on)\s+me)?(?:\s+from\s+your\s+{_MEMORIES})?"
    rf"|{_FORGET}\s+{_ALL}(?!\s+(?:that\s+)?i\s+just\b){_TOLD}(?:\s+(?:so\s+far|before|until\s+now))?"
    rf"|{_FORGET}\s+(?:all\s+)?(?:of\s+)?(?:your|the|what)\s+(?:{_MEMORIES}|you\s+(?:know|remember))"
    rf"\s+(?:about|of|on)\s+me"
    rf"|{_FORGET}\s+(?:all\s+)?(?:of\s+)?(?:your\s+(?:memory|memories)|all\s+(?:the\s+)?memories)"
    rf"|forget\s+(?:about\s+)?me|forget\s+(?:that\s+)?(?:i\s+(?:ever\s+)?exist(?:ed)?|we\s+ever\s+met)"
    rf"|(?:do\s+not|don't)\s+remember\s+anything(?:\s+about\s+me)?"
    rf"){_END}",
    (
        rf"{_POLITE}?{_FORGET}\s+(?:{_I_SAID}\s+about|{_OF})\s+(?P<about>.+)",
        rf"{_POLITE}?forget\s+that\s+(?P<about>{_MINE}.+)",
        rf"{_POLITE}?forget\s+that\s+(?P<about>{_NAME}\s+\w.+)",
        rf"{_POLITE}forget\s+that\s+(?P<about>(?:she|he|they|it)(?:'s)?\s.+)",
        rf"{_POLITE}forget\s+(?:about\s+)?(?P<about>my\s+.+)",
        rf"{_POLITE}?forget\s+about\s+(?P<about>{_THING}){_END}",
        rf"{_POLITE}?forget\s+(?P<about>my\s+\w+|{_NAME}){_END}",
        rf"{_POLITE}(?:forget|unlearn)\s+(?P<about>{_THING}){_END}",
        rf"{_POLITE}?{_FORGET}\s+(?:the|your|any|all)\s+(?:{_MEMORIES}|{_MEMORIES}\s+you\s+have)"
        rf"\s+(?:of|about)\s+(?P<about>{_THING}){_END}",
        rf"{_POLITE}?{_FORGET}\s+(?!that\b|this\b)(?P<about>.+?)\s+from\s+(?:your|the)\s+{_MEMORIES}{_END}",
        rf"{_POLITE}?(?:do\s+not|don't|stop)\s+remember(?:ing)?\s+that\s+(?P<about>{_MINE}.+)",
        rf"{_POLITE}?(?:do\s+not|don't|stop)\s+remember(?:ing)?\s+(?P<about>my\s+.+)",
        rf"i\s+(?:do\s+not|don't)\s+want\s+you\s+to\s+remember\s+(?:that\s+)?(?P<about>{_MINE}.+)",
        rf"i\s+(?:do\s+not|don't)\s+want\s+you\s+to\s+remember\s+(?:anything\s+)?about\s+(?P<about>{_THING}){_END}",
    ),
    rf"{_POLITE}?(?:forget|erase|delete|unlearn)\s+{_I_SAID}"
    rf"|{_POLITE}forget\s+(?:that|this)(?:\s+(?:again|now|please))?"
    rf"|{_POLITE}?{_FORGET}\s+(?:that|this)\s+from\s+your\s+{_MEMORIES}{_END}"
    rf"|{_POLITE}?(?:do\s+not|don't)\s+remember\s+(?:that|this){_END}",
)
