"""Playing a story on the real path: sessions, forgetting, questions; and what was stored."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from backend.memory.forgetting import forget_memory
from backend.memory.recall import RecallRequest, recall
from backend.models import Character, Memory, Owner, User
from backend.store import MemoryFilter
from bench.quality.lab import Lab, Pair, a_user
from bench.quality.matcher import Matcher
from bench.quality.matching import in_third_person
from bench.quality.scenarios import (
    Forgetting,
    GoldFact,
    Session,
    Step,
    Story,
    StoryQuestion,
)
from bench.quality.scenarios import Pair as PairName

MANY = 1000  # memories of one pair in a story
EPISODE = "episode"


@dataclass(frozen=True, slots=True)
class Stored:
    """A memory as the scores see it; `text` has the user's name for "the user", `cited` are the
    story's message ids, `called_for` is False where recall only filled up with what is known."""

    key: str
    pair: PairName
    kind: str
    text: str
    cited: frozenset[str]
    about: str = "user"
    event_date: str | None = None
    active: bool = True
    called_for: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what was recalled for it, best first."""

    question: StoryQuestion
    recalled: tuple[Stored, ...]


@dataclass(slots=True)
class StoryRun:
    """What one system made of a story: facts it ever held, everything it holds at the end, what
    each question brought back."""

    facts: dict[str, Stored] = field(default_factory=dict)
    left: list[Stored] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    recall_ms: list[float] = field(default_factory=list)


async def run_story(lab: Lab, story: Story, matcher: Matcher) -> StoryRun:
    """Play a story from its first session to its last question."""
    return await _Player(lab, story, matcher).run()


class _Player:
    def __init__(self, lab: Lab, story: Story, matcher: Matcher) -> None:
        self._lab = lab
        self._story = story
        self._matcher = matcher
        self._users = {
            key: a_user(person.name, person.time_zone) for key, person in story.users.items()
        }
        self._characters = {
            key: Character(name=role.name, description=role.system_prompt)
            for key, role in story.characters.items()
        }

    async def run(self) -> StoryRun:
        run = StoryRun()
        statements = self._story.statements.values()
        await self._matcher.learn(words for each in statements for words in each.wordings)
        for step in self._story.timeline:
            if not isinstance(step, Session):
                await self._look(run)  # what is forgotten was extracted all the same
            await self._take(step)
        run.left = await self._look(run)
        for question in self._story.questions:
            await self._ask(run, question)
        return run

    async def _take(self, step: Step) -> None:
        match step:
            case Session():
                await self._lab.play(await self._pair(step.pair), self._story.id, step.imported)
            case Forgetting():
                gold = next(fact for fact in self._story.facts if fact.id == step.forget)
                await self._forget([self._best(gold, await self._stored(gold.pair))])
            case _:
                await self._forget(await self._stored(step.forget_everything.pair))

    async def _forget(self, memories: Iterable[Stored | None]) -> None:
        for memory in memories:
            if memory is not None:
                found = await self._rows(memory.pair)
                if doomed := found.get(memory.key):
                    await forget_memory(self._lab.core.memory, doomed.owner, doomed.id)

    def _best(self, gold: GoldFact, stored: list[Stored]) -> Stored | None:
        """What a person would pick from the list of memories to have this forgotten."""
        facts = [each for each in stored if each.kind != EPISODE and each.active]
        said = [each for each in facts if self._matcher.disagreement(gold, each.text) is None]
        cited = [each for each in (*facts, *stored) if each.cited & set(gold.sources)]
        return next((each for each in (*said, *cited) if each.active), None)

    async def _look(self, run: StoryRun) -> list[Stored]:
        pairs = {session.pair: None for session in self._story.sessions}
        stored = [each for pair in pairs for each in await self._stored(pair)]
        run.facts |= {each.key: each for each in stored if each.kind == "fact"}
        return stored

    async def _stored(self, name: PairName) -> list[Stored]:
        stored = [self._seen(name, memory) for memory in (await self._rows(name)).values()]
        await self._matcher.learn(each.text for each in stored)
        return stored

    async def _rows(self, name: PairName) -> dict[str, Memory]:
        owner = self._owner(name)
        async with self._lab.core.store.transaction() as tx:
            rows = await tx.memories.page(owner, MemoryFilter(status=None), limit=MANY, before=None)
        return {str(row.id): row for row in rows if row.content and row.realm == "real"}

    async def _ask(self, run: StoryRun, question: StoryQuestion) -> None:
        user, character = question.pair
        found = await recall(
            self._lab.core.memory,
            RecallRequest(
                self._owner(question.pair),
                question.ask,
                user_name=self._story.users[user].name,
                character_name=self._story.characters[character].name,
                now=self._story.sessions[-1].at,
            ),
        )
        run.recall_ms.append(sum(found.timings.values()))
        called_for = {item.memory.id: item.score > 0 for item in found.memories}
        async with self._lab.core.store.transaction() as tx:
            rows = await tx.memories.of_owner(self._owner(question.pair), list(called_for))
        whole = {row.id: row for row in rows}
        run.asked.append(
            Asked(
                question,
                tuple(
                    self._seen(question.pair, whole[key], called_for=called)
                    for key, called in called_for.items()
                ),
            )
        )

    def _seen(self, name: PairName, memory: Memory, *, called_for: bool = True) -> Stored:
        fact = memory.kind != EPISODE
        text = memory.content
        return Stored(
            str(memory.id),
            name,
            memory.kind,
            in_third_person(text, self._story.users[name[0]].name) if fact else text,
            self._lab.cited(memory.source_message_ids),
            memory.about,
            _day(memory.event_time, self._users[name[0]]),
            memory.status == "active",
            called_for,
        )

    async def _pair(self, name: PairName) -> Pair:
        return await self._lab.meet(self._users[name[0]], self._characters[name[1]])

    def _owner(self, name: PairName) -> Owner:
        return Owner(self._characters[name[1]].id, self._users[name[0]].id)


def _day(moment: datetime | None, user: User) -> str | None:
    """The day on which something was, where the user lives."""
    return moment.astimezone(user.zone).date().isoformat() if moment else None
