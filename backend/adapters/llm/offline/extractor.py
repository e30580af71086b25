"""The extractor that finds facts by rules, in the user's own words only."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain
from uuid import UUID

from backend.adapters.llm.offline import guards
from backend.adapters.llm.offline.clause_reader import Reading
from backend.adapters.llm.offline.corrections import (
    Correction,
    corrected,
    find_correction,
    right_name,
    with_the_right_name,
)
from backend.adapters.llm.offline.dates import resolve, take_time
from backend.adapters.llm.offline.denials import (
    find_denials,
    lacks,
    named_in_answer,
    narrows,
    not_true_of,
    states_something,
    takes_all_back,
    takes_back_a_topic,
    untrue,
)
from backend.adapters.llm.offline.endings import (
    find_endings,
    find_new_job,
    leaves_only_a_thing,
)
from backend.adapters.llm.offline.message_reader import read_message
from backend.adapters.llm.offline.promises import find_promise
from backend.adapters.llm.offline.retractions import find_retracted, takes_the_last_back
from backend.adapters.llm.offline.rule import Finding
from backend.adapters.llm.offline.sentences import flatten
from backend.adapters.llm.offline.subjects import USER, Subject
from backend.adapters.llm.offline.weighing import worth_keeping
from backend.models.candidate import Candidate, Extraction, TakenBack, Transcript, TranscriptLine
from embeddings.base import Encoder

EXPLICIT_IMPORTANCE = 9
EXPLICIT_CONFIDENCE = 0.95
DENIED_CONFIDENCE = 0.9
ONE_SITTING = timedelta(hours=3)
_LEFT_A_JOB = re.compile(r"\b(?:left|quit|lost) their job\b")


@dataclass(slots=True)
class _Sitting:
    """What is known while a transcript is read, line by line."""

    found: list[Candidate]
    earlier: list[Candidate]
    rejected: list[str]
    listener: str = ""
    known: dict[str, Subject] = field(default_factory=dict)
    named_in: dict[str, UUID | None] = field(default_factory=dict)  # None: before the batch
    stated: set[str] = field(default_factory=set)  # contents that no rule vouches for
    in_scene: bool = False
    spoken_of: Subject | None = None
    last_line: TranscriptLine | None = None
    last_of_user: TranscriptLine | None = None
    taken_back: list[TakenBack] = field(default_factory=list)


class OfflineExtractor:
    """Implements `Extractor` without a model: silent where it can't be sure.

    Never raises; the same transcript always gives the same candidates. Without an encoder, only
    what a rule has words for is found (`worth.py`).
    """

    def __init__(self, encoder: Encoder | None = None) -> None:
        self._encoder = encoder

    async def extract(self, transcript: Transcript) -> Extraction:
        """Propose candidates from the user's lines; the character's only say what was asked."""
        sitting = _Sitting([], [], [], transcript.character_name)
        for line in transcript.preceding:
            _read_line(line, sitting)
        sitting.named_in = dict.fromkeys(sitting.known)
        sitting.earlier, sitting.found, sitting.rejected = sitting.found, [], []
        sitting.taken_back = []
        for line in transcript.lines:
            _read_line(line, sitting)
        found = await worth_keeping(sitting.found, sitting.stated, self._encoder)
        return Extraction(
            found, "offline", 0, tuple(sitting.rejected), taken_back=tuple(sitting.taken_back)
        )


def _read_line(line: TranscriptLine, sitting: _Sitting) -> None:
    line = replace(line, content=_to_nobody(flatten(line.content), sitting.listener))
    before = sitting.last_line
    if before and line.said_at - before.said_at > ONE_SITTING:
        sitting.in_scene, sitting.spoken_of, before = False, None, None
    sitting.last_line = line
    if line.sender_type != "user" and re.search(r"\b(?:my|our) \w+", line.content, re.I):
        sitting.spoken_of = None  # "she" may now be somebody of the character's
    if line.sender_type != "user":
        _keep_word(line, sitting)
        return
    aside = guards.out_of_character(line.content)
    if aside is not None:
        line = replace(line, content=aside)
    elif guards.plays_a_part(line.content) or not _follow_scene(line.content, sitting):
        return
    question = before.content if before and before.sender_type == "character" else ""
    named = named_in_answer(question, line.content)
    if named:
        _deny_what_is_named(named, line, sitting)
        line = replace(line, content="")
    retracted, rest = find_retracted(line.content)
    for told in retracted:
        _deny_what_was_told(told, line, sitting)
    line = replace(line, content=rest)
    if _takes_the_last_back(line.content, question, sitting):
        _take_back(line, sitting)
    of = sitting.spoken_of or Subject("")
    denied_now = find_denials(line.content, spoken_of=of.label, name=_name_of(of), by_name=True)
    told = with_the_right_name(line.content)
    reading = read_message(told, line.said_at, sitting.spoken_of, question, sitting.known)
    sitting.known |= reading.known
    for name in reading.known:
        sitting.named_in.setdefault(name, line.message_id)
    if reading.spoken_of is sitting.spoken_of:
        reading.spoken_of = None  # not taken up: the talk has moved on
    sitting.rejected.extend(f"{line.message_id}: {reason}" for reason in reading.rejected)
    sitting.spoken_of = reading.spoken_of
    correction = None if reading.findings else find_correction(line.content)
    if correction:
        _correct(correction, line, sitting)
    if guards.laughs_first(line.content):
        _laugh_off(_candidates(reading, line), sitting)
    if name := right_name(line.content):
        _add(_name_candidate(name, line.message_id), sitting)
    one_of_many = narrows(line.content)
    for candidate in chain(_candidates(reading, line), _statements(reading, line, sitting)):
        if leaves_only_a_thing(line.content) and _LEFT_A_JOB.search(candidate.content):
            continue
        if not (one_of_many and lacks(candidate.content)):
            sources = _sources(candidate, line, sitting)
            _add(replace(candidate, source_message_ids=sources), sitting)
    before_this = f"{question} {sitting.last_of_user.content if sitting.last_of_user else ''}"
    for denied in (*denied_now, *find_endings(line.content, before_this)):
        _add(_denial(denied, line.message_id), sitting)
    if job := find_new_job(line.content):
        _add(replace(_denial(job, line.message_id), attribute="job"), sitting)
    sitting.last_of_user = line


def _takes_the_last_back(message: str, question: str, sitting: _Sitting) -> bool:
    said = sitting.last_of_user.content if sitting.last_of_user else ""
    return (
        takes_all_back(message)
        or (guards.takes_back(message) and not takes_back_a_topic(message))
        or takes_the_last_back(message, said, question)
    )


def _name_candidate(name: str, message_id: UUID) -> Candidate:
    content = f"The user's name is {name}."
    return Candidate(content, (message_id,), "personal", 0.9, 8, attribute="name")


def _name_of(subject: Subject) -> str:
    """What somebody is called, if that is known: a sister is no name."""
    name = subject.about_name or ""
    return name if name[:1].isupper() else ""


def _keep_word(line: TranscriptLine, sitting: _Sitting) -> None:
    """Remember what the character promised, as its own; not what it says in a part."""
    if sitting.in_scene or line.content.startswith("*"):
        return
    if promise := find_promise(line.content, sitting.listener):
        sitting.found.append(
            Candidate(promise, (line.message_id,), "event", 0.8, 6, about="character")
        )


def _to_nobody(message: str, listener: str) -> str:
    """A message without the name of whom it is said to: "dot im a nurse", "nervous, Edie."."""
    for name in {listener, *listener.split()} - {""}:
        called = rf"(?<!\bin )(?<!\bof )(?<!\bsince )(?<!\blast )(?<!\bnext ){re.escape(name)}"
        message = re.sub(
            r"^(?:(?:hi|hey|hello|evening|morning|good \w+|yo|oh|ok|so) "
            rf")?{re.escape(name)}\b[,:!. ]*"
            rf"|(?<=[\w'])[, ]+{called}(?=\s*(?:[.,!?;:)]|$))",
            "",
            message,
            flags=re.I | re.M,
        )
    return message


def _follow_scene(message: str, sitting: _Sitting) -> bool:
    """Whether the user speaks as themselves in this message."""
    if guards.opens_scene(message):
        sitting.in_scene = True
        return False
    if sitting.in_scene and guards.closes_scene(message):
        sitting.in_scene = False
        return True
    return not sitting.in_scene


def _take_back(line: TranscriptLine, sitting: _Sitting) -> None:
    """Drop what was said last, if that says something, with whatever was formed of it before."""
    joke = sitting.last_of_user
    if joke is None or not states_something(joke.content):
        return
    sitting.taken_back.append(TakenBack(joke.message_id, line.message_id))
    kept = [each for each in sitting.found if each.source_message_ids != (joke.message_id,)]
    if len(kept) < len(sitting.found):
        sitting.rejected.append(f"{joke.message_id}: taken back as a joke")
    sitting.found = kept


def _deny_what_is_named(named: str, line: TranscriptLine, sitting: _Sitting) -> None:
    """ "Which of it?" – "the horses", or "that I have two horses"."""
    stated = read_message(named, line.said_at, None).findings
    for content in [untrue(finding.content) for finding, _ in stated] or [
        not_true_of(f"the {named}")
    ]:
        _add(_denial(content, line.message_id), sitting)


def _deny_what_was_told(told: str, line: TranscriptLine, sitting: _Sitting) -> None:
    """ "I told you my uncle owns a hotel. He doesn't": what that told, as far as it is understood."""
    reading = read_message(told, line.said_at, None)
    for finding in [finding for finding, _ in reading.findings] or reading.statements:
        _add(_denial(untrue(finding.content), line.message_id), sitting)


def _denial(content: str, message_id: UUID) -> Candidate:
    return Candidate(content, (message_id,), "personal", DENIED_CONFIDENCE, denial=True)


def _sources(candidate: Candidate, line: TranscriptLine, sitting: _Sitting) -> tuple[UUID, ...]:
    """The line itself, and the one that gave the name by which it speaks of somebody."""
    name = (candidate.about_name or "").lower()
    named_in = None if name in line.content.lower() else sitting.named_in.get(name)
    return (named_in, line.message_id) if named_in else (line.message_id,)


def _laugh_off(candidates: Sequence[Candidate], sitting: _Sitting) -> None:
    """ "i am ninety" – "lmao im 26": what is told with a laugh was never so before."""
    told = {(each.about_name, each.attribute) for each in candidates if each.attribute}
    sitting.found = [k for k in sitting.found if (k.about_name, k.attribute) not in told]


def _candidates(reading: Reading, line: TranscriptLine) -> list[Candidate]:
    candidates = []
    for finding, explicit in reading.findings:
        candidate = _candidate(finding, line.message_id)
        if explicit:
            candidate = replace(
                candidate,
                importance=max(candidate.importance, EXPLICIT_IMPORTANCE),
                confidence=max(candidate.confidence, EXPLICIT_CONFIDENCE),
            )
        candidates.append(candidate)
    return candidates


def _statements(reading: Reading, line: TranscriptLine, sitting: _Sitting) -> Iterator[Candidate]:
    """What the message states beside what the rules found; noted as not vouched for."""
    vouched = {known.content.lower() for known in sitting.found}
    for finding in reading.statements:
        candidate = _candidate(finding, line.message_id)
        if candidate.content.lower() not in vouched:
            sitting.stated.add(candidate.content)
            yield replace(candidate, source_message_ids=_sources(candidate, line, sitting))


def _candidate(finding: Finding, message_id: UUID) -> Candidate:
    rule = finding.rule
    subject = USER if rule.tie else finding.subject
    return Candidate(
        content=finding.content,
        source_message_ids=(message_id,),
        category="relationship"
        if not subject.is_user and rule.category == "personal"
        else rule.category,
        confidence=rule.confidence,
        importance=rule.importance if subject.is_user else max(rule.importance - 1, 3),
        about=subject.about,
        about_name=subject.about_name,
        event_time=finding.event_time,
        attribute=finding.attribute,
    )


def _add(candidate: Candidate, sitting: _Sitting) -> None:
    for index, known in enumerate(sitting.found):
        same = (known.content.lower(), known.denial) == (
            candidate.content.lower(),
            candidate.denial,
        )
        if same:
            sources = tuple(dict.fromkeys(known.source_message_ids + candidate.source_message_ids))
            sitting.found[index] = replace(known, source_message_ids=sources)
            return
    sitting.found.append(candidate)


def _correct(correction: Correction, line: TranscriptLine, sitting: _Sitting) -> None:
    """Replace the newest candidate that it fits; one from before the batch is restated."""
    for index in range(len(sitting.found) - 1, -1, -1):
        known = sitting.found[index]
        if content := corrected(known.content, correction):
            sources = (*known.source_message_ids, line.message_id)
            sitting.found[index] = _put_right(known, content, correction, sources, line)
            return
    for known in reversed(sitting.earlier):
        if content := corrected(known.content, correction):
            sitting.found.append(_put_right(known, content, correction, (line.message_id,), line))
            return


def _date_in(content: str, known: Candidate, line: TranscriptLine) -> datetime | None:
    """When that is, now that it was put right: another day is another date."""
    _, time = take_time(content)
    if known.event_time is None or time is None:
        return known.event_time
    return resolve(time, line.said_at, future=known.event_time.date() >= line.said_at.date())


def _put_right(
    known: Candidate,
    content: str,
    correction: Correction,
    sources: Sequence[UUID],
    line: TranscriptLine,
) -> Candidate:
    renamed = (
        known.about_name
        and correction.wrong
        and known.about_name.lower() == correction.wrong.lower()
    )
    return replace(
        known,
        content=content,
        event_time=_date_in(content, known, line),
        source_message_ids=tuple(sources),
        confidence=max(known.confidence, 0.9),
        about_name=re.sub(r"^\w", lambda m: m.group(0).upper(), correction.right)
        if renamed
        else known.about_name,
    )
