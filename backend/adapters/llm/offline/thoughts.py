"""Where a thought ends: what chat hangs on to a statement is left off."""

import re

_SUBJECT = (
    r"(?:I|we|you|he|she|it|they|that|this|there|everyone|everybody|everything|nobody|nothing)"
)
_ENDS = re.compile(
    r"\s*(?:[;:()\"]| -+ |\.\.|…)"
    r"| (?:so(?: that)?|because|bc|cuz|cos|which|although|though|tho|unless|whereas|lol|lmao"
    r"|haha|if"
    r"|bless|but|plus|except)\b(?! (?:far|much|many)\b)"
    rf"| (?:and|or) (?:now |then |so )?(?={_SUBJECT}\b)"
    r"| (?:and|or) (?=(?:my|our|his|her|their|the|a) [\w' -]{2,30}? "
    r"(?:is|are|was|were|has|had|have|[a-z]+ed)\b)"
    r"| (?:since|until|as|while|where|before|after) (?=(?:I|we|he|she|they|it|my|our|his|her)\b"
    r"(?! (?:was|were|am) (?:a|an|\d|six|seven|eight|nine|ten|twelve|little|young)\b))"
    r"| to (?:\w+ )(?=(?:this|that|it|them|him)\b)"
    r"| to (?:save|check|see|avoid|be honest|say the)\b"
    r"| like (?:an?|the|crazy|mad)\b(?! \w+ person)"
    r"| (?:its|it'?s|it is|thats|that is) (?=(?:a|the|so|not|my|just)\b)"
    r"| (?:not|never) (?=(?:my|his|her|the|a|in|on)\b)",
    re.I,
)
_COMMA = re.compile(r",\s*(?![A-ZÀ-Þ][\w-]+(?:,|$| and ))")
_DETAIL = re.compile(
    r"(?!(?:so|not|but|and|or|I|we|he|she|it|they|you|my|which|who|just|really|very|too|lol|haha"
    r"|thank|sorry|please|obviously|painfully|sadly|badly|again|like|bless)\b)"
    r"(?!.*\b(?:is|are|was|were|am|has|have)\b)(?:\w[\w'-]* ){0,2}\w[\w'-]*$",
    re.I,
)
_LIST = re.compile(r"^[^,]+(?:, [\w' -]{2,25}){1,6},? (?:and|or|&) [\w' -]{2,25}$")
_TAIL = re.compile(
    r"[\s,]+(?:irl|a while|for a while|badly|right now|at the moment|so much|a lot|so far|for now"
    r"|and all|or so|and stuff|or something|and so on|etc|lol|lmao|haha(?:ha)*|tho|though|btw"
    r"|by the way|anyway|anyways|i think|i guess|i suppose|you know|to be honest|tbh|honestly"
    r"|actually|of course|obviously|as usual|apparently|thank god|thankfully|again|too|as well"
    r"|either|ngl|innit|mate|x+)$",
    re.I,
)
_JOINT = re.compile(r" (?:and|or|to|for|with|after|before|while|when|then) ", re.I)
_JOINS_CLAUSES = (" and ", " or ", " while ", " then ")
_IT = re.compile(r"\b(?:it|them|him|you|your|yourself|is|are|was|were)\b", re.I)


def trim(text: str) -> str:
    """The words up to the end of the thought, without small talk behind it."""
    text = text.strip(" ,.;:-")
    if (found := _ENDS.search(text)) and found.start() > 2:
        text = text[: found.start()]
    text = _stop_before_it(_stop_at_comma(text))
    for _ in range(3):
        text, count = _TAIL.subn("", text.strip(" ,.;:-"))
        if not count:
            break
    return text


def _stop_at_comma(text: str) -> str:
    """Up to the first comma, unless it is a list or a detail of few words follows."""
    if _LIST.match(text):
        return text
    for found in _COMMA.finditer(text):
        before, after = text[: found.start()], text[found.end() :]
        if len(before.split()) >= 2 and not _DETAIL.match(after):
            return before
    return text


def _stop_before_it(text: str) -> str:
    """ "Bought a house and painted it": what follows a joint and speaks of "it" is left off."""
    found = _IT.search(text, 4)
    joints = [
        joint for joint in _JOINT.finditer(text) if found and joint.end() <= found.start() + 1
    ]
    if not joints or len(text[: joints[0].start()].split()) < 3:
        return text
    last = [joint for joint in joints if joint.group(0).lower() in _JOINS_CLAUSES] or joints
    return text[: last[-1].start()]
