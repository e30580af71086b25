"""Answers questions about the user from what is remembered and what was said just now."""

import re
from collections.abc import Iterable, Sequence

from backend.adapters.llm.offline.denials import (
    find_denials,
    named_in_answer,
    not_true_of,
    states_something,
    takes_all_back,
    takes_back_a_topic,
)
from backend.adapters.llm.offline.knowledge import NEGATED, PAST, Known
from backend.adapters.llm.offline.persons import (
    Asked,
    Names,
    Person,
    asked_about,
    is_same,
    known_names,
    mentioned,
    names_in,
    whose,
)
from backend.adapters.llm.offline.perspective import second_person
from backend.adapters.llm.offline.questions import (
    ASKS_NAME,
    OPEN,
    asked_in,
    asks_everything,
    content_asked,
    is_about_user,
    is_question,
)
from backend.adapters.llm.offline.word_lists import MONTHS, WEEKDAYS, any_of
from backend.adapters.llm.offline.words import content_words, kinds_of
from backend.ports import Prompt

NAMELESS = frozenset({"", "user", "you", "local", "local user", "guest", "me", "friend"})
GOOD_ENOUGH = 0.6  # share of the question's content words that a memory must meet
MOST_TOLD = 5  # facts in answer to "What do you know about me?"
ALL_TOLD = 15  # to "Tell me everything you know about me."
MOST_TOLD_OF_ONE = 3  # to "Who is Ted?"
_ASKS_OF_BEFORE = re.compile(
    r"\b(?:before(?: that| then| (?-i:[A-Z])[\w-]+)?|used? to|previous(?:ly)?|formerly|in the past"
    r"|back then|once|earlier|at first|originally)\b|\b(?:my|our) (?:old|former|last|ex-?)(?! name)\b",
    re.I,
)
_ASKS_WHETHER_ONCE = re.compile(
    r"\bdid (?:I|we)(?: ever)? (?:have|own|keep|live|work|play|teach|study|smoke|drink|like|love"
    r"|date|drive)\b"
    r"|\bwas I(?: ever)? an?\b|\b(?:what|who|where|how old|how many) (?:was|were)\b",
    re.I,
)
_OF_TELLING = re.compile(r"\b(?:tell|told|say|said|mention(?:ed)?|ask(?:ed)?|talk(?:ed)?)\b", re.I)
_NOW = re.compile(
    r"(?:the user|I|we|you)(?:['’](?:m|re|s)|,? (?:still |now |also )*(?:is|am|are|has|have|do(?:es)?"
    r"|lives?|works?|likes?|loves?|plays?|teach(?:es)?|stud(?:y|ies)|owns?|runs?|drives?))\b"
    r"|(?:the user['’]s|my|our|your) .{2,40}? (?:is|are|lives?|works?|has)\b",
    re.I,
)
_DENYING = frozenset(content_words("never longer true untrue said"))
_CALLED = re.compile(
    r"The user(?:'s (?:name|nickname) is| is called| goes by) (?P<name>[^.,]+)\.?$", re.I
)
_FITS = {
    "where": re.compile(r"\b(?:in|at|on|near|from|to|outside)\b", re.I),
    "when": re.compile(
        rf"\d|\b(?:yesterday|today|tomorrow|last|next|ago|{any_of(MONTHS)}|{any_of(WEEKDAYS)}"
        r"|morning|night)\b",
        re.I,
    ),
    "how many": re.compile(
        r"\d|\b(?:an?|no|one|two|three|four|five|six|seven|eight|nine|ten|twelve"
        r"|both)\b",
        re.I,
    ),
    "how old": re.compile(r"\d|\b(?:old|born|birthday|teen|ty)\b", re.I),
}
_AS_HISTORY = 0.05  # by which what is so now stands before what was
_AS_A_QUOTATION = 0.002  # by which a fact stands before what was once said
_AS_A_DENIAL = 0.001
_TASTES = frozenset(content_words("like dislike"))
_HOME, _MOVED = frozenset(content_words("live")), frozenset(content_words("moved"))
_WHERE = re.compile(r"\bwhere\b", re.IGNORECASE)
_WHAT_ONE_DOES = re.compile(r"\bwhat (?:do|does)\b.+\bdo\b", re.IGNORECASE)
_TRADE = re.compile(r"\b(?:works?|working) as\b|\bis an? \w+", re.IGNORECASE)
_YES_OR_NO = re.compile(r"\W*(?:do|don't|did|didn't|have|would) (?:I|we)\b", re.IGNORECASE)
_QUESTION_TYPE = re.compile(r"\b(where|when|how many|how old)\b", re.I)
_OWNER = re.compile(
    r"^The user's (?P<owner>(?:(?!name\b|birthday\b|favourite\b|job\b|age\b"
    r"|hobby\b|surname\b|nickname\b|native\b)[\w-]+ "
    r")*?(?P<kin>[\w-]+)(?:'s)?) "
)
_WHO = re.compile(
    r"(?:(?:do|can|could) you (?:still )?(?:know|remember|recall|tell me) )?(?:so )?"
    r"(?:who(?:['’]s|s| is| was| are| were)?"
    r"|(?:(?:can|could) you )?tell me (?:more |something |all )?(?:about|who)"
    r"|(?:and )?what (?:else )?(?:do|can|could) you (?:still )?(?:know|remember|tell me)"
    r"(?: me)? (?:about|of)|what about|do you (?:still )?(?:know|remember)(?: who)?)"
    r" (?P<whom>(?:my |our )?[\w'’ -]{2,40}?)(?: (?:is|was|again|then|to me))*\W*",
    re.I,
)
# "What does Ted do?", "What's Ted's job?"
_OF_ONE = re.compile(r"\b(?:is|does|did|was|has)\s+([\w-]+)\b(?!['’]s)|\b([\w-]+)['’]s\b", re.I)
_PLURAL_ASKED = re.compile(
    r"\b(?:pets|animals|siblings|brothers|sisters|kids|children|sons|daughters|dogs|cats|family)\b",
    re.I,
)
_EXPECTING = re.compile(
    r"\bexpecting (?:an?|our|their|my|another|twins?)(?: \w+)?(?: baby| child)?\b", re.I
)


