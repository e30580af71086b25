"""What people say before they come to the point, and requests to remember."""

import re

from backend.adapters.llm.offline.verb_forms import STATES, is_doing, is_past
from backend.adapters.llm.offline.verbs import DEEDS, UNDER_WAY, habits, verb_forms
from backend.adapters.llm.offline.word_lists import MONTHS, any_of

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
    r"|oh my god|omg|wow|ugh|phew|yay|hooray|as usual|about me|me(?! and\b)|same"
    r"|besides|cool|great|nice|nice to meet you|"
    r"good morning|good evening|i was wrong|my mistake|my bad|oops|wait|then"
    r"|now(?=,? (?:I|my|we|our)\b)|first of all|first|second|finally|recently|"
    r"currently|nowadays|these days|right now|at the moment|personally"
    r"|apparently|in case you are wondering|for context|for reference|heads up|quick update|confession"
    r"|ok confession|not going to lie|no joke|real talk|long story short|side note|random but"
    r"|in other news|funny story|if it matters|just fyi|"
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
    r"|I am (?:so |very |really )?(?:happy|glad|proud|excited|relieved) (?:that )?(?=I )"
    r"|I am (?:so |very |really )?(?:happy|glad|proud|pleased|sad|sorry"
    r"|excited|afraid|ashamed|thrilled|relieved) to (?:say|tell you|report"
    r"|announce)[\s,:]*(?:that )?"
    r"|(?:just )?so you know[\s,:]*(?:that )?|let me tell you[\s,:]*(?:that "
    r")?(?=I |my |we |our )|you should know[\s,:]*(?:that )?"
    r"|(?:my|the) (?:doctor|gp) (?:says|said|told me)[\s,]*(?:that )?(?=I (?:have|am allergic) )"
    r"|did you know (?:that )?|a (?:little|bit) about me[\s,:]*"
    r"|(?-i:[A-Z][a-z]{2,15}), (?=I |my |we |our )"
    r"|one thing (?:you should know|about me) is (?:that )?|because (?=I am )"
    r"|I do not think I (?:have )?(?:told|mentioned)(?: you| it| this)*,? (?:but )?)",
    re.I,
)
_REMEMBER = re.compile(
    r"(?:please )?(?:(?:can|could|will|would) you )?(?:please |also |always |just ){0,5}"
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
    r"|graduated|lost my|have (?:a|an|two|three|four|got)\b|had (?:a|an|my)\b"
    r"|love\b|hate\b|"
    r"can not stand|do not like|grew up in|was born in|work (?:as|at|for|in)\b"
    r"|live in|used to (?:live|work)|am a\b|went to|visited|ran a)",
    re.I,
)


