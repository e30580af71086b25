"""What somebody's own things are: "my hometown is Bergen", "my car is a red Panda"."""

from backend.adapters.llm.offline.rule import rule

_TRAITS = (
    r"(?:home ?town|home country|birthplace|(?:star|zodiac|chinese) sign|blood (?:type|group)"
    r"|middle name|maiden name|ethnicity|nationality|religion|faith|heritage|background"
    r"|(?:first|second|native) language|dream(?: job| car| home| house| holiday)?|life goal"
    r"|goal (?:this year|for (?:this|the|next) year|in life)"
    r"|(?:biggest|greatest|worst|main|only) (?:fear|dream|weakness|strength|regret|passion"
    r"|phobia|pet peeve)|phobia|pet peeve|lucky number|shoe size|height|commute|major|minor|degree"
    r"|phd|thesis|dissertation|masters|speciality|specialty|special(?:ist)? subject|field|day off"
    r"|comfort food|guilty pleasure|signature dish|party trick|side hustle|pen name|stage name"
    r"|first (?:car|job|pet|concert|boyfriend|girlfriend|love|kiss|crush)|role model"
    r"|(?:childhood )?hero|new year'?s resolution|resolution|god(?:son|daughter))"
)
_THINGS = (
    r"(?:car|bike|bicycle|van|motorbike|truck|boat|house|flat|apartment|cottage|cabin|garden"
    r"|allotment|piano|guitar|violin|caravan|tattoo|band|team|company|business|shop|school"
    r"|village|street|bedroom|book|novel|blog|podcast|phone|laptop|computer|camera|watch)"
)
_TERMS = (
    r"(?:contract|lease|tenancy|visa|probation|internship|apprenticeship|course|residency"
    r"|maternity leave|paternity leave|sabbatical|notice period|mortgage|placement)"
)
_SHADE = (
    r"(?:black|brown|blue|green|grey|gray|hazel|red|ginger|blonde?|dark|light|curly|straight|wavy"
    r"|long|short|dyed|bleached|purple|pink|white|silver)"
)

TRAITS = (
    rule(
        "goal",
        r"my (?:(?:main|biggest|next|new|only|big|real|secret) )?(?P<trait>goal|aim|ambition|dream"
        r"|resolution|plan(?= is to (?:become|move|open|study|retire|save|quit|go to)))"
        r" (?:for [\w ]+ )?is (?:still )?to (?P<said>.+)",
        "The user's {trait} is to {said}.",
        importance=6,
        whole=True,
        of="user",
    ),
    rule(
        "trait, turned round",
        rf"(?P<said>(?!it\b|that\b|this\b|he\b|she\b|they\b|what\b|there\b|who\b|which\b)[\w' -]{{2,40}}) "
        rf"(?:is|are) my (?P<trait>{_TRAITS})$",
        "The user's {trait} is {said}.",
        importance=6,
        confidence=0.85,
        attribute="{trait}",
        whole=True,
        of="user",
    ),
    rule(
        "trait",
        rf"my (?P<trait>{_TRAITS}) (?P<verb>is|are|was|were) (?P<said>(?!not\b|that\b|about\b).+)",
        "The user's {trait} {verb} {said}.",
        importance=6,
        confidence=0.88,
        attribute="{trait}",
        whole=True,
        of="user",
    ),
    rule(
        "pronouns",
        r"my pronouns are (?P<pronouns>[a-z]+(?:/[a-z]+)+|[a-z]+ and [a-z]+)",
        "The user's pronouns are {pronouns}.",
        importance=8,
        attribute="pronouns",
        whole=True,
        of="user",
    ),
    rule(
        "looks",
        rf"(?:HAVE|my) (?P<said>(?:(?:natural|naturally|short|long|curly|straight|dark|light"
        rf"|bright)"
        rf" )*{_SHADE} (?:hair|eyes)\b.*)",
        "{who} [has|have] {said}.",
        importance=4,
    ),
    rule(
        "thing is",
        rf"(?:my|our) (?P<thing_of>{_THINGS}) (?P<verb>is|was) (?P<said>"
        r"(?:an? (?!mess|disaster|nightmare|joke|wreck|state|bit|lot|pain|tip|total|complete|real"
        r"|(?:\w+ )?(?:mess|nightmare|shambles|success|hit|person|place|work))"
        r"|(?:over |about |nearly |almost )?\d+ years (?=old)|on the (?:\w+ )?(?:floor|edge"
        r"|outskirts|coast|corner)|in (?-i:[A-Z])"
        r"|(?:near|next to|called|named|by the) ).+)",
        "The user's {thing_of} {verb} {said}.",
        importance=5,
        whole=True,
        of="user",
    ),
    rule(
        "thing stolen",
        r"(?:my|our) (?P<thing_of>(?:car|bike|bicycle|van|motorbike|laptop|phone|wallet|purse|bag"
        r"|passport|house|flat|shop|shed|studio)) (?:got|was|were|has been|have been) "
        r"(?P<said>stolen|broken into|robbed|burgled|burglari[sz]ed|written off|flooded"
        r"|totall?ed)\b.*",
        "The user's {thing_of} was {said}{when}.",
        category="event",
        importance=6,
        whole=True,
        of="user",
        ahead=False,
    ),
    rule(
        "term ends",
        rf"(?:my|our) (?P<thing_of>{_TERMS}) (?P<verb>runs out|ends|expires|starts|begins|finishes"
        r"|is up|ran out|ended|expired) (?P<said>.+)",
        "The user's {thing_of} {verb} {said}.",
        category="event",
        importance=6,
        whole=True,
        of="user",
        ahead=True,
        attribute="{thing_of} {verb}",
    ),
    rule(
        "journey to work",
        r"(?:my|the) commute (?:takes|is) (?P<said>(?:about |around |over )?(?:\d+|an|one|two"
        r"|three|half).+)",
        "The user's commute is {said}.",
        importance=4,
        whole=True,
        of="user",
        attribute="commute",
    ),
)
