"""The export: everything held on a user, of nobody else, in bounded bites, and never broken off for
good."""

import asyncio
import json
from datetime import UTC, datetime
from hashlib import sha256
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest

from backend.adapters.in_memory.language_model import ScriptedModel
from backend.adapters.postgres.held_on_user import ERASED, KEPT
from backend.errors import Conflict
from backend.privacy.downloads import Download, begin_download, find_download
from backend.privacy.lots import AT_A_TIME, Source
from backend.privacy.reading import Place, read
from backend.privacy.records import THEMES
from tests.support.lives import WORD, live
from tests.support.records import a_character, a_memory, a_message, a_user
from tests.support.residue import tables_with
from tests.support.system import System
from tests.support.turns import answered

HOSTILE = '</p><script>alert("Biscuit")</script><img src=x onerror=alert(1)> & "quotes" \u202e'


async def exported(system: System, user_id: UUID) -> ZipFile:
    """The archive, downloaded without a break."""
    download = await begin_download(system.store, user_id)
    whole = b"".join([piece async for piece in download.stream()])
    return ZipFile(BytesIO(whole))


def records(archive: ZipFile, theme: str) -> list[dict[str, Any]]:
    """All records of a theme."""
    return [
        json.loads(line)
        for path in sorted(archive.namelist())
        if path.startswith(f"data/{theme}/")
        for line in archive.read(path).splitlines()
    ]


async def test_everything_held_on_a_user_is_in_it(system: System) -> None:
    await live(system)
    life = await live(system)

    archive = await exported(system, life.id)

    assert archive.testzip() is None
    shown = {held.theme for held in (*ERASED, *KEPT) if held.theme}
    assert shown == THEMES.keys(), "records.py says what the register shows"
    for theme in shown:
        assert records(archive, theme), theme
    [account] = records(archive, "account")
    assert (account["id"], account["email"]) == (str(life.id), life.user.email)
    assert "password" not in json.dumps(account).lower()
    said, reply = records(archive, "messages")
    assert (said["content"], said["seq"]) == ("My PIN is 47x11.", 1)
    assert [variant["content"] for variant in reply["variants"]] == [f"{WORD}!"] * 2
    facts = [memory for memory in records(archive, "memories") if memory["kind"] == "fact"]
    assert [line["action"] for line in facts[0]["history"]] == ["added"]
    [context] = records(archive, "contexts")
    assert context["messageId"] == reply["id"]
    assert {"decision", "recentMessages", "tokenUse"} <= context.keys()
    assert [each["name"] for each in records(archive, "characters")] == [f"Mira {WORD}"]
    assert all(held.theme or held.why for held in (*ERASED, *KEPT))


async def test_nobody_else_is_in_it(system: System) -> None:
    theirs = await live(system)
    someone = await system.introduce()
    await answered(system, system.turns(ScriptedModel(["Hello."])), someone, "Hi.")
    archive = await exported(system, someone.user_id)
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert WORD.encode() not in everything
    assert str(theirs.id).encode() not in everything


async def test_the_manifest_names_every_file_with_its_checksum(system: System) -> None:
    life = await live(system)
    archive = await exported(system, life.id)
    manifest = json.loads(archive.read("manifest.json"))
    assert (manifest["format"], manifest["version"]) == ("keepsake-export", 1)
    assert manifest["userId"] == str(life.id)
    assert manifest["counts"]["messages"] == 2
    assert {*archive.namelist()} == {each["path"] for each in manifest["files"]} | {"manifest.json"}
    for each in manifest["files"]:
        content = archive.read(each["path"])
        assert (len(content), sha256(content).hexdigest()) == (each["bytes"], each["sha256"])


async def test_the_schema_describes_every_field(system: System) -> None:
    life = await live(system)
    archive = await exported(system, life.id)
    described = json.loads(archive.read("schema.json"))["$defs"]
    for theme in THEMES:
        for record in records(archive, theme):
            assert record.keys() == described[theme]["properties"].keys(), theme


async def test_a_user_of_whom_next_to_nothing_is_held(system: System) -> None:
    user = a_user()
    async with system.store.transaction() as tx:
        await tx.users.add(user.model_copy())
    archive = await exported(system, user.id)
    assert json.loads(archive.read("manifest.json"))["counts"] == {"account": 1}
    assert user.email in archive.read("index.html").decode()


# --- pages ----------------------------------------------------------------------------------------


