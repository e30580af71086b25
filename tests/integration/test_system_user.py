"""How root lets PostgreSQL's user through closed directories, and what it says where it can't."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.adapters.embedded.system_user import SystemUser, let_in, let_run, postgres_user
from tests.support.owners import launched

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can do this")

NOBODY = SystemUser("nobody", 65534, 65534)


@pytest.fixture
def closed() -> Iterator[Path]:
    """A directory that only root may enter."""
    with tempfile.TemporaryDirectory(prefix="keepsake-test-") as name:
        yield Path(name)


@pytest.fixture
def user() -> SystemUser:
    found = postgres_user()
    assert found is not None
    return found


def test_only_the_one_user_is_let_in(closed: Path, user: SystemUser) -> None:
    inner = closed / "home" / "data"
    inner.mkdir(parents=True)
    (closed / "home").chmod(0o700)
    assert not user.can_enter(inner)
    let_in(user, inner)
    assert user.can_enter(inner)
    assert not NOBODY.can_enter(closed / "home")
    assert stat.S_IMODE((closed / "home").stat().st_mode) & 0o007 == 0


def test_a_program_installed_for_root_alone_can_be_run(closed: Path, user: SystemUser) -> None:
    """As by `pip install` under a umask of 077."""
    program = closed / "package" / "bin" / "program"
    program.parent.mkdir(parents=True)
    found = shutil.which("true")
    assert found is not None
    shutil.copy(found, program)
    for path in (closed / "package", program.parent, program):
        path.chmod(0o700)
    assert not user.can_run(program)
    let_run(user, program, closed / "package")
    assert user.can_run(program)
    assert not NOBODY.can_run(program)


async def test_where_nobody_can_be_let_in_the_way_out_is_named(closed: Path) -> None:
    """A ramfs keeps no access control lists."""
    script = (
        f"mount -t ramfs none {closed} && chmod 755 {closed} && mkdir -m 700 {closed}/home"
        ' && exec "$@"'
    )
    before = ("unshare", "--mount", "sh", "-c", script, "sh")
    async with launched(closed / "home" / "data", before=before) as owner:
        said = await owner.complaint()
        assert await owner.ended() == 1
    assert f"chmod o+x {closed}/home" in said
    assert "ordinary user" in said
    assert len(said.splitlines()) == 1
