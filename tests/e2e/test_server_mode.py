"""Several processes on servers of their own: two that answer requests, one that does the background
work. What one does, the others' clients see."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from tests.e2e.conftest import on_groq, replies
from tests.support.chat_sockets import TRANSPORTS, ChatSocket, open_socket
from tests.support.eventually import eventually
from tests.support.groq_behaviours import answers, says
from tests.support.groq_server import GroqServer
from tests.support.keepsake_client import Client, expect, signed_in
from tests.support.keepsake_process import KeepsakeProcess, launched, run_keepsake
from tests.support.qdrant_server import QdrantServer
from tests.support.services import fresh_database

TAKEN_OVER_SECONDS = 30.0


@dataclass(frozen=True)
class Cluster:
    """The processes, and the settings that they share."""

    here: KeepsakeProcess
    there: KeepsakeProcess
    worker: KeepsakeProcess
    environment: dict[str, Any]


@pytest_asyncio.fixture(scope="module")
async def cluster(
    postgres_url: str, valkey_url: str, groq_api: GroqServer
) -> AsyncIterator[Cluster]:
    """Two `keepsake serve --no-worker` and one `keepsake worker`."""
    async with AsyncExitStack() as stack:
        qdrant = stack.enter_context(QdrantServer(api_key="qdrant-key"))
        environment = on_groq(groq_api) | {
            "DATABASE_URL": await stack.enter_async_context(fresh_database(postgres_url)),
            "REDIS_URL": valkey_url,
            "QDRANT_URL": qdrant.url,
            "QDRANT_API_KEY": "qdrant-key",
            "JWT_SECRET": "a secret that all the processes share",
            "WEBSOCKET_HOST": "127.0.0.1",
        }
        migrated = await run_keepsake("migrate", **environment)
        assert (migrated.status, migrated.output) == (0, "The schema is up to date.\n")
        here, there, worker = [
            await stack.enter_async_context(launched(*arguments, **environment))
            for arguments in (("serve", "--no-worker"), ("serve", "--no-worker"), ("worker",))
        ]
        await asyncio.gather(here.start(), there.start(), worker.launch())
        yield Cluster(here, there, worker, environment)


@pytest_asyncio.fixture
async def at_home(cluster: Cluster, groq: GroqServer) -> AsyncIterator[Client]:
    """A user of the first process."""
    async with signed_in(cluster.here.url) as client:
        yield client


@pytest_asyncio.fixture
async def abroad(cluster: Cluster, at_home: Client) -> AsyncIterator[Client]:
    """The same user at the second process."""
    client = Client(cluster.there.url)
    async with client.http:
        client.user, client.character = at_home.user, at_home.character
        client.token = at_home.token
        client.http.headers["Authorization"] = f"Bearer {at_home.token}"
        yield client


async def test_nothing_of_it_is_embedded(cluster: Cluster) -> None:
    for process in (cluster.here, cluster.there, cluster.worker):
        assert process.servers() == []
        assert not process.data_dir.exists()


async def test_without_a_secret_it_does_not_start(cluster: Cluster) -> None:
    finished = await run_keepsake("serve", **cluster.environment | {"JWT_SECRET": ""})
    assert finished.complaint.startswith("JWT_SECRET: needed when DATABASE_URL is set")


async def test_nobody_signs_in_without_a_form(at_home: Client) -> None:
    answer = await at_home.http.post("/auth/local")
    assert answer.status_code == 404


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_conversation_s_events_reach_every_process(
    at_home: Client, abroad: Client, groq: GroqServer, transport: str
) -> None:
    groq.queue(replies("Good ", "evening."))
    conversation = await at_home.converse()
    here, there = await both(at_home, abroad, conversation, transport)
    message = await here.say(conversation, "Good evening!")
    reply = await here.hears_reply(message)
    assert await there.hears_reply(message) == reply
    own = {"ack", "message:delivered"}
    assert [event for event in here.heard if event[0] not in own] == there.heard

    await there.call("typing:start", {"conversationId": conversation})
    typing = await here.hears("typing:indicator", lambda data: data["isTyping"])
    assert typing["userId"] == at_home.user["id"]
    await there.call("message:read", {"conversationId": conversation, "upToSeq": 2})
    await here.hears("message:read", lambda data: data["readerId"] == at_home.user["id"])

    second = await there.say(conversation, "And good night")  # answered by the other process
    assert await here.hears_reply(second) == await there.hears_reply(second)
    assert [item["seq"] for item in await abroad.messages(conversation)] == [1, 2, 3, 4]
    await here.close()
    await there.close()


async def test_what_is_told_to_one_process_is_known_to_the_other(
    at_home: Client, abroad: Client, groq: GroqServer
) -> None:
    await at_home.say(await at_home.converse(), "My dog is called Biscuit.")
    reply = await abroad.say(await abroad.converse(), "What is my dog called?")
    context = await abroad.get(f"/messages/{reply['id']}/context")
    known = [memory["content"] for memory in context["activeMemories"]]
    assert "My dog is called Biscuit." in known


async def test_the_index_is_rebuilt_beside_and_every_process_follows(
    cluster: Cluster, at_home: Client, abroad: Client, groq: GroqServer
) -> None:
    await at_home.say(await at_home.converse(), "My dog is called Biscuit.")
    before = await index_of(at_home)

    rebuilt = await run_keepsake("reindex", **cluster.environment)
    assert (rebuilt.status, "memories are indexed" in rebuilt.output) == (0, True), rebuilt.errors

    for client in (at_home, abroad):

        async def follows(client: Client = client) -> bool:
            return bool((await index_of(client))["collection"] != before["collection"])

        await eventually(follows)
    await abroad.say(await abroad.converse(), "My cat is called Pepper.")
    for question, name in (("my dog", "Biscuit"), ("my cat", "Pepper")):
        assert name in (await at_home.search(question, kinds=["episode"]))[0]["content"]


async def index_of(client: Client) -> dict[str, Any]:
    """What /readyz says of the index."""
    state: dict[str, Any] = expect(await client.http.get(f"{client.url}/readyz"))["index"]
    return state


async def test_the_worker_forms_memory_and_every_process_tells_of_it(
    at_home: Client, abroad: Client, groq: GroqServer
) -> None:
    fact = {
        "fact": "The user plays the cello.",
        "messages": [1],
        "category": "preference",
        "about": "user",
        "about_name": None,
        "realm": "real",
        "attribute": None,
        "confidence": 0.9,
        "importance": 6,
        "event_date": None,
    }
    groq.default = lambda request: (
        answers({"facts": [fact], "signals": []}) if request.schema else says("Oh")
    )
    listening = await open_socket("websocket", abroad.url, abroad.token)
    said = {"senderType": "user", "content": "I play the cello.", "createdAt": "2026-01-02T03:04Z"}
    body = {"characterId": at_home.character["id"], "messages": [said]}
    await at_home.post("/conversations/import", body, 201)
    learned = await listening.hears("memory:updated", within=30)
    await abroad.all_formed()
    (known,) = await abroad.facts()
    assert [change["memory"]["id"] for change in learned["changes"]] == [known["id"]]
    assert known["content"] == "The user plays the cello."
    assert (await at_home.search("cello", kinds=["fact"]))[0]["id"] == known["id"]
    await listening.close()


async def test_who_signs_out_on_one_process_is_cut_off_on_every_other(
    at_home: Client, abroad: Client
) -> None:
    sockets = [await open_socket(transport, abroad.url, abroad.token) for transport in TRANSPORTS]
    expect(await at_home.http.post("/auth/revoke-all"), 204)
    for socket in sockets:
        assert (await socket.hears("error"))["code"] == "token_revoked"
        await socket.close()
    assert (await abroad.http.get("/auth/me")).status_code == 401


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_reply_that_one_process_writes_is_seen_and_stopped_from_another(
    at_home: Client, abroad: Client, groq: GroqServer, transport: str
) -> None:
    groq.queue(replies("Once ", "upon ", "a time.", paced=True))
    conversation = await at_home.converse()
    near = await open_socket(transport, at_home.url, at_home.token)
    message = await near.say(conversation, "A story, please")
    groq.release()
    await near.hears("character:response", lambda data: data["delta"] == "Once ")

    far = await open_socket(transport, abroad.url, abroad.token)
    generation = (await far.join(conversation, afterSeq=0))["generation"]
    assert (generation["textSoFar"], generation["index"]) == ("Once ", 0)
    groq.release()
    delta = await far.hears("character:response")
    assert (delta["messageId"], delta["index"]) == (generation["messageId"], 1)
    here = {"conversationId": conversation}
    assert await far.call("generation:stop", here) == {"stopped": True}
    reply = await far.hears_reply(message)
    assert (reply["content"], reply["state"]) == ("Once upon ", "interrupted")
    assert await abroad.post(f"/conversations/{conversation}/stop", None, 200) == {"stopped": False}
    await near.close()
    await far.close()


async def test_a_message_whose_process_is_lost_is_answered_by_the_other_once(
    cluster: Cluster, at_home: Client, abroad: Client, groq: GroqServer
) -> None:
    """It stands still, which nobody can tell from its death, and wakes up when all is done."""
    groq.queue(replies("Never ", "heard.", paced=True))
    conversation = await abroad.converse()
    there = await open_socket("websocket", abroad.url, abroad.token)
    await there.join(conversation)
    message = await at_home.send(conversation, "Are you there?")
    groq.release()
    begun = await there.hears("character:response", lambda data: data["delta"] == "Never ")
    with cluster.here.paused():
        reply = await there.hears_reply(message, within=TAKEN_OVER_SECONDS)
        assert (reply["content"], reply["state"]) == ("You said: Are you there?", "complete")
    ended = await there.hears(
        "character:response", lambda data: data["messageId"] == begun["messageId"]
    )
    assert ended["status"] == "failed"
    groq.release()
    await abroad.say(conversation, "Good.")
    said = await abroad.messages(conversation)
    assert [item["senderType"] for item in said] == ["user", "character"] * 2
    assert [item["seq"] for item in said] == [1, 2, 3, 4]
    await there.close()


async def test_the_processes_stop_when_told(cluster: Cluster) -> None:
    processes = [p for p in (cluster.here, cluster.there, cluster.worker) if not p.ended]
    assert processes
    for process in processes:
        process.terminate()
    await asyncio.gather(*(process.wait() for process in processes))
    assert not [process.log() for process in processes if "Traceback" in process.log()]


async def both(
    at_home: Client, abroad: Client, conversation: str, transport: str
) -> tuple[ChatSocket, ChatSocket]:
    """A connection of the user's to each process, in the conversation."""
    sockets = (
        await open_socket(transport, at_home.url, at_home.token),
        await open_socket(transport, abroad.url, abroad.token),
    )
    for socket in sockets:
        await socket.join(conversation)
        socket.forget()
    return sockets
