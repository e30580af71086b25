"""Who a connection is, and for how long: tokens that expire, are renewed or revoked while it is open."""

from copy import copy
from typing import Any
from uuid import UUID

import psycopg

from backend.adapters.embedded.postgres import EmbeddedPostgres
from backend.adapters.embedded.valkey import EmbeddedValkey
from backend.adapters.redis.event_bus import RedisEventBus
from backend.gateway.control import AccountGone, announce
from backend.gateway.services import GatewayOptions
from tests.support.answers import problem
from tests.support.chat_sockets import (
    ChatSocket,
    Connect,
    PlainSocket,
    SocketIOSocket,
    plain_socket,
)
from tests.support.eventually import eventually
from tests.support.keepsake_client import PASSWORD, Client, expect
from tests.support.keepsake_process import KeepsakeProcess
from tests.support.tokens import soon, token_of

Json = dict[str, Any]


def by(client: Client, token: str) -> Client:
    """The same user, by another token."""
    other = copy(client)
    other.token = token
    return other


async def sign_in(client: Client) -> Json:
    """Another session of the same user."""
    form = {"username": client.user["email"], "password": PASSWORD}
    pair: Json = expect(await client.http.post("/auth/token", data=form), 200)
    return pair


async def revoke(client: Client, token: str) -> None:
    """Revoke a token, as anybody may who has it."""
    assert expect(await client.http.post("/auth/revoke", data={"token": token}), 200) == {}


async def sent_away(socket: ChatSocket) -> str:
    """Wait until the server has ended the connection; returns the code of the error it gave."""
    code: str = (await socket.hears("error"))["code"]
    if isinstance(socket, PlainSocket):
        close_code, reason = await socket.closed_by_server()
        assert (close_code, reason) == (4409 if code == "replaced" else 4401, code)
    else:
        assert isinstance(socket, SocketIOSocket)
        await eventually(lambda: not socket.connected)
    assert socket.names()[-1] == "error"  # nothing after it
    return code


async def works(socket: ChatSocket, conversation: str) -> bool:
    """Whether an event is carried out."""
    return (await socket.join(conversation))["conversationId"] == conversation


# --- expiry and renewal ---------------------------------------------------------------------------


async def test_a_connection_ends_with_its_token_unless_it_sends_another(
    someone: Client, groq_keepsake: KeepsakeProcess, connect: Connect
) -> None:
    conversation = await someone.converse()
    expiry = soon()
    short = token_of(groq_keepsake, sub=someone.user["id"], exp=expiry)
    left, stays = [await connect(by(someone, short)) for _ in range(2)]
    assert await works(left, conversation)

    ack = await stays.call("auth", {"token": someone.token})
    assert ack["userId"] == someone.user["id"]
    assert ack["expiresAt"].endswith("Z")

    assert await sent_away(left) == "token_expired"
    assert await works(stays, conversation)
    assert "error" not in stays.names()


async def test_a_token_that_does_not_renew_leaves_the_connection_as_it_was(
    someone: Client, groq_client: Client, groq_keepsake: KeepsakeProcess, connect: Connect
) -> None:
    conversation = await someone.converse()
    socket = await connect(someone)
    ours = someone.user["id"]
    revoked = token_of(groq_keepsake, sub=ours)
    await revoke(someone, revoked)
    for token, code in (
        (groq_client.token, "other_account"),
        (revoked, "not_authenticated"),
        (token_of(groq_keepsake, sub=ours, exp=1), "not_authenticated"),
        (token_of(groq_keepsake, sub=ours, exp=None), "not_authenticated"),
        (someone.refresh_token, "not_authenticated"),
        ("garbage", "not_authenticated"),
        ("", "not_authenticated"),
        (7, "invalid_request"),
    ):
        ack = await socket.call("auth", {"token": token})
        assert ack["error"]["code"] == code
    assert await works(socket, conversation)


async def test_the_first_ack_of_ws_says_when_the_token_expires(
    someone: Client, groq_keepsake: KeepsakeProcess
) -> None:
    token = token_of(groq_keepsake, sub=someone.user["id"], exp=4_102_444_800)
    socket = await plain_socket(someone.url)
    ack = await socket.call("auth", {"token": token})
    assert ack == {"userId": someone.user["id"], "expiresAt": "2100-01-01T00:00:00.000Z"}
    await socket.close()


async def test_a_ticket_s_connection_ends_with_the_token_that_it_was_bought_with(
    someone: Client, groq_keepsake: KeepsakeProcess
) -> None:
    short = token_of(groq_keepsake, sub=someone.user["id"], exp=soon())
    headers = {"Authorization": f"Bearer {short}"}
    bought = [await someone.http.post("/auth/ws-ticket", headers=headers) for _ in range(2)]
    used, late = [expect(answer, 201)["ticket"] for answer in bought]
    socket = await plain_socket(someone.url, ticket=used)
    assert await works(socket, await someone.converse())
    assert await sent_away(socket) == "token_expired"
    refused = await plain_socket(someone.url, ticket=late)
    assert (await refused.closed_by_server())[0] == 4401


# --- revocation -----------------------------------------------------------------------------------


