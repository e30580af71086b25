"""What people ask to be forgotten by what it is, not by its words: "my address", "where my sister works",
"how old I am". Pure functions, of English, as facts are kept."""

import re
from dataclasses import dataclass

from backend.memory.people import plain_kin

_NAME = r"(?-i:[A-ZÀ-Þ][\w’-]*)"
_KIN = r"[a-z-]+(?: (?-i:[A-ZÀ-Þ])[\w-]*)?"
_ILLNESS = (
    r"(?:\w+itis|\w+osis|\w*a?emia|\w+phobia|\w*phrenia|asthma\w*|diabet\w+|depress\w+|anxiety|anxious|cancer"
    r"|tumou?r|leuk\w+|epilep\w+|migraines?|\w+ disorder|\w+ syndrome|\w+ disease|disorder|syndrome|disease"
    r"|illness|HIV(?:[- ]positive)?|AIDS|ADHD|ADD|PTSD|OCD|IBS|PCOS|autis\w+|bipolar|hepatitis|eczema|gout"
    r"|dementia|alzheimer\w*|parkinson\w*|crohn\w*|lupus|celiac|coeliac|anorexi\w+|bulimi\w+|stroke"
    r"|heart (?:condition|problems?|failure|attack)|high blood pressure|chronic \w+|deaf\w*|blind\w*"
    r"|disab\w+|ill|sick|infection|covid|long covid|flu|burn-?out|insomnia)"
)
_FAITHS = (
    r"(?:Muslim|Christian|Jewish|Jew|Hindu|Buddhist|Sikh|Catholic|Protestant|Orthodox|Mormon|Quaker|Baptist"
    r"|Methodist|Anglican|Lutheran|atheist|agnostic|religious|pagan|Wiccan)"
)
_ORIENTATION = (
    r"(?:gay|lesbian|bi|bisexual|straight|queer|asexual|pansexual|heterosexual|homosexual)"
)
# What may stand before such a word, and not behind it: "has a sick dog" and "is married to a Muslim" tell
# nothing of the user's own.
_QUITE = (
    r"(?:(?:a|an|the|not|no longer|also|very|quite|really|openly|mild|severe|bad|early|some|been|with|from"
    r"|diagnosed|raised|devout|strict|lapsed|practi[sc]ing|born|type \d|stage \d|breast|lung|skin|bowel|brain"
    r"|blood|prostate|social|clinical|seasonal|chronic|postnatal|rheumatoid|stomach|kidney|liver) )*"
)
_NO_MORE = (
    r"\b(?=\W*$|[,.;!?]|"
    r" (?:in|since|for|and|but|with|from|at|again|after|as|on|when|because|every|too|now)\b)"
)


@dataclass(frozen=True, slots=True)
class Attribute:
    """`facts` is how facts go on behind whom they are about, `said` what the user's own words were;
    `probes` are words of which the latter mostly have one."""

    facts: re.Pattern[str]
    said: re.Pattern[str]
    probes: tuple[str, ...]

    def is_said_in(self, words: str) -> bool:
        """Whether the user tells it there."""
        return self.said.search(words.replace("’", "'")) is not None


@dataclass(frozen=True, slots=True)
class _Kind:
    """`noun` follows "my", `clause` has "I" or another in the place of WHO; `said` has it too."""

    noun: str
    clause: str
    facts: str
    said: str
    probes: str


