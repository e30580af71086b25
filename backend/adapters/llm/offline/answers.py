"""Answers questions about the user from what is remembered and what was said just now."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from backend.adapters.llm.offline.denials import (
    find_denials,
    named_in_answer,
    not_true_of,
    states_something,
    takes_all_back,
    takes_back_a_topic,
)
from backend.adapters.llm.offline.guards import is_injection, takes_back
from backend.adapters.llm.offline.message_reader import read_message
from backend.adapters.llm.offline.perspective import first_to_second, second_person
from backend.adapters.llm.offline.questions import (
    ASKS_NAME,
    OPEN,
    asked_in,
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
_STORY = re.compile(r"\(in a story[^)]*\)\s*(?P<told>.+)", re.I | re.S)
_DATED = re.compile(
    r"(?P<fact>.+?)\.? \((?P<day>\d{1,2} \w+ \d{4}), told on (?P<told>\d{1,2} \w+ \d{4})\)$", re.S
)
# What a prompt adds to what was once said, if it has changed since or was taken back.
_NO_LONGER_SO = re.compile(
    r" \(no longer so: (?P<was>[^()]+?)(?: Since then: (?P<now>[^()]+?))?\)(?= \(no longer so: |$)"
)
_SAYS_IT = 0.5  # share of what is no longer so whose words make a sentence say it
_ASKS_OF_BEFORE = re.compile(
    r"\b(?:before(?: that| then)?|used to|previous(?:ly)?|formerly|in the past|back then|once"
    r"|earlier|at first"
    r"|originally)\b|\b(?:my|our) (?:old|former|last|ex-?)\b",
    re.I,
)
_OF_A_DAY = re.compile(
    r"\b(?:the day (?:before yesterday|after tomorrow)|yesterday|tomorrow|today|tonight|last night"
    r"|this (?:morning|afternoon|evening)"
    r"|(?:(?:on|last|next|this) )?(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
    r"(?: (?:morning|afternoon|evening|night))?\b",
    re.I,
)
_DENYING = frozenset(content_words("never longer true untrue said"))
_NEGATED = re.compile(r"\b(?:not|never|no)\b|n't\b", re.IGNORECASE)
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
_AS_A_QUOTATION = 0.002  # by which a fact stands before what was once said
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


_EVERYBODYS = frozenset(
    content_words(
        "name age live work like dislike favourite birthday play learn moving "
        "film color allergic diet"
    )
)


@dataclass(frozen=True, slots=True)
class _Known:
    """Something known: as it would be told back, and the text that it is found by. What was `once` said may
    not hold any more: what is known since stands in the facts. What is `over` certainly doesn't."""

    told: str
    text: str
    once: bool = False
    over: bool = False


def asks_about_user(prompt: Prompt) -> bool:
    """Whether the message asks what the user has told; not advice, not small talk."""
    return is_about_user(asked_in(prompt.message, prompt.character.name))


def answer_from_memory(prompt: Prompt, good_enough: float = GOOD_ENOUGH) -> str | None:
    """What is known in answer to the user's question, told as "you"; None if nothing fits.

    `good_enough` is the share, 0-1, of the question's content words that an answer must meet.
    """
    question = asked_in(prompt.message, prompt.character.name)
    of_before = bool(_ASKS_OF_BEFORE.search(question))
    known = [item for item in _known(prompt) if of_before or not item.over]
    question = _ASKS_OF_BEFORE.sub(" ", question) if of_before else question
    if OPEN.search(question):
        return " ".join(_most_telling(known)) or None
    best, score = None, 0.0
    for item in known:
        fit = _fit(question, item.text) - item.once * _AS_A_QUOTATION + item.over
        if fit > score + 1e-9:
            best, score = item, fit
    score -= best.over if best else 0.0
    if best and score >= good_enough:
        return best.told
    named = ASKS_NAME.fullmatch(question) and prompt.user_name.strip().lower() not in NAMELESS
    return f"Your name is {prompt.user_name.strip()}." if named else None


def denied_of_known(prompt: Prompt) -> str | None:
    """What the message says isn't so though it was known, told as "you"; None where it does no such thing."""
    known = [set(content_words(item.text)) for item in _known(prompt) if not item.once]
    asked = next((turn.content for turn in reversed(prompt.history) if turn.role != "user"), "")
    named = named_in_answer(asked, prompt.message)
    denials = [not_true_of(f"the {named}")] if named else find_denials(prompt.message)
    for denial in denials:
        words = set(content_words(denial)) - _DENYING
        if words and any(words <= item for item in known):
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


def _most_telling(known: list[_Known]) -> list[str]:
    """At most `MOST_TOLD` of what is known, nothing twice in other words; episodes only where there is
    nothing else."""
    told: list[str] = []
    said: list[set[str]] = []
    lasting = [item for item in known if not item.once] or known
    for item in sorted(lasting, key=lambda item: not item.text.lower().startswith("the user")):
        meaning = set(content_words(item.told))
        if not any(meaning <= earlier or earlier <= meaning for earlier in said):
            told.append(item.told)
            said.append(meaning)
    return told[:MOST_TOLD]


