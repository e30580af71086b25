"""What is known of the user in one reply: what they said before, newest first, and the memories; with what
has changed since, and without what they took back."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from backend.adapters.llm.offline.denials import (
    find_denials,
    takes_all_back,
    topic_not_true,
)
from backend.adapters.llm.offline.endings import find_endings
from backend.adapters.llm.offline.guards import is_injection, takes_back
from backend.adapters.llm.offline.message_reader import read_message
from backend.adapters.llm.offline.persons import (
    Names,
    is_same,
    known_names,
    names_of,
    whose,
)
from backend.adapters.llm.offline.perspective import first_to_second, plain_verb, second_person
from backend.adapters.llm.offline.questions import (
    is_question,
)
from backend.adapters.llm.offline.words import content_words
from backend.ports import Prompt

_STORY = re.compile(r"\(in a story[^)]*\)\s*(?P<told>.+)", re.I | re.S)
_DATED = re.compile(
    r"(?P<fact>.+?)\.? \((?P<day>\d{1,2} \w+ \d{4}), told on (?P<told>\d{1,2} \w+ \d{4})\)$", re.S
)
# What a prompt adds to what was once said, if it has changed since or was taken back.
_NO_LONGER_SO = re.compile(
    r" \(no longer so: (?P<was>[^()]+?)(?: Since then: (?P<now>[^()]+?))?\)(?= \(no longer so: |$)"
)
_SAYS_IT = 0.5  # share of what is no longer so whose words make a sentence say it
_REPEATS_IT = 0.75  # the same of a sentence that stands beside the facts read from it
# What was, and what isn't so now.
PAST = re.compile(r"\b(?:used to|in the past|formerly|no longer|(?:not|n't) .+ any ?more)\b", re.I)
_OF_A_DAY = re.compile(
    r"\b(?:the day (?:before yesterday|after tomorrow)|yesterday|tomorrow|today|tonight|last night"
    r"|this (?:morning|afternoon|evening)"
    r"|(?:(?:on|last|next|this) )?(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
    r"(?: (?:morning|afternoon|evening|night))?\b",
    re.I,
)
_OWN_WORK = re.compile(r"(?:The user|I) works?\b|I(?:'m| am) an? ", re.I)
_SOLD = re.compile(
    r"The user (?:sold|gave away|rehomed|scrapped|got rid of) (?:their |the )?(?P<what>.+?)\.?$"
)
NEGATED = re.compile(r"\b(?:not|never|no)\b|n't\b", re.IGNORECASE)
# What one has one of, so that the next ends the last.
_ONE_AT_A_TIME = {
    "home": re.compile(r"\blives? (?:in|near)\b", re.I),
    "employer": re.compile(r"\bworks? (?:at|for)\b", re.I),
    "trade": re.compile(r"\bworks? as\b", re.I),
    "age": re.compile(r"\bis \d+ (?:years|months) old\b", re.I),
}
_SO = re.compile(
    r"^(?:(?:so|well|anyway|oh|ok|okay|and|but|also|hi|hello|hey|yes|no|yeah),? )+", re.I
)
_LASTING = re.compile(r"\b(?:lives?|works?)\b")
_BESIDES = re.compile(
    r"\b(?:also|too|as well|besides|part[- ]time|on the side|second job|weekends?|in the evenings?)\b",
    re.I,
)
_STOPPED = re.compile(r"\bstopped working\b", re.I)


@dataclass(frozen=True, slots=True)
class Known:
    """Something known: as it would be told back, and the text that it is found by. What was `once` said may
    not hold any more: what is known since stands in the facts. What is `over` certainly doesn't. What is
    `quoted` are the user's own words."""

    told: str
    text: str
    once: bool = False
    over: bool = False
    quoted: bool = False


def known_of(prompt: Prompt) -> Iterable[Known]:
    """What was said just now, newest first, then the memories, best first; nothing that was denied
    since."""
    denied: list[set[str]] = []
    since: list[Known] = []
    standing = [(said, list(_said(said))) for said in _standing(prompt)]
    names = known_names([*prompt.memories, *(item.text for _, read in standing for item in read)])
    untold: re.Pattern[str] | None = None  # what was a lie, where no word of the topic says so
    for said, read in standing:
        known = [
            each for each in _not_denied(read, denied) if not (untold and untold.match(each.text))
        ]
        yield from _as_changed(known, since, names)
        since += [] if _BESIDES.search(said) else known
        endings = find_endings(said)
        since += [Known(second_person(ended), ended) for ended in endings]
        denied += [set(content_words(gone["what"])) for gone in map(_SOLD.match, endings) if gone]
        for denial in find_denials(said):
            made_up = topic_not_true(denial)
            if made_up.lower() in ("job", "work"):
                untold = _OWN_WORK
            else:
                denied.append(set(content_words(made_up or denial)) - {"be"})
            yield Known(second_person(denial), denial)
    for memory in prompt.memories:
        yield from _not_denied(_remembered(memory.strip().lstrip("-• "), prompt), denied)


