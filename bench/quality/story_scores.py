"""What a system made of a story, against its gold labels. Pure functions.

Every score is a numerator and a denominator, so that stories can be summed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.quality.matcher import Matcher
from bench.quality.matching import Expectation, Reason, has_keys
from bench.quality.results import Measure, Score
from bench.quality.scenarios import (
    Forgetting,
    ForgettingEverything,
    GoldFact,
    Pair,
    Session,
    Statement,
    Story,
    StoryQuestion,
)
from bench.quality.story_run import EPISODE, Asked, Stored, StoryRun

MEASURES: dict[str, Measure] = {
    "precision": Measure("stored facts that are right and new"),
    "recall": Measure("facts of the story that were stored"),
    "F1": Measure("harmonic mean of precision and recall"),
    "false memories": Measure("stored facts that are not so", better="lower"),
    "traps stored": Measure("traps stored as facts", better="lower"),
    "wrong owner": Measure("facts given to the wrong person", better="lower"),
    "date right": Measure("dates of events as the story has them"),
    "update right": Measure("updates: the new holds, the old doesn't"),
    "update omitted": Measure("updates: the new wasn't stored", better="lower"),
    "update wrong": Measure("updates: the old holds as well", better="lower"),
    "answers@3": Measure("what answers need, among the first 3 recalled"),
    "answers": Measure("what answers need, recalled"),
    "abstained": Measure("unanswerable questions that recalled nothing"),
    "stale": Measure("outdated or false facts recalled", better="lower"),
    "leaks": Measure("another pair's memory recalled", unit="count", better="lower"),
    "residue": Measure("forgotten things still there", unit="count", better="lower"),
}


@dataclass(slots=True)
class StoryScore:
    """Scores by measure, and what went wrong in words."""

    scores: dict[str, Score] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, measure: str, numerator: float, denominator: float) -> None:
        """Keep a score; 0 of 0 says that there was nothing to score this time."""
        self.scores[measure] = Score(numerator, denominator)


def score_extraction(story: Story, run: StoryRun, matcher: Matcher) -> StoryScore:
    """Precision, recall, F1, false memories, traps, owners and dates of the stored facts."""
    score = StoryScore()
    matches, extra = _assign(story, run.facts.values(), matcher)
    wanted = [fact for fact in story.facts if not fact.optional]
    right = [fact for fact in wanted if fact.id in matches]
    false = [stored for stored, reason in extra if reason != _REPEATED]
    score.notes += [f"not stored: {f.text}" for f in wanted if f.id not in matches]
    score.notes += [f"stored wrongly ({reason}): {stored.text}" for stored, reason in extra]
    predicted = len(right) + len(extra)
    score.add("precision", len(right), predicted)
    score.add("recall", len(right), len(wanted))
    score.add("F1", 2 * len(right), predicted + len(wanted))
    score.add("false memories", len(false), predicted)
    trapped = [t for t in story.traps if any(_says(matcher, t, each, story) for each in false)]
    if story.traps:
        score.add("traps stored", len(trapped), len(story.traps))
    _score_details(score, story, matches, extra)
    return score


_REPEATED = "said already"


def _score_details(
    score: StoryScore,
    story: Story,
    matches: Mapping[str, Stored],
    extra: Sequence[tuple[Stored, str]],
) -> None:
    facts = [fact for fact in story.facts if fact.id in matches]
    swapped = [fact for fact in facts if _swapped(fact, matches[fact.id])]
    given_to_others = [reason for _, reason in extra if reason == Reason.PEOPLE]
    score.add("wrong owner", len(swapped) + len(given_to_others), len(facts) + len(extra))
    score.notes += [f"about the {matches[f.id].about}: {f.text}" for f in swapped]
    dated = [fact for fact in facts if fact.event_date]
    on_time = [f for f in dated if (matches[f.id].event_date or "").startswith(f.event_date or "")]
    score.add("date right", len(on_time), len(dated))
    score.notes += [
        f"dated {matches[f.id].event_date}, not {f.event_date}: {f.text}"
        for f in dated
        if f not in on_time
    ]


def _swapped(fact: GoldFact, stored: Stored) -> bool:
    """The user's fact given to the character, or the other way round. Between the user and people
    of theirs the matcher decides by the sentence: whether "my cat Momo" is about the user or about
    Momo is a matter of taste."""
    return (fact.about == "character") != (stored.about == "character")


def score_updates(story: Story, run: StoryRun, matcher: Matcher) -> StoryScore:
    """Whether what is new took the place of what was."""
    score = StoryScore()
    active = [each for each in run.left if each.active and each.kind != EPISODE]
    by_id = {fact.id: fact for fact in story.facts}
    verdicts = []
    for old in story.facts:
        if old.replaced_by is None or by_id[old.replaced_by].replaced_by is not None:
            continue
        new_holds = any(_says(matcher, by_id[old.replaced_by], each, story) for each in active)
        old_holds = any(_says(matcher, old, each, story) for each in active)
        verdict = "wrong" if old_holds else "right" if new_holds else "omitted"
        verdicts.append(verdict)
        if verdict != "right":
            score.notes.append(f"update {verdict}: {old.text} -> {by_id[old.replaced_by].text}")
    for name in ("right", "omitted", "wrong") if verdicts else ():
        score.add(f"update {name}", verdicts.count(name), len(verdicts))
    return score


def score_forgetting(story: Story, run: StoryRun) -> StoryScore:
    """What is still stored of the things that were to be forgotten."""
    score = StoryScore()
    residue = []
    for place, step in enumerate(story.timeline):
        if isinstance(step, Forgetting):
            gold = next(fact for fact in story.facts if fact.id == step.forget)
            kept = [each for each in run.left if each.pair == gold.pair and _mentions(gold, each)]
        elif isinstance(step, ForgettingEverything):
            earlier = _said_before(story, place, step.forget_everything.pair)
            kept = [each for each in run.left if each.cited & earlier]
        else:
            continue
        residue.append(bool(kept))
        score.notes += [f"still there after forgetting: {each.text}" for each in kept[:1]]
    if residue:
        score.add("residue", sum(residue), len(residue))
    return score


def _said_before(story: Story, place: int, pair: Pair) -> frozenset[str]:
    """Messages of a pair ahead of a step of the timeline."""
    sessions = [step for step in story.timeline[:place] if isinstance(step, Session)]
    return frozenset(name for s in sessions if s.pair == pair for name, _, _ in s.messages)


def score_questions(story: Story, run: StoryRun, matcher: Matcher) -> StoryScore:
    """Whether questions bring back what answers them, and nothing that they mustn't."""
    score = StoryScore()
    totals: dict[str, list[float]] = {}
    for asked in run.asked:
        for measure, (numerator, denominator) in _question(score, story, asked, matcher).items():
            sums = totals.setdefault(measure, [0.0, 0.0])
            sums[0] += numerator
            sums[1] += denominator
    for measure, (numerator, denominator) in totals.items():
        score.add(measure, numerator, denominator)
    return score