async def test_a_revoked_session_ends_its_connections_and_no_others(
    groq_client: Client, connect: Connect
) -> None:
    conversation = await groq_client.converse()
    lost = await sign_in(groq_client)
    first, kept = await connect(by(groq_client, lost["access_token"])), await connect(groq_client)
    form = {"grant_type": "refresh_token", "refresh_token": lost["refresh_token"]}
    renewed = expect(await groq_client.http.post("/auth/token", data=form), 200)
    second = await connect(by(groq_client, renewed["access_token"]))

    await revoke(groq_client, renewed["refresh_token"])

    assert [await sent_away(socket) for socket in (first, second)] == ["token_revoked"] * 2
    assert await works(kept, conversation)
    for token in (lost["access_token"], renewed["access_token"]):
        headers = {"Authorization": f"Bearer {token}"}
        answer = await groq_client.http.get("/auth/me", headers=headers)
        assert "revoked" in problem(answer, 401, "not_authenticated")["detail"]
    for token in (renewed["refresh_token"], lost["access_token"], "garbage"):
        await revoke(groq_client, token)


async def test_a_refresh_token_that_comes_twice_ends_its_session(
    groq_client: Client, connect: Connect
) -> None:
    socket = await connect(groq_client)
    form = {"grant_type": "refresh_token", "refresh_token": groq_client.refresh_token}
    renewed = expect(await groq_client.http.post("/auth/token", data=form), 200)
    problem(await groq_client.http.post("/auth/token", data=form), 401, "not_authenticated")
    assert await sent_away(socket) == "token_revoked"
    form["refresh_token"] = renewed["refresh_token"]
    problem(await groq_client.http.post("/auth/token", data=form), 401, "not_authenticated")


async def test_a_revoked_token_lets_nobody_in(
    groq_client: Client, groq_keepsake: KeepsakeProcess, connect: Connect
) -> None:
    token = token_of(groq_keepsake, sub=groq_client.user["id"])
    kept, lost = await connect(groq_client), await connect(by(groq_client, token))
    headers = {"Authorization": f"Bearer {token}"}
    ticket = expect(await groq_client.http.post("/auth/ws-ticket", headers=headers), 201)["ticket"]

    await revoke(groq_client, token)

    assert await sent_away(lost) == "token_revoked"
    by_ticket = await plain_socket(groq_client.url, ticket=ticket)
    assert (await by_ticket.closed_by_server())[0] == 4401
    by_token = await plain_socket(groq_client.url)
    await by_token.emit("auth", {"token": token})
    assert (await by_token.closed_by_server())[0] == 4401
    assert await works(kept, await groq_client.converse())


async def test_signing_out_everywhere_ends_all_connections_and_a_new_sign_in_works(
    groq_client: Client, groq_keepsake: KeepsakeProcess, connect: Connect
) -> None:
    conversation = await groq_client.converse()
    elsewhere = token_of(groq_keepsake, sub=groq_client.user["id"], jti=None)
    undated = token_of(groq_keepsake, sub=groq_client.user["id"], iat=None)
    sockets = [
        await connect(by(groq_client, token)) for token in (groq_client.token, elsewhere, undated)
    ]
    expect(await groq_client.http.post("/auth/revoke-all"), 204)
    assert [await sent_away(socket) for socket in sockets] == ["token_revoked"] * 3
    problem(await groq_client.http.get("/auth/me"), 401, "not_authenticated")
    form = {"grant_type": "refresh_token", "refresh_token": groq_client.refresh_token}
    problem(await groq_client.http.post("/auth/token", data=form), 401, "not_authenticated")

    anew = await sign_in(groq_client)
    assert await works(await connect(by(groq_client, anew["access_token"])), conversation)


async def test_a_deleted_account_s_connections_end(
    groq_client: Client, groq_keepsake: KeepsakeProcess, connect: Connect
) -> None:
    socket = await connect(groq_client)
    user = UUID(groq_client.user["id"])
    database = EmbeddedPostgres(groq_keepsake.data_dir / "postgres").url
    async with await psycopg.AsyncConnection.connect(database) as postgres:
        await postgres.execute("DELETE FROM user_account WHERE id = %s", [user])
    bus = RedisEventBus(EmbeddedValkey(groq_keepsake.data_dir / "valkey").url)
    await announce(bus.publish, AccountGone(user_id=user))
    await bus.close()
    assert await sent_away(socket) == "account_gone"
    form = {"grant_type": "refresh_token", "refresh_token": groq_client.refresh_token}
    problem(await groq_client.http.post("/auth/token", data=form), 401, "not_authenticated")
    problem(await groq_client.http.get("/auth/me"), 401, "not_authenticated")


# --- how many -------------------------------------------------------------------------------------


async def test_the_newest_connection_takes_the_oldest_one_s_place(
    groq_client: Client, connect: Connect
) -> None:
    conversation = await groq_client.converse()
    sockets = [await connect(groq_client) for _ in range(GatewayOptions().most_connections + 1)]
    assert await sent_away(sockets[0]) == "replaced"
    for socket in (sockets[1], sockets[-1]):
        assert await works(socket, conversation)
