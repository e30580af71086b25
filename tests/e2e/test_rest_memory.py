"""REST, from outside: memory, the relationship, and chats that are brought in."""

import pytest

from tests.support.answers import Json, all_ids, problem
from tests.support.keepsake_client import Client


async def test_a_memory_is_added_found_and_deleted(client: Client) -> None:
    path = client.memory_path
    draft = {"content": "Ada plays the cello.", "category": "preference", "importance": 8}
    made = await client.post(path, draft | {"pinned": True}, 201)
    assert draft.items() <= made.items()
    assert (made["kind"], made["origin"], made["pinned"]) == ("fact", "manual", True)
    assert made["embedding"]["state"] == "synced"
    seed_s = await client.post(path, {"fact": "Ada is afraid of geese."}, 201)
    assert seed_s["content"] == seed_s["fact"] == "Ada is afraid of geese."
    problem(await client.http.post(path, json=draft), 409, "conflict")

    listing = await client.get(path)
    assert [item["id"] for item in listing["longTermMemory"]] == [seed_s["id"], made["id"]]
    assert (listing["shortTermMemory"], listing["nextCursor"]) == ([], None)
    assert (listing["characterId"], listing["userId"]) == (
        client.character["id"],
        client.user["id"],
    )
    for narrow, expected in (
        ({"category": "preference"}, [made["id"]]),
        ({"q": "GEESE"}, [seed_s["id"]]),
        ({"kind": "experience"}, []),
        ({"status": "superseded"}, []),
    ):
        found = (await client.get(path, **narrow))["longTermMemory"]
        assert [item["id"] for item in found] == expected, narrow
    first = await client.get(path, limit=1)
    rest = await client.get(path, limit=1, before=first["nextCursor"])
    assert [item["id"] for item in rest["longTermMemory"]] == [made["id"]]

    best = (await client.search("Which instrument does she practise?"))[0]
    assert best["id"] == made["id"]
    assert 0 < best["score"] <= 1
    assert set(best["scores"]) == {"dense", "keyword", "recency", "importance", "reinforcement"}
    assert await client.search("cello", kinds=["episode"]) == []
    assert len(await client.search("cello", limit=1)) == 1
    assert await client.search("cello", minScore=1) == []

    await client.delete(f"{path}/{made['id']}")
    assert made["id"] not in [item["id"] for item in await client.search("cello")]
    problem(await client.http.delete(f"{path}/{made['id']}"), 404, "not_found")
    summary = await client.summary()
    assert summary["counts"] == {"fact": 1, "summary": 0, "episode": 0, "experience": 0}
    assert (await client.get(f"/characters/{client.character['id']}/memory/me/summary")) == summary


async def test_the_relationship_has_the_seed_s_fields_and_grows(client: Client) -> None:
    path = f"/characters/{client.character['id']}/relationship/{client.user['id']}"
    before = await client.get(path)
    assert set(before) >= {
        *("level", "trust", "intimacy", "totalInteractions", "favoriteTopics"),
        *("sharedExperiences", "stage", "characterId", "userId"),
    }
    assert before["totalInteractions"] == 0
    await client.say(await client.converse(), "Thank you, I love talking with you.")
    await client.all_formed()
    after = await client.get(path)
    assert after["totalInteractions"] == 1
    assert after["level"] > before["level"]
    listing = await client.get(client.memory_path)
    assert listing["relationship"] == after


async def test_an_imported_chat_keeps_its_times_and_is_remembered(client: Client) -> None:
    said = [
        ("user", "My sister Clara moved to Lisbon.", "2024-03-01T10:00:00Z"),
        ("character", "Lisbon! What took her there?", "2024-03-01T10:00:30Z"),
        ("user", "She restores old tiles.", "2024-03-02T08:00:00+02:00"),
    ]
    body = {
        "characterId": client.character["id"],
        "title": "From before",
        "messages": [
            {"senderType": who, "content": text, "createdAt": at, "clientMessageId": f"m{place}"}
            for place, (who, text, at) in enumerate(said)
        ],
    }
    imported = await client.post("/conversations/import", body, 201)
    assert imported["imported"] == 3
    conversation = imported["conversation"]
    assert (conversation["title"], conversation["messageCount"]) == ("From before", 3)
    assert conversation["lastMessageAt"] == "2024-03-02T06:00:00.000Z"
    await client.all_formed()
    stored = await client.messages(conversation["id"])
    assert [item["createdAt"] for item in stored] == [
        "2024-03-01T10:00:00.000Z",
        "2024-03-01T10:00:30.000Z",
        "2024-03-02T06:00:00.000Z",
    ]
    assert [item["content"] for item in stored] == [text for _, text, _ in said]
    found = await client.search("Where does Clara live?")
    assert stored[0]["id"] in [key for item in found[:2] for key in item["sourceMessageIds"]]
    assert found[0]["mentionTime"].startswith("2024-03-01")
    await client.say(conversation["id"], "Do you remember Clara?")
    assert len(await client.messages(conversation["id"])) == 5, "only the new one was answered"


@pytest.mark.parametrize(
    "wrong",
    [
        {
            "messages": [
                {"senderType": "narrator", "content": "x", "createdAt": "2024-01-01T00:00Z"}
            ]
        },
        {"messages": [{"senderType": "user", "content": "", "createdAt": "2024-01-01T00:00Z"}]},
        {"messages": [{"senderType": "user", "content": "x", "createdAt": "2024-01-01T00:00"}]},
        {"messages": [{"senderType": "user", "content": "x", "createdAt": "yesterday"}]},
        {"messages": [{"senderType": "user", "content": "x"}]},
        {"messages": "x"},
    ],
)
async def test_a_chat_that_can_t_be_imported_is_refused_whole(someone: Client, wrong: Json) -> None:
    good = {"senderType": "user", "content": "fine", "createdAt": "2024-01-01T00:00:00Z"}
    if isinstance(wrong["messages"], list):
        wrong = {"messages": [good, *wrong["messages"]]}
    before = await all_ids(someone, "/conversations", "before", limit=200)
    body = {"characterId": someone.character["id"], **wrong}
    answer = await someone.http.post("/conversations/import", json=body)
    problem(answer, 422, "invalid_request")
    assert await all_ids(someone, "/conversations", "before", limit=200) == before
