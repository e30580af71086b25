"""Health, diet and habits."""

import re

from backend.adapters.llm.offline.rule import rule

_CONDITIONS = (
    r"(?!no |not |any |an? (?:disease|disorder|syndrome))(?:[a-z'-]+ ){1,2}?(?:disease|disorder"
    r"|syndrome|cancer|sclerosis|dystrophy|palsy|attacks|migraines|deficiency|tumou?rs?)"
    r"|ms(?<!with ms)|panic attacks"
    r"|[a-z]+phobia|(?:an? )?(?:heart murmur|hernia|ulcer|stammer|stutter|eating disorder"
    r"|slipped disc|concussion"
    r"|brain tumou?r|learning disability)|gallstones|kidney stones|lyme disease|sleep apno?ea"
    r"|rosacea"
    r"|acne|gout|sciatica|cataracts|glaucoma|angina|pcos|pmdd|me/cfs|long covid|hiv"
    r"|hepatitis(?: [abc])?"
    r"|cerebral palsy|down(?:'?s)? syndrome|tourette'?s(?: syndrome)?|narcolepsy|schizophrenia|bpd"
    r"|anorexia"
    r"|bulimia|osteoporosis|hypothyroidism|kidney disease|heart disease|liver disease|copd"
    r"|glandular fever|lymphoma|dyspraxia|cystic fibrosis|"
    r"(?:type (?:1|2|one|two) )?diabetes|asthma|adhd|add|epilepsy|arthritis"
    r"|migraines?|depression|anxiety|insomnia|hay fever|hayfever|"
    r"celiac disease|coeliac disease|crohn's(?: disease)?|eczema|psoriasis"
    r"|high blood pressure|low blood pressure|ibs|ocd|ptsd|"
    r"bipolar disorder|autism|asperger's|dyslexia|tinnitus|endometriosis"
    r"|fibromyalgia|multiple sclerosis|parkinson's|alzheimer's|dementia|"
    r"cancer|breast cancer|leukaemia|leukemia|lupus|anaemia|anemia|scoliosis"
    r"|a heart condition|a pacemaker|a bad back|a bad knee|"
    r"(?:a |an )?[\w-]+ intolerance|(?:a |an )?(?:[\w-]+ )?allergy|vertigo|a "
    r"fear of (?:flying|heights|spiders|needles|dogs|the dark)"
)

# "It's type 2 diabetes": what somebody has, said of the result.
_IT_IS = re.compile(
    rf"(?:it|that) is (?:definitely |only |just |early |officially )?(?:the )?(?P<what>{_CONDITIONS})"
    r"(?=$|,| so\b| and\b| but\b| after all\b)",
    re.I,
)

# "allergic to Mondays" is no allergy
_NOT_REALLY = (
    "stupid|morning|monday|work|people|bull|drama|nonsense|exercise|boredom|you|love|commit|fun"
)

