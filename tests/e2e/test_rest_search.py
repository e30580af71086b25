"""Search and analytics over HTTP."""

import pytest

from tests.support.eventually import eventually
from tests.support.keepsake_client import Client, expect, signed_in
from tests.support.keepsake_process import KeepsakeProcess

OLD = [
    ("user", "I was walking the dogs <b>by</b> the sea 😀 with my dogs.", "2024-05-01T10:00:00Z"),
    ("character", "The sea was calm that day.", "2024-05-01T10:00:05Z"),
    ("user", "Gestern haben wir zwei alte Häuser gesehen.", "2024-05-02T10:00:00Z"),
    ("user", "Dogs, dogs, dogs!", "2024-05-03T10:00:00Z"),
]


async def bring_in(client: Client) -> str:
    """Import a chat; returns the conversation."""
    messages = [
        {"senderType": sender, "content": content, "createdAt": at} for sender, content, at in OLD
    ]
    wanted = {"characterId": client.character["id"], "title": "By the sea", "messages": messages}
    imported = await client.post("/conversations/import", wanted)
    identity: str = imported["conversation"]["id"]
    return identity


async def test_messages_are_found_by_their_words(
    client: Client, offline_server: KeepsakeProcess
) -> None:
    conversation = await bring_in(client)

    page = await client.get("/messages/search", q="dog", limit=1)
    (newest,) = page["items"]
    assert newest["content"] == "Dogs, dogs, dogs!"
    assert (page["complete"], page["scanned"]) == (True, 0)
    page = await client.get("/messages/search", q="dog", limit=1, before=page["nextCursor"])
    (found,) = page["items"]
    assert page["nextCursor"] is None
    units = found["content"].encode("utf-16-le")
    parts = [units[2 * start : 2 * end].decode("utf-16-le") for start, end in found["highlights"]]
    assert parts == ["dogs", "dogs"]
    assert found["highlight"] == (
        "I was walking the <mark>dogs</mark> &lt;b&gt;by&lt;/b&gt; the sea 😀 with my "
        "<mark>dogs</mark>."
    )
    assert 0 < found["score"] < newest["score"] < 1
    assert found["conversationId"] == conversation
    assert found["conversationTitle"] == "By the sea"
    assert found["characterId"] == client.character["id"]
    page = await client.get("/messages/search", q="haus", conversationId=conversation)
    assert [item["content"] for item in page["items"]] == [OLD[2][1]]
    between = {"from": "2024-05-01T00:00:00Z", "to": "2024-05-02T00:00:00Z"}
    page = await client.get("/messages/search", q="sea", senderType="character", **between)
    assert [item["content"] for item in page["items"]] == [OLD[1][1]]

    async with signed_in(offline_server.url, "Ben") as stranger:
        assert (await stranger.get("/messages/search", q="dog"))["items"] == []
        for wanted in ("conversationId", "characterId"):
            for mode in ("text", "semantic"):
                identity = conversation if wanted == "conversationId" else client.character["id"]
                answer = await stranger.http.get(
                    "/messages/search", params={"q": "dog", "mode": mode, wanted: identity}
                )
                assert expect(answer, 404)["code"] == "not_found"


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"q": ""},
        {"q": "a" * 501},
        {"q": "dog", "mode": "magic"},
        {"q": "dog", "limit": 0},
        {"q": "dog", "before": "nonsense"},
        {"q": "dog", "mode": "semantic", "before": "MjAyNnx4"},
        {"q": "dog", "from": "yesterday"},
        {"q": "dog", "senderType": "nobody"},
        {"q": "dog", "from": "2026-09-02T00:00:00Z", "to": "2026-09-01T00:00:00Z"},
    ],
    ids=str,
)
async def test_a_search_that_can_t_be_is_refused(client: Client, wanted: dict[str, str]) -> None:
    answer = await client.http.get("/messages/search", params=wanted)

    assert expect(answer, 422)["code"] == "invalid_request"


async def test_messages_are_found_by_what_they_mean(client: Client) -> None:
    await bring_in(client)

    async def found() -> bool:
        page = await client.get(
            "/messages/search", q="walking my pet at the beach", mode="semantic"
        )
        return bool(page["items"] and "walking the dogs" in page["items"][0]["content"])

    await eventually(found, within=30)
    page = await client.get(
        "/messages/search", q="walking my pet at the beach", mode="semantic", limit=1
    )
    (nearest,) = page["items"]
    assert nearest["highlights"] == []
    assert 0 < nearest["score"] <= 1
    rest = await client.get(
        "/messages/search",
        q="walking my pet at the beach",
        mode="semantic",
        before=page["nextCursor"],
    )
    assert nearest["id"] not in {item["id"] for item in rest["items"]}


async def test_a_talk_is_told_in_figures(client: Client, offline_server: KeepsakeProcess) -> None:
    old = await bring_in(client)
    conversation = await client.converse()
    empty = await client.get(f"/conversations/{conversation}/analytics")
    assert empty["messages"] == {"total": 0, "fromUser": 0, "fromCharacter": 0}
    assert empty["responseTimes"]["reply"] == {"count": 0, "p50": 0, "p95": 0}
    assert (empty["periods"], empty["topics"], empty["moods"]) == (
        [],
        [],
        {"user": {}, "character": {}},
    )
    await client.say(conversation, "I am so happy to see you!")

    here = await client.get(f"/conversations/{conversation}/analytics", bucket="week")
    assert here["messages"] == {"total": 2, "fromUser": 1, "fromCharacter": 1}
    assert here["responseTimes"]["generation"]["count"] == 1
    assert here["responseTimes"]["reply"]["p95"] > 0
    assert here["moods"]["user"] == {"happy": 1}
    assert (len(here["periods"]), here["bucket"], here["conversationId"]) == (
        1,
        "week",
        conversation,
    )
    told = await client.get(
        f"/conversations/{old}/analytics",
        **{"from": "2024-05-01T00:00:00Z"},
        to="2024-05-05T00:00:00Z",
    )
    assert [period["messages"]["total"] for period in told["periods"]] == [2, 1, 1, 0]
    assert [period["start"] for period in told["periods"]][::3] == ["2024-05-01", "2024-05-04"]
    assert (told["from"], told["to"]) == ("2024-05-01T00:00:00.000Z", "2024-05-05T00:00:00.000Z")
    mine = await client.get("/users/me/analytics", bucket="month")
    assert mine["messages"]["total"] == 6
    assert mine["memories"]["byKind"]["episode"] >= 4

    backwards = {"from": "2024-05-05T00:00:00Z", "to": "2024-05-01T00:00:00+02:00"}
    answer = await client.http.get("/users/me/analytics", params=backwards)
    told = "from (2024-05-05T00:00:00+00:00) must not be later than to (2024-05-01T00:00:00+02:00)."
    assert expect(answer, 422)["detail"] == told
    answer = await client.http.get(
        "/users/me/analytics", params={"from": "0001-01-01T00:00:00+14:00"}
    )
    assert answer.status_code in {200, 422}
    async with signed_in(offline_server.url, "Ben") as stranger:
        answer = await stranger.http.get(f"/conversations/{conversation}/analytics")
        assert expect(answer, 404)["code"] == "not_found"
        assert (await stranger.get("/users/me/analytics"))["messages"]["total"] == 0
