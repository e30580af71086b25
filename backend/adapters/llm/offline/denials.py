"""What the user says isn't so, or takes back: "I don't have a dog, I was joking", "I lied about my job".

Denials are found in any words, since they count only against a fact that is known (see
`Candidate.denial`): "I don't care" contradicts nothing. "That was a lie" takes back what the user said just
before, if that says something; else it can't be told what is meant, and nothing is taken back.
"""

import re

from backend.adapters.llm.offline import guards
from backend.adapters.llm.offline.openings import strip_openings
from backend.adapters.llm.offline.sentences import spell_out, split_sentences, tidy

LONGEST = 10  # words of what is denied
_IN_TRUTH = r"(?:really |actually |honestly |even |ever |in fact |currently )*"
_NOT_SO = re.compile(
    rf"(?:I|we) {_IN_TRUTH}(?:(?P<verb>do|did|am|are|was|were|have|can) not|(?P<never>(?:have )?never)"
    rf"|(?P<no>have (?:got )?no)) {_IN_TRUTH}(?P<rest>.+)"
    rf"|my (?P<mine>[\w'-]+(?: [\w'-]+){{0,3}}?) (?P<is>is|are|was|were|does|did|has) not "
    rf"{_IN_TRUTH}(?P<its>.+)",
    re.IGNORECASE,
)
# "I don't think so": what nobody has told before.
_NO_FACT = re.compile(
    r"(?:know|think|want|mind|care|remember|believe|understand|see|mean|feel|need|get|guess|say|tell|agree"
    r"|sure|expect|wish|hope|recall|worry|talk|speak|mention|bother|recommend|suppose)\b",
    re.IGNORECASE,
)
# "A brother who'd listen" is one of many brothers.
_NARROWED = re.compile(
    r"\b(?:never had|have never had|(?:do|did) not have|have no|have not got)"
    r" (?:(?:an?|any|the) )?[\w'-]+(?: [\w'-]+)? (?:who|that|which|whose|to)\b",
    re.I,
)
_LACKS = re.compile(
    r"The user (?:(?:has )?never had|(?:does not|doesn't|did not|didn't) have|has no)\b", re.I
)
_THIRD = {"do": "does", "am": "is", "are": "is", "were": "was", "have": "has"}
_PARTS = re.compile(
    r"[,;]\s+|\s+[-–—]\s+|\s+(?:and|but|so|because)\s+(?=(?:I|my|we|that|it)\b)", re.I
)
_AT_THE_END = re.compile(
    r"[\s,]+(?:any ?more|actually|at all|really|though|in fact|either|lol|haha|after all|honestly|sorry)$",
    re.I,
)
# A look at the words, before sentences are taken apart.
_MAY_DENY = re.compile(
    r"\b(?:do|does|did|is|are|was|were|have|has|had|ca)n['’]?t\b|\b(?:not|never|no|lie|lied|lying"
    r"|joke|joking|kidding|false|true|untrue|nonsense|teasing|pulling"
    r"|testing|messing|invented|made)\b",
    re.IGNORECASE,
)
_CONFESSION = re.compile(
    r"(?:(?:all )?(?:that|it|this|what I said)(?: just now)? (?:was|is) (?:all |just |only |actually )?"
    r"(?:an? )?(?:lie|joke|not true|untrue|false|made up|nonsense|invented)"
    r"|I (?:just |only )?(?:lied|made (?:that|it|this|all that|it all) up|invented that|"
    r"(?:was|am) (?:just |only )?(?:lying|joking|kidding|teasing(?: you)?|pulling your leg|testing you"
    r"|messing with you))"
    r"|(?:that|it) is not true|not true|none of (?:that|it|this) (?:is|was) true|just kidding)"
    r"(?:,? about (?P<whose>my |our |the |that |having (?:an? )?)?(?P<topic>[\w' -]{2,40}))?"
    r"|I (?:just |only )?(?:made up|invented) (?P<mine>my |our |the |that "
    r"|(?-i:(?=[A-Z])))(?P<thing>[\w' -]{2,40})"
    r"|I (?:just |only )?made (?P<its>my |our |the |that |(?-i:(?=[A-Z])))(?P<name>[\w' -]{2,40}) up",
    re.I,
)
_MEANS_ALL = re.compile(r"(?:all )?(?:that|it|this|all|everything)(?: all)?(?: up)?", re.I)
_ABOUT = re.compile(r",\s+(?=about (?:my|our|the|that|having)\b)", re.I)
_OF_A_TOPIC = re.compile(r" (?:thing|bit|part|stuff|story)$", re.I)
# What the offline companion asks where "that was a lie" can mean anything.
WHICH_OF_IT = "Which of it"
_THE_PART = re.compile(
    r"(?:oh|just|only|well)?,? ?(?:the (?:part|bit|thing|one) |what )?"
    r"(?:(?:where |that )?I said |(?:that|about|with) )+",
    re.I,
)
_NAMED = re.compile(
    r"(?:oh|just|only|well)?,? ?(?:(?:the|my|our) )?"
    r"(?P<named>(?!(?:I|we|you|he|she|they|never|nothing|none|forget|all|no|nvm|whatever|it|that|this|everything|both)\b)"
    r"[\w'-]+(?: (?!(?:I|we|you|is|am|are|was|were)\b)[\w'-]+){0,2})",
    re.I,
)
_SAYS_NOTHING = re.compile(
    r"(?:you|thanks?|thank you|ok|okay|sure|hi|hey|hello|yes|yeah|no|nope|well|please|bye"
    r"|good (?:night|morning))\b",
    re.I,
)
FEWEST_WORDS = 3  # of what can be taken back


