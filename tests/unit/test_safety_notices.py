"""Crisis notice, AI disclosure and break reminders."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.errors import ConfigurationError
from backend.safety.crisis import ANYWHERE, Resource, crisis_notice, read_resources
from backend.safety.disclosure import CareSettings, break_due, disclosure_due, interaction_began

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


@pytest.mark.parametrize("text", ["", "[]", '{"AT": [{"name": "x"}]}', '{"AT": 3}'])
def test_contacts_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="crisis resources"):
        read_resources(text)


def test_a_pause_of_half_an_hour_ends_an_interaction() -> None:
    times = [NOON, NOON + HOUR / 4, NOON + 2 * HOUR, NOON + 2.25 * HOUR]
    assert interaction_began(times) == NOON + 2 * HOUR
    assert interaction_began([]) is None


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
