"""The summariser that needs no model: the user's most telling sentences, dated.

A summary has one line a day, `8 May 2023, Ada: first sentence · second sentence`, so that the next
fold can read it back and weigh its sentences against the new ones.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from backend.adapters.llm.offline.guards import is_injection
from backend.adapters.llm.offline.moods import feeling_of
from backend.adapters.llm.offline.sentences import flatten, split_sentences, tidy
from backend.adapters.llm.offline.word_lists import words
from backend.adapters.llm.offline.words import content_words, stem
from backend.models.candidate import TranscriptLine
from backend.models.summary import Summary, SummaryMaterial

LONGEST = 1200  # characters of a summary
FOR_THE_OLD = 600  # of them for what earlier folds kept
SENTENCE_CHARACTERS = 160
TITLE_CHARACTERS = 60
MOST_TOPICS = 5
TIMES_FOR_A_TOPIC = 2
TELLING_ENOUGH = 3.0
LEAST_PROSE = 0.6  # share of letters and spaces: less is code or a table

_BETWEEN = " · "
_DATED = re.compile(r"(?P<head>\d{1,2} \w+ \d{4}, [^:\n]{1,80}): (?P<said>.+)")
_NAME_OR_NUMBER = re.compile(r"(?<=[\w,;:] )[A-ZÀ-Þ]\w+|\d+")
_OWN = re.compile(r"\b(?:I|we|my|our|me|us)\b|(?<!\w)I'", re.I)
_WORD = re.compile(r"[^\W\d_]{4,}")
# Letters of scripts that don't put spaces between words; about two make a word.
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
_NO_TOPIC = words(
    "good great nice love like liked want wanted need needed feel feeling felt thing things time "
    "times today tomorrow yesterday tonight morning evening night week weekend month year years "
    "make made making take took come came want getting went gone been back maybe always never "
    "sometimes actually probably little right sure yeah okay thanks thank sorry hope hello being "
    "because with have this that they them then than when what were from your just more some into "
    "over only even after before first last next pretty quite super kind sort same other another "
    "work day days talk talking talked said says people person everyone lots more most less "
    "keep keeps kept look looks looking seems seem using used help trying tried stay "
    "already almost though while since until under between around without"
)


@dataclass(frozen=True, slots=True)
class _Point:
    """A sentence worth keeping under its head (`8 May 2023, Ada`), empty for a text that somebody
    else summed up."""

    head: str
    said: str

    @property
    def size(self) -> int:
        return len(self.said) + len(_BETWEEN)


class OfflineSummariser:
    """Implements `Summariser` without a model.

    Never raises; the same material always gives the same summary.
    """

    async def summarise(self, material: SummaryMaterial) -> Summary:
        """See `Summariser.summarise`. In a thread: long messages take a tenth of a second."""
        return await asyncio.to_thread(sum_up, material)


def sum_up(material: SummaryMaterial) -> Summary:
    """The summary of the material."""
    spoken = [line for line in material.transcript.lines if line.sender_type == "user"]
    new = [point for line in spoken for point in _points(line)]
    old = _most_telling(_read_back(material.previous), FOR_THE_OLD)
    kept = _most_telling(_unsaid(new, old), LONGEST - len(_written(old)))
    feelings = (feeling_of(line.content) for line in reversed(spoken))
    return Summary(
        text=_written([*old, *kept]) or _nothing_told(material),
        title="" if material.previous else _title(new),
        topics=_topics(spoken, material.topics),
        mood=next((feeling for feeling in feelings if feeling), "neutral"),
    )


def _points(line: TranscriptLine) -> Iterable[_Point]:
    """What a message states."""
    if is_injection(line.content):
        return
    head = f"{_day(line.said_at)}, {_plain(line.speaker)}"
    for sentence in split_sentences(tidy(flatten(line.content))):
        said = _plain(sentence.said)
        if not sentence.question and telling(said) >= TELLING_ENOUGH:
            yield _Point(head, _cut(said, SENTENCE_CHARACTERS))


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"


def _plain(text: str) -> str:
    """Without the marks that a summary is read back by."""
    return " ".join(text.replace("·", " ").replace(":", " ").split())


def telling(sentence: str) -> float:
    """How much a sentence tells, from 0 up: its content words, its names and numbers, and whether
    it is about the speaker. Long sentences gain nothing over middling ones."""
    meaning = set(content_words(sentence))
    prose = sum(letter.isalpha() or letter.isspace() for letter in sentence)
    if not meaning or prose < len(sentence) * LEAST_PROSE:
        return 0.0
    count = max(len(meaning), len(_UNSPACED.findall(sentence)) // 2)
    named = len(set(_NAME_OR_NUMBER.findall(sentence)))
    return min(count, 8) + 1.5 * min(named, 3) + (1.0 if _OWN.search(sentence) else 0.0)


def _read_back(previous: str) -> list[_Point]:
    points = []
    for line in previous.splitlines():
        dated = _DATED.fullmatch(line)
        if dated:
            points += [_Point(dated["head"], said) for said in dated["said"].split(_BETWEEN)]
        elif line.strip():
            points.append(_Point("", _cut(line.strip(), FOR_THE_OLD - len(_BETWEEN))))
    return points


def _most_telling(points: Sequence[_Point], room: int) -> list[_Point]:
    """The best points that fit `room` characters, in the order given; a later one wins a tie."""
    best = sorted(range(len(points)), key=lambda place: (-telling(points[place].said), -place))
    kept: list[int] = []
    heads: set[str] = set()
    for place in best:
        point = points[place]
        size = point.size + (0 if point.head in heads else len(point.head) + len(": "))
        if size <= room:
            room -= size
            kept.append(place)
            heads.add(point.head)
    return [points[place] for place in sorted(kept)]


def _unsaid(points: Sequence[_Point], known: Sequence[_Point]) -> list[_Point]:
    """Without those that repeat a point, in whatever small words."""
    seen = [frozenset(content_words(point.said)) for point in known]
    fresh = []
    for point in points:
        meaning = frozenset(content_words(point.said))
        if meaning not in seen:
            seen.append(meaning)
            fresh.append(point)
    return fresh


def _written(points: Sequence[_Point]) -> str:
    lines = []
    for head, group in groupby(points, key=lambda point: point.head):
        said = _BETWEEN.join(point.said for point in group)
        lines.append(f"{head}: {said}" if head else said)
    return "\n".join(lines)


def _nothing_told(material: SummaryMaterial) -> str:
    first = material.transcript.lines[0]
    return f"{_day(first.said_at)}: a few words were exchanged."


def _title(points: Sequence[_Point]) -> str:
    """The first thing that was told; empty if nothing was."""
    return _cut(points[0].said, TITLE_CHARACTERS) if points else ""


def _cut(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    return text[:longest].rsplit(" ", 1)[0].rstrip(",;. ")[: longest - 1] + "…"


def _topics(spoken: Sequence[TranscriptLine], before: Sequence[str]) -> tuple[str, ...]:
    """The words that came back most, behind those of earlier folds, the most frequent one last."""
    said = [
        word
        for line in spoken
        for word in set(_WORD.findall(tidy(flatten(line.content)).lower()))
        if word not in _NO_TOPIC and content_words(word)
    ]
    forms = Counter(said)
    counts = Counter(stem(word) for word in said)
    frequent = [
        max((word for word in forms if stem(word) == key), key=lambda word: (forms[word], word))
        for key, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if count >= TIMES_FOR_A_TOPIC
    ][:MOST_TOPICS]
    earlier = [topic for topic in before if topic not in frequent]
    return tuple([*earlier, *reversed(frequent)][-MOST_TOPICS:])
