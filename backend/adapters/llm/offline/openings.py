"""What people say before they come to the point, and requests to remember."""

import re

from backend.adapters.llm.offline.lexicon import JOBS, KIN, NOT_NAMES, PETS, alternatives
from backend.adapters.llm.offline.verbs import DEEDS, LIVING, bases, is_past
from backend.adapters.llm.offline.word_lists import words

_LEAD_IN = re.compile(
    r"(?:(?:well|so|lmao|lmfao|rofl|deal|realistically|ngl|er|erm|aye|omg|urgh|argh|yesss*"
    r"|since (?=my)|ok|okay|oh|ah|aw|hey|hi|hello|hiya|yes|yeah|yep|yup|no(?=[,.!:]| (?:I|it"
    r"|my|we|wait)\b)"
    r"|nope|nah|haha|ha|lol|hmm+|um+|uh|and|but|also|plus|"
    r"btw|by the way|anyway|anyways|actually|honestly|frankly|to be honest|tbh"
    r"|fun fact|fact|guess what|you know what|you know|"
    r"in fact|for the record|fyi|sorry|i mean|basically|good news|great news"
    r"|big news|bad news|sad news|news|update|correction|"
    r"believe it or not|unfortunately|sadly|luckily|thankfully|of course|sure"
    r"|right|listen|look|see|thanks|thank you|please|"
    r"also|bit about me|evening|morning"
    r"|oh my god|omg|wow|ugh|phew|yay|hooray|as usual|about me|me|same"
    r"|besides|cool|great|nice|nice to meet you|"
    r"good morning|good evening|i was wrong|my mistake|my bad|oops|wait|then"
    r"|now(?=,? (?:I|my|we|our)\b)|first of all|first|second|finally|recently|"
    r"currently|nowadays|these days|right now|at the moment|personally"
    r"|apparently|in case you are wondering|"
    r"if you must know|if you are wondering|if that helps|if I remember "
    r"correctly|to be fair|true|hello there|hi there|hey there)\b[\s,:!.–-]*"
    r"|(?:as|like) I (?:said|told you|mentioned)[\s,]*(?:before|earlier|yesterday|last time)?[\s,]*"
    r"|(?:(?:so )?(?:the )?(?:truth|thing|fact|point) is)[\s,:]*(?:that )?"
    r"|(?:it )?turns out[\s,:]*(?:that )?"
    r"|I (?:must|have to|should|want to|need to|can|just wanted to|wanted to"
    r"|forgot to|meant to|did not|have not|will|never) "
    r"(?:also |just )?(?:tell you|told you|say|admit|confess|mention|mentioned"
    r"|share|add|let you know)(?: (?:you|yet|before))?[\s,:]*(?:that )?(?=I "
    r"|my |we |our )"
    r"|I (?:have )?(?:already |once )?(?:told|mentioned to) "
    r"you[\s,:]*(?:before |that )*(?=I |my |we |our )"
    r"|I am (?:so |very |really )?(?:happy|glad|proud|pleased|sad|sorry"
    r"|excited|afraid|ashamed|thrilled|relieved) to (?:say|tell you|report"
    r"|announce)[\s,:]*(?:that )?"
    r"|(?:just )?so you know[\s,:]*(?:that )?|let me tell you[\s,:]*(?:that "
    r")?(?=I |my |we |our )|you should know[\s,:]*(?:that )?"
    r"|(?:my|the) (?:doctor|gp) (?:says|said|told me)[\s,]*(?:that )?(?=I (?:have|am allergic) )"
    r"|(?:my|the|our) (?:doctor|gp|doc|vet|dentist|physio|consultant|specialist|midwife|optician"
    r"|surgeon|oncologist|cardiologist|dermatologist|neurologist|psychiatrist) (?:says|said"
    r"|told (?:me|us)|confirmed|reckons)[\s,]*(?:that )?(?=(?:I|my|we|our|he|she"
    r"|(?-i:[A-Z])\w+) )"
    r"|I (?:just |only |also )*(?:found out|learned|learnt|discovered|realised"
    r"|realized)[\s,]*(?:today |yesterday |last week )?(?:that )?(?=(?:I|my|we|our) )"
    r"|did you know (?:that )?|a (?:little|bit) about me[\s,:]*"
    r"|(?-i:[A-Z][a-z]{2,15}), (?=I |my |we |our )"
    r"|when I was (?:a |an )?(?:kid|child|young|younger|little|small|teenager"
    r"|student|baby|\d{1,2}|in [\w ]{3,20})[\s,]+(?=I |my |we |our ))",
    re.I,
)
_REMEMBER = re.compile(
    r"(?:please )?(?:(?:can|could|will|would) you )?(?:please |also |always |just |always )*"
    r"(?:remember|do not forget|don't forget|dont forget|never forget|keep in "
    r"mind|bear in mind|note|take note|make a note)"
    r"(?: (?:this|for me|for later|for next time))*(?:(?: that|:| "
    r"-)?\s+(?=(?:I|my|we|our|his|her)\b)|,\s+(?=(?:I|my|we|our) )|(?: that"
    r"|:)\s+(?=the\b))"
    r"|I (?:want|need|would like) you to (?:remember|know) (?:that )?(?=(?:I|my|we|our|the)\b)",
    re.I,
)
_ELIDED = re.compile(
    r"(?:(?:just|finally|recently|already|also|still|really|actually"
    r"|currently) )*(?:moved to|got (?:a|an|engaged|married|divorced|promoted"
    r"|the job|fired|laid off|back from|my)\b|"
    r"adopted|started|finished|passed my|failed my|quit|bought|broke my"
    r"|graduated|lost my|had (?:a|an|my)\b"
    r"|love\b|hate\b|"
    r"can not stand|do not like|grew up in|was born in|work (?:as|at|for|in)\b"
    r"|live in|used to (?:live|work)|am a\b|born in|went to|visited|ran a)",
    re.I,
)


