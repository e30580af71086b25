"""Which facts no longer hold once something has come to an end: who moved to York lives in Leeds no longer,
a car that was sold isn't driven, a dog that died isn't had. Pure functions, of English sentences in the third
person, as facts are kept.

A fact that is ended by mistake is out of recall, so what can't be told ends nothing: "Ola moved to York"
leaves the sister in Leeds alone, "gave Tofu away to be groomed" leaves the cat. What somebody was called,
liked or did goes on being so; only a pet's or a partner's name is told no longer as that of one they have.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from backend.memory.people import Acquaintances, plain_kin
from backend.memory.wording import content_words, is_negated, words

_WHO = (
    r"(?P<who>The user's (?:[\w-]+ ){0,3}?[\w'-]+(?: (?-i:[A-ZÀ-Þ])[\w'’-]+)?|The user"
    r"|(?-i:[A-ZÀ-Þ])[\w'’-]+(?: (?-i:[A-ZÀ-Þ])[\w'’-]+)?)"
)
_LATELY = (
    r"(?:(?:has|have|had|had to|just|recently|finally|sadly|now|also|already|then|both|is"
    r"|was|were|are) )*"
)
_MOVED = re.compile(
    rf"{_WHO} {_LATELY}(?:moved|relocated|emigrated)(?: (?:back|over|out|away|on|house|home|from|with) ?)*"
    r".*?\b(?:to|into|in) (?P<place>(?-i:[A-ZÀ-Þ]).*)$",
    re.IGNORECASE,
)
_GIVEN_UP = re.compile(
    rf"(?:The user|They) (?:and [\w' ]+? )?{_LATELY}(?:"
    r"(?:sold|rehomed|scrapped|donated|got rid of|gave away|gave up|traded in) (?P<what>[^,.]+)"
    r"|(?:sell|rehome|scrap|get rid of|give up|give away) (?P<must>[^,.]+)"
    r"|(?:gave|give) (?P<gave>[^,.]+?) (?:away|up for adoption|up)(?P<how>\b[^,.]*))",
    re.IGNORECASE,
)
_WAS_GIVEN_UP = re.compile(
    rf"{_WHO} {_LATELY}(?:been )?(?:sold|rehomed|given away|scrapped)\b(?P<how>.*)", re.IGNORECASE
)
_FOR_A_WHILE = re.compile(
    r"\b(?:to (?:be|get|have|see|stay|sleep|go)|for (?:an?|the|one|two|some|three|now)"
    r"|until|till|while|temporarily)\b",
    re.IGNORECASE,
)
_DIED = re.compile(
    rf"{_WHO} {_LATELY}(?:died|dead|passed (?:away|on)|passed(?= last| yesterday|\.|$)|put (?:down|to sleep)"
    r"|be put (?:down|to sleep))\b(?! of (?:laugh|bored|embarr|shame)| laugh| inside)",
    re.IGNORECASE,
)
_PARTED = re.compile(
    rf"(?:The user and (?P<with>[\w' -]+?)|(?P<both>[\w'-]+) and the user) {_LATELY}(?:split up"
    rf"|broke up|separated"
    r"|broken up|divorced|got divorced|get(?:ting)? divorced|no longer together|not together)\b"
    rf"|The user {_LATELY}(?:broke up with|broken up with|split up with|split from|divorced|dumped"
    rf"|left|separated"
    r" from|no longer (?:with|together with|dating|married to)|dumped by|left by)"
    r" (?P<whom>their (?:partner|boyfriend|girlfriend|husband|wife|fiancée?)(?: [\w'-]+)?"
    r"|(?-i:[A-ZÀ-Þ])[\w'-]+)"
    r"(?=[.,]| (?:last|yesterday|today|because|after|\w+ ago)\b|$)"
    rf"|(?P<one>(?-i:[A-ZÀ-Þ])[\w'-]+|The user's (?:partner|boyfriend|girlfriend|husband|wife|fiancée?))"
    rf" {_LATELY}(?:left|dumped|broke up with|divorced) the user\b",
    re.IGNORECASE,
)
_JOB = (
    r"(?:their |the |a )(?:[\w'-]+ ){0,3}?(?:jobs?|position|post|role|career)(?! offer| title)"
    r"(?: (?:at|as|in|with) .*)?"
)
_STOPPED_WORKING = re.compile(
    rf"{_WHO} {_LATELY}(?:(?:quit|left|lost|resigned from|gave up|quits|leaves) (?P<job>{_JOB})"
    r"|(?:quit|left|resigned from|resigned at|laid off (?:from|by|at)|fired (?:from|by)|let go (?:from|by)"
    r"|sacked (?:from|by)|dismissed (?:from|by)|laid off from) (?P<employer>(?:the )?(?-i:[A-ZÀ-Þ])[^,.]*)"
    r"|(?:got |been |made )*(?P<dismissed>fired|sacked|laid off|let go|dismissed|redundant)"
    r"(?: from (?:their |his |her |the )(?:[\w'-]+ )?(?:job|post|position))?"
    r"|(?:handed in|gave in|gave) (?:their|his|her|my) notice(?! (?:on|to|for) (?:the|their|my|our|an?)\b)"
    r"(?: at (?P<notice>(?:the )?(?-i:[A-ZÀ-Þ])[^,.]*))?"
    r"|(?:got|been given|given) the (?P<sack>sack|boot)"
    r"|(?:left|quit|retired from) (?P<service>the (?:royal )?(?:army|navy|air force|military|marines|police"
    r"(?: force)?|nhs|civil service|fire (?:brigade|service)))"
    r"|(?P<stopped>retired|resigned|stopped working(?: at (?P<no_more_at>(?:the )?(?-i:[A-ZÀ-Þ])[^,.]*))?))"
    r"(?=[.,]| (?:last|in|on|yesterday|today|because|after|a|two|this|and)\b|$)",
    re.IGNORECASE,
)
_NEW_JOB = re.compile(
    rf"{_WHO} {_LATELY}(?:got|found|started|landed|begun|began|starting|has|have)"
    r" (?:an? |their |his |her )(?:(?:brand|completely|very) )?new job(?! offer| title| interview)\b",
    re.IGNORECASE,
)
_ILL = (
    r"(?P<ill>(?:[\w-]+ ){0,2}?(?:cancer|leuka?emia|lymphoma|melanoma|tumou?r|covid|corona|flu|pneumonia"
    r"|measles|malaria|sepsis|hepatitis|tuberculosis|shingles|bronchitis|appendicitis|meningitis|anorexia"
    r"|bulimia|depression|burnout))"
)
_RECOVERED = re.compile(
    rf"{_WHO} {_LATELY}(?:(?:no longer has|no longer have|free (?:of|from)|recovered from|beat|beaten"
    rf"|got over|over|cured of|clear of|fought off) (?:the |his |her |their )?{_ILL}"
    r"|(?P<cancer>cancer)[ -]free|(?P<remission>in (?:full |complete )?remission|in the clear)"
    r"|(?P<clear>(?:got|given|been given|had) the all[ -]clear))"
    r"(?=[.,!]| (?:last|since|in|on|now|yesterday|today|after|again|for)\b|$)",
    re.IGNORECASE,
)
_HAS_ILLNESS = re.compile(
    r"(?:(?:also|still|now|currently) )*(?:has|have|suffers from|is (?:ill with|sick with|down with|fighting"
    r"|battling"
    r"|being treated for|in treatment for|having treatment for))(?: got)? (?P<what>[^.,]+)",
    re.IGNORECASE,
)
_NO_LONGER_DOES = re.compile(
    rf"{_WHO} (?:no longer (?P<verb>[a-z]+s)|{_LATELY}(?:stopped|quit|gave up) (?P<doing>[a-z]+ing))"
    r"(?=[.,]| (?:last|in \d|yesterday|today|because|after)\b|$)",
    re.IGNORECASE,
)
_WORKS_AS = re.compile(
    r"(?:(?:also|still|now|currently) )*(?:works as|is) an? (?:[\w-]+ ){0,3}?(?P<job>[\w-]+?)(?:er|or)"
    r"(?=[.,]| (?:at|in|for|with)\b|$)",
    re.IGNORECASE,
)
_AGED = re.compile(
    r"(?:is (?P<years>\d{1,3}) years old|turn(?:s|ed) (?P<turns>\d{1,3})(?= today|\.?$| yesterday| last))\b",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r" (?:last|on|yesterday|today|because|after|two|this|in (?-i:[A-Z])\w+day|in \d{4}|a (?:week|month|year)"
    r"|(?:in (?:january|february|march|april|may|june|july|august|september|october|november|december)))\b.*",
    re.IGNORECASE,
)
_LIVES = re.compile(
    r"(?:still |now |also )*(?:lives?|is (?:living|based)|resides?|stays) (?:(?:together|alone"
    r"|with [\w' ]+?) )?"
    r"(?P<where>(?:in|at|near|on|outside|with)\b.*)$",
    re.IGNORECASE,
)
_HAS = re.compile(
    r"(?:also |still )*(?:has|owns|keeps|drives|rides)(?: got)? (?:an? |the |their )?(?P<what>[^.,]+)",
    re.IGNORECASE,
)
_IS_STILL = re.compile(
    r"(?:(?:also|still|now|currently) )*(?:lives?|works?|studies|has|is \d+ years old"
    r"|is (?:an? )?[\w-]+ months old"
    r"|plays|goes|attends|teaches|runs)\b",
    re.IGNORECASE,
)
_IS_CALLED = re.compile(r"(?:is (?:called|named)|'s name is) (?P<name>[^.,]+)", re.IGNORECASE)
_WORKS = re.compile(
    r"(?:(?:also|still|now|currently) )*(?:works?|is (?:an? |employed|working|the )|has (?:an? "
    r"|the )?[\w' -]*\bjob)",
    re.IGNORECASE,
)
_PARTNERS = frozenset("boyfriend girlfriend partner husband wife fiancé fiancée fiance".split())
_TIES = re.compile(
    r"The user (?:is (?:dating|seeing|married to|engaged to|in a relationship with|together with)"
    r"|lives with|has an? (?:boyfriend|girlfriend|partner|husband|wife|fiancée?))\b",
    re.IGNORECASE,
)
_TIED = re.compile(r"The user is (?:married|engaged|in a relationship|dating)\b", re.IGNORECASE)
_PETS = frozenset(
    "dog cat puppy kitten rabbit bunny hamster parrot budgie bird horse pony tortoise turtle fish goldfish "
    "guinea-pig guinea pig rat mouse gerbil ferret lizard gecko snake hen chicken goat greyhound "
    "spaniel".split()
)
_DEPARTMENTS = frozenset("marketing sales finance accounting engineering hr it legal team".split())
_VEHICLES = frozenset("car van truck motorbike bike motorcycle scooter".split())
# What was so before the fact was told is no end to it.
_LONG_AGO = re.compile(
    r"\b(?:years ago|when (?:he|she|they|the user) (?:was|were)|as an? (?:child|kid|teenager)"
    r"|back then|used to"
    r"|at the age of|before)\b(?<!died)|(?<!died )\bin (?:19|20)\d\d\b",
    re.IGNORECASE,
)
_ONLY_ONE = re.compile(
    r"\b(?:one|some|two|half|part|most|several) of\b|\b(?:old|other|spare)\b|^(?:an?|some)\b",
    re.IGNORECASE,
)


def ends(
    sentence: str,
    fact: str,
    attribute: str | None = None,
    known: Acquaintances | None = None,
) -> bool:
    """Whether what a sentence tells has put an end to what a fact says. `attribute` is the fact's, `known`
    are the user's people and animals."""
    if sentence == fact or not is_ending(sentence) or is_negated(fact) or is_ending(fact):
        return False
    people = known or Acquaintances({})
    return any(
        ending(found, fact, attribute, people)
        for pattern, ending in _ENDINGS
        if (found := pattern.match(sentence))
    )


