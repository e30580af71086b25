"""Short answers to the character's questions: "What's your dog called?" – "Biscuit!"

The question only says what the answer is about; the value is always the user's own word.
"""

import re
from collections.abc import Callable

from backend.adapters.llm.offline.inversion import turned
from backend.adapters.llm.offline.lexicon import KIN, LANGUAGES, PETS, alternatives
from backend.adapters.llm.offline.verbs import HABITS, base_form

_OWNED = rf"(?P<kin>{alternatives(KIN)}|{alternatives(PETS)})"
_IS = r"(?:'s| is|s)"
_QUESTIONS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(text, re.I), opening)
    for text, opening in (
        (rf"\bwhat{_IS} your {_OWNED}(?:'s name| called)\b", "my {kin}'s name is "),
        (rf"\bwhat{_IS} the name of your {_OWNED}\b", "my {kin}'s name is "),
        (rf"\bwhat do you call your {_OWNED}\b", "my {kin}'s name is "),
        (
            rf"\bwhat{_IS} (?:your name|your first name)\b|\bwhat (?:should|shall"
            r"|may|can) I call you\b|\bwhat do they call you\b",
            "my name is ",
        ),
        (
            rf"\bwhat{_IS} (?:his|her|its|their) name\b|\bwhat{_IS} (?:he|she|it) called\b",
            "his name is ",
        ),
        (
            rf"\bwhat{_IS} your favou?rite (?P<kin>[a-z]+(?: [a-z]+)?)\b",
            "my favourite {kin} is ",
        ),
        (r"\bwhere (?:are you|do you come) from\b|\bwhere were you born\b", "I am from "),
        (r"\bwhere did you grow up\b", "I grew up in "),
        (r"\bwhere do you work\b|\bwho do you work for\b", "I work at "),
        (
            r"\b(?:where|what school|which (?:school|uni\w*)) do you (?:study|go to)\b",
            "I study at ",
        ),
        (
            rf"\bwhat do you do(?: for (?:work|a living))?\b(?! for fun| in your| on\b| when\b)"
            rf"|\bwhat{_IS} your "
            r"(?:job|occupation|trade|profession)\b",
            "I work as ",
        ),
        (r"\bhow old are you\b|\bwhat(?:'s| is) your age\b", "I am "),
        (r"\bwhen(?:'s| is) your birthday\b", "my birthday is "),
        (rf"\bwhat{_IS} your (?:star|zodiac) sign\b", "my star sign is "),
    )
)
_FEW = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|\d{1,2})"
_COUNTED = re.compile(rf"(?:an?|{_FEW}) [a-z]", re.I)
_THING = re.compile(r"[\w'-]+(?:(?:,| and|,? but| or)? [\w'-]+){0,9}$", re.I)


_BARE_COUNT = re.compile(rf"{_FEW}(?=$|,| both)", re.I)
_SEVERAL = re.compile(r"\b(?:pets|cats|dogs|siblings|brothers|sisters|kids|children)\b", re.I)


def _as_had(answer: str, asked: str) -> str | None:
    """ "Two sisters, both older": only what is counted is had. "Two" is two of what was asked."""
    counted, several = _BARE_COUNT.match(answer), _SEVERAL.search(asked)
    if counted and several:
        kind = several.group(0).lower().removesuffix("s").removesuffix("ren")
        one = counted.group(0).lower() in ("one", "1")
        return (
            f"I have one {kind}" if one else f"I have {counted.group(0)} {several.group(0).lower()}"
        )
    return f"I have {answer.split(',')[0]}" if _COUNTED.match(answer) else None


def _as_played(answer: str, asked: str) -> str | None:
    first = re.split(r",| but ", answer)[0]
    return f"I play the {first}" if len(first.split()) <= 3 else None


def _as_studied(answer: str, asked: str) -> str | None:
    return _as_said("I study ")(answer.split(",")[0], asked)


def _as_spoken(answer: str, asked: str) -> str | None:
    spoken = set(answer.lower().replace(",", " ").split()) & LANGUAGES
    return _as_said("I speak ")(answer, asked) if spoken else None


