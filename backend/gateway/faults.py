"""What is wrong with what a client sent, in words for people: pydantic's findings, retold. Pure functions.

Pydantic speaks of its own types ("Input should be a valid dictionary or object to extract fields from") and
shows patterns. Here each kind of finding has a sentence; one without any is still none of pydantic's.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from backend.gateway.emails import EMAIL

Finding = Mapping[str, Any]  # as in `ValidationError.errors()`

_ONE_OF = re.compile(r"\^\(([\w|-]+)\)\$")  # a pattern that lists what may be
_LISTED = re.compile(r"'([^']*)'")
_PATTERNS = {EMAIL: "must look like name@example.org", r"\S": "must not be blank"}
_UNKNOWN = "can't be used: it isn't of the kind that is asked for here"

_PLAIN: dict[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "isn't known here",
    "string_type": "must be a text",
    "string_unicode": "holds something that is no character",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number that isn't infinite",
    "list_type": "must be a list",
    "uuid_type": "must be an id (a UUID)",
    "uuid_parsing": "must be an id (a UUID)",
    "none_required": "must be null",
}
# Kinds of one family begin alike.
_FAMILIES: dict[str, str] = {
    "int_": "must be a whole number",
    "datetime_": "must be a date and time with its zone, such as 2026-09-01T18:30:00Z",
    "timezone_": "must be a date and time with its zone, such as 2026-09-01T18:30:00Z",
    "date_": "must be a date, such as 2026-09-01",
    "dict_": "must be an object",
    "model_": "must be an object",
    "dataclass_": "must be an object",
}
_BOUNDS: dict[str, Callable[[Finding], str]] = {
    "greater_than_equal": lambda about: f"must be at least {about['ge']}",
    "greater_than": lambda about: f"must be more than {about['gt']}",
    "less_than_equal": lambda about: f"must be at most {about['le']}",
    "less_than": lambda about: f"must be less than {about['lt']}",
    "string_too_short": lambda about: _at_least(about["min_length"], "character"),
    "string_too_long": lambda about: f"must have at most {about['max_length']} characters",
    "too_short": lambda about: _at_least(about["min_length"], "entry"),
    "too_long": lambda about: f"must have at most {about['max_length']} entries",
    "string_pattern_mismatch": lambda about: _for_pattern(about["pattern"]),
    "literal_error": lambda about: _one_of(_LISTED.findall(about["expected"])),
    "enum": lambda about: _one_of(_LISTED.findall(about["expected"])),
    "value_error": lambda about: str(about["error"]).rstrip("."),
}


class Fault(NamedTuple):
    """`field` is its path in what was sent, `messages.3.content`, and empty for all of it; `problem` is what
    to say of it, without a full stop."""

    field: str
    problem: str

    def told(self, whole: str) -> str:
        """Both, as one says it; `whole` names what was sent."""
        return f"{self.field}: {self.problem}" if self.field else f"{whole} {self.problem}"

    def wire(self) -> dict[str, str]:
        """As an entry of a problem's `errors`."""
        return self._asdict()


def fault(finding: Finding, *, within: int = 0) -> Fault:
    """A finding in our words. The first `within` steps of its path say where it was sent, not what."""
    path = finding["loc"][within:]
    if finding["type"] == "json_invalid":
        place = int(path[0]) + 1 if path else 1
        return Fault("", f"is not JSON (character {place})")
    return Fault(".".join(str(step) for step in path), problem_of_value(finding))


def problem_of_value(finding: Finding) -> str:
    """What is wrong with the value, as one says it behind its name."""
    kind, about = finding["type"], finding.get("ctx", {})
    if kind in _BOUNDS:
        return _BOUNDS[kind](about)
    if kind in _PLAIN:
        return _PLAIN[kind]
    families = (words for begins, words in _FAMILIES.items() if kind.startswith(begins))
    return next(families, _UNKNOWN)


def _for_pattern(pattern: str) -> str:
    if listed := _ONE_OF.fullmatch(pattern):
        return _one_of(listed[1].split("|"))
    return _PATTERNS.get(pattern, "isn't written as it has to be")


def _one_of(values: Sequence[str]) -> str:
    *first, last = values
    return f"must be {', '.join(first)} or {last}" if first else f"must be {last}"


def _at_least(least: int, what: str) -> str:
    if least == 1:
        return "must not be empty"
    return f"must have at least {least} {'entries' if what == 'entry' else what + 's'}"