class Tags(HTMLParser):
    """The tags of a page, its links, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.links: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.links += [value or "" for name, value in attributes if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.text += data


async def test_pages_hold_what_was_written_as_text_alone(system: System) -> None:
    user = a_user(HOSTILE, email=f"{HOSTILE}@example.com")
    conversation = await system.introduce(user, a_character(HOSTILE))
    await system.say(conversation, HOSTILE)
    await system.keep(a_memory(conversation.owner, HOSTILE, category=HOSTILE))
    async with system.store.transaction() as tx:
        await tx.conversations.change(conversation.id, title=HOSTILE)

    archive = await exported(system, user.id)

    pages = [name for name in archive.namelist() if name.endswith(".html")]
    assert len(pages) == 3
    for name in pages:
        found = Tags(archive.read(name).decode())
        assert HOSTILE in found.text, name
        assert found.names.isdisjoint({"script", "img", "iframe", "object", "form"})
        assert not [link for link in found.links if ":" in link]


async def test_pages_say_who_spoke_when_and_what_keepsake_had_to_say(system: System) -> None:
    said_at = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    user = a_user(time_zone="Asia/Kolkata", adult_confirmed=True, said_minor_at=said_at)
    conversation = await system.introduce(user, a_character("Mira"))
    notice = {
        "kind": "crisis",
        "text": "You are not alone.",
        "resources": [{"name": "Helpline", "contact": "112"}],
    }
    said = [
        a_message(conversation, "I can't go on.", seq=1, created_at=said_at),
        a_message(conversation, "No.", seq=2, details={"refused": "harm", "notice": notice}),
        a_message(conversation, "Then this.", seq=3, details={"blocked": "harm"}),
    ]
    async with system.store.transaction() as tx:
        await tx.messages.add_many(said)
    owner = conversation.owner
    await system.keep(a_memory(owner, "I hate figs.", kind="episode", about="user"))
    await system.keep(a_memory(owner, "I love figs.", kind="episode", about="character"))
    await system.keep(a_memory(owner, "Ada hates figs."))

    archive = await exported(system, user.id)

    def text(path: str) -> str:
        return " ".join(Tags(archive.read(path).decode()).text.split())

    talk = text(f"conversations/{conversation.id}/1.html")
    assert "Times are those of Asia/Kolkata." in talk
    assert "02 Jul 2026, 04:00" in talk
    assert "You are not alone.Helpline: 112" in talk
    assert "No.A refusal by content policy, not Mira’s own words." in talk
    assert "Then this.Content policy kept this from being answered." in talk
    remembered = text(f"memories/{owner.character_id}/1.html")
    for line in ("You: “I hate figs.”", "Mira: “I love figs.”", "Ada hates figs."):
        assert line in remembered
    assert "“Ada hates" not in remembered
    index = text("index.html")
    assert "confirmed; said to be under 18 (02 Jul 2026, 04:00), and counts as that" in index


async def test_every_link_leads_somewhere(system: System) -> None:
    conversation = await long_talk(system, AT_A_TIME * 2)
    archive = await exported(system, conversation.user_id)
    names = set(archive.namelist())
    for page in (name for name in names if name.endswith(".html")):
        for link in Tags(archive.read(page).decode()).links:
            parts = page.split("/")[:-1]
            for step in link.split("/"):
                parts = parts[:-1] if step == ".." else [*parts, step]
            assert "/".join(parts) in names, f"{page} links to {link}"
    assert f"conversations/{conversation.id}/2.html" in names


# --- how it is made -------------------------------------------------------------------------------


async def long_talk(system: System, messages: int) -> Any:
    """A conversation with so many messages, of which every hundredth is a short one of another talk."""
    conversation = await system.introduce()
    said = [a_message(conversation, f"Line {n}.", seq=n + 1) for n in range(messages)]
    async with system.store.transaction() as tx:
        await tx.messages.add_many(said)
        await tx.conversations.change(conversation.id, last_seq=messages)
    user = a_user(id=conversation.user_id)
    for _ in range(3):
        await system.say(await system.introduce(user), "Short.")
    return conversation


async def test_five_thousand_messages_are_read_a_few_at_a_time(system: System) -> None:
    conversation = await long_talk(system, 5000)
    source = Source(system.store, conversation.user_id)
    place: Place | None = Place()
    lots: list[int] = []
    found: list[int] = []
    while place is not None:
        lot, place = await read(source, place, len(lots))
        said = [
            json.loads(line)
            for name, content in lot.written().items()
            if name.startswith("data/messages/")
            for line in content.splitlines()
        ]
        lots.append(len(said))
        found += [each["seq"] for each in said if each["conversationId"] == str(conversation.id)]
    assert max(lots) <= AT_A_TIME
    assert sum(lots) == 5003
    assert found == list(range(1, 5001))


async def broken_off(download: Download, pieces: int) -> bytes:
    """What came until the connection broke."""
    got = b""
    stream = download.stream()
    async for piece in stream:
        got += piece
        pieces -= 1
        if not pieces:
            break
    await stream.aclose()  # type: ignore[attr-defined]
    return got


@pytest.mark.parametrize("pieces", [1, 5, 9])
async def test_a_broken_download_goes_on_with_the_same_bytes(system: System, pieces: int) -> None:
    conversation = await long_talk(system, 3 * AT_A_TIME)
    first = await begin_download(system.store, conversation.user_id)
    begun = await broken_off(first, pieces)
    await system.say(conversation, "Said in between.")
    again = await find_download(system.store, conversation.user_id, first.etag)
    assert again is not None
    size = await again.size()
    cut = len(begun) // 2  # what came behind it was lost

    rest = b"".join([piece async for piece in again.stream(cut, size - 1)])

    whole = begun[:cut] + rest
    assert len(whole) == size
    with ZipFile(BytesIO(whole)) as archive:
        assert archive.testzip() is None
        assert len(records(archive, "messages")) >= 3 * AT_A_TIME
    last = await find_download(system.store, conversation.user_id, first.etag)
    assert last is not None
    assert await last.size() == size
    assert b"".join([piece async for piece in last.stream()]) == whole
    assert b"".join([piece async for piece in last.stream(10, 20)]) == whole[10:21]


async def test_two_who_make_the_same_download_send_the_same_bytes(system: System) -> None:
    conversation = await long_talk(system, AT_A_TIME)
    one = await begin_download(system.store, conversation.user_id)
    other = await find_download(system.store, conversation.user_id, one.etag)
    assert other is not None
    streams = [one.stream(), other.stream()]
    got = [b"", b""]
    ended = 0
    while ended < 2:
        ended = 0
        for which, stream in enumerate(streams):
            piece = await anext(stream, None)
            ended += piece is None
            got[which] += piece or b""
    assert got[0] == got[1]


async def test_a_new_download_takes_an_earlier_one_s_place(system: System) -> None:
    life = await live(system)
    first = await begin_download(system.store, life.id)
    stream = first.stream()
    await anext(stream)
    second = await begin_download(system.store, life.id)
    assert await find_download(system.store, life.id, first.etag) is None
    assert await find_download(system.store, life.id, second.etag) is not None
    with pytest.raises(Conflict):
        await anext(stream)


async def test_of_two_downloads_begun_at_once_one_stays(system: System) -> None:
    life = await live(system)
    begun = await asyncio.gather(*(begin_download(system.store, life.id) for _ in range(4)))
    found = [await find_download(system.store, life.id, each.etag) for each in begun]
    [kept] = [each for each in found if each]
    assert await kept.size() > 0


async def test_only_its_user_finds_a_download(system: System) -> None:
    life, other = await live(system), await live(system)
    download = await begin_download(system.store, life.id)
    assert await find_download(system.store, other.id, download.etag) is None
    for wrong in ('""', "W/x", f'"{"A" * 43}"', "\x00", "é"):
        assert await find_download(system.store, life.id, wrong) is None


async def test_what_is_kept_of_a_download_can_be_read_by_nobody_else(system: System) -> None:
    conversation = await system.introduce()
    await system.say(conversation, "The zebra sleeps.")
    download = await begin_download(system.store, conversation.user_id)
    size = await download.size()
    assert await tables_with(system, "zebra") == ["message_words"]
    stored = await system.query("SELECT content, notes FROM export_piece")
    assert size > 0
    assert not [row for row in stored if b"PK\x03\x04" in row[0] or b"path" in row[1]]
    async with system.store.transaction() as tx:
        await tx.exports.forget_older(download.export.begun_at)
        assert await tx.exports.piece(download.export.id, 0) is not None
        await tx.exports.forget_older(conversation.created_at.replace(year=9999))
        assert await tx.exports.piece(download.export.id, 0) is None
