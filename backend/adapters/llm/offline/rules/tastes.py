"""Likes, dislikes and favourites."""

from backend.adapters.llm.offline.rule import rule

_SMALL = {"category": "preference", "importance": 4}

TASTES = (
    rule(
        "favourites",
        r"(?:my|our) (?:all[- ]time |absolute |personal |number one |new |current )?favourite "
        r"(?P<kind>(?!thing|part|way|one|person|memory|of)[a-z-]+(?: (?!is\b"
        r"|are\b)[a-z-]+){0,3}?)"
        r"(?: in the world| ever| of all time| right now| at the moment| these "
        r"days)? (?:are|have always been|will always be) "
        r"(?:definitely |probably |still |now |actually |called |by far |either "
        r")*(?P<phrase>.+)",
        "The user's favourite {kind} are {phrase}.",
        category="preference",
        importance=5,
        confidence=0.92,
        attribute="favourite.{kind}",
        whole=True,
        of="user",
    ),
    rule(
        "favourite",
        r"(?:my|our) (?:all[- ]time |absolute |personal |number one |new |current )?favourite "
        r"(?P<kind>(?!thing|part|way|one|person|memory|of)[a-z-]+(?: (?!is\b"
        r"|are\b)[a-z-]+){0,3}?)"
        r"(?: in the world| ever| of all time| right now| at the moment| these "
        r"days| now)? (?:is|are|has to be|must be|has always been|will always be"
        r"|(?:has )?(?:changed|become|became)(?: to)?) "
        r"(?:definitely |probably |still |now |actually |called |by far |either "
        r")*(?P<phrase>.+)",
        "The user's favourite {kind} is {phrase}.",
        category="preference",
        importance=5,
        confidence=0.92,
        attribute="favourite.{kind}",
        whole=True,
        of="user",
    ),
    rule(
        "favourite of other",
        r"(?:my|our) (?:\w+ )?(?P<kin>KIN)'s favourite (?P<kind>[a-z-]+(?: (?!is\b"
        r"|are\b)[a-z-]+){0,2}?) (?:is|are) (?P<phrase>.+)",
        "The user's {kin}'s favourite {kind} is {phrase}.",
        category="preference",
        importance=4,
        attribute="{key}.favourite.{kind}",
        whole=True,
    ),
    rule(
        "is favourite",
        r"(?P<phrase>(?!it\b|that\b|this\b|he\b|she\b|they\b|you\b|which\b|there\b"
        r"|what\b)[\w'-]+(?: [\w':&-]+){0,5}) (?:is|are) (?:definitely |still |by "
        r"far |probably |hands down |easily |honestly |now )?my "
        r"(?:all[- ]time |absolute |new |current )?favourite "
        r"(?P<kind>(?!(?:thing|part|one|way|person|anyways?|so far|too|though|tho|then|tbh|lol)\b)[a-z-]+"
        r"(?: (?!(?:ever|of|now|these|at|anyways?|too|though|tho|tbh|lol)\b)[a-z-]+)?)"
        r"(?: (?:ever|of all time|now|these days|at the moment|anyways?|too|though|tho|tbh|lol))?$",
        "The user's favourite {kind} is {phrase}.",
        category="preference",
        importance=5,
        attribute="favourite.{kind}",
        whole=True,
        of="user",
    ),
    rule(
        "loves",
        r"(?:love|loves|adore|adores|can not get enough of|BE (?:crazy|mad|nuts) about"
        r"|BE obsessed with"
        r"|BE passionate about|have loved|has loved) (?P<things>.+)",
        "{who} [loves|love] {thing}.",
        confidence=0.88,
        **_SMALL,
    ),
    rule(
        "likes",
        r"(?:like|likes|enjoy|enjoys|BE (?:really |very |so |quite |pretty |big "
        r"|huge )?(?:into|fond of|keen on|big on)|BE (?:a |an )?(?:big |huge |massive "
        r"|total )?fans? of|have liked|has liked|have enjoyed|have a soft spot "
        r"for) (?P<things>.+)",
        "{who} [likes|like] {thing}.",
        confidence=0.85,
        **_SMALL,
    ),
    rule(
        "prefers",
        r"(?:prefer|prefers) (?P<phrase>(?!it|that|this|you|not|if|when).+)",
        "{who} prefers {phrase}.",
        confidence=0.85,
        **_SMALL,
    ),
    rule(
        "hates",
        r"(?:hate|hates|detest|detests|loathe|loathes|despise|despises|can not "
        r"stand|can not bear|could never stand|have hated) (?P<things>.+)",
        "{who} [hates|hate] {thing}.",
        confidence=0.88,
        **_SMALL,
    ),
    rule(
        "dislikes",
        r"(?:(?:NOT|(?:have |has )?never|no longer) (?:really |much |particularly "
        r"|actually |even )?(?:like|liked|enjoy|care for)|dislike|dislikes|BE not "
        r"(?:a |an )?(?:big |huge )?(?:fans? of|into|keen on|fond of)) "
        r"(?P<things>.+)",
        "{who} [doesn't|don't] like {thing}.",
        confidence=0.88,
        **_SMALL,
    ),
    rule(
        "fan of by name",
        r"BE an? (?:(?:big|huge|massive|lifelong|die-?hard"
        r"|avid) )?(?P<team>(?-i:[A-Z])[\w'.-]+(?: (?-i:[A-Z])[\w'.-]+)*)"
        r" (?:fan|supporter)\b",
        "{who} [is|are] a {team} fan.",
        **_SMALL,
    ),
    rule(
        "addicted",
        r"BE (?:totally |completely |a bit |hopelessly )*(?:addicted to|hooked on) (?P<things>.+)",
        "{who} [loves|love] {thing}.",
        confidence=0.8,
        **_SMALL,
    ),
    rule(
        "supports",
        r"(?:support|supports) (?P<team>"
        r"(?-i:[A-Z])[\w.]+(?: (?!and |but |since )(?-i:[A-Z])[\w.]+){0,3})$",
        "{who} supports {team}.",
        **_SMALL,
    ),
    rule(
        "takes drink",
        r"(?:take|takes|drink|drinks) (?:my |his |her )(?P<drink>coffee|tea) "
        r"(?P<how>black|with (?:oat |soy |almond )?milk|with sugar|without "
        r"(?:sugar|milk)|with lemon|with honey)\b",
        "{who} drinks {drink} {how}.",
        **_SMALL,
    ),
)
