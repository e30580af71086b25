"""Who somebody is: name, age, birthday, origin, what they are."""

from backend.adapters.llm.offline.rule import rule

IDENTITY = (
    rule(
        "name",
        r"(?:my (?:first |full |real |own )?name is|you can call me|"
        r"(?:my )?friends call me|people call me|they call me|(?:please )?call me"
        r"|name is) (?P<name>.+)",
        "The user's name is {name}.",
        importance=10,
        confidence=0.95,
        attribute="name",
        of="user",
        whole=True,
    ),
    rule(
        "introduced",
        r"I am (?:called |named )?(?P<clear_name>[A-Z].*)",
        "The user's name is {name}.",
        importance=10,
        confidence=0.85,
        attribute="name",
        whole=True,
        of="user",
    ),
    rule(
        "surname",
        r"my (?:last name|surname|family name) is (?P<name>.+)",
        "The user's surname is {name}.",
        importance=8,
        attribute="surname",
        whole=True,
    ),
    rule(
        "nickname",
        r"(?:my nickname is|(?:everyone|everybody) calls me) (?P<name>.+)",
        "The user's nickname is {name}.",
        importance=6,
        attribute="nickname",
        whole=True,
    ),
    rule(
        "named",
        r"(?:BE|go by) (?:called|named) (?P<name>.+)|goes by (?P<clear_name>.+)",
        "{who} [is|are] called {name}.",
        category="relationship",
        importance=8,
        confidence=0.9,
        attribute="name",
        tie=True,
    ),
    rule(
        "pronoun name",
        r"(?:his|her|its) name is (?P<name>.+)",
        "{who} is called {name}.",
        category="relationship",
        importance=8,
        attribute="name",
        tie=True,
    ),
    rule(
        "age",
        r"(?:BE|(?:will be|just )?turned|turning|BE turning|turns) (?:now |only "
        r"|already |just )?(?P<age>[\w-]+)"
        r"(?: years old| years of age| yrs old| y\.?o\.?| year old)?(?=$|,| and "
        r"|\.| now| today| but)(?! years? (?:in|at|of exp))",
        "{who} [is|are] {age} years old.",
        importance=8,
        confidence=0.9,
        attribute="age",
    ),
    rule(
        "age with noun",
        r"BE an? (?P<age>[\w-]+)[- ]year[- ]old\b.*",
        "{who} [is|are] {age} years old.",
        importance=8,
        confidence=0.9,
        attribute="age",
    ),
    rule(
        "months old",
        r"BE (?P<months>\d{1,2}|two|three|four|five|six|seven|eight|nine|ten) "
        r"(?P<unit>months|weeks) old",
        "{who} is {months} {unit} old.",
        importance=5,
        attribute="age",
    ),
    rule(
        "birthday",
        r"my birthday is (?:on |coming up on |coming up in |in )?(?P<date>(?:the "
        r")?(?:\d{1,2}(?:st|nd|rd|th)?(?: of)? [a-z]{3,9}"
        r"|(?:january|february|march|april|may|june|july|august|september|october"
        r"|november|december)(?: the)?(?: \d{1,2}(?:st|nd|rd|th)?)?)(?:,? (?:19|20)\d\d)?)\b",
        "The user's birthday is on {date}.",
        importance=8,
        confidence=0.95,
        attribute="birthday",
        whole=True,
    ),
    rule(
        "birthday of",
        r"(?:my|our) (?P<kin>KIN)'s birthday is (?:on |in )?(?P<date>(?:the "
        r")?(?:\d{1,2}(?:st|nd|rd|th)?(?: of)? [a-z]{3,9}"
        r"|(?:january|february|march|april|may|june|july|august|september|october"
        r"|november|december)(?: the)?(?: \d{1,2}(?:st|nd|rd|th)?)?))\b",
        "The user's {kin}'s birthday is on {date}.",
        category="relationship",
        importance=7,
        attribute="{key}.birthday",
        whole=True,
    ),
    rule(
        "born on",
        r"(?:I|we|my [\w-]+) (?:was|were) born (?P<preposition>on|in) "
        r"(?P<date>(?:the )?\d{1,2}(?:st|nd|rd|th)?(?: of)? [a-z]{3,9}(?: \d{4})?"
        r"|(?:january|february|march|april|may|june|july|august|september|october"
        r"|november|december)(?: \d{1,2}(?:st|nd|rd|th)?)?(?:,? \d{4})?|(?:19"
        r"|20)\d\d)\b",
        "{who} was born {preposition} {date}.",
        importance=8,
        attribute="birthday",
        whole=True,
        and_on=True,
    ),
    rule(
        "born a day",
        r"(?:I|we|my [\w-]+) (?:was|were) born (?P<date>(?:\d{1,2}(?:st|nd|rd|th)?(?: of)? )?"
        r"(?:january|february|march|april|may|june|july|august|september|october"
        r"|november|december)(?: \d{1,2}(?:st|nd|rd|th)?)?,? \d{4})\b",
        "{who} was born on {date}.",
        importance=8,
        attribute="birthday",
        whole=True,
        and_on=True,
    ),
    rule(
        "only child",
        r"BE an only child",
        "The user is an only child.",
        category="relationship",
        importance=6,
        attribute="siblings",
        of="user",
    ),
    rule(
        "twin",
        r"BE an? (?P<word>identical twin|twin|triplet)\b",
        "{who} is a {word}.",
        importance=6,
    ),
    rule(
        "zodiac",
        r"BE an? (?P<sign>aries|taurus|gemini|virgo|libra|scorpio|sagittarius"
        r"|capricorn|aquarius|pisces)$",
        "{who} is a {sign}.",
        importance=3,
        attribute="star sign",
    ),
    rule(
        "belief",
        r"BE (?:an? )?(?:practising |practicing |devout )?(?P<belief>muslim"
        r"|christian|catholic|jewish|buddhist|hindu|atheist|agnostic|sikh|quaker"
        r"|mormon|orthodox)\b",
        "{who} [is|are] {belief}.",
        importance=7,
        attribute="religion",
    ),
    rule(
        "nationality",
        r"BE (?:an? )?(?P<nation>(?:half[- ])?(?:british|english|scottish|welsh"
        r"|irish|american|canadian|australian|german|french|"
        r"spanish|italian|portuguese|dutch|belgian|swiss|austrian|polish|czech"
        r"|slovak|hungarian|romanian|bulgarian|greek|turkish|russian|"
        r"ukrainian|swedish|norwegian|danish|finnish|icelandic|indian|pakistani"
        r"|chinese|japanese|korean|vietnamese|thai|filipino|brazilian|"
        r"mexican|argentinian|colombian|chilean|peruvian|nigerian|kenyan|ghanaian"
        r"|egyptian|moroccan|south african|iranian|israeli|lebanese))"
        r"(?: and (?:half[- ])?[A-Za-z]+)?$",
        "{who} [is|are] {nation}.",
        importance=6,
        attribute="nationality",
    ),
    rule(
        "orientation",
        r"BE (?:openly )?(?P<kind>gay|lesbian|bisexual|bi|queer|trans|transgender"
        r"|non-?binary|asexual|straight)$",
        "{who} [is|are] {kind}.",
        importance=7,
    ),
    rule(
        "left-handed",
        r"BE (?P<kind>left-handed|left handed|colou?r-?blind|colou?r blind"
        r"|dyslexic|autistic|deaf|blind|an introvert|an extrovert|introverted|"
        r"an early bird|a night owl|a morning person|a cat person|a dog person)\b"
        r"(?! (?:without|to|with|from|by))",
        "{who} [is|are] {kind}.",
        importance=5,
    ),
)
