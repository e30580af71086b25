"""Names say what a thing does, and the files speak of the project alone."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EMPTY_NAMES = {"util", "utils", "helper", "helpers", "manager", "common"}
CODE = {".py", ".ts", ".tsx"}

# Written in pieces, so that this file passes its own test.
HOSTS = [
    ".".join(parts)
    for parts in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("deb", "debian", "org"),
        ("download", "pytorch", "org"),
    ]
]
FOLDERS = ["/".join(("", *parts)) for parts in [("work", ""), ("tmp", "lab"), ("opt", "wheels")]]
FOREIGN = re.compile("|".join([rf"(?<![\w.])(?:{'|'.join(FOLDERS)})", *map(re.escape, HOSTS)]))


def project_files() -> list[Path]:
    """Every file that git keeps or would keep."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def empty_words(file: Path) -> set[str]:
    words = re.split(r"[^a-z]+", re.sub(r"([A-Z])", r"_\1", str(file.with_suffix(""))).lower())
    return EMPTY_NAMES & set(words)


def test_no_module_has_an_empty_name() -> None:
    code = [file.relative_to(ROOT) for file in project_files() if file.suffix in CODE]
    assert [str(file) for file in code if empty_words(file)] == []


@pytest.mark.parametrize(
    "name", ["backend/utils.py", "web/src/chatHelpers.ts", "backend/common/a.py"]
)
def test_an_empty_name_is_found(name: str) -> None:
    assert empty_words(Path(name))


def test_no_file_names_a_machine_path_or_a_package_registry() -> None:
    found = []
    for file in project_files():
        text = file.read_bytes().decode("utf-8", errors="replace")
        found += [f"{file.relative_to(ROOT)}: {hit[0]}" for hit in FOREIGN.finditer(text)]
    assert found == []


@pytest.mark.parametrize("text", [f"see {FOLDERS[0]}main", f"https://files.{HOSTS[1]}/x"])
def test_a_machine_path_or_registry_is_found(text: str) -> None:
    assert FOREIGN.search(text)
