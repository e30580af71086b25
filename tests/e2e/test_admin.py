"""Reports, blocks and roles, from outside: what admins can do, and that nobody else can."""

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from socketio.exceptions import ConnectionError as SocketIOConnectionError

from tests.e2e.conftest import replies
from tests.support.answers import all_ids, operations, problem
from tests.support.chat_sockets import Connect, PlainSocket, SocketIOSocket, plain_socket
from tests.support.eventually import eventually
from tests.support.groq_server import GroqServer
from tests.support.keepsake_client import PASSWORD, Client, expect, signed_in
from tests.support.keepsake_process import KeepsakeProcess

Json = dict[str, Any]

NOBODY = UUID(int=0)
REPLY = "Come to the back room, I have something to sell."


@pytest_asyncio.fixture
async def admin(groq_keepsake: KeepsakeProcess) -> AsyncIterator[Client]:
    """Who sits at the machine that Keepsake runs on."""
    client = Client(groq_keepsake.url)
    async with client.http:
        client.token = (await client.post("/auth/local"))["access_token"]
        client.http.headers["Authorization"] = f"Bearer {client.token}"
        client.user = await client.get("/auth/me")
        yield client


@pytest_asyncio.fixture
async def reported(groq_client: Client, groq: GroqServer) -> Json:
    """A reply that its reader has reported."""
    groq.queue(replies(REPLY))
    conversation = await groq_client.converse()
    reply = await groq_client.say(conversation, "What is behind that door?")
    body = {"reason": "spam", "note": "It keeps selling."}
    return await report(groq_client, reply["id"], body)


async def report(client: Client, message_id: str, body: Json, status: int = 201) -> Json:
    """Report a message."""
    answer: Json = await client.post(f"/messages/{message_id}/report", body, status)
    return answer


async def lines(admin: Client, **narrow: Any) -> list[Json]:
    """The newest lines of the audit log."""
    items: list[Json] = (await admin.get("/admin/audit", **narrow))["items"]
    return items


# --- who is an admin --------------------------------------------------------------------------------


async def test_all_of_admin_is_for_admins_and_each_request_is_logged(
    admin: Client, someone: Client
) -> None:
    async with httpx.AsyncClient(base_url=someone.url, trust_env=False) as nobody:
        found = await operations(someone, "/api/v1/admin/")
        assert len(found) > 10
        for method, template in found:
            ids = dict.fromkeys(("report_id", "user_id", "character_id"), str(uuid4()))
            path = template.format(**ids)
            body = {"reason": "spam", "role": "user", "job": 2**40}
            sent: Json = {} if method in {"get", "delete"} else {"json": body}
            problem(await nobody.request(method, path, **sent), 401, "not_authenticated")
            refused = await someone.http.request(method, someone.url + path, **sent)
            problem(refused, 403, "admin_only")
            before = len(await all_ids(admin, "/admin/audit", "before", limit=200))
            answer = await admin.http.request(method, admin.url + path, **sent)
            after = len(await all_ids(admin, "/admin/audit", "before", limit=200))
            assert answer.status_code in {200, 404}, answer.text
            assert after - before == 2, (method, path)  # one of it, one of looking


async def test_a_role_is_what_it_is_now_whatever_the_token_was_made_for(
    admin: Client, groq_client: Client
) -> None:
    role = f"/admin/users/{groq_client.user['id']}/role"
    assert (await admin.put(role, {"role": "admin"}))["role"] == "admin"
    await groq_client.get("/admin/overview")
    assert (await admin.put(role, {"role": "user"}))["role"] == "user"
    problem(await groq_client.http.get("/admin/overview"), 403, "admin_only")
    newest, second = await lines(admin, target=groq_client.user["id"])
    assert [newest["details"], second["details"]] == [{"role": "user"}, {"role": "admin"}]
    assert newest["actorId"] == admin.user["id"]


