"""What has a day: exams, operations, weddings, visits, things that start."""

from backend.adapters.llm.offline.rule import rule

_EVENT = (
    r"(?:wedding|surgery|operation|(?:\w+ )?exams?|finals|interview|audition|(?:\w+ )?scan"
    r"|biopsy|flight|resit|viva"
    r"|recital|concert|gig|graduation|marathon|due date|deadline|(?:thesis |dissertation "
    r"|paper )?submission|court date"
    r"|hearing|appointment|driving test|theory test|house move|moving day|placement"
    r"|internship|conference|funeral"
    r"|christening|baby shower|anniversary|reunion|triathlon|ironman|opening night|premiere"
    r"|retirement party|hen do"
    r"|stag do|check[- ]?up|mri|transplant|(?:hip|knee) replacement|boards|mocks|a[- ]levels"
    r"|gcses|competition"
    r"|tournament|championships?)"
)
_AHEAD = {"category": "event", "importance": 7, "ahead": True, "dated": True}

# With a day, "I'm 40" is no age and "comes from Lviv" no origin.
BEFORE_ALL = (
    rule(
        "turns on a day",
        r"(?:(?:turn|turns|BE turning|will be)(?= [\w-]+(?:$|,| and ))"
        r"|BE(?= [\w-]+$)) (?P<age>[\w-]+)",
        "{who} [turns|turn] {age}{when}.",
        **_AHEAD,
    ),
    rule(
        "comes on a day",
        r"(?P<does>comes?|visits?|lands?|arrives?|fl(?:ies|y))(?: (?P<said>(?:up|over|down|in|out"
        r"|here"
        r"|back|home|to|from|for) ?.*))?$",
        "{who} {does} {said}{when}.",
        of="others",
        **_AHEAD,
    ),
)
OCCASIONS = (
    rule(
        "has it on a day",
        r"(?:HAVE|got|BE (?:having|starting|sitting|(?:back |in |down |booked in |going in "
        r")for)|sit|take|start"
        r"|starts|begin|begins) (?:(?:my|the|a|an|our|his|her) )?(?P<said>(?:[\w-]+ "
        rf"){{0,3}}?{_EVENT}\b.*)",
        "{who} [has|have] {a_said}{when}.",
        **_AHEAD,
    ),
    rule(
        "it is on a day",
        rf"(?:(?:my|our) |the (?!funeral))(?P<said>(?:(?!my|his|her|their"
        rf"|your)[\w-]+ ){{0,3}}?{_EVENT}) "
        r"(?:is|are|starts?|begins?)$",
        "The user's {said} is{when}.",
        whole=True,
        **_AHEAD,
    ),
    rule(
        "it on a day",
        r"(?:(?:my|our) )?(?P<said>(?:(?!my|his|her|their|your|the|no|any|what|how"
        r"|(?:had|has|have|got|is|was|did|needs|does|went)\b)[\w-]+ "
        rf"){{0,3}}?{_EVENT}"
        r"(?: (?:with|for|in) (?:the |my |a |an )?(?!(?:me|you|is)\b)\w+"
        r"(?: (?!(?:is|are|was)\b)\w+){0,5})?)"
        r"(?P<hour> at \d{1,2}(?:[:.]\d\d)?(?: ?[ap]m)?)?$",
        "The user has {a_said}{when}{hour}.",
        whole=True,
        **_AHEAD,
    ),
    rule(
        "starts on a day",
        r"(?P<does>starts?|begins?|picks? up|gets?|finish(?:es)?|moves?|sits?|close on"
        r"|complete on|opens?) "
        r"(?P<said>(?:(?:my|the|our|a|an|his|her|new|at|in) .+|placements?|training|therapy"
        r"|uni|university|college"
        r"|classes|school|work))$",
        "{who} {does} {said}{when}.",
        plain=True,
        **_AHEAD,
    ),
    rule(
        "visitor",
        r"BE (?:coming|flying|visiting|arriving|driving|moving)"
        r" ?(?P<said>(?:up|over|down|in|out|here|back|home|to|from|for) ?.*)?$",
        "{who} [is|are] coming {said}{when}.",
        of="others",
        **_AHEAD,
    ),
    rule(
        "flies in",
        r"BE (?:flying|coming|driving) (?P<said>(?:in |over |up |down |all the way )*from .+)",
        "{who} [is|are] coming {said}{when}.",
        category="event",
        importance=6,
        of="others",
        ahead=True,
    ),
    rule(
        "back from",
        r"(?:BE )?(?:just |only just )?(?:got )?back from (?P<place>(?!work|school|lunch"
        r"|holiday|town|the|a|an|my|our|there|it)\b.+)",
        "{who} went to {place}.",
        category="event",
        importance=5,
        of="user",
    ),
)