_ADVERBS = (
    r"(?:(?:just|finally|recently|already|also|still|really|actually|currently|only|always"
    r"|now|literally|lately)"
    r"\s+)*"
)
_LEFT_OUT: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"{_ADVERBS}(?:{text})", re.I), subject)
    for text, subject in (
        (r"not (?:drinking|smoking|eating (?:meat|sugar|gluten|dairy))\b", "I am"),
        (
            r"(?:allergic to|lactose intolerant|coeliac|celiac|vegan|vegetarian|divorced"
            r"|single (?:mum|mom|dad|since)"
            r"|retired|left[- ]handed|engaged|(?:an )?only child|self[- ]employed|dyslexic"
            r"|colou?r[- ]?blind)\b(?! \?)",
            "I am",
        ),
        (
            r"(?:2nd|3rd|1st|4th|first|second|third|final) year (?:of|[a-z]+ (?:student|btw)"
            r"|physio|med|law|uni|phd)\b",
            "I am",
        ),
        (
            r"(?:back on (?:the|my) (?:meds|medication)|(?:just )?back from [\w]|off probation)\b",
            "I am",
        ),
        (r"(?:maternity|paternity|parental|sick) leave\b", "I am on"),
        (r"\d{1,2} years (?:a|an|as an?) ", "I have been"),
        (r"does not know how to\b", "I"),
        (r"(?:swim|run|row|cycle|meditate|pray|train|commute) .*\bevery\b", "I"),
        (r"still (?:living )?(?:at|with) my (?:parents|mum|mom|dad|folks|nan)'?s?\b", "I am"),
        (r"been (?:at|a|an|in|on|with|\w+ing)\b", "I have"),
        (r"(?:had|got|lost|left|finished) (?:my|a|an|the|our)\b", "I"),
        (r"(?:used to|never liked|never been|never had|never learnt|never learned) ", "I"),
    )
)
_STILL_DOES = re.compile(rf"(?:still|always|also|never) (?:{'|'.join(sorted(LIVING))})\s+\w", re.I)
_UNDER_WAY = re.compile(
    r"(?P<verb>[a-z]{2,}ing)\s+(?:(?:my|a|an|the|for|to|at|in|on|with|out|back|up|two|three)\b"
    r"|(?-i:[A-Z]))"
    r"(?!.*\b(?:is|was|are|were|makes?|helps?|has|feels?)\b)",
    re.I,
)


