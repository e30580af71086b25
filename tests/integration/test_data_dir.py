"""DATA_DIR: one owner at a time, its secret, and clear words where it can't be used."""

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.adapters.embedded.data_dir import DataDir
from backend.errors import ConfigurationError
from tests.support.owners import launched, owning, servers


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="keepsake-test-") as name:
        yield Path(name)
        for process in servers(Path(name)):  # left behind by an owner that was killed
            process.kill()


def test_is_made_closed_to_others(home: Path) -> None:
    with DataDir(home / "deep" / "data") as data_dir:
        mode = stat.S_IMODE(data_dir.path.stat().st_mode)
    assert mode == (0o711 if os.geteuid() == 0 else 0o700)


def test_can_be_opened_again_after_closing(home: Path) -> None:
    data_dir = DataDir(home)
    for _ in range(2):
        data_dir.open()
        data_dir.open()
        data_dir.close()
        data_dir.close()


async def test_a_second_owner_is_refused_by_the_pid_of_the_first(home: Path) -> None:
    async with owning(home) as owner:
        pid = owner.facts["pid"]
        with pytest.raises(ConfigurationError) as refused:
            DataDir(home).open()
        assert f"pid {pid}" in str(refused.value)
        async with launched(home) as second:
            said = await second.complaint()
            assert await second.ended() == 1
        assert said == str(refused.value)
        await owner.kill()
        DataDir(home).open()


@pytest.mark.parametrize("below", ["", "data"])
def test_a_file_in_its_place_is_named(home: Path, below: str) -> None:
    (home / "file").write_text("")
    with pytest.raises(ConfigurationError, match="is, or lies under, a file"):
        DataDir(home / "file" / below).open()


def test_the_secret_is_long_and_stays(home: Path) -> None:
    secret = DataDir(home).secret("jwt")
    assert len(secret) == 64
    assert DataDir(home).secret("jwt") == secret
    assert DataDir(home).secret("other") != secret


def test_only_we_may_read_the_secret(home: Path) -> None:
    data_dir = DataDir(home)
    secret = data_dir.secret("jwt")
    file = home / "jwt.secret"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    assert data_dir.secret("jwt") == secret
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in home.iterdir()] == ["jwt.secret"]


def test_the_secret_can_be_read_while_another_process_has_the_directory(home: Path) -> None:
    with DataDir(home) as owner:
        assert DataDir(home).secret("jwt") == owner.secret("jwt")
