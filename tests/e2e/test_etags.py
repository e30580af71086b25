"""ETags over HTTP: what hasn't changed isn't sent again, and nobody overwrites what they haven't seen."""

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.e2e.conftest import replies
from tests.support.answers import problem
from tests.support.groq_server import GroqServer
from tests.support.keepsake_client import Client, Json, expect

CARD = {"name": "Nell", "description": "Restores globes."}


@dataclass(frozen=True)
class Editable:
    """One thing that people edit: where it is, two edits of it, and what a DELETE answers."""

    path: str
    method: str
    edits: tuple[Json, Json]
    gone: int | None = None

    async def edit(self, client: Client, number: int, **headers: str) -> httpx.Response:
        return await client.http.request(
            self.method, self.path, json=self.edits[number], headers=headers
        )


KINDS = ("account", "character", "conversation", "memory", "message")


@pytest_asyncio.fixture
async def things(groq_client: Client, groq: GroqServer) -> dict[str, Editable]:
    """One of each kind, of a new user."""
    character = await groq_client.post("/characters", CARD)
    path = f"{groq_client.memory_path}"
    memory = await groq_client.post(path, {"content": "The user likes tea."})
    groq.queue(replies("Hm."))
    conversation = await groq_client.converse()
    await groq_client.say(conversation, "Hello.")
    message = (await groq_client.messages(conversation))[0]
    return {
        "account": Editable("/auth/me", "PATCH", ({"displayName": "B"}, {"displayName": "C"})),
        "character": Editable(
            f"/characters/{character['id']}",
            "PUT",
            (CARD | {"age": 61}, CARD | {"age": 62}),
            204,
        ),
        "conversation": Editable(
            f"/conversations/{conversation}", "PUT", ({"title": "B"}, {"title": "C"}), 200
        ),
        "memory": Editable(
            f"{path}/{memory['id']}",
            "PATCH",
            ({"content": "The user likes coffee."}, {"content": "The user likes cocoa."}),
            204,
        ),
        "message": Editable(
            f"/messages/{message['id']}", "PATCH", ({"content": "Hi."}, {"content": "Bye."}), 200
        ),
    }


async def read(client: Client, path: str, **headers: str) -> httpx.Response:
    return await client.http.get(path, headers=headers)


@pytest.mark.parametrize("kind", KINDS)
async def test_an_edit_is_made_only_of_what_the_editor_knows(
    groq_client: Client, things: dict[str, Editable], kind: str
) -> None:
    thing = things[kind]
    first = await read(groq_client, thing.path)
    tag = first.headers["etag"]
    assert tag.startswith('"')

    unchanged = await read(groq_client, thing.path, **{"If-None-Match": f'"other", {tag}'})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged.headers["etag"] == tag

    edited = await thing.edit(groq_client, 0, **{"If-Match": tag})
    expect(edited, 200)
    newer = edited.headers["etag"]
    assert newer != tag
    now = await read(groq_client, thing.path, **{"If-None-Match": tag})
    assert (now.status_code, now.headers["etag"], now.json()) == (200, newer, edited.json())

    for stale in (tag, f"W/{newer}", '"nonsense"', "", "not quoted"):
        refused = await thing.edit(groq_client, 1, **{"If-Match": stale})
        assert "changed since" in problem(refused, 412, "changed_meanwhile")["detail"]
        if thing.gone:
            refused = await groq_client.http.delete(thing.path, headers={"If-Match": stale})
            assert problem(refused, 412, "changed_meanwhile")
    assert (await read(groq_client, thing.path)).headers["etag"] == newer, "nothing was changed"

    if thing.gone:
        gone = await groq_client.http.delete(thing.path, headers={"If-Match": newer})
        expect(gone, thing.gone)
        assert problem(await read(groq_client, thing.path), 404, "not_found")
    else:
        expect(await thing.edit(groq_client, 1, **{"If-Match": "*"}), 200)


@pytest.mark.parametrize("kind", KINDS)
async def test_of_edits_at_once_that_know_the_same_one_is_made(
    groq_client: Client, things: dict[str, Editable], kind: str
) -> None:
    thing = things[kind]
    tag = (await read(groq_client, thing.path)).headers["etag"]
    answers = await asyncio.gather(
        *(thing.edit(groq_client, turn % 2, **{"If-Match": tag}) for turn in range(6))
    )
    made = [answer for answer in answers if answer.status_code == 200]
    assert len(made) == 1
    assert [answer.status_code for answer in answers].count(412) == 5
    assert (await read(groq_client, thing.path)).json() == made[0].json()


async def test_variants_and_archiving_know_what_they_change_too(
    groq_client: Client, things: dict[str, Editable], groq: GroqServer
) -> None:
    stale = {"If-Match": '"stale"'}
    conversation = things["conversation"].path
    refused = await groq_client.http.post(f"{conversation}/archive", headers=stale)
    assert problem(refused, 412, "changed_meanwhile")
    reply = (await groq_client.messages(conversation.rpartition("/")[2]))[1]
    path = f"/messages/{reply['id']}"
    choice: dict[str, Any] = {"json": {"number": 0}}
    refused = await groq_client.http.put(f"{path}/variant", headers=stale, **choice)
    assert problem(refused, 412, "changed_meanwhile")
    known = {"If-Match": (await read(groq_client, path)).headers["etag"]}
    chosen = await groq_client.http.put(f"{path}/variant", headers=known, **choice)
    assert chosen.status_code in {200, 404}, "a reply that was never written anew has no variants"


async def test_a_card_and_a_picture_are_sent_once(groq_client: Client) -> None:
    path = f"/characters/{groq_client.character['id']}/card"
    first = await read(groq_client, path)
    again = await read(groq_client, path, **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
