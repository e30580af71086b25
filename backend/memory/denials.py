"""Which facts a sentence denies: "The user does not have a dog." is against all that is known of a dog of
theirs. Pure functions, of English sentences in the third person, as facts are kept.

A fact that is denied by mistake is out of recall, so what can't be told is no denial: "doesn't have a dog"
leaves "The user's sister has a dog" and "The user's dog walker is called Tim" alone.
"""

import re

from backend.memory.people import Acquaintances, plain_kin
from backend.memory.wording import content_words, is_negated, words

_HAS_NOT = re.compile(
    r"The user (?:does not have|doesn't have|has no|has not got|hasn't got|does not own|doesn't own"
    r"|no longer has|no longer owns|(?P<never>(?:has )?never (?:had|owned)|did not have|didn't have))"
    r" (?:an? |any |the |their )?(?P<what>[^.,]+?)(?: any ?more)?\.?$",
    re.IGNORECASE,
)
_OR = re.compile(r",? (?:or|and|nor)(?: no)? ", re.IGNORECASE)
_UNTRUE = re.compile(r"It is not true that (?P<fact>.+)$", re.IGNORECASE)
_MADE_UP = re.compile(
    r"What the user said about (?P<their>their |the )?(?P<what>.+?) is not true\.?$", re.IGNORECASE
)
_NOT_THEIRS = re.compile(
    r"(?P<name>[^\W\d_][\w'’-]*) (?:is|was) not the user's (?P<kin>[\w' -]+?)\.?$", re.IGNORECASE
)
_IN_A_WAY = re.compile(
    r"(?P<who>[\w'’ -]+?) (?P<doing>(?:being|having|[a-z]{2,}ing)\b) (?P<rest>.+)$", re.IGNORECASE
)
_IS_NO = re.compile(
    r"The user(?:'s [\w' -]+?)? (?:(?:is|was) not|isn't|wasn't) (?:really )?(?:an?|the)\b", re.I
)
_DID_NOT = re.compile(r"The user(?:'s [\w' -]+?)? (?:did not|didn't)\b", re.IGNORECASE)
_IS_NOT = re.compile(r"The user(?:'s [\w' -]+?)? (?:(?:is|was|are|were) not|isn't|wasn't)\b", re.I)
_DENIAL = re.compile(
    r"The user(?:'s [\w' -]+?)? (?:(?:do|does|did|is|are|was|were|has)(?:n't| not)|has no|has never|never"
    r"|no longer)\b|It is not true\b|What the user said about .+ is not true\b"
    r"|(?!It\b)[^\W\d_][\w'’-]* (?:is|was|does|did|has) not\b",
    re.IGNORECASE,
)
_HAS = re.compile(r"The user (?:has|owns|keeps)(?: got)? (?P<what>[^.,]+)", re.IGNORECASE)
_AM = re.compile(r"The user (?:is|works as) (?:an? |the )?(?P<what>[^.,]+)", re.IGNORECASE)
_ITS_END = re.compile(r" (?:called|named|who|that|which|with|in|at|from|and)\b.*", re.IGNORECASE)
_VERB = re.compile(r"(?:is|was|has|had|are|were|will|can|does|did|[a-z]+(?:s|ed|n't))$")
_PAST = re.compile(
    r"^The user [a-z]+ed\b|\b(?:was|were|had|died|used to|passed away|ago|until)\b", re.IGNORECASE
)
_BASE = dict(
    pair.split("/")
    for pair in (
        "grew/grow won/win ran/run wrote/write met/meet taught/teach built/build fought/fight sold/sell "
        "bought/buy found/find led/lead flew/fly swam/swim went/go got/get made/make took/take saw/see "
        "came/come ate/eat drank/drink drove/drive gave/give held/hold kept/keep left/leave lost/lose "
        "sang/sing slept/sleep spent/spend spoke/speak stole/steal told/tell broke/break fell/fall"
    ).split()
)
_BASE_STEM = {
    stem: content_words(base)[0] for past, base in _BASE.items() for stem in content_words(past)
}
# What people do again and again: who didn't go to the gym did so last year.
_EVERYDAY = frozenset(
    "go eat drink see call do mak tak have get buy watch read com talk speak tell meet visit play work cook "
    "train run swim sleep like want driv walk cycl spend giv".split()
)
_PLACED = {
    "where they work": "employer",
    "where they live": "home",
    "what they do": "job",
    "how old they are": "age",
}


