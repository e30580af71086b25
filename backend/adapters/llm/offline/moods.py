"""Hears how the user says they feel."""

import re

from backend.adapters.llm.offline.lexicon import KIN, PETS, alternatives

_FEELINGS = {
    "sad": r"sad|(?:feel(?:ing|s)?|felt|am|i'm|im|been|so|really|pretty|bit|quite|very|too"
    r"|(?:gets?|getting|got) me) down(?! for| with)|in tears|low|unhappy|miserable"
    r"|heartbroken|depressed|lonely|alone|crying|cried|grieving|devastated|hurt|awful|terrible|"
    r"broke my heart|miss (?:him|her|them)|lost my (?:dog|cat"
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


_ANIMATE = rf"(?:{alternatives(KIN)}|{alternatives(PETS)})(?:e?s)?"
_DIES = (
    r"(?:(?:has |have |had |just |suddenly |also |finally |sadly )*(?:died|passed(?: away| on)|dies)"
    r"|(?:is|are|was|'s) (?:dead|put (?:down|to sleep))|didn't (?:make it|survive)"
    r"|(?:has|have)? ?(?:had to be )put (?:down|to sleep))"
)
_THINGS = (
    r"batter(?:y|ies)|phone|mobile|laptop|computer|pc|tablet|ipad|kindle|console|xbox|charger|wifi|wi-fi"
    r"|internet|connection|signal|line|car|van|motor|engine|bike|fridge|freezer|boiler|oven|kettle|toaster"
    r"|washing machine|machine|dishwasher|hoover|vacuum|tv|telly|television|radio|speaker|headphones|earbuds"
    r"|printer|monitor|screen|keyboard|camera|watch|clock|torch|lamp|bulb|lights?|server|app|game|router|drive"
    r"|conversation|chat|party|joke|show|song|plants?|basil|cactus|fern|orchid|roses?|tomatoes|grass|lawn|tree"
    r"|sourdough|starter|yeast|fire|wind|storm|music|idea|hope|enthusiasm|motivation|legs?|feet|arms?|brain"
    r"|career|marriage|relationship|character|hero|villain|protagonist|power|electricity|heating|it|that|this"
)
_DEATH = re.compile(
    rf"(?P<who>[\w'’-]+(?: (?:as well|too|both|all))?),? {_DIES}\b"
    rf"|\b(?:lost|buried|put down|said goodbye to|mourning) (?:my|our) (?:[\w-]+ ){{0,2}}?{_ANIMATE}\b"
    rf"|\bdeath of (?:my|our) |\b(?:my|our) (?:[\w'-]+ ){{1,3}}funeral\b",
    re.I,
)
_ILL = re.compile(
    rf"\b(?:my|our) (?:[\w-]+ ){{0,2}}?{_ANIMATE}(?: (?-i:[A-ZÀ-Þ])[\w-]+)?"
    r"(?:'s| (?:is|are|got|has been|fell))"
    r" (?:(?!not\b|no\b|never\b)[\w-]+ ){0,3}?(?:ill|sick(?! (?:of|and tired))|poorly|dying(?! (?:to|for))"
    r"|in (?:the )?(?:hospital|hospice|icu|a coma|intensive care))\b",
    re.I,
)
_OF_A_THING = re.compile(
    rf"\b(?:{_THINGS})(?: (?:has|have|had|just|also|finally|suddenly|totally|completely|is|are|was))*"
    r" (?:died|dies|dead|passed)\b",
    re.I,
)
_NOT_IN_EARNEST = re.compile(
    r"\b(?:I|we) (?:(?:just|nearly|almost|literally|basically|about|could have|would have|have) )*died\b"
    r"|\bdied (?:laughing|of (?:embarrassment|shame|boredom|laughter)|inside|on me|down|out|for our)\b"
    r"|\b(?:1[0-9]|20)\d\d\b|\bcentur(?:y|ies)\b|\b(?:in|at the end of) the (?:film|movie|book|show|series"
    r"|game|story|novel|finale|last episode)\b"
    r"|\b(?:nobody|no one|nothing|who|never|not) (?:has )?(?:died|dies)\b"
    r"|\b(?:if|when|what if|unless) .{0,40}\b(?:dies|died)\b"
    r"|\bpassed (?:on )?(?:my|the|an?|his|her|their|our|it)\b",
    re.I,
)


def is_of_a_thing(sentence: str) -> bool:
    """Whether what "died" never lived: a battery, a phone, a conversation."""
    return bool(_OF_A_THING.search(sentence))


def mourns(message: str) -> bool:
    """Whether the user tells that somebody, or an animal, has died."""
    text = message.replace("’", "'")
    return any(
        _DEATH.search(part) and not _OF_A_THING.search(part) and not _NOT_IN_EARNEST.search(part)
        for part in re.split(r"(?<=[.!?…])\s+|\n+|,? but ", text)
        if not part.rstrip().endswith("?")
    )


def feeling_of(message: str) -> str | None:
    """`sad`, `anxious`, `angry`, `tired` or `happy`; None where the user says none of their own."""
    text = message.replace("’", "'")
    if mourns(message) or ("?" not in text and _ILL.search(text)):
        return "sad"
    if not _FIRST_PERSON.search(text):
        return None
    text = _OTHERWISE.sub(" ", text)
    for mood, pattern in _PATTERNS.items():
        found = pattern.search(text)
        if found and not _DENIED.search(text[: found.start()]):
            return mood
    return None
