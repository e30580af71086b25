"""The set-up runs the steps that are due and no others, and says in one line what is missing."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STEPS = {
    "venv": "sh deploy/setup/venv.sh",
    "runtime": "sh deploy/setup/packages.sh requirements.lock",
    "page": "npm run",
}
LONG_AGO, BEFORE, NOW = 1_000_000_000, 1_500_000_000, 1_600_000_000


def make(project: Path, *arguments: str) -> str:
    # A make that runs these tests must not pass its own flags on.
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", *arguments],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    ).stdout


def steps_due(project: Path) -> set[str]:
    plan = make(project, "--dry-run", ".setup/runtime", ".setup/page")
    return {step for step, command in STEPS.items() if command in plan}


def write(file: Path, text: str, modified: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    os.utime(file, (modified, modified))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose set-up is complete."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    for source in ("requirements.lock", "pyproject.toml", "web/package.json", "web/src/main.tsx"):
        write(tmp_path / source, "", LONG_AGO)
    write(tmp_path / "web/package-lock.json", "", LONG_AGO)
    write(tmp_path / "web/dist/index.html", "", BEFORE)
    write(tmp_path / ".venv/bin/python", "", BEFORE)
    (tmp_path / ".venv/bin/python").chmod(0o755)
    write(tmp_path / ".setup/venv", str(tmp_path), BEFORE)
    for stamp in ("runtime", "web_packages", "page"):
        write(tmp_path / ".setup" / stamp, "", NOW)
    os.utime(tmp_path / ".setup/web_packages", (BEFORE, BEFORE))
    return tmp_path


def test_a_second_run_does_nothing(project: Path) -> None:
    assert steps_due(project) == set()


def test_a_fresh_clone_gets_everything(project: Path) -> None:
    for made in (".setup", ".venv", "web/dist"):
        shutil.rmtree(project / made)
    assert steps_due(project) == {"venv", "runtime", "page"}


def test_an_interrupted_installation_begins_again(project: Path) -> None:
    (project / ".setup/unfinished").touch()
    assert steps_due(project) == {"venv", "runtime"}


def test_a_folder_that_was_moved_gets_a_new_environment(project: Path) -> None:
    moved = project.with_name(project.name + "-moved")
    project.rename(moved)
    assert steps_due(moved) == {"venv", "runtime"}


def test_an_environment_whose_python_is_gone_is_made_anew(project: Path) -> None:
    (project / ".venv/bin/python").unlink()
    assert steps_due(project) == {"venv", "runtime"}


@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml"])
def test_a_changed_lock_is_installed_into_the_same_environment(project: Path, changed: str) -> None:
    (project / changed).touch()
    assert steps_due(project) == {"runtime"}


@pytest.mark.parametrize("changed", ["web/src/main.tsx", "web/package-lock.json"])
def test_a_changed_page_is_built_again(project: Path, changed: str) -> None:
    (project / changed).touch()
    assert steps_due(project) == {"page"}


def test_a_page_that_was_deleted_is_built_again(project: Path) -> None:
    shutil.rmtree(project / "web/dist")
    assert steps_due(project) == {"page"}


@pytest.mark.parametrize(
    "target", ["run", "test", "install", "check", "bench", "eval", "migration", "lock"]
)
def test_help_lists_every_command(project: Path, target: str) -> None:
    assert f"make {target} " in make(project, "help")


def run_script(script: str, *arguments: str, programs: dict[str, str], at: Path) -> list[str]:
    """Run a set-up script that finds only these programs, expect it to fail, give its lines."""
    folder = at / "programs"
    folder.mkdir()
    for name, body in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{body}\n")
        (folder / name).chmod(0o755)
    failed = subprocess.run(
        ["/bin/sh", ROOT / "deploy" / "setup" / script, *arguments],
        cwd=at,
        env={"PATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert failed.returncode == 1
    return (failed.stdout + failed.stderr).splitlines()


@pytest.mark.parametrize("programs", [{}, {"python3": "exit 1"}])
def test_a_missing_or_old_python_gets_one_line(tmp_path: Path, programs: dict[str, str]) -> None:
    (line,) = run_script("venv.sh", programs=programs, at=tmp_path)
    assert "needs Python 3.11 or newer" in line


def test_a_missing_venv_module_gets_one_line(tmp_path: Path) -> None:
    without_venv = 'case "$2" in *ensurepip*) exit 1;; esac'
    (line,) = run_script("venv.sh", programs={"python3": without_venv}, at=tmp_path)
    assert "apt-get install python3-venv" in line


@pytest.mark.parametrize("programs", [{}, {"npm": "", "node": "exit 1"}])
def test_a_missing_or_old_node_gets_one_line(tmp_path: Path, programs: dict[str, str]) -> None:
    (line,) = run_script("node.sh", "What follows.", programs=programs, at=tmp_path)
    assert line.startswith("Node 20.19 or newer")
    assert line.endswith("What follows.")


def test_a_missing_chromium_gets_one_line(tmp_path: Path) -> None:
    (line,) = run_script("chromium.sh", programs={"id": "echo 1000"}, at=tmp_path)
    assert "apt-get install chromium" in line
