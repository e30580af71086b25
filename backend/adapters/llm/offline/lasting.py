"""Can a clause be worth remembering at all? What is gone by tomorrow, or can't be understood
without what was said around it, is turned away here, whatever else speaks for it."""

import re

from backend.adapters.llm.offline.dates import take_time
from backend.adapters.llm.offline.lexicon import KIN, PETS, alternatives
from backend.adapters.llm.offline.retelling import Retold
from backend.adapters.llm.offline.subjects import Subject
from backend.adapters.llm.offline.values import job, place
from backend.adapters.llm.offline.verbs import DEEDS, FLEETING, LIVING, PASSING, TASTES, bases
from backend.adapters.llm.offline.word_lists import words

OFTEN = (
    r"\b(?:every|always|usually|each|once a|twice a|times a|most (?:days|mornings|nights|weekends)"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)days|weekends|daily|weekly|full[- ]time|part[- ]time"
    r"|for a living|nights)\b"
)
NUMBER = r"(?:\d+|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|forty)\b)"
SPAN = rf"\b(?:since|for (?:{NUMBER}|a|an|over|almost|about|nearly|many) \w+|years?|months)\b"
KINSHIP = rf"\b(?:{alternatives(KIN)}|{alternatives(PETS)})\b"

_STATE = re.compile(
    r"(?:\w+ly |[a-z]+[ -](?=intolerant)|[a-z]+ and )?(?:intolerant|vegan|vegetarian"
    r"|pescatarian|coeliac|celiac|diabetic|asthmatic|epileptic|dyslexic|autistic|colou?r[- ]?blind"
    r"|blind(?! without)|deaf|married(?! to (?:my|their) \w+)|divorced|widowed|single"
    r"|engaged(?! in)|pregnant|retired"
    r"|unemployed|self-employed|freelance|(?:left|right)[- ]handed|bilingual|fluent|sober"
    r"|teetotal|gay"
    r"|lesbian|bisexual|trans|transgender|non-?binary|catholic|muslim|jewish|hindu|buddhist|sikh"
    r"|christian|atheist|agnostic|quaker|mormon|adopted|disabled|born (?:in|on|and)|based"
    r"|stationed|estranged|ambidextrous|bipolar|bald|short-sighted|nearsighted)\b",
    re.I,
)
_PERSON = re.compile(
    r"(?:an?|the|one of the|half|part) (?:[\w'-]+ ){0,3}?(?:student|twin|night owl|parent|mother"
    r"|mum"
    r"|mom|dad|father|grandmother|grandma|grandfather|widow|widower|vegan|vegetarian|pescatarian"
    r"|member|citizen|native|resident|volunteer|veteran|refugee|immigrant|orphan|fan of|beginner"
    r"|introvert|extrovert|atheist|catholic|aunt|uncle|survivor|alcoholic|smoker|diabetic|asthmatic"
    r"|swimmer|climber|cyclist|hiker|collector|teetotaller|insomniac|freshman|sophomore|graduate"
    r"|postgrad|undergrad|pensioner|newlywed)\b"
    r"|(?:the )?(?:oldest|eldest|youngest|middle) (?:of|child)\b|(?:an )?only child\b"
    r"|(?:the )?(?:head|director|chair|president|captain|secretary|treasurer|owner|founder|manager"
    r"|leader|member|dean|mayor) of \w|(?:nurses|teachers|doctors|farmers|lawyers|engineers"
    r"|twins)\b",
    re.I,
)
_YEAR_OF_STUDY = re.compile(
    r"(?:in )?(?:their |the |a )?(?:1st|2nd|3rd|4th|5th|first|second|third|fourth|fifth"
    r"|final)[- ]year\b",
    re.I,
)
_NATION = re.compile(
    r"(?:an? |half |part )?(?:[A-Z][a-z]+(?:ish|ese|ian|ean)|dutch|french|german|irish"
    r"|scottish|english|welsh|polish|swedish|italian|spanish|american|british|canadian|mexican"
    r"|indian|chinese|japanese|korean|nigerian|australian|brazilian|portuguese|greek|turkish"
    r"|russian"
    r"|ukrainian|norwegian|danish|finnish|belgian|swiss|austrian)\b(?! (?:literature|food|music"
    r"|film))"
)
_PLACED = re.compile(
    r"(?:out |over |up |down |back |off |still |now )*(?:in|at|near|outside) (?:(?-i:[A-ZÀ-Þ])"
    r"|(?:the |a |an |their )?"
    r"(?:[\w'-]+ ){0,2}?(?:hospital|prison|jail|university|uni|college|navy|army|marines|air force"
    r"|police|band|choir|club|team|orchestra|troupe|league|church|rehab|therapy|remission|recovery"
    r"|hospice|care home|nursing home|wheelchair|kindergarten|preschool|nursery|(?:\d\w\w "
    r"|\w+ )grade|year \d+"
    r"|academy|seminary|charge of|middle school|high school|primary school|secondary school)\b)"
    r"|(?:on|off) (?:the )?(?:\w+ )?(?:leave|medication|meds|statins|insulin|antidepressants|chemo"
    r"|dialysis|probation|parole|benefits|disability|night shifts?|nights|the pill|hrt|dairy|gluten"
    r"|sugar|alcohol|caffeine|sabbatical|blood thinners|[a-z]+(?:farin|pril|olol|artan|statin|zepam"
    r"|formin))\b"
    r"|to (?-i:[A-ZÀ-Þ])|together\b"
    r"|(?:really |pretty |quite |so )?(?:good|bad|terrible|great|useless|rubbish|hopeless|awful"
    r"|brilliant) (?:at|with) [a-z]+",
    re.I,
)
_SO_LONG = re.compile(
    rf"{NUMBER} (?:years|months|weeks) (?:an?|as|in|into|sober|clean|at|with|on)\b", re.I
)
_ORIGIN = re.compile(r"(?:originally )?from (?P<place>\S.*)", re.I)