def _question(
    score: StoryScore, story: Story, asked: Asked, matcher: Matcher
) -> dict[str, tuple[float, float]]:
    question = asked.question
    if not question.answerable:
        called_for = [each for each in asked.recalled if each.called_for]
        return {"abstained": (float(not called_for), 1)}
    found = _found(story, question, asked.recalled, matcher)
    at_once = _found(story, question, asked.recalled[:3], matcher)
    wanted = len(question.expects) or len(question.evidence)
    if found < wanted:
        score.notes.append(f"not recalled for “{question.ask}”: {wanted - found} of {wanted}")
    measures: dict[str, tuple[float, float]] = {
        "answers": (found, wanted),
        "answers@3": (at_once, wanted),
    }
    for statement in (story.statements[name] for name in question.must_not_recall):
        measure, broken = _must_not(story, statement, asked, matcher)
        if broken:
            score.notes.append(f"{measure} for “{question.ask}”: {statement.text}")
        before = measures.get(measure, (0, 0))
        measures[measure] = (before[0] + broken, before[1] + 1)
    return measures


def _found(
    story: Story, question: StoryQuestion, recalled: Sequence[Stored], matcher: Matcher
) -> int:
    """How many of the facts (or messages) that an answer needs are there."""
    if not question.expects:
        cited = frozenset[str]().union(*(each.cited for each in recalled))
        return len(cited.intersection(question.evidence))
    facts = [story.statements[name] for name in question.expects]
    return sum(any(_tells(matcher, fact, each, story) for each in recalled) for fact in facts)


