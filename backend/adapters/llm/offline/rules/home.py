"""Where somebody lives, comes from and used to live."""

from backend.adapters.llm.offline.rule import rule

HOME = (
    rule(
        "left for",
        r"(?:have |has )?left (?P<before>(?-i:[A-Z])[\w ]+?) (?:for|to (?:move|come|live) "
        r"(?:to|in)) (?P<place>(?-i:[A-Z]).+)",
        "{who} moved from {before} to {place}.",
        category="event",
        importance=7,
    ),
    rule(
        "used to live",
        r"used to live in (?P<place>.+)",
        "{who} used to live in {place}{when}.",
        ahead=False,
        importance=5,
    ),
    rule(
        "no longer lives",
        r"(?:no longer lives?|NOT live(?=.* any ?more\b)) in (?P<place>.+)",
        "{who} no longer lives in {place}.",
        importance=6,
        attribute="home",
    ),
    rule(
        "lives in",
        r"(?:live|lives|living|BE living|BE based|BE staying permanently|reside"
        r"|resides|have lived|has lived|have been living|has been living)"
        r" (?:(?:here|alone|now|with [\w' ]{2,25}?|all my life|happily|currently"
        r"|just outside|outside|near) )?(?P<preposition>in|on|near|outside) "
        r"(?P<place>.+)",
        "{who} [lives|live] {preposition} {place}.",
        importance=8,
        confidence=0.9,
        attribute="home",
    ),
    rule(
        "lives near",
        r"(?:live|lives|BE living) (?P<said>(?:right )?(?:near|by|next (?:door )?to|close to"
        r"|opposite|above"
        r"|across from|beside|behind) (?:the|an?|my) .+)",
        "{who} [lives|live] {said}.",
        importance=6,
    ),
    rule(
        "lives with",
        r"(?:live|lives|BE living) (?:alone )?with (?:my |our )?(?:(?:older"
        r"|younger|little|big|best) )?(?P<kin>KIN)\b(?!-)",
        "{who} [lives|live] with their {kin}.",
        category="relationship",
        importance=6,
    ),
    rule(
        "lives with the user",
        r"(?:live|lives|BE living) with (?:us|me)\b.*",
        "{who} [lives|live] with the user.",
        category="relationship",
        importance=6,
        of="others",
    ),
    rule(
        "lives alone",
        r"(?:live|lives|BE living) (?:alone|on my own|by myself)\b",
        "{who} [lives|live] alone.",
        importance=6,
        attribute="household",
    ),
    rule(
        "moved to",
        r"(?:(?:have|has) )?(?:just )?(?:moved|relocated|emigrated|immigrated) "
        r"(?:back |here |over |out |down |up )?(?:(?P<start>from [\w ]{2,30}?) )?(?:to|into) "
        r"(?P<place>.+)",
        "{who} moved {start} to {place}{when}.",
        category="event",
        importance=8,
        and_on=True,
        ahead=False,
    ),
    rule(
        "lives where moved to",
        r"(?:(?:have|has) )?(?:just )?(?:moved|relocated|emigrated|immigrated) "
        r"(?:back |here |over |out |down |up )?(?:from [\w ]{2,30}? )?(?:to|into) "
        r"(?P<place>.+)",
        "{who} [lives|live] in {place}.",
        importance=8,
        confidence=0.8,
        attribute="home",
    ),
    rule(
        "moving to",
        r"(?:BE (?:going to |planning to |about to )?(?:moving|move|relocating"
        r"|relocate|emigrating)|will (?:be moving|move|relocate))"
        r" (?:back |over )?(?:(?P<start>from [\w ]{2,30}?) )?(?:to|into) (?P<place>.+)",
        "{who} [is|are] moving {start} to {place}{when}.",
        category="event",
        importance=8,
        ahead=True,
    ),
    rule(
        "born in",
        r"was born (?:and (?:raised|bred) )?in (?P<place>.+)",
        "{who} was born in {place}.",
        importance=7,
        attribute="birthplace",
    ),
    rule(
        "grew up in",
        r"(?:grew up|was raised|BE raised|spent my childhood) (?P<preposition>in"
        r"|on|near) (?P<place>.+)",
        "{who} grew up {preposition} {place}.",
        of_old=True,
        importance=6,
        attribute="childhood home",
    ),
    rule(
        "comes from",
        r"(?:BE (?:originally |actually )?|come |comes |hail |hails )from (?P<place>.+)",
        "{who} [is|are] from {place}.",
        importance=7,
        attribute="origin",
    ),
    rule(
        "lived in",
        r"(?:lived|was living|spent [\w ]{1,15} years|spent a year) in (?P<place>.+)",
        "{who} lived in {place} in the past.",
        of_old=True,
        importance=4,
    ),
)