_ADVERBS = (
    r"(?:(?:just|finally|recently|already|also|still|really|actually|currently|only|always"
    r"|now|literally|lately)"
    r"\s+)*"
)
SPAN = (
    r"(?:\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty"
    r"|fifty)"
)
_LEFT_OUT: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"{_ADVERBS}(?:{text})", re.I), subject)
    for text, subject in (
        (rf"(?:{verb_forms(UNDER_WAY, 'having', 'taking', 'getting', 'making')})\s+\w", "I am"),
        (
            r"(?:flying|driving|heading|going|off|travelling|traveling|moving) (?:back |home |up |down "
            r"|over |out )*to (?-i:[A-Z])",
            "I am",
        ),
        (r"(?:born|raised) (?:and (?:bred|raised) )?(?:in|on|near) ", "I was"),
        (r"(?:hoping|planning|trying) to ", "I am"),
        (r"on (?:disability|benefits|the dole|insulin|dialysis|antidepressants|statins)\b", "I am"),
        (rf"{SPAN} (?:years|months|weeks|days) (?:clean|sober)\b", "I am"),
        (r"diagnosed (?:with|as) ", "I was"),
        (r"got (?:dumped|diagnosed) ?", "I"),
        (r"going to (?!be\b|bed\b|sleep\b|work\b)[a-z]+ \w", "I am"),
        (r"in (?:(?:\d+|nin|ten|eleven|twelf)th (?:grade|form)|year \d+)\b", "I am"),
        (rf"due (?:on |in |the )*(?:\d|{any_of(MONTHS)})", "I am"),
        (r"(?:drive|own|wear|collect|play) (?:an?|the|my|two|three|old|vintage|\d+) ?\w", "I"),
        (r"(?:promised|changed|named|buried) (?:my|our|the|him|her)\b", "I"),
        (r"not (?:drinking|smoking|eating (?:meat|sugar|gluten|dairy))\b", "I am"),
        (r"(?:not (?:really )?)?(?:a )?(?:big |huge )?fan of \w", "I am"),
        (r"(?:do|does) not (?:really |even )?(?:like|have|eat|drink|own|drive|smoke) \w", "I"),
        (r"can not (?:eat|have|drink|swim|drive) \w", "I"),
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
        (rf"{SPAN} years (?:a|an|as an?) ", "I have been"),
        (r"does not know how to\b", "I"),
        (r"(?:swim|run|row|cycle|meditate|pray|train|commute) .*\bevery\b", "I"),
        (r"still (?:living )?(?:at|with) my (?:parents|mum|mom|dad|folks|nan)'?s?\b", "I am"),
        (
            r"been (?:at|a|an|in|on|with|married|single|together|sober|clean|vegan|vegetarian"
            r"|divorced|off|out of|unemployed|retired|\w+ing)\b",
            "I have",
        ),
        (rf"(?:{verb_forms(DEEDS, 'left', 'built', 'dropped', 'got', 'grew')})\s+(?:\w|$)", "I"),
        (r"(?:had|got|lost|left|finished) (?:my|a|an|the|our)\b", "I"),
        (
            r"(?:used to|never (?:liked|been|had|learnt|learned|met|knew|married|finished|owned)) ",
            "I",
        ),
    )
)
_YEARS_DOING = re.compile(rf"(?P<span>{SPAN} years) (?:of )?(?P<doing>[a-z]+ing\b[^,;]*)", re.I)
# Not "always use" or "never write": without a subject, that is an order.
_STILL_DOES = re.compile(rf"(?:still|also) (?:{habits()})\s+\w", re.I)
# "Starting a business takes courage": what is begun here is a subject, not something under way.
_SUBJECT_ITSELF = re.compile(
    r"(?:(?!\b(?:I|we|who|which|that|it|but|because)\b)[^,;])*?"
    r"\s(?:is|are|was|were|takes?|makes?|made|helps?|helped|has|had|gives?|gave|keeps?|kept|brings?"
    r"|means?|feels?|felt|seems?|sounds?|would|will|can|could|should)\s",
    re.I,
)

# "Left the call centre", not "left side is numb": what may follow a past that opens a clause.
_AFTER_A_PAST = re.compile(
    r"\S+ (?:(?:all|both|up|out|off|down|back|away|over|about|as|in|on|at|to|from|for|with|into|by"
    r"|through|after|before|under|made|laid|let|bankrupt|my|our|the|an?|his|her|their|another|two"
    r"|three|four|five|six|seven|eight|nine|ten|\d[\d,.]*)\b|(?-i:[A-Z])"
    r"|.* (?:for (?:\w+ ){1,3}(?:years|months|weeks)|ago|yesterday|in (?:19|20)\d\d"
    r"|(?:last|on|this) \w+)$)",
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
    first = (text.split() or [""])[0].lower()
    if is_doing(first) and _SUBJECT_ITSELF.match(text):
        return text
    if _ELIDED.match(text) or _STILL_DOES.match(text):
        return f"I {text[0].lower()}{text[1:]}"
    if found := _YEARS_DOING.match(text):
        return f"I have been {found['doing']} for {found['span'].lower()}"
    for pattern, subject in _LEFT_OUT:
        if pattern.match(text):
            return f"{subject} {text[0].lower()}{text[1:]}"
    if is_past(first) and first not in STATES and _AFTER_A_PAST.match(text):
        return f"I {text[0].lower()}{text[1:]}"
    if is_doing(first) and not re.search(r" (?:I|we) ", text):  # "starting Monday I will be …"
        return f"I am {text[0].lower()}{text[1:]}"
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
