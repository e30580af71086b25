"""REST, from outside: what each endpoint answers, and how it says no."""

import json
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest

from tests.e2e.conftest import FAST_ENCODER, replies
from tests.support.chat_sockets import TRANSPORTS, open_socket
from tests.support.groq_server import GroqServer
from tests.support.keepsake_client import PASSWORD, Client, expect, signed_in
from tests.support.keepsake_process import KeepsakeProcess, keepsake

Json = dict[str, Any]
AS_JSON = {"Content-Type": "application/json"}


def problem(answer: httpx.Response, status: int, code: str) -> Json:
    """An RFC 9457 answer of this status and code, that a person can read."""
    assert answer.status_code == status, f"{answer.status_code}: {answer.text[:300]}"
    assert answer.headers["content-type"] == "application/problem+json"
    body: Json = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"urn:keepsake:problem:{code}"
    assert body["title"]
    assert body["detail"].endswith("."), body["detail"]
    assert "Traceback" not in answer.text
    return body


# --- accounts -------------------------------------------------------------------------------------


async def test_an_account_is_made_signed_into_and_renewed(groq_client: Client) -> None:
    user = groq_client.user
    assert set(user) == {"id", "email", "displayName", "role", "adultConfirmed", "createdAt"}
    assert (user["role"], user["adultConfirmed"]) == ("user", False)
    assert await groq_client.get("/auth/me") == user
    form = {"grant_type": "refresh_token", "refresh_token": groq_client.refresh_token}
    pair = expect(await groq_client.http.post("/auth/token", data=form), 200)
    assert set(pair) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (pair["token_type"], pair["expires_in"] > 0) == ("bearer", True)
    groq_client.http.headers["Authorization"] = f"Bearer {pair['access_token']}"
    assert await groq_client.get("/auth/me") == user


async def test_a_profile_can_be_changed(groq_client: Client) -> None:
    change = {"displayName": "Augusta", "adultConfirmed": True}
    changed = expect(await groq_client.http.patch("/auth/me", json=change), 200)
    assert changed == groq_client.user | change
    assert await groq_client.get("/auth/me") == changed
    answer = await groq_client.http.patch("/auth/me", json={"displayName": " "})
    problem(answer, 422, "invalid_request")


async def test_an_address_has_one_account(someone: Client) -> None:
    taken = {"email": someone.user["email"].upper(), "password": PASSWORD, "displayName": "Eve"}
    problem(await someone.http.post("/auth/register", json=taken), 409, "conflict")


@pytest.mark.parametrize(
    "form",
    [
        {"username": "nobody@example.com", "password": PASSWORD},
        {"username": "ours", "password": "a wrong password"},
        {"username": "ours", "password": ""},
        {"username": "local@keepsake.localhost", "password": ""},
        {"grant_type": "refresh_token", "refresh_token": "garbage"},
        {"grant_type": "refresh_token"},
    ],
)
async def test_a_wrong_sign_in_gives_no_token(someone: Client, form: dict[str, str]) -> None:
    if form.get("username") == "ours":
        form = form | {"username": someone.user["email"]}
    problem(await someone.http.post("/auth/token", data=form), 401, "not_authenticated")


async def test_an_access_token_does_not_renew(someone: Client) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": someone.token}
    problem(await someone.http.post("/auth/token", data=form), 401, "not_authenticated")


async def test_the_local_user_signs_in_without_a_form_on_this_machine_alone(
    groq_keepsake: KeepsakeProcess,
) -> None:
    async with httpx.AsyncClient(base_url=groq_keepsake.url, trust_env=False) as browser:
        pair = expect(await browser.post("/api/v1/auth/local"))
        token = {"Authorization": f"Bearer {pair['access_token']}"}
        assert expect(await browser.get("/api/v1/auth/me", headers=token))["displayName"]
        for elsewhere in ({"Host": "rebound.example.com"}, {"X-Forwarded-For": "203.0.113.7"}):
            problem(await browser.post("/api/v1/auth/local", headers=elsewhere), 404, "not_found")


def token_of(server: KeepsakeProcess, **changes: Any) -> str:
    """A token as the server signs them, but for the changes."""
    claims = {
        "sub": str(uuid4()),
        "typ": "access",
        "iat": datetime.now(UTC),
        "exp": datetime.now(UTC) + timedelta(hours=1),
        **changes,
    }
    secret = (server.data_dir / "jwt.secret").read_text().strip()
    return jwt.encode(claims, secret, algorithm="HS256")


