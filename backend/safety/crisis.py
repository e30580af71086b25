"""The crisis notice: where help is, in the user's language, for their country. Pure functions."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from backend.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Resource:
    """Somebody to turn to: a name, and how to reach them (a number or an address)."""

    name: str
    contact: str


@dataclass(frozen=True, slots=True)
class CrisisNotice:
    """`text` to show, and whom to contact, the nearest first."""

    text: str
    resources: tuple[Resource, ...]


Resources = Mapping[str, tuple[Resource, ...]]

ANYWHERE = Resource("Find A Helpline", "https://findahelpline.com")

# National lines as they publish themselves; whoever runs Keepsake checks them for their country.
RESOURCES: Resources = {
    "AU": (Resource("Lifeline", "13 11 14"),),
    "CA": (Resource("Suicide Crisis Helpline", "988"),),
    "DE": (Resource("TelefonSeelsorge", "0800 111 0 111"),),
    "ES": (Resource("Línea 024", "024"),),
    "FR": (Resource("Numéro national de prévention du suicide", "3114"),),
    "GB": (Resource("Samaritans", "116 123"),),
    "IE": (Resource("Samaritans", "116 123"),),
    "NL": (Resource("113 Zelfmoordpreventie", "113"),),
    "NZ": (Resource("1737", "1737"),),
    "US": (Resource("988 Suicide & Crisis Lifeline", "988"),),
}

TEXTS: Mapping[str, str] = {
    "en": "It sounds as if you are going through something very hard. You don't have to face it"
    " alone. If you are in danger now, call your local emergency number. These people listen, free"
    " and in confidence:",
    "de": "Es klingt, als wäre gerade alles sehr schwer. Du musst da nicht allein durch. Wenn du"
    " jetzt in Gefahr bist, ruf den örtlichen Notruf. Hier hört dir jemand zu, kostenlos und"
    " vertraulich:",
    "es": "Parece que estás pasando por algo muy difícil. No tienes que afrontarlo a solas. Si"
    " corres peligro ahora, llama al número de emergencias de tu país. Aquí te escuchan, gratis y"
    " en confianza:",
    "fr": "On dirait que tu traverses quelque chose de très dur. Tu n'as pas à l'affronter seul·e."
    " Si tu es en danger maintenant, appelle le numéro d'urgence de ton pays. Ici, on t'écoute,"
    " gratuitement et en toute confidentialité :",
    "it": "Sembra che tu stia attraversando un momento molto difficile. Non devi affrontarlo da"
    " solo. Se sei in pericolo adesso, chiama il numero di emergenza del tuo Paese. Qui trovi chi"
    " ti ascolta, gratis e in modo riservato:",
    "nl": "Het klinkt alsof je iets heel zwaars doormaakt. Je hoeft dat niet alleen te dragen. Ben"
    " je nu in gevaar, bel dan het alarmnummer. Hier luistert iemand, gratis en vertrouwelijk:",
    "pt": "Parece que você está passando por algo muito difícil. Você não precisa enfrentar isso"
    " sem ajuda. Se está em perigo agora, ligue para o número de emergência do seu país. Aqui"
    " alguém escuta você, de graça e em sigilo:",
}

# Small words that tell these languages apart; a text with none of them counts as English.
_SMALL_WORDS: Mapping[str, frozenset[str]] = {
    "en": frozenset("the i i'm my me you to and is not it don't want this what".split()),
    "de": frozenset("ich nicht mich mir und das ist will der die mein kann kein mehr bin".split()),
    "es": frozenset("yo no me quiero que mi estoy el los muy más ya la vida nada una".split()),
    "fr": frozenset("je ne pas me veux suis mon ma et le les plus j'ai c'est est une".split()),
    "it": frozenset("io non mi voglio che mio mia sono il di più della ho è una vita".split()),
    "nl": frozenset("ik niet mij wil het een mijn ben en de dat meer geen kan me van".split()),
    "pt": frozenset("eu não me quero que meu minha estou o os mais vida uma muito já".split()),
}


def language_of(text: str) -> str:
    """The language of `TEXTS` whose small words a text has most of; English if in doubt."""
    said = re.findall(r"[\w'’]+", text.lower().replace("’", "'"))
    found = {code: sum(word in small for word in said) for code, small in _SMALL_WORDS.items()}
    return max(found, key=lambda code: (found[code], code == "en"))


def country_of(time_zone: str) -> str:
    """The country (`DE`) in which an IANA time zone is; empty for zones of none, such as UTC."""
    return _countries().get(time_zone, "")


@cache
def _countries() -> Mapping[str, str]:
    table = files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return {row[2]: row[0] for row in rows}


def crisis_notice(
    language: str = "en",
    country: str = "",
    *,
    resources: Resources = RESOURCES,
    texts: Mapping[str, str] = TEXTS,
) -> CrisisNotice:
    """The notice for a language (`de`, `de-AT`) and country (`AT`); one not known gets the English
    text and the directory of helplines of all countries, which every notice ends with."""
    text = texts.get(language.split("-")[0].lower(), texts["en"])
    return CrisisNotice(text, (*resources.get(country.upper(), ()), ANYWHERE))


def read_resources(setting: str) -> Resources:
    """Contacts of one's own over the built-in ones: JSON {country: [{name, contact}]}, or the path of a
    file with that.

    Raises:
        ConfigurationError: it isn't that.
    """
    try:
        text = setting if setting.lstrip().startswith("{") else Path(setting).read_text("utf-8")
        own: dict[str, list[dict[str, Any]]] = json.loads(text)
        return {**RESOURCES, **{_code(country): _contacts(own[country]) for country in own}}
    except OSError as error:
        raise ConfigurationError(f"the file {setting} can't be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            "must be contacts by country, as two letters, or the path of a file with them"
        ) from error


def _code(country: str) -> str:
    if not re.fullmatch("[A-Za-z]{2}", country):
        raise ValueError(country)
    return country.upper()


def _contacts(entries: list[dict[str, Any]]) -> tuple[Resource, ...]:
    found = tuple(Resource(entry["name"].strip(), entry["contact"].strip()) for entry in entries)
    if not all(each.name and each.contact for each in found):
        raise ValueError("an empty name or contact")
    return found
