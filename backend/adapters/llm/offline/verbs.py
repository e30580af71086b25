"""The verbs that state something lasting, by what they state, and how they are conjugated.

A clause is kept only for a verb listed here: most of what people say with other verbs ("think",
"feel", "sit", "look") is gone by tomorrow.
"""

import re

from backend.adapters.llm.offline.word_lists import words

# "I host at a steakhouse": what somebody does again and again, or has and is for long.
HABITS = words(
    "host teach coach tutor train drive ride row sail swim surf climb hike ski skate cycle commute "
    "lift box fence fish hunt play sing dance act perform draw paint sketch sculpt carve knit "
    "sew crochet weave bake brew cook grow garden farm forage keep breed raise rear foster collect "
    "restore repair fix mend build make weld inspect deliver haul operate manage supervise edit "
    "translate interpret design code program write blog podcast film photograph volunteer "
    "wear speak use drink eat smoke vape own rent study bowl dj share support "
    "babysit clean direct worship preach serve patrol sell curate "
    "catalogue mentor umpire referee groom shoe shear butcher "
    "tattoo sweep tune install mine pilot fly command cater"
)
# "I passed my exam", and what has to follow for it to change a life or a week.
DEEDS: dict[str, str] = {
    "passed|failed": (
        r"(?:(?:my|the|a|an|his|her|their) )?(?:[\w-]+ ){0,4}?(?:tests?|exams?|resit|viva"
        r"|theory|finals|bar|levels?|module|course|audition|boards?|interview|inspection"
        r"|probation|medical|practical|maths?|english|physics|chemistry|biology|history|geography"
        r"|french|spanish|german|latin|algebra|calculus|statistics)\b.*"
    ),
    "handed": r"in (?:my|his|her) (?:notice|resignation|dissertation|thesis)\b.*",
    "finished|completed": (
        r"(?:my|his|her|a|an|the) (?:[\w-]+ ){0,3}?(?:levels?|degree|phd|thesis|dissertation"
        r"|masters?"
        r"|training|apprenticeship|exams|finals|studies|residency|novel|book|chemo|treatment)\b.*"
    ),
    "joined": (
        r"(?:(?:the|a|an|my|our|his|her) )?(?:(?-i:[A-Z])[\w-]+.*|(?:[\w'-]+ ){0,3}?(?:team|club"
        r"|choir|band"
        r"|gym|army|navy|air force|police|marines|group|society|party|union|company|firm|class"
        r"|league"
        r"|church|orchestra|board|committee|circle|crew|squad|startup|school|library|site|app"
        r"|guides"
        r"|scouts|reserves|cadets|brigade|association|guild|cult|collective|co-op)\b.*)"
    ),
    "adopted": r"(?:a|an|two|three|our|my) .+",
    "started|began": (
        r"(?:(?:a|an|my|our|his|her) .+|at .+"
        r"|(?:going to|doing|playing|taking|seeing|wearing|training|practi[sc]ing|dating) .+"
        r"|(?:night |evening |medical |law |nursing |high "
        r"|secondary |primary )?(?:school|uni|university|college|classes|therapy|chemo"
        r"|training|hrt|medication|insulin)\b.*)"
    ),
    "stopped|quit": r"(?:taking|using|playing|eating|working|wearing|going to) .+",
    "met": (
        r"(?:(?:my|his|her) (?:\w+ )?(?:husband|wife|partner|boyfriend|girlfriend|best friend"
        r"|fiancée?) .+)"
    ),
    "married": r"(?:my|his|her|a|an|(?-i:[A-Z])).*",
    "graduated|retired": r"(?:(?:from|in|as|with|after|at) .+|$)",
    "signed": r"(?:a|the|my|our|up for|on for|with) .+",
    "sold": (
        r"(?:my|the|our|his|her) (?:[\w-]+ ){0,3}?(?:house|flat|car|van|boat|bike|motorbike"
        r"|business|shop|farm|company|home|piano|guitar|land|apartment|caravan|horse|cottage)\b.*"
    ),
    "won": (
        r"(?!(?:\w+ )?(?:argument|bet|round|fight|match|toss|point)\b)"
        r"(?:a|an|the|my|our|first|second|gold|silver|bronze) .+"
    ),
    "swapped|switched": r"(?:(?:from .+ )?to|(?:my|the) .+ for) .+",
    "gave": r"(?:my|the|our) .+ to .+",
    "left": (
        r"(?:my|the|his|her) (?:job|company|firm|band|church|army|navy|police|post|family "
        r"business)\b.*"
    ),
    "studied|served|worked|volunteered|interned|trained": (
        r"(?:as|at|for|in|with|under|on|(?!hard|late|all|today|out)[\w-]+).*"
    ),
    "taught": r"(?!(?:my|our|his|her|the|him|them|me|us|you|myself)\b)[a-z].*",
    "enrolled|registered": r"(?:in|at|for|on|as) .+",
    "booked": r"(?:a|an|my|our|the|flights?|tickets?|two|three) .+",
    "proposed": r"(?:to .+|$)",
    "learned|learnt": r"(?:to|how to) \w+.*",
    "ran": (
        r"(?:a|the|my) (?:[\w-]+ ){0,3}?(?:marathon|10k|5k|half|ultra|race|shop|bakery|pub"
        r"|business|club)\b.*"
    ),
    "bowled|danced|played|coached|fostered|sailed|boxed|farmed|drove|directed|bred|umpired": (
        r".+ for .+ (?:years|months|seasons|decades)\b.*"
    ),
    "inherited|founded|qualified": r".+",
    "survived": r"(?:cancer|a .+|the .+)",
    "bought": r"(?!.*\b(?:sandwich|coffee|tea|beer|pizza|burger|bread|milk|snacks?|cake|drinks?|meal|salad"
    r"|magazine|wine|pint|croissant|lunch|dinner|breakfast|socks|charger|present|gift|card)\b)(?:a"
    r"|an|our|my first|my own|two) .+",
    "built": r"(?:a|an|my own|our own|(?:me|us) (?:a|an|two|three)) .+",
    "took": r"(?:up .+|me on.*|out (?:my|the|all) .+|early retirement.*)",
    "planted": r".+",
    "fell": r"(?:on the ice|off (?:a|the|my|his|her) .+|down the .+|over .+|and broke .+)",
    "came": r"(?:to .+ from .+|(?:here )?from .+|out (?:to|as) .+)",
    "sprained|tore|fractured|dislocated|injured|twisted": r"(?:my|his|her) .+",
    "grew": r"up .+",
    "changed": (
        r"(?:(?:my |his |her )?(?:jobs?|careers?|schools?|name|surname|majors?|courses?|degree"
        r"|religion)\b.*)"
    ),
    "filed": r"for (?:divorce|custody|bankruptcy|separation|asylum)\b.*",
    "closed": r"on (?:the|our|a|my|his|her) .+",
    "dyed": r"(?:my|his|her) hair .+",
    "remarried|converted|emigrated": r"(?:.+|$)",
    "relapsed": r"(?:on|into|after) .+|$",
    "accepted": r"(?:the|an?|my|his|her) .*(?:job|offer|place|position|role|scholarship)\b.*",
    "promised": r"(?:my|our|the|his|her) .+ .+",
    "lost": (
        r"(?:my|our|his|her) (?:[\w-]+ ){0,2}?(?:licen[cs]e|house|home|flat|sight|eyesight|hearing"
        r"|business|savings|leg|arm|hand|foot|eye|citizenship|visa|custody)\b.*"
    ),
    "turned": r"down (?:the|an?|my) .*(?:job|offer|place|promotion|scholarship|proposal)\b.*",
    "sent": r"(?:my|the) .+ to .+",
    "dropped": r"out of .+",
    "donated": r".+",
    "moved": r"(?:in with .+|out of .+|back in with .+|out$)",
    "broke": r"(?:off .+|my .+ record.*)",
    "got": (
        r"(?:into (?-i:[A-Z])[\w ]+|into .+ (?:school|college|university|uni|team|academy"
        r"|conservatory)\b.*|through .+)"
    ),
}
# "I'm training for a marathon", and what has to follow for it to be more than this afternoon's.
UNDER_WAY: dict[str, str] = {
    "training|studying|applying|fundraising|saving": (
        r"(?:for|as|to|in|at|up|(?!hard|today|all)[\w-]+) .+|for \w+"
    ),
    "learning": r"(?!a lot|so much|about)[\w-]+.*",
    "working": (
        r"(?:as|at|for|in|part[- ]time|nights|from home|on (?:a|my|the) (?:book|novel|thesis"
        r"|album|phd|degree)) ?.*"
    ),
    "doing": (
        r"(?:(?:a|an|my|the|his|her|their) )?(?:[\w-]+ ){0,4}?(?:class|classes|course|courses"
        r"|phd|doctorate|masters|master's|degree|a[- ]levels|gcses?|apprenticeship|marathon"
        r"|triathlon|ironman|10k|internship|placement|residency|diploma|training|fellowship"
        r"|evening school|night school)\b.*"
    ),
    "restoring|renovating|fostering|researching|building|translating|recording|raising"
    "|growing|landscaping|converting"
    r"|organi[sz]ing|designing|coaching|teaching": r"(?:(?:a|an|my|our|the|his|her|old|me) .+"
    r"|[a-z]{4,}.*)",
    "planning": r"(?:a|an|my|our|the|his|her) .+",
    "knitting|sewing|crocheting|making": r"(?:a|an) .+ for .+",
    "dating|marrying": r"(?:(?-i:[A-Z]).*|(?:a|an) .+)",
    "seeing": (
        r"(?:a|my) (?:[\w-]+ )?(?:therapist|counsellor|counselor|psychiatrist|psychologist"
        r"|physio|specialist)\b.*"
    ),
    "living": r"(?:in|on|at|with|near|alone|together|above|next) ?.*",
    "staying": r"(?:with|on (?:my|a|his|her)|at (?:my|a|his|her)) .+",
    "expecting": r"(?:a (?:baby|boy|girl|child)|twins|our .+|my .+)",
    "taking": (
        r"(?:(?:a|an|my|the) )?(?:[\w-]+ ){0,4}?(?:class|classes|course|courses|lessons|meds"
        r"|medication|insulin|antibiotics|tablets|pills|antidepressants|gap year|sabbatical)\b.*"
    ),
    "starting|leaving|quitting|joining|opening|launching": (
        r"(?:(?:my|a|an|the|our|his|her|at) .+|(?:uni|university|college|school|work)\b.*)"
    ),
    "retiring|graduating": r"(?:from .+|in .+|next .+|$)",
    "moving": r"(?:in with .+|out.*|back .+)",
    "touring|visiting": r"(?!with)[\w-]+.*",
    "getting": (
        r"(?:(?:married|divorced)\b.*|(?:a|an|my|our) (?:[\w-]+ ){0,2}?(?:dog|puppy|cat"
        r"|kitten|tattoo|braces|degree|divorce|visa|hip|knee|operation|surgery)\b.*)"
    ),
    "having": (
        r"(?:(?:a|an|my) (?:[\w-]+ ){0,3}?(?:baby|surgery|operation|biopsy|scan|transplant"
        r"|hysterectomy|replacement|hip|knee|out|removed)\b.*|surgery\b.*|twins\b.*)"
    ),
    "recovering": r"from .+",
    "volunteering|performing|competing|playing|running|hosting": r"(?:at|in|for|the|a|an) .+",
    "buying|selling|renting": (
        r"(?:out )?(?:a|an|my|our|the|his|her) (?:[\w-]+ ){0,3}?(?:house|flat|apartment|cottage|home"
        r"|car|van|boat|farm|shop|business|studio|room|place)\b.*"
    ),
}
# "I can't swim": abilities that are lacking for good.
ABILITIES = words(
    "swim cook drive ride sing dance whistle eat drink draw ski skate type bake juggle "
    "knit sew dive roll speak smell taste hear tolerate digest fly kneel climb spell"
)
# "I play hard": a lasting verb in a saying, or of the moment.
SAYINGS = re.compile(
    r"(?:plays?|work) (?:games|hard|dead|along|nice|around|up|it|with (?:fire|him|her|them)"
    r"|too|the fool|a part|mind games|devil's advocate|second fiddle)\b"
    r"|speaks? (?:the truth|from|of|up|out|for|to|my mind|as)\b|drives? (?:me|us|him|her"
    r"|everyone|people|home|past|off)\b"
    r"|makes? (?:me|us|it|up|sure|do|fun|sense|no|my (?:day|bed|way)|mistakes|jokes|friends"
    r"|faces|tea|coffee|dinner|lunch"
    r"|breakfast|him|her|them|people|a|an|the|everyone|out|things|plans|excuses|my(?! own))\b"
    r"|keeps? (?!(?:\w+ )?(?:bees|chickens|hens|goats|pigs|horses|sheep|ducks|alpacas|birds"
    r"|snakes|rabbits|kosher|halal|pigeons|koi)\b)"
    r"|eats? (?:it|up|like|out|breakfast|lunch|dinner|too|so|when|anything|everything|my "
    r"(?:words|feelings))\b"
    r"|drinks? (?:to|up|too|so)\b|cooks? (?:up|dinner|lunch|something)\b|writes? (?:it|this"
    r"|that|to|down|back|also|you)\b"
    r"|uses? (?:it|to|my (?:brain|head))\b|builds? (?:up|on)\b|cleans? (?:up|out|the|my)\b"
    r"|fix(?:es)? (?:it|the|my|that|this)\b"
    r"|serves? (?:me|him|her|you|it)\b|sells? (?:myself|out|it)\b|shares? (?:your|this|that"
    r"|it|everything)\b|sings? along\b"
    r"|supports? (?:you|that|it|him|her|them|me)\b|fl(?:y|ies) (?:off|by|home|out)\b|grows? "
    r"(?:up|old|on|out|tired|into)\b"
    r"|raises? (?:my|a|an|the|your)\b|climbs? (?:the walls|out|into|up)\b|acts? (?:like|as"
    r"|out|up|all)\b|manages? (?:to|it|fine|ok)\b"
    r"|draws? (?:the line|a blank)\b|rides? (?:it|out)\b|sweeps? (?:it|under)\b|own(?:s)? "
    r"(?:it|up|that)\b|directs? (?:me|you)\b"
    r"|mends? my ways|dances? around|studies (?:me|it)|trains? (?:of|my)\b|fish(?:es)? (?:for"
    r"|out)\b|hunts? (?:for|down)\b"
    r"|smokes? (?:out|him)\b|films? it\b|wears? (?:it|off|out|me|my heart|thin)\b|rents? "
    r"(?:it|out)\b|knits? (?:my|together)\b",
    re.I,
)
PRESENT_THIRD = {"have": "has", "do": "does", "go": "goes", "be": "is", "dj": "djs"}
_BACK = {third: base for base, third in PRESENT_THIRD.items()}
_SIBILANT = re.compile(r"(?:s|sh|ch|x|z|o)$")


