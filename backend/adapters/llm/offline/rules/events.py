"""Things that happened or will happen, with their time."""

from backend.adapters.llm.offline.rule import rule

_PAST = {"category": "event", "importance": 7, "ahead": False}
_NEXT = {"category": "event", "importance": 7, "ahead": True}
_DONE = r"(?:(?:have|has) )?(?:just |finally |recently )?"
_APPOINTMENT = (
    r"(?:(?:job |doctor's |doctor |dentist's |dentist |dental |hospital |vet "
    r"|final |driving |math |maths |big |piano |first |second |work |phone "
    r"|school |thesis |hair |eye |blood )*"
    r"(?:interview|exam|exams|appointment|surgery|operation|test|recital"
    r"|concert|audition|defence|defense|presentation|deadline|check-?up"
    r"|wedding|marathon|race|tournament|"
    r"performance|flight|date|meeting with [\w ]+|reunion|graduation|scan"
    r"|hearing|viva|gig|match|show))"
)
# "Going to try out" is no journey.
_NO_DESTINATION = (
    r"(?:part[- ]time|full[- ]time|solo|freelance|vegan|veggie|bald|grey|blind|deaf|broke|bankrupt"
    r"|ask|bring|buy|call|check|clean|cook|cry|cut|die|do|drive|eat|fail|find|finish|get|give|go"
    r"|grab|have|help|hit|keep|kill|learn|leave|let|look|lose|love|make|marry|meet|miss|move|need"
    r"|pass|pay|pick|play|propose|put|quit|read|ring|run|say|sell|send|show|sit|spend|start|stay"
    r"|stop|study|take|talk|tell|text|throw|train|try|turn|use|wait|walk|wash|watch|wear|win|work"
    r"|write)"
)
# "My first performance review" is no performance.
_NOTHING_MORE = (
    r"(?! (?!(?:on|at|in|with|for|to|by|from|about|over|near|next|this|that|tomorrow|today|tonight"
    r"|soon|later|coming|scheduled|booked|then|where|which|so|I|and|but|or)\b)[a-z])"
)

