"""What the user says isn't so, or takes back: "I don't have a dog, I was joking", "I lied about my job".

Denials are found in any words, since they count only against a fact that is known (see
`Candidate.denial`): "I don't care" contradicts nothing. "That was a lie" takes back what the user said just
before, if that says something; else it can't be told what is meant, and nothing is taken back.
"""

import re
from collections.abc import Iterator

from backend.adapters.llm.offline import guards
from backend.adapters.llm.offline.lexicon import KIN, PETS, alternatives
from backend.adapters.llm.offline.openings import strip_openings
from backend.adapters.llm.offline.sentences import spell_out, split_sentences, tidy

LONGEST = 10  # words of what is denied
_IN_TRUTH = r"(?:really |actually |honestly |even |ever |in fact |currently )*"
_NOT_SO = re.compile(
    rf"(?:I|we) {_IN_TRUTH}(?:(?P<verb>do|did|am|are|was|were|have|can) not|(?P<never>(?:have )?never)"
    rf"|(?P<no>have (?:got )?no)) {_IN_TRUTH}(?P<rest>.+)"
    rf"|my (?P<mine>[\w'-]+(?: [\w'-]+){{0,3}}?) (?P<is>is|are|was|were|does|did|has) not "
    rf"{_IN_TRUTH}(?P<its>.+)",
    re.IGNORECASE,
)
_KIN = alternatives(KIN | PETS)
_THEY_ARE_NOT = re.compile(
    rf"(?P<who>(?!(?:I|we|it|you|this|that|there|what|who|which|my|our|the)\b)[^\W\d_][\w'’-]*)"
    rf" (?P<is>is|was|does|did|has) not {_IN_TRUTH}(?P<rest>.+)",
    re.IGNORECASE,
)
_MY_KIN = re.compile(rf"(?:my|our) (?P<kin>{_KIN})$", re.IGNORECASE)
_PRONOUNS = frozenset(("he", "she", "they"))
# "I don't think so": what nobody has told before.
_NO_FACT = re.compile(
    r"(?:know|think|want|mind|care|remember|believe|understand|see|mean|feel|need|get|guess|say|tell|agree"
    r"|sure|expect|wish|hope|recall|worry|talk|speak|mention|bother|recommend|suppose)\b",
    re.IGNORECASE,
)
# "A brother who'd listen" is one of many brothers.
_NARROWED = re.compile(
    r"\b(?:never had|have never had|(?:do|did) not have|have no|have not got)"
    r" (?:(?:an?|any|the) )?[\w'-]+(?: [\w'-]+)? (?:who|that|which|whose|to)\b",
    re.I,
)
_LACKS = re.compile(
    r"The user (?:(?:has )?never had|(?:does not|doesn't|did not|didn't) have|has no)\b", re.I
)
_THIRD = {"do": "does", "am": "is", "are": "is", "were": "was", "have": "has"}
_PARTS = re.compile(
    r"[,;]\s+|\s+[-–—]\s+|\s+(?:and|but|so|because)\s+(?=(?:I|my|we|that|it)\b)", re.I
)
_AT_THE_END = re.compile(
    r"[\s,]+(?:any ?more|actually|at all|really|though|in fact|either|lol|haha|after all|honestly|sorry)$",
    re.I,
)
# A look at the words, before sentences are taken apart.
MAY_DENY = re.compile(
    r"\b(?:do|does|did|is|are|was|were|have|has|had|ca)n['’]?t\b|\b(?:not|never|no|lie|lied|lying"
    r"|lies|joke|jokes|joking|kidding|false|true|untrue|nonsense|teasing|pulling|winding|having|pranking"
    r"|fibbing|bluffing|piss|mickey|rubbish|bullshit|bs|crap|garbage|bollocks|fiction|invention"
    r"|testing|messing|invented|made|making|up)\b",
    re.IGNORECASE,
)
RUBBISH = (
    r"(?:not (?:really |actually |even |at all )?(?:true|real|so)|untrue|false"
    r"|(?:(?:an?|all|just|only|complete|total|utter|absolute|pure|one big|big|such) )*(?:lies?"
    r"|jokes?|nonsense"
    r"|rubbish|bullshit|bs|crap|garbage|bollocks|made up|invented|fiction|invention))"
)
LIED = (
    r"(?:lied|made (?:that|it|this|all that|it all) up|invented that"
    r"|(?:was|am) (?:just |only )?(?:lying|joking|kidding|teasing(?: you)?|pulling your leg|testing you"
    r"|messing(?: with you| about| around)?|winding you up|having you on|pranking you|fibbing|bluffing"
    r"|taking the (?:piss|mick(?:ey)?)))"
)
_CONFESSION = re.compile(
    r"(?:(?:all )?(?:that|it|this|what I said)(?: just now)? (?:was|is) (?:all |just |only |actually )?"
    r"(?:an? )?(?:lies?|joke|not true|untrue|false|made up|nonsense|invented|rubbish|bullshit)"
    rf"|I (?:just |only )?{LIED}"
    r"|(?:that|it) is not true|not true|none of (?:that|it|this) (?:is|was) true|just kidding|only messing)"
    r"(?:,? about (?P<whose>my |our |the |that |having (?:an? )?)?(?P<topic>[\w' -]{2,40}))?"
    r"|I (?:just |only )?(?:made up|invented) (?P<mine>my |our |the |that "
    r"|(?-i:(?=[A-Z])))(?P<thing>[\w' -]{2,40})"
    r"|I (?:just |only )?made (?P<its>my |our |the |that |(?-i:(?=[A-Z])))(?P<name>[\w' -]{2,40}) up"
    r"|(?:(?:everything|all|all that|whatever|anything|what|none of what) (?:that )?I (?:have "
    r"|had )?(?:just )?"
    r"(?:said|told you|mentioned|claimed|wrote)(?: to you)?"
    r"|(?:all )?(?:my|the|that|this|all that|all the)(?: whole| entire)? (?:thing|bit|part|stuff"
    r"|story|stories"
    r"|business)(?P<i_said> (?:that )?I (?:have )?(?:told you|said|mentioned))?)"
    r" about (?P<of_whose>my |our |the |that |me (?=\w+ing\b)|having (?:an? )?)?(?P<of_what>[\w' -]{2,50}?)"
    rf" (?:is|was|are|were) (?:{RUBBISH}|(?P<none>true))",
    re.I,
)
_I_SAID = (
    r"(?:(?:of )?(?:that |what )?)?I(?: have| had)? (?:ever |just )?(?:said|told you|say|tell you)"
    r"(?: (?:so far|about (?:me|myself)|up to now|until now|before|here|today|yesterday|to you))*"
)
_EVERYTHING = re.compile(
    rf"(?:(?:literally|absolutely|pretty much|almost) )?(?:everything|all"
    rf"|every word) {_I_SAID} (?:is|was) {RUBBISH}"
    rf"|(?:nothing|none|not a word|no word) {_I_SAID} (?:is|was) true"
    r"|I (?:have )?(?:lied|been lying) (?:to you )?about everything"
    rf"|I (?:have )?(?:made everything up|made up everything|been making everything up)(?: {_I_SAID})?",
    re.I,
)
_ALL_I_SAID = re.compile(
    rf"(?:(?:literally|absolutely) )?(?:everything|all|every word) {_I_SAID}", re.I
)
_OTHERS_STORY = re.compile(r"(?:the|that|this)\b", re.I)
_OF_THEIRS = re.compile(r"(?:being|having|[a-z]{2,}ing|where I|how old I|what I)\b", re.I)
# What is said before a confession without saying anything that could be a lie.
_BEFORE_CONFESSING = re.compile(
    r"(?:I (?:feel|have (?:to|a)\b|need to|should|must|want to|wanted to|owe|am (?:(?:so|very"
    r"|really) )?(?:sorry|afraid"
    r"|ashamed|embarrassed)|(?:should not|must not) (?:have )?(?:lied|lie|said)|(?:did"
    r"|do) not (?:mean|know why)"
    r"|can not (?:keep|lie|believe)|apologi[sz]e|confess|admit)|(?:you|do not) |there is something"
    r"|remember|about (?:that|before)|(?:as|like) I said)",
    re.I,
)
_MEANS_ALL = re.compile(
    r"(?:all )?(?:that|it|this|all|everything)(?: all)?(?: up)?|all of (?:it|that|this)", re.I
)
_ABOUT = re.compile(r",\s+(?=about (?:my|our|the|that|having)\b)", re.I)
_OF_A_TOPIC = re.compile(r" (?:thing|bit|part|stuff|story)$", re.I)
_NOT_TRUE_OF = re.compile(r"What the user said about (?:their |the )?(?P<topic>.+) is not true\.")
# What the offline companion asks where "that was a lie" can mean anything.
WHICH_OF_IT = "Which of it"
_THE_PART = re.compile(
    r"(?:oh|just|only|well)?,? ?(?:the (?:part|bit|thing|one) |what )?"
    r"(?:(?:where |that )?I said |(?:that|about|with) )+",
    re.I,
)
_NAMED = re.compile(
    r"(?:oh|just|only|well)?,? ?(?:(?:the|my|our) )?"
    r"(?P<named>(?!(?:I|we|you|he|she|they|never|nothing|none|forget|all|no|nvm|whatever|it|that"
    r"|this|everything|both)\b)"
    r"[\w'-]+(?: (?!(?:I|we|you|is|am|are|was|were)\b)[\w'-]+){0,2})",
    re.I,
)
SAYS_NOTHING = re.compile(
    r"(?:you|thanks?|thank you|ok|okay|sure|hi|hey|hello|yes|yeah|no|nope|well|please|bye"
    r"|good (?:night|morning))\b",
    re.I,
)
FEWEST_WORDS = 3  # of what can be taken back