def _as_changed(known: Sequence[Known], since: Sequence[Known], names: Names) -> Iterable[Known]:
    """What still holds by what was said later; what doesn't, as what was."""
    gone = [
        item for item in known if any(_replaces(later.text, item.text, names) for later in since)
    ]
    words = [set(content_words(item.text)) for item in gone]
    for item in known:
        if item in gone:
            told = _LASTING.sub(lambda verb: f"used to {plain_verb(verb[0])}", item.told, count=1)
            if told != item.told:
                yield replace(item, told=told, text=f"{item.text} (used to)", over=True)
        elif not (item.quoted and any(_says(item.text, each, _REPEATS_IT) for each in words)):
            yield item


def _replaces(later: str, earlier: str, names: Names) -> bool:
    """Whether what was said later makes a fact about the same one history: another home, another age."""
    if PAST.search(later) and not PAST.search(earlier):
        was = set(content_words(PAST.sub(" ", later)))
        return bool(was) and was == set(content_words(earlier))
    kinds = [kind for kind, pattern in _ONE_AT_A_TIME.items() if pattern.search(earlier)]
    if not kinds or later == earlier or PAST.search(earlier):
        return False
    ended = _STOPPED.search(later) and kinds[0] in ("trade", "employer")
    if not ended and not _ONE_AT_A_TIME[kinds[0]].search(later):
        return False
    one, other = whose(earlier), whose(later)
    if one is None or other is None or not is_same(one, other, names):
        return False
    return one.name == other.name or len(names_of(one, names) | names_of(other, names)) <= 1


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


def _not_denied(known: Iterable[Known], denied: Sequence[set[str]]) -> Iterable[Known]:
    """What says more than that something isn't so, of which that was said later."""
    for item in known:
        words = set(content_words(item.text))
        if not any(words >= denial and denial for denial in denied) or NEGATED.search(item.text):
            yield item


def _remembered(memory: str, prompt: Prompt) -> Iterable[Known]:
    """A fact as it is, or as a story's; of what was said, the user's words alone."""
    memory, changed = _without_changes(_as_of_now(memory))
    if story := _STORY.match(memory):
        told = second_person(story["told"])
        yield Known(f"In our story, {told[:1].lower()}{told[1:]}", story["told"])
        return
    if re.match(r"the user\b|user\b(?!:)", memory, re.I):
        yield Known(second_person(memory), memory)
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
                yield Known(second_person(change["now"]), change["now"])
    elif not said and not re.match(r"\W?\d", memory):
        yield Known(second_person(memory), memory)


def _without_changes(memory: str) -> tuple[str, list[re.Match[str]]]:
    """What was said, and what of it is no longer so."""
    changed = list(_NO_LONGER_SO.finditer(memory))
    return (memory[: changed[0].start()] if changed else memory), changed


def _says(text: str, words: set[str], share: float = _SAYS_IT) -> bool:
    return bool(words) and len(words & set(content_words(text))) >= share * len(words)


def _as_of_now(memory: str) -> str:
    """A fact whose "tomorrow" is past, with the day it meant; with the day it was told on, where it says
    when less exactly."""
    dated = _DATED.match(memory)
    if not dated:
        return memory
    fact, days = _OF_A_DAY.subn(f"on {dated['day']}", dated["fact"], count=1)
    return f"{fact}." if days else f"{fact} (told on {dated['told']})."


def _said(message: str) -> Iterable[Known]:
    found = read_message(message, datetime.now(UTC), None).findings
    for finding, _ in found:
        yield Known(second_person(finding.content), finding.content)
    if is_injection(message):
        return
    for sentence in re.split(
        r"(?<=[.!])\s+|\n+|,? (?:and|but) (?=my |I |our |we )", message.strip()
    ):
        plain = _SO.sub("", sentence.strip().rstrip(".!"))
        if (
            3 <= len(plain.split()) <= 25
            and not is_question(plain)
            and re.search(r"\b(?:I|my|we|our|I'm)\b", plain, re.I)
        ):
            told = f"You told me that {_lowered(first_to_second(plain))}."
            yield Known(told, plain, quoted=True)


def _lowered(text: str) -> str:
    return text[0].lower() + text[1:] if text[:4].lower() in ("you ", "your", "you'") else text
