"""Who is let in, from outside: the local user, people of another issuer, and those who guess."""

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.support.answers import problem
from tests.support.chat_sockets import Connect, plain_socket
from tests.support.keepsake_client import PASSWORD, Client, expect
from tests.support.keepsake_process import KeepsakeProcess, launched
from tests.support.tokens import by_issuer

LOCAL = "/api/v1/auth/local"
ME = "/api/v1/auth/me"


def anybody(server: KeepsakeProcess) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=server.url, trust_env=False)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


# --- the local user -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:{port}", "Origin": "http://localhost:{port}"}, 200),
        ({"Host": "[::1]:{port}", "Sec-Fetch-Site": "same-origin"}, 200),
        # A page of somebody else's, which may send this but not read the answer.
        ({"Origin": "https://evil.example.com"}, 404),
        ({"Origin": "http://localhost:1"}, 404),
        ({"Origin": "null"}, 404),
        ({"Origin": "http://[", "Host": "localhost:{port}"}, 404),
        ({"Sec-Fetch-Site": "cross-site"}, 404),
        ({"Sec-Fetch-Site": "same-site"}, 404),
        # A name of theirs that they point here, after their page was loaded from it.
        ({"Host": "rebound.example.com"}, 421),
        ({"Host": "rebound.example.com", "Origin": "http://rebound.example.com"}, 421),
        ({"Host": "127.0.0.1.example.com"}, 421),
        ({"Host": "localhost.example.com:{port}"}, 421),
        ({"Host": "0.0.0.0:{port}"}, 421),
        # Somebody far away, through a proxy on this machine.
        ({"X-Forwarded-For": "203.0.113.7"}, 404),
        ({"X-Forwarded-For": "127.0.0.1"}, 404),
        ({"Forwarded": "for=203.0.113.7"}, 404),
        ({"X-Real-IP": "203.0.113.7"}, 404),
        ({"Via": "1.1 proxy"}, 404),
    ],
    ids=lambda value: str(value),
)
async def test_the_local_user_signs_in_without_a_form_from_our_own_page_alone(
    groq_keepsake: KeepsakeProcess, headers: dict[str, str], status: int
) -> None:
    filled = {
        name: text.replace("{port}", str(groq_keepsake.port)) for name, text in headers.items()
    }
    async with anybody(groq_keepsake) as browser:
        answer = await browser.post(LOCAL, headers=filled)
        if status == 200:
            token = expect(answer, 200)["access_token"]
            assert expect(await browser.get(ME, headers=bearer(token)))["displayName"]
        else:
            problem(answer, status, {404: "not_found", 421: "misdirected"}[status])


async def test_a_page_whose_name_was_pointed_here_reads_nothing(
    groq_keepsake: KeepsakeProcess,
) -> None:
    led_here = {"Host": f"rebound.example.com:{groq_keepsake.port}"}
    async with anybody(groq_keepsake) as browser:
        for path in (
            "/",
            "/metrics",
            "/readyz",
            "/openapi.json",
            "/socket.io/?EIO=4&transport=polling",
        ):
            problem(await browser.get(path, headers=led_here), 421, "misdirected")


async def test_nor_does_it_open_a_socket(groq_keepsake: KeepsakeProcess) -> None:
    for path in ("/ws", "/socket.io/?EIO=4&transport=websocket"):
        reader, writer = await asyncio.open_connection("127.0.0.1", groq_keepsake.port)
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: rebound.example.com\r\nConnection: Upgrade\r\n"
            "Origin: http://rebound.example.com\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )
        assert (await reader.readline()).startswith(b"HTTP/1.1 421")
        writer.close()


async def test_other_machines_need_a_setting_and_get_no_local_user() -> None:
    """Asked to listen beyond loopback it does, and even then knows who calls from elsewhere."""
    async with launched(WEBSOCKET_HOST="0.0.0.0", EMBEDDING_MODEL="hashing") as server:
        await server.start()
        async with anybody(server) as browser:
            expect(await browser.post(LOCAL), 200)
            named = {"Host": f"keepsake.example.com:{server.port}"}
            problem(await browser.post(LOCAL, headers=named), 404, "not_found")
            expect(await browser.get("/healthz", headers=named), 200)


# --- another issuer -------------------------------------------------------------------------------


