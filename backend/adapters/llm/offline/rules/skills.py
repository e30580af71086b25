"""Languages, instruments, sports, learning, hobbies and plans."""

from backend.adapters.llm.offline.lexicon import LANGUAGES, alternatives
from backend.adapters.llm.offline.rule import rule

_LANGUAGE = alternatives(LANGUAGES) + "|(?:british |american )?sign language|BSL|ASL"
_INSTRUMENT = (
    r"(?:the )?(?:acoustic |electric |bass |classical |double )?(?:guitar"
    r"|piano|violin|viola|cello|bass|drums|flute|clarinet|saxophone|sax"
    r"|trumpet|trombone|tuba|harp|oboe|bassoon|"
    r"ukulele|banjo|mandolin|accordion|harmonica|organ|keyboard|keyboards"
    r"|recorder|french horn|bagpipes|fiddle|lute|sitar)"
)
_SPORT = (
    r"tennis|football|soccer|basketball|volleyball|rugby|cricket|golf|hockey"
    r"|ice hockey|badminton|squash|chess|padel|table tennis|ping pong|"
    r"baseball|softball|handball|water polo|lacrosse|darts|pool|snooker|poker"
    r"|bridge|go|dungeons and dragons|d&d|video games|board games|minecraft|"
    r"bowls|pickleball|ultimate frisbee|netball|league of legends"
)