def find_denials(
    message: str, *, spoken_of: str = "", name: str = "", by_name: bool = False
) -> list[str]:
    """What a message says isn't so, in the third person: "The user does not have a dog." `spoken_of` is who
    "he" or "she" is, as "The user's brother", and `name` what they are called; with `by_name`, also what
    isn't so of whom the message names, whoever that is."""
    if not MAY_DENY.search(message):
        return []
    if guards.is_injection(message) or guards.is_lyrics(message) or guards.is_specimen(message):
        return []
    found = [
        _denied(part) or _denied_of_another(part, "" if place else spoken_of, name, by_name=by_name)
        for place, part in enumerate(own_parts(message))
    ]
    return [sentence for sentence in found if sentence]


def stated_parts(message: str, *, with_any_more: bool = False) -> list[str]:
    """The clauses of a message that state something of life, without what people say first."""
    if guards.is_injection(message) or guards.is_lyrics(message) or guards.is_specimen(message):
        return []
    parts = own_parts(message, with_any_more=with_any_more)
    return [part for part in parts if not guards.is_unreal(part)]


def takes_all_back(message: str) -> bool:
    """Whether a message says, without saying what is so, that what came before it was a lie or a joke. After
    "my boss promised a raise", in the same message, a lie is the boss's."""
    if not MAY_DENY.search(message) or takes_everything_back(message):
        return False
    parts = list(_clauses(message))
    confessed = [
        place
        for place, (part, _) in enumerate(parts)
        if (found := _CONFESSION.fullmatch(part)) and not found["of_what"]
    ]
    own = [part for part, is_own in parts if is_own]
    denied = any(_NOT_SO.fullmatch(part) and not _CONFESSION.fullmatch(part) for part in own)
    if not confessed or denied or any(_says_before(*each) for each in parts[: confessed[0]]):
        return False
    return not any((found := _CONFESSION.fullmatch(part)) and _topic(found) for part in own)


