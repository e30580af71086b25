"""Who somebody is: name, age, birthday, origin, what they are."""

from backend.adapters.llm.offline.lexicon import BELIEFS, DEMONYMS, alternatives
from backend.adapters.llm.offline.rule import rule
from backend.adapters.llm.offline.word_lists import MONTHS, any_of

_MONTH = any_of(MONTHS)

IDENTITY = (
    rule(
        "name",
        r"(?:my (?:first |full |real |own )?name is|name is) (?P<name>.+)",
        "The user's name is {name}.",
        importance=10,
        confidence=0.95,
        attribute="name",
        of="user",
        whole=True,
    ),
    rule(
        "call me",
        r"(?:you can call me|(?:my )?friends call me|people call me|they call me"
        r"|(?:please )?call me) "
        r"(?P<name>.+)",
        "The user goes by {name}.",
        importance=9,
        confidence=0.9,
        attribute="nickname",
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
        r"BE (?:called|named) (?P<name>.+)|(?:goes? by|BE (?:better "
        r"|also )?known as) (?P<clear_name>.+)",
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
        of="others",
        whole=True,
        category="relationship",
        importance=8,
        attribute="name",
        tie=True,
    ),
    rule(
        "ages",
        r"BE (?:now )?(?P<ages>(?:\d{1,2}, )*\d{1,2},? and \d{1,2})(?: years old)?$",
        "{who} [is|are] {ages} years old.",
        importance=7,
        of="others",
        attribute="age",
    ),
    rule(
        "age",
        r"(?:BE|(?:will be|just )?turned|turning|BE turning|turns) (?:now |only "
        r"|already |just )?(?P<age>\w[\w-]*)"
        r"(?: years old| years of age| yrs old| y\.?o\.?| year old)?(?=$|,(?! \d)| and (?!\d)"
        r"|\.(?!\d)| now| today| but)(?! years? (?:in|at|of exp))",
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
        "birthday month",
        rf"my birthday is in (?P<month>{_MONTH})$",
        "The user's birthday is in {month}.",
        importance=8,
        confidence=0.95,
        attribute="birthday",
        whole=True,
    ),
    rule(
        "birthday month of",
        rf"(?:my|our) (?P<kin>KIN)'s birthday is in (?P<month>{_MONTH})$",
        "The user's {kin}'s birthday is in {month}.",
        category="relationship",
        importance=7,
        attribute="{key}.birthday",
        whole=True,
    ),
    rule(
        "age by decade",
        r"I am in my (?P<said>(?:early |mid |mid-|late )?(?:teens|twenties|thirties|forties"
        r"|fifties|sixties"
        r"|seventies|eighties|\d0s))\b",
        "The user is in their {said}.",
        importance=6,
        attribute="age",
        whole=True,
        of="user",
        of_old=True,
    ),
    rule(
        "birthday",
        r"my birthday is (?:on |coming up on |coming up in |in )?(?P<date>(?:the "
        r")?(?:\d{1,2}[/.]\d{1,2}\b|\d{1,2}(?:st|nd|rd|th)?(?: of)? [a-z]{3,9}"
        rf"|(?:{_MONTH})(?: the)?(?: \d{{1,2}}(?:st|nd|rd|th)?)?)(?:,? (?:19|20)\d\d)?)\b",
        "The user's birthday is on {date}.",
        importance=8,
        confidence=0.95,
        attribute="birthday",
        whole=True,
    ),
    rule(
        "birthday of",
        rf"(?:my|our) (?P<kin>KIN)'s birthday is (?:on |in )?"
        r"(?P<date>(?:the )?(?:\d{1,2}(?:st|nd|rd|th)?(?: of)? [a-z]{3,9}"
        rf"|(?:{_MONTH})(?: the)?(?: \d{{1,2}}(?:st|nd|rd|th)?)?))\b",
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
        rf"|(?:{_MONTH})(?: \d{{1,2}}(?:st|nd|rd|th)?)?(?:,? \d{{4}})?|(?:19"
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
        rf"BE (?:an? )?(?P<belief>(?:practi[sc]ing |devout |non-practising |lapsed )?"
        rf"(?:christian|{alternatives(BELIEFS)}))\b",
        "{who} [is|are] {belief}.",
        importance=7,
        attribute="religion",
    ),
    rule(
        "nationality",
        rf"BE (?:an? )?(?P<nation>(?:(?:half|part)[- ])?(?:(?:south|north|new|sri|costa"
        rf"|puerto) (?:african|korean"
        rf"|zealander|lankan|rican)|{alternatives(DEMONYMS)})(?:[- ](?:{alternatives(DEMONYMS)}))?)"
        rf"(?: and (?:(?:half|part)[- ])?[A-Za-z]+)?$",
        "{who} [is|are] {nation}.",
        importance=6,
        attribute="nationality",
    ),
    rule(
        "orientation",
        r"BE (?:openly )?(?P<kind>gay|(?:a )?lesbian|bisexual|bi|queer"
        r"|(?:an? )?trans(?:gender)? (?:man|woman|guy|girl|boy|person)|trans|transgender"
        r"|non-?binary|asexual|straight)$",
        "{who} [is|are] {kind}.",
        importance=7,
    ),
    rule(
        "height",
        r"BE (?:about |around )?(?P<height>\d[.,]\d{1,2} ?(?:m|met(?:re|er)s?)|\d{3} ?cm"
        r"|(?:\d|five|six) ?(?:ft|foot|feet|')(?: ?(?:\d{1,2}|\w+)\"?)?)(?: tall\b|$)",
        "{who} [is|are] {height} tall.",
        importance=4,
        attribute="height",
    ),
    rule(
        "politics",
        r"BE (?:an? )?(?P<kind>(?:\w+ )?(?:republican|democrat|socialist|conservative|liberal"
        r"|anarchist"
        r"|feminist|pacifist|communist|libertarian|monarchist|perfectionist|workaholic|bookworm"
        r"|hypochondriac|pessimist|optimist|chocoholic|minimalist|foodie|homebody))$",
        "{who} [is|are] a {kind}.",
        importance=5,
    ),
    rule(
        "character",
        r"BE (?:(?:really|very|quite|pretty|so|super|a bit|incredibly|naturally) )?(?P<kind>shy"
        r"|clumsy"
        r"|forgetful|stubborn|impatient|competitive|superstitious|claustrophobic|ticklish|religious"
        r"|spiritual|disorgani[sz]ed|squeamish|double-jointed|myopic|agoraphobic|arachnophobic)"
        r"(?: (?:irl|in real life|by nature))?$",
        "{who} [is|are] {kind}.",
        importance=4,
    ),
    rule(
        "hard of hearing",
        r"BE (?P<said>(?:(?:partially |half |completely )?(?:deaf|blind) in (?:my|his|her|one"
        r"|the) .+"
        r"|hard of hearing|(?:short|near|far|long)[- ]?sighted\b.*))",
        "{who} [is|are] {said}.",
        importance=7,
    ),
    rule(
        "of two origins",
        r"BE (?P<halves>half[- ][A-Za-z]+,? (?:and )?half[- ][A-Za-z]+)$",
        "{who} [is|are] {halves}.",
        importance=6,
        attribute="nationality",
    ),
    rule(
        "is not that kind",
        r"BE not (?P<kind>(?:an? )?(?:(?:big |great )?(?:morning|night|people|dog|cat|city|beach"
        r"|party)"
        r" person|night owl|early bird|drinker|smoker|religious|married|sporty|a?theist|citizen"
        r"|native speaker))\b",
        "{who} [isn't|aren't] {kind}.",
        importance=5,
    ),
    rule(
        "left-handed",
        r"BE (?P<kind>left-handed|left handed|colou?r-?blind|colou?r blind"
        r"|dyslexic|autistic|deaf|blind|an introvert|an extrovert|introverted|"
        r"an early bird|a night owl|a morning person|a cat person|a dog person|a people person"
        r"|a homebody"
        r"|right-handed|ambidextrous|bald|blonde?$|brunette|redhead|red-haired|ginger$"
        r"|tone[- ]deaf|neurodivergent|bilingual|trilingual)\b"
        r"(?! (?:without|to|with|from|by))",
        "{who} [is|are] {kind}.",
        importance=5,
    ),
)