def is_ending(sentence: str) -> bool:
    """Whether a sentence tells that something has come to an end, or become something else."""
    return not _LONG_AGO.search(sentence) and any(
        pattern.match(sentence) for pattern, _ in _ENDINGS
    )


def tells_age(sentence: str) -> bool:
    """Whether a sentence says how old somebody is."""
    return bool(_AGED.match(_split(sentence)[1]))


def _years(found: re.Match[str]) -> int:
    return int(found["years"] or found["turns"])


def is_older_age(sentence: str, fact: str, known: Acquaintances | None = None) -> bool:
    """Whether a fact is the age that somebody had before that of the sentence, whatever they are called."""
    (one, is_now), (other, was) = _split(sentence), _split(fact)
    now, then = _AGED.match(is_now), _AGED.match(was)
    if not now or not then or _years(now) <= _years(then):
        return False
    return one.is_same(other, known or Acquaintances({}))


_Ending = Callable[[re.Match[str], str, str | None, Acquaintances], bool]


@dataclass(frozen=True, slots=True)
class _Somebody:
    """Who a sentence is about: the user, or somebody of theirs by name, by what they are to them, or both."""

    user: bool = False
    kin: str = ""
    name: str = ""

    @classmethod
    def of(cls, who: str) -> "_Somebody":
        if who.lower() == "the user":
            return cls(user=True)
        if not who.lower().startswith("the user's "):
            return cls(name=who.lower())
        *kin, last = who.split()[2:]
        if kin and last[0].isupper():
            return cls(kin=plain_kin(" ".join(kin)), name=last.lower())
        return cls(kin=plain_kin(" ".join([*kin, last])))

    def is_same(self, other: "_Somebody", known: Acquaintances) -> bool:
        if self.user or other.user:
            return self.user and other.user
        if self.name and other.name:
            both = bool(self.kin and other.kin)
            if self.name != other.name or (self.name in known.unclear and not both):
                return False
            return not both or self.kin == other.kin
        kin, its = (each.kin or known.kin_of.get(each.name, "") for each in (self, other))
        return bool(kin) and kin == its and len(known.named(kin)) <= 1


