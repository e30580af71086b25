"""From outside: a user gets all that is held on them, and can have it erased."""

import json
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import httpx

from tests.e2e.conftest import FAST_ENCODER, replies
from tests.support.answers import problem
from tests.support.chat_sockets import Connect
from tests.support.groq_server import GroqServer
from tests.support.keepsake_client import PASSWORD, Client, expect, signed_in
from tests.support.keepsake_process import KeepsakeProcess, run_keepsake, temporary_folder

EXPORT = "/users/me/export"


async def erase(client: Client, **body: Any) -> httpx.Response:
    """DELETE /users/me."""
    return await client.http.request("DELETE", "/users/me", json=body)


def records(archive: ZipFile, theme: str) -> list[dict[str, Any]]:
    names = [name for name in archive.namelist() if name.startswith(f"data/{theme}/")]
    return [json.loads(line) for name in sorted(names) for line in archive.read(name).splitlines()]


# --- export ---------------------------------------------------------------------------------------


async def test_an_export_goes_on_where_it_broke_off(groq_client: Client, groq: GroqServer) -> None:
    groq.queue(replies("Biscuit", " is a fine name."))
    conversation = await groq_client.converse()
    await groq_client.say(conversation, "My dog is called Biscuit.")

    whole = await groq_client.http.get(EXPORT)

    assert (whole.status_code, whole.headers["content-type"]) == (200, "application/zip")
    assert whole.headers["cache-control"] == "private, no-store"
    assert whole.headers["content-disposition"].startswith('attachment; filename="keepsake-export-')
    archive = ZipFile(BytesIO(whole.content))
    said = [message["content"] for message in records(archive, "messages")]
    assert said == ["My dog is called Biscuit.", "Biscuit is a fine name."]
    assert b"Biscuit is a fine name." in archive.read(f"conversations/{conversation}/1.html")
    etag, size = whole.headers["etag"], len(whole.content)
    for wanted, expected in (
        ("bytes=100-", whole.content[100:]),
        ("bytes=100-199", whole.content[100:200]),
        ("bytes=-50", whole.content[-50:]),
    ):
        headers = {"Range": wanted, "If-Range": etag}
        rest = await groq_client.http.get(EXPORT, headers=headers)
        assert (rest.status_code, rest.content) == (206, expected)
        assert rest.headers["content-range"].endswith(f"/{size}")
    for ignored in (f"bytes={size}-", "bytes=5-2", "bytes=0-1,4-5", "lines=1-", "bytes=-", "é"):
        headers = {"Range": ignored.encode(), "If-Range": etag.encode()}
        again = await groq_client.http.get(EXPORT, headers=headers)
        assert (again.status_code, again.content) == (200, whole.content), ignored
    headers = {"Range": "bytes=-0", "If-Range": etag}
    nothing = await groq_client.http.get(EXPORT, headers=headers)
    problem(nothing, 416, "range_not_satisfiable")
    assert nothing.headers["content-range"] == f"bytes */{size}"


async def test_without_the_tag_that_it_came_with_an_export_is_a_new_one(
    groq_client: Client, someone: Client
) -> None:
    first = await groq_client.http.get(EXPORT)
    for tag in ('"another"', "", "x" * 500):
        headers = {"Range": "bytes=10-", "If-Range": tag}
        answer = await groq_client.http.get(EXPORT, headers=headers)
        assert (answer.status_code, answer.content[:2]) == (200, b"PK")
    headers = {"Range": "bytes=10-", "If-Range": first.headers["etag"]}
    answer = await someone.http.get(EXPORT, headers=headers)
    assert answer.status_code == 200
    assert groq_client.user["id"].encode() not in answer.content


# --- erasure --------------------------------------------------------------------------------------


