"""The command line, as a person types it: beside a running server, and alone."""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest_asyncio
from typer.testing import CliRunner

from backend.cards.card_file import read_card_file
from backend.cli import app
from tests.e2e.conftest import FAST_ENCODER
from tests.support.answers import problem
from tests.support.cards import V3, a_card_png
from tests.support.groq_server import GroqServer
from tests.support.guide import ROOT, programs
from tests.support.keepsake_client import Client, expect, signed_in
from tests.support.keepsake_process import (
    Finished,
    KeepsakeProcess,
    clean_environment,
    keepsake,
    run_keepsake,
    temporary_folder,
)

COMMANDS = {
    *(
        "serve",
        "worker",
        "migrate",
        "reindex",
        "bench",
        "token",
        "create-admin",
        "set-password",
        "doctor",
    ),
    *("import-card", "export-card", "import-chat", "rotate-keys"),
}


@pytest_asyncio.fixture(scope="module")
async def server() -> AsyncIterator[KeepsakeProcess]:
    """A Keepsake with the offline companion, for these tests to stop and start."""
    async with keepsake(EMBEDDING_MODEL=FAST_ENCODER) as started:
        yield started


async def beside(
    server: KeepsakeProcess, *arguments: str, stdin: str = "", **environment: object
) -> Finished:
    """Run a command with the settings of a server, whether it runs or not."""
    settings = {
        "DATA_DIR": server.data_dir,
        "WEBSOCKET_PORT": server.port,
        "EMBEDDING_MODEL": FAST_ENCODER,
    }
    return await run_keepsake(*arguments, stdin=stdin, **settings | environment)


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
    for name in listed:
        each = CliRunner().invoke(app, [name, "--help"])
        assert each.exit_code == 0, each.output
        assert "Usage:" in each.output


async def test_a_command_that_doesn_t_exist_is_a_failure() -> None:
    finished = await run_keepsake("remember")
    assert finished.status == 2
    assert "Traceback" not in finished.errors


async def test_a_token_lets_in_while_the_server_runs(
    ran: dict[str, Finished], server: KeepsakeProcess, user: Client
) -> None:
    assert (ran["token"].status, ran["token"].errors) == (0, "")
    assert (await owner_of(ran["token"].output.strip(), server))["role"] == "admin"
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


async def test_an_account_that_is_made_an_admin_s_keeps_its_password(
    server: KeepsakeProcess,
) -> None:
    async with signed_in(server.url) as somebody:
        finished = await beside(server, "create-admin", somebody.user["email"])
        assert finished.status == 0
        assert finished.errors.splitlines()[-1] == "(an account that was there)"
        page = await somebody.get("/admin/audit", target=somebody.user["id"])  # the same token
        (line,) = page["items"]
        assert (line["action"], line["actorId"]) == ("cli.create_admin", None)
        again = await beside(server, "create-admin", somebody.user["email"])
        assert again.errors.splitlines()[-1] == "(as before)"


async def test_an_operator_gives_somebody_a_new_password(
    server: KeepsakeProcess, user: Client
) -> None:
    async with signed_in(server.url) as somebody:
        email = somebody.user["email"]
        command = ("set-password", email, "--password-stdin")
        done, weak, nobody, local = await asyncio.gather(
            beside(server, *command, stdin="a password from the operator\nmore"),
            beside(server, *command, stdin="short\n"),
            beside(server, "set-password", "x@example.com", "--password-stdin", stdin="y" * 9),
            beside(
                *(server, "set-password", "local@keepsake.localhost", "--password-stdin"),
                stdin="a long password\n",
            ),
        )
        assert done.status == 0, done.errors
        assert done.output == f"{email} has a new password, and is signed out everywhere.\n"
        assert "password: must have 8" in weak.complaint
        assert nobody.complaint == "There is no account with the address x@example.com."
        assert "signed in without one" in local.complaint
        problem(await somebody.http.get("/auth/me"), 401, "not_authenticated")
        form = {"username": email, "password": "a password from the operator"}
        pair = expect(await somebody.http.post("/auth/token", data=form), 200)
        assert (await owner_of(pair["access_token"], server)) == somebody.user
        token = (await beside(server, "token")).output.strip()
        address = f"{server.url}/api/v1/admin/audit?target={somebody.user['id']}"
        audit = await user.http.get(address, headers={"Authorization": f"Bearer {token}"})
        (line,) = expect(audit)["items"]
        assert (line["action"], line["actorId"]) == ("cli.set_password", None)


