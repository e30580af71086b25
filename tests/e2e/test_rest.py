"""REST, from outside: characters, conversations and messages; what stands around them."""

import json
from importlib.util import find_spec
from uuid import uuid4

from backend.gateway.asyncapi import describe
from tests.e2e.conftest import replies
from tests.support.answers import Json, all_ids, problem
from tests.support.chat_sockets import open_socket
from tests.support.groq_server import GroqServer
from tests.support.keepsake_client import PASSWORD, Client, expect, signed_in

# --- characters -----------------------------------------------------------------------------------


async def test_a_character_is_made_changed_and_deleted(groq_client: Client) -> None:
    draft = {
        "name": "Nell",
        "age": 61,
        "gender": "woman",
        "description": "Nell restores globes.",
        "personality": {"traits": ["dry"], "style": "Brief.", "values": ["care"], "hobby": "maps"},
        "scenario": "Her workshop.",
        "greeting": "Mind the glue.",
        "exampleDialogues": ["User: Hi\nNell: Mind the glue."],
        "nsfwLevel": 3,
        "lorebook": [{"keys": ["globe"], "content": "Round."}],
        "visibility": "private",
    }
    made = await groq_client.post("/characters", draft, 201)
    assert draft.items() <= made.items()
    assert made["ownerId"] == groq_client.user["id"]
    path = f"/characters/{made['id']}"
    assert await groq_client.get(path) == made

    changed = await groq_client.put(path, {"name": "Nell Marsh", "age": 62})
    assert (changed["name"], changed["age"], changed["greeting"]) == ("Nell Marsh", 62, "")
    assert changed["createdAt"] == made["createdAt"]
    assert await groq_client.get(path) == changed

    groq_client.character = made
    conversation = await groq_client.converse()
    await groq_client.delete(path)
    problem(await groq_client.http.get(path), 404, "not_found")
    problem(await groq_client.http.delete(path), 404, "not_found")
    listed = (await groq_client.get("/characters", limit=200))["items"]
    assert made["id"] not in [item["id"] for item in listed]
    await groq_client.get(f"/conversations/{conversation}")  # stays readable


async def test_a_private_character_is_its_owner_s_and_a_public_one_everybody_s_to_talk_to(
    groq_client: Client, someone: Client
) -> None:
    public = await groq_client.make_character(name="Open", visibility="public")
    private = await groq_client.make_character(name="Closed")
    assert (await someone.get(f"/characters/{public['id']}")) == public
    ids = await all_ids(someone, "/characters", "after")
    assert public["id"] in ids
    assert private["id"] not in ids
    await someone.post("/conversations", {"characterId": public["id"]}, 201)
    for path in (f"/characters/{private['id']}", f"/characters/{uuid4()}"):
        problem(await someone.http.get(path), 404, "not_found")
    for answer in (
        await someone.http.put(f"/characters/{public['id']}", json={"name": "Mine"}),
        await someone.http.delete(f"/characters/{public['id']}"),
    ):
        problem(answer, 404, "not_found")