async def test_an_erased_user_is_gone_and_others_are_not(
    connect: Connect,
    groq_client: Client,
    someone: Client,
    groq: GroqServer,
    groq_keepsake: KeepsakeProcess,
) -> None:
    groq.queue(replies("Noted."))
    conversation = await groq_client.converse()
    await groq_client.say(conversation, "My dog is called Biscuit.")
    socket = await connect(groq_client)

    answer = await erase(groq_client, password=PASSWORD)

    receipt = expect(answer, 200)
    assert receipt["remaining"] == {"rows": 0, "vectors": 0, "cacheKeys": 0, "jobs": 0}
    assert receipt["finishedAt"]
    assert receipt["rowsDeleted"]["message"] == 2
    assert receipt["vectorsDeleted"] >= 2
    assert groq_client.user["id"] not in answer.text
    assert (await socket.hears("error"))["code"] == "account_gone"
    problem(await groq_client.http.get("/auth/me"), 401, "not_authenticated")
    problem(await erase(groq_client, password=PASSWORD), 401, "not_authenticated")
    form = {"username": groq_client.user["email"], "password": PASSWORD}
    problem(await groq_client.http.post("/auth/token", data=form), 401, "not_authenticated")
    form = {"grant_type": "refresh_token", "refresh_token": groq_client.refresh_token}
    problem(await groq_client.http.post("/auth/token", data=form), 401, "not_authenticated")
    assert (await someone.get("/auth/me"))["id"] == someone.user["id"]
    shown = await run_keepsake(
        *("erase-user", "--receipt", receipt["id"]),
        DATA_DIR=groq_keepsake.data_dir,
        EMBEDDING_MODEL=FAST_ENCODER,
    )
    assert f"Receipt {receipt['id']}" in shown.output
    assert "nothing is left" in shown.output
    account = {"email": groq_client.user["email"], "password": PASSWORD, "displayName": "Ada"}
    anew = await someone.post("/auth/register", account)
    assert anew["id"] != groq_client.user["id"]


async def test_only_who_knows_the_password_erases(groq_client: Client) -> None:
    problem(await groq_client.http.delete("/users/me"), 403, "not_confirmed")
    for body in ({}, {"confirm": "erase"}, {"password": "a wrong password"}, {"password": "\x00"}):
        problem(await erase(groq_client, **body), 403, "not_confirmed")
    for wrong in ({"password": 5}, {"confirm": "yes"}, {"password": "x" * 201}):
        problem(await erase(groq_client, **wrong), 422, "invalid_request")
    assert await groq_client.get("/auth/me") == groq_client.user


async def test_the_local_user_is_erased_and_made_anew(offline_server: KeepsakeProcess) -> None:
    client = Client(offline_server.url)
    async with client.http:
        pair = await client.post("/auth/local")
        client.http.headers["Authorization"] = f"Bearer {pair['access_token']}"
        before = await client.get("/auth/me")
        problem(await erase(client), 403, "not_confirmed")
        receipt = expect(await erase(client, confirm="erase"), 200)
        assert receipt["finishedAt"]
        problem(await client.http.get("/auth/me"), 401, "not_authenticated")
        pair = await client.post("/auth/local")
        client.http.headers["Authorization"] = f"Bearer {pair['access_token']}"
        assert (await client.get("/auth/me"))["id"] != before["id"]


# --- commands -------------------------------------------------------------------------------------


async def test_an_operator_exports_and_erases_beside_the_running_server(
    groq_keepsake: KeepsakeProcess, groq: GroqServer
) -> None:
    settings = {"DATA_DIR": groq_keepsake.data_dir, "EMBEDDING_MODEL": FAST_ENCODER}
    async with signed_in(groq_keepsake.url) as user:
        groq.queue(replies("Noted."))
        await user.say(await user.converse(), "My dog is called Biscuit.")
        with temporary_folder() as folder:
            out = folder / "ada.zip"
            command = ("export-user", user.user["email"], "--out", str(out))
            exported = await run_keepsake(*command, **settings)
            assert exported.status == 0, exported.errors
            assert [each.name for each in folder.iterdir()] == ["ada.zip"]
            assert out.stat().st_mode & 0o777 == 0o600
            assert len(records(ZipFile(out), "messages")) == 2
            assert "already" in (await run_keepsake(*command, **settings)).complaint

        erased = await run_keepsake("erase-user", user.user["id"], "--yes", **settings)

        assert "nothing is left" in erased.output, erased.errors
        problem(await user.http.get("/auth/me"), 401, "not_authenticated")
        again = await run_keepsake("erase-user", user.user["id"], "--yes", **settings)
        assert "There is no user" in again.complaint