def third_person(verb: str) -> str:
    """ "host" becomes "hosts", "teach" "teaches", "study" "studies"."""
    if verb in PRESENT_THIRD:
        return PRESENT_THIRD[verb]
    if re.search(r"[^aeiou]y$", verb):
        return f"{verb[:-1]}ies"
    return f"{verb}es" if _SIBILANT.search(verb) else f"{verb}s"


def base_form(verb: str) -> str:
    """ "teaches" becomes "teach"; a base form stays as it is."""
    if verb in _BACK:
        return _BACK[verb]
    if verb.endswith("ies"):
        return f"{verb[:-3]}y"
    if verb.endswith("es") and _SIBILANT.search(verb[:-2]):
        return verb[:-2]
    return verb[:-1] if verb.endswith("s") and not verb.endswith("ss") else verb


def habits(*, third: bool = False) -> str:
    """A regular expression for the habits, longest first, with their third persons if asked."""
    forms = HABITS | {third_person(verb) for verb in HABITS} if third else HABITS
    return "|".join(sorted(map(re.escape, forms), key=lambda form: (-len(form), form)))


def verb_forms(told: dict[str, str], *but: str) -> str:
    """A regular expression for the verbs of `DEEDS` or `UNDER_WAY`, except those named."""
    return "|".join(form for forms in told for form in forms.split("|") if form not in but)


def with_what_follows(told: dict[str, str], group: str) -> str:
    """A regular expression for each verb (as `group`) with what it needs (as `said`).

    Python lets a group's name occur once, so the verb is read first and then looked back for.
    """
    needs = "|".join(rf"(?=(?:{forms})\b *(?:{rest}))" for forms, rest in told.items())
    return rf"(?:{needs})(?P<{group}>{verb_forms(told)})\b(?: +(?P<said>.+))?$"
