"""Cuts the value out of what follows a pattern: a name, a place, a job, a thing liked.

Every shape takes the rest of a clause and returns the value, or None where there is none to be
sure of. `casual` says that the message is typed without capitals.
"""

import re
from collections.abc import Callable

from backend.adapters.llm.offline.lexicon import (
    JOB_ENDING,
    JOBS,
    NOT_JOBS,
    NOT_NAMES,
    NOT_PLACES,
    PLACE_NOUNS,
    STATES_OF_LIFE,
)
from backend.adapters.llm.offline.word_lists import words, words_in_order

Shape = Callable[[str, bool], str | None]

_END = re.compile(
    r"\s*(?:(?<! (?-i:[A-Z]))\.|[!?;()…\"*]|:(?!\w)|,\s*(?:always|ever|never|not|hands down|I|so"
    r"|no (?:contest|question|doubt|competition)|by far|bar none|easily|obviously|for sure|period"
    r"|it|he"
    r"|she|they|we|that|which|what|just|like|how|why|can|could|do|does|should|would)\b"
    r"|(?:,\s*(?:and\s+)?|\s+and\s+)(?:(?:tell|ask|give|show|let) me|(?:do|have|can|could"
    r"|would|will"
    r"|are|did) you|let's|let us|guess)\b"
    r"| - | – | — )"
    r"|,?\s+(?:because|but|when|whenever|while|since|so|although|though"
    r"|especially|except|if|unless|until|"
    r"which|who|whose|where|that|as well|too|either|right now|now|at the "
    r"moment|these days|nowadays|currently|"
    r"anymore|any more|lately|again|already|at all|instead|by the way|btw|lol"
    r"|haha|tbh|honestly|you know|"
    r"actually|though|alone|together|I|please|thanks|of course|then|ever|again|xd|yet)\b",
    re.I,
)
_NAME_TOKEN = r"[A-ZÀ-Þ][\w'’-]*"
_NAME = re.compile(
    rf"{_NAME_TOKEN}(?: (?:(?:de|da|do|dos|van|von|der|la|le|el|bin|al|y) )?{_NAME_TOKEN}){{0,2}}"
)
_PLACE = re.compile(
    rf"(?:(?:the )?(?:(?:north|south|east|west|centre|center|outskirts|suburbs"
    rf"|middle|[Nn]orth|[Ss]outh)"
    rf"(?:ern)? (?:of )?)|the (?=[A-Z]))?{_NAME_TOKEN}"
    rf"(?:(?:,? | (?:de|da|do|del|of|the|upon|on|la|le|am|an der|sur|under|in) "
    rf"|, )(?:{_NAME_TOKEN})){{0,4}}"
)
_PLACE_WITH_NOUN = re.compile(
    rf"(?:a|an|the|my own|my|our)(?: [\w-]+){{0,3}}? "
    rf"(?:{PLACE_NOUNS}|(?:place|home)(?= (?:in|near|outside) [A-Z]))\b(?: "
    rf"(?:in|near|outside|by|of|on|close to|outside of)"
    rf"(?: the| a)?(?: {_NAME_TOKEN}| sea| coast| beach| lake| mountains| forest)+)?"
)
_CASUAL_WORDS = re.compile(
    r"[a-zà-ÿ][\w'-]*(?: (?!(?:with|for|and|near|on|at|in|as|to|from|by|after"
    r"|is|was|has|lol|rn)\b)[a-zà-ÿ][\w'-]*){0,2}"
)
_ARTICLE = re.compile(r"^(?:an?|the|my|our|some)\s+", re.I)
_NEGATIVE = re.compile(r"^(?:not|never|no|nobody|nothing|no one|none)\b|\bnot\b", re.I)
_PLACE_TAIL = re.compile(r"\s+(?:with|for|near|on|after|as|at|by|to|from|next to|and)\s.*$", re.I)


def until_end(text: str) -> str:
    """The words up to the end of the thought."""
    found = _END.search(text)
    return (text[: found.start()] if found else text).strip(" ,.'\"-")