def _split(fact: str) -> tuple[_Somebody, str]:
    """Who a fact is about, and the rest of it."""
    plain = fact.strip().rstrip(".")
    if plain.lower().startswith("the user's "):
        said = plain.split()[2:]
        for place, word in enumerate(said[:4]):
            rest = " ".join(said[place + 1 :])
            if word[0].isupper() or _begins_to_tell(rest):
                return _Somebody.of(f"The user's {' '.join(said[: place + 1])}"), rest
        return _Somebody(), plain
    if plain.lower().startswith("the user "):
        return _Somebody(user=True), plain[len("the user ") :]
    name, _, rest = plain.partition(" ")
    return (_Somebody(name=name.lower()), rest) if name[:1].isupper() else (_Somebody(), plain)


def _names_in(text: str) -> set[str]:
    """Its capitalised words, in small letters."""
    return {word.lower() for word in words(text) if word[0].isupper()}


def _begins_to_tell(rest: str) -> bool:
    return any(pattern.match(rest) for pattern in (_LIVES, _HAS, _IS_STILL, _IS_CALLED, _WORKS))


def _moved(found: re.Match[str], fact: str, attribute: str | None, known: Acquaintances) -> bool:
    """Of the user's people alone: where they live themselves is one attribute."""
    whose, rest = _split(fact)
    lives = _LIVES.match(rest)
    if lives is None or whose.user or not _Somebody.of(found["who"]).is_same(whose, known):
        return False
    place = _names_in(_WHEN.sub("", found["place"]))
    there = {word.lower() for word in words(lives["where"])}
    return bool(place) and not place & (there | _DEPARTMENTS)


