"""Family, partners, friends and pets."""

from backend.adapters.llm.offline.rule import rule

PEOPLE = (
    rule(
        "name of",
        r"(?:my|our) (?:(?:older|younger|little|big|other|new|first) )*(?P<kin>KIN"
        r"|PET)'s (?:first )?name is (?:actually |spel(?:led|t) )*(?P<name>.+)",
        "The user's {kin} is called {name}.",
        category="relationship",
        importance=8,
        confidence=0.92,
        attribute="{key}.name",
        whole=True,
        tie=True,
    ),
    rule(
        "name of which",
        r"the name of my (?P<kin>KIN|PET) is (?P<name>.+)",
        "The user's {kin} is called {name}.",
        category="relationship",
        importance=8,
        attribute="{key}.name",
        whole=True,
        tie=True,
    ),
    rule(
        "is by name",
        r"(?:my|our) (?P<kin>KIN|PET) is (?P<clear_name>[A-Z].*)",
        "The user's {kin} is called {name}.",
        category="relationship",
        importance=8,
        attribute="{key}.name",
        whole=True,
        tie=True,
    ),
    rule(
        "names of",
        r"(?:my|our) (?:(?:two|three|four|2|3|4) )?(?P<several>dogs|cats|children|kids|boys|girls|sons"
        r"|daughters|sisters|brothers|rabbits|parents|twins|hens|chickens|horses)"
        r"(?:' names)? (?:BE|BE called|BE named) (?:called |named "
        r")?(?P<names>[A-Z][\w'-]+(?:, [A-Z][\w'-]+)*,? and [A-Z][\w'-]+)",
        "The user's {several} are called {names}.",
        category="relationship",
        importance=8,
        whole=True,
        tie=True,
    ),
    rule(
        "has one called",
        r"(?:HAVE|adopted|got|BE the (?:proud )?(?:owner|parent|mother|father|mum"
        r"|mom|dad) of|own|owns) (?:an?|one) (?:[\w-]+ ){0,3}?(?P<kin>KIN|PET)"
        r",? (?:called|named|(?:whose|and (?:his|her|its)) name is) (?P<name>.+)",
        "{who} has a {kin} called {name}.",
        category="relationship",
        importance=8,
        confidence=0.92,
        attribute="{key}.name",
        and_on=True,
    ),
    rule(
        "has one by name",
        r"HAVE an? (?:[\w-]+ ){0,3}?(?P<kin>KIN|PET)(?: too| as well)?, (?P<clear_name>[A-Z].*)",
        "{who} has a {kin} called {name}.",
        category="relationship",
        importance=8,
        attribute="{key}.name",
    ),
    rule(
        "has several",
        r"(?:HAVE|own|owns|BE (?:the )?(?:proud )?(?:mother|father|parent|mum|mom"
        r"|dad) of|adopted) (?P<count>two|three|four|five|six|seven|eight|nine|ten"
        r"|\d{1,2}) "
        r"(?P<kind>(?:(?!year|old)[\w-]+ ){0,2}?(?:dogs|cats|rabbits|hamsters"
        r"|parrots|budgies|horses|ponies|goldfish|fish|tortoises|turtles|hens"
        r"|chickens|ducks|goats|sheep|"
        r"guinea pigs|rats|snakes|ferrets|donkeys|cows|bees|beehives|kittens"
        r"|puppies|pets|children|kids|sons|daughters|boys|girls|brothers|sisters"
        r"|siblings|"
        r"grandchildren|grandkids|nieces|nephews|cousins|godchildren|stepchildren"
        r"|tattoos|flatmates|roommates|housemates))\b"
        r"(?:,? (?:called|named|-|:) (?P<names>.+))?",
        "{who} [has|have] {count} {kind}.",
        category="relationship",
        importance=7,
        attribute=None,
    ),
    rule(
        "has one",
        r"(?:HAVE|own|owns) (?:an?|one|another) (?P<kind>(?:(?!(?:with|on|for|from|to|of"
        r"|about)\b)[\w-]+ "
        r"){0,3}?(?P<kin>KIN|PET))\b(?!-|,? (?:tank|bowl|flap|hair|sitter|bed|bite|costume|show"
        r"|in (?:this|arms|the)"
        r"|called|named|whose|person|food|lover"
        r"|of mine|to feed|allergy|phobia|problem|issue|idea|who|that|coming"
        r"|visiting))"
        r"(?!'s)(?P<said> (?:(?:in|from|near) (?-i:[A-Z])\w+|at (?:home|uni|university"
        r"|school)).*)?",
        "{who} has a {kind} {also_said}.",
        category="relationship",
        importance=7,
        confidence=0.85,
    ),
    rule(
        "has none",
        r"(?:NOT have (?:any |an? )?|HAVE no )(?P<what>children|kids|siblings"
        r"|brothers or sisters|pets|family|car|driving licen[cs]e|tv|television|smartphone|garden"
        r"|partner|boyfriend|girlfriend|degree|tattoos)\b(?! (?:yet|here|today|with))",
        "{who} [has|have] no {what}.",
        category="relationship",
        importance=6,
        attribute="{what}",
    ),
    rule(
        "had",
        r"(?:had|used to have) an? (?:[\w-]+ ){0,2}?(?P<kin>PET) (?:called|named) "
        r"(?P<name>.+)",
        "{who} had a {kin} called {name} in the past.",
        of_old=True,
        category="relationship",
        importance=5,
    ),
    rule(
        "got a pet",
        r"(?!(?:have|has) got\b)(?:(?:have|has) )?(?:just )?(?P<verb>adopted|got|bought"
        r"|rescued) (?P<number>an?|our|my"
        r"|two|three|another) (?P<kind>(?:[\w-]+ ){0,3}?(?P<kin>PET|dogs|cats"
        r"|kittens|puppies))\b(?!-| (?:food|bed|toy))",
        "{who} {verb} {number} {kind}{when}.",
        category="event",
        importance=7,
        ahead=False,
    ),
    rule(
        "pet is",
        r"BE an? (?P<breed>(?:[\w-]+ ){0,3}(?:labrador|poodle|beagle|corgi"
        r"|dachshund|terrier|greyhound|collie|retriever|shepherd|spaniel|husky"
        r"|bulldog|pug|mutt|"
        r"mongrel|tabby|siamese|persian|maine coon|ginger cat|black cat|rescue dog"
        r"|rescue cat|rescue))\b",
        "{who} is a {breed}.",
        category="relationship",
        importance=5,
    ),
    rule(
        "relation status",
        r"BE (?:now |happily |recently |newly |finally "
        r")?(?P<status>married|single|divorced|engaged|separated|widowed|a widow"
        r"|a widower|in a relationship|in a long-distance relationship)"
        r"(?! (?:to|with|in)\b)(?!-)",
        "{who} [is|are] {status}.",
        category="relationship",
        importance=8,
        attribute="relationship status",
    ),
    rule(
        "married to",
        r"(?:BE|got) (?:happily )?(?:married|engaged) to (?P<name>.+)",
        "{who} is married to {name}.",
        category="relationship",
        importance=9,
        attribute="partner.name",
    ),
    rule(
        "dating",
        r"BE (?:dating|seeing|going out with) (?P<clear_name>[A-Z].*)",
        "{who} is dating {name}.",
        category="relationship",
        importance=7,
        attribute="partner.name",
    ),
    rule(
        "parent of",
        r"BE an? (?:(?:proud|new|working|busy) )*"
        r"(?P<role_said>(?:(?:single|stay[- ]at[- ]home|foster) )?(?:grand)?"
        r"(?:mother|father|mum|mom|dad|parent|ma|pa))(?: (?P<of>(?:of|to) (?:NUMBER"
        r"(?: (?:kids|children|boys|girls|sons|daughters))?|twins|triplets)))?\b",
        "{who} is a {role_said}{of_many}.",
        category="relationship",
        importance=8,
    ),
    rule(
        "pregnant",
        r"(?:BE (?P<far>(?:\w+ (?:weeks|months) )?pregnant)|BE expecting (?:a baby"
        r"|our (?:first|second|third)(?: (?:child|baby))?|my first)|BE expecting$)",
        "{who} is expecting a baby{when}.",
        category="event",
        importance=9,
        ahead=True,
    ),
    rule(
        "best friend",
        r"my (?P<kin>best friend)(?:'s name)? is (?:called |named )?(?P<name>.+)",
        "The user's {kin} is called {name}.",
        category="relationship",
        importance=7,
        attribute="{key}.name",
        whole=True,
        tie=True,
    ),
    rule(
        "place among siblings",
        r"BE (?P<place_of>one of NUMBER (?:kids|children|siblings|brothers|sisters|cousins)"
        r"|(?:the )?(?:first|second|third|fourth|fifth|last) of NUMBER(?: (?:children|kids|siblings))?"
        r"|the (?:youngest|eldest|oldest|middle child|baby)"
        r"(?: (?:of|in) (?:the family|NUMBER)(?: (?:children|kids|siblings|sisters"
        r"|brothers))?)?)\b",
        "{who} [is|are] {place_of}.",
        category="relationship",
        importance=6,
    ),
    rule(
        "the two are not",
        r"(?:my|our) (?P<kin>KIN) and I (?P<said>are (?:not|no longer) (?:talking|speaking"
        r"|on speaking terms|in touch|close|friends|together)\b.*)",
        "The user and their {kin} {said}.",
        category="relationship",
        importance=6,
        whole=True,
        of="user",
    ),
    rule(
        "the two no longer",
        r"(?:my|our) (?P<kin>KIN) and I (?P<said>(?:do not|no longer|have not|never) "
        r"(?:talk|speak|spoken|get (?:on|along)|see each other)\b.*)",
        "The user and their {kin} {said}.",
        category="relationship",
        importance=6,
        whole=True,
        of="user",
    ),
    rule(
        "close to",
        r"BE (?:very |really |so )?close (?:to|with) (?:my|our) (?P<kin>KIN)\b",
        "{who} [is|are] close to their {kin}.",
        category="relationship",
        importance=5,
    ),
    rule(
        "seeing somebody called",
        r"BE (?:dating|seeing) an? (?:[\w-]+ )?(?:guy|girl|man|woman|bloke|lad|lady|boy) (?:called"
        r"|named) (?P<name>.+)",
        "{who} is dating {name}.",
        category="relationship",
        importance=7,
        attribute="partner.name",
    ),
    rule(
        "seeing somebody",
        r"BE (?:dating|seeing) someone(?P<new> new)?\b(?! (?:for|about|at)\b)",
        "{who} [is|are] seeing someone{new}.",
        category="relationship",
        importance=6,
    ),
    rule(
        "together",
        r"(?:(?:have|has) been|(?=BE married)BE) (?P<state>married|together|engaged|single) (?:for )?"
        r"(?P<span>NUMBER (?:years|months))",
        "{who} [has|have] been {state} for {span}.",
        category="relationship",
        importance=6,
    ),
)
