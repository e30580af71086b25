"""Turns a chat message into plain sentences and clauses that rules can be matched on.

Chat is not prose: no capitals, no full stops, "im" for "I am", stage directions between
asterisks. Everything here is linear in the length of the text.
"""

import re
from dataclasses import dataclass

from backend.adapters.llm.offline.asides import asides_last
from backend.adapters.llm.offline.lexicon import KIN, alternatives
from backend.adapters.llm.offline.subjects import QUALIFIER
from backend.adapters.llm.offline.verbs import DEEDS, verb_forms

MAX_CHARACTERS = 20_000
MAX_SENTENCES = 300
MAX_SENTENCE = 400
MAX_CLAUSES = 12  # of one sentence

_QUOTES = str.maketrans(
    {"‘": "'", "’": "'", "´": "'", "`": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'}
)
_NOISE = re.compile(r"```.*?(?:```|\Z)|https?://\S+|^\s*>.*$", re.S | re.M)
_ACTION = re.compile(r"(?<![\w*])\*{1,2}[^*\n]{1,300}\*{1,2}(?![\w*])|(?<!\w)_[^_\n]{3,300}_(?!\w)")
_ABBREVIATION = re.compile(
    r"\b(Dr|Mr|Mrs|Ms|St|Prof|vs|etc|e\.g|i\.e|approx|Jr|Sr)\."
    r"|(?<=[a-z] )(?-i:[A-Z])\.(?= [A-Z][a-z])",
    re.I,
)
_BREAK = re.compile(
    r"(?<=[.!?…])[\s\"')\]]+|\n+|\s+(?=[\U0001F300-\U0001FAFF])|(?<=[.!?])(?=[A-Z][a-z])"
)
_I_AM_NOW = r"(?:we're|we are|i'?m|i am)\s+(?:now )?"
# "We moved! We're in Hull now", "got a new job, I'm at Bosch now".
_NEW_PLACE = re.compile(
    r"(?P<moved>\b(?:we|i)(?:'ve| have)?(?: (?:just|finally|both))? moved(?: house| home)?[\s.!,]+(?:and )?)"
    rf"{_I_AM_NOW}(?=in [A-Z])",
    re.I,
)
_NEW_JOB = re.compile(
    r"(?P<got>\b(?:a new job|changed jobs|switched jobs)[\s.!,]+(?:and )?)"
    rf"{_I_AM_NOW}(?=(?:at|with|for) [A-Z])",
    re.I,
)
_EMOJI = re.compile(r"[\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F\u200D]+")

_EXPANSIONS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.I), plain)
    for pattern, plain in (
        (r"(?<![\w'])i'?m(?![\w'])", "I am"),
        (r"(?<![\w'])i'?ve(?![\w'])", "I have"),
        (
            r"(?<![\w'])id(?= (?:be|have|say|love|like|never|rather|go|do|buy|get|re\w+)\b)",
            "I would",
        ),
        (r"(?<![\w'])i'll(?![\w'])", "I will"),
        (r"(?<![\w'])i'd(?![\w'])", "I would"),
        (r"(?<![\w'])we're(?![\w'])", "we are"),
        (r"(?<![\w'])we've(?![\w'])", "we have"),
        (r"(?<![\w'])we'll(?![\w'])", "we will"),
        (r"\b(they|you)'?re\b", r"\1 are"),
        (r"\b(they|you)'?ve\b", r"\1 have"),
        (r"\b(he|she|it|that|there|who|what)'?s (?=been\b|got\b|had\b)", r"\1 has "),
        (r"\b(he|she|it|that|there|who|what|name|where)'s\b", r"\1 is"),
        (r"\b(he|she|that|there|what|who)s\b", r"\1 is"),
        (r"\bu\b", "you"),
        (r"\bur\b", "your"),
        (r"(?<=\w) n (?=\w)", " and "),
        (r"\b(\d+(?:st|nd|rd|th)?|this|last|next|per) ?yr\b", r"\1 year"),
        (r"\b(\d+) ?yrs?\b", r"\1 years"),
        (r"\b(?:tmrw|tmr|tomoz|2moro)\b", "tomorrow"),
        (r"\babt\b", "about"),
        (r"\b(?:til|till)\b", "until"),
        (r"(?<=\w)'s (?=(?:got|been)\b)", " has "),
        (
            r"(?<=\w)'s (?=(?:due|nearly|almost|really|very|too)\b"
            r"|(?-i:[A-Z])[a-z]+(?:ian|ish|ese|can|lian)\b)",
            " is ",
        ),
        (r"\blil\b", "little"),
        (r"\b(mother|father|sister|brother|son|daughter|parents?)s? in law\b", r"\1-in-law"),
        (r"^((?:19|20)\d\d),? (?=(?:I|we|my|our) )", r"in \1 "),
        (
            r"(?<=\w)(?<!master)(?<!bachelor)'s (?=(?:called|named|a|an|the|my|on|\d+|in|at|from"
            r"|allergic|vegetarian|vegan|autistic|diabetic|asthmatic|epileptic|dyslexic|disabled|blind"
            r"|bipolar|gay|engaged|divorced|single|ill|sick|dying|dead|homeless|unemployed"
            r"|pregnant|off|out|up|down|away|not|always|into|back|over|sober|deaf|retired|married"
            r"|(?!wedding|sewing|knitting|walking|dining|driving|sleeping|running|swimming|building|evening|morning|meeting|painting|thing|king|ring"
            r"|engagement|opening"
            r"|string|spring|wing|clothing|reading|writing|going-away|housewarming|sibling"
            r"|darling|training"
            r"|funding|cooking|baking|singing|drawing|handwriting|parking|saving"
            r"|christening)[a-z]{2,}ing)\b)",
            " is ",
        ),
        (r"\bcan(?:'t|not|t)\b", "can not"),
        (r"\bwon'?t\b", "will not"),
        (r"\bain'?t\b", "am not"),
        (r"\b(do|does|did|is|are|was|have|has|had|could|would|should)n'?t\b", r"\1 not"),
        (r"\bweren't\b", "were not"),
        (r"(?<=\w )w/?(?= [a-z])", "with"),
        (r"\bgonna\b", "going to"),
        (r"\bgotta\b", "got to"),
        (r"\bwanna\b", "want to"),
        (r"\b(?:fave|fav|favorite)\b", "favourite"),
        (r"\b(?:bday|b-day)\b", "birthday"),
        (r"(?<![\w'])i(?![\w'])", "I"),
        (r"\b(favourite [a-z]+)'s (?=[a-z])", r"\1 is "),
        (
            r"((?:(?:not|no longer) live|moved) [^.;!?]{2,40}?(?: any ?more)?[,;]? (?:but "
            r"|and )?(?:I|we)) (?:am|are)"
            r" (?=(?:now )?in )",
            r"\1 live ",
        ),
    )
)
_NAME_WITHOUT_APOSTROPHE = re.compile(r"\b(my|our) ([a-z]{2,14}[a-rt-z])s (name|birthday)\b", re.I)
_WHOSE_NAME = re.compile(rf"\b(my|our) ({alternatives(KIN)}) (name)\b", re.I)  # "my wife name is"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a message, contractions spelt out.

    `casual` says that the whole message is typed without capitals, so that names can't be told
    by theirs; `question` that it ends with a question mark. `said` is the sentence as typed.
    """

    text: str
    casual: bool = False
    question: bool = False
    said: str = ""


def flatten(text: str) -> str:
    """The text with white space evened out and cut at `MAX_CHARACTERS`, lines kept.

    The patterns that read whole messages rely on it: a run of blanks would cost them dearly.
    """
    lines = (" ".join(line.split()) for line in text[:MAX_CHARACTERS].splitlines())
    return "\n".join(line for line in lines if line)


def tidy(text: str) -> str:
    """The words of a message: no links, code, quoted lines or stage directions; plain quotes."""
    text = text.translate(_QUOTES)
    text = _NOISE.sub("\n", text)
    text = _NEW_PLACE.sub(r"\g<moved>I live ", text)
    text = _NEW_JOB.sub(r"\g<got>I work ", text)
    return _ACTION.sub("\n", text)


def spell_out(text: str) -> str:
    """Contractions and chat spellings as the rules know them ("im" becomes "I am")."""
    for pattern, plain in _EXPANSIONS:
        text = pattern.sub(plain, text)
    text = _NAME_WITHOUT_APOSTROPHE.sub(r"\1 \2's \3", text)
    return _WHOSE_NAME.sub(r"\1 \2's \3", text)


_OPENING = re.compile(r"(?:\A|[.!?\n])\W*([^\W\d_])")


def is_casual(text: str) -> bool:
    """True where the writer opens no sentence with a capital, or writes in capitals throughout."""
    letters = [c for c in text if c.isalpha()]
    capitals = sum(c.isupper() for c in letters)
    openings = _OPENING.findall(text)
    small = all(letter.islower() for letter in openings) and not re.search(r"\bI\b", text)
    return small or (len(letters) > 12 and capitals / len(letters) > 0.8)


# "Favourite band? Radiohead, always": asked and answered by the same person.
_SELF_ASKED = re.compile(
    r"(?:(?<=[.!?] )|(?<=\n)|\A)(?:my )?fav(?:ou?rite|e)? ((?!of "
    r"|thing )[a-z]+(?: [a-z]+)?)\? (?=\S)",
    re.I,
)
_CHAT_TAIL = re.compile(
    r"(?:[\s,]+(?:lol|lmao|haha+|hehe+|tbh|btw|xd|ngl|innit|rn|xx?))+(?=\s*[.!]*$)", re.I
)


def split_sentences(text: str) -> list[Sentence]:
    """The sentences of a tidied message, in order; at most `MAX_SENTENCES`."""
    casual = is_casual(text)
    text = _SELF_ASKED.sub(r"my favourite \1 is ", text)
    protected = _ABBREVIATION.sub(lambda m: m.group(0)[:-1] + "\u2024", text)
    sentences: list[Sentence] = []
    for piece in _BREAK.split(protected)[:MAX_SENTENCES]:
        plain = " ".join(_EMOJI.sub(" ", piece.replace("\u2024", ".")).split())
        question = plain.rstrip("!\"') ").endswith("?")
        plain = plain.strip(' .!?¡¿…*~"()').strip()
        if plain.isupper() and len(plain) > 5:
            plain = plain.lower()  # shouted
        plain = _CHAT_TAIL.sub("", plain)
        if plain:
            sentences.append(Sentence(spell_out(plain[:MAX_SENTENCE]), casual, question, plain))
    return sentences


_SUBJECT = r"(?:I|we|my|our|he|she|they|it|his|her|their|its|you|your|this|that|there|the)\b"
_VERB = (
    r"(?:still |always |usually |often |sometimes )?(?:am|is|are|was|were|have|has|had|live|lives"
    r"|work|works|worked|love|loves|like|likes|enjoy|enjoys"
    r"|look after|looks after|take care|takes care|volunteer|"
    r"hate|hates|play|plays|speak|speaks|study|studies|teach|teaches|run|want|do not|"
    r"does not|did not|can not|moved|got|started|grew|will|used to|just|also"
    r"|recently|really|never|go to|goes to|sing|sings|know|knows|need|needs|make|makes|cook|cooks"
    r"|swim|swims|drive|drives|raise|raises|keep|keeps|sell|sells|own|owns|wants|prefer|prefers"
    rf"|{verb_forms(DEEDS)})\b"
)
_BY_NAME = (
    r"(?-i:[A-Z])[a-zà-ÿ]+ (?:is|has|was|lives|works|studies|teaches|plays|wants|loves|hates|likes"
    r"|goes|runs|helps|does not|comes|takes)\b"
)
_CLAUSE_BREAK = re.compile(
    r"\s*;\s*|\s+[-–—]+\s+|\s*…\s*|\s*\.\.+\s*|\s*[()]\s*"
    r"|,?\s+(?:but|because|'?cause|cuz|cos|although|though|while|whereas|even though)\s+"
    rf"|,?\s+(?:so|since(?! I was\b)|as|plus)\s+(?={_SUBJECT})"
    r"|,?\s+so,?\s+(?=(?:what|how|why|yeah|slow|bit|a bit|now|in|no|not|one|two|three|four"
    r"|five|\d)\b)"
    r"|:\s+(?=(?:I|my|we|our)\b)"
    r"|,\s*(?=(?:an )?only child\b|(?:the )?(?:first|last|next) (?:one|class|lesson|session)\b)"
    rf"|,\s*(?:and\s+|or\s+)?(?:now,?\s+)?(?={_SUBJECT})"
    rf"|\s+and\s+(?:then\s+|now,?\s+)?(?={_SUBJECT})"
    r"|\s+and\s+(?=(?:mum|mom|dad|nan|gran|grandma|grandpa) (?:is|was|has|had|never|always|does"
    r"|did|will|can|\w+ed|\w+s)\b)"
    r"|(?<!when)(?<!that)(?<!if)(?<!and)(?<!says)(?<!think)(?<!where)(?<!how)(?<!what)(?<!than)(?<!like)(?<!as)"
    r"(?<!who)(?<!,)(?<!since)(?<!while)(?<!because)(?<!but)\s+(?=(?:he|she|they) (?:is|are"
    r"|has|was)\b)"
    rf"|,?\s+and\s+(?={_BY_NAME})|,\s*(?={_BY_NAME})"
    r"|\s+(?:tho|though|lol|lmao|haha|btw|ngl)\s+(?=(?:I|we|my|he|she|they) (?!(?:I|we)\b)\w)"
    r"|(?<=[a-z]),\s*(?=(?:(?:born|raised) (?:in|on|near)|studying (?:for|in|at|to)) )"
    r"|,\s*(?=(?:[\w'-]+ ){1,4}(?:is|are) (?:my|our) )"
    r"|,\s*(?=(?:day ?time|at night|nights?|mornings?|evenings?|weekends?) (?:I|we) )"
    rf"|,?\s+and\s+now\s+(?={_VERB})"
    r"|,\s*(?=(?:who|whose|which)\b)"
    rf"|,?\s+and\s+(?={_VERB})|,\s*(?!like|likes|love)(?={_VERB})",
    re.I,
)
_NUMERAL = r"(?:a|an|one|two|three|four|five|six|seven|eight|nine|ten|\d{1,2})"
_COUNTED = (
    rf"(?:{_NUMERAL}\s(?!(?:at|and|or|to|am|pm|of|on|per|percent)\b)[a-z])"  # no date, no time
)
_LIST_BREAK = re.compile(
    rf",?\s+and\s+(?={_COUNTED})|,\s*(?={_COUNTED}|\d{{1,2}}(?:$|,))|,?\s+and\s+(?=from\s)"
    r"|,\s*(?=from\s)"
    r"|,\s*(?=(?:vegan|vegetarian|single|married|widowed|divorced|retired)\b)"
    r"|\s+and\s+(?=(?:vegan|vegetarian|single|married|widowed|divorced|retired)\b)",
    re.I,
)
_THEIRS = rf"(?:my|our) (?:{QUALIFIER}[ -])*[\w-]+(?: (?-i:[A-Z])[\w-]+)?"
_SHARED_START = re.compile(
    rf"^((?:I|we|{_THEIRS}|he|she|they)\s+"
    r"(?:(?:also|just|only|currently)\s+)?(?:have got|has got|have|has|had|am"
    r"|is|are|got|adopted)\s)",
    re.I,
)
# "I'm updating it, as told by Nicole, a producer": what follows is no second thing that I am.
_UNDER_WAY = re.compile(
    r"(?:(?:now|still|just|also|kinda|really|so|very) )*[a-z]+(?:ing|ed) ", re.I
)
_BEING = re.compile(r"\b(?:am|is|are)\s$", re.I)
_SOMEWHERE = re.compile(r"(?:in|at|on|off|out|with|near|from|back|by)\b", re.I)
_NUMBER = re.compile(r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten)\b(?!-)", re.I)
_SUBJECT_ONLY = re.compile(rf"^(I|we|{_THEIRS}|he|she|they|who)\s", re.I)
_OTHER_ACTOR = re.compile(
    r"\b(?:people|you|they|he|she|it|everyone|who|that|let|make|made|see"
    r"|seeing)\b|(?<!used )\bto (?-i:[a-z])",
    re.I,
)
_APPOSITION = re.compile(
    rf"(\b(?:my|our) [\w-]+(?: [\w-]+)?), ((?-i:[A-ZÀ-Þ])[\w-]+), (?={_VERB})", re.I
)
_COMPOUND = re.compile(
    r"\b(?:my|our) (?:(?!(?:is|are|was|were|am|has|have|had|I)\b)[\w-]+[\s,]+){1,6}?and I\b"
    r"(?! (?:am|was)\b)",
    re.I,
)


def split_clauses(text: str) -> list[str]:
    """The statements of one sentence, each beginning with its own subject.

    "I live in Porto and work as a nurse" gives "I live in Porto" and "I work as a nurse"; "I have
    a dog and two cats" gives "I have a dog" and "I have two cats".
    """
    whole = _APPOSITION.sub(r"\1 \2 ", asides_last(text))
    together = _COMPOUND.sub(lambda m: m.group(0).replace(" and I", " & I"), whole)
    clauses: list[str] = []
    subject = ""
    for part in _CLAUSE_BREAK.split(together):
        part = part.strip(" ,:").replace(" & I", " and I")
        if not part:
            continue
        if re.match(_VERB, part, re.I) and subject:
            part = f"{subject} {part}"
        elif re.match(_VERB, part, re.I) and clauses:
            continue  # whose verb that is can't be told
        clauses.extend(_share_start(part))
        found = _SUBJECT_ONLY.match(part)
        alone = found and not _OTHER_ACTOR.search(part, found.end())
        subject = found.group(1) if found and alone else ""
    return clauses[:MAX_CLAUSES]


def _share_start(clause: str) -> list[str]:
    start = _SHARED_START.match(clause)
    if not start:
        return [clause]
    rest = clause[start.end() :]
    pieces = [piece.strip() for piece in _LIST_BREAK.split(rest) if piece.strip()]
    if len(pieces) < 2 or _UNDER_WAY.match(rest):
        return [clause]
    if _BEING.search(start.group(1)):  # "left-handed, two dogs": nobody is two dogs
        at_first = _SOMEWHERE.match(rest)
        pieces[1:] = [p for p in pieces[1:] if not (at_first or _NUMBER.match(p))]
    return [start.group(1) + piece for piece in pieces]
