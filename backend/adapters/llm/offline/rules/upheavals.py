"""What turns a life round, told from its other side: being left, being diagnosed, being ill again."""

from backend.adapters.llm.offline.rule import rule

_LEFT = (
    r"(?P<did>(?:dumped|left|divorced|ghosted|cheated on|walked out on|proposed to"
    r"|(?:broke|split) up with|broke it off with)) me\b(?P<said> (?:for|by|over|after|via) (?!dead\b).+)?"
)
_RUNS = (
    r"(?P<said>(?:back|in remission|getting (?:worse|better)|come back|coming back|under control"
    r"|spread(?:ing)?|terminal|incurable|flaring up)\b.*)"
)

_DONE = r"(?:(?:have|has) )?(?:just |finally |recently )?"

UPHEAVALS = (
    rule(
        "job lost",
        rf"{_DONE}lost (?:my|his|her) (?:old )?job\b(?: at (?P<org>.+))?",
        "{who} lost their job{at_org}{when}.",
        category="event",
        importance=7,
        ahead=False,
    ),
    rule(
        "had twins",
        rf"{_DONE}(?:had|gave birth to) (?P<what>twins|triplets)\b",
        "{who} had {what}{when}.",
        category="event",
        importance=9,
        ahead=False,
    ),
    rule(
        "was left by",
        rf"(?:(?:have|has) )?(?:just )?{_LEFT}",
        "{who} {did} the user{also_said}{when}.",
        category="event",
        importance=8,
        of="others",
        ahead=False,
    ),
    rule(
        "was left by a name",
        rf"(?P<name>(?-i:[A-ZÀ-Þ][a-zà-ÿ'-]+)) (?:(?:has|just) )*{_LEFT}",
        "{name} {did} the user{also_said}{when}.",
        category="event",
        importance=8,
        whole=True,
        of="user",
        ahead=False,
    ),
    rule(
        "left for good",
        r"(?:(?:has|have) )?(?:just )?(?:left|walked out)(?: (?:me|us|home))?$",
        "{who} left{when}.",
        category="event",
        importance=8,
        of="others",
        dated=True,
        another_day=True,
        ahead=False,
    ),
    rule(
        "was diagnosed",
        r"(?:(?:was|were|got|have been|has been|BE) )(?:just |finally |recently )?diagnosed "
        r"(?:with|as) (?P<said>.+)",
        "{who} [was|were] diagnosed with {said}{when}.",
        category="event",
        importance=9,
        ahead=False,
    ),
    rule(
        "was diagnosed by",
        r"(?:they|the doctors?|my (?:doctor|gp|psychiatrist|therapist)) (?:have |has )?(?:just "
        r"|finally )?diagnosed me (?:with|as) (?P<said>.+)",
        "The user was diagnosed with {said}.",
        category="event",
        importance=9,
        whole=True,
        ahead=False,
    ),
    rule(
        "illness runs",
        r"(?:my )?(?P<illness>(?:[a-z]+ )?(?:cancer|tumou?r|leuka?emia|lymphoma|lupus|eczema|epilepsy"
        r"|depression|ms|arthritis|asthma|anorexia|bulimia|crohn's|psoriasis|endometriosis)) "
        rf"(?:is|has|are) {_RUNS}",
        "The user's {illness} is {said}.",
        importance=8,
        whole=True,
        of="user",
        ahead=False,
    ),
    rule(
        "needs an operation",
        r"(?:need|needs|BE waiting for|BE getting) (?P<said>(?:an? |his |her |my )?(?:[\w-]+ ){0,2}?"
        r"(?:surgery|operation|transplant|bypass|root canal|(?:hip|knee) replacement|biopsy|dialysis"
        r"|chemo|insulin|stent|pacemaker|hearing aids?|wheelchair|walking stick)\b.*)",
        "{who} [needs|need] {said}{when}.",
        category="event",
        importance=7,
        ahead=True,
    ),
    rule(
        "lost a child unborn",
        r"(?:(?:have|has) )?(?:just )?lost (?P<said>(?:the|our|my|a) (?:baby|babies|twins|pregnancy))"
        r"\b(?! (?:at|in|weight)\b).*",
        "{who} lost {said}{when}.",
        category="event",
        importance=9,
        ahead=False,
    ),
    rule(
        "is worried about",
        r"BE (?:really |so |very |a bit |quite |always |constantly )?(?:worried|anxious) about "
        r"(?P<said>(?:my|our|losing|getting older|money|the future)\b(?! day| night| phone).*)",
        "{who} [is|are] worried about {said}.",
        importance=6,
        of="user",
    ),
)