def denies(
    sentence: str,
    fact: str,
    attribute: str | None = None,
    known: Acquaintances | None = None,
) -> bool:
    """Whether a sentence says that a fact isn't so. `attribute` is the fact's, `known` are the user's people
    and animals."""
    if not is_negated(sentence) or (is_negated(fact) and not _is_never(sentence, fact)):
        return False
    people = known or Acquaintances({})
    if whole := _UNTRUE.match(sentence):
        untrue = whole["fact"][:1].upper() + whole["fact"][1:]
        return content_words(people.plainly(untrue)) == content_words(people.plainly(fact))
    if not_theirs := _NOT_THEIRS.match(sentence):
        return _is_of_somebody(not_theirs["name"], not_theirs["kin"], fact)
    if made_up := _MADE_UP.match(sentence):
        return _is_made_up(made_up, people.plainly(fact), fact, attribute)
    if has_not := _HAS_NOT.match(sentence):
        if _PAST.search(fact) and not has_not["never"]:
            return False
        things = [content_words(thing) for thing in _OR.split(has_not["what"])]
        return any(thing and (_has(thing, fact) or _is_of(thing, fact)) for thing in things)
    return _says_otherwise(people.plainly(sentence), people.plainly(fact))


def is_denial(sentence: str) -> bool:
    """Whether a sentence says no more than that something isn't so."""
    return bool(_DENIAL.match(sentence)) and " but " not in sentence


def leaves_alone(sentence: str, fact: str) -> bool:
    """Whether a denial of one value says nothing of a fact about the same thing: who doesn't live in Berlin
    lives in Porto all the same."""
    if not is_denial(sentence) or is_negated(fact):
        return False
    said = {word.lower() for word in words(fact)}
    return not all(word.lower() in said for word in words(sentence) if word[0].isupper())


def _is_of_somebody(name: str, kin: str, fact: str) -> bool:
    """Whether a fact is that they are this to the user, or tells of them as such."""
    one = rf"(?:[\w-]+ ){{0,2}}?{re.escape(plain_kin(kin))}(?: is)?(?: called| named|'s name is)?"
    told = rf"The user(?:'s {one}| has an? {one}) {re.escape(name)}(?![\w-])(?!'s|’s)"
    return bool(re.match(told, fact, re.IGNORECASE))


def _is_made_up(made_up: re.Match[str], plain_fact: str, fact: str, attribute: str | None) -> bool:
    """Whether what was said about something, and isn't so, is what a fact says."""
    topic = made_up["what"]
    owned = made_up["their"] and made_up["their"].lower() == "their "
    in_a_way = _IN_A_WAY.match(topic)
    if owned and in_a_way:  # "their mother being an actress"
        doing = content_words(in_a_way["doing"]) if in_a_way["doing"] not in _BEING else []
        way = set(content_words(in_a_way["rest"]) + doing)
        whose = f"the user's {plain_kin(in_a_way['who'])} "
        return plain_fact.lower().startswith(whose) and way <= set(content_words(plain_fact))
    what = content_words(re.sub(r"^(?:being|having) ", "", topic, flags=re.IGNORECASE))
    if not owned and (not made_up["their"] or fact.lower().startswith("the user ")):
        if attribute is not None and _PLACED.get(topic.lower()) == attribute:
            return True
        return bool(what) and set(what) <= set(content_words(fact))  # "I lied about Berlin"
    return _is_of(what, fact) or _has(what, fact) or _is(what, fact) or _names(attribute, what)


_BEING = ("being", "having")


