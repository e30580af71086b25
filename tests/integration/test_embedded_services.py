"""The embedded servers over starts, stops, crashes and odd places."""

import asyncio
import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio

from backend.adapters.embedded.postgres import EmbeddedPostgres
from backend.adapters.embedded.processes import running_in
from backend.adapters.embedded.sockets import socket_directory
from backend.adapters.embedded.system_user import SystemUser, postgres_user, run_as
from backend.adapters.embedded.valkey import EmbeddedValkey
from backend.adapters.redis.connection import command_client
from backend.errors import ConfigurationError, StoreUnavailable
from tests.support.eventually import eventually
from tests.support.owners import launched, owning, servers
from tests.support.services import fresh_database

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can do this")


@pytest.fixture
def empty_dir() -> Iterator[Path]:
    """An empty DATA_DIR with a short path; pytest's own are too long for sockets."""
    path = Path(tempfile.mkdtemp(prefix="keepsake-test-"))
    yield path
    for process in servers(path):
        process.kill()
    shutil.rmtree(path)


@pytest_asyncio.fixture(scope="module")
async def used_before() -> AsyncIterator[Path]:
    """A DATA_DIR whose PostgreSQL was started and stopped once: making one takes a second."""
    with tempfile.TemporaryDirectory(prefix="keepsake-test-") as name:
        server = EmbeddedPostgres(Path(name) / "postgres")
        await server.start()
        await server.stop()
        yield Path(name)


@pytest.fixture
def data_dir(used_before: Path, empty_dir: Path) -> Path:
    """A DATA_DIR that was used before, for one test."""
    subprocess.run(["cp", "-a", used_before / "postgres", empty_dir], check=True)
    return empty_dir


def hand_over(data_dir: Path, uid: int, gid: int) -> None:
    """Give the directory and all in it to a user, and let others see that it is there."""
    data_dir.chmod(0o755)
    for path in [data_dir, *data_dir.rglob("*")]:
        os.chown(path, uid, gid)


async def run(url: str, statement: str) -> list[tuple[object, ...]]:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        cursor = await connection.execute(statement)
        return await cursor.fetchall() if cursor.description else []


async def ping(url: str) -> bool:
    client = command_client(url)
    try:
        return bool(await client.ping())
    finally:
        await client.aclose()


# --- start, stop, restart ------------------------------------------------------------------------


async def test_data_outlives_a_restart_and_nothing_keeps_running(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir / "postgres")
    url = await server.start()
    await run(url, "CREATE TABLE kept AS SELECT 'Biscuit' AS name")
    await server.stop()
    assert servers(data_dir) == []
    assert await server.start() == url
    assert await run(url, "SELECT name FROM kept") == [("Biscuit",)]
    await server.stop()
    await server.stop()


async def test_starting_what_runs_changes_nothing(data_dir: Path) -> None:
    postgres, valkey = EmbeddedPostgres(data_dir / "postgres"), EmbeddedValkey(data_dir / "valkey")
    urls = [await postgres.start(), await valkey.start()]
    before = {process.pid for process in servers(data_dir)}
    assert [await postgres.start(), await valkey.start()] == urls
    assert before <= {process.pid for process in servers(data_dir)}
    await postgres.stop()
    await valkey.stop()
    assert servers(data_dir) == []


async def test_the_database_is_durable_and_the_same_in_every_place(postgres_url: str) -> None:
    names = ("fsync", "synchronous_commit", "TimeZone", "server_encoding", "listen_addresses")
    shown = [(await run(postgres_url, f"SHOW {name}"))[0][0] for name in names]
    assert shown == ["on", "on", "UTC", "UTF8", ""]
    ((version, provider, locale),) = await run(
        postgres_url,
        "SELECT current_setting('server_version_num')::int / 10000, datlocprovider, datlocale"
        " FROM pg_database WHERE datname = 'keepsake'",
    )
    assert (version, provider, locale) == (18, "b", "C.UTF-8")