def _given_up(found: re.Match[str], fact: str, attribute: str | None, known: Acquaintances) -> bool:
    parts = found.groupdict()
    what = parts.get("what") or parts.get("must") or parts.get("gave") or parts.get("who") or ""
    if _FOR_A_WHILE.search(f"{what} {parts.get('how') or ''}") or _ONLY_ONE.search(what):
        return False
    what = re.split(r" (?:to|for|in|at|because|since|when|so)\b", _WHEN.sub("", what))[0]
    return _is_of_thing(re.sub(r"^(?:their|the|The user's) ", "", what), fact, known)


def _is_of_thing(what: str, fact: str, known: Acquaintances) -> bool:
    """Whether a fact says that the user has this, by its name or by what it is."""
    named = _names_in(what)
    kinds = [word for word in content_words(what) if word not in named]
    whose, rest = _split(fact)
    if whose.user:
        had = _HAS.match(rest)
        if had is None:
            return False
        thing, *_ = re.split(r" (?:called|named|in|from|with|that|which|who)\b", had["what"])
        called = _names_in(had["what"])
        if named and called:
            return bool(named & called)
        if named:
            return False
        if kinds[-1:] == content_words(thing)[-1:] and set(kinds) <= set(content_words(thing)):
            return True
        return rest.lower().startswith("drives") and bool(_VEHICLES & set(words(what.lower())))
    if not (called_so := _IS_CALLED.match(rest)):
        return False
    its_name = {word.lower() for word in words(called_so["name"])}
    if named:
        return bool(named & its_name) and (whose.kin in _PETS or not _is_person(whose.kin))
    return bool(kinds) and content_words(whose.kin)[-1:] == kinds[-1:] and not _is_person(whose.kin)


_PEOPLE = _PARTNERS | frozenset(
    "mother father sister brother son daughter child baby friend cousin aunt uncle niece nephew boss "
    "grandmother grandfather colleague neighbour neighbor flatmate roommate landlord teacher".split()
)


def _is_person(kin: str) -> bool:
    return bool(_PEOPLE & set(kin.split()))


def _died(found: re.Match[str], fact: str, attribute: str | None, known: Acquaintances) -> bool:
    gone = _Somebody.of(found["who"])
    if gone.user:
        return False
    whose, rest = _split(fact)
    if whose.user:
        had = _HAS.match(rest)
        kin = gone.kin or known.kin_of.get(gone.name, "")
        if had is None:
            return False
        called = _names_in(had["what"])
        if called or gone.name in had["what"].lower().split():
            return gone.name in called
        thing = had["what"].lower()
        is_known = kin in _PETS or _is_person(kin)
        return is_known and thing == kin and len(known.named(kin)) <= 1
    if not gone.is_same(whose, known):
        return False
    if called_so := _IS_CALLED.match(rest):
        return whose.kin in _PETS and called_so["name"].lower() == (
            gone.name or called_so["name"].lower()
        )
    return bool(_IS_STILL.match(rest))


