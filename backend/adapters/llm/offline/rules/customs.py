"""What somebody does again and again, whatever the verb: "I always cry at weddings".

In English the plain present of a deed is a custom. The verbs of thinking and speaking are left out,
and words that say how often are asked for, except where the verb itself means something lasting.
"""

from backend.adapters.llm.offline.rule import rule
from backend.adapters.llm.offline.rules.routines import NO_CUSTOM

_SO_LONG = (
    r"(?:since .+|for (?:(?:about|over|almost|nearly|around|the (?:last|past)) )?"
    r"(?:(?:a|a few|several|many|some|[a-z]+|\d+) )?(?:years?|months|decades?|ages))"
)
_ADVERB = (
    r"(?:always|usually|normally|generally|typically|rarely|seldom|hardly ever|never|often|mostly)"
)
_LASTING = (
    r"(?:believes? in (?!you|me\b|it\b|that|this|him|her|them|myself|us\b)"
    r"|subscribes? to |belongs? to |identif(?:y|ies) as |votes? (?!for (?:you|that|this)|yes\b"
    r"|no\b)"
    r"|bites? (?:my|his|her) nails|faints? (?:at|when)|(?:stutter|stammer|snore|sleepwalk)s?\b"
    r"|(?:gets?|suffers? from) (?:(?:really|very|quite|so|super|a bit|easily) )?(?:(?:car|sea|air"
    r"|home"
    r"|travel|motion) ?-?sick|anxious|nervous|panicky|claustrophobic|panic attacks|nosebleeds"
    r"|migraines|cold sores|hives|stage fright|shy)\b"
    r"|walks? with a |holds? (?:an? |the |both )(?:[\w-]+ ){0,3}?(?:passports?|licen[cs]e|record"
    r"|title"
    r"|degree|citizenship|black belt)\b|HAVE (?:trouble|difficulty|a hard time) [a-z]+ing"
    r"|HAVE (?:a )?(?:stage fright|photographic memory|perfect pitch|green card|sweet tooth"
    r"|bad temper)"
    r"|struggles? with (?!that|this|it\b|the |you)|looks? after (?:my|our|the|two|three|a)"
    r"|takes? care of (?:my|our)|cares? for (?:my|our)|homeschools? |lives? off |owes? "
    r"|doubles? as "
    r"|moonlights? as |works? out |listens? to (?!you|me\b|it\b|that|this|him|her|them"
    r"|the (?:radio|rain))"
    r"|watch(?:es)? (?:a lot of|lots of|too much|mostly) |reads? (?:a lot|lots|mostly)"
    r"|(?:games?|knits?|reads?|bakes?|cooks?|travels?|hikes?|walks?|swims?|cycles?|draws?|paints?"
    r"|writes?) a lot\b|goes? by (?:bike|train|bus)|prays? |fasts? |celebrates? |sucks? at (?!this"
    r"|that)|stays? (?:at )?home with "
    r"|dreads? (?!to\b)|works? (?:two|three|several) jobs|works? with (?:kids|children|animals"
    r"|horses|dogs|adults|refugees"
    r"|the elderly|elderly|disabled|older|young|vulnerable|wood|clay|metal|glass|leather)\b"
    r"|does? (?:a bit|a lot|some) of |weighs? \d"
    r"|sees? (?:a|my) (?:[\w-]+ )?(?:therapist|counsell?or|psychologist|psychiatrist|physio\w*"
    r"|dietitian|chiropractor|specialist)\b)"
)

