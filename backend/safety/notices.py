"""Which notice a reply carries: where help is, a break, or that this is an AI. Pure functions.

One at a time, the most urgent; what else is due comes with the next reply.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from backend.safety.crisis import Resource, Resources, country_of, crisis_notice, language_of
from backend.safety.disclosure import (
    AI_NOTICES,
    BREAK_NOTICES,
    CareSettings,
    break_due,
    disclosure_due,
)


@dataclass(frozen=True, slots=True)
class Audience:
    """Who reads it: what they wrote, in which time zone (IANA), whether they said to be a minor.

    `talk_began`: when the talk that goes on began; `told_ai` and `reminded`: when they were last told
    that this is an AI, and reminded of a break."""

    text: str
    time_zone: str
    is_minor: bool
    talk_began: datetime
    told_ai: datetime | None
    reminded: datetime | None


@dataclass(frozen=True, slots=True)
class Notice:
    """Shown beside a reply, in words that aren't the character's."""

    kind: Literal["crisis", "break", "ai"]
    text: str
    resources: tuple[Resource, ...] = ()

    def as_details(self) -> dict[str, Any]:
        """As `metadata.notice` on the wire."""
        found = [{"name": each.name, "contact": each.contact} for each in self.resources]
        return {"kind": self.kind, "text": self.text, "resources": found}


def due_notice(
    care: CareSettings, resources: Resources, audience: Audience, now: datetime, *, crisis: bool
) -> Notice | None:
    """What is to be shown now, in the language of what the user wrote."""
    language = language_of(audience.text)
    if crisis:
        found = crisis_notice(language, country_of(audience.time_zone), resources=resources)
        return Notice("crisis", found.text, found.resources)
    minor, began = audience.is_minor, audience.talk_began
    if break_due(care, is_minor=minor, began=began, last_reminded=audience.reminded, now=now):
        return Notice("break", BREAK_NOTICES.get(language, BREAK_NOTICES["en"]))
    if disclosure_due(care, is_minor=minor, began=began, last_shown=audience.told_ai):
        return Notice("ai", AI_NOTICES.get(language, AI_NOTICES["en"]))
    return None
