"""What is said of somebody, cut to one thought and turned into the third person.

This is what lets a rule take anything that follows a verb: "put garlic on literally everything"
needs no pattern of its own, only an end and no words that point outside the sentence.
"""

import re

from backend.adapters.llm.offline.lexicon import KIN, alternatives
from backend.adapters.llm.offline.word_lists import words

LONGEST = 14  # words; more is a story, not a fact

_CUT = re.compile(
    r"\s*(?:[;!?…()\"*]|:(?!\w))|\s+(?:did|have|do) I (?:ever |never |already )?(?:say|tell"
    r"|told|mention)|\s+to (?:check|see|make sure|say)\b|\s+[-–—]+\s|\.\.+|\.(?:\s|$)"
    r"|,(?!\d{3}\b)(?!\s*(?:(?-i:[A-Z])|\d{4}\b|(?:(?:[\w-]+ )?[\w-]+, )?(?:[\w-]+ )?[\w-]+ and "
    r"(?!(?:I|we|it|he|she|they|my|the|then|so|now|am|is)\b)(?:[\w-]+ ){0,3}[\w-]+$))"
    r"|,?\s+(?:because|cause|bc|but|so|when|whenever|while|since(?! (?:the )?(?:I (?:was"
    r"|were)\b|\d|'\d|january|february"
    r"|march|april|may|june|july|august|september|october|november|december|last|(?:high |primary "
    r"|secondary )?school|uni\b|college"
    r"|childhood|birth|lockdown|covid|christmas|easter))|although|though"
    r"|if|unless|which|who|whose|where|whether|until (?:I|we|he|she|they|it)|before (?:I|we"
    r"|he|she|it)|after "
    r"(?:I|we|he|she|it)|as (?:I|we|he|she|it)|like (?:a|an|I|this|that|crazy|mad)|and "
    r"(?:then|now|so|yes|it|that"
    r"|this|I|we|he|she|they|there|my|our|his|her|their"
    r"|[\w']+ (?:[\w']+ )?(?:is|are|was|am|has|have|can|do)\b|"
    r"(?:got|had|went|made|left|took|then|still|nearly|almost|cried|drank|tipped|ate|feel"
    r"|felt|look|barely|nobody))"
    r"|and (?:clean|cook|bake|drive|sing|teach|work|write)\b|and no\b"
    r"|and [a-z]+ (?:it|them|him)\b|that (?:I|we|he|she|it|they|is|was)|than me"
    r"|(?<!since )(?:I|we"
    r"|he|she|they|it)(?= ))\b"
    r"|\s+(?:lol|lmao|haha\w*|hehe|tbh|btw|by the way|right now|rn|at the moment|atm|mind you"
    r"|you know|or something"
    r"|or whatever|and (?:all|everything|stuff)|these days|nowadays|anymore|any more"
    r"|apparently|bless|yay|ha|xx?"
    r"|of course|after all|as usual|as always)(?=$|[\s,.!?])"
    r"|\s+(?:honestly|actually|literally|basically|obviously|now|too|as well|again|already"
    r"|though|tho|anyway|yet|either"
    r"|for now|please|thanks|ok|okay|mate|dude|man|bro|dear|today|finally|instead|really|in a "
    r"row|to be fair|I swear"
    r"|no pressure|at least)(?=$|[,.!?])",
    re.I,
)
_WHAT = re.compile(r"\s+(?:I|we|he|she|they|it|whether|if|that (?:I|we|he|she|it|they))", re.I)
_WHICH_ONE = re.compile(r"\s+(?:I|we|he|she|they|it|who|whose|where|that .+)", re.I)
_POINTS_AWAY = re.compile(
    r"\b(?:you|your|yours|yourself|what|why|how|something|anything|nothing|someone|somebody"
    r"|anyone|nobody"
    r"|everything else|certain|stuff|things|thing|myself|ourselves|crying|laughing|sleep|better"
    r"|worse"
    r"|fine|ok|okay|"
    r"nowhere|somewhere|anywhere)\b"
    r"|^(?:one|ones|some|them)(?= (?:every|each|per|on|at|for|from|in|when\w*|once|twice|all|most)\b)"
    r"|^(?:it|this|that|these|those|them|him|one|ones|so|as|not|me|us|here|there|up|down|out"
    r"|off|on|in"
    r"|over|away|back|with|to|like|too|very|well|the same|the (?:first|last|other|next) one"
    r"|all|all of|enough"
    r"|more|less|most|much|many|some|any|a (?:lot|bit|little|few|while|joke|mess|mistake|fool"
    r"|go|look|try|"
    r"chance|break|nap|deal|point|fuss|face|noise|wish|call|text|point|move|decision|promise)"
    r"|sure|sense|"
    r"fun of|noise|do with|his|her|their)\b(?: *$|(?= (?:it|this|that|them|him|her)\b))"
    r"|\b(?:it|this|that|these|those|them|him)$|^(?:it|this|that|them|him|her (?:to|for|off"
    r"|up|out))\b",
    re.I,
)
_NEEDS_OWNER = re.compile(r"\b(?:his|her|their|its|him|them)\b", re.I)
# "I promised my son a bike for his birthday": whose it is was said before.
_OWNER_NAMED = re.compile(rf"\b(?:my|our|the) (?:\w+ )?(?:{alternatives(KIN)})\b.*", re.I)
_PERSON = {
    "my": "their",
    "our": "their",
    "mine": "theirs",
    "i was": "they were",
    "me": "the user",
    "us": "the user",
    "myself": "themself",
    "we'd": "they'd",
    "we'll": "they'll",
    "we are": "they are",
}
_OF_OTHERS = {"my": "the user's", "mine": "the user's"}  # "their" would be the other's own
_FIRST_PERSON = re.compile(rf"(?<!\bthe )(?<!\ba )\b(?:{'|'.join(_PERSON)})\b", re.I)
_DANGLING = re.compile(
    r"(?:\s+(?:and|or|with|in|on|at|to|for|of|from|by|the|a|an|my|our|their|of a|even|just"
    r"|also|only"
    r"|until|til|than|as|about|into|like|still|not))+$",
    re.I,
)
_FILLERS = re.compile(
    r"\b(?:literally|basically|actually|totally|like,|kinda|sort of|kind of|fucking|bloody"
    r"|goddamn|damn"
    r"|freaking|stupid|silly|just|also|even|still|only just)\s+",
    re.I,
)
_EMPTY = words("a an the my our their to in on at of for it up out off and some any more much")