_EMPTY = re.compile(
    r"(?:an? |the |some |no |any |lots of |a few |such an? |quite an? |their |plenty of |much "
    r"|more "
    rf"|{NUMBER} )*(?:\w+ly )?(?:great|good|nice|lovely|bad|rough|long|busy|crazy|hard|weird|fun"
    rf"|big|quick|little"
    r"|tough|wonderful|amazing|terrible|blast|ball|days?|nights?|time|times|moments?|luck|plans?"
    r"|hopes?|feelings?|ideas?|questions?|points?|chances?|lots?|problems?|trouble|issues?|look"
    r"|go|rest"
    r"|break|talk|chat|laugh|drink|snack|bite|seat|shower|(?:cat )?nap|ways?|reasons?|sense|clue"
    r"|urge|doubts?"
    r"|secs?|seconds?|minutes?|hours?|things?|stuff|bit|respect|faith|confidence|energy|choices?"
    r"|options?|work"
    r"|help|support|patience|interest|desire|need|memories|evening|morning|weekends?|weeks?"
    r"|thoughts?"
    r"|story|stories|excuse|say|words?|conversation|lunch|dinner|breakfast|coffee|tea|beer|cup"
    r"|glass"
    r"|headache|cold|hangover|mood|vibes?|emails?|messages?|texts?|tabs|photos?|dreams?|people"
    r"|wishes|jokes?|left|(?:brother|sister)s? in arms"
    r"|percent|exams?|meetings?|chapters?|pages?|tasks?)\b"
    r"(?! (?:job|school|shift|off|house|dog|cat|son|daughter|sister|brother|allergy|phobia"
    r"|classes|shifts))",
    re.I,
)
_WITHOUT_CONTEXT = re.compile(
    r"\b(?:(?:this|that|these|those)(?! (?:spring|summer|autumn|fall|winter|week|month|year|morning"
    r"|afternoon|evening|weekend|january|february|march|april|may|june|july|august|september"
    r"|october"
    r"|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|christmas"
    r"|easter)\b)"
    r"|it(?! (?:department|support|company|job|consultant|specialist))|them|him|her(?! (?!every"
    r"|each|all|in|on|at|to|for|with|and|again|when|up)[a-z]+)|ones?"
    r"|things?|stuff|some(?:one|body|thing)|any(?:one|body|thing)|every(?:one|body|thing)"
    r"|no(?:thing|body)"
    r"|people|there|here|same|you|your|yours|yourself)\b",
    re.I,
)
_SECOND_VERB = re.compile(
    r"(?<!\bwho)(?<!\bthat)(?<!\bwhich)(?<!\bwhen)(?<!\bwhere)(?<!\bthey)(?<! and)(?<!,)"
    r"(?<!when the user) (?:is|are|was|were|am|has been|have been|will be)\b",
    re.I,
)
_HANGS = re.compile(
    r"(?:^| )(?:a|an|the|my|their|and|or|but|of|for|to|with|at|in|on|from|by|as|how|what|who"
    r"|when|where"
    r"|than|that|which|very|so|too|more|some|any|not|also|just|about|into|is|are|was)$",
    re.I,
)
_SAYING = re.compile(
    r"(?:an? |the user )?(?:hard|dead|along|nice|games|early|late|home|the (?:fool|truth|line"
    r"|blank)"
    r"|from experience|peanuts|to (?:the sofa|bed|run|serve|their job)|ready|yesterday"
    r"|on (?:fumes|coffee|empty)|a parcel|up|out|off|crazy|mad|nuts|\d+(?: pages| degrees|$)"
    r"|themselves"
    r"|\w+-eared|(?:their )?(?:mind|heart|head|motivation|temper|patience|way|voice|breath|balance"
    r"|appetite|cool|day|promise|word|fridge|door|window|phone|keys))\b"
    r"|.*\bin (?:[\w-]+ )?(?:minutes?|hours?|secs?|seconds?)\b",
    re.I,
)  # fmt: skip
_FOR_THE_ASKING = re.compile(
    r"to (?:hear|see|help|be|talk|know|chat|meet|have|get|say|tell|think|learn)\b"
    r"|(?:when|how|the way|what|having|being|seeing|hearing|getting)\b",
    re.I,
)
_UNSURE = words("would could might should must may shall")
_OCCASIONAL = words("get do make take be spend go have")
_AIMS = words("plan learn train move apply")
_BEGIN = words("start begin keep finish")
_RETURNS = words("come visit stay arrive")
_READ_BY_RULES = words("live work speak")  # what the rules refuse of these is a figure of speech