SKILLS = (
    rule(
        "plays instrument",
        rf"(?:play|plays|BE playing|have been playing|has been playing|have played"
        rf"|has played) (?P<instrument>{_INSTRUMENT})\b"
        r"(?P<said> (?:in|for|with) (?:an?|the|my|our) .+)?",
        "{who} plays {instrument} {also_said}.",
        category="preference",
        importance=6,
        confidence=0.92,
    ),
    rule(
        "plays sport",
        rf"(?:play|plays|BE playing|have been playing|has been playing) (?:a lot "
        rf"of |some |competitive )?(?P<sport>{_SPORT})\b(?! with you)(?P<said> (?:every|on|in|for"
        rf"|at|with"
        rf"|once|twice|three times) .+)?",
        "{who} [plays|play] {sport} {also_said}.",
        category="preference",
        importance=5,
    ),
    rule(
        "speaks",
        rf"(?:speak|speaks|BE fluent in) (?:fluent |some |a little |a bit of |good "
        rf"|a little bit of |both )?(?P<languages>(?:{_LANGUAGE})(?:(?:, | and |, "
        rf"and )(?:a little |some |a bit of )?(?:{_LANGUAGE}))*)\b",
        "{who} speaks {languages}.",
        importance=6,
        confidence=0.92,
    ),
    rule(
        "learns",
        r"(?:BE (?:learning|teaching myself|taking up|trying to learn|studying(?! for\b))"
        r"|(?:have|has) been learning|(?:have |has )?(?:just )?started (?:learning"
        r"|to learn)) "
        r"(?:how )?(?P<topic>(?:to )?.+?)(?: (?:for|in) (?:NUMBER|a few|a couple).*)?$",
        "{who} [is|are] learning {topic}.",
        category="preference",
        importance=6,
        confidence=0.9,
    ),
    rule(
        "took up",
        r"(?:have |has )?(?:just |recently )?(?:taken|took) up (?P<said>(?!the\b|so\b|too\b|your"
        r"|most|more).+)",
        "{who} took up {said}{when}.",
        category="preference",
        importance=6,
        ahead=False,
    ),
    rule(
        "native",
        rf"(?:my (?:native language|mother tongue|first language) is) (?P<language>{_LANGUAGE})\b",
        "The user's native language is {language}.",
        importance=7,
        attribute="native language",
        whole=True,
    ),
    rule(
        "hobbies",
        r"my (?:(?:favourite|main|biggest) )?(?P<kind>hobbies|pastimes|passions|interests) (?:are"
        r"|include) (?P<phrase>.+)",
        "The user's {kind} are {phrase}.",
        category="preference",
        importance=6,
        whole=True,
    ),
    rule(
        "hobby",
        r"(?:one of )?my (?:(?:favourite|main|new|biggest) )?(?:hobby|hobbies"
        r"|pastime|passion|passions|interests) (?:is|are|include) (?P<things>.+)",
        "The user's hobby is {thing}.",
        category="preference",
        importance=6,
        whole=True,
    ),
    rule(
        "collects",
        r"(?:collect|collects|BE collecting) (?P<topic>(?!my|the|him|her|it|them).+)",
        "{who} [collects|collect] {topic}.",
        category="preference",
        importance=6,
    ),
    rule(
        "practises",
        r"(?:(?:do|does|practise|practises|practice|practices) )?(?P<sport>yoga|pilates"
        r"|karate|judo|taekwondo|jiu-?jitsu|ballet|gymnastics|crossfit|meditation"
        r"|calligraphy|pottery|ceramics|tai chi|boxing|kickboxing|archery|fencing"
        r"|aikido|parkour|triathlons)\b",
        "{who} practises {sport}.",
        category="preference",
        importance=5,
    ),
    rule(
        "sings in",
        r"(?:sing|sings|play|plays) (?:\w+ )?in (?P<group>an? (?:[\w-]+ "
        r"){0,3}(?:choir|band|orchestra|quartet|musical|ensemble|a cappella "
        r"group))\b",
        "{who} [is|are] in {group}.",
        category="preference",
        importance=6,
    ),
    rule(
        "goes doing",
        r"(?:go|goes) (?P<sport>running|swimming|hiking|climbing|bouldering"
        r"|cycling|surfing|sailing|skiing|fishing|jogging|dancing|kayaking|rowing"
        r"|riding|birdwatching|camping|diving)"
        r"(?P<often> (?:every|twice|once|most|on|three|in|before|after|each|a lot).*)?$",
        "{who} goes {sport}{often}.",
        category="preference",
        importance=5,
    ),
    rule(
        "writing",
        r"BE (?:currently )?(?P<verb>writing|working on|building|restoring"
        r"|training for|preparing for|saving (?:up )?for|knitting|sewing|composing"
        r"|recording|renovating) "
        r"(?P<phrase>(?:an?|our) (?!bit|way|list|message|plan).+)",
        "{who} [is|are] {verb} {phrase}.",
        category="event",
        importance=6,
    ),
    rule(
        "wants to",
        r"(?:(?:want|wants|would like|would love|hope|hopes|BE (?:planning|hoping"
        r"|going)|plan|plans|BE saving up|dream of|have always wanted|has always "
        r"wanted) to) "
        r"(?P<topic>(?:be an?|learn|become|visit|open|write|travel to|study|climb|adopt"
        r"|get into|build|start my own|start a|run (?:a|the)|buy a|get a (?:dog|cat|tattoo"
        r"|puppy|kitten|motorbike)|move to|retire|quit my job) .+|retire|retire "
        r"early)$",
        "{who} wants to {topic}.",
        category="preference",
        importance=6,
        confidence=0.8,
    ),
    rule(
        "drives",
        r"(?P<does>drives?|rides?) (?P<what>an? (?:[\w-]+ ){0,3}(?:car|van"
        r"|truck|motorbike|motorcycle|bike|bicycle|bus|taxi|tram|train|scooter"
        r"|volvo|toyota|ford|honda|bmw|fiat|tesla|vw|beetle|mini|vespa))\b",
        "{who} {does} {what}.",
        importance=4,
    ),
    rule(
        "can not",
        r"(?:can not|NOT|never learned to|never learnt to|do not know how to"
        r"|can't) (?P<verb>swim|drive|cook|ride a bike|read music|whistle|dance"
        r"|sing)(?:$|,| at all| very well)",
        "{who} can't {verb}.",
        importance=4,
    ),
    rule(
        "used to",
        r"used to (?P<said>(?!be\b|it\b|that\b|this\b|think|know|believe|wonder|call|see\b|say"
        r"|tell|have\b"
        r"|the\b|you\b|him\b|her\b|them\b|love you).+)",
        "{who} used to {said}{when}.",
        category="event",
        importance=4,
        ahead=False,
    ),
)