def _known(prompt: Prompt) -> Iterable[_Known]:
    """What was said just now, newest first, then the memories, best first; nothing that was denied
    since."""
    denied: list[set[str]] = []
    for said in _standing(prompt):
        yield from _not_denied(_said(said), denied)
        for denial in find_denials(said):
            denied.append(set(content_words(denial)))
            yield _Known(second_person(denial), denial)
    for memory in prompt.memories:
        yield from _not_denied(_remembered(memory.strip().lstrip("-• "), prompt), denied)


def _standing(prompt: Prompt) -> Iterable[str]:
    """What the user said before, newest first, without what they took back right after."""
    taken_back = False
    for turn in reversed(prompt.history):
        if turn.role == "user" and turn.content.strip() != prompt.message.strip():
            if not taken_back:
                yield turn.content
            taken_back = takes_back(turn.content) or takes_all_back(turn.content)
            if find_denials(turn.content) and not takes_all_back(turn.content):
                taken_back = False  # which names what it takes back


def _not_denied(known: Iterable[_Known], denied: Sequence[set[str]]) -> Iterable[_Known]:
    """What says more than that something isn't so, of which that was said later."""
    for item in known:
        words = set(content_words(item.text))
        if not any(words >= denial and denial for denial in denied) or _NEGATED.search(item.text):
            yield item


def _remembered(memory: str, prompt: Prompt) -> Iterable[_Known]:
    """A fact as it is, or as a story's; of what was said, the user's words alone."""
    memory, changed = _without_changes(_as_of_now(memory))
    if story := _STORY.match(memory):
        told = second_person(story["told"])
        yield _Known(f"In our story, {told[:1].lower()}{told[1:]}", story["told"])
        return
    if re.match(r"the user\b|user\b(?!:)", memory, re.I):
        yield _Known(second_person(memory), memory)
        return
    speakers = (prompt.user_name.strip(), "user", "you", prompt.character.name)
    names = "|".join(re.escape(each) for each in speakers if each)
    said = re.match(
        rf"[^:]{{0,60}}?(?<!\w)(?P<speaker>{names})(?: said| \([^)]{{0,30}}\))?:\s+(?P<said>.+)",
        memory,
        re.I | re.S,
    )
    if said and said["speaker"].lower() != prompt.character.name.lower():
        was = [set(content_words(change["was"])) for change in changed]
        for item in _said(said["said"]):
            over = any(_says(item.text, words) for words in was)
            told = f"You once told me: “{said['said'].strip()}”" if over else item.told
            yield replace(item, told=told, once=True, over=over)
        for change in changed:
            if change["now"]:
                yield _Known(second_person(change["now"]), change["now"])
    elif not said and not re.match(r"\W?\d", memory):
        yield _Known(second_person(memory), memory)


def _without_changes(memory: str) -> tuple[str, list[re.Match[str]]]:
    """What was said, and what of it is no longer so."""
    changed = list(_NO_LONGER_SO.finditer(memory))
    return (memory[: changed[0].start()] if changed else memory), changed


def _says(text: str, words: set[str]) -> bool:
    return bool(words) and len(words & set(content_words(text))) >= _SAYS_IT * len(words)


def _as_of_now(memory: str) -> str:
    """A fact whose "tomorrow" is past, with the day it meant; with the day it was told on, where it says
    when less exactly."""
    dated = _DATED.match(memory)
    if not dated:
        return memory
    fact, days = _OF_A_DAY.subn(f"on {dated['day']}", dated["fact"], count=1)
    return f"{fact}." if days else f"{fact} (told on {dated['told']})."


def _said(message: str) -> Iterable[_Known]:
    found = read_message(message, datetime.now(UTC), None).findings
    for finding, _ in found:
        yield _Known(second_person(finding.content), finding.content)
    if is_injection(message):
        return
    for sentence in re.split(
        r"(?<=[.!])\s+|\n+|,? (?:and|but) (?=my |I |our |we )", message.strip()
    ):
        plain = sentence.strip().rstrip(".!")
        if (
            3 <= len(plain.split()) <= 25
            and not is_question(plain)
            and re.search(r"\b(?:I|my|we|our|I'm)\b", plain, re.I)
        ):
            yield _Known(f"You told me that {_lowered(first_to_second(plain))}.", plain)


def _lowered(text: str) -> str:
    return text[0].lower() + text[1:] if text[:4].lower() in ("you ", "your", "you'") else text


def _fit(question: str, text: str) -> float:
    """Share of the question's content words met, 0-1; less for facts about somebody else."""
    asked = content_asked(question)
    if not asked:
        return 0.0
    has = set(content_words(text))
    kind = _QUESTION_TYPE.search(question)
    if kind and not _FITS[kind.group(1).lower()].search(text):
        return 0.0
    if kind and kind.group(1).lower() == "how old":
        asked = [word for word in asked if word != "age"] or ["age"]
    met = sum(bool(_answering(word, question) & has) for word in asked)
    share = met / len(asked) - (0.5 if _is_stranger(text, asked) else 0.0)
    by_trade = _WHAT_ONE_DOES.search(question) and _TRADE.search(text)
    # A fact before a quotation, and of two the one that says what is asked for.
    return share + 0.001 * text.startswith("The user") + 0.001 * bool(by_trade)


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
