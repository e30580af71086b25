"""What ties the user to others, and what they are in for: friends, a due date, a wish for a life."""

from backend.adapters.llm.offline.rule import rule

_NAMED = r"(?-i:[A-ZÀ-Þ][a-zà-ÿ'-]+)"
_SCHOOL_YEAR = (
    r"(?:(?:\d{1,2}(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
    r"|eleventh|twelfth) grade|year (?:\d{1,2}|seven|eight|nine|ten|eleven|twelve|thirteen)"
    r"|(?:the )?(?:sixth form|upper sixth|lower sixth)|(?:high|middle|primary|elementary) school"
    r"|kindergarten)"
)

BONDS = (
    rule(
        "friends by name",
        rf"(?:me and (?P<name>{_NAMED})|(?P<clear_name>{_NAMED}) and (?:I|me)) (?:are|have been) "
        r"(?P<said>(?:best |close |old |good )?(?:friends|mates|married|engaged|together)\b.*)",
        "The user and {name} are {said}.",
        category="relationship",
        importance=7,
        whole=True,
        of="user",
    ),
    rule(
        "weeks along",
        r"BE (?P<weeks>\d{1,2}) weeks(?: (?:along|gone|in|today|now))?$",
        "{who} is {weeks} weeks pregnant.",
        category="event",
        importance=9,
    ),
    rule(
        "in which class",
        rf"BE (?:now |going into |starting )?(?:in )?(?P<said>{_SCHOOL_YEAR}\b.*)",
        "{who} [is|are] in {said}.",
        importance=6,
        attribute="school year",
    ),
    rule(
        "wants to become",
        r"(?:want|wants|BE going|hope|hopes|dream of|plan|plans) to (?P<becoming>be|become) an? (?P<job>.+)",
        "{who} [wants|want] to {becoming} a {job}.",
        category="preference",
        importance=6,
    ),
    rule(
        "wants to have",
        r"(?:want|wants) (?P<said>(?:to have )?(?:(?:more |my own )?(?:kids|children)|a family|a baby"
        r"|another (?:baby|child|kid|dog|cat)|a (?:dog|cat|puppy|kitten|tattoo|divorce))\b.*)",
        "{who} [wants|want] {said}.",
        category="preference",
        importance=6,
    ),
    rule(
        "hopes to",
        r"(?:BE hoping|hope|hopes) to (?P<said>(?:move|visit|start|study|train|learn|buy|sell|open"
        r"|build|retire|quit|leave|adopt|run|become|travel|graduate|marry|have (?:kids|children"
        r"|a baby)|get (?:into|married|pregnant|a (?:dog|cat|job))) ?.*)",
        "{who} [hopes|hope] to {said}{when}.",
        category="event",
        importance=6,
        ahead=True,
    ),
    rule(
        "have died since",
        rf"(?:.*\b)?(?:since|after|before|when) (?:(?:(?:my|our) )?(?P<kin>KIN) (?=died|passed"
        rf"|was (?:killed|murdered))|(?P<name>{_NAMED}) (?=passed (?:away\b|on\b|I\b)|passed$)).*",
        "{the_dead} died.",
        category="relationship",
        importance=9,
        whole=True,
        of="user",
        and_on=True,
        of_old=True,
    ),
    rule(
        "never did",
        r"never (?P<said>(?:met|knew) (?:my|his|her) (?:KIN)\b.*|(?:learned|learnt) to .+"
        r"|(?:finished|went to|got) (?:school|uni|university|college|high school)\b.*"
        r"|married\b.*|had (?:kids|children|siblings|pets|a (?:dog|cat|garden|father|mother))\b.*)",
        "{who} never {said}.",
        importance=6,
    ),
    rule(
        "is away",
        r"BE (?P<said>(?:deployed|stationed|posted|in the (?:army|navy|hospital))\b.*)",
        "{who} [is|are] {said}{when}.",
        importance=7,
        of="others",
        ahead=True,
    ),
)
