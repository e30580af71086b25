"""Nothing that people say and nothing that lets in is in a log or in /metrics, whatever goes wrong."""

import json
from pathlib import Path
from uuid import uuid4

import psycopg

from backend.adapters.embedded.postgres import EmbeddedPostgres
from tests.e2e.conftest import for_chat, replies
from tests.support.chat_sockets import TRANSPORTS, open_socket, plain_socket
from tests.support.groq_behaviours import fails, json_validate_failed
from tests.support.groq_server import GroqServer
from tests.support.keepsake_client import PASSWORD, Client, expect, signed_in
from tests.support.keepsake_process import KeepsakeProcess
from tests.support.tokens import by_issuer

MARK = f"marmalade{uuid4().hex}"
SECRET = f"quokka{uuid4().hex}"
AS_JSON = {"Content-Type": "application/json"}


async def test_a_whole_story_with_its_failures_leaves_no_word_in_the_logs(
    groq_keepsake: KeepsakeProcess, groq: GroqServer
) -> None:
    before = len(groq_keepsake.log())
    async with signed_in(groq_keepsake.url, f"Ada {MARK}", description=MARK) as user:
        said = await talk(user, groq)
        given = await sign_in_in_every_way(user, groq_keepsake)
        await go_wrong(user, groq_keepsake)
        given += await change_password(user)
        metrics = (await user.http.get(f"{user.url}/metrics")).text
    log = groq_keepsake.log()[before:]
    for place, text in (("log", log), ("metrics", metrics), *embedded_logs(groq_keepsake.data_dir)):
        for mark in (MARK, SECRET, user.user["email"], groq.key, *said, *given):
            assert mark not in text, place
    assert user.user["id"] not in metrics
    for failure in ("turn.model_failed", "request.defect"):
        assert failure in log, "that didn't go wrong, so nothing was proved"


async def talk(user: Client, groq: GroqServer) -> list[str]:
    """Things said that are answered, and things that aren't; returns what must not be found."""
    conversation = await user.converse(title=MARK)
    groq.queue(replies("I know ", MARK, "."))
    await user.say(conversation, f"My sister is called {MARK}.")
    for failure in (
        fails(400, MARK, failed_generation=MARK),
        fails(401, f"Invalid API key {SECRET}", code="invalid_api_key"),
        fails(413, MARK),
        json_validate_failed(MARK),
    ):
        groq.queue(for_chat(failure))
        sent = await user.send(conversation, MARK)
        assert sent["content"].startswith(MARK)
    for path, body in (
        (user.memory_path, {"content": f"{MARK} likes figs."}),
        (f"{user.memory_path}/search", {"query": MARK}),
    ):
        await user.http.post(path, json=body)
    await user.http.get("/messages/search", params={"q": MARK})
    return [f"{MARK} likes figs."]


async def sign_in_in_every_way(user: Client, server: KeepsakeProcess) -> list[str]:
    """Passwords, tokens and tickets, good and bad, where clients put them and where they shouldn't;
    returns those that were good."""
    for form in (
        {"username": user.user["email"], "password": SECRET},
        {"username": MARK, "password": SECRET},
        {"grant_type": "refresh_token", "refresh_token": SECRET},
        {"grant_type": SECRET},
    ):
        await user.http.post("/auth/token", data=form)
    ticket = (await user.post("/auth/ws-ticket"))["ticket"]
    theirs = by_issuer(f"{MARK}|{uuid4()}", name=MARK)
    for good_once in (SECRET, ticket, ticket, user.token):
        socket = await plain_socket(user.url, ticket=good_once)
        await socket.close()
    for transport in TRANSPORTS:
        socket = await open_socket(transport, user.url, user.token)
        await socket.call("message:send", {"conversationId": MARK, "content": MARK})
        await socket.call(MARK, {"content": MARK})
        await socket.close()
    for token in (theirs, SECRET, f"{user.token}x"):
        await user.http.get(f"/auth/me?token={token}", headers={"Authorization": f"Bearer {token}"})
    return [ticket, user.token, user.refresh_token, theirs]


async def go_wrong(user: Client, server: KeepsakeProcess) -> None:
    """Bodies that can't be read, what the database refuses, and a database that is gone."""
    for body in (
        f'{{"name": "{MARK}"',
        json.dumps({"name": MARK + "\x00"}),
        json.dumps({"name": MARK, "age": MARK}),
        json.dumps({"name": MARK, "personality": {MARK: "\ud800"}}),
    ):
        answer = await user.http.post(f"/characters?note={SECRET}", content=body, headers=AS_JSON)
        assert answer.status_code == 422
    taken = {"email": user.user["email"], "password": f"{SECRET}!", "displayName": MARK}
    assert (await user.http.post("/auth/register", json=taken)).status_code == 409
    url = EmbeddedPostgres(server.data_dir / "postgres").url
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as postgres:
        # What PostgreSQL says of a row that breaks a rule quotes the whole row.
        await postgres.execute(
            f"ALTER TABLE character ADD CONSTRAINT refusing CHECK (description <> '{SECRET}')"
        )
        answer = await user.http.post("/characters", json={"name": MARK, "description": SECRET})
        await postgres.execute("ALTER TABLE character DROP CONSTRAINT refusing")
    assert answer.status_code == 500
    assert SECRET not in answer.text


async def change_password(user: Client) -> list[str]:
    """Refused and done; returns the tokens that come of it."""
    for current in (SECRET, PASSWORD):
        change = {"currentPassword": current, "password": f"{SECRET} anew"}
        answer = await user.http.patch("/auth/me", json=change)
    tokens = expect(answer, 200)["tokens"]
    return [tokens["access_token"], tokens["refresh_token"]]


def embedded_logs(data_dir: Path) -> list[tuple[str, str]]:
    """What the embedded servers wrote."""
    files = [*data_dir.glob("**/*.log"), *data_dir.glob("**/log/*")]
    return [(str(file), file.read_text(errors="replace")) for file in files if file.is_file()]