def takes_everything_back(message: str) -> bool:
    """Whether a message says that nothing the user ever told was true: what to do about that is asked."""
    parts = own_parts(message)
    confessed = any(_CONFESSION.fullmatch(part) for part in parts)
    return any(
        _EVERYTHING.fullmatch(part) or (confessed and _ALL_I_SAID.fullmatch(part)) for part in parts
    )


def takes_back_a_topic(message: str) -> bool:
    """Whether a message says what it is that was a lie or a joke: "just kidding about the twins"."""
    return any(_topic_of(part) for part in own_parts(message))


def _topic_of(part: str) -> str:
    found = _CONFESSION.fullmatch(part)
    return _topic(found) if found else ""


def _says_before(part: str, is_own: bool) -> bool:
    """Whether what stands before a confession is what that can mean."""
    if not is_own:
        return True
    return (
        len(part.split()) >= FEWEST_WORDS
        and not _BEFORE_CONFESSING.match(part)
        and not SAYS_NOTHING.match(part)
    )


def states_something(message: str) -> bool:
    """Whether a message says anything that could be a lie: a question or a greeting doesn't."""
    return any(
        len(part.split()) >= FEWEST_WORDS
        and guards.statement_part(part, question=False)
        and not SAYS_NOTHING.match(part)
        and not _CONFESSION.fullmatch(part)
        for part in own_parts(message)
    )


def named_in_answer(asked: str, answer: str) -> str:
    """What the answer to "which of it?" names: "the horses", "that I have two horses"; "" where that wasn't
    asked, or the answer says something else."""
    plain = answer.strip(" .!")
    if WHICH_OF_IT not in asked or len(plain.split()) > LONGEST or "?" in answer:
        return ""
    if found := _THE_PART.match(plain):
        named = re.sub(r"^(?:the|my|our) ", "", plain[found.end() :], flags=re.I)
    else:
        whole = _NAMED.fullmatch(plain)
        named = whole["named"] if whole else ""
    return "" if _MEANS_ALL.fullmatch(named) or SAYS_NOTHING.match(named) else named


def narrows(message: str) -> bool:
    """Whether a message lacks only one of a kind: "I never had a brother who'd listen"."""
    return bool(_NARROWED.search(spell_out(message)))


def lacks(content: str) -> bool:
    """Whether a fact is that the user has, or had, no such thing."""
    return bool(_LACKS.match(content))


def not_true_of(topic: str) -> str:
    """What was said about something denied, whatever that was."""
    return f"What the user said about {topic} is not true."