def _as_home(answer: str, asked: str) -> str | None:
    place = re.sub(r"^(?:in|at) ", "", answer, flags=re.I)
    return _as_said("I live in ")(place, asked)


def _as_allergy(answer: str, asked: str) -> str | None:
    return _as_said("I am allergic to ")(re.sub(r"^allergic to ", "", answer, flags=re.I), asked)


def _as_said(opening: str) -> Callable[[str, str], str | None]:
    def whole(answer: str, asked: str) -> str | None:
        return f"{opening}{answer}" if _THING.match(answer) else None

    return whole


# What is asked for is a list or a phrase: more words may answer it.
_LONGER: tuple[tuple[re.Pattern[str], Callable[[str, str], str | None]], ...] = tuple(
    (re.compile(text, re.I), whole)
    for text, whole in (
        (
            r"\b(?:do|did) you have (?:any |a )?(?:pets?|animals|cats?|dogs?|siblings|brothers"
            r"|sisters|kids|children)\b|\bany (?:pets|siblings|kids|children)\b",
            _as_had,
        ),
        (r"\ballerg(?:ies|ic)\b", _as_allergy),
        (
            r"\bwhat (?:are you|do you) study(?:ing)?\b|\bwhat(?:'s| is) your major\b",
            _as_studied,
        ),
        (r"\bdo you play (?:an|any) instruments?\b|\bwhat instruments?\b", _as_played),
        (
            r"\bwhat (?:kind|sort|type)s? of music\b|\bwhat music\b|\bwhat do you listen to\b",
            _as_said("I like "),
        ),
        (
            r"\bwhat languages\b|\bspeak any (?:other )?languages\b|\bany other languages\b",
            _as_spoken,
        ),
        (
            r"\bwhat are your (?:hobbies|interests)\b|\bdo you have (?:any )?hobbies\b"
            r"|\bwhat do you (?:like to )?do (?:for fun|in your (?:free|spare) time)\b",
            _as_said("my hobbies are "),
        ),
        (r"\bwho do you live with\b", _as_said("I live with ")),
        (
            r"\bwhere do you live\b|\bwhere(?:'s| is) home\b(?!,? (?:before|originally))"
            r"|\bwhere are you based\b",
            _as_home,
        ),
        (r"\b(?:what|which) (?:\w+ )?(?:team|club) do you support\b", _as_said("I support ")),
    )
)
_LIKES = re.compile(
    r"\bdo you (?:like|enjoy|love) (?P<thing>(?!it\b|that\b|this\b|me\b|him\b|her\b|them\b|to\b"
    r"|being"
    r"|talking|my\b|your\b|the idea)[a-z][\w' -]{1,30})\?",
    re.I,
)
_LOVED = re.compile(
    r"(?:yes|yeah|yep|oh yes|absolutely)?[, ]*(?:I )?(?:love|adore)(?: it| them)?$", re.I
)
_HATED = re.compile(
    r"(?:no|nah|nope|ugh)?[, ]*(?:I )?(?:hate|can'?t stand|loathe|detest)(?: it| them)?$", re.I
)
_HAS_ONE = re.compile(rf"\b(?:do you have|have you got) (?:an?|any) {_OWNED}\b", re.I)
_ITS_NAME = re.compile(
    r"(?:(?:yes|yeah|yep)[,!. ]+)?(?:(?:she|he|it|they)(?:'s| is|s| are) (?:called|named)"
    r"|(?:her|his|its) name(?:'s| is)) (?P<name>[\w' -]{2,30})$",
    re.I,
)
_LIVES_ALONE = re.compile(
    r"\b(?:do you )?live (?:alone|by yourself|on your own|with (?:any|some)\w+)\b", re.I
)
_WITH = re.compile(
    r"(?:(?:no|nope|nah|yes|yeah)[,. ]+)?(?:I live )?(?P<with>with (?:my|our|a|two|three) .+)$",
    re.I,
)
_OF_ANOTHER = re.compile(
    rf"\b(?:he|she|they|him|her|his|their)\b|\byour (?:[a-z]+ )?{_OWNED}\b(?!'s name)"
    r"|\b(?:is|was|are|does|did|has|have|about|with) (?-i:[A-Z][a-z]{2,})\b|'s (?-i:[A-Z][a-z]{2,})\b",
    re.I,
)
_LAST_QUESTION = re.compile(r"[^.!?\n]*\?\s*[^.!?]{0,20}$")
_LEAD = re.compile(
    r"^(?:(?:yes|yeah|yep|yup|sure|well|oh|um+|er+|so|just|only|actually|mostly|mainly|it is|it's"
    r"|they"
    r" are|that would be|I (?:have|am|study|play|speak|like))\b[,:. ]*)+",
    re.I,
)
_NO_ANSWER = re.compile(
    r"\b(?:no|none|nope|not|nothing|never|why|guess|secret|dunno|idk|later"
    r"|depends|maybe|everything|anything|many|"
    r"what|who|you|your|do|did|is|are|was|it|that|he|she|they|lol|haha|hmm|ok"
    r"|okay|sure|yes|yeah|thanks|hi|hello|yep|yup|absolutely|totally|exactly"
    r"|definitely|indeed|wow|cool|nice|great|good|awesome|hey|well|oh|um|uh|"
    r"probably|sorry|please|right|true|haha|of|course|neither|both|all|some"
    r"|much|really|too|very|so|not|same|here|there|half|everyone|everybody|people|calls?)\b",
    re.I,
)
_EVASIVE = re.compile(
    r"\b(?:no|none|nope|not|nothing|never|why|guess|secret|dunno|idk|depends|maybe|everything"
    r"|anything"
    r"|what|who|you|your|it|that|he|she|I|we|my|would|could|wish|used to|any|something|stuff|things"
    r"|lots|loads|all sorts|rather|private)\b",
    re.I,
)


