"""States that last: no longer vegan, on medication, eight months into a contract, a bad knee."""

from backend.adapters.llm.offline.rule import rule

_NUMBER = (
    r"(?:\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty)"
)
_BODY = (
    r"(?:(?:left |right )?(?:ankle|knee|shoulder|hip|wrist|arm|leg|hand|foot|elbow|collarbone"
    r"|jaw|nose|thumb|finger|toe"
    r"|back|neck))"
)
_TAKEN = (
    r"(?:insulin|antidepressants|(?:blood )?thinners|beta blockers|steroids|the pill|hrt"
    r"|dialysis|chemo|chemotherapy"
    r"|prozac|ritalin|adderall|lithium|methotrexate|warfarin"
    r"|[a-z]+(?:statins?|pril|sartan|olol|mab|zole|formin|oxetine|traline|azepam))"
)

_WORKPLACE = (
    r"(?:(?:[\w-]+ ){0,2}?(?:lab|laboratory|clinic|office|bakery|school|hospital|ward|site"
    r"|depot|warehouse|pharmacy|salon"
    r"|garage|kitchen|restaurant|steakhouse|studio|library|nursery|factory|call cent(?:re|er)"
    r"|station|yard|shipyard|plant|mill"
    r"|mine|surgery|practice|care home|hotel|supermarket|post office|council|firm|foundry"
    r"|brewery|dairy|sawmill|docks))"
)
_ALCOHOL = r"(?:booze|alcohol|drink|drinks|drinking|beer|wine|vodka)"