def _tells(matcher: Matcher, fact: Statement, stored: Stored, story: Story) -> bool:
    """By its own words, or by the message it cites."""
    if stored.cited.intersection(fact.sources):
        return True
    return stored.kind != EPISODE and _says(matcher, fact, stored, story)


def _must_not(
    story: Story, statement: Statement, asked: Asked, matcher: Matcher
) -> tuple[str, bool]:
    """Which measure it counts for, and whether it came up."""
    forgotten = {step.forget for step in story.timeline if isinstance(step, Forgetting)}
    if statement.pair != asked.question.pair:
        return "leaks", any(_mentions(statement, each) for each in asked.recalled)
    if statement.id in forgotten:
        return "residue", any(_mentions(statement, each) for each in asked.recalled)
    return "stale", _is_stale(story, statement, asked, matcher)


def _is_stale(story: Story, statement: Statement, asked: Asked, matcher: Matcher) -> bool:
    """A stored fact that says it, or the old words ranked above all newer ones."""
    facts = [each for each in asked.recalled if each.kind != EPISODE]
    if any(_says(matcher, statement, each, story) for each in facts):
        return True
    newer = story.statements.get(getattr(statement, "replaced_by", None) or "")
    if newer is None:
        return False
    order = [each.cited for each in asked.recalled]
    old = next((n for n, cited in enumerate(order) if cited & set(statement.sources)), None)
    new = next((n for n, cited in enumerate(order) if cited & set(newer.sources)), None)
    return old is not None and (new is None or old < new)


def _assign(
    story: Story, predicted: Iterable[Stored], matcher: Matcher
) -> tuple[dict[str, Stored], list[tuple[Stored, str]]]:
    """Each gold fact's prediction, and the predictions that are none of them with the reason.
    Predictions of optional facts are in neither, and only once."""
    matches: dict[str, Stored] = {}
    extra: list[tuple[Stored, str]] = []
    for stored in sorted(predicted, key=lambda each: each.key):
        same = [
            f for f in story.facts if f.pair == stored.pair and _says(matcher, f, stored, story)
        ]
        free = [fact for fact in same if fact.id not in matches]
        if free:
            best = max(free, key=lambda fact: matcher.similarity(fact.text, stored.text))
            matches[best.id] = stored
        elif not same:
            extra.append((stored, _why(story, stored, matcher)))
        elif stored.active and not all(fact.optional for fact in same):
            extra.append((stored, _REPEATED))
    return matches, extra


def _why(story: Story, stored: Stored, matcher: Matcher) -> str:
    """The trap it fell into, or how it misses the fact it comes nearest to."""
    for trap in story.traps:
        if _says(matcher, trap, stored, story):
            return trap.why
    if not story.facts:
        return "nothing was to be kept"
    nearest: GoldFact = max(story.facts, key=lambda f: matcher.similarity(f.text, stored.text))
    reason = matcher.disagreement(nearest, stored.text, _source(story, nearest))
    return str(reason or Reason.PEOPLE)


def _says(matcher: Matcher, statement: Statement, stored: Stored, story: Story) -> bool:
    return matcher.disagreement(statement, stored.text, _source(story, statement)) is None


def _source(story: Story, statement: Statement) -> str:
    """The text of a statement's messages, with the names of those who talk."""
    user, character = statement.pair
    said = [
        text for s in story.sessions for name, _, text in s.messages if name in statement.sources
    ]
    return " ".join((story.users[user].name, story.characters[character].name, *said))


def _mentions(statement: Statement, stored: Stored) -> bool:
    return has_keys(Expectation(statement.wordings, statement.keys), stored.text)