EVENTS = (
    rule(
        "new job as at",
        rf"{_DONE}(?:got|started|landed|accepted|found|been offered) (?:an? "
        rf")?(?:new |great |different )?(?:job|position|role|gig) as (?:an? "
        rf")?(?P<role>.+?) (?:at|with|for) (?P<org>.+)",
        "{who} got a new job as a {role} at {org}{when}.",
        attribute="job",
        **_PAST,
    ),
    rule(
        "new job as",
        rf"{_DONE}(?:got|started|landed|accepted|found|been offered) (?:an? "
        rf")?(?:new |great |different )?(?:job|position|role|gig) as (?:an? "
        rf")?(?P<role>.+)",
        "{who} got a new job as a {role}{when}.",
        attribute="job",
        **_PAST,
    ),
    rule(
        "new job at",
        rf"{_DONE}(?:got|started|landed|accepted|found) (?:an? |my )?(?:new |great "
        rf"|different )?(?:job|position|role) (?:at|with|in) (?P<org>.+)",
        "{who} got a new job at {org}{when}.",
        attribute="employer",
        **_PAST,
    ),
    rule(
        "started at",
        rf"{_DONE}(?:started|joined|began)(?: working| work)? at (?P<org>.+)",
        "{who} started working at {org}{when}.",
        attribute="employer",
        **_PAST,
    ),
    rule(
        "got the job",
        rf"{_DONE}(?:got|landed) (?:a|the|that) (?:new )?job\b(?:"
        r" (?:at|with) (?P<org>.+)| I .*)?$",
        "{who} got a new job {at_org}{when}.",
        **_PAST,
    ),
    rule(
        "starts job",
        r"(?:BE starting|start|starts|will start|will be starting|BE going to "
        r"start) (?:an? |my )?new job(?: as (?:an? )?(?P<role>[^,]+?))?(?: (?:at"
        r"|with) (?P<org>.+))?$",
        "{who} is starting a new job {as_role}{when}.",
        **_NEXT,
    ),
    rule(
        "became",
        rf"{_DONE}(?:became|become|been promoted to|got promoted to|was promoted "
        rf"to) (?P<article>an? |the )?(?P<role>(?!friends|close|so|very|too|more"
        rf"|really|clear|vegan|vegetarian).+)",
        "{who} became {article}{role}{when}.",
        **_PAST,
    ),
    rule(
        "promoted",
        rf"{_DONE}(?:got|been|was) (?P<what>promoted|(?:a|the) promotion"
        rf"|laid off|fired|made redundant)\b(?: (?:from|by|at) (?P<org>.+))?",
        "{who} got {what} {from_org}{when}.",
        **_PAST,
    ),
    rule(
        "lost job",
        rf"{_DONE}(?:quit|left|resigned from) (?:my|his|her) (?:old )?job(?: at (?P<org>.+))?",
        "{who} left their job{at_org}{when}.",
        **_PAST,
    ),
    rule(
        "left",
        rf"{_DONE}(?:quit|left|resigned from) (?P<org>(?-i:[A-Z])[\w&]+(?: (?-i:[A-Z])[\w&]+)*)$",
        "{who} left {org}{when}.",
        **_PAST,
    ),
    rule(
        "retired",
        rf"{_DONE}retired(?: from .*)?$",
        "{who} retired{when}.",
        attribute="job",
        **_PAST,
    ),
    rule(
        "retiring",
        r"(?:BE retiring|will retire|retires)\b",
        "{who} [is|are] retiring{when}.",
        **_NEXT,
    ),
    rule(
        "got engaged",
        rf"{_DONE}(?:got|gotten) (?P<what>engaged|married|divorced)\b",
        "{who} got {what}{when}.",
        attribute="relationship status",
        **_PAST,
    ),
    rule(
        "getting married",
        r"(?:BE (?:getting|going to get)|will get|will be getting) "
        r"(?P<what>married|divorced|engaged)\b",
        "{who} [is|are] getting {what}{when}.",
        **_NEXT,
    ),
    rule(
        "broke up",
        rf"{_DONE}(?:broke up|broken up|split up|split|separated) (?:with|from) "
        rf"(?:my |his |her )(?P<kin>KIN)\b",
        "{who} broke up with their {kin}{when}.",
        attribute="relationship status",
        **_PAST,
    ),
    rule(
        "split up",
        rf"{_DONE}(?:broke up|split up|separated|called it quits)(?P<said> (?:after|over|because of) .+)?$",
        "{who} and their partner broke up{also_said}{when}.",
        of="user",
        attribute="relationship status",
        **_PAST,
    ),
    rule(
        "died",
        rf"{_DONE}(?:died|passed away|passed on|passed(?= (?:it|I|we)\b|$|,)|was put down"
        r"|been put to sleep)\b",
        "{who} died{when}.",
        of="others",
        **(_PAST | {"importance": 9, "confidence": 0.92}),
    ),
    rule(
        "lost somebody",
        rf"{_DONE}lost (?:my|our) (?P<kin>KIN|PET)\b(?! at| in)(?P<said> to .+)?",
        "{who} lost their {kin} {also_said}{when}.",
        **(_PAST | {"importance": 8}),
    ),
    rule(
        "had baby",
        rf"{_DONE}(?:had|gave birth to|welcomed) (?:a|our|my) (?:\w+ "
        rf")?(?P<what>baby(?: girl| boy)?|daughter|son|child)\b",
        "{who} had a {what}{when}.",
        **(_PAST | {"importance": 9}),
    ),
    rule(
        "graduated",
        rf"{_DONE}graduated\b(?: (?:from|in) (?P<org>.+))?",
        "{who} graduated{from_org}{when}.",
        **_PAST,
    ),
    rule(
        "passed",
        rf"{_DONE}(?P<verb>passed|failed|aced) (?:my|his|her|the) (?P<what>(?:\w+ "
        rf"){{0,2}}(?:exam|exams|test|finals|licence|license))\b",
        "{who} {verb} their {what}{when}.",
        **_PAST,
    ),
    rule(
        "bought",
        rf"{_DONE}(?P<verb>bought|sold) (?P<what>(?:an?|my|our|the) (?:[\w-]+ "
        rf"){{0,3}}(?:house|flat|apartment|car|van|boat|bike|motorbike|guitar|piano"
        rf"|cottage|farm|campervan|telescope|camera|laptop|house boat|ticket"
        rf"|tickets))\b(?P<said> (?:in|near|on|by|from|for|to|called) .+)?",
        "{who} {verb} {what} {also_said}{when}.",
        **(_PAST | {"importance": 6}),
    ),
    rule(
        "ran",
        rf"{_DONE}(?P<verb>ran|finished|completed|won|climbed|published|released) "
        rf"(?P<what>(?:an?|my|the|our) (?:[\w-]+ ){{0,4}}(?:marathon|half marathon"
        rf"|triathlon|race|novel|book|thesis|album|"
        r"phd|degree|competition|contest|prize|award|mountain|everest|10k|5k"
        r"|project|course|painting|song|single|tournament|medal|lottery))\b",
        "{who} {verb} {what}{when}.",
        **(_PAST | {"importance": 6}),
    ),
    rule(
        "travels to",
        r"(?:BE (?:(?P<going>travelling|traveling|flying|driving)|heading|off(?= to)|going(?: on "
        r"(?:holiday|vacation|a trip))?)|fly|will (?:be )?(?:travel|travelling|fly"
        r"|flying|visit)|BE visiting|will be visiting|BE going to (?:visit|travel to|fly to)) "
        r"(?:back )?(?:to )?(?P<place>(?!see|the (?:dentist|doctor|gym|shop|store"
        r"|park|vet|beach)|my|a |bed|work|school|sleep|be\b|him|her"
        rf"|{_NO_DESTINATION}\b)[A-Za-z].*?)"
        r"(?P<said> (?:for|with|to see|to visit) .+)?$",
        "{who} [is|are] {going} to {place}{when} {also_said}.",
        **_NEXT,
    ),
    rule(
        "visiting kin",
        r"(?:BE (?:going to visit|visiting|seeing)|will (?:be )?(?:visiting|visit|see)) (?:my|our) "
        r"(?P<kin>KIN)\b(?: in (?P<place>.+))?",
        "{who} [is|are] visiting their {kin}{in_place}{when}.",
        **_NEXT,
    ),
    rule(
        "went to",
        rf"{_DONE}(?:went(?: on (?:holiday|vacation|a trip))? to|visited|flew to"
        rf"|travelled to|traveled to|been to|got back from|came back from|returned "
        rf"from|spent [\w ]{{1,20}} in) (?P<place>(?!the (?:doctor|dentist|gym|shop"
        rf"|store|park|vet|beach)|my|bed|work|school|sleep|see)[A-Za-z].*)",
        "{who} went to {place}{when}.",
        **(_PAST | {"importance": 6}),
    ),
    rule(
        "has appointment",
        rf"(?:HAVE|BE having|will have|have got) (?P<article>an? |my |our |her "
        rf"|his )?(?P<what>{_APPOINTMENT})\b{_NOTHING_MORE}"
        r"(?P<said> (?:at|with|for|in) (?!the moment|least|last).+)?",
        "{who} has {article}{what} {also_said}{when}.",
        **(_NEXT | {"importance": 6}),
    ),
    rule(
        "date of own",
        rf"(?:my|our) (?P<what>(?:(?:KIN)'?s?'? )?(?:{_APPOINTMENT}|(?:wedding )?anniversary)) is "
        r"(?P<rest>(?:on |in |next |this |tomorrow|today).+?)(?:,? (?:and )?not .+)?$",
        "The user's {what} is {rest}.",
        whole=True,
        **_NEXT,
    ),
    rule(
        "had appointment",
        rf"had (?P<article>an? |my |our |her |his )(?P<what>{_APPOINTMENT})\b",
        "{who} had {article}{what}{when}.",
        **(_PAST | {"importance": 5}),
    ),
)