def phrase(text: str, casual: bool = False) -> str | None:
    """The words up to the end of the thought; None if empty, negative or over 12 words."""
    value = until_end(text)
    if not value or _NEGATIVE.search(value) or len(value.split()) > 12:
        return None
    return value


def name(text: str, casual: bool = False) -> str | None:
    """A proper name. Typed without capitals, its first word, capitalised."""
    text = text.lstrip(" '\"")
    if titled := re.match(rf"(?:Dr|Mr|Mrs|Ms|Miss|Prof)\.? {_NAME_TOKEN}", text):
        return titled.group(0)
    found = _NAME.match(text)
    if found and not (casual and text.isupper()):
        words = found.group(0).removesuffix("'s").split()
        while words and words[-1].lower() in NOT_NAMES:
            words.pop()
        return " ".join(words) if words and words[0].lower() not in NOT_NAMES else None
    if not casual:
        return None
    word = re.match(r"[^\W\d_][\w'-]{1,19}", text)
    if not word or word.group(0).lower() in NOT_NAMES or word.group(0).lower().endswith("ing"):
        return None
    return word.group(0).capitalize()


def clear_name(text: str, casual: bool = False) -> str | None:
    """A name by its capital alone, and nothing after it that makes it something else."""
    found = _NAME.match(text)
    if not found or (casual and text.isupper()) or found.group(0).split()[0].lower() in NOT_NAMES:
        return None
    rest = text[found.end() :].lstrip()
    return found.group(0) if not rest or rest[0] in ",.;!?)" or rest.startswith("and ") else None


def place(text: str, casual: bool = False) -> str | None:
    """Where something is: a name ("Porto, Portugal") or a kind of place ("a small village")."""
    text = text.strip()
    for pattern in (_PLACE, _PLACE_WITH_NOUN):
        found = pattern.match(text)
        if found and not (casual and text.isupper() and len(text) > 25):
            value = found.group(0).rstrip(" ,")
            named = pattern is _PLACE
            bare = value.removeprefix("the ")
            return None if named and bare.split()[0].lower() in NOT_PLACES else value
    if not casual:
        return None
    rest = phrase(text)
    word = _CASUAL_WORDS.match(rest.lower()) if rest else None
    if not word or word.group(0).split()[0] in NOT_PLACES | NOT_NAMES:
        return None
    return word.group(0).title()


def organisation(text: str, casual: bool = False) -> str | None:
    """An employer or school: a proper name, or "a bakery", "the local library"."""
    text = _PLACE_TAIL_ORG.sub("", text.strip())
    named = re.match(
        rf"(?:the )?{_NAME_TOKEN}(?: (?:(?:of|the|and|&|de|for) )*{_NAME_TOKEN}){{0,4}}", text
    )
    if named and named.group(0).split()[0].lower() not in NOT_PLACES:
        return named.group(0)
    value = phrase(text.split(",")[0])
    if value is None or len(value.split()) > 6 or value.split()[0].lower() in NOT_ORGANISATIONS:
        return None
    if re.match(r"(?:an?|the|my|our|another|two)\s", value, re.I):
        return value
    return value.split(" in ")[0].title() if casual and len(value.split()) <= 3 else None


_PLACE_TAIL_ORG = re.compile(
    r"\s+for (?:over|about|almost|nearly|the past|the last|many|several|a|ages|\d+"
    r"|[a-z]+ (?:years|months|weeks))\b.*$"
    r"|\s+(?:as|for the|with|since|on|from|full|part|these|because|until|every"
    r"|near|too|now|called)\s.*$"
    r"|\s+(?:full[- ]time|part[- ]time|now|too|nights|remotely)\b.*$",
    re.I,
)
NOT_ORGANISATIONS = words(
    "at in on with for before after when early late out off home night nights the it this "
    "that being my myself least all becoming getting making "
    "learning something improving weekends peace work once times present "
) - {"the", "my"}


