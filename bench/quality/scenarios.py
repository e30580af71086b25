"""Short stories with gold labels: what a memory should keep, change, drop and never invent.

One story a line of a JSON lines file; `docs/evaluation.md` has one with every field explained.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from backend.conversation.importing import ImportedMessage
from backend.errors import InvalidRequest
from bench.quality.matching import Expectation, has_keys
from bench.quality.plain import complaint

FOLDER = Path(__file__).parent / "scenarios"
BETWEEN_MESSAGES = timedelta(seconds=30)
Split = Literal["dev", "test"]
Test = Literal[
    "extraction", "hypothetical", "joke", "character-trait", "quoted", "fiction", "system-prompt",
    "update", "contradiction", "reinforcement", "date", "owner", "forget", "abstention",
    "user-isolation", "character-isolation", "chit-chat",
]  # fmt: skip
Keys = tuple[str | tuple[str, ...], ...]
Pair = tuple[str, str]  # user, character


class _Strict(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True
    )


class Person(_Strict):
    """A user of the story; `time_zone` is what "last Friday" is said in."""

    name: str
    time_zone: str = "UTC"

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        try:
            return ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(
                f"there is no time zone {name!r}; write Europe/Madrid or UTC"
            ) from error


class Role(_Strict):
    """A character of the story."""

    name: str
    system_prompt: str = ""


class _Owned(_Strict):
    """Something of one user-character pair; a story with one pair need not name it."""

    user: str = ""
    character: str = ""

    @property
    def pair(self) -> Pair:
        return self.user, self.character


class Statement(_Owned):
    """A sentence about a person, and how to know it again in other words: every entry of `keys`
    occurs in a right wording (of an entry that is a tuple, any of its words)."""

    id: str
    text: str
    other_words: tuple[str, ...] = ()
    keys: Keys = Field(min_length=1)
    sources: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _can_match(self) -> Self:
        label = Expectation(self.wordings, self.keys)
        if not any(has_keys(label, wording) for wording in self.wordings):
            raise ValueError(
                f"the keys of {self.id!r} don't all occur in its text or in any of its otherWords,"
                " so nothing could ever match it"
            )
        return self

    @property
    def wordings(self) -> tuple[str, ...]:
        return self.text, *self.other_words


class GoldFact(Statement):
    """What a good memory keeps. `optional`: neither asked for nor wrong. `event_date` is
    `YYYY-MM-DD`, `YYYY-MM` or `YYYY`. `replaced_by`: the fact that made this one out of date."""

    about: Literal["user", "character", "other"] = "user"
    about_name: str | None = None
    event_date: str | None = Field(default=None, pattern=r"^\d{4}(-\d\d(-\d\d)?)?$")
    replaced_by: str | None = None
    optional: bool = False


class Trap(Statement):
    """What a careless extractor would store."""

    why: str


class StoryQuestion(_Owned):
    """Asked when the story is over. `expects`: facts that an answer needs; `evidence`: messages
    that hold it; `must_not_recall`: facts and traps that must stay away."""

    ask: str
    expects: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    must_not_recall: tuple[str, ...] = ()
    answerable: bool = True


class Session(_Owned):
    """One conversation. Messages are (id, sender, text), half a minute apart from `at` on."""

    at: AwareDatetime
    messages: tuple[tuple[str, Literal["user", "character"], str], ...] = Field(min_length=1)

    @property
    def imported(self) -> tuple[ImportedMessage, ...]:
        """As the import takes them; `clientMessageId` is the story's id."""
        return tuple(
            ImportedMessage(sender, text, self.at.astimezone(UTC) + n * BETWEEN_MESSAGES, name)
            for n, (name, sender, text) in enumerate(self.messages)
        )


class Forgetting(_Strict):
    """The user forgets the fact with this id."""

    forget: str


class ForgettingEverything(_Strict):
    """The user forgets all that a character remembers."""

    forget_everything: _Owned


def _kind_of_step(step: object) -> str:
    """What an entry of the timeline, parsed or read, means to be: so a mistake in it is told once."""
    if isinstance(step, Forgetting):
        return "forget"
    if isinstance(step, ForgettingEverything):
        return "forgetEverything"
    for kind in ("forgetEverything", "forget"):
        if isinstance(step, dict) and kind in step:
            return kind
    return "session"


Step = Annotated[
    Annotated[Session, Tag("session")]
    | Annotated[Forgetting, Tag("forget")]
    | Annotated[ForgettingEverything, Tag("forgetEverything")],
    Discriminator(_kind_of_step),
]


