"""Reads a file or folder in whichever layout it is: plain JSON lines, LoCoMo, REALTALK or BEAM.

The converters beside it are pure: parsed JSON in, plain records out.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from backend.errors import InvalidRequest
from bench.quality.converters import beam, locomo, realtalk
from bench.quality.converters.records import Record

IN_A_FOLDER = ("*.jsonl", "locomo*.json", "Chat_*.json", "chat.json", "*/chat.json")
LAYOUTS = "JSON lines, LoCoMo's locomo10.json, REALTALK's Chat_*.json and BEAM's chat.json"


def read_records(path: Path) -> Iterator[tuple[str, Record]]:
    """Each conversation of a file, or of the files that a folder holds, and where it stands.

    Raises:
        InvalidRequest: it isn't there, or isn't in a known layout; says which file, and what is
            wrong.
    """
    for file in files_of(path):
        text = _read(file)
        if file.suffix == ".jsonl" or not text.strip() or _is_lines(text):
            yield from _lines(file, text)
        else:
            yield from _converted(file, _parsed(text, str(file)))


def _reason(error: ValueError) -> str:
    """What is wrong, for a person."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error)


def files_of(path: Path) -> list[Path]:
    """A file, or the conversation files of a folder, in their order.

    Raises:
        InvalidRequest: a folder has none.
    """
    if not path.is_dir():
        return [path]
    found = {file for pattern in IN_A_FOLDER for file in path.glob(pattern)}
    if not found:
        raise InvalidRequest(f"{path} holds no conversations in a known layout: {LAYOUTS}.")
    return sorted(found, key=_in_order)


def _in_order(file: Path) -> tuple[int, str]:
    """Numbered folders and files by number: 2 before 10."""
    number = re.search(r"\d+", _name(file))
    return int(number[0]) if number else 0, str(file)


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except (OSError, ValueError) as error:
        raise InvalidRequest(f"{file} can't be read: {error}") from error


def _parsed(text: str, place: str, hint: str = "") -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise InvalidRequest(f"{place} isn't JSON: {error}{hint}") from error


def _is_lines(text: str) -> bool:
    """Whether the first line alone is a plain record."""
    try:
        first = json.loads(text.lstrip().partition("\n")[0])
    except ValueError:
        return False
    return isinstance(first, dict) and "messages" in first


def _lines(file: Path, text: str) -> Iterator[tuple[str, Record]]:
    if not text.strip():
        raise InvalidRequest(f"{file} is empty: write one conversation, a JSON object, a line.")
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            place = f"{file}, line {number}"
            yield place, _parsed(line, place, ". Each line is one JSON object")


def _converted(file: Path, data: Any) -> Iterator[tuple[str, Record]]:
    try:
        yield from ((str(file), record) for record in _records(file, data))
    except ValueError as error:
        raise InvalidRequest(f"{file} isn't as expected: {_reason(error)}") from error


def _records(file: Path, data: Any) -> Iterator[Record]:
    if locomo.fits(data):
        return locomo.convert(data)
    if realtalk.fits(data):
        return realtalk.convert(data, file.stem)
    if beam.fits(data):
        questions = file.parent / "probing_questions" / "probing_questions.json"
        return beam.convert(data, _parsed(_read(questions), str(questions)), _name(file))
    first = data[0] if isinstance(data, list) and data else data
    if isinstance(first, dict) and "messages" in first:
        raise ValueError("write each conversation as one JSON object a line, in a .jsonl file")
    raise ValueError(f"it is in none of the known layouts: {LAYOUTS}")


def _name(file: Path) -> str:
    """What BEAM's chats are told apart by is the folder; the others', the file."""
    return f"beam-{file.resolve().parent.name}" if file.name == "chat.json" else file.stem
