"""Who the user's people are by name: "my flatmate Jodie", "Priya's running, my sister"."""

import re
from collections.abc import Mapping, Sequence

from backend.adapters.llm.offline.lexicon import (
    JOBS,
    KIN,
    NOT_NAMES,
    NOT_PLACES,
    PETS,
    alternatives,
)
from backend.adapters.llm.offline.sentences import Sentence
from backend.adapters.llm.offline.subjects import Subject, is_of_user, person
from backend.adapters.llm.offline.verb_forms import PAST
from backend.adapters.llm.offline.verbs import DEEDS, HABITS, UNDER_WAY, base_form, verb_forms
from backend.adapters.llm.offline.word_lists import words

_RELATION = rf"{alternatives(KIN)}|{alternatives(PETS)}"
_NAME = r"(?-i:[A-ZÀ-Þ][a-zà-ÿ'-]+(?: [A-ZÀ-Þ][a-zà-ÿ-]+)?)"
_SAID_AFTER = re.compile(
    rf"\b(?!(?:I|My|Me|We|Our|And|But|So|The)\b)(?P<name>{_NAME})(?:'s)?\b(?! my)[^.!?;]{{0,60}}?,"
    rf" (?:who is |(?:he|she|that) is )?my (?P<kin>{_RELATION})(?=\s*(?:,|$|\.|!|and\b|but\b))",
    re.I,
)
_SAID_OF = re.compile(
    rf"(?:^|[,;] |\band )(?P<name>{_NAME}) (?:is|was) my (?P<kin>{_RELATION})(?=\s*(?:,|$|\.|!|and\b|but\b))",
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
    r"|pay|salary|wages?|lessons?|results?|shift|car|van|house|flat|only|yet|already|instead|rescue|photos?|pics?|pictures?|stuff|things?|party|wedding"
    r"|birthday|anymore|any|lately|recently|soon|together|alone|sometimes|often|please|pls|thanks"
    r"|first|last|next|well|right|wrong|good|bad|sick|ill|dead|asleep|pregnant|gay|drunk|mad|angry"
    r"|funny|weird|crazy|cute|tall|small|big|great|fine|okay|atm|irl|tbh|btw|bro|lmao|dude"
    r"|tho|rn|apart|abroad|downstairs|upstairs|nearby|outside|inside|forever|everyday|maybe)$"
    r"|(?<!jame)(?<!charle)(?<!mile)(?<!chri)(?<!han)(?<!jen)(?<!lar)(?<![uiaos])s$"  # "stays"
)


_OF_AGE = re.compile(
    r"(?:eld|old|young)est|middle", re.I
)  # "my eldest grandson": what follows is no name


def name_known(text: str, known: Mapping[str, Subject]) -> str:
    """The text with the names that it gives in small letters, and those known, capitalised."""
    found_small = _TYPED_SMALL.finditer(text)
    names = {found["name"].lower() for found in found_small if not _OF_AGE.match(found["kin"])}
    names = {name for name in names if not _is_word(name)} | known.keys()
    for name in names:
        text = re.sub(rf"(?<![\w']){re.escape(name)}(?=\b)", name.title(), text)
    return text


def introduced_after(text: str) -> list[tuple[str, str]]:
    """Name and relation where the relation follows: "Priya's doing the marathon, my sister", "Tom is my
    neighbour"."""
    return [
        (found["name"].removesuffix("'s"), found["kin"])
        for pattern in (_SAID_AFTER, _SAID_OF)
        for found in pattern.finditer(text)
        if found["name"].split()[0].lower() not in NOT_NAMES | _NO_PERSON
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
# "Carla says": only people do that, so that a name may open the sentence.
_OF_PEOPLE = re.compile(
    r"(?P<name>(?-i:[A-ZÀ-Þ])[a-zà-ÿ]{2,14}) (?:(?:is|turned) (?:now |only |already |nearly )?\d{1,2}\b"
    r"|(?:says|said|thinks|wants|studies|lives|works|called|told|texted|teaches|lends|drives|bought"
    r"|swears|reckons|hates|loves|moved|visits|came|comes)\b)"
    r"|(?P<then>(?-i:[A-ZÀ-Þ])[a-zà-ÿ]{2,14}),? (?:he|she) is ",
    re.I,
)
# "I proposed to Abena": whom "she" means next.
_DEALT_WITH = re.compile(
    r"\b(?:proposed to|married|dating|engaged to|met|see|seeing|called|visited|told|asked|texted|love|miss"
    r"|live with|living with|moved in with|work with|friends with|sister is|brother is) "
    r"(?P<name>(?-i:[A-ZÀ-Þ])[a-zà-ÿ]{2,14})\b(?! (?-i:[A-Z]))",
    re.I,
)
_NO_PERSON = words(
    "christmas easter halloween god internet english maths science street road day year week "
    "covid brexit "
    "twitter instagram facebook google amazon netflix uber ramadan diwali eid hanukkah lent "
    "work school uni college boss landlord management police council bank insurance hospital "
    "weather government everyone nobody somebody someone people management traffic alexa siri "
    "life love death money food sleep football cricket rugby tennis music dinner lunch today"
)


def dealt_with(clause: str) -> str | None:
    """The one person by name of whom a clause says what the user did with them: "I proposed to Abena"."""
    names = {found["name"] for found in _DEALT_WITH.finditer(clause)}
    name = names.pop() if len(names) == 1 else ""
    return name if name and name.lower() not in NOT_NAMES | NOT_PLACES | _NO_PERSON else None


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
        if human := _OF_PEOPLE.match(text):
            found.add(human["name"] or human["then"])
        names |= found
    return {
        name for name in names if name.lower() not in NOT_NAMES | _NO_PERSON | KIN.keys() | JOBS
    }


_SEVERAL = re.compile(
    r"\b(?:my|our|the|two|three|four|five|[2-9]) (?:[\w-]+ ){0,2}?(?P<kin>kids|children|sons|daughters"
    r"|boys|girls|brothers|sisters|grandchildren|grandkids)\b(?! (?:of|in) my class)",
    re.I,
)
_ONE_OF = {
    "kids": "child", "children": "child", "sons": "son", "boys": "son", "daughters": "daughter",
    "girls": "daughter", "brothers": "brother", "sisters": "sister",
    "grandchildren": "grandchild", "grandkids": "grandchild",
}  # fmt: skip


def stranger(name: str, message: str = "") -> Subject:
    """Somebody of whom no more than a name is known; after "my two sons" in the message, one of them."""
    before = message[: message.find(name)]
    several = [each for each in _SEVERAL.finditer(before) if is_of_user(before[: each.start()])]
    if len({found["kin"].lower() for found in several}) == 1:
        return person(_ONE_OF[several[0]["kin"].lower()], "", name)
    return Subject(name, "other", name, f"{name.lower()}.", "")


def _is_word(word: str) -> bool:
    return bool(
        word in NOT_NAMES
        or word in PAST
        or word in KIN
        or word in PETS
        or base_form(word) in HABITS
        or re.fullmatch(f"{verb_forms(DEEDS)}|{verb_forms(UNDER_WAY)}", word)
        or _NO_NAME.search(word)
    )