def _has(what: list[str], fact: str) -> bool:
    """Whether a fact is that the user has such a thing."""
    found = _HAS.match(fact)
    if found is None:
        return False
    thing = content_words(_ITS_END.sub("", found["what"]))
    return thing[-1:] == what[-1:] and set(what) <= set(thing)


def _is_of(what: list[str], fact: str) -> bool:
    """Whether a fact is about such a thing of the user's: what follows must be a verb or a name."""
    if not fact.lower().startswith("the user's "):
        return False
    said = fact.rstrip(".").split()[2:]
    for place, word in enumerate(said[:3]):
        if any(_VERB.match(each) for each in said[1:place]):
            return False  # "hates dogs"
        stems = [stem for each in said[: place + 1] for stem in content_words(each)]
        if content_words(word)[-1:] == what[-1:] and set(what) <= set(stems):
            following = said[place + 1 : place + 2]
            possessed = word.endswith(("'s", "’s"))
            return possessed or not following or _is_no_noun(following[0])
    return False


def _is_no_noun(word: str) -> bool:
    return word[0].isupper() or bool(_VERB.match(word))


def _is(what: list[str], fact: str) -> bool:
    """Whether a fact is that the user is such a one: "a pilot", or works as one."""
    found = _AM.match(fact)
    if found is None:
        return False
    one = content_words(_ITS_END.sub("", found["what"]))
    return one[-1:] == what[-1:] and set(what) <= set(one)


def _is_never(sentence: str, fact: str) -> bool:
    """Whether a sentence has it that somebody never was of whom a fact says what they dislike or don't do:
    without them that isn't so either."""
    has_not, made_up = _HAS_NOT.match(sentence), _MADE_UP.match(sentence)
    found = has_not or made_up
    return found is not None and any(
        thing and _is_of(thing, fact) for thing in map(content_words, _OR.split(found["what"]))
    )


def _names(attribute: str | None, what: list[str]) -> bool:
    """Whether an attribute ("job", "dog.name") is of that thing; a job is also where it is done."""
    if attribute is None:
        return False
    if what in (["job"], ["work"], ["career"]):
        return attribute in ("job", "employer")
    of, _, which = attribute.partition(".")
    whole = [word for each in (of, which) for word in content_words(each)]
    return content_words(of) == what or [plain_kin(word) for word in what] == whole


def _says_otherwise(sentence: str, fact: str) -> bool:
    """Whether a fact says what the sentence says is not so, with or without more behind it."""
    denied, stated = map(_in_the_present, (content_words(sentence), content_words(fact)))
    is_not = bool(_IS_NOT.match(sentence))
    if _IS_NO.match(sentence) and " works as " in fact:  # who isn't a nurse doesn't work as one
        stated.remove("work")
    if not denied or stated[: len(denied)] != denied:
        return False
    of_a_name = " called " in sentence  # which is one fact of somebody, and not all that is known
    if stated != denied and (of_a_name or _subject(sentence) != _subject(fact)):
        return False
    if _DID_NOT.match(sentence):
        return _was_done(fact) and (stated == denied or not _EVERYDAY & set(denied[:2]))
    in_past = bool(_PAST.search(fact)) and not _PAST.search(sentence) and "never" not in sentence
    is_whole = len(denied) > 1 or stated == denied or is_not
    return is_whole and not in_past


def _in_the_present(stems: list[str]) -> list[str]:
    return [_BASE_STEM.get(stem, re.sub("i$", "y", stem)) for stem in stems]


def _was_done(fact: str) -> bool:
    """Whether a fact is of what was, not of what is."""
    return bool(_PAST.search(fact)) or any(
        word in _BASE or word.endswith("ed") for word in fact.lower().rstrip(".").split()[2:5]
    )


def _subject(sentence: str) -> str:
    """ "the user", "the user's" or somebody's name."""
    first, _, rest = sentence.lower().partition(" ")
    return f"{first} {rest.split()[0]}" if first == "the" and rest else first