async def test_only_a_good_token_lets_in(someone: Client, groq_keepsake: KeepsakeProcess) -> None:
    user = someone.user["id"]
    sound = token_of(groq_keepsake, sub=user)
    async with httpx.AsyncClient(base_url=someone.url, trust_env=False) as anybody:
        me = "/api/v1/auth/me"
        expect(await anybody.get(me, headers={"Authorization": f"Bearer {sound}"}), 200)
        for wrong in (
            None,
            "Bearer",
            "Bearer garbage",
            "Basic " + sound,
            "Bearer " + sound[:-2],
            "Bearer " + someone.refresh_token,
            "Bearer " + token_of(groq_keepsake),  # an account that doesn't exist
            "Bearer " + token_of(groq_keepsake, sub=user, exp=datetime(2026, 1, 1, tzinfo=UTC)),
            "Bearer " + token_of(groq_keepsake, sub="not an id"),
            "Bearer " + jwt.encode({"sub": user, "exp": 9e9}, "", algorithm="none"),
            "Bearer " + jwt.encode({"sub": user, "exp": 9e9}, "x" * 48, algorithm="HS256"),
        ):
            answer = await anybody.get(me, headers={"Authorization": wrong} if wrong else {})
            problem(answer, 401, "not_authenticated")
            assert answer.headers["www-authenticate"].startswith("Bearer")


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


async def test_characters_come_in_pages(groq_client: Client) -> None:
    made = {(await groq_client.make_character(name=f"C{n}"))["id"] for n in range(4)}
    paged = await all_ids(groq_client, "/characters", "after", limit=2)
    assert made <= set(paged)
    assert len(paged) == len(set(paged))
    assert paged == await all_ids(groq_client, "/characters", "after", limit=200)


async def all_ids(client: Client, path: str, way: str, *, limit: int = 2, **more: Any) -> list[str]:
    """The ids of every page of a list."""
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await client.get(path, limit=limit, **cursor, **more)
        assert len(page["items"]) <= limit
        found += [item["id"] for item in page["items"]]
        if page["nextCursor"] is None:
            return found
        assert page["items"], "an empty page leads nowhere"
        cursor = {way: page["nextCursor"]}


# --- conversations --------------------------------------------------------------------------------


async def test_a_conversation_is_made_named_archived_and_deleted(groq_client: Client) -> None:
    character = groq_client.character["id"]
    made = await groq_client.post("/conversations", {"characterId": character}, 201)
    assert (made["userId"], made["characterId"]) == (groq_client.user["id"], character)
    assert (made["title"], made["status"], made["messageCount"]) == ("", "active", 0)
    assert (made["lastMessageAt"], made["lastSeq"]) == (None, 0)
    assert set(made["metadata"]) == {"startedAt", "mood", "topics", "relationshipLevel"}
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

    await groq_client.delete(path)
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
    assert (await groq_client.put(f"{path}/read", {"upToSeq": 2})) == {"read": 1}
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
    events: list[tuple[str, Json]] = []
    async with groq_client.http.stream(
        "POST",
        f"/conversations/{conversation}/messages",
        json={"content": "Count", "clientMessageId": "count"},
        headers={"Accept": "text/event-stream"},
    ) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        name = ""
        async for line in answer.aiter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                events.append((name, json.loads(line.removeprefix("data: "))))
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
    assert set(context["state"]) == {"currentTopic", "mood", "nsfwLevel", "lastUserIntent"}
    assert context["state"]["lastUserIntent"] == "question"
    assert all(tokens > 0 for tokens in context["tokenUse"].values())
    assert context["promptVersion"]
    question = (await groq_client.messages(conversation))[0]
    answer = await groq_client.http.get(f"/messages/{question['id']}/context")
    problem(answer, 404, "not_found")


# --- memory ---------------------------------------------------------------------------------------


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