async def test_an_admin_can_t_lock_themselves_or_another_admin_out(
    admin: Client, groq_client: Client
) -> None:
    own, theirs = (f"/admin/users/{user['id']}" for user in (admin.user, groq_client.user))
    spam = {"reason": "spam"}
    problem(await admin.http.put(f"{own}/block", json=spam), 409, "conflict")
    problem(await admin.http.put(f"{own}/role", json={"role": "user"}), 409, "conflict")
    await admin.put(f"{theirs}/role", {"role": "admin"})
    problem(await admin.http.put(f"{theirs}/block", json=spam), 409, "conflict")
    assert (await groq_client.get("/auth/me"))["role"] == "admin"
    await admin.put(f"{theirs}/role", {"role": "user"})
    (refused,) = await lines(admin, target=groq_client.user["id"], action="user.block")
    assert refused["outcome"] == "conflict"


# --- reports ----------------------------------------------------------------------------------------


async def test_a_message_is_reported_once_and_by_its_readers_alone(
    groq_client: Client, someone: Client, reported: Json
) -> None:
    assert (reported["status"], reported["reason"]) == ("open", "spam")
    again = await report(groq_client, reported["messageId"], {"reason": "hate"}, 200)
    assert again == reported
    path = f"/messages/{reported['messageId']}/report"
    problem(await someone.http.post(path, json={"reason": "spam"}), 404, "not_found")
    for wrong in ({}, {"reason": "dull"}, {"reason": "spam", "note": "x" * 2001}):
        problem(await groq_client.http.post(path, json=wrong), 422, "invalid_request")


async def test_an_admin_sees_what_was_reported_after_it_is_gone_and_nothing_more(
    admin: Client, groq_client: Client, reported: Json
) -> None:
    await groq_client.delete(f"/conversations/{reported['conversationId']}", 200)
    listed = await admin.get("/admin/reports", status="open", limit=200)
    (item,) = [each for each in listed["items"] if each["id"] == reported["id"]]
    assert item["message"]["content"] == REPLY
    assert (item["note"], item["userId"]) == ("It keeps selling.", groq_client.user["id"])
    whole = await admin.get(f"/admin/reports/{reported['id']}")
    said = [each["content"] for each in whole["around"]]
    assert said == ["What is behind that door?", REPLY]
    times = [each["createdAt"] for each in (item["message"], *whole["around"], item)]
    assert all(re.fullmatch(r"[-\d]{10}T[:\d]{8}\.\d{3}Z", at) for at in times), times
    again = await report(groq_client, reported["messageId"], {"reason": "spam"}, 200)
    assert again == reported
    conversation = f"/conversations/{reported['conversationId']}/messages"
    problem(await admin.http.get(conversation), 404, "not_found")


async def test_a_report_is_taken_up_and_resolved(admin: Client, reported: Json) -> None:
    path = f"/admin/reports/{reported['id']}"

    async def change(**fields: str) -> Json:
        changed: Json = expect(await admin.http.patch(path, json=fields), 200)
        return changed

    assert (await change(status="reviewing"))["closedBy"] is None
    resolved = await change(status="dismissed", resolution="A shop keeper sells things.")
    assert (resolved["status"], resolved["closedBy"]) == ("dismissed", admin.user["id"])
    assert resolved["closedAt"] >= resolved["createdAt"]
    assert (await change(status="open"))["closedAt"] is None
    assert (await change())["resolution"] == "A shop keeper sells things."
    answer = await admin.http.patch(path, json={"action": "user_blocked", "status": "closed"})
    problem(answer, 422, "invalid_request")
    unknown = await admin.http.patch(f"/admin/reports/{uuid4()}", json={"action": "none"})
    problem(unknown, 404, "not_found")


async def test_removing_a_reported_message_is_seen_by_who_reads_it(
    admin: Client, groq_client: Client, reported: Json, connect: Connect
) -> None:
    socket = await connect(groq_client)
    await socket.join(reported["conversationId"])
    done = {"action": "message_removed", "status": "resolved"}
    for _ in range(2):  # a second time, it is gone already
        answer = await admin.http.patch(f"/admin/reports/{reported['id']}", json=done)
        assert expect(answer, 200)["action"] == "message_removed"
    assert (await socket.hears("message:deleted"))["messageId"] == reported["messageId"]
    _, reply = await groq_client.messages(reported["conversationId"])
    assert (reply["content"], reply["deletedAt"] is None) == ("", False)
    actions = [line["action"] for line in await lines(admin, target=reported["id"])]
    assert actions == ["report.change", "message.remove"] * 2