_KINDS = (
    _Kind(
        r"(?:home |current |exact |full |street )?address|home ?town|home|city|postcode|zip code",
        r"where WHO (?:lives?|(?:'m|'re|am|are|is) living)",
        r"(?: (?:currently |now )?(?:lives|is living|has lived|resides|has moved|moved|is moving)"
        r" (?:in|at|on|to|near|by|outside|just|off|up|down|out|above|opposite|from|close)\b"
        r"|'s (?:home |new )?(?:address|city|home ?town|postcode|zip code)\b)",
        r"\bWHO (?:(?:now|currently) )?(?:lives? (?:in|at|near)|moved to)\b|\bWHOSE (?:home |new )?"
        r"(?:address|postcode|zip code)\b",
        "live living resides moved moving address postcode zip city home",
    ),
    _Kind(
        r"employer|workplace|place of work|company|office",
        r"where WHO works?|(?:who|whom) WHO works? for|WHO works? (?:there|where)",
        r" (?:works|is working) (?:at|for|in)\b",
        r"\bWHO works? (?:at|for|in)\b",
        "work",
    ),
    _Kind(
        r"job|work|profession|occupation|career|job title",
        r"what WHO (?:do|does|works? as)(?: for (?:a living|work))?",
        r"(?: (?:works|is working) (?:as|at|for|in)\b|'s (?:\w+ )?job\b)",
        r"\bWHO (?:works? (?:as|at|for|in)|(?:'m|am|is) an? \w+ (?:at|for))\b|\bWHOSE job\b",
        "work job",
    ),
    _Kind(
        r"(?:chronic |mental |medical )?(?:illness(?:es)?|(?:medical |health )?conditions?|diseases?|sickness"
        r"|diagnos[ie]s|disability|disorder|ailments?)|medical history"
        r"|(?:mental )?health(?: (?:problems?|issues?|troubles?))?",
        r"what WHO ?(?:suffers? from|(?:'m|am|is|was|has been|have been|'ve been) (?:ill|sick|diagnosed)"
        r" with)",
        rf"(?: (?:has|is|has been|was|suffers|has had|lives|gets|had) {_QUITE}{_ILLNESS}{_NO_MORE}"
        rf"|'s (?:illness|condition|diagnosis|disease|disability|health)\b)",
        rf"\bWHO ?(?:'m|'ve|am|is|have|has|was|suffers?|got|gets?|'ve got) {_QUITE}{_ILLNESS}{_NO_MORE}"
        rf"|\bWHOSE (?:{_ILLNESS}|diagnosis|condition)\b",
        "illness disease diagnos condition ill sick asthma diabet cancer depress anxiety HIV autis",
    ),
    _Kind(
        r"allerg(?:y|ies)|intolerances?",
        r"what WHO ?(?:'m|'re|am|are|is) allergic to",
        r"(?: is (?:\w+ )?(?:allergic|\w+[ -]intolerant)"
        r"| has (?:an? )?(?:[\w-]+ )?(?:allerg(?:y|ies)|intolerances?)"
        r"|'s (?:[\w-]+ )?allerg\w+)",
        r"\bWHO ?(?:'m|am|is|'re|are) (?:\w+ )?(?:allergic|\w+[ -]intolerant)"
        r"|\bWHO ?(?:have|has|'ve got|got) (?:an? )?(?:[\w-]+ )?(?:allerg(?:y|ies)|intolerances?)\b"
        r"|\bWHOSE (?:[\w-]+ )?allerg\w+",
        "allerg intoleran",
    ),
    _Kind(
        r"age",
        r"how old WHO ?(?:'m|am|is|are)",
        r" (?:is \d+(?: (?:years|months|weeks)\b.*)?\.?$|turned \d+|was born in \d{4}"
        r"|is in (?:her|his|their) \w+ties)",
        r"\bWHO(?:'m| am| is|'s| turned| just turned) \d+(?! \w*(?:minutes|hours|km|miles|weeks pregnant))\b"
        r"(?: (?:years|months)|\W*$)",
        "0 1 2 3 4 5 6 7 8 9",
    ),
    _Kind(
        r"birth ?day|date of birth|birth date|dob",
        r"when (?:WHO was born|WHOSE birthday is)",
        r"(?:'s birthday\b| was born (?:on|in)\b)",
        r"\bWHOSE birthday\b|\bWHO was born (?:on|in)\b",
        "birthday born",
    ),
    _Kind(
        r"(?:first |last |full |real |family )?name|surname",
        r"what (?:WHOSE name is|WHO ?(?:'m|am|is) called)|what to call WHO",
        r"(?:'s (?:first |last |full |real |family |middle )?(?:name|surname)\b| is (?:called|named)\b)",
        r"\bWHOSE (?:\w+ )?(?:name|surname)\b|\bWHO ?(?:'m|am|is) called\b",
        "name called",
    ),
    _Kind(
        r"(?:phone|mobile|cell|telephone|cell ?phone|whatsapp|mobile phone) ?(?:number)?|number",
        r"what WHOSE (?:phone )?number is|how to (?:call|reach) WHO",
        r"'s (?:\w+ )?(?:(?:phone|mobile|cell|telephone|whatsapp) ?number|number|mobile)\b",
        r"\bWHOSE (?:\w+ )?(?:(?:phone|mobile|cell|telephone|whatsapp) ?number|number|mobile|cell)"
        r" ?(?:is|:|=|'s|\+?\d)",
        "number mobile cell phone whatsapp",
    ),
    _Kind(
        r"e-?mail(?: address)?",
        r"what WHOSE e-?mail(?: address)? is",
        r"'s (?:\w+ )?e-?mail\b",
        r"\bWHOSE (?:\w+ )?e-?mail\b",
        "mail",
    ),
    _Kind(
        r"religion|faith|beliefs|religious (?:views|beliefs)",
        r"what WHO believes? in|what religion WHO ?(?:'m|am|is|has|have)",
        rf"(?: (?:is|was|has been) {_QUITE}{_FAITHS}{_NO_MORE}| believes in\b|'s (?:religion|faith)\b)",
        rf"\bWHO ?(?:'m|'re|am|are|is|was|were) {_QUITE}{_FAITHS}{_NO_MORE}"
        r"|\bWHO believes? in\b|\bWHOSE (?:religion|faith)\b",
        "muslim christ jew hindu buddh cathol athe religi believe faith",
    ),
    _Kind(
        r"sexuality|(?:sexual )?orientation|sexual identity",
        r"(?:who|whom) WHO ?(?:'m|am|is) (?:into|attracted to)",
        rf"(?: (?:is|was|came out as) {_QUITE}{_ORIENTATION}{_NO_MORE}"
        r"| came out\b|'s (?:sexuality|orientation)\b)",
        rf"\bWHO ?(?:'m|am|is|was) {_QUITE}{_ORIENTATION}{_NO_MORE}|\bWHO came out\b",
        "gay lesbian bi straight queer sexual came orientation",
    ),
    _Kind(
        r"vote|politics|political (?:views|opinions|party|leanings)",
        r"(?:who|whom|what|which party|how) WHO (?:votes?|voted|(?:'m|am|is) voting)(?: for)?(?: in .*)?",
        r" (?:votes|voted|has voted|is voting)\b",
        r"\bWHO (?:always |never |once |usually )?(?:votes?|voted)\b",
        "vot",
    ),
    _Kind(
        r"salary|income|wages?|pay|earnings",
        r"(?:how much|what) WHO (?:earns?|makes?|gets? paid)",
        r"(?: earns\b| makes (?:about |around )?[£$€]?\d|'s (?:salary|income|pay|wage)\b)",
        r"\bWHO earns?\b|\bWHO makes? (?:about |around )?[£$€]?\d|\bWHOSE (?:salary|income|pay|wage)\b",
        "earn make salary income pay wage",
    ),
    _Kind(
        r"pregnancy",
        r"(?:that )?WHO ?(?:'m|'re|am|are|is) (?:pregnant|expecting(?: a baby| a child)?|having a baby)",
        r" (?:(?:is|was) (?:\w+ ){0,3}pregnant|is expecting\b|is having a baby|is due)\b",
        r"\bWHO ?(?:'m|'re|am|are|is) (?:\w+ ){0,3}(?:pregnant|expecting|having a baby|due)\b"
        r"|\bWHOSE pregnancy\b",
        "pregnan expecting having due",
    ),
)
_I, _MY = r"(?:i|we)", r"(?:my|our)"


