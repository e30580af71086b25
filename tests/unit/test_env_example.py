"""The settings, `.env.example` and `docs/configuration.md` name the same variables and defaults."""

import re
from pathlib import Path

from backend.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE_ONLY = {"POSTGRES_PASSWORD"}


def settings_defaults() -> dict[str, str]:
    """Variable to default as text; empty where there is none."""
    return {
        name.upper(): "" if field.default is None else str(field.default)
        for name, field in Settings.model_fields.items()
    }


def test_env_example_lists_every_setting_with_its_default() -> None:
    text = (ROOT / ".env.example").read_text()
    listed = dict(re.findall(r"^# ([A-Z][A-Z_]+)=(.*)$", text, re.MULTILINE))
    assert {name: listed.pop(name) for name in COMPOSE_ONLY} == {"POSTGRES_PASSWORD": ""}
    assert listed == settings_defaults()


def test_env_example_changes_nothing_when_copied() -> None:
    text = (ROOT / ".env.example").read_text()
    assert [line for line in text.splitlines() if line and not line.startswith("#")] == []


def test_env_example_explains_every_variable_just_above_it() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    variables = [i for i, line in enumerate(lines) if re.match(r"# [A-Z][A-Z_]+=", line)]
    unexplained = [lines[i] for i in variables if not re.match(r"# [A-Za-z0-9]+[^=]", lines[i - 1])]
    assert unexplained == []


def test_configuration_page_lists_every_setting_with_its_default() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text()
    rows = re.findall(r"^\| `([A-Z_]+)` \| (?:unset|`(.*?)`) \| \S.* \|$", text, re.MULTILINE)
    assert len(rows) == len(dict(rows)), "a variable is listed twice"
    assert dict(rows) == settings_defaults()


def test_there_are_at_most_forty_settings() -> None:
    assert len(Settings.model_fields) <= 40