def role(text: str, casual: bool = False) -> str | None:
    """An occupation after "work as" or "a job as": any noun phrase, at most five words."""
    value = phrase(_JOB_TAIL.sub("", text.split(",")[0]))
    if value is None or re.match(r"(?:my|our|his|her|their) ", value, re.I):
        return None
    value = _ARTICLE.sub("", value)
    return (
        value if 0 < len(value.split()) <= 5 and not (value.isupper() and len(value) > 3) else None
    )


_JOB_TAIL = re.compile(
    r"\s+(?:at|in|for|with|on|by|from|to|as|until|since|based|and|working|these|now|because"
    r"|here|near|there|or)\s.*$|\s+(?:here|there|now)$",
    re.I,
)


_JUDGED = re.compile(
    r"(?:(?:\d\w\w|first|second|third|final)[- ]year|worst|best|greatest|only|biggest"
    r"|terrible|horrible|great|bad|good|awful|lousy|decent|better|worse|"
    r"perfect|crap|shitty|hopeless|rubbish|natural|born|real|true|total|complete|such|fast"
    r"|slow|safe|careful|"
    r"nervous|excellent|fantastic|mediocre|keen|avid|so-so|one-man|walking)\b",
    re.I,
)


def job(text: str, casual: bool = False) -> str | None:
    """An occupation after "I am a": only what is known to be one."""
    value = role(text)
    if value is None or not value.split():
        return None
    head = value.split()[-1].lower()
    if _JUDGED.match(value) or head in NOT_JOBS or value.lower() in STATES_OF_LIFE:
        return None
    if re.search(r" (?:an?|the|my|I) ", value):  # "considering the pilot"
        return None
    return value if head in JOBS or JOB_ENDING.search(head) else None


def jobs(text: str, casual: bool = False) -> str | None:
    """An occupation of several people: "teachers"."""
    return text if text.lower().removesuffix("s") in JOBS else None


def thing(text: str, casual: bool = False) -> str | None:
    """Something liked or hated: a topic, but not "the sky" of the moment."""
    value = topic(text)
    return None if value is None or _OF_THE_MOMENT.search(value) else value


def topic(text: str, casual: bool = False) -> str | None:
    """Something learnt, taught or liked: a short noun phrase with a meaning of its own."""
    value = phrase(text)
    if value is None:
        return None
    value = _THING_TAIL.sub("", value).strip(" ,'")
    first = value.split()[0].lower() if value else ""
    if re.match(r"any(?:thing|one) (?:by|with|from) [a-z]", value, re.I):
        return value
    if not value or len(value.split()) > 8 or first in NOT_THINGS or len(value) < 2:
        return None
    return None if _POINTS_ELSEWHERE.search(value) else value


_THING_TAIL = re.compile(
    r"\s+(?:so much|very much|a lot|lots|the most|more than anything|the best"
    r"|like crazy|to bits|too much|"
    r"to death|with (?:my|all|a) .*|today|tonight|as a kid|much|anyway|really"
    r"|best|most|sometimes|all the time|though|"
    r"right\b.*)$",
    re.I,
)
NOT_THINGS = words(
    "it this that these those you your him her his them me us how what when where why who "
    "whom the_way being_here everything nothing anything something i we he she they "
    "there here not so as if about more less its an_idea each both such one someone "
    "somebody nobody everyone everybody myself mine yours hers too very such just only "
    "still at in on for with since from by after before really even all lol same "
    "another other either talking chatting hearing "
)
_POINTS_ELSEWHERE = re.compile(
    r"\b(?:you|your|yours|yourself|this|that|these|those|him|them)\b"
    r"|\bit$|^their (?!(?:job|work|course|school|commute|boss|manager|garden|town|city|village"
    r"|country|coffee|tea|eggs|steak|(?:\w+ )?\w+'s)\b)|^the "
    r"(?:way|idea|fact|sound of|thought|one|part|look)\b"
    r"|^to (?:be|see|hear|know|say|think|tell|have|get|go(?! \w+ing)|talk|chat|meet|do"
    r"|admit|imagine|believe)\b"
    r"|\bsuch an?\b|^(?:a|the) (?:lot|bit|guy|girl|feeling|song|joke|story"
    r"|weather|view|answer|question)\b",
    re.I,
)
_DESCRIBED = re.compile(r"\s+(?:that|who|which|where|when)\b", re.I)
_OF_THE_MOMENT = re.compile(
    r"^the (?!(?:sea|seaside|beach|rain|mountains|ocean|sun|snow|countryside|outdoors|cold|heat|"
    r"night|night sky|stars|moon|city|forest|woods|wind|summer|winter|autumn"
    r"|fall|spring|theatre|theater|"
    r"cinema|opera|ballet|gym|desert|coast|lake|north|south|dark|news|internet|smell|sound|taste|"
    r"piano|guitar|violin|cello|drums)\b)(?-i:[a-z])|^the (?:dark|night) sky",
    re.I,
)


