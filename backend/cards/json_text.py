"""JSON that somebody else wrote, read so that it can be stored as it is."""

import json
import math
from typing import Any

from backend.cards.bounds import MAX_DEPTH, MAX_JSON_BYTES
from backend.errors import InvalidCard


def read_object(text: bytes, what: str) -> dict[str, Any]:
    """The JSON object in UTF-8 `text`; `what` names it in errors.

    Raises:
        InvalidCard: no JSON object, or one that can't be stored as it is: too large, too deep, NUL
            or half a surrogate pair in a text, a number beyond any bound.
    """
    if len(text) > MAX_JSON_BYTES:
        raise InvalidCard(f"{what} is larger than {MAX_JSON_BYTES // 2**20} MB.")
    try:
        value = json.loads(text.decode("utf-8-sig"), parse_constant=_no_number, parse_float=_finite)
    except UnicodeDecodeError as error:
        raise InvalidCard(f"{what} isn't UTF-8 text.") from error
    except RecursionError as error:
        raise InvalidCard(f"{what} is nested too deeply.") from error
    except ValueError as error:  # JSONDecodeError is one; so is an integer of 5,000 digits
        raise InvalidCard(f"{what} isn't JSON: {error}.") from error
    if not isinstance(value, dict):
        raise InvalidCard(f"{what} isn't a JSON object.")
    check_storable(value, what)
    return value


def write_object(value: dict[str, Any]) -> bytes:
    """The object as UTF-8 JSON that people can read."""
    return json.dumps(value, ensure_ascii=False, indent=2).encode()


def check_storable(value: Any, what: str) -> None:
    """Whether a JSON value can be stored as it is; `what` names it in errors.

    Raises:
        InvalidCard: nested too deeply, or a text that the database can't hold.
    """
    waiting = [(value, 1)]
    while waiting:
        item, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise InvalidCard(f"{what} is nested more than {MAX_DEPTH} deep.")
        if isinstance(item, dict):
            waiting += [(part, depth + 1) for pair in item.items() for part in pair]
        elif isinstance(item, list):
            waiting += [(part, depth + 1) for part in item]
        elif isinstance(item, str) and not _storable(item):
            raise InvalidCard(
                f"{what} holds a text with a NUL character or half a surrogate pair: "
                "it can't be stored."
            )


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number in JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError("a number is too large")
    return number


def _storable(text: str) -> bool:
    return "\x00" not in text and (
        text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)
    )