async def test_a_report_can_end_with_a_block_of_the_character_or_who_made_it(
    admin: Client, groq_client: Client, groq: GroqServer
) -> None:
    async with signed_in(groq_client.url, "Bo", visibility="public") as author:
        groq_client.character = author.character
        groq.queue(replies(REPLY))
        reply = await groq_client.say(await groq_client.converse(), "Hello.")
        filed = await report(groq_client, reply["id"], {"reason": "self_harm"})
        path = f"/admin/reports/{filed['id']}"
        for action in ("character_blocked", "user_blocked"):
            answer = await admin.http.patch(path, json={"action": action})
            assert expect(answer, 200)["action"] == action
        blocked = await groq_client.get(f"/characters/{author.character['id']}")
        assert blocked["blockedReason"] == "reported: self-harm"
        refused = await author.http.get("/auth/me")
        assert "self-harm" in problem(refused, 403, "account_blocked")["detail"]
    own = await report(
        groq_client,
        (await groq_client.messages(reply["conversationId"]))[0]["id"],
        {"reason": "other"},
    )
    change = {"action": "user_blocked", "resolution": "Insulted Bo."}
    expect(await admin.http.patch(f"/admin/reports/{own['id']}", json=change), 200)
    refused = problem(await groq_client.http.get("/auth/me"), 403, "account_blocked")
    assert refused["detail"] == "This account was blocked by an admin: Insulted Bo."


# --- blocks -----------------------------------------------------------------------------------------


async def test_a_blocked_user_is_out_at_once_and_stays_out(
    admin: Client, groq_client: Client, connect: Connect
) -> None:
    block = f"/admin/users/{groq_client.user['id']}/block"
    socket = await connect(groq_client)
    ticket = (await groq_client.post("/auth/ws-ticket"))["ticket"]

    blocked = await admin.put(block, {"reason": "Spam in forty conversations."})
    assert blocked["blockedAt"]

    assert (await socket.hears("error"))["code"] == "account_blocked"
    if isinstance(socket, PlainSocket):
        assert await socket.closed_by_server() == (4403, "account_blocked")
    else:
        assert isinstance(socket, SocketIOSocket)
        await eventually(lambda: not socket.connected)
    refused = problem(await groq_client.http.get("/conversations"), 403, "account_blocked")
    assert refused["detail"] == "This account was blocked by an admin: Spam in forty conversations."
    form = {"username": groq_client.user["email"], "password": PASSWORD}
    renewal = {"grant_type": "refresh_token", "refresh_token": groq_client.refresh_token}
    problem(await groq_client.http.post("/auth/token", data=renewal), 403, "account_blocked")
    wrong = await groq_client.http.post("/auth/token", data=form | {"password": "a wrong one"})
    problem(wrong, 401, "not_authenticated")
    again = await plain_socket(groq_client.url, ticket=ticket)
    assert await again.closed_by_server() == (4403, "account_blocked")
    refusals: list[Json] = []
    over_socketio = SocketIOSocket()
    over_socketio.on_refusal(refusals.append)
    with pytest.raises(SocketIOConnectionError):
        await over_socketio.connect(groq_client.url, {"token": groq_client.token})
    await eventually(lambda: refusals)
    assert refusals[0]["data"]["code"] == "account_blocked"

    assert (await admin.delete(block, 200))["blockedReason"] is None
    await groq_client.get("/conversations")
    await connect(groq_client)
    expect(await groq_client.http.post("/auth/token", data=renewal), 200)


async def test_a_blocked_user_takes_away_and_erases_what_is_theirs_and_nothing_more(
    admin: Client,
) -> None:
    async with signed_in(admin.url) as user:
        block = f"/admin/users/{user.user['id']}/block"
        await admin.put(block, {"reason": "Spam."})
        form = {"username": user.user["email"], "password": PASSWORD}
        pair = expect(await user.http.post("/auth/token", data=form), 200)
        user.http.headers["Authorization"] = f"Bearer {pair['access_token']}"
        for method, path in (
            *(("GET", "/auth/me"), ("GET", "/conversations"), ("POST", "/auth/ws-ticket")),
            ("POST", "/auth/revoke-all"),
        ):
            problem(await user.http.request(method, path), 403, "account_blocked")
        archive = await user.http.get("/users/me/export")
        assert (archive.status_code, archive.content[:2]) == (200, b"PK")
        erasing = {"url": "/users/me", "json": {"password": PASSWORD}}
        receipt = expect(await user.http.request("DELETE", **erasing), 200)
        assert receipt["finishedAt"]
        problem(await user.http.get("/users/me/export"), 401, "not_authenticated")