def age(text: str, casual: bool = False) -> str | None:
    """An age from 1 to 120, as said."""
    found = re.match(r"\d{1,3}|[a-z]+(?:-[a-z]+)?", text, re.I)
    if not found:
        return None
    said = found.group(0)
    if said.isdigit():
        return said if 0 < int(said) <= 120 else None
    return said if said.lower() in _AGES else None


_UNITS = words_in_order("one two three four five six seven eight nine")
_TEENS = words_in_order(
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
)
_TENS = words_in_order("twenty thirty forty fifty sixty seventy eighty ninety")
_AGES = frozenset(_UNITS + _TEENS + _TENS + [f"{ten}-{unit}" for ten in _TENS for unit in _UNITS])

SHAPES: dict[str, Shape] = {
    "name": name,
    "clear_name": clear_name,
    "place": place,
    "org": organisation,
    "role": role,
    "job": job,
    "jobs": jobs,
    "thing": thing,
    "topic": topic,
    "phrase": phrase,
    "age": age,
}


_FIXED_PAIRS = re.compile(
    r"\b(?:mac and cheese|rock and roll|rock 'n' roll|fish and chips|arts and "
    r"crafts|dungeons and dragons|"
    r"salt and vinegar|gin and tonic|bed and breakfast|drum and bass|black "
    r"and white|bread and butter|"
    r"peanut butter and jelly|r and b|pride and prejudice|war and peace|salt and pepper)\b",
    re.I,
)


_INTERJECTED = re.compile(
    r",\s*(?:(?:weird|odd|strange|funni|sad|annoying|ironical|unfortunate|surprising|apparent"
    r"|obvious|amazing|thankful|lucki|random|recent)ly(?: enough)?|of all things|believe it or not"
    r"|I think|I guess|sometimes)\s*(?:,\s*|$)",
    re.I,
)


def things_named(text: str) -> list[str]:
    """The items of a list up to the end of the thought, without a bare word that is then described.

    "I love stories that make me cry": which stories is what matters, and that was cut off.
    """
    kept = until_end(text)
    items = split_list(kept)
    if items and " " not in items[-1] and _DESCRIBED.match(text.strip(), len(kept)):
        items.pop()
    return items


def split_list(text: str) -> list[str]:
    """The items of "pizza, pasta and mac and cheese", in order."""
    plain = _INTERJECTED.sub(" ", text).strip()
    joined = _FIXED_PAIRS.sub(lambda m: m.group(0).replace(" and ", " \0 "), plain)
    items = re.split(r"\s*,\s*(?:and\s+|or\s+)?|\s+and\s+|\s+or\s+|\s+&\s+|\s+nor\s+", joined)
    items = [item.replace(" \0 ", " and ").strip() for item in items if item.strip()]
    lengths = [len(item.split()) for item in items]
    if len(items) > 1 and max(lengths) > 3:  # clauses, not items
        return [text] if sum(lengths) <= 7 and "," not in text else items[:1]
    shared_noun = len(items) == 2 and lengths[0] == 1 < lengths[1] and items[1].endswith("s")
    return [text] if shared_noun else items
