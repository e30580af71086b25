"""Who the user's people are by name: "my flatmate Jodie", "Priya's running, my sister"."""

import re
from collections.abc import Mapping, Sequence

from backend.adapters.llm.offline.lexicon import JOBS, KIN, NOT_NAMES, PETS, alternatives
from backend.adapters.llm.offline.sentences import Sentence
from backend.adapters.llm.offline.subjects import Subject
from backend.adapters.llm.offline.verbs import DEEDS, HABITS, UNDER_WAY, base_form, verb_forms
from backend.adapters.llm.offline.word_lists import words

_RELATION = rf"{alternatives(KIN)}|{alternatives(PETS)}"
_NAME = r"(?-i:[A-ZÀ-Þ][a-zà-ÿ'-]+(?: [A-ZÀ-Þ][a-zà-ÿ-]+)?)"
_SAID_AFTER = re.compile(
    rf"\b(?P<name>{_NAME})(?:'s)?\b(?! my)[^.!?;]{{0,60}}?, my (?P<kin>{_RELATION})(?=\s*(?:,"
    r"|$|\.|!))",
    re.I,
)
_TYPED_SMALL = re.compile(
    rf"\b(?:my|our) (?P<qualifier>(?:older|younger|little|big|best|eldest|youngest|lovely|new) )?"
    rf"(?P<kin>{_RELATION})(?:,| called| named)? (?P<name>[a-z]{{3,14}})"
    r"(?=\s*(?:[.,;!?)]|$|\n|is\b|'s\b|has\b|in\b|from\b|lives\b|works\b|and (?:I|me|i)\b"
    r"|was\b|got\b|who\b))",
    re.I,
)
_NO_NAME = re.compile(
    r"(?:ing|ed|ly|ness|ful|tion)$|^(?:who|and|but|says?|said|thinks?|lives?|works?|called"
    r"|named|too|again|food|bed"
    r"|for|with|from|to|at|on|of|or|as|is|was|has|had|got|now|then|there|here|just|also|still"
    r"|always|never|really"
    r"|though|tho|lol|haha|yesterday|today|tomorrow|tonight|once|twice|all|both|more|anyway"
    r"|later|about|over|out|up"
    r"|down|off|back|away|home|wants?|needs?|gets?|goes|comes|does|did|can|will|would|keeps?"
    r"|hates?|loves?|likes?"
    r"|died|passed|left|came|went|took|made|told|calls?|cries|cried|sleeps?|snores|barks"
    r"|because|bc|when|while"
    r"|since|so|that|this|than|like|lad|group|school|friend|house|mate|law|boy|girl|years?"
    r"|age|old|side|even|ever"
    r"|only|yet|already|instead|rescue|photos?|pics?|pictures?|stuff|things?|party|wedding"
    r"|birthday|anymore|any|lately|recently|soon|together|alone|sometimes|often|please|pls|thanks"
    r"|first|last|next|well|right|wrong|good|bad|sick|ill|dead|asleep|pregnant|gay|drunk|mad|angry"
    r"|funny|weird|crazy|cute|tall|small|big|great|fine|okay|atm|irl|tbh|btw|bro|lmao|dude"
    r"|tho|rn|apart|abroad|downstairs|upstairs|nearby|outside|inside|forever|everyday|maybe)$"
    r"|(?<!jame)(?<!charle)(?<!mile)(?<!chri)(?<!han)(?<!jen)(?<!lar)(?<![uiaos])s$"  # "stays"
)


def name_known(text: str, known: Mapping[str, Subject]) -> str:
    """The text with the names that it gives in small letters, and those known, capitalised."""
    names = {found["name"].lower() for found in _TYPED_SMALL.finditer(text)}
    names = {name for name in names if not _is_word(name)} | known.keys()
    for name in names:
        text = re.sub(rf"(?<![\w']){re.escape(name)}(?=\b)", name.title(), text)
    return text


def introduced_after(text: str) -> list[tuple[str, str]]:
    """Name and relation where the relation follows: "Priya's doing the marathon, my sister"."""
    return [
        (found["name"].removesuffix("'s"), found["kin"])
        for found in _SAID_AFTER.finditer(text)
        if found["name"].split()[0].lower() not in NOT_NAMES
    ]


_TOLD_OF = re.compile(
    r"\b(?:chapters?|novel|plot|protagonist|villain|episode|season \d|book|film|movie|show"
    r"|series|game|story"
    r"|campaign|dungeon|song|album|match|team|election|news|celebrit)\b",
    re.I,
)
_CAPITALISED = re.compile(
    r"(?<!^)(?<![.!?:] )\b[A-ZÀ-Þ][a-zà-ÿ]{2,14}\b(?='s\b| (?:is|has|was|got|\w{2,}s|\w+ed)\b)"
)
_NO_PERSON = words(
    "christmas easter halloween god internet english maths science street road day year week "
    "covid brexit "
    "twitter instagram facebook google amazon netflix uber ramadan diwali eid hanukkah lent"
)


def strangers(message: str, sentences: Sequence[Sentence]) -> set[str]:
    """People of whom no more than the name is known: a capital where the writer puts no other.

    None where the message tells of a book, a film or a game.
    """
    if _TOLD_OF.search(message):
        return set()
    names: set[str] = set()
    small = any(sentence.said[:1].islower() for sentence in sentences)
    for sentence in sentences:
        text = sentence.text
        found = {match.group(0) for match in _CAPITALISED.finditer(text)}
        first = re.match(
            r"[A-ZÀ-Þ][a-zà-ÿ]{2,14}(?='s\b| (?:is|has|was|got|\w{2,}s|\w+ed)\b)", text
        )
        if small and first and not text.startswith("I "):
            found.add(first.group(0))
        names |= found
    return {
        name for name in names if name.lower() not in NOT_NAMES | _NO_PERSON | KIN.keys() | JOBS
    }


def stranger(name: str) -> Subject:
    """Somebody of whom no more than a name is known."""
    return Subject(name, "other", name, f"{name.lower()}.", "")


def _is_word(word: str) -> bool:
    return bool(
        word in NOT_NAMES
        or word in KIN
        or word in PETS
        or base_form(word) in HABITS
        or re.fullmatch(f"{verb_forms(DEEDS)}|{verb_forms(UNDER_WAY)}", word)
        or _NO_NAME.search(word)
    )