def strip_openings(text: str, *, of_user: bool = True) -> str:
    """The sentence from its point on; a left-out subject ("Just moved to Berlin") is put back.

    `of_user` says that whoever was spoken of last was the user, so that it can be theirs.
    """
    for _ in range(6):
        found = _LEAD_IN.match(text)
        if not found or found.end() == 0:
            break
        text = text[found.end() :]
    return with_subject(text) if of_user and text else text


def with_subject(text: str) -> str:
    """A clause with the "I", "I am" or "I have" that it leaves out."""
    if _ELIDED.match(text) or _STILL_DOES.match(text):
        return f"I {text[0].lower()}{text[1:]}"
    for pattern, subject in _LEFT_OUT:
        if pattern.match(text):
            return f"{subject} {text[0].lower()}{text[1:]}"
    return _with_left_out_i(text)


_LOOKS_BACK = re.compile(
    r"(?P<verb>[a-z]{2,})\s+(?:(?:my|our|a|an|the|to|in|into|at|from|off|up|out|for|with|on|over"
    r"|back|two|three|four|him|her|them|some|another|all|both|\d+)\b|(?-i:[A-Z]))",
    re.I,
)
_FEELINGS = words(
    "tired excited bored gutted scared worried supposed based married engaged obsessed addicted "
    "used parked "
    "interested confused annoyed disappointed exhausted stressed shocked surprised pleased "
    "thrilled delighted relieved "
    "devastated involved related closed opened sorted agreed covered packed fed said told meant "
    "thought felt knew heard "
    "guessed wished hoped read put let set cut hit hurt cost seemed looked sounded needed wanted "
    "allowed tempted inspired "
    "tried ashamed embarrassed frustrated overwhelmed burnt stuck lost blessed wasted knackered "
    "shattered hungover named called red bed"
)
_GOES_ON = re.compile(
    r"(?:been (?:a|an|in|at|to|with|on|\w+ing)\b|going to (?!be\b)\w+ \w|can not (?:swim|drive"
    r"|cook|eat|drink|ride|sing|dance)\b)",
    re.I,
)


_MANY = r"(?:no|two|three|four|five|six|seven|eight|nine|ten|\d{1,2})"
_FRAGMENTS = tuple(
    (re.compile(text, re.I), opening)
    for text, opening in (
        (
            rf"{_MANY} (?:(?:grown[- ]up|little|small|teenage|young|older|younger|adult|rescue"
            rf"|elderly) )?(?:kids|children|sons|daughters|boys|girls|sisters|brothers|siblings"
            rf"|cats|dogs|grandkids|grandchildren|rabbits|horses|chickens|hens|guinea pigs"
            rf"|tattoos|piercings)\b",
            "I have",
        ),
        (r"(?:born and raised|raised|born|brought up) in \w", "I was"),
        (
            rf"{_MANY} years (?:old|sober|clean|married|together|a|an|as an?|in (?:the|a|this)"
            rf"|at (?:the|a|this)|with the|on the)\b(?! of)",
            "I have been",
        ),
        (
            rf"(?!(?:I|we|my|our|he|she|they|you|it)\b)(?:an? |the "
            rf"|just an? )?(?:[a-z]+ )?(?:{alternatives(JOBS)}) (?:at|in|for|by) \w",
            "I am a",
        ),
    )
)


