"""REST, from outside: memory, the relationship, and chats that are brought in."""

import pytest

from tests.support.answers import Json, all_ids, problem
from tests.support.eventually import eventually
from tests.support.groq_server import GroqServer
from tests.support.keepsake_client import Client, expect, signed_in


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
        ({"status": "unsure"}, []),
    ):
        found = (await client.get(path, **narrow))["longTermMemory"]
        assert [item["id"] for item in found] == expected, narrow
    first = await client.get(path, limit=1)
    for name in ("before", "after"):  # it goes one way: the cursor leads on under either name
        rest = await client.get(path, limit=1, **{name: first["nextCursor"]})
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


async def test_a_memory_is_corrected_and_its_history_told(client: Client) -> None:
    made = await client.post(client.memory_path, {"content": "Ada plays the cello."}, 201)
    path = f"{client.memory_path}/{made['id']}"

    wanted = {"content": "Ada plays the viola.", "pinned": True, "importance": 9}
    corrected = expect(await client.http.patch(path, json=wanted))

    assert wanted.items() <= corrected.items()
    history = await client.get(f"{path}/history")
    assert [(line["action"], line["content"]) for line in history["items"]] == [
        ("added", "Ada plays the cello."),
        ("edited", "Ada plays the viola."),
    ]
    assert history["nextCursor"] is None
    assert (await client.search("Who plays the viola?"))[0]["id"] == made["id"]
    problem(await client.http.patch(path, json={"importance": 11}), 422, "invalid_request")
    problem(await client.http.patch(path, json={"content": "a\x00b"}), 422, "invalid_request")

    answer = await client.http.delete(path, headers={"Prefer": "return=representation"})
    assert expect(answer, 200) == {
        "memoriesDeleted": 1,
        "vectorsDeleted": 1,
        "cacheKeysDeleted": 0,
        "remaining": {"rows": 0, "vectors": 0, "cacheKeys": 0},
    }
    for gone in (await client.http.get(f"{path}/history"), await client.http.patch(path, json={})):
        problem(gone, 404, "not_found")


async def test_memory_follows_the_transcript(client: Client) -> None:
    conversation = await client.converse()
    await client.say(conversation, "My dog is called Biscuit.")
    await client.all_formed()
    [told, _] = await client.messages(conversation)
    [fact] = await client.facts()
    assert "Biscuit" in fact["content"]

    new_words = {"content": "My cat is called Pixel."}
    expect(await client.http.patch(f"/messages/{told['id']}", json=new_words))
    await client.all_formed()

    [now] = await client.facts()
    assert "Pixel" in now["content"]
    history = await client.get(f"{client.memory_path}/{fact['id']}/history")
    assert [line["action"] for line in history["items"]] == ["added", "retracted"]
    assert history["items"][-1]["details"]["reason"] == "the message was edited"
    await client.delete(f"/messages/{told['id']}", 200)
    assert await client.facts() == []
    assert not [item for item in await client.search("Pixel") if "Pixel" in item["content"]]


async def test_everything_is_forgotten_at_once(client: Client) -> None:
    conversation = await client.converse()
    await client.say(conversation, "My dog is called Biscuit.")
    await client.all_formed()

    receipt = await client.delete(client.memory_path, 200)

    assert receipt["memoriesDeleted"] >= 3
    assert receipt["vectorsDeleted"] >= 3
    assert receipt["remaining"] == {"rows": 0, "vectors": 0, "cacheKeys": 0}
    assert set((await client.summary())["counts"].values()) == {0}
    reply = await client.say(await client.converse(), "What is my dog called?")
    assert "Biscuit" not in reply["content"]
    assert len(await client.messages(conversation)) == 2
    assert (await client.delete(client.memory_path, 200))["remaining"]["rows"] == 0


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


async def test_the_relationship_is_explained_and_can_begin_again(client: Client) -> None:
    path = f"/characters/{client.character['id']}/relationship/{client.user['id']}"
    assert await client.get(f"{path}/history") == {"items": [], "nextCursor": None}
    conversation = await client.converse()
    for said in ("Thank you, I love talking with you.", "You are useless.", "I trust you."):
        await client.say(conversation, said)
    await client.all_formed()
    told = [item["id"] for item in await client.messages(conversation)][::2]

    whole = (await client.get(f"{path}/history"))["items"]
    assert [item["messageId"] for item in whole] == told[::-1]
    assert [item["reason"] for item in whole] == ["opened up", "unkind words", "kind words"]
    assert {item["undone"] for item in whole} == {False}
    assert set(whole[0]) == {"id", "messageId", "delta", "reason", "undone", "createdAt"}
    now = await client.get(path)
    assert now["level"] == pytest.approx(10 + sum(item["delta"]["level"] for item in whole))
    assert await all_ids(client, f"{path}/history", "before") == [item["id"] for item in whole]

    fresh = await client.post(f"{path}/reset", status=200)
    assert (fresh["level"], fresh["totalInteractions"]) == (10, 0)
    assert fresh["stage"] == "stranger"
    assert await client.get(path) == fresh
    begun, *before = (await client.get(f"{path}/history"))["items"]
    assert (begun["reason"], begun["messageId"]) == ("began again", None)
    assert {item["undone"] for item in before} == {True}