async def test_a_blocked_character_is_found_and_spoken_to_by_nobody(
    admin: Client, groq_client: Client, groq: GroqServer, someone: Client, connect: Connect
) -> None:
    async with signed_in(groq_client.url, "Bo", visibility="public") as author:
        character = author.character["id"]
        groq_client.character = author.character
        conversation = await groq_client.converse()
        groq.queue(replies("Hm."))
        reply = await groq_client.say(conversation, "Hello.", clientMessageId="first")
        block = f"/admin/characters/{character}/block"
        assert (await admin.put(block, {"reason": "hate"}))["blockedReason"] == "hate"

        start = {"characterId": character}
        assert character in await all_ids(author, "/characters", "after", limit=200)
        assert character not in await all_ids(groq_client, "/characters", "after", limit=200)
        problem(await someone.http.get(f"/characters/{character}"), 404, "not_found")
        problem(await someone.http.post("/conversations", json=start), 404, "not_found")
        for known in (author, groq_client):
            seen = await known.get(f"/characters/{character}")
            assert (seen["blockedReason"], bool(seen["blockedAt"])) == ("hate", True)
            refused = await known.http.post("/conversations", json=start)
            problem(refused, 409, "character_blocked")
            chat = start | {"messages": []}
            refused = await known.http.post("/conversations/import", json=chat)
            problem(refused, 409, "character_blocked")
        words = {"content": "Still there?"}
        sending = f"/conversations/{conversation}/messages"
        problem(await groq_client.http.post(sending, json=words), 409, "character_blocked")
        again = await groq_client.http.post(f"/messages/{reply['id']}/regenerate")
        problem(again, 409, "character_blocked")
        socket = await connect(groq_client)
        sent = {"conversationId": conversation, "content": "Hello?", "type": "text"}
        ack = await socket.call("message:send", sent)
        assert ack["error"]["code"] == "character_blocked"
        repeated = await socket.say(conversation, "Hello.", clientMessageId="first")
        assert repeated["seq"] == 1
        await groq_client.delete(f"/characters/{character}/memory/me", 200)  # still theirs

        await admin.delete(block, 200)
        groq.queue(replies("Where was I?"))
        assert (await groq_client.say(conversation, "Hello?"))["content"] == "Where was I?"


async def test_a_blocked_character_can_be_found_though_its_owner_took_it_back(
    admin: Client, groq_client: Client, groq: GroqServer
) -> None:
    made = [await groq_client.make_character(name=f"Nell {n}") for n in range(3)]
    private, deleted, public = (each["id"] for each in made)
    conversation = await groq_client.converse(characterId=deleted)
    await groq_client.put(f"/characters/{public}", {"name": "Nell", "visibility": "public"})
    await groq_client.delete(f"/characters/{deleted}")

    async def listed(**narrow: Any) -> set[str]:
        found = await all_ids(admin, "/admin/characters", "before", limit=100, **narrow)
        return set(found) & {private, deleted, public}

    assert (await listed(), await listed(blocked=True)) == ({public}, set())
    for each in (private, deleted):
        await admin.put(f"/admin/characters/{each}/block", {"reason": "hate"})
    assert await listed(blocked=True) == {private, deleted}
    assert (await listed(), await listed(blocked=False)) == ({private, deleted, public}, {public})
    both = await all_ids(admin, "/admin/characters", "before", limit=1, blocked=True)
    assert both[:2] == [deleted, private], "newest first, a page each"
    (newest,) = (await admin.get("/admin/characters", blocked=True, limit=1))["items"]
    shown = {name: newest[name] for name in ("name", "ownerId", "visibility", "blockedReason")}
    assert shown == {
        **{"name": "Nell 1", "ownerId": groq_client.user["id"]},
        **{"visibility": "private", "blockedReason": "hate"},
    }
    assert (await lines(admin, action="characters.list"))[0]["outcome"] == "done"
    words = {"content": "Still there?"}
    sending = f"/conversations/{conversation}/messages"
    problem(await groq_client.http.post(sending, json=words), 409, "character_blocked")

    for each in (private, deleted):
        await admin.delete(f"/admin/characters/{each}/block", 200)
    assert await listed(blocked=True) == set()
    groq.queue(replies("I am."))
    assert (await groq_client.say(conversation, "Still there?"))["content"] == "I am."