def _parted(found: re.Match[str], fact: str, attribute: str | None, known: Acquaintances) -> bool:
    other = next(filter(None, (found[each] for each in ("with", "both", "whom", "one"))), "")
    by_name = [word.lower() for word in words(other) if word[0].isupper() and word != "The"]
    whose, rest = _split(fact)
    if by_name and not _may_be_partner(by_name[-1], known):
        return False
    if whose.user:
        if not (_TIES.match(fact) or _TIED.match(fact)):
            return False
        if rest.lower().startswith("lives with"):
            named = {word.lower() for word in words(rest)}
            return bool(_PARTNERS & named) or bool(by_name and by_name[-1] in named)
        named = _names_in(rest)
        return not named or not by_name or by_name[-1] in named
    called_so = _IS_CALLED.match(rest)
    if whose.kin not in _PARTNERS or called_so is None:
        return False
    return not by_name or by_name[-1] in {word.lower() for word in words(called_so["name"])}


def _may_be_partner(name: str, known: Acquaintances) -> bool:
    kin = known.kin_of.get(name)
    return kin is None or kin in _PARTNERS


def _stopped_working(
    found: re.Match[str], fact: str, attribute: str | None, known: Acquaintances
) -> bool:
    whose, rest = _split(fact)
    if not _Somebody.of(found["who"]).is_same(whose, known):
        return False
    if service := found["service"]:
        named = service.lower().removeprefix("the ").removesuffix(" force")
        serves = re.match(
            r"(?:is|serves|works?|served|is serving) (?:in|with|for|as|an?)\b", rest, re.I
        )
        return serves is not None and named in rest.lower()
    if not _WORKS.match(rest):
        return False
    is_job = attribute is not None and attribute.split(".")[-1] in ("job", "employer")
    if not is_job and not re.match(r"(?:(?:also|still|now|currently) )*works?\b", rest, re.I):
        return False
    if employer := found["employer"] or found["notice"] or found["no_more_at"]:
        named = _names_in(_WHEN.sub("", employer))
        at = re.search(r"\b(?:at|for|in|by)\b.*", rest)
        return bool(named) and at is not None and named <= {word.lower() for word in words(at[0])}
    job = _WHEN.sub("", found["job"] or "")
    told = [
        stem
        for stem in content_words(job)
        if stem not in ("job", "work", "position", "post", "role", "career", "old", "day", "new")
    ]
    return not told or bool(set(told) & set(content_words(rest)))


def _new_job(found: re.Match[str], fact: str, attribute: str | None, known: Acquaintances) -> bool:
    """Where they worked, and not as what: who changes jobs often goes on in their trade."""
    whose, _ = _split(fact)
    return (
        attribute is not None
        and attribute.split(".")[-1] == "employer"
        and _Somebody.of(found["who"]).is_same(whose, known)
    )


def _recovered(
    found: re.Match[str], fact: str, attribute: str | None, known: Acquaintances
) -> bool:
    whose, rest = _split(fact)
    has = _HAS_ILLNESS.match(rest)
    if has is None or not _Somebody.of(found["who"]).is_same(whose, known):
        return False
    over = set(content_words(found["ill"] or "cancer"))
    if found["remission"] and set(content_words("leukaemia leukemia lymphoma")) & set(
        content_words(has["what"])
    ):
        return True
    return over <= set(content_words(has["what"]))


def _no_longer_does(
    found: re.Match[str], fact: str, attribute: str | None, known: Acquaintances
) -> bool:
    """Who no longer teaches isn't a teacher."""
    whose, rest = _split(fact)
    works_as = _WORKS_AS.match(rest)
    if works_as is None or not _Somebody.of(found["who"]).is_same(whose, known):
        return False
    [*_, done] = content_words(found["verb"] or found["doing"]) or [""]
    return bool(done) and content_words(works_as["job"]) == [done]


_ENDINGS: tuple[tuple[re.Pattern[str], _Ending], ...] = (
    (_MOVED, _moved),
    (_GIVEN_UP, _given_up),
    (_WAS_GIVEN_UP, _given_up),
    (_DIED, _died),
    (_PARTED, _parted),
    (_STOPPED_WORKING, _stopped_working),
    (_NEW_JOB, _new_job),
    (_RECOVERED, _recovered),
    (_NO_LONGER_DOES, _no_longer_does),
)
