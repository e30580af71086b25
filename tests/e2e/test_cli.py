"""The command line, as a person types it: beside a running server, and alone."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest_asyncio

from tests.e2e.conftest import FAST_ENCODER
from tests.support.groq_server import GroqServer
from tests.support.keepsake_client import Client, expect, signed_in
from tests.support.keepsake_process import (
    Finished,
    KeepsakeProcess,
    keepsake,
    run_keepsake,
    temporary_folder,
)

COMMANDS = {
    *("serve", "worker", "migrate", "reindex", "bench", "token", "create-admin", "doctor"),
}


@pytest_asyncio.fixture(scope="module")
async def server() -> AsyncIterator[KeepsakeProcess]:
    """A Keepsake with the offline companion, for these tests to stop and start."""
    async with keepsake(EMBEDDING_MODEL=FAST_ENCODER) as started:
        yield started


async def beside(server: KeepsakeProcess, *arguments: str, **environment: object) -> Finished:
    """Run a command with the settings of a server, whether it runs or not."""
    settings = {
        "DATA_DIR": server.data_dir,
        "WEBSOCKET_PORT": server.port,
        "EMBEDDING_MODEL": FAST_ENCODER,
    }
    return await run_keepsake(*arguments, **settings | environment)


@pytest_asyncio.fixture(scope="module")
async def user(server: KeepsakeProcess) -> AsyncIterator[Client]:
    """Somebody with an account on it."""
    async with signed_in(server.url) as client:
        yield client


@pytest_asyncio.fixture(scope="module")
async def ran(server: KeepsakeProcess, user: Client) -> dict[str, Finished]:
    """Commands that don't disturb each other, all run at once: each takes seconds to start."""
    with GroqServer() as groq, temporary_folder() as empty:
        groq.models.remove("openai/gpt-oss-20b")
        on_groq = {"GROQ_API_KEY": groq.key, "GROQ_BASE_URL": groq.groq_url}
        nowhere = {
            "DATABASE_URL": "postgresql://127.0.0.1:1/x",
            "REDIS_URL": "redis://127.0.0.1:1",
            "QDRANT_URL": "http://127.0.0.1:1",
            "JWT_SECRET": "s" * 32,
        }
        commands = {
            "token": beside(server, "token"),
            "token of a user": beside(server, "token", "--email", user.user["email"]),
            "token of nobody": beside(server, "token", "--email", "nobody@example.com"),
            "reindex": beside(server, "reindex"),
            "doctor": beside(server, "doctor"),
            "doctor, wrong key": beside(server, "doctor", **on_groq | {"GROQ_API_KEY": "another"}),
            "doctor, retired model": beside(server, "doctor", **on_groq),
            "worker": run_keepsake("worker", DATA_DIR=empty),
            "migrate": run_keepsake("migrate", **nowhere),
        }
        return dict(zip(commands, await asyncio.gather(*commands.values()), strict=True))


async def owner_of(token: str, server: KeepsakeProcess) -> dict[str, object]:
    """Whose token it is, by the server's word."""
    client = Client(server.url)
    async with client.http:
        client.http.headers["Authorization"] = f"Bearer {token}"
        account: dict[str, object] = await client.get("/auth/me")
        return account


def findings(finished: Finished) -> dict[str, tuple[bool, str]]:
    """What `doctor` printed: name to whether it is well, and how. Long lines come wrapped."""
    text = re.sub(r"\n(?!ok |FAIL )", " ", finished.errors.strip())
    found = (re.match(r"(ok|FAIL) +(.+?): (.*)", line) for line in text.splitlines())
    return {match[2]: (match[1] == "ok", " ".join(match[3].split())) for match in found if match}


async def test_every_command_explains_itself() -> None:
    overview = await run_keepsake("--help")
    assert overview.status == 0
    listed = set(re.findall(r"^│ ([a-z-]+) ", overview.output, re.MULTILINE))
    assert listed >= COMMANDS
    for each in await asyncio.gather(*(run_keepsake(name, "--help") for name in sorted(listed))):
        assert each.status == 0, each.errors
        assert "Usage:" in each.output