async def test_somebody_else_s_relationship_is_not_there(client: Client) -> None:
    async with signed_in(client.url) as stranger:
        for character in (client.character, stranger.character):
            path = f"/characters/{character['id']}/relationship/{client.user['id']}"
            for way in (path, f"{path}/history"):
                problem(await stranger.http.get(way), 404, "not_found")
            problem(await stranger.http.post(f"{path}/reset"), 404, "not_found")


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
        {"messages": [{"senderType": "user", "content": "x", "createdAt": "2099-01-01T00:00:00Z"}]},
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


async def a_long_chat(client: Client, *, title: str = "") -> Json:
    """Bring in a chat with more messages than the window shows."""
    said = [f"My sister Clara sold house number {place} in Lisbon." for place in range(60)]
    messages = [
        {"senderType": "user", "content": text, "createdAt": f"2024-03-01T10:{place:02}:00Z"}
        for place, text in enumerate(said)
    ]
    body = {"characterId": client.character["id"], "title": title, "messages": messages}
    conversation: Json = (await client.post("/conversations/import", body, 201))["conversation"]
    return conversation


async def summed_up(client: Client) -> Json:
    """The character's summary of the user, once there is one."""

    async def there() -> bool:
        return bool((await client.summary())["summary"])

    await eventually(there, within=40)
    return await client.summary()


async def test_a_long_chat_is_summed_up_named_and_recalled(client: Client) -> None:
    conversation = await a_long_chat(client)

    answer = await summed_up(client)

    assert "1 March 2024" in answer["summary"]
    assert "Clara sold house number" in answer["summary"]
    assert answer["counts"]["summary"] == 1
    now = await client.get(f"/conversations/{conversation['id']}")
    assert now["title"] == "My sister Clara sold house number 0 in Lisbon"
    assert "clara" in now["metadata"]["topics"]
    [summary] = [
        item
        for item in (await client.get(client.memory_path, kind="summary"))["shortTermMemory"]
        if item["status"] == "active"
    ]
    assert summary["summary"] == summary["content"] == answer["summary"]
    assert (summary["kind"], summary["conversationId"]) == ("summary", conversation["id"])

    async def found() -> bool:  # it is indexed right after it is stored
        items = await client.search("What did Clara sell in Lisbon?", kinds=["summary"])
        return [item["id"] for item in items] == [summary["id"]]

    await eventually(found)
    # In the prompt of its own conversation, whatever is asked.
    reply = await client.say(conversation["id"], "Good morning!")
    context = await client.get(f"/messages/{reply['id']}/context")
    assert summary["id"] in [item["memoryId"] for item in context["activeMemories"]]


async def test_a_model_sums_up_names_and_hears_the_mood_in_one_call(
    groq_client: Client, groq: GroqServer
) -> None:
    groq.objects["summary"] = {
        "summary": "Ada's sister Clara sells houses.",
        "title": "Clara's houses",
        "topics": ["houses", "lisbon"],
        "mood": "happy",
    }
    conversation = await a_long_chat(groq_client)

    answer = await summed_up(groq_client)

    assert answer["summary"] == "Ada's sister Clara sells houses."
    now = await groq_client.get(f"/conversations/{conversation['id']}")
    assert now["title"] == "Clara's houses"
    assert (now["metadata"]["topics"], now["metadata"]["mood"]) == (["houses", "lisbon"], "happy")
    asked = [each for each in groq.requests if (each.schema or {}).get("name") == "summary"]
    assert len(asked) == 1
    mine = await a_long_chat(groq_client, title="Mine")

    async def both() -> bool:
        return bool((await groq_client.summary())["counts"]["summary"] == 2)

    await eventually(both, within=40)
    assert (await groq_client.get(f"/conversations/{mine['id']}"))["title"] == "Mine"