async def test_whom_another_issuer_knows_gets_an_account_on_first_sight(
    groq_keepsake: KeepsakeProcess, connect: Connect
) -> None:
    subject = f"auth0|{uuid4()}"
    email = f"{uuid4()}@example.com"
    token = by_issuer(subject, email=email, email_verified=True, name="Ada", role="admin")
    client = Client(groq_keepsake.url)
    client.token = token
    client.http.headers.update(bearer(token))
    async with client.http:
        socket = await connect(client)  # the first sight may be a socket's
        client.user = await client.get("/auth/me")
        assert {k: client.user[k] for k in ("email", "displayName", "role")} == {
            "email": email,
            "displayName": "Ada",
            "role": "user",
        }
        again = bearer(by_issuer(subject, name="Another name"))
        assert expect(await client.http.get("/auth/me", headers=again)) == client.user
        await client.make_character()
        conversation = await client.converse()
        assert (await socket.join(conversation))["conversationId"] == conversation
        assert await client.say(conversation, "Hello")
        # No password: nobody signs in here by the address.
        form = {"username": email, "password": ""}
        problem(await client.http.post("/auth/token", data=form), 401, "not_authenticated")
        # Signed out, the same token is no good; the account stays.
        expect(await client.http.post("/auth/revoke", data={"token": token}), 200)
        problem(await client.http.get("/auth/me"), 401, "not_authenticated")
        assert expect(await client.http.get("/auth/me", headers=again)) == client.user


async def test_whom_another_issuer_knows_is_not_made_anew_by_a_token_from_before(
    groq_keepsake: KeepsakeProcess,
) -> None:
    subject = f"auth0|{uuid4()}"
    async with anybody(groq_keepsake) as browser:
        old = bearer(by_issuer(subject, nonce=1))
        mine = "/api/v1/users/me"
        expect(await browser.get(ME, headers=old))
        erasing = {"headers": bearer(by_issuer(subject)), "json": {"confirm": "erase"}}
        assert expect(await browser.request("DELETE", mine, **erasing))["finishedAt"]
        for token in (old, erasing["headers"], bearer(by_issuer(subject, nonce=2))):
            refused = problem(await browser.get(ME, headers=token), 401, "not_authenticated")
            assert "being erased" in refused["detail"]


async def test_an_address_is_no_way_into_somebody_s_account(
    someone: Client, groq_keepsake: KeepsakeProcess
) -> None:
    claims = {"email": someone.user["email"].upper(), "email_verified": True}
    async with anybody(groq_keepsake) as http:
        theirs = expect(await http.get(ME, headers=bearer(by_issuer(f"x|{uuid4()}", **claims))))
        assert theirs["id"] != someone.user["id"]
        assert theirs["email"] == f"{theirs['id']}@external.invalid"


async def test_a_subject_may_name_an_account_of_ours(
    someone: Client, groq_keepsake: KeepsakeProcess
) -> None:
    async with anybody(groq_keepsake) as http:
        me = expect(await http.get(ME, headers=bearer(by_issuer(someone.user["id"]))))
        assert me["id"] == someone.user["id"]
        unknown = str(uuid4())
        assert expect(await http.get(ME, headers=bearer(by_issuer(unknown))))["id"] == unknown


async def test_many_first_requests_at_once_make_one_account(
    groq_keepsake: KeepsakeProcess,
) -> None:
    token = by_issuer(f"crowd|{uuid4()}", email=f"{uuid4()}@example.com", email_verified=True)
    async with anybody(groq_keepsake) as http:
        answers = await asyncio.gather(*(http.get(ME, headers=bearer(token)) for _ in range(12)))
        accounts = [expect(answer, 200) for answer in answers]
    assert len({account["id"] for account in accounts}) == 1
    assert UUID(accounts[0]["id"]).version == 8
    assert accounts[0]["email"].endswith("@example.com")


async def test_a_ticket_of_theirs_opens_a_socket(groq_keepsake: KeepsakeProcess) -> None:
    token = by_issuer(f"ticket|{uuid4()}")
    async with anybody(groq_keepsake) as http:
        answer = await http.post("/api/v1/auth/ws-ticket", headers=bearer(token))
        ticket = expect(answer, 201)["ticket"]
    socket = await plain_socket(groq_keepsake.url, ticket=ticket)
    ack = await socket.call("conversation:join", {"conversationId": str(uuid4())})
    assert ack["error"]["code"] == "not_found"
    await socket.close()