def topic_not_true(denial: str) -> str:
    """What `not_true_of` denies, without whose it is; "" of another denial."""
    found = _NOT_TRUE_OF.fullmatch(denial)
    return found["topic"] if found else ""


def _topic(confession: re.Match[str]) -> str:
    """What was a lie, as the user's: "their dog"; "" where that isn't said."""
    found = confession.groupdict()
    topic = found["topic"] or found["thing"] or found["name"] or found["of_what"] or ""
    said = confession.group(0)
    if _MEANS_ALL.fullmatch(topic) or topic.lower() in ("me", "myself"):
        return ""
    owned = found["whose"] or found["mine"] or found["its"] or found["of_whose"]
    if found["of_what"]:
        if bool(found["none"]) != said.lower().startswith("none"):
            return ""  # "what I told you about Bonn is true"
        is_others = _OTHERS_STORY.match(said) and not found["i_said"]
        if (
            is_others
            and not (owned and owned.lower() not in ("the ", "that "))
            and not _OF_THEIRS.match(topic)
        ):
            return ""  # "the thing about Brexit"
        if owned and owned.lower() == "me ":
            owned = ""
    whose = "their " if owned else ""
    topic = re.sub(r"\bI\b", "they", re.sub(r"\b(?:my|our)\b", "their", topic, flags=re.I))
    topic = re.sub(r"\bthey am\b", "they are", topic)
    return topic and whose + _OF_A_TOPIC.sub("", topic)


def untrue(content: str) -> str:
    """A fact denied: "It is not true that the user's dog is called Biscuit." """
    lowered = re.sub(r"^The user\b", "the user", content)
    return f"It is not true that {lowered}"


def own_parts(message: str, *, with_any_more: bool = False) -> list[str]:
    """The clauses of a message that state something, without what people say first."""
    clauses = _clauses(message, with_any_more=with_any_more)
    return [part for part, is_own in clauses if is_own]


def _clauses(message: str, *, with_any_more: bool = False) -> Iterator[tuple[str, bool]]:
    """Clauses, and whether each is in the user's own words: "she said …" isn't."""
    for sentence in split_sentences(guards.without_quotations(tidy(_ABOUT.sub(" ", message)))):
        if sentence.question or guards.supposes(sentence.text):
            continue
        for clause in _PARTS.split(spell_out(sentence.text)):
            plain = strip_openings(clause.strip(" .!")).strip(" .!")
            while plain != (shorter := _AT_THE_END.sub("", plain)):
                if with_any_more and re.search(r"any ?more$", plain, re.I):
                    break
                plain = shorter
            if plain:
                told_by_user = bool(_CONFESSION.fullmatch(plain))
                yield plain, told_by_user or guards.own_words(plain) == plain


def _denied_of_another(part: str, spoken_of: str, name: str, *, by_name: bool) -> str | None:
    """ "Neil doesn't live in Dubai", "Ivy is not my daughter"; "he" is whom the talk was of."""
    found = _THEY_ARE_NOT.fullmatch(part)
    if not found or len(found["rest"].split()) > LONGEST or guards.certain_part(part) != part:
        return None
    if guards.is_unreal(part) or _NO_FACT.match(found["rest"]):
        return None
    is_pronoun = found["who"].lower() in _PRONOUNS
    if kin := _MY_KIN.match(found["rest"]):
        who = name if is_pronoun else found["who"]
        what = (KIN | PETS).get(kin["kin"].lower(), kin["kin"].lower())
        return f"{who[:1].upper()}{who[1:]} is not the user's {what}." if who else None
    who = spoken_of if is_pronoun else found["who"] if by_name else ""
    if not who or not who[0].isupper():
        return None
    rest = re.sub(r"\b(?:my|our)\b", "their", found["rest"], flags=re.I)
    return f"{who} {found['is'].lower()} not {rest}."


def _denied(part: str) -> str | None:
    if confession := _CONFESSION.fullmatch(part):
        topic = _topic(confession)
        return not_true_of(topic) if topic else None
    found = _NOT_SO.fullmatch(part)
    rest = (found["rest"] or found["its"]) if found else ""
    if not found or len(rest.split()) > LONGEST or guards.certain_part(part) != part:
        return None
    if guards.is_unreal(part) or _NO_FACT.match(rest):
        return None
    rest = re.sub(r"\b(?:my|our)\b", "their", rest, flags=re.I)
    if found["mine"]:
        return f"The user's {found['mine']} {found['is'].lower()} not {rest}."
    if found["never"]:
        return f"The user never {rest}."
    if found["no"]:
        return f"The user has no {rest}."
    if found["verb"].lower() == "have" and rest.startswith("got "):
        return f"The user does not have {rest.removeprefix('got ')}."
    verb = found["verb"].lower()
    return f"The user {_THIRD.get(verb, verb)} not {rest}."