def state_of(said: str) -> str:
    """What kind of state follows "is": lasting, origin, person, place, or other."""
    origin = _ORIGIN.match(said)
    if _STATE.match(said) or _YEAR_OF_STUDY.match(said) or _NATION.match(said):
        return "lasting"
    if origin:
        named = place(origin["place"], casual=origin["place"].islower())
        return "origin" if named else "other"
    if (
        _PERSON.match(said)
        or job(said)
        or (re.search(KINSHIP, said, re.I) and re.search(r"\b[A-Z]", said))
    ):
        return "person"
    if _SO_LONG.match(said):
        return "lasting"
    return "place" if _PLACED.match(said) else "other"


def can_last(told: Retold, subject: Subject, *, timed: bool, casual: bool = False) -> bool:
    """Whether the clause may be worth keeping: complete, sure, and of a lasting kind."""
    said, verb = told.said, set(told.verb)
    if told.tense in _UNSURE or verb & FLEETING or not _is_complete(told, timed):
        return False
    if told.verb == ("be",):
        return _is_lasting_state(told, subject, timed)
    if subject.is_thing:
        return timed or bool(re.search(rf"{NUMBER}|(?-i:[A-ZÀ-Þ])", said, re.I))
    if _SAYING.match(said):
        return False
    if "have" in verb and told.tense in ("present", "past", "perfect"):
        return not told.negated and not _EMPTY.match(said)
    if told.tense == "was doing" or (
        told.tense == "under way" and said.startswith("to ") and not verb & _AIMS
    ):
        return False
    if told.tense == "can":
        return told.negated and bool(verb & LIVING)
    if verb & TASTES:
        return not _FOR_THE_ASKING.match(said)
    if verb & _READ_BY_RULES and told.tense == "present":
        return not told.negated and bool(
            re.match(
                r"(?:in|at|for|near|with (?=(?:their|the user's)\b)) ?(?:(?-i:[A-ZÀ-Þ])|their"
                r"|the user's)",
                said,
            )
        )
    if verb & _BEGIN and (found := re.match(r"[a-z]+ing\b", said)):
        return bool((LIVING | DEEDS | TASTES).intersection(bases(found.group(0))))
    if told.tense == "passive":
        return bool(verb & DEEDS) and not told.negated
    return _is_lasting_deed(told, subject, timed)


def _is_complete(told: Retold, timed: bool) -> bool:
    said = told.said
    if not said:
        return timed and bool(DEEDS & set(told.verb))
    hangs = _HANGS.search(said) or _SECOND_VERB.search(f" {said}")
    return not hangs and not _WITHOUT_CONTEXT.search(said)


def _is_lasting_state(told: Retold, subject: Subject, timed: bool) -> bool:
    if subject.is_thing:
        vague = re.search(r"\b(?:summer|winter|spring|autumn|fall)$", told.said, re.I)
        if timed and not vague and not take_time(told.said)[0]:
            return True  # "our wedding is on Saturday"
        known = re.match(r"(?:about|called|named) \w", told.said)
        placed = timed or re.match(r"(?:on|in|at|from|an?|the|\d) ?", told.said)
        return bool(
            known or (placed and re.search(rf"{NUMBER}|.(?-i:[A-ZÀ-Þ])", told.content[4:], re.I))
        )
    if told.negated and told.tense != "perfect":
        return False
    return state_of(told.said) != "other"


def _is_lasting_deed(told: Retold, subject: Subject, timed: bool) -> bool:
    verb, said = set(told.verb), told.said
    if verb & _RETURNS and not subject.is_user and timed:
        return True
    if verb & PASSING and not verb & (LIVING | DEEDS):
        moved = re.search(r"\b(?:from|to) \w+ (?:from|to|for) ", said)
        return timed or bool(
            moved or (not subject.is_user and re.search(OFTEN, told.content, re.I))
        )
    if told.tense == "under way" and not verb & (LIVING | DEEDS):
        return timed
    return not (verb & _OCCASIONAL and _EMPTY.match(said))
