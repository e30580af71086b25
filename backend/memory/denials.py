"""Which facts a sentence denies: "The user does not have a dog." is against all that is known of a dog of
theirs. Pure functions, of English sentences in the third person, as facts are kept.

A fact that is denied by mistake is out of recall, so what can't be told is no denial: "doesn't have a dog"
leaves "The user's sister has a dog" and "The user's dog walker is called Tim" alone.
"""

import re

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
_IS_NOT = re.compile(r"The user(?:'s [\w' -]+?)? (?:(?:is|was|are|were) not|isn't|wasn't)\b", re.I)
_DENIAL = re.compile(
    r"The user(?:'s [\w' -]+?)? (?:(?:do|does|did|is|are|was|were|has)(?:n't| not)|has no|has never|never"
    r"|no longer)\b|It is not true\b|What the user said about .+ is not true\b",
    re.IGNORECASE,
)
_HAS = re.compile(r"The user (?:has|owns|keeps)(?: got)? (?P<what>[^.,]+)", re.IGNORECASE)
_AM = re.compile(r"The user (?:is|works as) (?:an? |the )?(?P<what>[^.,]+)", re.IGNORECASE)
_ITS_END = re.compile(r" (?:called|named|who|that|which|with|in|at|from|and)\b.*", re.IGNORECASE)
_VERB = re.compile(r"(?:is|was|has|had|are|were|will|can|does|did|[a-z]+(?:s|ed|n't))$")
_PAST = re.compile(
    r"^The user [a-z]+ed\b|\b(?:was|were|had|died|used to|passed away|ago|until)\b", re.IGNORECASE
)


def denies(sentence: str, fact: str, attribute: str | None = None) -> bool:
    """Whether a sentence says that a fact isn't so. `attribute` is the fact's."""
    if not is_negated(sentence) or (is_negated(fact) and not _is_never(sentence, fact)):
        return False
    if whole := _UNTRUE.match(sentence):
        return content_words(whole["fact"]) == content_words(fact)
    if made_up := _MADE_UP.match(sentence):
        what = content_words(made_up["what"])
        owned = made_up["their"] and made_up["their"].lower() == "their "
        if not owned and (not made_up["their"] or fact.lower().startswith("the user ")):
            return bool(what) and set(what) <= set(content_words(fact))  # "I lied about Berlin"
        return _is_of(what, fact) or _has(what, fact) or _is(what, fact) or _names(attribute, what)
    if has_not := _HAS_NOT.match(sentence):
        if _PAST.search(fact) and not has_not["never"]:
            return False
        things = [content_words(thing) for thing in _OR.split(has_not["what"])]
        return any(thing and (_has(thing, fact) or _is_of(thing, fact)) for thing in things)
    return _says_otherwise(sentence, fact)


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
    """Whether an attribute ("job", "dog.name") is of that thing."""
    return attribute is not None and content_words(attribute.split(".")[0]) == what


def _says_otherwise(sentence: str, fact: str) -> bool:
    """Whether a fact says what the sentence says is not so, with or without more behind it."""
    denied, stated = content_words(sentence), content_words(fact)
    is_not = bool(_IS_NOT.match(sentence))
    if is_not and stated[:1] == ["work"]:  # who isn't a nurse doesn't work as one
        del stated[0]
    if not denied or stated[: len(denied)] != denied:
        return False
    of_a_name = " called " in sentence  # which is one fact of somebody, and not all that is known
    if stated != denied and (of_a_name or _subject(sentence) != _subject(fact)):
        return False
    in_past = bool(_PAST.search(fact)) and not _PAST.search(sentence) and "never" not in sentence
    is_whole = len(denied) > 1 or stated == denied or is_not
    return is_whole and not in_past


def _subject(sentence: str) -> str:
    """ "the user", "the user's" or somebody's name."""
    first, _, rest = sentence.lower().partition(" ")
    return f"{first} {rest.split()[0]}" if first == "the" and rest else first