async def test_a_character_taken_back_goes_on_for_who_has_met_it_and_for_nobody_else(
    groq_client: Client, someone: Client
) -> None:
    async with signed_in(groq_client.url, "Bo") as author:
        draft = {"name": "Nell", "lorebook": [{"keys": ["globe"], "content": "Round."}]}
        path = f"/characters/{(await author.post('/characters', draft | {'visibility': 'public'}))['id']}"
        author.character = groq_client.character = await author.get(path)
        conversation = await groq_client.converse()
        await author.converse()
        about_me = f"{path}/memory/me"

        async def goes_on(said: str) -> Json:
            assert (await groq_client.say(conversation, said))["state"] == "complete"
            remembered = (await groq_client.get(about_me))["shortTermMemory"]
            assert any(said in each["content"] for each in remembered)
            assert (await groq_client.get(f"{path}/relationship/me"))["stage"]
            problem(await groq_client.http.get(f"{path}/card"), 404, "not_found")
            start = {"characterId": author.character["id"]}
            for client in (groq_client, someone):
                problem(await client.http.post("/conversations", json=start), 404, "not_found")
            for way in (path, about_me, f"{path}/relationship/me"):
                problem(await someone.http.get(way), 404, "not_found")
            seen: Json = await groq_client.get(path)
            return seen

        await author.put(path, draft | {"visibility": "private"})
        seen = await goes_on("The kettle is on.")
        assert (seen["name"], seen["lorebook"], seen["card"]) == ("Nell", [], None)
        assert (await author.get(path))["lorebook"] == draft["lorebook"]

        await author.delete(path)
        seen = await goes_on("The door is open.")
        assert (seen["name"], bool(seen["deletedAt"])) == ("Nell", True)
        for gone in (
            await author.http.get(path),
            await author.http.put(path, json=draft),
            await author.http.delete(path),
        ):
            problem(gone, 404, "not_found")
        await author.delete(about_me, 200)  # what it remembers of its author is theirs, too
        await erase_account(author)

    seen = await goes_on("The lamp is lit.")
    assert (seen["name"], seen["ownerId"]) == ("Nell", None)
    receipt = await groq_client.delete(about_me, 200)
    assert receipt["memoriesDeleted"] > 0
    assert (await groq_client.get(about_me))["shortTermMemory"] == []


async def erase_account(client: Client) -> None:
    """Erase the client's user."""
    answer = await client.http.request("DELETE", "/users/me", json={"password": PASSWORD})
    expect(answer, 200)


async def test_characters_come_in_pages(groq_client: Client) -> None:
    made = {(await groq_client.make_character(name=f"C{n}"))["id"] for n in range(4)}
    paged = await all_ids(groq_client, "/characters", "after", limit=2)
    assert made <= set(paged)
    assert len(paged) == len(set(paged))
    assert paged == await all_ids(groq_client, "/characters", "after", limit=200)


# --- conversations --------------------------------------------------------------------------------


async def test_a_conversation_is_made_named_archived_and_deleted(groq_client: Client) -> None:
    character = groq_client.character["id"]
    made = await groq_client.post("/conversations", {"characterId": character}, 201)
    assert (made["userId"], made["characterId"]) == (groq_client.user["id"], character)
    assert (made["title"], made["status"], made["messageCount"]) == ("", "active", 0)
    assert (made["lastMessageAt"], made["lastSeq"]) == (None, 0)
    assert set(made["metadata"]) == {"startedAt", "mood", "topics", "relationshipLevel"}
    assert made["metadata"]["startedAt"] == made["createdAt"]
    path = f"/conversations/{made['id']}"
    assert await groq_client.get(path) == made

    await groq_client.say(made["id"], "What do you see from up there?")
    spoken = await groq_client.get(path)
    assert spoken["title"] == "What do you see from up there?"
    assert (spoken["messageCount"], spoken["lastSeq"]) == (2, 2)
    assert spoken["lastMessageAt"] > made["createdAt"]

    named = await groq_client.put(path, {"title": "  The view "})
    assert named["title"] == "The view"
    archived = await groq_client.post(f"{path}/archive", status=200)
    assert archived["status"] == "archived"
    listed = await groq_client.get("/conversations", status="archived")
    assert [item["id"] for item in listed["items"]] == [made["id"]]
    await groq_client.say(made["id"], "Still there?")
    again = await groq_client.get(path)
    assert (again["status"], again["title"]) == ("active", "The view")

    receipt = await groq_client.delete(path, 200)
    assert receipt["remaining"] == {"rows": 0, "vectors": 0, "cacheKeys": 0}
    for answer in (
        await groq_client.http.get(path),
        await groq_client.http.get(f"{path}/messages"),
        await groq_client.http.post(f"{path}/messages", json={"content": "Hi"}),
        await groq_client.http.delete(path),
    ):
        problem(answer, 404, "not_found")
    assert (await groq_client.get("/conversations"))["items"] == []


