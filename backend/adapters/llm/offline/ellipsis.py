"""Short answers to the character's questions: "What's your dog called?" – "Biscuit!"

The question only says what the answer is about; the value is always the user's own word.
"""

import re

from backend.adapters.llm.offline.lexicon import KIN, PETS, alternatives

_OWNED = rf"(?P<kin>{alternatives(KIN)}|{alternatives(PETS)})"
_QUESTIONS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(text, re.I), opening)
    for text, opening in (
        (rf"\bwhat(?:'s| is) your {_OWNED}(?:'s name| called)\b", "my {kin}'s name is "),
        (rf"\bwhat(?:'s| is) the name of your {_OWNED}\b", "my {kin}'s name is "),
        (rf"\bwhat do you call your {_OWNED}\b", "my {kin}'s name is "),
        (
            r"\bwhat(?:'s| is) (?:your name|your first name)\b|\bwhat (?:should|shall"
            r"|may|can) I call you\b|\bwhat do they call you\b",
            "my name is ",
        ),
        (
            r"\bwhat(?:'s| is) (?:his|her|its|their) name\b|\bwhat(?:'s| is) (?:he|she"
            r"|it) called\b",
            "his name is ",
        ),
        (
            r"\bwhat(?:'s| is) your favou?rite (?P<kin>[a-z]+(?: [a-z]+)?)\b",
            "my favourite {kin} is ",
        ),
        (r"\bwhere do you live\b|\bwhere(?:'s| is) home\b", "I live in "),
        (r"\bwhere (?:are you|do you come) from\b|\bwhere were you born\b", "I am from "),
        (r"\bwhere do you work\b|\bwho do you work for\b", "I work at "),
        (
            r"\bwhat do you do (?:for (?:work|a living))?\b|\bwhat(?:'s| is) your "
            r"(?:job|occupation|trade)\b",
            "I work as ",
        ),
        (r"\bhow old are you\b|\bwhat(?:'s| is) your age\b", "I am "),
        (r"\bwhen(?:'s| is) your birthday\b", "my birthday is "),
    )
)
_LAST_QUESTION = re.compile(r"[^.!?\n]*\?\s*[^.!?]{0,20}$")
_NO_ANSWER = re.compile(
    r"\b(?:no|none|nope|not|nothing|never|why|guess|secret|dunno|idk|later"
    r"|depends|maybe|everything|anything|many|"
    r"what|who|you|your|do|did|is|are|was|it|that|he|she|they|lol|haha|hmm|ok"
    r"|okay|sure|yes|yeah|thanks|hi|hello|yep|yup|absolutely|totally|exactly"
    r"|definitely|indeed|wow|cool|nice|great|good|awesome|hey|well|oh|um|uh|"
    r"probably|sorry|please|right|true|haha|of|course|neither|both|all|some"
    r"|much|really|too|very|so|not|same|here|there)\b",
    re.I,
)


def complete(question: str, answer: str) -> str | None:
    """The whole statement that a short answer stands for; None if it is no such answer.

    `question` is what the character said just before, `answer` the user's sentence.
    """
    asked = _LAST_QUESTION.search(question[-400:])
    bare = re.sub(
        r"^(?:in|at|from|as|an?|i'?m|it's|the|on)\s+", "", answer.strip(" .!"), flags=re.I
    )
    if not asked or not 1 <= len(bare.split()) <= 4 or _NO_ANSWER.search(bare):
        return None
    if re.match(r"(?:I|my|we|our|a)\b", bare):
        return None
    for pattern, opening in _QUESTIONS:
        if found := pattern.search(asked.group(0)):
            return opening.format(kin=found.groupdict().get("kin")) + bare
    return None