# --- how it says no -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "code", "about"),
    [
        ("GET", "/conversations/not-an-id", {}, 422, "invalid_request", "conversation_id"),
        ("GET", "/characters/7", {}, 422, "invalid_request", "character_id"),
        ("POST", "/conversations", {}, 422, "invalid_request", ""),
        ("POST", "/conversations", {"json": {}}, 422, "invalid_request", "characterId"),
        ("POST", "/conversations", {"json": {"characterId": 7}}, 422, "invalid_request", "UUID"),
        ("POST", "/conversations", {"json": [1]}, 422, "invalid_request", ""),
        (
            "POST",
            "/conversations",
            {"content": b'{"characterId": ', "headers": AS_JSON},
            422,
            "invalid_request",
            "JSON",
        ),
        (
            "POST",
            "/conversations",
            {"content": b"\xff\xfe", "headers": AS_JSON},
            422,
            "invalid_request",
            "",
        ),
        ("POST", "/characters", {"json": {"name": "  "}}, 422, "invalid_request", "name"),
        ("POST", "/characters", {"json": {"name": "A\x00"}}, 422, "invalid_request", ""),
        (
            "POST",
            "/characters",
            {"json": {"name": "A", "age": "old"}},
            422,
            "invalid_request",
            "age",
        ),
        ("POST", "/characters", {"json": {"name": "A", "age": -1}}, 422, "invalid_request", "age"),
        (
            "POST",
            "/characters",
            {"json": {"name": "A", "lorebook": [{"a": "b\x00"}]}},
            422,
            "invalid_request",
            "",
        ),
        ("POST", "/auth/register", {"json": {"email": "x"}}, 422, "invalid_request", "password"),
        ("GET", "/conversations?limit=many", {}, 422, "invalid_request", "limit"),
        ("GET", "/conversations?limit=0", {}, 422, "invalid_request", "limit"),
        ("GET", "/conversations?before=x", {}, 422, "invalid_request", "cursor"),
        ("GET", "/conversations?before=%C3%A9", {}, 422, "invalid_request", "cursor"),
        ("GET", "/characters?after=AAAA", {}, 422, "invalid_request", "cursor"),
        ("GET", "/nothing/here", {}, 404, "not_found", ""),
        ("PATCH", "/conversations", {"json": {}}, 405, "method_not_allowed", ""),
        ("GET", "/auth/register", {}, 405, "method_not_allowed", ""),
        ("DELETE", "/auth/me", {}, 405, "method_not_allowed", ""),
    ],
)
async def test_a_request_that_makes_no_sense_is_told_so(
    someone: Client, method: str, path: str, sent: Json, status: int, code: str, about: str
) -> None:
    answer = await someone.http.request(method, path, **sent)
    assert about in problem(answer, status, code)["detail"]
    if status == 405:
        assert answer.headers["allow"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"content": ""}, "invalid_request"),
        ({"content": " \n\t"}, "invalid_request"),
        ({"content": "a\x00b"}, "invalid_request"),
        ({"content": "\ud800"}, "invalid_request"),
        ({"content": "a" * 2001}, "message_too_long"),
        ({"content": "a" * 3_000_000}, "message_too_long"),
        ({"content": 7}, "invalid_request"),
        ({"content": None}, "invalid_request"),
        ({"content": "hi", "type": "system"}, "invalid_request"),
        ({"content": "hi", "type": "hologram"}, "invalid_request"),
        ({"content": "hi", "clientMessageId": ""}, "invalid_request"),
        ({"content": "hi", "clientMessageId": "x" * 201}, "invalid_request"),
        ({"content": "hi", "clientMessageId": "a\x00"}, "invalid_request"),
        ({}, "invalid_request"),
    ],
)
async def test_a_message_that_can_t_be_taken_is_refused(
    someone: Client, body: Json, code: str
) -> None:
    conversation = await someone.converse()
    answer = await someone.http.post(
        f"/conversations/{conversation}/messages",
        content=json.dumps(body),
        headers=AS_JSON,
    )
    problem(answer, 422, code)
    assert await someone.messages(conversation) == []