def _with_left_out_i(text: str) -> str:
    """ "Moved to Leeds in May" is "I moved"; "excited for May" is no deed."""
    for pattern, opening in _FRAGMENTS:
        if pattern.match(text):
            return f"{opening} {text[0].lower() if text[1:2].islower() else text[0]}{text[1:]}"
    found = _LOOKS_BACK.match(text)
    if found and is_past(found["verb"].lower()) and found["verb"].lower() not in _FEELINGS:
        return f"I {text[0].lower()}{text[1:]}"
    if (found := _UNDER_WAY.match(text)) and (LIVING | DEEDS - {"have", "get"}).intersection(
        bases(found["verb"].lower())
    ):
        return f"I am {text[0].lower()}{text[1:]}"
    if found := _GOES_ON.match(text):
        opening = {"been": "I have", "going": "I am", "can": "I"}[text.split()[0].lower()]
        return f"{opening} {text[0].lower()}{text[1:]}"
    return text


_APPOSITION = re.compile(
    rf"(?P<kin>(?:my|our) (?:(?:older|younger|little|big|best|twin|ex) )?(?:{alternatives(KIN)}"
    rf"|{alternatives(PETS)})(?: (?-i:[A-ZÀ-Þ])[\w-]+)?), "
    rf"(?P<what>an? (?:[\w'-]+ ){{0,3}}?(?:{alternatives(JOBS)}|student|\w+(?:ist|er"
    rf"|ian))\b[^,]*), (?P<rest>\S.*)$",
    re.I,
)
_NAME_FIRST = re.compile(
    rf"(?P<name>(?-i:[A-ZÀ-Þ])[a-zà-ÿ-]+)(?:, (?P<kin>my (?:(?:older|younger|little|big|best"
    rf"|twin|ex|new) )?(?:{alternatives(KIN)}|{alternatives(PETS)})), (?P<rest>\S.*)"
    rf"| is (?P<is>my (?:(?:older|younger|little|big|best|twin|ex|new) )?(?:{alternatives(KIN)}"
    rf"|{alternatives(PETS)})))$",
    re.I,
)
_BIRTHDAY = re.compile(
    r"(?:it|today|tomorrow) (?P<be>is|was) (?P<whose>my (?:[\w-]+'s )?)(?P<which>\d+(?:st|nd|rd"
    r"|th) )?(?P<day>birthday|anniversary|wedding)\b(?P<rest>.*)$",
    re.I,
)


def straighten(text: str) -> str:
    """Who somebody is, told between commas or behind the name, as plain clauses: "Priya, my
    flatmate, is from Kerala" becomes "my flatmate Priya is from Kerala"."""
    if (found := _NAME_FIRST.match(text)) and found["name"].lower() not in NOT_NAMES:
        if found["is"]:
            return f"{found['is']} is called {found['name']}"
        return f"{found['kin']} {found['name']} {found['rest']}"
    if found := _APPOSITION.match(text):
        return f"{found['kin']} is {found['what']}, and {found['kin']} {found['rest']}"
    if found := _BIRTHDAY.match(text):
        return f"{found['whose']}{found['which'] or ''}{found['day']} {found['be']} {found['rest'].strip()}"
    return text


def take_request(text: str) -> tuple[str, bool]:
    """The sentence without "please remember that", and whether it was there."""
    found = _REMEMBER.match(text)
    return (text[found.end() :], True) if found else (text, False)


_BE = (
    r"(?:is|are|was|were|has|have|had|will|can|goes|starts|ends|opens|closes"
    r"|needs|takes|lives|works|likes|hates|loves)"
)


def as_request(clause: str) -> str:
    """What the user asked to remember, as one sentence in the third person."""
    said = clause.rstrip(" .!")
    owned = re.match(rf"(?:my|our) ((?:[\w'-]+ ){{1,5}}?)({_BE} .+)$", said, re.I)
    if owned and not re.search(r"\b(?:I|me|you|your|we|us)\b", owned.group(2), re.I):
        rest = re.sub(r"\b(?:my|our)\b", "their", owned.group(2), flags=re.I)
        return f"The user's {owned.group(1)}{rest}."
    return f'The user asked to remember: "{said}".'
