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
    r"(?:(?:please|pls|plz),?\s+(?:just\s+)?|just\s+(?:please\s+)?|(?:can|could|would|will)\s+you\s+(?:please\s+|just\s+)?|"
    r"you\s+(?:can|may|should)\s+(?:please\s+|just\s+)?|"
    r"i(?:'d|\s+would)\s+like\s+you\s+to\s+|i\s+(?:want|need)\s+you\s+to\s+)"
)
_FORGET = r"(?:forget|erase|delete|remove|wipe|unlearn|clear)"
_DISREGARD = r"(?:forget|erase|delete|remove|wipe|unlearn|clear|ignore|disregard|scrap)"
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
_WORD = (
    r"(?!(?:and|but|so|for|let|let's|it|that|this|these|those|them|him|her|me|us|you|your|everything|all|"
    r"anything|again|what|which|who|account|\w+ing)\b)[\w'’-]+(?:\s+(?=\w)|(?!\w))"
)
_THING = rf"(?:my|our|the)?\s*(?:{_WORD}){{1,5}}"
_MY_THING = rf"(?:my|our)\s+(?!(?:own|head)\b)(?:{_WORD}){{1,4}}"
_THE_THING = (
    r"the\s+(?!(?:rest|past|world|whole|time|times|rules?|others?|fact|idea|thing|things|stupid|damn|bloody|"
    rf"fucking)\b)(?:{_WORD}){{1,3}}"
)
_NAME = r"(?-i:[A-Z][\w'’-]+(?:\s+[A-Z][\w'’-]+){0,2})"
# "Forget I asked" and "forget where I was" are never mind.
_WHETHER = (
    r"(?:where|what|how\s+old|how\s+much|how\s+many|whom?|when|which\s+\w+|whether)\s+"
    rf"(?:(?:my|our)\s+\w+\s+|{_NAME}\s+|(?:i|we)(?:\s+|'(?:m|ve|re)\s+)"
    r"(?!(?:ever\s+|just\s+|have\s+|had\s+)?(?:said|told|asked|mentioned|meant|mean|want|wanted|think|"
    r"thought|wrote|shared|was\b(?!\s+born)|were|going|saying|doing|call|called\s+you|put|left|like\s+to)\b))"
)
_I_AM = (
    r"(?:i|we)(?:'m|'ve|'re)?\s+(?!(?:ever\s+|just\s+|have\s+|had\s+|even\s+)?(?:said|told|asked|mentioned|"
    r"brought|spoke|wrote|shared|did|exist|existed|met|sent|texted|called|was\s+(?:ever\s+)?here|tried)\b)"
)
_PRIVATE = (
    r"(?:(?:my|our)\s+(?:\w+\s+)?(?:address|number|e-?mail|email\s+address|age|birthday|date\s+of\s+birth|"
    r"surname|job|employer|salary|illness|condition|diagnosis|allergy|allergies|religion|pregnancy|"
    r"sexuality|history))"
)
# What follows a name that is to be forgotten says why, or that it's meant.
_WHY = r"(?:(?:\s*[,.;!–—-]+\s*(?:he|she|they|i|we|none|not|it\s+was|that\s+was|please)|\s+because)\b.*)?"
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
        rf"{_POLITE}?{_DISREGARD}\s+(?:{_I_SAID}\s+about|{_OF})\s+(?P<about>.+)",
        rf"{_POLITE}?forget\s+(?:that\s+)?i(?:'ve|\s+have)?(?:\s+ever)?\s+(?:told\s+you|mentioned|spoke|"
        rf"talked|said\s+anything)\s+(?:to\s+you\s+)?(?:about\s+)?(?P<about>(?!that\b|about\b){_THING}){_END}",
        rf"{_POLITE}?{_DISREGARD}\s+(?:the\s+fact\s+)?that\s+(?P<about>{_MINE}.+)",
        rf"{_POLITE}?forget\s+(?:that\s+)?(?P<about>{_NAME})\s+(?:ever\s+)?exist(?:s|ed){_END}",
        rf"{_POLITE}?forget\s+(?:the\s+fact\s+)?that\s+(?P<about>{_NAME}\s+\w.+)",
        rf"{_POLITE}?forget\s+(?P<about>{_NAME}(?:\s+(?:is|was|has|had|lives|works)|'s)\s.+)",
        rf"{_POLITE}?{_DISREGARD}\s+(?:that|the|this)\s+(?:whole\s+)?(?:thing|things|stuff|bit|part|story)\s+"
        rf"(?:about|with)\s+(?P<about>(?!me\b|it\b)\w.+)",
        rf"{_POLITE}forget\s+that\s+(?P<about>(?:she|he|they|it)(?:'s)?\s.+)",
        rf"{_POLITE}forget\s+(?:about\s+)?(?P<about>my\s+.+)",
        rf"{_POLITE}?forget\s+about\s+(?P<about>{_THING}){_END}",
        rf"{_POLITE}?forget\s+(?P<about>{_MY_THING}|{_THE_THING}|{_NAME}){_END}",
        rf"{_POLITE}?forget\s+(?:about\s+)?(?P<about>(?:(?:my|our)\s+\w+\s+)?{_NAME}(?:\s+\w+)?{_WHY}){_END}",
        rf"{_POLITE}(?:forget|unlearn)\s+(?P<about>{_THING}){_END}",
        rf"{_POLITE}?(?:erase|delete|remove|wipe|clear|unlearn)\s+"
        rf"(?P<about>{_PRIVATE}|my\s+\w+\s+{_NAME}){_END}",
        rf"{_POLITE}?(?:forget|erase|delete|unlearn)\s+(?:about\s+)?(?P<about>{_WHETHER}.+)",
        rf"{_POLITE}?forget\s+(?P<about>{_I_AM}.+)",
        rf"{_POLITE}?{_FORGET}\s+(?:the|your|my|any|all)\s+(?:{_MEMORIES}|{_MEMORIES}\s+you\s+have)"
        rf"\s+(?:of|about)\s+(?P<about>{_THING}){_END}",
        rf"{_POLITE}?{_FORGET}\s+(?!that\b|this\b)(?P<about>.+?)\s+from\s+(?:(?:your|the)\s+)?{_MEMORIES}{_END}",
        rf"{_POLITE}?(?:do\s+not|don't|stop)\s+remember(?:ing)?\s+that\s+(?P<about>{_MINE}.+)",
        rf"{_POLITE}?(?:do\s+not|don't|stop)\s+remember(?:ing)?\s+(?P<about>my\s+.+)",
        rf"i\s+(?:do\s+not|don't)\s+want\s+you\s+to\s+remember\s+(?:that\s+)?(?P<about>{_MINE}.+)",
        rf"i\s+(?:do\s+not|don't)\s+want\s+you\s+to\s+remember\s+(?:anything\s+)?about\s+(?P<about>{_THING}){_END}",
    ),
    rf"{_POLITE}?(?:forget|erase|delete|unlearn|disregard)\s+{_I_SAID}"
    rf"|{_POLITE}forget\s+(?:that|this)(?:\s+(?:again|now|please))?"
    rf"|{_POLITE}?{_FORGET}\s+(?:that|this)\s+from\s+your\s+{_MEMORIES}{_END}"
    rf"|{_POLITE}?(?:do\s+not|don't)\s+remember\s+(?:that|this){_END}",
)