HEALTH = (
    rule(
        "diabetic by type",
        r"BE (?:a )?type (?P<what>1|2|one|two)(?: diabetic)?(?=$|[,.]| and\b| since\b)",
        "{who} [has|have] type {what} diabetes.",
        importance=9,
    ),
    rule(
        "allergic",
        rf"BE (?:\w+ly |very |super )?allergic to (?P<things>(?!{_NOT_REALLY}).+)",
        "{who} [is|are] allergic to {thing}.",
        importance=9,
        confidence=0.93,
    ),
    rule(
        "intolerant",
        r"BE (?:an? )?(?P<what>(?:lactose|gluten|histamine|fructose)[- ]intolerant"
        r"|(?:type (?:1|2|one|two) )?diabetic|asthmatic|epileptic|coeliac|celiac|anaemic|anemic)\b",
        "{who} [is|are] {what}.",
        importance=8,
    ),
    rule(
        "intolerant to",
        r"BE (?:\w+ly )?intolerant (?:to|of) (?P<things>.+)",
        "{who} [is|are] intolerant to {thing}.",
        importance=8,
    ),
    rule(
        "condition",
        rf"(?:HAVE(?: had)?|suffer from|suffers from|was diagnosed with|BE diagnosed with"
        rf"|(?:was|were) born with"
        rf"|got diagnosed with|have been diagnosed with|has been diagnosed with|BE "
        rf"living with) "
        rf"(?:chronic |severe |mild |really bad |bad )?(?P<condition>{_CONDITIONS})\b",
        "{who} [has|have] {condition}.",
        importance=8,
        confidence=0.88,
    ),
    rule(
        "diet",
        r"(?:BE|became|turned|went|have been|has been|have become) (?:a |an |now "
        r"a |fully |mostly |strict |now )*(?P<diet>vegan|vegetarian|pescatarian"
        r"|pescetarian|teetotal|gluten-free|halal|kosher)\b(?! (?:food"
        r"|restaurant))",
        "{who} [is|are] {diet}.",
        category="preference",
        importance=7,
        confidence=0.9,
        attribute="diet",
    ),
    rule(
        "can not have",
        r"can not have (?P<things>(?:dairy|gluten|nuts|milk|wheat|eggs|soya?|caffeine|alcohol"
        r"|lactose"
        r"|shellfish|sugar|bread|cheese)\b.*)",
        "{who} can't have {thing}.",
        importance=8,
    ),
    rule(
        "eats no",
        r"(?:NOT|never|can not|no longer) (?P<verb>eat|drink|smoke)s?(?: (?P<phrase>"
        r"(?!that|it|this|much|enough|well|breakfast|anything|at|before|after"
        r"|until|too|in|there|because|when)[^,]+))?(?:,.*)?$",
        "{who} [does not|do not] {verb} {phrase}.",
        category="preference",
        importance=7,
        attribute="habit.{verb} {phrase}",
    ),
    rule(
        "stopped",
        r"(?:(?:have|has) )?(?:just )?(?P<verb>quit|stopped|gave up|given up|cut out) "
        r"(?P<habit>smoking|drinking(?: alcohol| coffee)?|vaping|gambling|coffee"
        r"|alcohol|sugar|caffeine|meat|social media)\b(?! (?:my|the|it|that|this|a|from|at)\b)"
        r"(?P<said> (?:for|when|because of) .+)?",
        "{who} {gave_up} {habit} {also_said}{when}.",
        category="event",
        importance=7,
        ahead=False,
    ),
    rule(
        "smokes",
        r"(?P<verb>smoke|vape)s?(?: (?:a lot|too much|.*cigarettes?.*))?$",
        "{who} {verb}s.",
        importance=5,
    ),
    rule(
        "afraid of",
        r"BE (?:really |absolutely |so |very |properly )?(?:afraid|scared|terrified"
        r"|petrified|frightened) of (?:the (?=dentist|doctor|water|deep|sea))?(?P<things>.+)",
        "{who} [is|are] afraid of {thing}.",
        importance=6,
    ),
    rule(
        "broke",
        r"(?:(?:have|has) )?(?:broke|broken|sprained|fractured|twisted"
        r"|dislocated) (?:my|his|her) (?P<part>(?:left |right )?(?:arm|leg|wrist"
        r"|ankle|foot|hand|finger|toe|nose|collarbone|rib|hip|shoulder|knee"
        r"|elbow))\b",
        "{who} broke their {part}{when}.",
        category="event",
        importance=6,
        ahead=False,
    ),
    rule(
        "takes for",
        r"takes? (?P<said>(?:[\w-]+ )?(?:meds|medication|medicine|tablets|pills|something) for "
        r"(?:my|his|her) .+)",
        "{who} [takes|take] {said}.",
        importance=8,
    ),
    rule(
        "wears",
        r"(?:wear|wears) (?P<what>glasses|contact lenses|contacts|hearing aids|a "
        r"hearing aid|braces)\b",
        "{who} wears {what}.",
        importance=4,
    ),
)


def illness_named(clause: str) -> str | None:
    """The illness that "it's type 2 diabetes" names; None where the clause is of something else."""
    found = _IT_IS.match(clause)
    return found["what"] if found else None