def attribute_of(about: str) -> Attribute | None:
    """What the words of a request name, of the user or of one whom they name; None: nothing of the kind."""
    plain = " ".join(about.replace("’", "'").split()).strip(" .,!?").removeprefix("that ")
    for kind in _KINDS:
        if re.fullmatch(rf"{_MY} (?:{kind.noun})", plain, re.I) or _fits(
            rf"(?:{kind.clause})", plain, _I, _MY
        ):
            return _attribute(kind, r"The user(?:, [^,]+,)?(?! and\b)", _I, _MY)
        whose = re.fullmatch(
            rf"(?:{_MY} (?P<kin>{_KIN})|(?P<name>{_NAME}))'s (?:{kind.noun})", plain, re.I
        ) or _fits(
            rf"(?:{kind.clause})",
            plain,
            rf"(?:{_MY} (?P<kin>{_KIN})|(?P<name>{_NAME}))",
            r"(?!x)x",
        )
        if whose and (kin := whose["kin"] or ""):
            return _of_somebody(kind, plain_kin(kin.split()[0]), *kin.split()[1:])
        if whose and whose["name"]:
            return _of_somebody(kind, "", whose["name"])
    return None


def _fits(clause: str, plain: str, who: str, whose: str) -> re.Match[str] | None:
    return re.fullmatch(_filled(clause, who, whose), plain, re.IGNORECASE)


def _filled(pattern: str, who: str, whose: str) -> str:
    """With its holes filled in; a group's name can be given but once."""
    first, *others = pattern.replace("WHOSE", whose).split("WHO")
    anonymous = re.sub(r"\?P<\w+>", "?:", who)
    return first + "".join(
        (who if place == 0 else anonymous) + other for place, other in enumerate(others)
    )


def _of_somebody(kind: _Kind, kin: str, name: str = "") -> Attribute:
    called = re.escape(name)
    if kin:
        subject = rf"The user's {re.escape(kin)}(?: {called or _NAME})?"
        spoken = rf"{_MY} \w+(?: {called})?" if name else rf"{_MY} {re.escape(kin)}"
    else:
        subject, spoken = rf"(?:The user's [\w-]+ )?{called}", rf"(?:{_MY} [\w-]+ )?{called}"
    return _attribute(kind, subject, spoken, rf"{spoken}'s")


def _attribute(kind: _Kind, subject: str, who: str, whose: str) -> Attribute:
    return Attribute(
        re.compile(rf"{subject}{kind.facts}", re.IGNORECASE),
        re.compile(_filled(kind.said, who, whose), re.IGNORECASE),
        tuple(kind.probes.split()),
    )