# --- guessing -------------------------------------------------------------------------------------


async def guesses(client: Client, count: int, **form: Any) -> list[httpx.Response]:
    form = {"username": client.user["email"], "password": "a wrong guess"} | form
    return [await client.http.post("/auth/token", data=form) for _ in range(count)]


async def test_guessing_ends_for_known_and_unknown_accounts_alike(groq_client: Client) -> None:
    by_refresh = {"grant_type": "refresh_token", "refresh_token": groq_client.refresh_token}
    # The tenth attempt since the first sign-in; the address counts however it is written.
    email = groq_client.user["email"]
    answers = [
        *await guesses(groq_client, 5),
        *await guesses(groq_client, 4, username=email.upper()),
    ]
    unknown = await guesses(groq_client, 10, username=f"{uuid4()}@example.com")
    for answer in (*answers, *unknown):
        problem(answer, 401, "not_authenticated")
    assert int(answers[0].headers["ratelimit-limit"]) == 10
    assert [answer.headers["ratelimit-remaining"] for answer in answers] == [*"876543210"]

    for refused in (
        *await guesses(groq_client, 1),
        *await guesses(groq_client, 1, password=PASSWORD),
        *await guesses(groq_client, 1, username=f" {email.upper()} "),
    ):
        problem(refused, 429, "rate_limited")
        assert 0 < int(refused.headers["retry-after"]) <= 300
        assert refused.headers["ratelimit-remaining"] == "0"
        assert int(refused.headers["ratelimit-reset"]) >= int(refused.headers["retry-after"]) - 1
    # Who is signed in stays so.
    expect(await groq_client.http.post("/auth/token", data=by_refresh), 200)


@pytest.mark.parametrize(
    ("password", "name"),
    [
        ("short", "Eve"),
        ("password1", "Eve"),
        ("PASSWORD123", "Eve"),
        ("aaaaaaaaaaaa", "Eve"),
        ("abababababab", "Eve"),
        ("eve.of.the.garden", "Eve.of.the.Garden"),
        ("x" * 201, "Eve"),
        ("lone \ud800 surrogate", "Eve"),
    ],
    ids=["short", "common", "case", "one letter", "two letters", "name", "long", "surrogate"],
)
async def test_a_password_that_is_guessed_first_is_refused(
    someone: Client, password: str, name: str
) -> None:
    account = {"email": f"{uuid4()}@example.com", "password": password, "displayName": name}
    answer = await someone.http.post(
        "/auth/register",
        content=json.dumps(account),
        headers={"Content-Type": "application/json"},
    )
    assert "password" in problem(answer, 422, "invalid_request")["detail"]
    if len(password) > 8:
        assert password not in answer.text


@pytest.mark.parametrize(
    "email", ["eve@keepsake.localhost", "x@external.invalid", "a@b.LOCALHOST."]
)
async def test_nobody_registers_an_address_of_keepsake_s_own(someone: Client, email: str) -> None:
    account = {"email": email, "password": PASSWORD, "displayName": "Eve"}
    problem(await someone.http.post("/auth/register", json=account), 422, "invalid_request")


async def test_what_is_left_is_told_with_every_answer(groq_client: Client) -> None:
    conversation = await groq_client.converse()
    path = f"/conversations/{conversation}/messages"
    sent = [
        await groq_client.http.post(
            path, json={"content": "Hi"}, headers={"Prefer": "respond-async"}
        )
        for _ in range(2)
    ]
    left = [int(answer.headers["ratelimit-remaining"]) for answer in sent]
    assert left[0] - left[1] == 1
    assert {answer.headers["ratelimit-limit"] for answer in sent} == {"100000"}
    assert 0 < int(sent[1].headers["ratelimit-reset"]) <= 60
    read = await groq_client.http.get(path)
    assert int(read.headers["ratelimit-limit"]) > 100_000
    async with httpx.AsyncClient(base_url=groq_client.url, trust_env=False) as http:
        assert "ratelimit-limit" not in (await http.get("/healthz")).headers
