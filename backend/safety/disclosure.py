"""Saying that one talks with an AI, and reminding of breaks. Pure functions of settings and time.

After California's SB 243 (Business and Professions Code 22601-22606, in force since January 2026):
a clear notice that a companion is artificial where somebody might think otherwise; for users known
to be minors the notice in any case, and at least every three hours of a continuing interaction a
reminder to take a break and that the companion is not human.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_FOR_MINORS = timedelta(hours=3)
PAUSE = timedelta(minutes=30)  # longer silence ends an interaction

AI_NOTICES: Mapping[str, str] = {
    "en": "You are talking with an AI character, not with a person.",
    "de": "Du sprichst mit einer KI-Figur, nicht mit einem Menschen.",
    "es": "Hablas con un personaje de IA, no con una persona.",
    "fr": "Tu parles avec un personnage d'IA, pas avec une personne.",
    "it": "Stai parlando con un personaggio IA, non con una persona.",
    "nl": "Je praat met een AI-personage, niet met een mens.",
    "pt": "Você está falando com um personagem de IA, não com uma pessoa.",
}
BREAK_NOTICES: Mapping[str, str] = {
    "en": "You've been talking for a while. How about a break?"
    " And a reminder: this is an AI, not a person.",
    "de": "Ihr sprecht schon eine ganze Weile. Wie wäre es mit einer Pause?"
    " Und zur Erinnerung: Das hier ist eine KI, kein Mensch.",
    "es": "Lleváis un buen rato hablando. ¿Qué tal un descanso?"
    " Y recuerda: esto es una IA, no una persona.",
    "fr": "Vous parlez depuis un bon moment. Et si tu faisais une pause ?"
    " Et pour rappel : ceci est une IA, pas une personne.",
    "it": "State parlando da un po'. Che ne dici di una pausa?"
    " E ricorda: questa è un'IA, non una persona.",
    "nl": "Jullie praten al een tijdje. Wat dacht je van een pauze?"
    " En ter herinnering: dit is een AI, geen mens.",
    "pt": "Vocês já conversam há um bom tempo. Que tal uma pausa?"
    " E lembre-se: isto é uma IA, não uma pessoa.",
}


@dataclass(frozen=True, slots=True)
class CareSettings:
    """`disclose_ai`: say at the beginning of an interaction that it is an AI. `break_every`: how
    long until a reminder, None for none. Minors get both whatever is set."""

    disclose_ai: bool = True
    break_every: timedelta | None = LONGEST_FOR_MINORS


def goes_on(spoke_last: datetime | None, now: datetime) -> bool:
    """Whether a talk in which somebody spoke last then goes on; silence of 30 minutes ends it."""
    return spoke_last is not None and now - spoke_last <= PAUSE


def disclosure_due(
    settings: CareSettings, *, is_minor: bool, began: datetime, last_shown: datetime | None
) -> bool:
    """The AI notice is to be shown: once an interaction."""
    wanted = settings.disclose_ai or is_minor
    return wanted and (last_shown is None or last_shown < began)


def break_due(
    settings: CareSettings,
    *,
    is_minor: bool,
    began: datetime,
    last_reminded: datetime | None,
    now: datetime,
) -> bool:
    """A reminder to take a break is to be shown, counted from the beginning of the interaction or
    the last reminder in it."""
    every = settings.break_every
    if is_minor:
        every = min(every or LONGEST_FOR_MINORS, LONGEST_FOR_MINORS)
    if every is None:
        return False
    since = began if last_reminded is None else max(began, last_reminded)
    return now - since >= every
