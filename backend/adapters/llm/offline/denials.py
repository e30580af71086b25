"""What the user says isn't so, or takes back: "I don't have a dog, I was joking", "I lied about my job".

Denials are found in any words, since they count only against a fact that is known (see
`Candidate.denial`): "I don't care" contradicts nothing.
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
    r"\b(?:do|does|did|is|are|was|were|have|has|had|ca)n['’]?t\b|\b(?:not|never|no|lie|lied|lying|joke|joking|kidding|false|untrue|nonsense|teasing|pulling"
    r"|testing|messing|invented|made)\b",
    re.IGNORECASE,
)
_CONFESSION = re.compile(
    r"(?:(?:all )?(?:that|it|this|what I said)(?: just now)? (?:was|is) (?:all |just |only |actually )?"
    r"(?:an? )?(?:lie|joke|not true|untrue|false|made up|nonsense|invented)"
    r"|I (?:just |only )?(?:lied|made (?:that|it|this|all that|it all) up|invented that|"
    r"(?:was|am) (?:just |only )?(?:lying|joking|kidding|teasing(?: you)?|pulling your leg|testing you"
    r"|messing with you))"
    r"|(?:that|it) is not true|not true|just kidding)"
    r"(?: about (?P<whose>my |our |the |that |having an? )?(?P<topic>[\w' -]{2,40}))?"
    r"|I (?:just |only )?(?:made up|invented) (?P<mine>my |our |the |that )(?P<thing>[\w' -]{2,40})",
    re.I,
)


def find_denials(message: str) -> list[str]:
    """What a message says isn't so, in the third person: "The user does not have a dog." """
    if not _MAY_DENY.search(message):
        return []
    if guards.is_injection(message) or guards.is_lyrics(message) or guards.is_specimen(message):
        return []
    found = [_denied(part) for part in _parts(message)]
    return [sentence for sentence in found if sentence]


def takes_all_back(message: str) -> bool:
    """Whether a message says, without saying what is so, that what came before it was a lie or a joke."""
    if not _MAY_DENY.search(message):
        return False
    parts = _parts(message)
    confessed = [found for part in parts if (found := _CONFESSION.fullmatch(part))]
    denied = any(_NOT_SO.fullmatch(part) and not _CONFESSION.fullmatch(part) for part in parts)
    return (
        bool(confessed)
        and not denied
        and not any(found["topic"] or found["thing"] for found in confessed)
    )


def untrue(content: str) -> str:
    """A fact denied: "It is not true that the user's dog is called Biscuit." """
    lowered = re.sub(r"^The user\b", "the user", content)
    return f"It is not true that {lowered}"


def _parts(message: str) -> list[str]:
    """The clauses of a message that state something, without what people say first."""
    parts = []
    for sentence in split_sentences(guards.without_quotations(tidy(message))):
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
        whose = "their " if confession["whose"] or confession["mine"] else ""
        topic = confession["topic"] or confession["thing"]
        return f"What the user said about {whose}{topic} is not true." if topic else None
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