def is_one_thought(text: str) -> bool:
    """Whether nothing in the text ends one thought and begins another."""
    return _CUT.search(text) is None


def leads_on(text: str) -> bool:
    """Whether the thought ends where it needs what follows: "told | I am autistic", "the kid |
    who got the key"."""
    found = _CUT.search(text)
    if found is None:
        return False
    definite = re.fullmatch(r"the (?:only |\w+ )?\w+", text[: found.start()].strip(), re.I)
    return bool((_WHICH_ONE if definite else _WHAT).fullmatch(found.group(0)))


def own_words(text: str, *, others: bool = False) -> str | None:
    """The thought in the third person; None where it is empty, too long or points elsewhere.

    `others` says that the subject is somebody else, so that "his" and "her" are clear.
    """
    found = _CUT.search(text)
    if found and found.group(0).strip().lower() == "it":
        return None  # "worked with her to make | it work"
    said = (text[: found.start()] if found else text).strip(" ,.'\"-")
    said = re.sub(r"\bthe same\b(?! (?:\w+ )?\w+s\b)", "a", _FILLERS.sub("", said))
    said = _DANGLING.sub("", said).strip(" ,.'\"-")
    if not said or len(said.split()) > LONGEST or _POINTS_AWAY.search(said):
        return None
    if not others and _NEEDS_OWNER.search(_OWNER_NAMED.sub("", said)):
        return None
    if all(word.lower() in _EMPTY for word in said.split()):
        return None
    if re.search(r"\b(?:me|us) (?:one|two|three|four|some|that|this)$", said, re.I):
        return None
    theirs = _PERSON | _OF_OTHERS if others else _PERSON
    return _FIRST_PERSON.sub(lambda m: theirs[m.group(0).lower()], said)
