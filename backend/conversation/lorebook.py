"""A character's lorebook: what it knows of its world, told when the talk comes to it. Pure functions.

An entry is told if one of its keys stands in the last messages, or always if it is `constant`. (Fields
as in Character Card V3, "Lorebook"; of the decorators those that say when an entry is told.)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.conversation.lorebook_keys import Said
from backend.conversation.macros import fill
from backend.conversation.token_budget import estimate_tokens
from backend.models import Character

SCAN_DEPTH = 4  # messages looked through, the user's newest among them
TOKEN_BUDGET = 1000
MOST_TOKENS = 2000  # of a prompt, whatever a card asks for
_ROUNDS = 3  # of entries that bring up others
_NAME_LENGTH = 60

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Lore:
    """What is told of the world: `texts` in the order of the prompt; the names of these entries, and of
    those for which there was no room."""

    texts: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    text: str
    keys: tuple[str, ...]
    secondary: tuple[str, ...]  # one of them must stand there too
    excluding: tuple[str, ...]  # none of them may
    always: bool
    case_sensitive: bool
    depth: int | None
    order: float
    priority: float
    after: bool


def lore_for(character: Character, user_name: str, newest_first: Sequence[str]) -> Lore:
    """What the character's lorebook has to say, given what was said last.

    Entries for which there is no room in the book's token budget are left out, the least important
    first."""
    read = (_read(row, place) for place, row in enumerate(character.lorebook, start=1))
    entries = [entry for entry in read if entry]
    if not entries:
        return Lore()
    book = _book(character)
    depth = _whole(book.get("scan_depth"), SCAN_DEPTH)
    active = _active(entries, newest_first, depth)
    if book.get("recursive_scanning") is True:
        active = _with_what_they_bring_up(active, entries)
    budget = min(_whole(book.get("token_budget"), TOKEN_BUDGET), MOST_TOKENS)
    texts = [fill(entry.text, character, user_name).strip() for entry in active]
    told = _fitting(active, texts, budget)
    return Lore(
        tuple(texts[place] for place in told),
        tuple(active[place].name for place in told),
        tuple(active[place].name for place in sorted(set(range(len(active))) - set(told))),
    )


def _active(entries: list[_Entry], newest_first: Sequence[str], depth: int) -> list[_Entry]:
    said = Said(newest_first)
    return [
        entry
        for entry in entries
        if entry.always or _is_called(entry, said, depth if entry.depth is None else entry.depth)
    ]


def _with_what_they_bring_up(active: list[_Entry], entries: list[_Entry]) -> list[_Entry]:
    known = {id(entry) for entry in active}
    for _ in range(_ROUNDS):
        told = Said([entry.text for entry in active])
        waiting = [entry for entry in entries if id(entry) not in known]
        more = [entry for entry in waiting if _is_called(entry, told, len(active))]
        if not more:
            break
        active = [*active, *more]
        known.update(map(id, more))
    return active


def _is_called(entry: _Entry, said: Said, depth: int) -> bool:
    def stand(keys: tuple[str, ...]) -> bool:
        return said.holds(keys, depth, case_sensitive=entry.case_sensitive)

    called = stand(entry.keys) and (not entry.secondary or stand(entry.secondary))
    return called and not stand(entry.excluding)


def _fitting(active: list[_Entry], texts: list[str], budget: int) -> list[int]:
    """The places of the entries that fit, in the order of the prompt."""
    fitting = []
    by_worth = sorted(range(len(active)), key=lambda place: -active[place].priority)
    for place in by_worth:
        cost = estimate_tokens(texts[place])
        if 0 < cost <= budget:
            budget -= cost
            fitting.append(place)
    return sorted(fitting, key=lambda place: (active[place].after, active[place].order, place))


def _read(row: Json, place: int) -> _Entry | None:
    """An entry as its author meant it, whatever is amiss in the row; None for one that is never told."""
    content = row.get("content")
    if row.get("enabled") is False or not isinstance(content, str):
        return None
    decorators, text = _decorators(content)
    if "dont_activate" in decorators and "activate" not in decorators:
        return None
    keys = _texts(row.get("keys"))
    selective = row.get("selective") is True
    order = _number(row.get("insertion_order"), 0.0)
    return _Entry(
        name=_name(row, keys, place),
        text=text,
        keys=keys,
        secondary=(
            *(_texts(row.get("secondary_keys")) if selective else ()),
            *_listed(decorators.get("additional_keys")),
        ),
        excluding=_listed(decorators.get("exclude_keys")),
        always=row.get("constant") is True or "activate" in decorators,
        case_sensitive=row.get("case_sensitive") is True,
        depth=_depth(decorators.get("scan_depth")),
        order=order,
        priority=_number(row.get("priority"), order),
        after=row.get("position") == "after_char",
    )


def _decorators(content: str) -> tuple[dict[str, str], str]:
    """The lines at the top that begin with @@, by name, and the text below them. Those that stand in
    for others (@@@) are left out, since those are told apart by clients that know more."""
    decorators: dict[str, str] = {}
    lines = content.lstrip().split("\n")
    while lines and lines[0].startswith("@@"):
        name, _, value = lines.pop(0)[2:].strip().partition(" ")
        if not name.startswith("@"):
            decorators.setdefault(name, value.strip())
    return decorators, "\n".join(lines)


def _name(row: Json, keys: tuple[str, ...], place: int) -> str:
    named = (row.get(field) for field in ("name", "comment"))
    name = next((text for text in (*named, *keys) if isinstance(text, str) and text.strip()), "")
    return name.strip()[:_NAME_LENGTH] or f"entry {place}"


def _book(character: Character) -> Json:
    card = character.card or {}
    inner = card.get("data")
    book = (inner if isinstance(inner, dict) else card).get("character_book")
    return book if isinstance(book, dict) else {}


def _texts(value: Any) -> tuple[str, ...]:
    """Keys: a list of them, or, as some clients write, one text with commas between."""
    if isinstance(value, str):
        return _listed(value)
    if not isinstance(value, list):
        return ()
    return tuple(key.strip() for key in value if isinstance(key, str) and key.strip())


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(key.strip() for key in (text or "").split(",") if key.strip())


def _number(value: Any, default: float) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return max(-1e9, min(1e9, value)) if is_number else default


def _whole(value: Any, default: int) -> int:
    """A number that is not negative; the default for anything else."""
    number = _number(value, -1.0)
    return int(number) if number >= 0 else default


def _depth(value: str | None) -> int | None:
    return int(value[:6]) if value and value.isascii() and value.isdecimal() else None