CUSTOMS = (
    rule(
        "can",
        r"can (?P<said>(?!\w+ (?:it|this|that|along)\b)(?:speak|play|juggle|ride|ski|sail|knit|sew"
        r"|swim|read (?:music|sheet music)"
        r"|whistle"
        r"|touch[- ]type|solve|do (?:a|the) (?:backflip|splits|handstand|cartwheel))\b.*)",
        "{who} can {said}.",
        importance=5,
    ),
    rule(
        "has done so many",
        r"(?:have|has) (?P<said>(?:run|written|won|published|climbed|visited|completed|finished"
        r"|worked|lived"
        r"|owned|acted|performed|competed|donated|fostered|sailed|crossed|flown|swum|cycled|hiked"
        r"|had(?= [a-z]+ (?:\w+ )?(?:operations|surgeries|jobs|miscarriages|strokes"
        r"|heart attacks))) "
        r"(?:NUMBER|several|many|a few|dozens of|hundreds of|over \d+|in (?:NUMBER|several"
        r"|many)) .+)",
        "{who} [has|have] {said}.",
        importance=6,
    ),
    rule(
        "has animals",
        r"(?:HAVE|keeps?) (?P<said>(?:(?!no\b|any\b|the\b|lots\b)[a-z]+ )?(?:chickens|hens|bees"
        r"|goats|sheep"
        r"|horses|ducks|cats|dogs|rabbits|guinea pigs|tropical fish|pigs|alpacas|cows|snakes"
        r"|donkeys|quails"
        r"|kids|children|grandchildren|twins|triplets|stepchildren))$",
        "{who} [has|have] {said}.",
        category="relationship",
        importance=6,
    ),
    rule(
        "has tickets",
        r"(?:HAVE|got|bought) (?P<said>(?:\w+ )?tickets (?:to|for) .+)",
        "{who} [has|have] {said}{when}.",
        category="event",
        importance=6,
        ahead=True,
    ),
    rule(
        "tries to",
        r"(?:BE|have been|has been) (?P<said>(?:trying to (?:quit|stop|give up|lose|cut"
        r"|eat (?:less|more)|drink"
        r" (?:less|more)|save|get (?:fit|pregnant|sober))|on an? (?:[\w-]+ ){1,3}diet"
        r"|doing (?:dry january"
        r"|veganuary|keto|no nut|sober october)|fasting for)\b.*)",
        "{who} [is|are] {said}.",
        importance=5,
    ),
    rule(
        "has long wished",
        r"(?:I|we) have always wanted to (?P<said>.+)",
        "{who} [has|have] always wanted to {said}.",
        whole=True,
        of="user",
        category="preference",
        importance=5,
    ),
    rule(
        "dreams of",
        r"dreams? (?:of|about) (?P<said>[a-z]+ing .+)",
        "{who} [dreams|dream] of {said}.",
        category="preference",
        importance=5,
    ),
    rule(
        "has a degree",
        r"HAVE (?P<said>(?:an? |my )?(?:[\w-]+ )?(?:degree|master'?s|bachelor'?s|phd|doctorate"
        r"|diploma|mba"
        r"|qualification|b\.?a|m\.?a|bsc|msc|a[- ]levels?)(?: degree)? (?:in|from) .+)",
        "{who} [has|have] {said}.",
        importance=6,
    ),
    rule(
        "always does",
        rf"(?:I|we) (?P<often>{_ADVERB}) (?P<does>(?!{NO_CUSTOM}\b)[a-z]{{3,}}|go|do(?! not)"
        r"|have(?! (?:to|time|been|had|got|not|no|an? (?:feeling|question|problem|hard|good|bad"
        r"|great))\b)) (?P<said>.+)",
        "{who} {often} {does} {said}.",
        importance=5,
        confidence=0.8,
        whole=True,
        of="user",
        plain=True,
        attribute="habit.{base} {said}",
    ),
    rule(
        "lastingly does",
        rf"(?=(?P<said_all>{_LASTING}))(?P<does>[a-z]+)(?: (?P<said>.+))?$",
        "{who} {does} {said}.",
        importance=5,
        confidence=0.82,
    ),
    rule(
        "is good at",
        r"BE (?:(?:really|very|quite|pretty|so) )?(?P<how>good|great|bad|terrible|awful|hopeless"
        r"|useless"
        r"|rubbish|excellent) (?P<at>at|with) (?P<topic>(?!this\b|that\b|it\b|the moment).+)",
        "{who} [is|are] {how} {at} {topic}.",
        category="preference",
        importance=4,
    ),
    rule(
        "is in a group",
        r"BE (?P<said>(?:an? )?(?:\w+ )?member of (?!this|that|it\b).+|(?:in|on|part of) (?:an?"
        r"|the|my|our) (?:[\w'-]+ ){0,3}?(?:club|choir"
        r"|band|orchestra|team|society|league|union|quartet|book group|committee|board|troupe"
        r"|church|mosque|congregation|scouts?)\b.*)",
        "{who} [is|are] {said}.",
        importance=5,
    ),
    rule(
        "has been doing",
        r"(?:have|has) been (?P<said>(?!having|trying|thinking|feeling|wondering|meaning|waiting"
        r"|looking"
        r"|sitting|talking|chatting|crying|sleeping|getting|going|being|telling|hoping|dying"
        r"|dreaming"
        r"|planning|saying|asking|watching|seeing|wanting|staring|doing (?:ok|well|great|good"
        r"|fine))[a-z]+ing .+"
        rf" {_SO_LONG}\b.*)",
        "{who} [has|have] been {said}.",
        importance=5,
        confidence=0.82,
    ),
    rule(
        "has not done since",
        r"(?:I|we) have not (?P<said>(?!been (?:so|this|that)|laughed|cried|smiled|heard|seen you"
        r"|felt|slept"
        r"|had (?:time|a)"
        r"|done (?:that|this|it)|talked|spoken|chatted|corresponded|been (?:in touch|here|on"
        r"|myself))"
        rf"(?:been|had|[a-z]+(?:ed|en|nk|ng|wn)) (?:.+ )?(?:{_SO_LONG}|in (?:\w+ )?years)\b.*)",
        "{who} [hasn't|haven't] {said}.",
        importance=5,
        whole=True,
        of="user",
    ),
    rule(
        "no longer does",
        rf"(?:no longer|NOT(?=.* any ?more\b)) (?P<does>(?!{NO_CUSTOM}\b)[a-z]{{3,}}|live|go"
        rf"|do)s? (?P<said>.+)",
        "{who} no longer {does} {said}.",
        importance=6,
    ),
    rule(
        "has never done",
        r"(?:have|has) never (?P<said>(?:been (?:to|on an?|abroad|married|in)|lived|flown|driven"
        r"|ridden"
        r"|owned|had (?:an?|any)|learned|learnt|eaten|tried|smoked|drunk|married|voted|broken|skied"
        r"|swum|travell?ed|left|worked|missed|finished|read|watched|seen (?:the|an?|snow))\b.*)",
        "{who} [has|have] never {said}.",
        importance=5,
    ),
    rule(
        "misses",
        r"miss(?:es)? (?P<topic>(?!you|it\b|that|this|the (?:point|bus|train)|my (?:ex\b|old self"
        r"|bus|train|stop)).+)",
        "{who} [misses|miss] {topic}.",
        category="preference",
        importance=4,
    ),
    rule(
        "used to be",
        r"used to be (?P<said>(?!the case|so\b|that|like|a thing|called).+)",
        "{who} used to be {said}.",
        importance=4,
    ),
)