async def test_conversations_come_in_pages_the_latest_first(groq_client: Client) -> None:
    made = [await groq_client.converse() for _ in range(5)]
    await groq_client.say(made[1], "This one last")
    assert await all_ids(groq_client, "/conversations", "before") == [
        made[1],
        *(made[place] for place in (4, 3, 2, 0)),
    ]
    other = await groq_client.make_character(name="Other")
    mine = await groq_client.converse()
    only = await all_ids(groq_client, "/conversations", "before", characterId=other["id"])
    assert only == [mine]


# --- messages -------------------------------------------------------------------------------------


async def test_a_message_is_answered(groq_client: Client, groq: GroqServer) -> None:
    groq.queue(replies("Foam ", "and gulls."))
    conversation = await groq_client.converse()
    path = f"/conversations/{conversation}/messages"
    exchange = await groq_client.post(path, {"content": "What do you see?"}, 201)
    message, reply = exchange["message"], exchange["reply"]
    assert (message["senderId"], message["senderType"]) == (groq_client.user["id"], "user")
    assert (message["content"], message["type"], message["seq"]) == ("What do you see?", "text", 1)
    assert (reply["senderId"], reply["senderType"]) == (groq_client.character["id"], "character")
    assert (reply["content"], reply["seq"]) == ("Foam and gulls.", 2)
    assert (reply["replyTo"], reply["state"]) == (message["id"], "complete")
    assert reply["metadata"].items() >= {"model": "openai/gpt-oss-120b", "isNSFW": False}.items()
    assert reply["metadata"]["tokens"] == 2
    assert reply["metadata"]["generationTime"] >= 0
    stored = await groq_client.messages(conversation)
    assert stored[1] == reply
    assert (stored[0]["status"], bool(stored[0]["readAt"])) == ("read", True)
    assert (await groq_client.put(f"{path}/read", {"upToSeq": 1})) == {"read": 0}
    assert expect(await groq_client.http.put(f"{path}/read")) == {"read": 1}
    assert (await groq_client.put(f"{path}/read", {"upToSeq": 2})) == {"read": 0}
    assert (await groq_client.messages(conversation))[1]["status"] == "read"


async def test_messages_come_in_pages_both_ways(groq_client: Client) -> None:
    conversation = await groq_client.converse()
    for place in range(4):
        await groq_client.say(conversation, f"number {place}")
    path = f"/conversations/{conversation}/messages"
    newest = await groq_client.get(path, limit=3)
    assert [item["seq"] for item in newest["items"]] == [6, 7, 8]
    older = await groq_client.get(path, limit=3, before=newest["nextCursor"])
    assert [item["seq"] for item in older["items"]] == [3, 4, 5]
    oldest = await groq_client.get(path, limit=3, before=older["nextCursor"])
    assert ([item["seq"] for item in oldest["items"]], oldest["nextCursor"]) == ([1, 2], None)
    onward = await groq_client.get(path, limit=3, after="4")
    assert [item["seq"] for item in onward["items"]] == [5, 6, 7]
    last = await groq_client.get(path, limit=3, after=onward["nextCursor"])
    assert ([item["seq"] for item in last["items"]], last["nextCursor"]) == ([8], None)
    for wrong in ({"before": "x"}, {"after": "-1"}, {"before": "2", "after": "1"}, {"limit": 201}):
        problem(await groq_client.http.get(path, params=wrong), 422, "invalid_request")


async def test_a_reply_streams_as_server_sent_events(groq_client: Client, groq: GroqServer) -> None:
    groq.queue(replies("One, ", "two."))
    conversation = await groq_client.converse()
    count = {"content": "Count", "clientMessageId": "count"}
    events = await streamed(groq_client, conversation, count)
    assert [name for name, _ in events] == [
        "message:delivered",
        *["character:response"] * 4,
        "message:received",
    ]
    assert (events[0][1]["seq"], events[0][1]["clientMessageId"]) == (1, "count")
    assert [(data["status"], data["delta"]) for _, data in events[1:5]] == [
        ("started", ""),
        ("delta", "One, "),
        ("delta", "two."),
        ("completed", ""),
    ]
    assert events[5][1] == (await groq_client.messages(conversation))[1]
    again = await streamed(groq_client, conversation, count)
    assert (again[0], again[1], again[-1]) == (events[0], events[1], events[-1])
    assert [(data["status"], data["index"], data["delta"]) for _, data in again[1:-1]] == [
        ("started", 0, ""),
        ("delta", 0, "One, two."),
        ("completed", 1, ""),
    ]