_EVERYBODYS = frozenset(
    content_words(
        "name age live work like dislike favourite birthday play learn moving "
        "film color allergic diet"
    )
)


def asks_about_user(prompt: Prompt, known: Sequence[Known]) -> bool:
    """Whether the message asks what the user has told, of themselves or somebody they told of; not advice,
    not small talk."""
    question = asked_in(prompt.message, prompt.character.name)
    if is_about_user(question):
        return True
    of_one = " ".join(match[1] or match[2] for match in _OF_ONE.finditer(question))
    return bool(of_one and is_question(question) and names_in(of_one, _names(known)))


def tell_of_one(prompt: Prompt, known: Sequence[Known]) -> str | None:
    """What is known of somebody whom the user asks about by name or relation: "Who is Ted?"; None where that
    isn't asked, or nothing is known."""
    question = asked_in(prompt.message, prompt.character.name)
    found = _WHO.fullmatch(question.strip())
    if found is None:
        return None
    names = _names(known)
    asked = asked_about(found["whom"], names).person
    if asked is None or asked.is_user or not _is_all(found["whom"], asked):
        return None
    of_them = [
        item
        for item in known
        if not item.over and not item.once and _tells_of(item.text, asked, names)
    ]
    by_name = sorted(of_them, key=lambda item: " called " not in item.text)
    return " ".join(_most_telling(by_name, MOST_TOLD_OF_ONE)) or None


def answer_from_memory(
    prompt: Prompt, everything: Sequence[Known], good_enough: float = GOOD_ENOUGH
) -> str | None:
    """What is known in answer to the user's question, told as "you"; None if nothing fits.

    `good_enough` is the share, 0-1, of the question's content words that an answer must meet.
    """
    question = asked_in(prompt.message, prompt.character.name)
    of_before = bool(_ASKS_OF_BEFORE.search(question))
    once = of_before or bool(_ASKS_WHETHER_ONCE.search(question))
    known = [item for item in everything if once or not item.over]
    if OPEN.search(question):
        most = ALL_TOLD if asks_everything(question) else MOST_TOLD
        return " ".join(_most_telling(known, most)) or None
    if of_before and not _OF_TELLING.search(question):
        known = [
            item
            for item in known
            if item.over or PAST.search(item.text) or not _NOW.match(item.text)
        ]
    if of_before:
        question = re.sub(r"\bdid\b", "do", _ASKS_OF_BEFORE.sub(" ", question))
    names = _names(everything)
    about = asked_about(question, names)
    fits = []
    for item in known:
        past = not once and bool(PAST.search(item.text))
        fit = _fit(question, item.text, about, names, past=past) - item.once * _AS_A_QUOTATION
        fit -= bool(NEGATED.search(item.text)) * _AS_A_DENIAL  # "is Can" before "is not Yusuf"
        fits.append((fit + item.over, item))
    best, score = None, 0.0
    for fit, item in fits:
        if fit > score + 1e-9:
            best, score = item, fit
    if best and score - best.over >= good_enough:
        if _PLURAL_ASKED.search(question) and not best.once and not best.over:
            return " ".join(
                _most_telling(
                    [item for fit, item in fits if fit > score - _AS_A_QUOTATION], MOST_TOLD
                )
            )
        return best.told
    named = ASKS_NAME.fullmatch(question) and prompt.user_name.strip().lower() not in NAMELESS
    return f"Your name is {prompt.user_name.strip()}." if named else None


def _names(known: Iterable[Known]) -> Names:
    return known_names(item.text for item in known)


def _is_all(said: str, person: Person) -> bool:
    """Whether somebody is all that is asked about: "my sister's garden" is more."""
    words = [word for word in content_words(said) if word != "s"]
    return len(words) == (1 if person.kin is None else len(content_words(" ".join(person.kin))))


