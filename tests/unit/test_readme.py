"""The README shows the example files as they are, and its links lead somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize(("language", "file"), [("js", "chat.mjs"), ("python", "chat.py")])
def test_the_example_is_the_file_in_examples(language: str, file: str) -> None:
    block = re.search(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert block
    assert block[1] == (ROOT / "examples" / file).read_text()


def test_every_link_leads_to_a_file() -> None:
    links = re.findall(r"\]\((?!https?:)(.+?)\)", README)
    assert len(links) >= 5
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_make_target_it_names_exists() -> None:
    named = set(re.findall(r"make ([a-z]+)(?=[`\n])", README))
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"run", "test"} <= named <= targets