async def test_a_new_admin_needs_a_password_that_isn_t_guessed(server: KeepsakeProcess) -> None:
    no_terminal = await beside(server, "create-admin", "new@example.com")
    assert no_terminal.status == 1
    assert "Traceback" not in no_terminal.errors
    weak = await beside(server, "create-admin", "new@example.com", KEEPSAKE_ADMIN_PASSWORD="short")
    assert "password" in weak.complaint


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
    assert found["encryption"] == (
        True,
        "off: what is said is stored in clear (see ENCRYPTION_KEYS)",
    )
    assert found["retention"] == (
        True,
        "messages are kept for ever, episodes and summaries for 90 days, facts for ever",
    )
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


async def test_cards_and_chats_come_in_and_go_out_by_command(
    server: KeepsakeProcess, user: Client, tmp_path: Path
) -> None:
    for_user = ("--email", user.user["email"])
    card, broken, chat = (tmp_path / name for name in ("mira.png", "broken.json", "chat.jsonl"))
    card.write_bytes(a_card_png(V3, "ccv3"))
    broken.write_bytes(b"{")
    lines = [
        {"user_name": "Ada", "character_name": "halvard moe"},
        {"mes": "Tea?", "is_user": False, "send_date": "March 10, 2026 3:45pm"},
        {"mes": "My dog is called Biscuit.", "is_user": True, "send_date": 1773157560000},
    ]
    chat.write_text("\n".join(map(json.dumps, lines)))

    away = tmp_path / "nope.json"
    came = await beside(server, "import-card", str(away), str(broken), str(card), *for_user)
    assert came.status == 1
    complaint = came.errors.strip().splitlines()[-1]
    assert complaint.startswith(f"keepsake: {away}: No such file or directory. {broken}: The file")
    identity, name = came.output.split()
    made = await user.get(f"/characters/{identity}")
    assert (name, made["card"], made["ownerId"]) == ("Mira", V3, user.user["id"])

    everybody = (await user.get("/characters"))["items"]
    user.character = next(each for each in everybody if each["name"] == "Halvard Moe")
    out = tmp_path / "out.charx"
    export = ("export-card", identity, "--format", "charx", "--out", str(out), *for_user)
    talked, went = await asyncio.gather(
        beside(server, "import-chat", str(chat), *for_user),
        beside(server, *export),
    )
    assert (talked.status, talked.output.split()[:2]) == (0, ["2", "messages"]), talked.errors
    assert (went.status, went.output.strip()) == (0, str(out))
    assert read_card_file(out.read_bytes()).card == V3
    (talk,) = (await user.get("/conversations", characterId=user.character["id"]))["items"]
    assert [item["content"] for item in await user.messages(talk["id"])] == [
        "Tea?",
        "My dog is called Biscuit.",
    ]
    await user.all_formed()
    assert "Biscuit" in (await user.facts())[0]["content"]

    again, of_a_stranger = await asyncio.gather(
        beside(server, *export), beside(server, "export-card", identity)
    )
    assert again.status == of_a_stranger.status == 1
    assert again.errors.strip() == f"keepsake: There is such a file already: {out}"
    assert f"There is no character '{identity}'" in of_a_stranger.errors


async def test_the_page_about_cards_says_what_works(
    server: KeepsakeProcess, tmp_path: Path
) -> None:
    """docs/cards.md's programs, run as they stand there."""
    keepsake_command = tmp_path / "bin/keepsake"
    keepsake_command.parent.mkdir()
    keepsake_command.write_text(f'#!/bin/sh\nexec {sys.executable} -m backend "$@"\n')
    keepsake_command.chmod(0o755)
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as stranger:
        token = expect(await stranger.post("/api/v1/auth/local"), 200)
    environment = clean_environment(
        {
            **{"DATA_DIR": server.data_dir, "EMBEDDING_MODEL": FAST_ENCODER},
            **{"URL": server.url, "TOKEN": token["access_token"]},
        }
    )
    environment["PATH"] = f"{keepsake_command.parent}:{environment['PATH']}"
    for name, program in programs(ROOT / "docs/cards.md").items():
        process = await asyncio.create_subprocess_exec(
            *("bash", "-euo", "pipefail", "-c", program),
            cwd=tmp_path,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        assert process.returncode == 0, f"{name}: {output.decode()}"
    card = json.loads((tmp_path / "mira.json").read_text())
    for made in ("Mira.charx", "mira.png", "card.json"):
        inner = read_card_file((tmp_path / made).read_bytes()).card["data"]
        assert {key: inner[key] for key in card["data"]} == card["data"], made


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
    assert (await owner_of(token.output.strip(), server))["role"] == "admin"
    assert "Biscuit" in (await user.search("the dog", kinds=["fact"]))[0]["content"]