def _tells_of(text: str, person: Person, names: Names) -> bool:
    told = whose(text)
    if told is not None and is_same(person, told, names):
        return True
    return bool(told and told.is_user) and any(
        is_same(person, each, names) for each in mentioned(text)
    )


def what_is_denied(prompt: Prompt) -> list[str]:
    """What the message says isn't so, in the third person."""
    asked = next((turn.content for turn in reversed(prompt.history) if turn.role != "user"), "")
    named = named_in_answer(asked, prompt.message)
    return [not_true_of(f"the {named}")] if named else find_denials(prompt.message)


def denied_of_known(denials: Sequence[str], known: Sequence[Known]) -> str | None:
    """The first of what is denied that was known, told as "you"; None where none was."""
    stated = [set(content_words(item.text)) for item in known if not item.once]
    for denial in denials:
        words = set(content_words(denial)) - _DENYING
        if words and any(words <= each for each in stated):
            return second_person(denial)
    return None


def takes_back_something(prompt: Prompt) -> bool:
    """Whether the message says that something was a lie or a joke."""
    message = prompt.message
    return takes_all_back(message) or takes_back_a_topic(message)


def taken_back(prompt: Prompt) -> str | None:
    """What the message takes back: what was said just before, in the user's words; None where that can't be
    told, or nothing is taken back."""
    if not takes_all_back(prompt.message):
        return None
    said = [turn.content for turn in prompt.history if turn.role == "user"]
    return said[-1].strip() if said and states_something(said[-1]) else None


def name_to_use(prompt: Prompt) -> str:
    """What to call the user: the name remembered, else the account's; "" if neither is one."""
    for memory in prompt.memories:
        if found := _CALLED.match(memory.strip().lstrip("-• ")):
            return found["name"].strip()
    plain = prompt.user_name.strip()
    return "" if plain.lower() in NAMELESS else plain


def _most_telling(known: list[Known], most: int = MOST_TOLD) -> list[str]:
    """At most so much of what is known, nothing twice in other words; episodes only where there is
    nothing else."""
    told: list[str] = []
    said: list[set[str]] = []
    lasting = [item for item in known if not item.once] or known
    for item in sorted(lasting, key=lambda item: not item.text.lower().startswith("the user")):
        meaning = set(content_words(item.told))
        if not any(meaning <= earlier or earlier <= meaning for earlier in said):
            told.append(item.told)
            said.append(meaning)
    return told[:most]


def _fit(question: str, text: str, about: Asked, names: Names, *, past: bool = False) -> float:
    """Share of the question's content words met, 0-1; nothing for facts about somebody else, and for what was
    only where the question isn't whether it is so."""
    asked = content_asked(question)
    if not asked:
        return 0.0
    has = set(content_words(_EXPECTING.sub("pregnant", text)))
    kind = _QUESTION_TYPE.search(question)
    if kind and not _FITS[kind.group(1).lower()].search(text):
        return 0.0
    if kind and kind.group(1).lower() == "how old":
        asked = [word for word in asked if word != "age"] or ["age"]
    found = {word: _answering(word, question) & has for word in asked}
    met = {word for word in asked if found[word] or _names_them(word, text, about, names)}
    plain = [word for word in met if word in _EVERYBODYS] or list(met)
    if not about.may_be_answered(text, {form for word in plain for form in found[word]}, names):
        return 0.0
    if past and not (_YES_OR_NO.match(question) and met - _EVERYBODYS):
        return 0.0
    share = len(met) / len(asked) - past * _AS_HISTORY
    if about.person is None and _is_stranger(text, asked):
        share -= 0.5
    by_trade = _WHAT_ONE_DOES.search(question) and _TRADE.search(text)
    # A fact before a quotation, and of two the one that says what is asked for.
    return share + 0.001 * text.startswith("The user") + 0.001 * bool(by_trade)


def _names_them(word: str, text: str, about: Asked, names: Names) -> bool:
    """Whether a word of the question only names the one whom the text is about by another word."""
    person = about.person
    if person is None or person.is_user or word in _EVERYBODYS:
        return False
    if word not in content_words(" ".join((person.name, *(person.kin or ())))):
        return False
    told = whose(text)
    return told is not None and not told.is_user and is_same(person, told, names)


def _answering(word: str, question: str) -> set[str]:
    """The stems that answer to a word: "Do I like mushrooms?" is answered by "hates mushrooms" too."""
    of_taste = word in _TASTES and _YES_OR_NO.match(question)
    of_home = word in _HOME and _WHERE.search(question)
    return kinds_of(word) | (_TASTES if of_taste else set()) | (_MOVED if of_home else set())


def _is_stranger(text: str, asked: list[str]) -> bool:
    """Whether the fact is about somebody whom the question doesn't mean: "my name", "the dog's"."""
    owner = _OWNER.match(text)
    if owner is None:
        return False
    meant = {form for word in asked for form in kinds_of(word)}
    told_apart = meant & set(content_words(text)) - _EVERYBODYS
    return not told_apart and not set(content_words(owner["owner"])) & meant