def find_denials(message: str) -> list[str]:
    """What a message says isn't so, in the third person: "The user does not have a dog." """
    if not _MAY_DENY.search(message):
        return []
    if guards.is_injection(message) or guards.is_lyrics(message) or guards.is_specimen(message):
        return []
    found = [_denied(part) for part in _parts(message)]
    return [sentence for sentence in found if sentence]


def stated_parts(message: str) -> list[str]:
    """The clauses of a message that state something of life, without what people say first."""
    if guards.is_injection(message) or guards.is_lyrics(message) or guards.is_specimen(message):
        return []
    return [part for part in _parts(message) if not guards.is_unreal(part)]


def takes_all_back(message: str) -> bool:
    """Whether a message says, without saying what is so, that what came before it was a lie or a joke."""
    if not _MAY_DENY.search(message):
        return False
    parts = _parts(message)
    confessed = [found for part in parts if (found := _CONFESSION.fullmatch(part))]
    denied = any(_NOT_SO.fullmatch(part) and not _CONFESSION.fullmatch(part) for part in parts)
    return bool(confessed) and not denied and not any(_topic(found) for found in confessed)


def takes_back_a_topic(message: str) -> bool:
    """Whether a message says what it is that was a lie or a joke: "just kidding about the twins"."""
    return any((found := _CONFESSION.fullmatch(part)) and _topic(found) for part in _parts(message))


def states_something(message: str) -> bool:
    """Whether a message says anything that could be a lie: a question or a greeting doesn't."""
    return any(
        len(part.split()) >= FEWEST_WORDS
        and guards.statement_part(part, question=False)
        and not _SAYS_NOTHING.match(part)
        and not _CONFESSION.fullmatch(part)
        for part in _parts(message)
    )


def named_in_answer(asked: str, answer: str) -> str:
    """What the answer to "which of it?" names: "the horses", "that I have two horses"; "" where that wasn't
    asked, or the answer says something else."""
    plain = answer.strip(" .!")
    if WHICH_OF_IT not in asked or len(plain.split()) > LONGEST or "?" in answer:
        return ""
    if found := _THE_PART.match(plain):
        named = re.sub(r"^(?:the|my|our) ", "", plain[found.end() :], flags=re.I)
    else:
        whole = _NAMED.fullmatch(plain)
        named = whole["named"] if whole else ""
    return "" if _MEANS_ALL.fullmatch(named) or _SAYS_NOTHING.match(named) else named


def narrows(message: str) -> bool:
    """Whether a message lacks only one of a kind: "I never had a brother who'd listen"."""
    return bool(_NARROWED.search(spell_out(message)))


def lacks(content: str) -> bool:
    """Whether a fact is that the user has, or had, no such thing."""
    return bool(_LACKS.match(content))


def not_true_of(topic: str) -> str:
    """What was said about something denied, whatever that was."""
    return f"What the user said about {topic} is not true."


def _topic(confession: re.Match[str]) -> str:
    """What was a lie, as the user's: "their dog"; "" where that isn't said."""
    topic = confession["topic"] or confession["thing"] or confession["name"] or ""
    if _MEANS_ALL.fullmatch(topic):
        return ""
    owned = confession["whose"] or confession["mine"] or confession["its"]
    whose = "their " if owned else ""
    return topic and whose + _OF_A_TOPIC.sub("", topic)


def untrue(content: str) -> str:
    """A fact denied: "It is not true that the user's dog is called Biscuit." """
    lowered = re.sub(r"^The user\b", "the user", content)
    return f"It is not true that {lowered}"


def _parts(message: str) -> list[str]:
    """The clauses of a message that state something, without what people say first."""
    parts = []
    for sentence in split_sentences(guards.without_quotations(tidy(_ABOUT.sub(" ", message)))):
        if sentence.question or guards.supposes(sentence.text):
            continue
        for clause in _PARTS.split(spell_out(sentence.text)):
            plain = strip_openings(clause.strip(" .!")).strip(" .!")
            while plain != (shorter := _AT_THE_END.sub("", plain)):
                plain = shorter
            if plain and guards.own_words(plain) == plain:
                parts.append(plain)
    return parts


def _denied(part: str) -> str | None:
    if confession := _CONFESSION.fullmatch(part):
        topic = _topic(confession)
        return not_true_of(topic) if topic else None
    found = _NOT_SO.fullmatch(part)
    rest = (found["rest"] or found["its"]) if found else ""
    if not found or len(rest.split()) > LONGEST or guards.certain_part(part) != part:
        return None
    if guards.is_unreal(part) or _NO_FACT.match(rest):
        return None
    rest = re.sub(r"\b(?:my|our)\b", "their", rest, flags=re.I)
    if found["mine"]:
        return f"The user's {found['mine']} {found['is'].lower()} not {rest}."
    if found["never"]:
        return f"The user never {rest}."
    if found["no"]:
        return f"The user has no {rest}."
    if found["verb"].lower() == "have" and rest.startswith("got "):
        return f"The user does not have {rest.removeprefix('got ')}."
    verb = found["verb"].lower()
    return f"The user {_THIRD.get(verb, verb)} not {rest}."