async def streamed(client: Client, conversation: str, said: Json) -> list[tuple[str, Json]]:
    """The server-sent events that a message is answered with."""
    events: list[tuple[str, Json]] = []
    async with client.http.stream(
        "POST",
        f"/conversations/{conversation}/messages",
        json=said,
        headers={"Accept": "text/event-stream"},
    ) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        name = ""
        async for line in answer.aiter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                events.append((name, json.loads(line.removeprefix("data: "))))
    return events


async def test_a_message_can_be_left_to_be_answered_later(
    groq_client: Client, groq: GroqServer
) -> None:
    groq.queue(replies("Later.", paced=True))
    conversation = await groq_client.converse()
    message = await groq_client.send(conversation, "No hurry")
    await groq.wait_for(lambda: groq.held == 1)
    (stored,) = await groq_client.messages(conversation)
    assert (stored["id"], stored["content"]) == (message["id"], "No hurry")
    groq.release()
    assert (await groq_client.reply_to(message))["content"] == "Later."


async def test_a_repeated_message_is_the_first_one_with_the_first_reply(
    groq_client: Client,
) -> None:
    conversation = await groq_client.converse()
    path = f"/conversations/{conversation}/messages"
    body = {"content": "Once", "clientMessageId": "once"}
    first = await groq_client.post(path, body, 201)
    again = await groq_client.post(path, body, 201)
    assert again["message"]["id"] == first["message"]["id"]
    assert again["reply"] == first["reply"]
    assert len(await groq_client.messages(conversation)) == 2
    other = await groq_client.converse()  # an id counts within its conversation
    await groq_client.post(f"/conversations/{other}/messages", body, 201)


async def test_a_variant_can_be_chosen(groq_client: Client, groq: GroqServer) -> None:
    groq.queue(replies("First."), replies("Second."))
    conversation = await groq_client.converse()
    reply = await groq_client.say(conversation, "Say")
    socket = await open_socket("websocket", groq_client.url, groq_client.token)
    await socket.join(conversation)
    await groq_client.post(f"/messages/{reply['id']}/regenerate", status=202)
    await socket.hears("message:updated")
    chosen = await groq_client.put(f"/messages/{reply['id']}/variant", {"number": 0})
    assert chosen["content"] == "First."
    assert [item["active"] for item in chosen["variants"]] == [True, False]
    assert await socket.hears("message:updated") == chosen
    await socket.close()
    answer = await groq_client.http.put(f"/messages/{reply['id']}/variant", json={"number": 2})
    problem(answer, 404, "not_found")
    question = (await groq_client.messages(conversation))[0]
    answer = await groq_client.http.post(f"/messages/{question['id']}/regenerate")
    problem(answer, 422, "invalid_request")


async def test_a_message_is_edited_and_deleted_for_everybody_who_listens(
    groq_client: Client, groq: GroqServer
) -> None:
    groq.queue(replies("Noted."))
    conversation = await groq_client.converse()
    await groq_client.say(conversation, "Meet me at nine.")
    [question, reply] = await groq_client.messages(conversation)
    socket = await open_socket("websocket", groq_client.url, groq_client.token)
    await socket.join(conversation)
    path = f"/messages/{question['id']}"

    edited = expect(await groq_client.http.patch(path, json={"content": "Meet me at ten."}))
    assert (edited["content"], edited["seq"]) == ("Meet me at ten.", 1)
    assert edited["editedAt"] > edited["createdAt"]
    assert await socket.hears("message:updated") == edited
    assert (await groq_client.messages(conversation))[0] == edited
    problem(await groq_client.http.patch(path, json={"content": " "}), 422, "invalid_request")
    too_long = {"content": "x" * 2001}
    problem(await groq_client.http.patch(path, json=too_long), 422, "message_too_long")

    receipt = await groq_client.delete(path, 200)
    assert receipt["remaining"] == {"rows": 0, "vectors": 0, "cacheKeys": 0}
    assert await socket.hears("message:deleted") == {
        "conversationId": conversation,
        "messageId": question["id"],
        "seq": 1,
        "change": 2,
    }
    await socket.close()
    [place, left] = await groq_client.messages(conversation)
    assert (place["seq"], place["content"], place["metadata"]) == (1, "", {})
    assert place["deletedAt"] is not None
    assert left == reply
    assert (await groq_client.get(f"/conversations/{conversation}"))["messageCount"] == 1
    for answer in (
        await groq_client.http.patch(path, json={"content": "Again."}),
        await groq_client.http.delete(path),
    ):
        problem(answer, 404, "not_found")