async def test_a_refused_row_is_not_written_to_the_log(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir / "postgres")
    url = await server.start()
    await run(url, "CREATE TABLE person (email text UNIQUE)")
    await run(url, "INSERT INTO person VALUES ('biscuit@example.com')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        await run(url, "INSERT INTO person VALUES ('biscuit@example.com')")
    await server.stop()
    written = (data_dir / "postgres.log").read_text()
    assert "duplicate key" in written
    assert "biscuit@example.com" not in written


async def test_a_cancelled_start_leaves_no_process(empty_dir: Path) -> None:
    start = asyncio.create_task(EmbeddedPostgres(empty_dir / "postgres").start())
    await eventually(lambda: running_in(empty_dir / "postgres.new", "initdb", "postgres"))
    start.cancel()
    await asyncio.gather(start, return_exceptions=True)
    assert running_in(empty_dir / "postgres.new", "initdb", "postgres") == []
    server = EmbeddedPostgres(empty_dir / "postgres")
    await server.start()
    await server.stop()


async def test_fresh_databases_are_empty_copies_and_go_away(postgres_url: str) -> None:
    async with fresh_database(postgres_url) as first, fresh_database(postgres_url) as second:
        await run(first, "CREATE TABLE mine ()")
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert await run(second, tables) == [(0,)]
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        await run(first, "SELECT 1")


# --- crashes -------------------------------------------------------------------------------------


async def test_a_new_owner_takes_over_after_the_first_was_killed(data_dir: Path) -> None:
    async with owning(data_dir) as owner:
        await run(owner.facts["postgres"], "CREATE TABLE kept ()")
        await owner.kill()
        left = servers(data_dir)
        assert {process.name() for process in left} == {"postgres", "valkey-server"}
    async with owning(data_dir) as owner:
        assert not set(left) & set(servers(data_dir))
        await run(owner.facts["postgres"], "SELECT * FROM kept")
        assert await ping(owner.facts["valkey"])
    assert servers(data_dir) == []


async def test_committed_rows_outlive_a_crash_of_everything(data_dir: Path) -> None:
    async with owning(data_dir) as owner:
        await run(owner.facts["postgres"], "CREATE TABLE kept AS SELECT generate_series(1, 1000)")
        await owner.kill()
        for process in servers(data_dir):
            process.kill()
        await eventually(lambda: not servers(data_dir))
        assert (data_dir / "postgres" / "postmaster.pid").exists()
    async with owning(data_dir) as owner:
        assert await run(owner.facts["postgres"], "SELECT count(*) FROM kept") == [(1000,)]


async def test_an_owner_killed_in_its_first_start_leaves_nothing_half_made(empty_dir: Path) -> None:
    async with launched(empty_dir) as owner:
        await eventually(lambda: running_in(empty_dir / "postgres.new", "postgres"))
        await owner.kill()
        assert not (empty_dir / "postgres").exists()
    async with owning(empty_dir) as owner:
        assert await run(owner.facts["postgres"], "SELECT 1") == [(1,)]


async def test_a_pid_file_whose_pid_belongs_to_another_program_is_stale(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir / "postgres")
    await server.start()
    pid_file = data_dir / "postgres" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    await server.stop()
    innocent = await asyncio.create_subprocess_exec(
        "sleep", "600", cwd="/", **run_as(postgres_user())
    )
    try:
        pid_file.write_text("\n".join([str(innocent.pid), *lines[1:]]) + "\n")
        await server.start()
        assert innocent.returncode is None
    finally:
        innocent.kill()
        await innocent.wait()
        await server.stop()


async def test_a_server_of_another_directory_is_left_alone(
    data_dir: Path, postgres_url: str
) -> None:
    server = EmbeddedPostgres(data_dir / "postgres")
    await server.start()
    await server.stop()
    assert await run(postgres_url, "SELECT 1") == [(1,)]


async def test_a_stale_socket_is_no_obstacle(empty_dir: Path) -> None:
    server = EmbeddedValkey(empty_dir / "valkey")
    url = await server.start()
    for process in servers(empty_dir):
        process.kill()
    await eventually(lambda: not servers(empty_dir))
    assert (empty_dir / "valkey" / "valkey.sock").exists()
    assert await server.start() == url
    assert await ping(url)
    await server.stop()


# --- signals -------------------------------------------------------------------------------------


async def test_ctrl_c_reaches_the_owner_only_and_then_everything_ends(data_dir: Path) -> None:
    async with owning(data_dir) as owner:
        groups = {os.getpgid(process.pid) for process in servers(data_dir)}
        assert owner.process.pid not in groups
        owner.interrupt_group()
        assert await owner.told() == {"answered": True}
        assert await owner.ended() == 0
    assert servers(data_dir) == []


# --- places --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["x" * 120, "a, b", 'it\'s "odd" 100% große'])
async def test_any_path_will_do(empty_dir: Path, name: str) -> None:
    home = empty_dir / name
    postgres, valkey = EmbeddedPostgres(home / "postgres"), EmbeddedValkey(home / "valkey")
    for _ in range(2):
        assert await run(await postgres.start(), "SELECT 1") == [(1,)]
        assert await ping(await valkey.start())
        await postgres.stop()
        await valkey.stop()
    for server_home, socket_name in ((home / "postgres", "s.PGSQL"), (home / "valkey", "valkey")):
        place = socket_directory(server_home, f"{socket_name}.sock")
        assert place == server_home or not place.exists()


async def test_a_relative_path_is_fine(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(data_dir)
    server = EmbeddedPostgres(Path("postgres"))
    assert await run(await server.start(), "SELECT 1") == [(1,)]
    await server.stop()


async def test_data_of_another_version_is_refused_and_left_alone(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir / "postgres")
    await server.start()
    await server.stop()
    version = data_dir / "postgres" / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(ConfigurationError, match=r"PostgreSQL 17.*18.*pg_dumpall"):
        await server.start()
    assert version.read_text() == "17\n"


async def test_somebody_elses_files_are_not_overwritten(empty_dir: Path) -> None:
    (empty_dir / "postgres").mkdir()
    (empty_dir / "postgres" / "letters.txt").write_text("dear")
    with pytest.raises(ConfigurationError, match="not PostgreSQL's"):
        await EmbeddedPostgres(empty_dir / "postgres").start()
    assert (empty_dir / "postgres" / "letters.txt").read_text() == "dear"


async def test_a_failed_start_says_what_the_log_says(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir / "postgres")
    await server.start()
    await server.stop()
    with (data_dir / "postgres" / "postgresql.conf").open("a") as settings:
        settings.write("memory_of_elephants = on\n")
    with pytest.raises(StoreUnavailable, match=r"doesn't start: .*memory_of_elephants") as failed:
        await server.start()
    assert "\n" not in str(failed.value)
    assert servers(data_dir) == []


# --- users ---------------------------------------------------------------------------------------


@needs_root
async def test_as_root_a_closed_home_stays_closed_to_others(empty_dir: Path) -> None:
    home = empty_dir / "home"
    home.mkdir(mode=0o700)
    server = EmbeddedPostgres(home / "keepsake" / "data" / "postgres")
    assert await run(await server.start(), "SELECT 1") == [(1,)]
    owners = {
        process.username() for process in running_in(home / "keepsake/data/postgres", "postgres")
    }
    await server.stop()
    assert owners == {"embedded_postgres"}
    assert stat.S_IMODE(home.stat().st_mode) & 0o007 == 0
    nobody = SystemUser("nobody", 65534, 65534)
    assert not nobody.can_enter(home)


async def test_as_an_ordinary_user(empty_dir: Path) -> None:
    """When the tests run as root, the owner becomes another user first."""
    user = postgres_user()
    if user is None:
        arguments: tuple[int, ...] = ()
    else:
        hand_over(empty_dir, user.uid, user.gid)
        arguments = (user.uid, user.gid)
    async with owning(empty_dir, *arguments) as owner:
        assert owner.facts["uid"] != 0
        assert {process.uids().real for process in servers(empty_dir)} == {owner.facts["uid"]}
    assert stat.S_IMODE((empty_dir / "postgres").stat().st_mode) == 0o700


@needs_root
async def test_an_ordinary_user_is_told_about_a_directory_of_somebody_else(empty_dir: Path) -> None:
    user = postgres_user()
    assert user is not None
    hand_over(empty_dir, uid=0, gid=0)
    async with launched(empty_dir, user.uid, user.gid) as owner:
        said = await owner.complaint()
        assert await owner.ended() == 1
    assert "Permission denied" in said
    assert "DATA_DIR" in said
    assert len(said.splitlines()) == 1


@needs_root
async def test_data_made_by_root_can_be_handed_to_a_user_and_back(data_dir: Path) -> None:
    user = postgres_user()
    assert user is not None
    async with owning(data_dir) as owner:
        await run(owner.facts["postgres"], "CREATE TABLE kept ()")
    hand_over(data_dir, uid=65534, gid=65534)
    async with owning(data_dir) as owner:
        await run(owner.facts["postgres"], "SELECT * FROM kept")


@needs_root
@pytest.mark.parametrize("size", ["4k", "24m"])
async def test_a_full_disk_is_one_clear_line(empty_dir: Path, size: str) -> None:
    """The smaller disk has no room for the lock, the larger none for a database."""
    mount = f'mount -t tmpfs -o size={size},mode=0755 none {empty_dir} && exec "$@"'
    before = ("unshare", "--mount", "sh", "-c", mount, "sh")
    async with launched(empty_dir, before=before) as owner:
        said = await owner.complaint()
        assert await owner.ended() == 1
    assert "full" in said
    assert len([line for line in said.splitlines() if "full" in line]) == 1