class Story(_Strict):
    """One scenario; the first of `tests` is its category. `docs/evaluation.md`, "Stories of your
    own", shows one and explains every field."""

    id: str
    split: Split
    language: str
    tests: tuple[Test, ...] = Field(min_length=1)
    users: dict[str, Person] = Field(min_length=1)
    characters: dict[str, Role] = Field(min_length=1)
    timeline: tuple[Step, ...] = Field(min_length=1)
    facts: tuple[GoldFact, ...] = ()
    traps: tuple[Trap, ...] = ()
    questions: tuple[StoryQuestion, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _fill_in_the_pair(cls, data: object) -> object:
        return _with_pair(data) if isinstance(data, dict) else data

    @model_validator(mode="after")
    def _check_references(self) -> Self:
        problems = list(_problems(self))
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def sessions(self) -> tuple[Session, ...]:
        return tuple(step for step in self.timeline if isinstance(step, Session))

    @property
    def statements(self) -> dict[str, Statement]:
        """Facts and traps by id."""
        return {item.id: item for item in (*self.facts, *self.traps)}


def read_scenarios(folder: Path = FOLDER, split: str = "all") -> list[Story]:
    """Read the stories of a split (`dev`, `test`, `all`) from a folder's `*.jsonl`, in order of id.

    Raises:
        InvalidRequest: no such split, no story of it, or a line isn't a sound story; says which
            and why.
    """
    if split not in (*get_args(Split), "all"):
        raise InvalidRequest(f"There is no split '{split}'; there are dev, test and all.")
    places: dict[str, str] = {}
    stories = []
    for path in story_files(folder):
        for place, story in _read(path):
            if story.id in places:
                raise InvalidRequest(
                    f"Two stories have the same id: {story.id}; {places[story.id]}, and {place}."
                )
            places[story.id] = place
            stories.append(story)
    found = [story for story in stories if split in ("all", story.split)]
    if not found:
        counts = Counter(story.split for story in stories)
        there = ", ".join(f"{number} of {name}" for name, number in counts.items())
        raise InvalidRequest(
            f"There are no stories of the split {split} in {folder}: {there or 'none at all'}."
        )
    return sorted(found, key=lambda story: story.id)


def story_files(folder: Path) -> list[Path]:
    """The files of a folder of stories, by name.

    Raises:
        InvalidRequest: it has none.
    """
    if not (found := sorted(folder.glob("*.jsonl"))):
        raise InvalidRequest(f"There are no stories (*.jsonl) in {folder}.")
    return found


def _read(path: Path) -> Iterator[tuple[str, Story]]:
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except ValueError as error:
        raise InvalidRequest(f"{path} can't be read: {error}") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            place = f"{path}, line {number}"
            yield place, _story(line, place)


def _story(line: str, place: str) -> Story:
    try:
        data = json.loads(line)
    except ValueError as error:
        raise InvalidRequest(
            f"{place} isn't JSON: {error}. Each line is one story, a JSON object."
        ) from error
    try:
        return Story.model_validate(data)
    except ValidationError as error:
        name = f", story {data['id']!r}" if isinstance(data, dict) and "id" in data else ""
        raise InvalidRequest(f"{place}{name}: {complaint(error)}") from error


def _with_pair(data: dict[str, Any]) -> dict[str, Any]:
    """Name the pair everywhere in a story that has only one."""
    users, characters = data.get("users"), data.get("characters")
    default: dict[str, object] = {}
    if isinstance(users, dict) and len(users) == 1:
        default["user"] = next(iter(users))
    if isinstance(characters, dict) and len(characters) == 1:
        default["character"] = next(iter(characters))

    def named(items: object, *, only: str | None = None) -> object:
        if not isinstance(items, list):
            return items
        return [
            default | item if isinstance(item, dict) and (not only or only in item) else item
            for item in items
        ]

    return data | {
        "timeline": named(data.get("timeline"), only="messages"),
        **{part: named(data.get(part, [])) for part in ("facts", "traps", "questions")},
    }


def _problems(story: Story) -> Iterator[str]:
    said = [name for session in story.sessions for name, _, _ in session.messages]
    if len(said) != len(set(said)):
        yield "two messages have the same id"
    facts = {fact.id for fact in story.facts}
    if len(story.statements) != len(story.facts) + len(story.traps):
        yield "two facts or traps have the same id"
    if [s.at for s in story.sessions] != sorted(s.at for s in story.sessions):
        yield "sessions are out of order"
    owned: Iterable[_Owned] = (
        *story.sessions, *story.statements.values(), *story.questions,
        *(s.forget_everything for s in story.timeline if isinstance(s, ForgettingEverything)),
    )  # fmt: skip
    for item in owned:
        if item.user not in story.users or item.character not in story.characters:
            yield f"no such user and character: {item.user!r}, {item.character!r}"
    references = {
        "message": (said, [s for item in story.statements.values() for s in item.sources]
                    + [s for question in story.questions for s in question.evidence]),
        "fact": (facts, [fact.replaced_by for fact in story.facts if fact.replaced_by]
                 + [step.forget for step in story.timeline if isinstance(step, Forgetting)]
                 + [name for question in story.questions for name in question.expects]),
        "fact or trap": (story.statements,
                         [name for q in story.questions for name in q.must_not_recall]),
    }  # fmt: skip
    for kind, (known, used) in references.items():
        for name in used:
            if name not in known:
                yield f"no such {kind}: {name!r}"