async def test_somebody_else_s_things_are_not_there(groq_client: Client, someone: Client) -> None:
    """Every route with an id, from /openapi.json, so that none can be forgotten here."""
    owner, stranger = groq_client, someone
    conversation = await owner.converse()
    reply = await owner.say(conversation, "Between us")
    memory = await owner.post(owner.memory_path, {"content": "A secret."}, 201)
    theirs = {
        "conversation_id": conversation,
        "message_id": reply["id"],
        "character_id": owner.character["id"],
        "user_id": owner.user["id"],
        "memory_id": memory["id"],
    }
    nowhere = {name: str(uuid4()) for name in theirs}
    own_character = theirs | {"character_id": stranger.character["id"]}
    own_owner = own_character | {"user_id": stranger.user["id"]}
    bodies = {
        ("put", "/characters/{character_id}"): {"name": "Mine"},
        ("post", "/conversations/{conversation_id}/messages"): {"content": "Hi"},
        ("put", "/conversations/{conversation_id}/messages/read"): {"upToSeq": 1},
        ("put", "/messages/{message_id}/variant"): {"number": 0},
        ("post", "/characters/{character_id}/memory/{user_id}"): {"content": "Planted."},
        ("post", "/characters/{character_id}/memory/{user_id}/search"): {"query": "secret"},
    }
    before = await everything(owner, conversation)
    routes = await operations(stranger, "{")
    assert len(routes) > 15
    for method, path in routes:
        short = path.removeprefix("/api/v1")
        tried = [theirs, nowhere]
        if "{user_id}" in path:
            tried.append(own_character)
        if "{memory_id}" in path:
            tried.append(own_owner)
        for ids in tried:
            body = bodies.get((method, short), {} if method == "put" else None)
            answer = await stranger.http.request(method, short.format(**ids), json=body)
            problem(answer, 404, "not_found")
    for path in ("/conversations", "/conversations/import"):
        body = {"characterId": owner.character["id"], "messages": []}
        problem(await stranger.http.post(path, json=body), 404, "not_found")
    assert await everything(owner, conversation) == before


async def everything(owner: Client, conversation: str) -> list[Any]:
    """What a stranger might have changed."""
    return [
        await owner.messages(conversation),
        await owner.get(f"/conversations/{conversation}"),
        await owner.get(f"/characters/{owner.character['id']}"),
        await owner.facts(),
    ]


async def operations(client: Client, part: str) -> list[tuple[str, str]]:
    """Method and path of every operation whose path has this in it."""
    described = expect(await client.http.get(f"{client.url}/openapi.json"))
    return [
        (method, path)
        for path, methods in described["paths"].items()
        for method in methods
        if part in path
    ]


async def test_every_route_but_signing_in_asks_who_it_is(someone: Client) -> None:
    open_to_all = {"/api/v1/auth/register", "/api/v1/auth/token", "/api/v1/auth/local"}
    async with httpx.AsyncClient(base_url=someone.url, trust_env=False) as anybody:
        for method, path in await operations(someone, "/api/v1/"):
            if path in open_to_all:
                continue
            ids = {name: str(uuid4()) for name in ("conversation_id", "message_id", "memory_id")}
            ids |= {"character_id": str(uuid4()), "user_id": "me"}
            answer = await anybody.request(method, path.format(**ids))
            problem(answer, 401, "not_authenticated")
            assert answer.headers["www-authenticate"].startswith("Bearer"), path


async def test_all_ways_in_share_one_budget_of_messages() -> None:
    async with (
        keepsake(MESSAGE_RATE_LIMIT="3/minute", EMBEDDING_MODEL=FAST_ENCODER) as server,
        signed_in(server.url) as user,
    ):
        conversation = await user.converse()
        await user.say(conversation, "One")
        for transport in TRANSPORTS:
            socket = await open_socket(transport, user.url, user.token)
            await socket.say(conversation, f"One over {transport}")
            await socket.close()

        answer = await user.http.post(
            f"/conversations/{conversation}/messages", json={"content": "One too many"}
        )
        problem(answer, 429, "rate_limited")
        assert 0 < int(answer.headers["retry-after"]) <= 60
        for transport in TRANSPORTS:
            socket = await open_socket(transport, user.url, user.token)
            body = {"conversationId": conversation, "content": "One too many", "type": "text"}
            refusal = (await socket.call("message:send", body))["error"]
            assert refusal["code"] == "rate_limited"
            assert 0 < refusal["retryAfter"] <= 60
            await socket.join(conversation)  # reading goes on
            await socket.close()
        said = await user.messages(conversation)
        assert "One too many" not in [item["content"] for item in said]
        async with signed_in(server.url, "Grace") as grace:
            await grace.say(await grace.converse(), "My own budget")


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


async def test_health_readiness_and_metrics(someone: Client) -> None:
    assert expect(await someone.http.get(f"{someone.url}/healthz")) == {"status": "ok"}
    ready = expect(await someone.http.get(f"{someone.url}/readyz"))
    names = ("database", "redis", "qdrant", "encoder")
    assert ready == {"status": "ready", "checks": dict.fromkeys(names, "ok")}
    metrics = await someone.http.get(f"{someone.url}/metrics")
    assert metrics.status_code == 200
    assert "keepsake_" in metrics.text


async def test_the_page_or_a_note_on_how_to_get_it_is_at_the_root(someone: Client) -> None:
    answer = await someone.http.get(f"{someone.url}/")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "Keepsake" in answer.text