async def test_the_context_shows_what_a_reply_was_made_of(groq_client: Client) -> None:
    conversation = await groq_client.converse()
    await groq_client.say(conversation, "I was worried about the storm.")
    reply = await groq_client.say(conversation, "Is it over?")
    context = await groq_client.get(f"/messages/{reply['id']}/context")
    assert (context["messageId"], context["conversationId"]) == (reply["id"], conversation)
    recent = [(item["role"], item["content"]) for item in context["recentMessages"]]
    assert recent == [
        ("user", "I was worried about the storm."),
        ("assistant", "You said: I was worried about the storm."),
        ("user", "Is it over?"),
    ]
    assert set(context["state"]) >= {"currentTopic", "mood", "nsfwLevel", "lastUserIntent"}
    assert context["state"]["lastUserIntent"] == "question"
    assert all(tokens > 0 for tokens in context["tokenUse"].values())
    said = await groq_client.messages(conversation)
    times = {item["timestamp"] for item in context["recentMessages"]}
    assert times == {message["createdAt"] for message in said[:3]}
    assert context["promptVersion"]
    question = (await groq_client.messages(conversation))[0]
    answer = await groq_client.http.get(f"/messages/{question['id']}/context")
    problem(answer, 404, "not_found")


# --- around it ------------------------------------------------------------------------------------


async def test_the_description_is_valid_and_every_operation_can_succeed(someone: Client) -> None:
    described = expect(await someone.http.get(f"{someone.url}/openapi.json"))
    if find_spec("openapi_spec_validator"):
        from openapi_spec_validator import validate

        validate(described)
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            good = [status for status in operation["responses"] if status.startswith("2")]
            assert good, f"{method} {path}"
            assert operation.get("summary") or operation.get("description"), f"{method} {path}"
    docs = await someone.http.get(f"{someone.url}/docs")
    assert (docs.status_code, "text/html" in docs.headers["content-type"]) == (200, True)


async def test_the_sockets_are_described_with_the_address_they_were_asked_for_at(
    someone: Client,
) -> None:
    described = expect(await someone.http.get(f"{someone.url}/asyncapi.json"))
    host = someone.url.removeprefix("http://")
    version = described["info"]["version"]
    assert (
        version == expect(await someone.http.get(f"{someone.url}/openapi.json"))["info"]["version"]
    )
    assert described == describe(host, secure=False, version=version, websocket_path="/socket.io")


async def test_health_readiness_and_metrics(someone: Client) -> None:
    assert expect(await someone.http.get(f"{someone.url}/healthz")) == {"status": "ok"}
    ready = expect(await someone.http.get(f"{someone.url}/readyz"))
    names = ("database", "redis", "qdrant", "encoder")
    assert ready.pop("index")["advice"] is None
    assert ready == {"status": "ready", "checks": dict.fromkeys(names, "ok")}
    metrics = await someone.http.get(f"{someone.url}/metrics")
    assert metrics.status_code == 200
    assert "keepsake_" in metrics.text


async def test_the_page_or_a_note_on_how_to_get_it_is_at_the_root(someone: Client) -> None:
    answer = await someone.http.get(f"{someone.url}/")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "Keepsake" in answer.text
