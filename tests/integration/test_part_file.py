"""A command that writes a user's archive into a file, and is killed at any moment."""

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from backend.models import Conversation
from backend.privacy.lots import AT_A_TIME, Source
from backend.privacy.part_file import open_part_file
from tests.support.records import a_message
from tests.support.system import System


async def written(out: Path, source: Source, pieces: int | None = None) -> int:
    """Write, up to so many pieces; returns how many there are then."""
    part = open_part_file(out, source)
    writing = part.write()
    count = 0
    async for _ in writing:
        count += 1
        if count == pieces:
            break
    await writing.aclose()  # type: ignore[attr-defined]
    return count


async def talk(system: System) -> tuple[Conversation, Source]:
    """More than two pieces of messages."""
    conversation = await system.introduce()
    said = [a_message(conversation, f"Line {n}.", seq=n + 1) for n in range(2 * AT_A_TIME + 1)]
    async with system.store.transaction() as tx:
        await tx.messages.add_many(said)
    return conversation, Source(system.store, conversation.user_id)


def said_in(out: Path) -> list[int]:
    with ZipFile(out) as archive:
        assert archive.testzip() is None
        found: list[dict[str, Any]] = [
            json.loads(line)
            for name in sorted(archive.namelist())
            if name.startswith("data/messages/")
            for line in archive.read(name).splitlines()
        ]
    return [each["seq"] for each in found]


def names_in(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


def damage(out: Path, how: str) -> None:
    """What a kill leaves: bytes without a note, half a note, nothing yet, or all but the last step."""
    content, notes = out.with_name("a.zip.part"), out.with_name("a.zip.part.notes")
    if how == "bytes without a note":
        content.write_bytes(content.read_bytes() + b"half a piece")
    elif how == "half a note":
        notes.write_bytes(notes.read_bytes()[:-20])
    elif how == "notes of another":
        notes.write_text('["0199a1b2-7c1e-7a55-9d1f-4be2f0c55a10", "2026-01-01T00:00:00+00:00"]\n')
    elif how == "bytes are missing":
        content.write_bytes(b"")
    elif how == "no sense":
        notes.write_bytes(b"\xff{")


@pytest.mark.parametrize(
    "how",
    [
        *("at a piece's end", "bytes without a note", "half a note"),
        *("notes of another", "bytes are missing", "no sense"),
    ],
)
async def test_the_next_command_goes_on_or_begins_anew(
    system: System, tmp_path: Path, how: str
) -> None:
    conversation, source = await talk(system)
    out = tmp_path / "a.zip"
    count = conversation.last_seq or 2 * AT_A_TIME + 1
    assert await written(out, source, pieces=10) == 10
    assert not out.exists()
    damage(out, how)
    left = len(open_part_file(out, source).notes)
    begins_anew = how in {"notes of another", "bytes are missing", "no sense"}
    assert left == (0 if begins_anew else 9 if how == "half a note" else 10)

    await written(out, source)

    assert said_in(out) == list(range(1, count + 1))
    assert names_in(tmp_path) == ["a.zip"]
    assert out.stat().st_mode & 0o777 == 0o600


async def test_a_file_that_is_there_stays(system: System, tmp_path: Path) -> None:
    _, source = await talk(system)
    out = tmp_path / "a.zip"
    out.write_text("mine")
    with pytest.raises(FileExistsError):
        open_part_file(out, source)
    assert out.read_text() == "mine"
