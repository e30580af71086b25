"""docs/dependencies.md says what every direct dependency is for, and names no other; the lock
files pin each of them."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NODE_FOLDERS = ("web", "tests/asyncapi")


def python_dependencies() -> tuple[list[str], list[str]]:
    """Names of the runtime's and of the development's direct dependencies."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    runtime, dev = project["dependencies"], project["optional-dependencies"]["dev"]
    return [_name(line) for line in runtime], [_name(line) for line in dev]


def node_dependencies() -> list[str]:
    """Of the page, and of the check of /asyncapi.json."""
    packages = [json.loads((ROOT / at / "package.json").read_text()) for at in NODE_FOLDERS]
    kinds = ("dependencies", "devDependencies")
    return [name for package in packages for kind in kinds for name in package.get(kind, {})]


def _name(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9-]+", requirement)
    assert match
    return match[0].lower()


def test_the_page_lists_each_direct_dependency_once_and_no_other() -> None:
    rows = re.findall(r"^\| (`.+?`) \|", (ROOT / "docs/dependencies.md").read_text(), re.MULTILINE)
    listed = [name for row in rows for name in re.findall(r"`(@?[\w./-]+)(?:\[.*?\])?`", row)]
    runtime, dev = python_dependencies()
    assert sorted(listed) == sorted([*runtime, *dev, *node_dependencies()])


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_the_lock_pins_every_dependency(lock: str) -> None:
    pinned = re.findall(r"^([a-z0-9-]+)==[\w.]+ ", (ROOT / lock).read_text(), re.MULTILINE)
    runtime, dev = python_dependencies()
    needed = {*runtime, *dev} if "dev" in lock else {*runtime}
    assert needed - set(pinned) == set()


def test_both_locks_agree() -> None:
    runtime, dev = (
        set(re.findall(r"^[a-z0-9-]+==[\w.]+", (ROOT / lock).read_text(), re.MULTILINE))
        for lock in ("requirements.lock", "requirements-dev.lock")
    )
    assert runtime - dev == set()


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_the_lock_fits_any_platform(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert re.findall(r"^torch==.*?(?= |$)", text, re.MULTILINE) == ["torch==2.13.0"]
    assert not re.search(r"nvidia|\+cpu|://|file:", text)