async def test_a_command_that_doesn_t_exist_is_a_failure() -> None:
    finished = await run_keepsake("remember")
    assert finished.status == 2
    assert "Traceback" not in finished.errors


async def test_a_token_lets_in_while_the_server_runs(
    ran: dict[str, Finished], server: KeepsakeProcess, user: Client
) -> None:
    assert (ran["token"].status, ran["token"].errors) == (0, "")
    assert (await owner_of(ran["token"].output.strip(), server))["role"] == "user"
    assert await owner_of(ran["token of a user"].output.strip(), server) == user.user
    complaint = ran["token of nobody"].complaint
    assert complaint == "There is no account with the address nobody@example.com."


async def test_an_account_is_made_an_admin_s_once_and_again(server: KeepsakeProcess) -> None:
    for password in ("the first password", "the second password"):
        arguments = ("create-admin", "boss@example.com", "--password", password)
        finished = await beside(server, *arguments)
        assert (finished.status, finished.output) == (0, "boss@example.com is an admin.\n")
        form = {"username": "boss@example.com", "password": password}
        client = Client(server.url)
        async with client.http:
            pair = expect(await client.http.post("/auth/token", data=form), 200)
        account = await owner_of(pair["access_token"], server)
        assert (account["email"], account["role"]) == ("boss@example.com", "admin")


async def test_the_running_server_rebuilds_its_index_when_asked(ran: dict[str, Finished]) -> None:
    assert ran["reindex"].status == 0, ran["reindex"].errors
    assert ran["reindex"].output == "0 memories are indexed by hashing.\n"


async def test_a_worker_of_its_own_needs_servers_of_its_own(ran: dict[str, Finished]) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "QDRANT_URL"):
        assert name in ran["worker"].complaint


async def test_migrate_says_when_there_is_no_database(ran: dict[str, Finished]) -> None:
    assert "DATABASE_URL" in ran["migrate"].complaint


async def test_the_doctor_asks_the_running_server(ran: dict[str, Finished]) -> None:
    found = findings(ran["doctor"])
    assert set(found) >= {"python", "web page", "disk", "database", "redis", "qdrant", "encoder"}
    assert found["database"] == (True, "answers (running server)")
    assert found["model (offline)"][0]
    unwell = [name for name, (well, _) in found.items() if not well]
    assert unwell in ([], ["web page"])
    assert ran["doctor"].status == (1 if unwell else 0)


async def test_the_doctor_says_what_is_wrong_with_the_model(ran: dict[str, Finished]) -> None:
    assert ran["doctor, wrong key"].status == 1
    assert findings(ran["doctor, wrong key"])["model (groq)"] == (
        False,
        "Groq rejected the API key. Set GROQ_API_KEY to a valid key from console.groq.com, "
        "then restart.",
    )
    well, words = findings(ran["doctor, retired model"])["model (groq)"]
    assert (ran["doctor, retired model"].status, well) == (1, False)
    assert "Groq has no model 'openai/gpt-oss-20b'" in words
    assert "GROQ_MEMORY_MODEL" in words


async def test_commands_work_while_no_server_runs(server: KeepsakeProcess, user: Client) -> None:
    """Last, since it stops the server; they start what they need and stop it again."""
    await user.say(await user.converse(), "My dog is called Biscuit.")
    await user.all_formed()
    assert await server.stop() != 1

    token = await beside(server, "token")
    assert (token.status, token.errors) == (0, "")
    reindexed = await beside(server, "reindex")
    assert reindexed.status == 0
    count = int(re.match(r"(\d+) memories are indexed", reindexed.output)[1])  # type: ignore[index]
    assert count >= 3, "two episodes and a fact"
    found = findings(await beside(server, "doctor"))
    assert {name: found[name][1] for name in ("database", "redis", "qdrant", "encoder")} == (
        dict.fromkeys(("database", "redis", "qdrant", "encoder"), "answers")
    )
    assert server.servers() == []

    await server.start()
    assert (await owner_of(token.output.strip(), server))["role"] == "user"
    assert "Biscuit" in (await user.search("the dog", kinds=["fact"]))[0]["content"]