# --- the system as a whole --------------------------------------------------------------------------


async def test_an_admin_sees_how_it_is_doing_and_who_is_there(
    admin: Client, groq_client: Client, groq: GroqServer, connect: Connect
) -> None:
    conversation = await groq_client.converse()
    socket = await connect(groq_client)
    await socket.join(conversation)
    groq.queue(replies("Once ", "upon a time.", wait_before=(1,)))
    await socket.say(conversation, "A story!")
    await socket.hears("character:response", lambda data: data["status"] == "delta")
    live = await admin.get("/admin/conversations/live")
    groq.release()
    await socket.hears("character:response", lambda data: data["status"] == "completed")

    (process,) = live["processes"]
    assert (process["generating"] >= 1, process["connections"] >= 1) == (True, True)
    (here,) = [each for each in live["conversations"] if each["id"] == conversation]
    assert (here["process"], here["listeners"]) == (process["process"], 1)
    assert here["userId"] == groq_client.user["id"]

    overview = await admin.get("/admin/overview")
    assert overview["messages"]["total"] >= 2
    assert overview["index"]["role"] == "live"
    assert overview["reports"].keys() == {"open", "reviewing", "resolved", "dismissed"}
    health = await admin.get("/admin/memory-health")
    assert {each["role"] for each in health["collections"]} >= {"live"}
    assert (await admin.post("/admin/memory-health/retry", {}))["retried"] == []


async def test_people_are_found_page_by_page(admin: Client, someone: Client) -> None:
    (found,) = (await admin.get("/admin/users", q=someone.user["email"]))["items"]
    assert found | someone.user == found | {"timeZone": someone.user["timeZone"]}
    ids = await all_ids(admin, "/admin/users", "before", q="example.com")
    assert len(ids) == len(set(ids)) >= 1
    assert await all_ids(admin, "/admin/users", "before", q="%") == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", "/admin/users?q=%00", None),
        ("get", "/admin/users?before=%FF", None),
        ("get", "/admin/reports?before=MQ", None),
        ("get", "/admin/reports?status=closed", None),
        ("get", "/admin/audit?action=%00", None),
        ("post", "/admin/memory-health/retry", b'{"job": 99999999999999999999}'),
        ("put", "/admin/users/me/block", b'{"reason": "x"}'),
        ("put", f"/admin/users/{NOBODY}/block", b'{"reason": "\\u0000"}'),
        ("put", f"/admin/users/{NOBODY}/block", b'{"reason": "\\ud800"}'),
        ("put", f"/admin/characters/{NOBODY}/block", b'{"reason": " "}'),
        ("patch", f"/admin/reports/{NOBODY}", b"[]"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    admin: Client, method: str, path: str, body: bytes | None
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await admin.http.request(method, path, content=body, headers=headers)
    problem(answer, 422, "invalid_request")


@pytest.mark.parametrize("note", ["\x00", "\ud800"])
async def test_a_note_that_can_t_be_stored_is_refused(
    groq_client: Client, reported: Json, groq: GroqServer, note: str
) -> None:
    first, _ = await groq_client.messages(reported["conversationId"])
    body = b'{"reason": "spam", "note": "%s"}' % note.encode("unicode_escape")
    body = body.replace(b"\\x00", b"\\u0000")
    path = f"/messages/{first['id']}/report"
    headers = {"Content-Type": "application/json"}
    answer = await groq_client.http.post(path, content=body, headers=headers)
    problem(answer, 422, "invalid_request")