STATES = (
    rule(
        "shift at work",
        r"(?:(?:my|a|an|the|another) )?(?:long |first |last )?(?:(?:early|late|night|closing"
        r"|opening|day|double|morning|evening) )?"
        rf"(?:shifts?|day|night|week) at (?P<place_of_work>(?:the |a )?{_WORKPLACE})\b.*",
        "The user works at {place_of_work}.",
        importance=6,
        confidence=0.8,
        attribute="employer",
        whole=True,
        of="user",
    ),
    rule(
        "mates at work",
        r"(?:(?:the|some) )?(?:guys|lads|girls|boys|gang) (?:at|from) (?P<place_of_work>the "
        rf"{_WORKPLACE})\b.*",
        "The user works at {place_of_work}.",
        importance=6,
        confidence=0.8,
        whole=True,
        of="user",
    ),
    rule(
        "job on the side",
        r"(?:(?:my|a|got a|new) )?(?P<kind>(?:summer|weekend|saturday|part[- ]time|evening"
        r"|night|holiday) job) "
        r"(?P<said>(?:at|in|as|on) .+)",
        "The user has a {kind} {said}.",
        importance=6,
        whole=True,
        of="user",
    ),
    rule(
        "class of theirs",
        r"(?:BE|will be|was|went|go|got|have|had) (?:at |to |in |back from |late for )?my "
        r"(?P<kind>(?!first|last|next|new|old|own|whole|favou?rite)[a-z]+ (?:class|lesson"
        r"|course|club|choir|practice|rehearsal|lessons))\b.*",
        "{who} goes to a {kind}.",
        importance=5,
        of="user",
    ),
    rule(
        "no drink since",
        rf"(?:I have had )?no {_ALCOHOL}$",
        "The user has been sober{when}.",
        importance=8,
        whole=True,
        of="user",
        ahead=False,
        dated=True,
    ),
    rule(
        "does not drink now",
        r"BE not (?P<doing>drink|smok|vap)ing(?: any ?more)?$",
        "{who} [doesn't|don't] {stops}.",
        importance=6,
    ),
    rule(
        "medicine of theirs",
        r"(?:.*\b(?:it is|just|on|take|taking|have|took) )?(?:just )?(?:the|my|a) "
        r"(?P<taken>(?:adhd|thyroid|blood pressure|heart"
        r"|anxiety|depression|asthma|epilepsy|migraine|diabetes|cholesterol|sleeping|allergy) "
        r"(?:meds|medication|tablets?|pills?))\b.*",
        "The user takes {taken}.",
        importance=8,
        confidence=0.8,
        whole=True,
        of="user",
    ),
    rule(
        "had it out",
        r"(?:(?:I (?:got|had)|got|had) )?(?:(?:my|all (?:\w+ )?(?:of )?my) "
        r")?(?P<part>(?:wisdom )?teeth|wisdom tooth|braces|tonsils"
        r"|appendix|gallbladder|stitches|cast) (?P<how>out|off|removed)\b.*",
        "The user had their {part} {how}{when}.",
        category="event",
        importance=6,
        whole=True,
        of="user",
        ahead=False,
    ),
    rule(
        "no longer is at",
        r"BE (?:no longer|not) (?:working )?(?:at|with) (?P<org>.+?)(?: any ?more)$",
        "{who} no longer works at {org}.",
        importance=7,
        attribute="employer",
    ),
    rule(
        "no longer",
        r"BE (?:no longer (?:a |an )?(?P<state>vegan|vegetarian|pescatarian)"
        r"|not (?:a |an )?(?P<was>vegan|vegetarian|pescatarian) any ?more)\b.*",
        "{who} [is|are] no longer {state}{was}.",
        category="preference",
        importance=7,
        attribute="diet",
    ),
    rule(
        "stays",
        r"BE (?:staying|going|gone) (?P<diet>vegan|vegetarian|pescatarian|teetotal|gluten[- "
        r"]free)\b.*",
        "{who} [is|are] {diet}.",
        category="preference",
        importance=7,
        attribute="diet",
    ),
    rule(
        "intolerant since",
        r"(?:have|has) been (?P<what>(?:lactose|gluten|histamine|fructose)[- ]intolerant"
        r"|diabetic|asthmatic|epileptic"
        r"|coeliac|celiac)\b",
        "{who} [is|are] {what}.",
        importance=8,
    ),
    rule(
        "so far into",
        rf"BE (?P<said>(?:{_NUMBER}|\d+) (?:days|weeks|months|years) (?:into|clean|sober)\b.*)",
        "{who} [is|are] {said}.",
        importance=6,
    ),
    rule(
        "years a worker",
        rf"(?:BE |have been |has been )?(?P<span>{_NUMBER} years) (?:as )?an? (?P<job>.+)",
        "{who} [has|have] been a {job} for {span}.",
        importance=7,
    ),
    rule(
        "year of study",
        r"BE (?:in )?(?:my |the |a |an )?(?P<nth>1st|2nd|3rd|4th|5th|first|second|third"
        r"|fourth|fifth|final)[- ]year "
        r"(?:of (?:my |the |a )?)?(?P<said>(?!(?:at|in|on|here|now)\b)[a-z][\w' -]+)$",
        "{who} [is|are] in their {nth} year of {said}.",
        importance=7,
        attribute="studies",
    ),
    rule(
        "year of study at",
        r"BE in (?:my |the )?(?P<nth>1st|2nd|3rd|4th|5th|first|second|third|fourth|fifth|final|last)"
        r"[- ]year (?P<said>(?:at|in) .+)",
        "{who} [is|are] in their {nth} year {said}.",
        importance=7,
    ),
    rule(
        "was a worker",
        r"(?:was|were) an? (?P<job>[\w' -]+?)(?: (?:at|with) (?P<said>.+)| for .+)?$",
        "{who} worked as a {job}{at_said}.",
        importance=6,
    ),
    rule(
        "sleeps on",
        r"BE (?:staying |sleeping |living |crashing )?on (?:my|a|his|her) (?P<whose>[\w']+ "
        r")?(?P<bed>futon|sofa|couch)"
        r"(?P<said> in .+)?$",
        "{who} [is|are] staying on their {whose}{bed}{also_said}.",
        importance=5,
    ),
    rule(
        "lives at parents'",
        r"(?:I am|we are) (?:still (?:living )?|living |back (?:living )?)(?:at"
        r"|with) my (?P<whose>parents|mum|mom|dad|folks"
        r"|nan|grandma|grandparents)"
        r"(?:'?s)?(?: (?:house|place|flat))?(?: in (?P<place>.+?))?(?: at \d+)?$",
        "{who} [lives|live] with their {whose}{in_place}.",
        importance=6,
        whole=True,
        of="user",
        attribute="home",
    ),
    rule(
        "is where",
        r"BE (?:out |over |up |down |back |off |living |based )*(?:in|at) (?P<place>(?-i:[A-Z]).+)",
        "{who} [lives|live] in {place}.",
        importance=6,
        of="others",
        attribute="home",
    ),
    rule(
        "had a business",
        r"had (?P<said>an? (?:[\w-]+ ){0,2}?(?:shop|store|bakery|roastery|farm|restaurant"
        r"|café|cafe|pub|garage|business"
        r"|factory|bookshop|stall)\b.*)",
        "{who} had {said}.",
        importance=5,
        of="others",
    ),
    rule(
        "part of the body",
        rf"my (?P<part>{_BODY}) (?:is|was) (?P<said>(?:in (?:a|plaster)|broken|sprained"
        r"|fractured|dislocated|torn|strapped)\b.*)",
        "The user's {part} is {said}{when}.",
        importance=6,
        whole=True,
        of="user",
        ahead=True,
    ),
    rule(
        "bad part",
        rf"(?:my )?bad (?P<part>{_BODY})\b.*",
        "The user has a bad {part}.",
        importance=6,
        whole=True,
        of="user",
    ),
    rule(
        "does not know how",
        r"does not know how to (?P<said>.+)",
        "{who} [doesn't|don't] know how to {said}.",
        importance=5,
    ),
    rule(
        "back on",
        r"(?:BE )?back on (?:my|the) (?P<taken>meds|medication|pills|tablets|insulin"
        r"|antidepressants)\b.*",
        "{who} [is|are] back on their {taken}{when}.",
        importance=7,
        ahead=False,
    ),
    rule(
        "is on tablets",
        r"BE on (?P<said>(?:[\w-]+ ){0,2}(?:tablets|medication|meds|pills|injections|inhalers?"
        r"|hrt)\b.*)",
        "{who} [is|are] on {said}.",
        importance=7,
    ),
    rule(
        "is on",
        rf"(?:(?:BE|(?:got |BE |was )put|have been|has been) (?:back )?on"
        rf"|takes?) (?P<taken>(?:\d+ ?m?c?g (?:of )?)?{_TAKEN})\b.*",
        "{who} [takes|take] {taken}.",
        importance=8,
    ),
    rule(
        "on or off",
        r"(?:(?:BE|got|was|have been|has been) (?:now |back |put )?)(?P<how>on|off) "
        r"(?P<what>(?:academic |disciplinary )?"
        r"(?P<topic_of>probation|parole|benefits|dairy|gluten|sugar|alcohol|caffeine|the "
        r"booze))\b.*",
        "{who} [is|are] {how} {what}{when}.",
        importance=7,
        attribute="on or off {topic_of}",
        ahead=True,
    ),
    rule(
        "is lastingly",
        r"BE (?:now )?(?P<state>on (?:a gap year|(?:\w+ )?(?:maternity leave|paternity leave"
        r"|parental leave"
        r"|sick leave|sabbatical|disability))|in (?:remission|recovery|rehab)(?: from [\w ]+)?"
        r"|off (?:meat|coffee|the (?:drink|fags|cigarettes))"
        r"|(?:colou?r[- ]?blind|deaf|dyslexic|autistic|bilingual|teetotal|sober|widowed"
        r"|adopted|bipolar"
        r"|dyspraxic|ambidextrous|disabled|transgender|trans|non-?binary|bisexual|lesbian"
        r"|jewish|muslim|hindu"
        r"|buddhist|catholic|sikh|quaker|mormon|christian)\b)(?! (?:without|before|until I"
        r"|when|to)\b)",
        "{who} [is|are] {state}{when}.",
        importance=7,
        ahead=True,
    ),
    rule(
        "divorce behind",
        r"(?:.*\b(?:since|after|before|during) )?(?:my|the|our) divorce$",
        "The user is divorced.",
        importance=7,
        whole=True,
        of="user",
        attribute="relationship status",
        and_on=True,
    ),
)