def asks_of_another(question: str) -> bool:
    """Whether a question is about somebody of the user's: the answer's first words may be, too."""
    asked = _LAST_QUESTION.search(question[-400:])
    return bool(asked and _OF_ANOTHER.search(asked.group(0)))


def says_yes(sentence: str) -> bool:
    """Whether a sentence is no more than "yes!": the answer comes after it."""
    return bool(
        re.fullmatch(r"(?:oh )?(?:yes|yeah|yep|yup|sure|of course|I do|yes I do)", sentence, re.I)
    )


def complete(question: str, answer: str) -> str | None:
    """The whole statement that a short answer stands for; None if it is no such answer.

    `question` is what the character said just before, `answer` the user's sentence.
    """
    asked = _LAST_QUESTION.search(question[-400:])
    if not asked:
        return None
    plain = answer.strip(" .!")
    if taste := _LIKES.search(asked.group(0)):
        return _taste(taste["thing"], plain)
    has_one, its_name = _HAS_ONE.search(asked.group(0)), _ITS_NAME.match(plain)
    if has_one and its_name:
        return f"my {has_one['kin']}'s name is {its_name['name']}"
    if _LIVES_ALONE.search(asked.group(0)) and (housed := _WITH.match(plain)):
        return f"I live {housed['with']}"
    longer = _LEAD.sub("", plain)
    if longer and not _EVASIVE.search(longer):
        for pattern, whole in _LONGER:
            if pattern.search(asked.group(0)):
                return whole(longer, asked.group(0))
    return _named(asked.group(0), plain) or turned(asked.group(0), plain)


def _taste(thing: str, answer: str) -> str | None:
    if _LOVED.match(answer):
        return f"I love {thing}"
    return f"I hate {thing}" if _HATED.match(answer) else None


def _named(asked: str, answer: str) -> str | None:
    bare = re.sub(r"^(?:in|at|from|as|an?|i'?m|it's|the|on)\s+", "", answer, flags=re.I)
    if not 1 <= len(bare.split()) <= 4 or _NO_ANSWER.search(bare):
        return None
    if re.match(r"(?:I|my|we|our|a)\b", bare):
        return None
    for pattern, opening in _QUESTIONS:
        if found := pattern.search(asked):
            if base_form(bare.split()[0].lower()) in HABITS:
                return f"I {bare}"  # "What do you do?" – "drive a forklift"
            if re.fullmatch(r"\w+ing", bare) and opening == "I work as ":
                return f"I work in {bare}"
            return opening.format(kin=found.groupdict().get("kin")) + bare
    return None
