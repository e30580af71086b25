"""What somebody does, has or is on certain days, or whenever something happens."""

from backend.adapters.llm.offline.rule import rule

# Of the mind, of the talk, or not a custom in the plain present; and what may be past as well.
NO_CUSTOM = (
    r"(?:think|know|feel|hope|see|mean|guess|believe|wish|want|need|like|love|hate|agree|understand"
    r"|remember|forget|wonder|suppose|imagine|doubt|expect|swear|bet|promise|admit|apologi[sz]e|say"
    r"|tell|ask|hear|look|seem|sound|appear|thank|appreciate|recommend|suggest|propose|notice"
    r"|reali[sz]e|find|mind|care|deserve|blame|trust|am|is|are|was|were|be|been|have|has|had|do|did"
    r"|does|will|would|can|could|may|might|must|shall|should|ought|let|put|cut|hit|set|shut|cost"
    r"|hurt|quit|beat|spread|split|got|went|came|saw|said|told|thought|felt|knew|made|took|gave"
    r"|left"
    r"|lost|won|met|ran|sat|stood|began|found|kept|held|brought|bought|taught|caught|fell|grew|drew"
    r"|flew|threw|wrote|drove|rode|broke|spoke|woke|chose|wore|ate|drank|sang|swam|slept|spent|sent"
    r"|built|paid|sold|led|fed|heard|meant|dealt|dreamt|became|forgot|understood|start|stop|finish"
    r"|end|happen|turn|win|lose|fail|pass|die|live|call it|not|never|just|also|really|so|to|in|on"
    r"|at|of"
    r"|for|and|or|the|a|an|who|that|[a-z]+ed|[a-z]+ly)"
)
_WEEKDAYS = r"(?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)days"
_OFTEN = (
    rf"(?:{_WEEKDAYS} and (?:mon|tues|wednes|thurs|fri|satur|sun)days|"
    r"every (?:\w+ )?(?:day|morning|evening|night|afternoon|week|weekend|month|year|summer"
    r"|winter"
    r"|spring|autumn|fall|christmas|easter|monday|tuesday|wednesday|thursday|friday|saturday"
    r"|sunday|days|weeks|months|years)s?"
    r"|(?:once|twice|(?:\w+|\d+) times) (?:a|per|every) (?:day|week|month|year)"
    r"|(?:on )?(?:mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays|weekdays"
    r"|weekends)"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day (?:mornings|evenings|nights|afternoons)"
    r"|at (?:the )?weekends?|in (?:the )?(?:mornings|evenings|afternoons|summers?|winters?)"
    r"|daily(?! \w)|each (?:day|morning|night|week|year)|(?:before|after) (?:bed|work|breakfast"
    r"|school)"
    r"|\w+s (?:a|per) (?:day|week|month|year)|all year round|most (?:days|mornings|evenings|nights"
    r"|weekends))"
)

ROUTINES = (
    rule(
        "does when nervous",
        rf"(?P<does>(?!{NO_CUSTOM}\b)[a-z]{{3,}}) (?P<said>.+?) when I am (?P<state>(?:really "
        rf"|very )?"
        r"(?:nervous|stressed|anxious|bored|sad|angry|scared|excited|tired|drunk|upset|worried))$",
        "{who} {does} {said} when {state}.",
        importance=5,
        confidence=0.8,
        of="user",
    ),
    rule(
        "does whenever",
        rf"(?P<does>(?!{NO_CUSTOM}\b)[a-z]{{3,}}) (?P<said>.+?) whenever (?P<state>(?:it|the|there)"
        r" [a-z ]+)$",
        "{who} {does} {said} whenever {state}.",
        importance=5,
        confidence=0.8,
    ),
    rule(
        "on such days is",
        rf"(?P<often>{_OFTEN}),? (?:I am|we are) (?P<said>(?:at|in|with) .+)",
        "{who} [is|are] {said} {often_said}.",
        importance=5,
        confidence=0.8,
        whole=True,
        of="user",
    ),
    rule(
        "such a day is",
        r"(?P<often>(?:mon|tues|wednes|thurs|fri|satur|sun)day"
        r"(?:s?(?= (?:is|are) (?:always |usually )?(?:my|our)\b)|s(?= are\b)))"
        r" (?:is|are) (?:always |usually )?(?:my |our )?"
        r"(?P<said>(?:[\w'-]+ ){0,2}?(?:night|day|practice|training|class|lesson|rehearsal|shift"
        r"|choir|therapy|chemo|dialysis|yoga|football|bingo|church))\b(?! (?:in|from) hell).*",
        "The user has {said} {often_said}.",
        importance=5,
        confidence=0.82,
        whole=True,
        of="user",
    ),
    rule(
        "has so often",
        rf"HAVE (?P<said>(?!to\b|been\b|had\b|not\b|no\b|a (?:lot|bit|feeling)\b)[a-z-]+ "
        rf"(?:[a-z' -]{{2,40}} )?{_OFTEN}\b.*)",
        "{who} [has|have] {said}.",
        importance=5,
        confidence=0.8,
    ),
    rule(
        "does so often",
        r"(?!(?:talk|chat|meet|argue|fight|hang out|catch up)s? (?:on|every|once|twice|most|each)\b)"
        rf"(?P<does>(?!{NO_CUSTOM}\b)[a-z]{{3,}}|go(?! every| each)"
        rf"|do(?! not)) (?P<said>(?:.+ )?{_OFTEN}\b.*)",
        "{who} {does} {said}.",
        importance=5,
        confidence=0.8,
        attribute="habit.{base} {said}",
    ),
    rule(
        "on such days does",
        rf"(?P<often>(?:on|every|most) {_OFTEN}|{_OFTEN}),? (?:I|we) "
        rf"(?P<does>(?!{NO_CUSTOM}\b)[a-z]{{3,}}|go(?! every| each)|do(?! not)"
        r"|have(?! (?:to|been|not|had)\b)) (?P<said>.+)",
        "{who} {does} {said} {often_said}.",
        importance=5,
        confidence=0.8,
        whole=True,
        of="user",
    ),
)
