"""REST, from outside: accounts, tokens, and who may do what without one."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest

from tests.support.answers import operations, problem
from tests.support.chat_sockets import Connect
from tests.support.keepsake_client import PASSWORD, Client, expect
from tests.support.keepsake_process import KeepsakeProcess
from tests.support.tokens import token_of


async def test_an_account_is_made_signed_into_and_renewed(groq_client: Client) -> None:
    user = groq_client.user
    assert set(user) == {
        *("id", "email", "displayName", "role", "adultConfirmed", "timeZone", "createdAt"),
    }
    assert (user["role"], user["adultConfirmed"], user["timeZone"]) == ("user", False, "UTC")
    assert await groq_client.get("/auth/me") == user
    form = {"grant_type": "refresh_token", "refresh_token": groq_client.refresh_token}
    pair = expect(await groq_client.http.post("/auth/token", data=form), 200)
    assert set(pair) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (pair["token_type"], pair["expires_in"] > 0) == ("bearer", True)
    groq_client.http.headers["Authorization"] = f"Bearer {pair['access_token']}"
    assert await groq_client.get("/auth/me") == user
    again = await groq_client.http.post("/auth/token", data=form)
    assert "used before" in problem(again, 401, "not_authenticated")["detail"]


async def test_a_profile_can_be_changed(groq_client: Client) -> None:
    change = {"displayName": "Augusta", "adultConfirmed": True}
    changed = expect(await groq_client.http.patch("/auth/me", json=change), 200)
    assert changed == groq_client.user | change
    assert await groq_client.get("/auth/me") == changed
    answer = await groq_client.http.patch("/auth/me", json={"displayName": " "})
    problem(answer, 422, "invalid_request")


NEW_PASSWORD = "another password, as long"


async def test_a_changed_password_signs_out_everybody_but_who_changed_it(
    groq_client: Client, connect: Connect
) -> None:
    http, email = groq_client.http, groq_client.user["email"]
    old = {"username": email, "password": PASSWORD}
    elsewhere = expect(await http.post("/auth/token", data=old), 200)
    socket = await connect(groq_client)
    change = {
        "currentPassword": PASSWORD,
        "password": NEW_PASSWORD,
        "displayName": "Augusta",
    }

    changed = expect(await http.patch("/auth/me", json=change), 200)

    fresh = changed.pop("tokens")
    assert changed == groq_client.user | {"displayName": "Augusta"}
    assert (await socket.hears("error"))["code"] == "token_revoked"
    for ended in (groq_client.token, elsewhere["access_token"]):
        answer = await http.get("/auth/me", headers={"Authorization": f"Bearer {ended}"})
        problem(answer, 401, "not_authenticated")
    for ended in (groq_client.refresh_token, elsewhere["refresh_token"]):
        form = {"grant_type": "refresh_token", "refresh_token": ended}
        problem(await http.post("/auth/token", data=form), 401, "not_authenticated")
    http.headers["Authorization"] = f"Bearer {fresh['access_token']}"
    me = await http.get("/auth/me")
    assert expect(me) == changed
    form = {"grant_type": "refresh_token", "refresh_token": fresh["refresh_token"]}
    expect(await http.post("/auth/token", data=form), 200)
    problem(await http.post("/auth/token", data=old), 401, "not_authenticated")
    expect(await http.post("/auth/token", data=old | {"password": NEW_PASSWORD}), 200)


async def test_a_password_isn_t_changed_by_who_doesn_t_know_it(groq_client: Client) -> None:
    http = groq_client.http
    for change, status, code, about in (
        ({"password": NEW_PASSWORD}, 403, "not_confirmed", "currentPassword"),
        ({"password": "short", "currentPassword": PASSWORD}, 422, "invalid_request", "password"),
        (
            {"password": groq_client.user["email"], "currentPassword": PASSWORD},
            *(422, "invalid_request", "the address"),
        ),
        ({"currentPassword": PASSWORD}, 422, "invalid_request", "password"),
    ):
        answer = await http.patch("/auth/me", json=change)
        assert about in problem(answer, status, code)["detail"]
    wrong = {"password": NEW_PASSWORD, "currentPassword": "a wrong password"}
    answer = await http.patch("/auth/me", json=wrong)
    assert problem(answer, 403, "not_confirmed")["detail"] == "The current password is wrong."
    statuses = [(await http.patch("/auth/me", json=wrong)).status_code for _ in range(10)]
    assert statuses[-1] == 429, "guessing counts as signing in"
    assert set(statuses) == {403, 429}
    form = {"username": groq_client.user["email"], "password": PASSWORD}
    problem(await http.post("/auth/token", data=form), 429, "rate_limited")
    assert await groq_client.get("/auth/me") == groq_client.user


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"json": {"username": "ours", "password": PASSWORD}}, 415, "unsupported_type"),
        ({"content": b"ada", "headers": {"Content-Type": "text/plain"}}, 415, "unsupported_type"),
        ({"data": {}}, 422, "invalid_request"),
        ({"data": {"grant_type": "password"}}, 422, "invalid_request"),
        ({"content": b""}, 422, "invalid_request"),
    ],
    ids=str,
)
async def test_who_sends_no_form_is_told_to(
    someone: Client, sent: dict[str, Any], status: int, code: str
) -> None:
    answer = await someone.http.post("/auth/token", **sent)
    assert "Send a form: username, password" in problem(answer, status, code)["detail"]


async def test_a_time_zone_is_kept_and_a_wrong_one_refused(someone: Client) -> None:
    change = {"timeZone": "Asia/Kolkata"}
    changed = expect(await someone.http.patch("/auth/me", json=change), 200)
    assert changed == someone.user | change
    for wrong in ("Mars/Olympus", "UTC+2", "", "../etc/passwd", "Europe", "A" * 65):
        answer = await someone.http.patch("/auth/me", json={"timeZone": wrong})
        assert "timeZone" in problem(answer, 422, "invalid_request")["detail"]
    assert (await someone.get("/auth/me"))["timeZone"] == "Asia/Kolkata"
    account = {"email": f"{uuid4()}@example.com", "password": PASSWORD, "displayName": "Eve"}
    made = await someone.post("/auth/register", account | {"timeZone": "America/Bogota"})
    assert made["timeZone"] == "America/Bogota"
    problem(
        await someone.http.post("/auth/register", json=account | {"timeZone": "Here"}),
        422,
        "invalid_request",
    )


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
            "Bearer " + token_of(groq_keepsake, sub=user, exp=None),
            "Bearer " + token_of(groq_keepsake, sub=user, sid="not an id"),
            "Bearer " + jwt.encode({"sub": user, "exp": 9e9}, "", algorithm="none"),
            "Bearer " + jwt.encode({"sub": user, "exp": 9e9}, "x" * 48, algorithm="HS256"),
        ):
            answer = await anybody.get(me, headers={"Authorization": wrong} if wrong else {})
            problem(answer, 401, "not_authenticated")
            assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_every_route_but_signing_in_asks_who_it_is(someone: Client) -> None:
    open_to_all = {f"/api/v1/auth/{name}" for name in ("register", "token", "revoke", "local")}
    async with httpx.AsyncClient(base_url=someone.url, trust_env=False) as anybody:
        for method, path in await operations(someone, "/api/v1/"):
            if path in open_to_all:
                continue
            somewhere = re.sub(r"\{\w+\}", str(uuid4()), path)
            answer = await anybody.request(method, somewhere)
            problem(answer, 401, "not_authenticated")
            assert answer.headers["www-authenticate"].startswith("Bearer"), path
