"""Crisis notice, AI disclosure and break reminders."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.errors import ConfigurationError
from backend.safety.crisis import (
    ANYWHERE,
    RESOURCES,
    Resource,
    country_of,
    crisis_notice,
    language_of,
    read_resources,
)
from backend.safety.disclosure import CareSettings, break_due, disclosure_due, goes_on
from backend.safety.notices import Audience, due_notice

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_the_notice_speaks_the_language_and_knows_the_country() -> None:
    notice = crisis_notice("de-AT", "us")
    assert "Notruf" in notice.text
    assert [each.contact for each in notice.resources] == ["988", "https://findahelpline.com"]


def test_anywhere_else_there_is_the_directory_in_english() -> None:
    notice = crisis_notice("xx", "ZZ")
    assert "emergency number" in notice.text
    assert notice.resources == (ANYWHERE,)


def test_an_operators_contacts_replace_a_countrys() -> None:
    own = read_resources('{"at": [{"name": "Telefonseelsorge", "contact": "142"}]}')
    assert crisis_notice("de", "AT", resources=own).resources[0] == Resource(
        "Telefonseelsorge", "142"
    )
    assert own["US"]


def test_contacts_can_be_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "contacts.json"
    file.write_text('{"AT": [{"name": "Telefonseelsorge", "contact": "142"}]}', "utf-8")
    assert read_resources(str(file))["AT"][0].contact == "142"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/no/such/file",
        "{}}",
        '{"AT": 3}',
        '{"Austria": []}',
        '{"AT": [{"name": "x"}]}',
        '{"AT": [{"name": " ", "contact": "142"}]}',
        '{"AT": [{"name": "x", "contact": 142}]}',
    ],
)
def test_contacts_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"contacts by country|can't be read"):
        read_resources(text)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I want to die", "en"),
        ("Ich will nicht mehr leben", "de"),
        ("Ya no quiero vivir", "es"),
        ("Je veux mourir", "fr"),
        ("Non voglio più vivere", "it"),
        ("Ik wil niet meer leven", "nl"),
        ("Não quero mais viver", "pt"),
        ("我想自杀", "en"),
        ("", "en"),
    ],
)
def test_a_notice_is_in_the_language_of_the_message(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("Europe/Berlin", "DE"),
        ("America/Chicago", "US"),
        ("Europe/London", "GB"),
        ("UTC", ""),
        ("", ""),
    ],
)
def test_a_time_zone_says_the_country(zone: str, country: str) -> None:
    assert country_of(zone) == country


@pytest.mark.parametrize(
    ("spoke_last", "on"), [(None, False), (NOON - HOUR, False), (NOON - HOUR / 2, True)]
)
def test_a_pause_of_more_than_half_an_hour_ends_a_talk(
    spoke_last: datetime | None, on: bool
) -> None:
    assert goes_on(spoke_last, NOON) is on


@pytest.mark.parametrize(
    ("crisis", "changes", "kind", "words"),
    [
        (False, {}, "ai", "AI character"),
        (False, {"told_ai": NOON}, None, ""),
        (False, {"talk_began": NOON - 3 * HOUR}, "break", "break"),
        (True, {"talk_began": NOON - 3 * HOUR}, "crisis", "don't have to face it"),
        (True, {"text": "Ich will nicht mehr leben"}, "crisis", "Notruf"),
        (False, {"text": "Ich bin müde und will das nicht"}, "ai", "KI-Figur"),
    ],
)
def test_the_most_urgent_notice_comes_first(
    crisis: bool, changes: dict[str, Any], kind: str | None, words: str
) -> None:
    audience = Audience("Hello you", "Europe/Berlin", False, NOON, None, None)
    notice = due_notice(
        CareSettings(), RESOURCES, replace(audience, **changes), NOON, crisis=crisis
    )
    assert (notice and notice.kind) == kind
    assert words in (notice.text if notice else "")
    contacts = [each.contact for each in notice.resources] if notice else []
    assert contacts == (["0800 111 0 111", ANYWHERE.contact] if crisis else [])


@pytest.mark.parametrize(
    ("disclose", "minor", "last_shown", "due"),
    [
        (True, False, None, True),
        (True, False, NOON - HOUR, True),
        (True, False, NOON + HOUR, False),
        (False, False, None, False),
        (False, True, None, True),
    ],
)
def test_the_ai_notice_comes_once_an_interaction(
    disclose: bool, minor: bool, last_shown: datetime | None, due: bool
) -> None:
    settings = CareSettings(disclose_ai=disclose)
    assert disclosure_due(settings, is_minor=minor, began=NOON, last_shown=last_shown) is due


@pytest.mark.parametrize(
    ("every", "minor", "last", "after", "due"),
    [
        (3, False, None, 2.9, False),
        (3, False, None, 3, True),
        (3, False, 3, 4, False),
        (3, False, 3, 6, True),
        (3, False, -1, 2, False),  # one of the interaction before
        (None, False, None, 9, False),
        (None, True, None, 3, True),
        (5, True, None, 3, True),
        (1, True, None, 1, True),
    ],
)
def test_breaks_and_at_least_every_three_hours_for_minors(
    every: float | None, minor: bool, last: float | None, after: float, due: bool
) -> None:
    settings = CareSettings(break_every=None if every is None else every * HOUR)
    last_reminded = None if last is None else NOON + last * HOUR
    now = NOON + after * HOUR
    assert (
        break_due(settings, is_minor=minor, began=NOON, last_reminded=last_reminded, now=now) is due
    )
