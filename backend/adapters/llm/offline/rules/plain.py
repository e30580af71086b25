"""What is said with any of the lasting verbs, in the person's own words.

The last rules to be tried: where no rule above has a sentence of its own for it.
"""

from backend.adapters.llm.offline.rule import rule
from backend.adapters.llm.offline.verbs import (
    ABILITIES,
    DEEDS,
    UNDER_WAY,
    habits,
    with_what_follows,
)

_NUMBER = (
    r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    r"|twenty"
    r"|thirty|forty|fifty|\d{1,4})"
)
_NO_TIMES = (
    r"(?:emails?|messages?|tabs|texts?|photos?|followers|missed|unread|kg|kilos|lbs|km|miles"
    r"|people|wishes|wishes?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|seconds?"
    r"|times?|quid|pounds?|dollars?|euros?|bucks"
    r"|more|left|of|things?|questions?|exams?|meetings?|percent|%|chapters?|pages?|options?"
    r"|choices?|words?|jobs to)"
)
_OWNED = (
    r"(?:house|flat|apartment|cottage|boat|canoe|kayak|caravan|van|car|truck|motorbike"
    r"|motorcycle|bike|bicycle"
    r"|scooter|moped|piano|guitar|violin|cello|banjo|trombone|trumpet|drum kit|garden"
    r"|allotment|greenhouse|shed"
    r"|farm|orchard|vineyard|shop|store|stall|studio|workshop|bakery|cafe|café|restaurant"
    r"|business|company|band"
    r"|tattoo|scar|pacemaker|hearing aid|stammer|stutter|lisp|twin|degree|phd|masters|diploma"
    r"|licence|license"
    r"|blog|podcast|youtube channel|sewing machine|telescope|kiln|loom|beehives?|hives?"
    r"|disability|wheelchair"
    r"|prosthetic \w+|hip|knee|birthmark|mortgage|season ticket|black belt|therapist|advisor"
    r"|sponsor|tutor"
    r"|stepson|stepdaughter|summer job|weekend job|side job|paper round|second job|night job"
    r"|part time job"
    r"|part-time job|holiday home|mobile home|record collection|collection of [\w ]+|fear of "
    r"[\w ]+|phobia of [\w ]+)"
)
PLAIN = (
    rule(
        "is at",
        r"(?:have|has) been (?P<said>(?:at|with|in|on) (?:the|a|an|my|our) .*\b(?:since|for) .+)",
        "{who} [has|have] been {said}.",
        importance=6,
    ),
    rule(
        "has so many",
        rf"HAVE (?P<said>(?:(?:about|around|over|almost|nearly) )?{_NUMBER} (?!{_NO_TIMES}\b"
        rf"|and\b|or\b)[a-z][\w' -]{{2,60}}.*)",
        "{who} [has|have] {said}.",
        importance=6,
    ),
    rule(
        "has there",
        r"HAVE (?P<said>(?!an? |the |to |been |no |not |had |some |any |lots |plenty |time "
        r"|work |fun |my )(?:[a-z]+ ){1,3}"
        r"in (?-i:[A-Z])\w+)\b.*",
        "{who} [has|have] {said}.",
        importance=5,
    ),
    rule(
        "has of one's own",
        r"(?:HAVE|own|owns) (?:an?|my own|our own|the|my) (?P<said>(?:[\w'-]+ "
        rf"){{0,4}}?{_OWNED}\b.*)",
        "{who} [has|have] a {said}.",
        importance=6,
    ),
    rule(
        "does for a living",
        r"do(?:es)? (?P<said>(?!indeed\b|it\b|that\b|this\b|what|not\b|my best|so\b|the (?:same|dishes"
        r"|cooking|shopping"
        r"|maths?)\b|me\b|all\b|too\b|well\b|now\b|have\b|need\b|think\b|like\b|love\b|feel\b"
        r"|a (?:lot|bit|thing)\b"
        r"|things?\b|stuff\b|hope\b|know\b|wonder\b|want\b|mean\b|try\b|get\b|miss\b|see\b"
        r"|believe\b|remember\b"
        r"|everything\b|nothing\b|anything\b|something\b|wish\b|agree\b|care\b|look\b|go\b"
        r"|more\b|most\b|him\b|her\b"
        r"|them\b|one\b|is\b|as\b|and\b|make\b|worry\b|understand\b|appreciate\b)[a-z].+"
        r"|(?!indeed)[a-z]{4,20})$",
        "{who} [does|do] {said}.",
        importance=6,
    ),
    rule(
        "habit of going",
        r"(?P<does>go|goes|get|gets) (?P<said>(?:to (?:the |my |a )?(?:gym|church|mosque"
        r"|synagogue|temple|therapy|choir|yoga"
        r"|pilates|rehearsals?|practice|class|classes|night school|evening classes|aa"
        r"|meetings|bingo|school|uni|college)"
        r"|up at|up every|winded)\b.*)",
        "{who} {does} {said}.",
        importance=5,
    ),
    rule(
        "got done",
        r"(?!(?:have|has) got\b)(?:(?:have|has) )?(?P<verb>got|had) (?P<said>(?:my|all|both|the|a"
        r"|an) (?:(?!and\b)\S+ )+?(?:off"
        r"|out|removed|taken out"
        r"|replaced|fixed|done|pierced|amputated)\b|(?:a|an|my|the) (?:\w+ ){0,3}?(?:surgery"
        r"|operation|transplant"
        r"|stroke|heart attack|miscarriage|baby|pacemaker|raise|pay rise|promotion|level \d"
        r"|grade \d|certificate|certification|black belt|green card|p plates|citizenship"
        r"|scholarship|degree|licen[cs]e"
        r"|tattoo|offer|place|dog(?!-)|cat(?! nap)|puppy|kitten|braces|diagnosis|visa"
        r"|citizenship|mortgage|lease|part"
        r"|apprenticeship|grant|award|divorce|car|van|bike|motorbike|flat|house|apartment|job)\b.*"
        r"|(?:in)?to (?:law|med|medical|art|drama|film|grad|graduate|culinary|nursing|vet) "
        r"school\b.*"
        r"|put on (?:academic )?(?:probation|statins|insulin|warfarin|medication|leave)\b.*"
        r"|made (?:redundant|\w+ \w+|permanent|captain|partner|manager)\b.*"
        r"|accepted .*|engaged.*|married.*|divorced.*|promoted.*|fired.*|laid off.*|sacked.*"
        r"|diagnosed .*)",
        "{who} {verb} {said}{when}.",
        category="event",
        importance=7,
        ahead=False,
    ),
    rule(
        "habit with others",
        r"(?P<does>calls?|visits?|phones?|rings?|comes?|texts?|cooks?) (?P<said>(?:me |us "
        r"|over |round |by )*every .+)",
        "{who} {does} {said}.",
        category="relationship",
        importance=5,
        of="others",
    ),
    rule(
        "puts on everything",
        r"(?P<does>puts?) (?P<said>.+ on (?:\w+ )?(?:everything|anything).*)",
        "{who} {does} {said}.",
        category="preference",
        importance=4,
    ),
    rule(
        "habit",
        rf"(?P<does>{habits(third=True)}) (?P<said>.+)",
        "{who} {does} {said}.",
        importance=5,
        confidence=0.8,
        plain=True,
        attribute="habit.{base} {said}",
    ),
    rule(
        "never does",
        rf"never (?P<does>{habits(third=True)}) (?P<said>.+)",
        "{who} never {does} {said}.",
        importance=6,
        plain=True,
        attribute="habit.{base} {said}",
    ),
    rule(
        "does not",
        r"NOT (?:even |actually |really )?(?P<verb>drive|swim|cook|dance|celebrate|own|speak"
        r"|wear|drink|eat|fly|sing"
        r"|play|use|watch|believe in|do)(?: (?P<said>(?!it|that|this|much|enough|well"
        r"|anything|so|there).+))?$",
        "{who} [doesn't|don't] {verb} {said}.",
        importance=6,
        attribute="habit.{verb} {said}",
    ),
    rule(
        "can not",
        rf"can not (?:even |really |actually )?(?P<verb>{'|'.join(sorted(ABILITIES))})"
        r"(?: (?P<said>(?!it|that|this|the (?:point|difference|sky|end|screen)|why|anything"
        r"|you|a thing|how|straight"
        r"|properly|any more|to save).+)|(?: to save (?:my|his|her) life)?)$",
        "{who} can't {verb} {said}.",
        importance=6,
    ),
    rule(
        "is under way",
        rf"(?:BE|have been|has been) {with_what_follows(UNDER_WAY, 'doing')}",
        "{who} [is|are] {doing} {said}{when}.",
        category="event",
        importance=6,
        confidence=0.8,
        ahead=True,
        plain=True,
    ),
    rule(
        "is going to",
        r"(?:BE going|plan|plans|BE planning|BE about) to (?P<said>(?:ask|propose|marry|move"
        r"|visit|start|study|train"
        r"|learn|buy|sell|open|build|retire|quit|leave|adopt|run|apply|take|paint|travel|fly"
        r"|go|get|try|plant|teach) .+)",
        "{who} [is|are] going to {said}{when}.",
        category="event",
        importance=6,
        confidence=0.8,
        ahead=True,
    ),
    rule(
        "did",
        rf"(?:(?:have|has) )?(?:just |finally |recently )?{with_what_follows(DEEDS, 'did')}",
        "{who} {did} {said}{when}.",
        category="event",
        importance=6,
        confidence=0.8,
        ahead=False,
        plain=True,
    ),
)
