"""Where a run writes, and the commit that its report names."""

import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from backend.errors import InvalidRequest
from bench import figures
from bench.quality.out_files import OutFiles


@pytest.mark.parametrize(
    ("out", "reason"),
    [
        ("folder", "is a folder: give a file, as .*folder/report.json"),
        ("report.html", "is the page's name: give the report's, .*report.json"),
        ("REPORT.HTML", "is the page's name"),
        ("data.jsonl", "would overwrite .*data.jsonl, which the run reads"),
        ("own.json", "would overwrite .*own.parts.jsonl, which the run reads"),
        ("site.json", "site.html is a folder"),
        ("data.jsonl/report.json", "the folder .*data.jsonl can't be made"),
    ],
)
def test_an_out_that_would_do_harm_is_refused(tmp_path: Path, out: str, reason: str) -> None:
    inputs = [tmp_path / "data.jsonl", tmp_path / "own.parts.jsonl"]
    for file in inputs:
        file.write_text("{}")
    for folder in ("folder", "site.html"):
        (tmp_path / folder).mkdir()
    with pytest.raises(InvalidRequest, match=f"^--out .*{reason}"):
        OutFiles(tmp_path / out).prepare(inputs)
    assert [file.read_text() for file in inputs] == ["{}", "{}"]


def test_the_folder_of_the_report_is_made(tmp_path: Path) -> None:
    files = OutFiles(tmp_path / "new" / "report.json")
    files.prepare([tmp_path / "data.jsonl"])
    assert files.report.parent.is_dir()
    names = [files.page.name, files.parts.name]
    assert names == ["report.html", "report.parts.jsonl"]


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Ana", "-c", "user.email=ana@localhost")
    command = ["git", *who, *arguments]
    return subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


def copied_to(folder: Path) -> ModuleType:
    """The module as it is when Keepsake stands in that folder."""
    folder.mkdir(exist_ok=True)
    copy = folder / "figures.py"
    copy.write_bytes(Path(figures.__file__).read_bytes())
    spec = importlib.util.spec_from_file_location("copied_figures", copy)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_commit_is_keepsake_s_and_says_when_something_was_changed(tmp_path: Path) -> None:
    keepsake = tmp_path / "keepsake"
    module = copied_to(keepsake)
    git(keepsake, "init")
    git(keepsake, "add", ".")
    git(keepsake, "commit", "-m", "x")
    head, clean = git(keepsake, "rev-parse", "--short", "HEAD"), module.changes()
    (keepsake / "notes.txt").write_text("not tracked")
    assert (module.commit(), module.changes()) == (head, clean)
    with (keepsake / "figures.py").open("a") as file:
        file.write("# changed\n")
    assert module.commit() == f"{head}-dirty"
    assert module.changes() != clean


def test_somebody_else_s_clone_around_it_is_not_named(tmp_path: Path) -> None:
    git(tmp_path, "init")
    git(tmp_path, "commit", "--allow-empty", "-m", "theirs")
    theirs = git(tmp_path, "rev-parse", "--short", "HEAD")
    assert copied_to(tmp_path / "site-packages").commit() not in {theirs, f"{theirs}-dirty", ""}
